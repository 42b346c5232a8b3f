"""``compile`` and ``test`` on the dashboards of customers: the two halves fit, and each leak that is planted is found."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from sla_dashboards import customer_datasource, customer_folder

from slo_gen.cli.testing_dashboards import dashboard_faults
from slo_gen.outputs.shown_to import SHOWN_TO

Run = Callable[..., Result]

SPECS = """
kind: Team
metadata: {name: dba, title: Database people}
---
kind: Service
metadata: {name: checkout}
spec: {owner: team/dba}
---
kind: Customer
metadata: {name: acme, title: Acme Corp}
---
kind: Customer
metadata: {name: globex, title: Globex Ltd}
---
kind: Customer
metadata: {name: initech}
---
kind: Supplier
metadata: {name: bigcloud}
---
kind: Indicator
metadata: {name: requests}
spec: {service: checkout, events: {bad: 'requests_total{code=~"5.."}', total: requests_total}}
"""
SLA = """
---
kind: SLA
metadata: {{name: {name}}}
spec:
  customer: {customer}
  service: checkout
  state: {state}
  term: {{from: 2026-01-01}}
  targets: [{{name: availability, indicator: requests, objective: at least 99.9%}}]
"""


@pytest.fixture
def out(run: Run, tmp_path: Path) -> Path:
    agreed = (("acme-sla", "acme", "active"), ("globex-sla", "globex", "active"), ("initech-sla", "initech", "draft"))
    text = SPECS + "".join(SLA.format(name=name, customer=customer, state=state) for name, customer, state in agreed)
    (tmp_path / "specs.yaml").write_text(text, encoding="utf-8")
    done = run("compile", str(tmp_path / "specs.yaml"), "--dashboards", "--isolation", "vmauth", "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    return tmp_path / "out"


def page(out: Path, customer: str = "acme") -> Path:
    found = list((out / "dashboards" / customer_folder(customer)).glob("*.json"))
    assert len(found) == 1
    return found[0]


def test_what_is_compiled_passes(run: Run, out: Path) -> None:
    done = run("test", str(out))
    assert done.exit_code == 0, done.output
    assert "2 customer dashboards read" in done.output


def test_provisioning_reads_where_the_pages_are_and_names_the_same_data_source(out: Path) -> None:
    provisioning = out / "grafana" / "provisioning"
    shown = sorted(path.name for path in (provisioning / "datasources").iterdir())
    assert shown == ["customer-acme.yaml", "customer-globex.yaml"]
    assert sorted(path.name for path in (provisioning / "dashboards").iterdir()) == [*shown, "provider.yaml"]
    for customer in ("acme", "globex"):
        provider = (provisioning / "dashboards" / f"customer-{customer}.yaml").read_text(encoding="utf-8")
        read = re.search(r'path: "/etc/slo-gen/(.*)"', provider)
        assert read is not None
        assert (out / read[1]) == page(out, customer).parent
        text = page(out, customer).read_text(encoding="utf-8")
        assert f'folderUid: "{customer_folder(customer)}"' in provider
        assert json.loads(text)["uid"] != customer_folder(customer)
        source = (provisioning / "datasources" / f"customer-{customer}.yaml").read_text(encoding="utf-8")
        assert f'uid: "{customer_datasource(customer)}"' in source
        assert f'"uid": "{customer_datasource(customer)}"' in text


def test_a_customer_without_their_page_is_told_of(run: Run, out: Path) -> None:
    missing = page(out)
    missing.unlink()
    done = run("test", str(out))
    assert done.exit_code == 1
    assert f"{missing}: missing; acme has no such dashboard" in done.output


def test_pages_without_the_list_of_who_may_see_them_are_told_of(run: Run, out: Path) -> None:
    (out / SHOWN_TO).unlink()
    assert run("test", str(out)).exit_code == 1
    (out / SHOWN_TO).write_text('{"shown": []}', encoding="utf-8")
    done = run("test", str(out))
    assert (done.exit_code, "missing or damaged" in done.output) == (1, True)


def test_without_dashboards_none_are_expected(run: Run, out: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    run("compile", str(tmp_path / "specs.yaml"), "--no-dashboards", "--isolation", "vmauth", "--out", str(bare))
    done = run("test", str(bare))
    assert (done.exit_code, "dashboard" in done.output) == (0, False)


Plant = Callable[[dict[str, object]], None]
PINNED = 'slm:period_bad{slm_customer="acme"}'


def first_query(text: str) -> Callable[[dict[str, list[dict[str, list[dict[str, object]]]]]], None]:
    def plant(dashboard: dict[str, list[dict[str, list[dict[str, object]]]]]) -> None:
        next(panel for panel in dashboard["panels"] if "targets" in panel)["targets"][0]["expr"] = text
    return plant


@pytest.mark.parametrize(("plant", "told"), [
    (lambda page: page.update(title="Service levels of Globex Ltd"), "title: names 'Globex Ltd'"),
    (lambda page: page["panels"][0].update(title="as for initech"), "names 'initech'"),
    (lambda page: page["panels"][0].update(description="kept by the Database people"), "names 'Database people'"),
    (lambda page: page["panels"][0]["targets"][0].update(legendFormat="bigcloud"), "names 'bigcloud'"),
    (lambda page: page.update(links=[{"url": "https://wiki.example/dba"}]), "names 'dba'"),
    (lambda page: page["panels"][0]["targets"][0]["datasource"].update(uid=customer_datasource("globex")), "asks the data source"),
    (first_query("slm:period_bad"), 'lacks slm_customer="acme"'),
    (first_query('slm:period_bad{slm_customer="globex"}'), 'lacks slm_customer="acme"'),
    (first_query('slm:period_bad{slm_customer="acme" or slm_customer!=""}'), 'lacks slm_customer="acme"'),
    (first_query(f"{PINNED} or slm:period_bad"), 'lacks slm_customer="acme"'),
])  # fmt: skip
def test_what_is_planted_is_found(out: Path, plant: Plant, told: str) -> None:
    file = page(out)
    planted = json.loads(file.read_text(encoding="utf-8"))
    plant(planted)
    file.write_text(json.dumps(planted), encoding="utf-8")
    faults = list(dashboard_faults(out))
    assert any(told in fault for fault in faults), faults
    assert all(fault.startswith(f"{file}: ") for fault in faults)


def test_the_command_fails_by_a_file_that_somebody_else_put_there(run: Run, out: Path) -> None:
    (page(out).parent / "more").mkdir()
    stray = page(out).parent / "more" / "stray.json"
    stray.write_text(json.dumps({"title": "Globex"}), encoding="utf-8")
    done = run("test", str(out))
    assert done.exit_code == 1
    assert f"{stray}: title: names 'globex'" in done.output
