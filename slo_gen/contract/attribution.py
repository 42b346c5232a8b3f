"""Who is to answer for a miss: downtime by cause, each second once, and whether it would have been missed without one of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise
from math import factorial

from slo_gen.timekeeping.spans import Spans

__all__ = ["Part", "attribute", "by_precedence", "evenly"]


@dataclass(frozen=True, slots=True)
class Part:
    """The part of one cause in a miss.

    ``without``: what would have been bad but for it; ``necessary``: that would have been within the budget. ``share``: of all that
    was bad. ``shapley``: its part in having missed at all, averaged over every order in which the causes may have come
    (L. S. Shapley, 1953); the parts of all causes add up to 1 where the budget was exceeded.
    """

    cause: str
    seconds: Fraction
    without: Fraction
    necessary: bool
    share: Fraction
    shapley: Fraction


def attribute(allowed: Fraction, causes: Mapping[str, Fraction]) -> tuple[Part, ...]:
    """The part of every cause, the largest first. ``allowed``: the budget; ``causes``: bad seconds, no second under two of them."""
    total = sum(causes.values(), Fraction(0))
    missed = total > allowed
    parts = (
        Part(
            cause, seconds, total - seconds, missed and total - seconds <= allowed,
            seconds / total if total else Fraction(0), _shapley(cause, allowed, causes),
        )
        for cause, seconds in causes.items()
    )  # fmt: skip
    return tuple(sorted(parts, key=lambda part: (-part.seconds, part.cause)))


def _shapley(cause: str, allowed: Fraction, causes: Mapping[str, Fraction]) -> Fraction:
    others = [name for name in causes if name != cause]
    number = len(causes)
    found = Fraction(0)
    for size in range(number):
        weight = Fraction(factorial(size) * factorial(number - size - 1), factorial(number))
        for before in combinations(others, size):
            sum_before = sum((causes[name] for name in before), Fraction(0))
            if sum_before <= allowed < sum_before + causes[cause]:
                found += weight
    return found


def by_precedence(causes: Sequence[tuple[str, Spans]]) -> dict[str, Fraction]:
    """Seconds of each cause; where several were at work, the first of them answers."""
    found: dict[str, Fraction] = {}
    taken = Spans()
    for cause, spans in causes:
        found[cause] = found.get(cause, Fraction(0)) + (spans - taken).seconds
        taken = taken | spans
    return found


def evenly(causes: Sequence[tuple[str, Spans]]) -> dict[str, Fraction]:
    """Seconds of each cause; where several were at work, they share the time evenly."""
    edges = sorted({edge for _, spans in causes for span in spans for edge in span})
    found = {cause: Fraction(0) for cause, _ in causes}
    for start, end in pairwise(edges):
        at_work = [cause for cause, spans in causes if start in spans]
        for cause in at_work:
            found[cause] += Fraction(end - start, len(at_work))
    return found
