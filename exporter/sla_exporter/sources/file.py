"""A file of events: CSV with a header, or one JSON object a line. It may grow at its end, or be replaced by another.

A file that begins otherwise than it did, or is shorter, is another one: it is read from its beginning, and what it says of a
ticket is all there is. A last line without its end is left for the next time.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Final

from sla_exporter.sources.blocking import Blocking
from sla_exporter.sources.rows import NEEDED, read_rows
from sla_exporter.sources.source import Found, Page, Settings, SourceError, SourceEvent, status_meanings

__all__ = ["FileReader"]

_AT_ONCE: Final = 4 * 1024 * 1024
_HEAD: Final = 256


class FileReader:
    """Reads one file."""

    experimental: ClassVar[bool] = False
    at_once: ClassVar[int] = 100_000

    def __init__(self, settings: Settings) -> None:
        source = settings.document.file
        assert source, "the document is of a file"
        self._file = Path(source.path)
        self._meanings = status_meanings(settings.document)
        self._seconds, self._questions = settings.seconds, Blocking(settings.seconds)

    async def read(self, place: str) -> Page:
        try:
            return await self._questions.ask(lambda: self._page(place))
        except TimeoutError:
            raise SourceError("timeout", f"{self._file} could not be read within {self._seconds:g} seconds") from None

    def _page(self, place: str) -> Page:
        offset, head, anew = _place(place)
        try:
            with self._file.open("rb") as stream:
                began, size = int(time.time()), os.fstat(stream.fileno()).st_size
                present = _head(stream, min(offset, _HEAD) if offset else _HEAD)
                if offset > size or (offset and present != head):
                    offset, anew = 0, True
                events, until, rejected = self._events(stream, offset)
                head = _head(stream, min(until, _HEAD))
        except OSError as error:
            raise SourceError("unreachable", f"{self._file} cannot be read: {error.strerror}") from None
        more = until < size and until > offset
        whole = sorted({event.ticket for event in events}) if anew and offset == 0 else ()
        return Page(events, whole, json.dumps([until, head, anew and more]), began, more, rejected)

    async def look(self, tickets: Sequence[str]) -> Sequence[Found]:
        """Nothing: what a file no longer holds may have been moved to another one."""
        return ()

    async def close(self) -> None:
        """The file is open only while it is read."""

    def _events(self, stream: BinaryIO, offset: int) -> tuple[list[SourceEvent], int, Mapping[str, int]]:
        """The events of whole lines from an offset on, and where the first line begins that was not read."""
        stream.seek(0)
        first = stream.readline()
        if offset == 0 and not first.endswith(b"\n"):
            return [], 0, {}
        is_json = first.lstrip(b"\xef\xbb\xbf \t").startswith(b"{")
        names = () if is_json else self._names(first)
        start = offset or (0 if is_json else len(first))
        stream.seek(start)
        data = stream.read(_AT_ONCE)
        whole = data[: data.rfind(b"\n") + 1]
        text = whole.decode("utf-8", "replace").removeprefix("\ufeff")
        rows = _json_rows(text) if is_json else (dict(zip(names, row, strict=False)) for row in csv.reader(StringIO(text)) if any(row))
        read = read_rows(rows, self._meanings)
        return read.events, start + len(whole), read.rejected

    def _names(self, header: bytes) -> tuple[str, ...]:
        text = header.decode("utf-8", "replace").removeprefix("\ufeff").strip()
        names = tuple(name.strip().casefold() for name in next(csv.reader([text]), []))
        missing = [name for name in NEEDED if name not in names]
        if missing:
            raise SourceError("schema", f"{self._file} has no column {', '.join(missing)}; its header is {text[:200]!r}")
        return names


def _json_rows(text: str) -> Iterator[Mapping[str, Any]]:
    for line in text.splitlines():
        if line.strip():
            try:
                found = json.loads(line)
            except ValueError:
                found = None
            yield found if isinstance(found, dict) else {}


def _place(text: str) -> tuple[int, str, bool]:
    try:
        offset, head, anew = json.loads(text)
        return int(offset), str(head), bool(anew)
    except (ValueError, TypeError):
        return 0, "", False


def _head(stream: BinaryIO, length: int) -> str:
    stream.seek(0)
    return hashlib.sha256(stream.read(length)).hexdigest()[:16]
