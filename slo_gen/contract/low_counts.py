"""What can be said from few results: how sure a share is, and how many misses a promise leaves.

A verdict is never softened by it. It stands beside the verdict, so that nobody takes 19 of 20 for a proven 95 %.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction
from math import isqrt
from typing import Final

from slo_gen.contract.comparing import is_floor
from slo_gen.spec.terms import Bound

__all__ = ["QUANTILE_95", "allowed_misses", "needed_to_prove", "one_miss", "wilson"]

QUANTILE_95: Final = Fraction(1_959_963_985, 1_000_000_000)
"""The normal quantile of a two-sided interval of 95 %."""

_PRECISION: Final = 10**18


def wilson(met: int, number: int, quantile: Fraction = QUANTILE_95) -> tuple[Fraction, Fraction]:
    """The interval in which the true share of a process with ``met`` of ``number`` good results lies (E. B. Wilson, 1927).

    Rational to 15 places and more; the root is taken of an integer. Raises ValueError for no results.
    """
    if number < 1 or not 0 <= met <= number:
        raise ValueError(f"there is no share of {met} of {number}")
    share, square = Fraction(met, number), quantile * quantile
    middle = share + square / (2 * number)
    width = quantile * _root(share * (1 - share) / number + square / (4 * number * number))
    scale = 1 + square / number
    return (middle - width) / scale, (middle + width) / scale


def _root(value: Fraction) -> Fraction:
    return Fraction(isqrt(value.numerator * _PRECISION**2 // value.denominator), _PRECISION)


def allowed_misses(objective: Bound, number: int) -> int:
    """The most bad results among ``number`` with which a promise about their share is kept; -1 where none is few enough."""
    bad = (1 - objective.value if is_floor(objective) else objective.value) * number
    whole = bad.numerator // bad.denominator
    return whole - 1 if objective.op in ("<", ">") and whole == bad else whole


def one_miss(number: int) -> Fraction:
    """By how much one result moves the share."""
    return Fraction(1, number)


def needed_to_prove(share: Fraction, confidence: Fraction = Fraction(95, 100)) -> int:
    """How many results without a single miss it takes to be that sure that the true share is at least ``share``.

    The fewest n with ``share ** n <= 1 - confidence``. Raises ValueError unless both are between 0 and 1.
    """
    if not (0 < share < 1 and 0 < confidence < 1):
        raise ValueError("a share and a confidence are between 0 and 1")
    with localcontext() as context:
        context.prec = 50
        least = _decimal(1 - confidence).ln() / _decimal(share).ln()
        return int(least.to_integral_value("ROUND_CEILING"))


def _decimal(ratio: Fraction) -> Decimal:
    return Decimal(ratio.numerator) / Decimal(ratio.denominator)
