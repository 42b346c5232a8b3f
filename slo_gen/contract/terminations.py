"""When somebody may end an agreement because it was broken too often."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from slo_gen.spec.terms import Termination

__all__ = ["Missed", "may_end"]


@dataclass(frozen=True, slots=True)
class Missed:
    """A target that broke the agreement in a period, and its figure; None where it has none."""

    figure: Fraction | None


def may_end(terms: Termination, periods: Sequence[Mapping[str, Missed]]) -> bool:
    """Whether the last of these periods completes the right: so many of the last ``of`` count, and it is one of them.

    ``periods`` are in order, each with the targets that broke the agreement in it. A period counts for one of the targets that the terms
    name, or for any. With ``below`` its figure must be beyond it; one without a figure is not. ``contiguous``: in a row.
    """
    counting = [any(_counts(terms, name, missed) for name, missed in period.items()) for period in periods[-terms.of :]]
    if terms.contiguous:
        counting = counting[-terms.breaches :]
    return bool(counting) and counting[-1] and sum(counting) >= terms.breaches


def _counts(terms: Termination, target: str, missed: Missed) -> bool:
    if terms.targets and target not in terms.targets:
        return False
    return terms.below is None or (missed.figure is not None and terms.below.holds(missed.figure))
