"""A compiled folder, a Grafana on loopback, and ``slo-gen push grafana`` between them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from grafana_server import Dashboard, FakeGrafana, Folder, Organisation, fake_grafana

from slo_gen.outputs.files import write
from slo_gen.outputs.isolation import organisation_variable

__all__ = ["ADMIN", "Scene", "scene"]

ADMIN = "swordfish-7"
TITLES = {"acme": "Acme Ltd", "globex": "Globex"}


def page(uid: str, title: str, **more: Any) -> dict[str, Any]:
    panel = {"id": 7, "title": "Verdict", "type": "stat", "gridPos": {"x": 0, "y": 0, "w": 24, "h": 4}, "options": {"textMode": "value"},
             "fieldConfig": {"defaults": {"thresholds": {"steps": [{"color": "red", "value": None}]}}, "overrides": []}}
    return {"uid": uid, "title": title, "schemaVersion": 41, "tags": ["sla"], "panels": [panel], **more}


class Scene:
    """Two customers, acme in organisation 2 and globex in 3, and a page of the provider in organisation 1."""

    def __init__(self, grafana: FakeGrafana, folder: Path, run: Callable[..., Result]) -> None:
        self.grafana, self.out, self._run = grafana, folder / "out", run
        self.pages: dict[str, dict[str, dict[str, Any]]] = {
            "": {"sre": page("sre", "Budgets")},
            "acme": {"acme": page("acme", "Service levels of Acme")},
            "globex": {"globex": page("globex", "Service levels of Globex")},
        }

    def compile(self, owner: str = "slm") -> None:
        files, folders = {}, {}
        for customer, pages in self.pages.items():
            name = f"customer-{customer}" if customer else "sre"
            if pages:
                folders[name] = {"uid": self.folder(customer), "title": TITLES.get(customer, "sre"), "customer": customer}
            files |= {f"dashboards/{name}/{uid}.json": json.dumps(text) for uid, text in pages.items()}
        if folders:
            files["grafana/folders.json"] = json.dumps({"owner": owner, "folders": folders})
        write(files, self.out)

    def folder(self, customer: str) -> str:
        return f"customer-{customer}-pages" if customer else "internal-sre"

    def push(self, *options: str, url: str = "") -> Result:
        self.grafana.asked.clear()
        result = self._run("push", "grafana", str(self.out), "--url", url or self.grafana.url, *options)
        assert ADMIN not in result.output
        return result

    def stored(self, number: int) -> dict[str, Dashboard]:
        return self.grafana.organisations[number].dashboards

    def folders(self, number: int) -> dict[str, Folder]:
        return self.grafana.organisations[number].folders

    def sent(self) -> list[tuple[int, str, str]]:
        return [(each.organisation, each.method, each.path) for each in self.grafana.sent()]


@pytest.fixture
def scene(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[..., Result]) -> Iterator[Scene]:
    with fake_grafana() as grafana:
        grafana.organisations |= {2: Organisation("Acme"), 3: Organisation("Globex")}
        grafana.users["admin"] = (ADMIN, {1: "Admin", 2: "Admin", 3: "Admin"})
        monkeypatch.setenv("SLO_GEN_GRAFANA_USERNAME", "admin")
        monkeypatch.setenv("SLO_GEN_GRAFANA_PASSWORD", ADMIN)
        monkeypatch.setenv(organisation_variable("acme"), "2")
        monkeypatch.setenv(organisation_variable("globex"), "3")
        made = Scene(grafana, tmp_path, run)
        made.compile()
        yield made
