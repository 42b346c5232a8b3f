"""Lines over time."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from slo_gen.documents.charts import Axis, Limit, Line, Mark, Size, line_chart
from slo_gen.documents.markup import Markup, element, joined
from slo_gen.preview.colours import Tone, tone
from slo_gen.preview.dashboard import Record, read_json
from slo_gen.preview.errors import PreviewError
from slo_gen.preview.fields import Look
from slo_gen.preview.frames import reduced
from slo_gen.preview.panels.content import (
    Content,
    at_both_widths,
    chart_size,
    figures_table,
    no_data,
    span_axis,
    value_axis,
)

__all__ = ["draw_time_series"]


class Legend(Record, frozen=True, kw_only=True):
    display_mode: Literal["list", "table", "hidden"] = "list"
    show_legend: bool = True
    calcs: tuple[str, ...] = ()


class TimeSeriesOptions(Record, frozen=True, kw_only=True):
    legend: Legend = Legend()


@dataclass(frozen=True, slots=True)
class Course:
    """A line that is to be drawn: its looks, its colour, its points in seconds since 1970."""

    look: Look
    colour: Tone
    points: tuple[tuple[float, float | None], ...]
    gap: float
    base: tuple[float, ...] | None = None

    @property
    def right(self) -> bool:
        return self.look.config.custom.axis_placement == "right"

    def values(self) -> Iterator[float]:
        yield from (value for _, value in self.points if value is not None)


def draw_time_series(content: Content) -> Markup:
    options: TimeSeriesOptions = read_json(content.panel.options, TimeSeriesOptions, f"Panel {content.panel.title!r}")
    courses = _stacked(list(_courses(content)))
    if not any(True for each in courses for _ in each.values()):
        return element("p", no_data(content).text, class_="absent")
    sides = {False: [each for each in courses if not each.right], True: [each for each in courses if each.right]}
    lines = [_line(content, each) for each in courses]
    marks = [Mark(each.start, each.end, content.paint.css(each.colour)) for each in content.marks]
    told = "; ".join(_told(each) for each in courses[:12])

    def draw(size: Size) -> Markup:
        axes = {right: _axis(content, found, size) for right, found in sides.items() if found}
        main = axes.get(False) or axes[True]
        limits = _limits(content, (sides[False] or sides[True])[0].look)
        beyond = axes.get(True) if False in axes else None
        drawn = lines if beyond is not None else [_to_the_left(line) for line in lines]
        title = f"{content.panel.title}: {told}"
        return line_chart(drawn, span_axis(content, size), main, size, title, right=beyond, limits=limits, marks=marks)

    parts = [at_both_widths(draw, chart_size(content))]
    if options.legend.show_legend and options.legend.display_mode != "hidden":
        parts.append(_legend(content, courses, options.legend.calcs))
    if len(courses) > 12 or not options.legend.calcs:
        parts.append(_figures(courses))
    return joined(parts)


def _courses(content: Content) -> Iterator[Course]:
    for frame, each, times in content.series():
        if times is None:
            continue
        look = content.look(each)
        points = tuple(
            (at / 1000, value if isinstance(value, float) and math.isfinite(value) else None)
            for at, value in zip(times.values, each.values, strict=True)
            if isinstance(at, float)
        )
        last = next((value for _, value in reversed(points) if value is not None), None)
        yield Course(look, look.series_colour(last), points, _gap(look, frame.step))


def _gap(look: Look, step: float | None) -> float:
    """Seconds above which a line is interrupted."""
    bridged = look.config.custom.span_nulls
    if bridged is True or step is None:
        return math.inf
    return max(step * 1.5, bridged / 1000 if bridged else 0.0)


def _stacked(courses: Sequence[Course]) -> list[Course]:
    """Those that stand on each other, one on the other."""
    floor: dict[float, float] = {}
    found = []
    for each in courses:
        if each.look.config.custom.stacking.mode == "none":
            found.append(each)
            continue
        base = tuple(floor.get(at, 0.0) for at, _ in each.points)
        points = tuple((at, None if value is None else below + value) for (at, value), below in zip(each.points, base, strict=True))
        floor |= {at: value for at, value in points if value is not None}
        found.append(Course(each.look, each.colour, points, each.gap, base))
    return found


def _line(content: Content, each: Course) -> Line:
    custom = each.look.config.custom
    fill = (custom.fill_opacity or 0) / 100
    return Line(
        each.points, content.paint.css(each.colour), custom.line_width, custom.line_style.fill, custom.draw_style, fill,
        custom.line_interpolation == "stepAfter", custom.show_points == "always", each.gap, each.right, each.base,
    )  # fmt: skip


def _to_the_left(line: Line) -> Line:
    return replace(line, right=False)


def _axis(content: Content, courses: Sequence[Course], size: Size) -> Axis:
    values = [value for each in courses for value in each.values()]
    if any(each.base is not None or each.look.config.custom.draw_style == "bars" for each in courses):
        values.append(0.0)
    return value_axis([each.look for each in courses], values, size.height)


def _limits(content: Content, look: Look) -> list[Limit]:
    mode = look.config.custom.thresholds_style.mode
    steps = [step for step in look.steps if step.value is not None]
    found = []
    for number, step in enumerate(steps):
        colour = content.paint.css(tone(step.color))
        value = step.value or 0.0
        after = steps[number + 1].value if number + 1 < len(steps) else None
        if "area" in mode:
            found.append(Limit(value, colour, area=True, until=after))
        if mode.startswith(("line", "dashed")):
            found.append(Limit(value, colour, style="dash" if mode.startswith("dashed") else "solid"))
    return found


def _told(each: Course) -> str:
    last = next((value for _, value in reversed(each.points) if value is not None), None)
    return f"{each.look.heading}, last {each.look.shown(last).text}"


def _legend(content: Content, courses: Sequence[Course], calculations: Sequence[str]) -> Markup:
    shown = [each for each in courses if not each.look.config.custom.hide_from.legend]
    if not calculations:
        return element("ul", *(element("li", _sample(content, each), each.look.heading) for each in shown), class_="legend")
    head = element("tr", element("th", "Name", scope="col"), *(
        element("th", _CALLED.get(each, each.capitalize()), scope="col", class_="right") for each in calculations
    ))  # fmt: skip
    rows = (
        element("tr", element("td", _sample(content, each), each.look.heading), *(
            element("td", _calculated(content, each, calculation), class_="right") for calculation in calculations
        ))
        for each in shown
    )  # fmt: skip
    table = element("table", element("thead", head), element("tbody", *rows), class_="plain legend")
    return element("div", table, class_="scroll", tabindex=0)


_CALLED: Mapping[str, str] = {"lastNotNull": "Last", "sum": "Total"}


def _calculated(content: Content, each: Course, calculation: str) -> str:
    try:
        return each.look.shown(reduced((value for _, value in each.points), calculation)).text
    except KeyError:
        raise PreviewError(
            f"The legend of panel {content.panel.title!r} wants the calculation {calculation!r}, which is not known here."
        ) from None


def _sample(content: Content, each: Course) -> Markup:
    dash = {"solid": None, "dash": "5 3", "dot": "1 3"}[each.look.config.custom.line_style.fill]
    line = element("line", x1=0, y1=5, x2=20, y2=5, stroke=content.paint.css(each.colour), stroke_width=3, stroke_dasharray=dash)
    return element("svg", line, viewBox="0 0 20 10", class_="sample", aria_hidden="true")


def _figures(courses: Sequence[Course]) -> Markup:
    rows = []
    for each in courses:
        values = [value for _, value in each.points]
        cells = (each.look.shown(reduced(values, calculation)).text for calculation in ("firstNotNull", "min", "max", "lastNotNull"))
        rows.append([each.look.heading, *cells])
    return figures_table(("Name", "First", "Least", "Most", "Last"), rows)
