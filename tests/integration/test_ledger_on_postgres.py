"""A ledger in PostgreSQL that two replicas share: one writes, both tell the same, and the other takes over."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
from running_exporter import Exporter, exporter, until
from running_postgres import Postgres, running_postgres

from slo_gen.cli.compiling import compiled_files
from slo_gen.cli.loading import load_catalogue
from slo_gen.demo.servers import Server

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
    matrix: {columns: [hours, response, share], P1: [24x7, 15m, 95%]}
"""

TABLE = """
CREATE TABLE happened (id serial PRIMARY KEY, ticket text, at bigint, name text, value text, written timestamptz DEFAULT now());
"""

QUERY = (
    "SELECT ticket, id AS event, at, name, value, id AS place, extract(epoch FROM written)::bigint AS updated FROM happened "
    "WHERE written >= to_timestamp(:since) AND name LIKE '%' ORDER BY id"
)


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with running_postgres() as running:
        yield running


class Desk:
    """A desk in PostgreSQL."""

    def __init__(self, postgres: Postgres) -> None:
        self.postgres = postgres
        self.address = postgres.database()
        self.name = self.address.rpartition("/")[2]
        postgres.sql(self.name, TABLE)

    def tell(self, ticket: str, *events: tuple[int, str, str]) -> None:
        rows = ", ".join(f"('{ticket}', {at}, '{name}', '{value}')" for at, name, value in events)
        self.postgres.sql(self.name, f"INSERT INTO happened (ticket, at, name, value) VALUES {rows}")


def _sources(every: str = "1s") -> str:
    return f"- {{name: desk, sql: {{postgres_env: DESK, query: {json.dumps(QUERY)}}}, every: {every}}}"


@pytest.fixture
def replicas(postgres: Postgres, tmp_path: Path) -> Iterator[tuple[Desk, Exporter, Exporter]]:
    desk = Desk(postgres)
    environment = {"DESK": desk.address, "LEDGER": postgres.database()}
    with (
        exporter(tmp_path / "one", _sources(), PROMISES, "{postgres_env: LEDGER}", environment) as one,
        exporter(tmp_path / "two", _sources(), PROMISES, "{postgres_env: LEDGER}", environment) as two,
    ):
        one.start()
        two.start()
        yield desk, one, two


def tickets(of: Exporter) -> dict[frozenset[tuple[str, str]], float]:
    """Everything about tickets that one replica tells."""
    return {(name, labels): value for (name, labels), value in of.samples().items() if name.startswith(("slm_period_t", "slm_ticket"))}  # type: ignore[misc]


def test_both_replicas_tell_the_same_and_one_writes(replicas: tuple[Desk, Exporter, Exporter]) -> None:
    desk, one, two = replicas
    assert [one.value("slm_ledger_writer"), two.value("slm_ledger_writer")] == [1, 0]
    now = int(time.time())
    desk.tell("T-1", (now - 600, "opened", ""), (now - 600, "priority", "P1"), (now - 300, "agent_message", ""))
    desk.tell("T-2", (now - 3600, "opened", ""), (now - 3600, "priority", "P1"))
    for each in (one, two):
        until(lambda each=each: each.value("slm_period_tickets", outcome="met") == 1, 15, lambda: one.log + two.log)  # type: ignore[misc]
        until(lambda each=each: each.value("slm_ticket_results_total", outcome="missed") == 1, 15, lambda: one.log)  # type: ignore[misc]
    assert tickets(one) == tickets(two)


def test_the_other_takes_over_and_nothing_is_lost(replicas: tuple[Desk, Exporter, Exporter]) -> None:
    desk, one, two = replicas
    now = int(time.time())
    desk.tell("T-1", (now - 600, "opened", ""), (now - 600, "priority", "P1"), (now - 300, "agent_message", ""))
    until(lambda: two.value("slm_ticket_results_total", outcome="met") == 1, 15)
    one.kill()
    desk.tell("T-2", (now - 600, "opened", ""), (now - 600, "priority", "P1"), (now - 100, "agent_message", ""))
    until(lambda: two.value("slm_ledger_writer") == 1, 15, lambda: two.log)
    until(lambda: two.value("slm_ticket_results_total", outcome="met") == 2, 15, lambda: two.log)
    one.start()
    until(lambda: one.value("slm_ticket_results_total", outcome="met") == 2, 15)
    assert one.value("slm_ledger_writer") == 0
    assert two.command("ledger", "verify", "--config.file", str(two.file)).returncode == 0


