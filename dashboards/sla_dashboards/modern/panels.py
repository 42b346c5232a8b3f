"""What all panels have, and those that show figures, tables and words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import attr
from grafanalib import core

from sla_dashboards.identity import panel_id
from sla_dashboards.modern.fields import PLAIN, PLAIN_CELL, Cell, Format, Override, Properties, by_name
from sla_dashboards.modern.ids import Calculation
from sla_dashboards.modern.json_values import Json, JsonObject
from sla_dashboards.modern.queries import QueryFormat, Target, source
from sla_dashboards.modern.transformations import Transformation, merge, organize, sort_by

__all__ = ["BarGauge", "Column", "Gauge", "Panel", "Row", "Stat", "Table", "Text", "markdown"]


def markdown(text: str) -> str:
    """``text`` as it stands, whatever it holds: no markup, no HTML, no variable of Grafana."""
    return "".join(f"&#{ord(each)};" if not (each.isalnum() or each in " .,%-:") else each for each in " ".join(text.split()))


@attr.s(kw_only=True, auto_attribs=True)
class Panel(core.Panel):
    """What all panels have. ``key`` tells a panel from others of its dashboard, for good; ``at`` is x, y, width, height.

    ``time_from``: it shows this span up to now (``365d``), whatever is chosen on the page; ``interval``: the least step of its queries.
    """

    key: str
    title: str
    description: str
    at: tuple[int, int, int, int]
    datasource: str = ""
    queries: tuple[Target, ...] = ()
    figures: Format = PLAIN
    changes: tuple[Override, ...] = ()
    transformations: tuple[Transformation, ...] = ()
    time_from: str = ""
    interval: str = ""

    def kind(self) -> str:
        raise NotImplementedError

    def options(self) -> JsonObject:
        raise NotImplementedError

    def custom(self) -> JsonObject:
        return {}

    def shape(self) -> QueryFormat:
        """In which shape it wants the answers of its queries."""
        return "time_series"

    def overrides(self) -> Sequence[Override]:
        return self.changes

    def transformed(self) -> Sequence[Transformation]:
        return self.transformations

    def to_json_data(self) -> JsonObject:
        found: dict[str, Json] = {
            "id": panel_id(self.key), "type": self.kind(), "title": self.title, "description": self.description,
            "gridPos": _place(self.at), "options": self.options(), "transparent": False,
            "fieldConfig": {
                "defaults": {**self.figures.properties(), "custom": self.custom()},
                "overrides": [each.to_json_data() for each in self.overrides()],
            },
        }  # fmt: skip
        if self.queries:
            found["datasource"] = source(self.datasource)
            found["targets"] = [query.to_json_data(self.datasource, self.shape()) for query in self.queries]
        if transformed := self.transformed():
            found["transformations"] = [each.to_json_data() for each in transformed]
        if self.time_from:
            found |= {"timeFrom": self.time_from, "hideTimeOverride": False}
        if self.interval:
            found["interval"] = self.interval
        return found


def _place(at: tuple[int, int, int, int]) -> JsonObject:
    x, y, width, height = at
    return {"x": x, "y": y, "w": width, "h": height}


def _reduced(calculation: Calculation) -> JsonObject:
    return {"values": False, "calcs": [calculation], "fields": ""}


@attr.s(kw_only=True, auto_attribs=True)
class Stat(Panel):
    """One figure, large; several queries or series give several. ``named``: with the name of each; ``sparkline``: with its course."""

    calculation: Calculation = "lastNotNull"
    named: bool = False
    sparkline: bool = False
    colour: Literal["background", "value", "none"] = "background"
    change: bool = False

    def kind(self) -> str:
        return "stat"

    def options(self) -> JsonObject:
        return {
            "reduceOptions": _reduced(self.calculation), "orientation": "auto", "textMode": "value_and_name" if self.named else "value",
            "colorMode": self.colour, "graphMode": "area" if self.sparkline else "none", "justifyMode": "center", "wideLayout": True,
            "showPercentChange": self.change, "percentChangeColorMode": "standard",
        }  # fmt: skip


@attr.s(kw_only=True, auto_attribs=True)
class Gauge(Panel):
    """A figure between the least and the most of its format."""

    def kind(self) -> str:
        return "gauge"

    def options(self) -> JsonObject:
        return {
            "reduceOptions": _reduced("lastNotNull"), "orientation": "auto", "showThresholdLabels": False, "showThresholdMarkers": True,
            "sizing": "auto", "minVizWidth": 75, "minVizHeight": 75, "shape": "gauge", "barShape": "flat", "barWidthFactor": 0.4,
            "effects": {"barGlow": False, "centerGlow": False, "gradient": False}, "segmentCount": 1, "segmentSpacing": 0.3,
            "sparkline": False, "textMode": "auto",
        }  # fmt: skip


@attr.s(kw_only=True, auto_attribs=True)
class BarGauge(Panel):
    """A bar for each series, with its figure beside it."""

    def kind(self) -> str:
        return "bargauge"

    def options(self) -> JsonObject:
        return {
            "reduceOptions": _reduced("lastNotNull"), "orientation": "horizontal", "displayMode": "basic", "valueMode": "text",
            "namePlacement": "auto", "showUnfilled": True, "sizing": "auto", "minVizWidth": 8, "minVizHeight": 16, "maxVizHeight": 300,
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": False, "calcs": []},
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: the field that it shows, its heading and how its figures look.

    ``coloured``: its background tells the state; ``bar``: the figure is drawn too. ``width`` in pixels.
    """

    field: str
    heading: str
    figures: Format = PLAIN
    coloured: bool = False
    bar: bool = False
    width: int | None = None

    def override(self) -> Override:
        cell = Cell("background" if self.coloured else "bar" if self.bar else "plain", self.width)
        looks: tuple[Properties, ...] = (self.figures, cell)
        return Override(by_name(self.heading), looks)


