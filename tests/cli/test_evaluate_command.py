"""``slo-gen evaluate`` from the outside: figures, words, JSON, and what is wrong with what was typed."""

from __future__ import annotations

import json
import os
import threading
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
kind: Customer
metadata: {name: acme}
---
kind: Indicator
metadata: {name: probe}
spec: {service: database, probe: {series: 'probe_success{job="cloud"}'}}
---
kind: UC
metadata: {name: cloud}
spec:
  supplier: bigcloud
  service: database
  state: active
  period: {length: month, timezone: ZONE}
  targets:
    - {name: availability, indicator: probe, objective: at least 99%, exclude: [customer], measure: {method: downtime_minutes, empty: good}}
  credits: {tiers: [{below: 99%, credit: 10%}, {below: 95%, credit: 25%}], minimum: more than 1 USD}
  claim: {notify: {within: 2bd, after: incident_end}, submit: {within: 30d, after: period_end}}
---
kind: SLA
metadata: {name: acme}
spec:
  customer: acme
  service: database
  state: active
  targets:
    - {name: uptime, indicator: probe, objective: at least 99.9%}
    - {name: p1-tickets, count: {of: tickets, priority: P1}, objective: at most 2}
    - {name: slowest, longest: {of: resolution}, objective: at most 4h}
    - {name: p95, percentile: {of: resolution, percent: 95%}, objective: at most 2h}
    - {name: complaints, count: {of: complaints}, objective: at most 2}
  tickets: {matrix: {columns: [hours, response, share], P1: [24x7, 15m, 95%]}}
