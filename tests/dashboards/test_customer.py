"""The page of a customer: right for today's Grafana, the same bytes, and about nobody else."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import promql_parser
import pytest
from sla_dashboards import DashboardFile, customer_datasource, dashboard_files

from slo_gen import names
from slo_gen.cli.loading import load_catalogue
from slo_gen.spec.model import Catalogue

SPECS = Path(__file__).resolve().parents[2] / "specs"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue([SPECS])


@pytest.fixture(scope="module")
def pages(catalogue: Catalogue) -> tuple[DashboardFile, ...]:
    return of_customers(catalogue)


def of_customers(catalogue: Catalogue) -> tuple[DashboardFile, ...]:
    return tuple(page for page in dashboard_files(catalogue) if page.audience == "customer")


def selectors(node: Any) -> Iterator[promql_parser.VectorSelector]:
    if isinstance(node, promql_parser.VectorSelector):
        yield node
    for name in ("lhs", "rhs", "expr", "param", "args", "vector_selector", "vs"):
        child = getattr(node, name, None)
        for each in child if isinstance(child, list) else [child] if child is not None else []:
            yield from selectors(each)


def panels(page: DashboardFile) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(page.text)["panels"]
    return found


def test_each_customer_with_an_agreement_in_force_has_one_page(catalogue: Catalogue, pages: tuple[DashboardFile, ...]) -> None:
    owed = {a.party.name for a in catalogue.agreements.values() if a.kind == "SLA" and a.state == "active" and a.party.kind == "customer"}
    assert owed
    assert sorted(page.customer or "" for page in pages) == sorted(owed)
    assert len({page.uid for page in pages}) == len(pages)
    assert all(len(page.uid) <= 40 for page in pages)


def test_every_selector_of_every_query_is_pinned_to_the_customer(pages: tuple[DashboardFile, ...]) -> None:
    seen = 0
    for page in pages:
        for panel in panels(page):
            for target in panel.get("targets", ()):
                found = list(selectors(promql_parser.parse(target["expr"])))
                assert len(found) == target["expr"].count("{"), "a selector was overlooked"
                for selector in found:
                    pins = [m for m in selector.matchers.matchers if m.name == names.CUSTOMER]
                    assert [(m.op, m.value) for m in pins] == [(promql_parser.MatchOp.Equal, page.customer)]
                    seen += 1
    assert seen > len(pages)


def test_every_panel_asks_the_datasource_of_the_customer(pages: tuple[DashboardFile, ...]) -> None:
    for page in pages:
        asked = {target["datasource"]["uid"] for panel in panels(page) for target in panel.get("targets", ())}
        assert asked == {customer_datasource(page.customer or "")}


def test_the_base_of_thresholds_is_null_and_nothing_of_grafanalib_is_left(pages: tuple[DashboardFile, ...]) -> None:
    for page in pages:
        assert '"null"' not in page.text
        for panel in panels(page):
            assert not {"span", "height", "error", "editable", "cacheTimeout", "maxDataPoints"} & panel.keys()
            if "fieldConfig" in panel:
                assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"][0]["value"] is None


def test_panels_do_not_overlap(pages: tuple[DashboardFile, ...]) -> None:
    for page in pages:
        taken = [
            (x, y)
            for at in (panel["gridPos"] for panel in panels(page))
            for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])
        ]  # fmt: skip
        assert len(set(taken)) == len(taken)
        assert max(x for x, _ in taken) < 24


def test_a_page_does_not_change_with_other_customers(catalogue: Catalogue, pages: tuple[DashboardFile, ...]) -> None:
    for page in pages:
        alone = replace(catalogue, customers={name: each for name, each in catalogue.customers.items() if name == page.customer})
        assert of_customers(alone) == (page,)


def test_text_of_documents_is_neither_markup_nor_a_variable(catalogue: Catalogue, pages: tuple[DashboardFile, ...]) -> None:
    name = pages[0].customer
    hostile = {
        key: replace(each, title="<b>x</b> | [a](b) ${__user.login}") if each.party.name == name else each
        for key, each in catalogue.agreements.items()
    }
    changed = next(page for page in dashboard_files(replace(catalogue, agreements=hostile)) if page.customer == name)
    content = next(panel for panel in panels(changed) if panel["type"] == "text")["options"]["content"]
    assert not {"<", "$", "{", "["} & set(content)
    assert "login" in content


def test_prometheus_itself_reads_every_query(pages: tuple[DashboardFile, ...], tmp_path: Path) -> None:
    queries = [target["expr"] for page in pages for panel in panels(page) for target in panel.get("targets", ())]
    rules = tmp_path / "queries.yml"
    written = [{"record": f"query:{place}", "expr": expr} for place, expr in enumerate(queries)]
    rules.write_text(json.dumps({"groups": [{"name": "queries", "rules": written}]}), encoding="utf-8")
    done = subprocess.run(["promtool", "check", "rules", str(rules)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f"{len(queries)} rules found" in done.stdout
