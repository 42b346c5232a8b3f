"""Period to date of targets on states: what the exporter has judged from its record, as the series that all periods have.

The exporter counts to the second and knows hours, exclusions and runs, so nothing is added up here. Of its replicas the one counts that
has judged last. Alerts, credits and claims are those of every other target. What is promised of the longest outage, of their number or
of minutes has no share of a period, but a verdict: it is missed once it is missed, whatever comes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Final

from slo_gen import names
from slo_gen.rules.accounts import Account
from slo_gen.rules.info import IN_FORCE, Promise
from slo_gen.rules.period_alerts import PERIOD_SEVERITY, TARGET, target_alert
from slo_gen.rules.period_rules import IDENTITY
from slo_gen.rules.promql import all_of, label_list, label_matcher, one_of, quote
from slo_gen.rules.rule import RecordingRule, RuleGroup
from slo_gen.rules.shards import marker
from slo_gen.rules.templates import literal
from slo_gen.spec.model import Catalogue, Evaluation

__all__ = ["GAUGES", "ceilings", "newest", "state_group", "verdict_group"]

_PAIR: Final = label_list((names.AGREEMENT, names.TARGET))

GAUGES: Final = (
    (names.PERIOD_BAD, names.PERIOD_COUNTED),
    (names.PERIOD_TOTAL, names.PERIOD_SO_FAR),
    (names.PERIOD_UNKNOWN, names.PERIOD_UNSEEN),
    (names.PERIOD_EXCLUDED, names.PERIOD_LEFT_OUT),
    (names.PERIOD_ATTAINED, names.PERIOD_FIGURE),
    (names.PERIOD_ATTAINED_LOWER, names.PERIOD_FIGURE_LOWER),
    (names.PERIOD_ATTAINED_UPPER, names.PERIOD_FIGURE_UPPER),
    (names.PERIOD_BASIS, names.PERIOD_IN_ALL),
)
"""Series of a period, and the gauges of the exporter that they are."""


def state_group(account: Account, evaluation: Evaluation) -> RuleGroup:
    """All rules of an account that the exporter watches."""
    return RuleGroup(f"slm-period-{account.key}", evaluation.interval, tuple(_rules(account)))


def ceilings(catalogue: Catalogue) -> tuple[Promise, ...]:
    """The targets in force on watched indicators that may not exceed a time or a number, in the order of the agreements."""
    return tuple(
        Promise(agreement, target)
        for agreement in catalogue.agreements.values() if agreement.state == IN_FORCE
        for target in agreement.targets
        if target.unit != "%" and target.direction == "at most" and catalogue.states_decide(target)
    )  # fmt: skip


def verdict_group(catalogue: Catalogue) -> RuleGroup:
    """The alert of the targets that are no share, by the verdict of the exporter; without a rule where there is none."""
    by_target: defaultdict[str, list[str]] = defaultdict(list)
    for promise in ceilings(catalogue):
        by_target[promise.target.name].append(promise.agreement.name)
    missed = label_matcher(names.VERDICT, "missed")
    chosen = " or ".join(
        newest(all_of(names.PERIOD_VERDICT, label_matcher(names.TARGET, target), one_of(names.AGREEMENT, agreements), missed))
        for target, agreements in sorted(by_target.items())
    )
    severity = literal(catalogue.evaluation.severity_names.get(PERIOD_SEVERITY, PERIOD_SEVERITY))
    rules = (
        target_alert(
            names.PERIOD_BREACHED, f"({chosen})\n* on ({names.AGREEMENT}) group_left ({names.PERIOD}) {_period()} == 1", severity,
            f"{TARGET} is missed", "What has happened so far breaks it, whatever comes until the end of the period."
            " The figure is indicative until the period is closed.", marker="slm_shard_states",
        ),
    )  # fmt: skip
    return RuleGroup("slm-states", catalogue.evaluation.interval, rules if by_target else ())


def newest(gauge: str, *kept: str) -> str:
    """A gauge of targets as the replica tells it that has judged last; ``kept`` are labels beside those that tell a target."""
    as_of = names.PERIOD_AS_OF
    newest = f"{as_of} == on ({_PAIR}) group_left () max by ({_PAIR}) ({as_of})"
    return f"max by ({label_list((*IDENTITY, *kept))}) ({gauge} and on (job, instance, {_PAIR}) ({newest}))"


def _rules(account: Account) -> Iterator[RecordingRule]:
    apart = marker(f"period_{account.key}")
    promised = f"max by ({_PAIR}) ({all_of(names.AGREEMENT_TARGET, label_matcher(names.ACCOUNT, account.key))})"

    def told(gauge: str) -> str:
        """A gauge of the account's targets as the replica tells it that has judged last, in its period."""
        in_period = f"* on ({names.AGREEMENT}) group_left ({names.PERIOD}) {_period()}"
        return f"{newest(gauge)}\n* on ({_PAIR}) group_left () ({promised} ^ 0)\n{in_period}"

    for metric, edge in ((names.PERIOD_STARTED, names.TICKETS_PERIOD_START), (names.PERIOD_ENDS, names.TICKETS_PERIOD_END)):
        instant = f"max by ({names.AGREEMENT}) ({edge})"
        yield RecordingRule(metric, f"0 * ({told(names.PERIOD_AS_OF)})\n+ on ({names.AGREEMENT}) group_left () {instant}", apart)
    for metric, gauge in GAUGES:
        yield RecordingRule(metric, told(gauge), apart)
    share = f"round(1 - {promised}, 1e-12)" if account.floor else promised
    allowed = f"({told(names.PERIOD_IN_ALL)}) * on ({_PAIR}) group_left () ({share})"
    counted = f"on ({_PAIR}) group_left () max by ({_PAIR}) ({told(names.PERIOD_COUNTED)})"
    yield RecordingRule(names.PERIOD_BUDGET_LEFT, f"round({allowed}\n- {counted}, 1e-6)", apart)
    least = f"max by ({_PAIR}) ({allowed}) > 0"
    used = f"({told(names.PERIOD_COUNTED)})\n/ on ({_PAIR}) group_left () ({least})"
    yield RecordingRule(names.PERIOD_BUDGET_LEFT_RATIO, f"1 - {used}", apart)


def _period() -> str:
    """1 for each agreement, labelled with the start of its present period."""
    start = f"max by ({names.AGREEMENT}) ({names.TICKETS_PERIOD_START})"
    return f"count_values by ({names.AGREEMENT}) ({quote(names.PERIOD)}, {start})"
