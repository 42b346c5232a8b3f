"""One target of an agreement in one period: what counts, what came of it, and what is left of its budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from fractions import Fraction
from typing import Final, Literal

from slo_gen.contract.budget import Budget, budget
from slo_gen.contract.evaluate import basis, evaluate
from slo_gen.contract.exclusions import Exclusions, causes, exclusions
from slo_gen.contract.facts import Facts, Results
from slo_gen.contract.measurement import Measurement
from slo_gen.contract.methods import measurement, objective, of_results, of_tickets
from slo_gen.contract.outcome import Outcome, Verdict
from slo_gen.contract.ticket_promises import WITHOUT_RESULT
from slo_gen.contract.window import ALL_TIME, Window
from slo_gen.spec.model import Agreement, AgreementTarget, Catalogue, OtherTarget, TicketTarget
from slo_gen.spec.terms import Bound
from slo_gen.spec.ticket_terms import LowVolume
from slo_gen.timekeeping.calendars import Calendar, Weekly, week
from slo_gen.timekeeping.durations import add_duration
from slo_gen.timekeeping.periods import Period
from slo_gen.timekeeping.spans import EMPTY, Spans
from slo_gen.timekeeping.zones import EARLIEST, LATEST, at, zone

__all__ = ["Promise", "TargetPeriod", "adjusted_time", "business_days", "target_period", "term", "ticket_period"]

_REACH: Final = 400 * 86_400
"""How far around the period hours are known: runs reach over its edges, and an allowance may be that of a year."""


Promise = AgreementTarget | TicketTarget | OtherTarget
"""A target of an agreement."""


@dataclass(frozen=True, slots=True)
class TargetPeriod:
    """A target in a period and all that its figure follows from."""

    agreement: Agreement
    target: Promise
    period: Period
    measurement: Measurement
    bound: Bound
    window: Window
    exclusions: Exclusions
    outcome: Outcome
    facts: Facts

    def if_unknown_was(self, what: Literal["good", "bad"]) -> Outcome:
        """What it comes to if all that is unknown was good, or bad: the bad time and its runs too, not only the figure."""
        measure = self.measurement
        if measure.unknown != "bounds" or isinstance(self.facts, Results) or self.outcome.lower == self.outcome.upper:
            return self.outcome
        return evaluate(self.target.name, replace(measure, unknown=what), self.bound, self.facts, self.window)

    @property
    def in_grace(self) -> bool:
        """Whether the period begins within the grace after the start of the agreement, in which a miss is no breach."""
        if not self.target.grace or self.agreement.starts is None:
            return False
        timezone = self.agreement.period.timezone
        began = at(self.agreement.starts, 0, zone(timezone))
        return self.period.start < add_duration(began, self.target.grace, timezone, business_days(self.agreement))

    @property
    def budget(self) -> Budget | None:
        """What may be bad; None where nothing was measured."""
        return budget(self.bound, self.outcome, self.whole) if self.outcome.verdict != "not_measured" else None

    @property
    def whole(self) -> Fraction:
        """What the figure is a share of once nothing is unknown any more; of events nobody knows how many that will be."""
        outcome, how = self.outcome, self.measurement
        if outcome.unit == "events" or how.unknown != "bounds":
            return outcome.of
        return outcome.of + outcome.unknown if how.empty == "excluded" else Fraction(basis(how, self.window))

    @property
    def silent(self) -> Fraction:
        """Seconds of intervals of which nobody can say anything because nothing happened in them."""
        left_out = self.whole - self.outcome.of
        return left_out - self.outcome.unknown if left_out else left_out


def target_period(
    catalogue: Catalogue, agreement: Agreement, target: AgreementTarget, period: Period, facts: Facts, *,
    found: Mapping[str, Spans] | None = None, adjusted: Spans = EMPTY, used: int | None = None,
) -> TargetPeriod:  # fmt: skip
    """Judges a target on an indicator. ``found``, ``adjusted`` and ``used`` are as ``exclusions`` takes them.

    Causes of outages are found in the facts themselves.
    """
    start, end = period.start, period.end
    first, last = start - _REACH, end + _REACH
    scheduled = catalogue.calendars[target.hours].spans(first, last) if target.hours in catalogue.calendars else ALL_TIME
    deployed = term(agreement)
    known = {**causes(facts, (each.reason for each in target.exclude if not each.when)), **(found or {})}
    indicator = catalogue.indicators.get(target.indicator)
    excluded = exclusions(
        agreement, target, catalogue.maintenance, start, end, service=indicator.service if indicator else "", agreed=scheduled & deployed,
        calendars=catalogue.calendars, business=business_days(agreement), found=known, adjusted=adjusted, used=used,
    )  # fmt: skip
    how, promised = measurement(target), objective(target)
    hours = {name: catalogue.calendars[name].spans(first, last) for name, _ in how.weights if name in catalogue.calendars}
    window = Window(start, end, scheduled, deployed, excluded.by_reason, hours)
    outcome = evaluate(target.name, how, promised, facts, window)
    return TargetPeriod(agreement, target, period, how, promised, window, excluded, outcome, facts)


def adjusted_time(catalogue: Catalogue, agreement: Agreement, target: AgreementTarget) -> Spans:
    """The time that the parties agreed not to count."""
    return Spans.of(
        adjustment.span for adjustment in catalogue.adjustments
        if adjustment.span is not None and adjustment.relieves(agreement.name, target.name)
    )  # fmt: skip


def ticket_period(agreement: Agreement, target: TicketTarget | OtherTarget, period: Period, facts: Facts) -> TargetPeriod:
    """Judges a target on tickets; its hours are those of the clocks, which have run already.

    A result whose cause says that the ticket was merged, withdrawn or the like is none, and is counted under that reason.

    Raises ValueError for a target that single results say nothing about.
    """
    judged_by = of_tickets(target) if isinstance(target, TicketTarget) else of_results(target)
    if judged_by is None:
        raise ValueError(f"single results say nothing about {target.name}")
    how, promised = judged_by
    told = {result.cause for result in facts.results} if isinstance(facts, Results) else set()
    left_out = tuple((reason, EMPTY) for reason in WITHOUT_RESULT if reason in told)
    window = Window(period.start, period.end, deployed=term(agreement), excluded=left_out)
    outcome = evaluate(target.name, how, promised, facts, window)
    few = agreement.tickets.low_volume if agreement.tickets is not None and isinstance(target, TicketTarget) else None
    if few is not None:
        outcome = replace(outcome, verdict=_of_few(outcome, few))
    return TargetPeriod(agreement, target, period, how, promised, window, Exclusions(), outcome, facts)


def _of_few(outcome: Outcome, few: LowVolume) -> Verdict:
    """The verdict where there are so few results that some may be missed whatever share of them that is."""
    number = outcome.of + outcome.unknown
    if outcome.verdict not in ("missed", "unclear") or number >= few.below or outcome.counted > few.allow_misses:
        return outcome.verdict
    return "met" if outcome.counted + outcome.unknown <= few.allow_misses else "unclear"


def term(agreement: Agreement) -> Spans:
    """From the beginning of the first day of the agreement to the end of its last one, in the zone of its periods."""
    where = zone(agreement.period.timezone)
    start = at(agreement.starts, 0, where) if agreement.starts is not None else EARLIEST
    end = at(agreement.ends + timedelta(days=1), 0, where) if agreement.ends is not None else LATEST
    return Spans.of([(start, end)])


def business_days(agreement: Agreement) -> Calendar:
    """The days that a notice in business days counts: Monday to Friday in the zone of the agreement."""
    return Weekly(agreement.period.timezone, week({"mon-fri": ["00:00-24:00"]}))
