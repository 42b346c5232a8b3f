"""Panels that show how figures went."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import attr

from sla_dashboards.modern.fields import Line, Override, by_query
from sla_dashboards.modern.ids import Calculation
from sla_dashboards.modern.json_values import Json, JsonObject
from sla_dashboards.modern.panels import Panel
from sla_dashboards.modern.queries import QueryFormat

__all__ = ["BarChart", "Heatmap", "StateTimeline", "StatusHistory", "TimeSeries"]


def _legend(*, shown: bool = True, calculations: Sequence[Calculation] = ()) -> JsonObject:
    return {"displayMode": "table" if calculations else "list", "placement": "bottom", "showLegend": shown, "calcs": list(calculations)}


def _tooltip(mode: Literal["single", "multi"]) -> JsonObject:
    return {"mode": mode, "sort": "none"}


@attr.s(kw_only=True, auto_attribs=True)
class TimeSeries(Panel):
    """Lines over time; ``dashed`` names the queries that are promises and not measurements.

    ``limits``: the steps of the format are drawn as lines. ``beside``: figures that stand beside each name below the chart.
    """

    dashed: tuple[str, ...] = ()
    limits: bool = False
    beside: tuple[Calculation, ...] = ()
    drawn: Literal["line", "bars"] = "line"
    stacked: bool = False
    fill: int = 0
    soft_least: float | None = None
    soft_most: float | None = None
    bridge: int | None = None
    """Milliseconds of a gap over which the line goes on; None: it never does."""

    def kind(self) -> str:
        return "timeseries"

    def options(self) -> JsonObject:
        return {"legend": _legend(calculations=self.beside), "tooltip": _tooltip("multi")}

    def custom(self) -> JsonObject:
        found: dict[str, Json] = {
            "drawStyle": self.drawn, "lineWidth": 2, "fillOpacity": self.fill, "showPoints": "never", "spanNulls": self.bridge or False,
        }  # fmt: skip
        if self.limits:
            found["thresholdsStyle"] = {"mode": "dashed"}
        if self.stacked:
            found["stacking"] = {"mode": "normal", "group": "A"}
        if self.soft_least is not None:
            found["axisSoftMin"] = self.soft_least
        if self.soft_most is not None:
            found["axisSoftMax"] = self.soft_most
        return found

    def overrides(self) -> Sequence[Override]:
        return (*(Override(by_query(query), (Line("dash"),)) for query in self.dashed), *self.changes)


@attr.s(kw_only=True, auto_attribs=True)
class StateTimeline(Panel):
    """A band for each series, in the colour and the words of its state."""

    def kind(self) -> str:
        return "state-timeline"

    def options(self) -> JsonObject:
        return {
            "mergeValues": True, "showValue": "auto", "alignValue": "left", "rowHeight": 0.9, "perPage": 20, "legend": _legend(shown=False),
            "tooltip": _tooltip("single"),
        }  # fmt: skip

    def custom(self) -> JsonObject:
        return {"lineWidth": 0, "fillOpacity": 80}


@attr.s(kw_only=True, auto_attribs=True)
class StatusHistory(Panel):
    """A row of boxes for each series, one for each step of time."""

    def kind(self) -> str:
        return "status-history"

    def options(self) -> JsonObject:
        return {
            "showValue": "never", "rowHeight": 0.9, "colWidth": 0.9, "perPage": 20, "legend": _legend(shown=False),
            "tooltip": _tooltip("single"),
        }  # fmt: skip

    def custom(self) -> JsonObject:
        return {"lineWidth": 1, "fillOpacity": 80}


@attr.s(kw_only=True, auto_attribs=True)
class BarChart(Panel):
    """Bars beside each other, one group for each value of the field ``x``."""

    x: str = ""
    stacked: bool = False

    def kind(self) -> str:
        return "barchart"

    def options(self) -> JsonObject:
        found: JsonObject = {
            "orientation": "auto", "xTickLabelRotation": 0, "xTickLabelMaxLength": 20, "xTickLabelSpacing": 100, "showValue": "auto",
            "stacking": "normal" if self.stacked else "none", "groupWidth": 0.7, "barWidth": 0.9, "barRadius": 0, "fullHighlight": False,
            "legend": _legend(), "tooltip": _tooltip("multi"),
        }  # fmt: skip
        return {**found, "xField": self.x} if self.x else found

    def custom(self) -> JsonObject:
        return {"lineWidth": 1, "fillOpacity": 80, "gradientMode": "none"}


@attr.s(kw_only=True, auto_attribs=True)
class Heatmap(Panel):
    """How often figures fell between the bounds of a histogram, over time. Its colours are told apart without seeing red and green."""

    def kind(self) -> str:
        return "heatmap"

    def shape(self) -> QueryFormat:
        return "heatmap"

    def options(self) -> JsonObject:
        axis: dict[str, Json] = {"axisPlacement": "left", "reverse": False, "unit": self.figures.unit}
        if self.figures.decimals is not None:
            axis["decimals"] = self.figures.decimals
        return {
            "calculate": False, "cellGap": 1, "showValue": "never", "legend": {"show": True}, "yAxis": axis,
            "color": {
                "mode": "scheme", "scheme": "Cividis", "scale": "exponential", "exponent": 0.5, "steps": 64, "reverse": False,
                "fill": "dark-blue",
            },
            "exemplars": {"color": "rgba(255,0,255,0.7)"}, "filterValues": {"le": 1e-9}, "rowsFrame": {"layout": "auto"},
            "tooltip": {"mode": "single", "yHistogram": False, "showColorScale": False},
        }  # fmt: skip

    def custom(self) -> JsonObject:
        return {"scaleDistribution": {"type": "linear"}}
