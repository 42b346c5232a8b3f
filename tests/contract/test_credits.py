"""Credits of every kind, against amounts worked out by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo_gen.contract.credits import Given, Reading, credit, earned_back, exposure, reading
from slo_gen.contract.fees import FeeError, Fees, fee_of
from slo_gen.contract.money import amount_text, rounded
from slo_gen.contract.outcome import Interruption, Outcome, Verdict
from slo_gen.spec.model import AgreementTarget, Origin
from slo_gen.spec.terms import Bound, Cap, CreditTerms, EarnBack, Fee, Money, Repeat, Tier
from slo_gen.timekeeping.periods import Periods, RollingDays

MONTHS = Periods("month", "Europe/Berlin")
JUNE = MONTHS.named("2026-06")
FLOOR = Bound(">=", Fraction("0.999"), "%", "at least 99.9%")


def below(text: str, credit: str | None = None, op: str = "<", **given: object) -> Tier:
    assert op in ("<", "<=")
    when = Bound(op, Fraction(text.rstrip("%")) / 100, "%", text)
    return replace(Tier(when, credit=Fraction(credit.rstrip("%")) / 100 if credit else None), **given)  # type: ignore[arg-type]


SCALE = (below("99.9%", "10%"), below("99%", "25%"), below("95%", "50%"))


def fees(
    amount: str = "1000", currency: str = "EUR", per: str = "month", periods: Periods | RollingDays = MONTHS, name: str = "2026-06"
) -> Fees:
    assert per in ("month", "quarter", "year")
    return Fees(Fee(Fraction(amount), currency, per), periods, periods.named(name))


def read(figure: str, target: str = "up", **given: object) -> Reading:
    ratio = Fraction(figure.rstrip("%")) / 100
    return replace(Reading(target, FLOOR, ratio, missed=not FLOOR.holds(ratio)), **given)  # type: ignore[arg-type]


def outage(start: int, minutes: int) -> Interruption:
    return Interruption(start, start + minutes * 60, Fraction(minutes * 60))


# --- readings ------------------------------------------------------------------------------------------------
def promise(direction: str, objective: str) -> AgreementTarget:
    assert direction in ("at least", "at most")
    return AgreementTarget("up", "answers", direction, Fraction(objective), objective, None, Origin("a.yaml", 1, 1), weight=Fraction(2, 5))


def came_to(lower: str | None, upper: str | None, verdict: Verdict = "unclear", **given: object) -> Outcome:
    low, high = (None if text is None else Fraction(text) for text in (lower, upper))
    outcome = Outcome("up", 0, 1000, verdict, None, low, high, Fraction(50), Fraction(60), Fraction(1000), "seconds",
                      interruptions=(outage(0, 1),))
    return replace(outcome, **given)  # type: ignore[arg-type]


@pytest.mark.parametrize(("direction", "worst", "figure", "missed"), [
    ("at least", False, "0.95", False),
    ("at least", True, "0.85", True),
    ("at most", False, "0.85", False),
    ("at most", True, "0.95", True),
])
def test_what_is_unknown_is_read_at_its_best_or_at_its_worst(direction: str, worst: bool, figure: str, missed: bool) -> None:
    target = promise(direction, "0.9")
    of = reading(target, came_to("0.85", "0.95"), worst=worst)
    assert of == Reading("up", target.bound, Fraction(figure), missed, Fraction(50), (outage(0, 1),), Fraction(2, 5))
    if not worst:
        assert reading(target, came_to("0.85", "0.95")) == of


@pytest.mark.parametrize("outcome", [came_to("0.5", "0.5", "not_measured"), came_to(None, None)])
def test_nothing_is_missed_where_nothing_was_measured(outcome: Outcome) -> None:
    of = reading(promise("at least", "0.9"), outcome)
    assert (of.figure, of.missed) == (None, False)


def test_an_open_end_leaves_the_other() -> None:
    assert reading(promise("at least", "0.9"), came_to("0.5", None)).figure == Fraction(1, 2)
    assert reading(promise("at least", "0.9"), came_to(None, "0.5"), worst=True).figure == Fraction(1, 2)


def test_an_excused_miss_earns_nothing_and_has_no_figure() -> None:
    of = reading(promise("at least", "0.9"), came_to("0.5", "0.5", "missed"), excused=True)
    assert (of.figure, of.missed, of.downtime) == (None, False, 50)


def test_events_are_no_downtime() -> None:
    assert reading(promise("at least", "0.9"), came_to("0.5", "0.5", "missed", unit="events")).downtime == 0


# --- tiers ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("figure", "paid"), [
    ("100", "0.00 EUR"), ("99.9", "0.00 EUR"), ("99.8999999", "100.00 EUR"), ("99", "100.00 EUR"), ("98.99", "250.00 EUR"),
    ("95", "250.00 EUR"), ("94.999", "500.00 EUR"), ("0", "500.00 EUR"),
])  # fmt: skip
def test_the_largest_tier_that_is_reached_holds(figure: str, paid: str) -> None:
    assert credit(CreditTerms(tiers=SCALE), [read(figure)], fees()).text == paid


@pytest.mark.parametrize(("figure", "paid"), [
    ("99.9", "100.00 EUR"), ("99.0000001", "100.00 EUR"), ("99", "0.00 EUR"), ("98.9999", "250.00 EUR"),
])  # fmt: skip
def test_a_figure_in_the_hole_of_a_scale_earns_nothing(figure: str, paid: str) -> None:
    hole = below("99.9%", "10%", "<=", until=Bound(">", Fraction("0.99"), "%", "99%"))
    assert credit(CreditTerms(tiers=(hole, below("99%", "25%"))), [read(figure)], fees()).text == paid


@pytest.mark.parametrize(("figure", "days"), [("99.2", 0), ("99", 0), ("98.9", 1), ("98", 2), ("97.2", 2), ("97", 3), ("96.5", 3)])
def test_days_for_each_full_point_below_a_bound(figure: str, days: int) -> None:
    terms = CreditTerms(tiers=(below("99%", days=Fraction(1), each=Fraction(1, 100)),), paid_as="extension")
    found = credit(terms, [read(figure)], fees())
    assert (found.days, found.amount) == (days, 0)


def test_tiers_of_times_and_counts_go_upwards() -> None:
    tier = Tier(Bound(">=", Fraction(1800), "s", "30m"), credit=Fraction(1, 20), each=Fraction(1800))
    objective = Bound("<=", Fraction(0), "s", "at most 0m")
    terms = CreditTerms(tiers=(tier,))
    paid = [credit(terms, [Reading("down", objective, Fraction(each), missed=True)], fees()).text for each in (1799, 1800, 3599, 3600)]
    assert paid == ["0.00 EUR", "50.00 EUR", "50.00 EUR", "100.00 EUR"]


@pytest.mark.parametrize(("op", "seconds", "times"), [
    (">", 1, 1), (">", 3600, 1), (">", 3601, 2), (">", 7200, 2), (">", 7201, 3), (">=", 0, 1), (">=", 1, 1), (">=", 3601, 2),
])  # fmt: skip
def test_a_step_that_has_begun_counts(op: Literal[">", ">="], seconds: int, times: int) -> None:
    tier = Tier(Bound(op, Fraction(0), "s", "0m"), credit=Fraction(1, 20), each=Fraction(3600), started=True)
    objective = Bound("<=", Fraction(0), "s", "at most 0m")
    found = credit(CreditTerms(tiers=(tier,)), [Reading("down", objective, Fraction(seconds), missed=True)], fees())
    assert found.share == Fraction(times, 20)


def test_a_tier_of_another_unit_or_side_does_not_speak() -> None:
    time = Bound("<=", Fraction(60), "s", "at most 1m")
    assert credit(CreditTerms(tiers=SCALE), [Reading("down", time, Fraction(0), missed=False)], fees()).amount == 0
    ceiling = Bound("<=", Fraction(1, 100), "%", "at most 1%")
    assert credit(CreditTerms(tiers=SCALE), [Reading("bad", ceiling, Fraction(1, 200), missed=False)], fees()).amount == 0


def test_a_fixed_amount() -> None:
    found = credit(CreditTerms(tiers=(below("99.9%", amount=Money(Fraction(75), "USD")),)), [read("99")], Fees(None, MONTHS, JUNE))
    assert found.text == "75.00 USD"
    assert found.lines[1].words == "no more than 100% of the fee in one period, and nobody said what it is"


def test_a_share_is_known_without_the_fee() -> None:
    found = credit(CreditTerms(of="affected_fee", tiers=SCALE), [read("98")], Fees(None, MONTHS, JUNE))
    assert (found.amount, found.paid, found.share, found.text) == (None, None, Fraction(1, 4), "25%")


def test_what_was_not_measured_earns_nothing() -> None:
    found = credit(CreditTerms(tiers=SCALE), [Reading("up", FLOOR, None, missed=False)], fees())
    assert (found.amount, found.share, [line.words for line in found.lines]) == (0, 0, ["no target earns a credit", "0.00 EUR"])


# --- bases ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("of", "periods", "name", "expected"), [
    ("monthly_fee", MONTHS, "2026-06", 100), ("annual_fee", MONTHS, "2026-06", 1200), ("period_fee", MONTHS, "2026-02", 100),
    ("period_fee", Periods("quarter"), "2026-Q1", 300), ("period_fee", Periods("year"), "2026", 1200),
    ("period_fee", Periods("half_year", "Europe/Berlin", (4, 1)), "2026-H1", 600), ("monthly_fee", Periods("quarter"), "2026-Q1", 100),
    ("period_fee", Periods("month", "UTC", (1, 15)), "2026-02", 100), ("period_fee", Periods("week"), "2026-W07", 25),
    ("period_fee", RollingDays(30), "30d-2026-06-30", 100), ("fee_of_downtime", MONTHS, "2026-06", 50),
])  # fmt: skip
@pytest.mark.parametrize(("amount", "per"), [("1000", "month"), ("3000", "quarter"), ("12000", "year")])
def test_fees_are_converted_exactly(of: str, periods: Periods | RollingDays, name: str, expected: int, amount: str, per: str) -> None:
    terms = replace(CreditTerms(tiers=(below("99.9%", "10%"),), cap=None), of=of)
    paid = fees(amount, per=per, periods=periods, name=name)
    assert credit(terms, [read("50", downtime=Fraction(15 * 86_400))], paid).amount == expected


def test_a_month_with_a_clock_change_has_its_own_length() -> None:
    march = fees(periods=MONTHS, name="2026-03").period
    assert march.seconds == 44_580 * 60
    assert Fees(Fee(Fraction(44_580), "EUR", "month"), MONTHS, march).between(march.start, march.start + 600) == 10


@given(st.integers(0, 400 * 86_400), st.integers(0, 90 * 86_400), st.integers(0, 90 * 86_400))
def test_what_is_paid_adds_up(start: int, first: int, second: int) -> None:
    paid, start = fees(), JUNE.start + start
    whole = paid.between(start, start + first + second)
    assert whole == paid.between(start, start + first) + paid.between(start + first, start + first + second)


def test_a_fee_that_nobody_named() -> None:
    with pytest.raises(FeeError, match="the agreement names no fee"):
        _ = Fees(None, MONTHS, JUNE).monthly


# --- multiples -----------------------------------------------------------------------------------------------
QUARTER = Fees(Fee(Fraction("12960"), "USD", "quarter"), Periods("quarter"), Periods("quarter").named("2026-Q1"))


@pytest.mark.parametrize(("minutes", "multiplier", "paid"), [
    (12, 10, "0.00 USD"), (13, 10, "13.00 USD"), (60, 10, "60.00 USD"), (60, 100, "600.00 USD"),
])  # fmt: skip
def test_multiples_of_the_fee_for_the_downtime(minutes: int, multiplier: int, paid: str) -> None:
    objective = Bound(">=", Fraction("0.9999"), "%", "at least 99.99%")
    figure = 1 - Fraction(minutes * 60, QUARTER.period.seconds)
    down = Reading("up", objective, figure, missed=not objective.holds(figure), downtime=Fraction(minutes * 60))
    assert credit(CreditTerms(of="fee_of_downtime", multiplier=Fraction(multiplier)), [down], QUARTER).text == paid


@pytest.mark.parametrize(("minutes", "exact", "cut"), [
    ((6,), Fraction(50 * 20 * 6, 43_200), ()), ((30,), Fraction(50 * 20 * 30, 43_200), ()), ((864,), Fraction(20), ()),
    ((900,), Fraction(20), ("interruption_cap",)), ((900, 900), Fraction(40), ("interruption_cap",)),
    ((900, 6), 20 + Fraction(50 * 20 * 6, 43_200), ("interruption_cap",)),
])  # fmt: skip
def test_each_interruption_under_its_own_cap(minutes: tuple[int, ...], exact: Fraction, cut: tuple[str, ...]) -> None:
    terms = CreditTerms(of="affected_fee", multiplier=Fraction(50), cap=Cap(seconds=30 * 86_400, of="interruption"))
    outages = tuple(outage(JUNE.start + number * 86_400 * 2, each) for number, each in enumerate(minutes))
    down = read("50", downtime=Fraction(sum(minutes) * 60), interruptions=outages)
    found = credit(terms, [down], Fees(None, MONTHS, JUNE, Money(Fraction(20), "EUR")))
    assert (found.amount, found.cut) == (exact, cut)


def test_a_cap_of_months_and_of_the_fee_before_an_interruption() -> None:
    terms = CreditTerms(multiplier=Fraction(1000), cap=Cap(months=2))
    down = read("0", downtime=Fraction(86_400))
    assert credit(terms, [down], fees()).amount == 2000
    of_time = CreditTerms(multiplier=Fraction(1000), cap=Cap(seconds=30 * 86_400, of="interruption"))
    assert credit(of_time, [replace(down, interruptions=(outage(JUNE.start, 1440),))], fees()).amount == fees().between(
        JUNE.start - 30 * 86_400, JUNE.start
    )


@pytest.mark.parametrize(("periods", "fee"), [
    (MONTHS, Fee(Fraction(90), "EUR", "month")), (Periods("quarter"), Fee(Fraction(90), "EUR", "quarter")),
    (Periods("year"), Fee(Fraction(90), "EUR", "year")), (Periods("half_year"), Fee(Fraction(180), "EUR", "year")),
    (Periods("week"), None), (RollingDays(30), None),
])  # fmt: skip
def test_what_was_paid_in_a_period_as_a_fee(periods: Periods | RollingDays, fee: Fee | None) -> None:
    assert fee_of(periods, Money(Fraction(90), "EUR")) == fee
    assert fee_of(periods, None) is None


# --- caps, minimum, rounding -----------------------------------------------------------------------------------
def test_the_sum_is_capped() -> None:
    targets = [read("99.5", "a"), read("98", "b"), read("99.5", "c")]
    found = credit(CreditTerms(tiers=SCALE, cap=Cap(share=Fraction(3, 10)), double_recovery=True), targets, fees())
    assert (found.share, found.amount, found.cut) == (Fraction(3, 10), 300, ("cap",))


def test_the_sum_of_shares_is_capped_where_no_fee_is_known() -> None:
    terms = CreditTerms(of="affected_fee", tiers=SCALE, cap=Cap(share=Fraction(3, 10)), double_recovery=True)
    found = credit(terms, [read("99.5", "a"), read("98", "b"), read("99.5", "c")], Fees(None, MONTHS, JUNE))
    assert (found.share, found.cut) == (Fraction(3, 10), ("cap",))


@pytest.mark.parametrize(("given_already", "paid"), [("0", 500), ("3100", 500), ("3300", 300), ("3600", 0), ("4000", 0)])
def test_a_year_has_its_own_cap(given_already: str, paid: int) -> None:
    terms = CreditTerms(tiers=SCALE, annual_cap=Fraction(3, 10))
    assert credit(terms, [read("50")], fees(), Given({}, Fraction(given_already))).amount == paid


@pytest.mark.parametrize(("fee", "strict", "paid"), [
    ("9.00", True, "0.00 USD"), ("10.00", True, "0.00 USD"), ("10.01", True, "1.00 USD"), ("9.99", False, "0.00 USD"),
    ("10.00", False, "1.00 USD"),
])  # fmt: skip
def test_small_credits_are_not_paid(fee: str, strict: bool, paid: str) -> None:
    terms = CreditTerms(tiers=(below("99.9%", "10%"),), minimum=Money(Fraction(1), "USD"), minimum_strict=strict)
    assert credit(terms, [read("99.5")], fees(fee, "USD")).text == paid


@pytest.mark.parametrize(("amount", "currency", "text"), [
    ("0.005", "EUR", "0.01 EUR"), ("0.00499999", "EUR", "0.00 EUR"), ("1.5", "JPY", "2 JPY"), ("1.49", "JPY", "1 JPY"),
    ("1.0005", "KWD", "1.001 KWD"), ("12", "EUR", "12.00 EUR"),
])  # fmt: skip
def test_rounding_is_half_up_in_the_smallest_unit(amount: str, currency: str, text: str) -> None:
    assert amount_text(rounded(Fraction(amount), currency), currency) == text


@pytest.mark.parametrize(("figure", "fee", "paid"), [
    ("99.9", "1000", 0),        # nothing is due
    ("99.5", "1000", 100), ("99.5", "500", 50), ("99.5", "499.99", 50), ("99.5", "10", 10), ("99.5", "0", 0),
])  # fmt: skip
def test_a_credit_that_is_due_is_no_less_than_agreed(figure: str, fee: str, paid: int) -> None:
    """Ten percent, but not less than 50 EUR, and never more than the fee itself, which is the cap."""
    terms = CreditTerms(tiers=(below("99.9%", "10%"),), no_less_than=Money(Fraction(50), "EUR"))
    assert credit(terms, [read(figure)], fees(fee)).paid == paid


def test_the_least_credit_is_under_the_caps_of_the_period_and_of_the_year() -> None:
    """10% of 100 EUR is 10, raised to 50; 30% of 100 is 30; 10% of the year's 1200 is 120, of which 95 was given."""
    terms = CreditTerms(tiers=(below("99.9%", "10%"),), no_less_than=Money(Fraction(50), "EUR"), cap=Cap(share=Fraction(3, 10)))
    found = credit(terms, [read("99.5")], fees("100"))
    assert (found.paid, found.cut) == (30, ("cap",))
    found = credit(replace(terms, annual_cap=Fraction(1, 10)), [read("99.5")], fees("100"), Given({}, Fraction(95)))
    assert (found.paid, found.cut) == (25, ("cap", "annual_cap"))


