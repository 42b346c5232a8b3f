"""``slo-gen test`` on the dashboards of customers: each has theirs, and nobody is told of anybody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from slo_gen.outputs.customer_dashboards import Reader, leaks
from slo_gen.outputs.public_dashboards import unfit_for_public
from slo_gen.outputs.shown_to import Shown, read_shown_to

__all__ = ["customer_dashboards", "dashboard_faults"]


def customer_dashboards(directory: Path) -> list[Path]:
    """The dashboard files of all customers. Raises ValueError or OSError when the list of customers is missing or damaged."""
    listed = read_shown_to(directory)
    if listed is None:
        if any((directory / "dashboards").glob("customer-*")):
            raise ValueError("no list of customers")
        return []
    return [path for shown in listed.shown.values() for path in _files(directory, shown)]


def dashboard_faults(directory: Path) -> Iterator[str]:
    """Dashboards that are missing, and what others tell that they must not, with the file in front."""
    listed = read_shown_to(directory)
    if listed is None:
        return
    for customer, shown in listed.shown.items():
        for missing in (path for path in shown.files if not (directory / path).is_file()):
            yield f"{directory / missing}: missing; {customer} has no such dashboard"
        reader = Reader(customer, shown.datasource, shown.own, shown.agreed)
        for path in _files(directory, shown):
            text = path.read_text(encoding="utf-8", errors="replace")
            yield from (f"{path}: {fault}" for fault in leaks(text, reader, listed.strangers(customer), listed.internal))
        for shared in (directory / each for each in shown.public):
            if shared.is_file():
                yield from (f"{shared}: {fault}" for fault in unfit_for_public(shared.read_text(encoding="utf-8", errors="replace")))


def _files(directory: Path, shown: Shown) -> list[Path]:
    """Everything that Grafana would show the customer, whoever wrote it."""
    return sorted((directory / shown.folder).rglob("*.json"))
