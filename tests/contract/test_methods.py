"""The methods that contracts name, word by word as measurements."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from slo_gen.contract.measurement import Down, Measurement, Runs, Share
from slo_gen.contract.methods import measured, measurement, objective
from slo_gen.spec.model import AgreementTarget, Origin
from slo_gen.spec.terms import MeasureTerms

TWENTIETH = Fraction(1, 20)
DOWN: dict[str, Any] = {"down_threshold": TWENTIETH, "down_strict": False, "minimum_events": 10, "empty": "good", "unknown": "bad"}


@pytest.mark.parametrize(("terms", "expected"), [
    (MeasureTerms("event_ratio", over="events", empty="bad", unknown="good"), Measurement(None, Share(), "bad", "good", over="events")),
    (MeasureTerms("interval_mean", interval=300, over="scheduled", empty="good", unknown="excluded"),
     Measurement(300, Share(), "good", "excluded", over="scheduled", reduce="mean")),
    (MeasureTerms("downtime_minutes", interval=30, over="deployed", **DOWN),
     Measurement(30, Down(TWENTIETH, False, 10), "good", "bad", over="deployed")),
    (MeasureTerms("downtime_minutes", reduce="max"), Measurement(60, Down(Fraction(0)), reduce="max")),
    (MeasureTerms("downtime_periods", interval=120), Measurement(120, Down(Fraction(0)), runs=Runs(120))),
    (MeasureTerms("downtime_periods", at_least=300), Measurement(60, Down(Fraction(0)), runs=Runs(300))),
    (MeasureTerms("downtime_periods", at_least=300, drop_partial=True), Measurement(60, Down(Fraction(0)), runs=Runs(300, whole=True))),
    (MeasureTerms("downtime_minutes", longer_than=600, drop_partial=True),
     Measurement(60, Down(Fraction(0)), runs=Runs(600, strict=True, whole=True))),
    (MeasureTerms("downtime_periods", drop_partial=True), Measurement(60, Down(Fraction(0)), runs=Runs(60, whole=True))),
    (MeasureTerms("unavailable_intervals", interval=300), Measurement(300, Down(Fraction(0), by_interval=True))),
    (MeasureTerms("weighted_downtime", over="scheduled"), Measurement(60, Down(Fraction(0), weighted=True), over="scheduled")),
    (MeasureTerms("interval_mean", over="events"), Measurement(60, Share(), reduce="mean")),       # time is no share of events
])  # fmt: skip
def test_each_method_as_a_measurement(terms: MeasureTerms, expected: Measurement) -> None:
    assert measured(terms) == expected
    target = AgreementTarget("t", "requests", "at most", TWENTIETH, "5%", None, Origin("a.yaml", 1, 1), measure=terms)
    assert measurement(target) == expected


@pytest.mark.parametrize(("direction", "op"), [("at least", ">="), ("at most", "<=")])
def test_what_a_target_promises(direction: Any, op: str) -> None:
    promised = objective(AgreementTarget("t", "requests", direction, TWENTIETH, "5%", None, Origin("a.yaml", 1, 1)))
    assert (promised.op, promised.value, promised.unit, promised.text) == (op, TWENTIETH, "%", f"{direction} 5%")
