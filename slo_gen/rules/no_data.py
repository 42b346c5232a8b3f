"""No data: an indicator that is meant to exist and records nothing.

Only the total is looked at. An indicator without a single bad event is healthy, not silent, and zero traffic is a
record of zero. Where an indicator is grouped, a group that was seen in the last hours and is gone counts as silent
as long as others of its indicator remain.

Silence is a ticket: more often than not a label has changed or a scrape is broken. It is a page as well where it
follows a record and blinds a burn alert that would page: the crash of a whole service leaves nothing to count, and what
burnt before it stops burning. An indicator that never recorded anything pages nobody, nor does a group among others:
the values of a label come and go with processes.
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

__all__ = ["BLINDED_SEVERITY", "NO_DATA_SEVERITY", "no_data_rules", "remembered"]

NO_DATA_SEVERITY: Final = "ticket"
BLINDED_SEVERITY: Final = "page"
"""While the indicator is remembered and an SLO on it pages; besides the ticket."""

_REMEMBERED: Final = 6 * 3600


def remembered(silence: int) -> int:
    """Seconds for which what has vanished is remembered: long enough for its alert to fire and be read."""
    return max(_REMEMBERED, 2 * silence)


def no_data_rules(shard: Shard, severities: Mapping[str, str]) -> tuple[AlertRule, ...]:
    """One alert per length of silence that is expected; one more where SLOs page, and one where indicators are grouped."""
    paged = {slo.indicator for layer in shard.layers if any(pair.severity == "page" for pair in layer.alerts) for slo in layer.slos}
    patient: defaultdict[int, list[Indicator]] = defaultdict(list)
    for indicator in shard.indicators:
        patient[indicator.expected_silence].append(indicator)
    rules: list[AlertRule] = []
    for silence, members in sorted(patient.items()):
        rules.append(_gone(shard, silence, members, severities))
        blinding = [member for member in members if member.name in paged]
        if blinding:
            rules.append(_blinded(shard, silence, blinding, severities))
        grouped = [member for member in members if member.by]
        if grouped:
            rules.append(_group_gone(shard, silence, grouped, severities))
    return tuple(rules)


def _gone(shard: Shard, silence: int, members: list[Indicator], severities: Mapping[str, str]) -> AlertRule:
    return AlertRule(
        names.INDICATOR_NO_DATA,
        _silent(members),
        hold=silence,
        labels=_labels(shard, f"{silence}", NO_DATA_SEVERITY, severities),
        annotations={
            "summary": _summary(silence),
            "description": "Neither its burn alerts nor its agreements can be judged. Is the service scraped, and does its selector match?",
        },
    )


def _blinded(shard: Shard, silence: int, members: list[Indicator], severities: Mapping[str, str]) -> AlertRule:
    total = all_of(names.TOTAL, one_of(names.INDICATOR, (member.name for member in members)))
    memory = remembered(silence)
    return AlertRule(
        names.INDICATOR_NO_DATA,
        f"({_silent(members)}) and on ({names.INDICATOR}) present_over_time({total}[{half_open(memory)}])",
        hold=silence,
        labels=_labels(shard, f"{silence}_page", BLINDED_SEVERITY, severities),
        annotations={
            "summary": _summary(silence),
            "description": f"It was measured within the last {duration(memory)}; now an outage would raise no burn alert, and may be why."
            " Is the service up, and is it scraped?",
        },
    )


def _silent(members: list[Indicator]) -> str:
    """Those of the indicators that are meant to exist and have no total now, and whose they are."""
    chosen = one_of(names.INDICATOR, (member.name for member in members))
    identity = label_list((names.INDICATOR, names.SERVICE, names.TEAM))
    return f"max by ({identity}) ({all_of(names.INDICATOR_INFO, chosen)}) unless on ({names.INDICATOR}) {all_of(names.TOTAL, chosen)}"


def _summary(silence: int) -> str:
    return f"{{{{ $labels.{names.INDICATOR} }}}} has recorded nothing for {duration(silence)}"


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
        labels=_labels(shard, f"{silence}_group", NO_DATA_SEVERITY, severities),
        annotations={
            "summary": f"A group of {{{{ $labels.{names.INDICATOR} }}}} has recorded nothing for {duration(silence)}",
            "description": f"It was there within the last {duration(remembered(silence))}, and other groups of the indicator still are.",
        },
    )


def _labels(shard: Shard, which: str, severity: str, severities: Mapping[str, str]) -> dict[str, str]:
    return {names.SEVERITY: literal(severities.get(severity, severity)), f"slm_shard_{shard.key}_{which}": ""}
