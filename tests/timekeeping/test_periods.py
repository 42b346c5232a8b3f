"""Periods of contracts: their length in instants, their names, and that they follow each other without a hole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo_gen.timekeeping.periods import Length, Periods, RollingDays, billing_cycle, twelve_months_before
from slo_gen.timekeeping.zones import TimeError, read_instant, write_instant, zone

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo", "America/Sao_Paulo", "Pacific/Apia"]
LENGTHS: tuple[Length, ...] = ("week", "month", "quarter", "half_year", "year")
ANY = st.builds(
    Periods, st.sampled_from(LENGTHS), st.sampled_from(ZONES), st.tuples(st.integers(1, 12), st.integers(1, 31))
)
INSTANTS = st.integers(read_instant("1960-01-01", zone("UTC")), read_instant("2100-01-01", zone("UTC")))


@pytest.mark.parametrize(("length", "zone_name", "name", "minutes"), [
    ("month", "Europe/Berlin", "2026-02", 40_320),
    ("month", "Europe/Berlin", "2026-03", 44_580),
    ("month", "Europe/Berlin", "2026-04", 43_200),
    ("month", "Europe/Berlin", "2026-10", 44_700),
    ("month", "Europe/Berlin", "2028-02", 41_760),
    ("month", "Australia/Lord_Howe", "2026-10", 44_610),
    ("month", "Australia/Lord_Howe", "2026-04", 43_230),
    ("quarter", "UTC", "2026-Q1", 129_600),
    ("week", "Europe/Berlin", "2026-W13", 10_020),
    ("week", "UTC", "2027-W01", 10_080),
    ("year", "Europe/Berlin", "2026", 525_600),
])  # fmt: skip
def test_lengths(length: Length, zone_name: str, name: str, minutes: int) -> None:
    assert Periods(length, zone_name).named(name).seconds == minutes * 60


@pytest.mark.parametrize(("periods", "instant", "name", "start"), [
    (Periods("quarter", "UTC", (2, 1)), "2026-01-31T23:59:59Z", "2025-Q4", "2025-11-01T00:00:00Z"),
    (Periods("quarter", "UTC", (2, 1)), "2026-02-01T00:00:00Z", "2026-Q1", "2026-02-01T00:00:00Z"),
    (Periods("year", "UTC", (4, 1)), "2026-03-31T12:00:00Z", "2025", "2025-04-01T00:00:00Z"),
    (billing_cycle(31), "2026-02-28T00:00:00Z", "2026-02", "2026-02-28T00:00:00Z"),
    (billing_cycle(31), "2026-02-27T23:59:59Z", "2026-01", "2026-01-31T00:00:00Z"),
    (Periods("month", "Europe/Berlin"), "2026-10-31T23:30:00Z", "2026-11", "2026-10-31T23:00:00Z"),
    (Periods("week", "UTC"), "2027-01-01T00:00:00Z", "2026-W53", "2026-12-28T00:00:00Z"),
    (Periods("week", "UTC"), "2026-12-27T23:59:59Z", "2026-W52", "2026-12-21T00:00:00Z"),
    (Periods("week", "UTC"), "2027-01-04T00:00:00Z", "2027-W01", "2027-01-04T00:00:00Z"),
    (Periods("half_year", "UTC", (4, 1)), "2026-03-31T00:00:00Z", "2025-H2", "2025-10-01T00:00:00Z"),
    (billing_cycle(15, "Europe/Berlin"), "2026-03-14T22:59:59Z", "2026-02", "2026-02-14T23:00:00Z"),
    (billing_cycle(15, "Europe/Berlin"), "2026-03-14T23:00:00Z", "2026-03", "2026-03-14T23:00:00Z"),
    (billing_cycle(1), "2026-03-01T00:00:00Z", "2026-03", "2026-03-01T00:00:00Z"),
    # A minute after midnight St. John's went back to the evening of the day before, which shows that day after its end.
    (Periods("month", "America/St_Johns"), "2009-11-01T02:29:59Z", "2009-10", "2009-10-01T02:30:00Z"),
    (Periods("month", "America/St_Johns"), "2009-11-01T02:30:00Z", "2009-11", "2009-11-01T02:30:00Z"),
    (Periods("month", "America/St_Johns"), "2009-11-01T03:29:59Z", "2009-11", "2009-11-01T02:30:00Z"),
    (RollingDays(1, "America/St_Johns"), "2009-11-01T02:29:59Z", "1d-2009-10-31", "2009-10-31T02:30:00Z"),
    (RollingDays(1, "America/St_Johns"), "2009-11-01T02:30:00Z", "1d-2009-11-01", "2009-11-01T02:30:00Z"),
    (RollingDays(1, "America/St_Johns"), "2009-11-01T03:29:59Z", "1d-2009-11-01", "2009-11-01T02:30:00Z"),
    (RollingDays(30, "UTC"), "2026-10-31T12:00:00Z", "30d-2026-10-31", "2026-10-02T00:00:00Z"),
])  # fmt: skip
def test_the_period_of_an_instant(periods: Periods | RollingDays, instant: str, name: str, start: str) -> None:
    found = periods.of(read_instant(instant, zone("UTC")))
    assert (found.name, write_instant(found.start)) == (name, start)


@given(ANY, INSTANTS)
def test_periods_follow_each_other_and_are_known_by_their_names(periods: Periods, instant: int) -> None:
    found = periods.of(instant)
    assert instant in found
    assert found.seconds > 0
    following = periods.next(found)
    assert following.start == found.end
    assert periods.previous(following) == found
    assert periods.named(found.name) == found
    assert periods.between(found.start, following.end) == (found, following)
    assert periods.between(instant, instant) == ()
    assert found.end not in found


@given(st.integers(1, 40), st.sampled_from(ZONES), INSTANTS)
def test_rolling_days_end_with_every_day_once(days: int, where: str, instant: int) -> None:
    rolling = RollingDays(days, where)
    found = rolling.of(instant)
    assert instant in found
    assert rolling.named(found.name) == found
    following = rolling.next(found)
    assert following.end > found.end
    assert rolling.previous(following) == found
    assert rolling.between(found.end - 1, following.end) == (found, following)
    assert rolling.between(found.end - 1, found.end) == (found,)
    assert rolling.between(instant, instant) == ()


@pytest.mark.parametrize(("length", "name", "example"), [
    ("month", "2026-13", "2026-10"), ("month", "2026-Q1", "2026-10"), ("quarter", "2026-Q5", "2026-Q4"), ("week", "2025-W53", "2026-W07"),
    ("year", "26", "2026"), ("half_year", "2026-H3", "2026-H2"),
])  # fmt: skip
def test_a_name_that_is_none(length: Length, name: str, example: str) -> None:
    with pytest.raises(TimeError) as error:
        Periods(length).named(name)
    word = "half-year" if length == "half_year" else length
    assert str(error.value) == f"{name!r} is no {word}; write it like {example}"


def test_a_billing_cycle_is_a_month_from_its_day_on() -> None:
    assert billing_cycle(15) == Periods("month", "UTC", (1, 15))
    assert billing_cycle(15, "Europe/Berlin").named("2026-03").start == read_instant("2026-03-14T23:00:00Z", zone("UTC"))


@pytest.mark.parametrize(("periods", "end", "before"), [
    (Periods("month", "Europe/Berlin"), "2026-11-01", "2025-11-01"),
    (Periods("month", "Europe/Berlin", (1, 31)), "2028-02-29", "2027-02-28"),
    (Periods("month", "Europe/Berlin", (1, 31)), "2029-02-28", "2028-02-29"),
    (Periods("month", "Europe/Berlin", (1, 30)), "2029-02-28", "2028-02-29"),
    (Periods("month", "Europe/Berlin", (1, 28)), "2029-02-28", "2028-02-28"),
    (Periods("quarter", "Europe/Berlin", (2, 15)), "2026-05-15", "2025-05-15"),
    (Periods("half_year", "Europe/Berlin", (1, 31)), "2026-07-31", "2025-07-31"),
    (Periods("year", "Europe/Berlin", (4, 1)), "2026-04-01", "2025-04-01"),
    # neither weeks nor rolling days begin on a day of a month: their end is that day
    (Periods("week", "Europe/Berlin"), "2026-02-16", "2025-02-16"), (Periods("week", "Europe/Berlin"), "2029-02-28", "2028-02-28"),
    (RollingDays(30, "Europe/Berlin"), "2028-02-29", "2027-02-28"), (RollingDays(30, "Europe/Berlin"), "2026-03-31", "2025-03-31"),
])  # fmt: skip
def test_twelve_months_before_the_end_of_a_period(periods: Periods | RollingDays, end: str, before: str) -> None:
    berlin = zone("Europe/Berlin")
    assert twelve_months_before(periods, read_instant(end, berlin)) == read_instant(before, berlin)


def test_the_day_of_a_month_on_which_periods_begin() -> None:
    assert [Periods("quarter", "UTC", (1, 31)).month_day, Periods("month").month_day, Periods("week").month_day] == [31, 1, 0]
    assert RollingDays(30).month_day == 0


@pytest.mark.parametrize("name", ["2026-10", "30d-2026-02-29", "30d-26-10-31", "31d-2026-10-31", "30d"])
def test_a_name_that_is_no_rolling_period(name: str) -> None:
    with pytest.raises(TimeError) as error:
        RollingDays(30).named(name)
    assert str(error.value) == f"{name!r} is no period of 30 days; write it like 30d-2026-10-31"


def test_the_years_that_are_known() -> None:
    known = "periods are known for the years 1901 to 2298"
    for name in ("1901", "2298"):
        assert Periods("year").named(name).name == name
    for name in ("1900", "2299", "0000", "9999"):
        with pytest.raises(TimeError, match=known):
            Periods("year").named(name)
    assert RollingDays(1).named("1d-1901-01-01").seconds == 86_400
    assert RollingDays(1).named("1d-2298-12-31").seconds == 86_400
    for name in ("1d-1900-12-31", "1d-2299-01-01"):
        with pytest.raises(TimeError, match=known):
            RollingDays(1).named(name)
