"""From which error ratio on a burn alert fires.

With a budget of ``1 - objective`` over the SLO's window, spending the share ``s`` of it within ``long`` takes an
error ratio of ``s * window / long * (1 - objective)`` there (Google's SRE workbook, chapter 5, "burn rate").
"""

from __future__ import annotations

from fractions import Fraction

from slo_gen.spec.model import BurnWindow, Slo

__all__ = ["can_fire", "threshold"]


def threshold(slo: Slo, pair: BurnWindow) -> Fraction:
    """The error ratio that must be exceeded in both windows of the pair."""
    return pair.factor(slo.window) * (1 - slo.objective)


def can_fire(slo: Slo, pair: BurnWindow) -> bool:
    """Whether a complete outage would exceed the threshold: an error ratio cannot be above 1."""
    return threshold(slo, pair) < 1
