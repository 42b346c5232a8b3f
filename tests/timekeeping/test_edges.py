"""Edges of business time that random examples meet too seldom: pauses that begin when time is up, ends of timetables, ends of months."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

import numpy as np
import pytest

from slo_gen.timekeeping.bulk import BulkTime, Pauses
from slo_gen.timekeeping.business import Boundary, BusinessTime
from slo_gen.timekeeping.calendars import Always, ByDate, Weekly, week
from slo_gen.timekeeping.durations import add_duration
from slo_gen.timekeeping.spans import Spans
from slo_gen.timekeeping.zones import LATEST, TimeError, is_zone, read_instant, write_instant, zone

UTC = zone("UTC")
OFFICE = Weekly("UTC", week({"mon-fri": ["08:00-18:00"]}))


def at(clock: str, day: int = 23) -> int:
    """A time of a Monday, the 23rd, or of another day of November 2026."""
    return read_instant(f"2026-11-{day}T{clock}", UTC)


# Start, seconds and pauses of a clock, and when its time is up: at the close, and at the next opening.
CLOCKS = [
    (at("09:00"), 7200, [(at("10:00"), at("12:00")), (at("13:00"), at("14:00"))], at("13:00"), at("14:00")),
    (at("09:00"), 7201, [(at("10:00"), at("12:00")), (at("13:00"), at("14:00"))], at("14:00:01"), at("14:00:01")),
    (at("09:00"), 3600, [], at("10:00"), at("10:00")),
    (at("17:00"), 3600, [], at("18:00"), at("08:00", 24)),
    (at("09:00"), 7200, [(at("08:00"), at("09:30")), (at("12:00"), at("12:00"))], at("11:30"), at("11:30")),
    (at("09:00"), 7200, [(at("09:00"), at("10:00")), (at("09:30"), at("11:00")), (at("11:30"), at("12:00"))], at("13:30"), at("13:30")),
    (at("16:00"), 7200, [(at("18:00"), at("20:00"))], at("18:00"), at("08:00", 24)),
    (at("16:00"), 7200, [(at("08:00", 24), at("09:00", 24))], at("18:00"), at("09:00", 24)),
    (at("09:00"), 0, [(at("09:00"), at("10:00"))], at("09:00"), at("10:00")),
]


@pytest.mark.parametrize("boundary", ["close", "next_open"])
def test_when_time_is_up_at_the_beginning_of_a_pause(boundary: Boundary) -> None:
    expected = [close if boundary == "close" else opening for *_, close, opening in CLOCKS]
    alone = [BusinessTime(OFFICE).deadline(start, seconds, Spans.of(pauses), boundary) for start, seconds, pauses, *_ in CLOCKS]
    assert list(map(write_instant, alone)) == list(map(write_instant, expected))
    of = [(place, pause) for place, (_, _, pauses, *_) in enumerate(CLOCKS) for pause in pauses]
    halts = Pauses([place for place, _ in of], [start for _, (start, _) in of], [end for _, (_, end) in of])
    found = BulkTime(OFFICE).deadline([clock[0] for clock in CLOCKS], [clock[1] for clock in CLOCKS], halts, boundary)
    assert found.tolist() == expected


def test_pauses_reach_beyond_the_timetable_of_their_clocks() -> None:
    """A pause of four years: the timetable that was made for the start ends in the middle of it."""
    years = (at("10:00"), at("10:00") + 4 * 365 * 86_400 + 86_400)
    alone = BusinessTime(OFFICE).deadline(at("09:00"), 7200, Spans.of([years]))
    assert BulkTime(OFFICE).deadline(at("09:00"), 7200, Pauses([0], [years[0]], [years[1]])).tolist() == [alone]
    assert alone > years[1]


def test_a_close_is_no_business_time_and_an_opening_is() -> None:
    assert BulkTime(OFFICE).is_open([at("07:59:59"), at("08:00"), at("17:59:59"), at("18:00")]).tolist() == [False, True, True, False]
    assert BulkTime(OFFICE).next_open([at("17:59:59"), at("18:00"), at("08:00", 24)]).tolist() == [at("17:59:59"), at("08:00", 24),
                                                                                              at("08:00", 24)]  # fmt: skip


def test_what_has_run_of_several_periods_at_their_edges() -> None:
    starts = [at("08:00")] * 4
    found = BulkTime(OFFICE).deadline(starts, [36_000, 36_001, 72_000, 72_001])
    assert found.tolist() == [at("18:00"), at("08:00:01", 24), at("18:00", 24), at("08:00:01", 25)]


def test_elapsed_pauses_that_touch_an_edge_take_nothing() -> None:
    halts = Pauses([0, 0, 1], [at("07:00"), at("12:00"), at("11:00")], [at("09:00"), at("13:00"), at("11:00")])
    assert BulkTime(OFFICE).elapsed([at("09:00")] * 2, [at("12:00")] * 2, halts).tolist() == [10_800, 10_800]


def test_pauses_of_the_second_clock_alone() -> None:
    halts = Pauses([1, 1], [at("12:00"), at("10:00")], [at("13:00"), at("11:00")])
    assert BulkTime(OFFICE).elapsed([at("09:00")] * 3, at("14:00"), halts).tolist() == [18_000, 10_800, 18_000]
    assert BulkTime(OFFICE).deadline([at("09:00")] * 3, 7200, halts).tolist() == [at("11:00"), at("13:00") - 3600, at("11:00")]


def test_numbers_of_any_whole_kind_are_taken() -> None:
    small = np.array([at("09:00")], dtype=np.uint32)
    assert BulkTime(OFFICE).elapsed(small, at("10:00")).tolist() == [3600]
    with pytest.raises(TypeError, match="whole seconds"):
        BulkTime(OFFICE).elapsed([0.5], [1.5])


def test_all_time_is_one_period_and_many_periods_go_beyond_a_timetable() -> None:
    assert BusinessTime(Always()).periods(at("09:00"), 1) == ((at("09:00"), LATEST),)
    for count in (1, 500, 522, 523, 1044):
        found = BusinessTime(OFFICE).periods(at("09:00"), count)
        expected = OFFICE.periods(at("09:00"), at("09:00") + 5 * 365 * 86_400)[:count]
        assert found == expected


# --- durations -------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("months", range(1, 30))
def test_months_end_where_the_month_ends(months: int) -> None:
    start = read_instant("2026-01-31T10:00", UTC)
    year, month = divmod(months, 12)
    last = monthrange(2026 + year, month + 1)[1]
    assert write_instant(add_duration(start, f"{months}mo", "UTC")) == f"{2026 + year}-{month + 1:02}-{last}T10:00:00Z"


@pytest.mark.parametrize(("written", "seconds"), [("1ms", 1), ("1000ms", 1), ("1001ms", 2), ("2000ms", 2), ("0ms", 0)])
def test_parts_of_a_second_are_rounded_up(written: str, seconds: int) -> None:
    assert add_duration(100, written, "UTC") == 100 + seconds


def test_a_business_day_may_be_its_first_second_alone() -> None:
    """Open from midnight for one second: the day still is a business day, and ends with that second."""
    calendar = ByDate("UTC", ((date(2026, 11, 24), ((0, 1),)),))
    assert write_instant(add_duration(at("12:00"), "1bd", "UTC", calendar)) == "2026-11-24T00:00:01Z"


@pytest.mark.parametrize("duration", ["1d", "1mo", "1y"])
def test_a_day_of_the_year_2300_may_be_in_2299_still(duration: str) -> None:
    """On Kiritimati the new year begins 14 hours before it does in London."""
    there = zone("Pacific/Kiritimati")
    start = {"1d": "2299-12-31T00:30", "1mo": "2299-12-01T00:30", "1y": "2299-01-01T00:30"}[duration]
    assert write_instant(add_duration(read_instant(start, there), duration, "Pacific/Kiritimati")) == "2299-12-31T10:30:00Z"


@pytest.mark.parametrize("duration", ["1d", "1w", "1mo", "1y", "999999999999d", "999999999999mo", "8000y1d"])
@pytest.mark.parametrize("where", ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "America/New_York"])
def test_what_ends_after_all_time_is_told(duration: str, where: str) -> None:
    with pytest.raises(TimeError, match="the time is not between the years 1900 and 2300"):
        add_duration(LATEST, duration, where)


def test_a_zone_that_is_none_is_told_from_one_that_is() -> None:
    assert is_zone("Europe/Berlin")
    assert not is_zone("Europe/Nowhere")
    with pytest.raises(TimeError):
        add_duration(0, "1d", "Europe/Nowhere")
