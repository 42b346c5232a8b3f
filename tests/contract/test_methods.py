"""The methods that contracts name, word by word as measurements."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from slo_gen.contract.measurement import Down, Measurement, Runs, Share
from slo_gen.contract.methods import measured, measurement, objective, of_results, of_tickets, promised
from slo_gen.spec.model import AgreementTarget, Origin, OtherTarget, TicketTarget
from slo_gen.spec.terms import Bound, MeasureTerms

HERE = Origin("a.yaml", 1, 1)
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
    target = AgreementTarget("t", "requests", "at most", TWENTIETH, "5%", None, HERE, measure=terms)
    assert measurement(target) == expected


@pytest.mark.parametrize(("direction", "op"), [("at least", ">="), ("at most", "<=")])
def test_what_a_target_promises(direction: Any, op: str) -> None:
    found = objective(AgreementTarget("t", "requests", direction, TWENTIETH, "5%", None, HERE))
    assert (found.op, found.value, found.unit, found.text) == (op, TWENTIETH, "%", f"{direction} 5%")


def test_what_is_promised_of_tickets() -> None:
    """A share of them in time, each counted as it is."""
    target = TicketTarget("p1", "P1", "response", "15m", "24x7", Fraction(19, 20), "95%", HERE)
    bound = Bound(">=", Fraction(19, 20), "%", "at least 95%")
    assert of_tickets(target) == (Measurement(None, Share(), over="events"), bound)
    assert promised(target) == bound


AT_MOST_TWO = Bound("<=", Fraction(2), "", "at most 2")
AT_MOST_AN_HOUR = Bound("<=", Fraction(3600), "s", "at most 1h")


def other(about: Any, of: str, bound: Bound | None, percent: Fraction | None = None) -> OtherTarget:
    return OtherTarget("promise", about, "as written", HERE, of, bound, percent)


@pytest.mark.parametrize(("target", "reduce"), [
    (other("count", "tickets", AT_MOST_TWO), "count"),
    (other("longest", "response", AT_MOST_AN_HOUR), "max"),
    (other("percentile", "resolution", AT_MOST_AN_HOUR, TWENTIETH), "percentile"),
])  # fmt: skip
def test_what_single_results_tell(target: OtherTarget, reduce: Any) -> None:
    how = Measurement(None, Share(), over="events", reduce=reduce, percent=target.percent)
    assert of_results(target) == (how, target.bound)
    assert promised(target) == target.bound


@pytest.mark.parametrize("target", [
    other("count", "complaints", AT_MOST_TWO), other("longest", "tickets", AT_MOST_AN_HOUR), other("longest", "response", None),
    other("satisfaction", "survey", AT_MOST_TWO), other("fact", "tickets", AT_MOST_TWO),
])  # fmt: skip
def test_what_single_results_say_nothing_about(target: OtherTarget) -> None:
    assert of_results(target) is None


def test_what_a_target_on_an_indicator_promises_and_a_recorded_fact_does_not() -> None:
    target = AgreementTarget("t", "requests", "at most", TWENTIETH, "5%", None, HERE)
    assert promised(target) == target.bound == Bound("<=", TWENTIETH, "%", "at most 5%")
    with pytest.raises(ValueError) as error:
        promised(other("fact", "restore", None))
    assert str(error.value) == "promise promises no figure"
