"""Many at once are answered as one by one."""

from __future__ import annotations

import re

import numpy as np
import pytest
from business_calendars import BERLIN_OFFICE, MINUTE, Pauses, calendars, instant, instants, pause_sets, stood_from
from hypothesis import given, settings
from hypothesis import strategies as st

from slo_gen.timekeeping import bulk
from slo_gen.timekeeping.bulk import BulkTime
from slo_gen.timekeeping.business import Boundary, BusinessTime
from slo_gen.timekeeping.calendars import Always, Calendar, Intersection
from slo_gen.timekeeping.spans import EMPTY
from slo_gen.timekeeping.zones import EARLIEST, LATEST, TimeError

DAY = 86_400
Clock = tuple[int, int, Pauses]


def clocks() -> st.SearchStrategy[list[Clock]]:
    """Clocks: where each starts, how many seconds it runs, and its pauses."""
    return st.lists(st.tuples(instants(), st.integers(-5000, 20 * DAY), pause_sets()), max_size=6)


def arrays(given: list[Clock]) -> tuple[bulk.Int64s, bulk.Int64s, bulk.Pauses]:
    """Starts, lengths and pauses of all; the pauses come in no order."""
    rows = [(row, start + a * MINUTE, start + b * MINUTE) for row, (start, _, pauses) in enumerate(given) for a, b in pauses][::-1]
    of, starts, ends = (np.array([row[column] for row in rows], np.int64) for column in range(3))
    starting, lengths = (np.array([clock[column] for clock in given], np.int64) for column in range(2))
    return starting, lengths, bulk.Pauses(of, starts, ends)


@settings(max_examples=60, deadline=None)
@given(calendars(), clocks())
def test_elapsed_is_that_of_each(calendar: Calendar, given: list[Clock]) -> None:
    starts, lengths, pauses = arrays(given)
    business = BusinessTime(calendar)
    many = BulkTime(calendar)
    assert many.elapsed(starts, starts + lengths).tolist() == [business.elapsed(at, at + length) for at, length, _ in given]
    assert many.elapsed(starts, starts + lengths, pauses).tolist() == [
        business.elapsed(at, at + length, stood_from(at, each)) for at, length, each in given
    ]


@settings(max_examples=60, deadline=None)
@given(calendars(), clocks(), st.sampled_from(["close", "next_open"]), st.booleans())
def test_deadlines_are_those_of_each(calendar: Calendar, given: list[Clock], boundary: Boundary, paused: bool) -> None:
    given = [(at, max(length, 0) // MINUTE * MINUTE, pauses) for at, length, pauses in given]
    starts, lengths, pauses = arrays(given)
    business, many = BusinessTime(calendar), BulkTime(calendar)
    try:
        expected = [
            business.deadline(at, length, stood_from(at, each) if paused else EMPTY, boundary) for at, length, each in given
        ]
    except TimeError as error:
        with pytest.raises(TimeError, match=re.escape(str(error))):
            many.deadline(starts, lengths, pauses if paused else None, boundary)
        return
    assert many.deadline(starts, lengths, pauses if paused else None, boundary).tolist() == expected


@settings(max_examples=20, deadline=None)
@given(calendars(), st.lists(instants(), max_size=8))
def test_openings_are_those_of_each(calendar: Calendar, given: list[int]) -> None:
    business, many = BusinessTime(calendar), BulkTime(calendar)
    assert many.is_open(given).tolist() == [bool(calendar.periods(at, at + 1)) for at in given]
    try:
        expected = [business.next_open(at) for at in given]
    except TimeError:
        with pytest.raises(TimeError, match="no more business time"):
            many.next_open(given)
        return
    assert many.next_open(given).tolist() == expected


def test_one_number_stands_for_many() -> None:
    many, start = BulkTime(BERLIN_OFFICE), instant("2026-06-01T06:00Z")
    assert many.deadline([start, start + DAY], 3600).tolist() == [start + 3600, start + DAY + 3600]
    assert many.elapsed(start, [start + 60, start - 60]).tolist() == [60, 0]
    stood = bulk.Pauses([0, 1], start + 60, [start + 120, start + 90])
    assert many.elapsed([start, start], start + 600, stood).tolist() == [540, 570]


def test_nothing_has_no_answer() -> None:
    many = BulkTime(BERLIN_OFFICE)
    for found in (many.elapsed([], []), many.deadline([], []), many.next_open([]), many.elapsed([], [], bulk.Pauses([], [], []))):
        assert found.tolist() == []
        assert found.dtype == np.int64


def test_a_calendar_that_is_never_open() -> None:
    never = BulkTime(Intersection(()))
    assert never.deadline([5, 7], 0).tolist() == [5, 7]
    assert never.elapsed([5], [10**9]).tolist() == [0]
    with pytest.raises(TimeError, match="there are no 3 more seconds of business time after 1970-01-01T00:00:07Z"):
        never.deadline([5, 7], [0, 3])


@pytest.mark.parametrize("wrong", [EARLIEST - 1, LATEST + 1])
def test_times_that_nobody_lives_in(wrong: int) -> None:
    many = BulkTime(Always())
    for ask in (
        lambda: many.elapsed([0, wrong], [1, 1]),
        lambda: many.elapsed([0], [1], bulk.Pauses([0], [wrong], [2])),
        lambda: many.deadline([wrong], 1),
        lambda: many.is_open([wrong]),
    ):
        with pytest.raises(TimeError, match="not between the years 1900 and 2300"):
            ask()


def test_what_are_no_whole_seconds_and_no_clocks() -> None:
    many = BulkTime(Always())
    with pytest.raises(TypeError, match="whole seconds, not float64"):
        many.elapsed([0.5], [1])
    with pytest.raises(TimeError, match="after -1 seconds lies in the past"):
        many.deadline([0, 0], [5, -1])
    with pytest.raises(IndexError, match="a clock that is not there; there are 1"):
        many.elapsed([0], [9], bulk.Pauses([1], [2], [3]))


def test_edges_of_what_is_known() -> None:
    many = BulkTime(Always())
    assert many.elapsed([EARLIEST], [LATEST]).tolist() == [LATEST - EARLIEST]
    assert many.deadline([EARLIEST], LATEST - EARLIEST).tolist() == [LATEST]
