"""The whole of the rules: a resolved catalogue in, groups of rules and problems out.

``_SHARED`` names the order of what a shard evaluates. Everything in it is a function of the shard and the
catalogue alone; nothing looks at another shard.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from slo_gen.rules.accounts import Account, accounts, condition_key
from slo_gen.rules.agreement_pages import leading_to
from slo_gen.rules.burn import burn_rules
from slo_gen.rules.calendar_tables import Horizon, calendar_group
from slo_gen.rules.claim_rules import claim_rules
from slo_gen.rules.counting import counting_groups
from slo_gen.rules.credit_alerts import credit_alerts
from slo_gen.rules.info import (
    IN_FORCE,
    Promise,
    agreement_rules,
    indicator_rules,
    limit_rules,
    objective_rules,
    promises,
    without_share,
)
from slo_gen.rules.no_data import no_data_rules
from slo_gen.rules.period_alerts import period_alerts
from slo_gen.rules.period_rules import period_group
from slo_gen.rules.rule import Rule, RuleGroup
from slo_gen.rules.shards import Shard, deal
from slo_gen.rules.state_rules import state_group, verdict_group
from slo_gen.rules.ticket_rules import ticket_group
from slo_gen.rules.verdicts import burn_rate_rules, verdict_rules
from slo_gen.rules.windows import DAY, ROLLUP_STEP, long_window_rules, rollup_rules, short_window_rules
from slo_gen.spec.model import Catalogue, Evaluation
from slo_gen.timekeeping.periods import Periods

__all__ = ["compile_rules", "shared_groups"]


@dataclass(frozen=True, slots=True)
class _Context:
    """What the rules of a shard are made from."""

    shard: Shard
    catalogue: Catalogue
    promised: dict[str, tuple[Promise, ...]]
    limits: tuple[Promise, ...]
    accounts: Mapping[tuple[str, str], str]

    @property
    def evaluation(self) -> Evaluation:
        return self.catalogue.evaluation


def _burn(context: _Context) -> Iterable[Rule]:
    for layer in context.shard.layers:
        yield from burn_rules(layer, context.evaluation.severity_names, context.promised)


def _verdicts(context: _Context, *, long: bool) -> Iterable[Rule]:
    for layer in context.shard.layers:
        if (layer.window >= DAY) == long:
            yield from verdict_rules(layer, context.evaluation)


_Concern = Callable[[_Context], Iterable[Rule]]

_EVERY_INTERVAL: Final[tuple[_Concern, ...]] = (
    lambda context: indicator_rules(context.shard, context.catalogue),
    lambda context: agreement_rules(context.shard, context.promised, context.accounts),
    lambda context: limit_rules(context.shard, context.limits, context.accounts),
    lambda context: objective_rules(context.shard.layers),
    lambda context: short_window_rules(context.shard),
    lambda context: (rule for layer in context.shard.layers for rule in burn_rate_rules(layer)),
    lambda context: _verdicts(context, long=False),
    _burn,
    lambda context: no_data_rules(context.shard, context.evaluation.severity_names),
)
_EVERY_ROLLUP: Final[tuple[_Concern, ...]] = (lambda context: rollup_rules(context.shard, context.evaluation),)
_EVERY_LONG_INTERVAL: Final[tuple[_Concern, ...]] = (
    lambda context: long_window_rules(context.shard),
    lambda context: _verdicts(context, long=True),
)


def compile_rules(
    catalogue: Catalogue, rules_per_group: int | None = None, *, ledger: bool = True, horizon: Horizon | None = None
) -> tuple[RuleGroup, ...]:
    """Every group of a catalogue: the counting of its indicators, then what all shards build on it.

    ``rules_per_group``: the target's limit, so that groups whose order matters are made small enough to begin with;
    the other groups are cut when they are written. ``ledger``: see ``counting_groups``. ``horizon``: see
    ``shared_groups``. Raises PromqlError for a selector that cannot be used; the check ``selector-syntax`` finds those first.
    """
    counting = (replace(group, whole=True) for group in counting_groups(catalogue, rules_per_group, ledger=ledger))
    return (*counting, *shared_groups(catalogue, horizon))


def shared_groups(catalogue: Catalogue, horizon: Horizon | None = None) -> tuple[RuleGroup, ...]:
    """The groups that every shard evaluates on top of the counting: windows, verdicts, alerts, info series; then the periods.

    ``horizon``: how far the tables of calendars and periods reach; None leaves agreements without live figures.
    """
    promised, limits = promises(catalogue), without_share(catalogue)
    evaluation = catalogue.evaluation
    summed, _ = accounts(catalogue, horizon) if horizon else ((), {})
    of_target = {(each.agreement.name, each.target.name): account.key for account in summed for each in account.targets}
    groups: list[RuleGroup] = []
    for shard in deal(catalogue):
        context = _Context(shard, catalogue, promised, limits, of_target)
        groups.append(_group("slo", context, evaluation.interval, _EVERY_INTERVAL))
        if evaluation.long_interval == ROLLUP_STEP:
            groups.append(_group("long", context, ROLLUP_STEP, _EVERY_ROLLUP + _EVERY_LONG_INTERVAL))
        else:
            groups.append(_group("rollup", context, ROLLUP_STEP, _EVERY_ROLLUP))
            groups.append(_group("long", context, evaluation.long_interval, _EVERY_LONG_INTERVAL))
    if horizon is not None and catalogue.agreements:
        groups.append(calendar_group(
            catalogue,
            _calendar_periods(catalogue),
            {account.counting for account in summed if not account.watched},
            {condition_key(condition): condition for account in summed for condition in account.conditions},
            horizon,
        ))
        groups.extend(_period_group(account, catalogue) for account in summed)
    for each in (ticket_group(catalogue), verdict_group(catalogue)):
        groups.append(replace(each, rules=tuple(leading_to(each.rules, evaluation.agreement_page))))
    return tuple(group for group in groups if group.rules)


def _group(kind: str, context: _Context, interval: int, concerns: tuple[_Concern, ...]) -> RuleGroup:
    rules = tuple(rule for concern in concerns for rule in concern(context))
    return RuleGroup(f"slm-{kind}-{context.shard.key}", interval, rules)


def _period_group(account: Account, catalogue: Catalogue) -> RuleGroup:
    group = (state_group if account.watched else period_group)(account, catalogue.evaluation)
    alerts = (*period_alerts(account, catalogue), *credit_alerts(account, catalogue), *claim_rules(account, catalogue))
    return replace(group, rules=(*group.rules, *leading_to(alerts, catalogue.evaluation.agreement_page)))


def _calendar_periods(catalogue: Catalogue) -> set[Periods]:
    in_force = (agreement.period for agreement in catalogue.agreements.values() if agreement.state == IN_FORCE)
    return {period for period in in_force if isinstance(period, Periods)}
