"""Bounds in words, like ``at least 99.9%`` or ``at most 60m``, as exact values."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final, Literal

from slo_gen.spec.resolve.quantities import percent, seconds
from slo_gen.spec.terms import Bound

__all__ = ["Op", "Unit", "bound", "figure", "is_fixed", "quantity", "words_and_figure"]

Unit = Literal["%", "s", ""]
Op = Literal["<", "<=", ">", ">="]

_OPS: Final[dict[str, Op]] = {"at least": ">=", "at most": "<=", "more than": ">", "less than": "<"}
_WORDS = re.compile(r"(?:(at least|at most|more than|less than) )?(.*)", re.DOTALL)
_FIXED_LENGTH = re.compile(r"([0-9]+(\.[0-9]+)?(ms|s|m|h|d|w))+")
_NUMBER = re.compile(r"[0-9]+(\.[0-9]+)?")


def words_and_figure(text: str) -> tuple[str, str]:
    """A bound's words ("" when there are none) and its figure."""
    found = _WORDS.fullmatch(text)
    assert found is not None, "the pattern matches any text"
    return found[1] or "", found[2]


def figure(text: str) -> str:
    """The figure of a bound as one word: ``99.9%``."""
    return words_and_figure(text)[1].replace(" ", "")


def quantity(text: str) -> tuple[Fraction, Unit] | None:
    """A figure and its unit: a percentage is a ratio, a time is seconds; None for units that nothing here can compare."""
    if text.endswith("%"):
        return percent(text), "%"
    if is_fixed(text):
        return seconds(text), "s"
    if _NUMBER.fullmatch(text):
        return Fraction(text), ""
    return None


def is_fixed(duration: str) -> bool:
    """Whether a duration is as long whenever it begins: no months, no business time."""
    return _FIXED_LENGTH.fullmatch(duration) is not None


def bound(text: str, bare: Op | None) -> Bound | None:
    """The bound of a text; ``bare`` is what it means without words. None where it cannot be compared."""
    words, written = words_and_figure(text)
    op = _OPS[words] if words else bare
    found = quantity(written)
    return Bound(op, found[0], found[1], text) if op is not None and found is not None else None
