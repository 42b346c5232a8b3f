"""Deadlines of claims, and rights to end an agreement."""

from __future__ import annotations

from calendar import monthrange
from fractions import Fraction

import pytest

from slo_gen.contract.claims import Incident, PeriodResult, claim_deadlines, may_terminate
from slo_gen.spec.terms import Bound, ClaimTerms, Deadline, Termination
from slo_gen.timekeeping.calendars import Always, Weekly, week
from slo_gen.timekeeping.periods import Length, Periods, RollingDays
from slo_gen.timekeeping.zones import read_instant, zone

BERLIN = "Europe/Berlin"
MONTHS = Periods("month", BERLIN)


def berlin(text: str) -> int:
    return read_instant(text, zone(BERLIN))


INCIDENT = Incident(berlin("2026-03-10T10:00"), berlin("2026-03-10T12:30"))
PERIOD_END = berlin("2026-04-01")


@pytest.mark.parametrize(("deadline", "expected"), [
    (Deadline("30d", "period_end"), "2026-05-01"),
    (Deadline("15d", "incident_end"), "2026-03-25T12:30"),
    (Deadline("2h", "incident_start"), "2026-03-10T12:00"),
    (Deadline("1mo", "billing_cycle_end"), "2026-05-01"),
    (Deadline("2mo", "billing_cycle_end"), "2026-06-01"),
    (Deadline("10d", "report"), "2026-04-18"),
    (Deadline("20d", "incident_end"), "2026-03-30T12:30"),
])  # fmt: skip
def test_deadlines_run_from_their_event(deadline: Deadline, expected: str) -> None:
    found = claim_deadlines(ClaimTerms(submit=deadline), INCIDENT, PERIOD_END, MONTHS, Always(), reported=berlin("2026-04-08"))
    assert (found.notify, found.submit) == (None, berlin(expected))


def marks(day: int) -> list[int]:
    """When billing cycles from a day begin in Berlin, by hand: on it, or on the last day of a month that is shorter."""
    lengths = [(year, month, monthrange(year, month)[1]) for year in range(2023, 2030) for month in range(1, 13)]
    return [berlin(f"{year}-{month:02}-{min(day, last):02}") for year, month, last in lengths]


@pytest.mark.parametrize("day", range(1, 32))
def test_months_after_a_billing_cycle_are_whole_cycles(day: int) -> None:
    """Also from the 29th to the 31st, and over the 29th of February 2024 and 2028."""
    cycles, ends = Periods("month", BERLIN, (1, day)), marks(day)
    for start, *after in zip(ends, *(ends[ahead:] for ahead in range(1, 15)), strict=False):
        incident = Incident(start + 1000, start + 2000)
        for count in (0, 1, 2, 3, 12):
            terms = ClaimTerms(Deadline(f"{count}mo", "period_end"), Deadline(f"{count}mo", "billing_cycle_end"))
            found = claim_deadlines(terms, incident, cycles.of(start).end, cycles, Always())
            assert (found.notify, found.submit) == (after[count], after[count])
        year = claim_deadlines(ClaimTerms(submit=Deadline("1y")), incident, cycles.of(start).end, cycles, Always())
        assert year.submit == after[12]


@pytest.mark.parametrize(("length", "end", "submit"), [
    ("quarter", "2026-04-30", "2026-05-31"), ("half_year", "2026-07-31", "2026-08-31"), ("year", "2027-01-31", "2027-02-28"),
    ("week", "2026-02-28", "2026-03-28"),
])  # fmt: skip
def test_longer_periods_have_the_same_days(length: Length, end: str, submit: str) -> None:
    """Quarters from the 31st of January end on the 30th of April, and their months on the 31st of May. A week has no such day."""
    found = claim_deadlines(ClaimTerms(submit=Deadline("1mo")), INCIDENT, berlin(end), Periods(length, BERLIN, (1, 31)), Always())
    assert found.submit == berlin(submit)


