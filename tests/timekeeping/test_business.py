"""Business time is what a look at each minute counts; deadlines and openings are where that count says."""

from __future__ import annotations

from itertools import pairwise

import pytest
from business_calendars import BERLIN_OFFICE, MINUTE, ZONES, Pauses, calendars, day_hours, instant, instants, pause_sets, stood_from
from hypothesis import given, settings
from hypothesis import strategies as st

from slo_gen.timekeeping.business import BusinessTime, Timetable, business_time
from slo_gen.timekeeping.calendars import Always, ByDate, Calendar, Intersection, Weekly, week
from slo_gen.timekeeping.spans import EMPTY, Spans
from slo_gen.timekeeping.zones import EARLIEST, LATEST, TimeError, local, zone

HOUR, DAY = 3600, 86_400


def open_minutes(calendar: Calendar, start: int, end: int, pauses: Spans = EMPTY) -> list[int]:
    """The minutes of a range in business time, each looked at by itself."""
    return [at for at in range(start, end, MINUTE) if calendar.periods(at, at + MINUTE) and at not in pauses]


@settings(max_examples=25, deadline=None)
@given(calendars(), instants(), st.integers(0, 2 * 1440), pause_sets())
def test_elapsed_is_what_each_minute_counts(calendar: Calendar, start: int, minutes: int, pauses: Pauses) -> None:
    stood = stood_from(start, pauses)
    end = start + minutes * MINUTE
    assert BusinessTime(calendar).elapsed(start, end, stood) == MINUTE * len(open_minutes(calendar, start, end, stood))


@settings(max_examples=25, deadline=None)
@given(calendars(), instants(), st.integers(0, 900), pause_sets(), st.sampled_from(["close", "next_open"]))
def test_a_deadline_is_where_the_minutes_run_out(calendar: Calendar, start: int, minutes: int, pauses: Pauses, boundary: str) -> None:
    stood = stood_from(start, pauses)
    running = open_minutes(calendar, start, start + 3 * DAY, stood)
    business = BusinessTime(calendar)
    if len(running) <= minutes:
        return
    closed = running[minutes - 1] + MINUTE if minutes else start
    expected = running[minutes] if boundary == "next_open" else closed
    assert business.deadline(start, minutes * MINUTE, stood, boundary) == expected  # type: ignore[arg-type]
    if minutes == 0 and not pauses:
        assert business.next_open(start) == running[0]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(ZONES), day_hours(), instants(), st.integers(0, 4 * 1440))
def test_elapsed_is_what_the_clock_on_the_wall_counts(where: str, hours: list[str], start: int, minutes: int) -> None:
    """Hours between 05:00 and 23:00, which no clock of these zones skips or repeats."""
    calendar = Weekly(where, week({"mon-sat": hours}))
    spans = [(int(text[:2]) * 60 + int(text[3:5]), int(text[6:8]) * 60 + int(text[9:11])) for text in hours]
    expected = 0
    for at in range(start, start + minutes * MINUTE, MINUTE):
        shown = local(at, zone(where))
        of_day = shown.hour * 60 + shown.minute
        expected += MINUTE * (shown.weekday() < 6 and any(a <= of_day < b for a, b in spans))
    assert BusinessTime(calendar).elapsed(start, start + minutes * MINUTE) == expected


@settings(max_examples=100, deadline=None)
@given(calendars(), st.tuples(st.integers(0, 2**33), st.integers(0, 40 * DAY), st.integers(0, 700 * DAY)), pause_sets())
def test_elapsed_adds_up(calendar: Calendar, at: tuple[int, int, int], pauses: Pauses) -> None:
    first, middle, last = sorted((at[0], at[0] + at[1], at[0] + at[2]))
    stood = stood_from(first, pauses)
    business = BusinessTime(calendar)
    assert business.elapsed(first, last, stood) == business.elapsed(first, middle, stood) + business.elapsed(middle, last, stood)


