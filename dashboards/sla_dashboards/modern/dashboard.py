"""The page itself: its panels, what can be chosen on it, where it leads, and what is marked in its charts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Protocol

import attr
from grafanalib import core

from sla_dashboards.identity import panel_id
from sla_dashboards.modern.ids import Colour
from sla_dashboards.modern.json_values import Json, JsonObject
from sla_dashboards.modern.panels import Panel, Row
from sla_dashboards.modern.queries import CHOSEN_SOURCE, source

__all__ = [
    "SCHEMA_VERSION", "AnnotationQuery", "ConstantVariable", "CustomVariable", "Dashboard", "DashboardLink", "DatasourceVariable",
    "QueryVariable", "Variable",
]  # fmt: skip

SCHEMA_VERSION: Final = 41


class Variable(Protocol):
    """Something that can be chosen on a page."""

    def to_json_data(self) -> JsonObject:
        """As Grafana reads it."""


@dataclass(frozen=True, slots=True)
class DatasourceVariable:
    """Which Prometheus is asked: queries name it as CHOSEN_SOURCE."""

    label: str = "Data source"

    def to_json_data(self) -> JsonObject:
        return {
            "type": "datasource", "name": "datasource", "label": self.label, "query": "prometheus", "hide": 0, "includeAll": False,
            "multi": False, "refresh": 1, "regex": "", "skipUrlSync": False, "options": [],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class QueryVariable:
    """The values of ``field`` on the series that ``selector`` finds.

    ``all_of_them``: several, or all, can be chosen. ``hidden``: it follows from what is chosen elsewhere.
    """

    name: str
    label: str
    selector: str
    field: str
    all_of_them: bool = False
    hidden: bool = False
    datasource: str = CHOSEN_SOURCE

    def to_json_data(self) -> JsonObject:
        found: JsonObject = {
            "type": "query", "name": self.name, "label": self.label, "datasource": source(self.datasource),
            "hide": 2 if self.hidden else 0,
            "query": {"query": f"label_values({self.selector}, {self.field})", "refId": "StandardVariableQuery"},
            "refresh": 2, "regex": "", "sort": 1, "skipUrlSync": False, "options": [], "multi": self.all_of_them,
            "includeAll": self.all_of_them,
        }  # fmt: skip
        return {**found, "allValue": ".*", "current": {"text": "All", "value": "$__all"}} if self.all_of_them else found


@dataclass(frozen=True, slots=True)
class CustomVariable:
    """One of a few values; the first is chosen at the beginning."""

    name: str
    label: str
    values: tuple[str, ...]

    def to_json_data(self) -> JsonObject:
        options: list[JsonObject] = [{"text": value, "value": value, "selected": value == self.values[0]} for value in self.values]
        return {
            "type": "custom", "name": self.name, "label": self.label, "query": ",".join(value.replace(",", r"\,") for value in self.values),
            "hide": 0, "multi": False, "includeAll": False, "skipUrlSync": False, "options": options, "current": options[0],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class ConstantVariable:
    """A value that nobody chooses."""

    name: str
    value: str

    def to_json_data(self) -> JsonObject:
        return {"type": "constant", "name": self.name, "query": self.value, "hide": 2, "skipUrlSync": True,
                "options": [], "current": {"text": self.value, "value": self.value}}  # fmt: skip


@dataclass(frozen=True, slots=True)
class DashboardLink:
    """A link at the head of a page. ``keep_time`` and ``keep_choice``: what is chosen here is taken along."""

    title: str
    url: str
    tooltip: str = ""
    keep_time: bool = False
    keep_choice: bool = False
    new_tab: bool = False

    def to_json_data(self) -> JsonObject:
        return {
            "type": "link", "title": self.title, "url": self.url, "tooltip": self.tooltip, "icon": "dashboard", "tags": [],
            "asDropdown": False, "keepTime": self.keep_time, "includeVars": self.keep_choice, "targetBlank": self.new_tab,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class AnnotationQuery:
    """Marks in the charts of a page while ``expr`` has series. ``title`` and ``text`` may name labels: ``{{slo}}``."""

    name: str
    expr: str
    title: str
    text: str = ""
    colour: Colour = "red"
    interval: str = "1m"
    datasource: str = CHOSEN_SOURCE
    shown: bool = True

    def to_json_data(self) -> JsonObject:
        return {
            "name": self.name, "datasource": source(self.datasource), "enable": self.shown, "hide": False, "iconColor": self.colour,
            "target": {"refId": "Anno", "expr": self.expr, "interval": self.interval}, "titleFormat": self.title, "textFormat": self.text,
            "tagKeys": "", "useValueForTime": False,
        }  # fmt: skip


@attr.s(kw_only=True, auto_attribs=True)
class Dashboard(core.Dashboard):
    """A page. ``zone`` is the IANA name of the zone in which its times are told, or ``browser``."""

    uid: str
    title: str
    description: str
    zone: str
    panels: tuple[Panel, ...]
    tags: tuple[str, ...] = ()
    variables: Sequence[Variable] = ()
    links: tuple[DashboardLink, ...] = ()
    annotations: tuple[AnnotationQuery, ...] = ()
    span: str = "now-90d"
    refresh: Literal["1m", "5m", "15m"] = "5m"

    def to_json_data(self) -> JsonObject:
        keys = [panel.key for panel in _all_of(self.panels)]
        if len({panel_id(key) for key in keys}) < len(keys):
            raise ValueError(f"two panels of dashboard {self.uid} have the same id")
        panels: list[Json] = [panel.to_json_data() for panel in self.panels]
        return {
            "uid": self.uid, "title": self.title, "description": self.description, "tags": list(self.tags), "timezone": self.zone,
            "schemaVersion": SCHEMA_VERSION, "editable": False, "graphTooltip": 1, "refresh": self.refresh, "weekStart": "monday",
            "fiscalYearStartMonth": 0, "time": {"from": self.span, "to": "now"}, "timepicker": {}, "preload": False,
            "links": [link.to_json_data() for link in self.links],
            "templating": {"list": [variable.to_json_data() for variable in self.variables]},
            "annotations": {"list": [query.to_json_data() for query in self.annotations]}, "panels": panels,
        }  # fmt: skip

    def text(self) -> str:
        """The same bytes for the same dashboard."""
        return json.dumps(self.to_json_data(), indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _all_of(panels: Sequence[Panel]) -> Iterator[Panel]:
    for panel in panels:
        yield panel
        if isinstance(panel, Row):
            yield from panel.folded
