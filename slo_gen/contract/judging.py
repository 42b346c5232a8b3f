"""How bad one interval was: at best, at worst, and as far as it was seen.

What nobody saw may have been all good or all bad. A policy that says what unknown time is takes one of the three for all of
them, so that nothing is left open.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from slo_gen.contract.measurement import Down, Measurement
from slo_gen.contract.pieces import Interval, Observed

__all__ = ["BRIDGE", "GOOD", "OUT", "Judged", "Judgement", "judge"]


class Judgement(NamedTuple):
    """The bad share of an interval as ``bad / of``, or that it is left out. ``seen``: only its time with data is meant."""

    bad: int
    of: int
    out: bool = False
    seen: bool = False


GOOD = Judgement(0, 1)
"""Nothing of it was bad."""

_BAD = Judgement(1, 1)
OUT = Judgement(0, 1, out=True)
"""Left out of every denominator."""

BRIDGE = Judgement(0, 1, out=True, seen=True)
"""Left out, but of an interval that was down as far as it was seen: down time on either side of it is one run."""


class Judged(NamedTuple):
    """An interval and its three judgements."""

    interval: Interval
    best: Judgement
    worst: Judgement
    seen: Judgement


def judge(measurement: Measurement, observed: Observed, interval: Interval) -> Judged:
    """The three judgements of an interval under the policies of a measurement."""
    if interval.total and not interval.unknown and not interval.unseen:
        one = _share(measurement, observed, interval.bad, interval.total)
        return Judged(interval, one, one, one)    # most intervals by far: all of it was seen, and no policy has a say
    if interval.total == 0 and interval.unknown == 0 and interval.unseen == 0:
        best, worst, seen = _empty(measurement)
    else:
        best, worst, seen = _scored(measurement, observed, interval)
    match measurement.unknown:
        case "good":
            return Judged(interval, best, best, best)
        case "bad":
            return Judged(interval, worst, worst, worst)
        case "excluded":
            return Judged(interval, seen, seen, seen)
    return Judged(interval, best, worst, seen)


def _empty(measurement: Measurement) -> tuple[Judgement, Judgement, Judgement]:
    match measurement.empty:
        case "good":
            return GOOD, GOOD, GOOD
        case "bad":
            return _BAD, _BAD, _BAD
        case "excluded":
            return OUT, OUT, OUT
    return GOOD, _BAD, OUT


def _scored(measurement: Measurement, observed: Observed, interval: Interval) -> tuple[Judgement, Judgement, Judgement]:
    more = observed.busiest * interval.unknown + interval.unseen
    bad, total = interval.bad, interval.total
    if total:
        seen = _share(measurement, observed, bad, total)
    elif interval.unknown == sum(piece.end - piece.start for piece in interval.pieces):
        seen = OUT
    else:
        seen = _empty(measurement)[2]
    if interval.unknown and not seen.out:
        seen = Judgement(seen.bad, seen.of, seen=True)
    if not (total or more) or interval.unknown == sum(piece.end - piece.start for piece in interval.pieces):
        return GOOD, _all_bad(measurement), seen
    return _at_best(measurement, observed, bad, total, more), _share(measurement, observed, bad + more, total + more), seen


def _all_bad(measurement: Measurement) -> Judgement:
    """Of an interval that nobody saw: it may have been busier than any that was seen."""
    score = measurement.score
    return GOOD if isinstance(score, Down) and not _exceeds(score, 1, 1) else _BAD


def _share(measurement: Measurement, observed: Observed, bad: int, total: int) -> Judgement:
    score = measurement.score
    if not isinstance(score, Down):
        return Judgement(bad, total) if bad else GOOD
    if not (_enough(score, observed, total) and _exceeds(score, bad, total)):
        return GOOD
    return Judgement(bad, total) if score.weighted else _BAD


def _at_best(measurement: Measurement, observed: Observed, bad: int, total: int, more: int) -> Judgement:
    """With all good events that there may have been, and for ``down`` with none, should that leave too few of them."""
    score = measurement.score
    if isinstance(score, Down) and not _enough(score, observed, total):
        return GOOD
    return _share(measurement, observed, bad, total + more)


def _enough(score: Down, observed: Observed, total: int) -> bool:
    # Downtime knows no events: its parts are seconds.
    return bool(observed.states) or total >= score.minimum_events * observed.unit


def _exceeds(score: Down, bad: int, total: int) -> bool:
    threshold: Fraction = score.threshold
    left, right = bad * threshold.denominator, threshold.numerator * total
    return left > right if score.strict else left >= right
