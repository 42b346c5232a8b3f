"""Words in Markdown; HTML in them is shown as it is written."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from typing import Final, Literal

from markdown_it import MarkdownIt
from markdown_it.token import Token

from slo_gen.documents.markup import Markup, element
from slo_gen.preview.dashboard import Record, read_json
from slo_gen.preview.panels.content import Content
from slo_gen.preview.panels.table import link_target
from slo_gen.preview.queries import substituted

__all__ = ["draw_text"]


class TextOptions(Record, frozen=True, kw_only=True):
    mode: Literal["markdown", "code"] = "markdown"
    content: str = ""


_ROLES: Final = {
    "table_open": "table", "thead_open": "rowgroup", "tbody_open": "rowgroup", "tr_open": "row", "th_open": "columnheader",
    "td_open": "cell",
}


def draw_text(content: Content) -> Markup:
    options: TextOptions = read_json(content.panel.options, TextOptions, f"Panel {content.panel.title!r}")
    text = substituted(options.content, content.variables, content.span, 60)
    if options.mode == "code":
        return element("pre", text)
    return element("div", _markdown(text, content), class_="words scroll long", tabindex=0)


def _markdown(text: str, content: Content) -> Markup:
    """No HTML, no pictures from elsewhere; headings below that of the panel; links to other dashboards lead to their pages."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    tokens = reader.parse(text)
    _label_cells(tokens)
    for token in tokens:
        if token.type in ("heading_open", "heading_close"):
            token.tag = f"h{min(6, int(token.tag[1]) + 2)}"
        for child in token.children or ():
            if child.type == "link_open":
                child.attrSet("href", link_target(str(child.attrGet("href")), content.pages) or "#")
    return Markup(reader.renderer.render(tokens, reader.options, {}))


def _label_cells(tokens: Sequence[Token]) -> None:
    """Each cell of a table gets the heading of its column, for a phone, where it stands beside the cell; a table stays one there."""
    headings: list[str] = []
    column = 0
    for token, inside in itertools.pairwise(tokens):
        if token.type in _ROLES:
            token.attrSet("role", _ROLES[token.type])
        match token.type:
            case "table_open":
                headings = []
            case "tr_open":
                column = 0
            case "th_open":
                headings.append("".join(child.content for child in inside.children or ()))
            case "td_open":
                token.attrSet("data-label", headings[column] if column < len(headings) else "")
                column += 1
