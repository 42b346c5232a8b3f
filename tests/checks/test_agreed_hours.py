"""The checks on calendars that agreements count by, and on planned work in agreed hours."""

from __future__ import annotations

import pytest
from agreement_texts import asked, said, sla, uc, written

from slo_gen.prometheus import Sample
from slo_gen.timekeeping.zones import read_instant, zone


def calendar(name: str, *keys: str) -> str:
    return f"kind: Calendar\nmetadata: {{name: {name}}}\nspec:\n" + "".join(f"  {key}\n" for key in keys)


def at(text: str) -> int:
    return read_instant(text, zone("UTC"))


OFFICE = calendar("office", 'hours: {mon-fri: ["08:00-18:00"]}', "valid_until: 2027-06-30")
UNION = calendar("desk", "union_of: [office]")
IN_HOURS = "{name: availability, indicator: requests, objective: at least 99.9%, hours: office}"


# --- lists that end -------------------------------------------------------------------------------------------------


def test_holidays_that_end_before_the_agreement() -> None:
    lasting = sla("term: {from: 2026-01-01, until: 2027-12-31}", targets=IN_HOURS)
    hint = "add the days that are known by now, and move `valid_until`"
    assert said("calendar-ends", OFFICE, lasting) == [
        ("warning", "the holidays are complete until 2027-06-30, and SLA deal counts by them until 2027-12-31", hint),
    ]
    assert written("calendar-ends", OFFICE, lasting) == ["2027-06-30"]
    assert said("calendar-ends", OFFICE, sla("term: {from: 2026-01-01, until: 2027-06-30}", targets=IN_HOURS)) == []
    assert said("calendar-ends", OFFICE, sla("term: {from: 2026-01-01, until: 2027-12-31}")) == []
    assert said("calendar-ends", OFFICE, lasting.replace("active", "ended")) == []
    later = sla("term: {from: 2026-01-01, until: 2028-12-31}", name="other", targets=IN_HOURS.replace("office", "desk"))
    assert said("calendar-ends", OFFICE, UNION, lasting, later) == [
        ("warning", "the holidays are complete until 2027-06-30, and SLA other and 1 more counts by them until 2028-12-31", hint),
    ]


def test_holidays_that_end_soon() -> None:
    assert said("calendar-ends", OFFICE, sla(targets=IN_HOURS), now=at("2027-05-01")) == []
    assert [message for _, message, _ in said("calendar-ends", OFFICE, sla(targets=IN_HOURS), now=at("2027-05-02"))] == [
        "the holidays are complete until 2027-06-30 only, and SLA deal counts by them",
    ]
    assert said("calendar-ends", OFFICE, sla(targets=IN_HOURS), now=None) == []
    assert said("calendar-ends", OFFICE, sla(), now=at("2027-06-01")) == []
    tickets = "tickets: {matrix: {columns: [hours, response], P1: [office, 1h]}}"
    assert [message for _, message, _ in said("calendar-ends", OFFICE, sla(tickets), sla(tickets, name="b"), now=at("2027-06-01"))] == [
        "the holidays are complete until 2027-06-30 only, and 2 agreements count by them",
    ]


def test_tables_of_countries_that_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("slo_gen.checks.calendar_ends.known_until", lambda country: {"LK": 2027, "DE": 2030}[country])
    hint = "add the days after that to `dates`, and say in `valid_until` how far they reach"
    colombo = calendar("office", 'hours: {mon-fri: ["08:00-18:00"]}', "holidays: {countries: [DE-BE, LK]}")
    lasting = sla("term: {from: 2026-01-01, until: 2028-12-31}", targets=IN_HOURS)
    assert said("calendar-ends", colombo, lasting) == [
        ("warning", "the public holidays of LK are known until 2027-12-31, and SLA deal counts by them until 2028-12-31", hint),
    ]
    assert written("calendar-ends", colombo, lasting) == ["LK"]
    assert said("calendar-ends", colombo, sla(targets=IN_HOURS), now=at("2027-12-01")) == [
        ("warning", "the public holidays of LK are known until 2027-12-31 only, and SLA deal counts by them", hint),
    ]
    assert said("calendar-ends", colombo.replace(", LK", ""), lasting) == []
    assert said("calendar-ends", colombo.replace("[DE-BE, LK]", "[]"), lasting) == []
    complete = calendar("office", 'hours: {mon-fri: ["08:00-18:00"]}', "holidays: {countries: [LK]}", "valid_until: 2028-12-31")
    assert said("calendar-ends", complete, lasting) == []


