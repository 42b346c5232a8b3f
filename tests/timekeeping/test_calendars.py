"""Calendars open and close as a clock on the wall of their zone says, looked at minute by minute."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slo_gen.timekeeping.calendars import Always, Calendar, Difference, Intersection, Union, Weekly, WholeDays, replace_days, week
from slo_gen.timekeeping.days import (
    AllDays,
    AnyDays,
    DateRange,
    Days,
    DaysExcept,
    FixedDates,
    PublicHolidays,
    YearlyRange,
    _table,
    has_holidays,
    known_until,
)
from slo_gen.timekeeping.spans import Spans
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
    (YearlyRange((12, 24), (12, 24), "Eve"), date(2030, 12, 24), "Eve"),
    (DateRange(date(2026, 8, 1), date(2026, 8, 15), "summer"), date(2026, 8, 15), "summer"),
    (DateRange(date(2026, 8, 1), date(2026, 8, 15), "summer"), date(2026, 8, 16), None),
    (DateRange(date(2026, 8, 1), date(2026, 8, 15), "summer"), date(2026, 8, 1), "summer"),
    (YearlyRange((12, 24), (12, 24), "Eve"), date(2030, 12, 25), None),
    (AnyDays((YearlyRange((12, 24), (12, 24)),)), date(2030, 12, 25), None),
    (AllDays((YearlyRange((12, 24), (12, 24), "first"), YearlyRange((12, 24), (12, 24), "second"))), date(2030, 12, 24), "first"),
    (DaysExcept(YearlyRange((12, 24), (12, 24), "Eve"), frozenset({date(2026, 12, 24)})), date(2027, 12, 24), "Eve"),
    (AnyDays((PublicHolidays("DE"), PublicHolidays("FR"))), date(2026, 7, 14), ""),
    (AllDays((PublicHolidays("DE"), PublicHolidays("FR"))), date(2026, 7, 14), None),
    (AllDays((PublicHolidays("DE"), PublicHolidays("FR"))), date(2026, 5, 1), ""),
    (AllDays(()), date(2026, 5, 1), None),
    (DaysExcept(PublicHolidays("DE"), frozenset({date(2026, 5, 1)})), date(2026, 5, 1), None),
])  # fmt: skip
def test_holidays(days: Days, kept: date, other: str | None) -> None:
    found = days.name_of(kept)
    assert found is None if other is None else found is not None and other in found


@pytest.mark.parametrize(("days", "year", "expected"), [
    (YearlyRange((12, 24), (1, 2)), 2027, ["01-01", "01-02", *(f"12-{day}" for day in range(24, 32))]),
    (YearlyRange((2, 28), (3, 1)), 2027, ["02-28", "03-01"]),
    (YearlyRange((2, 28), (3, 1)), 2028, ["02-28", "02-29", "03-01"]),
    (YearlyRange((2, 29), (2, 29)), 2027, []),
    (YearlyRange((2, 29), (2, 29)), 2028, ["02-29"]),
    (YearlyRange((4, 30), (4, 30)), 2026, ["04-30"]),
    (DateRange(date(2026, 12, 30), date(2027, 1, 2)), 2026, ["12-30", "12-31"]),
    (DateRange(date(2026, 12, 30), date(2027, 1, 2)), 2027, ["01-01", "01-02"]),
])  # fmt: skip
def test_all_days_of_a_year(days: Days, year: int, expected: list[str]) -> None:
    each = (date.fromordinal(number) for number in range(date(year, 1, 1).toordinal(), date(year + 1, 1, 1).toordinal()))
    found = {f"{day:%m-%d}": days.name_of(day) for day in each}
    assert {day for day, name in found.items() if name is not None} == set(expected)
    assert set(found.values()) <= {None, ""}


def test_names_of_holidays_do_not_depend_on_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    for language in ("C", "de_DE.UTF-8", "fr"):
        monkeypatch.setenv("LANGUAGE", language)
        monkeypatch.setenv("LC_ALL", language)
        _table.cache_clear()
        assert PublicHolidays("DE").name_of(date(2026, 12, 26)) == "Second Day of Christmas"
        assert PublicHolidays("GB", "ENG").name_of(date(2026, 12, 25)) == "Christmas Day"


def test_a_table_that_ends_says_when_and_no_more(recwarn: pytest.WarningsRecorder) -> None:
    _table.cache_clear()
    assert PublicHolidays("IN").name_of(date(2036, 1, 26)) == "Republic Day"
    assert PublicHolidays("IN").name_of(date(2101, 1, 26)) is None
    assert recwarn.list == []
    assert known_until("DE") == 2100
    assert known_until("LK") < 2100


@pytest.mark.parametrize(("place", "known"), [(("DE",), True), (("DE", "BE"), True), (("DE", "XX"), False), (("XX",), False)])
def test_whether_holidays_are_known(place: tuple[str, ...], known: bool) -> None:
    assert has_holidays(*place) is known


@pytest.mark.parametrize(("hours", "message"), [
    ({"mon-fry": ["08:00-18:00"]}, "write them like mon-fri or sat"),
    ({"mon": ["8-18"]}, "write it like 08:00, at most 24:00"),
    ({"mon": ["08:00"]}, "write them like 08:00-18:00"),
    ({"mon": ["24:00-08:00"]}, "write 00:00 of the next day"),
    ({"mon": ["08:00-24:30"]}, "at most 24:00"),
    ({"mon": ["08:00-09:60"]}, "at most 24:00"),
    ({"mon": ["0800-0900"]}, "at most 24:00"),
    ({"mon": ["08:00:00-09:00"]}, "at most 24:00"),
    ({"mon": ["08:00-09:00-10:00"]}, "'09:00-10:00' is no time of day; write it like 08:00, at most 24:00"),
])  # fmt: skip
def test_what_is_no_week(hours: dict[str, list[str]], message: str) -> None:
    with pytest.raises(TimeError, match=message):
        week(hours)


@pytest.mark.parametrize(("hours", "days", "spans"), [
    ({"sat-mon": ["08:59-09:01"]}, (0, 5, 6), ((32_340, 32_460),)),
    ({"sun": ["00:00-00:00"]}, (6,), ((0, 86_400),)),
    ({"tue": ["22:00-06:00"]}, (1,), ((79_200, 108_000),)),
])  # fmt: skip
def test_a_week(hours: dict[str, list[str]], days: tuple[int, ...], spans: tuple[tuple[int, int], ...]) -> None:
    assert week(hours) == tuple(spans if day in days else () for day in range(7))


def test_a_range_without_time_holds_nothing() -> None:
    noon = instant("2026-06-01T12:00Z")
    for calendar in (Always(), Weekly("UTC", week({"mon-sun": ["00:00-24:00"]}))):
        assert calendar.periods(noon, noon) == ()
        assert calendar.periods(noon, noon - 1) == ()


def test_a_range_that_ends_where_hours_begin_holds_none_of_them() -> None:
    morning = Weekly("UTC", week({"mon-sun": ["08:00-12:00"]}))
    opens = instant("2026-06-01T08:00Z")
    assert morning.periods(opens - 3600, opens) == ()
    assert morning.periods(opens + 4 * 3600, opens + 5 * 3600) == ()


def test_hours_that_a_clock_skips_as_a_whole_are_no_period() -> None:
    skipped = Weekly("Europe/Berlin", week({"sun": ["02:00-03:00"]}))
    assert skipped.periods(instant("2026-03-29T00:00Z"), instant("2026-03-30T00:00Z")) == ()


def test_the_days_around_one_that_a_zone_skips() -> None:
    apia = Weekly("Pacific/Apia", week({"mon-sun": ["08:00-17:00"]}))
    found = apia.periods(instant("2011-12-29T10:00Z"), instant("2012-01-01T10:00Z"))
    assert [local(opens, zone("Pacific/Apia")).day for opens, _ in found] == [29, 31, 1]


def test_a_zone_far_ahead_of_utc() -> None:
    first = Weekly("Pacific/Kiritimati", week({"thu": ["00:00-08:00"]}))
    start, end = instant("2025-12-31T10:00Z"), instant("2025-12-31T18:00Z")
    assert first.periods(start, start + 3600) == ((start, start + 3600),)
    assert first.periods(start - DAY, end + DAY) == ((start, end),)


def test_whole_days_are_periods_of_their_own_and_the_range_cuts_them() -> None:
    days = WholeDays("Europe/Berlin", DateRange(date(2026, 3, 28), date(2026, 3, 29)))
    first, second, end = (instant(text) for text in ("2026-03-27T23:00Z", "2026-03-28T23:00Z", "2026-03-29T22:00Z"))
    assert days.periods(first - DAY, end + DAY) == ((first, second), (second, end))
    assert days.periods(first + 1, end - 1) == ((first + 1, second), (second, end - 1))
    assert days.periods(second, second + 5) == ((second, second + 5),)


def test_a_day_of_a_changed_clock_and_the_days_beside_it() -> None:
    """The hour that Berlin skipped is missing on the 29th only, whichever part of the three days is asked for."""
    morning = Weekly("Europe/Berlin", week({"mon-sun": ["01:00-04:00"]}))
    start, end = instant("2026-03-27T23:00Z"), instant("2026-03-30T22:00Z")
    found = morning.periods(start, end)
    assert [closes - opens for opens, closes in found] == [3 * 3600, 2 * 3600, 3 * 3600]
    assert found[0][0] == instant("2026-03-28T00:00Z")


def test_clocks_that_are_changed_twice_within_a_day() -> None:
    """Liberia set its clocks by 44:30 in 1972; a zone that goes forth and back on one day leaves the day 24 hours long."""
    gone = Weekly("Africa/Monrovia", week({"fri": ["00:00-12:00"]}))
    start = instant("1972-01-06T12:00Z")
    assert gone.spans(start, start + 2 * DAY) == Spans(((instant("1972-01-07T00:44:30Z"), instant("1972-01-07T12:00Z")),))
