"""What is counted for ever: outcomes, durations, and what complete periods no longer say.

A result is counted once for each outcome that it comes to, and its duration once; the row itself remembers that. Numbers only grow.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from sla_exporter.ledger.database import Database
from sla_exporter.ledger.results import COLUMNS, ResultRow
from sla_exporter.promises import Promises
from slo_gen.timekeeping.periods import Periods, RollingDays

__all__ = ["BOUNDS", "Books", "Change", "Correction"]


class Change(NamedTuple):
    """A row of results before and after; None where there was or is none."""

    before: ResultRow | None
    after: ResultRow | None


class Correction(NamedTuple):
    """A result of a period that was complete already, and came out differently. ``was`` and ``becomes`` are outcomes, "" for none."""

    at: int
    agreement: str
    target: str
    source: str
    ticket: str
    cycle: int
    period: str
    was: str
    becomes: str


class Books:
    """Counters, histograms and corrections of a ledger. Everything raises LedgerError."""

    def __init__(self, database: Database) -> None:
        self.database: Final = database

    def counters(self) -> dict[tuple[str, str, str], int]:
        """Results since the beginning, by agreement, target and outcome."""
        return {(a, t, o): int(n) for a, t, o, n in self.database.rows("SELECT agreement, target, outcome, number FROM counter")}

    def durations(self) -> dict[tuple[str, str], dict[int, tuple[int, int]]]:
        """Number and seconds of finished clocks by agreement and target, and in these by the bound that they do not exceed."""
        found: dict[tuple[str, str], dict[int, tuple[int, int]]] = {}
        sql = "SELECT agreement, target, bound, number, seconds FROM duration"
        for agreement, target, bound, number, seconds in self.database.rows(sql):
            found.setdefault((agreement, target), {})[bound] = (int(number), int(seconds))
        return found

    def correction_counts(self) -> dict[tuple[str, str], int]:
        """How many corrections there were, by agreement and target."""
        sql = "SELECT agreement, target, COUNT(*) FROM correction GROUP BY agreement, target"
        return {(agreement, target): int(number) for agreement, target, number in self.database.rows(sql)}

    def corrections(self) -> list[Correction]:
        """Results of complete periods that came out differently later, in the order in which that was found."""
        sql = "SELECT at, agreement, target, source, ticket, cycle, period, was, becomes FROM correction ORDER BY number"
        return [Correction(*row) for row in self.database.rows(sql)]

    def book_late(self, rows: Iterable[ResultRow], now: int) -> list[Change]:
        """Count the open results that have become too late by time alone; returns them with what is noted."""
        late = [row for row in rows if not row.final and row.booked != "missed" and row.outcome(now) == "missed"]
        if not late:
            return []
        changes = [Change(row, row._replace(booked="missed")) for row in late]
        with self.database.transaction():
            self.database.many(
                "UPDATE result SET booked = 'missed' WHERE source = ? AND ticket = ? AND agreement = ? AND target = ? AND cycle = ?",
                [row.key for row in late],
            )
            self._add_counts(Counter((row.agreement, row.target, "missed") for row in late))
            self.changed()
        return changes

    def write(self, changes: Iterable[Change], promises: Promises, now: int, complete: int) -> list[Change]:
        """Write changed results, count those that came to an outcome, and note what complete periods no longer say."""
        outcomes: Counter[tuple[str, str, str]] = Counter()
        durations: dict[tuple[str, str, int], tuple[int, int]] = {}
        corrections: list[Correction] = []
        written: list[Change] = []
        for before, row in changes:
            after = row
            if after is not None:
                booked, timed = after.booked, after.timed
                if after.final and after.final != booked:
                    outcomes[after.agreement, after.target, after.final] += 1
                    booked = after.final
                if after.stop is not None and not timed:
                    promise = promises.all.get(after.agreement)
                    key = (after.agreement, after.target, _bound(after, promise.judge.fixed_length(after.target) if promise else None))
                    number, seconds = durations.get(key, (0, 0))
                    durations[key] = (number + 1, seconds + after.worked)
                    timed = 1
                if (booked, timed) != (after.booked, after.timed):
                    after = ResultRow._make((*after.facts, booked, timed))
            written.append(Change(before, after))
            corrections += _corrected(before, after, promises, now, complete)
        gone = [change.before.key for change in written if change.before is not None and change.after is None]
        self.database.many("DELETE FROM result WHERE source = ? AND ticket = ? AND agreement = ? AND target = ? AND cycle = ?", gone)
        self.database.many(_UPSERT, [change.after for change in written if change.after is not None])
        self._add_counts(outcomes)
        self.database.many(
            "INSERT INTO duration (agreement, target, bound, number, seconds) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (agreement, target, bound) "
            "DO UPDATE SET number = duration.number + excluded.number, seconds = duration.seconds + excluded.seconds",
            [(*key, *value) for key, value in sorted(durations.items())],
        )
        self._add_corrections(corrections)
        return written

    def _add_counts(self, outcomes: Mapping[tuple[str, str, str], int]) -> None:
        self.database.many(
            "INSERT INTO counter (agreement, target, outcome, number) VALUES (?, ?, ?, ?) ON CONFLICT (agreement, target, outcome) "
            "DO UPDATE SET number = counter.number + excluded.number",
            [(*key, number) for key, number in sorted(outcomes.items())],
        )

    def _add_corrections(self, corrections: Sequence[Correction]) -> None:
        if not corrections:
            return
        last = int(self.database.rows("SELECT COALESCE(MAX(number), 0) FROM correction")[0][0])
        self.database.many(
            "INSERT INTO correction (number, at, agreement, target, source, ticket, cycle, period, was, becomes) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [(last + place, *each) for place, each in enumerate(corrections, start=1)],
        )

    def changed(self) -> None:
        """Say that results have changed."""
        self.database.execute(
            "INSERT INTO meta (name, value) VALUES ('generation', '1') ON CONFLICT (name) "
            "DO UPDATE SET value = CAST(CAST(meta.value AS BIGINT) + 1 AS TEXT)"
        )


_UPSERT: Final = (
    f"INSERT INTO result ({COLUMNS}) VALUES ({', '.join('?' * len(ResultRow._fields))}) "
    "ON CONFLICT (source, ticket, agreement, target, cycle) DO UPDATE SET "
    + ", ".join(f"{name} = excluded.{name}" for name in ResultRow._fields[5:])
)

_STEPS: Final = (1, 2, 5, 10, 15, 30)
BOUNDS: Final[tuple[int, ...]] = (*(minutes * 60 for minutes in _STEPS), *(hours * 3600 for hours in (1, 2, 4, 8, 16, 24, 40, 80, 160)))
"""Bounds of the histogram of clocks in seconds, besides the time that each promise allows."""


def _bound(row: ResultRow, allowed: int | None) -> int:
    """The bound under which a duration is counted; the time allowed is one where it is fixed. 0 stands for all that is longer."""
    place = bisect_left(BOUNDS, row.worked)
    usual = BOUNDS[place] if place < len(BOUNDS) else 0
    return allowed if allowed is not None and row.worked <= allowed and (not usual or allowed < usual) else usual


def _corrected(before: ResultRow | None, after: ResultRow | None, promises: Promises, now: int, complete: int) -> list[Correction]:
    """What changes in periods that were complete before."""
    row = after or before
    assert row is not None, "a change has a row"
    promise = promises.all.get(row.agreement)
    if promise is None or not complete:
        return []
    was, becomes = _counted(before, promise.agreement.period, complete), _counted(after, promise.agreement.period, complete)
    if was == becomes:
        return []
    found = []
    for period in sorted({each[0] for each in (was, becomes) if each is not None}):
        one = was[1] if was is not None and was[0] == period else ""
        two = becomes[1] if becomes is not None and becomes[0] == period else ""
        found.append(Correction(now, row.agreement, row.target, row.source, row.ticket, row.cycle, period, one, two))
    return found


def _counted(row: ResultRow | None, periods: Periods | RollingDays, complete: int) -> tuple[str, str] | None:
    """The complete period in which a row counts, and as what; None where it counts in none."""
    if row is None or row.counts_at is None:
        return None
    outcome = row.outcome(complete)
    period = periods.of(row.counts_at)
    if period.end > complete or outcome in ("running", "paused"):
        return None
    return period.name, outcome
