"""The periods of an agreement that somebody means who names a period: its own of that name, or those that end within it.

``2026-10`` is a month; of an agreement that is judged by quarters, ``2026-12`` means the quarter that ends then, and of one
that is judged by weeks all weeks that end in the month. Each in the agreement's own zone and fiscal year.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from slo_gen.timekeeping.periods import Length, Period, Periods, RollingDays
from slo_gen.timekeeping.zones import TimeError

__all__ = ["named_span", "periods_ending_in", "periods_within"]

_LENGTHS: Final[tuple[Length, ...]] = ("month", "quarter", "half_year", "year", "week")


def periods_ending_in(periods: Periods | RollingDays, name: str) -> tuple[Period, ...]:
    """The periods that are closed when the period of that name is over. Raises TimeError when no period has such a name."""
    try:
        return (periods.named(name),)            # of rolling days only they themselves have the name
    except TimeError:
        named = named_span(periods, name)
        return tuple(period for period in periods.between(named.start, named.end + 1) if named.start < period.end <= named.end)


def periods_within(periods: Periods | RollingDays, first: str, last: str) -> tuple[Period, ...]:
    """All periods from the beginning of one named period to the end of another. Raises TimeError."""
    start, end = named_span(periods, first).start, named_span(periods, last).end
    return tuple(period for period in periods.between(start, end) if start <= period.start and period.end <= end)


def named_span(periods: Periods | RollingDays, name: str) -> Period:
    """The period of that name, of whatever length, in the zone and fiscal year of ``periods``. Raises TimeError."""
    calendar = periods if isinstance(periods, Periods) else Periods("month", periods.timezone)
    for length in _LENGTHS:
        try:
            return replace(calendar, length=length).named(name)
        except TimeError:
            continue
    raise TimeError(f"{name!r} is no period; write it like 2026-10, 2026-Q4, 2026-H2, 2026-W07 or 2026")
