"""States over time: bands that last as long as a state did, or a box for each step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from slo_gen.documents.charts.axes import Axis, Plot, Size, drawn, fitting, frame, text_width
from slo_gen.documents.markup import Markup, element

__all__ = ["State", "States", "state_bands", "status_boxes"]


@dataclass(frozen=True, slots=True)
class State:
    """What was the case from ``start`` to ``end``; ``ink`` is the colour of what is written on ``colour``."""

    start: float
    end: float
    text: str
    colour: str
    ink: str


@dataclass(frozen=True, slots=True)
class States:
    """The states of one thing, in the order of time."""

    name: str
    states: tuple[State, ...]


def state_bands(rows: Sequence[States], x: Axis, size: Size, title: str, *, texts: bool = True) -> Markup:
    """A band for each row, with the words of its states where they have room."""
    return _chart(rows, x, size, title, gap=0, texts=texts)


def status_boxes(rows: Sequence[States], x: Axis, size: Size, title: str, *, texts: bool = False) -> Markup:
    """A row of boxes for each row."""
    return _chart(rows, x, size, title, gap=1, texts=texts)


def _chart(rows: Sequence[States], x: Axis, size: Size, title: str, *, gap: float, texts: bool) -> Markup:
    """Names stand beside the rows, or above them where the chart is narrow."""
    beside = max((text_width(row.name) for row in rows), default=0) + 12
    above = beside > size.width * 0.3
    y = Axis(0, max(1, len(rows)), ())
    plot, parts = frame(size, x, y, left=2 if above else beside, lines=False)
    height = plot.height / max(1, len(rows))
    for number, row in enumerate(rows):
        top = plot.top + number * height
        head = 16.0 if above else 0.0
        if above:
            parts.append(element("text", fitting(row.name, plot.width), x=plot.left, y=top + 12))
        else:
            parts.append(element("text", row.name, x=plot.left - 8, y=top + height / 2 + 4, text_anchor="end"))
        for state in row.states:
            parts += _box(state, plot, top + head + 2, max(4.0, height - head - 4), gap, texts)
    return drawn(size, title, *parts)


def _box(state: State, plot: Plot, top: float, height: float, gap: float, texts: bool) -> list[Markup]:
    left, right = (plot.across(min(max(at, plot.x.low), plot.x.high)) for at in (state.start, state.end))
    width = max(1.0, right - left - gap)
    parts = [element("rect", element("title", state.text), x=left + gap / 2, y=top, width=width, height=height, fill=state.colour)]
    text = fitting(state.text, width - 8) if texts else ""
    if text:
        parts.append(element("text", text, x=left + 5, y=top + height / 2 + 4, fill=state.ink))
    return parts


