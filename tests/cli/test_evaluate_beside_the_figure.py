"""``slo-gen evaluate``: what stands beside the figure, and where a figure may not be rounded to."""

from __future__ import annotations

import json
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
kind: Maintenance
metadata: {name: work}
spec: {services: [database], windows: [{from: 2026-04-08T02:00, to: 2026-04-08T06:00}], reason: work}
---
kind: UC
metadata: {name: cloud}
spec:
  supplier: bigcloud
  service: database
  state: active
  period: {length: month, timezone: UTC}
"""

OF_CREDITS = """\
  fee: {amount: 100, currency: USD, per: month}
  credits: {tiers: [{below: 99.9%, credit: 10%}, {below: 99%, credit: 25%}]}
"""


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def with_target(target: str, more: str = "") -> None:
    """The supplier's agreement with one target."""
    Path("a.yaml").write_text(f"{SPECS}  targets: [{target}]\n{more}", encoding="utf-8")


def evaluated(run: Run, *arguments: str) -> dict[str, object]:
    result = run("evaluate", "a.yaml", "--agreement", "cloud", *arguments, "--json")
    assert result.exit_code == 0, result.output
    target: dict[str, object] = json.loads(result.stdout)["targets"][0]
    return target


def minutes(number: int, cell: Callable[[int], str], columns: str = "time,up") -> None:
    begin = 1_775_001_600                        # 2026-04-01T00:00Z
    Path("f.csv").write_text(f"{columns}\n" + "".join(f"{begin + 60 * n},{cell(n)}\n" for n in range(number)), encoding="utf-8")


def words(run: Run, *arguments: str, period: str = "2026-04") -> str:
    result = run("evaluate", "a.yaml", "--agreement", "cloud", "--period", period, *arguments)
    assert result.exit_code == 0, result.output
    return result.output


def test_down_time_and_minutes_are_the_same_share_of_what_counts(run: Run) -> None:
    """43 minutes of 43200 are 99.9005 %; of the 42960 without the maintenance they are 99.8999 %."""
    with_target("{name: availability, indicator: probe, objective: at least 99.9%, exclude: [maintenance]}")
    minutes(43_200, lambda n: str(int(not 20_000 <= n < 20_043)))
    told = evaluated(run, "--period", "2026-04", "--down", "2026-04-14T21:20/43m")
    counted = evaluated(run, "--period", "2026-04", "--samples", "f.csv")
    assert (told["verdict"], told["attained_exact"], told["of"]) == ("missed", "42917/42960", str(42_960 * 60))
    assert (counted["verdict"], counted["attained_exact"], counted["of"]) == ("missed", "42917/42960", "42960")
    assert "The whole is the time that counts." in words(run, "--down", "2026-04-14T21:20/43m", "--explain")


@pytest.mark.parametrize(("down", "attained", "credit"), [
    ("25921s", "98.99996%", "25.00"), ("25920s", "99.00%", "10.00"), ("2592s", "99.90%", "0.00"), ("1297s", "99.94996%", "0.00"),
])  # fmt: skip
def test_a_figure_is_on_the_right_side_of_all_that_it_decides(
    run: Run, down: str, attained: str, credit: str
) -> None:
    """Objective, expected level, and the scale of the credits: 25921 s of 30 days are a second too many for the first tier."""
    with_target(
        "{name: availability, indicator: probe, objective: at least 99.9%, expected: 99.95%, measure: {method: downtime_minutes}}",
        OF_CREDITS,
    )
    found = evaluated(run, "--period", "2026-04", "--down", f"2026-04-14T21:20/{down}")
    assert found["attained"] == attained
    assert f"  credit  {credit} USD" in words(run, "--down", f"2026-04-14T21:20/{down}")


