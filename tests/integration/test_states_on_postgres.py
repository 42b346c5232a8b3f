"""States in PostgreSQL, which two replicas share: one asks, both tell the same, and the other goes on where one dies."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from running_exporter import Exporter, free_port, until
from running_postgres import Postgres, running_postgres
from sla_exporter.ledger.database import PostgresDatabase
from sla_exporter.ledger.ledger import Ledger
from sla_exporter.ledger.stretches import Place
from sla_exporter.probes.states import Stretch

PROMISES = """kind: Service
metadata: {name: shop}
---
kind: Customer
metadata: {name: acme}
---
kind: Indicator
metadata: {name: shop-up}
spec: {service: shop, probe: {read_by: exporter}}
---
kind: SLA
metadata: {name: acme}
spec:
  customer: acme
  service: shop
  state: active
  targets: [{name: availability, indicator: shop-up, objective: at least 99.9%}]
"""


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as running:
        yield running


def replica(folder: Path, address: str, port: int) -> Exporter:
    (folder / "specs").mkdir(parents=True)
    (folder / "specs" / "shop.yaml").write_text(PROMISES)
    subjects = f"[{{subject: 'http://127.0.0.1:{port}/', indicator: shop-up}}]"
    (folder / "sla-exporter.yaml").write_text(
        "kind: Exporter\nmetadata: {name: main}\nspec:\n  ledger: {postgres_env: LEDGER}\n"
        f"  probes:\n    - {{name: web, http: {{}}, every: 1s, subjects: {subjects}}}\n"
    )
    return Exporter(folder / "sla-exporter.yaml", environment={"LEDGER": address})


def web(port: int) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1"]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def down(of: Exporter) -> float:
    return of.value("slm_period_seconds", state="down")


@pytest.mark.integration
def test_one_asks_both_tell_the_same_and_the_other_goes_on(postgres: Postgres, tmp_path: Path) -> None:
    port, address = free_port(), postgres.database()
    one, two = (replica(tmp_path / name, address, port) for name in ("one", "two"))
    shop = web(port)
    try:
        one.start()
        two.start()
        for each in (one, two):
            until(lambda each=each: each.value("slm_probe_state", state="up") == 1, 30, lambda: one.log + two.log)  # type: ignore[misc]
        assert [one.value("slm_ledger_writer"), two.value("slm_ledger_writer")] == [1, 0]
        assert [one.value("slm_source_up"), two.value("slm_source_up")] == [1, 0]
        shop.kill()
        until(lambda: down(two) >= 3, 30, lambda: two.log)
        one.kill()
        before = down(two)
        until(lambda: two.value("slm_ledger_writer") == 1 and two.value("slm_source_up") == 1, 30, lambda: two.log)
        until(lambda: down(two) >= before + 3, 30, lambda: two.log)
        shop = web(port)
        until(lambda: two.value("slm_probe_state", state="up") == 1, 30, lambda: two.log)
        one.start()
        until(lambda: one.value("slm_probe_state", state="up") == 1 and down(one) == down(two), 30, lambda: one.log)
        assert two.command("ledger", "verify", "--config.file", str(two.file)).returncode == 0
        lines = two.command("ledger", "export", "--what", "states", "--config.file", str(two.file)).stdout.splitlines()
        states = [(row["state"], row["start"], row["until"]) for row in map(json.loads, lines[1:])]
        outage = [each for each in states if each[0] == "down"]
        # A takeover that lasts longer than a state holds leaves a gap, which is unknown and not down.
        held = sum(until - start for _, start, until in outage)
        assert held <= outage[-1][2] - outage[0][1]
        assert abs(held / 1000 - down(two)) <= 2
    finally:
        shop.kill()
        for each in (one, two):
            if each.process is not None and each.process.poll() is None:
                each.process.kill()


@pytest.mark.integration
def test_stretches_are_written_as_in_a_file(postgres: Postgres) -> None:
    ledger = Ledger(PostgresDatabase(postgres.database()))
    place, at = Place("a", "x"), int(time.time() * 1000)
    assert ledger.states.write([(place, Stretch(at, at, at + 30, "up"))], {"web": 1}, {place: 9}) == 1
    for _ in range(2):
        ledger.states.write([(place, Stretch(at, at + 10, at + 20, "up")), (place, Stretch(at + 20, at + 20, at + 50, "down"))], {}, {})
    expected = [(place, Stretch(at, at + 10, at + 20, "up")), (place, Stretch(at + 20, at + 20, at + 50, "down"))]
    assert list(ledger.states.all()) == expected
    assert list(ledger.states.since(at + 20)) == expected[1:]
    assert ledger.states.changed_after(2) == expected
    assert (ledger.states.asked(), ledger.states.certificates(), ledger.states.number()) == ({"web": 1}, {place: 9}, 3)
