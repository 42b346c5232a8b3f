"""Tickets about the step of an agreement's credits that its running period has reached for certain.

What is owed follows from the figure of the whole period, so a step is reached only when that figure lies in it even if nothing bad
happens any more. As ``contract.credits`` does, the largest of several steps counts; the alert of a smaller one ends then.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from slo_gen import names
from slo_gen.contract.credits import is_on_its_scale
from slo_gen.contract.rounding import part_words, seconds_text
from slo_gen.rules.accounts import Account
from slo_gen.rules.info import Promise
from slo_gen.rules.period_alerts import PERIOD_SEVERITY, TARGET, period_alert, series_of
from slo_gen.rules.promql import label_matcher, number, one_of
from slo_gen.rules.rule import AlertRule
from slo_gen.rules.templates import literal
from slo_gen.spec.model import Catalogue
from slo_gen.spec.terms import Bound, Tier

__all__ = ["CreditSteps", "credit_alerts", "credit_steps", "credit_texts", "step_text"]

_FLIPPED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}


@dataclass(frozen=True, slots=True)
class CreditSteps:
    """What targets must have in common to share the rules of their steps."""

    target: str
    objective: Fraction
    floor: bool
    limit: bool
    tiers: tuple[Tier, ...]

    def at(self, figure: Fraction) -> tuple[Tier, ...]:
        """The steps that are told of at a figure of the whole period."""
        reached = [tier for tier in self.tiers if tier.holds(figure)]
        return tuple(tier for tier in reached if not any(_gives_more(other, tier) for other in reached))

    def left(self, figure: Fraction, basis: int) -> Fraction:
        """What is left of the budget at a figure of the whole period."""
        left = figure - self.objective if self.floor else self.objective - figure
        return left if self.limit else left * basis


def credit_steps(account: Account) -> Mapping[CreditSteps, tuple[Promise, ...]]:
    """The scales of credits in an account, and the targets that earn by them."""
    found: defaultdict[CreditSteps, list[Promise]] = defaultdict(list)
    for promise in account.targets:
        tiers = _tiers(promise)
        if tiers:
            found[CreditSteps(promise.target.name, promise.target.objective, account.floor, account.limit, tiers)].append(promise)
    return {steps: tuple(targets) for steps, targets in found.items()}


def credit_alerts(account: Account, catalogue: Catalogue) -> Iterator[AlertRule]:
    """One alert for each step of the credits that targets of the account can earn."""
    severity = literal(catalogue.evaluation.severity_names.get(PERIOD_SEVERITY, PERIOD_SEVERITY))
    for place, (steps, targets) in enumerate(credit_steps(account).items()):
        agreements = [promise.agreement.name for promise in targets]
        for tier in steps.tiers:
            larger = [_reached(account, steps, agreements, other) for other in steps.tiers if _gives_more(other, tier)]
            condition = _reached(account, steps, agreements, tier)
            if larger:
                condition = f"{condition}\nunless ({' or '.join(larger)})"
            summary, description = credit_texts(TARGET, literal(step_text(tier)))
            yield period_alert(
                account, names.CREDIT_STEP, condition, severity, summary, description,
                stage=step_text(tier), apart=f"credit_{place}_{steps.tiers.index(tier)}",
            )  # fmt: skip


def credit_texts(target: str, step: str) -> tuple[str, str]:
    """Summary and description of the alert about a target that has reached a step."""
    return (
        f"{target} has reached the step of its credits that gives {step}",
        "What has happened so far brings its period into this step, whatever comes until the end."
        " What is owed is known when the period is closed.",
    )


def step_text(tier: Tier) -> str:
    """What a step gives: ``25%``, ``500 EUR``, ``3 days``."""
    if tier.credit is not None:
        return f"{part_words(tier.credit)}"
    if tier.amount is not None:
        return f"{number(tier.amount.amount)} {tier.amount.currency}"
    if tier.seconds is not None:
        return f"the fee for {seconds_text(tier.seconds)}"
    assert tier.days is not None
    return f"{number(tier.days)} days"


def _tiers(promise: Promise) -> tuple[Tier, ...]:
    """The steps that the figure of a target can be in; () where it earns nothing by steps."""
    terms, target = promise.agreement.credits, promise.target
    if terms is None or (terms.targets and target.name not in terms.targets):
        return ()
    return tuple(tier for tier in terms.tiers if is_on_its_scale(tier, target.bound))


def _gives_more(one: Tier, other: Tier) -> bool:
    """Of two steps that give the same kind of thing."""
    if one.credit is not None and other.credit is not None:
        return one.credit > other.credit
    if one.amount is not None and other.amount is not None:
        return one.amount.amount > other.amount.amount
    if one.seconds is not None and other.seconds is not None:
        return one.seconds > other.seconds
    return one.days is not None and other.days is not None and one.days > other.days


def _reached(account: Account, steps: CreditSteps, agreements: list[str], tier: Tier) -> str:
    bounds = [bound for bound in (tier.when, tier.until) if bound is not None]
    return f"({' and '.join(_beyond(account, steps, agreements, bound) for bound in bounds)})"


def _beyond(account: Account, steps: CreditSteps, agreements: list[str], bound: Bound) -> str:
    """Where the best figure that the whole period can still have is on this side of a bound.

    It is what the objective is, plus (for a ceiling minus) the share of the whole period that is left of the budget; for a time, what is
    left.
    """
    chosen = (label_matcher(names.TARGET, steps.target), one_of(names.AGREEMENT, agreements))
    left, basis = (series_of(account, metric, *chosen) for metric in (names.PERIOD_BUDGET_LEFT, names.PERIOD_BASIS))
    share = bound.value - steps.objective if steps.floor else steps.objective - bound.value
    op = bound.op if steps.floor else _FLIPPED[bound.op]
    far = number(share) if steps.limit else f"{basis} * {number(share)}"
    return f"(round({left} - {far}, 1e-6) {op} 0)"
