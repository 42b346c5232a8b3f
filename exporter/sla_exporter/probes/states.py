"""Whether a service was up, from single samples: time that a state held, never a number of samples.

Pure and exact. Instants are whole milliseconds since 1970-01-01T00:00Z, intervals half-open. A state holds from its
sample to the next one, but no longer than it is told; what nobody looked at is unknown, never down. What is kept are
stretches: samples of one state that follow each other. They are as good as the samples, and few.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal, NamedTuple

from slo_gen.contract.facts import Downtime, Outage
from slo_gen.timekeeping.spans import Spans

__all__ = [
    "HOLDS", "MOST_FAILURES", "STATES", "Confirmed", "Interval", "Sample", "State", "Stretch", "agreed", "confirmed", "downtime",
    "grown", "held", "milliseconds", "seen_by",
]  # fmt: skip

State = Literal["up", "down", "unknown", "excluded"]
STATES: Final[tuple[State, ...]] = ("up", "down", "unknown", "excluded")

HOLDS: Final = 3
"""How many intervals of a probe a state holds when no sample follows."""


MOST_FAILURES: Final = 10
"""The first failures in a row are kept one by one, so that it can be said at any time which of them confirms an outage."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one location saw at an instant. ``lost``: nothing is known of the time since the sample before."""

    at: int
    state: State
    lost: bool = False


class Stretch(NamedTuple):
    """Samples of one state that follow each other, from the first to the ``last`` of them; the state holds ``until``."""

    start: int
    last: int
    until: int
    state: State


@dataclass(frozen=True, slots=True)
class Interval:
    """A state from an instant up to another one."""

    start: int
    end: int
    state: State


@dataclass(frozen=True, slots=True)
class Confirmed:
    """Samples whose failures count. Before ``settled`` no later sample changes them; None where all are settled."""

    samples: tuple[Sample, ...]
    settled: int | None


def confirmed(samples: Iterable[Sample], failures: int, *, back_dated: bool) -> Confirmed:
    """Let failures count only from so many in a row on: ``back_dated`` from the first of them, else from the last.

    Fewer are up. What is unknown in between neither confirms nor ends a row; up and excluded end it. Raises ValueError for
    less than one failure.
    """
    if failures < 1:
        raise ValueError("an outage needs at least one failure")
    found: list[Sample] = []
    row: list[int] = []
    for sample in _ordered(samples):
        if sample.state == "down":
            row.append(len(found))
        elif sample.state != "unknown":
            _clear(found, row, failures, back_dated)
            row = []
        found.append(sample)
    undecided = found[row[0]].at if back_dated and 0 < len(row) < failures else None
    _clear(found, row, failures, back_dated)
    return Confirmed(tuple(found), undecided)


def _clear(found: list[Sample], row: Sequence[int], failures: int, back_dated: bool) -> None:
    """Make up of those failures in a row that do not count."""
    doubted = row if len(row) < failures else () if back_dated else row[: failures - 1]
    for place in doubted:
        found[place] = Sample(found[place].at, "up")


def grown(known: Sequence[Stretch], samples: Iterable[Sample], holds: int) -> tuple[Stretch, ...]:
    """What changes in the record of a location by new samples: stretches in the place of those with the same start, or after them.

    A state holds for ``holds`` at most. Of several samples at one instant the worst counts. Samples that are not later than those which
    are known change nothing, so that the same may be told again. Raises ValueError for a hold of nothing.
    """
    if holds <= 0:
        raise ValueError("a state holds for some time")
    changed: dict[int, Stretch] = {}
    tail = known[-1] if known else None
    row = _failures_at_the_end_of(known)
    for sample in _ordered(samples):
        if tail is not None and sample.at <= tail.last:
            continue
        if tail is not None and _goes_on(tail, sample, row):
            tail = Stretch(tail.start, sample.at, sample.at + holds, tail.state)
        else:
            if tail is not None:
                changed[tail.start] = tail._replace(until=tail.last if sample.lost else min(tail.until, sample.at))
            tail = Stretch(sample.at, sample.at, sample.at + holds, sample.state)
            row = row + 1 if sample.state == "down" else row if sample.state == "unknown" else 0
        changed[tail.start] = tail
    return tuple(changed.values())


def _goes_on(tail: Stretch, sample: Sample, row: int) -> bool:
    alike = tail.state == sample.state and sample.at <= tail.until and not sample.lost
    return alike and (sample.state != "down" or row >= MOST_FAILURES)


def _failures_at_the_end_of(known: Sequence[Stretch]) -> int:
    found = 0
    for stretch in reversed(known):
        if stretch.state == "down":
            found += 1
        elif stretch.state != "unknown" or found >= MOST_FAILURES:
            break
    return found


def held(samples: Iterable[Sample], start: int, end: int, longest: int) -> tuple[Interval, ...]:
    """What one location saw in ``[start, end)``, without gaps. A state holds for ``longest`` at most, then it is unknown.

    Of several samples at one instant the worst counts, so that their order does not matter. Raises ValueError for a hold of nothing.
    """
    return seen_by(grown((), samples, longest), start, end)[0]


