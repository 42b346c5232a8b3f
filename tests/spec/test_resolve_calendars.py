"""Calendar documents as calendars: made of each other, with holidays and days of their own."""

from __future__ import annotations

from datetime import date

import pytest
from catalogue_text import catalogue_of, problems_of, resolved

from slo_gen.timekeeping.calendars import Calendar
from slo_gen.timekeeping.spans import Spans
from slo_gen.timekeeping.zones import at, local, read_instant, zone

BERLIN = zone("Europe/Berlin")
OFFICE = """
kind: Calendar
metadata: {name: office}
spec:
  timezone: Europe/Berlin
  hours: {mon-fri: ["08:00-12:00", "13:00-18:00"]}
---
kind: Calendar
metadata: {name: saturdays}
spec: {timezone: Europe/Berlin, hours: {sat: ["09:00-15:00"]}}
---
kind: Calendar
metadata: {name: nights}
spec: {timezone: Europe/Berlin, hours: {wed: ["17:00-02:00"]}}
---
"""


def calendar(spec: str) -> Calendar:
    return catalogue_of(f"{OFFICE}kind: Calendar\nmetadata: {{name: it}}\nspec: {{timezone: Europe/Berlin, {spec}}}\n").calendars["it"]


def opened(calendar: Calendar, first: str, last: str) -> list[str]:
    """The open hours of some days as they show on a clock in Berlin."""
    start, end = at(date.fromisoformat(first), 0, BERLIN), at(date.fromisoformat(last), 86_400, BERLIN)
    return [shown(start, end) for start, end in calendar.spans(start, end)]


def shown(start: int, end: int) -> str:
    return f"{local(start, BERLIN):%a %H:%M}-{local(end, BERLIN):%H:%M}"


def test_hours_of_the_week() -> None:
    assert opened(calendar('hours: {fri-sat: ["10:00-11:00"]}'), "2026-06-01", "2026-06-07") == ["Fri 10:00-11:00", "Sat 10:00-11:00"]


def test_always_is_open_through_holidays_that_nobody_named() -> None:
    assert opened(calendar("always: true"), "2026-12-25", "2026-12-25") == ["Fri 00:00-00:00"]


@pytest.mark.parametrize(("spec", "expected"), [
    ("union_of: [office, saturdays]", ["Wed 08:00-12:00", "Wed 13:00-18:00", "Thu 08:00-12:00", "Thu 13:00-18:00", "Fri 08:00-12:00",
                                       "Fri 13:00-18:00", "Sat 09:00-15:00"]),
    ("intersection_of: [office, nights]", ["Wed 17:00-18:00"]),
    ("intersection_of: [nights, 24x7]", ["Wed 17:00-02:00"]),
    ("union_of: [nights], without: [office]", ["Wed 18:00-02:00"]),
    ("union_of: [nights], without: [office, 24x7]", []),
])  # fmt: skip
def test_calendars_of_calendars(spec: str, expected: list[str]) -> None:
    assert opened(calendar(spec), "2026-06-03", "2026-06-07") == expected


@pytest.mark.parametrize(("holidays", "closed"), [
    ("countries: [DE-BE]", {"2026-05-01", "2026-12-25"}),
    ("countries: [DE]", {"2026-05-01", "2026-12-25"}),
    ("countries: [DE-BY]", {"2026-05-01", "2026-06-04", "2026-12-25"}),
    ("countries: [DE-BY, FR]", {"2026-05-01", "2026-06-04", "2026-07-14", "2026-12-25"}),
    ("countries: [DE-BY, FR], combine: all", {"2026-05-01", "2026-12-25"}),
    ("countries: [DE-BY, FR], combine: all, dates: [{date: 2026-07-14}]", {"2026-05-01", "2026-07-14", "2026-12-25"}),
    ("countries: [DE-BY], except: [2026-06-04], dates: [{date: 2026-12-24, name: Eve}]", {"2026-05-01", "2026-12-24", "2026-12-25"}),
])  # fmt: skip
def test_holidays_close(holidays: str, closed: set[str]) -> None:
    found = calendar(f"union_of: [office], holidays: {{{holidays}}}")
    looked_at = ["2026-05-01", "2026-06-04", "2026-07-14", "2026-12-24", "2026-12-25"]
    assert {day for day in looked_at if not opened(found, day, day)} == closed