@pytest.mark.parametrize(("seconds", "attained"), [
    (51_839, "98.00004%"), (51_840, "98.00%"), (51_841, "97.99996%"), (129_600, "95.00%"), (129_601, "94.99996%"),
])  # fmt: skip
def test_steps_of_a_scale_and_rights_to_end_it_are_levels_too(run: Run, seconds: int, attained: str) -> None:
    """2% of the 2592000 seconds are 51840, one full step below 99%; 5% are 129600, and below that it may be ended."""
    with_target(
        "{name: availability, indicator: probe, objective: at least 99.9%, measure: {method: downtime_minutes}}",
        "  credits: {tiers: [{below: 99%, days: 1, for_each: 1%}], paid_as: extension}\n  termination: [{below: 95%}]\n",
    )
    assert evaluated(run, "--period", "2026-04", "--down", f"2026-04-14T21:20/{seconds}s")["attained"] == attained


def test_an_expected_level_is_reported_and_no_breach(run: Run) -> None:
    with_target("{name: availability, indicator: probe, objective: at least 99%, expected: 99.95%, measure: {method: downtime_minutes}}")
    assert "  expected    at least 99.95%: missed\n" in words(run, "--down", "2026-04-14T21:20/1h")
    assert "   Expected: at least 99.95%: met.\n" in words(run, "--down", "2026-04-14T21:20/21m36s", "--explain")
    found = evaluated(run, "--period", "2026-04", "--down", "2026-04-14T21:20/21m37s")
    assert (found["verdict"], found["breach"]) == ("met", False)
    assert found["expected"] == {"text": "at least 99.95%", "op": ">=", "value": "1999/2000", "unit": "%", "verdict": "missed"}


def test_an_expected_level_in_minutes_and_of_tickets(run: Run) -> None:
    with_target("{name: down, indicator: probe, objective: at most 90m, expected: at most 45m, measure: {method: downtime_minutes}}")
    assert "  expected    at most 45m: missed\n" in words(run, "--down", "2026-04-14T21:20/46m")
    with_target("", "  tickets: {matrix: {columns: [hours, response, share], P1: [24x7, 15m, [95%, 90%]]}}\n")
    Path("t.csv").write_text("time,met\n" + "".join(f"2026-04-{day:02},{int(day > 1)}\n" for day in range(1, 13)), encoding="utf-8")
    found = evaluated(run, "--target", "p1-response", "--period", "2026-04", "--samples", "t.csv")
    assert (found["verdict"], found["attained_exact"]) == ("met", "11/12")
    assert found["expected"] == {"text": "at least 95%", "op": ">=", "value": "19/20", "unit": "%", "verdict": "missed"}


ONLY_IF = "25.00 USD (only if availability was missed before: "


@pytest.mark.parametrize(("terms", "period", "why", "credit"), [
    ("misses: {allowed: 1, of: 3}", "2026-04", "1 of 3 periods may be missed; `slo-gen close` knows the earlier ones", ONLY_IF),
    ("misses: {allowed: 2, of: 3, contiguous: true}", "2026-04", "2 in a row of 3 periods may be missed; `slo-gen close` knows", ONLY_IF),
    ("grace: 2mo", "2026-04", "the agreement began on 2026-03-01, and misses in the first 2mo are none", "0.00 USD\n"),
    ("grace: 2mo", "2026-05", "", "25.00 USD\n"),
])  # fmt: skip
def test_a_miss_that_may_be_no_breach_says_so_beside_its_credit(run: Run, terms: str, period: str, why: str, credit: str) -> None:
    with_target(
        f"{{name: availability, indicator: probe, objective: at least 99%, {terms}, measure: {{method: downtime_minutes}}}}",
        OF_CREDITS + "  term: {from: 2026-03-01, length: 12mo}\n",
    )
    down = ("--down", f"{period}-14T21:20/8h")
    assert evaluated(run, "--period", period, *down)["breach"] is (not why)
    output = words(run, *down, period=period)
    assert f"  credit  {credit}" in output
    assert ("no breach" in output, why in output) == (bool(why), True)


def test_what_is_unknown_of_events_is_a_time(run: Run) -> None:
    with_target("{name: availability, indicator: probe, objective: at least 99%}")
    minutes(43_200, lambda n: "," if n < 90 else "9,10", "time,good,total")
    assert "  unknown     1h30m\n" in words(run, "--samples", "f.csv")
    assert "   About 1h30m nothing is known.\n" in words(run, "--samples", "f.csv", "--explain")
    found = evaluated(run, "--period", "2026-04", "--samples", "f.csv")
    assert (found["unit"], found["unknown"], found["unknown_unit"]) == ("events", "5400", "seconds")


