"""Who is shown dashboards, and what stands on them: customers, and their agreements in force."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from slo_gen.rules.info import IN_FORCE
from slo_gen.spec.model import Agreement, Catalogue

__all__ = ["shown_agreements", "shown_customers"]


def shown_agreements(catalogue: Catalogue) -> Mapping[str, tuple[Agreement, ...]]:
    """The SLAs in force of each customer that has one, by the customer's name; both in the order of names."""
    found: defaultdict[str, list[Agreement]] = defaultdict(list)
    for agreement in catalogue.agreements.values():
        party = agreement.party
        if agreement.kind == "SLA" and agreement.state == IN_FORCE and party.kind == "customer" and party.name in catalogue.customers:
            found[party.name].append(agreement)
    return {name: tuple(sorted(owed, key=lambda each: each.name)) for name, owed in sorted(found.items())}


def shown_customers(catalogue: Catalogue) -> tuple[str, ...]:
    """The customers with a dashboard, sorted."""
    return tuple(shown_agreements(catalogue))
