"""Calendars: when time counts, built from hours of the week, dates, and other calendars.

    office = Weekly("Europe/Berlin", week({"mon": ["08:00-12:00", "13:00-18:00"]}))
    office = Difference(office, (WholeDays("Europe/Berlin", PublicHolidays("DE", "BE")),))

Each calendar is a frozen value that answers for any range of time. Wall time becomes instants as ``zones`` says: hours
that begin in a skipped hour move by it, hours that end before they begin are none. A day that a zone skips as a whole
has no hours. ``business`` computes with a calendar.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Protocol
from zoneinfo import ZoneInfo

from slo_gen.timekeeping.days import Days, FixedDates
from slo_gen.timekeeping.spans import Span, Spans
from slo_gen.timekeeping.zones import TimeError, at, local_date, zone

__all__ = [
    "WEEKDAYS", "Always", "ByDate", "Calendar", "Difference", "Intersection", "Union", "WallSpan", "Week", "Weekly", "WholeDays",
    "replace_days", "wall_span", "week", "weekdays",
]  # fmt: skip

WEEKDAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_DAY: Final = 86_400

WallSpan = tuple[int, int]
"""Hours of a day in seconds after its midnight; an end above 86400 is on the next day."""

Week = tuple[tuple[WallSpan, ...], ...]
"""The hours of seven days, Monday first."""


class Calendar(Protocol):
    """A set of time that goes on and on. Calendars are values: equal ones are the same."""

    def __hash__(self) -> int: ...

    def periods(self, start: int, end: int) -> tuple[Span, ...]:
        """The business periods of a range, cut off at its ends: in order, none empty, none overlapping.

        Two that touch stay two, as they were written: office hours of a morning and an afternoon, or two whole days.
        """

    def spans(self, start: int, end: int) -> Spans:
        """The open time of ``[start, end)``."""


class _FromPeriods:
    """The open time of a calendar is all of its business periods."""

    __slots__ = ()

    def spans(self: Calendar, start: int, end: int) -> Spans:
        return Spans.of(self.periods(start, end))


@dataclass(frozen=True, slots=True)
class Always(_FromPeriods):
    """24x7: open all the time, one period without end."""

    def periods(self, start: int, end: int) -> tuple[Span, ...]:
        return ((start, end),) if start < end else ()


@dataclass(frozen=True, slots=True)
class Weekly(_FromPeriods):
    """The same hours every week, read in a zone."""

    timezone: str
    hours: Week

    def periods(self, start: int, end: int) -> tuple[Span, ...]:
        where = zone(self.timezone)
        return _joined(_clipped(_of_days(where, ((day, self.hours[day.weekday()]) for day in _dates(start, end, where))), start, end))


@dataclass(frozen=True, slots=True)
class ByDate(_FromPeriods):
    """Hours of single dates, read in a zone: shifts, breaks, days with hours of their own."""

    timezone: str
    hours: tuple[tuple[date, tuple[WallSpan, ...]], ...]

    def periods(self, start: int, end: int) -> tuple[Span, ...]:
        where = zone(self.timezone)
        return _joined(_clipped(_of_days(where, self.hours), start, end))


@dataclass(frozen=True, slots=True)
class WholeDays(_FromPeriods):
    """The days of a rule from midnight to midnight in a zone, such as holidays."""

    timezone: str
    days: Days

    def periods(self, start: int, end: int) -> tuple[Span, ...]:
        where = zone(self.timezone)
        whole = (((0, _DAY),),)
        found = ((day, *whole) for day in _dates(start, end, where) if self.days.name_of(day) is not None)
        return _joined(_clipped(_of_days(where, found), start, end))


@dataclass(frozen=True, slots=True)
class Union(_FromPeriods):
    """Open whenever one of the calendars is; periods that overlap become one."""

    calendars: tuple[Calendar, ...]

    def periods(self, start: int, end: int) -> tuple[Span, ...]:
        return _joined(span for calendar in self.calendars for span in calendar.periods(start, end))


@dataclass(frozen=True, slots=True)
class Intersection(_FromPeriods):
    """Open while all of the calendars are: never when there is none."""

    calendars: tuple[Calendar, ...]

    def periods(self, start: int, end: int) -> tuple[Span, ...]:
        if not self.calendars:
            return ()
        found = self.calendars[0].periods(start, end)
        for calendar in self.calendars[1:]:
            found = (Spans(found) & Spans(calendar.periods(start, end))).items if found else ()
        return found


@dataclass(frozen=True, slots=True)
class Difference(_FromPeriods):
    """Open while ``calendar`` is and none of those that are taken away."""

    calendar: Calendar
    without: tuple[Calendar, ...]

    def periods(self, start: int, end: int) -> tuple[Span, ...]:
        found = Spans(self.calendar.periods(start, end))
        for calendar in self.without:
            found = found - calendar.spans(start, end)
        return found.items


def replace_days(calendar: Calendar, timezone: str, hours: Mapping[date, Sequence[WallSpan]]) -> Calendar:
    """A calendar whose hours on some dates are others; a night shift of the day before ends at midnight there."""
    if not hours:
        return calendar
    closed = WholeDays(timezone, FixedDates(tuple((day, "") for day in sorted(hours))))
    return Union((Difference(calendar, (closed,)), ByDate(timezone, tuple((day, tuple(hours[day])) for day in sorted(hours)))))


def wall_span(text: str) -> WallSpan:
    """Hours like ``08:00-18:00``. An end at or before the start is on the next day. Raises TimeError."""
    start, found, end = text.partition("-")
    if not found:
        raise TimeError(f"{text!r} are no hours; write them like 08:00-18:00")
    opens, closes = _of_day(start), _of_day(end)
    if opens == _DAY:
        raise TimeError(f"{text!r} begins at the end of the day; write 00:00 of the next day")
    return opens, closes if closes > opens else closes + _DAY


def week(hours: Mapping[str, Iterable[str]]) -> Week:
    """The week of hours by day: ``{"mon-fri": ["08:00-18:00"], "sat": ["09:00-12:00"]}``. Raises TimeError."""
    days: list[list[WallSpan]] = [[] for _ in WEEKDAYS]
    for named, texts in hours.items():
        spans = [wall_span(text) for text in texts]
        for number in weekdays(named):
            days[number].extend(spans)
    return tuple(tuple(sorted(spans)) for spans in days)


def weekdays(text: str) -> list[int]:
    """The days of ``mon-fri``, ``sat`` or ``sat-mon``, 0 for Monday. Raises TimeError."""
    first, _, last = text.partition("-")
    last = last or first
    if first not in WEEKDAYS or last not in WEEKDAYS:
        raise TimeError(f"{text!r} are no days; write them like mon-fri or sat")
    start, count = WEEKDAYS.index(first), (WEEKDAYS.index(last) - WEEKDAYS.index(first)) % 7 + 1
    return [(start + step) % 7 for step in range(count)]


def _of_day(text: str) -> int:
    hours, found, minutes = text.partition(":")
    if found and len(hours) == len(minutes) == 2 and (hours + minutes).isascii() and (hours + minutes).isdigit():
        seconds = int(hours) * 3600 + int(minutes) * 60
        if int(minutes) < 60 and seconds <= _DAY:
            return seconds
    raise TimeError(f"{text!r} is no time of day; write it like 08:00, at most 24:00")


# --- from days to instants -------------------------------------------------------------------------------------
def _dates(start: int, end: int, where: ZoneInfo) -> Iterator[date]:
    """Every date whose hours may reach into ``[start, end)``: hours last into the next day, and a zone may skip one."""
    if start >= end:
        return
    day, last = local_date(start, where) - timedelta(days=2), local_date(end, where)
    for number in range(day.toordinal(), last.toordinal() + 1):
        yield date.fromordinal(number)


def _of_days(where: ZoneInfo, days: Iterable[tuple[date, tuple[WallSpan, ...]]]) -> Iterator[Span]:
    """Hours of days as instants, in the order of the days."""
    for day, hours in days:
        if not hours:
            continue
        if at(day, _DAY, where) <= at(day, 0, where):
            continue                                          # the zone skipped this day
        for opens, closes in hours:
            start, end = at(day, opens, where), at(day, closes, where)
            if start < end:
                yield start, end


def _clipped(spans: Iterable[Span], start: int, end: int) -> Iterator[Span]:
    for opens, closes in spans:
        if opens < end and closes > start:
            yield max(opens, start), min(closes, end)


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """In order, and those that overlap made one. Those that only touch stay apart."""
    found: list[Span] = []
    for start, end in sorted(spans):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return tuple(found)
