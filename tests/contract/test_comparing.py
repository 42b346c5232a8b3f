"""Figures at their best and at their worst, over all that is unknown."""

from __future__ import annotations

from fractions import Fraction

import pytest

from slo_gen.contract.comparing import figure_at
from slo_gen.contract.outcome import Outcome, Verdict
from slo_gen.spec.terms import Bound

FLOOR = Bound(">=", Fraction(9, 10), "%", "at least 90%")
CEILING = Bound("<=", Fraction(60), "s", "at most 1m")


def outcome(lower: int | None, upper: int | None, verdict: Verdict = "unclear") -> Outcome:
    low, high = (None if each is None else Fraction(each) for each in (lower, upper))
    return Outcome("up", 0, 100, verdict, low, low, high, Fraction(0), Fraction(0), Fraction(1), "seconds")


@pytest.mark.parametrize(("objective", "worst", "figure"), [(FLOOR, True, 1), (FLOOR, False, 3), (CEILING, True, 3), (CEILING, False, 1)])
def test_the_end_of_what_may_be(objective: Bound, worst: bool, figure: int) -> None:
    assert figure_at(objective, outcome(1, 3), worst=worst) == figure


def test_one_end_is_known_for_certain() -> None:
    assert figure_at(FLOOR, outcome(None, 3), worst=True) == 3


def test_nothing_that_was_measured_has_no_end() -> None:
    assert figure_at(FLOOR, outcome(None, None), worst=True) is None
    assert figure_at(FLOOR, outcome(1, 3, "not_measured"), worst=True) is None
