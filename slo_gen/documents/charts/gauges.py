"""A figure on an arc between its least and its most."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from slo_gen.documents.charts.axes import Size, drawn
from slo_gen.documents.markup import Markup, element

__all__ = ["Arc", "gauge"]

_OPENING: Final = math.radians(110)
"""The part of the circle at the bottom that is left open."""


@dataclass(frozen=True, slots=True)
class Arc:
    """A part of the scale, both ends 0 to 1, and its colour."""

    start: float
    end: float
    colour: str


def gauge(share: float | None, text: str, name: str, colour: str, arcs: Sequence[Arc], size: Size, title: str) -> Markup:
    """An arc filled to ``share``, with thresholds as a thin arc around it; ``text`` in the middle, ``name`` below."""
    radius = min(size.width / 2 - 12, (size.height - 30) / 1.6)
    x, y = size.width / 2, radius + 10
    thick = max(8.0, radius * 0.22)
    parts = [_arc(x, y, radius - thick / 2 - 5, 0, 1, thick, "currentColor", 0.1)]
    if share is not None:
        parts.append(_arc(x, y, radius - thick / 2 - 5, 0, min(1.0, max(0.002, share)), thick, colour))
    parts += [_arc(x, y, radius, arc.start, arc.end, 4, arc.colour) for arc in arcs if arc.end > arc.start]
    large = max(14.0, radius * 0.34)
    parts.append(element("text", text, x=x, y=y + radius * 0.12, text_anchor="middle", font_size=large, font_weight="600"))
    if name:
        parts.append(element("text", name, x=x, y=size.height - 6, text_anchor="middle"))
    return drawn(size, title, *parts)


def _arc(x: float, y: float, radius: float, start: float, end: float, width: float, colour: str, opacity: float = 1) -> Markup:
    whole = 2 * math.pi - _OPENING
    first, last = (math.pi / 2 + _OPENING / 2 + whole * share for share in (start, end))
    ends = [(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in (first, last)]
    large = int(last - first > math.pi)
    path = f"M{ends[0][0]:.1f} {ends[0][1]:.1f}A{radius:.1f} {radius:.1f} 0 {large} 1 {ends[1][0]:.1f} {ends[1][1]:.1f}"
    return element("path", d=path, fill="none", stroke=colour, stroke_width=width, stroke_opacity=opacity)