@pytest.mark.parametrize(("minutes", "share", "paid"), [
    ((1,), "50%", 50),           # an outage of 1 minute in 30 days is 1/43200 of 43200 EUR: 1 EUR, raised
    ((1,), "0.1%", "43.2"),      # no more than 43.2 EUR for an interruption
    ((1, 1), "0.1%", 50),        # no more than 86.4 EUR for two
    ((100, 1), "0.1%", 50),      # 43.2 and 1, raised
    ((100, 100), "0.1%", "86.4"),
])  # fmt: skip
def test_the_least_credit_is_under_the_caps_of_the_interruptions(minutes: tuple[int, ...], share: str, paid: str | int) -> None:
    terms = CreditTerms(multiplier=Fraction(1), cap=Cap(share=Fraction(share.rstrip("%")) / 100, of="interruption"),
                        no_less_than=Money(Fraction(50), "EUR"))  # fmt: skip
    outages = [outage(JUNE.start + 86_400 * place, each) for place, each in enumerate(minutes)]
    down = replace(read("0", downtime=Fraction(60 * sum(minutes))), interruptions=tuple(outages))
    assert credit(terms, [down], fees("43200")).amount == Fraction(paid)
    assert credit(terms, [replace(down, missed=False)], fees("43200")).amount == 0


