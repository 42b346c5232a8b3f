"""Labels that users choose must be possible and free."""

from __future__ import annotations

import re
from collections.abc import Iterator

from slo_gen import names
from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.spec.model import Indicator, Slo

__all__ = ["CHECK"]

_LABEL_NAME = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def find(subject: Subject) -> Iterator[Finding]:
    for indicator in subject.catalogue.indicators.values():
        for position, label in enumerate(indicator.by):
            if fault := _fault(label):
                told = f"indicator {indicator.name} cannot be grouped by {label!r}: {fault}"
                yield Finding(CHECK.id, "error", indicator, ("spec", "by", position), told, "group by another label")
    for slo in subject.catalogue.slos.values():
        yield from _of_slo(slo, subject.catalogue.indicators[slo.indicator])


def _of_slo(slo: Slo, indicator: Indicator) -> Iterator[Finding]:
    for label in sorted(slo.labels):
        path = ("spec", "alerting", "labels", label)
        if fault := _fault(label):
            told = f"SLO {slo.name} cannot set the label {label!r}: {fault}"
            yield Finding(CHECK.id, "error", slo, path, told, "give the label another name")
        elif label in indicator.by:
            yield Finding(
                CHECK.id, "error", slo, path,
                f"SLO {slo.name} cannot set the label {label!r}: the indicator {indicator.name} is grouped by it",
                "remove the label, since the alert carries the group's own value, or give it another name",
            )
    for key in sorted(slo.annotations):
        if not _LABEL_NAME.fullmatch(key):
            told = f"SLO {slo.name} cannot set the annotation {key!r}"
            hint = "use letters, digits and underscores, not starting with a digit"
            yield Finding(CHECK.id, "error", slo, ("spec", "alerting", "annotations", key), told, hint)


def _fault(label: str) -> str:
    """What is wrong with a label's name, or ""."""
    if not _LABEL_NAME.fullmatch(label):
        return "a label's name has only letters, digits and underscores, and does not start with a digit"
    if label in names.RESERVED_LABELS or label.startswith("slm_"):
        return "slo-gen sets it itself"
    if label.startswith("__"):
        return "names that start with two underscores belong to Prometheus"
    return ""


CHECK = Check(
    id="label-names",
    title="Labels and annotations can be set",
    reason="Some labels are set by slo-gen itself, to tell indicators, SLOs and windows apart. A label of yours with the same name would "
           "replace them, and one that the indicator is grouped by would merge its groups.",
    fix="Give the label another name.",
    find=find,
)
