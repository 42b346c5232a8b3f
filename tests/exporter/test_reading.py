"""Reading a source: places that move, errors that are counted, patience, and tickets that are gone."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec
import pytest
from ledgers import SOURCE, Kept, source_events
from sla_exporter.bookkeeper import Bookkeeper
from sla_exporter.health import Health
from sla_exporter.reading import SourceReading
from sla_exporter.sources.source import Found, Page, SourceError, SourceEvent
from ticket_stories import at

from slo_gen.spec.documents.exporter import TicketSource

ANSWERED = "10:00: opened Urgent\n10:05: agent_message"


class Told:
    """A reader that says what it was told to say, one after another."""

    experimental = True
    at_once = 50

    def __init__(self, *said: Page | Exception, found: Sequence[Found] = ()) -> None:
        self.said = list(said)
        self.found = found
        self.places: list[str] = []
        self.looked: list[Sequence[str]] = []

    async def read(self, place: str) -> Page:
        self.places.append(place)
        one = self.said.pop(0)
        if isinstance(one, Exception):
            raise one
        return one

    async def look(self, tickets: Sequence[str]) -> Sequence[Found]:
        self.looked.append(tuple(tickets))
        return [each for each in self.found if each.ticket in tickets]

    async def close(self) -> None:
        """Nothing is open."""


def page(place: str, story: str = "", *, more: bool = False, watermark: int = 0, **rejected: int) -> Page:
    return Page(source_events("T-1", story) if story else (), (), place, watermark, more, rejected)


class Desk:
    def __init__(self, folder: Path, reader: Told, monkeypatch: pytest.MonkeyPatch, **document: Any) -> None:
        monkeypatch.setattr("sla_exporter.reading.reader_of", lambda source, folder: reader)
        self.now = at("12:00")
        self.kept = Kept(folder / "ledger")
        self.health = Health(writer=True)
        self.keeper = Bookkeeper(self.kept.ledger, self.kept.catalogue, [SOURCE], self.health, self.now)
        source = msgspec.convert({"name": SOURCE, "file": {"path": "x"}, "reread": "1h", **document}, TicketSource)
        self.reading = SourceReading(source, folder, self.keeper, self.health, lambda: self.now)

    def once(self) -> float:
        return asyncio.run(self.reading.once())

    @property
    def of(self) -> Any:
        return self.health.sources[SOURCE]


def test_characters_that_no_database_holds_are_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    odd = SourceEvent("T\0", "1", at("10:00"), 0, "field", "name=a\0b\ud800c")
    reader = Told(Page([SourceEvent("T\0", "0", at("10:00"), 0, "opened"), odd], ("T\0",), "1", 0, False))
    desk = Desk(tmp_path, reader, monkeypatch)
    desk.once()
    assert desk.of.up
    assert [event.value for event in desk.kept.ledger.events(SOURCE, "T?")] == ["", "name=a?b?c"]


def test_pages_are_read_to_the_end_and_the_place_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Told(page("1", ANSWERED, more=True, watermark=5), page("2", watermark=at("11:59")), page("3"))
    desk = Desk(tmp_path, reader, monkeypatch, priorities={"urgent": "P1"})
    assert desk.once() == 60
    assert desk.once() == 60
    assert reader.places == ["", "1", "2"]
    assert (desk.kept.ledger.state(SOURCE).place, desk.of.watermark, desk.of.up) == ("3", at("11:59"), True)
    assert [row.target for row in desk.kept.ledger.all_results(SOURCE)] == ["p1-resolution", "p1-response"]


def test_an_error_moves_no_place_and_is_counted_and_told_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    down = SourceError("server", "it answered with 500")
    reader = Told(page("1", ANSWERED), down, down, SourceError("rate_limited", "too many", 42.0), page("2"))
    desk = Desk(tmp_path, reader, monkeypatch)
    with caplog.at_level(logging.INFO, "sla_exporter"):
        desk.once()
        pauses = [desk.once() for _ in range(3)]
        desk.once()
    assert reader.places == ["", "1", "1", "1", "1"]
    assert (desk.of.errors["server"], desk.of.errors["rate_limited"], desk.of.up) == (2, 1, True)
    assert 1 <= pauses[0] <= 120
    assert 42 <= pauses[2] <= 43
    said = [record.getMessage() for record in caplog.records]
    assert said == ["source desk: experimental; it was never checked with a real server", "source desk: it answered with 500",
                    "source desk: too many", "source desk: reads again"]  # fmt: skip


def test_a_defect_of_a_source_is_an_error_of_its_own_and_ends_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path, Told(ZeroDivisionError(), page("1")), monkeypatch)
    assert desk.once() > 0
    assert (desk.of.errors["internal"], desk.of.up) == (1, False)
    desk.once()
    assert desk.of.up


def test_wrong_credentials_are_not_tried_in_a_hurry(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path, Told(SourceError("auth", "401")), monkeypatch, every="1s")
    assert desk.once() >= 60


def test_rows_that_were_left_out_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Desk(tmp_path, Told(page("1", no_time=3)), monkeypatch)
    desk.once()
    assert desk.of.rejected == {"no_time": 3}


def test_tickets_that_matter_are_looked_at_again_and_one_that_is_gone_was_deleted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Told(page("1", ANSWERED), page("1"), page("1"), page("1"), found=[Found("T-1", None)])
    desk = Desk(tmp_path, reader, monkeypatch, priorities={"urgent": "P1"})
    desk.once()
    assert reader.looked == [("T-1",)]
    assert {row.final for row in desk.kept.ledger.all_results(SOURCE)} == {"deleted"}
    desk.now += 1800
    desk.once()
    assert len(reader.looked) == 1               # an hour is not over
    desk.now += 1801
    desk.once()
    assert len(reader.looked) == 1               # it is known to be gone


def test_a_ticket_that_is_found_again_is_there_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Told(page("1", ANSWERED), Page(source_events("T-1", ANSWERED), ("T-1",), "2", 0, False), found=[Found("T-1", None)])
    desk = Desk(tmp_path, reader, monkeypatch, priorities={"urgent": "P1"})
    desk.once()
    desk.once()
    assert {row.final for row in desk.kept.ledger.all_results(SOURCE)} == {"", "met"}


def test_a_system_that_asks_for_patience_is_still_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    limited = SourceError("rate_limited", "too many", 17.0)
    desk = Desk(tmp_path, Told(limited, page("1"), limited), monkeypatch)
    desk.once()
    assert not desk.of.up                        # nothing was read yet
    desk.once()
    assert 17 <= desk.once() <= 18
    assert (desk.of.up, desk.of.errors["rate_limited"]) == (True, 2)


def test_a_ledger_that_cannot_be_written_is_no_fault_of_the_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    reader = Told(page("1", ANSWERED), page("2"), page("2"), page("2"))
    desk = Desk(tmp_path, reader, monkeypatch)
    desk.once()
    monkeypatch.setattr("sla_exporter.ledger.database._WAIT_MS", 50)
    desk.kept.database.execute("PRAGMA busy_timeout = 50")
    with caplog.at_level(logging.INFO, "sla_exporter"), closing(sqlite3.connect(desk.kept.file)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert [0.5 <= desk.once() <= 1.5 for _ in range(2)] == [True, True]
        assert (desk.of.up, desk.of.errors["internal"], desk.health.ledger_writable) == (True, 2, False)
        other.execute("ROLLBACK")
        desk.once()
    assert (reader.places, desk.health.ledger_writable) == (["", "1", "1", "1"], True)
    said = [record.getMessage() for record in caplog.records]
    assert said[1:] == [f"{desk.kept.file} is locked by another process for more than 0 seconds", "the ledger can be written again"]


def test_slow_re_reading_goes_on_after_the_clock_was_wrong(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reader = Told(page("1", ANSWERED), page("1"), page("1"), found=[])
    desk = Desk(tmp_path, reader, monkeypatch, priorities={"urgent": "P1"})
    desk.now = at("2036-01-01T00:00")
    desk.once()
    desk.now = at("12:00")
    desk.once()
    assert reader.looked == [("T-1",), ("T-1",)]
