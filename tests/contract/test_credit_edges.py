"""Credits at the very edge of each of their rules, against amounts worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest

from slo_gen.contract.credits import Given, Reading, credit
from slo_gen.contract.fees import Fees
from slo_gen.contract.outcome import Interruption
from slo_gen.spec.terms import Bound, Cap, CreditTerms, Fee, Money, Repeat, Tier
from slo_gen.timekeeping.periods import Periods

MONTHS = Periods("month", "UTC")
JUNE = MONTHS.named("2026-06")                   # 30 days, 2 592 000 s
PAID = Fees(Fee(Fraction(1000), "EUR", "month"), MONTHS, JUNE)
UNKNOWN = Fees(None, MONTHS, JUNE)
FLOOR = Bound(">=", Fraction(999, 1000), "%", "99.9%")
LIMIT = Bound("<=", Fraction(3600), "s", "1h")

TENTH = Tier(Bound("<", Fraction(999, 1000), "%", "99.9%"), credit=Fraction(1, 10))
QUARTER = Tier(Bound("<", Fraction(99, 100), "%", "99%"), credit=Fraction(1, 4))
HALF = Tier(Bound("<", Fraction(95, 100), "%", "95%"), credit=Fraction(1, 2))
SCALE = CreditTerms(tiers=(TENTH, QUARTER, HALF))
AMOUNTS = CreditTerms(tiers=(
    Tier(TENTH.when, amount=Money(Fraction(50), "EUR")), Tier(QUARTER.when, amount=Money(Fraction(75), "EUR")),
))  # fmt: skip


def missed(percent: str, target: str = "up", **given: object) -> Reading:
    return replace(Reading(target, FLOOR, Fraction(percent) / 100, missed=True), **given)  # type: ignore[arg-type]


def outage(start: int, seconds: int) -> Interruption:
    return Interruption(JUNE.start + start, JUNE.start + start + seconds, Fraction(seconds))


def words(terms: CreditTerms, readings: Sequence[Reading], fees: Fees = PAID, before: Given | None = None) -> list[str]:
    return [line.words for line in credit(terms, readings, fees, before or Given({})).lines]


# --- one outage ------------------------------------------------------------------------------------------------
def test_the_targets_that_earn_nothing_more_are_named() -> None:
    assert "one outage is counted once: nothing more for a, c" in words(SCALE, [missed("99.5", "a"), missed("94", "b"), missed("98", "c")])


@pytest.mark.parametrize(("first", "second", "amount"), [((0, 60), (60, 60), 350), ((60, 60), (0, 60), 350), ((0, 61), (60, 60), 250)])
def test_an_outage_that_begins_when_another_ends_is_another(first: tuple[int, int], second: tuple[int, int], amount: int) -> None:
    readings = [missed("99.5", "a", interruptions=(outage(*first),)), missed("98", "b", interruptions=(outage(*second),))]
    assert credit(SCALE, readings, PAID).amount == amount


def test_the_larger_of_two_amounts_is_owed_for_one_outage() -> None:
    for readings in ([missed("99.5", "a"), missed("98", "b")], [missed("98", "b"), missed("99.5", "a")]):
        assert credit(AMOUNTS, readings, PAID).amount == 75


def test_what_costs_nothing_is_less_than_half_a_euro() -> None:
    """2592 s are a thousandth of June, 1 EUR; half of it is 0.50 EUR. A quarter of no downtime is nothing."""
    terms = replace(SCALE, of="fee_of_downtime")
    assert credit(terms, [missed("98", "a"), missed("94", "b", downtime=Fraction(2592))], PAID).amount == Fraction(1, 2)


def test_of_two_equal_amounts_the_share_of_the_fee_is_kept() -> None:
    """A quarter of 1000 EUR, and 250 EUR for an outage of more than an hour."""
    long = Tier(Bound(">", Fraction(3600), "s", "1h"), amount=Money(Fraction(250), "EUR"))
    readings = [Reading("longest", LIMIT, Fraction(3601), missed=True), missed("98")]
    found = credit(CreditTerms(tiers=(QUARTER, long)), readings, PAID)
    assert (found.amount, found.share) == (250, Fraction(1, 4))


# --- tiers, and misses that come again -----------------------------------------------------------------------------
@pytest.mark.parametrize(("percent", "amount"), [("99", 250), ("99.0001", 0), ("98", 250)])
def test_a_tier_may_hold_its_bound(percent: str, amount: int) -> None:
    tier = replace(QUARTER, when=Bound("<=", Fraction(99, 100), "%", "99%"))
    assert credit(CreditTerms(tiers=(tier,)), [missed(percent)], PAID).amount == amount


TWICE = (Repeat(2, 2, Fraction(2)),)
TEN_TIMES = CreditTerms(multiplier=Fraction(10), cap=None)
HOUR_DOWN = missed("98", downtime=Fraction(2592), interruptions=(outage(0, 2592),), weight=Fraction(1, 5))


@pytest.mark.parametrize(("terms", "fees", "amount"), [
    (AMOUNTS, PAID, 150),
    (CreditTerms(at_risk=Fraction(1, 10)), PAID, 40),                                           # 2 · 20% of 10% of 1000
    (CreditTerms(at_risk=Fraction(1, 2), of="fee_of_downtime"), PAID, Fraction(1, 5)),          # 2 · 20% of 50% of 1
    (TEN_TIMES, PAID, 20),                                                                      # 2 · 10 · 1
    (replace(TEN_TIMES, cap=Cap(share=Fraction(1, 200), of="interruption")), PAID, 10),         # 2 · no more than 5
    (TEN_TIMES, UNKNOWN, None),
])  # fmt: skip
def test_every_kind_of_credit_is_more_when_missed_again(terms: CreditTerms, fees: Fees, amount: Fraction | None) -> None:
    again = Given({"up": (True,)})
    assert credit(replace(terms, repeat=TWICE), [HOUR_DOWN], fees, again).amount == amount
    assert "up was missed 2 times within 2 periods: 2 times as much" in words(replace(terms, repeat=TWICE), [HOUR_DOWN], fees, again)


def test_a_tier_above_the_objective_is_no_repeated_miss() -> None:
    lenient = Bound(">=", Fraction(95, 100), "%", "95%")
    met = Reading("up", lenient, Fraction(98, 100), missed=False)
    assert credit(replace(SCALE, repeat=TWICE), [met], PAID, Given({"up": (True,)})).amount == 250


def test_once_as_much_is_not_told() -> None:
    terms = replace(SCALE, repeat=(Repeat(2, 2, Fraction(1)),))
    assert words(terms, [missed("98")], PAID, Given({"up": (True,)})) == words(SCALE, [missed("98")])


# --- caps ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("terms", [
    replace(SCALE, cap=Cap(share=Fraction(1, 4))), replace(SCALE, annual_cap=Fraction(1, 48)),
])  # fmt: skip
def test_a_credit_of_just_the_cap_is_not_cut(terms: CreditTerms) -> None:
    found = credit(terms, [missed("98")], PAID)
    assert (found.amount, found.cut, len(found.lines)) == (250, (), 2)


def test_days_are_not_capped_by_a_fee_that_nobody_named() -> None:
    days = CreditTerms(tiers=(Tier(QUARTER.when, days=Fraction(3)),), annual_cap=Fraction(1, 10))
    assert words(days, [missed("98")], UNKNOWN) == ["up: 98% is below 99%: 3 days, 3 days in all", "0.00"]


def test_a_share_of_what_nobody_named_has_no_cap_in_a_year() -> None:
    found = credit(replace(SCALE, of="affected_fee", annual_cap=Fraction(1, 10)), [missed("98")], UNKNOWN)
    assert (found.amount, found.share, found.cut) == (None, Fraction(1, 4), ())


def test_nothing_is_capped_where_nothing_is_owed_and_no_fee_is_known() -> None:
    met = Reading("up", FLOOR, Fraction(1), missed=False)
    assert credit(replace(SCALE, annual_cap=Fraction(1, 10)), [met], UNKNOWN).amount == 0


def test_the_cap_of_the_fee_of_downtime_is_a_share_of_the_whole_period() -> None:
    """Half of a quarter down: half of 4500 EUR is 2250. A tenth of the quarter's 9000 is 900, of a month's 3000 only 300."""
    quarters = Periods("quarter", "UTC")
    second = quarters.named("2026-Q2")
    fees = Fees(Fee(Fraction(9000), "EUR", "quarter"), quarters, second)
    down = missed("50", downtime=Fraction(second.seconds, 2))
    assert credit(replace(SCALE, of="fee_of_downtime", cap=Cap(share=Fraction(1, 10))), [down], fees).amount == 900


def test_a_cap_of_no_time_leaves_nothing() -> None:
    found = credit(replace(SCALE, cap=Cap(seconds=0)), [missed("98")], PAID)
    assert (found.amount, found.lines[1].words) == (0, "no more than the fee of 0s in one period")


# --- roundings and words -----------------------------------------------------------------------------------------
def test_a_credit_is_rounded_to_the_unit_of_its_currency() -> None:
    found = credit(SCALE, [missed("99.5")], replace(PAID, fee=Fee(Fraction(105), "JPY", "month")))
    assert (found.amount, found.paid, found.text) == (Fraction(21, 2), 11, "11 JPY")


def test_a_share_is_told_in_six_decimals() -> None:
    terms = CreditTerms(of="affected_fee", tiers=(replace(TENTH, credit=Fraction("0.123456789")),))
    assert credit(terms, [missed("99")], UNKNOWN).text == "12.345679%"


@pytest.mark.parametrize(("percent", "words"), [
    ("95.001", "up: 95.001% is below 99% and above 95%: 25% of the monthly fee of 1000.00 EUR"),
    ("98.9999", "up: 98.9999% is below 99% and above 95%: 25% of the monthly fee of 1000.00 EUR"),
])  # fmt: skip
def test_a_figure_is_told_between_both_ends_of_its_tier(percent: str, words: str) -> None:
    terms = CreditTerms(tiers=(replace(QUARTER, until=Bound(">", Fraction(95, 100), "%", "95%")),))
    assert credit(terms, [missed(percent)], PAID).lines[0].words == words


@pytest.mark.parametrize(("percent", "words"), [
    ("98.99", "98.99% is below 99.9%: 25% of"), ("98.90015", "98.9002% is below 99.9%: 25% of"),
    ("98.9", "98.9% is below 99.9%: 25%, 2 times of"),
    ("98.8999", "98.8999% is below 99.9%: 25%, 2 times of"), ("97.90004", "97.90004% is below 99.9%: 25%, 2 times of"),
])  # fmt: skip
def test_a_figure_is_told_on_its_side_of_a_step(percent: str, words: str) -> None:
    terms = CreditTerms(tiers=(replace(TENTH, credit=Fraction(1, 4), each=Fraction(1, 100)),), cap=None)
    assert credit(terms, [missed(percent)], PAID).lines[0].words == f"up: {words} the monthly fee of 1000.00 EUR"


def test_less_than_a_second_of_downtime_is_told() -> None:
    found = credit(CreditTerms(multiplier=Fraction(10)), [missed("99", downtime=Fraction(2, 5))], PAID)
    assert found.lines[0].words == "up was missed: 10 times the fee for 0.4s of downtime"
