"""Which calendars an agreement counts by; the ground of the checks on calendars."""

from __future__ import annotations

from collections.abc import Iterator

from slo_gen.checks.check import Subject
from slo_gen.checks.written import Written
from slo_gen.spec import documents
from slo_gen.spec.convert import Document
from slo_gen.spec.model import ALWAYS, Agreement

__all__ = ["calendars_of", "made_of", "told_in", "users"]


def calendars_of(agreement: Agreement) -> frozenset[str]:
    """The calendars that an agreement names; the one that is always open needs no document."""
    named = {each.hours for each in agreement.targets}
    named |= {each.hours for each in agreement.ticket_targets} | {each.hours for each in agreement.other_targets}
    if agreement.allowance is not None:
        named.add(agreement.allowance.hours)
    return frozenset(named - {ALWAYS, ""})


def users(subject: Subject, calendar: str) -> Iterator[Agreement]:
    """The agreements that are not ended and count by a calendar, be it through others that are made of it."""
    for agreement in subject.catalogue.agreements.values():
        if agreement.state != "ended" and any(calendar in made_of(subject.written, name) for name in calendars_of(agreement)):
            yield agreement


def told_in(subject: Subject, calendar: str) -> Iterator[str]:
    """The teams, customers and suppliers that are told of something in the hours of a calendar alone: ``team/shop``."""
    for name, desk in subject.catalogue.notifications.desks.items():
        if desk.receivers and desk.quiet and desk.hours != ALWAYS and calendar in made_of(subject.written, desk.hours):
            yield name


def made_of(written: Written, calendar: str) -> frozenset[str]:
    """A calendar and all that it is made of."""
    found: set[str] = set()
    waiting = [calendar]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting.extend(_parts(written.get("Calendar", name)))
    return frozenset(found)


def _parts(document: Document | None) -> tuple[str, ...]:
    if document is None or not isinstance(document.value, documents.Calendar):
        return ()
    spec = document.value.spec
    return (*(spec.union_of or ()), *(spec.intersection_of or ()), *spec.without)