@settings(max_examples=60, deadline=None)
@given(calendars(), instants(), st.integers(1, 40 * DAY), pause_sets())
def test_a_deadline_and_what_has_elapsed_until_then_are_inverse(calendar: Calendar, start: int, seconds: int, pauses: Pauses) -> None:
    stood = stood_from(start, pauses)
    business = BusinessTime(calendar)
    try:
        close = business.deadline(start, seconds, stood)
    except TimeError:
        assert business.elapsed(start, LATEST, stood) < seconds
        return
    assert business.elapsed(start, close, stood) == seconds
    assert business.elapsed(start, close - 1, stood) == seconds - 1
    following = business.deadline(start, seconds, stood, "next_open")
    assert following >= close
    assert business.elapsed(start, following, stood) == seconds
    assert business.elapsed(start, following + 1, stood) == seconds + 1


@settings(max_examples=30, deadline=None)
@given(calendars(), instants(), st.integers(0, 30))
def test_periods_are_those_of_the_calendar(calendar: Calendar, start: int, count: int) -> None:
    end = start + 800 * DAY
    found = BusinessTime(calendar).periods(start, count)
    assert tuple((opens, min(closes, end)) for opens, closes in found if opens < end) == calendar.periods(start, end)[:count]
    assert all(one[1] <= other[0] for one, other in pairwise(found))
    assert len(found) <= count


@given(st.lists(st.tuples(st.integers(-10_000, 30_000), st.integers(0, 400)), min_size=2, max_size=6))
@settings(max_examples=20, deadline=None)
def test_answers_do_not_depend_on_what_was_asked_before(questions: list[tuple[int, int]]) -> None:
    """The timetable grows to both sides."""
    grown = BusinessTime(BERLIN_OFFICE)
    for day, length in questions:
        start, end = day * DAY, (day + length) * DAY
        assert grown.elapsed(start, end) == BusinessTime(BERLIN_OFFICE).elapsed(start, end)


def test_a_timetable_ends_at_blocks_of_two_years_and_grows_by_its_own_length_to_the_side_that_is_asked_for() -> None:
    block = 2 * 365 * DAY
    business, now = BusinessTime(BERLIN_OFFICE), instant("2026-06-01T10:00Z")
    first = now // block * block

    def reach(start: int, end: int) -> tuple[int, int]:
        table = business.timetable(start, end)
        return (table.start - first) // block, (table.end - first) // block

    assert reach(now, now) == (0, 1)
    assert (business.timetable(now, now).start, business.timetable(now, now).end) == (first, first + block)
    made = business.timetable(now, now)
    assert business.timetable(first, first + block - 1) is made
    assert reach(first, first + block) == (0, 2)             # its end is not in it
    assert reach(first - 1, first + 2 * block - 1) == (-2, 2)
    assert reach(now, first + 2 * block) == (-2, 6)
    assert reach(first - 2 * block - 1, now) == (-10, 6)
    made = business.timetable(now, now)
    longer = business.longer(made)
    assert (longer.start, longer.end) == (made.start, made.end + 16 * block)


def test_all_of_time_is_one_timetable() -> None:
    business = BusinessTime(Always())
    table = business.timetable(EARLIEST, LATEST)
    assert (table.start, table.end, table.is_last) == (EARLIEST, LATEST, True)
    assert business.timetable(EARLIEST, LATEST) is business.timetable(0, 0) is table


def test_reversed_and_empty_ranges_hold_nothing() -> None:
    business = BusinessTime(BERLIN_OFFICE)
    assert business.elapsed(instant("2026-06-02T10:00Z"), instant("2026-06-01T10:00Z")) == 0
    assert business.elapsed(instant("2026-06-02T10:00Z"), instant("2026-06-02T10:00Z")) == 0


def test_a_deadline_of_nothing_is_the_start_or_the_next_opening() -> None:
    business, evening = BusinessTime(BERLIN_OFFICE), instant("2026-06-02T20:00Z")
    assert business.deadline(evening, 0) == evening
    assert business.deadline(evening, 0, boundary="next_open") == instant("2026-06-03T06:00Z")
    inside = instant("2026-06-02T10:00Z")
    assert business.deadline(inside, 0, boundary="next_open") == business.next_open(inside) == inside


