"""Source text of documents, and where each of their values was written.

Positions are kept as one character offset per node (4 bytes each), in the order in which the nodes were written.
Lines, columns and the tree over the offsets are worked out when somebody asks.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from slo_gen.spec.problems import LINE_BREAK

__all__ = ["Path", "Positions", "Source", "Span"]

Path = Sequence[str | int]
"""Where a value is in a document: ``("spec", "targets", 0, "name")``."""


class Span(NamedTuple):
    """A stretch of one line. Line and column count from 1, the length is in characters and at least 1."""

    line: int
    column: int
    length: int


@dataclass(slots=True)
class Source:
    """The text of one file, without its byte order mark."""

    file: str
    text: str
    _line_starts: array[int] | None = field(default=None, repr=False, compare=False)

    def span(self, start: int, end: int | None = None) -> Span:
        """The characters from offset ``start`` to ``end``, cut at the end of the first line."""
        starts = self._starts()
        line = bisect_right(starts, start)
        length = 1
        if end is not None and end > start:
            line_end = LINE_BREAK.search(self.text, start, end)
            length = max((line_end.start() if line_end else end) - start, 1)
        return Span(line, start - starts[line - 1] + 1, length)

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column that count from 1; the inverse of ``span``."""
        starts = self._starts()
        return starts[min(line, len(starts)) - 1] + column - 1

    def _starts(self) -> array[int]:
        if self._line_starts is None:
            self._line_starts = array("I", [0])
            self._line_starts.extend(found.end() for found in LINE_BREAK.finditer(self.text))
        return self._line_starts


@dataclass(slots=True)
class Positions:
    """Where the nodes of one document were written.

    ``starts`` and ``ends`` hold the offsets of keys and values in the order of writing; ``aliases`` says which
    node number repeats which earlier one. ``value`` is the document itself, whose shape gives the numbers meaning.
    """

    source: Source
    value: Any
    starts: array[int]
    ends: array[int]
    aliases: Mapping[int, int]
    _numbers: dict[int, Mapping[str | int, int]] = field(default_factory=dict, repr=False, compare=False)

    def value_span(self, path: Path) -> Span:
        """The value at ``path``, or the innermost written value around it when nothing was written there."""
        return self._span(self._find(path)[0])

    def key_span(self, path: Path) -> Span:
        """The key that names the value at ``path``; the value itself where it is an item of a list."""
        number, key = self._find(path)
        return self._span(number if key is None else key)

    def has(self, path: Path) -> bool:
        """Whether something was written at ``path``."""
        value = self.value
        for step in path:
            if not _has(value, step):
                return False
            value = value[step]
        return True

    def _span(self, number: int) -> Span:
        return self.source.span(self.starts[number], self.ends[number])

    def _find(self, path: Path) -> tuple[int, int | None]:
        """The numbers of the value at ``path`` and of its key, which is written directly before it."""
        value, number, key = self.value, 0, None
        for step in path:
            if not _has(value, step):
                break
            inside = self.aliases.get(number, number)
            numbers = self._numbers.get(inside)
            if numbers is None:
                numbers = self._numbers[inside] = self._number_children(value, inside)
            number = numbers[step]
            key = number - 1 if isinstance(value, dict) else None
            value = value[step]
        return number, key

    def _number_children(self, value: Any, number: int) -> dict[str | int, int]:
        """The numbers of the values in a mapping or list; a mapping has a key before each of them."""
        numbers: dict[str | int, int] = {}
        gap = 1 if isinstance(value, dict) else 0
        following = number + 1
        for step, child in value.items() if isinstance(value, dict) else enumerate(value):
            following += gap
            numbers[step] = following
            following = self._after(child, following)
        return numbers

    def _after(self, value: Any, number: int) -> int:
        """The number behind a value that has ``number`` itself."""
        if not isinstance(value, (dict, list)) or number in self.aliases:
            return number + 1
        following = number + 1
        if isinstance(value, dict):
            for child in value.values():
                following = following + 2 if type(child) is str else self._after(child, following + 1)
        else:
            for child in value:
                following = following + 1 if type(child) is str else self._after(child, following)
        return following


def _has(value: Any, step: str | int) -> bool:
    if isinstance(value, dict):
        return step in value
    return isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value)
