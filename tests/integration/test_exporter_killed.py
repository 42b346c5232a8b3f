"""The exporter killed at random moments under load: no ticket is lost, no number goes back or is doubled.

Twenty times here; ``KILLS=200`` for longer. The desk is a SQLite file that a writer fills all the while.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from running_exporter import Exporter, exporter, until

KILLS = int(os.environ.get("KILLS", "20"))
PROMISES = """
kind: Service
metadata: {name: checkout}
---
kind: Customer
metadata: {name: acme}
---
kind: SLA
metadata: {name: acme}
spec:
  customer: acme
  service: checkout
  state: active
  period: {length: year}
  tickets:
    matrix: {columns: [hours, response, resolution, share], P1: [24x7, 15m, 4h, 95%]}
"""
QUERY = "SELECT ticket, id AS event, at, name, value, written AS updated FROM happened WHERE written >= :since ORDER BY id"


class Desk:
    """Opens tickets and answers them, some in time and some not, until it is told to stop."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.opened = 0
        self.met = 0
        self.missed = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        with closing(sqlite3.connect(file)) as database:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("CREATE TABLE happened (id INTEGER PRIMARY KEY, ticket TEXT, at INT, name TEXT, value TEXT, written INT)")

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._ended.set()
        self._thread.join()

    def _work(self) -> None:
        draw = random.Random(1)
        with closing(sqlite3.connect(self.file, timeout=30)) as database:
            while not self._ended.is_set():
                now = int(time.time())
                for _ in range(10):
                    late = draw.random() < 0.3
                    took = draw.randint(901, 2000) if late else draw.randint(0, 900)
                    ticket, opened = f"T-{self.opened}", now - 3000
                    rows = [
                        (ticket, opened, "opened", ""), (ticket, opened, "priority", "P1"),
                        (ticket, opened + took, "agent_message", ""), (ticket, opened + took, "status", "solved"),
                    ]  # fmt: skip
                    database.executemany(
                        "INSERT INTO happened (ticket, at, name, value, written) VALUES (?, ?, ?, ?, ?)", [(*row, now) for row in rows]
                    )
                    self.opened += 1
                    self.met, self.missed = self.met + (not late), self.missed + late
                database.commit()
                time.sleep(0.02)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    found = Desk(tmp_path / "desk.sqlite")
    found.start()
    yield found
    found.stop()


def counted(daemon: Exporter) -> dict[str, float]:
    samples = daemon.samples()
    return {
        f"{name} {dict(labels)['target']} {dict(labels).get('outcome', '')}": value for (name, labels), value in samples.items()
        if name in ("slm_ticket_results_total", "slm_ticket_clock_seconds_count", "slm_period_tickets")
    }  # fmt: skip


def test_nothing_is_lost_and_nothing_is_doubled(desk: Desk, tmp_path: Path) -> None:
    sources = f"- {{name: desk, sql: {{sqlite: {desk.file}, query: {json.dumps(QUERY)}}}, every: 1s}}"
    draw = random.Random(2)
    with exporter(tmp_path / "exporter", sources, PROMISES) as daemon:
        daemon.start()
        before = counted(daemon)
        for _ in range(KILLS):
            time.sleep(draw.uniform(0.05, 1.0))
            daemon.kill()
            daemon.start()
            now = counted(daemon)
            gone_back = {key: (before[key], value) for key, value in now.items() if value < before.get(key, 0)}
            assert not gone_back
            before = now
        desk.stop()
        expected = {"met": desk.met, "missed": desk.missed}
        for outcome, number in expected.items():
            until(
                lambda outcome=outcome, number=number: daemon.value("slm_period_tickets", target="p1-response", outcome=outcome) == number,  # type: ignore[misc]
                30 + KILLS, lambda: (expected, counted(daemon), daemon.log[-2000:]),
            )  # fmt: skip
            assert daemon.value("slm_ticket_results_total", target="p1-response", outcome=outcome) == number
        assert daemon.value("slm_ticket_clock_seconds_count", target="p1-response") == desk.opened
        assert daemon.value("slm_ticket_results_total", target="p1-resolution", outcome="met") == desk.opened
        assert daemon.stop() < 10
        verified = daemon.command("ledger", "verify", "--config.file", str(daemon.file))
        assert verified.returncode == 0, verified.stdout + verified.stderr
        assert verified.stdout == f"{2 * desk.opened} results follow from the events, to the second\n"
