"""Clocks that are set while probes run."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from sla_exporter.probes.run_clock import Placed, RunClock


def test_time_goes_on_by_what_went_by_while_the_clock_is_corrected_a_little() -> None:
    clock = RunClock(2_000)
    assert clock.place(1_000_000, 50) == Placed(1_000_000)
    assert clock.place(1_015_300, 15_050) == Placed(1_015_000)
    assert clock.place(1_032_000, 30_050) == Placed(1_030_000)


def test_a_step_forward_loses_what_lies_between() -> None:
    clock = RunClock(2_000)
    clock.place(1_000_000, 0)
    assert clock.place(4_615_000, 15_000) == Placed(4_615_000, lost=True)
    assert clock.place(4_630_000, 30_000) == Placed(4_630_000)


def test_after_a_step_back_nothing_counts_twice() -> None:
    clock = RunClock(2_000)
    clock.place(1_000_000, 0)
    assert clock.place(985_000, 15_000) == Placed(None, lost=True)
    assert clock.place(1_000_000, 30_000) == Placed(None)
    assert clock.place(1_015_000, 45_000) == Placed(1_015_000)


@given(st.lists(st.tuples(st.integers(1, 60_000), st.integers(-10**7, 10**7)), max_size=30))
def test_instants_never_go_back(steps: list[tuple[int, int]]) -> None:
    clock, wall, gone_by = RunClock(2_000), 10**9, 0
    found = []
    for by, jump in steps:
        gone_by, wall = gone_by + by, wall + by + jump
        found.append(clock.place(wall, gone_by).at)
    kept = [at for at in found if at is not None]
    assert kept == sorted(set(kept))
