"""Tables: one row for each row of the first frame, cells in the looks of their columns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from slo_gen.documents.markup import Markup, element, joined
from slo_gen.preview.colours import tone
from slo_gen.preview.dashboard import Record, read_json
from slo_gen.preview.fields import Look, Text
from slo_gen.preview.frames import Field, Frame, Value
from slo_gen.preview.panels.content import Content, no_data

__all__ = ["draw_table", "link_target"]

_FIELD: Final = re.compile(r'\$\{__data\.fields(?:\["([^"]+)"\]|\.(\w+))(?:\.(?:text|numeric))?\}')
_LABEL: Final = re.compile(r"\$\{__field\.labels\.(\w+)\}")
_DASHBOARD: Final = re.compile(r"/d/([\w-]+)(?:[/?#].*)?")


class SortBy(Record, frozen=True, kw_only=True):
    display_name: str
    desc: bool = False


class TableOptions(Record, frozen=True, kw_only=True):
    show_header: bool = True
    frame_index: int = 0
    sort_by: tuple[SortBy, ...] = ()


def draw_table(content: Content) -> Markup:
    options: TableOptions = read_json(content.panel.options, TableOptions, f"Panel {content.panel.title!r}")
    frame = content.frames[min(options.frame_index, len(content.frames) - 1)] if content.frames else None
    shown = [] if frame is None else [each for each in frame.fields if not content.look(each).config.custom.hidden]
    if frame is None or not frame.length or not shown:
        return element("p", no_data(content).text, class_="absent")
    rows = _in_order(content, frame, options)
    named = {each.shown_as: each.values for each in frame.fields} | {each.name: each.values for each in frame.fields}
    head = element("tr", *(element("th", content.look(each).heading, scope="col", role="columnheader", class_=_side(content, each))
                           for each in shown), role="row")  # fmt: skip
    body = joined(
        element("tr", *(_cell(content, each, row, named) for each in shown), role="row") for row in rows
    )
    parts = [element("thead", head, role="rowgroup")] if options.show_header else []
    table = element("table", *parts, element("tbody", body, role="rowgroup"), class_="cells", role="table", aria_label=content.panel.title)
    return element("div", table, class_="scroll long", tabindex=0)


def _in_order(content: Content, frame: Frame, options: TableOptions) -> list[int]:
    rows = list(range(frame.length))
    for key in reversed(options.sort_by):
        found = next((each for each in frame.fields if content.look(each).heading == key.display_name), None)
        if found is not None:
            values = found.values
            rows.sort(key=lambda row: _order(values[row]), reverse=key.desc)
    return rows


def _order(value: Value) -> tuple[int, float, str]:
    if value is None:
        return (0, 0.0, "")
    return (2, 0.0, value) if isinstance(value, str) else (1, value, "")


def _cell(content: Content, each: Field, row: int, named: dict[str, tuple[Value, ...]]) -> Markup:
    look = content.look(each)
    options = look.config.custom.cell_options
    value = each.values[row]
    shown = look.shown(value)
    shade = ""
    if options.type == "color-background":
        shade = content.paint.background(shown.colour)
    elif options.type == "color-text":
        shade = content.paint.ink(shown.colour)
    inside = _linked(content, look, shown, row, named)
    if options.type == "gauge" and isinstance(value, float):
        inside = joined([_bar(content, look, value, shown), inside])
    classes = " ".join(filter(None, (_side(content, each), shade)))
    return element("td", inside, class_=classes or None, role="cell", data_label=look.heading)


def _side(content: Content, each: Field) -> str:
    """Figures stand to the right, unless they are words."""
    align = content.look(each).config.custom.align
    if align in (None, "auto"):
        look = content.look(each)
        worded = all(value is None or look.is_mapped(value) for value in each.values)
        return "right" if each.kind == "number" and not worded else ""
    return "" if align == "left" else str(align)


def _bar(content: Content, look: Look, value: float, shown: Text) -> Markup:
    low, high = look.bounds
    low = min(0.0, low) if look.config.min is None else low
    high = 1.0 if look.config.max is None and look.config.unit == "percentunit" else high
    share = min(1.0, max(0.0, (value - low) / (high - low))) if high > low else 0.0
    colour = content.paint.css(shown.colour or tone("text"))
    whole = element("rect", width=100, height=8, fill="currentColor", fill_opacity=0.12)
    return element(
        "svg", whole, element("rect", width=share * 100, height=8, fill=colour),
        viewBox="0 0 100 8", class_="bar", aria_hidden="true", preserveAspectRatio="none",
    )  # fmt: skip


# --- links -------------------------------------------------------------------------------------------------------
def _linked(content: Content, look: Look, shown: Text, row: int, named: dict[str, tuple[Value, ...]]) -> Markup:
    for link in look.config.links:
        target = link_target(_filled(link.url, look, shown, row, named), content.pages)
        if target:
            return element("a", shown.text, href=target, title=link.title or None)
    return joined([shown.text])


def _filled(url: str, look: Look, shown: Text, row: int, named: dict[str, tuple[Value, ...]]) -> str:
    def of_row(found: re.Match[str]) -> str:
        values = named.get(found[1] or found[2])
        return "" if values is None else _plain(values[row])

    url = _FIELD.sub(of_row, url)
    url = _LABEL.sub(lambda found: look.field.labels.get(found[1], ""), url)
    return url.replace("${__value.text}", shown.text).replace("${__value.raw}", _plain(look.field.values[row]))


def _plain(value: Value) -> str:
    return "" if value is None else value if isinstance(value, str) else f"{value:g}"


def link_target(url: str, pages: Mapping[str, str]) -> str:
    """Where a link leads from a drawn page: to the page of another dashboard, or to an address of the web; "" for nowhere."""
    found = _DASHBOARD.fullmatch(url)
    if found:
        return pages.get(found[1], "")
    return url if re.fullmatch(r"(?:https?://|mailto:)[^\s\"<>]+", url) and "$" not in url else ""
