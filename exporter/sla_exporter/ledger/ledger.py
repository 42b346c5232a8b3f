"""The ledger: events of tickets with their origin, how far each source was read, and the results that follow; and states.

What a source told and how far it was read are written in one transaction with the results of the tickets that it touched;
nothing else is computed again. Lifetime counters grow only when a result comes to an outcome that was not counted for it, so
that reading the same again, a restart or a late change never makes a number smaller or counts twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from time import sleep
from typing import Final, NamedTuple

from sla_exporter.ledger.books import Books, Change
from sla_exporter.ledger.database import Database, LedgerError, Row, SqliteDatabase
from sla_exporter.ledger.recomputing import WORTH_IT, in_parallel, judged_rows, ordered_events, ranges
from sla_exporter.ledger.results import COLUMNS, Key, ResultRow
from sla_exporter.ledger.schema import OF_PERIOD, VERSION, migrate, version_of
from sla_exporter.ledger.stretches import Stretches
from sla_exporter.promises import Promises
from slo_gen.contract.clocks import TicketEvent

__all__ = ["GONE", "Ledger", "SourceEvent", "SourceState"]

_TICKETS_AT_ONCE: Final = 5_000

GONE: Final = "gone"
"""The event by which a ticket is known to be no more, so that nobody looks for it again."""
_ROOM: Final = 1 << 20
_PATIENCE: Final = 30
"""Seconds to wait for the tables."""


class SourceEvent(NamedTuple):
    """An event of a ticket as a source told it. ``event`` is unique in the ticket; ``place`` orders events of one instant."""

    ticket: str
    event: str
    at: int
    place: int
    name: str
    value: str = ""
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class SourceState:
    """How far a source was read: its own ``place``, the instant up to which all is known, and the same of slow re-reading."""

    place: str = ""
    watermark: int = 0
    read_at: int = 0
    reread: str = ""
    reread_at: int = 0


class Ledger:
    """Uses an open database and brings it up to date. Everything raises LedgerError."""

    def __init__(self, database: Database) -> None:
        self.database: Final = database
        self.books: Final = Books(database)
        self.states: Final = Stretches(database)
        if database.may_write():
            migrate(database)
        else:
            _await_tables(database)

    def try_to_write(self) -> None:
        """Write something that changes nothing, and is large enough that there is room for more than itself."""
        sql = "INSERT INTO meta (name, value) VALUES ('tried', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"
        for value in ("0" * _ROOM, "1"):
            with self.database.transaction():
                self.database.execute(sql, (value,))

    # --- sources ----------------------------------------------------------------------------------------------------
    def state(self, source: str) -> SourceState:
        """How far a source was read."""
        found = self.database.rows("SELECT place, watermark, read_at, reread, reread_at FROM source WHERE name = ?", (source,))
        return SourceState(*found[0]) if found else SourceState()

    def events(self, source: str, ticket: str) -> list[TicketEvent]:
        """What is known of a ticket, in order."""
        return [event for _, event in self._stored(source, [ticket])[0][1]] if self.has(source, ticket) else []

    def has(self, source: str, ticket: str) -> bool:
        """Whether anything is known of a ticket."""
        return bool(self.database.rows("SELECT 1 FROM event WHERE source = ? AND ticket = ? LIMIT 1", (source, ticket)))

    def tickets(self, source: str, after: str, most: int, since: int) -> list[str]:
        """Tickets of a source that a change could still matter for, the first ``most`` after one in order.

        They have an open result or one that counts after ``since``, and are not known to be gone.
        """
        sql = (
            "SELECT DISTINCT ticket FROM result WHERE source = ? AND ticket > ? AND (final = '' OR counts_at >= ?) AND NOT EXISTS "
            f"(SELECT 1 FROM event WHERE event.source = result.source AND event.ticket = result.ticket AND event.event = '{GONE}') "
            "ORDER BY ticket LIMIT ?"
        )
        return [row[0] for row in self.database.rows(sql, (source, after, since, most))]

    def store(
        self, source: str, events: Iterable[SourceEvent], state: SourceState, promises: Promises, now: int, *, whole: Iterable[str] = ()
    ) -> list[Change]:
        """Write what a source told, how far it was read now, and what follows; all of it or nothing.

        ``whole`` are tickets of which the events are all there are: what was known of them beyond is dropped.
        """
        told, replaced = list(events), sorted(set(whole))
        with self.database.transaction():
            known = self._unknown(source, told, replaced)
            touched = sorted({event.ticket for event in known} | set(replaced))
            complete = self.state(source).watermark
            self.database.many("DELETE FROM event WHERE source = ? AND ticket = ?", [(source, ticket) for ticket in replaced])
            self.database.many(
                "INSERT INTO event (source, ticket, event, at, place, name, value, meaning) VALUES (?, ?, ?, ?, ?, ?, ?, ?) "
                "ON CONFLICT (source, ticket, event) DO UPDATE SET at = excluded.at, place = excluded.place, name = excluded.name, "
                "value = excluded.value, meaning = excluded.meaning",
                [(source, *event) for event in known],
            )
            self._note(source, state)
            changes: list[Change] = []
            for start in range(0, len(touched), _TICKETS_AT_ONCE):
                changes += self._renew(source, touched[start : start + _TICKETS_AT_ONCE], promises, now, complete)
            if touched:
                self.books.changed()
        return changes

    def note(self, source: str, state: SourceState) -> None:
        """Write how far a source was read."""
        with self.database.transaction():
            self._note(source, state)

    def _note(self, source: str, state: SourceState) -> None:
        self.database.execute(
            "INSERT INTO source (name, place, watermark, read_at, reread, reread_at) VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (name) "
            "DO UPDATE SET place = excluded.place, watermark = excluded.watermark, read_at = excluded.read_at, reread = excluded.reread, "
            "reread_at = excluded.reread_at",
            (source, state.place, state.watermark, state.read_at, state.reread, state.reread_at),
        )

    # --- results ----------------------------------------------------------------------------------------------------
    def agree(self, promises: Promises, sources: Sequence[str], now: int) -> bool:
        """Compute the results of all tickets again where promises have changed since; whether that was so."""
        stored: dict[str, str] = dict(self.database.rows("SELECT agreement, digest FROM terms"))
        wanted = {name: promise.digest for name, promise in promises.all.items()}
        if stored == wanted:
            return False
        with self.database.transaction():
            gone = sorted(stored.keys() - wanted.keys())
            self.database.many("DELETE FROM result WHERE agreement = ?", [(name,) for name in gone])
            empty = not self.database.rows("SELECT 1 FROM result LIMIT 1")
            if empty:
                self.database.execute("DROP INDEX result_of_period")
            for source in sources:
                complete = self.state(source).watermark
                for tickets, rows in self._all_judged(source, sources, promises, now):
                    before = () if empty else self.results_of(source, tickets)
                    self._compare(before, rows, promises, now, complete)
            if empty:
                self.database.execute(OF_PERIOD)
            self.database.execute("DELETE FROM terms")
            self.database.many("INSERT INTO terms (agreement, digest) VALUES (?, ?)", sorted(wanted.items()))
            self.books.changed()
        return True

    def rows_open(self) -> list[ResultRow]:
        """Results that time alone can change, or that may go on."""
        return [ResultRow(*row) for row in self.database.rows(f"SELECT {COLUMNS} FROM result WHERE final = ''")]

    def counts(self, agreement: str, start: int, end: int) -> dict[tuple[str, str], int]:
        """Final results by target and outcome that count in ``[start, end)``."""
        sql = (
            "SELECT target, final, COUNT(*) FROM result WHERE agreement = ? AND counts_at >= ? AND counts_at < ? AND final <> '' "
            "GROUP BY target, final"
        )
        return {(target, final): int(number) for target, final, number in self.database.rows(sql, (agreement, start, end))}

    def feedback(self, agreement: str, start: int, end: int) -> list[tuple[str, str]]:
        """What customers said in ``[start, end)`` of tickets of an agreement: ``rated`` or ``complained``, and the mark."""
        sql = (
            "SELECT name, value FROM event WHERE name IN ('rated', 'complained') AND at >= ? AND at < ? AND EXISTS (SELECT 1 FROM result "
            "WHERE result.source = event.source AND result.ticket = event.ticket AND result.agreement = ?)"
        )
        return [(name, value) for name, value in self.database.rows(sql, (start, end, agreement))]

    def generation(self) -> int:
        """A number that changes with every change of results; replicas that only read look at it."""
        found = self.database.rows("SELECT value FROM meta WHERE name = 'generation'")
        return int(found[0][0]) if found else 0

    def all_results(self, source: str) -> Iterator[ResultRow]:
        """Every result of a source, by ticket."""
        sql = f"SELECT {COLUMNS} FROM result WHERE source = ? ORDER BY source, ticket, agreement, target, cycle"
        return (ResultRow(*row) for row in self.database.stream(sql, (source,)))

    def sources(self) -> list[str]:
        """The names of all sources that were ever read."""
        return [row[0] for row in self.database.rows("SELECT name FROM source ORDER BY name")]

    def all_tickets(self, source: str) -> Iterator[tuple[str, list[TicketEvent]]]:
        """Every ticket of a source with its events in order."""
        return self._all_stored(source)

    def all_events(self) -> Iterator[Row]:
        """Every event: source, ticket, event, at, place, name, value, meaning."""
        sql = "SELECT source, ticket, event, at, place, name, value, meaning FROM event ORDER BY source, ticket, event"
        return self.database.stream(sql)

    # --- computing --------------------------------------------------------------------------------------------------
    def _renew(self, source: str, tickets: Sequence[str], promises: Promises, now: int, complete: int) -> list[Change]:
        stored = [(ticket, [event for _, event in events]) for ticket, events in self._stored(source, tickets)]
        missing = set(tickets) - {ticket for ticket, _ in stored}
        return self._renew_with(source, [*stored, *((ticket, []) for ticket in sorted(missing))], promises, now, complete)

    def _renew_with(
        self, source: str, tickets: Sequence[tuple[str, list[TicketEvent]]], promises: Promises, now: int, complete: int
    ) -> list[Change]:
        before = self.results_of(source, [ticket for ticket, _ in tickets])
        return self._compare(before, judged_rows(promises, source, tickets, now), promises, now, complete)

    def _all_judged(
        self, source: str, sources: Sequence[str], promises: Promises, now: int
    ) -> Iterator[tuple[Sequence[str], Iterable[ResultRow]]]:
        """All tickets of a source in parts, with their results; by several processes where there are many."""
        if isinstance(self.database, SqliteDatabase):
            wanted = ranges(self.database, source)
            if sum(len(each.tickets) for each in wanted) >= WORTH_IT:
                for each, rows in in_parallel(self.database.file, promises.catalogue, sources, wanted, now):
                    yield each.tickets, rows
                return
        for part in _parts(self._all_stored(source)):
            yield [ticket for ticket, _ in part], judged_rows(promises, source, part, now)

    def _compare(
        self, stored: Iterable[ResultRow], rows: Iterable[ResultRow], promises: Promises, now: int, complete: int
    ) -> list[Change]:
        """What is not as it was stored is written, counted, and corrected where its period was complete."""
        before = {row.key: row for row in stored}
        changes: list[Change] = []
        if not before:
            return self.books.write([Change(None, row) for row in rows], promises, now, complete)
        seen: set[Key] = set()
        for row in rows:
            key = row.key
            seen.add(key)
            old = before.get(key)
            if old is not None:
                row = ResultRow._make((*row.facts, old.booked, old.timed))
            if old is None or old.facts != row.facts:
                changes.append(Change(old, row))
        changes += [Change(row, None) for key, row in before.items() if key not in seen]
        return self.books.write(changes, promises, now, complete)

    def _unknown(self, source: str, told: Sequence[SourceEvent], replaced: Sequence[str]) -> list[SourceEvent]:
        """The events that are not in the ledger as they are told. Of tickets that are ``replaced`` all are wanted."""
        anew = set(replaced)
        stored: set[tuple[object, ...]] = set()
        for part in _chunks(sorted({event.ticket for event in told} - anew)):
            places = ", ".join("?" * len(part))
            sql = f"SELECT ticket, event, at, place, name, value, meaning FROM event WHERE source = ? AND ticket IN ({places})"
            stored.update(map(tuple, self.database.rows(sql, (source, *part))))
        return [event for event in told if tuple(event) not in stored] if stored else list(told)

    # --- reading ----------------------------------------------------------------------------------------------------
    def results_of(self, source: str, tickets: Sequence[str]) -> Iterator[ResultRow]:
        """The results of tickets."""
        for part in _chunks(tickets):
            places = ", ".join("?" * len(part))
            for row in self.database.rows(f"SELECT {COLUMNS} FROM result WHERE source = ? AND ticket IN ({places})", (source, *part)):
                yield ResultRow(*row)

    def _stored(self, source: str, tickets: Sequence[str]) -> list[tuple[str, list[tuple[int, TicketEvent]]]]:
        found: dict[str, list[tuple[int, TicketEvent]]] = {}
        for part in _chunks(tickets):
            places = ", ".join("?" * len(part))
            sql = (
                "SELECT ticket, at, place, event, name, value, meaning FROM event "
                f"WHERE source = ? AND ticket IN ({places}) ORDER BY ticket, at, place, event"
            )
            for ticket, at, place, _, name, value, meaning in self.database.rows(sql, (source, *part)):
                found.setdefault(ticket, []).append((place, TicketEvent(at, name, value, meaning)))
        return sorted(found.items())

    def _all_stored(self, source: str) -> Iterator[tuple[str, list[TicketEvent]]]:
        """Every ticket of a source; in the order of the key, so that the database sorts nothing."""
        sql = "SELECT ticket, at, place, event, at, name, value, meaning FROM event WHERE source = ? ORDER BY source, ticket, event"
        return ordered_events(self.database.stream(sql, (source,)))


def _await_tables(database: Database) -> None:
    """Wait a moment for the replica that writes, where both begin with an empty database. Raises LedgerError."""
    for _ in range(_PATIENCE):
        if version_of(database) >= VERSION:
            return
        if database.may_write():
            migrate(database)
            return
        sleep(1)
    if version_of(database):
        raise LedgerError("another replica, of an older version, holds this ledger; stop it, and this one brings the ledger up to date")
    raise LedgerError("another replica holds this ledger and has not made its tables; see its log")


def _chunks(tickets: Sequence[str]) -> Iterator[Sequence[str]]:
    """So few at once that every database takes them as values of one statement."""
    for start in range(0, len(tickets), 500):
        yield tickets[start : start + 500]


def _parts(tickets: Iterable[tuple[str, list[TicketEvent]]]) -> Iterator[list[tuple[str, list[TicketEvent]]]]:
    part: list[tuple[str, list[TicketEvent]]] = []
    for each in tickets:
        part.append(each)
        if len(part) == _TICKETS_AT_ONCE:
            yield part
            part = []
    if part:
        yield part
