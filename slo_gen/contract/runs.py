"""Runs of down time: which of them count, with how much of their length, and how many there can have been."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from slo_gen.contract.judging import BRIDGE, Judgement
from slo_gen.contract.measurement import Runs
from slo_gen.contract.pieces import Interval
from slo_gen.timekeeping.spans import Span

__all__ = ["Run", "Stretch", "counted", "counts", "long_enough", "runs_of"]


class Stretch(NamedTuple):
    """A piece of counting time with its interval and the judgements of that."""

    start: int
    end: int
    interval: Interval
    best: Judgement
    worst: Judgement
    seen: Judgement


@dataclass(frozen=True, slots=True)
class Run:
    """Down time without a break. ``parts`` are the stretches that make it up, each with its bad share."""

    start: int
    end: int
    parts: tuple[tuple[Stretch, Judgement], ...]

    @property
    def seconds(self) -> int:
        return self.end - self.start


def runs_of(judged: Iterable[tuple[Stretch, Judgement]]) -> list[Run]:
    """All runs of stretches that are down; they come in order, and a hole between two of them ends a run.

    An interval is down as a whole, also with the part of it that nobody saw.
    """
    found: list[Run] = []
    open_: list[tuple[Stretch, Judgement]] = []
    for stretch, judgement in judged:
        down = _is_down(judgement)
        if open_ and (not down or stretch.start != open_[-1][0].end):
            found.append(Run(open_[0][0].start, open_[-1][0].end, tuple(open_)))
            open_ = []
        if down:
            open_.append((stretch, judgement))
    if open_:
        found.append(Run(open_[0][0].start, open_[-1][0].end, tuple(open_)))
    return found


def _is_down(judgement: Judgement) -> bool:
    return judgement is BRIDGE or (judgement.bad > 0 and not judgement.out)


def long_enough(seconds: int, rule: Runs | None) -> bool:
    """Whether a run of that length counts."""
    return rule is None or (seconds > rule.shortest if rule.strict else seconds >= rule.shortest)


def counted(run: Run, rule: Runs | None, slot: int | None, *, cut: bool) -> tuple[int, int]:
    """The part of a run that counts, as instants; an empty one when it is too short. ``cut``: its facts lie in intervals."""
    if not long_enough(run.seconds, rule):
        return run.start, run.start
    if rule is None or not rule.whole:
        return run.start, run.end
    start, end = run.start, run.end
    if cut:
        start, end = _whole_intervals(run)
    elif slot is not None:
        end = start + (end - start) // slot * slot
    return start, start + (end - start) // max(rule.shortest, 1) * max(rule.shortest, 1)


def _whole_intervals(run: Run) -> Span:
    """A run without the parts of intervals at its ends that are not all of their interval."""
    parts = [stretch for stretch, _ in run.parts]
    lengths: dict[int, int] = {}
    for part in parts:
        lengths[id(part.interval)] = lengths.get(id(part.interval), 0) + part.end - part.start
    whole = [part for part in parts if lengths[id(part.interval)] == part.interval.seconds]
    return (whole[0].start, whole[-1].end) if whole else (run.start, run.start)


def counts(stretches: Sequence[Stretch], rule: Runs | None, start: int, end: int) -> tuple[int, int]:
    """The fewest and the most runs that can have reached into ``[start, end)``.

    Each stretch without a certain judgement is down or up as a whole, whatever its neighbours are: down it may join two
    runs into one, or make a run long enough.
    """
    least = most = 0
    for chain in _chains(stretches):
        low, high = _of_chain(chain, rule, start, end)
        least, most = least + low, most + high
    return least, most


_Link = tuple[int, int, bool]
"""Start, end, and whether it is certainly down."""


def _chains(stretches: Sequence[Stretch]) -> list[list[_Link]]:
    """Neighbouring stretches that are or may be down, with those of one kind made one."""
    chains: list[list[_Link]] = []
    for stretch in stretches:
        if not _is_down(stretch.worst):
            continue
        sure = _is_down(stretch.best)
        if chains and chains[-1][-1][1] == stretch.start:
            last = chains[-1][-1]
            if last[2] == sure:
                chains[-1][-1] = (last[0], stretch.end, sure)
            else:
                chains[-1].append((stretch.start, stretch.end, sure))
        else:
            chains.append([(stretch.start, stretch.end, sure)])
    return chains


def _of_chain(chain: list[_Link], rule: Runs | None, start: int, end: int) -> tuple[int, int]:
    """Fewest and most runs of one chain: over every choice of the open links that are up, each of which ends a run."""
    # best[i]: figures of all before link i, given that link i is up; the chain is closed by links that are up for certain.
    ups = [-1, *(place for place, link in enumerate(chain) if not link[2]), len(chain)]
    low: dict[int, int] = {-1: 0}
    high: dict[int, int] = {-1: 0}
    for position, place in enumerate(ups[1:], 1):
        choices = []
        for before in ups[:position]:
            if before + 1 < place:
                first, last = chain[before + 1][0], chain[place - 1][1]
                one = int(first < end and last > start and long_enough(last - first, rule))
            else:
                one = 0
            choices.append((low[before] + one, high[before] + one))
        low[place] = min(each[0] for each in choices)
        high[place] = max(each[1] for each in choices)
    return low[len(chain)], high[len(chain)]