def test_what_is_raised_or_capped_for_one_target_is_not_lost_for_another() -> None:
    """Two targets, 43.2 EUR at most each; and missed again, twice of it."""
    terms = CreditTerms(multiplier=Fraction(1), cap=Cap(share=Fraction(1, 1000), of="interruption"), double_recovery=True,
                        no_less_than=Money(Fraction(500), "EUR"), repeat=(Repeat(2, 2, Fraction(2)),))  # fmt: skip
    down = [replace(read("0", name, downtime=Fraction(60)), interruptions=(outage(JUNE.start, 1),)) for name in ("up", "api")]
    found = credit(terms, down, fees("43200"))
    assert found.amount == Fraction("86.4")
    assert found.lines[-2].words == "no less than 500.00 EUR where anything is due, under the caps of the interruptions"
    assert credit(terms, down, fees("43200"), Given({"up": (True,)})).amount == Fraction("129.6")


def test_twelve_months_in_a_row_have_a_cap_like_a_year() -> None:
    """A tenth of 12,000 EUR is 1200, of which 1150 was given."""
    terms = CreditTerms(tiers=(below("99.9%", "10%"),), annual_cap=Fraction(1, 10), annual_cap_per="12mo")
    found = credit(terms, [read("99.5")], fees(), Given({}, Fraction(1150)))
    assert (found.paid, found.cut) == (50, ("annual_cap",))
    assert found.lines[1].words == "no more than 10% of the year's fee in any twelve months, of which 1150.00 EUR was given"