@attr.s(kw_only=True, auto_attribs=True)
class Table(Panel):
    """Instant queries side by side, joined by the labels they share; ``columns`` in their order, nothing of what is ``hidden``.

    ``sort``: the heading that rows are sorted by; ``rows``: how many are shown at most. ``before``: what is done to the joined
    answers while the fields have their own names. ``grid``: the columns are what ``before`` makes of them, and keep their names.
    """

    columns: tuple[Column, ...] = ()
    hidden: tuple[str, ...] = ("Time",)
    sort: str = ""
    descending: bool = False
    before: tuple[Transformation, ...] = ()
    grid: bool = False
    cell: Cell = PLAIN_CELL

    def kind(self) -> str:
        return "table"

    def shape(self) -> QueryFormat:
        return "table"

    def options(self) -> JsonObject:
        found: JsonObject = {"showHeader": True, "cellHeight": "sm", "frameIndex": 0}
        return {**found, "sortBy": [{"displayName": self.sort, "desc": self.descending}]} if self.sort else found

    def custom(self) -> JsonObject:
        own = {key.removeprefix("custom."): value for key, value in self.cell.properties().items()}
        return {"align": "auto", "inspect": False, "cellOptions": {"type": "auto"}, **own}

    def overrides(self) -> Sequence[Override]:
        return (*(column.override() for column in self.columns), *self.changes)

    def transformed(self) -> Sequence[Transformation]:
        if self.grid:
            return (merge(), *self.before, *self.transformations)
        sorted_rows = (sort_by(self.sort, descending=self.descending),) if self.sort else ()
        order = tuple((column.field, column.heading) for column in self.columns)
        return (merge(), *self.before, organize(order, self.hidden), *sorted_rows, *self.transformations)


@attr.s(kw_only=True, auto_attribs=True)
class Text(Panel):
    """Words in Markdown; what comes from documents has gone through ``markdown``."""

    content: str = ""

    def kind(self) -> str:
        return "text"

    def options(self) -> JsonObject:
        return {"mode": "markdown", "content": self.content}

    def to_json_data(self) -> JsonObject:
        return {name: value for name, value in super().to_json_data().items() if name != "fieldConfig"}


@attr.s(kw_only=True, auto_attribs=True)
class Row(Panel):
    """A heading over the panels below it. ``folded`` are those that it hides until it is opened."""

    description: str = ""
    folded: tuple[Panel, ...] = ()

    def kind(self) -> str:
        return "row"

    def to_json_data(self) -> JsonObject:
        return {
            "id": panel_id(self.key), "type": "row", "title": self.title, "collapsed": bool(self.folded), "gridPos": _place(self.at),
            "panels": [panel.to_json_data() for panel in self.folded],
        }  # fmt: skip
