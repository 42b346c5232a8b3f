"""Three months of made-up figures of agreements, as rules and exporter would have recorded them, so that dashboards can be looked at.

The services fail as ``OUTAGES`` says and are mostly well otherwise. What of that counts for a target follows from its agreement: the
periods, the agreed hours, planned work. Everything ends at ``END``, whatever the date is, because documents tell of what happened then.
"""

from __future__ import annotations

import subprocess
import zlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from slo_gen import names
from slo_gen.demo.servers import ServerError, find_program
from slo_gen.rules.accounts import Account, accounts
from slo_gen.rules.calendar_tables import Horizon
from slo_gen.rules.info import IN_FORCE, agreement_rules, promises
from slo_gen.rules.promql import all_of, label_matcher
from slo_gen.rules.shards import deal
from slo_gen.rules.ticket_rules import TicketPromise, allowed_misses, ticket_promises
from slo_gen.spec.model import Agreement, Catalogue
from slo_gen.timekeeping.periods import Period, Periods, RollingDays

__all__ = ["END", "past_series", "write_past"]

_BERLIN: Final = ZoneInfo("Europe/Berlin")
END: Final = int(datetime(2026, 11, 20, 12, tzinfo=_BERLIN).timestamp())
"""The last instant of which something is told, in seconds since 1970."""

_BEGIN: Final = int(datetime(2026, 8, 1, tzinfo=_BERLIN).timestamp())
_TOLD: Final = int(datetime(2026, 8, 20, 12, tzinfo=_BERLIN).timestamp())
_UNIT: Final = 1800
_EVERY: Final = 3600
"""Seconds between two figures: points of charts of three months are some hours apart."""

_BY_HOUR: Final = (4, 3, 3, 3, 3, 4, 6, 9, 11, 12, 12, 12, 13, 12, 11, 11, 12, 13, 14, 14, 13, 11, 8, 6)
"""How many events come in a second at each hour of the day in Berlin."""

_USUALLY_BAD: Final = {"requests": 0.00008, "latency": 0.006}
"""Share of events that fail while all is well, by the end of the indicator's name."""

Series = tuple[Mapping[str, str], tuple[tuple[int, float], ...]]
"""Labels with ``__name__``, and (seconds since 1970, value)."""


@dataclass(frozen=True, slots=True)
class _Outage:
    """From when on, in Berlin, for how many minutes, which share of the events of an indicator fails; ``region`` "" is everywhere."""

    start: str
    minutes: int
    bad: float
    indicator: str
    region: str = ""


OUTAGES: Final = (
    _Outage("2026-08-27T09:10", 10, 0.6, "checkout-requests"),
    _Outage("2026-09-03T14:20", 20, 0.5, "storefront-requests"),
    _Outage("2026-09-16T11:40", 20, 0.4, "checkout-requests", "eu"),
    _Outage("2026-10-14T18:50", 50, 0.685, "checkout-requests", "eu"),      # the certificate of the payment provider
    _Outage("2026-10-14T18:50", 60, 0.3, "checkout-latency"),
    _Outage("2026-10-27T08:30", 30, 0.9, "storefront-requests", "us"),
    _Outage("2026-11-09T10:10", 20, 0.6, "checkout-requests", "eu"),
    _Outage("2026-11-11T02:10", 40, 1.0, "storefront-requests"),            # in the weekly release, which does not count
    _Outage("2026-11-15T02:20", 90, 1.0, "checkout-requests"),              # in the upgrade of the database, which does not count
)


