"""Durations as contracts write them, added to an instant: ``4h``, ``2bh``, ``3bd``, ``90d``, ``12mo``, ``1y``.

| unit | adds |
|---|---|
| ms, s, m, h | time as it passes; a part of a second is rounded up |
| d, w | days and weeks of the zone: the same time on its clocks, whatever they did in between |
| mo, y | months and years of the zone: the same day of the month, or its last day where that is earlier, and the same time |
| bh | business hours: the instant at which so many hours of business time have run |
| bd | business days: the close of so many business days |

A business day is a date of the zone on which there is business time. Only whole days count: the first business day is
the first one whose midnight is not before the instant, so the day of an event does not count, be it early or late; and
after the end of a period, which is a midnight, the new day does. The result is the end of the last business time of
the last day: 18:00 for office hours, and midnight where the calendar is always open.

Several units are added one after another as they are written: ``1bd4h`` is four hours after a close.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from slo_gen.timekeeping.business import BusinessTime, business_time
from slo_gen.timekeeping.calendars import Always, Calendar
from slo_gen.timekeeping.zones import TimeError, at, day_of, in_range, local, zone

__all__ = ["Parts", "add_duration", "read_duration"]

Parts = tuple[tuple[int, str], ...]
"""The numbers and units of a duration, as they were written."""

_FORM: Final = re.compile(r"(?:[0-9]+(?:ms|s|mo|m|h|bh|d|bd|w|y))+")
_PART: Final = re.compile(r"([0-9]+)(ms|s|mo|m|h|bh|d|bd|w|y)")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600}
_MOST_DIGITS: Final = 12
_ONE_DAY: Final = timedelta(days=1)
_ALWAYS: Final = Always()


def add_duration(instant: int, duration: str, timezone: str, calendar: Calendar = _ALWAYS, month_day: int = 0) -> int:
    """The instant at which a duration has run that begins at ``instant``: see this module for each unit.

    ``timezone`` says what a day and a month are, ``calendar`` what business time is; with the default every day is a
    business day. ``month_day``: of an instant at which a month ends that begins on that day, be it the 31st, months and
    years end so as well: two months after the end of February are over on the 30th of April, not on the 28th. Raises
    TimeError for what is no duration, and when the result is not before the year 2300.
    """
    where, business = zone(timezone), business_time(calendar)
    for number, unit in read_duration(duration):
        if number:
            month_day = month_day if unit in ("mo", "y") else 0
            instant = _add(instant, number, unit, where, business, month_day)
    return in_range(instant)


@lru_cache(maxsize=1024)
def read_duration(text: str) -> Parts:
    """The parts of a duration such as ``1h30m``; none for ``0``. Raises TimeError when the text is no duration."""
    if text == "0":
        return ()
    if _FORM.fullmatch(text) is None:
        raise TimeError(f"{text!r} is no duration; write it like 15m, 4h, 3bd, 90d or 12mo")
    parts = _PART.findall(text)
    if any(len(number.lstrip("0")) > _MOST_DIGITS for number, _ in parts):
        raise TimeError(f"{text!r} is longer than any contract lasts")
    return tuple((int(number), unit) for number, unit in parts)


def _add(instant: int, number: int, unit: str, where: ZoneInfo, business: BusinessTime, month_day: int) -> int:
    match unit:
        case "ms":
            return instant - -number // 1000
        case "s" | "m" | "h":
            return instant + number * _SECONDS[unit]
        case "d" | "w":
            return _on_day(instant, where, lambda day: day + number * (7 if unit == "w" else 1) * _ONE_DAY)
        case "mo" | "y":
            return _on_day(instant, where, lambda day: _months_later(day, number * (12 if unit == "y" else 1), month_day or day.day))
        case "bh":
            return business.deadline(instant, number * 3600)
    return _business_days(instant, number, where, business)


def _on_day(instant: int, where: ZoneInfo, move: Callable[[date], date]) -> int:
    """The same time on another day, or on the last one that can be written."""
    shown = local(instant, where)
    try:
        day = move(shown.date())
    except (OverflowError, ValueError):
        day = date.max
    return at(day, shown.hour * 3600 + shown.minute * 60 + shown.second, where)


def _months_later(day: date, months: int, month_day: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(month_day, monthrange(year, month + 1)[1]))


def _business_days(instant: int, days: int, where: ZoneInfo, business: BusinessTime) -> int:
    """The close of the ``days``-th business day that begins at or after an instant."""
    day = day_of(instant, where)
    if at(day, 0, where) < instant:
        day += _ONE_DAY
    for _ in range(days):
        day = day_of(business.next_open(at(day, 0, where)), where) + _ONE_DAY
    return business.calendar.spans(at(day - _ONE_DAY, 0, where), at(day, 0, where)).items[-1][1]
