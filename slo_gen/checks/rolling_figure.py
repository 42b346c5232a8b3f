"""A month begins anew on the first, and an outage at its end is forgotten the day after."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from slo_gen import names
from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.checks.recorded_periods import judged_by_events, recorded_periods, share
from slo_gen.rules.promql import duration, label_list, number
from slo_gen.rules.windows import DAY
from slo_gen.spec.model import Agreement, AgreementTarget
from slo_gen.timekeeping.periods import Periods

__all__ = ["CHECK"]

_ROLLING: Final = 30 * DAY
_BACK: Final = 60 * DAY
_COVERED: Final = 95
"""Percent of the rolling days that must have been recorded."""


def questions(subject: Subject) -> Iterator[str]:
    return (question for agreement, target in judged_by_events(subject) if (question := _question(subject, agreement, target)))


def find(subject: Subject) -> Iterator[Finding]:
    for agreement, target in judged_by_events(subject):
        question = _question(subject, agreement, target)
        last = recorded_periods(subject, agreement, target)[-3:]
        if subject.facts is None or not question or len(last) < 2 or not all(target.bound.holds(share(target, each.bad)) for each in last):
            continue
        budget = 1 - target.objective if target.direction == "at least" else target.objective
        for sample in subject.facts.answers.get(question, ()):
            picked = {names.INDICATOR: target.indicator, **target.where}.items() <= sample.labels.items()
            if picked and sample.value > float(budget):
                yield Finding(
                    CHECK.id, "warning", agreement, ("spec", "targets", target.name, "objective"),
                    f"{last[0].period.name} to {last[-1].period.name} each met {target.name}, and {_ROLLING // DAY} days in a row among "
                    "them did not",
                    "an SLO over 30d beside it pages before the two halves of such an outage are two small ones",
                )
                break


def _question(subject: Subject, agreement: Agreement, target: AgreementTarget) -> str:
    """The worst share of bad events in any 30 days that ended in the last two closed months; "" where periods are no months."""
    period = agreement.period
    if subject.now is None or not isinstance(period, Periods) or period.length != "month":
        return ""
    by = label_list((names.INDICATOR, *sorted(target.where)))
    bad, total, minutes = (
        f"sum by ({by}) (sum_over_time({metric}[{duration(_ROLLING)}]))"
        for metric in (names.BAD_ROLLUP, names.TOTAL_ROLLUP, names.MINUTES_ROLLUP)
    )
    full = number(_ROLLING // subject.catalogue.evaluation.interval * _COVERED // 100)
    end = period.of(subject.now).start
    return f"max_over_time((({bad} / ({total} > 0)) and ({minutes} >= {full}))[{duration(_BACK)}:{duration(DAY)}] @ {end})"


CHECK = Check(
    id="rolling-figure",
    title="Two good months hide no bad thirty days",
    reason="Half an hour down on the last evening of one month and half an hour on the first morning of the next are both within 99.9 %, "
           "and together they are not. Customers remember the night, not the calendar.",
    fix="Keep an SLO over 30 days on the same indicator; it sees across the turn of the month.",
    find=find,
    questions=questions,
    heavy=True,
)
