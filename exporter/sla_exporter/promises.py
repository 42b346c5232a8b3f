"""The agreements whose promises on tickets the exporter keeps account of, and which of them a ticket falls under."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

from slo_gen.contract.clocks import TicketEvent, life
from slo_gen.contract.target_period import term
from slo_gen.contract.ticket_promises import promised_of_tickets
from slo_gen.contract.ticket_results import TicketJudge, TicketResult
from slo_gen.spec.model import Agreement, Catalogue
from slo_gen.timekeeping.spans import Spans

__all__ = ["IN_FORCE", "Judged", "Promise", "Promises"]

IN_FORCE: Final = frozenset({"active", "ended", "terminated"})
"""States of agreements that hold, or held in their term."""


@dataclass(frozen=True, slots=True)
class Promise:
    """One agreement with promises on tickets. ``digest`` changes when anything does that its numbers depend on."""

    agreement: Agreement
    judge: TicketJudge
    term: Spans
    digest: str


class Judged(NamedTuple):
    """A result and the agreement that it is under."""

    agreement: str
    result: TicketResult


class Promises:
    """All agreements that say something about tickets. ``sources`` are the names of the exporter's ticket sources."""

    def __init__(self, catalogue: Catalogue, sources: Sequence[str]) -> None:
        self.catalogue: Final = catalogue
        self.all: Final[Mapping[str, Promise]] = {
            agreement.name: Promise(agreement, TicketJudge(agreement, catalogue.calendars, catalogue.adjustments), term(agreement),
                                    _digest(agreement, catalogue))
            for agreement in catalogue.agreements.values()
            if agreement.tickets is not None and agreement.state in IN_FORCE and promised_of_tickets(agreement)
        }  # fmt: skip
        self._by_source = {source: _Index(each for each in self.all.values() if _is_of(each, source, sources)) for source in sources}

    def judged(self, source: str, tickets: Iterable[tuple[str, Sequence[TicketEvent]]]) -> Iterator[Judged]:
        """The results of tickets of a source, of each under every agreement that it belongs to."""
        index = self._by_source.get(source)
        if index is None:
            return
        by_promise: dict[str, list[tuple[str, Sequence[TicketEvent]]]] = {}
        for ticket, events in tickets:
            for promise in index.candidates(events):
                by_promise.setdefault(promise.agreement.name, []).append((ticket, events))
        for name in sorted(by_promise):
            promise = self.all[name]
            lives = ((ticket, life(events, promise.judge.program)) for ticket, events in by_promise[name])
            for result in promise.judge.results(lives):
                if result.start in promise.term:
                    yield Judged(name, result)


class _Index:
    """Agreements by one field of those that they select tickets by, so that a ticket is not tried with all of them."""

    def __init__(self, promises: Iterable[Promise]) -> None:
        self._any: list[Promise] = []
        self._by_field: dict[str, dict[str, list[Promise]]] = {}
        for promise in promises:
            first = next(iter(promise.judge.terms.select.items()), None)
            if first is None:
                self._any.append(promise)
            else:
                self._by_field.setdefault(first[0], {}).setdefault(first[1].casefold(), []).append(promise)

    def candidates(self, events: Sequence[TicketEvent]) -> list[Promise]:
        """The agreements that a ticket may belong to."""
        if not self._by_field:
            return self._any
        found = list(self._any)
        fields = dict(event.value.split("=", 1) for event in events if event.name == "field" and "=" in event.value)
        for name, by_value in self._by_field.items():
            found += by_value.get(fields.get(name, "").casefold(), ())
        return found


def _is_of(promise: Promise, source: str, sources: Sequence[str]) -> bool:
    named = promise.judge.terms.source
    return named == source or (not named and len(sources) == 1)


def _digest(agreement: Agreement, catalogue: Catalogue) -> str:
    """A hash of all that the results of an agreement follow from."""
    calendars = {target.hours: repr(catalogue.calendars.get(target.hours)) for target in promised_of_tickets(agreement)}
    relieved = [each for each in catalogue.adjustments if each.agreement == agreement.name]
    terms = agreement.tickets
    assert terms is not None, "an agreement without terms is not judged"
    clocks = [(name, _plain(clock)) for name, clock in sorted(terms.clocks.items())]
    parts = (
        _plain(promised_of_tickets(agreement)), clocks, sorted(terms.select.items()), terms.ranks, terms.counts_in, terms.priority_changes,
        terms.hours_changes, terms.retroactive, sorted(terms.exclude_tags), sorted(terms.meanings.items()), terms.source,
        sorted(calendars.items()), _plain(relieved), agreement.period, agreement.starts, agreement.ends,
    )  # fmt: skip
    return hashlib.sha256(repr(parts).encode()).hexdigest()


def _plain(value: object) -> object:
    """A value whose ``repr`` is the same in every process: sets in order, and without where it was written."""
    if isinstance(value, frozenset):
        return sorted((_plain(each) for each in value), key=repr)
    if isinstance(value, Mapping):
        return sorted((key, _plain(each)) for key, each in value.items())
    if isinstance(value, (tuple, list)):
        return [_plain(each) for each in value]
    names = getattr(type(value), "__dataclass_fields__", None)
    if names is not None:
        return [(name, _plain(getattr(value, name))) for name in names if name != "origin"]
    return value
