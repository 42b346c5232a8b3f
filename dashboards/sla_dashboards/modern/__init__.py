"""Dashboards of today's Grafana on top of grafanalib's classes.

Every object writes its own keys and no others. grafanalib's output is never passed on: it writes a threshold's base as the string
"null", which paints every figure in the colour of its worst step, and shapes that Grafana no longer migrates.
"""

from sla_dashboards.modern.charts import BarChart, Heatmap, StateTimeline, StatusHistory, TimeSeries
from sla_dashboards.modern.dashboard import (
    SCHEMA_VERSION,
    AnnotationQuery,
    ConstantVariable,
    CustomVariable,
    Dashboard,
    DashboardLink,
    DatasourceVariable,
    QueryVariable,
    Variable,
)
from sla_dashboards.modern.fields import (
    GREY,
    Cell,
    DataLink,
    Format,
    Line,
    Matcher,
    Override,
    RangeText,
    Step,
    ValueText,
    by_name,
    by_query,
    by_regex,
)
from sla_dashboards.modern.ids import Calculation, Colour, MatcherId, TransformationId, Unit
from sla_dashboards.modern.json_values import Json, JsonObject
from sla_dashboards.modern.panels import BarGauge, Column, Gauge, Panel, Row, Stat, Table, Text, markdown
from sla_dashboards.modern.queries import CHOSEN_SOURCE, Target
from sla_dashboards.modern.transformations import (
    Transformation,
    filter_fields,
    group_by,
    grouping_to_matrix,
    join_by_field,
    labels_to_fields,
    limit,
    merge,
    organize,
    reduce_rows,
    rename_by_regex,
    sort_by,
)

__all__ = [
    "CHOSEN_SOURCE", "GREY", "SCHEMA_VERSION", "AnnotationQuery", "BarChart", "BarGauge", "Calculation", "Cell", "Colour", "Column",
    "ConstantVariable", "CustomVariable", "Dashboard", "DashboardLink", "DataLink", "DatasourceVariable", "Format", "Gauge", "Heatmap",
    "Json", "JsonObject", "Line", "Matcher", "MatcherId", "Override", "Panel", "QueryVariable", "RangeText", "Row", "Stat",
    "StateTimeline", "StatusHistory", "Step", "Table", "Target", "Text", "TimeSeries", "Transformation", "TransformationId", "Unit",
    "ValueText", "Variable", "by_name", "by_query", "by_regex", "filter_fields", "group_by", "grouping_to_matrix", "join_by_field",
    "labels_to_fields", "limit", "markdown", "merge", "organize", "reduce_rows", "rename_by_regex", "sort_by",
]  # fmt: skip
