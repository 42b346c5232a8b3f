"""Exact figures against what was promised."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from slo_gen.contract.outcome import Outcome, Verdict
from slo_gen.spec.terms import Bound

__all__ = ["bad_or_good", "bounded", "figure_at", "is_floor", "verdict_of"]


def is_floor(objective: Bound) -> bool:
    """Whether more is better."""
    return objective.op in (">", ">=")


def bad_or_good(objective: Bound, bad: Fraction) -> Fraction:
    """A bad share as the figure that is compared: the good share where the objective is a floor."""
    return 1 - bad if is_floor(objective) else bad


def bounded(figures: Iterable[Fraction]) -> tuple[Fraction, Fraction]:
    """The lowest and the highest of some figures."""
    ordered = sorted(figures)
    return ordered[0], ordered[-1]


def figure_at(objective: Bound, outcome: Outcome, *, worst: bool) -> Fraction | None:
    """The figure at its best, or at its worst, over all that is unknown; None where nothing was measured."""
    ends = [end for end in (outcome.lower, outcome.upper) if end is not None]
    if outcome.verdict == "not_measured" or not ends:
        return None
    return min(ends) if worst == is_floor(objective) else max(ends)


def verdict_of(objective: Bound, best: Fraction | None, worst: Fraction | None, *, measured: bool) -> Verdict:
    """Met when it is met at worst, missed when it is missed at best. A figure of None has no bound on that side."""
    if not measured:
        return "not_measured"
    if worst is not None and objective.holds(worst):
        return "met"
    if best is not None and not objective.holds(best):
        return "missed"
    return "unclear"