def test_a_crash_of_the_database_is_waited_out(replicas: tuple[Desk, Exporter, Exporter]) -> None:
    desk, one, two = replicas
    now = int(time.time())
    desk.tell("T-1", (now - 600, "opened", ""), (now - 600, "priority", "P1"), (now - 300, "agent_message", ""))
    until(lambda: one.value("slm_ticket_results_total", outcome="met") == 1, 15)
    desk.postgres.crash()
    until(lambda: one.value("slm_ledger_writable") == 0, 15, lambda: one.log)
    assert one.value("slm_ticket_results_total", outcome="met") == 1
    desk.postgres.start()
    desk.tell("T-2", (now - 600, "opened", ""), (now - 600, "priority", "P1"), (now - 100, "agent_message", ""))
    for each in (one, two):
        until(lambda each=each: each.value("slm_ticket_results_total", outcome="met") == 2, 40, lambda: one.log + two.log)  # type: ignore[misc]
    assert one.value("slm_ledger_writer") + two.value("slm_ledger_writer") == 1


@contextmanager
def prometheus(folder: Path, *replicas: Exporter) -> Iterator[httpx.Client]:
    """One that scrapes the replicas each second, and evaluates what is compiled from their promises as often."""
    rules = compiled_files(load_catalogue([replicas[0].file.parent / "specs"]), "prometheus")
    (folder / "rules").mkdir()
    for name, text in rules.items():
        if name.startswith("rules/"):
            (folder / name).write_text(text.replace("interval: 1m", "interval: 1s"))
    (folder / "prometheus.yml").write_text(json.dumps({
        "global": {"scrape_interval": "1s"}, "rule_files": [f"{folder}/rules/*.yml"],
        "scrape_configs": [{"job_name": "sla-exporter", "static_configs": [{"targets": [f"127.0.0.1:{each.port}" for each in replicas]}]}],
    }))  # fmt: skip
    files = [f"--config.file={folder}/prometheus.yml", f"--storage.tsdb.path={folder}/data"]
    log = folder / "prometheus.log"
    with (
        Server("prometheus", lambda at: [*files, f"--web.listen-address=127.0.0.1:{at}"], "/-/ready", log) as server,
        httpx.Client(base_url=server.url, timeout=20) as client,
    ):
        yield client


def test_a_prometheus_that_scrapes_both_sees_each_thing_once(replicas: tuple[Desk, Exporter, Exporter], tmp_path: Path) -> None:
    """Figures are those of one, an overdue ticket is one alert, and stays the same one when the replica that writes is killed."""
    desk, one, two = replicas
    now = int(time.time())
    desk.tell("T-1", (now - 600, "opened", ""), (now - 600, "priority", "P1"), (now - 300, "agent_message", ""))
    desk.tell("T-2", (now - 3600, "opened", ""), (now - 3600, "priority", "P1"))
    with prometheus(tmp_path, one, two) as client:

        def value(expr: str) -> list[float]:
            found = client.get("/api/v1/query", params={"query": expr}).json()["data"]["result"]
            return [float(each["value"][1]) for each in found]

        def overdue() -> list[tuple[str, str]]:
            """Alerts about the ticket: since when, and in which state."""
            found = client.get("/api/v1/alerts").json()["data"]["alerts"]
            return [(each["activeAt"], each["state"]) for each in found if each["labels"]["alertname"] == "SLMTicketOverdue"]

        until(lambda: [len(overdue()), *value('count(slm_period_tickets{outcome="missed"} == 1)')] == [1, 2], 30, lambda: one.log + two.log)
        before = overdue()
        recorded = {each["labels"]["alertname"] for each in client.get("/api/v1/alerts").json()["data"]["alerts"]}
        assert before[0][1] == "firing"
        missed = 'max by (agreement, target) (slm_period_tickets{outcome="missed"})'
        assert value(missed) == [1]
        one.kill()
        desk.tell("T-3", (now - 600, "opened", ""), (now - 600, "priority", "P1"), (now - 100, "agent_message", ""))
        until(lambda: value('up{job="sla-exporter"}').count(0) == 1 and two.value("slm_ledger_writer") == 1, 30, lambda: two.log)
        until(lambda: value('max(slm_ticket_results_total{outcome="met"})') == [2], 30, lambda: two.log)
        assert overdue() == before
        one.start()
        until(lambda: value('count(slm_ticket_results_total{outcome="met"} == 2)') == [2], 30, lambda: one.log)
        assert overdue() == before
        assert value(missed) == [1]
        # Nothing that was said at any instant was less or more than one alert, and no other alert came.
        said = client.get("/api/v1/query", params={
            "query": 'max_over_time((count(ALERTS{alertname="SLMTicketOverdue",alertstate="firing"}))[1h:1s])'
        }).json()["data"]["result"]  # fmt: skip
        assert [each["value"][1] for each in said] == ["1"]
        assert {each["labels"]["alertname"] for each in client.get("/api/v1/alerts").json()["data"]["alerts"]} == recorded
    assert tickets(one) == tickets(two)
