"""A classic histogram only knows how many observations were below its bucket boundaries."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

from slo_gen.checks.check import Check, Facts, Finding, Subject
from slo_gen.rules.promql import PromqlError, number, parse_selector
from slo_gen.spec.model import Catalogue, Indicator, Latency

if TYPE_CHECKING:
    from slo_gen.prometheus import Sample

__all__ = ["CHECK"]

_DEFAULTS = [Fraction(text) for text in (
    "0.005", "0.01", "0.025", "0.05", "0.075", "0.1", "0.25", "0.5", "0.75", "1", "2.5", "5", "7.5", "10",
)]
THRESHOLD = ("spec", "latency", "threshold")
USUAL_BOUNDARIES = frozenset(_DEFAULTS) | frozenset(boundary * 1000 for boundary in _DEFAULTS)
"""Default boundaries of the Prometheus and OpenTelemetry client libraries, in seconds and in milliseconds."""


def questions(subject: Subject) -> Iterator[str]:
    return (question for _, _, question in _classic(subject.catalogue))


def find(subject: Subject) -> Iterator[Finding]:
    for indicator, latency, question in _classic(subject.catalogue):
        if subject.facts is None:
            yield from _unverified(indicator, latency)
        else:
            yield from _verified(indicator, latency, subject.facts, question)


def _classic(catalogue: Catalogue) -> Iterator[tuple[Indicator, Latency, str]]:
    for indicator in catalogue.indicators.values():
        latency = indicator.measure
        if isinstance(latency, Latency) and not latency.native:
            try:
                buckets = parse_selector(latency.histogram).suffixed("_bucket")
            except PromqlError:
                continue
            yield indicator, latency, f"count by (le) ({buckets})"


def _unverified(indicator: Indicator, latency: Latency) -> Iterator[Finding]:
    if latency.threshold not in USUAL_BOUNDARIES:
        yield Finding(
            CHECK.id, "warning", indicator, THRESHOLD,
            f"the threshold {number(latency.threshold)} of indicator {indicator.name} must be a bucket boundary of its histogram, "
            "and no client library has it by default",
            "check against the running system with --prometheus URL",
        )


def _verified(indicator: Indicator, latency: Latency, facts: Facts, question: str) -> Iterator[Finding]:
    answer = facts.answers.get(question, ())
    series = {boundary: sample.value for sample in answer if (boundary := _boundary(sample)) is not None}
    if not series:
        return   # no such histogram is scraped: the check selector-no-series tells that
    histograms = max(sample.value for sample in answer)
    if latency.threshold not in series:
        nearest = sorted(sorted(series, key=lambda boundary: abs(boundary - latency.threshold))[:2])
        yield Finding(
            CHECK.id, "error", indicator, THRESHOLD,
            f"the threshold {number(latency.threshold)} of indicator {indicator.name} is no bucket boundary of its histogram",
            f"write {' or '.join(map(number, nearest))} (in the histogram's unit), or add the boundary to the histogram",
        )
    elif series[latency.threshold] < histograms:
        yield Finding(
            CHECK.id, "error", indicator, THRESHOLD,
            f"{histograms - series[latency.threshold]:g} of {histograms:g} histograms of indicator {indicator.name} have no bucket "
            f"boundary at {number(latency.threshold)}",
            "give all processes the same buckets, or select those that have the boundary",
        )


def _boundary(sample: Sample) -> Fraction | None:
    """The upper bound of a bucket; None for the last one, which has none."""
    try:
        return Fraction(sample.labels.get("le", ""))
    except (ValueError, ZeroDivisionError):
        return None


CHECK = Check(
    id="latency-boundary",
    title="A latency threshold is a bucket boundary",
    reason="Between two boundaries nobody knows how many requests were slower. An interpolated number would be a guess "
           "shown as a measurement, so the rules select the bucket itself, and find none.",
    fix="Use a boundary that the histogram has, add the boundary in the instrumented program, or use a native histogram.",
    find=find,
    questions=questions,
)