def test_results_that_are_not_decided_are_counted(run: Run) -> None:
    with_target("", "  tickets: {matrix: {columns: [hours, response, share], P1: [24x7, 15m, 95%]}}\n")
    Path("t.csv").write_text("time,met\n2026-04-02,1\n2026-04-03,\n", encoding="utf-8")
    assert "  unknown      1 result\n" in words(run, "--samples", "t.csv")
    found = evaluated(run, "--period", "2026-04", "--samples", "t.csv")
    assert (found["unknown"], found["unknown_unit"]) == ("1", "results")


def test_time_without_events_is_told_where_it_makes_a_figure_uncertain(run: Run) -> None:
    with_target("{name: availability, indicator: probe, objective: at least 99.9%, measure: {method: downtime_minutes}}")
    minutes(43_200, lambda n: "0,0" if n < 60 else "10,10", "time,good,total")
    output = words(run, "--samples", "f.csv")
    assert "  attained        100.00%, between 99.86% and 100.00%\n" in output
    assert "  without events  1h\n  may be bad      43m12s, 43m12s left\n" in output
    assert "   In 1h there were no events, so that nobody knows how it was.\n" in words(run, "--samples", "f.csv", "--explain")
    assert evaluated(run, "--period", "2026-04", "--samples", "f.csv")["without_events"] == "3600"


@pytest.mark.parametrize(("down", "ending", "projection"), [
    (21, "at the present rate it ends with 42m bad and 99.903%, which would be met", ("open", "35/36", "2520", "7193/7200", False)),
    (22, "at the present rate it ends with 44m bad and 99.898%, which would be missed", ("open", "55/54", "2640", "10789/10800", True)),
    (44, "missed whatever comes", ("certainly_lost", "55/27", "5280", "5389/5400", True)),
])  # fmt: skip
def test_facts_that_end_early_say_how_the_period_would_end(
    run: Run, down: int, ending: str, projection: tuple[str, str, str, str, bool]
) -> None:
    """Half of the month is known. 43 minutes and 12 seconds may be bad."""
    with_target("{name: availability, indicator: probe, objective: at least 99.9%, measure: {method: downtime_minutes}}")
    minutes(21_600, lambda n: str(int(n >= down)))
    assert f"  so far      the facts end on 2026-04-16 00:00 UTC; {ending}\n" in words(run, "--samples", "f.csv")
    found = evaluated(run, "--period", "2026-04", "--samples", "f.csv")["projection"]
    assert isinstance(found, dict)
    assert found["until"] == "2026-04-16T00:00:00Z"
    assert tuple(found[name] for name in ("certainty", "burn", "expected", "figure", "at_risk")) == projection


def test_an_agreement_that_is_not_in_force_is_not_measured(run: Run) -> None:
    with_target(
        "{name: availability, indicator: probe, objective: at least 99.9%, measure: {method: downtime_minutes}}",
        "  term: {from: 2026-04-16, length: 12mo}\n",
    )
    assert "  verdict   not measured: the agreement is not in force\n" in words(run, "--down", "2026-03-14T21:20/1h", period="2026-03")
    told = words(run, "--down", "2026-04-24T21:20/1h", "--explain")
    assert "   The agreement is in force from 2026-04-16 00:00 UTC to 2026-05-01 00:00 UTC, 360h of the period.\n" in told


def test_the_longest_and_the_number_of_outages_in_words(run: Run) -> None:
    with_target("{name: longest, longest: {of: outage, indicator: probe}, objective: at most 60m}")
    told = words(run, "--down", "2026-04-30T23:30/61m", "--explain")
    assert "   The figure is the longest time without a break, with what of it lies beyond the edges of the period.\n" in told
    assert "     2026-04-30 23:30 UTC to 2026-05-01 00:31 UTC, 1h1m\n" in told
    assert "The whole is" not in told
    with_target("{name: number, count: {of: outages, indicator: probe}, objective: at most 1, measure: {at_least: 5m}}")
    told = words(run, "--down", "2026-04-03T10:00/5m", "--down", "2026-04-04T10:00/4m", "--explain")
    assert "   The figure is how often it was down for a time that lies in the period, in whole or in part.\n" in told
    assert "     2026-04-04 10:00 UTC to 2026-04-04 10:04 UTC, 4m, which does not count\n" in told


