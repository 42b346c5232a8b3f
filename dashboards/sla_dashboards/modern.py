"""Dashboards of today's Grafana on top of grafanalib's classes.

Every object writes its own keys and no others. grafanalib's output is never passed on: it writes a threshold's base as the string
"null", which paints every figure in the colour of its worst step, and shapes that Grafana no longer migrates.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import attr
from grafanalib import core

from sla_dashboards.identity import panel_id

__all__ = [
    "Column", "Dashboard", "Format", "Override", "Panel", "Stat", "Step", "Table", "Target", "Text", "TimeSeries", "ValueText",
    "markdown",
]  # fmt: skip

SCHEMA_VERSION: Final = 41
Json = dict[str, Any]
Colour = Literal["red", "orange", "yellow", "green", "text", "blue"]
Unit = Literal["none", "percentunit", "short", "dtdurations", "dateTimeAsIso"]


def markdown(text: str) -> str:
    """``text`` as it stands, whatever it holds: no markup, no HTML, no variable of Grafana."""
    return "".join(f"&#{ord(each)};" if not (each.isalnum() or each in " .,%-:") else each for each in " ".join(text.split()))


@dataclass(frozen=True, slots=True)
class Step:
    """From ``value`` on a figure has this colour; None is the base, below all others."""

    colour: Colour
    value: float | None = None


@dataclass(frozen=True, slots=True)
class ValueText:
    """The words in which a figure is shown."""

    value: int
    text: str
    colour: Colour


@dataclass(frozen=True, slots=True)
class Format:
    """How figures of a panel or a column are shown."""

    unit: Unit = "none"
    decimals: int | None = None
    steps: tuple[Step, ...] = (Step("text"),)
    texts: tuple[ValueText, ...] = ()

    def properties(self) -> Json:
        found: Json = {
            "unit": self.unit,
            "noValue": "No data",
            "thresholds": {"mode": "absolute", "steps": [{"color": step.colour, "value": step.value} for step in self.steps]},
            "mappings": [
                *([{"type": "value", "options": {
                    str(each.value): {"text": each.text, "color": each.colour, "index": index} for index, each in enumerate(self.texts)
                }}] if self.texts else []),
                {"type": "special", "options": {
                    "match": "null+nan", "result": {"text": "No data", "color": "text", "index": len(self.texts)},
                }},
            ],
        }  # fmt: skip
        return found if self.decimals is None else {**found, "decimals": self.decimals}


@dataclass(frozen=True, slots=True)
class Override:
    """Properties of the fields that one query gives, by its letter."""

    query: str
    properties: tuple[tuple[str, Any], ...]

    def to_json_data(self) -> Json:
        return {
            "matcher": {"id": "byFrameRefID", "options": self.query},
            "properties": [{"id": name, "value": value} for name, value in self.properties],
        }


@dataclass(frozen=True, slots=True)
class Target:
    """One query. ``instant``: the present figure; otherwise its course over the time shown."""

    ref: str
    expr: str
    legend: str = ""
    instant: bool = True
    table: bool = False

    def to_json_data(self, datasource: str) -> Json:
        return {
            "datasource": _source(datasource), "refId": self.ref, "expr": self.expr, "legendFormat": self.legend, "instant": self.instant,
            "range": not self.instant, "format": "table" if self.table else "time_series", "editorMode": "code", "exemplar": False,
        }  # fmt: skip


def _source(uid: str) -> Json:
    return {"type": "prometheus", "uid": uid}


@attr.s(kw_only=True, auto_attribs=True)
class Panel(core.Panel):
    """What all panels have. ``key`` tells a panel from others of its dashboard, for good; ``at`` is x, y, width, height."""

    key: str
    title: str
    description: str
    at: tuple[int, int, int, int]
    datasource: str = ""
    queries: tuple[Target, ...] = ()
    figures: Format = Format()

    def kind(self) -> str:
        raise NotImplementedError

    def options(self) -> Json:
        raise NotImplementedError

    def custom(self) -> Json:
        return {}

    def overrides(self) -> Sequence[Override]:
        return ()

    def overrides_json(self) -> list[Json]:
        return [each.to_json_data() for each in self.overrides()]

    def transformed(self) -> list[Json]:
        return []

    def to_json_data(self) -> Json:
        x, y, width, height = self.at
        found: Json = {
            "id": panel_id(self.key), "type": self.kind(), "title": self.title, "description": self.description,
            "gridPos": {"x": x, "y": y, "w": width, "h": height}, "options": self.options(), "transparent": False,
            "fieldConfig": {"defaults": {**self.figures.properties(), "custom": self.custom()}, "overrides": self.overrides_json()},
        }  # fmt: skip
        if self.queries:
            found["datasource"] = _source(self.datasource)
            found["targets"] = [query.to_json_data(self.datasource) for query in self.queries]
        if transformed := self.transformed():
            found["transformations"] = transformed
        return found


@attr.s(kw_only=True, auto_attribs=True)
class Stat(Panel):
    """One figure, large."""

    def kind(self) -> str:
        return "stat"

    def options(self) -> Json:
        return {
            "reduceOptions": {"values": False, "calcs": ["lastNotNull"], "fields": ""}, "orientation": "auto", "textMode": "value",
            "colorMode": "background", "graphMode": "none", "justifyMode": "center", "wideLayout": True, "showPercentChange": False,
            "percentChangeColorMode": "standard",
        }  # fmt: skip


@attr.s(kw_only=True, auto_attribs=True)
class TimeSeries(Panel):
    """Lines over time; ``dashed`` names the queries that are promises and not measurements."""

    dashed: tuple[str, ...] = ()

    def kind(self) -> str:
        return "timeseries"

    def options(self) -> Json:
        return {
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
            "tooltip": {"mode": "multi", "sort": "none"},
        }

    def custom(self) -> Json:
        return {"drawStyle": "line", "lineWidth": 2, "fillOpacity": 0, "showPoints": "never", "spanNulls": False}

    def overrides(self) -> Sequence[Override]:
        return [Override(query, (("custom.lineStyle", {"fill": "dash", "dash": [8, 6]}),)) for query in self.dashed]


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: the field that it shows, its heading and how its figures look."""

    field: str
    heading: str
    figures: Format = Format()
    coloured: bool = False


