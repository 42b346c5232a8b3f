"""Counting by a ledger of processes: every event that a scrape saw, through restarts, kills, relabels and gaps.

The ledger holds, per process, the highest level its counter has shown (``slm:total:level1m``). What an interval counts
is the growth of the ledger since the evaluation before, whenever that was. A process that is new in the ledger
counts from zero where its counter is known to have begun at zero; one that came back under other labels continues
from the level it left.

The bad (or good) events have a ledger of their own with the same processes, filled with zero where no such series
exists yet; so the first error of a process counts, and no error yet is not the same as no data.

``exact`` and ``light`` differ in two things that only ``exact`` pays for. A process that is new but began before we
watched counts from its first scrape (``light``: from the first mark after it, so up to an interval of each such
process is not counted). And what ended processes may have counted after their last scrape is published as unseen.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from slo_gen import names
from slo_gen.rules.counters import Counters
from slo_gen.rules.processes import NAMELESS, Recorded, Targets
from slo_gen.rules.promql import all_of, duration, label_list, label_matcher, quote
from slo_gen.rules.rule import RecordingRule
from slo_gen.spec.model import Counting

__all__ = ["ledger_rules"]

_FIRST: Final = "first"


def ledger_rules(
    indicator: str, counters: Counters, by: tuple[str, ...], targets: Targets, counting: Counting
) -> tuple[RecordingRule, ...]:
    """The rules of one indicator; the rules of its ``targets`` stand before them in the same group."""
    text = "\n".join((counters.definition, *by, "", *targets.labels))
    definition = hashlib.sha256(text.encode()).hexdigest()[:8]
    exact = counting == "exact"
    total = _Ledger(targets, indicator, definition, by, counters.total.now(), names.TOTAL_LEVEL, exact)
    metric = names.GOOD_LEVEL if counters.other_is_good else names.BAD_LEVEL
    other = _Ledger(targets, indicator, definition, by, counters.other.now(), metric, exact, total)
    identity = {names.INDICATOR: indicator}
    rules = (
        RecordingRule(total.metric, total.entries(), total.identity),
        RecordingRule(other.metric, f"{other.entries()} or on ({other.labels}) 0 * {total.level().now()}", other.identity),
        RecordingRule(names.TOTAL, _total(total), identity),
        RecordingRule(names.BAD, _not_good(other) if counters.other_is_good else _bad(other), identity),
    )
    return (*rules, RecordingRule(names.UNSEEN, _unseen(total), identity)) if exact else rules


@dataclass(frozen=True, slots=True)
class _Ledger:
    """One counter of an indicator in the ledger."""

    targets: Targets
    indicator: str
    definition: str                       # a changed query starts a ledger of its own
    by: tuple[str, ...]
    counter: str
    metric: str
    exact: bool
    total: _Ledger | None = None          # of the same indicator; None for the total itself

    @property
    def identity(self) -> dict[str, str]:
        return {names.INDICATOR: self.indicator, names.DEFINITION: self.definition}

    @property
    def labels(self) -> str:
        """The labels of one entry."""
        return self.targets.by_process(*self.by)

    def level(self, *matchers: str) -> Recorded:
        return self._recorded(label_matcher(names.ENTRY, ""), *matchers)

    def first(self) -> Recorded:
        """The level at the first scrape of the processes that are new in the ledger and did not count from zero."""
        return self._recorded(label_matcher(names.ENTRY, _FIRST))

    def _recorded(self, *matchers: str) -> Recorded:
        own = (label_matcher(names.INDICATOR, self.indicator), label_matcher(names.DEFINITION, self.definition))
        return Recorded(self.targets, all_of(self.metric, *own, *matchers))

    # -- the entries of this evaluation -------------------------------------------------------------------------

    def entries(self) -> str:
        """The highest level of every process, and the first level of the newcomers."""
        highest = f"{self._on_steps('max_over_time')} or on ({self.labels}) {self._restarted()}"
        if not self.exact:
            return highest
        first = f"label_replace({self._newcomers()}, {quote(names.ENTRY)}, {quote(_FIRST)}, {quote('')}, {quote('')})"
        return f"{highest} or {first}"

    def _newcomers(self) -> str:
        """The first level of processes that are new in the ledger and began before we watched.

        Targets without a start time are among them only when the indicator itself is new, see ``implausible``.
        """
        targets, process = self.targets, self.targets.by_process()
        from_zero = targets.recorded(names.PROCESS_ZERO).now()
        nameless = targets.recorded(names.PROCESS_SEEN, NAMELESS).now()
        total = all_of(names.TOTAL, label_matcher(names.INDICATOR, self.indicator))
        watched = f"({nameless} and on () last_over_time({total}[{duration(targets.bridge)}] offset 1s))"
        known = self.level().before(targets.bridge)
        first = self._on_steps("min_over_time")
        return f"({first} unless on ({process}) ({from_zero} or {watched}) unless on ({self.labels}) {known})"

    def _sums(self) -> str:
        return f"sum by ({self.targets.by_target(*self.by)}) ({self.counter})"

    def _on_steps(self, function: str) -> str:
        """``function`` over the steps, for targets that had one process all the time."""
        targets = self.targets
        level = targets.at_mark(targets.by_steps(function, self._sums()))
        restarted = targets.recorded(names.PROCESS_FIRST_STEP).now()
        process = f"({targets.recorded(names.PROCESS_SEEN).now()} unless on ({targets.by_target()}) {restarted})"
        return f"({level} * on ({targets.by_target()}) group_left ({names.PROCESS}) (0 * {process} + 1))"

    def _restarted(self) -> str:
        """The highest level of every process of the targets that were restarted in place."""
        targets = self.targets
        first = targets.recorded(names.PROCESS_FIRST_STEP).now_on_steps()
        last = targets.recorded(names.PROCESS_LAST_STEP).now_on_steps()
        running = f"(0 * ({first} <= time() and {last} >= time()) + 1)"
        level = f"{self._sums()} * on ({targets.by_target()}) group_left ({names.PROCESS}) {running}"
        return targets.at_mark(targets.by_steps("max_over_time", level))

    # -- what it grew by ----------------------------------------------------------------------------------------

    def growth(self) -> str:
        """What the ledger grew by in this evaluation, per process; relabelled processes per start time."""
        nameless, known = self.level(NAMELESS), self.level().before(self.targets.bridge)
        restarted = f"{nameless.now()} < {nameless.before(self.targets.bridge)}"
        first = f" or ignoring ({names.ENTRY}) {self.first().now()}" if self.exact else ""
        before = f"({known}{first} or 0 * {self._from_zero()})"
        return f"{self.level().now()} - ignoring ({names.ENTRY}) {before} > 0 or {restarted} or {self._continued()} > 0"

    def _from_zero(self) -> str:
        """Processes whose counter began at zero; those without a start time only if the total's level can be true."""
        targets = self.targets
        zero = f"{self.level().now()} and on ({targets.by_process()}) {targets.recorded(names.PROCESS_ZERO).now()}"
        return f"({zero} unless on ({self.labels}) {(self.total or self).implausible()})"

    def implausible(self) -> str:
        """Nameless processes above what the whole indicator counted in its busiest interval since the last evaluation."""
        total = all_of(names.TOTAL, label_matcher(names.INDICATOR, self.indicator))
        busiest = f"max by ({label_list(self.by)}) (max_over_time({total}[{duration(self.targets.bridge)}] offset 1s))"
        before = self.targets.recorded(names.PROCESS_PRESENT, NAMELESS).before(self.targets.catch_up)
        elapsed = f"scalar((time() - max({before})) / {self.targets.interval})"
        level = self.level(NAMELESS).now()
        return f"({level} > on ({label_list(self.by)}) group_left () ({busiest} * {elapsed}))"

    def _continued(self) -> str:
        """Events between the last scrape of a process under its old labels and the first under its new ones."""
        targets, group = self.targets, self.targets.by_start(*self.by)
        span = targets.settlement + targets.interval
        arrived, departed = (targets.recorded(m).now() for m in (names.PROCESS_ARRIVED, names.PROCESS_DEPARTED))
        entered = self.first().within(span) if self.exact else self.level().within(span, "min_over_time")
        first = f"sum by ({group}) ({entered} and on ({targets.by_process()}) {arrived})"
        last = f"sum by ({group}) ({self.level().within(span, 'max_over_time')} and on ({targets.by_process()}) {departed})"
        return f"({first} - ({last} or 0 * {first}))"

    def summed(self, expression: str) -> str:
        return f"sum by ({label_list(self.by)}) ({expression})"

    def counted(self) -> str:
        """The total of this evaluation, with the labels of the groups."""
        total = all_of(names.TOTAL, label_matcher(names.INDICATOR, self.indicator))
        return self.summed(f"last_over_time({total}[1s])")


