"""What starts, stops and pauses the clocks of a ticket; every number is reckoned by hand."""

from __future__ import annotations

import pytest
from ticket_stories import at, one, results, told

MINUTE, HOUR = 60, 3600

RESPONSE = "matrix: {columns: [hours, response], P1: [24x7, 15m]}"
RESOLUTION = "matrix: {columns: [hours, resolution], P1: [24x7, 4h]}"


# --- first response ----------------------------------------------------------------------------------------------------
def test_a_first_response_runs_from_the_opening_to_the_first_message_of_ours() -> None:
    assert one(RESPONSE, "10:00: opened P1\n10:05: note\n10:14: agent_message\n10:20: agent_message") == ("met", 14 * MINUTE)


def test_the_promised_time_itself_is_kept_and_a_second_more_is_missed() -> None:
    assert one(RESPONSE, "10:00: opened P1\n10:15: agent_message") == ("met", 15 * MINUTE)
    assert one(RESPONSE, "10:00: opened P1\n10:15:01: agent_message") == ("missed", 15 * MINUTE + 1)


def test_a_running_clock_is_missed_by_time_alone() -> None:
    [result] = results(RESPONSE, "10:00: opened P1")
    assert (result.due, result.over, result.stop) == (at("10:15"), at("10:15"), None)
    assert [result.outcome(at(text)) for text in ("10:00", "10:15", "10:15:01")] == ["running", "running", "missed"]
    assert result.turns() == (at("10:00"), at("10:15"))


def test_a_note_and_a_message_of_the_customer_are_no_answer() -> None:
    assert one(RESPONSE, "10:00: opened P1\n10:05: note\n10:06: customer_message", now="10:10")[0] == "running"


def test_a_ticket_that_is_solved_without_an_answer_owes_none() -> None:
    assert one(RESPONSE, "10:00: opened P1\n10:10: status solved") == ("withdrawn", 10 * MINUTE)


def test_a_ticket_that_is_solved_too_late_without_an_answer_is_missed() -> None:
    assert one(RESPONSE, "10:00: opened P1\n10:16: status solved") == ("missed", 16 * MINUTE)


def test_an_answer_is_owed_again_after_reopening() -> None:
    story = "10:00: opened P1\n10:10: status solved\n12:00: status open\n12:05: agent_message"
    assert one(RESPONSE, story) == ("met", 15 * MINUTE)


# --- next response and updates ----------------------------------------------------------------------------------------
NEXT = "matrix: {columns: [hours, next_response], P1: [24x7, 30m]}"


def test_zendesk_next_reply_runs_from_the_oldest_unanswered_message() -> None:
    story = """
        10:00: opened P1
        10:05: agent_message
        11:00: customer_message
        11:20: customer_message
        11:40: agent_message
        13:00: customer_message
        13:10: agent_message
    """
    assert [each[1:] for each in told("profile: zendesk\n" + NEXT, story)] == [("missed", 40 * MINUTE), ("met", 10 * MINUTE)]


def test_before_the_first_answer_no_next_one_is_owed() -> None:
    assert told(NEXT, "10:00: opened P1\n10:10: customer_message\n11:00: agent_message") == []


def test_zendesk_periodic_update_is_armed_by_each_message_of_ours_and_runs_while_pending() -> None:
    tickets = "profile: zendesk\nmatrix: {columns: [hours, update], P1: [24x7, 1h]}"
    story = "10:00: opened P1\n10:10: agent_message\n10:30: status pending\n11:00: agent_message\n12:30: agent_message"
    assert told(tickets, story, now="12:40") == [
        ("p1-update", "met", 50 * MINUTE), ("p1-update", "missed", 90 * MINUTE), ("p1-update", "running", 0),
    ]  # fmt: skip


def test_zendesk_pausable_update_stands_while_pending() -> None:
    tickets = "profile: zendesk\nmatrix: {columns: [hours, pausable_update], P1: [24x7, 1h]}"
    story = "10:00: opened P1\n10:10: agent_message\n10:30: status pending\n12:00: status open\n12:20: agent_message"
    assert told(tickets, story, now="12:21")[0] == ("p1-pausable_update", "met", 40 * MINUTE)


def test_no_update_is_owed_on_a_solved_ticket() -> None:
    tickets = "matrix: {columns: [hours, update], P1: [24x7, 1h]}"
    assert told(tickets, "10:00: opened P1\n10:10: agent_message\n10:30: status solved") == [("p1-update", "withdrawn", 20 * MINUTE)]


# --- from opening to solution ------------------------------------------------------------------------------------------
LIFE = """
    10:00: opened P1
    10:30: status pending
    11:00: status open
    12:00: status hold
    14:00: status open
    15:00: status solved
"""


@pytest.mark.parametrize(("clock", "worked"), [
    ("requester_wait", 4 * HOUR + 30 * MINUTE),     # pending stands
    ("agent_work", 2 * HOUR + 30 * MINUTE),         # pending and hold stand
    ("resolution", 5 * HOUR),                       # nothing stands
])  # fmt: skip
def test_zendesk_clocks_stand_in_their_own_statuses(clock: str, worked: int) -> None:
    assert one(f"profile: zendesk\nmatrix: {{columns: [hours, {clock}], P1: [24x7, 8h]}}", LIFE) == ("met", worked)


