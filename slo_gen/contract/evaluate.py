"""Facts and a measurement in, the level attained and the verdict out: the exact interpreter of ``Measurement``.

It knows no contract and no method by name; ``measurement`` says what everything means. All sums are integers, and one
division comes at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Final, Literal

from slo_gen.contract.comparing import bad_or_good, verdict_of
from slo_gen.contract.facts import Facts, Results, Slots
from slo_gen.contract.judging import BRIDGE, GOOD, OUT, Judged, Judgement, judge
from slo_gen.contract.measurement import Down, Measurement
from slo_gen.contract.outcome import Interruption, Outcome
from slo_gen.contract.pieces import Observed, Piece, observe
from slo_gen.contract.results import evaluate_results, nearest_rank
from slo_gen.contract.runs import Run, Stretch, counted, counts, long_enough, runs_of
from slo_gen.contract.window import Window
from slo_gen.spec.terms import Bound
from slo_gen.timekeeping.spans import Spans

__all__ = ["basis", "evaluate"]

_DAY: Final = 86_400


def evaluate(target: str, measurement: Measurement, objective: Bound, facts: Facts, window: Window) -> Outcome:
    """What a target came to in the period of ``window``. ``objective`` is what was promised; facts may reach beyond the period."""
    if isinstance(facts, Results):
        return evaluate_results(target, measurement, objective, facts, window)
    observed = observe(facts, window.start, window.end)
    if measurement.slot is None and not isinstance(measurement.score, Down) and isinstance(facts, Slots):
        return _of_events(target, measurement, objective, observed, window)
    return _of_time(target, measurement, objective, observed, window)


def basis(measurement: Measurement, window: Window) -> int:
    """What a figure of time is a share of by the end of the period of ``window``, in seconds, if nothing without data is left out."""
    return window.weighed(_denominator(measurement, window), measurement.weights)


# --- events as they are ------------------------------------------------------------------------------------------
def _of_events(target: str, measurement: Measurement, objective: Bound, observed: Observed, window: Window) -> Outcome:
    whole = observed.sums(window.counting.clip(window.start, window.end))
    more = observed.busiest * whole.unknown + whole.unseen
    seen = (whole.bad, whole.total)
    best, worst = (whole.bad, whole.total + more), (whole.bad + more, whole.total + more)
    match measurement.unknown:
        case "good":
            seen = worst = best
        case "bad":
            seen = best = worst
        case "excluded":
            best = worst = seen
    figures = [bad_or_good(objective, Fraction(bad, total)) if total else None for bad, total in (seen, best, worst)]
    unit = observed.unit
    everything = observed.sums(window.deployed.clip(window.start, window.end))
    return _outcome(
        target, objective, window, figures if whole.total else [None, None, None],
        counted=Fraction(seen[0], unit), real=Fraction(everything.bad, unit), of=Fraction(seen[1], unit), unit="events",
        unknown=whole.unknown,
    )  # fmt: skip


# --- time --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Scenario:
    """The bad part and what it is a share of, in seconds, under one of the judgements; and the runs of it."""

    bad: Fraction
    of: int
    runs: tuple[Run, ...]


def _of_time(target: str, measurement: Measurement, objective: Bound, observed: Observed, window: Window) -> Outcome:
    counting = _followed(measurement, observed, window)
    tally = _Tally()
    stretches = _stretches(tally.of(_judged(measurement, observed, counting, window.start, window.end)))
    followed = [*_before(measurement, observed, counting, window, stretches), *stretches]
    followed += _after(measurement, observed, counting, window, followed)
    seen, best, worst = (_scenario(measurement, observed, window, stretches, followed, which) for which in ("seen", "best", "worst"))
    if measurement.reduce in ("sum", "mean"):
        figures = [_figure(objective, each) for each in (seen, best, worst)]
    else:
        figures = _of_runs(measurement, window, followed, seen, best, worst)
    return _outcome(
        target, objective, window, figures if tally.measured else [None, None, None],
        counted=seen.bad, real=_real(measurement, observed, window, stretches), of=Fraction(seen.of), unit="seconds",
        unknown=tally.unknown, interruptions=_interruptions(measurement, observed, window, seen),
    )  # fmt: skip


def _followed(measurement: Measurement, observed: Observed, window: Window) -> Spans:
    """Counting time of the period, and beyond it as far as the facts reach where something has runs, which reach over its edges."""
    counting = window.counting
    inside = counting & window.period
    return inside | counting.clip(observed.facts.start, observed.facts.end) if isinstance(measurement.score, Down) else inside


def _judged(measurement: Measurement, observed: Observed, counting: Spans, start: int, end: int) -> Iterator[Judged]:
    slot = measurement.slot if _is_cut(measurement, observed) else None
    return (judge(measurement, observed, interval) for interval in observed.intervals(counting, start, end, slot))


@dataclass(slots=True)
class _Tally:
    """What is noted of intervals that pass by: whether any has events, and the seconds without data."""

    measured: bool = False
    unknown: int = 0

    def of(self, judged: Iterable[Judged]) -> Iterator[Judged]:
        for each in judged:
            self.measured = self.measured or each.interval.total > 0
            self.unknown += each.interval.unknown
            yield each


def _stretches(judged: Iterable[Judged]) -> list[Stretch]:
    """The pieces of all intervals but of those that are surely good: a hole ends a run as they would, and nothing of them adds up."""
    found: list[Stretch] = []
    for each in judged:
        if each.worst is GOOD and each.seen is GOOD:
            continue
        for piece in each.interval.pieces:
            best, worst, seen = (_of_piece(piece, judgement) for judgement in (each.best, each.worst, each.seen))
            found.append(Stretch(piece.start, piece.end, each.interval, best, worst, seen))
    return found


def _of_piece(piece: Piece, judgement: Judgement) -> Judgement:
    """A judgement of what was seen leaves the pieces out that nobody saw."""
    if piece.known or not judgement.seen:
        return judgement
    return BRIDGE if judgement.bad else OUT


def _before(
    measurement: Measurement, observed: Observed, counting: Spans, window: Window, inside: Sequence[Stretch]
) -> list[Stretch]:
    """What lies before the period, as far back as down time may reach from it without a break."""
    found: list[Stretch] = []
    at = window.start
    first = inside[0] if inside else None
    while first is not None and first.start == at and first.worst.bad:
        more = _stretches(_judged(measurement, observed, counting, at - _step(measurement), at))
        found = more + found
        at -= _step(measurement)
        first = more[0] if more else None
    return found


def _after(
    measurement: Measurement, observed: Observed, counting: Spans, window: Window, stretches: Sequence[Stretch]
) -> list[Stretch]:
    found: list[Stretch] = []
    at = window.end
    last = stretches[-1] if stretches else None
    while last is not None and last.end == at and last.worst.bad:
        more = _stretches(_judged(measurement, observed, counting, at, at + _step(measurement)))
        found += more
        at += _step(measurement)
        last = more[-1] if more else None
    return found


def _step(measurement: Measurement) -> int:
    """A day or so, of whole intervals."""
    slot = measurement.slot or 60
    return -(-_DAY // slot) * slot


def _scenario(
    measurement: Measurement, observed: Observed, window: Window, inside: Sequence[Stretch], followed: Sequence[Stretch], which: str
) -> _Scenario:
    runs: tuple[Run, ...] = ()
    if isinstance(measurement.score, Down):
        runs = tuple(runs_of((stretch, getattr(stretch, which)) for stretch in followed))
        bad = sum((_counted_seconds(measurement, observed, window, run) for run in runs), Fraction(0))
    else:
        parts = ((each.start, each.end, getattr(each, which)) for each in inside)
        bad = _sum_of_shares((_weighed(window, measurement, start, end), share) for start, end, share in parts)
    out = Spans.of((each.start, each.end) for each in inside if getattr(each, which).out)
    return _Scenario(bad, window.weighed(_denominator(measurement, window) - out, measurement.weights), runs)


def _denominator(measurement: Measurement, window: Window) -> Spans:
    match measurement.over:
        case "scheduled" | "events":             # each second of down time that is told as such is one event
            return window.counting & window.period
        case "deployed":
            return window.deployed & window.period
    return window.period


def _counted_seconds(measurement: Measurement, observed: Observed, window: Window, run: Run) -> Fraction:
    """The seconds of a run that count in the period, weighed."""
    start, end = counted(run, measurement.runs, measurement.slot, cut=_is_cut(measurement, observed))
    start, end = max(start, window.start), min(end, window.end)
    parts = [(max(start, stretch.start), min(end, stretch.end), share) for stretch, share in run.parts]
    return _sum_of_shares((_weighed(window, measurement, a, b), share) for a, b, share in parts if a < b)


def _weighed(window: Window, measurement: Measurement, start: int, end: int) -> int:
    return window.weighed(Spans(((start, end),)), measurement.weights) if measurement.weights else end - start


def _is_cut(measurement: Measurement, observed: Observed) -> bool:
    """Whether facts are judged by intervals; outages are exact to the second and stay so unless the contract cuts them."""
    score = measurement.score
    return isinstance(observed.facts, Slots) or not isinstance(score, Down) or score.by_interval


def _sum_of_shares(parts: Iterable[tuple[int, Judgement]]) -> Fraction:
    """Seconds times bad shares, added up by denominator first: many intervals have the same number of events."""
    sums: dict[int, int] = {}
    for seconds, share in parts:
        if share.bad:                            # what is left out has no bad share
            reduced = Fraction(share.bad, share.of)
            sums[reduced.denominator] = sums.get(reduced.denominator, 0) + seconds * reduced.numerator
    if not sums:
        return Fraction(0)
    common = lcm(*sums)
    return Fraction(sum(numerator * (common // denominator) for denominator, numerator in sums.items()), common)


def _figure(objective: Bound, scenario: _Scenario) -> Fraction | None:
    if objective.unit == "s":
        return scenario.bad
    return bad_or_good(objective, scenario.bad / scenario.of) if scenario.of else None


def _of_runs(
    measurement: Measurement, window: Window, stretches: Sequence[Stretch], seen: _Scenario, best: _Scenario, worst: _Scenario
) -> list[Fraction | None]:
    """The longest run, the number of runs, or the time that a share of them does not exceed."""
    lengths = [_lengths(measurement, window, scenario) for scenario in (seen, best, worst)]
    match measurement.reduce:
        case "max":
            return [Fraction(max(each, default=0)) for each in lengths]
        case "count":
            least, most = counts(stretches, measurement.runs, window.start, window.end)
            return [Fraction(len(lengths[0])), Fraction(least), Fraction(most)]
    percent = measurement.percent
    assert percent is not None, "a percentile has its percent"
    if lengths[1] == lengths[2]:
        return [nearest_rank(lengths[0], percent)] * 3
    # One more run may make the percentile shorter or longer; these bounds hold whatever happened.
    return [nearest_rank(lengths[0], percent), Fraction(0), Fraction(max(lengths[2], default=0))]


def _lengths(measurement: Measurement, window: Window, scenario: _Scenario) -> list[int]:
    return [
        run.seconds for run in scenario.runs
        if run.start < window.end and run.end > window.start and long_enough(run.seconds, measurement.runs)
    ]  # fmt: skip


def _real(measurement: Measurement, observed: Observed, window: Window, inside: Sequence[Stretch]) -> Fraction:
    """Bad time of the whole period before hours, exclusions, runs and minimum volumes left something out of it."""
    score = measurement.score
    left_out = (window.deployed & window.period) != (window.counting & window.period) or (isinstance(score, Down) and score.minimum_events)
    if not left_out and measurement.unknown == "bounds":
        return _sum_of_shares((each.end - each.start, each.seen) for each in inside)
    plain = Measurement(
        slot=measurement.slot,
        score=Down(score.threshold, score.strict, 0, score.weighted, score.by_interval) if isinstance(score, Down) else score,
        empty=measurement.empty,
    )  # fmt: skip
    judged = _judged(plain, observed, window.deployed, window.start, window.end)
    return _sum_of_shares((each.end - each.start, each.seen) for each in _stretches(judged))


def _interruptions(measurement: Measurement, observed: Observed, window: Window, seen: _Scenario) -> tuple[Interruption, ...]:
    return tuple(
        Interruption(run.start, run.end, _counted_seconds(measurement, observed, window, run))
        for run in seen.runs
        if run.start < window.end and run.end > window.start
    )


# --- the verdict ---------------------------------------------------------------------------------------------------
def _outcome(
    target: str, objective: Bound, window: Window, figures: Sequence[Fraction | None], *, counted: Fraction, real: Fraction, of: Fraction,
    unit: Literal["seconds", "events"], unknown: int, interruptions: tuple[Interruption, ...] = (),
) -> Outcome:  # fmt: skip
    seen, best, worst = figures
    bounds = sorted(each for each in (best, worst) if each is not None)
    return Outcome(
        target=target, start=window.start, end=window.end,
        verdict=verdict_of(objective, best, worst, measured=bool(bounds)),
        figure=seen,
        lower=bounds[0] if len(bounds) == 2 else None, upper=bounds[1] if len(bounds) == 2 else None,
        counted=counted, real=real, of=of, unit=unit,
        unknown=Fraction(unknown), excluded=window.excluded_seconds(), interruptions=interruptions,
    )  # fmt: skip
