"""A source of somebody else: the one in the manual, installed beside the exporter as an installer leaves it, and read into a ledger."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from api_server import HTML, Api, Asked, Told, api, look_at, read_all, read_one, reader, story
from installed_plugin import block, install
from ledgers import SOURCE, Kept
from sla_exporter.bookkeeper import Bookkeeper
from sla_exporter.health import Health
from sla_exporter.reading import SourceReading
from sla_exporter.sources.registry import GROUP, UnknownPluginError
from sla_exporter.sources.source import SourceError

from slo_gen.fetch import Credentials
from slo_gen.spec.documents.exporter import TicketSource

PAGE = "sources.md"
NOW = 1_795_608_000          # 2026-11-25T12:00:00Z


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The manual's plugin, and one that cannot be loaded."""
    folder = tmp_path / "site-packages"
    install(folder, PAGE, "slm_otobo", GROUP)
    monkeypatch.syspath_prepend(folder)
    return folder


def event(number: int, clock: str, name: str, value: str = "") -> dict[str, Any]:
    return {"id": number, "ticket": "7", "at": f"2026-11-25T{clock}:00Z", "name": name, "value": value}


LIFE = [event(1, "08:00", "opened"), event(2, "08:00", "priority", "Urgent"), event(3, "08:00", "status", "Offen"),
        event(4, "08:20", "agent_message"), event(5, "09:00", "status", "Fertig")]  # fmt: skip


@pytest.fixture
def server() -> Iterator[Api]:
    def answer(asked: Asked) -> Told | None:
        if "ticket" in asked.query:
            return Told({"happened": LIFE, "more": False}) if asked.query["ticket"] == "7" else None
        later = [each for each in LIFE if each["id"] > int(asked.query["after"])]
        return Told({"happened": later[:2], "more": len(later) > 2})

    with api() as found:
        found.now, found.answer = NOW, answer
        yield found


def document(server: Api, **more: Any) -> dict[str, Any]:
    return {"plugin": {"use": "otobo", "settings": {"url": server.url}}, "statuses": {"solved": ["Fertig"]}, **more}


@pytest.mark.usefixtures("installed")
def test_a_plugin_is_read_like_any_other_source(server: Api) -> None:
    events, page = read_all(reader(document(server), Credentials(token="t0ken")))
    assert [each[1:] for each in story(events, "7")] == [("opened", ""), ("priority", "Urgent"), ("status", "Offen"), ("agent_message", ""),
                                                         ("status", "Fertig")]  # fmt: skip
    assert [each.meaning for each in events] == ["", "", "", "", "solved"]
    assert (page.place, page.watermark, page.more) == ("5", NOW, False)
    assert {asked.headers["authorization"] for asked in server.asked} == {"Bearer t0ken"}
    found = look_at(reader(document(server)), "7", "8")
    assert {ticket: events and len(events) for ticket, events in found.items()} == {"7": 5, "8": None}


@pytest.mark.usefixtures("installed")
def test_a_plugin_is_read_into_the_ledger_page_by_page_and_a_bad_page_changes_nothing(server: Api, tmp_path: Path) -> None:
    kept, health = Kept(tmp_path / "ledger"), Health(writer=True)
    keeper = Bookkeeper(kept.ledger, kept.catalogue, [SOURCE], health, NOW)
    source = msgspec.convert({"name": SOURCE, **document(server)}, TicketSource)

    async def once(desk: SourceReading) -> None:
        await desk.once()
        assert desk._reader is not None
        await desk._reader.close()

    server.fault = lambda asked: HTML if asked.query["after"] == "2" else None
    asyncio.run(once(SourceReading(source, tmp_path, keeper, health, lambda: NOW)))
    assert (health.sources[SOURCE].up, dict(health.sources[SOURCE].errors)) == (False, {"not_json": 1})
    assert kept.ledger.state(SOURCE).place == "2"
    server.fault = None
    asyncio.run(once(SourceReading(source, tmp_path, keeper, health, lambda: NOW)))
    assert (health.sources[SOURCE].up, health.sources[SOURCE].experimental, kept.ledger.state(SOURCE).place) == (True, True, "5")
    assert [(each.name, each.value) for each in kept.ledger.events(SOURCE, "7")][-1] == ("status", "Fertig")


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize(("body", "reason"), [({"happened": [], "more": True}, "schema"), ({"happened": [{"id": "x"}]}, "schema")])
def test_what_a_plugin_cannot_read_is_refused(server: Api, body: Any, reason: str) -> None:
    server.answer = lambda asked: Told(body)
    with pytest.raises(SourceError) as caught:
        read_one(reader(document(server)))
    assert caught.value.reason == reason


@pytest.mark.usefixtures("installed")
def test_one_that_cannot_be_loaded_or_is_not_there_is_told() -> None:
    with pytest.raises(UnknownPluginError, match="'broken' cannot be loaded: AttributeError"):
        reader({"plugin": {"use": "broken"}})
    with pytest.raises(UnknownPluginError, match="there is no source plugin 'otobi'; did you mean `otobo`"):
        reader({"plugin": {"use": "otobi"}})


def test_every_name_that_the_manual_imports_is_one_that_sources_may_use() -> None:
    from sla_exporter.sources import source

    named = re.findall(r"from sla_exporter\.sources\.source import (.+)", block(PAGE, "python slm_otobo.py"))[0].split(", ")
    assert set(named) <= set(source.__all__)
