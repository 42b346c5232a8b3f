"""What the ledger grew by: the events of every indicator, one rule each for all indicators of a group.

What an interval counts is the growth of the ledger since the evaluation before, whenever that was. A process that is
new in the ledger counts from zero where its counter is known to have begun at zero; one that came back under other
labels continues from the level it left. Everything here reads recorded series only, so that the price of an
indicator more is its few entries and not another rule.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from slo_gen import names
from slo_gen.rules.ledger import FIRST
from slo_gen.rules.processes import AWAY, NAMED, NAMELESS, Recorded, Targets
from slo_gen.rules.promql import all_of, duration, label_list, label_matcher, one_of, quote
from slo_gen.rules.rule import RecordingRule

__all__ = ["cut_off_rule", "growth_rules"]


def growth_rules(
    indicators: Sequence[str], other: str, by: tuple[str, ...], targets: Targets, marker: dict[str, str], *, exact: bool
) -> tuple[RecordingRule, ...]:
    """The rules of all ``indicators`` of a group, which are grouped ``by`` the same labels; after their entries.

    ``other`` is the metric of the second ledger; ``marker`` tells the rules from those of other groups.
    """
    members = one_of(names.INDICATOR, indicators)
    total = _Growth(targets, members, by, names.TOTAL_LEVEL, exact)
    second = _Growth(targets, members, by, other, exact)
    bad = _not_good(second) if other == names.GOOD_LEVEL else _bad(second)
    rules = (RecordingRule(names.TOTAL, _total(total), marker), RecordingRule(names.BAD, bad, marker))
    return (*rules, RecordingRule(names.UNSEEN, _unseen(total), marker)) if exact else rules


def cut_off_rule(indicators: Sequence[str], targets: Targets) -> RecordingRule:
    """How many intervals ago an evaluation was begun and not counted, as Prometheus stopped; nothing if none was.

    What such an evaluation has recorded of processes stands; what it did not count is counted by this one.
    """
    total = Recorded(targets, all_of(names.TOTAL, one_of(names.INDICATOR, indicators))).selector
    span = (AWAY.stop + 1) * targets.interval
    older = f"max_over_time(timestamp({total})[{duration(span)}:{duration(targets.interval)}])"
    counted = f"max(timestamp({total} offset 1s) or {older})"
    begun = f"max({targets.recorded(names.PROCESS_PRESENT).before(span)})"
    ago = f"ceil((time() - ({begun} > {counted})) / {targets.interval} - 0.01)"
    return RecordingRule(names.CUT_OFF, ago, {names.TARGETS: targets.name})


@dataclass(frozen=True, slots=True)
class _Growth:
    """One ledger of the indicators."""

    targets: Targets
    members: str
    by: tuple[str, ...]
    metric: str
    exact: bool

    # -- the ledger ---------------------------------------------------------------------------------------------

    @property
    def entry(self) -> str:
        """The labels of one entry."""
        return self.targets.by_process(names.INDICATOR, *self.by)

    @property
    def group(self) -> str:
        """The labels of one series of an indicator."""
        return label_list((names.INDICATOR, *self.by))

    def level(self, *matchers: str) -> Recorded:
        return self.ledger(self.metric, label_matcher(names.ENTRY, ""), *matchers)

    def first(self) -> Recorded:
        """The level at the first scrape of the processes that are new in the ledger and did not count from zero."""
        return self.ledger(self.metric, FIRST)

    def ledger(self, metric: str, *matchers: str) -> Recorded:
        return Recorded(self.targets, all_of(metric, self.members, *matchers))

    def summed(self, expression: str) -> str:
        return f"sum by ({self.group}) ({expression})"

    def counted(self) -> str:
        """The total of this evaluation."""
        return self.summed(self.ledger(names.TOTAL).now())

    # -- its growth ---------------------------------------------------------------------------------------------

    def growth(self) -> str:
        """What every process counted since the evaluation before; relabelled processes per start time.

        A target without a start time that shows less than before was restarted, and all it shows is new.
        """
        nameless, known = self.level(NAMELESS), self._known()
        restarted = f"{nameless.now()} < {nameless.before(self.targets.bridge)}"
        if self.exact:
            begun = f"ignoring ({names.ENTRY}) {self.first().within(AWAY.stop * self.targets.interval)} or 0 * {self._from_zero()}"
        else:
            begun = f"0 * {self._from_zero()} or {self.level().before(self.targets.bridge)}"
        before = f"({known} or {begun})"
        return f"{self.level().now()} - ignoring ({names.ENTRY}) {before} > 0 or {restarted} or {self._continued()} > 0"

    def _known(self) -> str:
        """The ledger as the last evaluation left it that was counted. If a process fell, a scrape missed some of it.

        An evaluation that was cut off has not counted what it recorded. The one before it lies so many intervals back
        as Prometheus was away, and no range of a selector can depend on that: so every number of intervals is asked
        for, and at most one of them answers.
        """
        level, cut_off = self.level(), self.level().cut_off()
        highest = self.level(NAMED).before(self.targets.catch_up, "max_over_time")
        last = f"({highest} or {level.before(self.targets.bridge)}) unless on () {cut_off}"
        recent = 2 * self.targets.interval
        counted = [f"{level.before(recent, intervals=number)} and on () ({cut_off} == {number})" for number in AWAY]
        return " or ".join((last, *counted))

    def _from_zero(self) -> str:
        """Processes whose counter began at zero; those without a start time only if the total's level can be true."""
        zero = f"on ({self.targets.by_process()}) {self.targets.recorded(names.PROCESS_ZERO).now()}"
        nameless = f"{self.level(NAMELESS).now()} and on ({self.entry}) {self._plausible()}"
        return f"(({self.level(NAMED).now()} or {nameless}) and {zero})"

    def _plausible(self) -> str:
        """Nameless processes within what their indicator counted in its busiest interval since the last evaluation.

        An indicator that has counted nothing yet knows no such interval, and believes none of them.
        """
        busiest = f"max by ({self.group}) ({self.ledger(names.TOTAL).before(self.targets.bridge, 'max_over_time')})"
        before = self.targets.recorded(names.PROCESS_PRESENT, NAMELESS).before(self.targets.catch_up)
        elapsed = f"scalar((time() - max({before})) / {self.targets.interval})"
        level = self.ledger(names.TOTAL_LEVEL, label_matcher(names.ENTRY, ""), NAMELESS).now()
        return f"({level} <= on ({self.group}) group_left () ({busiest} * {elapsed}))"

    def _continued(self) -> str:
        """Events between the last scrape of a process under its old labels and the first under its new ones.

        Below zero where a process has left and none continues it.
        """
        targets, group = self.targets, self.targets.by_start(names.INDICATOR, names.DEFINITION, *self.by)
        span = targets.settlement + targets.interval
        arrived, departed = (targets.recorded(m).not_counted() for m in (names.PROCESS_ARRIVED, names.PROCESS_DEPARTED))
        entered = self.first().within(span) if self.exact else self.level().within(span, "min_over_time")
        process = targets.by_process()
        last = f"0 - ({self.level().within(span, 'max_over_time')} and on ({process}) {departed})"
        left = f"label_replace({last}, {quote(names.ENTRY)}, {quote('left')}, {quote('')}, {quote('')})"
        return f"sum by ({group}) ({entered} and on ({process}) {arrived} or {left})"


