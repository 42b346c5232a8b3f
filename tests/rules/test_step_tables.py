"""Tables of instants say what the calendars say: of every minute, and of every stretch since the start of a period."""

from __future__ import annotations

import random
from datetime import date

import pytest

from slo_gen.rules.calendar_tables import Horizon
from slo_gen.rules.step_tables import Mask, Steps, mask_of
from slo_gen.timekeeping.calendars import Calendar, Difference, Union, Weekly, WholeDays, week
from slo_gen.timekeeping.days import PublicHolidays
from slo_gen.timekeeping.periods import Periods
from slo_gen.timekeeping.spans import Spans

HORIZON = Horizon.around(date(2026, 7, 1))
ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "Africa/Cairo")


def value(text: str, at: int) -> float:
    """A scalar of our own tables: comparisons and arithmetic, which Python reads in the same way."""
    found = eval(text.replace("time()", "at").replace("bool ", ""), {"at": at})
    assert isinstance(found, int | float)
    return found


def calendars(zone: str) -> list[Calendar]:
    office = Weekly(zone, week({"mon-fri": ["08:00-18:00"], "sat": ["09:00-12:00"]}))
    office_days = Difference(office, (WholeDays(zone, PublicHolidays("DE", "BE")),))
    nights = Weekly(zone, week({"mon-sun": ["22:00-03:00"]}))
    return [office_days, nights, Union((office_days, Weekly(zone, week({"fri": ["20:00-23:00"]}))))]


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("place", range(3))
def test_masks_are_exact_to_the_second(zone: str, place: int) -> None:
    periods = Periods("month", zone).between(HORIZON.start, HORIZON.end)
    start, end = periods[0].start, periods[-1].end
    odd = start + 40 * 86_400
    spans = calendars(zone)[place].spans(start, end) - Spans(((odd + 37, odd + 1234), (odd + 5000, odd + 5030)))
    mask = mask_of(spans, 60, start, end, [zone, "UTC"])
    assert mask.week
    seconds, elapsed = mask.seconds_text(), mask.elapsed_text([period.start for period in periods])
    dice = random.Random(zone)
    edges = [edge + shift for edge in dice.sample(list(mask.edges()), 60) for shift in (-60, 0, 60)]
    firsts = [period.start + shift for period in periods for shift in (60, 120)]
    for mark in (*edges, *firsts, *(dice.randrange(start // 60 + 1, end // 60) * 60 for _ in range(200)), odd // 60 * 60 + 60):
        if start < mark <= end:
            began = max(period.start for period in periods if period.start < mark)
            assert value(seconds, mark) == spans.clip(mark - 60, mark).seconds
            assert value(elapsed, mark) == spans.clip(began, mark).seconds == mask.between(began, mark)


def test_all_time_needs_no_table() -> None:
    mask = mask_of(Spans(((0, 86_400),)), 60, 0, 86_400)
    assert mask.is_whole
    assert value(mask.elapsed_text([0, 3600]), 7200) == 3600


def test_few_spans_need_no_week() -> None:
    mask = mask_of(Spans(((600, 1200), (7200, 7260))), 60, 0, 86_400, ["UTC"])
    assert mask == Mask(60, 0, 86_400, Steps(((600, 60), (1200, -60), (7200, 60), (7260, -60))))


def test_office_hours_of_two_years_are_a_week_and_its_holidays() -> None:
    spans = calendars("Europe/Berlin")[0].spans(HORIZON.start, HORIZON.end)
    mask = mask_of(spans, 60, HORIZON.start, HORIZON.end, ZONES)
    assert len(spans.items) > 600
    assert mask.terms < 150


def test_tables_are_the_same_all_year() -> None:
    assert Horizon.around(date(2026, 1, 1)) == Horizon.around(date(2026, 12, 31)) != Horizon.around(date(2027, 1, 1))
