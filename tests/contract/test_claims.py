"""Deadlines of claims, and rights to end an agreement."""

from __future__ import annotations

from fractions import Fraction

import pytest

from slo_gen.contract.claims import Incident, PeriodResult, claim_deadlines, may_terminate
from slo_gen.spec.terms import Bound, ClaimTerms, Deadline, Termination
from slo_gen.timekeeping.calendars import Always, Weekly, week
from slo_gen.timekeeping.zones import read_instant, zone

BERLIN = "Europe/Berlin"


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
    found = claim_deadlines(ClaimTerms(submit=deadline), INCIDENT, PERIOD_END, BERLIN, Always(), reported=berlin("2026-04-08"))
    assert (found.notify, found.submit) == (None, berlin(expected))


def test_both_deadlines() -> None:
    terms = ClaimTerms(notify=Deadline("5bd", "incident_end"), submit=Deadline("30d"))
    found = claim_deadlines(terms, INCIDENT, PERIOD_END, BERLIN, Always())
    assert found.submit == berlin("2026-05-01")
    assert found.notify == berlin("2026-03-16")


def test_business_days_are_those_of_the_calendar() -> None:
    terms = ClaimTerms(notify=Deadline("5bd", "incident_end"))
    weekdays = Weekly(BERLIN, week({"mon-fri": ["00:00-24:00"]}))
    found = claim_deadlines(terms, INCIDENT, PERIOD_END, BERLIN, weekdays)    # from a Tuesday over one weekend
    assert found.notify == berlin("2026-03-18")


def test_a_deadline_has_not_begun_before_its_event() -> None:
    terms = ClaimTerms(notify=Deadline("5d", "incident_end"), submit=Deadline("10d", "report"))
    found = claim_deadlines(terms, Incident(INCIDENT.start, None), PERIOD_END, BERLIN, Always())
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
