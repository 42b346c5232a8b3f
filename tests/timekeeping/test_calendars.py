"""Calendars open and close as a clock on the wall of their zone says, looked at minute by minute."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slo_gen.timekeeping.calendars import Always, Calendar, Difference, Intersection, Union, Weekly, WholeDays, replace_days, week
from slo_gen.timekeeping.days import AllDays, AnyDays, DateRange, Days, DaysExcept, FixedDates, PublicHolidays, YearlyDate
from slo_gen.timekeeping.zones import TimeError, local, read_instant, zone

ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"]
MINUTE, DAY = 60, 86_400


def instant(text: str) -> int:
    return read_instant(text, zone("UTC"))


def hours(*spans: tuple[int, int]) -> list[str]:
    return [f"{a // 60:02}:{a % 60:02}-{b // 60:02}:{b % 60:02}" for a, b in spans]


@settings(max_examples=60)
@given(
    st.sampled_from(ZONES),
    st.lists(st.tuples(st.integers(0, 22), st.integers(1, 23)).map(lambda t: (t[0] * 60, min(24, t[0] + t[1]) * 60)), max_size=3),
    st.sampled_from(["2026-03-28", "2026-10-24", "2026-10-03", "2026-04-04", "2026-11-01", "2026-04-23", "2026-07-01"]),
)
def test_hours_of_every_day_are_those_that_the_wall_shows(where: str, spans: list[tuple[int, int]], day: str) -> None:
    """Whole hours, so that what a changed clock skips or repeats is the only thing to tell: shown time that is open is open."""
    calendar = Weekly(where, week({"mon-sun": hours(*spans)}))
    start = instant(day)
    found = calendar.spans(start, start + 3 * DAY)
    for at in range(start, start + 3 * DAY, 15 * MINUTE):
        shown = local(at, zone(where))
        minutes = shown.hour * 60 + shown.minute
        steady = local(at - 2 * 3600, zone(where)).utcoffset() == local(at + 2 * 3600, zone(where)).utcoffset()
        if steady:
            assert (at in found) == any(a <= minutes < b for a, b in spans), shown


def test_a_night_shift_through_a_clock_change() -> None:
    night = Weekly("Europe/Berlin", week({"sat": ["22:00-06:00"]}))
    assert night.spans(instant("2026-03-28T00:00Z"), instant("2026-03-30T00:00Z")).seconds == 7 * 3600
    assert night.spans(instant("2026-10-24T00:00Z"), instant("2026-10-26T00:00Z")).seconds == 9 * 3600
    assert night.spans(instant("2026-07-04T00:00Z"), instant("2026-07-06T00:00Z")).seconds == 8 * 3600


def test_hours_in_a_skipped_hour_move_and_a_skipped_day_has_none() -> None:
    early = Weekly("Europe/Berlin", week({"sun": ["02:00-04:00"]}))
    moved = (instant("2026-03-29T01:00Z"), instant("2026-03-29T02:00Z"))
    assert early.periods(instant("2026-03-29T00:00Z"), instant("2026-03-29T12:00Z")) == (moved,)
    apia = Weekly("Pacific/Apia", week({"fri": ["08:00-17:00"]}))
    assert apia.spans(instant("2011-12-29T00:00Z"), instant("2012-01-02T00:00Z")).seconds == 0


@given(st.integers(-5, 400), st.integers(0, 400), st.integers(0, 60))
def test_a_range_is_the_sum_of_its_parts(first: int, length: int, part: int) -> None:
    base = instant("2026-03-20")
    calendar = Difference(Weekly("Europe/Berlin", week({"mon-fri": ["08:00-12:00", "13:00-18:00"], "sat": ["22:00-03:00"]})), (
        WholeDays("Europe/Berlin", FixedDates(((date(2026, 3, 27), ""),))),
    ))
    start, end = base + first * 1800, base + (first + length) * 1800
    middle = min(end, start + part * 1700)
    whole = calendar.spans(start, end)
    assert whole == calendar.spans(start, middle) | calendar.spans(middle, end)


@given(st.integers(0, 20), st.integers(0, 20))
def test_calendars_of_calendars(a: int, b: int) -> None:
    one: Calendar = Weekly("UTC", week({"mon-fri": [f"{a:02}:00-{a + 3:02}:00"]}))
    other: Calendar = Weekly("UTC", week({"wed-sun": [f"{b:02}:00-{b + 4:02}:00"]}))
    start, end = instant("2026-06-01"), instant("2026-06-15")
    mine, theirs = one.spans(start, end), other.spans(start, end)
    assert Union((one, other)).spans(start, end) == mine | theirs
    assert Intersection((one, other)).spans(start, end) == mine & theirs
    assert Difference(one, (other,)).spans(start, end) == mine - theirs
    assert Intersection((one, Always())).spans(start, end) == mine
    assert Intersection(()).spans(start, end).seconds == 0


def test_special_days_replace_the_week() -> None:
    office = Weekly("UTC", week({"mon-fri": ["08:00-18:00"]}))
    special = replace_days(office, "UTC", {date(2026, 6, 6): [(8 * 3600, 12 * 3600)], date(2026, 6, 5): []})
    assert special.spans(instant("2026-06-01"), instant("2026-06-08")).seconds == (4 * 10 + 4) * 3600


@pytest.mark.parametrize(("days", "kept", "other"), [
    (PublicHolidays("DE", "BE"), date(2026, 3, 9), None),
    (PublicHolidays("DE", "BE"), date(2026, 3, 8), "Women"),
    (PublicHolidays("DE"), date(2026, 10, 3), "Unity"),
    (YearlyDate(12, 24, "Eve"), date(2030, 12, 24), "Eve"),
    (DateRange(date(2026, 8, 1), date(2026, 8, 15), "summer"), date(2026, 8, 15), "summer"),
    (DateRange(date(2026, 8, 1), date(2026, 8, 15), "summer"), date(2026, 8, 16), None),
    (AnyDays((PublicHolidays("DE"), PublicHolidays("FR"))), date(2026, 7, 14), ""),
    (AllDays((PublicHolidays("DE"), PublicHolidays("FR"))), date(2026, 7, 14), None),
    (AllDays((PublicHolidays("DE"), PublicHolidays("FR"))), date(2026, 5, 1), ""),
    (AllDays(()), date(2026, 5, 1), None),
    (DaysExcept(PublicHolidays("DE"), frozenset({date(2026, 5, 1)})), date(2026, 5, 1), None),
])  # fmt: skip
def test_holidays(days: Days, kept: date, other: str | None) -> None:
    found = days.name_of(kept)
    assert found is None if other is None else found is not None and other in found


@pytest.mark.parametrize(("hours", "message"), [
    ({"mon-fry": ["08:00-18:00"]}, "write them like mon-fri or sat"),
    ({"mon": ["8-18"]}, "write it like 08:00, at most 24:00"),
    ({"mon": ["08:00"]}, "write them like 08:00-18:00"),
    ({"mon": ["24:00-08:00"]}, "write 00:00 of the next day"),
    ({"mon": ["08:00-24:30"]}, "at most 24:00"),
])  # fmt: skip
def test_what_is_no_week(hours: dict[str, list[str]], message: str) -> None:
    with pytest.raises(TimeError, match=message):
        week(hours)
