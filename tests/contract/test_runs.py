"""Runs of down time: how many there can have been, and how much of each counts."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slo_gen.contract.judging import OUT, Judgement
from slo_gen.contract.measurement import Runs
from slo_gen.contract.pieces import Interval, Piece
from slo_gen.contract.runs import Run, Stretch, counted, counts, long_enough, runs_of

GOOD, BAD, HALF = Judgement(0, 1), Judgement(1, 1), Judgement(1, 2)
KINDS = {"up": (GOOD, GOOD), "down": (BAD, BAD), "partly": (HALF, BAD), "open": (GOOD, BAD), "out": (OUT, OUT), "open or out": (OUT, BAD)}


def stretch(start: int, end: int, best: Judgement = BAD, worst: Judgement = BAD, interval: Interval | None = None) -> Stretch:
    own = interval or Interval.of(end - start, [Piece(start, end, True, 0, 1)])
    return Stretch(start, end, own, best, worst, best)


@st.composite
def timelines(draw: st.DrawFn) -> list[tuple[int, int, str]]:
    """Stretches in order, with a hole before some of them."""
    found: list[tuple[int, int, str]] = []
    at = draw(st.integers(-3, 2))
    for kind in draw(st.lists(st.sampled_from(sorted(KINDS)), max_size=8)):
        at += draw(st.sampled_from([0, 0, 0, 1]))
        length = draw(st.integers(1, 3))
        found.append((at, at + length, kind))
        at += length
    return found


RULES = st.one_of(st.none(), st.builds(Runs, st.integers(1, 6), st.booleans()))


@settings(max_examples=300, deadline=None)
@given(timelines(), RULES, st.integers(0, 4), st.integers(5, 9))
def test_the_fewest_and_the_most_runs_there_can_have_been(
    timeline: Sequence[tuple[int, int, str]], rule: Runs | None, start: int, end: int
) -> None:
    found = counts([stretch(a, b, *KINDS[kind]) for a, b, kind in timeline], rule, start, end)
    assert found == by_trying_all(timeline, rule, start, end)


def test_the_fewest_runs_are_those_of_the_best_choice_so_far() -> None:
    """Each minute that is down for certain is too short by itself; every choice of the others but both up makes one that is not."""
    chain = [stretch(start, start + 60, *KINDS[kind]) for start, kind in ((0, "open"), (60, "down"), (120, "open"), (180, "down"))]
    assert counts(chain, Runs(100), 0, 240) == (0, 1)


def by_trying_all(timeline: Sequence[tuple[int, int, str]], rule: Runs | None, start: int, end: int) -> tuple[int, int]:
    """Every choice of the open stretches; neighbours are open as one."""
    open_ones: list[set[int]] = []
    sure: set[int] = set()
    for a, b, kind in timeline:
        if kind in ("down", "partly"):
            sure |= set(range(a, b))
        elif kind.startswith("open"):
            if open_ones and a - 1 in open_ones[-1]:
                open_ones[-1] |= set(range(a, b))
            else:
                open_ones.append(set(range(a, b)))
    numbers = []
    for choice in product((False, True), repeat=len(open_ones)):
        down = sure.union(*(seconds for seconds, is_down in zip(open_ones, choice, strict=True) if is_down))
        first = [second for second in down if second - 1 not in down]
        lengths = [(second, next(n for n in range(second, second + 100) if n not in down)) for second in first]
        numbers.append(sum(a < end and b > start and long_enough(b - a, rule) for a, b in lengths))
    return min(numbers), max(numbers)


@pytest.mark.parametrize(("seconds", "rule", "enough"), [
    (1, None, True), (5, Runs(5), True), (4, Runs(5), False), (5, Runs(5, strict=True), False), (6, Runs(5, strict=True), True),
])  # fmt: skip
def test_a_run_that_is_long_enough(seconds: int, rule: Runs | None, enough: bool) -> None:
    assert long_enough(seconds, rule) is enough


def run(*parts: Stretch) -> Run:
    (found,) = runs_of((part, BAD) for part in parts)
    return found


def test_runs_end_at_holes_at_up_time_and_at_time_that_is_left_out() -> None:
    parts = [stretch(0, 2), stretch(2, 3), stretch(4, 5), stretch(5, 6), stretch(6, 7), stretch(7, 9)]
    judgements = [BAD, HALF, BAD, GOOD, BAD, Judgement(1, 1, out=True)]
    found = runs_of(zip(parts, judgements, strict=True))
    assert [(each.start, each.end, each.seconds) for each in found] == [(0, 3, 3), (4, 5, 1), (6, 7, 1)]
    assert [[judgement for _, judgement in each.parts] for each in found] == [[BAD, HALF], [BAD], [BAD]]
    assert runs_of([]) == []


def test_what_of_a_run_counts() -> None:
    whole = run(stretch(100, 250))
    assert counted(whole, None, 60, cut=False) == (100, 250)
    assert counted(whole, Runs(150), 60, cut=False) == (100, 250)
    assert counted(whole, Runs(151), 60, cut=False) == (100, 100)
    assert counted(whole, Runs(60, whole=True), 60, cut=False) == (100, 220)
    assert counted(whole, Runs(100, whole=True), 60, cut=False) == (100, 200)       # 120 seconds are whole, and once a hundred
    assert counted(whole, Runs(100, whole=True), None, cut=False) == (100, 200)
    assert counted(whole, Runs(0, whole=True), 7, cut=False) == (100, 247)


def test_intervals_that_lie_in_a_run_in_part_do_not_count_as_whole_ones() -> None:
    """Intervals of 60 seconds; the first and the last reach out of the run, the third is in two pieces."""
    first, second, third, last = (Interval.of(60, [Piece(at, at + 60, True, 1, 1)]) for at in (0, 60, 120, 180))
    parts = [
        stretch(30, 60, interval=first), stretch(60, 120, interval=second), stretch(120, 150, interval=third),
        stretch(150, 180, interval=third), stretch(180, 200, interval=last),
    ]  # fmt: skip
    assert counted(run(*parts), Runs(60, whole=True), 60, cut=True) == (60, 180)
    assert counted(run(*parts), Runs(100, whole=True), 60, cut=True) == (60, 160)
    assert counted(run(parts[0], parts[1]), Runs(60, whole=True), 60, cut=True) == (60, 120)
    assert counted(run(parts[0]), Runs(10, whole=True), 60, cut=True) == (30, 30)
