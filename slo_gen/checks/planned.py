"""Planned work and where it stands in its documents; the ground of the checks on maintenance."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations

from slo_gen.checks.written import Written
from slo_gen.spec import documents
from slo_gen.spec.model import Agreement, Catalogue, Maintenance
from slo_gen.spec.source import Path
from slo_gen.timekeeping.spans import Span
from slo_gen.timekeeping.zones import TimeError, read_instant, zone

__all__ = ["concerned", "window_path", "work_together", "written_spans"]


def written_spans(document: documents.Maintenance) -> tuple[Span | None, ...]:
    """The spans of the windows that a document lists, in its own order; None where one cannot be read."""
    where = zone(document.spec.timezone)
    found: list[Span | None] = []
    for window in document.spec.windows or ():
        try:
            found.append((read_instant(window.from_, where), read_instant(window.to, where)))
        except TimeError:
            found.append(None)
    return tuple(found)


def window_path(written: Written, maintenance: Maintenance, span: Span) -> Path:
    """Where a span of planned work was written; work that comes again has one place for all of its spans."""
    document = written.get("Maintenance", maintenance.name)
    if document is not None and isinstance(document.value, documents.Maintenance) and document.value.spec.windows:
        spans = written_spans(document.value)
        if span in spans:
            return ("spec", "windows", spans.index(span), "from")
    return ("spec", "recurring")


def concerned(catalogue: Catalogue, maintenance: Maintenance) -> Iterator[Agreement]:
    """The agreements that are not ended, and whose service and customer the work touches."""
    for agreement in catalogue.agreements.values():
        touches = not maintenance.customers or agreement.party.kind != "customer" or agreement.party.name in maintenance.customers
        if agreement.service in maintenance.services and touches and agreement.state != "ended":
            yield agreement


def work_together(catalogue: Catalogue) -> Iterator[tuple[Maintenance, Maintenance]]:
    """Every two pieces of work, neither cancelled, that touch a service for the same customers."""
    for first, second in combinations((each for each in catalogue.maintenance.values() if not each.cancelled), 2):
        customers = not first.customers or not second.customers or set(first.customers) & set(second.customers)
        if customers and set(first.services) & set(second.services):
            yield first, second
