"""What a target attained, as closings and backtests tell it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from catalogues import agreement, catalogue, indicator

from slo_gen.contract.facts import Slots
from slo_gen.contract.outcome import Verdict
from slo_gen.contract.target_period import target_period
from slo_gen.history.attained import attained_text


@pytest.mark.parametrize(("verdict", "read", "text"), [
    ("unclear", ("0.9996", "0.9991", "0.9999"), "99.91% to 99.99%"),
    ("unclear", ("0.9996", None, "0.9999"), "99.96%"),
    ("unclear", ("0.9996", "0.9991", None), "99.96%"),
    ("unclear", (None, None, None), "-"),
    ("met", ("0.9999", "0.9996", "0.9999"), "99.99%"),
    ("missed", ("0.9993", "0.9990", "0.9994"), "99.93%"),
])  # fmt: skip
def test_what_nobody_saw_is_not_taken_for_good(verdict: Verdict, read: tuple[str | None, ...], text: str) -> None:
    figure, lower, upper = (None if each is None else Fraction(each) for each in read)
    of = catalogue([indicator("shop")], (), [agreement("acme", "shop")])
    sold = of.agreements["acme"]
    judged = target_period(of, sold, sold.targets[0], sold.period.of(0), Slots(0, 60, [1], [0]))  # type: ignore[union-attr]
    outcome = replace(judged.outcome, verdict=verdict, figure=figure, lower=lower, upper=upper)
    assert attained_text(replace(judged, outcome=outcome)) == text
