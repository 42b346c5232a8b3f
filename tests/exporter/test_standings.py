"""Where promises stand as time passes, and what is exposed of it."""

from __future__ import annotations

from pathlib import Path

import pytest
from ledgers import SOURCE, Kept, source_events
from prometheus_client.parser import text_string_to_metric_families
from sla_exporter.bookkeeper import Bookkeeper
from sla_exporter.health import Health
from sla_exporter.ledger.ledger import SourceState
from ticket_stories import at


class Desk:
    """A bookkeeper that is told stories, and asked what it exposes."""

    def __init__(self, kept: Kept, now: str, nearest: int = 100, limit: int = 100_000) -> None:
        self.kept = kept
        self.keeper = Bookkeeper(kept.ledger, kept.catalogue, [SOURCE], Health(), at(now), nearest=nearest, series_limit=limit)

    def tell(self, now: str, **stories: str) -> None:
        events = [event for ticket, story in stories.items() for event in source_events(ticket, story)]
        self.keeper.store(SOURCE, events, SourceState("1", at(now), at(now)), at(now))

    def samples(self, now: str) -> dict[tuple[str, str, str], float]:
        """Value by name, target and what else tells series apart."""
        text = self.keeper.page(at(now), openmetrics=False).decode()
        found = {}
        for family in text_string_to_metric_families(text):
            for sample in family.samples:
                rest = {name: value for name, value in sample.labels.items()
                        if name not in ("agreement", "slm_customer", "slm_service", "target", "source", "priority")}  # fmt: skip
                found[sample.name, sample.labels.get("target", ""), ",".join(rest[name] for name in sorted(rest))] = sample.value
        return found


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(Kept(tmp_path / "ledger"), "09:00")


def test_every_series_is_there_with_0_before_anything_happened(desk: Desk) -> None:
    found = desk.samples("09:00")
    for target in ("p1-response", "p1-resolution", "p2-response", "p2-resolution"):
        for outcome in ("met", "missed", "merged", "withdrawn"):
            assert found["slm_period_tickets", target, outcome] == 0
            assert found["slm_ticket_results_total", target, outcome] == 0
        for name in ("slm_tickets_running", "slm_tickets_paused", "slm_tickets_overdue", "slm_ticket_clock_seconds_count"):
            assert found[name, target, ""] == 0
    assert found["slm_period_start_timestamp_seconds", "", ""] == at("2026-11-01T00:00")
    assert found["slm_period_end_timestamp_seconds", "", ""] == at("2026-12-01T00:00")


def test_time_alone_makes_a_ticket_run_be_at_risk_and_overdue(desk: Desk) -> None:
    desk.tell("10:00", T1="10:00: opened P1")

    def stands(now: str) -> tuple[float, float, float, float, float]:
        found = desk.samples(now)
        return (
            found["slm_tickets_running", "p1-response", ""], found["slm_tickets_at_risk", "p1-response", "75%"],
            found["slm_tickets_at_risk", "p1-response", "90%"], found["slm_tickets_overdue", "p1-response", ""],
            found["slm_period_tickets", "p1-response", "missed"],
        )  # fmt: skip

    assert stands("10:11:14") == (1, 0, 0, 0, 0)
    assert stands("10:11:15") == (1, 1, 0, 0, 0)
    assert stands("10:13:30") == (1, 1, 1, 0, 0)
    assert stands("10:15") == (1, 1, 1, 0, 0)
    assert stands("10:15:01") == (0, 0, 0, 1, 1)


def test_a_page_is_made_once_until_something_turns(desk: Desk) -> None:
    desk.tell("10:00", T1="10:00: opened P1")
    first = desk.keeper.page(at("10:00:10"), openmetrics=False)
    assert desk.keeper.page(at("10:05"), openmetrics=False) is first
    assert desk.keeper.page(at("10:11:15"), openmetrics=False) is not first


def test_a_paused_ticket_is_due_at_no_instant(desk: Desk) -> None:
    desk.tell("10:05", T1="10:00: opened P1\n10:05: status pending")
    found = desk.samples("20:00")
    assert (found["slm_tickets_paused", "p1-response", ""], found["slm_tickets_overdue", "p1-response", ""]) == (1, 0)
    assert not [key for key in found if key[0] == "slm_ticket_deadline_timestamp_seconds"]
    assert ("slm_ticket_next_deadline_timestamp_seconds", "p1-response", "") not in found


def test_deadlines_of_tickets_are_told_with_every_stage(desk: Desk) -> None:
    desk.tell("10:00", T1="10:00: opened P1\n10:05: agent_message")
    found = {key[2]: value for key, value in desk.samples("10:06").items() if key[0] == "slm_ticket_deadline_timestamp_seconds"}
    assert found == {"75%,T1": at("13:00"), "90%,T1": at("13:36"), "100%,T1": at("14:00")}


