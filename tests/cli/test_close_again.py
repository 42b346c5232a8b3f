"""Closing a month again: from a server that has forgotten, has moved or is not whole; late; with what is unknown."""

from __future__ import annotations

import json

import pytest
from test_close import MINUTES, House, house, sla, stored

from slo_gen.cli.closing_files import ClosingFiles
from slo_gen.prometheus import Series
from slo_gen.timekeeping.zones import read_instant, zone

__all__ = ["house"]

BERLIN = zone("Europe/Berlin")
RUNS = ", measure: {method: downtime_periods, at_least: 5m, empty: good}"
PRICED = "fee: {amount: 1000, currency: EUR, per: month}\n  credits: {tiers: [{below: 99.9%, credit: 10%}, {below: 99%, credit: 25%}]}"


def recent(days: int, bad: int = 40) -> list[Series]:
    """The month as a server has it that keeps the last ``days`` of it."""
    return stored(bad, range(MINUTES - days * 1440, MINUTES))


# --- a server that forgets ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("days", [15, 0])
def test_figures_outlive_what_the_server_keeps(house: House, days: int) -> None:
    house.close()
    before = house.content()
    house.at("2026-11-12T09:00")
    house.server.series = recent(days)
    told = house.close()
    assert (told.exit_code, "acme 2026-10: unchanged" in told.output) == (0, True)
    share = "48.3%" if days else "0.0%"
    assert (
        f"acme/availability: judged by the facts that 2026-10 was closed with, 100.0% of it; {house.url} has {share} of it now\n"
    ) in told.output
    assert house.content() == before


def test_a_revision_is_judged_by_the_facts_that_stand_beside_the_closing(house: House) -> None:
    house.server.series = stored(60)
    house.close()
    house.close("--final", "--agreed-by", "A. Buyer")
    house.at("2027-10-05T09:00")
    house.server.series = []
    relief = """\
kind: Adjustment
metadata: {name: test}
spec:
  agreement: acme
  span: {from: 2026-10-10T12:00:00+02:00, to: 2026-10-10T12:30:00+02:00}
  reason: a test of theirs
  agreed_by: [{party: customer/acme, by: A. Buyer, date: 2027-10-01}]
---
"""
    house.write(sla("acme"), relief)
    result = house.close("--agreement", "acme", "--revise", "a test of yours", "--agreed-by", "A. Buyer")
    assert result.exit_code == 0, result.output
    closing = house.closing()
    assert [each.judged.targets[0].outcome.counted for each in (*closing.earlier, closing.current)] == [6000, 3000]
    assert closing.current.judged.targets[0].completeness == 1
    assert closing.current.judged.targets[0].facts == closing.earlier[0].judged.targets[0].facts


def test_conditions_that_the_server_has_forgotten_hold_as_they_did(house: House) -> None:
    condition = "count(failover == 1)"
    house.write(sla("acme", target=", exclude: [{when: 'failover == 1', reason: failover test}]"))
    begin = read_instant("2026-10-10T12:00", BERLIN)
    house.server.ranges = {condition: [Series({}, tuple((begin + 60.0 * (minute + 1), 1.0) for minute in range(30)))]}
    house.close()
    assert house.closing().current.judged.targets[0].outcome.excluded == {"failover test": 1800}
    before = house.content()
    house.server.series, house.server.ranges = [], {}
    assert "acme 2026-10: unchanged" in house.close().output
    assert house.content() == before


def test_more_facts_than_before_are_taken(house: House) -> None:
    house.server.series = recent(15)
    house.close()
    house.server.series = stored()
    told = house.close().output
    assert "closed again: target availability: verdict met was not measured" in told or "verdict met was unclear" in told
    assert house.closing().current.judged.targets[0].completeness == 1


def test_facts_of_another_indicator_or_group_are_not_taken_for_it(house: House) -> None:
    house.close()
    house.write(sla("acme").replace("availability, indicator", "other, indicator"))
    house.server.series = []
    house.close()
    assert [(each.target, each.verdict) for each in house.closing().current.judged.targets] == [("other", "not_measured")]


def test_kept_facts_that_are_gone_are_named(house: House) -> None:
    house.close()
    file = next((house.folder / "closings/2026-10/facts").iterdir())
    file.unlink()
    house.server.series = []
    told = house.close()
    assert (told.exit_code, f"{file.relative_to(house.folder)} is missing; acme was closed with it" in told.output) == (1, True)


