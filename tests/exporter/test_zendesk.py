"""Zendesk's export and audits as events, and its clocks."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from api_server import Api, Asked, Told, api, read_all, reader, story
from ticket_stories import judge

from slo_gen.contract.clocks import TicketEvent, life

NOW = 1_795_608_000          # 2026-11-25T12:00:00Z
CUSTOMER, AGENT = 1, 2


def at(clock: str) -> int:
    """Seconds of a time of day on 2026-11-25."""
    hours, minutes = clock.split(":")
    return NOW + (int(hours) - 12) * 3600 + int(minutes) * 60


def text(clock: str) -> str:
    return f"2026-11-25T{clock}:00Z"


def audit(number: int, clock: str, *events: dict[str, Any], **more: Any) -> dict[str, Any]:
    told = [{"id": number * 10 + place, **event} for place, event in enumerate(events)]
    return {"id": number, "created_at": text(clock), "events": told, **more}


def comment(author: int, public: bool = True) -> dict[str, Any]:
    return {"type": "Comment", "public": public, "author_id": author}


def change(name: str, value: str) -> dict[str, Any]:
    return {"type": "Change", "field_name": name, "value": value, "previous_value": "x"}


def create(name: str, value: str) -> dict[str, Any]:
    return {"type": "Create", "field_name": name, "value": value}


AUDITS = {
    7: [
        audit(1, "08:00", create("status", "new"), create("priority", "high"), create("group_id", "5"), comment(CUSTOMER)),
        audit(2, "08:10", comment(AGENT, public=False)),
        audit(3, "08:20", comment(AGENT), change("status", "pending")),
        audit(4, "09:00", comment(CUSTOMER), change("status", "open")),
        audit(5, "09:30", change("priority", "urgent")),
        audit(6, "10:00", change("status", "solved")),
        audit(8, "11:00", {"type": "SatisfactionRating", "score": "good"}),
    ],
    8: [audit(11, "08:00", create("status", "open"), comment(AGENT)), audit(12, "08:30", comment(AGENT))],
    9: [audit(21, "08:00", create("status", "new"), comment(CUSTOMER)),
        audit(22, "08:05", change("status", "closed"), via={"source": {"rel": "merge", "to": {"ticket_id": 7}, "from": {}}})],
}  # fmt: skip


def ticket(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "created_at": text("08:00"), "updated_at": text("11:00"), "status": "open", "organization_id": 70, **more}


def answer(asked: Asked) -> Told | None:
    parts = asked.path.strip("/").split("/")
    if asked.path == "/api/v2/groups.json":
        return Told({"groups": [{"id": 5, "name": "Level 1"}]})
    if asked.path == "/api/v2/organizations/70.json":
        return Told({"organization": {"id": 70, "name": "Acme"}})
    if asked.path == "/api/v2/incremental/tickets/cursor.json":
        if asked.query.get("start_time") == "0":
            return Told({"tickets": [ticket(7), ticket(7), ticket(8)], "after_cursor": "c1", "end_of_stream": False})
        if asked.query.get("cursor") == "c1":
            return Told({"tickets": [ticket(9)], "after_cursor": "c2", "end_of_stream": True})
        return Told({"tickets": [], "after_cursor": "c2", "end_of_stream": True})
    if parts[2:3] == ["tickets"] and parts[-1] == "audits.json":
        audits = AUDITS[int(parts[3])]
        users = [{"id": CUSTOMER, "role": "end-user"}, {"id": AGENT, "role": "agent"}]
        first = "page[after]" not in asked.query
        part = audits[:4] if first else audits[4:]
        return Told({"audits": part, "users": users, "meta": {"has_more": first and len(audits) > 4, "after_cursor": "a"}})
    if asked.path == "/api/v2/tickets/8.json":
        return Told({"ticket": ticket(8, status="deleted")})
    return None


@pytest.fixture
def zendesk() -> Iterator[Api]:
    with api() as server:
        server.now, server.answer = NOW, answer
        yield server


def test_a_ticket_is_told_with_all_of_its_pages(zendesk: Api) -> None:
    events, page = read_all(reader({"zendesk": {"url": zendesk.url}}))
    assert story(events, "7") == [
        (at("08:00"), "opened", ""), (at("08:00"), "status", "new"), (at("08:00"), "priority", "high"),
        (at("08:00"), "assigned", "Level 1"),
        (at("08:10"), "note", ""), (at("08:20"), "agent_message", ""), (at("08:20"), "status", "pending"),
        (at("09:00"), "customer_message", ""), (at("09:00"), "status", "open"), (at("09:30"), "priority", "urgent"),
        (at("10:00"), "status", "solved"), (at("11:00"), "rated", "good"),
    ]  # fmt: skip
    assert tuple(event.value for event in events if event.ticket == "7" and event.name == "field") == ("organization=Acme",)
    assert (page.place, page.watermark, page.more) == ("c2", NOW - 60, False)
    assert sum(path.endswith("/7/audits.json") for path in zendesk.paths()) == 2


def test_the_first_reply_of_a_ticket_that_an_agent_opened_is_the_second_comment(zendesk: Api) -> None:
    events, _ = read_all(reader({"zendesk": {"url": zendesk.url}}))
    assert [each for each in story(events, "8") if each[1] == "agent_message"] == [(at("08:30"), "agent_message", "")]


def test_a_merged_ticket_is_told_with_the_one_that_it_became_a_part_of(zendesk: Api) -> None:
    events, _ = read_all(reader({"zendesk": {"url": zendesk.url}}))
    assert story(events, "9")[-2:] == [(at("08:05"), "status", "closed"), (at("08:05"), "merged", "7")]


def test_a_deleted_ticket_is_told_and_one_that_is_not_there_is_gone(zendesk: Api) -> None:
    source = reader({"zendesk": {"url": zendesk.url}})

    async def go() -> Any:
        try:
            return await source.look(["8", "404"])
        finally:
            await source.close()

    deleted, gone = asyncio.run(go())
    assert deleted.events[-1][:1] == ("8",)
    assert deleted.events[-1].name == "deleted"
    assert gone.events is None


def test_reading_goes_on_at_its_place(zendesk: Api) -> None:
    assert read_all(reader({"zendesk": {"url": zendesk.url}}), "c2")[0] == []
    assert zendesk.asked[-1].query == {"cursor": "c2"}


def test_its_clocks_are_those_that_its_agents_see(zendesk: Api) -> None:
    events, _ = read_all(reader({"zendesk": {"url": zendesk.url}}))
    columns = "columns: [hours, response, requester_wait, agent_work, resolution]"
    by = judge(f"profile: zendesk\nmatrix: {{{columns}, high: [24x7, 30m, none, none, none], urgent: [24x7, 15m, 4h, 4h, 4h]}}")
    mine = sorted((event for event in events if event.ticket == "7"), key=lambda event: (event.at, event.place))
    told = by.results([("7", life([TicketEvent(*event[2:3], *event[4:]) for event in mine], by.program))])
    assert {each.target: each.worked // 60 for each in told} == {
        "high-response": 20, "urgent-requester_wait": 80, "urgent-agent_work": 80, "urgent-resolution": 120,
    }  # fmt: skip
