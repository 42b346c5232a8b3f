"""Whether a service was up, from single samples: time that a state held, never a number of samples.

Pure and exact. Instants are whole milliseconds since 1970-01-01T00:00Z, intervals half-open. A state holds from its
sample to the next one, but no longer than it is told; what nobody looked at is unknown, never down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from slo_gen.contract.facts import Downtime, Outage
from slo_gen.timekeeping.spans import Spans

__all__ = ["HOLDS", "STATES", "Confirmed", "Interval", "Sample", "State", "agreed", "confirmed", "downtime", "held", "milliseconds"]

State = Literal["up", "down", "unknown", "excluded"]
STATES: Final[tuple[State, ...]] = ("up", "down", "unknown", "excluded")

HOLDS: Final = 3
"""How many intervals of a probe a state holds when no sample follows."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one location saw at an instant."""

    at: int
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


def held(samples: Iterable[Sample], start: int, end: int, longest: int) -> tuple[Interval, ...]:
    """What one location saw in ``[start, end)``, without gaps. A state holds for ``longest`` at most, then it is unknown.

    Of several samples at one instant the worst counts, so that their order does not matter. Raises ValueError for a hold of nothing.
    """
    if longest <= 0:
        raise ValueError("a state holds for some time")
    ordered = _ordered(samples)
    found: list[Interval] = []
    reached = start
    for sample, after in zip(ordered, [*(each.at for each in ordered), end][1:], strict=True):
        first, last = max(reached, sample.at), min(sample.at + longest, after, end)
        if first < last:
            found += [Interval(reached, first, "unknown"), Interval(first, last, sample.state)]
            reached = last
    return _joined([*found, Interval(reached, end, "unknown")])


def agreed(
    locations: Sequence[Sequence[Interval]], start: int, end: int, *, quorum: int | None = None, known: int = 1
) -> tuple[Interval, ...]:
    """What the locations say together of ``[start, end)``: down while at least ``quorum`` of those that know see it down.

    None asks for more than half of those that know. While fewer than ``known`` of them know, it is unknown; where one says excluded, it is.
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
    return "down" if down >= (quorum if quorum is not None else knowing // 2 + 1) else "up"


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
    worst: dict[int, State] = {}
    for sample in samples:
        before = worst.get(sample.at)
        if before is None or _BADNESS[sample.state] > _BADNESS[before]:
            worst[sample.at] = sample.state
    return [Sample(at, worst[at]) for at in sorted(worst)]


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
