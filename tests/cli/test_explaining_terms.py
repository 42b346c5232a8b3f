"""``slo-gen explain`` reads a contract back: what is down, what of it counts, and of what it is a share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]

SPECS = """\
kind: Service
metadata: {name: database}
---
kind: Supplier
metadata: {name: bigcloud}
---
kind: Indicator
metadata: {name: probe}
spec: {service: database, probe: {series: 'probe_success{job="cloud"}'}}
---
kind: Indicator
metadata: {name: requests}
spec: {service: database, events: {bad: 'r_total{job="x",outcome="error"}', total: 'r_total{job="x"}'}}
---
kind: UC
metadata: {name: cloud}
spec:
  supplier: bigcloud
  service: database
  state: active
"""
UNKNOWN = "  time without data is unknown: the lowest and the highest figure that are possible are told"


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def told(run: Run, target: str, more: str = "") -> str:
    Path("a.yaml").write_text(f"{SPECS}  targets: [{{name: availability, {target}}}]\n{more}", encoding="utf-8")
    result = run("explain", "cloud", "a.yaml")
    assert result.exit_code == 0, result.output
    return result.output


@pytest.mark.parametrize(("target", "lines"), [
    ("indicator: requests, objective: at least 99%, measure: {method: unavailable_intervals, interval: 5m, "
     "down_when: more than 50% errors, minimum_events: 10, empty: good}", [
        "  an interval of 5m is down when more than 50% of its events are bad and it has at least 10 events; one without events is good",
        "  the whole is all time of the period; excluded time is part of it, and good", UNKNOWN, "  excluded: nothing",
    ]),
    ("indicator: probe, objective: at least 99%, exclude: [maintenance, customer], "
     "measure: {method: downtime_periods, at_least: 4m, partial: drop, over: scheduled, unknown: bad}", [
        "  an interval of 1m is down when any of it was down", "  only down time of at least 4m without a break counts",
        "  what is beyond whole multiples of 4m does not count", "  the whole is the agreed hours of the period without what is excluded",
        "  time without data is bad", "  excluded: maintenance, customer",
    ]),
    ("indicator: requests, objective: at least 99%, measure: {method: interval_mean, interval: 1h}", [
        "  the mean of the shares of bad events of all intervals of 1h; one without events is unknown",
        "  the whole is all time of the period; excluded time is part of it, and good", UNKNOWN, "  excluded: nothing",
    ]),
    ("indicator: requests, objective: at least 99%", [
        "  the share of events that are good", "  the whole is the events of the time that counts", UNKNOWN, "  excluded: nothing",
    ]),
    ("indicator: probe, objective: at least 99%", ["  the share of minutes that are good", UNKNOWN, "  excluded: nothing"]),
    ("longest: {of: outage, indicator: probe}, objective: at most 0m", [
        "  an interval of 1m is down when any of it was down",
        "  the figure is the longest time without a break, with what of it lies beyond the edges of the period", UNKNOWN,
        "  excluded: nothing",
    ]),
])  # fmt: skip
def test_how_a_target_is_measured(run: Run, target: str, lines: list[str]) -> None:
    assert "\n".join(lines) in told(run, target)


def test_planned_work_is_excluded_by_the_allowance_alone(run: Run) -> None:
    output = told(run, "indicator: probe, objective: at least 99%, exclude: [maintenance, customer]",
                  "  allowance: {planned: 10h per year, notice: 48h}\n")
    assert "  excluded: customer, up to 10h per year of planned work that was announced 48h before\n" in output


PROBE = "indicator: probe, objective: at least 99%, measure: {method: downtime_minutes}"


def test_one_target_is_told_how_it_is_measured(run: Run) -> None:
    told(run, PROBE, "  credits: {multiplier: 1, of: affected_fee}\n")
    output = run("explain", "cloud/availability", "a.yaml").output
    assert "  excluded: nothing\n" in output


@pytest.mark.parametrize(("target", "error"), [
    ("indicator: nope, objective: 99%", "a.yaml:21:45: error: there is no Indicator nope [unknown-reference]"),
    ("indicator: probe, objective: 99%, hours: offices", "a.yaml:21:75: error: there is no Calendar offices [unknown-reference]"),
])  # fmt: skip
def test_what_names_something_that_is_not_there_is_not_explained(run: Run, target: str, error: str) -> None:
    Path("a.yaml").write_text(f"{SPECS}  targets: [{{name: availability, {target}}}]\n", encoding="utf-8")
    result = run("explain", "cloud", "a.yaml")
    assert (result.exit_code, result.stdout) == (1, "")
    assert error in result.stderr
