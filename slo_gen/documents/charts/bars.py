"""Figures beside each other: bars in groups, and bars that are filled as far as a figure goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from slo_gen.documents.charts.axes import Axis, Size, Tick, drawn, fitting, frame, text_width, thinned
from slo_gen.documents.markup import Markup, element

__all__ = ["Bars", "Gauged", "bar_chart", "bar_gauge"]


@dataclass(frozen=True, slots=True)
class Bars:
    """One figure for each group, None where there is none; ``texts`` stand at their ends, ``colours`` are one for each.

    ``inks`` are the colours of text that stands in a bar.
    """

    name: str
    values: tuple[float | None, ...]
    colours: tuple[str, ...]
    texts: tuple[str, ...]
    inks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gauged:
    """A bar that is filled to ``share``, 0 to 1; None: there is no figure."""

    name: str
    text: str
    share: float | None
    colour: str


def bar_chart(groups: Sequence[str], series: Sequence[Bars], y: Axis, size: Size, title: str, *, stacked: bool = False) -> Markup:
    """Bars in groups beside each other; with ``stacked`` those of a group stand on each other."""
    count = max(1, len(groups))
    named = thinned([Tick(number + 0.5, name) for number, name in enumerate(groups)], size.width)
    plot, parts = frame(size, Axis(0, count, named), y)
    room = plot.width / count * 0.7
    width = room if stacked else room / max(1, len(series))
    for number in range(len(groups)):
        left = plot.left + plot.width / count * (number + 0.15)
        floor = 0.0
        for place, each in enumerate(series):
            value = each.values[number]
            if value is None:
                continue
            ends = (floor, floor + value) if stacked else (0.0, value)
            floor += value if stacked else 0.0
            top, bottom = sorted(plot.down(end) for end in ends)
            at = left if stacked else left + place * width
            parts.append(element(
                "rect", x=at + 1, y=top, width=max(1.0, width - 2), height=max(bottom - top, 0.5), fill=each.colours[number],
            ))  # fmt: skip
            text = each.texts[number]
            if text_width(text) <= width + 8 and (not stacked or bottom - top > 16):
                within = stacked or top - plot.top < 14
                ink = each.inks[number] if within else None
                parts.append(element("text", text, x=at + width / 2, y=top + 13 if within else top - 4, text_anchor="middle", fill=ink))
    return drawn(size, title, *parts)


def bar_gauge(bars: Sequence[Gauged], size: Size, title: str) -> Markup:
    """A bar for each figure below each other, its name above and its text at the end."""
    height = size.height / max(1, len(bars))
    parts: list[Markup] = []
    room = max((text_width(each.text) for each in bars), default=0) * 1.25 + 12
    length = max(20.0, size.width - room - 4)
    for number, each in enumerate(bars):
        top = number * height
        thick = max(6.0, min(26.0, height - 24))
        parts.append(element("text", fitting(each.name, size.width - 4), x=2, y=top + 13))
        parts.append(element("rect", x=2, y=top + 19, width=length, height=thick, fill="currentColor", fill_opacity=0.1))
        if each.share is not None:
            filled = length * min(1.0, max(0.0, each.share))
            parts.append(element("rect", x=2, y=top + 19, width=max(filled, 1.0), height=thick, fill=each.colour))
        middle = top + 24 + thick / 2
        parts.append(element("text", each.text, x=size.width - 4, y=middle, text_anchor="end", font_weight="600", font_size=15))
    return drawn(size, title, *parts)
