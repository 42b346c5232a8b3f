"""What is counted, per indicator: the base series that every other rule is built on.

``slm:total:increase1m`` and ``slm:bad:increase1m`` are never masked by service hours or exclusions, so that no data
means no data. Indicators that count events stand in groups with the register of their targets' processes; those
that watch a state share groups of their own.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from typing import Final

from slo_gen.rules.counters import counters_of
from slo_gen.rules.ledger import ledger_rules
from slo_gen.rules.processes import Targets, common_matchers, process_rules
from slo_gen.rules.promql import Matcher, one_of, parse_selector
from slo_gen.rules.rule import RecordingRule, RuleGroup
from slo_gen.rules.slots import slot_rules
from slo_gen.spec.model import Catalogue, Evaluation, Events, Indicator, Latency

__all__ = ["LEDGER_RULES", "REGISTER_RULES", "counting_groups", "targets_of"]

REGISTER_RULES: Final = 10
LEDGER_RULES: Final = 5
"""Rules of one register of processes, and of one indicator that is counted exactly."""

_INDICATORS_PER_REGISTER: Final = 50


def targets_of(indicator: Indicator, evaluation: Evaluation) -> Targets:
    """The scraped targets that ``indicator`` may read, and how they are looked at.

    The step is the largest divisor of the interval that is not longer than a scrape. Raises PromqlError for a
    selector that cannot be used.
    """
    matchers: tuple[Matcher, ...] = ()
    if isinstance(indicator.measure, Events | Latency):
        matchers = common_matchers(counters_of(indicator.measure).selectors(), indicator.target_labels)
    interval = evaluation.interval
    step = max(n for n in range(1, min(indicator.scrape_interval, interval) + 1) if interval % n == 0)
    return Targets("", matchers, indicator.target_labels, interval, step, evaluation.settling, indicator.bridge)


def counting_groups(catalogue: Catalogue, rules_per_group: int | None = None) -> tuple[RuleGroup, ...]:
    """The groups of all indicators, none of more than ``rules_per_group`` rules if that is not impossibly few.

    Raises PromqlError for a selector that cannot be used; the check ``selector-syntax`` finds those first.
    """
    counted: list[Indicator] = []
    watched: list[Indicator] = []
    for name in sorted(catalogue.indicators):
        indicator = catalogue.indicators[name]
        (counted if isinstance(indicator.measure, Events | Latency) else watched).append(indicator)
    evaluation = catalogue.evaluation
    groups = (*_ledger_groups(counted, evaluation, rules_per_group), *_slot_groups(watched, evaluation, rules_per_group))
    return tuple(sorted(groups, key=lambda group: group.name))


# --- events --------------------------------------------------------------------------------------------------


def _ledger_groups(members: Sequence[Indicator], evaluation: Evaluation, limit: int | None) -> Iterator[RuleGroup]:
    """Groups of indicators that are looked at alike, each with one register of all their targets.

    Where the targets are told apart by nothing but their job, the register covers the jobs of the whole group: it
    costs about the same for fifty jobs as for one.
    """
    alike: defaultdict[tuple[Targets, bool], list[tuple[Indicator, Targets]]] = defaultdict(list)
    for member in members:
        targets = targets_of(member, evaluation)
        by_job = len(targets.matchers) == 1 and targets.matchers[0].label == "job" and targets.matchers[0].op == "="
        alike[replace(targets, matchers=()) if by_job else targets, by_job].append((member, targets))
    for (shared, by_job), indicators in alike.items():
        key = f"{zlib.crc32(repr((shared, by_job)).encode()):08x}"
        for place, placed in _dealt(indicators, _ledger_room(limit)):
            jobs = {targets.matchers[0].value for _, targets in placed} if by_job else set()
            targets = replace(shared, matchers=_any_job(jobs)) if by_job else shared
            own = replace(targets, name=f"{key}-{place}")
            rules = [*process_rules(own), *(rule for member, _ in placed for rule in _counted(member, own))]
            yield RuleGroup(f"slm-count-{own.name}", shared.interval, tuple(rules))


def _ledger_room(limit: int | None) -> int:
    """How many indicators fit into a group beside their register."""
    return _INDICATORS_PER_REGISTER if limit is None else max(1, (limit - REGISTER_RULES) // LEDGER_RULES)


def _any_job(jobs: Collection[str]) -> tuple[Matcher, ...]:
    return parse_selector(f"{{{one_of('job', jobs)}}}").matchers


def _counted(indicator: Indicator, targets: Targets) -> tuple[RecordingRule, ...]:
    assert isinstance(indicator.measure, Events | Latency)
    return ledger_rules(indicator.name, counters_of(indicator.measure), indicator.by, targets, indicator.counting)


# --- states --------------------------------------------------------------------------------------------------


def _slot_groups(members: Sequence[Indicator], evaluation: Evaluation, limit: int | None) -> Iterator[RuleGroup]:
    room = evaluation.shard_size if limit is None else max(1, limit // 2)
    for place, placed in _dealt([(member, targets_of(member, evaluation)) for member in members], room):
        rules = [rule for member, targets in placed for rule in _watched(member, targets)]
        yield RuleGroup(f"slm-watch-{place}", evaluation.interval, tuple(rules))


def _watched(indicator: Indicator, targets: Targets) -> tuple[RecordingRule, ...]:
    assert not isinstance(indicator.measure, Events | Latency)
    return slot_rules(indicator.name, indicator.measure, indicator.by, targets)


# --- dealing -------------------------------------------------------------------------------------------------


def _dealt(members: Sequence[tuple[Indicator, Targets]], room: int) -> Iterator[tuple[str, Sequence[tuple[Indicator, Targets]]]]:
    """``members`` in groups of at most ``room``; a member's place follows from its name and the number of places."""
    count = 1
    while len(members) * 4 > count * room * 3:
        count *= 2
    places: defaultdict[int, list[tuple[Indicator, Targets]]] = defaultdict(list)
    for member in members:
        places[zlib.crc32(member[0].name.encode()) % count].append(member)
    for place in sorted(places):
        for part, start in enumerate(range(0, len(places[place]), room)):
            yield f"{place}" + (f"-{part}" if part else ""), places[place][start : start + room]