def write_past(catalogue: Catalogue, customers: Collection[str], data: Path) -> int:
    """Write what is told of these customers into ``data`` as blocks of a Prometheus; returns how many samples they hold.

    Raises ServerError when promtool fails.
    """
    data.mkdir(parents=True, exist_ok=True)
    source = data.parent / f".{data.name}.om"
    count = 0
    try:
        with source.open("w", encoding="utf-8") as file:
            for labels, samples in past_series(catalogue, customers):
                series = _written(labels)
                file.writelines(f"{series} {value:.12g} {at}\n" for at, value in samples)
                count += len(samples)
            file.write("# EOF\n")
        made = subprocess.run(
            [find_program("promtool"), "tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=768h", str(source), str(data)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
        )
    finally:
        source.unlink(missing_ok=True)
    if made.returncode:
        raise ServerError(f"promtool could not write the months before: {made.stderr.strip()[-500:]}")
    return count


def _written(labels: Mapping[str, str]) -> str:
    matchers = (label_matcher(name, value) for name, value in labels.items() if name != "__name__")
    return all_of(labels["__name__"], *matchers).replace('", ', '",')


def past_series(catalogue: Catalogue, customers: Collection[str]) -> Iterator[Series]:
    """What is recorded of the agreements of these customers from August 20 on; of tickets at END alone."""
    sold = {
        name: each for name, each in catalogue.agreements.items()
        if each.kind == "SLA" and each.party.name in customers and isinstance(each.period, Periods)
    }  # fmt: skip
    catalogue = replace(catalogue, agreements=sold)
    summed, _ = accounts(catalogue, Horizon.around(datetime.fromtimestamp(END, _BERLIN).date()))
    known: dict[object, list[_Told]] = {}
    for account in summed:
        for promise in account.targets:
            agreement, target = promise.agreement, promise.target
            region = target.where.get("region", "")
            alike = (account.key, target.indicator, region)
            if alike not in known:
                known[alike] = list(_told(account, agreement.period, target.indicator, region))
            identity = {
                names.AGREEMENT: agreement.name, names.TARGET: target.name, names.INDICATOR: target.indicator,
                names.SERVICE: agreement.service, names.CUSTOMER: agreement.party.name,
            }  # fmt: skip
            daily = frozenset(_days(agreement.period))
            yield from _figures(identity, float(target.objective), account.floor, known[alike], daily)
    of_target = {(each.agreement.name, each.target.name): account.key for account in summed for each in account.targets}
    yield from _promised(catalogue, of_target)
    yield from _tickets(catalogue)


# --- what happened -------------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Told:
    """What a period has come to at an instant: events that were bad, all that count, seconds that do not, events of the whole period."""

    at: int
    period: Period
    bad: float
    total: float
    excluded: float
    basis: float


@cache
def _events(start: int) -> float:
    """How many come in the unit that begins there."""
    return _BY_HOUR[datetime.fromtimestamp(start, _BERLIN).hour] * float(_UNIT)


@cache
def _outage_spans(indicator: str, region: str) -> tuple[tuple[int, int, float], ...]:
    found = []
    for each in OUTAGES:
        if each.indicator == indicator and each.region in ("", region):
            start = int(datetime.fromisoformat(each.start).replace(tzinfo=_BERLIN).timestamp())
            found.append((start, start + each.minutes * 60, each.bad))
    return tuple(found)


def _bad_share(start: int, indicator: str, region: str) -> float:
    of_day = zlib.crc32(f"{indicator} {start // 86_400}".encode()) % 100 / 100
    usual = _USUALLY_BAD.get(indicator.rpartition("-")[2], 0.0002) * (0.5 + of_day)
    for first, last, bad in _outage_spans(indicator, region):
        if first < start + _UNIT and start < last:
            return max(usual, bad * (min(last, start + _UNIT) - max(first, start)) / _UNIT)
    return usual


def _told(account: Account, periods: Periods | RollingDays, indicator: str, region: str) -> Iterator[_Told]:
    """The figures of all targets that measure the same in the same time."""
    assert isinstance(periods, Periods)
    wanted = set(_instants(periods))
    period = periods.of(_BEGIN)
    bad = total = excluded = 0.0
    for start in range(period.start, END, _UNIT):
        if start not in period:
            period = periods.of(start)
            bad = total = excluded = 0.0
        counting, agreed = (mask.between(start, start + _UNIT) for mask in (account.counting, account.agreed))
        events = _events(start) * counting / _UNIT
        bad += events * _bad_share(start, indicator, region)
        total += events
        excluded += agreed - counting
        at = start + _UNIT
        if at in wanted:
            rest = sum(_BY_HOUR) / 24 * (period.end - at)
            yield _Told(at, period, bad, total, excluded, total + rest)


def _instants(periods: Periods | RollingDays) -> Iterator[int]:
    """Every hour, and when a day is told of."""
    yield from range(-(-_TOLD // _EVERY) * _EVERY, END + 1, _EVERY)
    yield from _days(periods)


def _days(periods: Periods | RollingDays) -> Iterator[int]:
    """Half an hour before and after each midnight, the ends of periods, and END."""
    assert isinstance(periods, Periods)
    zone = ZoneInfo(periods.timezone)
    for hour in range(-(-_TOLD // 3600) * 3600, END, 3600):
        # Days are asked for by the clock of their first one, an hour earlier or later than midnight behind a change of clocks.
        if datetime.fromtimestamp(hour, zone).hour in (0, 23):
            yield hour + _UNIT
        if periods.of(hour).start == hour:
            yield hour
    yield END


_ALWAYS_TOLD: Final = frozenset({names.PERIOD_STARTED, names.PERIOD_ATTAINED})
"""What charts show over time; the rest is told once a day, to save time."""


def _figures(
    identity: Mapping[str, str], objective: float, floor: bool, told: Iterable[_Told], daily: Collection[int]
) -> Iterator[Series]:
    """The series of one target, one for each period."""
    allowed = 1 - objective if floor else objective
    by_period: dict[Period, list[_Told]] = {}
    for each in told:
        by_period.setdefault(each.period, []).append(each)
    for period, found in by_period.items():
        of = {**identity, names.PERIOD: str(period.start)}
        columns = {
            names.PERIOD_STARTED: [float(period.start)] * len(found),
            names.PERIOD_ENDS: [float(period.end)] * len(found),
            names.PERIOD_BAD: [each.bad for each in found],
            names.PERIOD_TOTAL: [each.total for each in found],
            names.PERIOD_UNKNOWN: [0.0] * len(found),
            names.PERIOD_EXCLUDED: [each.excluded for each in found],
            names.PERIOD_BASIS: [each.basis for each in found],
            names.PERIOD_BUDGET_LEFT: [allowed * each.basis - each.bad for each in found],
            names.PERIOD_BUDGET_LEFT_RATIO: [1 - each.bad / (allowed * each.basis) for each in found],
        }
        shares = [(1 - each.bad / each.total if floor else each.bad / each.total) if each.total else 1.0 for each in found]
        columns |= dict.fromkeys((names.PERIOD_ATTAINED, names.PERIOD_ATTAINED_LOWER, names.PERIOD_ATTAINED_UPPER), shares)
        for metric, values in columns.items():
            yield {**of, "__name__": metric}, tuple(
                (each.at, value) for each, value in zip(found, values, strict=True) if metric in _ALWAYS_TOLD or each.at in daily
            )


def _promised(catalogue: Catalogue, of_target: Mapping[tuple[str, str], str]) -> Iterator[Series]:
    """What was promised, as the compiled rules say it."""
    for shard in deal(catalogue):
        for rule in agreement_rules(shard, promises(catalogue), of_target):
            agreement = catalogue.agreements[rule.labels[names.AGREEMENT]]
            objective = next(float(each.objective) for each in agreement.targets if each.name == rule.labels[names.TARGET])
            instants = sorted(set(_instants(agreement.period)))
            yield {**rule.labels, "__name__": rule.record}, tuple((at, objective) for at in instants)


# --- tickets, of which only the last instant is told -----------------------------------------------------------------
_TICKETS: Final = {"P1": 2, "P2": 9, "P3": 26}
"""How many are decided in a month, about."""


def _tickets(catalogue: Catalogue) -> Iterator[Series]:
    for promise in ticket_promises(catalogue):
        for labels, value in _of_promise(promise):
            yield labels, ((END, float(value)),)
    for agreement in catalogue.agreements.values():
        if agreement.tickets is not None and agreement.state == IN_FORCE:
            period = agreement.period.of(END)
            yield {**_scraped(agreement), "__name__": names.TICKETS_PERIOD_START}, ((END, float(period.start)),)
            yield {**_scraped(agreement), "__name__": names.TICKETS_PERIOD_END}, ((END, float(period.end)),)


def _about(agreement: Agreement) -> dict[str, str]:
    return {names.AGREEMENT: agreement.name, names.CUSTOMER: agreement.party.name, names.SERVICE: agreement.service}


def _scraped(agreement: Agreement) -> dict[str, str]:
    return {**_about(agreement), "job": "sla-exporter", "instance": "sla-exporter:9130"}


def _of_promise(promise: TicketPromise) -> Iterator[tuple[Mapping[str, str], float]]:
    """What the exporter exposes of a promise, and what rules make of it."""
    agreement, target = promise
    about, scraped = ({**each, names.TARGET: target.name} for each in (_about(agreement), _scraped(agreement)))
    period = agreement.period.of(END)
    dice = zlib.crc32(f"{agreement.name} {target.name}".encode())
    share = (END - period.start) / period.seconds
    decided = 0 if target.limit is not None else round((_TICKETS.get(target.priority, 5) + dice % 3) * share)
    missed = min(1 if dice % 3 == 0 and decided > 4 else 0, allowed_misses(promise, decided))
    yield {**about, "__name__": names.TICKETS_DECIDED}, decided
    yield {**about, "__name__": names.TICKETS_MISSED}, missed
    yield {**about, "__name__": names.TICKETS_MISSES_LEFT}, allowed_misses(promise, decided) - missed
    if decided:
        yield {**about, "__name__": names.TICKETS_ATTAINED}, 1 - missed / decided
    words = target.share_text if target.limit is not None else f"at least {target.share_text}"
    terms = {names.OBJECTIVE_TEXT: words, names.PRIORITY: target.priority, names.KIND: agreement.kind}
    yield {**scraped, **terms, "__name__": names.TICKET_TARGET}, float(target.share)
    if target.limit is not None:
        yield {**scraped, "__name__": names.TICKET_LIMIT}, target.limit
    else:
        yield {**scraped, names.OUTCOME: "met", "__name__": names.PERIOD_TICKETS}, decided - missed
        yield {**scraped, names.OUTCOME: "missed", "__name__": names.PERIOD_TICKETS}, missed
    few = agreement.tickets.low_volume if agreement.tickets is not None and target in agreement.ticket_targets else None
    if few is not None:
        yield {**scraped, "__name__": names.LOW_VOLUME_BELOW}, few.below
        yield {**scraped, "__name__": names.LOW_VOLUME_MISSES}, few.allow_misses
    yield {**scraped, "__name__": names.TICKETS_RUNNING}, zlib.crc32(agreement.name.encode()) % 2
    yield {**scraped, "__name__": names.TICKETS_PAUSED}, 0
    yield {**scraped, "__name__": names.TICKETS_OVERDUE}, 0
