"""A support desk in a SQLite file: tickets are opened, answered, paused, reopened and forgotten, before the demo and while it runs.

It knows nothing of promises: it writes down what happened, as any desk does. The exporter reads it by a query.
"""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from types import TracebackType
from typing import Final, NamedTuple, Self

from slo_gen.spec.model import ALWAYS, Agreement, Catalogue
from slo_gen.spec.resolve.bounds import is_fixed
from slo_gen.spec.resolve.quantities import seconds as duration

__all__ = ["QUERY", "Desk"]

QUERY: Final = (
    "SELECT ticket, id AS event, at, name, value, id AS place, written AS updated FROM happened WHERE written >= :since ORDER BY id"
)

_TABLE: Final = "CREATE TABLE happened (id INTEGER PRIMARY KEY, ticket TEXT, at INTEGER, name TEXT, value TEXT, written INTEGER)"
_TICKETS_BEFORE: Final = 60
_DAY: Final = 86_400
_EVERY: Final = 4.0
"""Seconds between two happenings at the desk."""

_LEFT: Final = 45
"""Seconds that are left, when the demo begins, of the time to answer the ticket that nobody answers."""


class _Happening(NamedTuple):
    ticket: str
    at: int
    name: str
    value: str = ""


class Desk:
    """Writes while its block lasts. ``now`` is when the demo begins."""

    def __init__(self, file: Path, catalogue: Catalogue, now: int) -> None:
        self.file = file
        agreements = [
            agreement for agreement in catalogue.agreements.values()
            if agreement.kind == "SLA" and agreement.ticket_targets and agreement.state == "active"
        ][:4]  # fmt: skip
        self._contracts = [agreement.name for agreement in agreements]
        self._forgotten_one = next(_answered_soon(agreements), None)
        self._draw = random.Random(7)
        self._number = 20500
        self._now = now
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, name="desk", daemon=True)

    def __enter__(self) -> Self:
        with closing(sqlite3.connect(self.file)) as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute(_TABLE)
            for number in range(_TICKETS_BEFORE):
                self._write(database, self._past(number))
            self._write(database, self._forgotten())
            database.commit()
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._ended.set()
        self._thread.join()

    def _write(self, database: sqlite3.Connection, happened: Iterator[_Happening]) -> None:
        written = int(time.time())
        database.executemany(
            "INSERT INTO happened (ticket, at, name, value, written) VALUES (?, ?, ?, ?, ?)", [(*each, written) for each in happened]
        )

    def _work(self) -> None:
        """New tickets, each answered a little later."""
        waiting: list[tuple[float, str]] = []
        with closing(sqlite3.connect(self.file, timeout=30)) as database:
            while not self._ended.wait(_EVERY):
                now = int(time.time())
                ticket = self._next()
                self._write(database, self._opened(ticket, now, self._draw.choice(("P1", "P2", "P3"))))
                waiting.append((time.monotonic() + self._draw.uniform(5, 30), ticket))
                for due, answered in list(waiting):
                    if due <= time.monotonic():
                        waiting.remove((due, answered))
                        self._write(database, iter([_Happening(answered, now, "agent_message")]))
                database.commit()

    # --- stories ----------------------------------------------------------------------------------------------------
    def _next(self) -> str:
        self._number += 1
        return f"INC-{self._number}"

    def _opened(self, ticket: str, at: int, priority: str, contract: str = "") -> Iterator[_Happening]:
        yield _Happening(ticket, at, "opened")
        yield _Happening(ticket, at, "priority", priority)
        yield _Happening(ticket, at, "status", "new")
        chosen = contract or (self._draw.choice(self._contracts) if self._contracts else "")
        yield _Happening(ticket, at, "field", f"contract={chosen}")

    def _past(self, number: int) -> Iterator[_Happening]:
        """A ticket of the last days: most are answered and solved in time, some wait, some are opened again, some are late."""
        ticket, draw = self._next(), self._draw
        at = self._now - draw.randint(1, 5) * _DAY - draw.randint(0, _DAY // 2)
        yield from self._opened(ticket, at, draw.choice(("P1", "P2", "P2", "P3", "P3")))
        at += draw.randint(60, 600) if number % 6 else draw.randint(3600, 4 * 3600)
        yield _Happening(ticket, at, "agent_message")
        yield _Happening(ticket, at, "status", "open")
        if number % 3 == 0:
            yield _Happening(ticket, at + 600, "status", "awaiting_customer")
            at += 600 + draw.randint(1, 12) * 3600
            yield _Happening(ticket, at, "customer_message")
            yield _Happening(ticket, at, "status", "open")
        at += draw.randint(900, 3 * 3600)
        yield _Happening(ticket, at, "status", "solved")
        if number % 10 == 0:
            yield _Happening(ticket, at + 3600, "status", "open")
            yield _Happening(ticket, at + 2 * 3600, "status", "solved")

    def _forgotten(self) -> Iterator[_Happening]:
        """A ticket that nobody answers, and whose time is up while somebody watches."""
        if self._forgotten_one is not None:
            contract, priority, seconds = self._forgotten_one
            yield from self._opened(self._next(), self._now - seconds + _LEFT, priority, contract)


def _answered_soon(agreements: list[Agreement]) -> Iterator[tuple[str, str, int]]:
    """Promises to answer at any hour within a fixed time: agreement, priority and seconds."""
    for agreement in agreements:
        for target in agreement.ticket_targets:
            if target.clock == "response" and target.hours == ALWAYS and is_fixed(target.within):
                yield agreement.name, target.priority, int(duration(target.within))