def test_rounding_happens_once() -> None:
    terms = CreditTerms(tiers=(below("99.9%", "10%"),), double_recovery=True)
    found = credit(terms, [read("99.5", name) for name in "abc"], fees("0.16"))
    assert (found.amount, found.paid) == (Fraction("0.048"), Fraction("0.05"))


# --- repeats, double recovery, pools, earning back -------------------------------------------------------------
@pytest.mark.parametrize(("misses", "paid"), [
    ((), 1000), ((True,), 1500), ((True, True), 2000), ((True, True, False), 1000), ((True, False, True), 1500),
])  # fmt: skip
def test_repeated_misses_cost_more_until_one_is_met(misses: tuple[bool, ...], paid: int) -> None:
    terms = CreditTerms(tiers=(below("99.9%", "10%"),), repeat=(Repeat(2, 2, Fraction(3, 2)), Repeat(3, 3, Fraction(2))))
    assert credit(terms, [read("99.5")], fees("10000"), Given({"up": misses})).amount == paid


def test_one_outage_is_counted_once() -> None:
    same, other = outage(JUNE.start, 60), outage(JUNE.start + 86_400, 60)
    one, two = read("98", "one", interruptions=(same,)), read("99.5", "two", interruptions=(outage(JUNE.start + 600, 60),))
    apart = replace(two, interruptions=(other,))
    terms = CreditTerms(tiers=SCALE)
    assert credit(terms, [one, two], fees()).amount == 250
    assert credit(terms, [one, apart], fees()).amount == 350
    assert credit(terms, [one, replace(two, interruptions=())], fees()).amount == 250
    assert credit(replace(terms, double_recovery=True), [one, two], fees()).amount == 350


