"""From documents to Grafana: what compile writes is what push reads."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from grafana_server import FakeGrafana, Organisation, fake_grafana

from slo_gen.cli.loading import load_catalogue
from slo_gen.outputs.isolation import datasource_uid, organisation_variable, shown_customers
from slo_gen.publish.compiled import read_pages

SPECS = Path(__file__).resolve().parents[2] / "specs"


@pytest.fixture(scope="module")
def out(run: Callable[..., Result], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compiled") / "out"
    result = run("compile", str(SPECS), "--out", str(folder), "--isolation", "vmauth", "--as-of", "2026-01-01", "--prefix", "shop")
    assert result.exit_code == 0, result.output
    return folder


def organisations(grafana: FakeGrafana, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """An organisation for each customer of the example catalogue."""
    numbers = {customer: number for number, customer in enumerate(shown_customers(load_catalogue([SPECS])), 11)}
    for customer, number in numbers.items():
        grafana.organisations[number] = Organisation(customer)
        monkeypatch.setenv(organisation_variable(customer), str(number))
    grafana.users["admin"] = ("geheim", dict.fromkeys([1, *numbers.values()], "Editor"))
    monkeypatch.setenv("SLO_GEN_GRAFANA_USERNAME", "admin")
    monkeypatch.setenv("SLO_GEN_GRAFANA_PASSWORD", "geheim")
    return numbers


def test_the_example_catalogue_is_pushed_and_then_up_to_date(
    out: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_grafana() as grafana:
        numbers = organisations(grafana, monkeypatch)
        assert run("push", "grafana", str(out), "--url", grafana.url).exit_code == 0
        compiled = read_pages(out)
        assert compiled.pages
        for page in compiled.pages:
            there = grafana.organisations[numbers[page.folder.customer] if page.folder.customer else 1]
            assert there.dashboards[page.uid].folder == page.folder.uid
            assert there.folders[page.folder.uid].title == page.folder.title
            assert "slo-gen:shop" in there.dashboards[page.uid].newest["tags"]
        assert sum(len(each.dashboards) for each in grafana.organisations.values()) == len(compiled.pages)
        grafana.asked.clear()
        assert run("push", "grafana", str(out), "--url", grafana.url).exit_code == 0
        assert grafana.sent() == []


def test_a_customers_folder_is_that_of_the_provider_file(out: Path) -> None:
    folders = {page.folder.customer: page.folder for page in read_pages(out).pages if page.folder.customer}
    assert folders
    for customer, folder in folders.items():
        assert folder.uid == datasource_uid(customer)
        provider = (out / f"grafana/provisioning/dashboards/customer-{customer}.yaml").read_text(encoding="utf-8")
        assert f'folderUid: "{folder.uid}"' in provider
        assert f"folder: {json.dumps(folder.title)}" in provider


def test_without_dashboards_there_is_nothing_to_push(run: Callable[..., Result], tmp_path: Path) -> None:
    assert run("compile", str(SPECS), "--out", str(tmp_path / "out"), "--no-dashboards").exit_code == 0
    result = run("push", "grafana", str(tmp_path / "out"), "--url", "http://127.0.0.1:1")
    assert (result.exit_code, "holds no dashboards" in result.output) == (1, True)
