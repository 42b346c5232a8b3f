"""Reading the sources, each at its own pace: what is new often, everything again slowly, and patience with one that fails.

A failing source never holds up another one. Its place does not move, its reason is counted, and the next try comes after what
the system asks for, or after a pause that doubles and is drawn at random. Only the replica that writes asks at all.
"""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Final

from sla_exporter.bookkeeper import Bookkeeper
from sla_exporter.config import reader_of
from sla_exporter.health import Health, SourceHealth
from sla_exporter.ledger.database import LedgerError
from sla_exporter.ledger.ledger import GONE, SourceEvent, SourceState
from sla_exporter.sources.source import Found, SourceError, TicketReader
from slo_gen.fetch import AddressError
from slo_gen.spec.documents.exporter import TicketSource
from slo_gen.spec.resolve.quantities import seconds

__all__ = ["SourceReading"]

_LOG = logging.getLogger("sla_exporter")
_LONGEST_PAUSE: Final = 900.0
_MATTERS: Final = 100 * 86_400
"""How old a result may be that slow re-reading still looks after: the present quarter and some days."""


class SourceReading:
    """Reads one source until it is cancelled. ``now`` is the clock in whole seconds."""

    def __init__(self, source: TicketSource, folder: Path, keeper: Bookkeeper, health: Health, now: Callable[[], int]) -> None:
        self.source = source
        self._folder = folder
        self._keeper = keeper
        self._health = health
        self._of = health.sources.setdefault(source.name, SourceHealth())
        self._now = now
        self._reader: TicketReader | None = None
        self._failures = 0
        self._told = ""
        self._priorities = {name.casefold(): called for name, called in source.priorities.items()}
        self._state: SourceState | None = None

    async def run(self) -> None:
        """Read for ever."""
        try:
            while True:
                pause = await self.once() if self._health.writer and self._health.ledger_writable else 1.0
                await asyncio.sleep(pause)
        finally:
            if self._reader is not None:
                await self._reader.close()

    async def once(self) -> float:
        """Read all that is new; returns how many seconds to wait. Never raises but when it is cancelled."""
        started = monotonic()
        try:
            await self._read_all()
            await self._look_again()
        except SourceError as error:
            return self._failed(error.reason, str(error), error.retry_after)
        except AddressError as error:
            return self._failed("auth", str(error), None)
        except LedgerError as error:
            # The source is as it was; it is read again from the same place when what it says can be written.
            self._health.ledger_failed(error)
            self._of.errors["internal"] += 1
            return random.uniform(0.5, 1.5)
        except Exception as error:
            # A defect of one source must not end the reading of the others; its text may hold what a system answered.
            _LOG.exception("source %s: a defect of the exporter: %s", self.source.name, type(error).__name__)
            return self._failed("internal", f"a defect: {type(error).__name__}", None)
        self._failures = 0
        self._of.up, self._of.succeeded_at, self._of.seconds = True, self._now(), monotonic() - started
        if self._told:
            _LOG.info("source %s: reads again", self.source.name)
            self._told = ""
        return float(seconds(self.source.every))

    async def _read_all(self) -> None:
        reader = self._opened()
        if self._state is None:
            self._state = self._keeper.state(self.source.name)
        while True:
            page = await reader.read(self._state.place)
            for reason, number in page.rejected.items():
                self._of.rejected[reason] += number
            watermark = self._state.watermark if page.more else max(page.watermark, self._state.watermark)
            state = replace(self._state, place=page.place, watermark=watermark, read_at=self._now())
            if page.events or page.whole:
                events, whole = self._called(page.events), [_storable(ticket) for ticket in page.whole]
                await asyncio.to_thread(self._keeper.store, self.source.name, events, state, self._now(), whole=whole)
            elif state != self._state:
                await asyncio.to_thread(self._keeper.note, self.source.name, state)
            self._state = state
            self._health.ledger_works()
            self._of.watermark = watermark
            if not page.more:
                return

    async def _look_again(self) -> None:
        """A part of slow re-reading: so much that all tickets are seen once in the time that the document gives."""
        state, now = self._state, self._now()
        if state is None:
            return
        if not state.reread and 0 <= now - state.reread_at < int(seconds(self.source.reread)):
            return
        reader = self._opened()
        tickets = self._keeper.tickets(self.source.name, state.reread, reader.at_once, now - _MATTERS)
        found = await reader.look(tickets) if tickets else ()
        events, whole = _changes(found, now)
        last = tickets[-1] if len(tickets) == reader.at_once else ""
        self._state = replace(state, reread=last, reread_at=state.reread_at if last else now)
        await asyncio.to_thread(self._keeper.store, self.source.name, self._called(events), self._state, now, whole=whole)

    def _called(self, events: Sequence[SourceEvent]) -> list[SourceEvent]:
        """With priorities as the agreements call them, and in characters that every ledger can hold."""
        return [
            SourceEvent(
                _storable(event.ticket), _storable(event.event), event.at, event.place, event.name,
                _storable(self._priorities.get(event.value.casefold(), event.value) if event.name == "priority" else event.value),
                event.meaning,
            )
            for event in events
        ]  # fmt: skip

    def _opened(self) -> TicketReader:
        if self._reader is None:
            self._reader = reader_of(self.source, self._folder)
            self._of.experimental = self._reader.experimental
            if self._reader.experimental:
                _LOG.warning("source %s: experimental; it was never checked with a real server", self.source.name)
        return self._reader

    def _failed(self, reason: str, text: str, retry_after: float | None) -> float:
        self._failures += 1
        if reason != "rate_limited":        # a system that asks for patience is there
            self._of.up = False
        self._of.errors[reason] += 1
        if self._told != text:
            _LOG.error("source %s: %s", self.source.name, text)
            self._told = text
        if retry_after is not None:
            return min(retry_after + random.random(), 3600.0)
        longest: float = min(_LONGEST_PAUSE, float(seconds(self.source.every)) * 2 ** min(self._failures, 6))
        if reason in ("auth", "forbidden"):
            return max(longest, 60.0)
        return max(1.0, random.uniform(0, longest))


def _storable(text: str) -> str:
    """A text without what PostgreSQL or UTF-8 cannot hold: NUL, and halves of characters."""
    return text if text.isascii() and "\0" not in text else text.encode("utf-8", "replace").decode().replace("\0", "?")


def _changes(found: object, now: int) -> tuple[list[SourceEvent], list[str]]:
    events: list[SourceEvent] = []
    whole: list[str] = []
    assert isinstance(found, (list, tuple)), "a source answers with a sequence"
    for each in found:
        assert isinstance(each, Found), "a source answers with what it found"
        if each.events is None:
            events.append(SourceEvent(each.ticket, GONE, now, 0, "deleted"))
        else:
            events += each.events
            whole.append(each.ticket)
    return events, whole
