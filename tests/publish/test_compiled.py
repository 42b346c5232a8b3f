"""From documents to Grafana: what compile writes is what push reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import Result
from grafana_server import FakeGrafana, Organisation, fake_grafana

from slo_gen.outputs.isolation import organisation_variable
from slo_gen.publish.compiled import read_pages

SPECS = """
kind: Service
metadata: {name: shop}
---
kind: Indicator
metadata: {name: shop-requests}
spec: {service: shop, events: {bad: 'http_requests_total{job="shop",code=~"5.."}', total: 'http_requests_total{job="shop"}'}}
---
kind: SLO
metadata: {name: shop-availability}
spec: {indicator: shop-requests, objective: 99.95%, window: 30d}
"""
CUSTOMERS = {"acme": "Acme Ltd", "globex-2": "Globex"}
AGREED = """---
kind: Customer
metadata: {{name: {name}, title: {title}}}
---
kind: SLA
metadata: {{name: {name}-shop}}
spec:
  customer: {name}
  service: shop
  state: active
  targets: [{{name: availability, indicator: shop-requests, objective: at least 99.9%}}]
"""


@pytest.fixture(scope="module")
def specs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("specs") / "shop.yaml"
    file.write_text(SPECS + "".join(AGREED.format(name=name, title=title) for name, title in CUSTOMERS.items()), encoding="utf-8")
    return file


@pytest.fixture(scope="module")
def out(run: Callable[..., Result], specs: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("compiled") / "out"
    result = run("compile", str(specs), "--out", str(folder), "--isolation", "vmauth", "--prefix", "shop")
    assert result.exit_code == 0, result.output
    return folder


def organisations(out: Path, grafana: FakeGrafana, monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """An organisation for each customer with a page."""
    customers = sorted({page.folder.customer for page in read_pages(out).pages} - {""})
    numbers = {customer: number for number, customer in enumerate(customers, 11)}
    for customer, number in numbers.items():
        grafana.organisations[number] = Organisation(customer)
        monkeypatch.setenv(organisation_variable(customer), str(number))
    grafana.users["admin"] = ("geheim", dict.fromkeys([1, *numbers.values()], "Editor"))
    monkeypatch.setenv("SLO_GEN_GRAFANA_USERNAME", "admin")
    monkeypatch.setenv("SLO_GEN_GRAFANA_PASSWORD", "geheim")
    return numbers


def test_a_catalogue_is_pushed_and_then_up_to_date(
    out: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    with fake_grafana() as grafana:
        numbers = organisations(out, grafana, monkeypatch)
        assert run("push", "grafana", str(out), "--url", grafana.url).exit_code == 0
        compiled = read_pages(out)
        assert {page.folder.customer for page in compiled.pages} >= CUSTOMERS.keys()
        for page in compiled.pages:
            there = grafana.organisations[numbers[page.folder.customer] if page.folder.customer else 1]
            assert there.dashboards[page.uid].folder == page.folder.uid
            assert there.folders[page.folder.uid].title == page.folder.title
            assert "slo-gen:shop" in there.dashboards[page.uid].newest["tags"]
        assert sum(len(each.dashboards) for each in grafana.organisations.values()) == len(compiled.pages)
        grafana.asked.clear()
        assert run("push", "grafana", str(out), "--url", grafana.url).exit_code == 0
        assert grafana.sent() == []


def test_folders_are_called_as_people_call_them(out: Path) -> None:
    folders = [page.folder for page in read_pages(out).pages if page.folder.customer]
    assert {folder.customer: folder.title for folder in folders} == CUSTOMERS
    assert {f"dashboards/{folder.uid}" for folder in folders} <= {path.relative_to(out).as_posix() for path in out.glob("dashboards/*")}


def test_a_customers_folder_is_the_same_by_file_and_over_the_api(out: Path) -> None:
    folders = {page.folder.customer: page.folder for page in read_pages(out).pages if page.folder.customer}
    assert folders.keys() == CUSTOMERS.keys()
    for customer, folder in folders.items():
        (provider,) = yaml.safe_load((out / f"grafana/provisioning/dashboards/customer-{customer}.yaml").read_text())["providers"]
        assert (provider["folderUid"], provider["folder"]) == (folder.uid, folder.title)
        assert provider["options"]["path"] == f"/etc/slo-gen/dashboards/{folder.uid}"


def test_without_dashboards_there_is_nothing_to_push(run: Callable[..., Result], specs: Path, tmp_path: Path) -> None:
    assert run("compile", str(specs), "--out", str(tmp_path / "out"), "--no-dashboards").exit_code == 0
    result = run("push", "grafana", str(tmp_path / "out"), "--url", "http://127.0.0.1:1")
    assert (result.exit_code, "holds no dashboards" in result.output) == (1, True)
