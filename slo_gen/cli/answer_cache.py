"""Answers about the past, kept on disk: a long run that was interrupted goes on where it was, and the next one is quick.

What is over does not change, so an answer is kept when all that it is about lies before the server's last records. Each
is a file of its own, named by the server and the question, and written whole.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec

from slo_gen import names
from slo_gen.cli.writing import write_file
from slo_gen.history.facts import Question
from slo_gen.prometheus import Series

__all__ = ["AnswerCache", "usual_folder"]

_FORMAT: Final = 1
_HOUR: Final = 3600


@dataclass(frozen=True, slots=True)
class AnswerCache:
    """Answers of one server. ``server`` is its address and whatever else decides what it shows, such as a tenant."""

    folder: Path
    server: str

    def get(self, question: Question) -> tuple[Series, ...] | None:
        """The answer that was kept, or None. A file that cannot be read is no answer."""
        try:
            kept = msgspec.json.decode(self._file(question).read_bytes(), type=_Kept)
        except (OSError, msgspec.MsgspecError):
            return None
        return kept.series if kept.format == _FORMAT else None

    def put(self, question: Question, series: tuple[Series, ...]) -> None:
        """Keep an answer. Raises OSError.

        Not that there are no events over hours: a history that was never recorded may still be filled in.
        """
        if not series and question.record in (names.TOTAL, names.BAD) and question.end - question.start > _HOUR:
            return
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)      # facts of customers are nobody else's business
        write_file(self._file(question), msgspec.json.encode(_Kept(question=question, series=series)).decode())

    def _file(self, question: Question) -> Path:
        key = json.dumps([self.server, question.query, question.start, question.end, question.step])
        return self.folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.json"


class _Kept(msgspec.Struct, frozen=True, kw_only=True):
    """The file; the question is there for people who look."""

    format: int = _FORMAT
    question: Question
    series: tuple[Series, ...]


def usual_folder(environment: Mapping[str, str] | None = None) -> Path:
    """Where programs of this user keep what they can do without."""
    values = os.environ if environment is None else environment
    root = values.get("XDG_CACHE_HOME", "")
    return (Path(root) if root else Path(values.get("HOME", "~")).expanduser() / ".cache") / "slo-gen"
