"""By when a credit must be claimed, and when missed periods give the right to end an agreement."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from slo_gen.spec.terms import ClaimTerms, Deadline, Termination
from slo_gen.timekeeping.calendars import Calendar
from slo_gen.timekeeping.durations import add_duration
from slo_gen.timekeeping.periods import Periods, RollingDays

__all__ = ["OF_PERIOD", "ClaimDeadlines", "Incident", "PeriodResult", "claim_deadlines", "may_terminate"]

OF_PERIOD: Final = ("period_end", "billing_cycle_end")
"""What ends with a period: months after it end as periods do."""


@dataclass(frozen=True, slots=True)
class Incident:
    """What is claimed for: the first and the last instant of the outage. ``end`` None: it goes on."""

    start: int
    end: int | None


@dataclass(frozen=True, slots=True)
class ClaimDeadlines:
    """Instants; None where nothing is asked, or where the event from which it runs has not come yet."""

    notify: int | None
    submit: int | None


def claim_deadlines(
    terms: ClaimTerms, incident: Incident, period_end: int, periods: Periods | RollingDays, business: Calendar,
    reported: int | None = None,
) -> ClaimDeadlines:
    """By when the other party must be told of an incident, and when the claim must be with it.

    ``period_end`` is the end of that of the ``periods``, which are the billing cycles, in which the incident ended;
    ``business`` the calendar whose days ``bd`` means; ``reported`` when the report came. A deadline is the first instant
    that is too late. Raises TimeError for a length beyond all calendars.
    """
    anchors = {
        "incident_start": incident.start,
        "incident_end": incident.end,
        "period_end": period_end,
        "billing_cycle_end": period_end,
        "report": reported,
    }

    def instant(deadline: Deadline | None) -> int | None:
        anchor = anchors[deadline.after] if deadline is not None else None
        if deadline is None or anchor is None:
            return None
        month_day = periods.month_day if deadline.after in OF_PERIOD else 0
        return add_duration(anchor, deadline.within, periods.timezone, business, month_day)

    return ClaimDeadlines(instant(terms.notify), instant(terms.submit))


@dataclass(frozen=True, slots=True)
class PeriodResult:
    """One target in one period: whether it was breached, and its figure in the unit of its objective."""

    target: str
    breached: bool
    figure: Fraction | None


def may_terminate(terms: Termination, periods: Sequence[Sequence[PeriodResult]]) -> bool:
    """Whether the last of these periods, in their order, gives the right to end the agreement.

    A period counts when one of the targets was breached in it, and where the terms name a bound, by a figure beyond it.
    """
    counted = [any(_counts(terms, result) for result in period) for period in periods[-terms.of :]]
    if not counted or not counted[-1]:
        return False
    if not terms.contiguous:
        return sum(counted) >= terms.breaches
    return len(counted) >= terms.breaches and all(counted[-terms.breaches :])


def _counts(terms: Termination, result: PeriodResult) -> bool:
    if not result.breached or (terms.targets and result.target not in terms.targets):
        return False
    return terms.beyond is None or (result.figure is not None and terms.beyond.holds(result.figure))
