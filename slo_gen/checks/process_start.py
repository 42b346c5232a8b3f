"""Exact counting needs the start time of every process."""

from __future__ import annotations

from collections.abc import Iterator

from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.checks.measured import Reading, counters
from slo_gen.rules.promql import Selector, label_list
from slo_gen.spec.model import Catalogue

__all__ = ["CHECK"]

START_TIME = "process_start_time_seconds"


def questions(subject: Subject) -> Iterator[str]:
    for reading in _totals(subject.catalogue):
        yield _without_start(reading)
        yield _ambiguous(reading)


def find(subject: Subject) -> Iterator[Finding]:
    if subject.facts is None:
        return
    for reading in _totals(subject.catalogue):
        indicator = reading.indicator
        lacking = subject.facts.answers.get(_without_start(reading), ())
        if lacking:
            yield Finding(
                CHECK.id, "warning", indicator, reading.path,
                f"{lacking[0].value:g} targets of indicator {indicator.name} expose no {START_TIME}, which exact counting needs",
                "expose it (the client libraries do by default) or set `counting: light`",
            )
        if subject.facts.answers.get(_ambiguous(reading), ()):
            yield Finding(
                CHECK.id, "warning", indicator, ("spec", "target_labels"),
                f"the target labels of indicator {indicator.name} ({', '.join(indicator.target_labels)}) do not tell its targets apart",
                "add the missing ones to target_labels, such as cluster or pod",
            )


def _totals(catalogue: Catalogue) -> Iterator[Reading]:
    """All events of every indicator that is counted in the exact way."""
    return (
        reading for reading in counters(catalogue)
        if reading.role in ("total", "histogram") and reading.indicator.counting == "exact"
    )


def _starts(reading: Reading) -> Selector:
    """Start times of the processes behind a selector, found by its conditions on target labels."""
    return Selector(START_TIME, reading.selector.on(reading.indicator.target_labels))


def _without_start(reading: Reading) -> str:
    labels = label_list(reading.indicator.target_labels)
    metric = reading.selector if reading.role == "total" or getattr(reading.indicator.measure, "native", False) \
        else reading.selector.suffixed("_bucket")
    return f"count(count by ({labels}) ({metric}) unless on ({labels}) {_starts(reading)})"


def _ambiguous(reading: Reading) -> str:
    return f"count(count by ({label_list(reading.indicator.target_labels)}) ({_starts(reading)}) > 1)"


CHECK = Check(
    id="process-start",
    title="Exactly counted targets tell when they started",
    reason="A counter that appears with a high value is either a process that was seen late or one that has just been relabelled. Only its "
           "start time tells, and only when the target labels name one process each.",
    fix="Expose process_start_time_seconds, list all target labels, or choose `counting: light`.",
    find=find,
    questions=questions,
)