# --- hours that never come ------------------------------------------------------------------------------------------


def test_a_calendar_that_is_never_open() -> None:
    night = calendar("night", 'hours: {mon-sun: ["22:00-24:00"]}')
    never = calendar("never", "intersection_of: [office, night]")
    used = sla(targets=IN_HOURS.replace("office", "never"))
    assert said("calendar-never-open", OFFICE, night, never, used) == [(
        "warning", "never is not open once in the next 400 days, so nothing is owed in its hours",
        "look at what it is made of: hours that never meet, a list of days that is over, or another calendar that takes all away",
    )]
    assert written("calendar-never-open", OFFICE, night, never, used) == ["never"]
    assert said("calendar-never-open", OFFICE, night, never, sla()) == []
    assert said("calendar-never-open", OFFICE, night, never, used, now=None) == []


def test_a_team_that_is_never_told() -> None:
    night = calendar("night", 'hours: {mon-sun: ["22:00-24:00"]}')
    never = calendar("never", "intersection_of: [office, night]")
    team = "kind: Team\nmetadata: {name: desk}\nspec: {hours: never, receivers: {ticket: queue}}\n"
    message = "never is not open once in the next 400 days, so team/desk is never told of what waits for its hours"
    assert [text for _, text, _ in said("calendar-never-open", OFFICE, night, never, team, sla())] == [message]
    assert said("calendar-never-open", OFFICE, night, never, team.replace("hours: never", "hours: never, quiet: []"), sla()) == []
    assert said("calendar-never-open", OFFICE, night, never, team.replace("never", "office"), sla()) == []
    customer = "kind: Customer\nmetadata: {name: quiet}\nspec: {notices: {hours: never}}\n"
    assert said("calendar-never-open", OFFICE, night, never, customer, sla()) == []


def test_a_calendar_of_single_days_that_are_over() -> None:
    once = calendar("once", "hours: {}", "special_days: [{date: 2026-11-24, hours: [\"08:00-18:00\"]}]")
    used = sla(targets=IN_HOURS.replace("office", "once"))
    assert said("calendar-never-open", once, used, now=at("2026-11-24T17:00Z")) == []
    assert len(said("calendar-never-open", once, used, now=at("2026-11-24T18:00Z"))) == 1


def test_hours_for_work_in_which_nothing_is_owed() -> None:
    night = calendar("night", 'hours: {mon-sun: ["22:00-24:00"]}')
    allowance = "allowance: {planned: 4h per month, hours: night}"
    assert said("maintenance-hours", OFFICE, night, sla(allowance, targets=IN_HOURS)) == [(
        "warning", "night never meets the hours in which targets are owed (office), so nothing is ever excluded",
        "take the allowance out, or name the hours in which work may interrupt the service",
    )]
    assert written("maintenance-hours", OFFICE, night, sla(allowance, targets=IN_HOURS)) == ["night"]
    assert said("maintenance-hours", OFFICE, night, sla(allowance, targets=IN_HOURS), now=None) == []
    assert said("maintenance-hours", OFFICE, night, sla(allowance)) == []
    assert said("maintenance-hours", OFFICE, night, sla(allowance.replace("night", "office"), targets=IN_HOURS)) == []
    both = f"{IN_HOURS}\n{IN_HOURS.replace('name: availability', 'name: other').replace(', hours: office', '')}"
    assert said("maintenance-hours", OFFICE, night, sla(allowance, targets=both)) == []


# --- work that counts as downtime -----------------------------------------------------------------------------------


def work(window: str, *keys: str) -> str:
    spec = "".join(f"  {key}\n" for key in ("services: [shop]", window, *keys))
    return f"kind: Maintenance\nmetadata: {{name: upgrade}}\nspec:\n{spec}"


WINDOW = "windows: [{from: 2026-12-07T22:00, to: 2026-12-07T23:00, announced: 2026-12-03T22:00}]"
NIGHT = calendar("night", 'hours: {mon: ["22:00-24:00"]}')
HINT = "move the work, say when customers were told (`announced`, or `notice` of the document), or agree on the relief in an Adjustment"


