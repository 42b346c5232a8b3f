"""Events and error ratios of rolling windows, one rule per window and shard.

Windows below a day are added up from the recorded minutes, longer ones from roll-ups of five minutes. Both are sums
of what was counted, so a ratio weighs every event the same, whenever it happened.

A range of ``w`` covers ``[t-w, t]`` in Prometheus 2 and ``(t-w, t]`` in Prometheus 3. Samples are recorded once a minute,
at whole milliseconds, so a range that is a millisecond shorter covers ``(t-w, t]`` in both. (In Prometheus 3 it leaves
out a sample of exactly ``t-w`` plus one millisecond. A group that runs one millisecond after the full minute, one in
60,000, would lose one minute of each roll-up that way, good and bad alike.)

A ratio is defined only where something happened: ``bad / (total > 0)`` has no sample for an idle window, and so
neither NaN nor a verdict about nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from slo_gen import names
from slo_gen.rules.promql import all_of, duration, label_list, one_of
from slo_gen.rules.rule import RecordingRule
from slo_gen.rules.shards import Shard
from slo_gen.spec.model import Evaluation

__all__ = ["BURN_RATE_WINDOW", "DAY", "ROLLUP_STEP", "half_open", "long_window_rules", "rollup_rules", "short_window_rules"]

DAY: Final = 86_400
ROLLUP_STEP: Final = 300
"""Seconds of one roll-up. Fixed: a change would book the events around it twice."""

BURN_RATE_WINDOW: Final = 3600
"""Seconds over which the burn rate on dashboards and in ``status`` is taken."""

_CATCH_UP: Final = 6 * 3600
"""Seconds for which a roll-up that Prometheus missed is still booked later."""

_MILLISECOND: Final = Fraction(1, 1000)


def half_open(seconds: int) -> str:
    """The range that covers ``(t - seconds, t]`` of recorded samples in every version of Prometheus."""
    return duration(seconds - _MILLISECOND)


# --- roll-ups ------------------------------------------------------------------------------------------------


def rollup_rules(shard: Shard, evaluation: Evaluation) -> tuple[RecordingRule, ...]:
    """Sums of five minutes each, every recorded minute in exactly one of them; every ROLLUP_STEP seconds.

    They are taken at the multiples of five minutes, not at the group's own instants: a roll-up belongs to its mark
    for ever, whenever it is recorded. Every mark of the last hours without a roll-up recorded since is booked
    now, so a restart or a missed evaluation loses nothing, and one that has been booked is not booked again.
    """
    if not shard.layers:
        return ()
    wanted = sorted({slo.indicator for layer in shard.layers for slo in layer.slos})
    exact = sorted({name for layer in shard.layers for name in layer.exact})
    by = sorted({label for indicator in shard.indicators for label in indicator.by})
    sources = [
        (names.BAD_ROLLUP, "sum_over_time", names.BAD, wanted),
        (names.TOTAL_ROLLUP, "sum_over_time", names.TOTAL, wanted),
        (names.MINUTES_ROLLUP, "count_over_time", names.TOTAL, wanted),
    ]
    if exact:
        sources.append((names.UNSEEN_ROLLUP, "sum_over_time", names.UNSEEN, exact))
    return tuple(
        RecordingRule(record, _rollup(record, function, source, one_of(names.INDICATOR, members), by, evaluation.interval), shard.marker)
        for record, function, source, members in sources
    )


def _rollup(record: str, function: str, source: str, members: str, by: Iterable[str], settling: int) -> str:
    """The sum of all marks that are due. ``settling``: how long the rules of the minutes may take to finish.

    A mark m is booked from ``m + settling`` on, so it has been booked when there is a record at that instant or
    later. The range that looks for it lies in the future of m. Prometheus 3 leaves its very first instant out, which
    is the instant of every record for one phase of the group in 300,000; it is looked up by itself.
    """
    counted = f"{function}({all_of(source, members)}[{half_open(ROLLUP_STEP)}])"
    own = all_of(record, members)
    later = f"count_over_time({own}[{duration(_CATCH_UP)}] offset {duration(-(settling + _CATCH_UP))})"
    then = f"timestamp({own} offset {duration(-settling)}) == time() + {settling}"
    on = label_list((names.INDICATOR, *by))
    marks = f"[{half_open(_CATCH_UP)}:{duration(ROLLUP_STEP)}] offset {duration(settling)}"
    return f"sum_over_time((\n{counted}\nunless on ({on})\n({later} or {then})\n){marks})"


# --- windows -------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Need:
    """Who needs what of one window; names of indicators."""

    ratio: set[str] = field(default_factory=set)
    bad: set[str] = field(default_factory=set)
    total: set[str] = field(default_factory=set)
    unseen: set[str] = field(default_factory=set)


def _needs(shard: Shard) -> dict[int, _Need]:
    needs: defaultdict[int, _Need] = defaultdict(_Need)
    for layer in shard.layers:
        indicators = {slo.indicator for slo in layer.slos}
        needs[BURN_RATE_WINDOW].ratio |= indicators
        for pair in layer.alerts:
            needs[pair.long].ratio |= indicators
            needs[pair.long].bad |= indicators
            needs[pair.short].ratio |= indicators
        verdict = needs[layer.window]
        verdict.ratio |= indicators
        verdict.bad |= indicators
        verdict.total |= indicators
        verdict.unseen |= set(layer.exact)
    return dict(sorted(needs.items()))


def short_window_rules(shard: Shard) -> tuple[RecordingRule, ...]:
    """Windows below a day, from the recorded minutes."""
    sources = _Sources(names.BAD, names.TOTAL, names.UNSEEN, names.TOTAL, "count_over_time")
    return tuple(rule for window, need in _needs(shard).items() if window < DAY for rule in _window(shard, window, need, sources))


def long_window_rules(shard: Shard) -> tuple[RecordingRule, ...]:
    """Windows of a day and more, from the roll-ups."""
    sources = _Sources(names.BAD_ROLLUP, names.TOTAL_ROLLUP, names.UNSEEN_ROLLUP, names.MINUTES_ROLLUP, "sum_over_time")
    return tuple(rule for window, need in _needs(shard).items() if window >= DAY for rule in _window(shard, window, need, sources))


@dataclass(frozen=True, slots=True)
class _Sources:
    """The series that a window is added up from."""

    bad: str
    total: str
    unseen: str
    minutes: str
    minutes_function: str


def _window(shard: Shard, window: int, need: _Need, sources: _Sources) -> list[RecordingRule]:
    """The rules of one window. Those that read the record before them say so: they belong into one group.

    A ratio reads records only if it reads both: vmalert shows a rule the records of the evaluation before, and two of
    different instants make no ratio.
    """
    name = duration(window)
    rules: list[RecordingRule] = []

    def over(source: str, members: set[str], function: str = "sum_over_time") -> str:
        return f"{function}({all_of(source, one_of(names.INDICATOR, members))}[{half_open(window)}])"

    def record(metric: str, expr: str) -> None:
        rules.append(RecordingRule(metric, expr, shard.marker, with_previous=bool(rules)))

    if need.bad:
        record(names.bad_window(name), over(sources.bad, need.bad))
    if need.total:
        record(names.total_window(name), over(sources.total, need.total))
        record(names.minutes_window(name), over(sources.minutes, need.total, sources.minutes_function))
    if need.unseen:
        record(names.unseen_window(name), over(sources.unseen, need.unseen))
    if need.bad == need.total == need.ratio:
        recorded = one_of(names.INDICATOR, need.ratio)
        bad, total = all_of(names.bad_window(name), recorded), all_of(names.total_window(name), recorded)
    else:
        bad, total = over(sources.bad, need.ratio), over(sources.total, need.ratio)
    record(names.error_ratio(name), f"{bad}\n/\n({total} > 0)")
    return rules
