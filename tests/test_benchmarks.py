"""The rule sets that are measured beside ours are complete, valid, and watch the same counters."""

from __future__ import annotations

import json
import os
import sys
from fractions import Fraction
from pathlib import Path

import promtool
import pytest
from sla_exporter.config import read_configuration
from sla_exporter.sources.rows import read_rows

from slo_gen.outputs.yaml_text import render_groups
from slo_gen.rules.rule import AlertRule

sys.path.insert(0, str(Path(__file__).parent.parent / "benchmarks"))
import business_time
import daemon
import peer_rules
import rule_cost
import synthetic
from raw_selectors import raw_selectors, read_by

BAD, TOTAL = rule_cost.selectors("shop")
OBJECTIVE = peer_rules.Objective("shop", BAD, TOTAL, Fraction("0.999"))
CASE = rule_cost.Case("fleet", indicators=2, instances=2, scrape=30, days=3, pace=5, turns=1)
NOW = 1_800_000_000


@pytest.mark.parametrize(
    ("peer", "groups", "rules", "alerts", "raw"), [(peer_rules.sloth, 3, 17, 2, 14), (peer_rules.pyrra, 2, 13, 5, 16)]
)
def test_peers_are_as_large_as_they_are_known_to_be(peer: object, groups: int, rules: int, alerts: int, raw: int) -> None:
    made = peer(OBJECTIVE)  # type: ignore[operator]
    every = [rule for group in made for rule in group.rules]
    assert (len(made), len(every), sum(isinstance(rule, AlertRule) for rule in every)) == (groups, rules, alerts)
    assert raw_selectors(made) == raw


def test_all_sets_are_rules_that_promtool_accepts(tmp_path: Path) -> None:
    for name, groups in rule_cost.rule_sets(CASE).items():
        (tmp_path / f"{name}.yml").write_text(render_groups(groups))
    promtool.run("check", "rules", *(f"{name}.yml" for name in rule_cost.SETS), cwd=tmp_path)


def test_every_series_has_a_history_that_some_set_reads() -> None:
    """What the data holds is read; a record that was renamed would leave its history unread and the rules without one."""
    sets = rule_cost.rule_sets(CASE)
    read = {metric for groups in sets.values() for group in groups for rule in group.rules for metric in read_by(rule.expr)}
    fleet = synthetic.Fleet(CASE.jobs(), NOW - synthetic.AGE, CASE.scrape, CASE.days)
    given = {track.labels["__name__"] for track in rule_cost.tracks(CASE, fleet, sets)}
    assert given <= read
    assert {metric for metric in read if ":rollup" in metric or ":level" in metric} <= given


def test_counters_rise_and_records_agree_with_them() -> None:
    fleet = synthetic.Fleet(CASE.jobs(), NOW - synthetic.AGE, CASE.scrape, CASE.days)
    sets = rule_cost.rule_sets(CASE)
    every = {track.text(): track for track in rule_cost.tracks(CASE, fleet, sets)}
    counters = [track for track in every.values() if track.labels["__name__"] == synthetic.METRIC and track.labels["job"] == "service-0"]
    total = every['slm:total:increase1m{indicator="light-service-0"}']
    minutes = range(NOW, NOW + 3600, 60)
    for track in counters:
        values = [track.value(at) for at in minutes]
        assert values == sorted(values)
    first, last = minutes[0] - 120, minutes[-1] - 60            # the marks of the evaluations before the first and at the last
    assert sum(map(total.value, minutes)) == sum(track.value(last) - track.value(first) for track in counters)


def test_business_time_is_asked_in_the_same_way_of_all() -> None:
    """The peers themselves are no part of a setup; two ways of ours stand for them, and one that answers differently."""
    questions = business_time.Questions.drawn(200)
    ways = business_time.ours(questions, 200)
    least = business_time.measured(ways)
    assert set(least) == {(way.name, way.question) for way in ways}
    lines = business_time.report({**least, ("slow", "inside"): 25 * least["ours, at once", "inside"]})
    assert len(lines) == len(ways) + 2
    assert any(line.startswith("slow") and line.endswith("25.0") for line in lines)
    wrong = business_time.Way("wrong", "elapsed", 200, lambda count: [7] * count)
    with pytest.raises(AssertionError, match="wrong differs: elapsed"):
        business_time.measured([*ways, wrong])
    starts, ends = questions.moments(200)
    assert (business_time.seconds(starts), business_time.seconds(ends)) == (questions.starts.tolist(), questions.ends.tolist())


def test_the_exporter_is_measured_with_agreements_that_it_takes(tmp_path: Path) -> None:
    (tmp_path / "promises.yaml").write_text(daemon.promises(3, "15m"))
    (tmp_path / "exporter.yaml").write_text("kind: Exporter\nmetadata: {name: main}\nspec: {specs: [promises.yaml]}\n")
    configuration = read_configuration(tmp_path / "exporter.yaml")
    assert (list(configuration.catalogue.agreements), configuration.problems) == ([f"sla-{number}" for number in range(3)], [])
    told = [json.loads(line) for line in daemon.events(3)]
    read = read_rows(told, {})
    assert (len(read.events), read.rejected) == (4 * daemon.TICKETS, {})
    assert daemon.shown([0.001] * 99 + [0.5]) == "p50    1.0 ms   p99  500.0 ms   longest  500.0 ms   of 100"
    assert 1 < daemon.megabytes(os.getpid()) <= daemon.resident(os.getpid())
