"""Prometheus refuses a query that reads too much, and a rule over a long time reads much."""

from __future__ import annotations

from collections.abc import Iterator

from slo_gen import names
from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.checks.longest_period import longest_period
from slo_gen.rules.promql import duration
from slo_gen.rules.windows import ROLLUP_STEP
from slo_gen.spec.model import Agreement, Slo
from slo_gen.spec.source import Path

__all__ = ["CHECK", "SERIES"]

SERIES = f"count by ({names.INDICATOR}) ({names.TOTAL})"


def questions(subject: Subject) -> Iterator[str]:
    if subject.catalogue.slos or subject.catalogue.agreements:
        yield SERIES


def find(subject: Subject) -> Iterator[Finding]:
    if subject.facts is None or subject.facts.max_samples is None:
        return
    series = sorted((int(sample.value) for sample in subject.facts.answers.get(SERIES, ())), reverse=True)
    at_once = sum(series[: subject.catalogue.evaluation.shard_size])
    longest = max(_spans(subject), key=lambda each: each[0], default=None)
    if longest is None:
        return
    seconds, about, path = longest
    read = at_once * -(-seconds // ROLLUP_STEP)
    if read > subject.facts.max_samples:
        yield Finding(
            CHECK.id, "warning", about, path,
            f"a rule over {duration(seconds)} of the {at_once:,} series of one shard reads {read:,} samples, and this Prometheus allows "
            f"{subject.facts.max_samples:,} in a query",
            f"raise --query.max-samples to {read * 2:,}, or lower `shard_size` in the Policy",
        )


def _spans(subject: Subject) -> Iterator[tuple[int, Slo | Agreement, Path]]:
    for slo in subject.catalogue.slos.values():
        yield slo.window, slo, ("spec", "window")
    for agreement in subject.catalogue.agreements.values():
        if agreement.state != "ended" and agreement.targets:
            yield longest_period(agreement.period), agreement, ("spec", "period")


CHECK = Check(
    id="query-samples",
    title="Prometheus lets the rules read what they need",
    reason="A rule that reads more samples than --query.max-samples fails at each evaluation: the windows and periods of its whole shard "
           "have no figures, from the day on which enough has been recorded.",
    fix="Raise --query.max-samples, or let fewer indicators share a rule with `shard_size` in the Policy.",
    find=find,
    questions=questions,
)
