"""GitHub's issues and timelines as events."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from api_server import Api, Asked, Told, api, read_all, reader, story

NOW = 1_795_608_000          # 2026-11-25T12:00:00Z
DOCUMENT = {"repository": "acme/shop"}


def at(clock: str) -> int:
    hours, minutes = clock.split(":")
    return NOW + (int(hours) - 12) * 3600 + int(minutes) * 60


def text(clock: str) -> str:
    return f"2026-11-25T{clock}:00Z"


def issue(number: int, updated: str, **more: Any) -> dict[str, Any]:
    return {"number": number, "created_at": text("08:00"), "updated_at": text(updated), "state": "open",
            "user": {"login": "carla", "type": "User"}, **more}  # fmt: skip


def comment(number: int, clock: str, login: str, association: str, kind: str = "User") -> dict[str, Any]:
    return {"event": "commented", "id": number, "created_at": text(clock), "user": {"login": login, "type": kind},
            "author_association": association}  # fmt: skip


TIMELINE = [
    {"event": "labeled", "id": 1, "created_at": text("08:01"), "label": {"name": "priority/critical"}},
    {"event": "labeled", "id": 2, "created_at": text("08:02"), "label": {"name": "question"}},
    comment(3, "08:03", "ci[bot]", "MEMBER", "Bot"),
    comment(4, "08:05", "stranger", "NONE"),
    comment(5, "08:06", "carla", "MEMBER"),
    comment(6, "08:10", "maria", "MEMBER"),
    {"event": "cross-referenced", "created_at": text("08:11")},
    {"event": "closed", "id": 7, "created_at": text("09:00"), "state_reason": "completed"},
    {"event": "reopened", "id": 8, "created_at": text("10:00")},
]


@pytest.fixture
def github() -> Iterator[Api]:
    def answer(asked: Asked) -> Told | None:
        if asked.path == "/repos/acme/shop/issues":
            return Told([issue(1, "10:00"), issue(2, "10:30", pull_request={"url": "x"})])
        if asked.path == "/repos/acme/shop/issues/1/timeline":
            return Told(TIMELINE)
        return None

    with api() as server:
        server.now, server.answer = NOW, answer
        yield server


def test_an_issue_is_told_and_pull_requests_are_none(github: Api) -> None:
    events, page = read_all(reader({"github": {"url": github.url, **DOCUMENT}, "priorities": {"priority/critical": "P1"}}))
    assert story(events, "1") == [
        (at("08:00"), "opened", ""), (at("08:00"), "status", "open"), (at("08:01"), "priority", "priority/critical"),
        (at("08:02"), "tagged", "question"), (at("08:03"), "note", ""), (at("08:05"), "customer_message", ""),
        (at("08:06"), "customer_message", ""), (at("08:10"), "agent_message", ""), (at("09:00"), "status", "closed"),
        (at("10:00"), "status", "open"),
    ]  # fmt: skip
    assert {event.ticket for event in events} == {"1"}
    assert not any("issues/2" in path for path in github.paths())
    assert page.watermark == NOW


def test_pages_of_one_second_are_gone_through_by_their_number(github: Api) -> None:
    many = [issue(number, "09:00") for number in range(1, 251)]

    def answer(asked: Asked) -> Told | None:
        if asked.path.endswith("/timeline"):
            return Told([])
        since, page = asked.query["since"], int(asked.query["page"])
        found = [each for each in many if each["updated_at"] >= since]
        part = found[(page - 1) * 100 : page * 100]
        more = page * 100 < len(found)
        return Told(part, headers={"Link": '<https://x>; rel="next"'} if more else {})

    github.answer = answer
    events, _ = read_all(reader({"github": {"url": github.url, **DOCUMENT}}))
    assert sorted({int(event.ticket) for event in events}) == list(range(1, 251))
