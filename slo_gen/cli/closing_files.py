"""The folder of closings: reading what is there, writing one closing whole with its facts, and where a run was interrupted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from slo_gen.cli.writing import write_file
from slo_gen.contract.facts import Slots
from slo_gen.history.closing_file import (
    ClosedTarget,
    Closing,
    ClosingFileError,
    closing_path,
    closing_text,
    read_closing,
    read_facts_file,
)

__all__ = ["ClosingFiles", "Unfinished", "UnreadableClosingError"]

_UNFINISHED: Final = ".unfinished.json"


class UnreadableClosingError(Exception):
    """A file of the folder cannot be used; the text names it and says why."""


@dataclass(frozen=True, slots=True)
class ClosingFiles:
    """Closings below a folder. Calls raise UnreadableClosingError, those that write OSError."""

    folder: Path

    def path(self, period: str, agreement: str) -> Path:
        return self.folder / closing_path(period, agreement)

    def read(self, period: str, agreement: str) -> Closing | None:
        """The closing of a period, or None where there is none yet."""
        file = self.path(period, agreement)
        data = _content(file)
        if data is None:
            return None
        try:
            found = read_closing(data)
        except ClosingFileError as error:
            raise UnreadableClosingError(f"{file} is no closing of this version of slo-gen: {error}") from None
        if (found.period, found.agreement) != (period, agreement):
            raise UnreadableClosingError(f"{file} is the closing of {found.agreement} for {found.period}; was it moved?")
        return found

    def facts(self, closing: Closing, target: ClosedTarget) -> Slots:
        """The facts that a target was judged by."""
        file = self.path(closing.period, closing.agreement).parent / target.facts.file
        data = _content(file)
        if data is None:
            raise UnreadableClosingError(f"{file} is missing; {closing.agreement} was closed with it")
        try:
            return read_facts_file(data, target.facts)
        except ClosingFileError as error:
            raise UnreadableClosingError(f"{file} {error}") from None

    def write(self, closing: Closing, facts: Mapping[str, str]) -> bool:
        """Write what is not there yet: the ``facts`` by their paths first, so that no closing names a missing file.

        Answers whether anything of the closing itself was written.
        """
        file = self.path(closing.period, closing.agreement)
        for path, text in facts.items():
            _write_if_other(file.parent / path, text)
        return _write_if_other(file, closing_text(closing))


@dataclass(slots=True)
class Unfinished:
    """What a run has done so far, on disk, so that the same run goes on when it was interrupted.

    The file is there only while a run is going on. ``key`` says what the run was asked for; the file of another run is
    taken for nothing.
    """

    folder: Path
    key: str
    done: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, folder: Path, asked: Iterable[str]) -> Unfinished:
        """The run that was asked for with these words, as far as it had come."""
        key = hashlib.sha256("\n".join(asked).encode()).hexdigest()
        return cls(folder, key, list(_done(folder / _UNFINISHED, key)))

    def add(self, period: str, agreement: str) -> None:
        """Raises OSError."""
        self.done.append(closing_path(period, agreement))
        write_file(self.folder / _UNFINISHED, json.dumps({"key": self.key, "done": self.done}, indent=1) + "\n")

    def has(self, period: str, agreement: str) -> bool:
        return closing_path(period, agreement) in self.done

    def finish(self) -> None:
        """The run is over. Raises OSError."""
        (self.folder / _UNFINISHED).unlink(missing_ok=True)


def _done(file: Path, key: str) -> Iterator[str]:
    try:
        found = json.loads(file.read_bytes())
    except (OSError, ValueError, RecursionError):
        return
    if isinstance(found, dict) and found.get("key") == key and isinstance(found.get("done"), list):
        yield from (path for path in found["done"] if isinstance(path, str))


def _content(file: Path) -> bytes | None:
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UnreadableClosingError(f"{file} cannot be read: {error.strerror}") from None


def _write_if_other(file: Path, text: str) -> bool:
    if _content(file) == text.encode():
        return False
    write_file(file, text)
    return True