def counts(document: str, *agreements: str) -> list[str]:
    return [message for _, message, _ in said("maintenance-counts", NIGHT, document, *agreements)]


def test_work_that_is_announced_too_late() -> None:
    deal = sla("allowance: {planned: 4h per month, notice: 5d}")
    assert said("maintenance-counts", work(WINDOW), deal) == [(
        "warning", "this work counts as downtime from 2026-12-07T22:00:00Z for SLA deal: it was announced later than 5d before", HINT,
    )]
    assert written("maintenance-counts", work(WINDOW), deal) == ["2026-12-07T22:00"]
    assert counts(work(WINDOW), sla("allowance: {planned: 4h per month, notice: 4d}")) == []
    assert counts(work(WINDOW), sla("allowance: {planned: 4h per month}")) == []
    assert counts(work(WINDOW), sla()) == []
    assert counts(work(WINDOW, "state: cancelled"), deal) == []
    assert counts(work(WINDOW, "customers: [bolt]"), deal) == []
    assert counts(work(WINDOW), deal, uc("allowance: {planned: 4h per month, notice: 9d}")) == [
        "this work counts as downtime from 2026-12-07T22:00:00Z for UC bought and 1 more: it was announced later than 9d before",
    ]


def test_work_of_which_nobody_knows_when_it_was_announced() -> None:
    deal = sla("allowance: {planned: 4h per month, notice: 5d}")
    again = work("recurring: {every: week, on: [mon], at: 22:00-23:00, from: 2026-12-07, until: 2026-12-21}")
    assert counts(again, deal) == [
        "this work counts as downtime from 2026-12-07T22:00:00Z (and 2 more times) for SLA deal: nobody wrote down when it was announced, "
        "which is to be 5d before",
    ]
    assert written("maintenance-counts", again, deal) == ["{"]
    assert counts(f"{again}  notice: 5d\n", deal) == []


def test_work_outside_of_the_agreed_hours() -> None:
    deal = sla("allowance: {planned: 4h per month, hours: night}")
    assert counts(work(WINDOW), deal) == []
    assert counts(work(WINDOW.replace("T22:00, to", "T21:30, to")), deal) == [
        "this work counts as downtime from 2026-12-07T21:30:00Z for SLA deal: it lies outside of night",
    ]


# --- conditions during work -----------------------------------------------------------------------------------------

FAILOVER = (
    "{name: availability, indicator: requests, objective: at least 99.9%, "
    "exclude: [maintenance, {when: 'failover_active == 1', reason: failover}]}"
)
PAST = WINDOW.replace("2026-12-07", "2026-11-16").replace("2026-12-03", "2026-11-01")
QUESTION = "count_over_time((failover_active == 1)[1h:1m] @ 1794870000)"


def during(minutes: float, targets: str = FAILOVER) -> list[str]:
    answers = {QUESTION: (Sample({}, 0, minutes),)} if minutes else {}
    return [message for _, message, _ in said("overlapping-conditions", work(PAST), sla(targets=targets), answers=answers)]


def test_a_condition_that_held_during_planned_work() -> None:
    assert QUESTION in asked(work(PAST), sla(targets=FAILOVER))
    told = "failover held for 12 minutes of the work of upgrade on 2026-11-16T22:00:00Z; the time is excluded once, as"
    assert during(12) == [f"{told} maintenance"]
    first = FAILOVER.replace("[maintenance, ", "[").replace("failover}]", "failover}, maintenance]")
    assert during(12, first) == [f"{told} failover"]
    assert during(0) == []


def test_conditions_that_nobody_needs_to_ask_about() -> None:
    for document, deal in (
        (work(WINDOW), sla(targets=FAILOVER)),                                        # still to come
        (work(PAST, "state: cancelled"), sla(targets=FAILOVER)),
        (work(PAST), sla(targets=FAILOVER.replace("maintenance, ", ""))),             # which excludes no planned work
        (work(PAST.replace("2026-11-16", "2026-10-16")), sla(targets=FAILOVER)),      # long ago
    ):
        assert not any(question.startswith("count_over_time((failover") for question in asked(document, deal))
    assert not any(question.startswith("count_over_time((failover") for question in asked(work(PAST), sla(targets=FAILOVER), now=None))
