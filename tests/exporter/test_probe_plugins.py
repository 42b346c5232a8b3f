"""A probe of somebody else: the one in the manual, installed beside the exporter as an installer leaves it, and watched into a ledger."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import pytest
from api_server import HTML, Api, Asked, Told, api, looked, probe_settings
from installed_plugin import block, install
from sla_exporter.health import Health
from sla_exporter.ledger.stretches import Place
from sla_exporter.probes import probe
from sla_exporter.probes.probe import UNSEEN, ProbeReader, Seen
from sla_exporter.probes.registry import GROUP, reader_class
from sla_exporter.probes.watching import ProbeWatching
from sla_exporter.sources.registry import UnknownPluginError
from sla_exporter.sources.source import SourceError
from watched_shop import START, UP, Shop

from slo_gen.fetch import Credentials
from slo_gen.spec.documents.probes import ProbeSource

PAGE = "probe-systems.md"
SUBJECTS = [{"subject": "shop", "indicator": UP}]


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The manual's plugin, and one that cannot be loaded."""
    folder = tmp_path / "site-packages"
    install(folder, PAGE, "slm_watchdog", GROUP)
    monkeypatch.syspath_prepend(folder)
    return folder


@pytest.fixture
def server() -> Iterator[Api]:
    with api() as found:
        yield found


def checks(*told: tuple[str, str, str]) -> Told:
    return Told({"checks": [{"name": name, "result": result, "looked_at": f"2026-11-01T{clock}Z"} for name, result, clock in told]})


def plugin(**settings: str) -> dict[str, Any]:
    return {"plugin": {"use": "watchdog", "settings": settings}, "subjects": SUBJECTS}


def reader(document: dict[str, Any], token: str = "") -> ProbeReader:
    settings = replace(probe_settings(document), credentials=Credentials(token=token))
    return reader_class(settings.document)(settings)


@pytest.mark.usefixtures("installed")
def test_a_plugin_is_asked_like_any_other_reader(server: Api) -> None:
    server.answer = lambda asked: checks(("shop", "ok", "00:00:05"), ("mail", "failed", "00:00:06"), ("wiki", "odd", "00:00:07"))
    found = asyncio.run(looked(reader(plugin(url=server.url), "t0ken"), ["shop", "mail", "wiki", "gone"]))
    at = START * 1000
    assert found == {
        "shop": Seen("up", at=at + 5000), "mail": Seen("down", at=at + 6000, reason="value"),
        "wiki": Seen("unknown", at=at + 7000, reason="value"), "gone": UNSEEN,
    }  # fmt: skip
    assert [asked.headers["authorization"] for asked in server.asked] == ["Bearer t0ken"]


@pytest.mark.usefixtures("installed")
def test_what_a_plugin_sees_is_written_and_what_it_cannot_read_changes_nothing(server: Api, tmp_path: Path) -> None:
    shop, health = Shop(tmp_path / "ledger"), Health(writer=True)
    document = msgspec.convert({"name": "mine", **plugin(url=server.url)}, ProbeSource)
    answers: Sequence[Told] = (
        checks(("shop", "ok", "00:00:00")), checks(("shop", "ok", "00:00:15")), HTML, checks(("shop", "failed", "00:00:45"))
    )  # fmt: skip

    async def story() -> None:
        now = [0.0]
        clock = lambda: round((START + now[0]) * 1000)  # noqa: E731
        watching = ProbeWatching(document, tmp_path, shop.states, health, clock, asyncio.Semaphore(1), lambda: now[0])
        for number, told in enumerate(answers):
            server.answer = lambda asked, told=told: told  # type: ignore[misc]
            now[0] = 15.0 * number
            await watching.once()
            shop.tick(START + 15 * number)
        assert watching._reader is not None
        await watching._reader.close()

    asyncio.run(story())
    shop.tick(START + 60)
    assert shop.seconds() == (45, 15, 0, 0)
    assert dict(health.sources["mine"].errors) == {"not_json": 1}
    assert shop.states.last(Place(UP, "mine")) is not None


@pytest.mark.usefixtures("installed")
@pytest.mark.parametrize("body", [{"checks": [{"name": "shop"}]}, {"checks": [{"name": "shop", "result": "ok", "looked_at": "now"}]}, []])
def test_what_a_plugin_cannot_read_is_refused(server: Api, body: Any) -> None:
    def answer(asked: Asked) -> Told:
        return Told(body)

    server.answer = answer
    with pytest.raises(SourceError) as caught:
        asyncio.run(looked(reader(plugin(url=server.url)), ["shop"]))
    assert caught.value.reason == "schema"


@pytest.mark.usefixtures("installed")
def test_one_that_cannot_be_used_is_told() -> None:
    with pytest.raises(SourceError, match="the settings of watchdog have no url"):
        reader(plugin())
    with pytest.raises(UnknownPluginError, match="the probe plugin 'broken' cannot be loaded: AttributeError"):
        reader({"plugin": {"use": "broken"}})
    with pytest.raises(UnknownPluginError, match="there is no probe plugin 'watchdig'; did you mean `watchdog`"):
        reader({"plugin": {"use": "watchdig"}})


def test_every_name_that_the_manual_imports_is_one_that_probes_may_use() -> None:
    from sla_exporter.sources import source

    text = block(PAGE, "python slm_watchdog.py")
    for module, public in (("sla_exporter.probes.probe", probe.__all__), ("sla_exporter.sources.source", source.__all__)):
        named = re.findall(rf"from {re.escape(module)} import (.+)", text)[0].split(", ")
        assert set(named) <= set(public)
