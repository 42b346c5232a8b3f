"""What a panel is drawn from, and what the types of panels have in common."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from slo_gen.documents.charts import Axis, Size, even_ticks, time_ticks
from slo_gen.documents.markup import Markup, element, joined
from slo_gen.preview.colours import Tone
from slo_gen.preview.dashboard import Panel, Record
from slo_gen.preview.errors import PreviewError
from slo_gen.preview.fields import Look, Text, looks_of
from slo_gen.preview.frames import Field, Frame, Value, reduced
from slo_gen.preview.paint import Paint
from slo_gen.preview.queries import Span
from slo_gen.preview.values import Moment, figure_text, is_time

__all__ = [
    "NARROW", "ROW", "Content", "Marked", "ReduceOptions", "Reduced", "at_both_widths", "chart_size", "figures_table", "legend",
    "no_data", "reductions", "span_axis", "value_axis",
]  # fmt: skip

NARROW: Final = 348
"""Pixels of a chart on a phone that is 390 wide."""

ROW: Final = 38
"""Pixels of a row of the grid, with the gap below it."""


class ReduceOptions(Record, frozen=True, kw_only=True):
    values: bool = False
    calcs: tuple[str, ...] = ("lastNotNull",)


@dataclass(frozen=True, slots=True)
class Marked:
    """A time that an annotation marks (seconds since 1970), and what it says."""

    name: str
    text: str
    start: float
    end: float
    colour: Tone


@dataclass(frozen=True, slots=True)
class Content:
    """A panel with the answers to its queries, after its transformations. ``width`` in pixels on a wide screen.

    ``pages`` are the files of other dashboards by their uid.
    """

    panel: Panel
    frames: tuple[Frame, ...]
    looks: Mapping[int, Look]
    span: Span
    moment: Moment
    width: int
    paint: Paint
    marks: tuple[Marked, ...]
    pages: Mapping[str, str]
    variables: Mapping[str, str]

    def look(self, each: Field) -> Look:
        return self.looks[id(each)]

    def series(self) -> Iterator[tuple[Frame, Field, Field | None]]:
        """Every field of figures that is not hidden, with the field of its times."""
        for frame in self.frames:
            times = next((each for each in frame.fields if each.kind == "time"), None)
            for each in frame.fields:
                if each.kind == "number" and not self.look(each).config.custom.hide_from.viz:
                    yield frame, each, times

    @property
    def is_empty(self) -> bool:
        return not any(frame.length for frame in self.frames)


@dataclass(frozen=True, slots=True)
class Reduced:
    """One figure of a panel, with its name and its looks; ``field`` are those that it was taken from."""

    look: Look
    name: str
    value: Value
    shown: Text
    field: Field
    times: Field | None


def reductions(content: Content, options: ReduceOptions) -> Iterator[Reduced]:
    """The figures of a panel that shows one for each field. Nothing where there is no data. Raises PreviewError."""
    if options.values:
        raise PreviewError(f"Panel {content.panel.title!r} shows all values of its fields, which is not known here.")
    calculation = options.calcs[0] if options.calcs else "lastNotNull"
    for _, each, times in content.series():
        try:
            value = reduced(each.values, calculation)
        except KeyError:
            raise PreviewError(f"Panel {content.panel.title!r} wants the calculation {calculation!r}, which is not known here.") from None
        look = content.look(each)
        yield Reduced(look, look.heading, value, look.shown(value), each, times)


def no_data(content: Content) -> Text:
    """What the panel says where there is no data at all."""
    nothing = Field("Value", "number", (None,), {})
    (look,) = looks_of(content.panel, (Frame("", (nothing,)),), content.moment).values()
    found = look.shown(None)
    return Text(found.text or "No data", found.colour)


# --- charts ------------------------------------------------------------------------------------------------------
def chart_size(content: Content, *, below: int = 40) -> Size:
    """On a wide screen; ``below`` is what stands under the chart, in pixels."""
    return Size(content.width, max(80, content.panel.grid_pos.h * ROW - 8 - 46 - below))


def at_both_widths(draw: Callable[[Size], Markup], wide: Size, narrow_height: int | None = None) -> Markup:
    """The same chart for a wide and for a narrow screen, of which the style sheet shows one."""
    narrow = Size(NARROW, narrow_height or min(wide.height, 220))
    return joined([element("div", draw(wide), class_="wide"), element("div", draw(narrow), class_="narrow")])


def span_axis(content: Content, size: Size, margin: float = 0) -> Axis:
    """The time that the panel shows, with ``margin`` seconds at both ends."""
    start, end = content.span.start - margin, content.span.end + margin
    return Axis(start, end, time_ticks(start, end, max(2, size.width // 110), content.moment.zone))


def value_axis(looks: Sequence[Look], values: Sequence[float], height: int) -> Axis:
    """An axis for figures of such fields: their bounds where they have some, else what they come to and a little room."""
    first = looks[0]
    custom = first.config.custom
    low, high = min(values, default=0.0), max(values, default=1.0)
    room = (high - low) * 0.06 or abs(high) * 0.02 or 1.0
    share = {"percentunit": 1.0, "percent": 100.0}.get(first.config.unit or "")
    bottom = low if 0 <= low <= room else low - room
    top = share if share is not None and high <= share < high + room else high + room
    if custom.axis_soft_min is not None:
        bottom = min(low, custom.axis_soft_min)
    if custom.axis_soft_max is not None:
        top = max(high, custom.axis_soft_max)
    bottom = first.config.min if first.config.min is not None else bottom
    top = first.config.max if first.config.max is not None else top
    log = custom.scale_distribution.log if custom.scale_distribution.type == "log" else 0.0
    if log:
        bottom = min((value for value in values if value > 0), default=1.0)
    return Axis(bottom, top, even_ticks(bottom, top, max(2, height // 45), lambda at, step: _tick(first, at, step)), log)


def _tick(look: Look, at: float, step: float) -> str:
    unit = look.config.unit
    if is_time(unit):
        return look.figure(at)
    scale = 100 if unit == "percentunit" else 1
    decimals = next((places for places in range(8) if abs(round(step * scale, places) - step * scale) < step * scale * 1e-6), 8)
    plain = unit in (None, "none", "percent", "percentunit")
    return figure_text(round(at, 12), unit, decimals if plain else None, look.moment)


def legend(names: Sequence[tuple[str, str]]) -> Markup:
    """Names, each with a box in its colour."""
    boxes = ((name, element("rect", width=12, height=12, fill=colour)) for name, colour in names)
    return element("ul", *(
        element("li", element("svg", box, viewBox="0 0 12 12", class_="box", aria_hidden="true"), name) for name, box in boxes
    ), class_="legend")  # fmt: skip


def figures_table(headings: Sequence[str], rows: Sequence[Sequence[str]], summary: str = "Figures") -> Markup:
    """What a chart shows, as a table that is folded away."""
    head = element("tr", *(element("th", heading, scope="col") for heading in headings))
    body = joined(element("tr", *(element("td", cell) for cell in row)) for row in rows)
    table = element("table", element("thead", head), element("tbody", body), class_="plain")
    return element("details", element("summary", summary), element("div", table, class_="scroll", tabindex=0), class_="figures")
