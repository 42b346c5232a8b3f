"""Facts cut into pieces of counting time, and what the bad share of each interval was at best and at worst.

A piece is a stretch of counting time in which data is either there or not, and which lies in one interval. An interval is
judged once, from all its pieces. Everything is an integer: events are counted in units of ``1 / unit`` of an event.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import compress, pairwise
from math import lcm
from typing import NamedTuple

from slo_gen.contract.facts import Downtime, Slots
from slo_gen.timekeeping.spans import Span, Spans
from slo_gen.timekeeping.zones import EARLIEST, LATEST

__all__ = ["Interval", "Observed", "Piece", "Sums", "observe"]


class Piece(NamedTuple):
    """``[start, end)`` of counting time; ``unit``-ths of events in it, 0 of them where ``known`` is false.

    ``unseen`` are events beyond ``total`` that no measurement can have seen.
    """

    start: int
    end: int
    known: bool
    bad: int
    total: int
    unseen: int = 0


class Interval(NamedTuple):
    """The pieces of one interval of ``seconds``, and their sums."""

    seconds: int
    pieces: tuple[Piece, ...]
    bad: int
    total: int
    unseen: int
    unknown: int                                 # seconds without data

    @classmethod
    def of(cls, seconds: int, pieces: list[Piece]) -> Interval:
        if len(pieces) == 1:
            (one,) = pieces
            return cls(seconds, (one,), one.bad, one.total, one.unseen, 0 if one.known else one.end - one.start)
        return cls(
            seconds,
            tuple(pieces),
            sum(each.bad for each in pieces),
            sum(each.total for each in pieces),
            sum(each.unseen for each in pieces),
            sum(each.end - each.start for each in pieces if not each.known),
        )


class Sums(NamedTuple):
    """What is in some time: events in units of ``1 / unit``, and seconds without data."""

    bad: int
    total: int
    unseen: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Observed:
    """Facts that can be cut. ``unit``: parts of an event; ``busiest``: most events of a second, in these units."""

    facts: Slots | Downtime
    unit: int
    busiest: int
    states: tuple[Piece, ...] = ()               # of Downtime: all of its time as stretches of one state

    def pieces(self, counting: Spans) -> Iterator[Piece]:
        """The counting time as pieces, in order. What the facts do not reach is unknown."""
        cut = self._slots if isinstance(self.facts, Slots) else self._states
        for span in counting:
            yield from cut(span)

    def sums(self, counting: Spans) -> Sums:
        """All that is in the counting time; the facts are slots, and whole ones are added up without a piece for each."""
        facts = self.facts
        assert isinstance(facts, Slots)
        edges: list[Piece] = []
        bad = total = unseen = unknown = 0
        for start, end in counting:
            first = -((facts.start - max(start, facts.start)) // facts.seconds)
            last = (min(end, facts.end) - facts.start) // facts.seconds
            if not range(first, last):
                edges += self._slots((start, end))
                continue
            edges += self._slots((start, facts.start + first * facts.seconds))
            edges += self._slots((facts.start + last * facts.seconds, end))
            totals = facts.total[first:last]
            known = [each is not None for each in totals]
            bad += sum(compress(facts.bad[first:last], known))
            total += sum(each for each in totals if each)
            unseen += sum(compress(facts.unseen[first:last], known))
            unknown += known.count(False)
        return Sums(
            bad * facts.seconds + sum(each.bad for each in edges),
            total * facts.seconds + sum(each.total for each in edges),
            unseen * facts.seconds + sum(each.unseen for each in edges),
            unknown * facts.seconds + sum(each.end - each.start for each in edges if not each.known),
        )

    def intervals(self, counting: Spans, start: int, end: int, seconds: int | None) -> Iterator[Interval]:
        """The intervals of ``[start, end)``, end to end from its start; without ``seconds`` every piece is one."""
        part = counting.clip(start, end)
        if seconds is None:
            for piece in self.pieces(part):
                yield Interval.of(piece.end - piece.start, [piece])
            return
        gathered: list[Piece] = []
        opens = closes = start
        for piece in self.pieces(part):
            while True:
                if piece.start >= closes:
                    if gathered:
                        yield Interval.of(closes - opens, gathered)
                        gathered = []
                    opens = start + (piece.start - start) // seconds * seconds
                    closes = min(opens + seconds, end)
                if piece.end <= closes:
                    gathered.append(piece)
                    break
                first, piece = _split(piece, closes)
                gathered.append(first)
        if gathered:
            yield Interval.of(closes - opens, gathered)

    def _slots(self, span: Span) -> Iterator[Piece]:
        facts = self.facts
        assert isinstance(facts, Slots)
        at, end = span
        if at < facts.start:
            yield Piece(at, min(end, facts.start), False, 0, 0)
            at = facts.start
        slot, until = (at - facts.start) // facts.seconds, min(end, facts.end)
        while at < until:
            closes = min(until, facts.start + (slot + 1) * facts.seconds)
            total = facts.total[slot]
            if total is None:
                yield Piece(at, closes, False, 0, 0)
            else:
                length = closes - at
                unseen = facts.unseen[slot] * length if facts.unseen else 0
                yield Piece(at, closes, True, facts.bad[slot] * length, total * length, unseen)
            at = closes
            slot += 1
        if at < end:
            yield Piece(at, end, False, 0, 0)

    def _states(self, span: Span) -> Iterator[Piece]:
        start, end = span
        for state in self.states:
            if state.end > start and state.start < end:
                yield _cut(state, max(start, state.start), min(end, state.end))


def observe(facts: Slots | Downtime, start: int, end: int) -> Observed:
    """Facts made ready to be cut; the busiest slot is sought among those of ``[start, end)``."""
    if isinstance(facts, Slots):
        first = max(0, (start - facts.start) // facts.seconds)
        last = max(first, -((facts.start - end) // facts.seconds))
        busiest = max((total for total in facts.total[first:last] if total is not None), default=0)
        return Observed(facts, facts.per * facts.seconds, busiest)
    unit = lcm(*(outage.hit.denominator for outage in facts.outages))
    return Observed(facts, unit, unit, tuple(_states_of(facts, unit)))


def _states_of(facts: Downtime, unit: int) -> Iterator[Piece]:
    """All time as stretches of one state. Of outages that overlap the one that hits most users holds."""
    edges = {EARLIEST, LATEST, facts.start, facts.end}
    for outage in facts.outages:
        edges |= {outage.start, outage.end}
    for span in facts.unknown:
        edges |= set(span)
    ordered = sorted(edges)
    opening = sorted(facts.outages, key=lambda outage: outage.start)
    active: list[tuple[int, int]] = []           # end and hit of the outages that have begun
    place = 0
    for start, end in pairwise(ordered):
        while place < len(opening) and opening[place].start <= start:
            active.append((opening[place].end, int(opening[place].hit * unit)))
            place += 1
        active = [each for each in active if each[0] > start]
        hit = max((hit for _, hit in active), default=0)
        known = bool(active) or (facts.start <= start < facts.end and start not in facts.unknown)
        length = end - start
        yield Piece(start, end, known, hit * length, unit * length if known else 0)


def _split(piece: Piece, at: int) -> tuple[Piece, Piece]:
    return _cut(piece, piece.start, at), _cut(piece, at, piece.end)


def _cut(piece: Piece, start: int, end: int) -> Piece:
    """A part of a piece, whose events are spread evenly; all counts are multiples of its seconds."""
    if (start, end) == (piece.start, piece.end):
        return piece
    whole, part = piece.end - piece.start, end - start
    return Piece(start, end, piece.known, piece.bad * part // whole, piece.total * part // whole, piece.unseen * part // whole)
