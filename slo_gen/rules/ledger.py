"""The ledger of processes: how high the counter of every process has risen, as recorded series.

An entry (``slm:total:level1m``) is the highest level that any scrape showed of one process's counter, so restarts,
kills, relabels, gaps and evaluations that were missed lose nothing; ``growth`` turns the ledger into events. The bad
(or good) events have entries for the same processes, filled with zero where no such series exists yet: so the first
error of a process counts, and no error yet is not the same as no data.

``exact`` and ``light`` differ in two things that only ``exact`` pays for. A process that is new but began before we
watched counts from its first scrape (``light``: from the first mark after it, so up to an interval of each such
process is not counted). And what ended processes may have counted after their last scrape is published as unseen.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from slo_gen import names
from slo_gen.rules.counters import Counter, Counters
from slo_gen.rules.processes import NAMED, NAMELESS, Recorded, Targets
from slo_gen.rules.promql import all_of, duration, label_matcher, quote
from slo_gen.rules.rule import RecordingRule
from slo_gen.spec.model import Counting

__all__ = ["FIRST", "level_rules", "other_level"]

FIRST: Final = label_matcher(names.ENTRY, "first")
"""Entries that hold the first level of a process instead of its highest."""


def other_level(counters: Counters) -> str:
    """The metric of the second ledger: that of the good events, or of the bad ones."""
    return names.GOOD_LEVEL if counters.other_is_good else names.BAD_LEVEL


def level_rules(indicator: str, counters: Counters, by: tuple[str, ...], targets: Targets, counting: Counting) -> tuple[RecordingRule, ...]:
    """The two rules of one indicator; the register of its ``targets`` stands before them in the same group."""
    text = "\n".join((counters.definition, *by, "", *targets.labels))
    definition = hashlib.sha256(text.encode()).hexdigest()[:8]
    labels = {names.INDICATOR: indicator, names.DEFINITION: definition}
    total = _Entries(targets, indicator, definition, by, counters.total, names.TOTAL_LEVEL, counting == "exact")
    other = _Entries(targets, indicator, definition, by, counters.other, other_level(counters), counting == "exact")
    zero = f"on ({other.labels}) 0 * {total.level().now()}"
    return (RecordingRule(total.metric, total.entries(), labels), RecordingRule(other.metric, f"{other.entries()} or {zero}", labels))


@dataclass(frozen=True, slots=True)
class _Entries:
    """One counter of an indicator in the ledger."""

    targets: Targets
    indicator: str
    definition: str                       # a changed query starts a ledger of its own
    by: tuple[str, ...]
    counter: Counter
    metric: str
    exact: bool

    @property
    def labels(self) -> str:
        """The labels of one entry."""
        return self.targets.by_process(*self.by)

    def level(self) -> Recorded:
        own = (label_matcher(names.INDICATOR, self.indicator), label_matcher(names.DEFINITION, self.definition))
        return Recorded(self.targets, all_of(self.metric, *own, label_matcher(names.ENTRY, "")))

    def entries(self) -> str:
        """The level of every process, and the first level of the newcomers."""
        highest = f"{self._of_steady()} or on ({self.labels}) {self._of_unsteady()}"
        if not self.exact:
            return highest
        first = f"label_replace({self._newcomers()}, {quote(names.ENTRY)}, {quote('first')}, {quote('')}, {quote('')})"
        return f"{highest} or {first}"

    def _summed(self, counters: str) -> str:
        return f"sum by ({self.targets.by_target(*self.by)}) ({counters})"

    def _of_process(self, levels: str, processes: str) -> str:
        """``levels`` of targets as those of their only process."""
        return f"({levels} * on ({self.targets.by_target()}) group_left ({names.PROCESS}) (0 * {processes} + 1))"

    def _of_steady(self) -> str:
        """What the counters show at the mark, of targets that had one process lately, which is still there."""
        targets = self.targets
        unsteady = targets.recorded(names.PROCESS_FIRST_STEP).now()
        steady = f"({targets.recorded(names.PROCESS_PRESENT).now()} unless on ({targets.by_target()}) {unsteady})"
        return self._of_process(targets.at_mark(self._summed(self.counter.now())), steady)

    def _of_unsteady(self) -> str:
        """The highest level of every process of the other targets: gone, restarted in place, or without a start time.

        A target whose processes overlap was not restarted: it tells one start time now and another then. Nobody knows
        whose its counters are, so it has no entry as long as it does.
        """
        targets, target = self.targets, self.targets.by_target()
        first = targets.recorded(names.PROCESS_FIRST_STEP).now_on_steps()
        last = targets.recorded(names.PROCESS_LAST_STEP).now_on_steps()
        spans = f"sum by ({target}) ({last} - {first} + {targets.step})"
        overlapping = f"{spans} > max by ({target}) ({last}) - min by ({target}) ({first}) + {targets.step}"
        running = f"({first} <= time() and {last} >= time() unless on ({target}) ({overlapping}))"
        # A series that ended while Prometheus was away lingers as it was, and is not the new process's.
        sample = self.counter.selector
        own = self.counter.read(f"({sample} and timestamp({sample}) > on ({target}) group_left () ({running} - {targets.step + 1}))")
        return targets.at_mark(targets.by_steps("max_over_time", self._of_process(self._summed(own), running)))

    def _newcomers(self) -> str:
        """The first level of processes that are new in the ledger and began before we watched.

        Targets without a start time are among them only when the indicator itself is new, see ``growth``.
        """
        targets, process = self.targets, self.targets.by_process()
        from_zero = targets.recorded(names.PROCESS_ZERO, NAMED).now_on_steps()
        nameless = targets.recorded(names.PROCESS_SEEN, NAMELESS).now_on_steps()
        total = all_of(names.TOTAL, label_matcher(names.INDICATOR, self.indicator))
        watched = f"({nameless} and on () last_over_time({total}[{duration(targets.bridge)}] @ end() offset 1s))"
        known = f"last_over_time({self.level().selector}[{duration(targets.bridge)}] @ end() offset 1s)"
        seen = targets.recorded(names.PROCESS_SEEN).now_on_steps()
        restarted = targets.recorded(names.PROCESS_RESTARTED).now_on_steps()
        new = f"({seen} unless on ({process}) ({from_zero} or {watched} or {known}) unless on ({targets.by_target()}) {restarted})"
        own = self.counter.read(f"({self.counter.selector} and on ({targets.by_target()}) {new})")
        return targets.at_mark(targets.by_steps("min_over_time", self._of_process(self._summed(own), new)))
