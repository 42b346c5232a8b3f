"""From which error ratio on a burn alert fires.

With a budget of ``1 - objective`` over the SLO's window, spending the share ``s`` of it within ``long`` takes an
error ratio of ``s * window / long * (1 - objective)`` there (Google's SRE workbook, chapter 5, "burn rate").
"""

from __future__ import annotations

from fractions import Fraction

from slo_gen.spec.model import BurnWindow, Slo

__all__ = ["can_fire", "pages", "reachable", "share_text", "threshold"]


def threshold(slo: Slo, pair: BurnWindow) -> Fraction:
    """The error ratio that must be exceeded in both windows of the pair."""
    return pair.factor(slo.window) * (1 - slo.objective)


def can_fire(slo: Slo, pair: BurnWindow) -> bool:
    """Whether a complete outage would exceed the threshold: an error ratio cannot be above 1.

    This is ``threshold(slo, pair) < 1`` in whole numbers, for catalogues of ten thousand SLOs.
    """
    share, objective = pair.budget_share, slo.objective
    missing = objective.denominator - objective.numerator
    return share.numerator * slo.window * missing < share.denominator * pair.long * objective.denominator


def reachable(slo: Slo) -> tuple[BurnWindow, ...]:
    """The pairs of the SLO that can fire; its own tuple when all can."""
    kept = tuple(pair for pair in slo.alerts if can_fire(slo, pair))
    return slo.alerts if len(kept) == len(slo.alerts) else kept


def pages(slo: Slo) -> bool:
    """Whether an outage can page: at least one pair of the severity ``page`` is within reach."""
    return any(pair.severity == "page" and can_fire(slo, pair) for pair in slo.alerts)


def share_text(pair: BurnWindow) -> str:
    """The pair's share of the budget for a reader, in three digits: ``2%``, ``8.57%``."""
    return f"{float(pair.budget_share * 100):.3g}%"