def test_rolling_days_and_what_is_no_end_of_a_period_keep_their_own_day() -> None:
    terms = ClaimTerms(Deadline("2mo", "report"), Deadline("2mo"))
    found = claim_deadlines(terms, INCIDENT, berlin("2026-02-28"), RollingDays(30, BERLIN), Always(), berlin("2026-02-28"))
    assert (found.notify, found.submit) == (berlin("2026-04-28"), berlin("2026-04-28"))
    cycles = Periods("month", BERLIN, (1, 31))
    found = claim_deadlines(terms, INCIDENT, berlin("2026-02-28"), cycles, Always(), berlin("2026-02-28"))
    assert (found.notify, found.submit) == (berlin("2026-04-28"), berlin("2026-04-30"))


def test_both_deadlines() -> None:
    terms = ClaimTerms(notify=Deadline("5bd", "incident_end"), submit=Deadline("30d"))
    found = claim_deadlines(terms, INCIDENT, PERIOD_END, MONTHS, Always())
    assert found.submit == berlin("2026-05-01")
    assert found.notify == berlin("2026-03-16")


def test_business_days_are_those_of_the_calendar() -> None:
    terms = ClaimTerms(notify=Deadline("5bd", "incident_end"))
    weekdays = Weekly(BERLIN, week({"mon-fri": ["00:00-24:00"]}))
    found = claim_deadlines(terms, INCIDENT, PERIOD_END, MONTHS, weekdays)    # from a Tuesday over one weekend
    assert found.notify == berlin("2026-03-18")


def test_a_deadline_has_not_begun_before_its_event() -> None:
    terms = ClaimTerms(notify=Deadline("5d", "incident_end"), submit=Deadline("10d", "report"))
    found = claim_deadlines(terms, Incident(INCIDENT.start, None), PERIOD_END, MONTHS, Always())
    assert (found.notify, found.submit) == (None, None)


def periods(text: str, figure: str = "98%") -> list[list[PeriodResult]]:
    """x is a breached period, . another one."""
    return [[PeriodResult("up", mark == "x", Fraction(figure.rstrip("%")) / 100)] for mark in text]


@pytest.mark.parametrize(("terms", "text", "expected"), [
    (Termination(), "x", True), (Termination(), ".", False), (Termination(), "", False), (Termination(), "x.", False),
    (Termination(3, 6), "xx...x", True), (Termination(3, 6), "xx....x", False), (Termination(3, 6), "xxx...", False),
    (Termination(3, 6, contiguous=True), "x.x.xx", False), (Termination(3, 6, contiguous=True), "...xxx", True),
    (Termination(3, 3, contiguous=True), "xxx", True), (Termination(3, 4, contiguous=True), "xx.x", False),
    (Termination(3, 3, contiguous=True), "xx", False), (Termination(2, 6, targets=("down",)), "xx", False),
    (Termination(2, 6, targets=("up",)), "xx", True),
    (Termination(2, 6, beyond=Bound("<", Fraction(98, 100), "%", "98%")), "xx", False),
    (Termination(2, 6, beyond=Bound("<", Fraction(981, 1000), "%", "98.1%")), "xx", True),
])  # fmt: skip
def test_the_right_to_end_an_agreement(terms: Termination, text: str, expected: bool) -> None:
    assert may_terminate(terms, periods(text)) is expected


@pytest.mark.parametrize(("end", "expected"), [
    (Bound(">", Fraction(97, 100), "%", "97%"), True), (Bound(">", Fraction(98, 100), "%", "98%"), False),
    (Bound(">=", Fraction(98, 100), "%", "98%"), True), (Bound("<=", Fraction(98, 100), "%", "98%"), True),
])  # fmt: skip
def test_a_right_to_end_has_its_side(end: Bound, expected: bool) -> None:
    assert may_terminate(Termination(beyond=end), periods("x")) is expected


def test_a_period_without_a_figure_is_below_nothing() -> None:
    result = [[PeriodResult("up", True, None)]]
    assert may_terminate(Termination(), result)
    assert not may_terminate(Termination(beyond=Bound("<", Fraction(1), "%", "100%")), result)
