"""Durations, percentages and numbers as exact values. The texts have passed the patterns of ``documents.scalars``."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache

__all__ = ["exact", "is_percent", "part", "percent", "seconds"]

_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)(ms|s|m|h|d|w)")
_UNITS = {
    "ms": Fraction(1, 1000),
    "s": Fraction(1),
    "m": Fraction(60),
    "h": Fraction(3600),
    "d": Fraction(86_400),
    "w": Fraction(604_800),
}


@lru_cache(maxsize=4096)
def seconds(duration: str) -> Fraction:
    """A duration of fixed length, such as ``1h30m``, ``43.8m`` or ``300ms``, in seconds."""
    return sum((Fraction(number) * _UNITS[unit] for number, unit in _PART.findall(duration)), Fraction(0))


@lru_cache(maxsize=4096)
def percent(text: str) -> Fraction:
    """``99.95%`` as the ratio 1999/2000."""
    return Fraction(text.rstrip(" %")) / 100


def part(text: str) -> Fraction:
    """``10%`` or ``1/30`` as a ratio."""
    return Fraction(text) if "/" in text else percent(text)


def is_percent(text: str) -> bool:
    """Whether a bound is a percentage."""
    return text.endswith("%")


def exact(number: int | float) -> Fraction:
    """A number as the decimal text that was written for it, not as the nearest binary one."""
    return Fraction(str(number))
