"""What is counted, per indicator: the base series that every other rule is built on.

``slm:total:increase1m`` and ``slm:bad:increase1m`` are never masked by service hours or exclusions, so that no data
means no data. Indicators that count events stand in groups with the register of their targets' processes; those
that watch a state share groups of their own.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from slo_gen.rules.counters import Counters, counters_of
from slo_gen.rules.growth import cut_off_rule, growth_rules
from slo_gen.rules.ledger import level_rules, other_level
from slo_gen.rules.processes import CATCH_UP, LIGHT_CATCH_UP, Targets, common_matchers, process_rules
from slo_gen.rules.promql import Matcher, one_of, parse_selector
from slo_gen.rules.rule import RecordingRule, RuleGroup
from slo_gen.rules.server_increase import server_increase_rules
from slo_gen.rules.shards import marker
from slo_gen.rules.slots import slot_rules
from slo_gen.spec.model import Catalogue, Counting, Evaluation, Events, Indicator, Latency

__all__ = ["LEVEL_RULES", "SHARED_RULES", "counting_groups", "targets_of"]

LEVEL_RULES: Final = 2
SHARED_RULES: Final = 16
"""Rules of each indicator that counts events, and those that a group of them shares at the most."""

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
    fresh = indicator.scrape_interval + max(1, indicator.scrape_interval // 4)
    return Targets("", matchers, indicator.target_labels, interval, step, evaluation.settling, indicator.bridge, fresh)


def counting_groups(catalogue: Catalogue, rules_per_group: int | None = None, *, ledger: bool = True) -> tuple[RuleGroup, ...]:
    """The groups of all indicators, none of more than ``rules_per_group`` rules if that is not impossibly few.

    ``ledger``: whether rules of one group see each other's records of the same instant, which the ledger needs.

    Raises PromqlError for a selector that cannot be used; the check ``selector-syntax`` finds those first.
    """
    counted: list[Indicator] = []
    watched: list[Indicator] = []
    for name in sorted(catalogue.indicators):
        indicator = catalogue.indicators[name]
        (counted if isinstance(indicator.measure, Events | Latency) else watched).append(indicator)
    evaluation = catalogue.evaluation
    events = _ledger_groups(counted, evaluation, rules_per_group) if ledger else _increase_groups(counted, evaluation)
    groups = (*events, *_slot_groups(watched, evaluation, rules_per_group))
    return tuple(sorted(groups, key=lambda group: group.name))


# --- events --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Alike:
    """What indicators have in common that share rules."""

    targets: Targets                      # without its matchers where ``any_job``
    any_job: bool
    by: tuple[str, ...]
    counting: Counting
    other: str


def _ledger_groups(members: Sequence[Indicator], evaluation: Evaluation, limit: int | None) -> Iterator[RuleGroup]:
    """Groups of indicators that are looked at alike, each with one register of all their targets.

    Where the targets are told apart by nothing but their job, the register covers the jobs of the whole group: it
    costs about the same for fifty jobs as for one.
    """
    alike: defaultdict[_Alike, list[_Member]] = defaultdict(list)
    for indicator in members:
        member = _member(indicator, evaluation)
        alike[_in_common(member)].append(member)
    for common, sharing in alike.items():
        key = f"{zlib.crc32(repr(common).encode()):08x}"
        for place, placed in _dealt(sharing, _room(limit)):
            yield _ledger_group(f"{key}_{place}", common, placed)


def _in_common(member: _Member) -> _Alike:
    assert member.counters is not None
    targets = member.targets
    any_job = len(targets.matchers) == 1 and targets.matchers[0].label == "job" and targets.matchers[0].op == "="
    shared = replace(targets, matchers=()) if any_job else targets
    return _Alike(shared, any_job, member.indicator.by, member.indicator.counting, other_level(member.counters))


def _room(limit: int | None) -> int:
    """How many indicators fit into a group beside the rules that they share."""
    return _INDICATORS_PER_REGISTER if limit is None else max(1, (limit - SHARED_RULES) // LEVEL_RULES)


def _ledger_group(name: str, common: _Alike, members: Sequence[_Member]) -> RuleGroup:
    matchers = common.targets.matchers
    if common.any_job:
        jobs = {member.targets.matchers[0].value for member in members}
        matchers = parse_selector(f"{{{one_of('job', jobs)}}}").matchers
    exact = common.counting == "exact"
    targets = replace(common.targets, name=name, matchers=matchers, intervals=CATCH_UP if exact else LIGHT_CATCH_UP)
    indicators = [member.indicator.name for member in members]
    rules = [cut_off_rule(indicators, targets), *process_rules(targets, exact=exact)]
    for member in members:
        assert member.counters is not None
        own = replace(targets, part=member.targets.matchers) if common.any_job else targets
        rules += level_rules(member.indicator.name, member.counters, common.by, own, common.counting)
    rules += growth_rules(indicators, common.other, common.by, targets, marker(f"count_{name}"), exact=exact)
    chained = (rules[0], *(replace(rule, with_previous=True) for rule in rules[1:]))
    return RuleGroup(f"slm-count-{name}", targets.interval, chained)


def _increase_groups(members: Sequence[Indicator], evaluation: Evaluation) -> Iterator[RuleGroup]:
    """Groups for a server that counts by itself."""
    for place, placed in _dealt([_member(indicator, evaluation) for indicator in members], evaluation.shard_size):
        rules: list[RecordingRule] = []
        for member in placed:
            assert member.counters is not None
            rules += server_increase_rules(member.indicator.name, member.counters, member.indicator.by, member.targets)
        yield RuleGroup(f"slm-count-{place}", evaluation.interval, tuple(rules))


# --- states --------------------------------------------------------------------------------------------------


def _slot_groups(members: Sequence[Indicator], evaluation: Evaluation, limit: int | None) -> Iterator[RuleGroup]:
    room = evaluation.shard_size if limit is None else max(1, limit // 2)
    for place, placed in _dealt([_member(indicator, evaluation) for indicator in members], room):
        rules = [rule for member in placed for rule in _watched(member)]
        yield RuleGroup(f"slm-watch-{place}", evaluation.interval, tuple(rules))


def _watched(member: _Member) -> tuple[RecordingRule, ...]:
    indicator = member.indicator
    assert not isinstance(indicator.measure, Events | Latency)
    return slot_rules(indicator.name, indicator.measure, indicator.by, member.targets)


# --- dealing -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Member:
    """An indicator with what its selectors say; ``counters`` is None for one that watches a state."""

    indicator: Indicator
    targets: Targets
    counters: Counters | None


def _member(indicator: Indicator, evaluation: Evaluation) -> _Member:
    counters = counters_of(indicator.measure) if isinstance(indicator.measure, Events | Latency) else None
    return _Member(indicator, targets_of(indicator, evaluation), counters)


def _dealt(members: Sequence[_Member], room: int) -> Iterator[tuple[str, Sequence[_Member]]]:
    """``members`` in groups of at most ``room``; a member's place follows from its name and the number of places."""
    count = 1
    while len(members) * 4 > count * room * 3:
        count *= 2
    places: defaultdict[int, list[_Member]] = defaultdict(list)
    for member in members:
        places[zlib.crc32(member.indicator.name.encode()) % count].append(member)
    for place in sorted(places):
        for part, start in enumerate(range(0, len(places[place]), room)):
            yield f"{place}" + (f"_{part}" if part else ""), places[place][start : start + room]
