"""Numbers as text that never says more than is true.

A rounded number may not land on the other side of the objective it is compared with, nor on 0 or 100 % unless it is
exactly that: 99.9499 % of an objective of 99.95 % is shown with as many places as it takes to see that it was missed.

Tables show every place (``99.90%``, ``5400s``), sentences only those that say something (``99.9%``, ``1h30m``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction
from math import ceil, floor
from typing import Final, Literal

from slo_gen.spec.terms import Bound

__all__ = [
    "exact_text", "factor", "figure_text", "figure_words", "fraction_text", "number_text", "number_words", "part_words", "percent",
    "seconds_text",
]  # fmt: skip

MOST_PLACES: Final = 12
_MOST_OF_A_MARK: Final = 40
_MOST_IN_WORDS: Final = 11


def percent(ratio: Fraction, marks: Iterable[Fraction] = (), places: int = 2) -> str:
    """``ratio`` as text such as ``99.95%``, with at least ``places`` decimals.

    Rounded half to even, with more places while the rounded number would compare differently than the exact one with one of
    ``marks``, 0 or 1. Where twelve places are not enough, ``<`` or ``>`` and the mark are shown.
    """
    return _rounded(ratio * 100, [mark * 100 for mark in (*marks, Fraction(0), Fraction(1))], places) + "%"


def factor(value: Fraction, marks: Iterable[Fraction] = (), places: int = 1) -> str:
    """A multiple such as ``14.4x``, under the same rule for ``marks`` and 0."""
    return _rounded(value, [*marks, Fraction(0)], places) + "x"


def figure_text(figure: Fraction | None, bound: Bound, marks: Iterable[Fraction] = ()) -> str:
    """What a target attained, in the unit of what was promised: ``99.95%``, ``2580s``, ``3``.

    Never on the other side of what was promised, or of ``marks``.
    """
    if figure is None:
        return "-"
    if bound.unit == "%":
        return percent(figure, [bound.value, *marks])
    return _rounded(figure, [bound.value, *marks, Fraction(0)], 0) + bound.unit


def seconds_text(value: Fraction | int) -> str:
    """Seconds as ``50m``, ``1h10m`` or ``44m34.8s``; with ``about`` where three decimals do not say it exactly."""
    value = Fraction(value)
    scaled = round(abs(value) * 1000)
    exact = Fraction(scaled, 1000) == abs(value)
    hours, rest = divmod(scaled, 3_600_000)
    minutes, rest = divmod(rest, 60_000)
    decimals = number_words(Fraction(rest, 1000))
    parts = [f"{hours}h" if hours else "", f"{minutes}m" if minutes else "", f"{decimals}s" if decimals != "0" else ""]
    text = "".join(parts) or "0s"
    return ("" if exact else "about ") + ("-" if value < 0 and scaled else "") + text


def number_text(value: Fraction | int) -> str:
    """A number as it is where it is short, else with three decimals and ``about``."""
    text = number_words(Fraction(value), 3)
    return text if Fraction(text) == value else f"about {text}"


def fraction_text(value: Fraction, most: int = 24) -> str:
    """``44557/44580``; "" for a fraction that is longer than a reader wants to see."""
    text = str(value)
    return text if len(text) <= most else ""


def exact_text(value: Fraction, most: int = 200) -> str:
    """The number itself, for programs; one that nobody could use is cut off to its first digits."""
    text = str(value)
    return text if len(text) <= most else f"about {float(value):.15g}"


def figure_words(figure: Fraction, unit: Literal["%", "s", ""], marks: Sequence[Fraction]) -> str:
    """A figure for a sentence that says where it is from ``marks``: ``99.9%``, ``1h30m``, ``just below 99.9%``.

    A share is 0 or 100 % only where it is exactly that.
    """
    if unit == "s" and _is_true(shown := Fraction(round(figure)), figure, marks):
        return seconds_text(shown)
    scale = 100 if unit == "%" else 1
    scaled = [mark * scale for mark in (*marks, *((Fraction(0), Fraction(1)) if unit == "%" else ()))]
    places = _places(figure * scale, scaled, range(2, _MOST_IN_WORDS + 1))
    if places is not None:
        return number_words(figure * scale, places) + unit
    return _beside(figure * scale, _nearest(figure * scale, scaled), "just below ", "just above ") + unit


def part_words(part: Fraction) -> str:
    """A part of a whole as it was probably written: ``10%``, and ``1/30`` where no short percentage is it."""
    words = number_words(part * 100)
    return f"{words}%" if Fraction(words) == part * 100 else str(part)


def number_words(value: Fraction, places: int = 6) -> str:
    """A number with at most so many decimals, and none that say nothing."""
    text = _decimal(round(value * 10**places), places)
    return text.rstrip("0").rstrip(".")


def _rounded(value: Fraction, marks: Sequence[Fraction], places: int) -> str:
    digits = _places(value, marks, range(places, MOST_PLACES + 1))
    if digits is not None:
        return _decimal(round(value * 10**digits), digits)
    return _beside(value, _nearest(value, marks), "<", ">")


def _places(value: Fraction, marks: Sequence[Fraction], tried: Iterable[int]) -> int | None:
    """The first number of places that keeps a value on its side of each mark; None where none of them does."""
    return next((digits for digits in tried if _is_true(Fraction(round(value * 10**digits), 10**digits), value, marks)), None)


def _is_true(shown: Fraction, value: Fraction, marks: Iterable[Fraction]) -> bool:
    return all(_sign(value - mark) == _sign(shown - mark) for mark in marks)


def _nearest(value: Fraction, marks: Iterable[Fraction]) -> Fraction:
    return min(marks, key=lambda mark: abs(value - mark))


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)


def _decimal(scaled: int, digits: int) -> str:
    text = f"{abs(scaled):0{digits + 1}d}"
    whole, decimals = (text[:-digits], text[-digits:]) if digits else (text, "")
    return ("-" if scaled < 0 else "") + whole + (f".{decimals}" if decimals else "")


def _beside(value: Fraction, mark: Fraction, below: str, above: str) -> str:
    """On which side of a mark a value is. The mark as it was written; one without an end is cut off where that stays true."""
    for places in range(_MOST_OF_A_MARK + 1):
        if (mark * 10**places).denominator == 1:
            side = "" if value == mark else below if value < mark else above
            return side + _decimal(int(mark * 10**places), places)
    scaled = mark * 10**MOST_PLACES
    return below + _decimal(ceil(scaled), MOST_PLACES) if value < mark else above + _decimal(floor(scaled), MOST_PLACES)
