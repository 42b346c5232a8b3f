"""Labels that users choose must be possible and free."""

from __future__ import annotations

from collections.abc import Iterable

from slo_gen.checks.check import Check, Facts
from slo_gen.rules.label_names import label_problems
from slo_gen.spec.model import Catalogue
from slo_gen.spec.problems import Problem

__all__ = ["CHECK"]


def find(catalogue: Catalogue, facts: Facts | None) -> Iterable[Problem]:
    return label_problems(catalogue)


CHECK = Check(
    id="label-names",
    title="Labels and annotations can be set",
    reason="Some labels are set by slo-gen itself, to tell indicators, SLOs and windows apart. A label of yours with the same name would "
           "replace them, and one that the indicator is grouped by would merge its groups.",
    fix="Give the label another name.",
    find=find,
)
