"""Bars beside each other, one group for each row of a table or each instant."""

from __future__ import annotations

from typing import Literal

from slo_gen.documents.charts import Bars, bar_chart
from slo_gen.documents.markup import Markup, element, joined
from slo_gen.preview.colours import Tone, tone
from slo_gen.preview.dashboard import Record, read_json
from slo_gen.preview.errors import PreviewError
from slo_gen.preview.fields import Look
from slo_gen.preview.frames import Field, Frame, Value
from slo_gen.preview.panels.content import Content, at_both_widths, chart_size, figures_table, legend, no_data, value_axis

__all__ = ["draw_bar_chart"]


class BarChartOptions(Record, frozen=True, kw_only=True):
    x_field: str | None = None
    stacking: Literal["none", "normal"] = "none"
    show_value: Literal["auto", "always", "never"] = "auto"


def draw_bar_chart(content: Content) -> Markup:
    options: BarChartOptions = read_json(content.panel.options, BarChartOptions, f"Panel {content.panel.title!r}")
    frame = next((each for each in content.frames if each.length), None)
    if frame is None:
        return element("p", no_data(content).text, class_="absent")
    groups = _groups(content, frame, options.x_field)
    figures = [each for each in frame.fields if each.kind == "number" and each is not groups]
    if groups is None or not figures:
        raise PreviewError(f"Panel {content.panel.title!r} needs a field of names or times, and one of figures.")
    names = [content.look(groups).shown(value).text for value in groups.values]
    series = [_bars(content, each, options.show_value != "never", len(figures) == 1) for each in figures]
    looks = [content.look(each) for each in figures]
    stacked = options.stacking == "normal"
    values = [0.0, *_heights(figures, stacked)]
    told = "; ".join(f"{look.heading}: {_row(names, look)}" for look in looks)
    title = f"{content.panel.title}: {told}"
    chart = at_both_widths(
        lambda size: bar_chart(names, series, value_axis(looks, values, size.height), size, title, stacked=stacked), chart_size(content)
    )
    key = _legend(content, looks) if len(looks) > 1 else Markup("")
    rows = [[name, *(look.shown(look.field.values[number]).text for look in looks)] for number, name in enumerate(names)]
    return joined([chart, key, figures_table([content.look(groups).heading, *(look.heading for look in looks)], rows)])


def _groups(content: Content, frame: Frame, wanted: str | None) -> Field | None:
    if wanted:
        return next((each for each in frame.fields if wanted in (each.shown_as, each.name, content.look(each).heading)), None)
    return next((each for each in frame.fields if each.kind == "string"), None) or next(
        (each for each in frame.fields if each.kind == "time"), None
    )


def _bars(content: Content, each: Field, texts: bool, alone: bool) -> Bars:
    look = content.look(each)
    values = tuple(value if isinstance(value, float) else None for value in each.values)
    return Bars(
        look.heading, values,
        tuple(content.paint.css(_colour(look, value, alone)) for value in each.values),
        tuple(look.shown(value).text if texts and value is not None else "" for value in values),
        tuple(content.paint.on(_colour(look, value, alone)) for value in each.values),
    )  # fmt: skip


def _colour(look: Look, value: Value, alone: bool) -> Tone:
    """Of a bar: that of its threshold, or of its series."""
    if look.config.color is None and alone:
        return look.shown(value).colour or tone("text")
    return look.series_colour(value)


def _heights(figures: list[Field], stacked: bool) -> list[float]:
    columns = [[value for value in row if isinstance(value, float)] for row in zip(*(each.values for each in figures), strict=True)]
    return [sum(column) for column in columns] if stacked else [value for column in columns for value in column]


def _row(names: list[str], look: Look) -> str:
    return ", ".join(f"{name} {look.shown(value).text}" for name, value in zip(names, look.field.values, strict=True))


def _legend(content: Content, looks: list[Look]) -> Markup:
    return legend([(look.heading, content.paint.css(look.series_colour(None))) for look in looks])


