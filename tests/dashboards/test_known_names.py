"""Units, transformations, matchers, calculations and colours are such as Grafana has."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pytest
from known_names import NAMES, unknown
from sla_dashboards import dashboard_files

from slo_gen.cli.loading import load_catalogue

ROOT = Path(__file__).resolve().parents[2]
RIGHT: dict[str, Any] = {
    "panels": [{
        "fieldConfig": {
            "defaults": {"unit": "percentunit", "color": {"mode": "fixed", "fixedColor": "red"}, "mappings": [
                {"type": "value", "options": {"0": {"color": "green"}}},
            ], "thresholds": {"steps": [{"color": "#d62728", "value": None}]}},
            "overrides": [{"matcher": {"id": "byName", "options": "A"}, "properties": [{"id": "unit", "value": "currency:EUR"}]}],
        },
        "options": {"reduceOptions": {"calcs": ["lastNotNull"]}},
        "transformations": [{"id": "merge", "options": {}}, {"id": "reduce", "options": {"reducers": ["max"]}}],
    }],
    "annotations": {"list": [{"iconColor": "dark-red"}]},
}  # fmt: skip
PANEL = ("panels", 0)
MISTAKES = {
    "units": [((*PANEL, "fieldConfig", "defaults", "unit"), "percentunits"), ((*PANEL, "fieldConfig", "defaults", "unit"), "curency:EUR"),
              ((*PANEL, "fieldConfig", "overrides", 0, "properties", 0, "value"), "currencyEURO"),
              ((*PANEL, "fieldConfig", "defaults", "unit"), "suffix:")],
    "transformations": [((*PANEL, "transformations", 0, "id"), "mergeAll")],
    "matchers": [((*PANEL, "fieldConfig", "overrides", 0, "matcher", "id"), "byNam")],
    "calculations": [((*PANEL, "options", "reduceOptions", "calcs", 0), "lastNotNul"),
                     ((*PANEL, "transformations", 1, "options", "reducers", 0), "maximum")],
    "colours": [((*PANEL, "fieldConfig", "defaults", "thresholds", "steps", 0, "color"), "amber"),
                ((*PANEL, "fieldConfig", "defaults", "mappings", 0, "options", "0", "color"), "grün"),
                ((*PANEL, "fieldConfig", "defaults", "color", "fixedColor"), "#12"), (("annotations", "list", 0, "iconColor"), "rot")],
}  # fmt: skip


def test_every_generated_dashboard_uses_names_that_grafana_knows() -> None:
    pages = dashboard_files(load_catalogue([ROOT / "specs"]))
    assert pages
    assert {page.uid: found for page in pages if (found := list(unknown(json.loads(page.text))))} == {}


@pytest.mark.parametrize(("list_name", "path", "value"), [(name, *each) for name, planted in MISTAKES.items() for each in planted])
def test_a_name_that_grafana_does_not_know_is_found(list_name: str, path: tuple[str | int, ...], value: str) -> None:
    assert list(unknown(RIGHT)) == []
    dashboard = copy.deepcopy(RIGHT)
    inner: Any = dashboard
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    (found,) = unknown(dashboard)
    assert found.endswith(f"{value!r} is none of Grafana's {list_name}")


def test_the_names_are_of_the_same_release_as_the_types() -> None:
    types = json.loads((ROOT / "tests/grafana_schema/package.json").read_text(encoding="utf-8"))["devDependencies"]["@grafana/schema"]
    assert NAMES["of"] == f"@grafana/data {types}"
    assert {name: len(NAMES[name]) for name in ("units", "matchers", "calculations")} == {"units": 273, "matchers": 12, "calculations": 124}
