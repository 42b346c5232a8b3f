"""One way of speaking SQL to SQLite and PostgreSQL: statements with ``?``, rows as tuples, transactions that end as a whole.

A ledger has one writer. In SQLite it is whoever holds the lock of the file beside it; in PostgreSQL whoever holds the
ledger's advisory lock, and the other replicas read.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Protocol, Self

from sla_exporter.connection_strings import wrong_with
from slo_gen.known_secrets import covered

if TYPE_CHECKING:
    import psycopg

__all__ = ["BusyError", "CorruptError", "Database", "LedgerError", "PostgresDatabase", "Row", "SqliteDatabase", "Value"]

Value = str | int | None
Row = tuple[Any, ...]


class LedgerError(Exception):
    """The ledger cannot be used; the text is a sentence for the reader and holds no secret."""

    def __init__(self, text: str) -> None:
        super().__init__(covered(text))


class BusyError(LedgerError):
    """Another process writes this ledger."""


class CorruptError(LedgerError):
    """The file is damaged, or no ledger."""


class Database(Protocol):
    """What the ledger asks of a database. All methods raise LedgerError."""

    dialect: str

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        """All rows of an answer."""

    def stream(self, sql: str, values: Sequence[Value] = ()) -> Iterator[Row]:
        """The rows of an answer one by one, without holding all of them."""

    def execute(self, sql: str, values: Sequence[Value] = ()) -> None:
        """Run a statement."""

    def many(self, sql: str, values: Iterable[Sequence[Value]]) -> None:
        """Run a statement once for each row of values."""

    def transaction(self) -> Any:
        """A context in which all is done or nothing."""

    def may_write(self) -> bool:
        """Whether this process is the one writer; tries to become it where there is none."""

    def abandon(self) -> None:
        """From any thread: whatever is being done now is undone, and nothing is begun any more."""

    def close(self) -> None:
        """Let go of file, connection and lock."""


_ABANDONED: Final = "the exporter ends: what was being written is undone, and done again when it runs"
_WAIT_MS: Final = 5000
_FETCHED: Final = 20_000


class SqliteDatabase:
    """A file. Written with WAL and full synchronisation: what was said to be written survives the loss of power."""

    dialect = "sqlite"

    def __init__(self, file: Path, *, read_only: bool = False, checked: bool = True) -> None:
        """``checked``: whether all of the file is looked at for damage first."""
        self.file = file
        self._abandoned = False
        self._lock: int | None = None
        if not read_only:
            self._lock = _locked(file)
        try:
            self._connection = _connected(file, read_only=read_only, checked=checked)
        except LedgerError:
            self._unlock()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        with self._told():
            found: list[Row] = self._connection.execute(sql, values).fetchall()
            return found

    def stream(self, sql: str, values: Sequence[Value] = ()) -> Iterator[Row]:
        with self._told():
            cursor = self._connection.execute(sql, values)
            cursor.arraysize = _FETCHED
            while part := cursor.fetchmany():
                yield from part

    def execute(self, sql: str, values: Sequence[Value] = ()) -> None:
        with self._told():
            self._connection.execute(sql, values)

    def many(self, sql: str, values: Iterable[Sequence[Value]]) -> None:
        with self._told():
            self._connection.executemany(sql, values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise
        try:
            self.execute("COMMIT")
        except LedgerError:
            with suppress(sqlite3.Error):
                self._connection.execute("ROLLBACK")
            raise

    def may_write(self) -> bool:
        return self._lock is not None

    def backup(self, into: Path) -> None:
        """Write a copy of all of it, complete or not at all."""
        partial = into.with_name(into.name + ".part")
        with self._told():
            target = sqlite3.connect(partial)
            try:
                self._connection.backup(target)
            finally:
                target.close()
        partial.replace(into)

    def abandon(self) -> None:
        self._abandoned = True
        with suppress(sqlite3.Error):
            self._connection.interrupt()

    def close(self) -> None:
        with suppress(sqlite3.Error):
            self._connection.close()
        self._unlock()

    def _unlock(self) -> None:
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    @contextmanager
    def _told(self) -> Iterator[None]:
        if self._abandoned:
            raise LedgerError(_ABANDONED)
        try:
            yield
        except sqlite3.Error as error:
            if self._abandoned:
                raise LedgerError(_ABANDONED) from None
            raise _in_words(self.file, error) from None


def _locked(file: Path) -> int:
    try:
        lock = os.open(file.with_name(file.name + ".lock"), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise LedgerError(f"{file}: its lock cannot be written: {error.strerror}") from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(lock)
        raise BusyError(f"{file} is in use by another sla-exporter; a ledger in a file has one. Replicas share a PostgreSQL.") from None
    return lock


def _connected(file: Path, *, read_only: bool, checked: bool) -> sqlite3.Connection:
    if read_only and not file.exists():
        raise LedgerError(f"{file}: there is no such ledger")
    try:
        mode = "ro" if read_only else "rwc"
        connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode={mode}", uri=True, isolation_level=None, check_same_thread=False)
    except sqlite3.Error as error:
        raise _in_words(file, error) from None
    try:
        connection.execute(f"PRAGMA busy_timeout = {_WAIT_MS}")
        if not read_only:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")
        found = connection.execute("PRAGMA quick_check(1)").fetchone() if checked else ("ok",)
    except sqlite3.Error as error:
        connection.close()
        raise _in_words(file, error) from None
    if found[0] != "ok":
        connection.close()
        raise _damaged(file)
    return connection


def _in_words(file: Path, error: sqlite3.Error) -> LedgerError:
    text = str(error)
    if isinstance(error, sqlite3.DatabaseError) and any(word in text for word in ("malformed", "not a database", "corrupt")):
        return _damaged(file)
    if "full" in text or "disk I/O" in text:
        return LedgerError(f"{file} cannot be written: {text}")
    if "locked" in text or "busy" in text:
        return BusyError(f"{file} is locked by another process for more than {_WAIT_MS // 1000} seconds")
    return LedgerError(f"{file}: {text}")


def _damaged(file: Path) -> CorruptError:
    return CorruptError(
        f"{file} is damaged or no ledger, and was left as it is. Put a copy of it back, or run `sla-exporter ledger rebuild`: "
        "it keeps the damaged file beside a new one, and reads everything from the sources again"
    )


# --- PostgreSQL ------------------------------------------------------------------------------------------------------
_ADVISORY: Final = 0x51A0_1ED6
"""The advisory lock of the one writer, in the database of the ledger."""


class PostgresDatabase:
    """A database of its own, or the schema that the connection's ``search_path`` names first."""

    dialect = "postgresql"

    def __init__(self, address: str) -> None:
        self._address = address
        self._abandoned = False
        self._connection = self._connected()
        self._writes = False

    def _connected(self) -> psycopg.Connection[Row]:
        try:
            import psycopg
        except ImportError:
            raise LedgerError("a ledger in PostgreSQL needs psycopg: pip install 'slo-gen[postgres]'") from None
        if wrong := wrong_with(self._address):
            raise LedgerError(f"the ledger's PostgreSQL cannot be asked: {wrong}")
        try:
            return psycopg.connect(self._address, autocommit=True, connect_timeout=10, application_name="sla-exporter")
        except psycopg.Error as error:
            raise LedgerError(f"the ledger's PostgreSQL cannot be reached: {_first_line(error)}") from None

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[Row]:
        with self._told():
            return self._connection.execute(_percent(sql), values).fetchall()

    def stream(self, sql: str, values: Sequence[Value] = ()) -> Iterator[Row]:
        with self._told(), self._connection.transaction(), self._connection.cursor("ledger") as cursor:
            cursor.itersize = _FETCHED
            cursor.execute(_percent(sql), values)
            yield from cursor

    def execute(self, sql: str, values: Sequence[Value] = ()) -> None:
        with self._told():
            self._connection.execute(_percent(sql), values)

    def many(self, sql: str, values: Iterable[Sequence[Value]]) -> None:
        with self._told(), self._connection.cursor() as cursor:
            cursor.executemany(_percent(sql), values)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._told(), self._connection.transaction():
            yield

    def may_write(self) -> bool:
        if self._connection.closed:
            self._writes = False
            self._connection = self._connected()
        if not self._writes:
            self._writes = bool(self.rows("SELECT pg_try_advisory_lock(?)", (_ADVISORY,))[0][0])
        return self._writes

    def abandon(self) -> None:
        import psycopg

        self._abandoned = True
        with suppress(psycopg.Error):
            self._connection.cancel()

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def _told(self) -> Iterator[None]:
        import psycopg

        if self._abandoned:
            raise LedgerError(_ABANDONED)
        try:
            yield
        except psycopg.Error as error:
            if self._abandoned:
                raise LedgerError(_ABANDONED) from None
            if self._connection.closed:
                self._writes = False
            raise LedgerError(f"the ledger's PostgreSQL says: {_first_line(error)}") from None


def _percent(sql: str) -> Any:
    """A statement with the places of values as psycopg writes them. No statement of the ledger holds ``?`` or ``%`` otherwise."""
    return sql.replace("?", "%s")


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
