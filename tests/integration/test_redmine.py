"""A real Redmine: issues opened, answered, paused, closed and reopened by its own API, and every clock as reckoned by hand."""

from __future__ import annotations

import json
import random
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from running_exporter import Exporter, exporter, until
from running_redmine import Redmine, running_redmine

BERLIN = ZoneInfo("Europe/Berlin")
PROMISES = """
kind: Service
metadata: {name: checkout}
---
kind: Customer
metadata: {name: acme, title: Acme}
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
    profile: redmine
    select: {project: Helpdesk}
    pause_when: {status: [feedback]}
    matrix:
      columns: [hours, response, resolution, share]
      Urgent: [office, 15m, 4h, 95%]
      Normal: [24x7, 1h, 2bd, 90%]
"""
MINUTE, HOUR = 60, 3600


@pytest.fixture(scope="module")
def redmine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Redmine]:
    with running_redmine(tmp_path_factory.mktemp("redmine")) as running:
        yield running


@pytest.fixture(scope="module")
def daemon(redmine: Redmine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Exporter]:
    sources = f"""- name: helpdesk
  redmine: {{url: "{redmine.url}", project: helpdesk}}
  credentials: {{token_env: REDMINE_KEY}}
  every: 1s
  requests_per_minute: 100000
  statuses: {{solved: [Resolved]}}"""
    with exporter(tmp_path_factory.mktemp("exporter"), sources, PROMISES, environment={"REDMINE_KEY": redmine.key}) as found:
        found.start()
        yield found


def results(daemon: Exporter, issue: int) -> dict[str, tuple[str, int]]:
    """Outcome and seconds of the hours that counted, by target, as explain-ticket says it."""
    said = daemon.command("explain-ticket", "helpdesk", str(issue), "--config.file", str(daemon.file), "--json")
    if said.returncode:
        return {}
    return {each["target"]: (each["outcome"], each["elapsed_seconds"]) for each in json.loads(said.stdout)}


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


def test_a_ticket_over_the_weekend_of_the_clock_change(redmine: Redmine, daemon: Exporter) -> None:
    """Opened on Friday evening in October, answered, waiting over the change, solved on Tuesday, reopened, closed."""
    issue = redmine.open("Payments fail", priority=4)
    redmine.change(issue, notes="We are on it", status_id=2)
    redmine.change(issue, notes="Which browser?", status_id=4)
    redmine.change(issue, customer=True, notes="Firefox", status_id=2)
    redmine.change(issue, status_id=3)
    redmine.change(issue, customer=True, notes="Again!", status_id=2)
    redmine.change(issue, status_id=5)
    redmine.happened_at(
        issue, berlin("2026-10-23T17:55:00"), berlin("2026-10-26T08:09:00"), berlin("2026-10-26T09:00:00"), berlin("2026-10-27T10:00:00"),
        berlin("2026-10-27T11:30:00"), berlin("2026-10-28T09:00:00"), berlin("2026-10-28T10:10:30"),
    )  # fmt: skip
    # Response: 5 min of Friday and 9 of Monday. Resolution: 5 min of Friday, an hour of Monday, 1.5 h of Tuesday, 1:10:30 of Wednesday.
    expected = {"urgent-response": ("met", 14 * MINUTE), "urgent-resolution": ("met", 5 * MINUTE + HOUR + 90 * MINUTE + 70 * MINUTE + 30)}
    until(lambda: results(daemon, issue) == expected, 20, lambda: (results(daemon, issue), daemon.log))


def test_what_happens_now_is_in_the_metrics_a_moment_later(redmine: Redmine, daemon: Exporter) -> None:
    before = daemon.value("slm_period_tickets", target="normal-response", outcome="met")
    running = daemon.value("slm_tickets_running", target="normal-response")
    issue = redmine.open("Slow search")
    until(lambda: daemon.value("slm_tickets_running", target="normal-response") == running + 1, 10)
    redmine.change(issue, notes="Internal", private_notes=True)
    time.sleep(2.5)
    assert daemon.value("slm_tickets_running", target="normal-response") == running + 1
    redmine.change(issue, notes="Thank you, we look into it")
    until(lambda: daemon.value("slm_period_tickets", target="normal-response", outcome="met") == before + 1, 10)
    opened = datetime.fromisoformat(redmine.call("GET", f"/issues/{issue}.json")["issue"]["created_on"])
    answered = datetime.fromisoformat(redmine.journals(issue)[-1]["created_on"])
    assert results(daemon, issue)["normal-response"] == ("met", int((answered - opened).total_seconds()))


def test_a_deleted_issue_is_no_result(redmine: Redmine, daemon: Exporter) -> None:
    """Nothing in the list of updates tells it; slow re-reading does."""
    issue = redmine.open("A mistake")
    until(lambda: "normal-response" in results(daemon, issue), 10)
    redmine.call("DELETE", f"/issues/{issue}.json")
    text = daemon.file.read_text()
    daemon.stop()
    daemon.file.write_text(text.replace("every: 1s", "every: 1s\n      reread: 1s"))
    daemon.start()
    until(lambda: results(daemon, issue).get("normal-response", ("", 0))[0] == "deleted", 20, lambda: daemon.log)
    assert daemon.command("ledger", "verify", "--config.file", str(daemon.file)).returncode == 0


def test_killed_at_random_moments_and_redmine_restarted_nothing_is_lost_and_nothing_doubled(redmine: Redmine, daemon: Exporter) -> None:
    """Issues are opened and answered all the while; in the end every one has its result, counted once."""
    draw = random.Random(4)
    counted = daemon.value("slm_ticket_results_total", target="normal-response", outcome="met")
    in_period = daemon.value("slm_period_tickets", target="normal-response", outcome="met")
    issues = []
    for round_ in range(5):
        issues.append(redmine.open(f"Number {round_}"))
        redmine.change(issues[-1], notes="An answer")
        time.sleep(draw.uniform(0, 1.2))
        daemon.kill()
        if round_ == 2:
            redmine.stop()
            redmine.start()
        daemon.start()
        now = daemon.value("slm_ticket_results_total", target="normal-response", outcome="met")
        assert now >= counted, "a counter went back"
    until(lambda: all(results(daemon, issue).get("normal-response", ("", 0))[0] == "met" for issue in issues), 20, lambda: daemon.log)
    assert daemon.value("slm_ticket_results_total", target="normal-response", outcome="met") == counted + 5
    assert daemon.value("slm_period_tickets", target="normal-response", outcome="met") == in_period + 5
    assert daemon.command("ledger", "verify", "--config.file", str(daemon.file)).returncode == 0


def test_a_wrong_key_is_an_error_and_not_an_empty_redmine(redmine: Redmine, tmp_path: Path) -> None:
    sources = f"""- name: helpdesk
  redmine: {{url: "{redmine.url}"}}
  credentials: {{token_env: REDMINE_KEY}}
  every: 1s"""
    with exporter(tmp_path, sources, PROMISES, environment={"REDMINE_KEY": "0123456789abcdef"}) as found:
        found.start()
        until(lambda: found.value("slm_source_errors_total", reason="auth") >= 1, 10)
        assert found.value("slm_source_up") == 0
        assert "0123456789abcdef" not in found.log
        assert "credentials are wrong" in found.log
