"""How long a ledger takes: all clocks from its events, changed tickets, a scrape; with the parts of each.

    .venv/bin/python benchmarks/tickets.py [--tickets 1000000]

Tickets with ten events each are written into a ledger; then all results are computed again as after a change of the terms, a thousand
tickets are changed, and pages of ten thousand and a hundred thousand series are rendered, beside prometheus_client's own renderer on
the same samples. Memory is the most that the process held.
"""

from __future__ import annotations

import random
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click
from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from sla_exporter.bookkeeper import Bookkeeper
from sla_exporter.exposition import Family, Sample, labels, render
from sla_exporter.health import Health
from sla_exporter.ledger.database import SqliteDatabase
from sla_exporter.ledger.ledger import Ledger, SourceEvent, SourceState
from sla_exporter.promises import Promises

from slo_gen.contract.clocks import TicketEvent, life
from slo_gen.spec.convert import read_documents
from slo_gen.spec.model import Catalogue
from slo_gen.spec.resolve import resolve

START: Final = 1_790_000_000
NOW: Final = START + 200 * 86_400
PROMISES: Final = """
kind: Service
metadata: {name: checkout}
---
kind: Customer
metadata: {name: acme}
---
kind: Calendar
metadata: {name: office}
spec: {timezone: Europe/Berlin, hours: {mon-fri: [08:00-18:00]}}
---
kind: SLA
metadata: {name: acme}
spec:
  customer: acme
  service: checkout
  state: active
  period: {length: month, timezone: Europe/Berlin}
  tickets:
    pause_when: {status: [pending]}
    matrix:
      columns: [hours, response, resolution, share]
      P1: [24x7, 15m, 4h, 95%]
      P2: [office, 4h, 2bd, 95%]
"""


def catalogue() -> Catalogue:
    documents, _ = read_documents([("acme.yaml", PROMISES)])
    return resolve(documents)[0]


def ticket(number: int) -> list[SourceEvent]:
    """Ten events of a ticket."""
    draw = random.Random(number)
    at, name = START + draw.randrange(90 * 86_400), f"T-{number:07}"
    told = [("opened", "", ""), ("priority", draw.choice(("P1", "P2")), ""), ("status", "New", "new")]
    told += [("agent_message", "", ""), ("status", "Open", "open"), ("status", "Pending", "pending"), ("customer_message", "", "")]
    told += [("status", "Open", "open"), ("agent_message", "", ""), ("status", "Solved", "solved")]
    found = []
    for place, (what, value, meaning) in enumerate(told):
        at += draw.randrange(7200) if place > 2 else 0
        found.append(SourceEvent(name, str(place), at, place, what, value, meaning))
    return found


@contextmanager
def timed(what: str, per: int = 1) -> Iterator[None]:
    wall, used = time.perf_counter(), time.process_time()
    yield
    took, processor = time.perf_counter() - wall, time.process_time() - used
    each = f", {took / per * 1e6:.1f} us each" if per > 1 else ""
    click.echo(f"  {what:<42} {took:8.2f} s ({processor:.2f} s of this processor{each})")


def memory() -> str:
    return f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"


@click.command()
@click.option("--tickets", "number", default=100_000, show_default=True)
def main(number: int) -> None:
    """Measure."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ledger"
        promises = Promises(catalogue(), ["desk"])
        with SqliteDatabase(file) as database:
            ledger = Ledger(database)
            click.echo(f"{number} tickets with {10 * number} events")
            with timed("events written"):
                fill(database, number)
            click.echo(f"all results from the events, {memory()} so far")
            with timed("all of it", number):
                ledger.agree(promises, ["desk"], NOW)
            click.echo(f"  {memory()} at most")
            parts(ledger, promises, number)
            keeper = Bookkeeper(ledger, catalogue(), ["desk"], Health(), NOW)
            changed = [event._replace(at=event.at + 60) for each in range(0, number, max(1, number // 1000)) for event in ticket(each)]
            click.echo(f"{len({event.ticket for event in changed})} tickets changed")
            with timed("stored, and the next page"):
                keeper.store("desk", changed, SourceState("1"), NOW)
                keeper.page(NOW, openmetrics=False)
    for series in (10_000, 100_000):
        scrape(series)


def fill(database: SqliteDatabase, number: int) -> None:
    with database.transaction():
        for start in range(0, number, 10_000):
            rows = [("desk", *event) for each in range(start, min(start + 10_000, number)) for event in ticket(each)]
            database.many(
                "INSERT INTO event (source, ticket, event, at, place, name, value, meaning) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows
            )


def parts(ledger: Ledger, promises: Promises, number: int) -> None:
    """The same once more, part by part, on ten thousand of the tickets."""
    few = min(number, 10_000)
    click.echo(f"parts, on {few} tickets")
    with timed("read from the ledger", few):
        read = [each for each, _ in zip(ledger.all_tickets("desk"), range(few), strict=False)]
    program = promises.all["acme"].judge.program
    with timed("clocks", few):
        lives = [(name, life(events, program)) for name, events in read]
    with timed("business time and results", few):
        results = promises.all["acme"].judge.results(lives)
    click.echo(f"  {len(results)} results")
    assert isinstance(read[0][1][0], TicketEvent)


def scrape(series: int) -> None:
    samples = [
        ({"agreement": f"agreement-{each % 500}", "target": f"p{each % 7}-response", "outcome": str(each)}, each) for each in range(series)
    ]
    family = Family("slm_period_tickets", "gauge", "Results.", [Sample(labels(values), value) for values, value in samples])
    theirs = GaugeMetricFamily("slm_period_tickets", "Results.", labels=list(samples[0][0]))
    for values, value in samples:
        theirs.add_metric(list(values.values()), value)

    class Collected:
        @staticmethod
        def collect() -> Iterator[GaugeMetricFamily]:
            yield theirs

    registry = CollectorRegistry()
    registry.register(Collected())  # type: ignore[arg-type]
    click.echo(f"{series} series")
    with timed("rendered"):
        render(family, openmetrics=False)
    with timed("rendered by prometheus_client"):
        generate_latest(registry)


if __name__ == "__main__":
    main()
