"""Charts as SVG, for pages and documents alike.

A chart is drawn in ``currentColor`` but for what it shows, whose colours the caller chooses; anything that SVG takes for a colour will
do. Nothing is in a chart alone: whoever shows one gives the figures in words or as a table too.
"""

from slo_gen.documents.charts.axes import Axis, Size, Tick, even_ticks, time_ticks
from slo_gen.documents.charts.bars import Bars, Gauged, bar_chart, bar_gauge
from slo_gen.documents.charts.gauges import Arc, gauge
from slo_gen.documents.charts.heat import Heat, heatmap
from slo_gen.documents.charts.lines import Limit, Line, Mark, line_chart, sparkline
from slo_gen.documents.charts.states import State, States, state_bands, status_boxes

__all__ = [
    "Arc", "Axis", "Bars", "Gauged", "Heat", "Limit", "Line", "Mark", "Size", "State", "States", "Tick", "bar_chart", "bar_gauge",
    "even_ticks", "gauge", "heatmap", "line_chart", "sparkline", "state_bands", "status_boxes", "time_ticks",
]  # fmt: skip
