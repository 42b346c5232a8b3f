"""What a dashboard asks: times, steps and variables put into its queries as Grafana puts them there."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Final
from zoneinfo import ZoneInfo

from slo_gen.preview.dashboard import Dashboard, Panel, Target
from slo_gen.preview.errors import PreviewError

__all__ = ["Question", "Span", "panel_span", "questions", "span_of", "substituted", "zone_of"]

_RELATIVE: Final = re.compile(r"now((?:[+-]\d+[smhdwMy])*)(/[smhdwMy])?")
_MOVE: Final = re.compile(r"([+-]\d+)([smhdwMy])")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604_800, "M": 2_592_000, "y": 31_536_000}
_DURATION: Final = re.compile(r"(\d+)(ms|[smhdwMy])")
_VARIABLE: Final = re.compile(r"\$(?:([a-zA-Z_]\w*)|\{([a-zA-Z_]\w*)(?::\w+)?\})")     # $1 is none
_MOST_POINTS: Final = 11_000
"""So many a Prometheus gives in one answer."""

_SCRAPES: Final = 15.0
"""Grafana's smallest step of a Prometheus that says nothing else, in seconds."""


@dataclass(frozen=True, slots=True)
class Span:
    """The time that a panel shows, in seconds since 1970."""

    start: float
    end: float


@dataclass(frozen=True, slots=True)
class Question:
    """One query as it is sent: at ``end`` where there is no ``step``, else every ``step`` seconds from ``start`` to ``end``."""

    expr: str
    start: float
    end: float
    step: float | None


def zone_of(dashboard: Dashboard) -> tzinfo:
    """The zone in which times are told. A page has no browser of its own: it and an empty zone are UTC. Raises PreviewError."""
    name = "UTC" if dashboard.timezone in ("", "browser", "utc") else dashboard.timezone
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise PreviewError(f"The time zone {name!r} of dashboard {dashboard.uid} is not known.") from None


def span_of(dashboard: Dashboard, now: float) -> Span:
    """What the dashboard shows when it is opened at ``now``. Raises PreviewError."""
    zone = zone_of(dashboard)
    start, end = (_instant(text, now, zone, late) for text, late in ((dashboard.time.begin, False), (dashboard.time.end, True)))
    if start >= end:
        raise PreviewError(f"Dashboard {dashboard.uid} shows the time from {dashboard.time.begin} to {dashboard.time.end}, which is none.")
    return Span(start, end)


def panel_span(panel: Panel, span: Span, now: float, zone: tzinfo) -> Span:
    """The same of a panel, which may have a time of its own or be shifted. Raises PreviewError."""
    if panel.time_from:
        span = Span(_instant(f"now-{panel.time_from}", now, zone, False), _instant("now", now, zone, True))
    if panel.time_shift:
        back = _seconds(panel.time_shift, f"The shift of panel {panel.title!r}")
        span = Span(span.start - back, span.end - back)
    return span


def questions(panel: Panel, span: Span, zone: tzinfo, values: Mapping[str, str], width: int) -> dict[str, Question]:
    """The questions of a panel ``width`` pixels wide by the letters of its queries; what is hidden is asked too. Raises PreviewError."""
    found = {}
    for target in panel.targets:
        source = target.datasource or panel.datasource
        if source is not None and source.type != "prometheus":
            raise PreviewError(f"Query {target.ref} of panel {panel.title!r} asks a data source of type {source.type!r}, not a Prometheus.")
        step = _step(panel, target, span, width)
        expr = substituted(target.expr, values, span, step)
        if target.instant:
            found[target.ref] = Question(expr, span.start, span.end, None)
        else:
            found[target.ref] = Question(expr, _aligned(span.start, step, zone), _aligned(span.end, step, zone), step)
    return found


# --- instants ----------------------------------------------------------------------------------------------------
def _instant(text: str, now: float, zone: tzinfo, late: bool) -> float:
    found = _RELATIVE.fullmatch(text)
    if found is None:
        try:
            at = datetime.fromisoformat(text)
        except ValueError:
            raise PreviewError(f"The time {text!r} cannot be read; now-90d, now/M and 2026-11-01T00:00:00Z can.") from None
        return (at if at.tzinfo else at.replace(tzinfo=zone)).timestamp()
    at = datetime.fromtimestamp(now, zone)
    for count, unit in _MOVE.findall(found[1]):
        at = _moved(at, int(count), unit)
    if found[2]:
        at = _beginning(at, found[2][1])
        if late:
            at = _moved(at, 1, found[2][1])
    return at.timestamp()


