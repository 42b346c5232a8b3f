"""Jira's search, changelog and comments as events, on Cloud and on Data Center."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from api_server import Api, Asked, Told, api, read_all, reader, story

NOW = 1_795_608_000          # 2026-11-25T12:00:00Z


def at(clock: str) -> int:
    hours, minutes = clock.split(":")
    return NOW + (int(hours) - 12) * 3600 + int(minutes) * 60


def text(clock: str) -> str:
    return f"2026-11-25T{clock}:00.000+0000"


STATUSES = [
    {"name": "Open", "statusCategory": {"key": "new"}}, {"name": "In Progress", "statusCategory": {"key": "indeterminate"}},
    {"name": "Waiting for customer", "statusCategory": {"key": "indeterminate"}}, {"name": "Done", "statusCategory": {"key": "done"}},
]  # fmt: skip

SLA = {
    "name": "Time to resolution",
    "completedCycles": [{"breached": True, "elapsedTime": {"millis": 7_200_000}, "goalDuration": {"millis": 3_600_000}}],
}


def issue(key: str, updated: str, **fields: Any) -> dict[str, Any]:
    known = {
        "created": text("08:00"), "updated": text(updated), "status": {"name": "Done"}, "priority": {"name": "High"},
        "project": {"name": "Support"}, "issuetype": {"name": "Incident"}, "reporter": {"accountId": "carla", "displayName": "Carla"},
        "customfield_10020": SLA, "customfield_10030": [{"value": "Acme"}],
    }  # fmt: skip
    return {"id": key.rpartition("-")[2], "key": key, "fields": {**known, **fields}}


def item(name: str, before: str, after: str) -> dict[str, Any]:
    return {"field": name, "fromString": before, "toString": after}


# Two of one instant, the newer number first: the number says which was first.
CHANGES = [
    {"id": "12", "created": text("09:00"), "items": [item("status", "In Progress", "Waiting for customer")]},
    {"id": "11", "created": text("09:00"), "items": [item("status", "Open", "In Progress"), item("priority", "Low", "High")]},
    {"id": "13", "created": text("10:00"), "items": [item("status", "Waiting for customer", "Done")]},
]
COMMENTS = [
    {"id": "1", "created": text("08:10"), "author": {"accountId": "agent"}, "jsdPublic": False},
    {"id": "2", "created": text("08:20"), "author": {"accountId": "agent"}, "jsdPublic": True},
    {"id": "3", "created": text("09:30"), "author": {"accountId": "carla", "accountType": "customer"}, "jsdPublic": True},
]
EXPECTED = [
    (at("08:00"), "opened", ""), (at("08:00"), "status", "Open"), (at("08:00"), "priority", "Low"),
    (at("08:10"), "note", ""), (at("08:20"), "agent_message", ""),
    (at("09:00"), "status", "In Progress"), (at("09:00"), "priority", "High"), (at("09:00"), "status", "Waiting for customer"),
    (at("09:30"), "customer_message", ""), (at("10:00"), "status", "Done"),
]  # fmt: skip


def cloud(asked: Asked) -> Told | None:
    if asked.path == "/rest/api/3/status":
        return Told(STATUSES)
    if asked.path == "/rest/api/3/search/jql":
        if f"updated >= {at('11:00') * 1000}" in asked.body["jql"]:
            return Told({"issues": [issue("SUP-2", "11:30")], "isLast": True})
        if "updated >= 0 " in asked.body["jql"]:
            return Told({"issues": [issue("SUP-1", "11:00")], "nextPageToken": "t", "isLast": False})
        return Told({"issues": [], "isLast": True})
    if asked.path.endswith("/changelog"):
        start = int(asked.query["startAt"])
        part = CHANGES[start : start + 2]
        return Told({"values": part, "total": 3, "startAt": start, "isLast": start + len(part) >= 3})
    if asked.path.endswith("/comment"):
        return Told({"comments": COMMENTS, "total": 3})
    return None


def data_center(asked: Asked) -> Told | None:
    if asked.path == "/rest/api/2/status":
        return Told(STATUSES)
    if asked.path == "/rest/api/2/search":
        return Told({"issues": [issue("SUP-1", "11:00")], "startAt": 0, "total": 1})
    if asked.path == "/rest/api/2/issue/SUP-1":
        return Told({**issue("SUP-1", "11:00"), "changelog": {"histories": CHANGES, "total": 3}})
    if asked.path.endswith("/comment"):
        return Told({"comments": COMMENTS, "total": 3})
    return None


@pytest.fixture
def jira() -> Iterator[Api]:
    with api() as server:
        server.now, server.answer = NOW, cloud
        yield server


def test_an_issue_is_told_with_the_whole_of_its_changelog(jira: Api) -> None:
    events, page = read_all(reader({"jira": {"url": jira.url, "jql": "project = SUP"}, "fields": {"customer": "customfield_10030"}}))
    assert story(events, "SUP-1") == EXPECTED
    assert {event.meaning for event in events if event.name == "status"} == {"new", "open", "pending", "solved"}
    fields = {event.value for event in events if event.ticket == "SUP-1" and event.name == "field"}
    assert {"project=Support", "customer=Acme", "jsm.Time to resolution=7200 s of 3600 s, breached"} <= fields
    assert sum(path == "/rest/api/3/issue/SUP-1/changelog" for path in jira.paths()) == 2
    assert [event.ticket for event in events if event.name == "opened"] == ["SUP-1", "SUP-2"]
    assert page.watermark == NOW - 300


def test_a_question_is_bounded_in_milliseconds_and_in_order(jira: Api) -> None:
    read_all(reader({"jira": {"url": jira.url, "jql": "project = SUP"}}))
    searches = [asked.body["jql"] for asked in jira.asked if asked.path.endswith("/jql")]
    assert searches == ["(project = SUP) AND updated >= 0 ORDER BY updated ASC",
                        f"(project = SUP) AND updated >= {at('11:00') * 1000} ORDER BY updated ASC"]  # fmt: skip


def test_what_was_read_is_not_asked_for_again_and_what_is_shown_late_is_found(jira: Api) -> None:
    _, page = read_all(reader({"jira": {"url": jira.url}}))
    jira.asked.clear()
    late = issue("SUP-3", "11:56")
    jira.answer = lambda asked: Told({"issues": [late], "isLast": True}) if asked.path.endswith("/jql") else cloud(asked)
    events, _ = read_all(reader({"jira": {"url": jira.url}}), page.place)
    assert [asked.body["jql"] for asked in jira.asked if asked.path.endswith("/jql")] == [
        f"updated >= {(NOW - 300) * 1000} ORDER BY updated ASC"
    ]
    assert {event.ticket for event in events} == {"SUP-3"}


def test_data_center_gives_the_changelog_with_the_issue(jira: Api) -> None:
    jira.answer = data_center
    events, _ = read_all(reader({"jira": {"url": jira.url, "flavour": "data_center"}}))
    assert story(events, "SUP-1") == EXPECTED
