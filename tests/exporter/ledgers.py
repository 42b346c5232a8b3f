"""A ledger with one agreement in it, fed by hand."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sla_exporter.ledger.books import Change
from sla_exporter.ledger.database import SqliteDatabase
from sla_exporter.ledger.ledger import Ledger, SourceEvent, SourceState
from sla_exporter.promises import Promises
from ticket_stories import catalogue, events

from slo_gen.spec.model import Catalogue

SOURCE = "desk"
TICKETS = "pause_when: {status: [pending]}\nmatrix: {columns: [hours, response, resolution], P1: [24x7, 15m, 4h], P2: [office, 4h, 2bd]}"


class Kept:
    """A ledger in a file, its promises, and a desk of which it is told."""

    def __init__(self, file: Path, tickets: str = TICKETS, more: str = "") -> None:
        self.file = file
        self.catalogue: Catalogue = catalogue(tickets, more)
        self.promises = Promises(self.catalogue, [SOURCE])
        self.open()

    def open(self) -> None:
        self.database = SqliteDatabase(self.file)
        self.ledger = Ledger(self.database)

    def tell(
        self, stories: dict[str, str], now: int, *, place: str = "1", watermark: int = 0, whole: Sequence[str] = ()
    ) -> list[Change]:
        found = [event for ticket, story in stories.items() for event in source_events(ticket, story)]
        state = SourceState(place, watermark, now)
        return self.ledger.store(SOURCE, found, state, self.promises, now, whole=whole)


def source_events(ticket: str, story: str) -> list[SourceEvent]:
    """The events of a story as a source tells them."""
    return [
        SourceEvent(ticket, str(number), event.at, number, event.name, event.value, event.meaning)
        for number, event in enumerate(events(story))
    ]