def test_only_the_named_targets_earn() -> None:
    assert credit(CreditTerms(tiers=SCALE, targets=("one",)), [read("99.5", "one"), read("0", "two")], fees()).amount == 100


def test_a_pool_is_divided_by_weight() -> None:
    levels = (("99.5", "a", 7), ("99.95", "b", 2), ("98", "c", 1))
    targets = [read(figure, name, weight=Fraction(tenths, 10)) for figure, name, tenths in levels]
    found = credit(CreditTerms(at_risk=Fraction(15, 100)), targets, fees())
    assert (found.share, found.amount) == (Fraction(12, 100), 120)


@pytest.mark.parametrize(("figures", "back"), [
    (("99.95",), None), (("99.95", "99.9"), Fraction(50)), (("99.95", "99.89"), Fraction(0)), (("99.95", None), Fraction(0)),
    (("99.9", "99.9", "0"), Fraction(50)),
])  # fmt: skip
def test_a_credit_is_won_back(figures: tuple[str | None, ...], back: Fraction | None) -> None:
    ratios = [None if figure is None else Fraction(figure) / 100 for figure in figures]
    assert earned_back(EarnBack(2, None, Fraction(1, 2)), FLOOR, Fraction(100), ratios) == back


def test_a_higher_level_may_be_needed_to_win_back() -> None:
    higher = EarnBack(1, Bound(">=", Fraction("0.9995"), "%", "99.95%"), Fraction(1))
    assert earned_back(higher, FLOOR, Fraction(100), [Fraction("0.9994")]) == 0


