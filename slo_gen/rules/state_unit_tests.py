"""promtool unit tests for targets on states: gauges of two replicas are the input, of which the one counts that judged last."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from typing import Final

from slo_gen import names
from slo_gen.rules.accounts import Account
from slo_gen.rules.info import Promise, owner
from slo_gen.rules.period_alerts import stages
from slo_gen.rules.period_unit_tests import alert_raised, breached, called, identity_of
from slo_gen.rules.promql import all_of, label_matcher, number
from slo_gen.rules.unit_tests import Expectation, ExpectedAlert, ExpectedCount, InputSeries, UnitTest, UnitTestFile
from slo_gen.spec.model import Catalogue

__all__ = ["state_unit_test_files"]

_MANY: Final = 10**6
"""Seconds of the budget for each unit of its share, so that one more of them is next to nothing."""


def state_unit_test_files(catalogue: Catalogue, accounts: Iterable[Account]) -> Iterator[UnitTestFile]:
    """The tests of the accounts that the exporter judges: one target for each objective."""
    interval = catalogue.evaluation.interval
    for account in accounts:
        if account.watched:
            different = {promise.target.objective: promise for promise in reversed(account.targets)}
            tests = (test for promise in different.values() for test in _tests(catalogue, account, promise, interval))
            yield UnitTestFile(f"states-{account.key}", (f"slm-period-{account.key}",), interval, tuple(tests))


def _tests(catalogue: Catalogue, account: Account, promise: Promise, interval: int) -> Iterator[UnitTest]:
    share = 1 - promise.target.objective if account.floor else promise.target.objective
    allowed, basis = share.numerator * _MANY, share.denominator * _MANY
    told = [Fraction(stage.removesuffix("%")) / 100 for stage, of in stages(account, catalogue).items() if promise.agreement.name in of]
    for used in sorted({0, allowed, allowed + 1, *(int(stage * allowed) + 1 for stage in told if stage < 1)}):
        yield UnitTest(
            f"{used} of {allowed} seconds are used up: {called(promise)}",
            tuple(_inputs(catalogue, account, promise, basis, used, interval)),
            (
                Expectation(5 * interval, names.PERIOD_BREACHED, (breached(catalogue, promise),) if used > allowed else ()),
                Expectation(5 * interval, names.PERIOD_AT_RISK, tuple(_at_risk(catalogue, account, promise, allowed, used))),
            ),
            tuple(_figures(promise, interval, {names.PERIOD_BAD: used, names.PERIOD_BASIS: basis, names.PERIOD_EXCLUDED: 7,
                                               names.PERIOD_BUDGET_LEFT: allowed - used, names.PERIOD_ENDS: 99})),
        )  # fmt: skip


def _at_risk(catalogue: Catalogue, account: Account, promise: Promise, allowed: int, used: int) -> Iterator[ExpectedAlert]:
    if not 0 < used <= allowed:
        return
    for stage, agreements in stages(account, catalogue).items():
        if promise.agreement.name in agreements and Fraction(used, allowed) >= Fraction(stage.removesuffix("%")) / 100:
            texts = (
                f"{called(promise)} is at risk: {stage} of the budget of its period is used up",
                f"{100 * (1 - used / allowed):.4g}% of the budget is left.",
            )
            yield alert_raised(catalogue, promise, texts, stage)


def _figures(promise: Promise, interval: int, figures: Mapping[str, int]) -> Iterator[ExpectedCount]:
    for metric, value in figures.items():
        labels = (label_matcher(*each) for each in identity_of(promise).items())
        yield ExpectedCount(5 * interval, f"sum({all_of(metric, *labels, label_matcher(names.PERIOD, '0'))})", value)


def _inputs(catalogue: Catalogue, account: Account, promise: Promise, basis: int, used: int, interval: int) -> Iterator[InputSeries]:
    """What the replicas tell: one judged an interval ago, and knew of less."""
    labels = [label_matcher(*each) for each in identity_of(promise).items()]
    yield InputSeries(
        all_of(names.AGREEMENT_TARGET, *labels, label_matcher(names.ACCOUNT, account.key)), f"{number(promise.target.objective)}x9"
    )
    team = owner(catalogue, catalogue.indicators[promise.target.indicator])
    owned = [label_matcher(names.TEAM, team)] if team else []
    yield InputSeries(all_of(names.INDICATOR_INFO, label_matcher(names.INDICATOR, promise.target.indicator), *owned), "1x9")
    for instance, behind, counted in (("a", 0, used), ("b", interval, used // 2)):
        replica = (label_matcher("job", "sla-exporter"), label_matcher("instance", instance))
        told = {names.PERIOD_COUNTED: counted, names.PERIOD_IN_ALL: basis, names.PERIOD_LEFT_OUT: 7}
        for metric, value in told.items():
            yield InputSeries(all_of(metric, *labels, *replica), f"{value}x9")
        yield InputSeries(all_of(names.PERIOD_AS_OF, *labels, *replica), f"{9 * interval - behind}+{interval}x9")
        of_agreement = label_matcher(names.AGREEMENT, promise.agreement.name)
        yield InputSeries(all_of(names.TICKETS_PERIOD_START, of_agreement, *replica), "0x9")
        yield InputSeries(all_of(names.TICKETS_PERIOD_END, of_agreement, *replica), "99x9")