def seen_by(
    stretches: Sequence[Stretch], start: int, end: int, *, failures: int = 1, back_dated: bool = False
) -> tuple[tuple[Interval, ...], int | None]:
    """What one location saw in ``[start, end)``, without gaps; and the instant before which it is settled, None where all of it is.

    ``failures`` and ``back_dated`` are as ``confirmed`` takes them. While it is not known what follows, nothing waits for it.
    """
    confirm = confirmed((Sample(each.start, each.state) for each in stretches), failures, back_dated=back_dated)
    found: list[Interval] = []
    reached = start
    for stretch, sample in zip(stretches, confirm.samples, strict=True):
        first, last = max(reached, stretch.start), min(stretch.until, end)
        if first < last:
            found += [Interval(reached, first, "unknown"), Interval(first, last, sample.state)]
            reached = last
    settled = confirm.settled if stretches and stretches[-1].until > end else None
    return _joined([*found, Interval(reached, end, "unknown")]), settled


def agreed(
    locations: Sequence[Sequence[Interval]], start: int, end: int, *, quorum: int | None = None, known: int = 1
) -> tuple[Interval, ...]:
    """What the locations say together of ``[start, end)``: down while at least ``quorum`` of those that know see it down.

    None asks for more than half of those that know; where fewer know than the quorum, all of them must see it down. While fewer
    than ``known`` of them know, it is unknown; where one says excluded, it is.
    """
    edges = sorted({start, end, *(edge for each in locations for one in each for edge in (one.start, one.end) if start < edge < end)})
    places = [0] * len(locations)
    found: list[Interval] = []
    for first, last in pairwise(edges):
        seen = [_state(each, places, number, first) for number, each in enumerate(locations)]
        found.append(Interval(first, last, _together(seen, quorum, known)))
    return _joined(found)


def _state(intervals: Sequence[Interval], places: list[int], number: int, at: int) -> State:
    """The state of a location at an instant; instants are asked in order."""
    while places[number] < len(intervals) and intervals[places[number]].end <= at:
        places[number] += 1
    place = places[number]
    return intervals[place].state if place < len(intervals) and intervals[place].start <= at else "unknown"


def _together(seen: Sequence[State], quorum: int | None, known: int) -> State:
    if "excluded" in seen:
        return "excluded"
    down = seen.count("down")
    knowing = down + seen.count("up")
    if knowing < max(known, 1):
        return "unknown"
    return "down" if down >= (min(quorum, knowing) if quorum is not None else knowing // 2 + 1) else "up"


def milliseconds(intervals: Iterable[Interval], start: int, end: int) -> Mapping[State, int]:
    """How long each state was in ``[start, end)``; together all of it, for what no interval covers is unknown."""
    found: dict[State, int] = dict.fromkeys(STATES, 0)
    for each in intervals:
        found[each.state] += max(0, min(each.end, end) - max(each.start, start))
    found["unknown"] = end - start - found["up"] - found["down"] - found["excluded"]
    return found


def downtime(intervals: Iterable[Interval], start: int, end: int) -> Downtime:
    """What a contract is told of ``[start, end)``, in whole seconds since 1970.

    Edges go to the nearest second. Time that monitoring excluded is time that nobody looked at: what an agreement
    excludes is said by the agreement.
    """
    outages: list[Outage] = []
    looked: list[tuple[int, int]] = []
    for each in intervals:
        first, last = max(start, _second(each.start)), min(end, _second(each.end))
        if first < last and each.state in ("up", "down"):
            looked.append((first, last))
            if each.state == "down":
                outages.append(Outage(first, last))
    return Downtime(start, end, tuple(outages), Spans.of(looked).gaps(start, end))


def _second(at: int) -> int:
    return (at + 500) // 1000


def _ordered(samples: Iterable[Sample]) -> list[Sample]:
    """By time, one for each instant."""
    worst: dict[int, Sample] = {}
    for sample in samples:
        before = worst.get(sample.at, sample)
        bad = max(before.state, sample.state, key=_BADNESS.__getitem__)
        worst[sample.at] = Sample(sample.at, bad, before.lost or sample.lost)
    return [worst[at] for at in sorted(worst)]


_BADNESS: Final[Mapping[State, int]] = {"unknown": 0, "up": 1, "down": 2, "excluded": 3}


def _joined(intervals: Iterable[Interval]) -> tuple[Interval, ...]:
    """Neighbours of one state as one interval; empty ones are left out."""
    found: list[Interval] = []
    for each in intervals:
        if each.start >= each.end:
            continue
        if found and found[-1].state == each.state and found[-1].end == each.start:
            found[-1] = Interval(found[-1].start, each.end, each.state)
        else:
            found.append(each)
    return tuple(found)