def test_a_deadline_on_the_close_is_the_close_or_the_next_opening() -> None:
    business, start = BusinessTime(BERLIN_OFFICE), instant("2026-06-05T06:00Z")
    assert business.deadline(start, 10 * HOUR) == instant("2026-06-05T16:00Z")
    assert business.deadline(start, 10 * HOUR, boundary="next_open") == instant("2026-06-08T06:00Z")
    pause = Spans(((instant("2026-06-05T08:00Z"), instant("2026-06-05T09:00Z")),))
    assert business.deadline(start, 2 * HOUR, pause) == instant("2026-06-05T08:00Z")
    assert business.deadline(start, 2 * HOUR, pause, "next_open") == instant("2026-06-05T09:00Z")


def test_a_pause_that_never_ends_stops_the_clock_for_good() -> None:
    business, start = BusinessTime(BERLIN_OFFICE), instant("2026-06-05T06:00Z")
    pause = Spans(((start + HOUR, LATEST),))
    assert business.deadline(start, HOUR, pause) == start + HOUR
    with pytest.raises(TimeError, match="there are no 3601 more seconds of business time after"):
        business.deadline(start, HOUR + 1, pause)


def test_a_calendar_that_never_opens_again_is_told() -> None:
    once = BusinessTime(ByDate("UTC", (((local(0, zone("UTC")).date()), ((0, HOUR),)),)))
    assert once.deadline(-DAY, HOUR) == HOUR
    with pytest.raises(TimeError, match="there is no more business time after 1970-01-01T01:00:00Z and before the year 2300"):
        once.next_open(HOUR)
    with pytest.raises(TimeError, match="no more business time after 1969-12-31T00:00:00Z"):
        BusinessTime(Intersection(())).next_open(-DAY)
    assert once.periods(-DAY, 5) == ((0, HOUR),)
    assert once.periods(HOUR, 5) == ()


def test_always_is_one_period_without_end() -> None:
    business = BusinessTime(Always())
    assert business.periods(7, 3) == ((7, LATEST),)
    assert business.deadline(7, 100) == business.deadline(7, 100, boundary="next_open") == 107
    assert business.elapsed(EARLIEST, LATEST) == LATEST - EARLIEST
    assert business.deadline(EARLIEST, LATEST - EARLIEST) == LATEST


@pytest.mark.parametrize("ask", [
    lambda business: business.elapsed(EARLIEST - 1, 0),
    lambda business: business.elapsed(0, LATEST + 1),
    lambda business: business.elapsed(LATEST + 1, LATEST + 1),
    lambda business: business.deadline(LATEST + 1, 0),
    lambda business: business.deadline(EARLIEST - 1, 1),
    lambda business: business.next_open(LATEST + 1),
    lambda business: business.periods(LATEST + 1, 1),
])  # fmt: skip
def test_times_that_nobody_lives_in(ask: object) -> None:
    business = BusinessTime(Always())
    business.elapsed(EARLIEST, LATEST)
    with pytest.raises(TimeError, match="not between the years 1900 and 2300"):
        ask(business)  # type: ignore[operator]


def test_no_deadline_lies_in_the_past() -> None:
    with pytest.raises(TimeError, match="lies in the past"):
        BusinessTime(Always()).deadline(0, -1)


def test_a_question_near_another_one_is_answered_by_the_same_timetable(monkeypatch: pytest.MonkeyPatch) -> None:
    made = []
    of = Timetable.of
    monkeypatch.setattr(Timetable, "of", lambda *arguments: made.append(arguments) or of(*arguments))
    business = BusinessTime(BERLIN_OFFICE)
    for day in range(365):
        business.deadline(instant("2026-01-01") + day * DAY, HOUR)
    assert len(made) <= 2


def test_equal_calendars_share_their_business_time() -> None:
    assert business_time(Weekly("UTC", week({"mon": ["08:00-09:00"]}))) is business_time(Weekly("UTC", week({"mon": ["08:00-09:00"]})))