@attr.s(kw_only=True, auto_attribs=True)
class Table(Panel):
    """Instant queries side by side, joined by the labels they share; only ``columns`` are shown, in their order."""

    columns: tuple[Column, ...] = ()
    hidden: tuple[str, ...] = ("Time",)

    def kind(self) -> str:
        return "table"

    def options(self) -> Json:
        return {"showHeader": True, "cellHeight": "sm", "frameIndex": 0}

    def custom(self) -> Json:
        return {"align": "auto", "inspect": False, "cellOptions": {"type": "auto"}}

    def overrides_json(self) -> list[Json]:
        return [
            {"matcher": {"id": "byName", "options": column.heading}, "properties": [
                *({"id": name, "value": value} for name, value in sorted(column.figures.properties().items())),
                *([{"id": "custom.cellOptions", "value": {"type": "color-background", "mode": "basic"}}] if column.coloured else []),
            ]}
            for column in self.columns
        ]  # fmt: skip

    def transformed(self) -> list[Json]:
        return [
            {"id": "merge", "options": {}},
            {"id": "organize", "options": {
                "excludeByName": dict.fromkeys(self.hidden, True),
                "indexByName": {column.field: place for place, column in enumerate(self.columns)},
                "renameByName": {column.field: column.heading for column in self.columns},
            }},
        ]  # fmt: skip


@attr.s(kw_only=True, auto_attribs=True)
class Text(Panel):
    """Words in Markdown; what comes from documents has gone through ``markdown``."""

    content: str = ""

    def kind(self) -> str:
        return "text"

    def options(self) -> Json:
        return {"mode": "markdown", "content": self.content}

    def to_json_data(self) -> Json:
        return {name: value for name, value in super().to_json_data().items() if name != "fieldConfig"}


@attr.s(kw_only=True, auto_attribs=True)
class Dashboard(core.Dashboard):
    """A page. ``zone`` is the IANA name of the zone in which its times are told."""

    uid: str
    title: str
    description: str
    zone: str
    panels: tuple[Panel, ...]
    tags: tuple[str, ...] = ()

    def to_json_data(self) -> Json:
        panels = [panel.to_json_data() for panel in self.panels]
        if len({panel["id"] for panel in panels}) < len(panels):
            raise ValueError(f"two panels of dashboard {self.uid} have the same id")
        return {
            "uid": self.uid, "title": self.title, "description": self.description, "tags": list(self.tags), "timezone": self.zone,
            "schemaVersion": SCHEMA_VERSION, "editable": False, "graphTooltip": 1, "refresh": "5m", "weekStart": "monday",
            "fiscalYearStartMonth": 0, "time": {"from": "now-90d", "to": "now"}, "timepicker": {}, "links": [], "preload": False,
            "templating": {"list": []}, "annotations": {"list": []}, "panels": panels,
        }  # fmt: skip

    def text(self) -> str:
        """The same bytes for the same dashboard."""
        return json.dumps(self.to_json_data(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"
