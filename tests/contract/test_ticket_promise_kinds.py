"""Promises on tickets that name no share: percentiles, the longest, a number; every expected value is reckoned by hand."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ticket_stories import at, catalogue, judge, results, told

from slo_gen.contract.clocks import life
from slo_gen.contract.results import nearest_rank
from slo_gen.contract.ticket_promises import TimedPromise, fixed_length, promised_of_tickets
from slo_gen.spec.convert import read_documents
from slo_gen.spec.model import Agreement, OtherTarget, TicketTarget
from slo_gen.spec.resolve import resolve
from slo_gen.spec.terms import Bound, Misses
from slo_gen.timekeeping.periods import Periods, RollingDays

MINUTE, HOUR = 60, 3600
RESPONSE = "matrix: {columns: [hours, response], P1: [24x7, 15m]}"
ANSWERED = "10:00: opened P1\n10:20: agent_message\n12:00: status solved"


def promised(target: str) -> str:
    return f"  targets:\n    - {{name: other, {target}}}"


def of_other(target: str, story: str, tickets: str = RESPONSE) -> list[tuple[str, int]]:
    return [(outcome, worked) for name, outcome, worked in told(tickets, story, more=promised(target)) if name == "other"]


def test_a_percentile_is_the_share_of_tickets_within_its_bound() -> None:
    target = promised('percentile: {of: response, percent: 90%}, objective: "at most 30m"')
    share, other = promised_of_tickets(catalogue(RESPONSE, target).agreements["acme"])
    assert (share.name, share.within) == ("p1-response", "15m")
    assert (other.name, other.clock, other.within, other.share, other.share_text) == ("other", "response", "30m", Fraction(9, 10), "90%")


@given(st.lists(st.integers(0, 20), min_size=1, max_size=40), st.integers(1, 100), st.integers(0, 20))
def test_a_percentile_keeps_its_bound_when_the_share_within_the_bound_is_that_large(taken: list[int], percent: int, most: int) -> None:
    share = Fraction(percent, 100)
    rank = nearest_rank(taken, share)
    assert rank is not None
    assert (rank <= most) == (Fraction(sum(each <= most for each in taken), len(taken)) >= share)


@pytest.mark.parametrize(("target", "outcome"), [
    ('percentile: {of: response, percent: 90%}, objective: "at most 20m"', "met"),
    ('percentile: {of: response, percent: 90%}, objective: "less than 20m"', "missed"),
    ('percentile: {of: response, percent: 90%}, objective: "less than 20m1s"', "met"),
    ('longest: {of: response}, objective: "at most 19m"', "missed"),
    ('longest: {of: response, priority: P1}, objective: "at most 20m"', "met"),
])  # fmt: skip
def test_each_ticket_is_within_the_bound_or_not(target: str, outcome: str) -> None:
    assert of_other(target, ANSWERED) == [(outcome, 20 * MINUTE)]


def test_it_is_judged_beside_the_share_of_the_same_clock_and_priority() -> None:
    found = told(RESPONSE, ANSWERED, more=promised('longest: {of: response}, objective: "at most 1h"'))
    assert found == [("p1-response", "missed", 20 * MINUTE), ("other", "met", 20 * MINUTE)]


def test_it_runs_in_its_own_hours() -> None:
    target = 'longest: {of: resolution, hours: short}, objective: "at most 2h"'
    assert of_other(target, "11:00: opened P1\ntue 10:30: status solved") == [("missed", 2 * HOUR + 30 * MINUTE)]


def test_business_days_bound_it() -> None:
    target = 'longest: {of: resolution, hours: office}, objective: "at most 1bd"'
    assert of_other(target, "10:00: opened P1\ntue 18:00: status solved")[0][0] == "met"
    assert of_other(target, "10:00: opened P1\nwed 08:00:01: status solved")[0][0] == "missed"


def test_of_another_priority_it_says_nothing() -> None:
    assert of_other('longest: {of: response, priority: P2}, objective: "at most 1h"', ANSWERED) == []


def test_two_shares_of_one_clock_and_priority_are_both_judged() -> None:
    more = """  targets:
    - {name: half, tickets: {clock: response, priority: P1, within: 10m, hours: 24x7}, objective: 50%}
    - {name: all, tickets: {clock: response, priority: P1, within: 1h, hours: 24x7}, objective: 100%}"""
    assert told("pause_when: {status: [pending]}", ANSWERED, more=more) == [
        ("half", "missed", 20 * MINUTE), ("all", "met", 20 * MINUTE),
    ]  # fmt: skip


# --- numbers ----------------------------------------------------------------------------------------------------------
COUNT = 'count: {of: tickets, priority: P1}, objective: "at most 2"'


def test_a_counted_ticket_is_one_of_so_many_from_its_opening_on() -> None:
    [counted] = [each for each in results(RESPONSE, ANSWERED, promised(COUNT)) if each.target == "other"]
    assert (counted.outcome(at("10:00")), counted.is_final) == ("counted", True)
    for rule in ("period_of_result", "opened", "due"):
        assert counted.counts_at(rule) == at("10:00"), rule      # type: ignore[arg-type]


@pytest.mark.parametrize(("changes", "raised", "lowered"), [
    ("first", [], ["counted"]), ("last", ["counted"], []), ("highest", ["counted"], ["counted"]), ("restart", ["counted"], []),
])  # fmt: skip
def test_which_priority_a_counted_ticket_has(changes: str, raised: list[str], lowered: list[str]) -> None:
    tickets = f"priority_changes: {changes}\n{RESPONSE}\n"
    up, down = "10:00: opened P2\n11:00: priority P1", "10:00: opened P1\n11:00: priority P2"
    tickets = tickets.replace("P1: [24x7, 15m]", "P1: [24x7, 15m], P2: [24x7, 1h]")
    assert [outcome for outcome, _ in of_other(COUNT, up, tickets)] == raised
    assert [outcome for outcome, _ in of_other(COUNT, down, tickets)] == lowered


@pytest.mark.parametrize(("story", "priority"), [
    ("10:00: opened high\n11:00: priority urgent", "urgent"), ("10:00: opened urgent\n11:00: priority high", "urgent"),
    ("10:00: opened other\n11:00: priority High", "High"), ("10:00: opened high\n11:00: priority other", "high"),
    ("10:00: opened", ""),
])  # fmt: skip
def test_the_highest_priority_of_a_counted_ticket_is_that_which_stands_first_in_the_matrix(story: str, priority: str) -> None:
    tickets = "priority_changes: highest\nmatrix: {columns: [hours, response], urgent: [24x7, 15m], high: [24x7, 1h]}"
    found = results(tickets, story, promised('count: {of: tickets}, objective: "at most 2"'))
    assert [(each.priority, each.outcome(at("12:00"))) for each in found if each.target == "other"] == [(priority, "counted")]


def test_spam_and_relieved_tickets_are_not_counted() -> None:
    assert of_other(COUNT, "10:00: opened P1\n10:01: spam") == [("spam", 0)]
    more = promised(COUNT) + """
