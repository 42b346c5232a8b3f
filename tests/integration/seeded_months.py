"""Months of a customer of the example catalogue in a real Prometheus: what the compiled rules of periods make of them.

What was booked of each minute is written, as the rules book it (which has a test of its own); everything that is published of a period is
evaluated by the server from the compiled rules, once a day, at both sides of the end of a month, and now.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import accumulate
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from backfilled_prometheus import Prometheus

from slo_gen import names
from slo_gen.rules.accounts import Account, accounts
from slo_gen.rules.calendar_tables import Horizon
from slo_gen.rules.compile import shared_groups
from slo_gen.rules.info import Promise
from slo_gen.rules.period import delay
from slo_gen.rules.promql import quote
from slo_gen.rules.rule import RecordingRule
from slo_gen.spec.model import Catalogue

__all__ = ["BERLIN", "BOUNDS", "DAYS", "NOW", "ROLLED", "Minutes", "seed", "seeded_specs", "traffic"]

SPECS: Final = Path(__file__).resolve().parents[2] / "specs"
BERLIN: Final = ZoneInfo("Europe/Berlin")
MINUTE, HOUR, DAY = 60, 3600, 86_400

BOUNDS: Final = tuple(int(datetime(2026, month, 1, tzinfo=BERLIN).timestamp()) for month in (8, 9, 10, 11, 12))
"""Starts of the months that are told of, and the end of the last. The clocks change in October."""

ROLLED: Final = BOUNDS[3] + 27 * MINUTE
"""Shortly after the end of October."""

NOW: Final = int(datetime(2026, 11, 20, 12, 27, tzinfo=BERLIN).timestamp())
DAYS: Final = tuple(
    int((datetime(2026, 10, 1, tzinfo=BERLIN) + timedelta(days=day)).timestamp()) + 27 * MINUTE for day in (*range(12, 17), *range(29, 36))
)
"""Shortly after the midnights around the outage and around the end of October."""

AGREEMENTS: Final = 2
"""So many of the customer's agreements are kept: one of the checkout, and one of the storefront."""

Minutes = Sequence[tuple[int, int] | None]
"""Total and bad events of each minute since the first of the months; None where nothing was recorded."""


