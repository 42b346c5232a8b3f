"""Calendars as time intervals: exact to the minute within the years, whatever the calendar and the zone."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from meaning import is_in

from slo_gen.alertmanager.configuration import Moments, TimeSpan
from slo_gen.alertmanager.hours import Hours, hours_of, zone_of
from slo_gen.outputs.alertmanager_text import weekday_ranges
from slo_gen.timekeeping.calendars import Always, Calendar, Difference, Intersection, Union, Weekly, WholeDays, replace_days, week
from slo_gen.timekeeping.days import FixedDates, PublicHolidays
from slo_gen.timekeeping.zones import local, zone

BERLIN = "Europe/Berlin"
OFFICE = Weekly(BERLIN, week({"mon-fri": ["08:00-18:00"]}))


def at(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


def is_open(hours: Hours, instant: int) -> bool:
    return (hours.active is None or is_in(hours.active, instant)) and not (hours.closed is not None and is_in(hours.closed, instant))


def shown_twice(instant: int, timezone: str) -> bool:
    shown = local(instant, zone(timezone))
    return shown.utcoffset() != shown.replace(fold=1 - shown.fold).utcoffset()


CALENDARS: dict[str, Calendar] = {
    "office": OFFICE,
    "holidays": Difference(OFFICE, (WholeDays(BERLIN, PublicHolidays("DE", "BE")),)),
    "special": replace_days(OFFICE, BERLIN, {date(2026, 11, 28): [(32_400, 61_200)], date(2026, 11, 30): []}),
    "night": Weekly(BERLIN, week({"fri": ["22:00-06:00"], "sun": ["01:30-02:30"], "sat": ["00:00-24:00"]})),
    "two zones": Union((OFFICE, Weekly("America/New_York", week({"mon-fri": ["09:00-17:00"]})))),
    "all but holidays": Difference(Always(), (WholeDays(BERLIN, FixedDates(((date(2026, 12, 25), ""),))),)),
    "lord howe": Weekly("Australia/Lord_Howe", week({"sun": ["01:00-03:00"], "mon-sat": ["00:15-23:45"]})),
    "never": Intersection(()),
}


@pytest.mark.parametrize("timezone", ["", "UTC"])
@pytest.mark.parametrize("name", CALENDARS)
def test_intervals_are_the_calendar(name: str, timezone: str) -> None:
    calendar = CALENDARS[name]
    where = timezone or zone_of(calendar)
    hours = hours_of(name, calendar, (2026, 2026), where)
    start, end = at("2026-01-02"), at("2026-12-31")
    spans = calendar.spans(start, end)
    edges = {edge + step for span in spans for edge in span for step in (-60, 0) if start <= edge + step < end}
    for instant in sorted({*range(start, end, 4 * 3600), *edges}):
        if not shown_twice(instant, where):
            assert is_open(hours, instant) == (instant in spans), datetime.fromtimestamp(instant, UTC)


SPAN = st.lists(st.integers(0, 1440), min_size=2, max_size=2, unique=True).map(lambda span: (min(span) * 60, max(span) * 60))
DAY = st.lists(SPAN, max_size=2).map(lambda spans: tuple(sorted(spans)))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(DAY, min_size=7, max_size=7), st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 12, 31)), DAY, max_size=5),
    st.lists(st.integers(at("2026-01-02"), at("2026-12-30")), min_size=30, max_size=30), st.sampled_from([BERLIN, "America/St_Johns"]),
)
def test_any_week_with_any_days_of_their_own(
    hours: list[tuple[tuple[int, int], ...]], own: dict[date, tuple[tuple[int, int], ...]], instants: list[int], timezone: str
) -> None:
    calendar = replace_days(Weekly(timezone, tuple(hours)), timezone, own)
    intervals = hours_of("any", calendar, (2026, 2026), timezone)
    spans = calendar.spans(at("2025-12-31"), at("2027-01-02"))
    for instant in instants:
        if not shown_twice(instant, timezone):
            assert is_open(intervals, instant) == (instant in spans)


def test_around_the_clock_needs_no_interval() -> None:
    assert hours_of("always", Always(), (2026, 2027), "UTC") == Hours(None, None)
    assert hours_of("always", Weekly(BERLIN, week({"mon-sun": ["00:00-24:00"]})), (2026, 2027), BERLIN) == Hours(None, None)


def test_a_week_is_small_and_has_no_end() -> None:
    hours = hours_of("office", OFFICE, (2026, 2026), BERLIN)
    assert hours.closed is None
    assert hours.active is not None
    assert hours.active.moments == (Moments((TimeSpan(480, 1080),), weekdays=(0, 1, 2, 3, 4)),)
    assert is_open(hours, at("2031-07-01T10:00"))


def test_in_a_zone_of_its_own_the_clock_change_is_in_the_week() -> None:
    in_utc = hours_of("office", OFFICE, (2026, 2026), "UTC")
    assert in_utc.closed is not None
    assert len(in_utc.closed.moments) < 12


def test_days_of_the_week_as_alertmanager_counts_them() -> None:
    assert weekday_ranges((0, 1, 2, 3, 4)) == ["monday:friday"]
    assert weekday_ranges((4, 5, 6)) == ["sunday", "friday:saturday"]
    assert weekday_ranges(range(7)) == ["sunday:saturday"]
