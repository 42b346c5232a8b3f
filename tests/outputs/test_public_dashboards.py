"""The page that may be shown to everybody: what Grafana can share, and no label that nobody chose to tell."""

from __future__ import annotations

import json
from pathlib import Path

import promql_parser
import pytest
from promised import promised
from sla_dashboards import DashboardFile, dashboard_files

from slo_gen.cli.compiling import compiled_files
from slo_gen.cli.testing_dashboards import dashboard_faults
from slo_gen.outputs.files import write
from slo_gen.outputs.public_dashboards import unfit_for_public, visible_labels


def pages(name: str) -> dict[bool, DashboardFile]:
    return {page.public: page for page in dashboard_files(promised(), public=True) if page.customer == name}


@pytest.mark.parametrize(("query", "labels"), [
    ("up", None), ("rate(up[5m])", None), ("sum(up)", set()), ("sum by (a, b) (up)", {"a", "b"}), ("sum without (a) (up)", None),
    ("topk(2, up)", None), ("topk(2, max by (a) (up))", {"a"}), ('count_values by (a) ("b", up)', {"a", "b"}),
    ("max by (a) (up) or up", None), ("max by (a) (up) or max by (b) (up)", {"a", "b"}), ("max by (a) (up) and up", {"a"}),
    ("max by (a) (up) unless on (a) up", {"a"}), ("up and max by (a) (up)", None), ("2 * max by (a) (up)", {"a"}),
    ("max by (a) (up) > 2", {"a"}), ("max by (a) (up) * up", None), ("up == on (a) down", {"a"}), ("up * on (a) down", {"a"}),
    ("up * on (a) group_left (b) max by (a, b) (down)", None), ("max by (a) (up) * on () group_left (b) down", {"a", "b"}),
    ("max by (a) (up) * on (a) group_right (b) down", None), ("vector(1)", set()), ("time()", set()), ("scalar(up)", set()),
    ('label_replace(max by (a) (up), "c", "x", "a", ".*")', {"a", "c"}), ("max_over_time(max by (a) (up)[1h:5m])", {"a"}),
    ("-(max by (a) (up))", {"a"}), ("absent(up)", None), ("floor(up)", None), ("1 + time()", set()),
])  # fmt: skip
def test_the_labels_that_a_query_tells(query: str, labels: set[str] | None) -> None:
    assert visible_labels(promql_parser.parse(query)) == labels


def dashboard(expr: str, **more: object) -> str:
    return json.dumps({"panels": [{"title": "A", "panels": [{"title": "B", "targets": [{"expr": expr}]}]}], **more})


def test_what_grafana_cannot_share_or_would_tell_is_found() -> None:
    assert list(unfit_for_public(dashboard("max by (agreement, target) (up)"))) == []
    assert [each.partition(": ")[0] for each in unfit_for_public(dashboard("up"))] == ["panel 'B'"]
    assert "shows the labels slm_team" in next(unfit_for_public(dashboard("max by (agreement, slm_team) (up)")))
    own = {"list": [{"datasource": {"type": "grafana", "uid": "-- Grafana --"}}]}
    assert list(unfit_for_public(dashboard("sum(up)", annotations=own))) == []
    assert len(list(unfit_for_public(dashboard("sum(up)", annotations={"list": [{"datasource": {"uid": "x"}}, {}]})))) == 2
    assert len(list(unfit_for_public(json.dumps({"panels": [{"title": "A", "libraryPanel": {"uid": "x"}}]})))) == 1


@pytest.mark.parametrize("customer", ["acme", "globex"])
def test_the_public_page_is_the_other_one_without_people_and_money(customer: str) -> None:
    own, public = pages(customer)[False], pages(customer)[True]
    assert own == next(page for page in dashboard_files(promised()) if page.customer == customer)
    assert (own.folder, own.customer) == (public.folder, public.customer)
    assert own.uid != public.uid
    assert own.title != public.title
    titles = [{panel["title"] for panel in json.loads(page.text)["panels"]} for page in (own, public)]
    assert titles[0] - titles[1] == {"Contacts", "Credits", "Improvements", "Satisfaction"}
    assert titles[1] <= titles[0]
    assert list(unfit_for_public(public.text)) == []
    assert "EUR" not in public.text
    assert json.loads(public.text)["templating"]["list"] == []


def test_what_is_compiled_is_read_and_what_is_planted_is_found(tmp_path: Path) -> None:
    write(compiled_files(promised(), "prometheus", dashboards=True, public=True), tmp_path)
    assert list(dashboard_faults(tmp_path)) == []
    path = tmp_path / pages("acme")[True].path
    path.write_text(path.read_text(encoding="utf-8").replace("max by (agreement, target)", "max by (agreement, target, slm_service)"))
    faults = list(dashboard_faults(tmp_path))
    assert faults
    assert all(str(path) in fault and "shows the labels slm_service" in fault for fault in faults)
    path.unlink()
    assert [fault for fault in dashboard_faults(tmp_path) if "missing" in fault]
