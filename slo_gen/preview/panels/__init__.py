"""One function per type of panel, from its frames to HTML."""

from slo_gen.preview.panels.bar_chart import draw_bar_chart
from slo_gen.preview.panels.content import ROW, Content, Marked
from slo_gen.preview.panels.figures import draw_bar_gauge, draw_gauge, draw_stat
from slo_gen.preview.panels.heatmap import draw_heatmap
from slo_gen.preview.panels.states import draw_state_timeline, draw_status_history
from slo_gen.preview.panels.table import draw_table
from slo_gen.preview.panels.text import draw_text
from slo_gen.preview.panels.time_series import draw_time_series

__all__ = ["PANELS", "ROW", "Content", "Marked"]

PANELS = {
    "stat": draw_stat,
    "gauge": draw_gauge,
    "bargauge": draw_bar_gauge,
    "table": draw_table,
    "timeseries": draw_time_series,
    "state-timeline": draw_state_timeline,
    "status-history": draw_status_history,
    "barchart": draw_bar_chart,
    "heatmap": draw_heatmap,
    "text": draw_text,
}
"""Type -> what draws it. Rows are no panels of their own: ``page`` draws them."""
