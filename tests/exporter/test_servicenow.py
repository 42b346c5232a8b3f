"""ServiceNow's records, audit and journal as events."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from api_server import Api, Asked, Told, api, read_all, reader, story
from sla_exporter.sources.source import SourceError
from ticket_stories import judge

from slo_gen.contract.clocks import TicketEvent, life

NOW = 1_795_608_000          # 2026-11-25T12:00:00Z


def at(clock: str) -> int:
    hours, minutes = clock.split(":")
    return NOW + (int(hours) - 12) * 3600 + int(minutes) * 60


def text(clock: str) -> str:
    return f"2026-11-25 {clock}:00"


def record(number: str, updated: str) -> dict[str, Any]:
    return {"sys_id": f"id-{number}", "number": number, "sys_created_on": text("08:00"), "sys_updated_on": text(updated),
            "opened_at": text("07:50"), "state": "6", "hold_reason": "", "priority": "1", "assignment_group": "g2",
            "caller_id.user_name": "carla", "company.name": "Acme"}  # fmt: skip


def audit(number: str, place: int, clock: str, name: str, before: str, after: str) -> dict[str, Any]:
    return {"sys_id": f"a{place}", "documentkey": f"id-{number}", "fieldname": name, "oldvalue": before, "newvalue": after,
            "sys_created_on": text(clock)}  # fmt: skip


AUDIT = [
    audit("INC1", 1, "08:30", "state", "1", "2"), audit("INC1", 2, "08:40", "priority", "3", "1"),
    audit("INC1", 3, "09:00", "hold_reason", "", "1"), audit("INC1", 4, "09:00", "state", "2", "3"),
    audit("INC1", 5, "10:00", "state", "3", "2"), audit("INC1", 6, "10:30", "assignment_group", "g1", "g2"),
    audit("INC1", 7, "11:00", "state", "2", "6"),
]  # fmt: skip
JOURNAL = [
    {"sys_id": "j1", "element_id": "id-INC1", "element": "work_notes", "sys_created_on": text("08:10"), "sys_created_by": "agent"},
    {"sys_id": "j2", "element_id": "id-INC1", "element": "comments", "sys_created_on": text("08:20"), "sys_created_by": "agent"},
    {"sys_id": "j3", "element_id": "id-INC1", "element": "comments", "sys_created_on": text("09:30"), "sys_created_by": "Carla"},
]


def answer(asked: Asked) -> Told | None:
    query = asked.query.get("sysparm_query", "")
    if asked.path.endswith("/incident"):
        if "number=" in query:
            return Told({"result": [record("INC1", "11:00")] if "INC1" in query else []})
        # Access rules emptied the first page; another one follows all the same.
        if asked.query["sysparm_offset"] == "0":
            return Told({"result": []}, headers={"Link": '<https://x>;rel="next"'})
        return Told({"result": [record("INC1", "11:00")]})
    if asked.path.endswith("/sys_audit"):
        return Told({"result": AUDIT})
    if asked.path.endswith("/sys_journal_field"):
        return Told({"result": JOURNAL})
    return None


@pytest.fixture
def servicenow() -> Iterator[Api]:
    with api() as server:
        server.now, server.answer = NOW, answer
        yield server


def test_a_record_is_told_although_the_first_page_is_empty(servicenow: Api) -> None:
    events, _ = read_all(reader({"servicenow": {"url": servicenow.url}}))
    assert story(events, "INC1") == [
        (at("08:00"), "opened", ""), (at("08:00"), "status", "New"), (at("08:00"), "priority", "3"), (at("08:00"), "assigned", "g1"),
        (at("08:00"), "began", str(at("07:50"))), (at("08:10"), "note", ""), (at("08:20"), "agent_message", ""),
        (at("08:30"), "status", "In Progress"), (at("08:40"), "priority", "1"), (at("09:00"), "status", "On Hold"),
        (at("09:30"), "customer_message", ""), (at("10:00"), "status", "In Progress"), (at("10:30"), "assigned", "g2"),
        (at("11:00"), "status", "Resolved"),
    ]  # fmt: skip
    assert [event.meaning for event in events if event.value == "On Hold"] == ["pending"]
    assert servicenow.asked[0].query["sysparm_display_value"] == "false"


def test_records_that_were_not_asked_for_are_an_error(servicenow: Api) -> None:
    servicenow.answer = lambda asked: Told({"result": [record("INC1", "08:00")]})
    source = reader({"servicenow": {"url": servicenow.url}})

    async def go() -> None:
        try:
            await source.read('{"since": %d}' % at("11:00"))  # noqa: UP031
        finally:
            await source.close()

    with pytest.raises(SourceError, match="ignores a part of the query"):
        asyncio.run(go())


def test_a_record_that_is_no_longer_there_is_gone(servicenow: Api) -> None:
    source = reader({"servicenow": {"url": servicenow.url}})

    async def go() -> Any:
        try:
            return await source.look(["INC1", "INC9"])
        finally:
            await source.close()

    known, gone = asyncio.run(go())
    assert (len(known.events) > 10, gone.events) == (True, None)


def test_a_change_of_priority_attaches_a_new_clock_with_the_time_before_it(servicenow: Api) -> None:
    events, _ = read_all(reader({"servicenow": {"url": servicenow.url}}))
    by = judge("profile: servicenow\nmatrix: {columns: [hours, resolution], '3': [24x7, 8h], '1': [24x7, 2h]}")
    mine = sorted(events, key=lambda event: (event.at, event.place))
    told = by.results([("INC1", life([TicketEvent(event.at, *event[4:]) for event in mine], by.program))])
    # From 07:50, when it began; on hold from 9 to 10.
    assert [(each.target, each.outcome(NOW), each.worked // 60) for each in told] == [
        ("3-resolution", "cancelled", 50), ("1-resolution", "missed", 130),
    ]  # fmt: skip
