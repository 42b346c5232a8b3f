"""Panels of single figures: stat, gauge, bar gauge."""

from __future__ import annotations

from typing import Literal

from slo_gen.documents.charts import Arc, Gauged, Size, bar_gauge, gauge, sparkline
from slo_gen.documents.markup import Markup, element, joined
from slo_gen.preview.colours import tone
from slo_gen.preview.dashboard import Record, read_json
from slo_gen.preview.fields import Look
from slo_gen.preview.panels.content import Content, Reduced, ReduceOptions, at_both_widths, chart_size, no_data, reductions
from slo_gen.preview.values import figure_text

__all__ = ["draw_bar_gauge", "draw_gauge", "draw_stat"]


class StatOptions(Record, frozen=True, kw_only=True):
    reduce_options: ReduceOptions = ReduceOptions()
    text_mode: Literal["auto", "value", "value_and_name", "name", "none"] = "auto"
    color_mode: Literal["none", "value", "background", "background_solid"] = "value"
    graph_mode: Literal["none", "area"] = "none"
    show_percent_change: bool = False


class GaugeOptions(Record, frozen=True, kw_only=True):
    reduce_options: ReduceOptions = ReduceOptions()
    show_threshold_markers: bool = True


class BarGaugeOptions(Record, frozen=True, kw_only=True):
    reduce_options: ReduceOptions = ReduceOptions()
    display_mode: Literal["basic", "gradient", "lcd"] = "gradient"


def draw_stat(content: Content) -> Markup:
    options: StatOptions = read_json(content.panel.options, StatOptions, f"Panel {content.panel.title!r}")
    found = list(reductions(content, options.reduce_options))
    if not found:
        absent = no_data(content)
        shade = content.paint.background(absent.colour) if options.color_mode.startswith("background") else ""
        return element("div", element("p", element("span", absent.text, class_="value"), class_=f"tile {shade}".strip()), class_="stats")
    named = options.text_mode in ("value_and_name", "name") or (options.text_mode == "auto" and len(found) > 1)
    return element("div", *(_tile(content, options, each, named) for each in found), class_="stats")


def _tile(content: Content, options: StatOptions, each: Reduced, named: bool) -> Markup:
    colour = each.shown.colour
    shade = {
        "value": content.paint.ink(colour), "background": content.paint.background(colour),
        "background_solid": content.paint.background(colour), "none": "",
    }[options.color_mode]  # fmt: skip
    parts = []
    if named:
        parts.append(element("span", each.name, class_="name"))
    if options.text_mode not in ("name", "none"):
        parts.append(element("span", each.shown.text, class_="value"))
    if options.show_percent_change and (change := _change(content, each)):
        parts.append(element("span", change, class_="change"))
    if options.graph_mode == "area" and each.times is not None and len(each.field.values) > 1:
        points = tuple(
            (at / 1000, value if isinstance(value, float) else None)
            for at, value in zip(each.times.values, each.field.values, strict=True)
            if isinstance(at, float)
        )
        ink = "currentColor" if options.color_mode.startswith("background") else content.paint.css(colour or tone("text"))
        parts.append(sparkline(points, Size(240, 40), ink, f"Course of {each.name or content.panel.title}"))
    return element("p", *parts, class_=f"tile {shade}".strip())


def _change(content: Content, each: Reduced) -> str:
    """From the first figure to the last, in percent of the first."""
    numbers = [value for value in each.field.values if isinstance(value, float)]
    if len(numbers) < 2 or numbers[0] == 0:
        return ""
    share = (numbers[-1] - numbers[0]) / abs(numbers[0])
    return ("+" if share > 0 else "") + figure_text(share, "percentunit", None, content.moment)


def draw_gauge(content: Content) -> Markup:
    options: GaugeOptions = read_json(content.panel.options, GaugeOptions, f"Panel {content.panel.title!r}")
    found = list(reductions(content, options.reduce_options))
    size = Size(max(140, content.width // max(1, len(found))), chart_size(content, below=0).height)
    if not found:
        absent = no_data(content)
        return gauge(None, absent.text, "", "currentColor", (), size, absent.text)
    return element("div", *(_gauge(content, options, each, size, len(found) > 1) for each in found), class_="gauges")


def _gauge(content: Content, options: GaugeOptions, each: Reduced, size: Size, named: bool) -> Markup:
    low, high = _ends(each.look)
    colour = content.paint.css(each.shown.colour or tone("text"))
    share = (each.value - low) / (high - low) if isinstance(each.value, float) and high > low else None
    steps = each.look.steps if options.show_threshold_markers else ()
    ends = [0.0, *(((step.value or low) - low) / ((high - low) or 1.0) for step in steps[1:]), 1.0]
    arcs = [
        Arc(min(1.0, max(0.0, ends[number])), min(1.0, max(0.0, ends[number + 1])), content.paint.css(tone(step.color)))
        for number, step in enumerate(steps)
    ]
    name = each.name if named else ""
    return gauge(share, each.shown.text, name, colour, arcs, size, f"{each.name or content.panel.title}: {each.shown.text}")


def draw_bar_gauge(content: Content) -> Markup:
    options: BarGaugeOptions = read_json(content.panel.options, BarGaugeOptions, f"Panel {content.panel.title!r}")
    found = list(reductions(content, options.reduce_options))
    if not found:
        absent = no_data(content)
        return element("p", absent.text, class_="absent")
    lows, highs = zip(*(_ends(each.look) for each in found), strict=True)
    low, high = min(lows), max(highs)
    bars = [
        Gauged(
            each.name, each.shown.text, (each.value - low) / (high - low) if isinstance(each.value, float) and high > low else None,
            content.paint.css(each.shown.colour or tone("text")),
        )
        for each in found
    ]  # fmt: skip
    told = ", ".join(f"{each.name}: {each.shown.text}" for each in found)
    wide = chart_size(content, below=0)
    height = len(bars) * 52
    return joined([at_both_widths(lambda size: bar_gauge(bars, size, told), Size(wide.width, min(wide.height, height)), height)])


def _ends(look: Look) -> tuple[float, float]:
    """Between which figures a gauge is drawn: where a share has no bounds, from nothing to all of it."""
    usual = {"percentunit": 1.0, "percent": 100.0}.get(look.config.unit or "")
    low, high = look.bounds
    if look.config.min is None:
        low = 0.0 if usual is not None else min(0.0, low)
    if look.config.max is None and usual is not None:
        high = usual
    return low, high
