"""How often figures fell between the bounds of a histogram, over time."""

from __future__ import annotations

import math
from typing import Literal

from slo_gen.documents.charts import Heat, Size, heatmap
from slo_gen.documents.markup import Markup, element, joined
from slo_gen.preview.colours import CIVIDIS
from slo_gen.preview.dashboard import Record, read_json
from slo_gen.preview.errors import PreviewError
from slo_gen.preview.panels.content import Content, at_both_widths, chart_size, figures_table, no_data, span_axis
from slo_gen.preview.values import figure_text, is_known_unit

__all__ = ["draw_heatmap"]


class ColourOptions(Record, frozen=True, kw_only=True):
    mode: Literal["scheme"] = "scheme"
    scheme: Literal["Cividis"] = "Cividis"
    scale: Literal["exponential", "linear"] = "exponential"
    exponent: float = 0.5


class AxisOptions(Record, frozen=True, kw_only=True):
    unit: str | None = None
    decimals: int | None = None


class FilterOptions(Record, frozen=True, kw_only=True):
    le: float | None = None


class HeatmapOptions(Record, frozen=True, kw_only=True):
    calculate: Literal[False] = False
    color: ColourOptions = ColourOptions()
    y_axis: AxisOptions = AxisOptions()
    filter_values: FilterOptions = FilterOptions()


def draw_heatmap(content: Content) -> Markup:
    """Counts up to each bound become counts between bounds."""
    options: HeatmapOptions = read_json(content.panel.options, HeatmapOptions, f"Panel {content.panel.title!r}")
    if not is_known_unit(options.y_axis.unit):
        raise PreviewError(f"The unit {options.y_axis.unit!r} of panel {content.panel.title!r} is not known here.")
    columns: dict[float, dict[int, float]] = {}
    names = []
    step = 0.0
    for number, (frame, each, times) in enumerate(content.series()):
        names.append(_bound(content, each.labels.get("le", each.shown_as), options))
        step = max(step, frame.step or 0.0)
        for at, value in zip(times.values if times is not None else (), each.values, strict=True):
            if isinstance(at, float) and isinstance(value, float):
                columns.setdefault(at / 1000, {})[number] = value
    counts = {(row, at): count for at, column in columns.items() for row, count in _between(column).items()}
    least = options.filter_values.le
    counts = {place: count for place, count in counts.items() if least is None or count > least}
    if not counts:
        return element("p", no_data(content).text, class_="absent")
    most = max(counts.values())
    boxes = [
        Heat(row, at - step / 2, at + step / 2, _colour(count / most if most else 0.0, options.color))
        for (row, at), count in sorted(counts.items())
    ]
    title = f"{content.panel.title}: how often figures fell below each of {', '.join(names)}"

    def draw(size: Size) -> Markup:
        return heatmap(names, boxes, span_axis(content, size), size, title)

    totals = [[name, f"{math.fsum(count for (row, _), count in counts.items() if row == number):g}"] for number, name in enumerate(names)]
    return joined([at_both_widths(draw, chart_size(content)), figures_table(("Up to", "All over the time shown"), totals)])


def _between(column: dict[int, float]) -> dict[int, float]:
    found, below = {}, 0.0
    for row in sorted(column):
        found[row] = max(0.0, column[row] - below)
        below = max(below, column[row])
    return found


def _bound(content: Content, text: str, options: HeatmapOptions) -> str:
    try:
        value = float(text)
    except ValueError:
        return text
    return "∞" if math.isinf(value) else figure_text(value, options.y_axis.unit, options.y_axis.decimals, content.moment)


def _colour(share: float, options: ColourOptions) -> str:
    share = share**options.exponent if options.scale == "exponential" else share
    return CIVIDIS[min(len(CIVIDIS) - 1, int(share * len(CIVIDIS)))]