def test_servicenow_stands_on_hold() -> None:
    assert one("profile: servicenow\n" + RESOLUTION, LIFE)[1] == 2 * HOUR + 30 * MINUTE


def test_zammad_stands_in_every_state_that_ignores_escalation() -> None:
    assert one("profile: zammad\n" + RESOLUTION, LIFE)[1] == 2 * HOUR + 30 * MINUTE


def test_zammad_owes_an_update_to_the_oldest_message_of_the_customer() -> None:
    tickets = "profile: zammad\nmatrix: {columns: [hours, update], P1: [24x7, 1h]}"
    story = "10:00: opened P1\n10:10: customer_message\n10:40: customer_message\n11:20: agent_message"
    assert told(tickets, story) == [("p1-update", "missed", 70 * MINUTE)]


def test_rt_owes_a_response_to_the_oldest_message_and_then_keeps_in_the_loop() -> None:
    tickets = "profile: rt\nmatrix: {columns: [hours, response, update], P1: [24x7, 1h, 2h]}"
    story = "10:00: opened P1\n10:30: customer_message\n10:50: agent_message\n12:00: customer_message\n12:10: agent_message"
    assert told(tickets, story, now="12:11") == [
        ("p1-response", "met", 50 * MINUTE), ("p1-response", "met", 10 * MINUTE),
        ("p1-update", "met", 70 * MINUTE), ("p1-update", "running", 0),
    ]  # fmt: skip


def test_rt_ignored_time_counts_when_the_ticket_comes_back_and_nothing_is_due_in_it() -> None:
    tickets = "profile: rt\npause_when: {status: [hold]}\n" + RESOLUTION
    story = "10:00: opened P1\n11:00: status hold"
    assert one(tickets, story, now="20:00")[0] == "paused"
    assert one(tickets, story + "\n15:00: status open", now="15:00:01")[0] == "missed"


def test_rt_ignored_time_may_be_excluded() -> None:
    tickets = "profile: rt\npause_when: {status: [hold], paused_time: excluded}\n" + RESOLUTION
    assert one(tickets, "10:00: opened P1\n11:00: status hold\n15:00: status open\n17:00: status solved") == ("met", 3 * HOUR)


# --- pausing -----------------------------------------------------------------------------------------------------------
def test_clocks_stand_in_statuses_by_their_names_in_any_case() -> None:
    tickets = "pause_when: {status: [Awaiting Parts]}\n" + RESOLUTION
    assert one(tickets, "10:00: opened P1\n11:00: status awaiting parts\n20:00: status open\n21:00: status solved") == ("met", 2 * HOUR)


def test_a_tag_pauses() -> None:
    tickets = "pause_when: {tags: [frozen]}\n" + RESOLUTION
    assert one(tickets, "10:00: opened P1\n11:00: tagged frozen\n20:00: untagged frozen\n21:00: status solved") == ("met", 2 * HOUR)


def test_a_pause_of_one_clock_replaces_that_of_all() -> None:
    tickets = """
        pause_when: {status: [pending]}
        pauses: {resolution: {status: [hold]}}
        matrix: {columns: [hours, response, resolution], P1: [24x7, 8h, 8h]}
    """
    story = "10:00: opened P1\n10:30: status pending\n11:00: status hold\n12:00: status open\n12:30: agent_message\n13:00: status solved"
    assert told(_flat(tickets), story) == [("p1-response", "met", 2 * HOUR), ("p1-resolution", "met", 2 * HOUR)]


def test_servicenow_resumes_only_in_the_statuses_that_say_so() -> None:
    tickets = "pause_when: {status: [hold], resume_status: [working]}\n" + RESOLUTION
    story = "10:00: opened P1\n11:00: status hold\n12:00: status open\n13:00: status working\n14:00: status solved"
    assert one(tickets, story) == ("met", 2 * HOUR)


def test_one_ticket_is_paused_for_so_long_at_most() -> None:
    tickets = "pause_when: {status: [pending], at_most: 2h}\n" + RESOLUTION
    story = "10:00: opened P1\n11:00: status pending\n12:30: status open\n13:00: status pending\n16:00: status open\n16:30: status solved"
    # Stands 11:00 to 12:30 and 13:00 to 13:30; the rest counts.
    assert one(tickets, story) == ("missed", 4 * HOUR + 30 * MINUTE)


def test_a_pause_with_a_longest_length_is_due_before_it_ends() -> None:
    [result] = results("pause_when: {status: [pending], at_most: 2h}\n" + RESOLUTION, "10:00: opened P1\n11:00: status pending")
    assert (result.since, result.due) == (at("13:00"), at("16:00"))
    assert [result.outcome(at(text)) for text in ("12:59:59", "13:00", "16:00:01")] == ["paused", "running", "missed"]