def test_only_the_nearest_deadlines_are_told_by_ticket(tmp_path: Path) -> None:
    desk = Desk(Kept(tmp_path / "ledger", "matrix: {columns: [hours, resolution], P1: [24x7, 4h]}"), "09:00", nearest=4)
    late = {f"L{number}": f"09:0{number}: opened P1" for number in range(6)}
    ahead = {f"A{number}": f"13:0{number}: opened P1" for number in range(6)}
    desk.tell("13:10", **late, **ahead)
    told = sorted({key[2].rpartition(",")[2] for key in desk.samples("13:30") if key[0] == "slm_ticket_deadline_timestamp_seconds"})
    assert told == ["A0", "A1", "L4", "L5"]
    assert desk.samples("13:30")["slm_tickets_overdue", "p1-resolution", ""] == 6


def test_percentiles_and_numbers_are_told_beside_shares(tmp_path: Path) -> None:
    more = """  targets:
    - {name: usual, percentile: {of: response, percent: 90%}, objective: at most 30m}
    - {name: few, count: {of: tickets, priority: P1}, objective: at most 2}"""
    desk = Desk(Kept(tmp_path / "ledger", more=more), "09:00")
    assert desk.samples("09:00")["slm_period_tickets", "few", "counted"] == 0
    desk.tell("11:00", T1="10:00: opened P1\n10:20: agent_message", T2="10:30: opened P1\n10:31: spam", T3="10:00: opened P2")
    found = desk.samples("11:00")
    assert (found["slm_period_tickets", "few", "counted"], found["slm_period_tickets", "few", "spam"]) == (1, 1)
    assert found["slm_agreement_ticket_limit", "few", ""] == 2
    assert [name for name, target, _ in found if target == "few" and name.startswith("slm_ticket_clock")] == []
    assert not {("slm_period_tickets", "few", "met"), ("slm_period_tickets", "usual", "counted")} & found.keys()
    # T1 took 20 minutes: late for its 15, in time for the percentile; T3 of P2 is asked by it as well, and takes more than 30.
    assert (found["slm_period_tickets", "p1-response", "missed"], found["slm_period_tickets", "usual", "met"]) == (1, 1)
    assert found["slm_period_tickets", "usual", "missed"] == 1
    assert found["slm_ticket_clock_seconds_bucket", "usual", "1800.0"] == 1
    assert desk.samples("2026-12-01T09:00")["slm_period_tickets", "few", "counted"] == 0


def test_a_new_period_begins_with_0_and_counters_go_on(desk: Desk) -> None:
    desk.tell("10:30", T1="10:00: opened P1\n10:05: agent_message")
    assert desk.samples("2026-11-30T23:59:59")["slm_period_tickets", "p1-response", "met"] == 1
    december = desk.samples("2026-12-01T00:00")
    assert december["slm_period_tickets", "p1-response", "met"] == 0
    assert december["slm_ticket_results_total", "p1-response", "met"] == 1
    assert december["slm_period_start_timestamp_seconds", "", ""] == at("2026-12-01T00:00")


def test_what_was_missed_before_the_period_is_overdue_and_does_not_count_in_it(desk: Desk) -> None:
    desk.tell("2026-11-30T23:00", T1="2026-11-30T20:00: opened P1")
    december = desk.samples("2026-12-01T10:00")
    assert (december["slm_tickets_overdue", "p1-response", ""], december["slm_period_tickets", "p1-response", "missed"]) == (1, 0)


def test_a_tick_counts_what_is_too_late_and_a_restart_tells_the_same(desk: Desk) -> None:
    desk.tell("10:00", T1="10:00: opened P1")
    desk.tell("10:15:01")
    assert desk.keeper.tick(at("10:15:01"))
    assert desk.samples("10:15:01")["slm_ticket_results_total", "p1-response", "missed"] == 1
    before = desk.keeper.page(at("10:16"), openmetrics=False)
    desk.kept.database.close()
    desk.kept.open()
    assert Desk(desk.kept, "10:16").keeper.page(at("10:16"), openmetrics=False) == before


def test_the_limit_of_a_family_is_kept_and_counted(tmp_path: Path) -> None:
    desk = Desk(Kept(tmp_path / "ledger"), "09:00", limit=10)
    desk.samples("09:00")
    assert desk.keeper.dropped["slm_period_tickets"] == 4 * 9 - 10


