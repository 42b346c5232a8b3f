"""What one result says at an instant: outcome, turns, when it fell, in which period it counts. Every expected value is reckoned by hand."""

from __future__ import annotations

from typing import Any

import pytest

from slo_gen.contract.ticket_results import TicketResult
from slo_gen.spec.ticket_terms import CountsIn
from slo_gen.timekeeping.calendars import Always, Weekly, week
from slo_gen.timekeeping.zones import read_instant, zone

UTC = zone("UTC")


def result(**told: Any) -> TicketResult:
    """A clock that began at 1000 and may take 100 seconds; it runs, unless told otherwise."""
    usual: dict[str, Any] = {
        "ticket": "T-1", "target": "p1", "cycle": 1, "priority": "P1", "opened": 990, "start": 1000, "stop": None,
        "worked": 0, "real": 0, "allowed": 100, "due": 1100, "over": 1100, "since": 1000,
    }  # fmt: skip
    return TicketResult(**usual | told)


RUNNING: dict[str, Any] = {}
STANDS: dict[str, Any] = {"since": None, "due": None, "over": None, "worked": 40}
STANDS_LATE: dict[str, Any] = {"since": None, "worked": 101}
RESUMES: dict[str, Any] = {"since": 1050, "due": 1150, "over": 1150}
RESUMES_LATE: dict[str, Any] = {"since": 1150, "worked": 101}
HIDDEN: dict[str, Any] = {"hidden": True}
IN_TIME: dict[str, Any] = {"stop": 1100, "since": None, "due": None, "over": None, "worked": 100}
IN_TIME_AND_DUE: dict[str, Any] = {"stop": 1200, "since": None, "due": 1300, "over": 1150, "worked": 100}
LATE: dict[str, Any] = {"stop": 1200, "since": None, "worked": 101}
LATE_HIDDEN: dict[str, Any] = {"stop": 1200, "since": None, "worked": 101, "hidden": True}
MERGED: dict[str, Any] = {"reason": "merged", "ended": 1090, "worked": 90}
MERGED_LATE: dict[str, Any] = {"reason": "merged", "ended": 1500, "stop": 1200, "since": None, "worked": 101}
GONE_BEFORE: dict[str, Any] = {"reason": "spam", "ended": 999}
WITHDRAWN: dict[str, Any] = STANDS | {"reason": "withdrawn"}
WITHDRAWN_LATE: dict[str, Any] = STANDS_LATE | {"reason": "withdrawn"}
COUNTED: dict[str, Any] = {"reason": "counted", "stop": 1000, "since": None, "allowed": 0, "due": None, "over": None}


@pytest.mark.parametrize(("told", "now", "outcome", "decided"), [
    (RUNNING, 1000, "running", None), (RUNNING, 1100, "running", None), (RUNNING, 1101, "missed", 1100),
    (STANDS, 9999, "paused", None), (STANDS_LATE, 1101, "missed", 1100),
    (RESUMES, 1049, "paused", None), (RESUMES, 1050, "running", None), (RESUMES, 1151, "missed", 1150),
    (RESUMES_LATE, 1120, "missed", 1100),
    (HIDDEN, 1050, "paused", None), (HIDDEN, 1101, "paused", None),
    (IN_TIME, 1100, "met", 1100), (IN_TIME, 9999, "met", 1100), (IN_TIME_AND_DUE, 9999, "met", 1200),
    (LATE, 1200, "missed", 1100), (LATE_HIDDEN, 1200, "missed", 1100),
    (MERGED, 1090, "merged", None), (MERGED, 9999, "merged", None), (MERGED_LATE, 9999, "merged", None),
    (WITHDRAWN, 9999, "withdrawn", None), (WITHDRAWN_LATE, 1101, "missed", 1100), (COUNTED, 1000, "counted", None),
])  # fmt: skip
def test_an_outcome_and_when_it_fell(told: dict[str, Any], now: int, outcome: str, decided: int | None) -> None:
    assert (result(**told).outcome(now), result(**told).decided(now)) == (outcome, decided)


@pytest.mark.parametrize(("told", "turns", "final"), [
    (RUNNING, (1000, 1100), False), (RUNNING | {"since": 1100}, (1100,), False), (RESUMES_LATE, (1100, 1150), False),
    (RESUMES, (1050, 1150), False), (STANDS, (), False), (STANDS_LATE, (1100,), False), (STANDS | {"since": 1000}, (1000,), False),
    (IN_TIME, (), True), (LATE, (), True), (MERGED, (), True), (WITHDRAWN_LATE, (), True),
])  # fmt: skip
def test_when_an_outcome_changes_by_itself(told: dict[str, Any], turns: tuple[int, ...], final: bool) -> None:
    assert (result(**told).turns(), result(**told).is_final) == (turns, final)


@pytest.mark.parametrize(("told", "of_result", "opened", "due"), [
    (RUNNING, 1100, 990, 1100), (RUNNING | {"due": 1100, "over": 1180}, 1180, 990, 1100),
    (STANDS, None, 990, None), (STANDS_LATE, 1100, 990, 1100),
    (IN_TIME, 1100, 990, 1100), (IN_TIME_AND_DUE, 1200, 990, 1300), (LATE, 1100, 990, 1100),
    (WITHDRAWN, 1000, 990, None), (WITHDRAWN_LATE, 1100, 990, 1100), (COUNTED, 1000, 990, 1000),
    (MERGED, 1090, 1090, 1090), (MERGED_LATE, 1500, 1500, 1500), (GONE_BEFORE, 1000, 1000, 1000),
])  # fmt: skip
def test_the_instant_that_says_in_which_period_it_counts(
    told: dict[str, Any], of_result: int | None, opened: int, due: int | None
) -> None:
    expected: dict[CountsIn, int | None] = {"period_of_result": of_result, "opened": opened, "due": due}
    assert {each: result(**told).counts_at(each) for each in expected} == expected


@pytest.mark.parametrize(("told", "now", "seconds"), [
    (RUNNING | {"worked": 30}, 1000, 30), (RUNNING | {"worked": 30}, 1020, 50), (STANDS, 9999, 40), (IN_TIME, 9999, 100),
    (IN_TIME | {"since": 1100}, 9999, 100), (MERGED, 9999, 90), (RESUMES | {"worked": 30}, 1020, 30), (RESUMES | {"worked": 30}, 1060, 40),
])  # fmt: skip
def test_the_seconds_up_to_an_instant(told: dict[str, Any], now: int, seconds: int) -> None:
    assert result(**told).elapsed(now, Always()) == seconds


def test_the_seconds_up_to_an_instant_are_those_of_its_hours() -> None:
    office = Weekly("UTC", week({"mon-fri": ["08:00-18:00"]}))
    since, now = (read_instant(f"2026-11-{text}", UTC) for text in ("23T17:00", "24T08:30"))
    assert result(start=since, since=since, worked=60).elapsed(now, office) == 60 + 3600 + 1800
