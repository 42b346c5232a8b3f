"""Exact counting: every event that any scrape saw, through restarts, kills, relabels and gaps.

A ledger holds, per process, the highest level its counter has shown (``slm:total:level1m``). What an interval counts
is the growth of the ledger since the evaluation before, whenever that was. A process that is new in the ledger
starts from a base (``slm:total:base1m``): zero where its counter is known to have begun at zero, else its level when
it was first seen. A process that came back under other labels continues from the level it left.

The bad (or good) events have a ledger of their own with the same processes, filled with zero where no such series
exists yet; so the first error of a process counts, and no error yet is not the same as no data.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from slo_gen import names
from slo_gen.rules.processes import Recorded, Targets
from slo_gen.rules.promql import all_of, duration, label_list, label_matcher
from slo_gen.rules.rule import RecordingRule

__all__ = ["CounterExpressions", "exact_rules"]

NAMED: Final = f'{names.PROCESS}!=""'
NAMELESS: Final = f'{names.PROCESS}=""'


@dataclass(frozen=True, slots=True)
class CounterExpressions:
    """The counters of one indicator as instant vectors: ``total``, and either ``bad`` or ``good``."""

    total: str
    bad: str | None
    good: str | None


@dataclass(frozen=True, slots=True)
class _Ledger:
    """One counter of an indicator in the ledger."""

    targets: Targets
    indicator: str
    definition: str
    by: tuple[str, ...]
    counter: str
    level_name: str
    base_name: str

    @property
    def labels(self) -> dict[str, str]:
        return {names.INDICATOR: self.indicator, names.DEFINITION: self.definition}

    def _recorded(self, metric: str, *matchers: str) -> Recorded:
        own = (label_matcher(names.INDICATOR, self.indicator), label_matcher(names.DEFINITION, self.definition))
        return Recorded(self.targets, all_of(metric, *own, *matchers))

    def level(self, *matchers: str) -> Recorded:
        return self._recorded(self.level_name, *matchers)

    def base(self) -> Recorded:
        return self._recorded(self.base_name)

    def on_steps(self, function: str) -> str:
        """``function`` of the level of every process, over the steps before the mark."""
        targets = self.targets
        level = (
            f"sum by ({targets.by_target(*self.by)}) ({self.counter})"
            f" * on ({targets.by_target()}) group_left ({names.PROCESS}) {targets.identity()}"
        )
        return targets.at_mark(targets.by_steps(function, level))

    def now_recorded(self) -> str:
        """The highest level of every process; a scrape that lacked the start time makes no process of its own."""
        targets = self.targets
        named, nameless = (targets.recorded(names.PROCESS_SEEN, matcher).now() for matcher in (NAMED, NAMELESS))
        stray = f"({nameless} and on ({targets.by_target()}) {named})"
        return f"({self.on_steps('max_over_time')} unless on ({targets.by_process()}) {stray})"

    def growth(self) -> str:
        """What the ledger grew by in this evaluation, per process; relabelled processes per start time."""
        targets = self.targets
        now, before = self.level().now(), f"({self.level().before(targets.bridge)} or {self.base().now()})"
        nameless = self.level(NAMELESS)
        restarted = f"({nameless.now()} < {nameless.before(targets.bridge)})"
        return f"({restarted} or clamp_min({now} - {before}, 0) or {self._continued()})"

    def _continued(self) -> str:
        """Events between the last scrape of a process under its old labels and the first under its new ones."""
        targets, group = self.targets, self.targets.by_start(*self.by)
        span = targets.settlement + targets.interval
        arrived, departed = (targets.recorded(m).now() for m in (names.PROCESS_ARRIVED, names.PROCESS_DEPARTED))
        first = f"sum by ({group}) ({self.base().within(span)} and on ({targets.by_process()}) {arrived})"
        last = f"sum by ({group}) ({self.level().within(span, 'max_over_time')} and on ({targets.by_process()}) {departed})"
        return f"clamp_min({first} - ({last} or 0 * {first}), 0)"

    def summed(self, expression: str) -> str:
        return f"sum by ({label_list(self.by)}) ({expression})" if self.by else f"sum ({expression})"


def exact_rules(indicator: str, counters: CounterExpressions, by: tuple[str, ...], targets: Targets) -> tuple[RecordingRule, ...]:
    """The rules of one indicator; the rules of its ``targets`` stand before them in the same group."""
    text = "\n".join((counters.total, counters.bad or "", counters.good or "", *by, "", *targets.labels))
    definition = hashlib.sha256(text.encode()).hexdigest()[:8]
    total = _Ledger(targets, indicator, definition, by, counters.total, names.TOTAL_LEVEL, names.TOTAL_BASE)
    if counters.bad is not None:
        other = _Ledger(targets, indicator, definition, by, counters.bad, names.BAD_LEVEL, names.BAD_BASE)
    else:
        assert counters.good is not None
        other = _Ledger(targets, indicator, definition, by, counters.good, names.GOOD_LEVEL, names.GOOD_BASE)
    identity = {names.INDICATOR: indicator}
    return (
        RecordingRule(total.level_name, total.now_recorded(), total.labels),
        RecordingRule(total.base_name, _total_base(total), total.labels),
        RecordingRule(other.level_name, _other_level(other, total), other.labels),
        RecordingRule(other.base_name, _other_base(other, total), other.labels),
        RecordingRule(names.TOTAL, _total(total), identity),
        RecordingRule(names.BAD, _bad(other, total, counters.bad is None), identity),
        RecordingRule(names.UNSEEN, _unseen(total), identity),
    )


def _total_base(ledger: _Ledger) -> str:
    targets = ledger.targets
    from_zero = targets.recorded(names.PROCESS_ZERO).now()
    zero = f"0 * {ledger.level().now()} and on ({targets.by_process()}) {from_zero}"
    known = ledger.level().before(targets.bridge)
    on = f"on ({targets.by_process(*ledger.by)})"
    first = ledger.on_steps("min_over_time")
    return f"({zero} or {_nameless_from_zero(ledger)} or {on} {first}) unless {on} {known}"


def _nameless_from_zero(ledger: _Ledger) -> str:
    """New targets that tell no start time and yet began at zero.

    Such a target may be an old process under new labels, or one that was only now discovered. It counts from zero
    when it is neither, as far as can be told; else it counts from its first scrape, and what came before is unseen.
    """
    targets = ledger.targets
    new = targets.recorded(names.PROCESS_NEW, NAMELESS).now()
    total = all_of(names.TOTAL, label_matcher(names.INDICATOR, ledger.indicator))
    busiest = f"max by ({label_list(ledger.by)}) (max_over_time({total}[{duration(targets.bridge)}] offset 1s))"
    # What the whole indicator counted in its busiest interval bounds what one new process can have counted so far.
    plausible = f"{ledger.level(NAMELESS).now()} <= on ({label_list(ledger.by)}) group_left () {busiest}"
    return f"0 * (({plausible}) and on ({targets.by_process()}) {new} unless on ({targets.by_process()}) ({_perhaps_relabelled(ledger)}))"


def _perhaps_relabelled(ledger: _Ledger) -> str:
    """Nameless targets that may continue one which has just gone: they share its address or pod, or show no less."""
    targets = ledger.targets
    present = targets.recorded(names.PROCESS_PRESENT)

    def gone(*matchers: str) -> str:
        earlier = f"{ledger.level(NAMELESS, *matchers).before(targets.interval)} and on ({targets.by_process()}) {present.before(targets.interval)}"
        return f"({earlier} unless on ({targets.by_process()}) {present.now()})"

    suspects: list[str] = []
    for label in targets.own_labels:
        shared = label_matcher(label, "", "!=")
        suspects.append(f"{ledger.level(NAMELESS, shared).now()} and on ({targets.by_group(label)}) {gone(shared)}")
        only = [label_matcher(other, "") for other in targets.own_labels if other != label]
        suspects.append(
            f"{ledger.level(NAMELESS, *only).now()} >= on ({targets.by_group()}) group_left () min by ({targets.by_group()}) ({gone(*only)})"
        )
    return " or ".join(suspects)


def _other_level(ledger: _Ledger, total: _Ledger) -> str:
    return f"{ledger.now_recorded()} or on ({ledger.targets.by_process(*ledger.by)}) 0 * {total.level().now()}"


def _other_base(ledger: _Ledger, total: _Ledger) -> str:
    """Zero where the total began at zero or has no such series yet; else the level at the first scrape."""
    targets, now = ledger.targets, ledger.level().now()
    labels = targets.by_process(*ledger.by)
    zero = f"0 * {now} and on ({labels}) ({total.base().now()} == 0)"
    known = ledger.level().before(targets.bridge)
    on = f"on ({labels})"
    return f"({zero} or {on} {ledger.on_steps('min_over_time')} or {on} 0 * {now}) unless {on} {known}"


def _alive(ledger: _Ledger) -> str:
    """One element per group that had a live target since the mark before; groups without one have no data."""
    targets = ledger.targets
    present = targets.recorded(names.PROCESS_PRESENT).within(targets.interval + 1)
    return ledger.summed(f"0 * ({ledger.level().now()} and on ({targets.by_process()}) {present})")


def _total(ledger: _Ledger) -> str:
    grown = ledger.summed(ledger.growth())
    return f"{grown} > 0 or {grown} and {_alive(ledger)}"


def _bad(ledger: _Ledger, total: _Ledger, is_good: bool) -> str:
    recorded = f"last_over_time({all_of(names.TOTAL, label_matcher(names.INDICATOR, total.indicator))}[1s])"
    summed = label_list(ledger.by)
    counted = f"sum by ({summed}) ({recorded})"
    if is_good:
        return f"clamp_min({counted} - ({ledger.summed(ledger.growth())} or 0 * {counted}), 0)"
    return f"{ledger.summed(ledger.growth())} and {counted} or 0 * {counted}"


def _unseen(ledger: _Ledger) -> str:
    """The most that processes which ended can have counted after their last scrape."""
    targets = ledger.targets
    level = ledger.level()
    earlier = f"last_over_time({level.selector}[{duration(targets.catch_up)}] offset {duration(targets.interval + 1)})"
    base = ledger.base().within(targets.catch_up + targets.interval)
    grown = f"({level.now()} - ({earlier} or {base} or 0 * {level.now()}))"
    ended = targets.recorded(names.PROCESS_ENDED).now()
    recorded = f"last_over_time({all_of(names.TOTAL, label_matcher(names.INDICATOR, ledger.indicator))}[1s])"
    tail = ledger.summed(f"clamp_min({grown}, 0) * on ({targets.by_process()}) group_left () {ended}")
    return f"{tail} or 0 * sum by ({label_list(ledger.by)}) ({recorded})"
