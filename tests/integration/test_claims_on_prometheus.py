"""Deadlines of claims on a real Prometheus: through the night in which the clocks change, a gap of an hour, a restart and a rollover.

Evaluations are where those of a server would be; what the rules of periods record is given, as exact arithmetic has it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from backfilled_prometheus import Prometheus, backfilled_prometheus
from catalogues import DAY, HOUR, agreement, catalogue, indicator

from slo_gen import names
from slo_gen.contract.target_period import business_days
from slo_gen.rules.accounts import STEP, accounts
from slo_gen.rules.calendar_tables import Horizon
from slo_gen.rules.compile import shared_groups
from slo_gen.rules.period import delay
from slo_gen.rules.rule import RecordingRule
from slo_gen.spec.model import Party
from slo_gen.spec.terms import ClaimTerms, Deadline, MeasureTerms
from slo_gen.timekeeping.durations import add_duration
from slo_gen.timekeeping.periods import Periods
from slo_gen.timekeeping.spans import Spans

pytestmark = pytest.mark.integration

BERLIN = ZoneInfo("Europe/Berlin")
PHASE = 137
"""Seconds after a full five minutes at which the group is evaluated."""


def instant(day: int, hour: int, minute: int = 0, *, fold: int = 0) -> int:
    return int(datetime(2026, 10, day, hour, minute, tzinfo=BERLIN, fold=fold).timestamp())


FIRST = Spans.of([(instant(25, 2, 30), instant(25, 2, 10, fold=1))])
"""Forty minutes over the end of summer time: from half past two to ten past two."""

LAST = Spans.of([(instant(31, 23, 20), instant(31, 23, 20) + HOUR)])
"""Over the end of the month."""

DOWN = FIRST | LAST
AWAY = (instant(25, 4), instant(25, 5))
NOVEMBER = instant(31, 12) + 12 * HOUR


def evaluations() -> Iterator[int]:
    """From the evening before the clocks change, and around the end of the month; none in an hour of the first night."""
    for first, last in ((instant(24, 23), instant(25, 7)), (instant(31, 22), NOVEMBER + 4 * HOUR)):
        for at in range(first // STEP * STEP + PHASE, last, STEP):
            if not AWAY[0] <= at < AWAY[1]:
                yield at


def test_deadlines_of_claims(tmp_path: Path) -> None:
    timezone = "Europe/Berlin"
    made = agreement("cloud", "db")
    claim = ClaimTerms(notify=Deadline("7d", "incident_start"), submit=Deadline("10bd", "incident_end"))
    target = replace(made.targets[0], measure=MeasureTerms(method="downtime_minutes"))
    bought = replace(
        made, kind="UC", party=Party("supplier", "bigcloud"), claim=claim, targets=(target,), period=Periods("month", timezone)
    )
    of = catalogue([indicator("db")], (), [bought])
    horizon = Horizon(instant(1, 0), NOVEMBER + DAY)
    (account,), _ = accounts(of, horizon)
    rules = [rule for group in shared_groups(of, horizon) for rule in group.rules if isinstance(rule, RecordingRule)]
    claims = [rule for rule in rules if rule.record in (names.CLAIM_OUTAGE, names.CLAIM_OPEN, names.CLAIM_DEADLINE)]
    assert len(claims) == 6
    (promised,) = [rule for rule in rules if rule.record == names.AGREEMENT_TARGET]
    identity = {"agreement": "cloud", "target": "availability", "indicator": "db", "slm_service": "shop", "slm_party": "bigcloud"}

    def evaluate(server: Prometheus, at: int) -> None:
        mark = (at - delay(account, of.evaluation)) // account.unit * account.unit
        period = bought.period.of(mark - 1)
        labels = {**identity, "period": str(period.start)}
        bad = DOWN.clip(period.start, mark).seconds
        server.write([
            ({**promised.labels, "__name__": names.AGREEMENT_TARGET}, [(at, 0.99)]),
            ({**labels, "__name__": names.PERIOD_STARTED}, [(at, period.start)]),
            ({**labels, "__name__": names.PERIOD_BAD}, [(at, bad)]),
            ({**labels, "__name__": names.PERIOD_BUDGET_LEFT}, [(at, -1.0)]),
        ])
        for rule in claims:
            server.record(rule.record, rule.expr, at, {label: value for label, value in rule.labels.items() if value})

    def told(server: Prometheus, stage: str, period: int, at: int) -> list[float]:
        return list(server.query(f'{names.CLAIM_DEADLINE}{{stage="{stage}", period="{period}"}}', at).values())

    october, times = instant(1, 0), list(evaluations())
    half = next(place for place, at in enumerate(times) if at > AWAY[1] + HOUR)
    with backfilled_prometheus(tmp_path / "server") as server:
        for at in times[:half]:
            evaluate(server, at)
        # Seven days later by the clock: half past two, which then comes once, an hour after as many seconds.
        seven = add_duration(FIRST.items[0][0], "7d", timezone)
        assert seven - FIRST.items[0][0] == 7 * DAY + HOUR
        assert told(server, "notify", october, times[half - 1]) == [seven]
        ten = add_duration(FIRST.items[0][1], "10bd", timezone, business_days(bought))
        assert told(server, "submit", october, times[half - 1]) == [ten]
    with backfilled_prometheus(tmp_path / "server") as server:
        for at in times[half:]:
            evaluate(server, at)
        end = times[-1]
        later = add_duration(LAST.items[0][0], "7d", timezone)
        assert seven < end, "the first has passed, so the next is told; what was bad before six days without evaluation is none"
        assert told(server, "notify", october, end) == [later]
        assert told(server, "notify", NOVEMBER, end) == [later], "it began before the month did"
        closed = add_duration(NOVEMBER - STEP, "10bd", timezone, business_days(bought))
        assert told(server, "submit", october, end) == [closed]
        assert told(server, "submit", NOVEMBER, end) == [add_duration(LAST.items[0][1] - STEP, "10bd", timezone, business_days(bought))]
