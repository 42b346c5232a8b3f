"""Durations end where a reader of the contract would put them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from business_calendars import BERLIN_OFFICE, ZONES, calendars, instant, instants
from hypothesis import given, settings
from hypothesis import strategies as st

from slo_gen.timekeeping.business import business_time
from slo_gen.timekeeping.calendars import Always, Calendar, Difference, Intersection, Weekly, WholeDays, week
from slo_gen.timekeeping.days import PublicHolidays
from slo_gen.timekeeping.durations import add_duration, read_duration
from slo_gen.timekeeping.zones import LATEST, TimeError, at, day_of, local, read_instant, zone

BERLIN = zone("Europe/Berlin")
OFFICE = Difference(BERLIN_OFFICE, (WholeDays("Europe/Berlin", PublicHolidays("DE", "BE")),))


def later(start: str, duration: str, calendar: Calendar = OFFICE, where: str = "Europe/Berlin") -> str:
    """Where a duration ends, as a clock in the zone shows it."""
    return local(add_duration(read_instant(start, zone(where)), duration, where, calendar), zone(where)).strftime("%a %Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(("start", "duration", "end"), [
    # time as it passes, through a change of the clocks
    ("2026-03-28T12:00", "24h", "Sun 2026-03-29 13:00:00"),
    ("2026-06-01T12:00", "15m", "Mon 2026-06-01 12:15:00"),
    ("2026-06-01T12:00", "1h30m20s", "Mon 2026-06-01 13:30:20"),
    ("2026-06-01T12:00", "1ms", "Mon 2026-06-01 12:00:01"),
    ("2026-06-01T12:00", "2000ms", "Mon 2026-06-01 12:00:02"),
    ("2026-06-01T12:00", "0", "Mon 2026-06-01 12:00:00"),
    # days, weeks and months of the zone
    ("2026-03-28T12:00", "1d", "Sun 2026-03-29 12:00:00"),
    ("2026-03-28T02:30", "1d", "Sun 2026-03-29 03:30:00"),
    ("2026-10-24T02:30:15", "1d", "Sun 2026-10-25 02:30:15"),
    ("2026-03-28T12:00", "2w", "Sat 2026-04-11 12:00:00"),
    ("2026-01-31T09:00", "1mo", "Sat 2026-02-28 09:00:00"),
    ("2024-01-31T09:00", "1mo", "Thu 2024-02-29 09:00:00"),
    ("2024-02-29T00:00", "1y", "Fri 2025-02-28 00:00:00"),
    ("2024-02-29T00:00", "4y", "Tue 2028-02-29 00:00:00"),
    ("2026-12-01T00:00", "12mo", "Wed 2027-12-01 00:00:00"),
    ("2026-11-30T00:00", "1mo", "Wed 2026-12-30 00:00:00"),
    ("2026-10-31T00:00", "25mo", "Thu 2028-11-30 00:00:00"),
    # business hours
    ("2026-06-05T17:00", "2bh", "Mon 2026-06-08 09:00:00"),
    ("2026-06-05T16:00", "2bh", "Fri 2026-06-05 18:00:00"),
    # business days: the day of the event does not count, be it early or late
    ("2026-06-03T00:00:01", "1bd", "Thu 2026-06-04 18:00:00"),
    ("2026-06-03T07:00", "1bd", "Thu 2026-06-04 18:00:00"),
    ("2026-06-03T12:00", "1bd", "Thu 2026-06-04 18:00:00"),
    ("2026-06-03T23:59:59", "1bd", "Thu 2026-06-04 18:00:00"),
    ("2026-06-06T12:00", "1bd", "Mon 2026-06-08 18:00:00"),
    ("2026-06-05T12:00", "3bd", "Wed 2026-06-10 18:00:00"),
    ("2026-12-23T12:00", "2bd", "Mon 2026-12-28 18:00:00"),
    # a period ends at a midnight, and the new day counts
    ("2026-06-01T00:00", "1bd", "Mon 2026-06-01 18:00:00"),
    ("2026-06-01T00:00", "5bd", "Fri 2026-06-05 18:00:00"),
    ("2026-11-01T00:00", "5bd", "Fri 2026-11-06 18:00:00"),
    ("2026-06-01T00:00", "0bd", "Mon 2026-06-01 00:00:00"),
    # one after another
    ("2026-06-03T12:00", "1bd4h", "Thu 2026-06-04 22:00:00"),
    ("2026-06-03T22:00", "4h1bd", "Fri 2026-06-05 18:00:00"),
    ("2026-06-03T12:00", "1mo2d", "Sun 2026-07-05 12:00:00"),
])  # fmt: skip
def test_where_durations_end(start: str, duration: str, end: str) -> None:
    assert later(start, duration) == end


@pytest.mark.parametrize(("start", "duration", "month_day", "end"), [
    ("2026-02-28T00:00", "2mo", 31, "Thu 2026-04-30 00:00:00"), ("2026-02-28T00:00", "1mo", 31, "Tue 2026-03-31 00:00:00"),
    ("2026-02-28T00:00", "2mo", 30, "Thu 2026-04-30 00:00:00"), ("2026-02-28T00:00", "2mo", 29, "Wed 2026-04-29 00:00:00"),
    ("2026-02-28T00:00", "2mo", 28, "Tue 2026-04-28 00:00:00"), ("2026-02-28T00:00", "2mo", 0, "Tue 2026-04-28 00:00:00"),
    ("2026-04-30T00:00", "1mo", 31, "Sun 2026-05-31 00:00:00"), ("2026-12-31T00:00", "2mo", 31, "Sun 2027-02-28 00:00:00"),
    ("2027-02-28T00:00", "1y", 31, "Tue 2028-02-29 00:00:00"), ("2027-02-28T00:00", "1y1mo", 30, "Thu 2028-03-30 00:00:00"),
    # only months that are counted from such an end keep its day
    ("2026-02-28T00:00", "0d1mo", 31, "Tue 2026-03-31 00:00:00"), ("2026-02-28T00:00", "1mo5d", 31, "Sun 2026-04-05 00:00:00"),
    ("2026-02-28T00:00", "5d1mo", 31, "Sun 2026-04-05 00:00:00"), ("2026-02-28T00:00", "24h1mo", 31, "Wed 2026-04-01 00:00:00"),
])  # fmt: skip
def test_months_that_begin_on_a_day_of_their_own_end_there(start: str, duration: str, month_day: int, end: str) -> None:
    found = add_duration(read_instant(start, BERLIN), duration, "Europe/Berlin", OFFICE, month_day)
    assert local(found, BERLIN).strftime("%a %Y-%m-%d %H:%M:%S") == end


def test_every_day_is_a_business_day_of_a_calendar_that_is_always_open() -> None:
    assert later("2026-03-28T12:00", "1bd", Always()) == "Mon 2026-03-30 00:00:00"
    assert later("2026-03-28T00:00", "1bd", Always()) == "Sun 2026-03-29 00:00:00"
    assert add_duration(instant("2026-06-01T10:00Z"), "2bd", "UTC") == instant("2026-06-04")


def test_a_night_shift_makes_a_business_day_of_the_day_on_which_it_ends() -> None:
    night = Weekly("Europe/Berlin", week({"fri": ["22:00-06:00"]}))
    assert later("2026-06-03T12:00", "1bd", night) == "Sat 2026-06-06 00:00:00"
    assert later("2026-06-03T12:00", "2bd", night) == "Sat 2026-06-06 06:00:00"


def test_the_zone_says_what_a_day_is() -> None:
    """The office of Berlin is open in the night of Auckland, on two of its dates."""
    assert later("2026-06-03T12:00", "1bd", OFFICE, "Pacific/Auckland") == "Fri 2026-06-05 00:00:00"
    assert later("2026-06-05T12:00", "1bd", OFFICE, "Pacific/Auckland") == "Sat 2026-06-06 04:00:00"


@settings(max_examples=60, deadline=None)
@given(calendars(), st.sampled_from(ZONES), instants(), st.integers(1, 6))
def test_business_days_are_the_days_of_the_zone_with_business_time(calendar: Calendar, where: str, start: int, days: int) -> None:
    there = zone(where)
    day = day_of(start, there)
    found: list[int] = []
    for _ in range(60):
        opens, closes = at(day, 0, there), at(day, 86_400, there)
        spans = calendar.spans(opens, closes)
        if opens >= start and spans:
            found.append(spans.items[-1][1])
        day += timedelta(days=1)
    if len(found) >= days:
        assert add_duration(start, f"{days}bd", where, calendar) == found[days - 1]


@settings(max_examples=60, deadline=None)
@given(calendars(), instants(), st.integers(1, 50))
def test_business_hours_are_business_time(calendar: Calendar, start: int, hours: int) -> None:
    try:
        end = add_duration(start, f"{hours}bh", "UTC", calendar)
    except TimeError:
        return
    assert business_time(calendar).elapsed(start, end) == hours * 3600


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(ZONES), instants(), st.integers(0, 800), st.sampled_from(["d", "w", "mo", "y", "bd"]))
def test_more_of_a_unit_never_ends_earlier(where: str, start: int, number: int, unit: str) -> None:
    number = number % 30 if unit == "y" else number
    assert add_duration(start, f"{number}{unit}", where) <= add_duration(start, f"{number + 1}{unit}", where)


@pytest.mark.parametrize("text", ["", "5", "d", "5 d", "1.5h", "-1d", "5M", "1h ", "00", "٣d"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(TimeError, match="is no duration; write it like 15m, 4h, 3bd, 90d or 12mo"):
        read_duration(text)


@pytest.mark.parametrize("unit", ["ms", "s", "m", "h", "d", "w", "mo", "y", "bh", "bd"])
def test_durations_that_never_end(unit: str) -> None:
    with pytest.raises(TimeError, match="longer than any contract lasts"):
        read_duration(f"1{'0' * 12}{unit}")
    calendar = Intersection(()) if unit in ("bh", "bd") else Always()
    with pytest.raises(TimeError, match="2300"):
        add_duration(LATEST - 1, f"999999999999{unit}", "UTC", calendar)
    assert read_duration(f"0000000000000000001{unit}") == ((1, unit),)
