"""promtool unit tests for the alerts about periods: the figures are the input, what must fire is worked out from the documents."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from slo_gen import names
from slo_gen.rules.accounts import STEP, Account
from slo_gen.rules.calendar_tables import ENDING_NOTICE, ENDING_SEVERITY, Horizon
from slo_gen.rules.info import Promise, owner
from slo_gen.rules.period_alerts import PERIOD_SEVERITY
from slo_gen.rules.promql import all_of, label_matcher
from slo_gen.rules.unit_tests import Expectation, ExpectedAlert, InputSeries, UnitTest, UnitTestFile
from slo_gen.spec.model import Catalogue

__all__ = ["period_unit_test_files"]

_EVALUATIONS: Final = 100
"""promtool begins in 1970; so many evaluations are few enough to wait for."""


def period_unit_test_files(catalogue: Catalogue, accounts: tuple[Account, ...], horizon: Horizon) -> Iterator[UnitTestFile]:
    """The tests of the alerts of all accounts, and of the one about the tables."""
    step = -(-(horizon.end - ENDING_NOTICE + 1) // _EVALUATIONS)
    yield UnitTestFile("calendar", ("slm-calendar",), step, (_ending(catalogue, horizon, step),))
    for account in accounts:
        tests = (_budget(catalogue, account, "used up", "-0.01", "-5"), _budget(catalogue, account, "untouched", "1", "5"))
        yield UnitTestFile(f"period-{account.key}", (f"slm-period-{account.key}",), STEP, tests)


def _ending(catalogue: Catalogue, horizon: Horizon, step: int) -> UnitTest:
    """It fires just after the sixtieth day before the end, and not one evaluation earlier."""
    first = step * _EVALUATIONS
    severity = catalogue.evaluation.severity_names.get(ENDING_SEVERITY, ENDING_SEVERITY)
    left = _humanized(horizon.end - first)
    raised = ExpectedAlert({names.SEVERITY: severity}, {
        "summary": f"The tables of calendars and periods in the rules end in {left}",
        "description": "After that no agreement is evaluated. Run slo-gen compile again and load the new rules.",
    })
    early = Expectation(first - step, names.CALENDAR_ENDING, ())
    return UnitTest("the tables end", (), (early, Expectation(first, names.CALENDAR_ENDING, (raised,))))


def _humanized(seconds: int) -> str:
    """As Prometheus writes durations of days."""
    days, rest = divmod(seconds, 86_400)
    hours, rest = divmod(rest, 3600)
    minutes, rest = divmod(rest, 60)
    return f"{days}d {hours}h {minutes}m {rest}s"


def _budget(catalogue: Catalogue, account: Account, name: str, ratio: str, left: str) -> UnitTest:
    inputs: list[InputSeries] = []
    for promise in account.targets:
        labels = [label_matcher(*each) for each in _identity(promise).items()]
        period = label_matcher(names.PERIOD, "0")
        chosen = label_matcher(names.ACCOUNT, account.key)
        inputs += [
            InputSeries(all_of(names.AGREEMENT_TARGET, *labels, chosen), "0.9x2"),
            InputSeries(all_of(names.PERIOD_BUDGET_LEFT_RATIO, *labels, period), f"{ratio}x2"),
            InputSeries(all_of(names.PERIOD_BUDGET_LEFT, *labels, period), f"{left}x2"),
        ]
    for indicator in sorted({promise.target.indicator for promise in account.targets}):
        team = owner(catalogue, catalogue.indicators[indicator])
        owned = [label_matcher(names.TEAM, team)] if team else []
        inputs.append(InputSeries(all_of(names.INDICATOR_INFO, label_matcher(names.INDICATOR, indicator), *owned), "1x2"))
    raised = tuple(_breached(catalogue, promise) for promise in account.targets) if left.startswith("-") else ()
    return UnitTest(f"the budget is {name}", tuple(inputs), (
        Expectation(STEP, names.PERIOD_BREACHED, raised), Expectation(STEP, names.PERIOD_AT_RISK, ()),
    ))


def _identity(promise: Promise) -> dict[str, str]:
    party = names.CUSTOMER if promise.agreement.party.kind == "customer" else names.PARTY
    return {
        names.AGREEMENT: promise.agreement.name, names.TARGET: promise.target.name, names.INDICATOR: promise.target.indicator,
        names.SERVICE: promise.agreement.service, party: promise.agreement.party.name,
    }


def _breached(catalogue: Catalogue, promise: Promise) -> ExpectedAlert:
    team = owner(catalogue, catalogue.indicators[promise.target.indicator])
    severity = catalogue.evaluation.severity_names.get(PERIOD_SEVERITY, PERIOD_SEVERITY)
    labels = {**_identity(promise), names.PERIOD: "0", names.SEVERITY: severity, names.TEAM: team}
    return ExpectedAlert({key: text for key, text in labels.items() if text}, {
        "summary": f"{promise.target.name} of {promise.agreement.name} is missed: the budget of its period is used up",
        "description": "What has happened so far breaks it, whatever comes until the end of the period."
        " The figure is indicative until the period is closed.",
    })


