"""Sets of time do what sets of single seconds do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from slo_gen.timekeeping.spans import EMPTY, Spans

SETS = st.lists(st.tuples(st.integers(0, 40), st.integers(-1, 8)), max_size=6).map(lambda spans: Spans.of((a, a + n) for a, n in spans))


def seconds(of: Spans) -> set[int]:
    return {second for second in range(-10, 60) if second in of}


@given(SETS, SETS)
def test_sets(one: Spans, other: Spans) -> None:
    assert seconds(one | other) == seconds(one) | seconds(other)
    assert seconds(one & other) == seconds(one) & seconds(other)
    assert seconds(one - other) == seconds(one) - seconds(other)
    assert one.seconds == len(seconds(one))
    assert bool(one) == bool(seconds(one))


@given(SETS, SETS, st.integers(-5, 50), st.integers(-5, 50))
def test_the_same_set_is_always_the_same_spans(one: Spans, other: Spans, start: int, end: int) -> None:
    for found in (one | other, one & other, one - other, one.clip(start, end), one.gaps(start, end)):
        assert found == Spans.of(found)
    assert seconds(one.gaps(start, end)) == set(range(start, end)) - seconds(one)
    assert one - EMPTY == one


def test_a_part_without_length_is_nothing() -> None:
    assert Spans(((0, 10),)).clip(5, 5) == Spans()