def test_marks_and_complaints_of_the_period_are_told(desk: Desk) -> None:
    desk.tell("10:00", T1="10:00: opened P1\n10:05: agent_message\n11:00: rated 4/5", T2="10:00: opened P1\n11:00: rated good")
    desk.tell("10:00", T3="2026-10-05T10:00: opened P1\n2026-10-05T11:00: rated 1\n11:00: complained too slow")
    found = desk.samples("12:00")
    told = [found[name, "", ""] for name in ("slm_feedback_ratings", "slm_feedback_score", "slm_feedback_complaints")]
    assert told == [2, 5, 1]


def test_while_something_is_written_the_last_page_is_served(desk: Desk) -> None:
    """Also right after the start, before anybody asked, and after a change that nobody has seen yet."""
    import threading

    def asked_meanwhile() -> bytes:
        held, done = threading.Event(), threading.Event()

        def write() -> None:
            with desk.keeper._lock:
                held.set()
                done.wait(5)

        writer = threading.Thread(target=write)
        writer.start()
        held.wait(5)
        page = desk.keeper.page(at("10:06"), openmetrics=False)
        done.set()
        writer.join()
        return page

    assert b"slm_period_tickets" in asked_meanwhile()
    desk.tell("10:05", T1="10:00: opened P1\n10:05: agent_message")
    assert b"slm_period_tickets" in asked_meanwhile()
    assert desk.samples("10:06")["slm_period_tickets", "p1-response", "met"] == 1


MISSED = ("slm_ticket_results_total", "p1-response", "missed")
OVERDUE = ("slm_tickets_overdue", "p1-response", "")


def test_what_nobody_has_read_yet_is_not_counted_as_missed_for_ever(desk: Desk) -> None:
    """An exporter or a source that was away for hours: the answer was given in time meanwhile."""
    desk.tell("10:01", T1="10:00: opened P1")
    desk.kept.database.close()
    desk.kept.open()
    again = Desk(desk.kept, "16:00")
    again.keeper.tick(at("16:00"))
    assert (again.samples("16:00")[OVERDUE], again.samples("16:00")[MISSED]) == (1, 0)
    again.tell("16:01", T1="10:00: opened P1\n10:05: agent_message")
    again.keeper.tick(at("16:02"))
    found = again.samples("16:02")
    assert (found[OVERDUE], found[MISSED], found["slm_ticket_results_total", "p1-response", "met"]) == (0, 0, 1)


@pytest.mark.parametrize("wrong", ["2026-11-29T10:00", "2027-06-01T00:00"])
def test_a_clock_that_was_wrong_for_a_while_leaves_no_trace(desk: Desk, wrong: str, caplog: pytest.LogCaptureFixture) -> None:
    desk.tell("10:01", T1="10:00: opened P1")
    desk.keeper.tick(at("10:02"))
    before = desk.samples("10:02")
    desk.keeper.tick(at(wrong))
    assert desk.samples(wrong)[OVERDUE] == 1
    desk.keeper.tick(at("10:03"))
    after = desk.samples("10:03")
    assert after == before
    assert [record.getMessage().split(" by ")[0] for record in caplog.records] == ["the clock of this machine was set back"]
    desk.tell("10:16")
    desk.keeper.tick(at("10:16"))
    assert desk.samples("10:16")[MISSED] == 1


def test_a_clock_that_is_set_back_makes_no_duration_negative(desk: Desk) -> None:
    desk.tell("12:00", T1="12:00: opened P1")
    desk.keeper.tick(at("12:01"))
    desk.keeper.tick(at("09:00"))
    assert min(value for (name, *_), value in desk.samples("09:00").items() if "timestamp" not in name) == 0
    desk.tell("09:05", T1="12:00: opened P1\n12:05: agent_message")
    assert desk.samples("09:05")["slm_ticket_clock_seconds_sum", "p1-response", ""] == 300


def test_a_scrape_is_given_the_page_of_the_last_tick(desk: Desk) -> None:
    desk.keeper.tick(at("10:00"))
    desk.tell("10:00", T1="10:00: opened P1")
    running = b'slm_tickets_running{agreement="acme",slm_customer="acme",slm_service="checkout",target="p1-response"} '
    assert running + b"0\n" in desk.keeper.served(at("10:00"), openmetrics=False)
    desk.keeper.tick(at("10:00:01"))
    assert running + b"1\n" in desk.keeper.served(at("10:00:01"), openmetrics=False)


def test_a_scrape_makes_its_own_page_where_nothing_ticks(desk: Desk) -> None:
    desk.tell("10:00", T1="10:00: opened P1")
    assert desk.keeper.served(at("10:00"), openmetrics=True) == desk.keeper.page(at("10:00"), openmetrics=True)
