"""Budgets of periods, and how running ones will end; by hand and against every way in which they may end."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo_gen.contract.budget import Budget, budget, project
from slo_gen.contract.outcome import Outcome
from slo_gen.spec.terms import Bound

THREE_NINES = Bound(">=", Fraction("0.999"), "%", "at least 99.9%")
MONTH = Fraction(43_200 * 60)


def outcome(counted: int, of: Fraction = MONTH) -> Outcome:
    return Outcome("target", 0, int(of), "met", None, None, None, Fraction(counted), Fraction(counted), of, "seconds")


def test_the_budget_of_a_month() -> None:
    found = budget(THREE_NINES, outcome(20 * 60))
    assert (found.allowed, found.left) == (Fraction("43.2") * 60, Fraction("23.2") * 60)
    assert (found.spent, found.lost) == (Fraction(20 * 10, 432), False)
    assert budget(Bound("<=", Fraction("0.01"), "%", ""), outcome(0)).allowed == 432 * 60
    assert budget(Bound("<=", Fraction(3600), "s", ""), outcome(60)).left == 3540
    assert budget(THREE_NINES, outcome(0), of=MONTH * 2).allowed == Fraction("86.4") * 60


def test_nothing_may_be_bad() -> None:
    found = budget(Bound(">=", Fraction(1), "%", "100%"), outcome(0))
    assert (found.spent, found.lost) == (None, False)
    assert budget(Bound(">=", Fraction(1), "%", "100%"), outcome(1)).lost


def test_a_third_of_the_month_with_half_of_its_budget_used() -> None:
    spent = budget(THREE_NINES, outcome(20 * 60))
    found = project(THREE_NINES, spent, unknown=Fraction(0), elapsed=MONTH / 3, rest=MONTH * 2 / 3, of=MONTH)
    assert (found.certainty, found.at_risk, found.expected) == ("open", True, 3600)
    assert (found.burn, found.figure) == (Fraction(60 * 10, 432), 1 - Fraction(60, 43_200))


@pytest.mark.parametrize(("counted", "unknown", "elapsed", "rest", "certainty", "at_risk"), [
    (2592, 0, 1, 0, "certainly_met", False), (2593, 0, 1, 0, "certainly_lost", True),
    (2000, 592, 43_000 * 60, 0, "certainly_met", False), (2000, 593, 43_000 * 60, 0, "open", False),
    (0, 0, 0, 2592, "certainly_met", False), (0, 0, 0, 2593, "open", False), (2593, 10, 10, 5, "certainly_lost", True),
    (0, 10, 10, 5000, "open", False),
])  # fmt: skip
def test_what_is_certain(counted: int, unknown: int, elapsed: int, rest: int, certainty: str, at_risk: bool) -> None:
    spent = budget(THREE_NINES, outcome(counted))
    found = project(THREE_NINES, spent, unknown=Fraction(unknown), elapsed=Fraction(elapsed), rest=Fraction(rest), of=MONTH)
    assert (found.certainty, found.at_risk) == (certainty, at_risk)


SECONDS = st.integers(0, 12)


@given(st.sampled_from([">=", ">", "<=", "<"]), st.integers(0, 10), SECONDS, SECONDS, SECONDS, SECONDS)
def test_certain_is_what_no_ending_can_change(op: str, tenths: int, bad: int, good: int, unknown: int, rest: int) -> None:
    of = bad + good + unknown + rest
    if of == 0:
        return
    objective = Bound(op, Fraction(tenths, 10), "%", "")  # type: ignore[arg-type]
    ratios = [Fraction(bad + more, of) for more in range(unknown + rest + 1)]
    endings = {objective.holds(1 - ratio if op in (">", ">=") else ratio) for ratio in ratios}
    spent = budget(objective, outcome(bad), of=Fraction(of))
    found = project(
        objective, spent, unknown=Fraction(unknown), elapsed=Fraction(bad + good + unknown), rest=Fraction(rest), of=Fraction(of)
    )
    assert found.certainty == ("open" if len(endings) == 2 else "certainly_met" if endings == {True} else "certainly_lost")


@pytest.mark.parametrize(("strict", "lost"), [(True, True), (False, False)])
def test_all_of_it_used(strict: bool, lost: bool) -> None:
    assert Budget(Fraction(5), Fraction(5), strict).lost is lost


@pytest.mark.parametrize("objective", [
    Bound(">", Fraction("0.999"), "%", ""), Bound("<", Fraction("0.001"), "%", ""), Bound("<", Fraction(2592), "s", ""),
])  # fmt: skip
def test_a_strict_promise_is_lost_with_the_last_second(objective: Bound) -> None:
    assert (budget(objective, outcome(2591)).lost, budget(objective, outcome(2592)).lost) == (False, True)


@pytest.mark.parametrize(("objective", "figure"), [
    (THREE_NINES, Fraction(99, 100)), (Bound("<=", Fraction("0.001"), "%", ""), Fraction(1, 100)), (Bound("<=", Fraction(60), "s", ""), 10),
])  # fmt: skip
def test_what_the_present_rate_comes_to(objective: Bound, figure: Fraction) -> None:
    """One of the first hundred seconds was bad, and a thousand count."""
    spent = budget(objective, outcome(1), of=Fraction(1000))
    found = project(objective, spent, unknown=Fraction(0), elapsed=Fraction(100), rest=Fraction(900), of=Fraction(1000))
    assert (found.expected, found.figure) == (10, figure)


def test_a_rate_is_known_from_the_first_second_that_was_seen() -> None:
    spent = budget(THREE_NINES, outcome(0))
    seen = project(THREE_NINES, spent, unknown=Fraction(5), elapsed=Fraction(6), rest=Fraction(5000), of=MONTH)
    assert (seen.expected, seen.burn, seen.figure) == (0, 0, 1)
    unseen = project(THREE_NINES, spent, unknown=Fraction(6), elapsed=Fraction(6), rest=Fraction(5000), of=MONTH)
    assert (unseen.expected, unseen.burn, unseen.figure) == (None, None, None)
