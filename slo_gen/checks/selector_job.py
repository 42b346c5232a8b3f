"""Exact counting looks at every process of the selected jobs, so a selector should name its job."""

from __future__ import annotations

from collections.abc import Iterator

from slo_gen.checks.check import Check, Facts, Finding
from slo_gen.checks.measured import counters
from slo_gen.spec.model import Catalogue

__all__ = ["CHECK"]


def find(catalogue: Catalogue, facts: Facts | None) -> Iterator[Finding]:
    for reading in counters(catalogue):
        if not reading.selector.on(["job"]):
            yield Finding(
                CHECK.id, "warning", reading.indicator, reading.path,
                f"{reading.role} of indicator {reading.indicator.name} names no job, so exact counting "
                "reads the start time of every process",
                f"add a matcher on job to {reading.selector}, or set `counting: light`",
            )


CHECK = Check(
    id="selector-job",
    title="Exactly counted selectors name their job",
    reason="Exact counting joins each counter with the start time of its process, recorded once per job. Without a matcher on "
           "job that is every process Prometheus scrapes, in every evaluation.",
    fix='Add the job: http_requests_total{job="shop"}. Or choose `counting: light` for this indicator.',
    find=find,
)
