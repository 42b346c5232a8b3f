"""What a miss costs and by when it must be claimed, as ``slo-gen explain`` says it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

Run = Callable[..., Result]

AROUND = """
kind: Service
metadata: {name: database}
---
kind: Supplier
metadata: {name: bigcloud}
---
kind: Indicator
metadata: {name: answers}
spec: {service: database, events: {bad: e, total: t}}
---
kind: UC
metadata: {name: cloud}
spec:
  supplier: bigcloud
  service: database
  state: active
"""

EVERYTHING = """
  fee: {amount: 18400, currency: EUR, per: quarter}
  report: {due: 5bd, objections: 10d}
  targets:
    - {name: availability, indicator: answers, objective: at least 99.9%}
    - {name: mail, indicator: answers, objective: at least 99.5%}
  credits:
    of: period_fee
    targets: [availability]
    tiers:
      - {below: 99.9%, at_least: 99%, credit: 10%}
      - {below: 99%, credit: 25%, for_each: 0.5%}
      - {below: 95%, days: 1}
      - {below: 90%, fee_for: 12h, for_each_started: 1%}
      - {below: 80%, amount: 50 EUR}
    repeat: [{misses: 3, within: 6, times: 2}, {misses: 2, within: 3, times: 1.5}]
    cap: 50%
    annual_cap: 1/12
    annual_cap_per: 12mo
    no_less_than: 49.9 EUR
    earn_back: {periods: 2, objective: at least 99.95%, share: 50%}
    double_recovery: true
    on_claim: true
    paid_as: refund
  claim:
    notify: {within: 2bd, after: incident_start}
    submit: {within: 2mo, after: billing_cycle_end}
    to: claims@bigcloud.example
    subject: SLA credit
    evidence: [own_measurement, ticket_ids]
    prevails: joint
  termination:
    - {breaches: 3, of: 6, below: 99%, targets: [mail], notice: 30d}
    - {breaches: 2, of: 2, contiguous: true}
"""

ALL = """\
What a miss costs
  paid for it: 18400.00 EUR per quarter
  earned by availability:
    below 99.9% and at least 99%: 10% of the fee of the period
    below 99%: 25% of the fee of the period, and once more for each full 0.5 percentage points beyond it
    below 95%: 1 day free of charge
    below 90%: the fee for 12h, for each started 1 percentage point beyond it
    below 80%: 50.00 EUR
  from 2 misses within 3 periods on: 1.5 times as much
  from 3 misses within 6 periods on: 2 times as much
  one outage earns for every target that it hits
  no less than 49.90 EUR where anything is due, never above a cap
  no more than 50% of the fee in one period
  no more than 1/12 of the year's fee in any twelve months in a row, with what was given before
  50% of it is won back when the next 2 periods hold at least 99.95%
  paid back, only when it is claimed

By when
  report of a period: within 5bd after its end; objections within 10d after it
  the supplier is told of an incident: within 2bd after the beginning of the incident
  a credit is claimed: within 2mo after the end of the billing cycle of the incident
  the claim goes to claims@bigcloud.example with the subject SLA credit
  with it go our own measurement, ids of tickets
  where figures differ, those of both together hold

It may be ended
  after 3 breached periods of mail among the last 6 periods, each below 99%, with a notice of 30d
  after 2 breached periods in a row

"""

ONE = "targets: [{name: availability, indicator: answers, objective: at least 99.9%, measure: {method: downtime_minutes}, weight: 100%}]"


def remedies(run: Run, folder: Path, terms: str, name: str = "cloud") -> str:
    (folder / "specs.yaml").write_text(AROUND + terms)
    result = run("explain", name, str(folder / "specs.yaml"))
    assert result.exit_code == 0, result.output
    costs, _, _ = result.output.partition("An agreement never pages")
    return costs[costs.find("What a miss costs") if "What a miss costs" in costs else costs.index("By when") :]


def test_every_remedy_of_a_contract_is_told(run: Run, tmp_path: Path) -> None:
    assert remedies(run, tmp_path, EVERYTHING) == ALL


def test_of_one_target_what_is_about_it_is_told(run: Run, tmp_path: Path) -> None:
    availability, mail = (remedies(run, tmp_path, EVERYTHING, f"cloud/{target}") for target in ("availability", "mail"))
    assert ("earned by availability" in availability, "breached periods of mail" in availability) == (True, False)
    assert ("What a miss costs" in mail, "breached periods of mail" in mail, "2 breached periods in a row" in mail) == (False, True, True)


@pytest.mark.parametrize(("terms", "lines"), [
    ("credits: {multiplier: 1, cap: 30d, cap_per: interruption}", [
        "no document says what was paid for it; --fee of evaluate and close does", "missed: the fee for the downtime",
        "of targets that the same outage hits only the one that earns most counts", "no more than the fee of 720h for one interruption",
        "taken off a future invoice", "nothing says by when a credit must be claimed",
    ]),
    ("credits: {of: affected_fee, multiplier: 10, excess_only: true, cap: none}", [
        "no document says what was paid for the affected part; --fee of evaluate and close does",
        "missed: 10 times the fee for the downtime beyond what may be", "no cap for a period",
    ]),
    ("fee: {amount: 10, currency: EUR}\n"
     "  credits: {at_risk: 15%, cap: 2mo, minimum: more than 1 EUR, annual_cap: 20%, paid_as: extension}", [
        "paid for it: 10.00 EUR per month", "availability missed: 100% of the 15% of the monthly fee at risk",
        "no more than the fee of 2 months in one period", "no more than 20% of the year's fee in one year, with what was given before",
        "only more than 1.00 EUR is paid", "given as a longer term",
    ]),
    ("credits: {of: annual_fee, tiers: [{below: 99%, credit: 1/30}], minimum: 5 EUR, earn_back: {periods: 1}}", [
        "below 99%: 1/30 of the annual fee", "less than 5.00 EUR is not paid",
        "100% of it is won back when the next period holds the target",
    ]),
])  # fmt: skip
def test_each_kind_of_remedy_in_its_words(run: Run, tmp_path: Path, terms: str, lines: list[str]) -> None:
    told = [line.strip() for line in remedies(run, tmp_path, f"  {ONE}\n  {terms}\n").splitlines()]
    assert [line for line in lines if line not in told] == []


def test_an_agreement_without_credits_tells_when_its_report_comes(run: Run, tmp_path: Path) -> None:
    assert remedies(run, tmp_path, f"  {ONE}\n") == "By when\n  report of a period: within 5bd after its end\n\n"
