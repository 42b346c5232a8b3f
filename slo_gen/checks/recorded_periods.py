"""What was recorded of the last closed periods; the ground of the checks on history.

The figure is the share of events that were good, which is what most targets on an indicator promise. Targets that count
time by rules of their own are left to ``slo-gen backtest``, and so are exclusions.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import TYPE_CHECKING, Final

from slo_gen import names
from slo_gen.checks.check import Subject
from slo_gen.rules.promql import duration
from slo_gen.rules.windows import ROLLUP_STEP
from slo_gen.spec.model import Agreement, AgreementTarget
from slo_gen.timekeeping.periods import Period

if TYPE_CHECKING:
    from slo_gen.prometheus import Sample

__all__ = ["Recorded", "judged_by_events", "period_questions", "recorded_periods", "share"]

_LAST: Final = 12
_ENOUGH: Final = Fraction(95, 100)
"""Share of a period that must have been recorded for it to say anything."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """One closed period: the share of its events that were bad, exact, of those that were recorded."""

    period: Period
    bad: Fraction


def judged_by_events(subject: Subject) -> Iterator[tuple[Agreement, AgreementTarget]]:
    """Targets whose figure is the share of good events, in agreements that are not ended."""
    for agreement in subject.catalogue.agreements.values():
        for target in agreement.targets:
            if target.measure.method == "event_ratio" and target.unit == "%" and agreement.state != "ended":
                yield agreement, target


def period_questions(subject: Subject) -> Iterator[str]:
    """What is asked about the last closed periods of the targets that are judged by events."""
    for agreement, _ in judged_by_events(subject):
        for period in _closed(subject, agreement):
            yield from (_question(metric, period) for metric in (names.BAD_ROLLUP, names.TOTAL_ROLLUP, names.MINUTES_ROLLUP))


def recorded_periods(subject: Subject, agreement: Agreement, target: AgreementTarget) -> tuple[Recorded, ...]:
    """The closed periods that were recorded almost completely, the oldest first; periods without an event say nothing."""
    if subject.facts is None:
        return ()
    answers = subject.facts.answers
    interval = subject.catalogue.evaluation.interval
    found = []
    for period in _closed(subject, agreement):
        bad, total = (_sum(answers, _question(metric, period), target) for metric in (names.BAD_ROLLUP, names.TOTAL_ROLLUP))
        minutes = _largest(answers, _question(names.MINUTES_ROLLUP, period), target)
        if total > 0 and minutes * interval >= _ENOUGH * period.seconds:
            found.append(Recorded(period, bad / total))
    return tuple(found)


def share(target: AgreementTarget, bad: Fraction) -> Fraction:
    """The figure that the objective is compared with."""
    return 1 - bad if target.direction == "at least" else bad


def _closed(subject: Subject, agreement: Agreement) -> tuple[Period, ...]:
    """The last periods that are over, the oldest first."""
    if subject.now is None:
        return ()
    found: list[Period] = []
    period = agreement.period.previous(agreement.period.of(subject.now))
    for _ in range(_LAST):
        found.append(period)
        period = agreement.period.previous(period)
    return tuple(reversed(found))


def _question(metric: str, period: Period) -> str:
    """Everything that was booked of a period. A roll-up is booked at its end, so the first one belongs to the period before."""
    return f"sum_over_time({metric}[{duration(period.seconds)}] @ {period.end + ROLLUP_STEP - 1})"


def _of_target(answers: Mapping[str, tuple[Sample, ...]], question: str, target: AgreementTarget) -> Iterator[Fraction]:
    for sample in answers.get(question, ()):
        picked = {names.INDICATOR: target.indicator, **target.where}.items() <= sample.labels.items()
        if picked and isfinite(sample.value):
            yield Fraction(repr(sample.value))


def _sum(answers: Mapping[str, tuple[Sample, ...]], question: str, target: AgreementTarget) -> Fraction:
    return sum(_of_target(answers, question, target), Fraction(0))


def _largest(answers: Mapping[str, tuple[Sample, ...]], question: str, target: AgreementTarget) -> Fraction:
    return max(_of_target(answers, question, target), default=Fraction(0))
