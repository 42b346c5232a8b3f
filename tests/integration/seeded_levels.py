"""Recorded series of the catalogue ``promised`` as of one instant: what the provider's pages ask for.

Minutes and roll-ups are written, and everything that shards make of them is evaluated by the server from the compiled rules. The figures
of periods are written as the period rules record them, which have tests of their own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from itertools import pairwise
from typing import Final
from zoneinfo import ZoneInfo

from backfilled_prometheus import Prometheus, Series
from promised import promised

from slo_gen import names
from slo_gen.rules.calendar_tables import Horizon
from slo_gen.rules.compile import shared_groups
from slo_gen.rules.rule import RecordingRule

__all__ = ["MONTHS", "NOW", "period_series", "seed"]

BERLIN: Final = ZoneInfo("Europe/Berlin")
NOW: Final = int(datetime(2026, 11, 20, 12, tzinfo=BERLIN).timestamp())
MINUTE, STEP, HOUR, DAY = 60, 300, 3600, 86_400
MONTHS: Final = tuple(int(datetime(2026, month, 1, tzinfo=BERLIN).timestamp()) for month in (9, 10, 11, 12))
"""Starts of the months that are told of, and the end of the last."""

BAD: Final = {"eu": 0.2, "us": 0.02, "": 0.0}
"""Bad events of each 100, by region; the probe has none."""

PERIODS: Final[Mapping[tuple[str, str], tuple[float, ...]]] = {
    ("acme-checkout", "availability"): (0.4, -0.1, -0.5),       # met in September, missed since
    ("globex-checkout", "availability"): (0.9, 0.8, 0.2),       # at risk now
    ("globex-database", "availability"): (1.0, 1.0, 0.95),
    ("db-ola", "availability"): (1.0, 1.0, 0.6),
    ("cloud-uc", "availability"): (1.0, -0.2, 0.5),
}
"""The share of the budget that was left at the end of each month, and is left now."""


def seed(server: Prometheus) -> None:
    """Everything, the oldest first."""
    _load(server, _past_periods())
    _load(server, _rollups())
    _load(server, _minutes())
    groups = shared_groups(promised(), Horizon.around(datetime.fromtimestamp(NOW, BERLIN).date()))
    rules = [
        rule for group in groups if group.name.startswith(("slm-slo", "slm-long"))
        for rule in group.rules if isinstance(rule, RecordingRule) and not rule.record.endswith("rollup5m")
    ]  # fmt: skip
    tickets = [rule for group in groups if group.name == "slm-tickets" for rule in group.rules if isinstance(rule, RecordingRule)]
    for at in (NOW - 2 * HOUR, NOW - HOUR, NOW):
        for rule in rules:
            server.record(rule.record, rule.expr, at, {label: value for label, value in rule.labels.items() if value})
        server.write(_as_of(at))
        for rule in tickets:
            server.record(rule.record, rule.expr, at)


def _load(server: Prometheus, series: Iterable[Series]) -> None:
    for labels, samples in series:
        for first in range(0, len(samples), 5000):
            server.write([(labels, samples[first : first + 5000])])


def _groups() -> Iterator[tuple[dict[str, str], str]]:
    for region in ("eu", "us"):
        yield {"indicator": "requests", "region": region}, region
    yield {"indicator": "database-probe"}, ""


def _rollups() -> Iterator[Series]:
    for labels, region in _groups():
        for metric, value in (
            (names.TOTAL_ROLLUP, 500.0), (names.BAD_ROLLUP, 5 * BAD[region]), (names.MINUTES_ROLLUP, 5.0), (names.UNSEEN_ROLLUP, 0.0),
        ):  # fmt: skip
            yield {**labels, "__name__": metric}, [(float(at), value) for at in range(NOW - 31 * DAY, NOW + 1, STEP)]


def _minutes() -> Iterator[Series]:
    for labels, region in _groups():
        for metric, value in ((names.TOTAL, 100.0), (names.BAD, BAD[region]), (names.UNSEEN, 0.0)):
            yield {**labels, "__name__": metric}, [(float(at), value) for at in range(NOW - 12 * HOUR, NOW + 1, MINUTE)]


def _about(agreement: str, target: str) -> dict[str, str]:
    """The labels of a target in its periods."""
    of = promised().agreements[agreement]
    indicator = next((each.indicator for each in of.targets if each.name == target), "")
    party = names.CUSTOMER if of.party.kind == "customer" else names.PARTY
    return {"agreement": agreement, "target": target, "slm_service": of.service, party: of.party.name} | (
        {"indicator": indicator} if indicator else {}
    )


def period_series(agreement: str, target: str, start: int, end: int, left: float, at: Iterable[int]) -> Iterator[Series]:
    """What the rules record of one period of a target."""
    allowed = 1 - float(next(each.objective for each in promised().agreements[agreement].targets))
    attained = 1 - allowed * (1 - left)
    figures = {
        names.PERIOD_STARTED: start, names.PERIOD_ENDS: end, names.PERIOD_BUDGET_LEFT_RATIO: left, names.PERIOD_BASIS: 1e6,
        names.PERIOD_BUDGET_LEFT: left * allowed * 1e6, names.PERIOD_ATTAINED: attained, names.PERIOD_ATTAINED_LOWER: attained,
        names.PERIOD_ATTAINED_UPPER: attained, names.PERIOD_UNKNOWN: 0.0, names.PERIOD_EXCLUDED: 0.0,
    }  # fmt: skip
    for metric, value in figures.items():
        labels = {**_about(agreement, target), "period": str(start), "__name__": metric}
        yield labels, [(float(instant), float(value)) for instant in at]


def _past_periods() -> Iterator[Series]:
    for place, (start, end) in enumerate(pairwise(MONTHS[:3])):
        for (agreement, target), left in PERIODS.items():
            yield from period_series(agreement, target, start, end, left[place], (end - 2 * HOUR, end))


def _as_of(at: int) -> Iterator[Series]:
    """What is exposed, fires or was recorded of periods at one instant."""
    for (agreement, target), left in PERIODS.items():
        yield from period_series(agreement, target, MONTHS[2], MONTHS[3], left[2], (at,))
    acme = {**_about("acme-checkout", "p1-response"), "job": "exporter", "instance": "a:1"}
    whole = {label: value for label, value in acme.items() if label != "target"}
    for name, labels, value in (
        (names.TICKET_TARGET, {**acme, "slm_kind": "SLA", "priority": "P1", "slm_objective": "at least 95%", "slm_team": "shop"}, 0.95),
        (names.TICKET_TARGET, {**acme, "target": "p2-response", "slm_kind": "SLA", "priority": "P2", "slm_objective": "at least 90%"}, 0.9),
        (names.TICKET_TARGET, {**acme, "target": "p3-response", "slm_kind": "SLA", "priority": "P3", "slm_objective": "at least 90%"}, 0.9),
        (names.PERIOD_TICKETS, {**acme, "target": "p3-response", "outcome": "met"}, 0),
        (names.PERIOD_TICKETS, {**acme, "outcome": "met"}, 39), (names.PERIOD_TICKETS, {**acme, "outcome": "missed"}, 1),
        (names.TICKETS_PERIOD_START, whole, MONTHS[2]), (names.TICKETS_PERIOD_END, whole, MONTHS[3]),
        (names.TICKETS_OVERDUE, acme, 1), (names.TICKETS_RUNNING, acme, 2),
        (names.LOW_VOLUME_BELOW, acme, 10), (names.LOW_VOLUME_MISSES, acme, 1),
        (names.SOURCE_UP, {"source": "desk"}, 1), (names.SOURCE_WATERMARK, {"source": "desk"}, at - 120),
        (names.SOURCE_ERRORS, {"source": "desk", "reason": "timeout"}, 3), (names.SOURCE_REJECTED, {"source": "desk", "reason": "text"}, 0),
        (names.LEDGER_WRITABLE, {"job": "exporter"}, 1), (names.TABLES_END, {}, NOW + 400 * DAY),
        (names.CLAIM_DEADLINE, {**_about("cloud-uc", "availability"), "period": str(MONTHS[1]), "stage": "submit"}, MONTHS[2] + 30 * DAY),
        ("ALERTS", _alert(names.BUDGET_BURN, "page", slo="checkout-availability", slm_service="checkout", indicator="requests",
                          long_window="1h", short_window="5m"), 1),
        ("ALERTS", _alert(names.PERIOD_BREACHED, "ticket", **_about("acme-checkout", "availability")), 1),
        ("ALERTS", _alert(names.CREDIT_STEP, "ticket", stage="10%", **_about("acme-checkout", "availability")), 1),
        ("ALERTS", _alert(names.CREDIT_STEP, "ticket", stage="10%", **_about("cloud-uc", "availability")), 1),
    ):  # fmt: skip
        yield {**labels, "__name__": name}, [(float(at), float(value))]


def _alert(name: str, severity: str, **labels: str) -> dict[str, str]:
    return {"alertname": name, "alertstate": "firing", "severity": severity, **labels}
