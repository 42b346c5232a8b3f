"""promtool unit tests for the alerts about periods: the figures are the input, what must fire is worked out from the documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from itertools import pairwise
from typing import Final

from slo_gen import names
from slo_gen.rules.accounts import STEP, Account
from slo_gen.rules.agreement_pages import filled_address
from slo_gen.rules.calendar_tables import ENDING_NOTICE, ENDING_SEVERITY, Horizon
from slo_gen.rules.claim_rules import CLAIM_NOTICE, claim_texts, claims
from slo_gen.rules.credit_alerts import CreditSteps, credit_steps, credit_texts, step_text
from slo_gen.rules.info import Promise, owner
from slo_gen.rules.period_alerts import PERIOD_SEVERITY
from slo_gen.rules.promql import all_of, label_matcher, number
from slo_gen.rules.unit_tests import Expectation, ExpectedAlert, InputSeries, UnitTest, UnitTestFile
from slo_gen.spec.model import Catalogue

__all__ = ["alert_raised", "breached", "called", "identity_of", "period_unit_test_files"]

_BASIS: Final = 10**9
"""A basis by which figures with many decimals make whole numbers."""

_EVALUATIONS: Final = 20
"""promtool begins in 1970; so many evaluations are few enough to wait for."""


def period_unit_test_files(catalogue: Catalogue, accounts: tuple[Account, ...], horizon: Horizon) -> Iterator[UnitTestFile]:
    """The tests of the alerts of all accounts, and of the one about the tables."""
    step = -(-(horizon.end - ENDING_NOTICE + 1) // _EVALUATIONS)
    yield UnitTestFile("calendar", ("slm-calendar",), step, (_ending(catalogue, horizon, step),))
    for account in accounts:
        tests = (
            _budget(catalogue, account, "used up", "-0.01", "-5"), _budget(catalogue, account, "untouched", "1", "5"),
            *_credits(catalogue, account), *_claims(catalogue, account),
        )  # fmt: skip
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
    figures = {names.PERIOD_BUDGET_LEFT_RATIO: ratio, names.PERIOD_BUDGET_LEFT: left}
    raised = tuple(breached(catalogue, promise) for promise in account.targets) if left.startswith("-") else ()
    return UnitTest(f"the budget is {name}", tuple(_inputs(catalogue, account, account.targets, figures)), (
        Expectation(STEP, names.PERIOD_BREACHED, raised), Expectation(STEP, names.PERIOD_AT_RISK, ()),
    ))


def _inputs(catalogue: Catalogue, account: Account, targets: Iterable[Promise], figures: Mapping[str, str]) -> Iterator[InputSeries]:
    """Targets with these figures, each by its metric, and the owners of their indicators."""
    targets = tuple(targets)
    for promise in targets:
        labels = [label_matcher(*each) for each in identity_of(promise).items()]
        yield InputSeries(all_of(account.promised, *labels, label_matcher(names.ACCOUNT, account.key)), "0.9x2")
        for metric, value in figures.items():
            name, _, stage = metric.partition("/")
            more = [label_matcher(names.STAGE, stage)] if stage else []
            yield InputSeries(all_of(name, *labels, label_matcher(names.PERIOD, "0"), *more), f"{value}x2")
    for indicator in sorted({promise.target.indicator for promise in targets}):
        team = owner(catalogue, catalogue.indicators[indicator])
        owned = [label_matcher(names.TEAM, team)] if team else []
        yield InputSeries(all_of(names.INDICATOR_INFO, label_matcher(names.INDICATOR, indicator), *owned), "1x2")


def _credits(catalogue: Catalogue, account: Account) -> Iterator[UnitTest]:
    """Each step at, between and beyond the bounds of the scale."""
    for steps, targets in credit_steps(account).items():
        for figure in _figures(steps):
            raised = tuple(
                alert_raised(catalogue, promise, credit_texts(called(promise), step_text(tier)), step_text(tier))
                for tier in steps.at(figure) for promise in targets
            )
            left = number(steps.left(figure, _BASIS))
            figures = {names.PERIOD_BUDGET_LEFT: left, names.PERIOD_BASIS: f"{_BASIS}"}
            shown = f"{number(figure)}s" if steps.limit else f"{number(figure * 100)}%"
            yield UnitTest(
                f"{steps.target} ends at {shown} at best", tuple(_inputs(catalogue, account, targets, figures)),
                (Expectation(STEP, names.CREDIT_STEP, raised),),
            )  # fmt: skip


def _figures(steps: CreditSteps) -> list[Fraction]:
    bounds = {bound.value for tier in steps.tiers for bound in (tier.when, tier.until) if bound is not None}
    most = 2 * max(bounds) if steps.limit else Fraction(1)
    known = sorted({Fraction(0), most, *bounds})
    return sorted({*known, *((low + high) / 2 for low, high in pairwise(known))})


def _claims(catalogue: Catalogue, account: Account) -> Iterator[UnitTest]:
    """A deadline that is near, one that is not, and one that has passed."""
    for step, targets in claims(account).items():
        for name, deadline in (("near", STEP + CLAIM_NOTICE - 1), ("far", STEP + CLAIM_NOTICE), ("over", STEP)):
            texts = (claim_texts(step, called(promise), _humanized(deadline - STEP)) for promise in targets)
            raised = tuple(alert_raised(catalogue, *each, step.stage) for each in zip(targets, texts, strict=True))
            yield UnitTest(
                f"the deadline to {step.stage} is {name}",
                tuple(_inputs(catalogue, account, targets, {f"{names.CLAIM_DEADLINE}/{step.stage}": f"{deadline}"})),
                (Expectation(STEP, names.CLAIM_DEADLINE_NEAR, raised if name == "near" else ()),),
            )


def identity_of(promise: Promise) -> dict[str, str]:
    """The labels of what is recorded of a target."""
    party = names.CUSTOMER if promise.agreement.party.kind == "customer" else names.PARTY
    return {
        names.AGREEMENT: promise.agreement.name, names.TARGET: promise.target.name, names.INDICATOR: promise.target.indicator,
        names.SERVICE: promise.agreement.service, party: promise.agreement.party.name,
    }


def called(promise: Promise) -> str:
    """As alerts call a target."""
    return f"{promise.target.name} of {promise.agreement.name}"


def breached(catalogue: Catalogue, promise: Promise) -> ExpectedAlert:
    """The alert about a budget that is used up."""
    return alert_raised(catalogue, promise, (
        f"{called(promise)} is missed: the budget of its period is used up",
        "What has happened so far breaks it, whatever comes until the end of the period."
        " The figure is indicative until the period is closed.",
    ))


def alert_raised(catalogue: Catalogue, promise: Promise, texts: tuple[str, str], stage: str = "") -> ExpectedAlert:
    """An alert about a target in the period that began in 1970, with its summary and description."""
    team = owner(catalogue, catalogue.indicators[promise.target.indicator])
    severity = catalogue.evaluation.severity_names.get(PERIOD_SEVERITY, PERIOD_SEVERITY)
    labels = {**identity_of(promise), names.PERIOD: "0", names.SEVERITY: severity, names.TEAM: team, names.STAGE: stage}
    summary, description = texts
    address = filled_address(catalogue.evaluation.agreement_page, labels)
    return ExpectedAlert(
        {key: text for key, text in labels.items() if text}, {"summary": summary, "description": description, **address}
    )  # fmt: skip
