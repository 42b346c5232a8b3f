"""Prometheus refuses a query that reads too much at once: one series over a long window, or all of an indicator over a week."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from slo_gen import names
from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.rules.promql import duration
from slo_gen.rules.windows import DAY, ROLLUP_STEP

__all__ = ["CHECK", "SERIES"]

SERIES: Final = f"count by ({names.INDICATOR}) ({names.TOTAL})"
_AT_ONCE: Final = 7 * DAY
"""What closing asks for of all series of an indicator in one question; see ``history/facts.py``."""


def questions(subject: Subject) -> Iterator[str]:
    if subject.catalogue.agreements:
        yield SERIES


def find(subject: Subject) -> Iterator[Finding]:
    if subject.facts is None or subject.facts.max_samples is None:
        return
    yield from _windows(subject, subject.facts.max_samples)
    yield from _closings(subject, subject.facts.max_samples)


def _windows(subject: Subject, most: int) -> Iterator[Finding]:
    """Prometheus holds what a function over a range reads of one series at a time."""
    for slo in subject.catalogue.slos.values():
        read = -(-slo.window // ROLLUP_STEP)
        if read > most:
            yield Finding(
                CHECK.id, "warning", slo, ("spec", "window"),
                f"the rule of {duration(slo.window)} reads {read:,} samples of a series, and this Prometheus allows {most:,} in a query",
                f"raise --query.max-samples to {read * 2:,} or more",
            )


def _closings(subject: Subject, most: int) -> Iterator[Finding]:
    """Stored samples are held all at once."""
    assert subject.facts is not None, "only asked with facts"
    series = {each.labels.get(names.INDICATOR, ""): int(each.value) for each in subject.facts.answers.get(SERIES, ())}
    for agreement in subject.catalogue.agreements.values():
        for target in agreement.targets:
            count = 0 if target.where else series.get(target.indicator, 0)
            read = count * _AT_ONCE // subject.catalogue.evaluation.interval
            if read > most and agreement.state != "ended":
                yield Finding(
                    CHECK.id, "warning", agreement, ("spec", "targets", target.name, "indicator"),
                    f"`slo-gen close` reads {read:,} samples in a question, a week of the {count:,} series of {target.indicator}, and this "
                    f"Prometheus allows {most:,}",
                    f"raise --query.max-samples to {read * 2:,} or more",
                )
                break


CHECK = Check(
    id="query-samples",
    title="Prometheus lets the rules and closings read what they need",
    reason="What reads more samples than --query.max-samples fails: a rule over a long window at each evaluation, from the day on which "
           "enough has been recorded, and the closing of a month on the day on which it is needed.",
    fix="Raise --query.max-samples, or split the indicator into fewer groups.",
    find=find,
    questions=questions,
)
