"""Breaches, surveys, reviews, improvements and contacts, as the pages of customers tell them."""

from __future__ import annotations

from fractions import Fraction

from slo_gen.spec import documents, records
from slo_gen.spec.documents.party import Contact
from slo_gen.spec.documents.process import Scores
from slo_gen.spec.resolve.credits import read_money
from slo_gen.spec.resolve.register import Register

__all__ = ["resolve_records"]


def resolve_records(register: Register) -> records.Records:
    """Everything that was written down, by name."""
    managers = {
        document.name: f"team/{team}"
        for document, customer in register.each(documents.Customer)
        if customer.spec.manager and (team := register.team(customer.spec.manager, None))
    }
    return records.Records(
        breaches=tuple(_breach(document.name, each) for document, each in register.each(documents.Breach)),
        surveys=tuple(
            _survey(each, each.spec.scores) for _, each in register.each(documents.Feedback)
            if each.spec.type == "satisfaction" and each.spec.scores
        ),
        meetings=tuple(_meeting(document.name, each) for document, each in register.each(documents.Review)),
        improvements={document.name: _improvement(document.name, each) for document, each in register.each(documents.Improvement)},
        contacts=_contacts(register),
        managers=managers,
    )  # fmt: skip


def _breach(name: str, breach: documents.Breach) -> records.Breach:
    spec = breach.spec
    agreement, _, target = spec.target.partition("/")
    period = f"{spec.period} to {spec.through}" if spec.through and spec.through != spec.period else spec.period
    return records.Breach(
        name=name, agreement=agreement, target=target, period=period, cause=spec.cause, severity=spec.severity, state=spec.state,
        attained=spec.attained or "", credit=read_money(spec.credit) if spec.credit else None, improvement=spec.improvement or "",
    )  # fmt: skip


def _survey(feedback: documents.Feedback, scores: Scores) -> records.Survey:
    spec = feedback.spec
    return records.Survey(
        customer=spec.customer, service=spec.service or "", received=spec.received, period=spec.period or "", answers=scores.answers,
        sum=Fraction(str(scores.sum)), scale=scores.scale, asked=scores.asked if isinstance(scores.asked, int) else None,
    )  # fmt: skip


def _meeting(name: str, review: documents.Review) -> records.Meeting:
    spec = review.spec
    return records.Meeting(
        name=name, party=spec.party, state=spec.state, planned=spec.planned, held=spec.held or "", next=spec.next or "",
        improvements=spec.improvements,
    )  # fmt: skip


def _improvement(name: str, improvement: documents.Improvement) -> records.Improvement:
    spec = improvement.spec
    return records.Improvement(
        name=name, title=improvement.metadata.title or name, service=spec.service, customer=spec.customer or "",
        came_of=spec.came_of or "", figure=spec.figure, baseline=spec.baseline.value, target=spec.target.value,
        result=spec.result.value if spec.result else "", due=spec.due or spec.target.by or "", state=spec.state,
    )  # fmt: skip


def _contacts(register: Register) -> dict[str, tuple[records.Contact, ...]]:
    written: dict[str, tuple[Contact, ...]] = {}
    written |= {f"customer/{document.name}": each.spec.contacts for document, each in register.each(documents.Customer)}
    written |= {f"team/{document.name}": each.spec.contacts for document, each in register.each(documents.Team)}
    written |= {f"supplier/{document.name}": each.spec.contacts for document, each in register.each(documents.Supplier)}
    return {
        party: tuple(records.Contact(each.name, each.role, each.email or "", each.phone or "", each.purposes) for each in contacts)
        for party, contacts in sorted(written.items()) if contacts
    }  # fmt: skip
