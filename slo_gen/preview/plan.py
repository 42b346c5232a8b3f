"""What is to be asked before a dashboard can be drawn."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Final

from slo_gen.preview.dashboard import Annotation, Dashboard, GridPosition, Panel, Target, Variable
from slo_gen.preview.errors import PreviewError
from slo_gen.preview.panels import PANELS
from slo_gen.preview.queries import Question, Span, panel_span, questions, span_of, substituted, zone_of

__all__ = ["LabelValues", "Plan", "Planned", "chosen", "label_values", "make_plan", "panels_of", "width_of"]

WIDE: Final = 1376
"""Pixels of the whole grid on a wide screen."""

_WHOLE: Final = GridPosition(x=0, y=0, w=24, h=1)
_LABEL_VALUES: Final = re.compile(r"label_values\((?:(.+),)?\s*(\w+)\s*\)", re.DOTALL)
_ALL: Final = "$__all"


@dataclass(frozen=True, slots=True)
class Planned:
    """A panel, the time it shows, and its questions by the letters of its queries."""

    panel: Panel
    span: Span
    questions: Mapping[str, Question]


@dataclass(frozen=True, slots=True)
class Plan:
    """A dashboard with all that is to be asked for it, as it is opened at ``now`` (seconds since 1970)."""

    dashboard: Dashboard
    now: float
    zone: tzinfo
    span: Span
    variables: Mapping[str, str]
    panels: Mapping[int, Planned]
    annotations: tuple[tuple[Annotation, Question], ...]

    def questions(self) -> Iterator[tuple[str, Question]]:
        """Every question, and where it comes from."""
        for planned in self.panels.values():
            for ref, question in planned.questions.items():
                yield f"query {ref} of panel {planned.panel.title!r} of dashboard {self.dashboard.title!r}", question
        for annotation, question in self.annotations:
            yield f"annotation {annotation.name!r} of dashboard {self.dashboard.title!r}", question


def make_plan(dashboard: Dashboard, now: float, variables: Mapping[str, str]) -> Plan:
    """Raises PreviewError for anything that cannot be drawn, before anything is asked."""
    zone, span = zone_of(dashboard), span_of(dashboard, now)
    planned = {}
    for panel in panels_of(dashboard):
        place = f"Panel {panel.title!r} of dashboard {dashboard.title!r}"
        if panel.type not in PANELS:
            raise PreviewError(f"{place} has the type {panel.type!r}, which is not known here.")
        if panel.repeat:
            raise PreviewError(f"{place} repeats for a variable, which is not known here.")
        if panel.id in planned:
            raise PreviewError(f"Two panels of dashboard {dashboard.title!r} have the id {panel.id}.")
        shown = panel_span(panel, span, now, zone)
        planned[panel.id] = Planned(panel, shown, questions(panel, shown, zone, variables, width_of(panel)))
    marks = tuple(
        (annotation, _marked(annotation, annotation.target, span, zone, variables))
        for annotation in dashboard.annotations.list
        if annotation.target is not None and annotation.enable and not annotation.hide and not annotation.built_in
    )
    return Plan(dashboard, now, zone, span, variables, planned, marks)


def _marked(annotation: Annotation, target: Target, span: Span, zone: tzinfo, variables: Mapping[str, str]) -> Question:
    place = Panel(id=0, type="annotation", title=annotation.name, grid_pos=_WHOLE, targets=(target,), datasource=annotation.datasource)
    return questions(place, span, zone, variables, WIDE)[target.ref]


def panels_of(dashboard: Dashboard) -> Iterator[Panel]:
    """All panels that show something; those in a folded row too."""
    for panel in dashboard.panels:
        if panel.type == "row":
            yield from panel.panels
        else:
            yield panel


def width_of(panel: Panel) -> int:
    """Pixels of what a panel shows on a wide screen, without its edges."""
    return max(160, WIDE * panel.grid_pos.w // 24 - 42)


# --- variables ---------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class LabelValues:
    """The values of a label on the series that a selector finds; "" for all series."""

    selector: str
    label: str


def label_values(variable: Variable, values: Mapping[str, str], span: Span) -> LabelValues | None:
    """What is to be asked for a variable, given the values of those before it; None where nothing is. Raises PreviewError."""
    if variable.type != "query" or _chosen(variable):
        return None
    written = variable.query.get("query", "") if isinstance(variable.query, dict) else variable.query
    found = _LABEL_VALUES.fullmatch(str(written).strip())
    if found is None or variable.regex:
        raise PreviewError(f"The variable ${variable.name} asks {written!r}; only label_values(selector, label) is known here.")
    return LabelValues(substituted((found[1] or "").strip(), values, span, 60), found[2])


def chosen(variable: Variable, found: tuple[str, ...]) -> str:
    """What stands in queries for a variable when the page is opened; ``found`` are the values that were asked for."""
    current = _chosen(variable)
    if variable.type == "datasource":
        return "prometheus"
    if variable.type == "custom" and not current:
        found = tuple(each.strip() for each in re.split(r"(?<!\\),", str(variable.query)))
    if _ALL in current or (variable.include_all and not current):
        return variable.all_value or ".*"
    if not current:
        if found:
            return found[0]
        return str(variable.query) if variable.type in ("constant", "textbox") else ""
    return current[0] if len(current) == 1 else "(" + "|".join(map(re.escape, current)) + ")"


def _chosen(variable: Variable) -> tuple[str, ...]:
    value = variable.current.value
    return tuple(value) if isinstance(value, list) else (value,) if value else ()
