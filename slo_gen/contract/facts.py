"""What was observed of one target, before any contract looks at it.

Three kinds, whatever they came from: events counted in slots, time that was down, and results one by one. All are
integers: a slot holds counts in units of ``1 / per`` of an event, so that an error ratio of 0.0125 stays exact.
Instants are seconds since 1970-01-01T00:00Z.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from slo_gen.timekeeping.spans import EMPTY, Spans

__all__ = ["Downtime", "Facts", "Outage", "Result", "Results", "Slots"]


@dataclass(frozen=True, slots=True)
class Slots:
    """Events in slots of ``seconds`` each, end to end from ``start``.

    ``total`` and ``bad`` are counts in units of ``1 / per`` of an event. None in ``total`` is a slot without data, 0 one
    without events. ``unseen``, where it is given, has events of each slot that no measurement can have seen, beyond ``total``.
    """

    start: int
    seconds: int
    total: Sequence[int | None]
    bad: Sequence[int]
    per: int = 1
    unseen: Sequence[int] = ()

    @property
    def end(self) -> int:
        return self.start + self.seconds * len(self.total)


@dataclass(frozen=True, slots=True)
class Outage:
    """Time that was down for the share ``hit`` of the users. ``cause`` as the agreement's exclusions name it, "" where nobody said."""

    start: int
    end: int
    hit: Fraction = Fraction(1)
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Downtime:
    """Outages, and when nobody looked. All other time of ``[start, end)`` was up; outside of it nothing is known."""

    start: int
    end: int
    outages: tuple[Outage, ...] = ()
    unknown: Spans = EMPTY


@dataclass(frozen=True, slots=True)
class Result:
    """One ticket, restore test or the like. ``met`` None: not decided yet. ``taken``: seconds of its clock, where it has one."""

    at: int
    met: bool | None
    taken: int | None = None
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Results:
    """Results one by one, in any order; nothing is unknown about ``[start, end)`` but the results that are not decided."""

    start: int
    end: int
    results: tuple[Result, ...] = ()


Facts = Slots | Downtime | Results