@pytest.mark.parametrize(("holidays", "closed"), [
    ("dates: [{date: 12-24, name: Eve}]", {"2026-12-24", "2027-12-24"}),
    ("dates: [{date: 12-24, until: 01-04}]", {"2026-12-24", "2026-12-28", "2027-01-04", "2027-12-24", "2027-12-28"}),
    ("dates: [{date: 2026-12-24, until: 2027-01-04}]", {"2026-12-24", "2026-12-28", "2027-01-04"}),
    ("dates: [{date: 12-24, until: 01-04}], except: [2026-12-28, 2027-01-04]", {"2026-12-24", "2027-12-24", "2027-12-28"}),
    ("dates: [{date: 2026-12-24, until: 2026-12-24}, {date: 12-28}]", {"2026-12-24", "2026-12-28", "2027-12-28"}),
    ("dates: [{date: 12-28}, {date: 12-28, until: 12-29}, {date: 2026-12-28}]", {"2026-12-28", "2027-12-28"}),
    ("countries: [DE], combine: all, dates: [{date: 02-29}]", set()),
])  # fmt: skip
def test_holidays_of_every_year_and_ranges(holidays: str, closed: set[str]) -> None:
    found = calendar(f"always: true, holidays: {{{holidays}}}")
    looked_at = ["2026-12-24", "2026-12-28", "2027-01-04", "2027-01-05", "2027-12-23", "2027-12-24", "2027-12-28"]
    assert {day for day in looked_at if not opened(found, day, day)} == closed


def test_special_days_override_the_week_and_the_holidays_but_not_what_is_taken_away() -> None:
    special = 'special_days: [{date: 2026-05-01, hours: ["09:00-12:00", "13:00-14:00"]}, {date: 2026-05-06, hours: []}]'
    found = calendar(f"union_of: [office], holidays: {{countries: [DE]}}, {special}")
    assert opened(found, "2026-05-01", "2026-05-03") == ["Fri 09:00-12:00", "Fri 13:00-14:00"]
    assert opened(found, "2026-05-06", "2026-05-06") == []
    less = calendar(f"union_of: [office], without: [it-lunch], {special}" + '}\n---\nkind: Calendar\nmetadata: {name: it-lunch}\n'
                    'spec: {timezone: Europe/Berlin, hours: {mon-fri: ["11:00-13:30"]}')
    assert opened(less, "2026-05-01", "2026-05-03") == ["Fri 09:00-11:00", "Fri 13:30-14:00"]


def test_a_calendar_may_have_special_days_only() -> None:
    found = calendar('hours: {}, special_days: [{date: 2026-05-02, hours: ["09:00-12:00"]}]')
    opens, closes = (read_instant(f"2026-05-02T{hour}:00", BERLIN) for hour in ("09", "12"))
    assert found.spans(0, read_instant("2200-01-01", BERLIN)) == Spans(((opens, closes),))


def test_what_rests_on_a_wrong_calendar_is_left_out_and_told_once() -> None:
    text = 'kind: Calendar\nmetadata: {name: wrong}\nspec: {hours: {mon: ["08:00-12:00", "09:00-10:00"]}}\n'
    catalogue, problems = resolved(f"{text}---\nkind: Calendar\nmetadata: {{name: upon}}\nspec: {{always: true, without: [wrong]}}\n")
    assert catalogue.calendars == {}
    assert [problem.message for problem in problems] == ["09:00-10:00 overlaps 08:00-12:00"]


def test_calendars_rest_on_each_other_only_so_far() -> None:
    chain = "".join(
        f"kind: Calendar\nmetadata: {{name: c{number:04}}}\nspec: {{union_of: [c{number + 1:04}]}}\n---\n" for number in range(2000)
    )
    found = problems_of(chain + "kind: Calendar\nmetadata: {name: c2000}\nspec: {always: true}\n")
    assert found
    assert set(found) == {("calendars are made of each other through more than 20 steps", "make them of fewer")}
