"""What a ledger keeps, counts once, corrects and refuses."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from pathlib import Path

import pytest
from ledgers import SOURCE, Kept, source_events
from sla_exporter.ledger.database import BusyError, CorruptError, LedgerError, SqliteDatabase
from sla_exporter.ledger.ledger import Ledger, SourceEvent, SourceState
from sla_exporter.ledger.schema import MIGRATIONS, VERSION, version_of
from sla_exporter.ledger.upkeep import differences
from ticket_stories import at

KEPT = "10:00: opened P1\n10:10: agent_message\n11:00: status solved"
MET = {("acme", "p1-response", "met"): 1, ("acme", "p1-resolution", "met"): 1}


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path / "ledger")


def test_what_was_told_is_there_after_a_restart(kept: Kept) -> None:
    kept.tell({"T-1": KEPT}, at("12:00"), place="here", watermark=at("11:59"))
    kept.database.close()
    kept.open()
    assert kept.ledger.state(SOURCE) == SourceState("here", at("11:59"), at("12:00"))
    assert kept.ledger.books.counters() == MET
    assert [row.final for row in kept.ledger.all_results(SOURCE)] == ["met", "met"]


def test_the_same_told_again_counts_nothing_twice(kept: Kept) -> None:
    kept.tell({"T-1": KEPT}, at("12:00"))
    assert kept.tell({"T-1": KEPT}, at("12:01")) == []
    assert kept.ledger.books.counters() == MET


def test_of_what_is_told_again_only_what_is_new_is_judged(kept: Kept, monkeypatch: pytest.MonkeyPatch) -> None:
    kept.tell({"T-1": KEPT, "T-2": KEPT}, at("12:00"))
    judged: list[str] = []
    original = type(kept.promises).judged

    def counting(self: object, source: str, tickets: Iterable[tuple[str, object]]) -> object:
        listed = list(tickets)
        judged.extend(ticket for ticket, _ in listed)
        return original(kept.promises, source, listed)                  # type: ignore[arg-type]

    monkeypatch.setattr(type(kept.promises), "judged", counting)
    told = [*source_events("T-1", KEPT), *source_events("T-2", KEPT + "\n13:00: reopened")]
    changes = kept.ledger.store(SOURCE, told, SourceState("7"), kept.promises, at("13:01"))
    assert judged == ["T-2"]
    assert {change.after.ticket for change in changes if change.after is not None} <= {"T-2"}
    assert kept.ledger.state(SOURCE).place == "7"


def test_events_may_come_late_and_in_any_order(kept: Kept) -> None:
    told = source_events("T-1", KEPT)
    for event in reversed(told):
        kept.ledger.store(SOURCE, [event], SourceState(), kept.promises, at("12:00"))
    assert [(row.target, row.final, row.worked) for row in kept.ledger.all_results(SOURCE)] == [
        ("p1-resolution", "met", 3600), ("p1-response", "met", 600),
    ]  # fmt: skip


def test_only_tickets_that_were_touched_are_computed_again(kept: Kept) -> None:
    kept.tell({f"T-{number}": KEPT for number in range(20)}, at("12:00"))
    changes = kept.tell({"T-7": KEPT + "\n12:00: status open"}, at("12:01"))
    assert [change.after.ticket for change in changes if change.after] == ["T-7"]


def test_a_transaction_that_fails_leaves_cursor_and_results_as_they_were(kept: Kept) -> None:
    kept.tell({"T-1": KEPT}, at("12:00"), place="before")
    bad = SourceEvent("T-2", "1", None, 0, "opened")  # type: ignore[arg-type]
    with pytest.raises(LedgerError):
        kept.ledger.store(SOURCE, [*source_events("T-3", KEPT), bad], SourceState("after"), kept.promises, at("12:01"))
    assert kept.ledger.state(SOURCE).place == "before"
    assert not kept.ledger.has(SOURCE, "T-3")
    assert kept.ledger.books.counters() == MET


def test_counters_only_grow_and_the_period_says_what_holds(kept: Kept) -> None:
    kept.tell({"T-1": KEPT}, at("12:00"))
    kept.tell({"T-1": KEPT + "\n12:30: status open\n20:00: status solved"}, at("20:01"))
    assert kept.ledger.books.counters() == {**MET, ("acme", "p1-resolution", "missed"): 1}
    counts = kept.ledger.counts("acme", at("2026-11-01T00:00"), at("2026-12-01T00:00"))
    assert counts == {("p1-response", "met"): 1, ("p1-resolution", "missed"): 1}


def test_what_is_too_late_by_time_alone_is_counted_once(kept: Kept) -> None:
    kept.tell({"T-1": "10:00: opened P1"}, at("10:01"))
    assert kept.ledger.books.book_late(kept.ledger.rows_open(), at("10:15")) == []
    [change] = kept.ledger.books.book_late(kept.ledger.rows_open(), at("10:15:01"))
    assert change.after is not None
    assert (change.after.target, change.after.booked) == ("p1-response", "missed")
    assert kept.ledger.books.book_late(kept.ledger.rows_open(), at("10:16")) == []
    kept.tell({"T-1": "10:00: opened P1\n10:20: agent_message"}, at("10:21"))
    assert kept.ledger.books.counters() == {("acme", "p1-response", "missed"): 1}


def test_the_histogram_has_the_time_allowed_as_a_bound(kept: Kept) -> None:
    kept.tell({"T-1": KEPT, "T-2": "10:00: opened P1\n10:15:01: agent_message"}, at("12:00"))
    durations = kept.ledger.books.durations()["acme", "p1-response"]
    assert durations == {600: (1, 600), 1800: (1, 901)}
    kept.tell({"T-3": "10:00: opened P1\n10:14: agent_message"}, at("12:00"))
    assert kept.ledger.books.durations()["acme", "p1-response"][900] == (1, 840)


def test_a_late_change_in_a_complete_period_is_a_correction(kept: Kept) -> None:
    october = "2026-10-05T10:00: opened P1\n2026-10-05T10:05: agent_message"
    kept.tell({"T-1": october}, at("2026-10-06T00:00"), watermark=at("2026-11-02T00:00"))
    assert kept.ledger.books.corrections() == []
    kept.tell({"T-1": october + "\n2026-11-03T09:00: merged T-2"}, at("2026-11-03T10:00"), watermark=at("2026-11-03T10:00"))
    [correction] = [each for each in kept.ledger.books.corrections() if each.target == "p1-response"]
    assert (correction.period, correction.was, correction.becomes, correction.ticket) == ("2026-10", "met", "", "T-1")


def test_other_terms_compute_all_results_again(tmp_path: Path) -> None:
    kept = Kept(tmp_path / "ledger", "matrix: {columns: [hours, response], P1: [24x7, 15m]}")
    kept.ledger.agree(kept.promises, [SOURCE], at("12:00"))
    kept.tell({"T-1": KEPT}, at("12:00"))
    kept.database.close()
    stricter = Kept(tmp_path / "ledger", "matrix: {columns: [hours, response], P1: [24x7, 5m]}")
    assert stricter.ledger.agree(stricter.promises, [SOURCE], at("12:01"))
    assert not stricter.ledger.agree(stricter.promises, [SOURCE], at("12:01"))
    assert [row.final for row in stricter.ledger.all_results(SOURCE)] == ["missed"]


def test_verify_finds_what_does_not_follow_from_the_events(kept: Kept) -> None:
    kept.tell({"T-1": KEPT}, at("12:00"))
    assert [text for _, text in differences(kept.ledger, kept.catalogue, [SOURCE]) if text] == []
    kept.database.execute("UPDATE result SET worked = worked + 1 WHERE target = 'p1-response'")
    [told] = [text for _, text in differences(kept.ledger, kept.catalogue, [SOURCE]) if text]
    assert told == "acme/p1-response of desk T-1, cycle 1: worked is 601 in the ledger, and 600 by the events"


# --- the file ----------------------------------------------------------------------------------------------------------
def test_a_ledger_in_a_file_has_one_writer(kept: Kept) -> None:
    with pytest.raises(BusyError, match="in use by another sla-exporter"):
        SqliteDatabase(kept.file)
    SqliteDatabase(kept.file, read_only=True).close()


def test_a_damaged_file_is_refused_and_left_as_it_is(kept: Kept) -> None:
    kept.tell({f"T-{number}": KEPT for number in range(300)}, at("12:00"))
    kept.database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    kept.database.close()
    data = bytearray(kept.file.read_bytes())
    data[4096:12288] = b"\x55" * 8192
    kept.file.write_bytes(data)
    with pytest.raises(CorruptError, match="was left as it is"):
        SqliteDatabase(kept.file)
    assert kept.file.read_bytes() == bytes(data)


def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path) -> None:
    (tmp_path / "ledger").write_text("these are notes " * 100)
    with pytest.raises(CorruptError):
        SqliteDatabase(tmp_path / "ledger")


def test_a_newer_ledger_is_refused(kept: Kept) -> None:
    kept.database.execute("UPDATE meta SET value = '99' WHERE name = 'version'")
    with pytest.raises(LedgerError, match="newer sla-exporter"):
        Ledger(kept.database)


@pytest.mark.parametrize("version", range(1, VERSION + 1))
def test_a_ledger_of_every_version_is_brought_up_to_date_and_a_copy_is_kept(tmp_path: Path, version: int) -> None:
    file = tmp_path / "ledger"
    connection = sqlite3.connect(file)
    connection.execute("CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL)")
    for statements in MIGRATIONS[:version]:
        for statement in statements:
            connection.execute(statement.format(without_rowid="WITHOUT ROWID"))
    connection.execute("INSERT INTO meta VALUES ('version', ?)", (str(version),))
    connection.execute("INSERT INTO event VALUES ('desk', 'T-1', '1', 5, 0, 'opened', '', '')")
    connection.commit()
    connection.close()
    with SqliteDatabase(file) as database:
        ledger = Ledger(database)
        assert version_of(database) == VERSION
        assert ledger.has("desk", "T-1")
    assert file.with_name(f"ledger.version-{version}").exists() == (version < VERSION)


# --- many tickets ------------------------------------------------------------------------------------------------------
def test_several_processes_find_what_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stories = {
        f"T-{number:03}": f"10:00: opened P{1 + number % 2}\n10:{5 + number % 20:02}: agent_message\n1{1 + number % 9}:30: status solved"
        for number in range(60)
    }
    found = []
    for name, worth_it in (("one", 1000), ("several", 1)):
        kept = Kept(tmp_path / name)
        kept.tell(stories, at("20:00"))
        kept.database.execute("DELETE FROM result")
        monkeypatch.setattr("sla_exporter.ledger.ledger.WORTH_IT", worth_it)
        monkeypatch.setattr("sla_exporter.ledger.recomputing._SIZE", 7)
        assert kept.ledger.agree(kept.promises, [SOURCE], at("20:00"))
        found.append(list(kept.ledger.all_results(SOURCE)))
        kept.database.close()
    assert len(found[0]) == 120
    assert found[0] == found[1]
