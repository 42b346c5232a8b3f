"""The rules about tickets, evaluated by promtool: replicas, periods that end, few tickets, stages, and tickets that are not named."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml
from promtool import complaint
from ticket_stories import catalogue

from slo_gen import names
from slo_gen.cli.compiling import compiled_files
from slo_gen.rules.ticket_rules import allowed_misses, ticket_group, ticket_promises

FEW = "low_volume: {below: 20, allow_misses: 1}\nmatrix: {columns: [hours, response, share], P1: [24x7, 15m, 95%]}"
TERMS = [
    'slm_agreement_ticket_target_ratio{agreement="acme",target="p1-response",slm_team="desk",job="x",instance="a"} 0.95',
    'slm_agreement_low_volume_tickets{agreement="acme",target="p1-response",job="x",instance="a"} 20',
    'slm_agreement_low_volume_misses{agreement="acme",target="p1-response",job="x",instance="a"} 1',
]
OF = '{agreement="acme",slm_customer="acme",slm_service="checkout",target="p1-response"'


def tickets(outcome: str, number: int, instance: str = "a") -> str:
    return f'slm_period_tickets{OF},outcome="{outcome}",job="x",instance="{instance}"}} {number}'


def period(start: int, instance: str = "a") -> str:
    return f'slm_period_start_timestamp_seconds{{agreement="acme",job="x",instance="{instance}"}} {start}'


def evaluated(tmp_path: Path, series: list[str], asked: Mapping[str, list[Any]], alerts: Mapping[str, list[Any]] | None = None) -> None:
    """Promtool agrees that the expressions have these samples after ten minutes, and that these alerts fire."""
    for name, text in compiled_files(catalogue(FEW), "prometheus").items():
        if name == "rules/slm-tickets.yml":
            (tmp_path / "rules.yml").write_text(text)
    inputs = [{"series": each.rpartition(" ")[0], "values": f"{each.rpartition(' ')[2]}x20"} for each in [*TERMS, *series]]
    tests = {
        "rule_files": ["rules.yml"], "evaluation_interval": "1m",
        "tests": [{
            "interval": "1m", "input_series": inputs,
            "promql_expr_test": [{"expr": expr, "eval_time": "10m", "exp_samples": found} for expr, found in asked.items()],
            "alert_rule_test": [{"eval_time": "10m", "alertname": name, "exp_alerts": found} for name, found in (alerts or {}).items()],
        }],
    }  # fmt: skip
    (tmp_path / "tests.yml").write_text(yaml.safe_dump(tests))
    done = complaint("test", "rules", "tests.yml", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr


def sample(name: str, value: float) -> dict[str, Any]:
    return {"labels": f"{name}{OF}}}", "value": value}


def test_two_replicas_are_one(tmp_path: Path) -> None:
    series = [tickets("met", 30), tickets("missed", 2), tickets("met", 30, "b"), tickets("missed", 2, "b"), period(0), period(0, "b")]
    evaluated(tmp_path, series, {
        names.TICKETS_DECIDED: [sample(names.TICKETS_DECIDED, 32)], names.TICKETS_ATTAINED: [sample(names.TICKETS_ATTAINED, 0.9375)],
        names.TICKETS_MISSES_LEFT: [sample(names.TICKETS_MISSES_LEFT, -1)],
    })  # fmt: skip


def test_a_replica_that_is_still_in_the_former_period_is_left_out(tmp_path: Path) -> None:
    series = [tickets("met", 3), tickets("missed", 0), tickets("met", 300, "b"), tickets("missed", 9, "b"), period(100), period(0, "b")]
    evaluated(tmp_path, series, {names.TICKETS_DECIDED: [sample(names.TICKETS_DECIDED, 3)]})


def test_of_counted_tickets_each_is_one_of_so_many_and_no_share_is_attained(tmp_path: Path) -> None:
    limit = 'slm_agreement_ticket_limit{agreement="acme",target="p1-response",job="x",instance="a"} 2'
    for number, left, told in ((2, 0, False), (3, -1, True)):
        found = [sample(names.TICKETS_MISSES_LEFT, left)]
        beyond = f"{names.TICKETS_MISSES_LEFT} < 0"
        evaluated(tmp_path, [limit, tickets("counted", number), tickets("spam", 4), period(0)], {
            names.TICKETS_DECIDED: [sample(names.TICKETS_DECIDED, number)], names.TICKETS_ATTAINED: [], names.TICKETS_MISSES_LEFT: found,
            beyond: found if told else [],
        })  # fmt: skip


def test_the_tests_that_are_emitted_hold_for_every_kind_of_promise(tmp_path: Path) -> None:
    more = """  targets:
    - {name: slowest, longest: {of: response}, objective: at most 2h}
    - {name: usual, percentile: {of: response, percent: 90%}, objective: at most 1h}
    - {name: few, count: {of: tickets, priority: P1}, objective: at most 2}"""
    found = catalogue(FEW, more)
    assert [each.target.name for each in ticket_promises(found)] == ["p1-response", "slowest", "usual", "few"]
    for name, text in compiled_files(found, "prometheus").items():
        if "tickets" in name:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(text)
    [file] = (each for each in tmp_path.rglob("*.yml") if "tests" in each.parts)
    for number in (2, 3):
        assert f"{number} of {number} missed: acme few" in file.read_text()
    done = complaint("test", "rules", file.name, cwd=file.parent)
    assert done.returncode == 0, done.stdout + done.stderr


def test_without_tickets_nothing_is_attained(tmp_path: Path) -> None:
    series = [tickets("met", 0), tickets("missed", 0), period(0)]
    evaluated(tmp_path, series, {names.TICKETS_ATTAINED: [], names.TICKETS_DECIDED: [sample(names.TICKETS_DECIDED, 0)],
                                 names.TICKETS_MISSES_LEFT: [sample(names.TICKETS_MISSES_LEFT, 1)]})  # fmt: skip


@pytest.mark.parametrize("decided", [1, 19, 20, 39, 40, 60, 100, 1000])
def test_the_misses_that_are_left_are_those_of_the_contract(tmp_path: Path, decided: int) -> None:
    [promise] = ticket_promises(catalogue(FEW))
    left = allowed_misses(promise, decided)
    series = [tickets("met", decided), tickets("missed", 0), period(0)]
    evaluated(tmp_path, series, {names.TICKETS_MISSES_LEFT: [sample(names.TICKETS_MISSES_LEFT, left)]})


def test_tickets_that_are_not_named_are_told_by_their_number(tmp_path: Path) -> None:
    due = f'slm_ticket_deadline_timestamp_seconds{OF},ticket="T-1",source="desk",stage="100%",job="x",instance="a"}} 300'
    overdue = f'slm_tickets_overdue{OF},job="x",instance="a"}} 4'
    about = {"agreement": "acme", "target": "p1-response", "slm_customer": "acme", "slm_service": "checkout", "slm_team": "desk",
             "team": "desk", "severity": "ticket"}  # fmt: skip
    evaluated(tmp_path, [due, overdue, period(0)], {}, {names.TICKET_OVERDUE: [
        {"exp_labels": {**about, "ticket": "T-1", "source": "desk"}, "exp_annotations": {
            "summary": "Ticket T-1 is overdue: p1-response of acme is missed", "description": "It was due 5m 0s ago."}},
        {"exp_labels": about, "exp_annotations": {
            "summary": "3 more tickets are overdue: p1-response of acme is missed",
            "description": "They are too many to be named one by one."}},
    ]})  # fmt: skip


def test_the_rules_are_as_many_for_many_agreements() -> None:
    from slo_gen.cli.loading import load_catalogue

    many = load_catalogue([Path(__file__).parent.parent.parent / "specs"])
    assert len(ticket_promises(many)) > 100
    assert len(ticket_group(many).rules) <= len(ticket_group(catalogue(FEW)).rules) + 2
