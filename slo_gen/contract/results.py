"""Results one by one: tickets answered in time, tests passed, how many there were, how long the longest took."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

from slo_gen.contract.comparing import bad_or_good, bounded, is_floor, verdict_of
from slo_gen.contract.facts import Result, Results
from slo_gen.contract.measurement import Measurement
from slo_gen.contract.outcome import Outcome
from slo_gen.contract.window import Window
from slo_gen.spec.terms import Bound

__all__ = ["evaluate_results", "nearest_rank"]

_Figures = tuple[Fraction | None, Fraction | None, Fraction | None]
"""What was seen, the least and the most that is possible; None at the end of a range is without bound."""


def evaluate_results(target: str, measurement: Measurement, objective: Bound, facts: Results, window: Window) -> Outcome:
    """The outcome of the results of a period, counted in results.

    A result counts in the period in which it is, whether hours are open then or not: its clock has run in them already. One
    whose cause is among the exclusions of the window is left out. A result that is not decided may become either.
    """
    reasons = {reason for reason, _ in window.excluded} - {""}
    inside = [each for each in facts.results if window.start <= each.at < window.end and each.at in window.deployed]
    kept = [each for each in inside if each.cause not in reasons]
    excluded = Counter(each.cause for each in inside if each.cause in reasons)
    missed = sum(each.met is False for each in kept)
    undecided = sum(each.met is None for each in kept)
    match measurement.reduce:
        case "count":
            number = Fraction(len(kept))
            figures: _Figures = (number, number, number)
        case "max":
            figures = _longest(kept)
        case "percentile":
            assert measurement.percent is not None, "a percentile has its percent"
            figures = _percentile(kept, measurement.percent)
        case _:
            figures = _share(measurement, objective, missed, undecided, len(kept))
    seen, low, high = figures
    best, worst = (high, low) if is_floor(objective) else (low, high)
    return Outcome(
        target=target, start=window.start, end=window.end,
        verdict=verdict_of(objective, best, worst, measured=seen is not None or low is not None or high is not None),
        figure=seen, lower=low, upper=high,
        counted=Fraction(missed), real=Fraction(sum(each.met is False for each in inside)), of=Fraction(len(kept) - undecided),
        unit="events", unknown=Fraction(undecided), excluded=dict(excluded),
    )  # fmt: skip


def _share(measurement: Measurement, objective: Bound, missed: int, undecided: int, number: int) -> _Figures:
    if number == 0:
        return None, None, None
    decided = number - undecided
    match measurement.unknown:
        case "good":
            undecided, decided = 0, number
        case "bad":
            missed, undecided, decided = missed + undecided, 0, number
        case "excluded":
            undecided, number = 0, decided
    if number == 0:
        return None, None, None
    seen = bad_or_good(objective, Fraction(missed, decided)) if decided else None
    low, high = bounded(bad_or_good(objective, Fraction(bad, number)) for bad in (missed, missed + undecided))
    return seen, low, high


def _longest(results: list[Result]) -> _Figures:
    if not results:
        return None, None, None
    known = max((each.taken for each in results if each.taken is not None), default=None)
    figure = None if known is None else Fraction(known)
    closed = all(each.taken is not None and each.met is not None for each in results)
    return figure, figure, figure if closed else None


def _percentile(results: list[Result], percent: Fraction) -> _Figures:
    """One that is not decided has taken at least what its clock shows, and may take for ever."""
    if not results:
        return None, None, None
    final = [each.taken for each in results if each.taken is not None and each.met is not None]
    least = [each.taken or 0 for each in results]
    seen = nearest_rank(final, percent)
    rank = _rank(len(results), percent)
    high = Fraction(sorted(final)[rank - 1]) if rank <= len(final) else None
    return seen, nearest_rank(least, percent), high


def nearest_rank(values: list[int], percent: Fraction) -> Fraction | None:
    """The shortest value that ``percent`` (a ratio) of the values do not exceed; None when there is none."""
    return Fraction(sorted(values)[_rank(len(values), percent) - 1]) if values else None


def _rank(number: int, percent: Fraction) -> int:
    return max(1, -(-number * percent.numerator // percent.denominator))
