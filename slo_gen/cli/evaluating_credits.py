"""What judged targets of an agreement cost, and by when it must be claimed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from slo_gen.cli.evaluation_remarks import excused
from slo_gen.cli.loading import fail
from slo_gen.contract.claims import Incident, claim_deadlines
from slo_gen.contract.credits import Credit, credit, reading
from slo_gen.contract.fees import FeeError, Fees
from slo_gen.contract.target_period import TargetPeriod, business_days
from slo_gen.spec.model import Agreement
from slo_gen.spec.terms import Deadline, Fee, Money
from slo_gen.timekeeping.periods import Period, Periods

__all__ = ["Due", "Owed", "money", "owed"]

_MONEY: Final = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,6})?) ?([A-Z]{3})")


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

    @property
    def differs(self) -> bool:
        """Whether what is unknown decides about it."""
        return self.certain != self.possible


def money(text: str | None) -> Money | None:
    """The amount of ``--fee``; ends the run when it is none."""
    if text is None:
        return None
    found = _MONEY.fullmatch(text.strip())
    if found is None:
        fail(f"--fee {text}: this is no amount; write it like '1840.00 EUR'")
    return Money(Fraction(found[1]), found[2])


def owed(agreement: Agreement, period: Period, found: Sequence[TargetPeriod], paid: Money | None) -> Owed | None:
    """Credits and deadlines; None where the agreement has neither. ``paid``: what was paid in the period for what was affected."""
    if agreement.credits is None:
        return None
    fees = Fees(agreement.fee or _fee(agreement, paid), agreement.period, period, paid)
    due = tuple(_due(agreement, period, found))
    try:
        certain, possible = (
            credit(agreement.credits, [reading(each.target, each.outcome, worst=worst, excused=excused(each)) for each in found], fees)
            for worst in (False, True)
        )
    except FeeError as error:
        return Owed(None, None, due, f"{error}; --fee says what was paid")
    without = "no fee is known; --fee says what was paid" if possible.amount is None and possible.share else ""
    return Owed(certain, possible, due, without)


def _fee(agreement: Agreement, paid: Money | None) -> Fee | None:
    """What was paid as the fee of a period, where the agreement names none."""
    periods = agreement.period
    if paid is None or not isinstance(periods, Periods):
        return None
    match periods.length:
        case "month" | "quarter" | "year":
            return Fee(paid.amount, paid.currency, periods.length)
    return None


def _due(agreement: Agreement, period: Period, found: Sequence[TargetPeriod]) -> Iterator[Due]:
    """Deadlines for each outage that counts, or for the period where none is known by its time."""
    terms = agreement.claim
    if terms is None or all(each.outcome.verdict == "met" for each in found):
        return
    timezone, business = agreement.period.timezone, business_days(agreement)
    outages = sorted({(run.start, run.end) for each in found for run in each.outcome.interruptions if run.counted})
    for start, end in outages:
        deadlines = claim_deadlines(terms, Incident(start, end), period.end, timezone, business)
        yield Due(start, deadlines.notify, deadlines.submit)
    if not outages:
        kept = replace(terms, notify=_without_incident(terms.notify), submit=_without_incident(terms.submit))
        deadlines = claim_deadlines(kept, Incident(period.start, None), period.end, timezone, business)
        yield Due(None, deadlines.notify, deadlines.submit)


def _without_incident(deadline: Deadline | None) -> Deadline | None:
    """A deadline that does not run from an outage, which nobody knows here."""
    return None if deadline is None or deadline.after in ("incident_start", "incident_end") else deadline
