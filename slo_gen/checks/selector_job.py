"""Counting looks at every process of the selected targets, so a selector should say which those are."""

from __future__ import annotations

from collections.abc import Iterator

from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.checks.measured import counters

__all__ = ["CHECK"]


def find(subject: Subject) -> Iterator[Finding]:
    for reading in counters(subject.catalogue):
        indicator = reading.indicator
        if not reading.selector.on(indicator.target_labels):
            yield Finding(
                CHECK.id, "warning", indicator, reading.path,
                f"{reading.role} of indicator {indicator.name} names no job, so the start time of every process that Prometheus "
                "scrapes is read to count it",
                f"add a matcher on job, or on another of the target labels, to {reading.selector}",
            )


CHECK = Check(
    id="selector-job",
    title="Counted selectors name their job",
    reason="Each counter is joined with the start time of its process, recorded once per set of targets. Without a matcher on a label "
           "of the targets that is every process that Prometheus scrapes, in every evaluation.",
    fix='Add the job: http_requests_total{job="shop"}.',
    find=find,
)