def _total(growth: _Growth) -> str:
    """The growth, and zero for every group that had a live target since the mark before; the others have no data."""
    targets = growth.targets
    present = targets.recorded(names.PROCESS_PRESENT).within(targets.interval + 1)
    alive = f"0 * ({growth.level().now()} and on ({targets.by_process()}) {present})"
    return growth.summed(f"{growth.growth()} or {alive}")


def _bad(growth: _Growth) -> str:
    return f"{growth.summed(growth.growth())} and {growth.counted()} or 0 * {growth.counted()}"


def _not_good(growth: _Growth) -> str:
    counted = growth.counted()
    return f"clamp_min({counted} - ({growth.summed(growth.growth())} or 0 * {counted}), 0)"


def _unseen(growth: _Growth) -> str:
    """The most that processes which ended can have counted after their last scrape."""
    targets, level = growth.targets, growth.level()
    earlier = f"last_over_time({level.selector}[{duration(targets.catch_up)}] offset {duration(targets.interval + 1)})"
    zero = f"0 * ({level.now()} and on ({targets.by_process()}) {targets.recorded(names.PROCESS_ZERO).now()})"
    first = level.within(targets.catch_up, "min_over_time")
    ended = targets.recorded(names.PROCESS_ENDED).not_counted()
    grown = f"clamp_min({level.now()} - ({earlier} or {zero} or {first}), 0)"
    return f"{growth.summed(f'{grown} * on ({targets.by_process()}) group_left () {ended}')} or 0 * {growth.counted()}"
