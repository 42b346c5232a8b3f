"""An endpoint of JSON, asked once for many subjects."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from api_server import FAULTS, Api, Told, api, looked, probe_reader
from hypothesis import given, settings
from hypothesis import strategies as st
from sla_exporter.probes.probe import Answer, Seen
from sla_exporter.sources.source import SourceError

PAGE = {
    "updated": "2026-11-25T12:00:00Z",
    "components": [{"name": "API", "status": "operational"}, {"name": "Mail", "status": "major_outage"},
                   {"name": "Wiki", "status": "under_maintenance"}, {"name": "New", "status": "glorious"}],
}  # fmt: skip
WORDS = {"up": ["operational"], "down": ["major_outage"], "excluded": ["under_maintenance"]}
SUBJECTS = {f"components[?name=='{name}'] | [0].status": name for name in ("API", "Mail", "Wiki", "New", "Gone")}


def ask(server: Api, subjects: Sequence[str], **document: Any) -> Mapping[str, Answer]:
    return asyncio.run(looked(probe_reader({"json": {"url": server.url + "/status.json", **WORDS, **document}}), subjects))


def test_one_request_tells_of_all_subjects() -> None:
    with api() as server:
        server.answer = lambda asked: Told(PAGE) if (asked.path, asked.query) == ("/status.json", {"group": "1"}) else None
        found = ask(server, list(SUBJECTS), parameters={"group": "1"}, at="updated")
        assert server.paths() == ["/status.json"]
    at = 1_795_608_000_000
    assert {SUBJECTS[path]: each for path, each in found.items()} == {
        "API": Seen("up", at=at), "Mail": Seen("down", at=at, reason="value"), "Wiki": Seen("excluded", at=at, reason="value"),
        "New": Seen("unknown", at=at, reason="value"), "Gone": Seen("unknown", at=at, reason="missing"),
    }  # fmt: skip


def test_a_subject_that_cannot_be_asked_leaves_the_others() -> None:
    with api() as server:
        server.answer = lambda asked: Told(PAGE)
        found = ask(server, ["components[0].status", "components[", "length(updated.x)", "components"])
    assert list(found.values()) == [Seen("up"), Seen("unknown", reason="address"), Seen("unknown", reason="shape"),
                                    Seen("unknown", reason="shape")]  # fmt: skip


def test_an_endpoint_that_ends_in_a_slash_is_asked_as_it_is_written() -> None:
    with api() as server:
        server.answer = lambda asked: Told(b'{"ok": true}', headers={"Content-Type": "text/plain"})
        assert ask(server, ["ok"], url=server.url + "/health/", up=["true"]) == {"ok": Seen("up")}
        assert server.paths() == ["/health/"]


@pytest.mark.parametrize(("reason", "told"), [each for each in FAULTS if each[1].body != {"something": "else"}])
def test_an_answer_that_is_none_says_nothing(reason: str, told: Told) -> None:
    with api() as server:
        server.answer = lambda asked: told
        with pytest.raises(SourceError) as caught:
            ask(server, ["ok"])
    assert caught.value.reason in reason.split()


def test_an_answer_that_does_not_say_when_it_was_true_is_refused_where_it_should() -> None:
    with api() as server:
        server.answer = lambda asked: Told({"ok": True})
        with pytest.raises(SourceError, match="the path 'updated' leads to no instant"):
            ask(server, ["ok"], at="updated")


def test_hostile_bodies_say_nothing_or_something_but_never_break() -> None:
    body = [b""]
    odd = st.sampled_from([b"NaN", b"1e999", b"[" * 10_000, b"null", b'"x"'])

    @settings(max_examples=60, deadline=None)
    @given(st.binary(max_size=200) | st.text(max_size=100).map(str.encode) | odd)
    def hostile(sent: bytes) -> None:
        body[0] = sent
        try:
            found = loop.run(reader.look(["ok", "@"]))
        except SourceError:
            return
        assert all(isinstance(each, Seen) and each.state == "unknown" for each in found.values())

    with api() as server, asyncio.Runner() as loop:
        server.answer = lambda asked: Told(body[0], headers={"Content-Type": "application/json"})
        reader = probe_reader({"json": {"url": server.url, **WORDS}})
        hostile()
        loop.run(reader.close())