@pytest.mark.parametrize(("owed", "left"), [("5000", 4200), ("800", 0), ("500", 0)])
def test_what_suppliers_do_not_cover(owed: str, left: int) -> None:
    recoverable = credit(CreditTerms(tiers=(below("99.9%", "10%"),)), [read("99.5")], fees("8000"))
    assert recoverable.paid == 800
    assert exposure(Fraction(owed), recoverable.paid) == left


# --- words -----------------------------------------------------------------------------------------------------
def test_every_step_is_told() -> None:
    terms = CreditTerms(
        tiers=SCALE, cap=Cap(share=Fraction(1, 5)), annual_cap=Fraction(3, 100), repeat=(Repeat(2, 6, Fraction(3, 2)),),
        minimum=Money(Fraction(25), "EUR"),
    )  # fmt: skip
    found = credit(terms, [read("98.5"), read("99.5", "api")], fees("1840.55"), Given({"up": (True,)}, Fraction("500")))
    assert [(line.words, None if line.amount is None else round(line.amount, 4)) for line in found.lines] == [
        ("up: 98.5% is below 99%: 25% of the monthly fee of 1840.55 EUR", Fraction("460.1375")),
        ("up was missed 2 times within 6 periods: 1.5 times as much", Fraction("690.2062")),
        ("api: 99.5% is below 99.9%: 10% of the monthly fee of 1840.55 EUR", Fraction("184.055")),
        ("one outage is counted once: nothing more for api", None),
        ("no more than 20% of the fee in one period", Fraction("368.11")),
        ("no more than 3% of the year's fee in one year, of which 500.00 EUR was given", Fraction("162.598")),
        ("rounded half up: 162.60 EUR", Fraction("162.6")),
    ]


@given(st.fractions(0, 1), st.lists(st.fractions(0, 1), max_size=3), st.integers(0, 10**6))
def test_a_worse_figure_never_earns_less(figure: Fraction, others: list[Fraction], fee: int) -> None:
    terms = CreditTerms(tiers=SCALE, cap=Cap(share=Fraction(2, 5)))
    amounts = [
        credit(terms, [Reading("up", FLOOR, each, missed=not FLOOR.holds(each))], fees(str(fee))).amount
        for each in sorted([figure, *others])
    ]
    assert amounts == sorted(amounts, key=lambda amount: -(amount or 0))