---
kind: Adjustment
metadata: {name: excused}
spec: {agreement: acme, ticket: T-1, reason: a drill, agreed_by: [{party: customer/acme, by: A. Buyer, date: 2026-11-24}]}
"""
    assert [outcome for name, outcome, _ in told(RESPONSE, ANSWERED, more=more) if name == "other"] == ["relieved"]


def test_less_than_a_number_is_one_fewer_at_most() -> None:
    target = promised('count: {of: tickets}, objective: "less than 3"')
    [limit] = [each.limit for each in promised_of_tickets(catalogue(RESPONSE, target).agreements["acme"]) if each.name == "other"]
    assert limit == 2


@pytest.mark.parametrize("target", [
    'count: {of: tickets, per: quarter}, objective: "at most 2"',     # the periods are months
    'count: {of: complaints}, objective: "at most 2"',
    'satisfaction: {score: csat}, objective: "at least 80%"',
])  # fmt: skip
def test_what_tickets_of_one_period_do_not_decide_is_left_to_others(target: str) -> None:
    found = catalogue(RESPONSE, promised(target)).agreements["acme"]
    assert [each.name for each in promised_of_tickets(found)] == ["p1-response"]
    judged = judge(RESPONSE, promised(target))
    assert judged.results([("T-1", life([], judged.program))]) == []


AGREEMENT = catalogue(RESPONSE).agreements["acme"]
QUARTERLY = replace(AGREEMENT, period=Periods("quarter"))
ROLLING = replace(AGREEMENT, period=RollingDays(30))


def other(about: Literal["count", "longest", "percentile", "satisfaction", "fact"], **told: Any) -> OtherTarget:
    return OtherTarget(name="other", about=about, objective_text="at most so", origin=AGREEMENT.origin, **told)


def bound(op: Literal["<", "<="], value: Fraction | int, unit: Literal["s", ""] = "s") -> Bound:
    return Bound(op, Fraction(value), unit, "so")


def shares(agreement: Agreement, target: OtherTarget) -> list[TicketTarget]:
    return list(promised_of_tickets(replace(agreement, ticket_targets=(), other_targets=(target,))))


def test_everything_else_of_a_promise_is_kept() -> None:
    terms: dict[str, Any] = {"priority": "P1", "hours": "office", "misses": Misses(1, 3), "grace": "10d", "weight": Fraction(1, 4)}
    origin = AGREEMENT.origin
    timed = other("percentile", of="response", bound=bound("<=", 1800), percent=Fraction(9995, 10_000), within="30m", **terms)
    assert shares(AGREEMENT, timed) == [TicketTarget(
        name="other", clock="response", within="30m", share=Fraction(9995, 10_000), share_text="99.95%", origin=origin, **terms,
    )]  # fmt: skip
    longest = other("longest", of="resolution", within="3bd", **terms)
    assert shares(AGREEMENT, longest) == [TicketTarget(
        name="other", clock="resolution", within="3bd", share=Fraction(1), share_text="100%", origin=origin, **terms,
    )]  # fmt: skip
    counted = other("count", of="tickets", bound=bound("<", 3, ""), **terms)
    assert shares(AGREEMENT, counted) == [TicketTarget(
        name="other", clock="", within="", share=Fraction(0), share_text="at most so", origin=origin, limit=2, **terms,
    )]  # fmt: skip


@pytest.mark.parametrize(("told", "within"), [
    (bound("<=", 3600), "1h"), (bound("<", 3600), "3599s"), (bound("<", Fraction(3, 2)), "1s"), (bound("<", 1), "0s"),
    (bound("<", Fraction(1, 2)), "0s"), (None, "1h"),
])  # fmt: skip
def test_the_longest_whole_time_that_keeps_a_bound(told: Bound | None, within: str) -> None:
    assert [each.within for each in shares(AGREEMENT, other("longest", of="response", bound=told, within="1h"))] == [within]


@pytest.mark.parametrize(("told", "limit"), [
    (bound("<=", 3, ""), 3), (bound("<", 3, ""), 2), (bound("<=", Fraction(5, 2), ""), 2), (bound("<", Fraction(5, 2), ""), 2),
    (bound("<=", 0, ""), 0),
])  # fmt: skip
def test_the_greatest_number_that_keeps_a_bound(told: Bound, limit: int) -> None:
    assert [each.limit for each in shares(AGREEMENT, other("count", of="tickets", bound=told))] == [limit]


@pytest.mark.parametrize(("agreement", "per", "decided"), [
    (AGREEMENT, "", True), (AGREEMENT, "month", True), (AGREEMENT, "quarter", False), (QUARTERLY, "month", False),
    (QUARTERLY, "quarter", True), (ROLLING, "", True), (ROLLING, "month", False),
])  # fmt: skip
def test_tickets_of_one_period_of_the_agreement_are_counted(
    agreement: Agreement, per: Literal["month", "quarter", ""], decided: bool
) -> None:
    assert len(shares(agreement, other("count", of="tickets", bound=bound("<=", 3, ""), per=per))) == decided


@pytest.mark.parametrize(("target", "decided"), [
    (other("longest", of="response", bound=bound("<=", 60), within="1m"), True),
    (other("longest", of="response", within="1bd"), True),
    (other("percentile", of="response", within="1bd", percent=Fraction(1, 2)), True),
    (other("longest", of="response"), False),
    (other("satisfaction", of="csat", within="1bd"), False),
    (other("fact", of="report", within="5bd"), False),
    (other("count", of="complaints", bound=bound("<=", 3, "")), False),
])  # fmt: skip
def test_what_tickets_decide(target: OtherTarget, decided: bool) -> None:
    assert len(shares(AGREEMENT, target)) == decided


@pytest.mark.parametrize(("within", "seconds"), [
    ("0", 0), ("90s", 90), ("15m", 900), ("4h", 14_400), ("4bh", 14_400), ("1h30m", 5400), ("1ms", 1), ("1000ms", 1), ("1001ms", 2),
    ("1m1ms", 61), ("1d", None), ("1w", None), ("1mo", None), ("1y", None), ("2bd", None), ("2bd4h", None), ("4h2bd", None),
])  # fmt: skip
def test_lengths_that_do_not_depend_on_the_start(within: str, seconds: int | None) -> None:
    assert fixed_length(within) == seconds


@pytest.mark.parametrize(("within", "fixed", "start", "seconds"), [
    ("4h", 4 * HOUR, "10:00", 4 * HOUR),
    ("1d", None, "10:00", 10 * HOUR),              # 8 hours of Monday and 2 of Tuesday
    ("1w", None, "10:00", 50 * HOUR),
    ("1d", None, "wed 00:00", 10 * HOUR),
    ("1d4bh", None, "17:00", 14 * HOUR),           # an hour of Monday, Tuesday, and three hours of Wednesday
    ("2bd", None, "10:00", 28 * HOUR),             # the rest of Monday, Tuesday and Wednesday
    ("1bd", None, "tue 00:00", 10 * HOUR),         # midnights of Berlin
    ("1bd", None, "23:30", 10 * HOUR),
    ("1bd2h", None, "10:00", 18 * HOUR),           # two hours after a close are none of the office
])  # fmt: skip
def test_the_seconds_of_its_hours_that_a_clock_may_take(within: str, fixed: int | None, start: str, seconds: int) -> None:
    found = catalogue(f"matrix: {{columns: [hours, resolution], P1: [office, {within}]}}")
    [target] = found.agreements["acme"].ticket_targets
    assert TimedPromise(target, found.calendars["office"], "Europe/Berlin", fixed).allowed(at(start)) == seconds


def test_a_promise_on_a_clock_needs_no_section_on_tickets() -> None:
    """The terms are the usual ones."""
    text = """kind: Service
metadata: {name: checkout}
---
kind: Customer
metadata: {name: acme, title: Acme}
---
kind: SLA
metadata: {name: acme}
spec: {customer: acme, service: checkout, targets: [{name: slowest, longest: {of: response}, objective: at most 1h}]}
"""
    found = resolve(read_documents([("acme.yaml", text)])[0])[0].agreements["acme"]
    assert found.tickets is not None
    assert [each.clock for each in promised_of_tickets(found)] == ["response"]


@pytest.mark.parametrize("percent", ["90%", "99.95%", "99.999999%", "0.5%", "100%"])
def test_the_share_of_a_percentile_is_told_as_it_was_written(percent: str) -> None:
    target = promised(f'percentile: {{of: response, percent: {percent}}}, objective: "at most 30m"')
    _, other = promised_of_tickets(catalogue(RESPONSE, target).agreements["acme"])
    assert other.share_text == percent
