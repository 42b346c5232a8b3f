"""States in the ledger: for every indicator and location its stretches, when each probe was asked last, when certificates end.

What a look changes is written in one transaction with when it was made. Writing the same again changes nothing. A number that
grows with every transaction tells replicas that only read what is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, NamedTuple

from sla_exporter.ledger.database import Database, Row
from sla_exporter.probes.states import State, Stretch

__all__ = ["Place", "Stretches"]


class Place(NamedTuple):
    """An indicator, and from where it is seen."""

    indicator: str
    location: str


_COLUMNS: Final = "indicator, location, start, seen, until, state"


class Stretches:
    """The states of a ledger. Everything raises LedgerError."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def write(self, changes: Iterable[tuple[Place, Stretch]], asked: Mapping[str, int], certificates: Mapping[Place, int]) -> int:
        """Write changed stretches, when probes were asked (seconds) and when certificates end; all or nothing. Returns the number."""
        with self._database.transaction():
            number = self.number() + 1
            self._database.execute(
                "INSERT INTO meta (name, value) VALUES ('states', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                (str(number),),
            )
            self._database.many(
                f"INSERT INTO stretch ({_COLUMNS}, changed) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (indicator, location, start) "
                "DO UPDATE SET seen = excluded.seen, until = excluded.until, state = excluded.state, changed = excluded.changed",
                [(*place, *stretch, number) for place, stretch in changes],
            )
            self._database.many(
                "INSERT INTO probe (name, asked_at) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET asked_at = excluded.asked_at",
                sorted(asked.items()),
            )
            self._database.many(
                "INSERT INTO certificate (indicator, location, ends) VALUES (?, ?, ?) ON CONFLICT (indicator, location) "
                "DO UPDATE SET ends = excluded.ends",
                [(*place, ends) for place, ends in sorted(certificates.items())],
            )
        return number

    def number(self) -> int:
        """A number that grows with every write."""
        found = self._database.rows("SELECT value FROM meta WHERE name = 'states'")
        return int(found[0][0]) if found else 0

    def since(self, until: int) -> Iterator[tuple[Place, Stretch]]:
        """All stretches that hold beyond an instant, in order; the last one of each place in any case."""
        sql = (
            f"SELECT {_COLUMNS} FROM stretch WHERE until > ? OR start = (SELECT MAX(start) FROM stretch AS other "
            "WHERE other.indicator = stretch.indicator AND other.location = stretch.location) ORDER BY indicator, location, start"
        )
        return map(_told, self._database.stream(sql, (until,)))

    def changed_after(self, number: int) -> list[tuple[Place, Stretch]]:
        """What was written after the write of a number, in order."""
        sql = f"SELECT {_COLUMNS} FROM stretch WHERE changed > ? ORDER BY indicator, location, start"
        return [_told(row) for row in self._database.rows(sql, (number,))]

    def all(self) -> Iterator[tuple[Place, Stretch]]:
        """Every stretch, in order."""
        return map(_told, self._database.stream(f"SELECT {_COLUMNS} FROM stretch ORDER BY indicator, location, start"))

    def asked(self) -> dict[str, int]:
        """When each probe was asked last, in seconds since 1970."""
        return {name: int(at) for name, at in self._database.rows("SELECT name, asked_at FROM probe ORDER BY name")}

    def certificates(self) -> dict[Place, int]:
        """When the certificate of each place ends, in seconds since 1970."""
        return {Place(indicator, location): int(ends)
                for indicator, location, ends in self._database.rows("SELECT indicator, location, ends FROM certificate")}  # fmt: skip


_STATES: Final[Mapping[str, State]] = {"up": "up", "down": "down", "unknown": "unknown", "excluded": "excluded"}


def _told(row: Row) -> tuple[Place, Stretch]:
    indicator, location, start, seen, until, state = row
    return Place(indicator, location), Stretch(start, seen, until, _STATES[state])
