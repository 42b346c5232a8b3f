"""Labels that users choose: which of them would break a rule, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from slo_gen import names
from slo_gen.spec.model import Catalogue, Indicator, Origin, Slo
from slo_gen.spec.problems import Problem

__all__ = ["label_problems"]

_LABEL_NAME: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def label_problems(catalogue: Catalogue) -> tuple[Problem, ...]:
    """Names that are no label names, that slo-gen sets itself, or that an indicator is grouped by already."""
    found = [problem for indicator in catalogue.indicators.values() for problem in _of_indicator(indicator)]
    for slo in catalogue.slos.values():
        found.extend(_of_slo(slo, catalogue.indicators[slo.indicator]))
    return tuple(found)


def _of_indicator(indicator: Indicator) -> Iterator[Problem]:
    for label in indicator.by:
        if fault := _fault(label):
            message = f"indicator {indicator.name} cannot be grouped by {label!r}: {fault}"
            yield _problem(indicator.origin, message, "group by another label")


def _of_slo(slo: Slo, indicator: Indicator) -> Iterator[Problem]:
    for label in sorted(slo.labels):
        if fault := _fault(label):
            yield _problem(slo.origin, f"SLO {slo.name} cannot set the label {label!r}: {fault}", "give the label another name")
        elif label in indicator.by:
            yield _problem(
                slo.origin,
                f"SLO {slo.name} cannot set the label {label!r}: the indicator {indicator.name} is grouped by it",
                "remove the label, since the alert carries the group's own value, or give it another name",
            )
    for key in sorted(slo.annotations):
        if not _LABEL_NAME.fullmatch(key):
            message = f"SLO {slo.name} cannot set the annotation {key!r}"
            yield _problem(slo.origin, message, "use letters, digits and underscores, not starting with a digit")


def _fault(label: str) -> str:
    if not _LABEL_NAME.fullmatch(label):
        return "a label's name has only letters, digits and underscores, and does not start with a digit"
    if label in names.RESERVED_LABELS or label.startswith("slm_"):
        return "slo-gen sets it itself"
    if label.startswith("__"):
        return "names that start with two underscores belong to Prometheus"
    return ""


def _problem(origin: Origin, message: str, hint: str) -> Problem:
    return Problem("error", origin.file, origin.line, origin.column, message, hint, "label-names")
