"""Maintenance documents as spans of work: listed ones, and those that come again."""

from __future__ import annotations

from datetime import date

import pytest
from catalogue_text import BASE, catalogue_of

from slo_gen.spec.model import Maintenance, PlannedWork
from slo_gen.timekeeping.zones import local, read_instant, zone

BERLIN = zone("Europe/Berlin")


def maintenance(spec: str, more: str = "") -> Maintenance:
    text = f"kind: Maintenance\nmetadata: {{name: it}}\nspec: {{services: [checkout], timezone: Europe/Berlin, {spec}}}\n"
    return catalogue_of(BASE + text + more).maintenance["it"]


def recurring(text: str, more: str = "") -> list[str]:
    """When the work begins, as clocks in Berlin show it."""
    return [f"{local(work.planned[0], BERLIN):%Y-%m-%d %H:%M}" for work in maintenance(f"recurring: {{{text}}}", more).windows]


def instant(text: str) -> int:
    return read_instant(text, zone("UTC"))


def test_listed_work_in_the_order_of_time() -> None:
    found = maintenance(
        "type: emergency, state: done, reason: disks, notice: 5bd, customers: [acme], windows: ["
        "{from: 2026-11-16T02:00, to: 2026-11-16T04:00, announced: 2026-11-02, actual_to: 2026-11-16T05:00, reference: CHG-2},"
        "{from: 2026-11-15T02:00Z, to: 2026-11-15T04:00, actual_from: 2026-11-15T03:00, actual_to: 2026-11-15T03:30},"
        "{from: 2026-11-17, to: 2026-11-18}]"
    )
    assert (found.emergency, found.cancelled, found.services, found.customers) == (True, False, ("checkout",), ("acme",))
    assert (found.notice, found.reason, found.title) == ("5bd", "disks", "it")
    assert found.windows == (
        PlannedWork(
            (instant("2026-11-15T02:00Z"), instant("2026-11-15T03:00Z")), None,
            (instant("2026-11-15T02:00Z"), instant("2026-11-15T02:30Z")),
        ),
        PlannedWork(
            (instant("2026-11-16T01:00Z"), instant("2026-11-16T03:00Z")), instant("2026-11-01T23:00Z"),
            (instant("2026-11-16T01:00Z"), instant("2026-11-16T04:00Z")), "CHG-2",
        ),
        PlannedWork((instant("2026-11-16T23:00Z"), instant("2026-11-17T23:00Z")), None, None),
    )  # fmt: skip


def test_cancelled_work_is_known_as_such() -> None:
    assert maintenance("state: cancelled, windows: [{from: 2026-11-17, to: 2026-11-18}]").cancelled


@pytest.mark.parametrize(("rule", "days"), [
    ("every: day", ["2026-01-29", "2026-01-30", "2026-01-31", "2026-02-01", "2026-02-02", "2026-02-03"]),
    ("every: week, on: [sun, thu]", ["2026-01-29", "2026-02-01"]),
    ("every: month, on: [31, 1]", ["2026-01-31", "2026-02-01"]),
    ("every: month, on: [30]", ["2026-01-30"]),
    ("every: month, on: [1.sun, 'last fri', 5.thu, 1.tue]", ["2026-01-29", "2026-01-30", "2026-02-01", "2026-02-03"]),
    ("every: day, except: [2026-01-31, 2026-02-02]", ["2026-01-29", "2026-01-30", "2026-02-01", "2026-02-03"]),
])  # fmt: skip
def test_days_that_come_again(rule: str, days: list[str]) -> None:
    assert recurring(f"{rule}, at: 02:30-04:00, from: 2026-01-29, until: 2026-02-03") == [f"{day} 02:30" for day in days]


def test_the_last_friday_is_the_last_one_in_every_month() -> None:
    found = recurring("every: month, on: [last fri], at: 22:00-24:00, from: 2026-01-01, until: 2027-12-31")
    assert len(found) == 24
    for text in found:
        day = date.fromisoformat(text[:10])
        assert day.weekday() == 4
        assert day.replace(day=28).toordinal() - day.toordinal() < 7


def test_clocks_that_change_move_the_work_or_leave_nothing_of_it() -> None:
    assert recurring("every: day, at: 02:30-03:00, from: 2026-03-28, until: 2026-03-30") == ["2026-03-28 02:30", "2026-03-30 02:30"]
    assert recurring("every: day, at: 02:30-04:00, from: 2026-03-29, until: 2026-03-29") == ["2026-03-29 03:30"]
    night = maintenance("recurring: {every: day, at: 23:00-05:00, from: 2026-10-24, until: 2026-10-24}").windows[0].planned
    assert night[1] - night[0] == 7 * 3600


def test_work_without_an_end_is_listed_until_the_year_after_the_last_that_is_spoken_of() -> None:
    weekly = "every: week, on: [wed], at: 02:00-03:00, from: 2026-01-07"
    assert recurring(weekly)[-1].startswith("2027-12-29")
    later = '---\nkind: Calendar\nmetadata: {name: office}\nspec: {hours: {mon: ["08:00-09:00"]}, valid_until: 2030-01-31}\n'
    assert recurring(weekly, later)[-1].startswith("2031-12-31")
    for_ever = later.replace("2030", "9999")
    assert recurring(weekly, for_ever)[-1].startswith("2027-12-29")


def test_work_that_goes_on_for_ever_is_listed_for_a_lifetime() -> None:
    assert recurring("every: month, on: [1], at: 02:00-03:00, from: 2026-01-01, until: 2299-12-31")[-1] == "2101-12-01 02:00"
