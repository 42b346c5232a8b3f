"""Verdicts as a table for people and as documents for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from slo_gen import names
from slo_gen.contract.rounding import factor, percent
from slo_gen.history.status import Row
from slo_gen.rules.promql import duration

__all__ = ["as_documents", "plain_lines", "status_table"]

_STYLES = {"met": "green", "missed": "bold red", "unclear": "yellow", "no events": "dim", "no data": "yellow"}
_NOTHING = "-"
_COLUMNS = ("service", "slo", "verdict", "objective", "attained", "budget", "burn", "measured", "alerts", "endangers")


def status_table(rows: Iterable[Row]) -> Table:
    """One line per SLO and group."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("SERVICE", "SLO", "VERDICT"):
        table.add_column(column, no_wrap=True)
    for column in ("OBJECTIVE", "ATTAINED", "BUDGET LEFT", "BURN", "MEASURED"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("ALERTS")
    table.add_column("ENDANGERS")
    for row in rows:
        cells = _cells(row)
        styles = {"verdict": _STYLES[row.verdict], "alerts": "bold red"}
        # Text, not str: names in brackets would be read as markup.
        table.add_row(*(Text(cells[name], style=styles.get(name, "")) for name in _COLUMNS))
    return table


def plain_lines(rows: Iterable[Row]) -> list[str]:
    """One sentence per SLO and group, for logs."""
    lines = []
    for row in rows:
        cells = _cells(row)
        told = f"{cells['slo']}: {row.verdict}, {cells['attained']} of {cells['objective']}, budget left {cells['budget']}"
        lines.append(told + (f", firing: {cells['alerts']}, endangers: {cells['endangers']}" if row.alerts else ""))
    return lines


def as_documents(rows: Iterable[Row]) -> list[dict[str, Any]]:
    """What ``slo-gen status --json`` prints: ratios as numbers, null where there is nothing to say."""
    return [
        {
            "slo": row.slo.name,
            "service": row.slo.service,
            "indicator": row.slo.indicator,
            "group": dict(row.group),
            "window_seconds": row.slo.window,
            "objective": float(row.slo.objective),
            "verdict": row.verdict,
            "attained": _number(row.attained),
            "error_budget_remaining": _number(row.budget_left),
            "burn_rate": _number(row.burn),
            "coverage": _number(row.coverage),
            "bad": _number(row.bad),
            "total": _number(row.total),
            "alerts": [{"labels": dict(alert.labels), "active_at": alert.active_at} for alert in row.alerts],
            "endangered": [f"{promise.agreement.name}/{promise.target.name}" for promise in row.endangered],
        }
        for row in rows
    ]


def _cells(row: Row) -> Mapping[str, str]:
    objective = row.slo.objective
    group = ",".join(f"{label}={value}" for label, value in row.group.items())
    return {
        "service": row.slo.service,
        "slo": f"{row.slo.name}{{{group}}}" if group else row.slo.name,
        "verdict": row.verdict,
        "objective": f"{row.slo.objective_text} in {duration(row.slo.window)}",
        "attained": _NOTHING if row.attained is None else percent(row.attained, [objective]),
        "budget": _NOTHING if row.budget_left is None else percent(row.budget_left, places=0),
        "burn": _NOTHING if row.burn is None else factor(row.burn, [Fraction(1)]),
        "measured": _NOTHING if row.coverage is None else percent(row.coverage, places=1),
        "alerts": ", ".join(dict.fromkeys(_alert(row, alert.labels) for alert in row.alerts)),
        "endangers": _agreements(row),
    }


def _alert(row: Row, labels: Mapping[str, str]) -> str:
    severity = labels.get(names.SEVERITY, "alert")
    if labels.get("alertname") == names.BUDGET_BURN:
        return f"{severity} {labels.get(names.LONG_WINDOW, '')}/{labels.get(names.SHORT_WINDOW, '')}"
    return f"{severity} no data"


def _agreements(row: Row) -> str:
    """Few by name, many by number."""
    promised = sorted(f"{promise.agreement.name}/{promise.target.name}" for promise in row.endangered)
    return ", ".join(promised) if len(promised) <= 2 else f"{len(promised)} agreements"


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
