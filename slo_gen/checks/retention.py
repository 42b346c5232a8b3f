"""A window longer than what Prometheus keeps is measured on a part of itself."""

from __future__ import annotations

from collections.abc import Iterator

from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.rules.promql import duration

__all__ = ["CHECK"]


def find(subject: Subject) -> Iterator[Finding]:
    if subject.facts is None or subject.facts.retention is None:
        return
    for slo in subject.catalogue.slos.values():
        if slo.window > subject.facts.retention:
            yield Finding(
                CHECK.id, "warning", slo, ("spec", "window"),
                f"the window of {duration(slo.window)} is longer than the {duration(subject.facts.retention)} that Prometheus keeps",
                f"set --storage.tsdb.retention.time to {duration(slo.window + 86400)} or more, or use a shorter window",
            )


CHECK = Check(
    id="retention",
    title="Prometheus keeps data for the whole window",
    reason="Prometheus keeps 15 days unless told otherwise. A window of 30 days would then be computed from 15, without a sign of it.",
    fix="Raise --storage.tsdb.retention.time above the longest window.",
    find=find,
)
