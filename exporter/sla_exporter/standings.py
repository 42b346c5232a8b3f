"""Where every promise on tickets stands now, kept up to date by changes of results and by the passing of time.

Final results are only counted. Each open one is kept with the instants at which it turns; a heap says which is the next, so
that time that passes costs nothing until something turns.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from sla_exporter.ledger.books import Change
from sla_exporter.ledger.ledger import Ledger
from sla_exporter.ledger.results import Key, ResultRow
from sla_exporter.promises import Promise, Promises
from slo_gen.contract.ticket_promises import COUNTED, WITHOUT_RESULT
from slo_gen.spec.notification import TICKET_CLOCK, Notifications
from slo_gen.timekeeping.business import business_time
from slo_gen.timekeeping.periods import Period
from slo_gen.timekeeping.zones import TimeError

__all__ = ["OUTCOMES", "OUTCOMES_COUNTED", "STAGES", "Feedback", "Open", "Standings", "TargetStanding"]

STAGES: Final = ("75%", "90%")
"""Shares of the time allowed at which a ticket is at risk, where an agreement's escalation names none."""

OUTCOMES: Final = ("met", "missed", *WITHOUT_RESULT)
"""What the result of a clock can come to."""

OUTCOMES_COUNTED: Final = (COUNTED, "excluded", "relieved", "merged", "deleted", "spam")
"""What becomes of a ticket where only their number is promised."""

_NEVER: Final = 1 << 62


class Open(NamedTuple):
    """An open result now. ``stages``: the instants at which shares of its time are used up, the whole of it last."""

    row: ResultRow
    outcome: str
    stages: tuple[tuple[str, int], ...]
    reached: tuple[str, ...]
    turns: int

    @property
    def deadline(self) -> int | None:
        """After this instant it is too late."""
        return self.row.over


@dataclass(slots=True)
class TargetStanding:
    """One target now: final results of the present period by outcome, and its open results."""

    counts: Counter[str] = field(default_factory=Counter)
    open: dict[Key, Open] = field(default_factory=dict)

    def period_counts(self, period: Period) -> Counter[str]:
        """Results that count in the present period by outcome, with the open ones that are missed already."""
        found = Counter(self.counts)
        for each in self.open.values():
            if each.outcome == "missed" and each.row.counts_at is not None and each.row.counts_at in period:
                found["missed"] += 1
        return found


@dataclass(frozen=True, slots=True)
class Feedback:
    """What customers said in the present period: how many marks, all of them together, and how many complaints."""

    ratings: int = 0
    score: float = 0.0
    complaints: int = 0


