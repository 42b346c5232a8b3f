"""Targets of agreements on indicators as a table for people and as documents for programs."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from math import ceil
from typing import Any

from rich import box
from rich.table import Table
from rich.text import Text

from slo_gen import names
from slo_gen.contract.rounding import figure_text, percent, seconds_text
from slo_gen.history.agreement_status import AgreementRow
from slo_gen.timekeeping.zones import write_instant

__all__ = ["agreement_documents", "agreement_table"]

_STYLES = {"met": "green", "at risk": "yellow", "breached": "bold red", "no data": "yellow", "not live": "dim"}
_NOTHING = "-"
_BINARY = Fraction(1, 10**6)


def agreement_table(rows: Iterable[AgreementRow]) -> Table:
    """One line per target."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("AGREEMENT", "TARGET", "PERIOD", "SO FAR"):
        table.add_column(column, no_wrap=True)
    for column in ("PROMISED", "ATTAINED", "BUDGET LEFT", "UNKNOWN", "EXCLUDED"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("ALERTS")
    for row in rows:
        agreement, target = row.promise.agreement, row.promise.target
        table.add_row(
            Text(agreement.name), Text(target.name), Text(_NOTHING if row.period is None else row.period.name),
            Text(row.verdict, style=_STYLES[row.verdict]), Text(target.bound.text), Text(figure_text(row.attained, target.bound)),
            Text(_NOTHING if row.budget_left is None else percent(row.budget_left, places=0)), Text(_span(row.unknown)),
            Text(_span(row.excluded)), Text(_alerts(row), style="bold red"),
        )  # fmt: skip
    return table


def agreement_documents(rows: Iterable[AgreementRow]) -> list[dict[str, Any]]:
    """What ``slo-gen status --agreements --json`` prints: ratios as numbers, null where there is nothing to say."""
    return [
        {
            "agreement": row.promise.agreement.name,
            "kind": row.promise.agreement.kind,
            "party": f"{row.promise.agreement.party.kind}/{row.promise.agreement.party.name}",
            "service": row.promise.agreement.service,
            "target": row.promise.target.name,
            "indicator": row.promise.target.indicator,
            "promised": row.promise.target.bound.text,
            "objective": float(row.promise.target.objective),
            "period": None if row.period is None else row.period.name,
            "starts": None if row.period is None else write_instant(row.period.start),
            "ends": None if row.period is None else write_instant(row.period.end),
            "verdict": row.verdict,
            "attained": _number(row.attained),
            "attained_lower": _number(row.lower),
            "attained_upper": _number(row.upper),
            "budget_remaining_ratio": _number(row.budget_left),
            "budget_remaining": _number(row.left),
            "bad": _number(row.bad),
            "total": _number(row.total),
            "unit": "events" if row.counts_events else "seconds",
            "unknown_seconds": _number(row.unknown),
            "excluded_seconds": _number(row.excluded),
            "alerts": [{"labels": dict(alert.labels), "active_at": alert.active_at} for alert in row.alerts],
        }
        for row in rows
    ]


def _span(seconds: Fraction | None) -> str:
    """Whole seconds, so many as begun ones: of what is unknown nothing is rounded away but a remainder of computing in binary."""
    return _NOTHING if seconds is None else seconds_text(ceil(seconds - _BINARY))


def _alerts(row: AgreementRow) -> str:
    return ", ".join(dict.fromkeys(
        " ".join(filter(None, (alert.labels.get("alertname", "").removeprefix("SLM"), alert.labels.get(names.STAGE, ""))))
        for alert in row.alerts
    ))  # fmt: skip


def _number(value: Fraction | None) -> float | None:
    return None if value is None else float(value)
