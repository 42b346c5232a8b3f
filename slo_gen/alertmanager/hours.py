"""Calendars as Alertmanager's time intervals.

Alertmanager knows weeks, and days by year, month and number, on the clocks of a zone; it knows no holidays. A calendar
becomes the week that most of its weeks are, and the days of a range of years that differ from it: some have hours beside
the week (they join what is active), some lack hours of it (they are muted). Within the range this is exact to the minute,
but for the hour that a clock shows twice: it is open when either of the two is. Behind the range the week goes on alone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from slo_gen.alertmanager.configuration import Moments, TimeInterval, TimeSpan
from slo_gen.timekeeping.calendars import ByDate, Calendar, Difference, Intersection, Union, Weekly, WholeDays
from slo_gen.timekeeping.spans import Spans
from slo_gen.timekeeping.zones import at, local, zone

__all__ = ["CLOSED", "Hours", "hours_of", "zone_of"]

CLOSED: Final = "/closed"
"""End of the name of the interval with what the week has and single days have not."""

_MINUTES: Final = 1440
_ALL_DAY: Final = (1 << _MINUTES) - 1


@dataclass(frozen=True, slots=True)
class Hours:
    """The intervals of one calendar; None where there is nothing to say: never closed, or no day that lacks hours."""

    active: TimeInterval | None
    closed: TimeInterval | None


def zone_of(calendar: Calendar) -> str:
    """The time zone in which a calendar, or the first part of it that has one, is read; UTC when none has."""
    if isinstance(calendar, Weekly | ByDate | WholeDays):
        return calendar.timezone
    parts: tuple[Calendar, ...] = ()
    if isinstance(calendar, Union | Intersection):
        parts = calendar.calendars
    elif isinstance(calendar, Difference):
        parts = (calendar.calendar,)
    return next((found for found in map(zone_of, parts) if found != "UTC"), "UTC")


def hours_of(name: str, calendar: Calendar, years: tuple[int, int], timezone: str) -> Hours:
    """The intervals of a calendar, exact from the first day of ``years[0]`` to the last of ``years[1]`` in ``timezone``."""
    days = dict(_days(calendar, years, zone(timezone)))
    week = [_usual(days, weekday) for weekday in range(7)]
    more: dict[tuple[int, int, int], list[int]] = {}
    less: dict[tuple[int, int, int], list[int]] = {}
    for day, (open_, known) in days.items():
        usual = week[day.weekday()]
        for found, minutes in ((more, open_ & ~usual & known), (less, usual & ~open_ & known)):
            if minutes:
                found.setdefault((day.year, day.month, minutes), []).append(day.day)
    if not less and all(minutes == _ALL_DAY for minutes in week):
        return Hours(None, None)
    active = TimeInterval(name, timezone, (*_week(week), *_dates(more)))
    return Hours(active, TimeInterval(name + CLOSED, timezone, tuple(_dates(less))) if less else None)


# --- from spans to the minutes of days -----------------------------------------------------------------------
# The minutes of a day are the bits of a number, bit 0 the minute after midnight.


def _days(calendar: Calendar, years: tuple[int, int], where: ZoneInfo) -> Iterator[tuple[date, tuple[int, int]]]:
    """Each day with its open minutes, and those that the clocks show at all."""
    day, last = date(years[0], 1, 1), date(years[1], 12, 31)
    spans = calendar.spans(at(day, 0, where), at(last, 86_400, where)).items
    place = 0
    while day <= last:
        midnight, end = at(day, 0, where), at(day, 86_400, where)
        while place < len(spans) and spans[place][1] <= midnight:
            place += 1
        found = []
        for start, stop in spans[place:]:
            if start >= end:
                break
            found.append((max(start, midnight), min(stop, end)))
        yield day, _minutes(found, day, midnight, end, where)
        day += timedelta(days=1)


def _minutes(spans: list[tuple[int, int]], day: date, midnight: int, end: int, where: ZoneInfo) -> tuple[int, int]:
    plain = end - midnight == 86_400 and at(day, 43_200, where) - midnight == 43_200
    if plain:
        open_ = 0
        for start, stop in spans:
            open_ |= (1 << -(-(stop - midnight) // 60)) - (1 << (start - midnight) // 60)
        return open_, _ALL_DAY
    inside = Spans(tuple(spans))
    open_ = known = 0
    for instant in range(midnight, end, 60):
        shown = local(instant, where)
        bit = 1 << (shown.hour * 60 + shown.minute)
        known |= bit
        if instant in inside:
            open_ |= bit
    return open_, known


def _usual(days: Mapping[date, tuple[int, int]], weekday: int) -> int:
    """What most days of a weekday are; of several as frequent ones that with most hours."""
    counted = Counter(open_ for day, (open_, known) in days.items() if day.weekday() == weekday and known == _ALL_DAY)
    return max(counted, key=lambda minutes: (counted[minutes], minutes.bit_count(), minutes), default=0)


# --- from minutes to moments ---------------------------------------------------------------------------------
def _week(week: list[int]) -> Iterator[Moments]:
    for minutes in dict.fromkeys(filter(None, week)):
        yield Moments(_times(minutes), weekdays=tuple(number for number in range(7) if week[number] == minutes))


def _dates(found: Mapping[tuple[int, int, int], list[int]]) -> Iterator[Moments]:
    for (year, month, minutes), days in sorted(found.items(), key=lambda each: (each[0][:2], each[1])):
        yield Moments(_times(minutes), year=year, month=month, days=_ranges(days))


def _times(minutes: int) -> tuple[TimeSpan, ...]:
    spans = []
    start = 0
    while minutes >> start:
        start += ((minutes >> start) & -(minutes >> start)).bit_length() - 1
        rest = ~(minutes >> start)
        end = start + (rest & -rest).bit_length() - 1
        spans.append(TimeSpan(start, end))
        start = end
    return tuple(spans)


def _ranges(days: list[int]) -> tuple[tuple[int, int], ...]:
    ranges: list[tuple[int, int]] = []
    for day in days:
        if ranges and ranges[-1][1] == day - 1:
            ranges[-1] = (ranges[-1][0], day)
        else:
            ranges.append((day, day))
    return tuple(ranges)
