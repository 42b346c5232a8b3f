"""Deadlines that run from the beginning or the end of an outage, for targets whose down time is recorded.

While the bad part of a period grows, an outage is going on. So the rules need no more than that recorded sum: it begins to grow in the
unit in which an outage begins, and the last unit in which it grew is the one in which it ends. Each of the two gives a deadline, which is
kept until it has passed. Each unit keeps one of its own: what begins or ends in the same unit has the same deadline.

But for what the last sentence says, nothing here is later than the contract has it. A unit stands for its first second. After a gap, down
time that was booked late may lie anywhere since the last evaluation, and counts from there. An outage that goes on from one period to the
next began in the former. Outages with no whole unit of time between them that adds nothing are one: the deadline of its beginning is the
first one's, that of its end the last one's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction
from itertools import pairwise
from typing import Final

from slo_gen import names
from slo_gen.rules.accounts import STEP, Account
from slo_gen.rules.period import at_mark
from slo_gen.rules.period_alerts import series_of
from slo_gen.rules.period_rules import IDENTITY
from slo_gen.rules.promql import all_of, duration, label_list, label_matcher, quote
from slo_gen.rules.rule import RecordingRule
from slo_gen.rules.step_tables import Steps
from slo_gen.spec.model import Evaluation
from slo_gen.spec.terms import Deadline
from slo_gen.timekeeping.calendars import Calendar
from slo_gen.timekeeping.durations import add_duration, read_duration
from slo_gen.timekeeping.zones import at, day_of, zone

__all__ = ["OutageDeadlines"]

_REMEMBERED: Final = 86_400
"""Seconds for which all of this outlives a Prometheus that is away."""

_NOTHING: Final = "1e-6"
"""What sums of shares may grow by although nothing was added to them."""

_QUARTER: Final = 900
"""No clocks are changed, and no zone lies, by less than these seconds."""

_MILLISECOND: Final = Fraction(1, 1000)
_TARGET: Final = label_list((names.AGREEMENT, names.TARGET))
_IN_PERIOD: Final = label_list((*IDENTITY, names.PERIOD))
_BUSINESS: Final = ("bd", "bh")


@dataclass(frozen=True, slots=True)
class OutageDeadlines:
    """The deadlines of the outages of some agreements. ``agreements`` and ``stage`` are matchers of the series they have."""

    account: Account
    evaluation: Evaluation
    deadline: Deadline
    business: Calendar
    agreements: str
    stage: str

    def rules(self, labels: dict[str, str]) -> Iterator[RecordingRule]:
        """What an outage would give now, and what those that were have given, as long as it is ahead."""
        yield RecordingRule(names.CLAIM_OUTAGE, self._now(), labels)
        yield RecordingRule(names.CLAIM_OPEN, self._open(), labels)

    def earliest(self) -> str:
        """The first of the deadlines ahead, of each target and period."""
        return f"min by ({_IN_PERIOD}) ({self._series(names.CLAIM_OPEN)})"

    def _series(self, metric: str) -> str:
        return all_of(metric, self.agreements, self.stage)

    def _last(self, metric: str, labels: str = _IN_PERIOD) -> str:
        """The last record before this evaluation."""
        return f"max by ({labels}) (last_over_time({self._series(metric)}[{duration(_REMEMBERED)}] offset {duration(self._step)}))"

    @property
    def _step(self) -> int:
        return self.evaluation.interval if self.account.watched else STEP

    def _now(self) -> str:
        """The deadline of what lies in the last settled unit: as it is while the bad part grows, below 0 while it does not."""
        bad = f"max by ({_IN_PERIOD}) {series_of(self.account, names.PERIOD_BAD, self.agreements)}"
        span, step = duration(_REMEMBERED), duration(self._step)
        before = f"max by ({_IN_PERIOD}) (last_over_time({all_of(names.PERIOD_BAD, self.agreements)}[{span}] offset {step}))"
        started = f"({all_of(names.PERIOD_STARTED, self.agreements)} > time() - {_REMEMBERED})"
        # A period that is no older than what is remembered began with nothing. Of another nobody knows any more how it stood.
        grown = f"{bad} - {before} or ({bad} and on ({_TARGET}, {names.PERIOD}) {started}) or 0 * {bad}"
        grows = f"(2 * (({grown}) > bool {_NOTHING}) - 1)"
        own = self._series(names.CLAIM_OUTAGE)
        lately = f"count_over_time({own}[{duration(self._step - _MILLISECOND)}] offset {step})"
        table = at_mark(self.account, self.evaluation, self.account.table.within(self._table()))
        here = f"(0 * {bad} + on () group_left () {table})"
        earlier = f"max by ({_TARGET}) (abs(last_over_time({own}[{span}] offset {step})))"
        return (
            f"{grows} * (\n({here} and on ({_TARGET}) {lately})\n"
            f"or (0 * {bad} + on ({_TARGET}) group_left () {earlier})\nor {here}\n)"
        )

    def _open(self) -> str:
        """What is remembered, and what has just begun or ended."""
        unit = f"(time() - {self.account.unit})"
        begins = at_mark(self.account, self.evaluation, f"vector({unit})")
        happened = self._begun() if self.deadline.after == "incident_start" else self._ended()
        new = f"(({happened}) * on () group_left ({names.UNIT}) count_values({quote(names.UNIT)}, {begins}))"
        own = all_of(names.CLAIM_OPEN, self.agreements, self.stage)
        kept = f"max by ({_IN_PERIOD}, {names.UNIT}) (last_over_time({own}[{duration(_REMEMBERED)}]))"
        mine = all_of(self.account.promised, label_matcher(names.ACCOUNT, self.account.key))
        return f"({kept}\nor {new}) > time() and on ({_TARGET}) {mine}"

    def _begun(self) -> str:
        now = f"max by ({_IN_PERIOD}) ({self._series(names.CLAIM_OUTAGE)} > 0)"
        fresh = f"({now} unless {self._last(names.CLAIM_OUTAGE)} > 0)"
        goes_on = f"({self._series(names.CLAIM_OUTAGE)} offset {duration(self._step)} > 0)"
        began = f"max by ({_TARGET}) ({self._series(names.CLAIM_OPEN)} offset {duration(self._step)} and on ({_TARGET}) {goes_on})"
        return f"(0 * {fresh} + on ({_TARGET}) group_left () {began})\nor ({fresh} unless on ({_TARGET}) {goes_on})"

    def _ended(self) -> str:
        return f"({self._last(names.CLAIM_OUTAGE)} > 0) unless max by ({_IN_PERIOD}) ({self._series(names.CLAIM_OUTAGE)} > 0)"

    # -- the table ----------------------------------------------------------------------------------------------------------
    def _table(self) -> str:
        """The deadline of what happens in the first second of the unit that ends at ``time()``, a scalar.

        Business days are the same all day, but for what happens at midnight itself. Other spans are added to the instant.
        """
        if any(unit in _BUSINESS for _, unit in read_duration(self.deadline.within)):
            return Steps.through((instant, self._after(instant)) for instant in self._when_midnight_differs()).value_text()
        added = Steps.through((instant, self._after(instant) - instant) for instant in self._when_it_may_change())
        return f"(time() - {self.account.unit} + {added.value_text()})"

    def _after(self, instant: int) -> int:
        return add_duration(instant, self.deadline.within, self.account.timezone, self.business)

    def _when_midnight_differs(self) -> Iterator[int]:
        """The beginning of each day, and a unit after it."""
        for opens, _ in pairwise(self._days()):
            yield from (opens, opens + self.account.unit)

    def _when_it_may_change(self) -> Iterator[int]:
        """The beginning of each day, and all quarters of an hour of those in which what is added changes."""
        for opens, closes in pairwise(self._days()):
            same = self._after(opens) - opens == self._after(closes) - closes
            yield from range(opens, closes, closes - opens if same else _QUARTER)

    def _days(self) -> Iterator[int]:
        where = zone(self.account.timezone)
        first, last = day_of(self.account.table.start, where), day_of(self.account.table.end, where)
        return (at(first + timedelta(days=number), 0, where) for number in range((last - first).days + 1))