def test_the_pause_of_a_solved_ticket_has_no_longest_length() -> None:
    tickets = "pause_when: {status: [pending], at_most: 1h}\n" + RESPONSE
    assert one(tickets, "10:00: opened P1\n10:10: status solved") == ("withdrawn", 10 * MINUTE)


# --- reopening ---------------------------------------------------------------------------------------------------------
REOPENED = "10:00: opened P1\n11:00: status solved\n15:00: status open\n17:00: status closed"


@pytest.mark.parametrize(("reopen", "expected"), [
    ("continue", [("missed", 7 * HOUR)]),
    ("exclude_closed", [("met", 3 * HOUR)]),
    ("new_cycle", [("met", HOUR), ("met", 2 * HOUR)]),
    ("restart", [("met", 2 * HOUR)]),
])  # fmt: skip
def test_a_reopened_ticket_goes_on_as_the_agreement_says(reopen: str, expected: list[tuple[str, int]]) -> None:
    assert [(outcome, worked) for _, outcome, worked in told(f"reopen: {reopen}\n{RESOLUTION}", REOPENED)] == expected


@pytest.mark.parametrize(("profile", "cycles"), [
    ("zendesk", [3 * HOUR]), ("jsm", [HOUR, 2 * HOUR]), ("servicenow", [HOUR, 2 * HOUR]), ("zammad", [3 * HOUR]), ("rt", [7 * HOUR]),
    ("redmine", [3 * HOUR]), ("generic", [3 * HOUR]),
])  # fmt: skip
def test_a_reopened_ticket_goes_on_as_its_system_does_it(profile: str, cycles: list[int]) -> None:
    assert [worked for _, _, worked in told(f"profile: {profile}\n{RESOLUTION}", REOPENED)] == cycles


def test_jsm_one_ticket_may_meet_and_miss() -> None:
    story = "10:00: opened P1\n11:00: status solved\n12:00: status open\n18:00: status solved"
    assert [outcome for _, outcome, _ in told("profile: jsm\n" + RESOLUTION, story)] == ["met", "missed"]


def test_osticket_clock_begins_anew_when_a_ticket_is_reopened() -> None:
    [result] = results("reopen: restart\n" + RESOLUTION, "10:00: opened P1\n11:00: status solved\n15:00: status open")
    assert (result.start, result.due) == (at("15:00"), at("19:00"))


def test_closing_a_solved_ticket_changes_nothing() -> None:
    assert one(RESOLUTION, "10:00: opened P1\n11:00: status solved\n20:00: status closed") == ("met", HOUR)


# --- clocks of one's own -----------------------------------------------------------------------------------------------
def test_takeover_runs_from_the_assignment_to_the_status_that_the_agreement_names() -> None:
    tickets = """
        clocks: {takeover: {from: assigned(platform), until: status(in progress)}}
        matrix: {columns: [hours, takeover], P1: [24x7, 10m]}
    """
    story = "10:00: opened P1\n10:05: assigned shop\n10:20: assigned Platform\n10:29: status In Progress"
    assert told(_flat(tickets), story) == [("p1-takeover", "met", 9 * MINUTE)]


def test_a_hold_clock_adds_up_all_the_time_that_a_group_has_a_ticket() -> None:
    tickets = """
        holds: [{name: dba-hold, from: assigned(dba), until: unassigned(dba)}]
        matrix: {columns: [hours, dba-hold], P1: [24x7, 2h]}
    """
    story = """
        10:00: opened P1
        10:10: assigned dba
        11:10: assigned shop
        12:00: assigned dba
        12:50: assigned shop
        14:00: status solved
    """
    assert told(_flat(tickets), story) == [("p1-dba-hold", "met", HOUR + 50 * MINUTE)]


def test_time_that_another_group_holds_a_ticket_may_be_taken_off_ours() -> None:
    tickets = """
        holds: [{name: dba-hold, from: assigned(dba), until: unassigned(dba), counts: false}]
        matrix: {columns: [hours, resolution], P1: [24x7, 4h]}
    """
    story = "10:00: opened P1\n11:00: assigned dba\n15:00: assigned shop\n16:00: status solved"
    assert told(_flat(tickets), story) == [("p1-resolution", "met", 2 * HOUR)]


@pytest.mark.parametrize(("restart", "expected"), [
    ("never", [20 * MINUTE]), ("on_reopen", [20 * MINUTE, 10 * MINUTE]), ("on_start", [10 * MINUTE, 10 * MINUTE]),
])  # fmt: skip
def test_a_clock_of_ones_own_starts_again_as_the_agreement_says(restart: str, expected: list[int]) -> None:
    tickets = f"""
        clocks: {{callback: {{from: tagged(call), until: tagged(called), restart: {restart}}}}}
        matrix: {{columns: [hours, callback], P1: [24x7, 1h]}}
    """
    story = "10:00: opened P1\n10:10: tagged call\n10:20: tagged call\n10:30: tagged called\n11:00: tagged call\n11:10: tagged called"
    assert [worked for _, _, worked in told(_flat(tickets), story)] == expected


def _flat(text: str) -> str:
    from textwrap import dedent

    return dedent(text).strip()