def test_intervals_of_down_time_and_causes_that_nothing_is_excluded_for(run: Run) -> None:
    with_target(
        "{name: availability, indicator: probe, objective: at least 99.9%, exclude: [customer], "
        "measure: {method: unavailable_intervals, interval: 5m, down_when: more than 10% errors}}"
    )
    told = words(run, "--down", "2026-04-03T10:01/30s/customr", "--down", "2026-04-03T11:01/31s", "--explain")
    assert "   An interval of 5m is down as a whole when more than 10% of it was.\n" in told
    assert "   Not excluded: outages of the cause customr; the target does not exclude it.\n" in told
    assert "   It was down once:\n     2026-04-03 11:00 UTC to 2026-04-03 11:05 UTC, 5m\n" in told


def test_a_cause_that_is_almost_an_excluded_one_is_told_and_any_other_word_is_not(run: Run) -> None:
    with_target("{name: availability, indicator: probe, objective: at least 99.9%, exclude: [customer]}")
    causes = ["customr", "customer", "disk full"]
    spans = [part for number, cause in enumerate(causes) for part in ("--down", f"2026-04-03T1{number}:00/5m/{cause}")]
    result = run("evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-04", *spans)
    assert result.stderr == "slo-gen: outages of the cause 'customr' count, as cloud excludes nothing for it; did you mean `customer`?\n"
    assert "  counted             10m bad of 719h55m\n" in result.stdout


def test_facts_are_samples_or_down_time(run: Run) -> None:
    with_target("{name: availability, indicator: probe, objective: at least 99.9%}")
    minutes(2, lambda _: "1")
    result = run("evaluate", "a.yaml", "--agreement", "cloud", "--period", "2026-04", "--samples", "f.csv", "--down", "2026-04-03T10:00/5m")
    assert result.exit_code == 2
    assert result.stderr.endswith("Error: --samples and --down both say what was observed; give one of the two.\n")


def test_days_are_no_amount_of_money_and_nothing_is_not_either(run: Run) -> None:
    """50 minutes of the 43200 of April are 99.884 %, below 99.9 %; 40 minutes are 99.907 %."""
    with_target(
        "{name: availability, indicator: probe, objective: at least 99.9%}",
        "  credits: {tiers: [{below: 99.9%, days: 7}], paid_as: extension}\n",
    )
    for fee in ([], ["--fee", "100 USD"]):
        assert words(run, "--down", "2026-04-03T10:00/50m", *fee).endswith("cloud in 2026-04\n  credit  7 days\n")
        told = words(run, "--down", "2026-04-03T10:00/50m", "--explain", *fee)
        assert told.endswith("   availability: 99.88% is below 99.9%: 7 days, 7 days in all\n")
    assert words(run, "--down", "2026-04-03T10:00/40m").endswith("  credit  none\n")
    assert words(run, "--down", "2026-04-03T10:00/40m", "--fee", "100 USD").endswith("  credit  0.00 USD\n")
    assert words(run, "--down", "2026-04-03T10:00/40m", "--explain").endswith("   no target earns a credit\n")


