"""Every generated dashboard is well typed by Grafana's own types, and the compiler would notice when one was not."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from sla_dashboards import dashboard_files
from typescript import compiler_errors, source

from slo_gen.cli.loading import load_catalogue

SPECS = Path(__file__).resolve().parents[2] / "specs"
Json = dict[str, Any]

FIGURES = {
    "unit": "percentunit", "decimals": 3,
    "thresholds": {"mode": "absolute", "steps": [{"color": "red", "value": None}, {"color": "green", "value": 1}]},
    "mappings": [{"type": "value", "options": {"0": {"text": "BREACHED", "color": "red", "index": 0}}}],
}  # fmt: skip
PLACE = {"x": 0, "y": 0, "w": 24, "h": 4}
TARGET = {"refId": "A", "expr": "up", "datasource": {"type": "prometheus", "uid": "x"}, "instant": True, "range": False, "format": "table"}
RIGHT: Json = {
    "uid": "right", "title": "Right", "schemaVersion": 41, "graphTooltip": 1, "refresh": "5m", "timezone": "Europe/Berlin", "tags": ["sla"],
    "time": {"from": "now-90d", "to": "now"}, "timepicker": {}, "weekStart": "monday",
    "templating": {"list": [{"type": "custom", "name": "service", "label": "Service", "query": "a,b", "hide": 0}]},
    "annotations": {"list": [{
        "name": "Breaches", "enable": True, "iconColor": "red", "datasource": {"type": "prometheus", "uid": "x"},
        "target": {"refId": "Anno", "expr": "up"}, "titleFormat": "{{slo}}",
    }]},
    "links": [],
    "panels": [
        {"id": 1, "type": "stat", "title": "Verdict", "gridPos": PLACE, "targets": [TARGET], "options": {
            "reduceOptions": {"values": False, "calcs": ["lastNotNull"], "fields": ""}, "orientation": "auto", "textMode": "value",
            "colorMode": "background", "graphMode": "none", "justifyMode": "center", "wideLayout": True, "showPercentChange": False,
            "percentChangeColorMode": "standard",
        }, "fieldConfig": {"defaults": FIGURES, "overrides": []}},
        {"id": 2, "type": "table", "title": "Targets", "gridPos": PLACE, "targets": [TARGET],
         "options": {"showHeader": True, "cellHeight": "sm", "frameIndex": 0}, "transformations": [{"id": "merge", "options": {}}],
         "fieldConfig": {"defaults": {
             **FIGURES, "custom": {"align": "auto", "inspect": False, "cellOptions": {"type": "auto"}},
         }, "overrides": [
             {"matcher": {"id": "byName", "options": "State"}, "properties": [
                 {"id": "custom.cellOptions", "value": {"type": "color-background", "mode": "basic"}}, {"id": "decimals", "value": 2},
             ]},
         ]}},
        {"id": 3, "type": "row", "title": "More", "gridPos": PLACE, "collapsed": True, "panels": [
            {"id": 4, "type": "timeseries", "title": "Trend", "gridPos": PLACE, "targets": [TARGET], "options": {
                "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
                "tooltip": {"mode": "multi", "sort": "none"},
            }, "fieldConfig": {"defaults": {**FIGURES, "custom": {"drawStyle": "line", "lineWidth": 2}}, "overrides": []}},
        ]},
    ],
}  # fmt: skip
"""A small dashboard with one of each."""

STAT, TABLE, ROW = (("panels", place) for place in range(3))
TREND = (*ROW, "panels", 0)
OVERRIDE = (*TABLE, "fieldConfig", "overrides", 0)
ABSENT = object()
MISTAKES: Mapping[str, tuple[tuple[str | int, ...], Any]] = {
    "title-number": (("title",), 5),
    "page-unknown-key": (("hideControls",), False),
    "page-unknown-choice": (("graphTooltip",), 7),
    "page-no-schema-version": (("schemaVersion",), ABSENT),
    "refresh-number": (("refresh",), 300),
    "week-start": (("weekStart",), 1),
    "variable-hide": (("templating", "list", 0, "hide"), "no"),
    "variable-kind": (("templating", "list", 0, "type"), "dropdown"),
    "annotation-no-name": (("annotations", "list", 0, "name"), ABSENT),
    "annotation-no-query": (("annotations", "list", 0, "target", "expr"), ABSENT),
    "annotation-unknown": (("annotations", "list", 0, "title"), "{{slo}}"),
    "option-unknown": ((*STAT, "options", "textmode"), "value"),
    "option-choice": ((*STAT, "options", "colorMode"), "loud"),
    "option-missing": ((*STAT, "options", "wideLayout"), ABSENT),
    "option-of-another-panel": ((*TABLE, "options", "graphMode"), "none"),
    "option-legacy": ((*TABLE, "options", "fontSize"), "100%"),
    "unit-number": ((*STAT, "fieldConfig", "defaults", "unit"), 7),
    "decimals-text": ((*STAT, "fieldConfig", "defaults", "decimals"), "3"),
    "figures-unknown": ((*STAT, "fieldConfig", "defaults", "noValues"), "No data"),
    "threshold-text": ((*STAT, "fieldConfig", "defaults", "thresholds", "steps", 0, "value"), "null"),
    "threshold-mode": ((*STAT, "fieldConfig", "defaults", "thresholds", "mode"), "relative"),
    "mapping-kind": ((*STAT, "fieldConfig", "defaults", "mappings", 0, "type"), "values"),
    "custom-choice": ((*TREND, "fieldConfig", "defaults", "custom", "drawStyle"), "lines"),
    "custom-unknown": ((*TREND, "fieldConfig", "defaults", "custom", "lineWidht"), 2),
    "legend-placement": ((*TREND, "options", "legend", "placement"), "left"),
    "legend-no-show": ((*TREND, "options", "legend", "showLegend"), ABSENT),
    "override-cell": ((*OVERRIDE, "properties", 0, "value", "type"), "rainbow"),
    "override-legacy": ((*OVERRIDE, "properties", 0, "id"), "custom.displayMode"),
    "override-value": ((*OVERRIDE, "properties", 1, "value"), "2"),
    "override-property": ((*OVERRIDE, "properties", 1, "id"), "decimal"),
    "matcher-no-id": ((*OVERRIDE, "matcher", "id"), ABSENT),
    "transformation-no-id": ((*TABLE, "transformations", 0, "id"), ABSENT),
    "target-unknown": ((*STAT, "targets", 0, "legendFormt"), "x"),
    "target-no-query": ((*STAT, "targets", 0, "expr"), ABSENT),
    "target-format": ((*STAT, "targets", 0, "format"), "json"),
    "place-no-height": ((*TREND, "gridPos", "h"), ABSENT),
    "panel-unknown": ((*TREND, "span"), None),
    "row-unknown": ((*ROW, "height"), "250px"),
}
"""What is planted, and where; ABSENT takes a key away."""


def planted(path: tuple[str | int, ...], value: Any) -> Json:
    dashboard = copy.deepcopy(RIGHT)
    inner: Any = dashboard
    for step in path[:-1]:
        inner = inner[step]
    if value is ABSENT:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return dashboard


@pytest.fixture(scope="module")
def generated() -> dict[str, str]:
    """One module for each dashboard of the example catalogue."""
    return {page.uid: source(json.loads(page.text)) for page in dashboard_files(load_catalogue([SPECS]))}


@pytest.fixture(scope="module")
def errors(generated: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What the compiler says of all of them, and of the dashboard with each mistake: it takes seconds to begin."""
    wrong = {name: source(planted(*mistake)) for name, mistake in MISTAKES.items()}
    return compiler_errors({**generated, "right": source(RIGHT), **wrong}, tmp_path_factory.mktemp("types"))


def test_every_generated_dashboard_is_well_typed(generated: dict[str, str], errors: dict[str, list[str]]) -> None:
    assert generated
    assert {name: said for name, said in errors.items() if name in generated} == {}


def test_a_mistake_is_noticed_and_nothing_else(errors: dict[str, list[str]]) -> None:
    assert errors.get("right", []) == []
    assert [name for name in MISTAKES if name not in errors] == []


@pytest.mark.parametrize("kind", ["graph", "singlestat"])
def test_a_panel_that_grafana_no_longer_has_is_refused(kind: str) -> None:
    with pytest.raises(LookupError, match="Grafana has no panel"):
        source(planted((*STAT, "type"), kind))
