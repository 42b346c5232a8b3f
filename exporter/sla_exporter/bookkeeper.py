"""The one place where ledger, standings and the rendered page come together; several threads use it.

One lock guards ledger and standings. A scrape waits for it a moment only: while a long transaction is written, the page as it
last was is served again, which is right but for what that transaction changes.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from time import monotonic
from typing import Final

from sla_exporter.exposition import Family, Sample, labels, limited, render
from sla_exporter.health import Health
from sla_exporter.ledger.database import LedgerError
from sla_exporter.ledger.ledger import Ledger, SourceEvent, SourceState
from sla_exporter.ledger.results import ResultRow
from sla_exporter.promises import Promises
from sla_exporter.standings import Standings
from sla_exporter.state_keeper import Kept, StateKeeper
from sla_exporter.state_metrics import state_families
from sla_exporter.ticket_metrics import TicketFamilies, identity
from slo_gen import names
from slo_gen.spec.model import Catalogue

__all__ = ["Bookkeeper", "Page"]

_LOG = logging.getLogger("sla_exporter")
_SLIP: Final = 2
"""Seconds that a clock which is kept right may go back."""

_TICKS: Final = 3.0
"""Seconds within which there was a tick, as long as nothing long is written."""

_PATIENCE: Final = 0.02
"""Seconds that a scrape waits for the lock."""

_EDGES: Final = (names.TICKETS_PERIOD_START, names.TICKETS_PERIOD_END)


@dataclass(frozen=True, slots=True)
class Page:
    """All families about tickets as text, and up to which instant they are right if nothing new is told."""

    text: bytes
    openmetrics: bytes
    until: int
    dropped: dict[str, int] = field(default_factory=dict)


class Bookkeeper:
    """Keeps account of tickets and states. ``now`` is the present instant everywhere. Methods raise LedgerError unless they say so."""

    def __init__(
        self, ledger: Ledger, catalogue: Catalogue, sources: Sequence[str], health: Health, now: int, *, nearest: int = 100,
        series_limit: int = 100_000,
    ) -> None:  # fmt: skip
        self._lock = threading.RLock()
        self._ledger = ledger
        self._health = health
        self._sources = tuple(sources)
        self._nearest, self._limit = nearest, series_limit
        self._page = Page(b"", b"", 0)
        self._stale = True
        self.states: Final = StateKeeper(ledger, self._lock)
        self._told_of_states: Kept | None = None
        self._state_page = (b"", b"")
        self._dropped: dict[str, int] = {}
        self._generation = -1
        self._writes = False
        self._now = now
        self._ticked = float("-inf")
        self.replace(catalogue, sources, now)

    def replace(self, catalogue: Catalogue, sources: Sequence[str], now: int) -> None:
        """Take other promises; results are computed again where they changed."""
        promises = Promises(catalogue, sources)
        with self._lock:
            self._now = now
            self._sources, self._catalogue = tuple(sources), catalogue
            self._writes = self._ledger.database.may_write()
            if self._writes:
                self._ledger.agree(promises, self._sources, now)
            self._promises = promises
            self._standings = Standings(self._ledger, promises, catalogue.notifications, now)
            self.states.replace(catalogue, now)
            self._families = TicketFamilies(self._standings, self._ledger.books, self._nearest)
            self._generation = self._ledger.generation()
            self._tell_states()
            self._page = self._rendered(now)

    # --- what the sources tell --------------------------------------------------------------------------------------
    def state(self, source: str) -> SourceState:
        """How far a source was read."""
        with self._lock:
            return self._ledger.state(source)

    def store(self, source: str, events: Iterable[SourceEvent], state: SourceState, now: int, *, whole: Iterable[str] = ()) -> None:
        """Write what a source told."""
        told = list(events)
        with self._lock:
            now = self._present(now)
            changes = self._ledger.store(source, told, state, self._promises, now, whole=whole)
            self._generation = self._ledger.generation()
            if any(event.name in ("rated", "complained") for event in told):
                self._standings.hear()
                self._stale = True
            if changes:
                self._standings.advance(now)
                self._standings.apply(changes, now)
                self._stale = True

    def note(self, source: str, state: SourceState) -> None:
        """Write how far a source was read."""
        with self._lock:
            self._ledger.note(source, state)

    def tickets(self, source: str, after: str, most: int, since: int) -> list[str]:
        """Tickets of a source that a change could still matter for; see ``Ledger.tickets``."""
        with self._lock:
            return self._ledger.tickets(source, after, most, since)

    # --- time -------------------------------------------------------------------------------------------------------
    def tick(self, now: int) -> bool:
        """Let time pass, count what has become too late, follow a replica that writes; whether this process writes."""
        with self._lock:
            now = self._present(now)
            writes = self._ledger.database.may_write()
            if writes and not self._writes:
                # Whoever wrote before may have had other documents.
                self._ledger.agree(self._promises, self._sources, now)
            self._writes = writes
            if self._ledger.generation() != self._generation:
                self._standings.load(now)
                self._generation = self._ledger.generation()
                self._stale = True
            if self._standings.advance(now):
                self._stale = True
            if writes and (late := self._surely_late()):
                self._standings.apply(self._ledger.books.book_late(late, now), now)
                self._generation = self._ledger.generation()
                self._stale = True
        self.states.tick(now, writes=writes)
        self._tell_states()
        with self._lock:
            if self._stale or now >= self._page.until:
                self._page = self._rendered(now)
            self._ticked = monotonic()
        return writes

    def _surely_late(self) -> list[ResultRow]:
        """Open results that are missed by all that their source could have told.

        What is late by the clock alone may have been answered in time, and nobody has read it yet: while the source was not
        asked, or where the clock of this machine is wrong. What is counted for ever is not taken back.
        """
        late = self._standings.late()
        known = {source: self._ledger.state(source).watermark for source in {row.source for row in late}}
        return [row for row in late if row.over is not None and row.over < known[row.source]]

    def _present(self, now: int) -> int:
        """The present instant, which goes back only where the clock was set back; then everything is looked at again."""
        if now < self._now - _SLIP:
            _LOG.warning("the clock of this machine was set back by %d seconds; what was late by it alone no longer is", self._now - now)
            self._standings.load(now)
            self._stale = True
            self._now = now
        self._now = max(self._now, now)
        return self._now

    def try_to_write(self) -> None:
        """Write something that changes nothing. Raises LedgerError where that cannot be done."""
        with self._lock:
            self._ledger.try_to_write()

    def end(self, seconds: float) -> None:
        """Let go of the ledger when what is being written has been, or has been undone. Raises nothing."""
        for _ in range(2):
            if self._lock.acquire(timeout=seconds):
                with suppress(LedgerError):
                    self.states.end(writes=self._writes)
                self._ledger.database.close()
                self._lock.release()
                return
            self._ledger.database.abandon()

    def served(self, now: int, *, openmetrics: bool) -> bytes:
        """The page of the last tick, so that no scrape waits for one to be made; a new one where no tick was for a while. Never raises."""
        if monotonic() - self._ticked > _TICKS:
            return self.page(now, openmetrics=openmetrics)
        return self._told(openmetrics=openmetrics)

    def page(self, now: int, *, openmetrics: bool) -> bytes:
        """Everything about tickets and states as text. Never raises: what cannot be read is as it was."""
        if self._lock.acquire(timeout=_PATIENCE):
            try:
                now = self._present(now)
                if self._stale or now >= self._page.until:
                    self._standings.advance(now)
                    self._page = self._rendered(now)
            except LedgerError as error:
                self._health.ledger_failed(error)
            finally:
                self._lock.release()
        return self._told(openmetrics=openmetrics)

    def _told(self, *, openmetrics: bool) -> bytes:
        page = self._page
        return (page.openmetrics if openmetrics else page.text) + self._state_page[openmetrics]

    @property
    def dropped(self) -> dict[str, int]:
        """How many series were left out of the page so far, by family."""
        return dict(self._dropped)

    def _rendered(self, now: int) -> Page:
        self._stale = False
        families = [replace(each, samples=[*each.samples, *self._edges(each.name)]) if each.name in _EDGES else each
                    for each in self._families.families()]  # fmt: skip
        until = max(self._standings.turns_at, now + 1)
        return Page(*self._text(families), until)

    def _tell_states(self) -> None:
        """Write anew what is told of states, where it has changed."""
        kept = self.states.kept
        if kept is self._told_of_states:
            return
        before = self._told_of_states.periods if self._told_of_states is not None else {}
        self._stale = self._stale or before != kept.periods
        self._told_of_states = kept
        self._state_page = self._text(state_families(kept, self._catalogue))

    def _edges(self, name: str) -> Iterator[Sample]:
        """Where the periods of agreements begin or end that promise states alone."""
        kept = self._told_of_states
        for agreement, period in kept.periods.items() if kept is not None else ():
            if agreement not in self._promises.all:
                edge = period.start if name == names.TICKETS_PERIOD_START else period.end
                yield Sample(labels(identity(self._catalogue.agreements[agreement])), edge)

    def _text(self, families: Iterable[Family]) -> tuple[bytes, bytes]:
        """Families within the limit, in both forms; what was left out is counted."""
        kept: list[Family] = []
        for family, dropped in limited(families, self._limit):
            kept.append(family)
            self._dropped[family.name] = self._dropped.get(family.name, 0) + dropped
        plain = b"".join(render(family, openmetrics=False) for family in kept)
        return plain, b"".join(render(family, openmetrics=True) for family in kept)

    def dropped_family(self) -> Family:
        """The family that says what was left out."""
        samples = [Sample(labels({names.FAMILY: name}), number) for name, number in sorted(self._dropped.items())]
        return Family(names.EXPORTER_DROPPED, "counter", "Series that were beyond the limit of a family, and were not told.", samples)
