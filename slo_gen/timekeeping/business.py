"""Business time: how much of it has passed, when some of it will have passed, and when it begins again.

    office = BusinessTime(calendar)
    office.elapsed(opened, solved, pauses)
    office.deadline(opened, 4 * 3600, pauses)

Business time runs while the calendar is open and no pause stands. What is asked for is found by bisection in a
timetable: the business periods around it in order, each with the business time before it. The timetable is made of
some years and grows on demand, at least to twice its length each time.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Final, Literal

from slo_gen.timekeeping.calendars import Calendar
from slo_gen.timekeeping.spans import EMPTY, Span, Spans
from slo_gen.timekeeping.zones import EARLIEST, LATEST, TimeError, in_range, write_instant

__all__ = ["Boundary", "BusinessTime", "Timetable", "business_time", "never"]

Boundary = Literal["close", "next_open"]
"""What a deadline is that falls on the end of a business period: that instant, or the one at which time runs again."""

_BLOCK: Final = 2 * 365 * 86_400
"""A timetable begins and ends at multiples of this, so that near questions are answered by the same one."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """The business periods of ``[start, end)``: period ``i`` is ``[opens[i], closes[i])``.

    ``before[i]`` seconds of business time lie between ``start`` and it; ``before`` has one entry more, for all of them.
    The periods at both ends of the range may go on outside of it.
    """

    start: int
    end: int
    opens: list[int]
    closes: list[int]
    before: list[int]

    @classmethod
    def of(cls, calendar: Calendar, start: int, end: int) -> Timetable:
        """The timetable of a calendar."""
        periods = calendar.periods(start, end)
        lengths = (closes - opens for opens, closes in periods)
        return cls(start, end, [opens for opens, _ in periods], [closes for _, closes in periods], list(accumulate(lengths, initial=0)))

    @property
    def seconds(self) -> int:
        """All of its business time."""
        return self.before[-1]

    @property
    def is_last(self) -> bool:
        """Whether no later timetable can be made."""
        return self.end == LATEST

    def run(self, instant: int) -> int:
        """The business time from ``start`` to an instant; what lies beyond the range counts as closed."""
        place = bisect_right(self.opens, instant) - 1
        return self.before[place] + min(instant, self.closes[place]) - self.opens[place] if place >= 0 else 0

    def has_run(self, seconds: int) -> int:
        """The first instant at which so much business time has run, more than 0 and at most ``self.seconds``."""
        place = bisect_left(self.before, seconds) - 1
        return self.opens[place] + seconds - self.before[place]

    def runs_on(self, seconds: int) -> int:
        """The last instant at which no more business time than this has run, from 0 and less than ``self.seconds``."""
        place = bisect_right(self.before, seconds) - 1
        return self.opens[place] + seconds - self.before[place]


class BusinessTime:
    """Computes with one calendar. Instants and spans are seconds; all of it raises TimeError outside of 1900 to 2300."""

    def __init__(self, calendar: Calendar) -> None:
        self.calendar = calendar
        self._timetable: Timetable | None = None

    def elapsed(self, start: int, end: int, pauses: Spans = EMPTY) -> int:
        """Business seconds in ``[start, end)`` outside of the pauses; 0 when the end is before the start."""
        if start > end:
            return 0
        table = self.timetable(start, end)
        passed = table.run(end) - table.run(start)
        if pauses:
            passed -= sum(table.run(resumed) - table.run(paused) for paused, resumed in pauses.clip(start, end))
        return passed

    def deadline(self, start: int, seconds: int, pauses: Spans = EMPTY, boundary: Boundary = "close") -> int:
        """The instant at which ``seconds`` of business time have run from ``start``, and none of them in a pause.

        With ``close`` it is the first such instant, with ``next_open`` the last one: where the time is up at the end of
        a business period or at the beginning of a pause, that is when business time runs again. A deadline of 0
        seconds is therefore ``start`` itself with ``close``, and the next opening with ``next_open``.

        Raises TimeError when so much business time never comes, and for seconds below 0.
        """
        if seconds < 0:
            raise TimeError(f"a deadline after {seconds} seconds lies in the past; write 0 or more")
        if seconds == 0 and boundary == "close":
            return in_range(start)
        halts = pauses.clip(start, LATEST) if pauses else EMPTY
        table = self.timetable(start, start)
        while (until := _until(table, start, seconds, halts, boundary)) is None:
            if table.is_last:
                raise never(start, seconds)
            table = self.longer(table)
        return table.has_run(until) if boundary == "close" else table.runs_on(until)

    def next_open(self, instant: int) -> int:
        """The first instant at or after this one that is in business time. Raises TimeError when there is none."""
        return self.deadline(instant, 0, boundary="next_open")

    def periods(self, instant: int, count: int) -> tuple[Span, ...]:
        """The first ``count`` business periods that end after an instant; the first one begins there if it is running.

        Fewer when the calendar has no more of them until the year 2300.
        """
        table = self.timetable(instant, instant)
        while True:
            first = bisect_right(table.closes, instant)
            # The last period of a timetable may go on outside of it.
            if len(table.closes) - first > count or table.is_last:
                found = range(first, min(first + count, len(table.closes)))
                return tuple((max(table.opens[place], instant), table.closes[place]) for place in found)
            table = self.longer(table)

    # --- the timetable ----------------------------------------------------------------------------------------
    def timetable(self, start: int, end: int) -> Timetable:
        """A timetable that holds both instants and everything between them."""
        first, last = in_range(start), min(in_range(end) + 1, LATEST)
        table = self._timetable
        if table is not None and table.start <= first and last <= table.end:
            return table
        return self._grown(table, first, last)

    def longer(self, table: Timetable) -> Timetable:
        """A timetable that goes on for at least as long again as one that is not the last."""
        return self.timetable(table.start, table.end)

    def _grown(self, table: Timetable | None, start: int, end: int) -> Timetable:
        """A timetable that reaches from ``start`` to ``end``, and at least as far again as ``table`` does."""
        if table is not None:
            length = table.end - table.start
            start = table.start if start >= table.start else min(start, table.start - length)
            end = table.end if end <= table.end else max(end, table.end + length)
        start, end = start // _BLOCK * _BLOCK, -(-end // _BLOCK) * _BLOCK
        self._timetable = Timetable.of(self.calendar, max(start, EARLIEST), min(end, LATEST))
        return self._timetable


def _until(table: Timetable, start: int, seconds: int, halts: Spans, boundary: Boundary) -> int | None:
    """How much of a timetable has run when ``seconds`` outside of the pauses have; None when it is too short to say."""
    until = table.run(start) + seconds
    for paused, resumed in halts:
        reached = table.run(paused)
        if reached > until or (reached == until and boundary == "close"):
            break
        until += table.run(resumed) - reached
    return until if until < table.seconds or (until == table.seconds and boundary == "close") else None


@lru_cache(maxsize=64)
def business_time(calendar: Calendar) -> BusinessTime:
    """The one BusinessTime of a calendar, so that whoever asks shares its timetable."""
    return BusinessTime(calendar)


def never(start: int, seconds: int) -> TimeError:
    """The error that says that a deadline, or with 0 seconds an opening, never comes."""
    wanted = f"are no {seconds} more seconds of business time" if seconds else "is no more business time"
    return TimeError(f"there {wanted} after {write_instant(start)} and before the year 2300")