def seeded_specs(folder: Path) -> Path:
    """The example catalogue with the first agreements of its first customer alone."""
    for path in sorted(SPECS.rglob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        if path.parent.name == "agreements":
            text = "\n---\n".join(text.split("\n---\n")[:AGREEMENTS]) if path.stem == "nordwind" else ""
        if text and path.parent.name != "contracts":
            (folder / path.name).write_text(text, encoding="utf-8")
    return folder


def traffic(promise: Promise) -> Minutes:
    """Calm months with an outage in October that breaks the availability of the checkout, and gaps."""
    dice = random.Random(f"{promise.agreement.name}/{promise.target.name}")
    found: list[tuple[int, int] | None] = []
    for _ in range((NOW - BOUNDS[0]) // MINUTE + 10):
        found.append((dice.choice([5, 20, 400]), int(dice.random() < 0.03)))

    def at(day: datetime) -> int:
        return int(day.timestamp() - BOUNDS[0]) // MINUTE

    if (promise.target.name, promise.agreement.service) == ("availability", "checkout"):
        for place in range(at(datetime(2026, 10, 14, 19, tzinfo=BERLIN)), at(datetime(2026, 10, 14, 20, tzinfo=BERLIN))):
            found[place] = (100, 100)
    for place in range(at(datetime(2026, 11, 3, 4, tzinfo=BERLIN)), at(datetime(2026, 11, 3, 6, tzinfo=BERLIN))):
        found[place] = None
    return found


@dataclass(frozen=True)
class _Booked:
    """What an account has booked of its indicator by the end of each minute since the first of the months."""

    parts: Mapping[str, Sequence[int]]
    minutes: Minutes
    weights: Sequence[int]

    def of(self, part: str, start: int, mark: int) -> int:
        first, last = (start - BOUNDS[0]) // MINUTE, (mark - BOUNDS[0]) // MINUTE
        if part == "busiest":
            return max((each[0] for each in self.minutes[first:last] if each is not None), default=0)
        return self.parts[part][last] - self.parts[part][first]


def _booked(account: Account, minutes: Minutes) -> _Booked:
    edges = range(BOUNDS[0], BOUNDS[0] + len(minutes) * MINUTE, MINUTE)
    weights = [account.counting.between(start, start + MINUTE) // MINUTE for start in edges]
    known = [0 if each is None else weight for each, weight in zip(minutes, weights, strict=True)]
    total = [0 if each is None else each[0] * weight for each, weight in zip(minutes, weights, strict=True)]
    bad = [0 if each is None else each[1] * weight for each, weight in zip(minutes, weights, strict=True)]
    parts = {"known": [each * MINUTE for each in known], "total": total, "bad": bad, "unseen": [0] * len(bad), "dropped": [0] * len(bad)}
    return _Booked({name: list(accumulate(each, initial=0)) for name, each in parts.items()}, minutes, weights)


def horizon() -> Horizon:
    """As near as can be: the server reads every expression anew for each question."""
    return Horizon(BOUNDS[0] - DAY, BOUNDS[-1] + DAY)


def seed(server: Prometheus, catalogue: Catalogue) -> None:
    """Everything, the oldest first."""
    sold = replace(catalogue, agreements={name: each for name, each in catalogue.agreements.items() if each.kind == "SLA"})
    found, absent = accounts(sold, horizon())
    assert {target for _, target in absent} == {"longest-outage"}, absent
    of = [(account, _booked(account, traffic(account.targets[0]))) for account in found]
    assert all(len(account.targets) == 1 for account in found)
    groups = shared_groups(sold, horizon())
    rules = [rule for group in groups if group.name.startswith("slm-period-") for rule in group.rules if isinstance(rule, RecordingRule)]
    tickets = [rule for group in groups if group.name == "slm-tickets" for rule in group.rules if isinstance(rule, RecordingRule)]
    promised = [
        (rule.labels, server.vector(rule.expr, NOW)[0][1])
        for group in groups for rule in group.rules if isinstance(rule, RecordingRule) and rule.record == names.AGREEMENT_TARGET
    ]  # fmt: skip
    steps: dict[tuple[str, str], list[RecordingRule]] = {}
    for rule in rules:
        if rule.record not in (names.PERIOD_BOOKED, names.PERIOD_DAILY):
            steps.setdefault((rule.record, rule.labels.get(names.PART, "")), []).append(rule)
    ends = [at for end in BOUNDS[1:4] for at in (end - HOUR, end + 7 * MINUTE)]
    for at in sorted({*ends, *DAYS, NOW}):
        server.write([({**labels, "__name__": names.AGREEMENT_TARGET}, [(at, value)]) for labels, value in promised])
        for account, booked in of:
            server.write(_as_of(account, booked, at, catalogue))
        for (record, _), alike in steps.items():
            server.record(record, _together(alike), at)
        server.write(_tickets(catalogue, at))
        for rule in tickets:
            server.record(rule.record, rule.expr, at)


def _as_of(account: Account, booked: _Booked, at: int, catalogue: Catalogue) -> Iterator[tuple[dict[str, str], list[tuple[float, float]]]]:
    """What the account has booked, and what it was handed on from the period before."""
    mark = (at - delay(account, catalogue.evaluation)) // account.unit * account.unit
    start = max(bound for bound in BOUNDS if bound < mark)
    own = {names.ACCOUNT: account.key, names.INDICATOR: account.targets[0].target.indicator, names.PERIOD: str(start)}
    for part in (*booked.parts, "busiest"):
        yield {**own, names.PART: part, "__name__": names.PERIOD_BOOKED}, [(at, float(booked.of(part, start, mark)))]
    if start > BOUNDS[0]:
        before = booked.of("total", BOUNDS[BOUNDS.index(start) - 1], start)
        yield {**own, names.PART: "previous", "__name__": names.PERIOD_PART}, [(at - 1, float(before))]


def _together(rules: Sequence[RecordingRule]) -> str:
    """All of a metric in one question: the labels of its rules tell them apart."""
    parts = []
    for rule in rules:
        expr = f"({rule.expr})"
        for label, value in rule.labels.items():
            expr = f'label_replace({expr}, "{label}", {quote(value)}, "", "")' if value else expr
        parts.append(expr)
    return "\nor ".join(parts)


def _tickets(catalogue: Catalogue, at: int) -> Iterator[tuple[dict[str, str], list[tuple[float, float]]]]:
    """What the exporter exposes: P1 few and one of them missed, P2 many and too many missed in November, P3 none yet."""
    start = max(bound for bound in BOUNDS if bound < at)
    for agreement in catalogue.agreements.values():
        if agreement.party.name != "nordwind" or agreement.tickets is None:
            continue
        whole = {"agreement": agreement.name, names.CUSTOMER: "nordwind", names.SERVICE: agreement.service, "job": "e", "instance": "a"}
        edges = ((names.TICKETS_PERIOD_START, start), (names.TICKETS_PERIOD_END, BOUNDS[BOUNDS.index(start) + 1]))
        for metric, value in edges:
            yield {**whole, "__name__": metric}, [(at, float(value))]
        for target in agreement.ticket_targets:
            own = {**whole, "target": target.name}
            about = {
                names.KIND: "SLA", names.PRIORITY: target.priority, names.OBJECTIVE_TEXT: f"at least {target.share_text}",
                names.OWNER: "shop",
            }  # fmt: skip
            met, missed = {"P1": (4, 1), "P2": (30, 9 if start == BOUNDS[3] else 1), "P3": (0, 0)}[target.priority]
            few = agreement.tickets.low_volume
            figures = [
                (names.TICKET_TARGET, about, float(target.share)), (names.PERIOD_TICKETS, {"outcome": "met"}, met),
                (names.PERIOD_TICKETS, {"outcome": "missed"}, missed), (names.TICKETS_RUNNING, {}, 2), (names.TICKETS_OVERDUE, {}, 0),
            ]  # fmt: skip
            if few is not None:
                figures += [(names.LOW_VOLUME_BELOW, {}, few.below), (names.LOW_VOLUME_MISSES, {}, few.allow_misses)]
            for metric, labels, value in figures:
                yield {**own, **labels, "__name__": metric}, [(at, float(value))]
