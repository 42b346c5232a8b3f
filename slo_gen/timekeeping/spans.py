"""Sets of time: disjoint half-open spans of whole seconds, and what sets can do with each other."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

__all__ = ["EMPTY", "Span", "Spans"]

Span = tuple[int, int]
"""From an instant up to another one, which does not belong to it: seconds since 1970-01-01T00:00Z."""


@dataclass(frozen=True, slots=True)
class Spans:
    """A set of instants. ``items`` are sorted and apart from each other, and none is empty; make one with ``of``."""

    items: tuple[Span, ...] = ()

    @classmethod
    def of(cls, spans: Iterable[Span]) -> Spans:
        """The union of any spans; those that end where or before they start are nothing."""
        merged: list[Span] = []
        for start, end in sorted(span for span in spans if span[0] < span[1]):
            if merged and start <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], end))
            else:
                merged.append((start, end))
        return cls(tuple(merged))

    def __iter__(self) -> Iterator[Span]:
        return iter(self.items)

    def __bool__(self) -> bool:
        return bool(self.items)

    def __contains__(self, instant: int) -> bool:
        place = bisect_right(self.items, instant, key=lambda span: span[0]) - 1
        return place >= 0 and instant < self.items[place][1]

    @property
    def seconds(self) -> int:
        """How long all of it lasts."""
        return sum(end - start for start, end in self.items)

    def __or__(self, other: Spans) -> Spans:
        """Instants that are in either."""
        return Spans.of((*self.items, *other.items))

    def __and__(self, other: Spans) -> Spans:
        """Instants that are in both."""
        found: list[Span] = []
        mine, theirs = list(self.items), list(other.items)
        while mine and theirs:
            (a, b), (c, d) = mine[-1], theirs[-1]
            if max(a, c) < min(b, d):
                found.append((max(a, c), min(b, d)))
            (mine if a >= c else theirs).pop()
        return Spans(tuple(reversed(found)))

    def __sub__(self, other: Spans) -> Spans:
        """Instants that are in this one only."""
        if not self.items or not other.items:
            return self
        start, end = self.items[0][0], self.items[-1][1]
        return self & other.gaps(start, end)

    def gaps(self, start: int, end: int) -> Spans:
        """What of ``[start, end)`` is not in it."""
        edges = [start, *(edge for span in self.clip(start, end).items for edge in span), end]
        return Spans(tuple((a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b))

    def clip(self, start: int, end: int) -> Spans:
        """What of it is in ``[start, end)``."""
        first = bisect_right(self.items, start, key=lambda span: span[1])
        last = bisect_left(self.items, end, key=lambda span: span[0])
        return Spans(tuple((max(a, start), min(b, end)) for a, b in self.items[first:last] if max(a, start) < min(b, end)))


EMPTY = Spans()
