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


class _Node(NamedTuple):
    """A node by its number in the order of writing, with its children by key or position."""

    number: int
    keys: Mapping[str, int]
    children: Mapping[str, _Node] | Sequence[_Node]


_LEAF = _Node(0, {}, ())


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
    _root: _Node | None = field(default=None, repr=False, compare=False)

    def value_span(self, path: Path) -> Span:
        """The value at ``path``, or the innermost written value around it when nothing was written there."""
        return self._span(self._find(path)[0].number)

    def key_span(self, path: Path) -> Span:
        """The key that names the value at ``path``; the value itself where it is an item of a list."""
        node, key = self._find(path)
        return self._span(node.number if key is None else key)

    def has(self, path: Path) -> bool:
        """Whether something was written at ``path``."""
        value = self.value
        for step in path:
            known = (
                step in value if isinstance(value, dict) else isinstance(value, list) and isinstance(step, int) and 0 <= step < len(value)
            )
            if not known:
                return False
            value = value[step]
        return True

    def _span(self, number: int) -> Span:
        return self.source.span(self.starts[number], self.ends[number])

    def _find(self, path: Path) -> tuple[_Node, int | None]:
        if self._root is None:
            self._root = _Numbering(self.aliases).node(self.value, 0)[0]
        node, key = self._root, None
        for step in path:
            children = node.children
            if isinstance(children, Mapping) and isinstance(step, str) and step in children:
                node, key = children[step], node.keys[step]
            elif isinstance(children, list) and isinstance(step, int) and 0 <= step < len(children):
                node, key = children[step], None
            else:
                break
        return node, key


class _Numbering:
    """Numbers the nodes of a value in the order in which they were written."""

    def __init__(self, aliases: Mapping[int, int]) -> None:
        self._aliases = aliases
        self._targets = set(aliases.values())
        self._anchored: dict[int, _Node] = {}

    def node(self, value: Any, number: int) -> tuple[_Node, int]:
        """The node that starts with ``number``, and the number of the one after it."""
        if number in self._aliases:
            target = self._anchored.get(self._aliases[number], _LEAF)
            return target._replace(number=number), number + 1
        node, following = self._written(value, number)
        if number in self._targets:
            self._anchored[number] = node
        return node, following

    def _written(self, value: Any, number: int) -> tuple[_Node, int]:
        following = number + 1
        if isinstance(value, dict):
            keys: dict[str, int] = {}
            children: dict[str, _Node] = {}
            for key, item in value.items():
                keys[key] = following
                children[key], following = self.node(item, following + 1)
            return _Node(number, keys, children), following
        if isinstance(value, list):
            items = []
            for item in value:
                child, following = self.node(item, following)
                items.append(child)
            return _Node(number, {}, items), following
        return _Node(number, {}, ()), following
