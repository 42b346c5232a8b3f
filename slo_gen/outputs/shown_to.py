"""Who is shown which dashboards and who may be named to whom: the file by which ``slo-gen test`` judges what was compiled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec
from sla_dashboards import DashboardFile, customer_datasource, customer_folder, shown_agreements

from slo_gen.spec.model import Agreement, Catalogue

__all__ = ["SHOWN_TO", "Shown", "ShownTo", "read_shown_to", "shown_to"]

SHOWN_TO: Final = "tests/dashboards/shown-to.json"


class Shown(msgspec.Struct, frozen=True):
    """One customer who is shown dashboards.

    ``files``: those there must be, relative to the output; ``public``: those of them that may be shown to everybody; ``folder``: where
    they stand. ``own``: names of the customer; ``agreed``: what stands in their agreements, and so is no secret before them.
    """

    datasource: str
    folder: str
    files: tuple[str, ...]
    public: tuple[str, ...]
    own: tuple[str, ...]
    agreed: tuple[str, ...]


class ShownTo(msgspec.Struct, frozen=True):
    """``customers``: the names and titles of all of them by their names; ``internal``: those of teams and suppliers."""

    shown: Mapping[str, Shown]
    customers: Mapping[str, tuple[str, ...]]
    internal: tuple[str, ...]

    def strangers(self, customer: str) -> tuple[str, ...]:
        """Names that this customer must not read."""
        return tuple(sorted({name for other, called in self.customers.items() if other != customer for name in called}))

    def text(self) -> str:
        """The file: the same bytes for the same catalogue."""
        return msgspec.json.format(msgspec.json.encode(self, order="sorted"), indent=1).decode() + "\n"


def shown_to(catalogue: Catalogue, pages: Iterable[DashboardFile]) -> ShownTo:
    """What follows from a catalogue and the dashboards that were made from it."""
    files: dict[str, list[DashboardFile]] = {}
    for page in pages:
        if page.customer is not None:
            files.setdefault(page.customer, []).append(page)
    return ShownTo(
        shown={
            name: Shown(
                customer_datasource(name), f"dashboards/{customer_folder(name)}", tuple(sorted(each.path for each in files.get(name, ()))),
                tuple(sorted(each.path for each in files.get(name, ()) if each.public)),
                _called(catalogue, name), tuple(sorted(set(_agreed(catalogue, agreements)) - {""})),
            )
            for name, agreements in shown_agreements(catalogue).items()
        },
        customers={name: _called(catalogue, name) for name in catalogue.customers},
        internal=tuple(sorted(set(_internal(catalogue)) - {""})),
    )  # fmt: skip


def read_shown_to(directory: Path) -> ShownTo | None:
    """What was written to an output; None where there is no such file. Raises ValueError or OSError for a damaged one."""
    path = directory / SHOWN_TO
    return msgspec.json.decode(path.read_bytes(), type=ShownTo) if path.exists() else None


def _called(catalogue: Catalogue, customer: str) -> tuple[str, ...]:
    return tuple(sorted({customer, catalogue.customers[customer].title} - {""}))


def _agreed(catalogue: Catalogue, agreements: Iterable[Agreement]) -> Iterator[str]:
    """The names and titles in agreements."""
    for agreement in agreements:
        service = catalogue.services.get(agreement.service)
        yield from (agreement.name, agreement.title, agreement.service, service.title if service else "")
        for target in agreement.targets:
            yield from (target.name, target.hours, *(exclusion.reason for exclusion in target.exclude))
        for ticket in agreement.ticket_targets:
            yield from (ticket.name, ticket.hours)
        for other in agreement.other_targets:
            yield from (other.name, other.hours)


def _internal(catalogue: Catalogue) -> Iterator[str]:
    """Teams and suppliers, by name and by title."""
    for desk, at in catalogue.notifications.desks.items():
        kind, _, name = desk.partition("/")
        if kind != "customer":
            yield from (name, at.title)
    for party in (agreement.party for agreement in catalogue.agreements.values()):
        if party.kind != "customer":
            yield party.name
    yield from (service.owner.partition("/")[2] for service in catalogue.services.values())
