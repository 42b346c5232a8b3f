"""How often figures fell between bounds, over time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from slo_gen.documents.charts.axes import Axis, Size, Tick, drawn, frame
from slo_gen.documents.markup import Markup, element

__all__ = ["Heat", "heatmap"]


@dataclass(frozen=True, slots=True)
class Heat:
    """One box: of which row, from when to when, its colour."""

    row: int
    start: float
    end: float
    colour: str


def heatmap(rows: Sequence[str], boxes: Sequence[Heat], x: Axis, size: Size, title: str) -> Markup:
    """Boxes in rows, the first at the bottom."""
    count = max(1, len(rows))
    every = max(1, -(-count * 16 // max(1, size.height - 40)))
    y = Axis(0, count, tuple(Tick(number + 0.5, name) for number, name in enumerate(rows) if number % every == 0))
    plot, parts = frame(size, x, y, lines=False)
    height = plot.height / count
    for box in boxes:
        left, right = (plot.across(min(max(at, x.low), x.high)) for at in (box.start, box.end))
        if right > left:
            parts.append(element(
                "rect", x=left, y=plot.top + plot.height - (box.row + 1) * height, width=max(0.5, right - left - 0.5),
                height=max(0.5, height - 1), fill=box.colour,
            ))  # fmt: skip
    return drawn(size, title, *parts)
