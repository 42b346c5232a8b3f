"""What judged targets of an agreement cost, and by when it must be claimed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from slo_gen.contract.claims import Incident, PeriodResult, claim_deadlines, may_terminate
from slo_gen.contract.comparing import figure_at
from slo_gen.contract.credits import Credit, Reading, credit, reading
from slo_gen.contract.fees import FeeError, Fees, fee_of
from slo_gen.contract.target_period import TargetPeriod, business_days
from slo_gen.history.later_periods import right_text
from slo_gen.history.misses import is_breach
from slo_gen.spec.model import Agreement
from slo_gen.spec.terms import Deadline, Money
from slo_gen.timekeeping.durations import add_duration
from slo_gen.timekeeping.periods import Period

__all__ = ["Due", "Owed", "owed"]


@dataclass(frozen=True, slots=True)
class Due:
    """The instants before which an outage must be told and a credit must be claimed; ``start`` None: of the period as a whole."""

    start: int | None
    notify: int | None
    submit: int | None


@dataclass(frozen=True, slots=True)
class Owed:
    """What is owed for certain, and at most where something is unknown. ``without`` says what is missing to tell an amount."""

    certain: Credit | None
    possible: Credit | None
    due: tuple[Due, ...]
    without: str = ""
    rights: tuple[str, ...] = ()
    """Rights to end the agreement that this period gives by itself, in words."""

    @property
    def differs(self) -> bool:
        """Whether what is unknown decides about it."""
        return self.certain != self.possible


def owed(agreement: Agreement, period: Period, found: Sequence[TargetPeriod], paid: Money | None) -> Owed | None:
    """Credits, deadlines and rights to end it; None where there is none of them.

    ``paid``: what was paid in the period for what was affected.
    """
    rights = tuple(right_text(terms) for terms in agreement.termination if may_terminate(terms, [[_result(each) for each in found]]))
    if agreement.credits is None:
        return Owed(None, None, (), rights=rights) if rights else None
    fees = Fees(agreement.fee or fee_of(agreement.period, paid), agreement.period, period, paid)
    due = tuple(_due(agreement, period, found))
    try:
        certain, possible = (
            credit(agreement.credits, [_reading(each, worst=worst) for each in found], fees) for worst in (False, True)
        )
    except FeeError as error:
        return Owed(None, None, due, f"{error}; {_no_fee(agreement, paid).partition('; ')[2]}", rights)
    without = _no_fee(agreement, paid) if possible.amount is None else ", ".join(_only_if(found))
    return Owed(certain, possible, due, without, rights)


def _no_fee(agreement: Agreement, paid: Money | None) -> str:
    """Why no amount can be told. What was paid in a week or in so many days is no fee of a month."""
    return "no fee is known; --fee says what was paid" if paid is None else f"no fee of a month is known; write `fee` in {agreement.name}"


def _reading(found: TargetPeriod, *, worst: bool) -> Reading:
    return reading(found.target, found.if_unknown_was("bad" if worst else "good"), worst=worst, excused=found.in_grace)


def _only_if(found: Sequence[TargetPeriod]) -> Iterator[str]:
    """What earlier periods, which nobody looks at here, have to do with it."""
    for each in found:
        misses = each.target.misses
        if each.outcome.verdict != "met" and not each.in_grace and not is_breach(misses, [True]):
            row = " in a row" if misses.contiguous else ""
            yield f"only if {each.target.name} was missed before: {misses.allowed} of {misses.of} periods{row} may be"


def _result(found: TargetPeriod) -> PeriodResult:
    """What the target came to, for certain: at its best where something is unknown."""
    breached = found.outcome.verdict == "missed" and not found.in_grace and is_breach(found.target.misses, [True])
    return PeriodResult(found.target.name, breached, figure_at(found.bound, found.outcome, worst=False))


def _due(agreement: Agreement, period: Period, found: Sequence[TargetPeriod]) -> Iterator[Due]:
    """Deadlines for each outage that counts, or for the period where none is known by its time."""
    terms = agreement.claim
    if terms is None or all(each.outcome.verdict == "met" for each in found):
        return
    business = business_days(agreement)
    report = add_duration(period.end, agreement.report.due, agreement.period.timezone, business, agreement.period.month_day)
    missed = [each.outcome for each in found if each.outcome.verdict != "met"]
    outages = sorted({(run.start, run.end) for outcome in missed for run in outcome.interruptions if run.counted})
    for start, end in outages:
        deadlines = claim_deadlines(terms, Incident(start, end), period.end, agreement.period, business, report)
        yield Due(start, deadlines.notify, deadlines.submit)
    if not outages:
        kept = replace(terms, notify=_without_incident(terms.notify), submit=_without_incident(terms.submit))
        deadlines = claim_deadlines(kept, Incident(period.start, None), period.end, agreement.period, business, report)
        yield Due(None, deadlines.notify, deadlines.submit)


def _without_incident(deadline: Deadline | None) -> Deadline | None:
    """A deadline that does not run from an outage, which nobody knows here."""
    return None if deadline is None or deadline.after in ("incident_start", "incident_end") else deadline
