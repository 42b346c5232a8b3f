"""What is owed for a period, and the steps that led to it, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from slo_gen.contract.money import amount_text
from slo_gen.contract.rounding import number_words

__all__ = ["Credit", "Cut", "Given", "Line"]

Cut = Literal["interruption_cap", "cap", "annual_cap", "minimum"]
"""What made a credit smaller."""


@dataclass(frozen=True, slots=True)
class Given:
    """What went before the period. ``misses``: of each target, whether it was missed, the latest period last.

    ``credited``: credits of the closed periods of the year, or of the twelve months, that have a cap of their own.
    """

    misses: Mapping[str, Sequence[bool]]
    credited: Fraction = Fraction(0)


@dataclass(frozen=True, slots=True)
class Line:
    """One step in words, and the amount that it comes to (exact; None where no fee is known or nothing is paid)."""

    words: str
    amount: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Credit:
    """What is owed. ``amount`` is exact and ``paid`` is rounded; both None where no fee is known.

    ``share`` is the part of the fee that the tiers or the pool name, after the cap, and None for amounts that are no share.
    ``days`` by which the term is extended. ``cut``: what made it smaller.
    """

    amount: Fraction | None
    paid: Fraction | None
    currency: str
    share: Fraction | None
    days: Fraction
    lines: tuple[Line, ...]
    cut: tuple[Cut, ...] = ()

    @property
    def text(self) -> str:
        """The amount as it is paid, or the share where no fee is known."""
        if self.paid is None:
            return f"{number_words(self.share * 100)}%" if self.share is not None else ""
        return amount_text(self.paid, self.currency)
