"""A month in which the clocks change, through the period rules of a real Prometheus: the same verdicts as exact arithmetic.

The recorded minutes and what counts of them are loaded, the latter compared with what the server makes of the rules of calendars. The rules
of periods are evaluated by the server, as rarely as they still catch up.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from fractions import Fraction
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from backfilled_prometheus import Prometheus, Series, backfilled_prometheus, together
from catalogues import DAY, HOUR, indicator
from period_cases import MINUTE, Case, Minute, catalogue_of, sold

from slo_gen import names
from slo_gen.rules.accounts import Account, accounts
from slo_gen.rules.calendar_tables import Horizon
from slo_gen.rules.compile import shared_groups
from slo_gen.rules.period import delay
from slo_gen.rules.rule import RecordingRule
from slo_gen.spec.model import Catalogue, Maintenance, PlannedWork
from slo_gen.spec.terms import Exclusion, MeasureTerms
from slo_gen.timekeeping.calendars import Weekly, week
from slo_gen.timekeeping.periods import Periods
from slo_gen.timekeeping.spans import Spans

pytestmark = pytest.mark.integration

BERLIN = ZoneInfo("Europe/Berlin")
BEGIN = int(datetime(2026, 10, 1, tzinfo=BERLIN).timestamp())
REPEATED = int(datetime(2026, 10, 25, 2, tzinfo=BERLIN).timestamp())
END = int(datetime(2026, 11, 1, tzinfo=BERLIN).timestamp())
HORIZON = Horizon(BEGIN - DAY, END + DAY)
"""As near as can be: the server reads every expression anew for each question."""

PHASE = 13.371
"""At which second of the minute the rules were evaluated."""

SETTLED = 480
"""Seconds after a mark at which it is the last settled one of every account, whatever its runs."""

TOLERANCE = Fraction(1, 100_000)
"""0.001 percentage points."""

UPGRADE = (REPEATED - 37, REPEATED + 90 * MINUTE + 5)
"""Over the hour that comes twice, neither end of it on a minute."""

PAUSED = Spans.of((BEGIN + day * DAY + 11 * HOUR, BEGIN + day * DAY + 11 * HOUR + 25 * MINUTE) for day in range(0, 31, 3))
MONTH = Periods("month", "Europe/Berlin")


def traffic(seed: str) -> list[Minute]:
    """Outages of all lengths, silence, a day and single minutes without data, and the first of the hours that come twice."""
    dice = random.Random(seed)
    found: list[Minute] = []
    while len(found) < (END - BEGIN) // MINUTE:
        kind = dice.choices(["calm", "bad", "mixed", "silent", "gap"], [60, 1, 4, 2, 1])[0]
        for _ in range(dice.choice([1, 3, 7, 60, 200])):
            total = dice.choice([5, 20, 400])
            drawn = {"calm": (total, 0), "bad": (total, total), "mixed": (total, dice.randint(0, total)), "silent": (0, 0), "gap": None}
            found.append(drawn[kind])
    found[8 * 1440 : 9 * 1440] = [None] * 1440
    first = (REPEATED - BEGIN) // MINUTE
    found[first : first + 30] = [None] * 30
    return found[: (END - BEGIN) // MINUTE]


CASES = [
    Case("plain", sold("plain", MeasureTerms(), period=MONTH), traffic("plain"), BEGIN),
    Case("hours", sold(
        "hours", MeasureTerms(), period=MONTH, hours="office", exclude=(Exclusion("maintenance"),),
    ), traffic("hours"), BEGIN),
    Case("down", sold(
        "down", MeasureTerms(method="downtime_minutes", down_threshold=Fraction(1, 20), over="scheduled", empty="good"), period=MONTH,
        hours="long", exclude=(Exclusion("maintenance"), Exclusion("paused", when="pausing == 1")),
    ), traffic("down"), BEGIN, PAUSED),
    Case("runs", sold("runs", MeasureTerms(method="downtime_periods", at_least=300), period=MONTH), traffic("runs"), BEGIN),
]  # fmt: skip
OF = catalogue_of(
    CASES,
    calendars={
        "office": Weekly("Europe/Berlin", week({"mon-fri": ["08:00-12:30", "13:15-18:00"]})),
        "long": Weekly("Europe/Berlin", week({"mon-sun": ["00:00-22:00"]})),
    },
    maintenance={"upgrade": Maintenance(
        "upgrade", "", ("shop",), (), emergency=False, cancelled=False, windows=(PlannedWork(UPGRADE, 0, None),), notice="", reason="",
        origin=indicator("x").origin,
    )},
)  # fmt: skip


def live(of: Catalogue) -> dict[str, Account]:
    found, absent = accounts(of, HORIZON)
    assert not absent
    return {promise.agreement.name: account for account in found for promise in account.targets}


def recorded() -> Iterator[Series]:
    """The minutes of all indicators, and the condition."""
    for case in CASES:
        for metric, number in ((names.TOTAL, 0), (names.BAD, 1)):
            known = ((place, each) for place, each in enumerate(case.minutes) if each is not None)
            samples = [(BEGIN + (place + 2) * MINUTE + PHASE, float(each[number])) for place, each in known]
            yield {"__name__": metric, "indicator": case.name}, samples
    yield {"__name__": "pausing"}, [(float(mark), 1.0) for mark in range(BEGIN - DAY, END + DAY, MINUTE) if mark in PAUSED]


def paused() -> list[tuple[float, float]]:
    return [(mark + MINUTE + PHASE, float(mark in PAUSED)) for mark in range(BEGIN - DAY, END + DAY, MINUTE)]


class Arriving:
    """Samples that reach the server when their time has come, as they would: none of them is late."""

    def __init__(self, series: Iterable[Series]) -> None:
        self._waiting = [(labels, deque(samples)) for labels, samples in series]

    def until(self, at: float) -> list[Series]:
        """What has come up to an instant, and was not told before."""
        return [(labels, came) for labels, samples in self._waiting if (came := list(_taken(samples, at)))]


def _taken(samples: deque[tuple[float, float]], at: float) -> Iterator[tuple[float, float]]:
    while samples and samples[0][0] <= at:
        yield samples.popleft()


def masked(rule: RecordingRule) -> list[tuple[float, float]]:
    """What counts of each minute, by the mask of the rule, at the instants of its records."""
    mask = next(account.counting for account in live(OF).values() if account.counting.key == rule.labels[names.MASK])
    late = MINUTE * (1 + int(rule.labels[names.BACK]))
    return [(mark + late + PHASE, float(mask.between(mark - MINUTE, mark))) for mark in range(BEGIN - DAY, END + DAY, MINUTE)]


def held_by(server: Prometheus, rule: RecordingRule, samples: Sequence[tuple[float, float]]) -> None:
    """The server makes the same of the rule: in every minute of the night in which the clocks change, and now and then in the month."""
    expected = dict(samples)
    ((_, found),) = server.range(rule.expr, REPEATED - 10 * MINUTE + PHASE, REPEATED + 130 * MINUTE + PHASE, MINUTE)
    instants = (at + PHASE for at in range(BEGIN, END, 601 * MINUTE))
    found += [(at, value) for at in instants for _, value in server.vector(rule.expr, at)]
    assert found == [(at, expected[at]) for at, _ in found]
    assert len(found) == 141 + 75


def test_a_month_with_a_clock_change_is_judged_as_exact_arithmetic_judges_it(tmp_path: Path) -> None:
    groups = shared_groups(OF, HORIZON)
    rules = [rule for group in groups for rule in group.rules if isinstance(rule, RecordingRule)]
    known = [rule for rule in rules if rule.record in (names.COUNTING_SECONDS, names.CONDITION)]
    booked = [rule for rule in rules if rule.record == names.PERIOD_BOOKED]
    promised = [rule for rule in rules if rule.record == names.AGREEMENT_TARGET]
    figures = [rule for group in groups if group.name.startswith("slm-period-") for rule in group.rules if isinstance(rule, RecordingRule)]
    dice = random.Random(4)
    counted = [(rule, masked(rule) if rule.record == names.COUNTING_SECONDS else paused()) for rule in known]
    arriving = Arriving([*recorded(), *(({**rule.labels, "__name__": rule.record}, samples) for rule, samples in counted)])
    with backfilled_prometheus(tmp_path / "server") as server:
        targets = [(rule.labels, value) for rule in promised for _, value in server.vector(rule.expr, END)]
        at = float(BEGIN)
        compared = 0
        for mark in (REPEATED + 3 * HOUR, END):
            while at < mark + SETTLED:
                at = min(at + dice.choice([300, *[3550] * 9]), mark + SETTLED)
                server.write([
                    *arriving.until(at), *(({**labels, "__name__": names.AGREEMENT_TARGET}, [(at, value)]) for labels, value in targets),
                ])
                server.record(names.PERIOD_BOOKED, together(booked), at)
            for rule in figures:
                if rule.record != names.PERIOD_BOOKED:
                    server.record(rule.record, rule.expr, at, {label: value for label, value in rule.labels.items() if value})
            compared += sum(_compared(server, case, at) for case in CASES)
        assert compared == 2 * len(CASES)
        server.write(arriving.until(END + DAY))
        for rule, samples in counted:
            held_by(server, rule, samples)


def test_days_are_rolled_up_and_outlive_a_prometheus_that_is_away(tmp_path: Path) -> None:
    """Every hour up to 9 o'clock on the third day, and again from 7 o'clock on the fifth: the sums of two days are left."""
    case = CASES[0]
    only = catalogue_of([case])
    rules = [rule for group in shared_groups(only, HORIZON) for rule in group.rules if isinstance(rule, RecordingRule)]
    targets = [rule for rule in rules if rule.record == names.AGREEMENT_TARGET]
    booked = [rule for rule in rules if rule.record == names.PERIOD_BOOKED]
    daily = [rule for rule in rules if rule.record == names.PERIOD_DAILY]
    with backfilled_prometheus(tmp_path / "server") as server:
        arriving = Arriving(series for series in recorded() if series[0].get("indicator") == case.name)

        def evaluate(at: int) -> None:
            server.write([
                *arriving.until(at), *(({**rule.labels, "__name__": names.AGREEMENT_TARGET}, [(at, 0.99)]) for rule in targets),
            ])
            server.record(names.PERIOD_BOOKED, together(booked), at)
            server.record(names.PERIOD_DAILY, together(daily), at)

        def sums(metric: str, function: str, at: int) -> dict[str, float]:
            return {labels["part"]: value for labels, value in server.vector(f"{function}({metric}[30d])", at)}

        away, back = BEGIN + 2 * DAY + 9 * HOUR, BEGIN + 4 * DAY + 7 * HOUR
        for mark in (*range(BEGIN + HOUR, away + 1, HOUR), *range(back, back + 3 * HOUR, HOUR)):
            evaluate(mark + SETTLED // 2)
        last = back + 2 * HOUR
        kept = [*case.minutes[: 2 * 1440], *case.minutes[(back - HOUR - BEGIN) // MINUTE : (last - BEGIN) // MINUTE]]
        found = sums(names.PERIOD_BOOKED, "last_over_time", last + SETTLED)
        assert (found["total"], found["bad"]) == tuple(sum(each[number] for each in kept if each) for number in range(2))
        assert found["known"] == MINUTE * sum(each is not None for each in kept)
        days = server.vector(f'count_over_time({names.PERIOD_DAILY}{{part="bad"}}[30d])', last + SETTLED)
        assert [value for _, value in days] == [2]
        of_days = sums(names.PERIOD_DAILY, "sum_over_time", last + SETTLED)
        assert of_days["total"] == sum(each[0] for each in case.minutes[: 2 * 1440] if each)


def _compared(server: Prometheus, case: Case, at: float) -> int:
    """Verdict and figures of a case as of an instant, by both; 1."""
    account = live(OF)[case.name]
    mark = int(at - delay(account, OF.evaluation)) // account.unit * account.unit
    period = MONTH.of(mark - 1).start
    assert period == BEGIN, "what is judged is the month itself"
    outcome = case.outcome(OF, BEGIN, mark)
    found = {
        metric: next(iter(value for labels, value in server.vector(f'{metric}{{agreement="{case.name}"}}', at)))
        for metric in (names.PERIOD_ATTAINED, names.PERIOD_BAD, names.PERIOD_TOTAL, names.PERIOD_UNKNOWN, names.PERIOD_EXCLUDED)
    }
    assert outcome.figure is not None
    assert abs(Fraction(found[names.PERIOD_ATTAINED]) - outcome.figure) <= TOLERANCE, (case.name, mark, found, float(outcome.figure))
    assert (Fraction(found[names.PERIOD_ATTAINED]) >= case.target.objective) == (outcome.figure >= case.target.objective)
    assert found[names.PERIOD_BAD] == pytest.approx(float(outcome.counted), abs=1e-6)
    assert found[names.PERIOD_TOTAL] == pytest.approx(float(outcome.of), abs=1e-6)
    assert found[names.PERIOD_UNKNOWN] == pytest.approx(float(outcome.unknown), abs=1e-6)
    assert found[names.PERIOD_EXCLUDED] == pytest.approx(float(sum(outcome.excluded.values())), abs=1e-6)
    assert outcome.unknown > 0
    return 1
