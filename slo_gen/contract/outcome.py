"""What one target came to in one period: the figure, how sure it is, and the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

__all__ = ["Interruption", "Outcome", "Verdict"]

Verdict = Literal["met", "missed", "unclear", "not_measured"]
"""``unclear``: what is unknown decides; ``not_measured``: nothing happened, or nothing was seen."""


@dataclass(frozen=True, slots=True)
class Interruption:
    """One run of bad time, ``[start, end)``; ``counted`` are its seconds that count under the contract."""

    start: int
    end: int
    counted: Fraction


@dataclass(frozen=True, slots=True)
class Outcome:
    """One target in the period ``[start, end)``; instants are seconds since 1970-01-01T00:00Z.

    ``figure`` is what the contract calls the level attained: a ratio, seconds or a number, exact; None where nothing can
    be said. With ``lower`` and ``upper`` as its bounds over everything that is unknown; all three are the same where
    nothing is. ``counted`` is the bad part that counts and ``of`` what it is a share of, both in seconds or both in
    events; ``real`` is the bad part before any rule of the contract left something out of it. ``excluded`` has seconds
    by reason, each excluded second under one reason only.
    """

    target: str
    start: int
    end: int
    verdict: Verdict
    figure: Fraction | None
    lower: Fraction | None
    upper: Fraction | None
    counted: Fraction
    real: Fraction
    of: Fraction
    unit: Literal["seconds", "events"]
    unknown: Fraction = Fraction(0)
    excluded: Mapping[str, int] = field(default_factory=dict)
    interruptions: tuple[Interruption, ...] = ()
