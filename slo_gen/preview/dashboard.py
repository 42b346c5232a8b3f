"""Dashboards as Grafana's classic JSON describes them, read into values: what is needed to draw them.

Keys that change nothing in a picture without a mouse are passed over. Kinds of things are not: a type, a mode or a format that is not
listed here is refused.
"""

from __future__ import annotations

import re
from typing import Any, Final, Literal

import msgspec
from msgspec import Struct, field

from slo_gen.preview.errors import PreviewError

__all__ = [
    "Annotation", "Colour", "Custom", "Dashboard", "FieldConfig", "FieldConfigSource", "GridPosition", "Link", "Mapping", "Matcher",
    "Override", "Panel", "PanelLink", "Property", "RangeMapping", "Record", "RegexMapping", "Shown", "SpecialMapping", "Step", "Target",
    "Thresholds", "TimeSpan", "Transformation", "ValueMapping", "Variable", "read_dashboard", "read_json",
]  # fmt: skip


_UID: Final = re.compile(r"[A-Za-z0-9_-]{1,40}")


class Record(Struct, frozen=True, kw_only=True, rename="camel"):
    """Names as JSON has them."""


class GridPosition(Struct, frozen=True, kw_only=True):
    """Place and size of a panel in a grid of 24 columns."""

    x: int
    y: int
    w: int
    h: int


class Step(Record, frozen=True, kw_only=True):
    """From ``value`` on a figure has ``color``; None is the base."""

    color: str
    value: float | None = None


class Thresholds(Record, frozen=True, kw_only=True):
    mode: Literal["absolute", "percentage"] = "absolute"
    steps: tuple[Step, ...] = ()


class Shown(Record, frozen=True, kw_only=True):
    """What a mapping makes of a value; without a text or a colour those of the value stay."""

    text: str | None = None
    color: str | None = None


class ValueMapping(Record, frozen=True, kw_only=True, tag_field="type", tag="value"):
    options: dict[str, Shown]


class RangeOptions(Record, frozen=True, kw_only=True):
    low: float | None = field(name="from", default=None)
    high: float | None = field(name="to", default=None)
    result: Shown


class RangeMapping(Record, frozen=True, kw_only=True, tag_field="type", tag="range"):
    options: RangeOptions


class RegexOptions(Record, frozen=True, kw_only=True):
    pattern: str
    result: Shown


class RegexMapping(Record, frozen=True, kw_only=True, tag_field="type", tag="regex"):
    options: RegexOptions


class SpecialOptions(Record, frozen=True, kw_only=True):
    match: Literal["true", "false", "null", "nan", "null+nan", "empty"]
    result: Shown


class SpecialMapping(Record, frozen=True, kw_only=True, tag_field="type", tag="special"):
    options: SpecialOptions


Mapping = ValueMapping | RangeMapping | RegexMapping | SpecialMapping


class Colour(Record, frozen=True, kw_only=True):
    mode: Literal["thresholds", "fixed", "shades", "palette-classic", "palette-classic-by-name"]
    fixed_color: str = "text"


class LineStyle(Record, frozen=True, kw_only=True):
    fill: Literal["solid", "dash", "dot"] = "solid"


class ThresholdsStyle(Record, frozen=True, kw_only=True):
    mode: Literal["off", "line", "dashed", "area", "line+area", "dashed+area"] = "off"


class Stacking(Record, frozen=True, kw_only=True):
    mode: Literal["none", "normal"] = "none"


class Scale(Record, frozen=True, kw_only=True):
    type: Literal["linear", "log"] = "linear"
    log: float = 10


class HiddenFrom(Record, frozen=True, kw_only=True):
    viz: bool = False
    legend: bool = False


class CellOptions(Record, frozen=True, kw_only=True):
    type: Literal["auto", "color-text", "color-background", "gauge", "markdown"] = "auto"
    mode: Literal["basic", "gradient", "lcd"] = "basic"
    apply_to_row: bool = False


class Custom(Record, frozen=True, kw_only=True):
    """What only panels of one type have, of all types together."""

    draw_style: Literal["line", "bars", "points"] = "line"
    line_width: float = 1
    fill_opacity: float | None = None
    line_style: LineStyle = LineStyle()
    line_interpolation: Literal["linear", "smooth", "stepAfter"] = "linear"
    show_points: Literal["auto", "always", "never"] = "auto"
    span_nulls: bool | float = False
    axis_placement: Literal["auto", "left", "right", "hidden"] = "auto"
    axis_soft_min: float | None = None
    axis_soft_max: float | None = None
    scale_distribution: Scale = Scale()
    stacking: Stacking = Stacking()
    thresholds_style: ThresholdsStyle = ThresholdsStyle()
    hide_from: HiddenFrom = HiddenFrom()
    hidden: bool = False
    align: Literal["auto", "left", "center", "right"] | None = "auto"
    cell_options: CellOptions = CellOptions()


class Link(Record, frozen=True, kw_only=True):
    title: str = ""
    url: str = ""


