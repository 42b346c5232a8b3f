"""What the page of every customer says, whoever they are: no name that is a word of it betrays anybody.

A team may be called "operations" and a customer "Target". So that they can be, the words that every page has are told from those that
come from documents: they are what the page of a customer without a name says.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from functools import cache
from typing import Final

from sla_dashboards.customer import customer_dashboard
from slo_gen.contract.ticket_promises import promised_of_tickets
from slo_gen.spec.model import (
    Agreement,
    AgreementTarget,
    Catalogue,
    Customer,
    Evaluation,
    Maintenance,
    Origin,
    OtherTarget,
    Party,
    PlannedWork,
    TicketTarget,
)
from slo_gen.spec.records import Breach, Contact, Improvement, Records, Survey
from slo_gen.spec.terms import Bound, CreditTerms, MeasureTerms, Tier
from slo_gen.spec.ticket_terms import TicketTerms
from slo_gen.timekeeping.periods import Periods

__all__ = ["said_to_everybody"]

_NOBODY: Final = "\N{REPLACEMENT CHARACTER}"
"""Stands for every text of a document."""

_WHERE: Final = Origin("", 1, 1)
_RATIO: Final = AgreementTarget(_NOBODY, _NOBODY, "at least", Fraction(99, 100), "99%", None, _WHERE)
_TIMED: Final = AgreementTarget("2", _NOBODY, "at most", Fraction(1, 100), "1%", None, _WHERE, measure=MeasureTerms("downtime_minutes"))
_TICKETS: Final = TicketTarget("3", _NOBODY, _NOBODY, "1h", _NOBODY, Fraction(1), "100%", _WHERE)
_CLOSED: Final = OtherTarget("4", "fact", _NOBODY, _WHERE)
_CREDITS: Final = CreditTerms(tiers=(Tier(Bound("<", Fraction(1), "%", _NOBODY), credit=Fraction(1, 10)),))


@cache
def said_to_everybody() -> frozenset[str]:
    """The lines of text on every page, in small letters and without the name of the customer."""
    found: set[str] = set()
    for agreements, records, maintenance in (
        ((_agreement("a"),), _RECORDS, {_NOBODY: _WORK}), (tuple(map(_agreement, "abc")), Records(), {}),
        ((_bare("a"),), Records(), {}),
    ):  # fmt: skip
        catalogue = Catalogue(
            services={}, customers={}, indicators={}, slos={}, agreements={each.name: each for each in agreements},
            evaluation=Evaluation(), maintenance=maintenance, records=records,
        )  # fmt: skip
        for public in (False, True):
            page = customer_dashboard(catalogue, Customer(_NOBODY, _NOBODY, {}, _WHERE), agreements, {}, public=public)
            found.update(_lines(json.loads(page.text())))
    return frozenset(found)


def _agreement(name: str) -> Agreement:
    whole = Agreement(
        "SLA", name, _NOBODY, Party("customer", _NOBODY), _NOBODY, "", "active", Periods("month"), (_RATIO, _TIMED), (_TICKETS,), {},
        _WHERE, other_targets=(_CLOSED,), credits=_CREDITS, tickets=TicketTerms({}),
    )  # fmt: skip
    assert promised_of_tickets(whole)
    return whole


def _bare(name: str) -> Agreement:
    return Agreement("SLA", name, _NOBODY, Party("customer", _NOBODY), _NOBODY, "", "active", Periods("month"), (_RATIO,), (), {}, _WHERE)


_WORK: Final = Maintenance(
    _NOBODY, _NOBODY, (_NOBODY,), (), emergency=False, cancelled=False, windows=(PlannedWork((0, 60), None, None),), notice="",
    reason=_NOBODY, origin=_WHERE,
)  # fmt: skip
_RECORDS: Final = Records(
    breaches=(Breach(_NOBODY, "a", _NOBODY, _NOBODY, _NOBODY, _NOBODY, _NOBODY, _NOBODY, None, ""),),
    surveys=(Survey(_NOBODY, _NOBODY, _NOBODY, _NOBODY, 1, Fraction(1), 5, None),),
    improvements={_NOBODY: Improvement(_NOBODY, _NOBODY, _NOBODY, _NOBODY, "", _NOBODY, _NOBODY, _NOBODY, "", "", "approved")},
    contacts={f"customer/{_NOBODY}": (Contact(_NOBODY, _NOBODY, "", "", ()),)},
)  # fmt: skip


def _lines(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield from (line.replace(_NOBODY, "") for line in value.lower().splitlines())
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _lines(name)
            yield from _lines(each)
    elif isinstance(value, list):
        for each in value:
            yield from _lines(each)