def _total(ledger: _Ledger) -> str:
    """The growth, and zero for every group that had a live target since the mark before; the others have no data."""
    targets = ledger.targets
    present = targets.recorded(names.PROCESS_PRESENT).within(targets.interval + 1)
    alive = f"0 * ({ledger.level().now()} and on ({targets.by_process()}) {present})"
    return ledger.summed(f"{ledger.growth()} or {alive}")


def _bad(ledger: _Ledger) -> str:
    return f"{ledger.summed(ledger.growth())} and {ledger.counted()} or 0 * {ledger.counted()}"


def _not_good(ledger: _Ledger) -> str:
    counted = ledger.counted()
    return f"clamp_min({counted} - ({ledger.summed(ledger.growth())} or 0 * {counted}), 0)"


def _unseen(ledger: _Ledger) -> str:
    """The most that processes which ended can have counted after their last scrape."""
    targets, level = ledger.targets, ledger.level()
    earlier = f"last_over_time({level.selector}[{duration(targets.catch_up)}] offset {duration(targets.interval + 1)})"
    zero = f"0 * ({level.now()} and on ({targets.by_process()}) {targets.recorded(names.PROCESS_ZERO).now()})"
    first = level.within(targets.catch_up, "min_over_time")
    ended = targets.recorded(names.PROCESS_ENDED).now()
    grown = f"clamp_min({level.now()} - ({earlier} or {zero} or {first}), 0)"
    return f"{ledger.summed(f'{grown} * on ({targets.by_process()}) group_left () {ended}')} or 0 * {ledger.counted()}"
