"""Targets on tickets as a table for people and as documents for programs."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from slo_gen.contract.rounding import percent
from slo_gen.history.ticket_status import TicketRow

__all__ = ["ticket_documents", "ticket_lines", "ticket_table"]

_STYLES = {"met": "green", "missed": "bold red", "no tickets": "dim", "no data": "yellow"}
_NOTHING = "-"


def ticket_table(rows: Iterable[TicketRow]) -> Table:
    """One line per target."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("AGREEMENT", "TARGET", "SO FAR"):
        table.add_column(column, no_wrap=True)
    for column in ("PROMISED", "ATTAINED", "DECIDED", "MISSED", "MISSES LEFT", "RUNNING", "PAUSED", "OVERDUE"):
        table.add_column(column, justify="right", no_wrap=True)
    for row in rows:
        target = row.promise.target
        attained = _NOTHING if row.attained is None else percent(row.attained, [target.share])
        numbers = (row.decided, row.missed, row.misses_left, row.running, row.paused, row.overdue)
        table.add_row(
            Text(row.promise.agreement.name), Text(target.name), Text(row.verdict, style=_STYLES[row.verdict]), Text(target.share_text),
            Text(attained), *(Text(_NOTHING if number is None else str(number)) for number in numbers),
        )  # fmt: skip
    return table


def ticket_lines(rows: Iterable[TicketRow]) -> list[str]:
    """One sentence per target of which anything is known, for logs."""
    return [
        f"{row.promise.agreement.name}/{row.promise.target.name}: {row.verdict}, {row.missed} of {row.decided} missed, "
        f"{row.running} running, {row.overdue} overdue"
        for row in rows if row.decided is not None
    ]  # fmt: skip


def ticket_documents(rows: Iterable[TicketRow]) -> list[dict[str, Any]]:
    """What ``slo-gen status --json`` prints of them: null where there is nothing to say."""
    return [
        {
            "agreement": row.promise.agreement.name,
            "target": row.promise.target.name,
            "clock": row.promise.target.clock,
            "within": row.promise.target.within,
            "objective": float(row.promise.target.share),
            "verdict": row.verdict,
            "attained": None if row.attained is None else float(row.attained),
            "decided": row.decided,
            "missed": row.missed,
            "misses_left": row.misses_left,
            "running": row.running,
            "paused": row.paused,
            "overdue": row.overdue,
        }
        for row in rows
    ]