@pytest.mark.parametrize(("terms", "columns", "cell", "rows", "sentences"), [
    # two of 43200 minutes were seen, one of them down; the other 43198 (719h58m) are taken for down
    ("measure: {method: downtime_minutes, unknown: bad}", "time,up", ("1", "0"), [
        "counted     719h59m bad of 720h", "was bad     1m, as far as it was seen", "unknown     719h58m, taken for bad",
    ], ["It was down, or not seen and taken for down, once:", "In all 1m were bad, as far as it was seen; 719h59m count.",
        "About 719h58m nothing is known; it is taken for bad."]),
    # 20 events seen; each of 43198 minutes is reckoned with 10
    ("measure: {unknown: bad}", "time,good,total", ("9,10", "10,10"), [
        "counted     431981 events bad of 432000 events", "was bad     1 event, as far as it was seen",
    ], ["1 event bad, as far as it was seen; 431981 events count.", "It is reckoned with as many events as the busiest slot had."]),
    ("measure: {unknown: bad}", "time,good,total", ("10,10", "10,10"), ["counted     431980 events bad of 432000 events"], [
        "Nothing was bad, as far as it was seen; 431980 events count.",
    ]),
    # half of an interval of two minutes is down, which is more than 10%; its other half is taken for good, and all of it is down
    ("measure: {method: downtime_minutes, interval: 2m, unknown: good, down_when: more than 10% errors}", "time,up", ("0",), [
        "counted     2m bad of 720h", "was bad     1m, as far as it was seen", "unknown     719h59m, taken for good",
    ], ["In all 1m were bad, as far as it was seen; 2m count.", "About 719h59m nothing is known; it is taken for good."]),
    ("measure: {method: downtime_minutes, unknown: excluded}", "time,up", ("1", "0"), [
        "counted     1m bad of 2m", "unknown     719h58m, left out",
    ], ["About 719h58m nothing is known; it is left out."]),
])  # fmt: skip
def test_what_is_taken_for_bad_was_not_seen_to_be(
    run: Run, terms: str, columns: str, cell: tuple[str, ...], rows: list[str], sentences: list[str]
) -> None:
    """More counts than was seen to be bad: nothing is left out, least of all less than nothing."""
    with_target(f"{{name: availability, indicator: probe, objective: at least 99%, {terms}}}")
    minutes(len(cell), lambda n: cell[n], columns)
    told, way = words(run, "--samples", "f.csv"), words(run, "--samples", "f.csv", "--explain")
    assert [row for row in rows if f"  {row}\n" not in told] == []
    assert [sentence for sentence in sentences if f"   {sentence}\n" not in way] == []
    assert "not counted" not in told
    left = None if "excluded" not in terms else "0"
    assert evaluated(run, "--period", "2026-04", "--samples", "f.csv")["uncounted"] == left


def test_what_is_left_out_is_told_where_all_was_seen_whatever_is_made_of_the_unknown(run: Run) -> None:
    """Down from 05:59 to 06:01 on the 8th, and the maintenance ends at 06:00: a minute of two does not count."""
    with_target(
        "{name: availability, indicator: probe, objective: at least 99%, exclude: [maintenance], "
        "measure: {method: downtime_minutes, unknown: bad}}"
    )
    down = 7 * 1440 + 359
    minutes(43_200, lambda n: str(int(n not in (down, down + 1))))
    assert "  not counted            1m of 2m that were bad\n" in words(run, "--samples", "f.csv")
    assert "In all 2m were bad; 1m count.\n" in words(run, "--samples", "f.csv", "--explain")
    assert evaluated(run, "--period", "2026-04", "--samples", "f.csv")["uncounted"] == "60"


def test_what_is_unknown_of_events_is_reckoned_with_the_busiest_slot(run: Run) -> None:
    """Two minutes of 10 and 9 events were seen; 43198 more may have had 10 each: 431980, all good or all bad."""
    with_target("{name: errors, indicator: probe, objective: at most 50%}")
    minutes(2, lambda n: ("9,10", "9,9")[n], "time,good,total")
    way = words(run, "--samples", "f.csv", "--explain")
    assert "   The figure is the share of events that were bad.\n" in way
    assert "   About 719h58m nothing is known.\n   It is reckoned with at most as many events as the busiest slot had.\n" in way
    found = evaluated(run, "--period", "2026-04", "--samples", "f.csv")
    assert (found["lower"], found["upper"]) == (
        {"text": "0.0002%", "exact": "1/431999"}, {"text": "99.996%", "exact": "431981/431999"},
    )  # fmt: skip


