"""Facts of an indicator that was not recorded yet, computed from the user's own series over their history.

What watches a state is evaluated exactly as its rule would have been. What counts events is estimated by Prometheus'
``increase()``, over each interval and one scrape before it, so that no growth falls between two intervals. It knows no
processes: what a new series counted before its second scrape is missing, a counter that was reset between two scrapes
loses what came before, and an event may be booked one scrape early or late.
"""

from __future__ import annotations

from fractions import Fraction

from slo_gen import names
from slo_gen.history.facts import Question, Wanted, chunks
from slo_gen.rules.counters import Counter, counters_of
from slo_gen.rules.counting import targets_of
from slo_gen.rules.processes import Targets
from slo_gen.rules.promql import label_list, number
from slo_gen.rules.slots import slot_rules
from slo_gen.spec.model import Events, Indicator, Latency

__all__ = ["how_computed", "recount_questions"]


def recount_questions(wanted: Wanted) -> tuple[Question, ...]:
    """What stands for the records that are wanted. Groups are not picked: all are asked for. Raises PromqlError."""
    indicator, evaluation = wanted.indicator, wanted.evaluation
    targets = targets_of(indicator, evaluation)
    if isinstance(indicator.measure, Events | Latency):
        expressions = _counted(indicator, indicator.measure, targets)
    else:
        rules = slot_rules(indicator.name, indicator.measure, indicator.by, targets)
        expressions = {rule.record: rule.expr for rule in rules}
    step, settling = evaluation.interval, evaluation.settling
    # Rules look ``settling`` back at the interval that ended there.
    return tuple(
        Question(expression, first + step + settling, last + settling, step, record)
        for record, expression in expressions.items()
        for first, last in chunks(wanted.start, wanted.end)
    )


def how_computed(indicator: Indicator) -> str:
    """What is to be said beside such figures."""
    if indicator.is_counted:
        return "estimated by increase() from the raw series: without the first events of new series, and up to one scrape early or late"
    return "computed from the raw series as the rules would have"


def _counted(indicator: Indicator, measure: Events | Latency, targets: Targets) -> dict[str, str]:
    counters = counters_of(measure)
    window = targets.interval + indicator.scrape_interval
    part = number(Fraction(targets.interval, window))

    def grown(counter: Counter) -> str:
        increase = counter.read(f"increase({counter.selector.over(window).back(targets.settling)})")
        return f"sum by ({label_list(indicator.by)}) ({increase}) * {part}"

    total, other = grown(counters.total), grown(counters.other)
    filled = f"({other} or 0 * {total})"
    return {names.TOTAL: total, names.BAD: f"clamp_min({total} - {filled}, 0)" if counters.other_is_good else filled}