class Standings:
    """All targets of all promises. Every method takes the present instant, which never goes back."""

    def __init__(self, ledger: Ledger, promises: Promises, notifications: Notifications, now: int) -> None:
        self.promises: Final = promises
        self._ledger = ledger
        self.targets: Final[dict[tuple[str, str], TargetStanding]] = {}
        self.periods: Final[dict[str, Period]] = {}
        self.feedback: Final[dict[str, Feedback]] = {}
        self._stages = {name: _stages(notifications, name) for name in promises.all}
        self._owners = {name: notifications.owners.get(name, "").removeprefix("team/") for name in promises.all}
        self._turns: list[tuple[int, Key]] = []
        self.load(now)

    def stages(self, agreement: str) -> tuple[str, ...]:
        """The shares of the time allowed at which tickets of an agreement are at risk."""
        return tuple(stage for stage, _ in self._stages[agreement])

    def owner(self, agreement: str) -> str:
        """The team that owns an agreement, or ""."""
        return self._owners[agreement]

    def load(self, now: int) -> None:
        """Read everything from the ledger."""
        self.targets.clear()
        self._turns.clear()
        for name, promise in self.promises.all.items():
            for target in promise.judge.targets:
                self.targets[name, target.name] = TargetStanding()
            self._begin(name, promise, now)
        self.hear()
        for row in self._ledger.rows_open():
            self._put(row, now)

    def apply(self, changes: Iterable[Change], now: int) -> None:
        """Take changed results over."""
        for before, after in changes:
            row = after or before
            assert row is not None, "a change has a row"
            standing = self.targets.get((row.agreement, row.target))
            if standing is None:
                continue
            period = self.periods[row.agreement]
            if before is not None:
                standing.open.pop(before.key, None)
                if before.final and before.counts_at is not None and before.counts_at in period:
                    standing.counts[before.final] -= 1
            if after is not None:
                if after.final and after.counts_at is not None and after.counts_at in period:
                    standing.counts[after.final] += 1
                self._put(after, now)

    def hear(self) -> None:
        """Read again what customers said."""
        for name, period in self.periods.items():
            told = self._ledger.feedback(name, period.start, period.end)
            marks = [_mark(value) for kind, value in told if kind == "rated"]
            self.feedback[name] = Feedback(len(marks), sum(marks), sum(kind == "complained" for kind, _ in told))

    def advance(self, now: int) -> bool:
        """Let time pass; whether anything turned."""
        turned = False
        for name, period in list(self.periods.items()):
            if now >= period.end:
                self._begin(name, self.promises.all[name], now)
                turned = True
        if turned:
            self.hear()
        while self._turns and self._turns[0][0] <= now:
            _, key = heapq.heappop(self._turns)
            standing = self.targets.get((key.agreement, key.target))
            known = standing.open.get(key) if standing is not None else None
            if known is not None and known.turns <= now:
                self._put(known.row, now)
                turned = True
        return turned

    def late(self) -> list[ResultRow]:
        """Open results that are missed and not yet counted as that for ever."""
        return [
            each.row for standing in self.targets.values() for each in standing.open.values()
            if each.outcome == "missed" and each.row.booked != "missed"
        ]  # fmt: skip

    @property
    def turns_at(self) -> int:
        """The next instant at which something turns by itself."""
        ends = min((period.end for period in self.periods.values()), default=_NEVER)
        return min(ends, self._turns[0][0] if self._turns else _NEVER)

    # --- one result -------------------------------------------------------------------------------------------------
    def _begin(self, name: str, promise: Promise, now: int) -> None:
        """Count what is final in the period that has begun."""
        period = promise.agreement.period.of(now)
        self.periods[name] = period
        counts = self._ledger.counts(name, period.start, period.end)
        self.feedback[name] = Feedback()
        for target in promise.judge.targets:
            standing = self.targets[name, target.name]
            standing.counts = Counter({final: number for (of, final), number in counts.items() if of == target.name})

    def _put(self, row: ResultRow, now: int) -> None:
        standing = self.targets.get((row.agreement, row.target))
        if standing is None or row.final:
            return
        known = standing.open.get(row.key)
        stages = known.stages if known is not None and known.row.facts == row.facts else self._instants(row)
        outcome = row.outcome(now)
        running = outcome in ("running", "missed") and not row.hidden
        reached = tuple(stage for stage, instant in stages[:-1] if instant <= now) if running else ()
        ahead = [instant for _, instant in stages if instant > now]
        ahead += [each + 1 for each in (row.over,) if each is not None and each + 1 > now]
        ahead += [row.since] if row.since is not None and row.since > now else []
        turns = min(ahead, default=_NEVER)
        standing.open[row.key] = Open(row, outcome, stages, reached, turns)
        if turns < _NEVER:
            heapq.heappush(self._turns, (turns, row.key))

    def _instants(self, row: ResultRow) -> tuple[tuple[str, int], ...]:
        """When shares of its time are used up, if its clock goes on as it does."""
        if row.since is None or row.over is None or row.hidden:
            return ()
        business = business_time(self.promises.all[row.agreement].judge.calendar(row.target))
        found = []
        for stage, share in self._stages[row.agreement]:
            seconds = -(-row.allowed * share // 100) - row.worked
            try:
                found.append((stage, business.deadline(row.since, max(seconds, 0))))
            except TimeError:
                continue
        return (*found, ("100%", row.over))


def _mark(value: str) -> float:
    """A mark as a number; systems that know good and bad only have 1 and 0."""
    try:
        return float(value.split("/")[0])
    except ValueError:
        return 1.0 if value.casefold().startswith("good") else 0.0


def _stages(notifications: Notifications, agreement: str) -> tuple[tuple[str, int], ...]:
    """Shares in percent, from the lowest up, that an agreement's escalation names for ticket clocks; else the usual ones."""
    named = {step.stage for step in notifications.ladders.get(agreement, ()) if step.event == TICKET_CLOCK and step.stage}
    known = {stage: _percent(stage) for stage in named or STAGES}
    return tuple(sorted(((stage, share) for stage, share in known.items() if 0 < share < 100), key=lambda each: each[1]))


def _percent(stage: str) -> int:
    whole = stage.rstrip("% ").split(".")[0]
    return int(whole) if whole.isdigit() else 0