def test_no_fraction_is_longer_than_anybody_can_use(run: Run) -> None:
    """A bad event in each of 150 minutes of 1001, 1002 and so on: the sum of 1/1001 to 1/1150 has hundreds of digits."""
    with_target(
        "{name: availability, indicator: probe, objective: at least 99.9999%, "
        "measure: {method: weighted_downtime, weight: hit, unknown: good}}",
        "  fee: {amount: 100, currency: USD, per: month}\n  credits: {multiplier: 10}\n",
    )
    minutes(150, lambda n: f"{1000 + n},{1001 + n}", "time,good,total")
    shown = words(run, "--samples", "f.csv", "--json")
    assert max(len(word) for word in shown.split('"')) <= 200
    document = json.loads(shown)
    assert document["targets"][0]["attained_exact"].startswith("about 0.99999676")
    assert document["credit"]["certain"]["amount"].startswith("about 0.0032337")
    assert max(len(line) for line in words(run, "--samples", "f.csv", "--explain").splitlines()) < 140


def test_a_distance_too_small_to_show_is_no_more_than_nothing(run: Run) -> None:
    """One bad event of 2 * 10**15 beyond the 10**12 that may be: half of what twelve decimals show."""
    with_target("{name: availability, indicator: probe, objective: at least 99.9%}")
    Path("f.csv").write_text(f"time,bad,total\n2026-04-01T00:00,{2 * 10**12 + 1},{2 * 10**15}\n", encoding="utf-8")
    told = words(run, "--samples", "f.csv", "--slot", "30d")
    assert "  attained    <99.9%" in told
    assert "  verdict     missed by less than 0.000000000001 percentage points\n" in told


@pytest.mark.parametrize(("timezone", "period", "lasts", "change"), [
    # Paraguay set its clocks forward at midnight from September to October 2023
    ("America/Asuncion", "2023-09", "720h", ""), ("America/Asuncion", "2023-10", "743h", "On 2023-10-01 clocks were set forward by 1h."),
    ("America/Havana", "2026-11", "721h", "On 2026-11-01 clocks were set back by 1h."), ("America/Havana", "2026-10", "744h", ""),
    ("Australia/Lord_Howe", "2026-04", "720h30m", "On 2026-04-05 clocks were set back by 30m."),
    ("Australia/Lord_Howe", "2026-10", "743h30m", "On 2026-10-04 clocks were set forward by 30m."),
    ("Europe/Berlin", "2026-10", "745h", "On 2026-10-25 clocks were set back by 1h."),
])  # fmt: skip
def test_a_change_of_clocks_belongs_to_the_period_that_it_makes_longer_or_shorter(
    run: Run, timezone: str, period: str, lasts: str, change: str
) -> None:
    with_target("{name: availability, indicator: probe, objective: at least 99.9%}")
    text = Path("a.yaml").read_text(encoding="utf-8")
    Path("a.yaml").write_text(text.replace("timezone: UTC", f"timezone: {timezone}"), encoding="utf-8")
    way = words(run, "--down", f"{period}-10T00:00/1m", "--explain", period=period).splitlines()
    assert any(line.startswith(f"   It lasts {lasts}, that is ") for line in way)
    assert [line for line in way if "clocks were set" in line] == ([f"   {change}"] if change else [])


def test_deadlines_beyond_all_time_and_outages_of_a_mistyped_year(run: Run) -> None:
    with_target(
        "{name: availability, indicator: probe, objective: at least 99.9%, measure: {method: downtime_minutes}}",
        "  credits: {tiers: [{below: 99.9%, days: 7}]}\n  claim: {submit: {within: 7d, after: incident_end}}\n",
    )
    specs = Path("a.yaml").read_text(encoding="utf-8").replace("timezone: UTC", "timezone: America/New_York")
    Path("a.yaml").write_text(specs, encoding="utf-8")
    for period, down, message in (
        ("2298-12", "2298-12-30T00:00/2299-12-30T00:00",
         "by when an outage must be told and claimed cannot be said: the time is not between the years 1900 and 2300"),
        ("2026-04", "2026-04-03T10:00/2206-04-03T11:00",
         "--down 2026-04-03T10:00/2206-04-03T11:00: it lasts for more than ten years; look at the year that is written"),
    ):  # fmt: skip
        result = run("evaluate", "a.yaml", "--agreement", "cloud", "--period", period, "--down", down)
        assert (result.exit_code, result.stdout, result.stderr) == (1, "", f"slo-gen: {message}\n")
