"""Checks on a resolved catalogue: one file each, with its reason and what helps.

What a document may look like is checked when it is read; the checks here know what the documents mean.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from slo_gen.checks import (
    always_or_never_met,
    ambiguous_boundary,
    amendments_apart,
    budget_unseen,
    burn_cannot_fire,
    calendar_ends,
    calendar_never_open,
    credit_scale,
    hidden_downtime,
    label_names,
    late_maintenance,
    latency_boundary,
    maintenance_counts,
    maintenance_hours,
    overlapping_conditions,
    overlapping_maintenance,
    process_start,
    query_samples,
    retention,
    rolling_figure,
    selector_job,
    selector_no_series,
    selector_syntax,
    source_verified,
    unstated_denominator,
    unstated_empty,
    unstated_zone,
)
from slo_gen.checks.check import Check, Facts, Subject
from slo_gen.checks.written import Written
from slo_gen.spec.convert import Document
from slo_gen.spec.model import Catalogue
from slo_gen.spec.problems import Problem

__all__ = ["CHECKS", "Check", "Facts", "check_catalogue", "moments", "questions", "unexplained"]

CHECKS: tuple[Check, ...] = (
    selector_syntax.CHECK,
    selector_job.CHECK,
    selector_no_series.CHECK,
    process_start.CHECK,
    latency_boundary.CHECK,
    label_names.CHECK,
    burn_cannot_fire.CHECK,
    credit_scale.CHECK,
    ambiguous_boundary.CHECK,
    unstated_zone.CHECK,
    unstated_denominator.CHECK,
    unstated_empty.CHECK,
    hidden_downtime.CHECK,
    budget_unseen.CHECK,
    source_verified.CHECK,
    amendments_apart.CHECK,
    overlapping_maintenance.CHECK,
    overlapping_conditions.CHECK,
    late_maintenance.CHECK,
    maintenance_counts.CHECK,
    maintenance_hours.CHECK,
    calendar_ends.CHECK,
    calendar_never_open.CHECK,
    always_or_never_met.CHECK,
    rolling_figure.CHECK,
    retention.CHECK,
    query_samples.CHECK,
)
"""All checks, in the order in which a reader meets their subjects."""


def questions(catalogue: Catalogue, documents: Iterable[Document] = (), now: int | None = None, *, heavy: bool = False) -> list[str]:
    """Every PromQL expression that the checks want answered, each once, sorted: the ``heavy`` ones, or the others.

    ``now`` as in ``Subject``.
    """
    subject = Subject(catalogue, Written(documents), now=now)
    return sorted({question for check in CHECKS if check.heavy is heavy for question in check.questions(subject)})


def moments(catalogue: Catalogue, documents: Iterable[Document], now: int) -> list[tuple[str, int]]:
    """Every file and instant of which the checks want to know what the file said then, each once, sorted."""
    return sorted(set(late_maintenance.moments(Subject(catalogue, Written(documents), now=now))))


def unexplained(
    catalogue: Catalogue, documents: Iterable[Document], now: int, recorded: Mapping[tuple[str, int], str]
) -> list[tuple[str, int, str]]:
    """Of which of these moments a document of what name should be looked for in other files, each once, sorted."""
    return sorted(set(late_maintenance.unexplained(Subject(catalogue, Written(documents), now=now, recorded=recorded))))


def check_catalogue(
    catalogue: Catalogue,
    documents: Iterable[Document] = (),
    facts: Facts | None = None,
    now: int | None = None,
    recorded: Mapping[tuple[str, int], str] | None = None,
) -> list[Problem]:
    """Problems that the checks find, each once, in the order of files and lines; ``documents`` are those that were resolved.

    One mistake in a template is one problem, however many agreements extend it. For the rest see ``Subject``.
    """
    subject = Subject(catalogue, Written(documents), facts, now, recorded or {})
    return sorted({finding.problem(subject.written) for check in CHECKS for finding in check.find(subject)})