def test_kept_facts_that_were_changed_judge_nothing(house: House) -> None:
    house.close()
    file = next((house.folder / "closings/2026-10/facts").iterdir())
    file.write_text(file.read_text().replace("100/100", "100/0"))
    assert house.close().exit_code == 0                              # the server has them all, and they are written again
    file.write_text(file.read_text().replace("100/100", "100/0"))
    house.server.series = []
    told = house.close()
    assert (told.exit_code, str(file.relative_to(house.folder)) in told.output) == (1, True)
    assert house.closing().current.judged.targets[0].outcome.counted == 4000


def test_the_day_on_which_it_is_looked_at_changes_no_closing(house: House) -> None:
    house.server.flags = {"storage.tsdb.retention.time": "40d"}
    assert "keeps 40 days" not in house.close().output
    before = house.content()
    house.at("2026-11-12T09:00")
    house.server.build = {"version": "3.9.1", "revision": "def"}
    told = house.close().output
    assert f"acme: {house.url} keeps 40 days, and the period begins before that: what it has dropped is unknown\n" in told
    assert "acme 2026-10: unchanged" in told
    assert house.content() == before


def test_what_is_recorded_after_the_period_neither_chooses_a_replica_nor_changes_a_closing(house: House) -> None:
    house.write(sla("acme", target=RUNS))
    house.at("2026-11-01T00:10")
    short = stored(known=[*range(-1440, 5000), *range(5010, MINUTES + 5)], replica="a")
    house.server.series = [*short, *stored(known=[*range(-1440, 5000), *range(5020, MINUTES + 5)], replica="b")]
    assert 'read from {replica="a"} (44,690 records); also there: {replica="b"} (44,680)\n' in house.close().output
    before = house.content()
    house.at("2026-11-03T00:00")
    house.server.series = [*short, *stored(known=[*range(-1440, 5000), *range(5020, MINUTES + 1440)], replica="b")]
    assert "acme 2026-10: unchanged" in house.close().output
    assert house.content() == before


# --- figures that come late ----------------------------------------------------------------------------------------
def test_nobody_can_object_to_figures_before_they_are_there(house: House) -> None:
    """Its report was due on November 6, and objections would have run until the 16th."""
    house.at("2026-11-26T09:00")
    assert "acme 2026-10: closed (provisional until 2026-12-06 09:00 CET)" in house.close().output
    house.at("2026-12-06T08:59")
    assert "unchanged (provisional until" in house.close().output
    house.at("2026-12-06T09:00")
    assert "is final now" in house.close().output


def test_until_the_report_is_due_the_days_run_from_there(house: House) -> None:
    house.at("2026-11-05T23:59")
    assert "acme 2026-10: closed (provisional until 2026-11-16 00:00 CET)" in house.close().output


# --- what is unknown -----------------------------------------------------------------------------------------------
def test_what_is_unknown_is_taken_neither_for_good_nor_for_no_credit(house: House) -> None:
    house.write(sla("acme", more=PRICED))
    house.server.series = stored(40, [minute for minute in range(-3, MINUTES + 3) if minute not in range(2000, 2100)])
    told = house.close().output
    assert "unclear at least 99.9% 99.69% to 99.91%" in " ".join(told.split())
    assert "acme: credit: 0.00 EUR for certain, or up to 100.00 EUR if all that is unknown was bad\n" in told
    assert house.closing().current.judged.targets[0].attained == "99.69% to 99.91%"
    house.server.series = stored(40)
    assert "attained 99.91% was 99.69% to 99.91%, 0 seconds unknown were 6000" in house.close().output


def test_a_miss_may_be_worse_than_it_is_known_to_be(house: House) -> None:
    house.write(sla("acme", more=PRICED))
    house.server.series = stored(60, range(-3, MINUTES - 1000))
    told = house.close().output
    assert "credit: 100.00 EUR for certain, or up to 250.00 EUR if all that is unknown was bad\n" in told
    house.server.series = stored(60)
    assert "for certain" not in house.close().output


def test_a_miss_that_is_allowed_is_not_told_as_a_credit_that_may_be(house: House) -> None:
    house.write(sla("acme", more=PRICED, target=", misses: {allowed: 1, of: 3}"))
    house.server.series = stored(40, [minute for minute in range(-3, MINUTES + 3) if minute not in range(2000, 2100)])
    assert "for certain" not in house.close().output


