"""A source of somebody else: installed beside the exporter, found by its entry point, and read like any other."""

from __future__ import annotations

from pathlib import Path

import pytest
from api_server import read_all, reader
from sla_exporter.sources.registry import UnknownPluginError

MODULE = '''
from sla_exporter.sources.source import Found, Page, SourceEvent

class OtoboReader:
    experimental = True
    at_once = 50

    def __init__(self, settings):
        self.queue = settings.document.plugin.settings["queue"]

    async def read(self, place):
        events = [SourceEvent("7", "1", 1700000000, 0, "opened"), SourceEvent("7", "2", 1700000000, 1, "field", f"queue={self.queue}")]
        return Page(events, ("7",), "1", 1700000100, False)

    async def look(self, tickets):
        return [Found(ticket, None) for ticket in tickets]

    async def close(self):
        pass
'''


@pytest.fixture
def installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A package as an installer leaves it behind."""
    (tmp_path / "slm_otobo.py").write_text(MODULE)
    about = tmp_path / "slm_otobo-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: slm-otobo\nVersion: 1.0\n")
    (about / "entry_points.txt").write_text(
        "[sla_exporter.sources]\notobo = slm_otobo:OtoboReader\nbroken = slm_otobo:NoSuchReader\n"
    )
    monkeypatch.syspath_prepend(tmp_path)


@pytest.mark.usefixtures("installed")
def test_a_plugin_is_read_like_any_other_source() -> None:
    events, page = read_all(reader({"plugin": {"use": "otobo", "settings": {"queue": "Support"}}}))
    assert [(event.name, event.value) for event in events] == [("opened", ""), ("field", "queue=Support")]
    assert (page.whole, page.watermark) == (("7",), 1700000100)


@pytest.mark.usefixtures("installed")
def test_one_that_cannot_be_loaded_or_is_not_there_is_told() -> None:
    with pytest.raises(UnknownPluginError, match="'broken' cannot be loaded: AttributeError"):
        reader({"plugin": {"use": "broken"}})
    with pytest.raises(UnknownPluginError, match="there is no source plugin 'otobi'; did you mean `otobo`"):
        reader({"plugin": {"use": "otobi"}})
