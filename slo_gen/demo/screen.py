"""What the demo shows to somebody: verdicts that change in place, and below them what has happened."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from slo_gen.cli.status_table import plain_lines, status_table
from slo_gen.history.status import Row

if TYPE_CHECKING:
    from rich.live import Live

__all__ = ["Screen"]

REMEMBERED = 12
"""Happenings that stay in sight on a terminal."""


class Screen:
    """Draws in place when ``live``; otherwise prints a line for everything that changes. A context manager."""

    def __init__(self, live: bool) -> None:
        self._wants_live = live
        self._live: Live | None = None
        self._happened: deque[str] = deque(maxlen=REMEMBERED)
        self._printed: dict[str, str] = {}
        self._rows: Sequence[Row] = ()

    def __enter__(self) -> Self:
        if self._wants_live:
            from rich.live import Live

            self._live = Live(auto_refresh=False, vertical_overflow="visible")
            self._live.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        if self._live is not None:
            self._live.__exit__(None, None, None)
            self._live = None

    def say(self, text: str) -> None:
        """Something has happened."""
        told = f"{time.strftime('%H:%M:%S')}  {text}"
        if self._live is None:
            print(told, flush=True)
        else:
            self._happened.append(told)
            self._draw()

    def show(self, rows: Sequence[Row]) -> None:
        """The verdicts of this moment."""
        self._rows = rows
        if self._live is not None:
            self._draw()
            return
        for row, line in zip(rows, plain_lines(rows), strict=True):
            now = f"{row.verdict} {len(row.alerts)}"
            where = f"{row.slo.name} {sorted(row.group.items())}"
            if self._printed.get(where) != now:
                self._printed[where] = now
                print(f"          {line}", flush=True)

    def _draw(self) -> None:
        from rich.console import Group
        from rich.text import Text

        if self._live is not None:
            self._live.update(Group(status_table(self._rows), Text("\n".join(self._happened))), refresh=True)
