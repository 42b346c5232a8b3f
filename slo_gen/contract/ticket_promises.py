"""What an agreement promises about single tickets, whichever way it says so, as one kind of target.

That a percentile of all times is at most four hours says as much as that this share of tickets ends within four hours: by the nearest
rank both hold for the same tickets. That the longest takes so long at most is the same of all of them. How many tickets there may be has
no clock; its ``limit`` says it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Final

from slo_gen.contract.methods import of_results
from slo_gen.spec.model import Agreement, OtherTarget, TicketTarget
from slo_gen.spec.terms import Bound
from slo_gen.timekeeping.business import business_time
from slo_gen.timekeeping.calendars import Calendar
from slo_gen.timekeeping.durations import add_duration, read_duration
from slo_gen.timekeeping.periods import Periods

__all__ = ["COUNTED", "WITHOUT_RESULT", "TimedPromise", "fixed_length", "promised_of_tickets"]

COUNTED: Final = "counted"
"""What becomes of a ticket that is only counted."""

WITHOUT_RESULT: Final = ("withdrawn", "cancelled", "excluded", "relieved", "merged", "deleted", "spam")
"""Why a ticket has no result. None of them is ever in time, or late."""

_FIXED: Final = frozenset({"ms", "s", "m", "h", "bh"})
"""Units of time that a clock counts as it runs; all others end at an instant of the calendar."""

_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "bh": 3600}


def promised_of_tickets(agreement: Agreement) -> tuple[TicketTarget, ...]:
    """The targets of an agreement that its tickets decide, over its own periods: first those that name a share of tickets in time."""
    others = (_as_share(agreement, other) for other in agreement.other_targets)
    return (*agreement.ticket_targets, *(each for each in others if each is not None))


def _as_share(agreement: Agreement, other: OtherTarget) -> TicketTarget | None:
    """The same promise about each ticket; None where tickets do not decide it, or not those of one period of the agreement."""
    periods = agreement.period
    if other.per and not (isinstance(periods, Periods) and periods.length == other.per):
        return None
    if of_results(other) is None and not (other.about in ("longest", "percentile") and other.within):
        return None
    share = other.percent if other.percent is not None else Fraction(1)
    limit = None
    if other.about == "count":
        assert other.bound is not None, "a number is a bound"
        limit, share = _most(other.bound), Fraction(0)
    percent = f"{Decimal((share * 100).numerator) / (share * 100).denominator:f}%"      # 99.95 is written with an end
    return TicketTarget(
        name=other.name, priority=other.priority, clock="" if limit is not None else other.of, within=_within(other), hours=other.hours,
        share=share, share_text=other.objective_text if limit is not None else percent, origin=other.origin, misses=other.misses,
        grace=other.grace, weight=other.weight, limit=limit,
    )  # fmt: skip


def _within(other: OtherTarget) -> str:
    """The longest time that keeps a bound: clocks count whole seconds, so that less than an hour is 3599 of them at most."""
    if other.bound is not None and other.bound.op == "<" and other.within:
        return f"{_most(other.bound)}s"
    return other.within


def _most(bound: Bound) -> int:
    """The greatest whole number that keeps an upper bound."""
    return ceil(bound.value) - 1 if bound.op == "<" else floor(bound.value)


def fixed_length(within: str) -> int | None:
    """The seconds of a length that does not depend on when it starts; None for any other."""
    parts = read_duration(within)
    if any(unit not in _FIXED for _, unit in parts):
        return None
    return sum(-(-number // 1000) if unit == "ms" else number * _SECONDS[unit] for number, unit in parts)


@dataclass(frozen=True, slots=True)
class TimedPromise:
    """A ticket target with its hours. ``fixed``: the seconds allowed, where they do not depend on the start."""

    target: TicketTarget
    calendar: Calendar
    timezone: str
    fixed: int | None

    def allowed(self, start: int) -> int:
        """The seconds of its hours that a clock may take that started then."""
        if self.fixed is not None:
            return self.fixed
        business = business_time(self.calendar)
        return business.elapsed(start, add_duration(start, self.target.within, self.timezone, self.calendar))
