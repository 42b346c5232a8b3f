"""A desk that is a file of events, the promise on it, and what an exporter has counted of it."""

from __future__ import annotations

import json
import time
from pathlib import Path

from running_exporter import Exporter, until

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
    source: desk
    matrix: {columns: [hours, response, share], P1: [24x7, 15m, 95%]}
"""


class Desk:
    """A file of events to which tickets are added that were answered in time."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.opened = 0
        file.write_text("")

    @property
    def source(self) -> str:
        return f"- {{name: desk, file: {{path: {self.file}}}, every: 1s}}"

    def open(self, number: int) -> None:
        now = int(time.time()) - 3000
        lines = []
        for each in range(self.opened, self.opened + number):
            told = [(now, "opened", ""), (now, "priority", "P1"), (now + 60, "agent_message", ""), (now + 90, "status", "solved")]
            lines += [json.dumps({"ticket": f"T-{each}", "at": at, "name": name, "value": value}) for at, name, value in told]
        with self.file.open("a") as stream:
            stream.write("".join(f"{line}\n" for line in lines))
        self.opened += number


def met(daemon: Exporter) -> float:
    return daemon.value("slm_ticket_results_total", target="p1-response", outcome="met")


def counted(daemon: Exporter, number: int, seconds: float = 30) -> None:
    """Waits until so many tickets were kept, in the counter that lasts and in the period."""
    until(lambda: met(daemon) == number, seconds, lambda: (number, met(daemon), daemon.log[-2000:]))
    assert daemon.value("slm_period_tickets", target="p1-response", outcome="met") == number


def verified(daemon: Exporter) -> str:
    done = daemon.command("ledger", "verify", "--config.file", str(daemon.file))
    return done.stdout + done.stderr
