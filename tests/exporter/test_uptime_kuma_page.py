"""Beats of a public status page: their instants, what is not shown, and what is none of it."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from api_server import FAULTS, Api, Asked, Told, api, looked, probe_settings
from sla_exporter.probes.probe import UNSEEN, HistoryReader, Seen
from sla_exporter.probes.states import Sample
from sla_exporter.probes.uptime_kuma_page import UptimeKumaPageReader
from sla_exporter.sources.source import SourceError

AT = 1_795_608_000_000       # 2026-11-25T12:00:00Z
PAGE = {"config": {"slug": "shop"}, "publicGroupList": [
    {"name": "all", "monitorList": [{"id": 1, "name": "Shop"}, {"id": 2, "name": "Mail"}]},
    {"name": "again", "monitorList": [{"id": 1, "name": "Shop"}, {"id": 3, "name": "New"}]},
]}  # fmt: skip


def beat(status: int, clock: str) -> dict[str, Any]:
    return {"status": status, "time": f"2026-11-25 {clock}", "msg": "", "ping": 5}


BEATS = {"heartbeatList": {
    "1": [beat(1, "12:00:00.123"), beat(2, "12:01:00.000"), beat(0, "12:01:20.000"), beat(3, "12:02:20.500")],
    "2": [beat(1, "12:00:30.000")],
}, "uptimeList": {"1_24": 1}}  # fmt: skip


def answering(page: Any = PAGE, beats: Any = BEATS) -> Mapping[str, Told]:
    return {"/api/status-page/shop": Told(page), "/api/status-page/heartbeat/shop": Told(beats)}


def reader(server: Api, **more: str) -> UptimeKumaPageReader:
    return UptimeKumaPageReader(probe_settings({"uptime_kuma_page": {"url": server.url, "slug": "shop", **more}}))


def histories(server: Api, subjects: Sequence[str], start: int = AT, **more: str) -> list[Sequence[Sample]]:
    async def story() -> list[Sequence[Sample]]:
        of = reader(server, **more)
        try:
            return list(await asyncio.gather(*(of.history(each, start, AT + 3_600_000) for each in subjects)))
        finally:
            await of.close()

    return asyncio.run(story())


def test_beats_are_told_as_of_their_instants_by_one_reading_for_all() -> None:
    with api() as server:
        server.answer = lambda asked: answering().get(asked.path)
        shop, mail, new = histories(server, ["Shop", "Mail", "New"])
        assert shop == [
            Sample(AT + 123, "up"), Sample(AT + 60_000, "unknown"), Sample(AT + 80_000, "down"), Sample(AT + 140_500, "excluded"),
        ]  # fmt: skip
        assert (mail, new) == ([Sample(AT + 30_000, "up")], [])
        assert server.paths() == list(answering())
        assert histories(server, ["Shop"], AT + 80_000) == [[Sample(AT + 140_500, "excluded")]]
        assert histories(server, ["Shop"], pending="down")[0][1] == Sample(AT + 60_000, "down")
        assert isinstance(reader(server), HistoryReader)


def test_the_last_beat_is_the_present_state() -> None:
    with api() as server:
        server.answer = lambda asked: answering().get(asked.path)
        found = asyncio.run(looked(reader(server), ["Shop", "New", "nosuch"]))
    assert found == {"Shop": Seen("excluded", at=AT + 140_500), "New": UNSEEN, "nosuch": UNSEEN}


def test_a_monitor_that_is_not_shown_and_two_of_one_name_are_told() -> None:
    twice = {"publicGroupList": [{"monitorList": [{"id": 1, "name": "Shop"}, {"id": 2, "name": "Shop"}]}]}
    with api() as server:
        server.answer = lambda asked: answering().get(asked.path)
        with pytest.raises(SourceError, match="shows no monitor 'nosuch'"):
            histories(server, ["nosuch"])
        server.answer = lambda asked: answering(twice).get(asked.path)
        with pytest.raises(SourceError, match="shows two monitors 'Shop'"):
            histories(server, ["Shop"])


@pytest.mark.parametrize("beats", [
    {"heartbeatList": {"1": [{"status": 1, "time": "soon"}]}}, {"heartbeatList": {"1": [{"status": "up", "time": "2026-11-25 12:00:00"}]}},
    {"heartbeatList": {"1": [{"status": 1, "time": "9999-12-31 23:59:59+99:99"}]}}, {"heartbeatList": []}, {},
])  # fmt: skip
def test_beats_that_are_none_are_refused(beats: Any) -> None:
    with api() as server:
        server.answer = lambda asked: answering(beats=beats).get(asked.path)
        with pytest.raises(SourceError) as caught:
            histories(server, ["Shop"])
    assert caught.value.reason == "schema"


@pytest.mark.parametrize("path", list(answering()))
@pytest.mark.parametrize(("reason", "told"), FAULTS)
def test_a_page_that_cannot_be_read_says_nothing(path: str, reason: str, told: Told) -> None:
    def answer(asked: Asked) -> Told | None:
        return told if asked.path == path else answering().get(asked.path)

    with api() as server:
        server.answer = answer
        with pytest.raises(SourceError) as caught:
            histories(server, ["Shop"])
    assert caught.value.reason in reason.split()
