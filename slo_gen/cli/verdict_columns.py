"""Tables of verdicts on screens of any width: what does not fit is folded, never cut. Half a figure would be another one."""

from __future__ import annotations

import sys
from typing import Final

from rich.console import Console
from rich.table import Table

__all__ = ["add_verdict_columns", "console_for_tables"]

_NARROWEST: Final = 80
"""Columns below which the terminal itself has to break lines."""


def console_for_tables() -> Console:
    """As wide as the terminal; a file or a pipe has no edge to fold at."""
    console = Console()
    console.width = max(console.width, _NARROWEST) if sys.stdout.isatty() else 200
    return console


def add_verdict_columns(table: Table) -> None:
    """Which target in which period came to what. Names and figures with their bounds fold; the words that decide stay whole."""
    table.add_column("AGREEMENT", overflow="fold", min_width=9)
    table.add_column("PERIOD", no_wrap=True)
    table.add_column("VERDICT", overflow="fold", min_width=8)
    for column in ("OBJECTIVE", "ATTAINED"):
        table.add_column(column, justify="right", overflow="fold", min_width=9)
    table.add_column("MEASURED", justify="right", no_wrap=True)
