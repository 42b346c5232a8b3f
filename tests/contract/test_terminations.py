"""When an agreement may be ended for its breaches; each row is a contract's sentence, told by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from slo_gen.contract.terminations import Missed, may_end
from slo_gen.spec.terms import Bound, Termination

BELOW_99 = Bound("<", Fraction(99, 100), "%", "below 99%")


def periods(text: str) -> list[dict[str, Missed]]:
    """``x`` a breach of availability at 99.5 %, ``X`` at 98 %, ``r`` one of response, ``?`` one without a figure, ``.`` none."""
    broken = {
        "x": {"availability": Missed(Fraction(995, 1000))}, "X": {"availability": Missed(Fraction(98, 100))},
        "r": {"response": Missed(Fraction(1, 2))}, "?": {"availability": Missed(None)}, ".": {},
    }  # fmt: skip
    return [dict(broken[each]) for each in text]


@pytest.mark.parametrize(("terms", "history", "ends"), [
    (Termination(), "x", True), (Termination(), ".", False), (Termination(), "x.", False),
    (Termination(breaches=3, of=6), "x.x..x", True), (Termination(breaches=3, of=6), "x.x...x", False),
    (Termination(breaches=3, of=6), "xxx.", False), (Termination(breaches=2, of=3), "x", False),
    (Termination(breaches=3, of=6), "xxxx", True),
    (Termination(breaches=3, of=12, contiguous=True), "xxx", True), (Termination(breaches=3, of=12, contiguous=True), "xx.x", False),
    (Termination(breaches=3, of=12, contiguous=True), ".xxx", True), (Termination(breaches=3, of=12, contiguous=True), "xx", False),
    (Termination(breaches=2, of=3, below=BELOW_99), "X.X", True), (Termination(breaches=2, of=3, below=BELOW_99), "x.X", False),
    (Termination(below=BELOW_99), "?", False),
    (Termination(targets=("availability",)), "r", False), (Termination(targets=("availability", "response")), "r", True),
    (Termination(breaches=2, of=2), "rx", True), (Termination(), "", False),
])  # fmt: skip
def test_the_period_that_completes_the_right_is_told(terms: Termination, history: str, ends: bool) -> None:
    assert may_end(terms, periods(history)) is ends


def test_any_target_of_a_period_makes_it_count() -> None:
    both = {"availability": Missed(Fraction(995, 1000)), "other": Missed(Fraction(98, 100))}
    assert may_end(Termination(below=BELOW_99), [both])
    assert not may_end(Termination(below=BELOW_99, targets=("availability",)), [both])
