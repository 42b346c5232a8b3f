"""What the demo shows to somebody: verdicts that change in place, and below them what has happened."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Self

from slo_gen.cli.status_table import plain_lines, status_table
from slo_gen.cli.ticket_status_table import ticket_lines, ticket_table
from slo_gen.history.status import Row
from slo_gen.history.ticket_status import TicketRow

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
        self._tickets: Sequence[TicketRow] = ()

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

    def show(self, rows: Sequence[Row], tickets: Sequence[TicketRow] = ()) -> None:
        """The verdicts of this moment, and where promises on tickets stand of which something has happened."""
        self._rows = rows
        self._tickets = [row for row in tickets if row.decided or row.running or row.paused or row.overdue]
        if self._live is not None:
            self._draw()
            return
        for target, told in zip(self._tickets, ticket_lines(self._tickets), strict=False):
            where = f"{target.promise.agreement.name}/{target.promise.target.name}"
            if self._printed.get(where) != told:
                self._printed[where] = told
                print(f"          {told}", flush=True)
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
            tickets = [ticket_table(self._tickets)] if self._tickets else []
            self._live.update(Group(status_table(self._rows), *tickets, Text("\n".join(self._happened))), refresh=True)
