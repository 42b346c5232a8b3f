"""Period to date of targets on states: what the exporter has judged from its record, as the series that all periods have.

The exporter counts to the second and knows hours, exclusions and runs, so nothing is added up here. Of its replicas the one counts that
has judged last. Alerts, credits and claims are those of every other target.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from slo_gen import names
from slo_gen.rules.accounts import Account
from slo_gen.rules.period_rules import IDENTITY
from slo_gen.rules.promql import all_of, label_list, label_matcher, quote
from slo_gen.rules.rule import RecordingRule, RuleGroup
from slo_gen.rules.shards import marker
from slo_gen.spec.model import Evaluation

__all__ = ["GAUGES", "state_group"]

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


def _rules(account: Account) -> Iterator[RecordingRule]:
    apart = marker(f"period_{account.key}")
    promised = f"max by ({_PAIR}) ({all_of(names.AGREEMENT_TARGET, label_matcher(names.ACCOUNT, account.key))})"

    def told(gauge: str) -> str:
        """A gauge of the account's targets as the replica tells it that has judged last, in its period."""
        as_of = names.PERIOD_AS_OF
        newest = f"{as_of} == on ({_PAIR}) group_left () max by ({_PAIR}) ({as_of})"
        of_newest = f"max by ({label_list(IDENTITY)}) ({gauge} and on (job, instance, {_PAIR}) ({newest}))"
        in_period = f"* on ({names.AGREEMENT}) group_left ({names.PERIOD}) {_period()}"
        return f"{of_newest}\n* on ({_PAIR}) group_left () ({promised} ^ 0)\n{in_period}"

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