class FieldConfig(Record, frozen=True, kw_only=True):
    """How the figures of a field are shown."""

    display_name: str | None = None
    unit: str | None = None
    decimals: int | None = None
    min: float | None = None
    max: float | None = None
    no_value: str | None = None
    color: Colour | None = None
    thresholds: Thresholds | None = None
    mappings: tuple[Mapping, ...] = ()
    links: tuple[Link, ...] = ()
    custom: Custom = Custom()


class Matcher(Record, frozen=True, kw_only=True):
    """Which fields an override is for."""

    id: Literal["byName", "byNames", "byRegexp", "byFrameRefID", "byType"]
    options: Any


class Property(Record, frozen=True, kw_only=True):
    id: str
    value: Any = None


class Override(Record, frozen=True, kw_only=True):
    matcher: Matcher
    properties: tuple[Property, ...] = ()


class FieldConfigSource(Record, frozen=True, kw_only=True):
    """``defaults`` stays JSON, so that overrides can be laid over it."""

    defaults: dict[str, Any] = {}
    overrides: tuple[Override, ...] = ()


class Datasource(Record, frozen=True, kw_only=True):
    type: str = "prometheus"
    uid: str = ""


class Target(Record, frozen=True, kw_only=True):
    """One query."""

    ref: str = field(name="refId")
    expr: str = ""
    legend_format: str = ""
    instant: bool = False
    range: bool = True
    format: Literal["time_series", "table", "heatmap"] = "time_series"
    interval: str = ""
    hide: bool = False
    datasource: Datasource | None = None


class Transformation(Record, frozen=True, kw_only=True):
    id: str
    options: dict[str, Any] = {}
    disabled: bool = False


class PanelLink(Record, frozen=True, kw_only=True):
    title: str = ""
    url: str = ""


class Panel(Record, frozen=True, kw_only=True):
    """``options`` and what stands in ``field_config`` depend on ``type``."""

    id: int
    type: str
    title: str = ""
    description: str = ""
    grid_pos: GridPosition
    options: dict[str, Any] = {}
    field_config: FieldConfigSource = FieldConfigSource()
    targets: tuple[Target, ...] = ()
    transformations: tuple[Transformation, ...] = ()
    datasource: Datasource | None = None
    interval: str = ""
    max_data_points: int | None = None
    time_from: str | None = None
    time_shift: str | None = None
    repeat: str | None = None
    links: tuple[PanelLink, ...] = ()
    panels: tuple[Panel, ...] = ()
    collapsed: bool = False


class TimeSpan(Struct, frozen=True, kw_only=True):
    """As Grafana writes it: ``now-90d``, ``now/M``, or an instant."""

    begin: str = field(name="from", default="now-6h")
    end: str = field(name="to", default="now")


class Choice(Record, frozen=True, kw_only=True):
    value: str | list[str] = ""


class Variable(Record, frozen=True, kw_only=True):
    """Something that can be chosen on the page, and what is chosen when it is opened."""

    name: str
    type: Literal["datasource", "query", "custom", "constant", "textbox", "interval"]
    label: str | None = None
    query: Any = ""
    current: Choice = Choice()
    include_all: bool = False
    all_value: str | None = None
    regex: str = ""
    hide: int = 0


class Variables(Record, frozen=True, kw_only=True):
    list: tuple[Variable, ...] = ()


class Annotation(Record, frozen=True, kw_only=True):
    """A query whose samples are marked on charts over time."""

    name: str
    enable: bool = True
    hide: bool = False
    built_in: int = 0
    icon_color: str = "red"
    target: Target | None = None
    title_format: str = ""
    text_format: str = ""
    datasource: Datasource | None = None


class Annotations(Record, frozen=True, kw_only=True):
    list: tuple[Annotation, ...] = ()


class DashboardLink(Record, frozen=True, kw_only=True):
    title: str = ""
    type: Literal["link", "dashboards"] = "link"
    url: str = ""
    tags: tuple[str, ...] = ()


class Dashboard(Record, frozen=True, kw_only=True):
    """A page. ``timezone`` is an IANA name, ``utc``, ``browser`` or empty."""

    uid: str
    title: str
    description: str = ""
    tags: tuple[str, ...] = ()
    timezone: str = ""
    time: TimeSpan = TimeSpan()
    week_start: str = ""
    templating: Variables = Variables()
    annotations: Annotations = Annotations()
    links: tuple[DashboardLink, ...] = ()
    panels: tuple[Panel, ...] = ()


def read_dashboard(text: bytes, file: str) -> Dashboard:
    """The dashboard in ``text``. Raises PreviewError that names ``file`` and the place in it."""
    try:
        found = msgspec.json.decode(text, type=Dashboard)
        if not _UID.fullmatch(found.uid):
            raise PreviewError(f"{file} has the uid {found.uid!r}; it is up to 40 letters, digits, - and _.")
        return found
    except msgspec.ValidationError as error:
        raise PreviewError(f"{file} is no dashboard that can be drawn: {error}.") from None
    except msgspec.DecodeError as error:
        raise PreviewError(f"{file} is no JSON: {error}.") from None


def read_json(value: object, kind: type[Any], place: str) -> Any:
    """A part of a dashboard that depends on the type of its panel. Raises PreviewError."""
    try:
        return msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        raise PreviewError(f"{place} cannot be drawn: {error}.") from None
