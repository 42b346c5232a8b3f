"""Any SQL database: a query of the user's that gives events of tickets, asked for reading only.

The query names the row's own time of writing, ``updated``, and gives the rows from ``:since`` on. It runs again from an overlap
before the latest one, so that a transaction that took long is not missed; rows that were read already change nothing.

Many rows are handed on in parts, in the order in which they were written, so that what is stored stays stored when the exporter ends in
between. A place is ``since/parts``: what a restarted exporter asks from, and which part comes next as long as this one runs.
"""

from __future__ import annotations

import os
import re
import sqlite3
import time
from collections.abc import Mapping, Sequence
from operator import itemgetter
from pathlib import Path
from typing import Any, ClassVar, Final

from sla_exporter.connection_strings import wrong_with
from sla_exporter.sources.blocking import Blocking
from sla_exporter.sources.rows import NEEDED, read_rows
from sla_exporter.sources.source import Found, Page, Settings, SourceError, SourceEvent, status_meanings
from slo_gen.spec.secrets import variable

__all__ = ["SqlReader"]

_SINCE: Final = re.compile(r":since\b")
_WRITES: Final = re.compile(r"\A\s*(select|with)\b", re.IGNORECASE)


_PART: Final = 20_000
"""Rows that are handed on at once."""


class SqlReader:
    """Reads one query."""

    experimental: ClassVar[bool] = False
    at_once: ClassVar[int] = 100_000

    def __init__(self, settings: Settings) -> None:
        source = settings.document.sql
        assert source, "the document is of a query"
        self._source = source
        self._settings = settings
        self._meanings = status_meanings(settings.document)
        self._questions = Blocking(settings.seconds)
        self._waiting: list[tuple[int, SourceEvent]] = []     # with the instant of writing, the last one first
        self._expected = ""                                   # the place at which they are wanted
        self._began = 0

    async def read(self, place: str) -> Page:
        since, part = _since(place)
        rejected: Mapping[str, int] = {}
        if not self._waiting or place != self._expected:
            self._began, part = int(time.time()), 0
            read = read_rows(await self._rows(self._source.query, since), self._meanings)
            self._waiting = sorted(zip(read.written, read.events, strict=True), key=itemgetter(0), reverse=True)
            rejected = read.rejected
        chosen = [self._waiting.pop() for _ in range(min(_PART, len(self._waiting)))]
        latest = max(chosen[-1][0] if chosen else 0, since + self._settings.overlap if since else 0)
        begins = max(since, latest - self._settings.overlap)
        self._expected = f"{begins}/{part + 1}" if self._waiting else str(begins)
        events = [event for _, event in chosen]
        return Page(events, (), self._expected, self._began, more=bool(self._waiting), rejected=rejected)

    async def look(self, tickets: Sequence[str]) -> Sequence[Found]:
        rows = await self._rows(self._source.query, 0)
        wanted = set(tickets)
        by_ticket: dict[str, list[SourceEvent]] = {}
        for event in read_rows(rows, self._meanings).events:
            if event.ticket in wanted:
                by_ticket.setdefault(event.ticket, []).append(event)
        return [Found(ticket, by_ticket.get(ticket)) for ticket in tickets]

    async def close(self) -> None:
        """Every question has a connection of its own."""

    async def _rows(self, query: str, since: int) -> list[Mapping[str, Any]]:
        if not _WRITES.match(query):
            raise SourceError("query", "the query does not begin with SELECT or WITH")
        try:
            names, rows = await self._questions.ask(lambda: self._asked(query, since))
        except TimeoutError:
            raise SourceError("timeout", f"the query took more than {self._settings.seconds:g} seconds") from None
        missing = [name for name in NEEDED if name not in names]
        if missing:
            raise SourceError("schema", f"the query gives no column {', '.join(missing)}; it gives {', '.join(names) or 'none'}")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _asked(self, query: str, since: int) -> tuple[list[str], list[Any]]:
        return _sqlite(self._source.sqlite, query, since, self._settings.seconds) if self._source.sqlite else self._postgres(query, since)

    def _postgres(self, query: str, since: int) -> tuple[list[str], list[Any]]:
        try:
            import psycopg
        except ImportError:
            raise SourceError("query", "a query to PostgreSQL needs psycopg: pip install 'slo-gen[postgres]'") from None
        text = _SINCE.sub("%(since)s", query.replace("%", "%%"))
        limit = int(self._settings.seconds * 1000)
        address = self._address()
        if wrong := wrong_with(address):
            raise SourceError("auth", f"PostgreSQL cannot be asked: {wrong}")
        try:
            with psycopg.connect(address, connect_timeout=10, options=f"-c statement_timeout={limit}") as connection:
                connection.read_only = True
                cursor = connection.execute(text.encode(), {"since": since})
                return [column.name for column in cursor.description or ()], cursor.fetchall()
        except psycopg.OperationalError as error:
            raise SourceError("unreachable", f"PostgreSQL cannot be asked: {str(error).strip().splitlines()[0]}") from None
        except psycopg.Error as error:
            raise SourceError("query", f"PostgreSQL refuses the query: {str(error).strip().splitlines()[0]}") from None

    def _address(self) -> str:
        if self._source.postgres_env:
            found = os.environ.get(self._source.postgres_env, "")
            if not found:
                raise SourceError("auth", f"the environment has no {variable('postgres_env', self._source.postgres_env)}")
            return found
        try:
            return Path(self._source.postgres_file or "").read_text(encoding="utf-8").strip()
        except (OSError, UnicodeError):
            raise SourceError("auth", "the file that `postgres_file` names cannot be read") from None


def _since(place: str) -> tuple[int, int]:
    since, _, part = place.partition("/")
    return int(since) if since.isdigit() else 0, int(part) if part.isdigit() else 0


def _sqlite(file: str, query: str, since: int, seconds: float) -> tuple[list[str], list[Any]]:
    try:
        connection = sqlite3.connect(f"{Path(file).resolve().as_uri()}?mode=ro", uri=True, timeout=5)
    except sqlite3.Error as error:
        raise SourceError("unreachable", f"{file} cannot be opened: {error}") from None
    try:
        end = time.monotonic() + seconds
        connection.set_progress_handler(lambda: time.monotonic() > end, 100_000)     # nobody waits for it any more
        cursor = connection.execute(query, {"since": since})
        return [column[0] for column in cursor.description or ()], cursor.fetchall()
    except sqlite3.Error as error:
        raise SourceError("unreachable" if "unable to open" in str(error) else "query", f"{file}: {error}") from None
    finally:
        connection.close()
