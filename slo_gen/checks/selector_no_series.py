"""A selector that matches nothing measures nothing."""

from __future__ import annotations

from collections.abc import Iterator

from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.checks.measured import Reading, readings
from slo_gen.rules.promql import Matcher, Selector

__all__ = ["CHECK"]

LOOK_BACK = 3600   # seconds; a target that is away for a deployment is no mistake


def questions(subject: Subject) -> Iterator[str]:
    for reading in readings(subject.catalogue):
        yield _present(_read(reading))
        for label in _conditions(reading):
            yield _present(_having(reading, label))


def find(subject: Subject) -> Iterator[Finding]:
    if subject.facts is None:
        return
    for reading in readings(subject.catalogue):
        name = f"{reading.role} of indicator {reading.indicator.name}"
        if subject.facts.answers.get(_present(_read(reading))):
            continue
        unknown = [label for label in _conditions(reading) if not subject.facts.answers.get(_present(_having(reading, label)))]
        if reading.role == "bad" and not unknown:
            continue    # the first error has not happened yet
        if unknown and len(unknown) < len(_conditions(reading)):
            yield Finding(
                CHECK.id, "warning", reading.indicator, reading.path,
                f"{name}: no series of {reading.selector.metric} has the label {' or '.join(unknown)}",
                f"{reading.selector} matched nothing in the last hour; compare the label with what the targets expose",
            )
        else:
            yield Finding(
                CHECK.id, "warning", reading.indicator, reading.path,
                f"{name} matched no series in the last hour: {reading.selector}",
                "compare metric and labels with what the targets expose",
            )


def _read(reading: Reading) -> Selector:
    """The series that the rules will read for this selector."""
    latency = reading.role == "histogram"
    native = latency and getattr(reading.indicator.measure, "native", False)
    return reading.selector.suffixed("_bucket") if latency and not native and reading.selector.metric else reading.selector


def _conditions(reading: Reading) -> tuple[str, ...]:
    """Labels that a matching series must have."""
    return tuple(dict.fromkeys(matcher.label for matcher in reading.selector.matchers if matcher.op in ("=", "=~") and matcher.value))


def _having(reading: Reading, label: str) -> Selector:
    return Selector(_read(reading).metric, (Matcher(label, "!=", ""),))


def _present(selector: Selector) -> str:
    return f"count(last_over_time({selector.over(LOOK_BACK)}))"


CHECK = Check(
    id="selector-no-series",
    title="Selectors match series",
    reason="A selector with a wrong label gives no error in Prometheus, only nothing. For the bad events that would mean an alert "
           "that never comes; absent bad events are accepted only when metric and labels are known.",
    fix="Compare with the target's /metrics page. A service that is not deployed yet needs no change.",
    find=find,
    questions=questions,
)
