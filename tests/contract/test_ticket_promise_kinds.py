"""Promises on tickets that name no share: percentiles, the longest, a number; every expected value is reckoned by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ticket_stories import at, catalogue, judge, results, told

from slo_gen.contract.clocks import life
from slo_gen.contract.results import nearest_rank
from slo_gen.contract.ticket_promises import promised_of_tickets
from slo_gen.spec.convert import read_documents
from slo_gen.spec.resolve import resolve

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
