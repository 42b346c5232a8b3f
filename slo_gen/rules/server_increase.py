"""Counting for VictoriaMetrics, by its own ``increase()``.

There a rule sees what other rules recorded only an evaluation later, so the ledger of processes, whose rules read
each other at the same instant, cannot be kept. Its ``increase()`` makes up for most of that: it takes the sample
before the range into account, so that consecutive ranges lose nothing between them, follows resets, bridges missing
scrapes, and counts a new series from zero unless its first value is far above what it then grows by. What it does not
know is processes: a relabelled target loses what it counted between the two labels, and nothing is published as unseen.
"""

from __future__ import annotations

from slo_gen import names
from slo_gen.rules.counters import Counter, Counters
from slo_gen.rules.processes import Targets
from slo_gen.rules.promql import label_list
from slo_gen.rules.rule import RecordingRule

__all__ = ["server_increase_rules"]


def server_increase_rules(indicator: str, counters: Counters, by: tuple[str, ...], targets: Targets) -> tuple[RecordingRule, ...]:
    """The two rules of one indicator. Neither reads the other's record."""

    def grown(counter: Counter) -> str:
        selected = counter.selector.over(targets.interval).back(targets.settling)
        return f"sum by ({label_list(by)}) (increase({selected}))"

    total, other = grown(counters.total), grown(counters.other)
    filled = f"({other} or 0 * {total})"
    bad = f"clamp_min({total} - {filled}, 0)" if counters.other_is_good else filled
    identity = {names.INDICATOR: indicator}
    return RecordingRule(names.TOTAL, total, identity), RecordingRule(names.BAD, bad, identity)
