"""Indicators that are a state, not a count: probes, thresholds and computed ratios.

Every interval with data counts as one event, and its bad part is the share of its steps (about one scrape each) that
were bad: an outage of fifteen seconds is a quarter of a bad minute, and none vanishes between two looks. An interval
without data has no record: it is unknown, neither good nor bad.
"""

from __future__ import annotations

from fractions import Fraction

from slo_gen import names
from slo_gen.rules.processes import Targets
from slo_gen.rules.promql import duration, label_list, number, parse_expression, parse_selector
from slo_gen.rules.rule import RecordingRule
from slo_gen.spec.model import Probe, Ratio, Threshold

__all__ = ["slot_rules"]


def slot_rules(indicator: str, measure: Threshold | Probe | Ratio, by: tuple[str, ...], targets: Targets) -> tuple[RecordingRule, ...]:
    """The two rules of one indicator."""
    match measure:
        case Threshold():
            state = _threshold(measure, by)
        case Probe():
            state = _probe(measure, by)
        case Ratio():
            state = _ratio(measure, by)
    steps = f"[{duration(targets.interval - Fraction(1, 1000))}:{duration(targets.step)}]"
    bad = targets.at_mark(f"avg_over_time(({state}){steps})")
    identity = {names.INDICATOR: indicator}
    return (
        RecordingRule(names.BAD, bad, identity),
        RecordingRule(names.TOTAL, f"0 * {bad} + 1", identity),
    )


def _threshold(measure: Threshold, by: tuple[str, ...]) -> str:
    """Bad while the worst series of the group is beyond the limit; a value that is not a number is no value."""
    worst = "max" if measure.op in (">", ">=") else "min"
    value = f"{worst} by ({label_list(by)}) ({parse_selector(measure.value)} >= -Inf)"
    return f"{value} {measure.op} bool {number(measure.limit)}"


def _probe(measure: Probe, by: tuple[str, ...]) -> str:
    """Bad while enough locations see it down: the quorum, or all that report if they are fewer."""
    group = label_list(by)
    up = f"max by ({label_list((*by, measure.location))}) ({parse_selector(measure.series)})"
    down, reporting = f"sum by ({group}) ({up} < bool 1)", f"count by ({group}) ({up})"
    if measure.quorum is None:
        return f"2 * {down} > bool {reporting}"
    return f"{down} >= bool clamp_max({reporting}, {measure.quorum})"


def _ratio(measure: Ratio, by: tuple[str, ...]) -> str:
    """The mean of the group; a step at which the user's expression is not a number (no traffic) has no value."""
    error = parse_expression(measure.error)
    return f"clamp_max(clamp_min(avg by ({label_list(by)}) (({error}) >= -Inf), 0), 1)"
