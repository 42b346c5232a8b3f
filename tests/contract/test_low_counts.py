"""Few results: intervals, allowed misses, and how many it takes to prove a promise."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo_gen.contract.low_counts import allowed_misses, needed_to_prove, one_miss, wilson
from slo_gen.spec.terms import Bound


@pytest.mark.parametrize(("met", "number", "low", "high"), [
    (19, 20, "0.763869", "0.991119"), (1900, 2000, "0.939556", "0.958719"), (0, 10, "0", "0.277533"), (10, 10, "0.722467", "1"),
    (1, 1, "0.206549", "1"), (0, 1, "0", "0.793451"),
])  # fmt: skip
def test_the_interval_of_wilson(met: int, number: int, low: str, high: str) -> None:
    found = wilson(met, number)
    assert [round(each, 6) for each in found] == [Fraction(low), Fraction(high)]


@pytest.mark.parametrize(("met", "number"), [(0, 0), (-1, 5), (6, 5)])
def test_no_share_has_no_interval(met: int, number: int) -> None:
    with pytest.raises(ValueError, match=f"there is no share of {met} of {number}"):
        wilson(met, number)


@given(st.sampled_from([">=", ">", "<=", "<"]), st.integers(0, 20), st.integers(1, 60))
def test_one_more_miss_than_allowed_breaks_the_promise(op: str, twentieths: int, number: int) -> None:
    objective = Bound(op, Fraction(twentieths, 20), "%", "")  # type: ignore[arg-type]
    most = allowed_misses(objective, number)

    def kept(misses: int) -> bool:
        return objective.holds(1 - Fraction(misses, number) if op in (">", ">=") else Fraction(misses, number))

    assert most == max((misses for misses in range(number + 1) if kept(misses)), default=-1)


def test_a_promise_of_95_percent_of_12_is_one_of_all_of_them() -> None:
    assert allowed_misses(Bound(">=", Fraction("0.95"), "%", "95%"), 12) == 0
    assert one_miss(12) == 1 - Fraction(11, 12)


@pytest.mark.parametrize(("share", "confidence", "number"), [
    ("0.99", "0.95", 299), ("0.5", "0.75", 2), ("0.5", "0.5", 1), ("0.999", "0.99", 4603), ("0.95", "0.95", 59),
])  # fmt: skip
def test_how_many_it_takes(share: str, confidence: str, number: int) -> None:
    assert needed_to_prove(Fraction(share), Fraction(confidence)) == number
    assert Fraction(share) ** number <= 1 - Fraction(confidence) < Fraction(share) ** (number - 1)


@pytest.mark.parametrize(("share", "confidence"), [("0", "0.9"), ("1", "0.9"), ("0.9", "0"), ("0.9", "1")])
def test_what_cannot_be_proven(share: str, confidence: str) -> None:
    with pytest.raises(ValueError, match=r"^a share and a confidence are between 0 and 1$"):
        needed_to_prove(Fraction(share), Fraction(confidence))
