"""What a panel asks, and of whom."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from sla_dashboards.modern.json_values import JsonObject

__all__ = ["CHOSEN_SOURCE", "QueryFormat", "Target", "source"]

QueryFormat = Literal["time_series", "table", "heatmap"]

CHOSEN_SOURCE: Final = "${datasource}"
"""The uid of the source that is chosen on the page, where it has a ``DatasourceVariable``."""


@dataclass(frozen=True, slots=True)
class Target:
    """One query. ``instant``: the present figure; otherwise its course over the time shown."""

    ref: str
    expr: str
    legend: str = ""
    instant: bool = True
    table: bool = False
    interval: str = ""

    def to_json_data(self, datasource: str, shape: QueryFormat = "time_series") -> JsonObject:
        found: JsonObject = {
            "datasource": source(datasource), "refId": self.ref, "expr": self.expr, "legendFormat": self.legend, "instant": self.instant,
            "range": not self.instant, "format": "table" if self.table else shape, "editorMode": "code", "exemplar": False,
        }  # fmt: skip
        return {**found, "interval": self.interval} if self.interval else found


def source(uid: str) -> JsonObject:
    """How a Prometheus source is named in a dashboard."""
    return {"type": "prometheus", "uid": uid}
