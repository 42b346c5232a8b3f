"""A shop that is watched: its documents, a ledger in a file, and a keeper that is told what probes saw."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from prometheus_client.parser import text_string_to_metric_families
from sla_exporter.bookkeeper import Bookkeeper
from sla_exporter.health import Health
from sla_exporter.ledger.database import SqliteDatabase
from sla_exporter.ledger.ledger import Ledger
from sla_exporter.ledger.stretches import Place
from sla_exporter.probes.states import Sample, State
from sla_exporter.state_keeper import Look, StateKeeper, Told

from slo_gen.spec.convert import read_documents
from slo_gen.spec.model import Catalogue
from slo_gen.spec.resolve import resolve

START = 1_793_491_200
"""2026-11-01T00:00:00Z, where the period begins."""

HOLDS = 45_000
UP = "shop-up"
WEB = Place(UP, "web")
_NAMES: dict[str, State] = {"u": "up", "d": "down", "?": "unknown", "x": "excluded"}


def shop(*, probe: str = "", target: str = "", more: str = "") -> Catalogue:
    """The agreement ``acme`` with the target ``availability`` on the indicator ``shop-up``, that the exporter watches."""
    text = f"""
kind: Service
metadata: {{name: shop}}
---
kind: Customer
metadata: {{name: acme}}
---
kind: Calendar
metadata: {{name: office}}
spec: {{timezone: UTC, hours: {{mon-fri: [08:00-18:00]}}}}
---
kind: Indicator
metadata: {{name: {UP}}}
spec: {{service: shop, probe: {{read_by: exporter{probe}}}}}
---
kind: SLA
metadata: {{name: acme}}
spec:
  customer: acme
  service: shop
  state: active
  targets: [{{name: availability, indicator: {UP}, objective: at least 99.9%{target}}}]
{more}
"""
    documents, problems = read_documents([("shop.yaml", text)])
    found, unresolved = resolve(documents)
    assert not [each for each in (*problems, *unresolved) if each.severity == "error"], (problems, unresolved)
    return found


def saw(text: str, *, start: int = START, step: int = 15) -> list[Sample]:
    """u, d, ? and x, one sample every ``step`` seconds from ``start`` on; a dot is none."""
    return [Sample((start + place * step) * 1000, _NAMES[each]) for place, each in enumerate(text) if each != "."]


def look(samples: Sequence[Sample], place: Place = WEB, *, ends: int | None = None) -> Look:
    return Look("web", samples[-1].at // 1000, [Told(place, samples, HOLDS, ends)])


class Shop:
    """A ledger and its keeper, which may be opened again."""

    def __init__(self, file: Path, catalogue: Catalogue | None = None) -> None:
        self.file = file
        self.catalogue = catalogue if catalogue is not None else shop()
        self.open(START)

    def open(self, now: int) -> None:
        self.database = SqliteDatabase(self.file)
        self.ledger = Ledger(self.database)
        self.keeper = Bookkeeper(self.ledger, self.catalogue, [], Health(writer=True), now)

    def open_again(self, now: int) -> None:
        self.database.close()
        self.open(now)

    @property
    def states(self) -> StateKeeper:
        return self.keeper.states

    def tell(self, samples: Sequence[Sample], now: int, place: Place = WEB, *, ends: int | None = None) -> None:
        """What a probe saw, and a tick after it."""
        self.states.hand_over(look(samples, place, ends=ends))
        self.tick(now)

    def tick(self, now: int) -> None:
        self.states._due = 0.0                       # judge at once
        self.keeper.tick(now)

    def seconds(self) -> tuple[int, int, int, int]:
        """Up, down, unknown and excluded seconds of the present period."""
        [(_, standing)] = self.states.kept.standings
        of = standing.seconds
        return of["up"], of["down"], of["unknown"], of["excluded"]

    def samples(self, now: int) -> dict[tuple[str, str], float]:
        """What is exposed, by name and by the label that is not identity."""
        found = {}
        for family in text_string_to_metric_families(self.keeper.page(now, openmetrics=False).decode()):
            for sample in family.samples:
                rest = [sample.labels[name] for name in ("state", "verdict", "location") if name in sample.labels]
                found[sample.name, ",".join(rest)] = sample.value
        return found
