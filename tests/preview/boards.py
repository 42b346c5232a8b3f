"""Small dashboards for tests."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from slo_gen.preview.dashboard import Dashboard, Panel, read_dashboard
from slo_gen.preview.fields import Look, looks_of
from slo_gen.preview.frames import Field, Frame
from slo_gen.preview.page import draw_page
from slo_gen.preview.plan import make_plan
from slo_gen.preview.values import Moment
from slo_gen.prometheus import Sample, Series

__all__ = ["MOMENT", "NOW", "board", "drawn", "look", "panel", "table"]

NOW = 1_795_000_000.0
MOMENT = Moment(NOW, ZoneInfo("Europe/Berlin"))
_PLACE = {"x": 0, "y": 0, "w": 24, "h": 8}


def board(**keys: Any) -> Dashboard:
    """A dashboard in Europe/Berlin that shows the last hour."""
    said = {"uid": "board", "title": "Board", "timezone": "Europe/Berlin", "time": {"from": "now-1h", "to": "now"}} | keys
    return read_dashboard(json.dumps(said).encode(), "board.json")


def panel(**keys: Any) -> Panel:
    """A panel that asks ``up`` over time."""
    (found,) = board(panels=[_said(keys)]).panels
    return found


def _said(keys: Mapping[str, Any]) -> dict[str, Any]:
    return {"id": 1, "type": "timeseries", "title": "Panel", "gridPos": _PLACE, "targets": [{"refId": "A", "expr": "up"}]} | dict(keys)


def drawn(answers: Sequence[Sequence[Sample] | Sequence[Series]], **keys: Any) -> str:
    """The page of one panel whose queries are answered so, in their order."""
    plan = make_plan(board(panels=[_said(keys)]), NOW, {})
    asked = list(plan.panels[1].questions.values())
    return draw_page(plan, {question: tuple(answer) for question, answer in zip(asked, answers, strict=True)}, {"other": "other.html"})


def table(ref: str = "A", **columns: Sequence[float | str | None]) -> Frame:
    """A frame of these columns: ``Time`` of times, texts, figures."""
    fields = []
    for name, values in columns.items():
        kind = "time" if name == "Time" else "string" if any(isinstance(value, str) for value in values) else "number"
        fields.append(Field(name, kind, tuple(values), {}))
    return Frame(ref, tuple(fields))


def look(defaults: Mapping[str, Any], value: float | str | None = 1.0, overrides: Sequence[Mapping[str, Any]] = ()) -> Look:
    """How a field with such a configuration is shown."""
    frame = table(Value=[value])
    of = panel(fieldConfig={"defaults": dict(defaults), "overrides": list(overrides)})
    return looks_of(of, (frame,), MOMENT)[id(frame.fields[0])]
