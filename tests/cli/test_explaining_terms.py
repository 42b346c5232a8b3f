"""``slo-gen explain`` reads a contract back: what is down and counts, what a miss costs, by when it must be claimed."""

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


def section(output: str, title: str) -> list[str]:
    return next(([line[2:] for line in part.splitlines()[1:]] for part in output.split("\n\n") if part.startswith(title)), [])


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
MINUTES = "indicator: probe, objective: at most 0m, measure: {method: downtime_minutes}"


@pytest.mark.parametrize(("target", "terms", "lines"), [
    (PROBE, "of: affected_fee, tiers: [{below: 99%, at_least: 95%, credit: 10%}, {below: 95%, credit: 1/3}], cap: 50%, on_claim: true", [
        "below 99% and at least 95%: 10% of what was paid for the affected part",
        "below 95%: 1/3 of what was paid for the affected part", "no more than 50% of the fee in one period",
        "only when it is claimed",
    ]),
    (MINUTES, "tiers: [{at_least: 30m, credit: 5%, for_each: 30m}], cap: none", [
        "at least 30m: 5% of the monthly fee, and once more for each full 30m", "without a cap", "without a claim",
    ]),
    (MINUTES, "tiers: [{above: 0m, fee_for: 1d, for_each_started: 1h}], annual_cap: 1/12, minimum: more than 1 USD", [
        "above 0m: the fee for 24h for each step of 1h that has begun", "no more than 100% of the fee in one period",
        "no more than 1/12 of the year's fee in one year", "only more than 1.00 USD is paid", "without a claim",
    ]),
    (PROBE, "tiers: [{below: 99%, days: 1, for_each: 1%}], paid_as: extension", [
        "below 99%: 1 day free of charge, and once more for each full 1 percentage point", "no more than 100% of the fee in one period",
        "without a claim",
    ]),
    (PROBE, "multiplier: 100, cap: 25%", [
        "100 times the fee for the time of the downtime", "no more than 25% of the fee in one period", "without a claim",
    ]),
    (PROBE, "multiplier: 10, excess_only: true, repeat: [{misses: 2, within: 6, times: 1.5}]", [
        "10 times the fee for the time of the downtime beyond what may be", "2 misses within 6 periods: 1.5 times as much",
        "no more than 100% of the fee in one period", "without a claim",
    ]),
    (PROBE, "multiplier: 50, cap: 30d, cap_per: interruption", [
        "50 times the fee for the time of the downtime", "no more than the fee of 720h for each interruption", "without a claim",
    ]),
    (PROBE + ", weight: 100%", "at_risk: 15%, earn_back: {periods: 2, share: 50%}", [
        "15% of the monthly fee at risk, of which each target has its weight", "no more than 100% of the fee in one period",
        "50% are won back when the next 2 periods hold the objective", "without a claim",
    ]),
])  # fmt: skip
def test_what_a_miss_costs(run: Run, target: str, terms: str, lines: list[str]) -> None:
    assert section(told(run, target, f"  fee: {{amount: 100, currency: USD, per: month}}\n  credits: {{{terms}}}\n"), "Credits") == lines


def test_by_when_it_must_be_claimed(run: Run) -> None:
    notify, submit = "{within: 24h, after: incident_start}", "{within: 2mo, after: billing_cycle_end}"
    claim = f"  claim: {{notify: {notify}, submit: {submit}, evidence: [ticket_ids, times]}}\n"
    assert section(told(run, PROBE, claim), "Claims") == [
        "tell within 24h after the beginning of the outage", "claim within 2mo after the end of the billing cycle of the outage",
        "with: ticket ids, times",
    ]  # fmt: skip
    assert section(told(run, PROBE), "Claims") == section(told(run, PROBE), "Credits") == []


def test_one_target_is_told_without_what_concerns_all(run: Run) -> None:
    told(run, PROBE, "  credits: {multiplier: 1, of: affected_fee}\n")
    output = run("explain", "cloud/availability", "a.yaml").output
    assert "  excluded: nothing\n" in output
    assert "Credits" not in output


@pytest.mark.parametrize(("target", "error"), [
    ("indicator: nope, objective: 99%", "a.yaml:21:45: error: there is no Indicator nope [unknown-reference]"),
    ("indicator: probe, objective: 99%, hours: offices", "a.yaml:21:75: error: there is no Calendar offices [unknown-reference]"),
])  # fmt: skip
def test_what_names_something_that_is_not_there_is_not_explained(run: Run, target: str, error: str) -> None:
    Path("a.yaml").write_text(f"{SPECS}  targets: [{{name: availability, {target}}}]\n", encoding="utf-8")
    result = run("explain", "cloud", "a.yaml")
    assert (result.exit_code, result.stdout) == (1, "")
    assert error in result.stderr
