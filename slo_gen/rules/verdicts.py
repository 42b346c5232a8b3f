"""What each SLO has attained in its own window, and what is left of its error budget.

A verdict needs events: a window without any has none, and nothing is called 100 %. Where the indicator is counted
exactly, two more series bound what was attained, whatever happened to the events that no scrape can have seen: all
of them bad, or none.
"""

from __future__ import annotations

from fractions import Fraction

from slo_gen import names
from slo_gen.rules.info import budget
from slo_gen.rules.promql import all_of, duration, label_list, number, one_of
from slo_gen.rules.rule import RecordingRule
from slo_gen.rules.shards import Layer
from slo_gen.rules.windows import BURN_RATE_WINDOW
from slo_gen.spec.model import Evaluation

__all__ = ["burn_rate_rules", "verdict_rules"]


def burn_rate_rules(layer: Layer) -> tuple[RecordingRule, ...]:
    """How many times too fast the budget is being spent: 1 spends it exactly within the SLO's window."""
    window = duration(BURN_RATE_WINDOW)
    ratio = all_of(names.error_ratio(window), layer.indicators)
    return (RecordingRule(names.BURN_RATE, f"{ratio} / {_join(layer)}", {names.WINDOW: window, **layer.marker}),)


def verdict_rules(layer: Layer, evaluation: Evaluation) -> tuple[RecordingRule, ...]:
    """Attained, budget remaining and coverage of every SLO of the layer, and the bounds of the exact ones."""
    window = duration(layer.window)
    labels = {names.WINDOW: window, **layer.marker}
    ratio = all_of(names.error_ratio(window), layer.indicators)
    minutes = all_of(names.minutes_window(window), layer.indicators)
    expected = Fraction(layer.window, evaluation.interval)
    rules = [
        RecordingRule(names.ATTAINED, f"1 - {ratio} + {_nothing(layer)}", labels),
        RecordingRule(names.BUDGET_LEFT, f"1 - {ratio} / {_join(layer)}", labels),
        RecordingRule(names.COVERAGE, f"{minutes} / {number(expected)} + {_nothing(layer)}", labels),
    ]
    if layer.exact:
        bad, total, unseen = (
            all_of(metric, one_of(names.INDICATOR, layer.exact))
            for metric in (names.bad_window(window), names.total_window(window), names.unseen_window(window))
        )
        unseen = f"({unseen} or {total} * 0)"
        everything = f"(({total} + {unseen}) > 0)"
        rules += [
            RecordingRule(names.ATTAINED_LOWER, f"1 - ({bad} + {unseen}) / {everything} + {_nothing(layer)}", labels),
            RecordingRule(names.ATTAINED_UPPER, f"1 - {bad} / {everything} + {_nothing(layer)}", labels),
        ]
    return tuple(rules)


def _join(layer: Layer) -> str:
    """The budget of each SLO, and the SLO's labels with it."""
    return f"on ({names.INDICATOR}) group_left ({label_list(layer.identity)}) {budget(layer)}"


def _nothing(layer: Layer) -> str:
    """Zero for each SLO, to bring its labels to a measured series."""
    return f"on ({names.INDICATOR}) group_left ({label_list(layer.identity)}) 0 * {budget(layer)}"