def _moved(at: datetime, count: int, unit: str) -> datetime:
    if unit in "smh":
        return datetime.fromtimestamp(at.timestamp() + count * _SECONDS[unit], at.tzinfo)
    if unit in "dw":
        return at + timedelta(days=count * (7 if unit == "w" else 1))
    months = at.year * 12 + at.month - 1 + count * (12 if unit == "y" else 1)
    year, month = divmod(months, 12)
    last = (datetime(year + (month == 11), (month + 1) % 12 + 1, 1) - timedelta(days=1)).day
    return at.replace(year=year, month=month + 1, day=min(at.day, last))


def _beginning(at: datetime, unit: str) -> datetime:
    if unit in "sm":
        return at.replace(microsecond=0, second=0 if unit == "m" else at.second)
    at = at.replace(minute=0, second=0, microsecond=0, fold=at.fold if unit == "h" else 0)
    if unit == "h":
        return at
    at = at.replace(hour=0)
    if unit == "w":
        return at - timedelta(days=at.weekday())
    return at if unit == "d" else at.replace(day=1, month=1 if unit == "y" else at.month)


# --- steps -------------------------------------------------------------------------------------------------------
_ROUND: Final = (
    (1.5, 1), (3.5, 2), (7.5, 5), (12.5, 10), (17.5, 15), (25, 20), (45, 30), (90, 60), (210, 120), (450, 300), (750, 600), (1050, 900),
    (1500, 1200), (2700, 1800), (5400, 3600), (9000, 7200), (16_200, 10_800), (32_400, 21_600), (64_800, 43_200), (259_200, 86_400),
    (1_209_600, 604_800), (2_592_000, 2_592_000),
)  # fmt: skip
"""Below how many seconds a step becomes how many."""


def _step(panel: Panel, target: Target, span: Span, width: int) -> float:
    what = f"The interval of panel {panel.title!r}"
    least = max((_seconds(text, what) for text in (target.interval, panel.interval) if text), default=_SCRAPES)
    wanted = (span.end - span.start) / (panel.max_data_points or width)
    step = next((size for below, size in _ROUND if wanted < below), 31_536_000)
    return max(float(step), least, float(math.ceil((span.end - span.start) / _MOST_POINTS)))


def _aligned(at: float, step: float, zone: tzinfo) -> float:
    """On a multiple of ``step`` by the clock of ``zone``, so that steps of a day begin with the day."""
    offset = datetime.fromtimestamp(at, zone).utcoffset() or timedelta(0)
    shift = offset.total_seconds()
    return math.floor((at + shift) / step) * step - shift


def _seconds(text: str, what: str) -> float:
    found = _DURATION.fullmatch(text.lstrip(">"))
    if found is None:
        raise PreviewError(f"{what} is {text!r}, which is no duration such as 5m.")
    return int(found[1]) * (0.001 if found[2] == "ms" else _SECONDS[found[2]])


# --- variables ---------------------------------------------------------------------------------------------------
def substituted(text: str, values: Mapping[str, str], span: Span, step: float) -> str:
    """``text`` with variables of Grafana replaced, the built-in ones too. Raises PreviewError for one without a value."""
    length = span.end - span.start
    known = {
        "__interval": _duration(step), "__interval_ms": str(round(step * 1000)),
        "__rate_interval": _duration(max(step + _SCRAPES, 4 * _SCRAPES)),
        "__range": f"{round(length)}s", "__range_s": str(round(length)), "__range_ms": str(round(length * 1000)),
        "__from": str(round(span.start * 1000)), "__to": str(round(span.end * 1000)), **values,
    }  # fmt: skip

    def value(found: re.Match[str]) -> str:
        name = found[1] or found[2]
        if name not in known:
            raise PreviewError(f"The variable ${name} has no value; it stands in {_beginning_of(text)!r}.")
        return known[name]

    return _VARIABLE.sub(value, text)


def _beginning_of(text: str, most: int = 80) -> str:
    return text if len(text) <= most else text[:most] + "..."


def _duration(seconds: float) -> str:
    return f"{round(seconds)}s" if seconds >= 1 else f"{round(seconds * 1000)}ms"