def test_what_is_paid_is_told_once(house: House) -> None:
    house.write(sla("acme", more=PRICED))
    house.server.series = stored(60)
    assert [line for line in house.close().output.splitlines() if "credit" in line] == [
        "acme: credit: availability: 99.87% is below 99.9%: 10% of the monthly fee of 1000.00 EUR", "acme: credit of 100.00 EUR",
    ]


def test_a_credit_of_the_same_amount_is_no_change(house: House) -> None:
    house.write(sla("acme", more=PRICED))
    house.server.series = stored(60)
    house.close()
    house.server.series = stored(70)
    told = house.close().output
    assert "7000 events counted were 6000" in told
    assert "EUR was" not in told


def test_of_a_running_period_nothing_is_owed(house: House) -> None:
    house.write(sla("acme", more=PRICED))
    house.server.series = stored(60)
    house.at("2026-10-20T00:00")
    told = house.close("--running")
    assert ("missed" in told.output, "credit" in told.output) == (True, False)
    assert json.loads(house.close("--running", "--json").output)[0]["credit"] is None
    house.at("2026-11-02T09:00")
    assert "acme: credit of 100.00 EUR\n" in house.close().output


# --- servers that do not say all -----------------------------------------------------------------------------------
def test_a_part_of_the_facts_judges_nothing(house: House) -> None:
    house.server.warnings = ["store 10.0.0.7:10901 did not answer"]
    told = house.close()
    assert (told.exit_code, house.files()) == (1, ["specs/shop.yaml"])
    assert f"acme: {house.url} has only a part of the answer now: store 10.0.0.7:10901 did not answer\n" in told.output


def test_a_server_that_does_not_say_who_it_is_is_told_once(house: House) -> None:
    house.write(*(sla(f"customer-{number}") for number in range(5)))
    house.server.build = "a login page"
    told = house.close()
    assert (told.exit_code, told.output.count(house.url), told.output.count("slo-gen:")) == (1, 1, 1)


# --- runs that break off, and arguments that say nothing -----------------------------------------------------------
def test_the_breach_is_there_before_the_closing_that_names_it(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that was killed between the two would never write it: the closing has not changed when it is made again."""

    def full(*_: object) -> bool:
        raise OSError(28, "No space left on device")

    house.server.series = stored(60)
    with monkeypatch.context() as patched:
        patched.setattr(ClosingFiles, "write", full)
        assert "No space left on device" in house.close().output
    assert [name for name in house.files() if "breach" in name] == ["specs/records/breach-acme-availability-2026-10.yaml"]
    assert house.close().exit_code == 0
    assert house.run("check", "specs").exit_code == 0


@pytest.mark.parametrize(("period", "named"), [
    ("{length: week}", "2026-w41"), ("{rolling: 7d}", "7d-2026-10-10"), ("{length: month}", "2026-10"),
])
def test_a_breach_of_any_period_is_a_document(house: House, period: str, named: str) -> None:
    house.write(sla("acme", more=f"period: {period}", target=""))
    house.server.series = stored(900, range(-45_000, MINUTES + 3))
    assert house.close().exit_code == 0
    assert f"specs/records/breach-acme-availability-{named}.yaml" in house.files()
    checked = house.run("check", "specs")
    assert (checked.exit_code, "error" in checked.output) == (0, False)
    assert house.close().exit_code == 0


def test_what_is_blank_says_nothing(house: House) -> None:
    house.close()
    for arguments, told in (
        (("--dispute", "  "), "--dispute needs a reason."),
        (("--revise", " ", "--agreed-by", "A. Buyer"), "--revise needs a reason."),
        (("--revise", "a test", "--agreed-by", "  "), "say who with --agreed-by."),
    ):
        refused = house.close("--agreement", "acme", *arguments)
        assert (refused.exit_code, told in refused.output) == (2, True)
    house.close("--agreement", "acme", "--dispute", "too much")
    assert house.close("--final", "--agreed-by", " ").exit_code == 1
    assert house.closing().state == "disputed"


def test_remarks_are_in_the_json(house: House) -> None:
    house.server.flags = {"storage.tsdb.retention.time": "15d"}
    (found,) = json.loads(house.close("--json").output)
    assert found["remarks"] == [f"acme: {house.url} keeps 15 days, and the period begins before that: what it has dropped is unknown"]
