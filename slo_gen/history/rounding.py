"""Numbers as text that never says more than is true.

A rounded number may not land on the other side of the objective it is compared with, nor on 0 or 100 % unless it is
exactly that: 99.9499 % of an objective of 99.95 % is shown with as many places as it takes to see that it was missed.
"""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from slo_gen.spec.terms import Bound

__all__ = ["factor", "figure_text", "fraction_text", "number_text", "percent", "seconds_text"]

MOST_PLACES = 12


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
    seconds, thousandths = divmod(rest, 1000)
    decimals = f"{seconds}.{thousandths:03d}".rstrip("0").rstrip(".")
    parts = [f"{hours}h" if hours else "", f"{minutes}m" if minutes else "", f"{decimals}s" if decimals != "0" else ""]
    text = "".join(parts) or "0s"
    return ("" if exact else "about ") + ("-" if value < 0 and scaled else "") + text


def number_text(value: Fraction | int) -> str:
    """A number as it is where it is short, else with three decimals and ``about``."""
    value = Fraction(value)
    scaled = round(value * 1000)
    text = _decimal(scaled, 3).rstrip("0").rstrip(".")
    return text if Fraction(scaled, 1000) == value else f"about {text}"


def fraction_text(value: Fraction, most: int = 24) -> str:
    """``44557/44580``; "" for a fraction that is longer than a reader wants to see."""
    text = str(value)
    return text if len(text) <= most else ""


def _rounded(value: Fraction, marks: list[Fraction], places: int) -> str:
    for digits in range(places, MOST_PLACES + 1):
        scaled = round(value * 10**digits)
        rounded = Fraction(scaled, 10**digits)
        if all(_sign(value - mark) == _sign(rounded - mark) for mark in marks):
            return _decimal(scaled, digits)
    mark = min(marks, key=lambda candidate: abs(value - candidate))
    return ("<" if value < mark else ">") + _exact(mark)


def _sign(value: Fraction) -> int:
    return (value > 0) - (value < 0)


def _decimal(scaled: int, digits: int) -> str:
    text = f"{abs(scaled):0{digits + 1}d}"
    whole, decimals = (text[:-digits], text[-digits:]) if digits else (text, "")
    return ("-" if scaled < 0 else "") + whole + (f".{decimals}" if decimals else "")


def _exact(mark: Fraction) -> str:
    for digits in range(MOST_PLACES + 1):
        scaled = mark * 10**digits
        if scaled.denominator == 1:
            return _decimal(scaled.numerator, digits)
    return f"{float(mark):.{MOST_PLACES}g}"
