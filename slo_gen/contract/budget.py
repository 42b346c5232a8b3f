"""The error budget of a period: how much may be bad, how much was, and how a running period will end.

Only time can be foreseen: the seconds of a period that will count are known before it begins, its events are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from slo_gen.contract.comparing import is_floor
from slo_gen.contract.outcome import Outcome
from slo_gen.spec.terms import Bound

__all__ = ["Budget", "Projection", "budget", "project"]

Certainty = Literal["certainly_met", "certainly_lost", "open"]


@dataclass(frozen=True, slots=True)
class Budget:
    """Seconds or events that may be bad, and that were. ``strict``: all of it used up is too much already."""

    allowed: Fraction
    used: Fraction
    strict: bool

    @property
    def left(self) -> Fraction:
        """What is left; below zero once it is lost."""
        return self.allowed - self.used

    @property
    def spent(self) -> Fraction | None:
        """The share that is used; None where nothing may be bad."""
        return self.used / self.allowed if self.allowed else None

    @property
    def lost(self) -> bool:
        return self.exceeded_by(self.used)

    def exceeded_by(self, used: Fraction) -> bool:
        """Whether so much is more than is allowed."""
        return used >= self.allowed if self.strict else used > self.allowed


def budget(objective: Bound, outcome: Outcome, of: Fraction | None = None) -> Budget:
    """The budget of an outcome. ``of``: what the figure will be a share of when the period is over, by default what it is by now."""
    strict = objective.op in ("<", ">")
    if objective.unit != "%":
        return Budget(objective.value, outcome.counted, strict)
    share = 1 - objective.value if is_floor(objective) else objective.value
    return Budget(share * (outcome.of if of is None else of), outcome.counted, strict)


@dataclass(frozen=True, slots=True)
class Projection:
    """How a running period will end.

    ``burn``: how many times faster than evenly the budget is spent, None at its very start or where nothing may be bad. ``expected``:
    bad seconds at the end of the period at the present rate, ``figure`` what they come to.
    """

    certainty: Certainty
    burn: Fraction | None
    expected: Fraction | None
    figure: Fraction | None
    at_risk: bool


def project(objective: Bound, spent: Budget, *, unknown: Fraction, elapsed: Fraction, rest: Fraction, of: Fraction) -> Projection:
    """How a period ends of which ``elapsed`` seconds have counted and ``rest`` are still to come; ``of`` is its denominator.

    Lost for certain once what was seen is too much, met for certain when even all that is unknown and all that is to come
    could be bad. What is unknown is taken for neither in the projection.
    """
    if spent.lost:
        certainty: Certainty = "certainly_lost"
    elif not spent.exceeded_by(spent.used + unknown + rest):
        certainty = "certainly_met"
    else:
        certainty = "open"
    seen = elapsed - unknown
    if seen <= 0:
        return Projection(certainty, None, None, None, at_risk=certainty == "certainly_lost")
    expected = spent.used / seen * (elapsed + rest)
    burn = expected / spent.allowed if spent.allowed else None
    figure = expected if objective.unit != "%" else (1 - expected / of if is_floor(objective) else expected / of)
    return Projection(certainty, burn, expected, figure, at_risk=spent.exceeded_by(expected))
