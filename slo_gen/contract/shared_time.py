"""One clock under several promises or calendars in turn, each for its own time.

A promise of 4 hours that held while one hour ran has a quarter of its time used up; the clock is over when the shares of all
promises that held come to more than the whole. Where only the hours change, all parts have the same length.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from slo_gen.timekeeping.business import Boundary, business_time
from slo_gen.timekeeping.calendars import Calendar
from slo_gen.timekeeping.spans import Span
from slo_gen.timekeeping.zones import TimeError

__all__ = ["Part", "used_up"]


class Part(NamedTuple):
    """What holds from ``start`` up to ``end`` (None: from then on). ``calendar`` None: nothing is promised, and nothing counts.

    ``allowed``: seconds; None where the length of the last part holds for all of them.
    """

    start: int
    end: int | None
    calendar: Calendar | None
    allowed: int | None


class _Piece(NamedTuple):
    """A span in which the clock ran under one part; ``end`` None: it runs on."""

    start: int
    end: int | None
    part: Part


def used_up(ran: Sequence[Span], since: int | None, parts: Sequence[Part], allowed: int) -> tuple[int, int, int, int]:
    """Seconds worked, seconds allowed, when it is due and after when it is too late; -1 where that never comes.

    Where the lengths differ, worked and allowed are scaled to one denominator so that they compare exactly.
    """
    lengths = [part.allowed if part.allowed is not None else allowed for part in parts if part.calendar is not None]
    whole = lcm(*(length for length in lengths if length)) if lengths else allowed
    same = len(set(lengths)) <= 1
    worked, due, over = Fraction(0), -1, -1
    limit = Fraction(lengths[-1] if same and lengths else whole)
    for piece in _pieces(ran, since, parts):
        if piece.part.calendar is None:
            continue
        length = piece.part.allowed if piece.part.allowed is not None else allowed
        weight = Fraction(1) if same else Fraction(whole, length) if length else Fraction(whole + 1)
        left = (limit - worked) / weight
        done = None if piece.end is None else business_time(piece.part.calendar).elapsed(piece.start, piece.end)
        if due < 0 and (done is None or done >= left):
            due = _after(piece.part.calendar, piece.start, -(-left.numerator // left.denominator), "close")
        if over < 0 and (done is None or done > left):
            over = _after(piece.part.calendar, piece.start, left.numerator // left.denominator, "next_open")
        worked += (done or 0) * weight
    return int(worked), int(limit), due, over


def _pieces(ran: Sequence[Span], since: int | None, parts: Sequence[Part]) -> Iterator[_Piece]:
    for start, end in ran:
        for part in parts:
            low, high = max(start, part.start), end if part.end is None else min(end, part.end)
            if low < high:
                yield _Piece(low, high, part)
    if since is not None:
        for part in parts:
            low = max(since, part.start)
            if part.end is None or low < part.end:
                yield _Piece(low, part.end, part)


def _after(calendar: Calendar, start: int, seconds: int, boundary: Boundary) -> int:
    try:
        return business_time(calendar).deadline(start, seconds, boundary=boundary)
    except TimeError:
        return -1
