"""What decides the price of the rules: how many there are, and how often they read scraped series."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Literal

import pytest
from catalogues import agreement, catalogue, indicator, slo
from raw_selectors import raw_selectors

from slo_gen import names
from slo_gen.rules.compile import compile_rules
from slo_gen.rules.counting import LEVEL_RULES, SHARED_RULES, counting_groups
from slo_gen.rules.rule import AlertRule, RuleGroup
from slo_gen.spec.model import Catalogue, Events

Way = Literal["light", "exact"]
WAYS: tuple[Way, ...] = ("light", "exact")

RAW_OF_REGISTER = 15
RAW_OF_INDICATOR = {"light": 6, "exact": 8}
"""Of a light indicator: each of its two counters on the steps of all targets, and on those of the restarted ones with its age."""


def fleet(size: int, way: Way) -> Catalogue:
    """As many indicators, each of a job of its own, with an SLO each."""

    def watched(number: int) -> Events:
        job = f'job="job-{number}"'
        return Events(f"http_requests_total{{{job}}}", bad=f'http_requests_total{{{job}, code=~"5.."}}')

    return catalogue(
        [indicator(f"i{number}", counting=way, measure=watched(number)) for number in range(size)],
        [slo(f"o{number}", f"i{number}") for number in range(size)],
    )


def registers(groups: tuple[RuleGroup, ...]) -> int:
    return sum(rule.record == names.PROCESS_SEEN for group in groups for rule in group.rules if not isinstance(rule, AlertRule))


@pytest.mark.parametrize("way", WAYS)
def test_an_indicator_reads_its_counters_a_fixed_number_of_times(way: Way) -> None:
    for size in (1, 10, 500):
        groups = counting_groups(fleet(size, way))
        assert raw_selectors(groups) == size * RAW_OF_INDICATOR[way] + registers(groups) * RAW_OF_REGISTER


@pytest.mark.parametrize("way", WAYS)
def test_every_fifty_indicators_share_one_register(way: Way) -> None:
    assert registers(counting_groups(fleet(1, way))) == 1
    assert registers(counting_groups(fleet(30, way))) == 1
    assert registers(counting_groups(fleet(500, way))) <= 20


@pytest.mark.parametrize("way", WAYS)
def test_windows_verdicts_and_alerts_read_records_only(way: Way) -> None:
    of = fleet(20, way)
    counting = counting_groups(of)
    assert raw_selectors(compile_rules(of)) == raw_selectors(counting)


@pytest.mark.parametrize(("way", "most"), [("light", 2500), ("exact", 2600)])
def test_five_hundred_indicators_are_few_rules(way: Way, most: int) -> None:
    """Two for the ledger of each, two constants for each, and what shards share. Sloth has 8,500, Pyrra 6,500."""
    assert sum(len(group.rules) for group in compile_rules(fleet(500, way))) <= most


@pytest.mark.parametrize("way", WAYS)
def test_an_indicator_more_is_two_rules_and_two_constants_more(way: Way) -> None:
    def rules(size: int) -> int:
        return sum(len(group.rules) for group in compile_rules(fleet(size, way)))

    assert rules(21) - rules(20) == LEVEL_RULES + 2


@pytest.mark.parametrize("way", WAYS)
def test_what_is_shared_is_as_many_rules_as_is_said(way: Way) -> None:
    (group,) = counting_groups(fleet(1, way))
    assert len(group.rules) <= LEVEL_RULES + SHARED_RULES


@pytest.mark.parametrize("way", WAYS)
def test_an_indicator_reads_the_processes_of_its_own_job_only(way: Way) -> None:
    """Fifty jobs share a register; each of a hundred rules going through all of it would be most of the cost."""
    (group,) = counting_groups(fleet(10, way))
    levels = [rule for rule in group.rules if rule.record in (names.TOTAL_LEVEL, names.BAD_LEVEL)]
    assert len(levels) == 20
    for rule in levels:
        (job,) = set(re.findall(r'job="[^"]*"', rule.expr))
        reads = re.findall(r"slm:process:\w+\{[^}]*\}", rule.expr)
        assert len(reads) >= 4
        assert [read for read in reads if job not in read] == []


# --- customers ---------------------------------------------------------------------------------------------------


def pages(groups: tuple[RuleGroup, ...]) -> list[AlertRule]:
    return [rule for group in groups for rule in group.rules if isinstance(rule, AlertRule)]


def test_three_hundred_customers_more_add_constants_only() -> None:
    """No raw selector, no page and no window: one constant for each customer's target."""
    few, many = (
        compile_rules(replace(
            fleet(5, "exact"),
            agreements={f"a{number}": agreement(f"a{number}", "i0", customer=f"c{number}") for number in range(customers)},
        ))
        for customers in (1, 301)
    )
    assert raw_selectors(many) == raw_selectors(few)
    assert pages(many) == pages(few)
    added = {rule for group in many for rule in map(text_of, group.rules)} - {rule for group in few for rule in map(text_of, group.rules)}
    assert len(added) == 300
    assert all(re.fullmatch(rf"{names.AGREEMENT_TARGET} vector\(0\.995\) .*", rule) for rule in added)


def text_of(rule: object) -> str:
    return f"{getattr(rule, 'record', '')} {getattr(rule, 'expr', '')} {getattr(rule, 'labels', '')}"
