"""Many rows of a query come in parts, so that what was stored before the exporter ended is not read for nothing."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sla_exporter.sources import sql
from sla_exporter.sources.source import Page, Settings
from sla_exporter.sources.sql import SqlReader

from slo_gen.fetch import Credentials
from slo_gen.spec.documents.exporter import SqlSource, TicketSource

START = 1_790_000_000
QUERY = "SELECT ticket, id AS event, at, name, written AS updated FROM happened WHERE written >= :since ORDER BY id DESC"


class Desk:
    """A database with one event of a ticket each minute."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "desk.db"
        with closing(sqlite3.connect(self.file)) as database:
            database.execute("CREATE TABLE happened (id INTEGER PRIMARY KEY, ticket TEXT, at INT, name TEXT, written INT)")
        self.add(range(10))

    def add(self, minutes: range) -> None:
        rows = [(f"T-{each}", START + 60 * each, "opened", START + 60 * each) for each in minutes]
        with closing(sqlite3.connect(self.file)) as database:
            database.executemany("INSERT INTO happened (ticket, at, name, written) VALUES (?, ?, ?, ?)", rows)
            database.commit()

    def reader(self, overlap: int = 120) -> SqlReader:
        document = TicketSource(name="desk", sql=SqlSource(sqlite=str(self.file), query=QUERY))
        return SqlReader(Settings(document, Credentials(), overlap, asks=600, seconds=10))


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(sql, "_PART", 4)
    return Desk(tmp_path)


def read(reader: SqlReader, place: str) -> Page:
    return asyncio.run(reader.read(place))


def tickets(page: Page) -> list[str]:
    return [event.ticket for event in page.events]


def test_parts_come_in_the_order_of_writing_until_there_is_no_more(desk: Desk) -> None:
    reader, place, found = desk.reader(), "", []
    pages = []
    while True:
        page = read(reader, place)
        pages.append(page)
        found += tickets(page)
        place = page.place
        if not page.more:
            break
    assert found == [f"T-{number}" for number in range(10)]
    assert [len(page.events) for page in pages] == [4, 4, 2]
    assert place == str(START + 9 * 60 - 120)
    assert len({page.watermark for page in pages}) == 1


def test_a_restarted_reader_begins_an_overlap_before_the_last_part_that_was_stored(desk: Desk) -> None:
    first = read(desk.reader(), "")
    assert tickets(first) == ["T-0", "T-1", "T-2", "T-3"]
    assert tickets(read(desk.reader(), first.place)) == ["T-1", "T-2", "T-3", "T-4"]     # 120 s before T-3 is T-1


def test_a_part_that_was_not_stored_is_read_again(desk: Desk) -> None:
    reader = desk.reader()
    first = read(reader, "")
    second = read(reader, first.place)
    assert tickets(second) == ["T-4", "T-5", "T-6", "T-7"]
    assert tickets(read(reader, first.place)) == ["T-1", "T-2", "T-3", "T-4"]            # the place has not moved: ask again


def test_what_is_written_meanwhile_comes_with_the_next_question(desk: Desk) -> None:
    reader, place = desk.reader(), ""
    for _ in range(3):
        page = read(reader, place)
        place = page.place
        desk.add(range(10, 12) if place.endswith("/1") else range(0))
    assert not page.more
    assert tickets(read(reader, place)) == ["T-7", "T-8", "T-9", "T-10"]


def test_all_rows_of_one_instant_are_read_though_the_place_cannot_move(desk: Desk) -> None:
    reader, place, found = desk.reader(overlap=3600), "", []
    for _ in range(3):
        page = read(reader, place)
        found += tickets(page)
        place = page.place
    assert (found, page.more) == ([f"T-{number}" for number in range(10)], False)