"""


@pytest.fixture
def specs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    monkeypatch.chdir(tmp_path)

    def write(timezone: str) -> None:
        Path("a.yaml").write_text(SPECS.replace("ZONE", timezone), encoding="utf-8")

    write("UTC")
    return write


def evaluated(run: Run, *arguments: str, agreement: str = "cloud") -> dict[str, object]:
    result = run("evaluate", "a.yaml", "--agreement", agreement, *arguments, "--json")
    assert result.exit_code == 0, result.output
    target: dict[str, object] = json.loads(result.stdout)["targets"][0]
    return target


@pytest.mark.parametrize(("period", "minutes", "verdict"), [
    ("2026-02", 403, "met"), ("2026-02", 404, "missed"),           # 403.2 of 40320
    ("2028-02", 417, "met"), ("2028-02", 418, "missed"),           # 417.6 of 41760
    ("2026-04", 432, "met"), ("2026-04", 433, "missed"),           # exactly 432 of 43200
    ("2026-01", 446, "met"), ("2026-01", 447, "missed"),           # 446.4 of 44640
])  # fmt: skip
def test_the_edge_of_a_month_of_any_length(
    run: Run, specs: Callable[[str], None], period: str, minutes: int, verdict: str
) -> None:
    found = evaluated(run, "--period", period, "--down", f"{period}-03T00:00/{minutes}m")
    assert found["verdict"] == verdict
    assert found["counted"] == str(minutes * 60)


@pytest.mark.parametrize(("timezone", "period", "minutes"), [
    ("Europe/Berlin", "2026-03", 44580), ("Europe/Berlin", "2026-10", 44700),
    ("Australia/Lord_Howe", "2026-04", 43230), ("Australia/Lord_Howe", "2026-10", 44610),
])  # fmt: skip
def test_months_with_a_clock_change(run: Run, specs: Callable[[str], None], timezone: str, period: str, minutes: int) -> None:
    specs(timezone)
    allowed = minutes * 60 // 100
    for down, verdict in ((allowed, "met"), (allowed + 1, "missed")):
        found = evaluated(run, "--period", period, "--down", f"{period}-10T00:00/{down}s")
        assert (found["verdict"], found["of"]) == (verdict, str(minutes * 60))


def test_a_figure_exactly_at_the_bound_is_met_and_says_so(run: Run, specs: Callable[[str], None]) -> None:
    result = run("evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-04", "--down", "2026-04-03T00:00/432m")
    assert "  attained    99.00% (exactly 99/100)\n  verdict     met, exactly at the bound\n" in result.output


def test_a_figure_is_never_shown_on_the_other_side(run: Run, specs: Callable[[str], None]) -> None:
    found = evaluated(run, "--period", "2026-04", "--down", "2026-04-03T00:00/25921s")
    assert (found["attained"], found["attained_exact"]) == ("98.99996%", "2566079/2592000")


def test_a_claim_after_the_report_runs_from_when_that_is_due(run: Run, specs: Callable[[str], None]) -> None:
    """April 2026 ends on a Thursday; five business days are those to Thursday, May 7th."""
    text = Path("a.yaml").read_text(encoding="utf-8")
    Path("a.yaml").write_text(text.replace("{within: 30d, after: period_end}", "{within: 30d, after: report}"), encoding="utf-8")
    result = run("evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-04", "--down", "2026-04-03T00:00/600m")
    assert "before 2026-06-07 00:00 UTC" in result.output


def test_samples_that_are_missing_make_it_unclear(run: Run, specs: Callable[[str], None]) -> None:
    Path("f.csv").write_text("time,up\n2026-04-01T00:00,1\n2026-04-01T01:00,1\n", encoding="utf-8")
    found = evaluated(run, "--period", "2026-04", "--samples", "f.csv")
    assert found["verdict"] == "unclear"
    assert found["attained"] == "100.00%"
    assert found["lower"] == {"text": "0.28%", "exact": "1/360"}
    assert found["unknown"] == str(718 * 3600)


def test_how_many_events_are_missing_nobody_knows_but_for_how_long(run: Run, specs: Callable[[str], None]) -> None:
    specs("UTC")
    Path("events.csv").write_text("time,bad,total\n2026-03-01T00:00,0,100\n2026-03-01T00:01,1,100\n2026-03-01T00:03,0,100\n")
    arguments = ("evaluate", ".", "--agreement", "acme", "--target", "uptime", "--period", "2026-03", "--samples", "events.csv")
    assert "  unknown     743h57m\n" in run(*arguments).output
    assert "   About 743h57m nothing is known.\n" in run(*arguments, "--explain").output


@pytest.mark.parametrize(("undecided", "words"), [(1, "1 result"), (2, "2 results")])
def test_results_that_are_not_decided_are_counted(run: Run, specs: Callable[[str], None], undecided: int, words: str) -> None:
    specs("UTC")
    rows = "".join(f"2026-03-0{day}T10:00,{'' if day <= undecided else 1}\n" for day in range(1, 6))
    Path("tickets.csv").write_text(f"time,met\n{rows}")
    arguments = ("--agreement", "acme", "--target", "p1-response", "--period", "2026-03", "--samples", "tickets.csv")
    told = run("evaluate", ".", *arguments).output.splitlines()
    assert [line.split("  ")[-1] for line in told if line.startswith("  unknown")] == [words]


def test_an_outage_of_an_excluded_cause_does_not_count(run: Run, specs: Callable[[str], None]) -> None:
    found = evaluated(run, "--period", "2026-04", "--down", "2026-04-03T00:00/10h/customer", "--down", "2026-04-03T09:00/2h")
    assert (found["counted"], found["real"], found["excluded"]) == ("7200", "39600", {"customer": 32400})
    found = evaluated(run, "--period", "2026-04", "--down", "2026-04-03T00:00/10h", "--when", "customer=2026-04-03T00:00/9h")
    assert (found["counted"], found["excluded"]) == ("3600", {"customer": 32400})


def test_tickets_come_with_what_few_of_them_prove(run: Run, specs: Callable[[str], None]) -> None:
    rows = "".join(f"2026-04-{day:02}T10:00,{int(day != 7)},15m\n" for day in range(1, 21))
    Path("t.csv").write_text("time,met,taken\n" + rows, encoding="utf-8")
    result = run("evaluate", "a.yaml", "--agreement", "acme", "--target", "p1-response", "--period", "2026-04", "--samples", "t.csv")
    assert result.output == (
        "acme/p1-response in 2026-04\n"
        "  promised     at least 95%\n"
        "  attained     95.00% (exactly 19/20)\n"
        "  verdict      met, exactly at the bound\n"
        "  counted      1 event bad of 20 events\n"
        "  may be bad   1 event, 0 events left\n"
        "  few results  with 20 results the true share lies between 76.39% and 99.11% (95% confidence)\n"
        "  one miss     moves the figure by 5.00%; 1 may be missed\n"
    )


@pytest.mark.parametrize(("target", "attained", "verdict"), [
    ("p1-tickets", "3", "missed"), ("slowest", "10800s", "met"), ("p95", "10800s", "missed"),
])  # fmt: skip
def test_numbers_and_times_of_tickets(run: Run, specs: Callable[[str], None], target: str, attained: str, verdict: str) -> None:
    Path("t.csv").write_text("time,met,taken\n2026-04-02,1,1h\n2026-04-03,0,3h\n2026-04-04,1,30m\n2026-05-01,1,9h\n", encoding="utf-8")
    found = evaluated(run, "--target", target, "--period", "2026-04", "--samples", "t.csv", agreement="acme")
    assert (found["attained"], found["verdict"]) == (attained, verdict)


def test_a_time_is_shown_as_people_write_it(run: Run, specs: Callable[[str], None]) -> None:
    Path("t.csv").write_text("time,met,taken\n2026-04-02,1,1h\n2026-04-03,0,4h1s\n", encoding="utf-8")
    result = run("evaluate", "a.yaml", "--agreement", "acme", "--target", "slowest", "--period", "2026-04", "--samples", "t.csv")
    assert result.output == "acme/slowest in 2026-04\n  promised  at most 4h\n  attained  4h1s\n  verdict   missed by 1s\n"


def test_a_ticket_that_the_parties_agreed_on_does_not_count(run: Run, specs: Callable[[str], None]) -> None:
    with Path("a.yaml").open("a", encoding="utf-8") as file:
        file.write("---\nkind: Adjustment\nmetadata: {name: twice}\nspec: {agreement: acme, targets: [p1-response], ticket: B, "
                   "reason: twice, agreed_by: [{party: customer/acme, by: A. Buyer, date: 2026-04-21}]}\n")
    Path("t.csv").write_text("time,met,ticket\n2026-04-02,1,A\n2026-04-03,0,B\n", encoding="utf-8")
    chosen = ("--period", "2026-04", "--samples", "t.csv")
    assert evaluated(run, "--target", "p1-response", *chosen, agreement="acme")["of"] == "1"
    assert evaluated(run, "--target", "p1-tickets", *chosen, agreement="acme")["attained"] == "2"


def test_no_tickets_are_not_all_of_them_in_time(run: Run, specs: Callable[[str], None]) -> None:
    Path("t.csv").write_text("time,met\n2026-05-02T10:00,1\n", encoding="utf-8")
    found = evaluated(run, "--target", "p1-response", "--period", "2026-04", "--samples", "t.csv", agreement="acme")
    assert (found["verdict"], found["attained"]) == ("not_measured", None)


def test_standard_input(run: Run, specs: Callable[[str], None], monkeypatch: pytest.MonkeyPatch) -> None:
    from click.testing import CliRunner

    from slo_gen.cli import main

    result = CliRunner().invoke(
        main, ["evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-04", "--samples", "-"],
        input="start,end\n2026-04-03T00:00,2026-04-03T01:00\n",
    )  # fmt: skip
    assert "counted     1h bad of 720h" in result.output


def test_targets_that_the_facts_are_not_about_are_named(run: Run, specs: Callable[[str], None]) -> None:
    result = run("evaluate", "a.yaml", "--agreement", "acme", "--period", "2026-04", "--down", "2026-04-03T00:00/1h")
    assert result.exit_code == 0
    assert "slo-gen: not evaluated: p1-response, p1-tickets, slowest, p95; what is told of tickets are rows of time,met" in result.output


def test_a_credit_and_the_deadlines_for_it(run: Run, specs: Callable[[str], None]) -> None:
    march = ("evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-03", "--down", "2026-03-27T01:30/8h")
    assert run(*march, "--fee", "1840.55 USD").output.partition("\n\n")[2] == (
        "cloud in 2026-03\n"
        "  credit  184.06 USD\n"
        "  tell    the outage of 2026-03-27 01:30 UTC, before 2026-04-01 00:00 UTC\n"          # Monday and Tuesday
        "  claim   before 2026-05-01 00:00 UTC\n"
    )
    assert "  credit  10% (no fee is known; --fee says what was paid)\n" in run(*march).output
    assert "  credit  0.00 USD\n" in run(*march, "--fee", "10 USD").output            # no more than 1 USD
    words = run(*march, "--fee", "1840.55 USD", "--explain").output
    assert "   availability: 98.92% is below 99%: 10% of the monthly fee of 1840.55 USD = 184.055 USD\n" in words
    assert "   rounded half up: 184.06 USD\n" in words


def test_a_period_that_was_met_owes_nothing_and_nothing_is_to_be_claimed(run: Run, specs: Callable[[str], None]) -> None:
    result = run("evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-03", *ONE_HOUR, "--fee", "10 USD")
    assert result.output.endswith("cloud in 2026-03\n  credit  0.00 USD\n")


def test_what_is_unknown_may_owe_more(run: Run, specs: Callable[[str], None]) -> None:
    Path("f.csv").write_text("time,up\n" + "".join(f"2026-03-{day:02}T00:00,1\n" for day in range(1, 30)), encoding="utf-8")
    result = run("evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-03", "--samples", "f.csv", "--fee", "100 USD")
    assert "  credit  0.00 USD, or up to 25.00 USD if all that is unknown was bad\n" in result.output


def with_terms(old: str, new: str, agreement: str = "cloud") -> None:
    """The documents with other words for the one agreement."""
    text = Path("a.yaml").read_text(encoding="utf-8")
    assert text.count(old) == 1
    Path("a.yaml").write_text(text.replace(old, new), encoding="utf-8")


CREDITS = "credits: {tiers: [{below: 99%, credit: 10%}, {below: 95%, credit: 25%}], minimum: more than 1 USD}"
OBJECTIVE = "objective: at least 99%"


@pytest.mark.parametrize(("objective", "down", "verdict"), [
    ("at least 99%", 432, "met"), ("more than 99%", 432, "missed"), ("more than 99%", 431, "met"), ("more than 99%", 433, "missed"),
    ("at most 432m", 432, "met"), ("less than 432m", 432, "missed"), ("less than 432m", 431, "met"), ("less than 1%", 432, "missed"),
])  # fmt: skip
def test_a_strict_objective_is_missed_at_its_very_figure(
    run: Run, specs: Callable[[str], None], objective: str, down: int, verdict: str
) -> None:
    """April has 43,200 minutes, of which a hundredth are 432."""
    with_terms(OBJECTIVE, f"objective: {objective}")
    if "1%" in objective or objective.endswith("m"):
        with_terms(CREDITS, "credits: {multiplier: 1}")
    found = evaluated(run, "--period", "2026-04", "--down", f"2026-04-03T00:00/{down}m")
    assert found["verdict"] == verdict
    asked = ("evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-04", "--down", f"2026-04-03T00:00/{down}m", "--explain")
    assert f"promises {objective}" in run(*asked).output


def test_a_strict_objective_is_told_as_it_is(run: Run, specs: Callable[[str], None]) -> None:
    with_terms(OBJECTIVE, "objective: more than 99%")
    asked = ("evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-04", "--down", "2026-04-03T00:00/432m")
    text = run(*asked).output
    assert "  may be bad  less than 7h12m, 0s left\n" in text
    assert "  promised    more than 99%\n" in text
    words = run(*asked, "--explain").output
    assert "99.00% is exactly 99%, and more than 99% was promised: missed." in words
    told = " ".join(run("explain", "cloud", "a.yaml").output.split())
    assert "more than 99% per month" in told
    assert "allows less than 7h12m of complete outage" in told
    assert "not live: exactly 99% is missed, which sums of rules cannot tell from just met; it is evaluated when" in told


def test_a_multiple_of_a_fee_that_nobody_named_is_not_nothing(run: Run, specs: Callable[[str], None]) -> None:
    with_terms(CREDITS, "credits: {of: affected_fee, multiplier: 10}")
    march = ("evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-03", "--down", "2026-03-27T01:30/8h")
    assert "  credit  an amount that is not known (no fee is known; --fee says what was paid)\n" in run(*march).output
    assert "   No fee is known; --fee says what was paid.\n" in run(*march, "--explain").output
    assert "  credit  10.75 USD\n" in run(*march, "--fee", "100 USD").output             # 1000 * 8 / 744


def test_a_multiple_of_what_goes_beyond_what_is_allowed(run: Run, specs: Callable[[str], None]) -> None:
    """Of 743 hours 44 minutes and 34.8 seconds may be down; fifty minutes are 325.2 seconds more."""
    specs("Europe/Berlin")
    with_terms(OBJECTIVE, "objective: at least 99.9%")
    with_terms(CREDITS, "credits: {multiplier: 100, excess_only: true}")
    asked = ("evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-03", "--down", "2026-03-29T01:30/50m", "--fee", "743 USD")
    words = run(*asked, "--explain").output
    assert "   availability was missed: 100 times the fee for 5m25.2s of downtime beyond what may be = about 9.033 USD\n" in words


def test_what_is_unknown_may_be_down_time_that_is_paid_for(run: Run, specs: Callable[[str], None]) -> None:
    with_terms(CREDITS, "credits: {multiplier: 10, cap: none}")
    rows = [f"2026-04-{1 + minute // 24:02}T{minute % 24:02}:00,{'' if minute in (30, 31) else int(minute > 7)}" for minute in range(720)]
    Path("f.csv").write_text("\n".join(["time,up", *rows]), encoding="utf-8")
    asked = ("evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-04", "--samples", "f.csv", "--fee", "720 USD")
    assert "  credit  80.00 USD, or up to 100.00 USD if all that is unknown was bad\n" in run(*asked).output
    assert "     availability was missed: 10 times the fee for 10h of downtime = 100 USD\n" in run(*asked, "--explain").output


def test_deadlines_run_from_outages_that_reach_over_the_end_of_the_period(run: Run, specs: Callable[[str], None]) -> None:
    down = ("--down", "2026-03-31T14:00/15h", "--fee", "100 USD")
    march = run("evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-03", *down).output
    assert "  tell    the outage of 2026-03-31 14:00 UTC, before 2026-04-04 00:00 UTC\n" in march      # it ended on a Wednesday
    with_terms("after: incident_end}, submit", "after: incident_start}, submit")
    april = run("evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-04", "--down", "2026-03-31T14:00/25h", "--fee", "100 USD")
    assert "  tell    the outage of 2026-03-31 14:00 UTC, before 2026-04-03 00:00 UTC\n" in april.output


@pytest.mark.parametrize(("length", "right"), [("7.2h", False), ("7h12m1s", True)])
def test_a_right_to_end_it_that_one_period_gives(run: Run, specs: Callable[[str], None], length: str, right: bool) -> None:
    with_terms(OBJECTIVE, "objective: at most 43.8m")
    with_terms(CREDITS, "termination: [{above: 7.2h}, {breaches: 3, of: 3, contiguous: true}]")
    with_terms("  claim: {notify: {within: 2bd, after: incident_end}, submit: {within: 30d, after: period_end}}\n", "")
    asked = ("evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-03", "--down", f"2026-03-27T01:30/{length}")
    assert ("  right  it may be ended now: a breach of availability, above 7.2h\n" in run(*asked).output) is right
    said = "\nRights\n   It may be ended now: a breach of availability, above 7.2h.\n"
    assert (said in run(*asked, "--explain").output) is right
    document = json.loads(run(*asked, "--json").stdout)
    assert (document["credit"] or {}).get("rights", []) == ["it may be ended now: a breach of availability, above 7.2h"] * right


def test_a_miss_that_is_a_breach_with_others_only_says_so(run: Run, specs: Callable[[str], None]) -> None:
    with_terms(OBJECTIVE, "objective: at least 99%, misses: {allowed: 1, of: 3, contiguous: true}")
    march = ("evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-03", "--down", "2026-03-27T01:30/8h", "--fee", "100 USD")
    assert "  credit  10.00 USD (only if availability was missed before: 1 of 3 periods in a row may be)\n" in run(*march).output


@pytest.mark.parametrize(("period", "name", "credit"), [
    ("length: half_year", "2026-H1", "10.00 USD"),
    ("length: week", "2026-W13", "10% (no fee of a month is known; write `fee` in cloud)"),
    ("rolling: 30d", "30d-2026-03-29", "10% (no fee of a month is known; write `fee` in cloud)"),
])  # fmt: skip
def test_what_was_paid_in_periods_of_any_length(run: Run, specs: Callable[[str], None], period: str, name: str, credit: str) -> None:
    with_terms("period: {length: month", f"period: {{{period}")
    with_terms(CREDITS, "credits: {tiers: [{below: 99.99%, credit: 10%}]}")
    asked = ("evaluate", "a.yaml", "--agreement", "cloud", "--period", name, "--down", "2026-03-27T01:30/50m", "--fee", "600 USD")
    assert f"  credit  {credit}\n" in run(*asked).output


def test_a_deadline_runs_from_the_day_on_which_the_report_is_due(run: Run, specs: Callable[[str], None]) -> None:
    with_terms("submit: {within: 30d, after: period_end}", "submit: {within: 10d, after: report}")
    asked = ("evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-03", "--down", "2026-03-27T01:30/8h", "--fee", "600 USD")
    assert "  claim   before 2026-04-18 00:00 UTC\n" in run(*asked).output               # five business days from Wednesday, and ten
    Path("f.csv").write_text("time,up\n2026-03-01T00:00,0\n2026-03-02T00:00,1\n", encoding="utf-8")
    with_terms(OBJECTIVE, "objective: at least 99.99%")
    unclear = run("evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-03", "--samples", "f.csv", "--fee", "600 USD")
    assert "  claim   before 2026-04-18 00:00 UTC\n" in unclear.output


def test_outages_of_a_target_that_was_met_need_not_be_told(run: Run, specs: Callable[[str], None]) -> None:
    with_terms(
        "    - {name: availability, indicator: probe, objective: at least 99%, exclude: [customer],",
        "    - {name: runs, indicator: probe, objective: at least 99%, measure: {method: downtime_periods, at_least: 2h}}\n"
        "    - {name: availability, indicator: probe, objective: at least 95%, exclude: [customer],",
    )
    down = ("--down", "2026-03-27T01:30/8h", "--down", "2026-03-28T01:30/1h")
    result = run("evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-03", *down, "--fee", "600 USD")
    assert [line for line in result.output.splitlines() if line.startswith("  tell")] == [
        "  tell    the outage of 2026-03-27 01:30 UTC, before 2026-04-01 00:00 UTC"
    ]


@pytest.mark.parametrize(("length", "message"), [
    ("43.21m", "43.21m is no whole number of seconds; write it like 44m34s"),
    ("50", "50 has no unit; write it like 50m"), ("1.5", "1.5 has no unit; write it like 1.5m"),
    ("9999999.5w", "9999999.5w is longer than any contract lasts"), ("1.5bd", "'1.5bd' is no duration"),
])  # fmt: skip
def test_decimals_of_lengths_that_are_none(run: Run, specs: Callable[[str], None], length: str, message: str) -> None:
    result = run("evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-03", "--down", f"2026-03-27T01:30/{length}")
    assert (result.exit_code, message in result.output) == (1, True)


def test_decimals_of_lengths_are_exact(run: Run, specs: Callable[[str], None]) -> None:
    found = evaluated(run, "--period", "2026-04", "--down", "2026-04-27T01:30/43.2m", "--down", "2026-04-28T01:30/0.75h1.5m")
    assert found["counted"] == "5382"


@pytest.mark.parametrize(("of", "paid", "message"), [
    ("monthly_fee", "90 EUR", "--fee 90.00 EUR: cloud says itself what is paid, and credits are taken of that"),
    ("affected_fee", "90 USD", "--fee 90.00 USD: the fee of cloud is in EUR; write it in that"), ("affected_fee", "90 EUR", ""),
])  # fmt: skip
def test_a_fee_that_is_not_asked_for_is_not_passed_over(run: Run, specs: Callable[[str], None], of: str, paid: str, message: str) -> None:
    with_terms(CREDITS, f"fee: {{amount: 100, currency: EUR}}\n  credits: {{of: {of}, tiers: [{{below: 99%, credit: 10%}}]}}")
    result = run("evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-03", "--down", "2026-03-27T01:30/8h", "--fee", paid)
    assert (result.exit_code, message in result.output) == (1 if message else 0, True)
    assert message or "  credit  9.00 EUR\n" in result.output


@pytest.mark.parametrize(("terms", "message"), [
    ("", "--fee 90.00 USD: cloud gives no credits that could be taken of it"),
    ("credits: {of: affected_fee, tiers: [{below: 99%, credit: 10%}], no_less_than: 5 EUR}",
     "--fee 90.00 USD: the credits of cloud are in EUR; write it in that"),
])  # fmt: skip
def test_a_fee_of_which_nothing_is_taken_is_refused(run: Run, specs: Callable[[str], None], terms: str, message: str) -> None:
    with_terms(CREDITS, terms)
    if not terms:
        with_terms("  claim: {notify: {within: 2bd, after: incident_end}, submit: {within: 30d, after: period_end}}\n", "")
    result = run("evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-03", "--down", "2026-03-27T01:30/8h", "--fee", "90 USD")
    assert (result.exit_code, message in result.output) == (1, True)


def test_a_credit_that_is_due_is_raised(run: Run, specs: Callable[[str], None]) -> None:
    """10% of 90 EUR are 9, raised to 20; of 15 EUR no more than those 15, the cap."""
    with_terms(CREDITS, "credits: {of: affected_fee, tiers: [{below: 99%, credit: 10%}], no_less_than: 20 EUR}")
    asked = ("evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-03", "--down", "2026-03-27T01:30/8h")
    assert "  credit  20.00 EUR\n" in run(*asked, "--fee", "90 EUR").output
    assert "   no less than 20.00 EUR where anything is due = 20 EUR\n" in run(*asked, "--fee", "90 EUR", "--explain").output
    assert "  credit  15.00 EUR\n" in run(*asked, "--fee", "15 EUR").output
    assert "  credit  10% (no fee is known; --fee says what was paid)\n" in run(*asked).output


def test_an_outage_of_another_period_is_no_silent_zero(run: Run, specs: Callable[[str], None]) -> None:
    result = run("evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-03", "--down", "2025-03-27T01:30/8h")
    assert result.stderr == "slo-gen: --down 2025-03-27T01:30/8h: it lies outside of 2026-03, and counts for nothing\n"


def test_a_file_of_outages_of_other_periods_is_no_silent_zero(run: Run, specs: Callable[[str], None]) -> None:
    asked = ("evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-04", "--samples", "f.csv")
    outside = "start,end\n2026-03-31T00:00,2026-04-01T00:00\n2026-05-01T00:00,2026-05-02T00:00\n"
    Path("f.csv").write_text(outside, encoding="utf-8")
    assert run(*asked).stderr == "slo-gen: f.csv: none of its outages lies in 2026-04; all of that was up\n"
    for told in ("start,end\n", outside + "2026-04-30T23:59,2026-05-01T00:01\n", "start,end\n2026-03-31T00:00,2026-04-01T00:01\n"):
        Path("f.csv").write_text(told, encoding="utf-8")
        assert run(*asked).stderr == ""


@pytest.mark.parametrize("named", ["-", "pipe"])
def test_what_is_wrong_with_a_row_of_a_pipe_is_shown_too(specs: Callable[[str], None], named: str) -> None:
    from click.testing import CliRunner

    from slo_gen.cli import main

    rows = b"time,up\n2026-04-01T00:00,x\n"
    if named == "pipe":
        os.mkfifo("pipe")
        threading.Thread(target=lambda: Path("pipe").write_bytes(rows), daemon=True).start()
    asked = ["evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-04", "--samples", named]
    output = CliRunner().invoke(main, asked, input=None if named == "pipe" else rows).output
    assert f"{named}:2:18: error: 'x' is neither up nor down [samples]\n  2 | 2026-04-01T00:00,x\n" in output


ONE_HOUR = ("--down", "2026-04-03T00:00/1h")


@pytest.mark.parametrize(("arguments", "status", "message"), [
    (("--agreement", "clod", "--period", "2026-04", *ONE_HOUR), 1, "there is no agreement 'clod'; did you mean `cloud`?"),
    (("--agreement", "cloud", "--period", "April", *ONE_HOUR), 1, "--period: 'April' is no month; write it like 2026-10"),
    (("--agreement", "cloud", "--period", "2026-13", *ONE_HOUR), 1, "--period: '2026-13' is no month; write it like 2026-10"),
    (("--agreement", "cloud", "--period", "2026-Q2", *ONE_HOUR), 1, "--period: '2026-Q2' is no month; write it like 2026-10"),
    (("--agreement", "cloud", "--target", "uptime", "--period", "2026-04", *ONE_HOUR), 1, "cloud has no target 'uptime'"),
    (("--agreement", "acme", "--target", "complaints", "--period", "2026-04", *ONE_HOUR), 1, "acme/complaints rests on no indicator"),
    (("--agreement", "cloud", "--period", "2026-04"), 2, "Say what was observed: --samples FILE, or --down START/LENGTH once or more."),
    (("--agreement", "cloud", "--period", "2026-04", "--samples", "f.csv", *ONE_HOUR), 2, "give one of the two"),
    (("--agreement", "cloud", "--period", "2026-04", "--down", "2026-04-03T00:00"), 1, "the length is missing"),
    (("--agreement", "cloud", "--period", "2026-04", "--down", "noon/1h"), 1, "--down noon/1h: 'noon' is no time"),
    (("--agreement", "cloud", "--period", "2026-04", "--down", "2026-04-03T00:00/3bd"), 1, "3bd has no fixed length"),
    (("--agreement", "cloud", "--period", "2026-04", "--down", "2026-04-03T00:00/0"), 1, "it does not end after its start"),
    (("--agreement", "cloud", "--period", "2026-04", "--down", "2026-04-03T00:00/1h/130%"), 1, "130% is no share of the users"),
    (("--agreement", "cloud", "--period", "2026-04", *ONE_HOUR, "--when", "custmer=2026-04-03T00:00/1h"), 1, "did you mean `customer`?"),
    (("--agreement", "cloud", "--period", "2026-04", *ONE_HOUR, "--when", "2026-04-03T00:00/1h"), 1, "the reason is missing"),
    (("--agreement", "cloud", "--period", "2026-04", "--samples", "nowhere.csv"), 1, "nowhere.csv cannot be read: No such file"),
    (("--agreement", "cloud", "--period", "2026-04", "--samples", "f.csv", "--slot", "0"), 1, "--slot: a slot lasts at least 1s"),
    (("--agreement", "cloud", "--period", "2026-04", "--samples", "latin.csv"), 1, "latin.csv: line 2 is no UTF-8 text"),
    (("--agreement", "acme", "--target", "p1-response", "--period", "2026-04", *ONE_HOUR), 1, "p1-response is about tickets"),
    (("--agreement", "cloud", "--period", "2026-04", "--samples", "t.csv"), 1, "availability is not about tickets"),
    (("--agreement", "cloud", "--period", "2026-04", "--samples", "f.csv"), 1, "30 errors in f.csv, of which 20 are shown"),
    (("--agreement", "cloud", "--period", "2026-04", *ONE_HOUR, "--fee", "much"), 1, "--fee much: this is no amount; write it like"),
])  # fmt: skip
def test_what_is_wrong_is_said_in_one_sentence(
    run: Run, specs: Callable[[str], None], arguments: tuple[str, ...], status: int, message: str
) -> None:
    Path("f.csv").write_text("time,up\n" + "x,1\n" * 30, encoding="utf-8")
    Path("t.csv").write_text("time,met\n2026-04-02T10:00,1\n", encoding="utf-8")
    Path("latin.csv").write_bytes("time,up\n1,ä\n".encode("latin-1"))
    result = run("evaluate", "a.yaml", *arguments)
    assert result.exit_code == status
    assert message in " ".join(result.output.split())
