"""Checks on a resolved catalogue: one file each, with its reason and what helps.

What a document may look like is checked when it is read; the checks here know what the documents mean.
"""

from __future__ import annotations

from collections.abc import Iterable

from slo_gen.checks import (
    burn_cannot_fire,
    label_names,
    latency_boundary,
    process_start,
    retention,
    selector_job,
    selector_no_series,
    selector_syntax,
)
from slo_gen.checks.check import Check, Facts
from slo_gen.spec.convert import Document
from slo_gen.spec.model import Catalogue
from slo_gen.spec.problems import Problem

__all__ = ["CHECKS", "Check", "Facts", "check_catalogue", "questions"]

CHECKS: tuple[Check, ...] = (
    selector_syntax.CHECK,
    selector_job.CHECK,
    selector_no_series.CHECK,
    process_start.CHECK,
    latency_boundary.CHECK,
    label_names.CHECK,
    burn_cannot_fire.CHECK,
    retention.CHECK,
)
"""All checks, in the order in which a reader meets their subjects."""


def questions(catalogue: Catalogue) -> list[str]:
    """Every PromQL expression that the checks want answered, each once, sorted."""
    return sorted({question for check in CHECKS for question in check.questions(catalogue)})


def check_catalogue(catalogue: Catalogue, documents: Iterable[Document] = (), facts: Facts | None = None) -> list[Problem]:
    """Problems that the checks find, in the order of files and lines; ``documents`` are those that were resolved."""
    by_name = {(document.kind, document.name): document for document in documents}
    return sorted(finding.problem(by_name) for check in CHECKS for finding in check.find(catalogue, facts))
