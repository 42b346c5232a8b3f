"""Calendars, instants and pauses for the properties of business time."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from slo_gen.timekeeping.calendars import (
    Always,
    ByDate,
    Calendar,
    Difference,
    Intersection,
    Union,
    Weekly,
    WholeDays,
    replace_days,
    week,
)  # fmt: skip
from slo_gen.timekeeping.days import FixedDates, PublicHolidays
from slo_gen.timekeeping.spans import Spans
from slo_gen.timekeeping.zones import read_instant, zone

__all__ = ["BERLIN_OFFICE", "MINUTE", "ZONES", "Pauses", "calendars", "day_hours", "instant", "instants", "pause_sets", "stood_from"]

Pauses = list[tuple[int, int]]
"""Pauses in minutes from some start; they may overlap and begin before it."""

MINUTE, DAY = 60, 86_400
ZONES = ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"]
CHANGES = ["2026-03-28", "2026-10-24", "2026-03-07", "2026-10-31", "2026-04-04", "2026-10-03", "2026-04-23", "2026-10-29", "2026-12-24"]
"""The days before clocks change in these zones, and one before holidays."""

BERLIN_OFFICE: Calendar = Weekly("Europe/Berlin", week({"mon-fri": ["08:00-18:00"]}))


def instant(text: str) -> int:
    return read_instant(text, zone("UTC"))


def instants() -> st.SearchStrategy[int]:
    """Whole minutes of three days around a change of the clocks."""
    return st.builds(lambda day, minute: instant(day) + minute * MINUTE, st.sampled_from(CHANGES), st.integers(0, 3 * 1440))


def pause_sets() -> st.SearchStrategy[Pauses]:
    """Up to four pauses."""
    one = st.tuples(st.integers(-600, 4000), st.integers(0, 900)).map(lambda pause: (pause[0], pause[0] + pause[1]))
    return st.lists(one, max_size=4)


def stood_from(start: int, pauses: Pauses) -> Spans:
    """The pauses as instants."""
    return Spans.of((start + a * MINUTE, start + b * MINUTE) for a, b in pauses)


def day_hours() -> st.SearchStrategy[list[str]]:
    """Hours of a day between 05:00 and 23:00, apart from each other."""
    edges = st.lists(st.integers(5 * 60, 23 * 60), min_size=2, max_size=6, unique=True).map(sorted)
    return edges.map(lambda at: [f"{_clock(a)}-{_clock(b)}" for a, b in zip(at[::2], at[1::2], strict=False)])


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@st.composite
def _weekly(draw: st.DrawFn) -> Calendar:
    where = draw(st.sampled_from(ZONES))
    spans = draw(st.lists(st.tuples(st.integers(0, 1439), st.integers(1, 1440)), min_size=1, max_size=3))
    hours = [f"{_clock(opens)}-{_clock((opens + length) % 1440)}" for opens, length in spans]
    return Weekly(where, week({draw(st.sampled_from(["mon-sun", "mon-fri", "sat-mon", "sun"])): hours}))


@st.composite
def _made(draw: st.DrawFn, parts: st.SearchStrategy[Calendar]) -> Calendar:
    one, other, where = draw(parts), draw(parts), draw(st.sampled_from(ZONES))
    match draw(st.integers(0, 4)):
        case 0:
            return Union((one, other))
        case 1:
            return Intersection((one, other))
        case 2:
            return Difference(one, (other,))
        case 3:
            days = draw(st.sampled_from([PublicHolidays("DE"), FixedDates(((date(2026, 3, 29), ""),))]))
            return Difference(one, (WholeDays(where, days),))
        case _:
            return replace_days(one, where, {date(2026, 3, 29): [(3600, 9000), (79_980, 90_000)], date(2026, 10, 25): []})


def calendars() -> st.SearchStrategy[Calendar]:
    """Calendars of every make, in several zones. Some are hardly ever open."""
    simple = st.one_of(_weekly(), st.just(Always()), st.just(ByDate("Europe/Berlin", ((date(2026, 3, 29), ((0, DAY),)),))))
    return st.one_of(simple, _made(simple))
