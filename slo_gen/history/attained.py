"""What a target attained, as text that is on the right side of everything that it decides: what is owed, expected, credited."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from slo_gen.contract.rounding import figure_text
from slo_gen.contract.target_period import TargetPeriod
from slo_gen.spec.model import Agreement, OtherTarget
from slo_gen.spec.terms import Bound, Tier

__all__ = ["attained_text", "level_text"]


def attained_text(judged: TargetPeriod) -> str:
    """The figure of a target, ``-`` where nothing can be said; between what and what it lies where that decides.

    What nobody saw is not taken for good.
    """
    outcome = judged.outcome
    if outcome.verdict != "unclear" or outcome.lower is None or outcome.upper is None:
        return "-" if outcome.figure is None else level_text(judged, outcome.figure)
    return f"{level_text(judged, outcome.lower)} to {level_text(judged, outcome.upper)}"


def level_text(judged: TargetPeriod, figure: Fraction) -> str:
    """A figure that a target has or may have, in the unit of what was promised."""
    return figure_text(figure, judged.bound, _thresholds(judged, figure))


def _thresholds(judged: TargetPeriod, figure: Fraction) -> Iterator[Fraction]:
    """Levels beside the objective at which something begins or ends."""
    target, unit = judged.target, judged.bound.unit
    if not isinstance(target, OtherTarget) and target.expected is not None:
        yield target.expected
    for bound in _bounds(judged.agreement, target.name):
        if bound.unit == unit:
            yield bound.value
    for tier in _tiers(judged.agreement, target.name):
        if tier.each and tier.when.unit == unit:
            done = (figure - tier.when.value) // tier.each
            yield from (tier.when.value + done * tier.each, tier.when.value + (done + 1) * tier.each)


def _bounds(agreement: Agreement, target: str) -> Iterator[Bound]:
    for tier in _tiers(agreement, target):
        yield from (bound for bound in (tier.when, tier.until) if bound is not None)
    for right in agreement.termination:
        if right.beyond is not None and (not right.targets or target in right.targets):
            yield right.beyond


def _tiers(agreement: Agreement, target: str) -> Iterator[Tier]:
    credits = agreement.credits
    if credits is not None and (not credits.targets or target in credits.targets):
        yield from credits.tiers
