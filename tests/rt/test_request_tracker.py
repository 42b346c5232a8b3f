"""A real Request Tracker: tickets by its own interface, and every clock as reckoned by hand. Run by ``make test-rt``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from running_exporter import Exporter, exporter, until
from running_request_tracker import RequestTracker, running_request_tracker

BERLIN = ZoneInfo("Europe/Berlin")
PROMISES = """
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
  period: {length: year, timezone: Europe/Berlin}
  tickets:
    profile: rt
    select: {queue: Support}
    pause_when: {status: [stalled], paused_time: excluded}
    matrix:
      columns: [hours, response, update, resolution, share]
      P2: [office, 1h, 4h, 8h, 95%]
"""
MINUTE, HOUR = 60, 3600


@pytest.fixture(scope="module")
def rt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RequestTracker]:
    with running_request_tracker(tmp_path_factory.mktemp("rt")) as running:
        yield running


@pytest.fixture(scope="module")
def daemon(rt: RequestTracker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exporter]:
    sources = f"""- name: support
  request_tracker: {{url: "{rt.url}", query: "Queue = 'Support'"}}
  credentials: {{token_env: RT_TOKEN}}
  every: 1s
  reread: 2s
  requests_per_minute: 100000
  priorities: {{"50": P2}}"""
    with exporter(tmp_path_factory.mktemp("exporter"), sources, PROMISES, environment={"RT_TOKEN": rt.tokens["agent"]}) as found:
        found.start()
        yield found


def results(daemon: Exporter, ticket: str) -> list[tuple[str, str, int]]:
    said = daemon.command("explain-ticket", "support", ticket, "--config.file", str(daemon.file), "--json")
    if said.returncode:
        return []
    return [(each["target"], each["outcome"], each["elapsed_seconds"]) for each in json.loads(said.stdout)]


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def test_answers_updates_and_stalled_time(rt: RequestTracker, daemon: Exporter) -> None:
    ticket = rt.open("Printer on fire")
    rt.write(ticket, "comment")
    rt.write(ticket, "correspond")                       # opens it by itself
    rt.put(ticket, Status="stalled")
    rt.write(ticket, "correspond", who="carla")
    rt.put(ticket, Status="open")
    rt.write(ticket, "correspond")
    rt.put(ticket, Status="resolved")
    rt.moved(ticket, berlin("2026-10-23T17:50:00"), {
        ("Comment", 0): berlin("2026-10-23T17:55:00"),
        ("Correspond", 0): berlin("2026-10-26T08:20:00"), ("Status", 0): berlin("2026-10-26T08:20:00"),
        ("Status", 1): berlin("2026-10-26T09:00:00"),
        ("Correspond", 1): berlin("2026-10-27T10:00:00"), ("Status", 2): berlin("2026-10-27T10:00:00"),
        ("Correspond", 2): berlin("2026-10-27T10:30:00"),
        ("Status", 3): berlin("2026-10-27T12:00:00"),
    })  # fmt: skip
    # Owed: 10 min of Friday and 20 of Monday to the opening; half an hour on Tuesday to the second message. Stalled from 9 on Monday
    # until 10 on Tuesday. The update after ours ran 40 min until then, and the last one is not owed any more.
    expected = [
        ("p2-response", "met", 30 * MINUTE), ("p2-response", "met", 30 * MINUTE),
        ("p2-update", "met", 40 * MINUTE), ("p2-update", "withdrawn", 90 * MINUTE),
        ("p2-resolution", "met", 10 * MINUTE + HOUR + 2 * HOUR),
    ]  # fmt: skip
    until(lambda: results(daemon, ticket) == expected, 60, lambda: (results(daemon, ticket), daemon.log))


def test_a_merged_and_a_deleted_ticket_have_no_result(rt: RequestTracker, daemon: Exporter) -> None:
    kept, merged, deleted = (rt.open(f"Number {number}") for number in range(3))
    for ticket in (kept, merged, deleted):
        until(lambda ticket=ticket: bool(results(daemon, ticket)), 60, lambda: daemon.log)  # type: ignore[misc]
    rt.put(merged, MergeInto=kept)
    rt.put(deleted, Status="deleted")
    until(lambda: {each[1] for each in results(daemon, deleted)} == {"deleted"}, 60, lambda: (results(daemon, deleted), daemon.log))
    until(lambda: {each[1] for each in results(daemon, merged)} == {"merged"}, 60, lambda: (results(daemon, merged), daemon.log))
    assert {each[1] for each in results(daemon, kept)} <= {"running", "paused"}
    assert daemon.command("ledger", "verify", "--config.file", str(daemon.file)).returncode == 0


def test_owners_are_told_by_name_also_those_before_the_present_one(rt: RequestTracker, daemon: Exporter) -> None:
    ticket = rt.open("Handed on")
    for owner in ("agent", "root", "Nobody", "agent"):
        rt.put(ticket, Owner=owner)

    def assigned() -> list[str]:
        said = daemon.command("ledger", "export", "--config.file", str(daemon.file), "--what", "events").stdout
        told = [json.loads(line) for line in said.splitlines()]
        mine = [each for each in told if each["ticket"] == ticket and each["name"] == "assigned"]
        return [each["value"] for each in sorted(mine, key=lambda each: (each["at"], each["place"]))]

    until(lambda: assigned() == ["agent", "root", "", "agent"], 60, lambda: (assigned(), daemon.log))
