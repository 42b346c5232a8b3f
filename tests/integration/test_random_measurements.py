"""Random measurements on random minutes, through the period rules of a real Prometheus: the figures of exact arithmetic."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from backfilled_prometheus import Prometheus, Series, backfilled_prometheus, together
from period_cases import DAY, HOUR, MINUTE, Case, catalogue_of, sold, thrown_measure, traffic

from slo_gen import names
from slo_gen.rules.accounts import Account, accounts
from slo_gen.rules.calendar_tables import Horizon
from slo_gen.rules.compile import shared_groups
from slo_gen.rules.period import delay
from slo_gen.rules.rule import RecordingRule
from slo_gen.spec.model import Catalogue
from slo_gen.timekeeping.periods import Periods

pytestmark = pytest.mark.integration

START = 20_635 * DAY
"""A first of a month in UTC."""

HORIZON = Horizon(START - DAY, START + DAY)
MINUTES = 9 * 60
FIGURES = (names.PERIOD_ATTAINED, names.PERIOD_BAD, names.PERIOD_TOTAL, names.PERIOD_UNKNOWN, names.PERIOD_EXCLUDED)


def test_any_measurement_comes_to_the_same_on_a_server(tmp_path: Path) -> None:
    """Samples come in the order of time, and evaluations are as irregular as those of a server under load."""
    assert Periods("month").of(START).start == START
    dice = random.Random(2026)
    cases = _thrown(dice, 12)
    of = catalogue_of(cases)
    live = _live(of)
    groups = [group for group in shared_groups(of, HORIZON) if group.name.startswith("slm-period-")]
    rules = [rule for group in groups for rule in group.rules if isinstance(rule, RecordingRule)]
    booked = [rule for rule in rules if rule.record == names.PERIOD_BOOKED]
    promised = [rule for group in shared_groups(of, HORIZON) for rule in group.rules
                if isinstance(rule, RecordingRule) and rule.record == names.AGREEMENT_TARGET]  # fmt: skip
    with backfilled_prometheus(tmp_path / "server") as server:
        written, at, compared = START, START + 2.0 * MINUTE, 0
        for end in (START + 4 * HOUR + 7 * MINUTE, START + 8 * HOUR + 31 * MINUTE):
            while at < end:
                at = min(at + dice.choice([300, 311.5, 900, 1800, 2999, 3000, 3550]), end)
                server.write(_recorded(cases, written, at))
                written = at
                targets = [(rule.labels, value) for rule in promised for _, value in server.vector(rule.expr, at)]
                server.write([({**labels, "__name__": names.AGREEMENT_TARGET}, [(at, value)]) for labels, value in targets])
                server.record(names.PERIOD_BOOKED, together(booked), at)
            for rule in rules:
                if rule.record != names.PERIOD_BOOKED:
                    server.record(rule.record, rule.expr, at, {label: value for label, value in rule.labels.items() if value})
            compared += sum(_compared(server, of, case, live[case.name], at) for case in cases)
        assert compared > len(cases), "most of what was thrown has a figure"


def _thrown(dice: random.Random, count: int) -> list[Case]:
    """Measurements that rules can express."""
    found: list[Case] = []
    while len(found) < count:
        name = f"c{len(found)}"
        case = Case(name, sold(name, thrown_measure(dice)), traffic(dice, MINUTES), START)
        if _live(catalogue_of([case])):
            found.append(case)
    return found


def _live(of: Catalogue) -> dict[str, Account]:
    found, _ = accounts(of, HORIZON)
    return {promise.agreement.name: account for account in found for promise in account.targets}


def _recorded(cases: list[Case], after: float, until: float) -> Iterator[Series]:
    """The records made in ``(after, until]``: that of a minute is made a minute after its end."""
    for case in cases:
        for metric, number in ((names.TOTAL, 0), (names.BAD, 1)):
            marks = ((START + (place + 2) * MINUTE, each) for place, each in enumerate(case.minutes))
            samples = [(float(mark), float(each[number])) for mark, each in marks if each is not None and after < mark <= until]
            if samples:
                yield {"__name__": metric, "indicator": case.name}, samples


def _compared(server: Prometheus, of: Catalogue, case: Case, account: Account, at: float) -> bool:
    """Whether there was a figure, which is the same by both."""
    mark = int(at - delay(account, of.evaluation)) // account.unit * account.unit
    outcome = case.outcome(of, START, mark)
    chosen = f'{{agreement="{case.name}", period="{START}"}}'
    found = {metric: [value for _, value in server.vector(f"{metric}{chosen}", at)] for metric in FIGURES}
    if outcome.figure is None:
        assert found[names.PERIOD_ATTAINED] == [], (case.target.measure, found)
        return False
    exact = (outcome.figure, outcome.counted, outcome.of, outcome.unknown, Fraction(sum(outcome.excluded.values())))
    for metric, value in zip(FIGURES, exact, strict=True):
        assert found[metric] == [pytest.approx(float(value), rel=1e-12, abs=1e-9)], (metric, case.target.measure, mark - START)
    return True
