"""No data: an indicator that is meant to exist and records nothing.

Only the total is looked at. An indicator without a single bad event is healthy, not silent, and zero traffic is a
record of zero. Where an indicator is grouped, a group that was seen in the last hours and is gone counts as silent
as long as others of its indicator remain.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Final

from slo_gen import names
from slo_gen.rules.promql import all_of, duration, label_list, one_of
from slo_gen.rules.rule import AlertRule
from slo_gen.rules.shards import Shard
from slo_gen.rules.templates import literal
from slo_gen.rules.windows import half_open
from slo_gen.spec.model import Indicator

__all__ = ["NO_DATA_SEVERITY", "no_data_rules", "remembered"]

NO_DATA_SEVERITY: Final = "ticket"

_REMEMBERED: Final = 6 * 3600


def remembered(silence: int) -> int:
    """Seconds for which a vanished group is remembered: long enough for its alert to fire and be read."""
    return max(_REMEMBERED, 2 * silence)


def no_data_rules(shard: Shard, severities: Mapping[str, str]) -> tuple[AlertRule, ...]:
    """One alert per length of silence that is expected, and one more where indicators are grouped."""
    patient: defaultdict[int, list[Indicator]] = defaultdict(list)
    for indicator in shard.indicators:
        patient[indicator.expected_silence].append(indicator)
    rules: list[AlertRule] = []
    for silence, members in sorted(patient.items()):
        rules.append(_gone(shard, silence, members, severities))
        grouped = [member for member in members if member.by]
        if grouped:
            rules.append(_group_gone(shard, silence, grouped, severities))
    return tuple(rules)


def _gone(shard: Shard, silence: int, members: list[Indicator], severities: Mapping[str, str]) -> AlertRule:
    chosen = one_of(names.INDICATOR, (member.name for member in members))
    identity = label_list((names.INDICATOR, names.SERVICE, names.TEAM))
    meant = f"max by ({identity}) ({all_of(names.INDICATOR_INFO, chosen)})"
    return AlertRule(
        names.INDICATOR_NO_DATA,
        f"{meant} unless on ({names.INDICATOR}) {all_of(names.TOTAL, chosen)}",
        hold=silence,
        labels=_labels(shard, f"{silence}", severities),
        annotations={
            "summary": f"{{{{ $labels.{names.INDICATOR} }}}} has recorded nothing for {duration(silence)}",
            "description": "Neither its burn alerts nor its agreements can be judged. Is the service scraped, and does its selector match?",
        },
    )


def _group_gone(shard: Shard, silence: int, members: list[Indicator], severities: Mapping[str, str]) -> AlertRule:
    chosen = one_of(names.INDICATOR, (member.name for member in members))
    total = all_of(names.TOTAL, chosen)
    seen = f"present_over_time({total}[{half_open(remembered(silence))}])"
    identity = label_list((names.SERVICE, names.TEAM))
    info = f"topk by ({names.INDICATOR}) (1, max by ({names.INDICATOR}, {identity}) ({all_of(names.INDICATOR_INFO, chosen)}))"
    return AlertRule(
        names.INDICATOR_NO_DATA,
        f"({seen} unless {total} and on ({names.INDICATOR}) {total}) * on ({names.INDICATOR}) group_left ({identity}) {info}",
        hold=silence,
        labels=_labels(shard, f"{silence}_group", severities),
        annotations={
            "summary": f"A group of {{{{ $labels.{names.INDICATOR} }}}} has recorded nothing for {duration(silence)}",
            "description": f"It was there within the last {duration(remembered(silence))}, and other groups of the indicator still are.",
        },
    )


def _labels(shard: Shard, which: str, severities: Mapping[str, str]) -> dict[str, str]:
    severity = literal(severities.get(NO_DATA_SEVERITY, NO_DATA_SEVERITY))
    return {names.SEVERITY: severity, f"slm_shard_{shard.key}_{which}": ""}
