"""The tables of the ledger, and how an older ledger becomes a newer one.

Migrations go forward only, each in one transaction; of a file a copy is kept beside it first. A ledger that is newer than
the program is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from sla_exporter.ledger.database import Database, LedgerError, SqliteDatabase

__all__ = ["MIGRATIONS", "OF_PERIOD", "VERSION", "migrate", "version_of"]

OF_PERIOD: Final = "CREATE INDEX result_of_period ON result (agreement, target, counts_at)"
"""Left out while all results are written for the first time: an index is made faster than it is kept."""

_FIRST: Final = (
    "CREATE TABLE source (name TEXT PRIMARY KEY, place TEXT NOT NULL, watermark BIGINT NOT NULL, read_at BIGINT NOT NULL, "
    "reread TEXT NOT NULL, reread_at BIGINT NOT NULL)",
    "CREATE TABLE event (source TEXT NOT NULL, ticket TEXT NOT NULL, event TEXT NOT NULL, at BIGINT NOT NULL, place BIGINT NOT NULL, "
    "name TEXT NOT NULL, value TEXT NOT NULL, meaning TEXT NOT NULL, PRIMARY KEY (source, ticket, event)) {without_rowid}",
    "CREATE INDEX event_feedback ON event (at) WHERE name IN ('rated', 'complained')",
    "CREATE TABLE result (source TEXT NOT NULL, ticket TEXT NOT NULL, agreement TEXT NOT NULL, target TEXT NOT NULL, "
    "cycle BIGINT NOT NULL, priority TEXT NOT NULL, opened BIGINT NOT NULL, start BIGINT NOT NULL, stop BIGINT, worked BIGINT NOT NULL, "
    "wall BIGINT NOT NULL, allowed BIGINT NOT NULL, due BIGINT, over BIGINT, since BIGINT, hidden BIGINT NOT NULL, reason TEXT NOT NULL, "
    "ended BIGINT, final TEXT NOT NULL, counts_at BIGINT, booked TEXT NOT NULL, timed BIGINT NOT NULL, "
    "PRIMARY KEY (source, ticket, agreement, target, cycle)) {without_rowid}",
    OF_PERIOD,
    "CREATE INDEX result_open ON result (agreement) WHERE final = ''",
    "CREATE TABLE counter (agreement TEXT NOT NULL, target TEXT NOT NULL, outcome TEXT NOT NULL, number BIGINT NOT NULL, "
    "PRIMARY KEY (agreement, target, outcome))",
    "CREATE TABLE duration (agreement TEXT NOT NULL, target TEXT NOT NULL, bound BIGINT NOT NULL, number BIGINT NOT NULL, "
    "seconds BIGINT NOT NULL, PRIMARY KEY (agreement, target, bound))",
    "CREATE TABLE terms (agreement TEXT PRIMARY KEY, digest TEXT NOT NULL)",
    "CREATE TABLE correction (number BIGINT PRIMARY KEY, at BIGINT NOT NULL, agreement TEXT NOT NULL, target TEXT NOT NULL, "
    "source TEXT NOT NULL, ticket TEXT NOT NULL, cycle BIGINT NOT NULL, period TEXT NOT NULL, was TEXT NOT NULL, becomes TEXT NOT NULL)",
)

_STATES: Final = (
    "CREATE TABLE stretch (indicator TEXT NOT NULL, location TEXT NOT NULL, start BIGINT NOT NULL, seen BIGINT NOT NULL, "
    "until BIGINT NOT NULL, state TEXT NOT NULL, changed BIGINT NOT NULL, PRIMARY KEY (indicator, location, start)) {without_rowid}",
    "CREATE INDEX stretch_changed ON stretch (changed)",
    "CREATE TABLE probe (name TEXT PRIMARY KEY, asked_at BIGINT NOT NULL)",
    "CREATE TABLE certificate (indicator TEXT NOT NULL, location TEXT NOT NULL, ends BIGINT NOT NULL, PRIMARY KEY (indicator, location))",
)

MIGRATIONS: Final[Sequence[Sequence[str]]] = (_FIRST, _STATES)
"""What makes version n + 1 of version n."""

VERSION: Final = len(MIGRATIONS)


def version_of(database: Database) -> int:
    """The version of a ledger; 0 for one that is empty."""
    if not _has_meta(database):
        return 0
    found = database.rows("SELECT value FROM meta WHERE name = ?", ("version",))
    return int(found[0][0]) if found else 0


def migrate(database: Database) -> int:
    """Bring a ledger up to ``VERSION``; returns the version that it had. Raises LedgerError for one that is newer."""
    before = version_of(database)
    if before > VERSION:
        raise LedgerError(
            f"the ledger was written by a newer sla-exporter (its version is {before}, this program knows {VERSION}); install that one"
        )
    if before == VERSION:
        return before
    if before and isinstance(database, SqliteDatabase):
        database.backup(database.file.with_name(f"{database.file.name}.version-{before}"))
    options = {"without_rowid": "WITHOUT ROWID" if database.dialect == "sqlite" else ""}
    with database.transaction():
        if not before:
            database.execute("CREATE TABLE IF NOT EXISTS meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
        for statements in MIGRATIONS[before:]:
            for statement in statements:
                database.execute(statement.format(**options))
        database.execute("INSERT INTO meta (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                         ("version", str(VERSION)))  # fmt: skip
    return before


def _has_meta(database: Database) -> bool:
    if database.dialect == "sqlite":
        return bool(database.rows("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'meta'"))
    return bool(database.rows("SELECT 1 FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'meta'"))
