"""Text of documents on a page: as it stands, whatever it holds."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sla_dashboards.modern import markdown

__all__ = ["plain", "table"]


def plain(text: str) -> str:
    """``text`` for a heading, a legend or a name: on one line, and nothing in it is a variable of Grafana."""
    return " ".join(text.split()).replace("$", "\N{FULLWIDTH DOLLAR SIGN}").replace("[[", "[ [")


def table(headings: Sequence[str], rows: Iterable[Sequence[str]], otherwise: str) -> str:
    """A table in Markdown; ``otherwise`` where it has no rows."""
    lines = ["| " + " | ".join(markdown(cell) or " " for cell in row) + " |" for row in rows]
    if not lines:
        return f"{otherwise}\n"
    return "\n".join(("| " + " | ".join(headings) + " |", "|" + "---|" * len(headings), *lines)) + "\n"
