"""How indicators become groups of counting rules: what shares a group, what an entry is called, what is selected."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import promql_parser
import promtool
import pytest
from catalogues import catalogue, indicator
from raw_selectors import read_by

from slo_gen import names
from slo_gen.outputs.yaml_text import render_groups
from slo_gen.rules.counters import bucket_labels, counters_of
from slo_gen.rules.counting import LEVEL_RULES, SHARED_RULES, counting_groups, targets_of
from slo_gen.rules.promql import PromqlError
from slo_gen.rules.rule import RecordingRule, RuleGroup
from slo_gen.spec.model import Evaluation, Events, Indicator, Latency, Measure, Probe, Ratio, Threshold

MEASURES: dict[str, Measure] = {
    "bad": Events('http_requests_total{job="a"}', bad='http_requests_total{job="a",code=~"5.."}'),
    "good": Events('http_requests_total{job="a"}', good='http_requests_total{job="a",code!~"5.."}'),
    "classic": Latency('http_seconds{job="a"}', Fraction(1, 4)),
    "native": Latency('http_seconds{job="a"}', Fraction(1, 4), native=True),
    "threshold": Threshold('queue_depth{job="a"}', ">", Fraction(100)),
    "probe": Probe('probe_success{job="a"}', quorum=None),
    "ratio": Ratio("sum(rate(a[5m])) / sum(rate(b[5m]))"),
}
QUOTED = 'http_requests_total{job="a\\"} or up{x=\\"", path=~"/a\\\\.b|\\\\d+"}'


def recording(groups: tuple[RuleGroup, ...]) -> Iterator[RecordingRule]:
    for group in groups:
        for rule in group.rules:
            assert isinstance(rule, RecordingRule)
            yield rule


def groups_of(*indicators: Indicator, limit: int | None = None) -> tuple[RuleGroup, ...]:
    return counting_groups(catalogue(indicators), limit)


def level_rules(*indicators: Indicator) -> list[RecordingRule]:
    levels = (names.TOTAL_LEVEL, names.BAD_LEVEL, names.GOOD_LEVEL)
    return [rule for rule in recording(groups_of(*indicators)) if rule.record in levels]


def everything() -> list[Indicator]:
    return [
        *(indicator(f"{name}-{way}", measure=measure, counting=way) for name, measure in MEASURES.items() for way in ("exact", "light")),
        indicator("grouped", by=("region", "zone"), counting="exact"),
        indicator("clustered", by=("cluster",), target_labels=("cluster", "job", "instance", "pod")),
        indicator("quoted", measure=Events(QUOTED, bad=QUOTED), counting="exact"),
        indicator('n"a\\me', measure=MEASURES["bad"], counting="exact"),
        indicator("rare", scrape_interval=45, bridge=600, counting="exact"),
        indicator("seldom", scrape_interval=300),
    ]


# --- text --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("evaluation", [Evaluation(), Evaluation(interval=15, settling=7), Evaluation(interval=300, settling=90)], ids=str)
def test_prometheus_and_the_parser_read_every_expression(evaluation: Evaluation, tmp_path: Path) -> None:
    groups = counting_groups(catalogue(everything(), evaluation=evaluation))
    for rule in recording(groups):
        promql_parser.parse(rule.expr)
    (tmp_path / "rules.yml").write_text(render_groups(groups))
    promtool.run("check", "rules", "rules.yml", cwd=tmp_path)


def test_the_order_of_documents_changes_nothing() -> None:
    assert groups_of(*everything()) == groups_of(*reversed(everything()))


def test_names_of_groups_are_unique() -> None:
    found = [group.name for group in groups_of(*everything())]
    assert len(found) == len(set(found))


def test_a_selector_that_cannot_be_used_is_an_error() -> None:
    with pytest.raises(PromqlError):
        groups_of(indicator("wrong", measure=Events("rate(a[5m])", bad="b")))


# --- what shares a group -----------------------------------------------------------------------------------------


def members_of(group: RuleGroup) -> set[str]:
    return {rule.labels[names.INDICATOR] for rule in recording((group,)) if rule.record == names.TOTAL_LEVEL}


def of_job(name: str, job: str, *more: str, **changes: object) -> Indicator:
    selector = ",".join((f'job="{job}"', *more))
    return indicator(name, measure=Events(f"a_total{{{selector}}}", bad=f'a_total{{{selector},code="500"}}'), **changes)


def test_jobs_that_are_looked_at_alike_share_one_register() -> None:
    (group,) = groups_of(of_job("one", "a"), of_job("two", "b"))
    assert members_of(group) == {"one", "two"}
    seen = next(rule for rule in recording((group,)) if rule.record == names.PROCESS_SEEN)
    assert 'process_start_time_seconds{job=~"a|b"}' in seen.expr
    assert 'up{job=~"a|b"}' in seen.expr


@pytest.mark.parametrize("changes", [
    {"counting": "exact"}, {"by": ("region",)}, {"target_labels": ("job", "instance", "pod")}, {"bridge": 600}, {"scrape_interval": 30},
], ids=str)
def test_what_is_looked_at_otherwise_has_a_register_of_its_own(changes: dict[str, object]) -> None:
    groups = groups_of(of_job("one", "a"), of_job("two", "a", **changes))
    assert sorted(map(sorted, map(members_of, groups))) == [["one"], ["two"]]


def test_good_and_bad_forms_are_counted_apart() -> None:
    good = indicator("two", measure=Events('a_total{job="a"}', good='a_total{job="a",code="200"}'))
    assert len(groups_of(of_job("one", "a"), good)) == 2


def test_a_register_holds_the_targets_that_all_selectors_share() -> None:
    def matchers(*selectors: str) -> str:
        events = Events(selectors[0], bad=selectors[1])
        return ",".join(map(str, targets_of(indicator("i", measure=events), Evaluation()).matchers))

    assert matchers('a{job="x",app="y"}', 'a{job="x",code="500"}') == 'job="x"'
    assert matchers('a{job="x"}', 'b{job="z"}') == ""
    assert matchers('a{job=~"x.*",instance!="1"}', 'a{instance!="1",job=~"x.*"}') == 'instance!="1",job=~"x.*"'


@pytest.mark.parametrize(("scrape", "step"), [(15, 15), (45, 30), (7, 6), (60, 60), (300, 60), (1, 1)])
def test_a_step_is_about_a_scrape_and_divides_the_interval(scrape: int, step: int) -> None:
    assert targets_of(indicator("i", scrape_interval=scrape), Evaluation()).step == step


@pytest.mark.parametrize("limit", [18, 20, 31, 100])
def test_no_group_is_longer_than_a_target_allows(limit: int) -> None:
    many = [of_job(f"i{number}", f"j{number}", counting=way) for number in range(40) for way in ("exact",)]
    watched = [indicator(f"w{number}", measure=MEASURES["probe"]) for number in range(40)]
    groups = groups_of(*many, *watched, limit=limit)
    assert max(len(group.rules) for group in groups) <= limit
    counted = [name for group in groups for name in members_of(group)]
    assert sorted(counted) == sorted(each.name for each in many)


def test_a_limit_below_what_is_shared_leaves_one_indicator_a_group() -> None:
    groups = groups_of(*(of_job(f"i{number}", "a") for number in range(5)), limit=3)
    assert [len(members_of(group)) for group in groups] == [1] * 5
    assert max(len(group.rules) for group in groups) <= LEVEL_RULES + SHARED_RULES


# --- entries -----------------------------------------------------------------------------------------------------


def definition(**changes: object) -> str:
    (found,) = {rule.labels[names.DEFINITION] for rule in level_rules(indicator("i", **changes))}
    return found


@pytest.mark.parametrize("changes", [
    {"measure": MEASURES["bad"]}, {"measure": MEASURES["good"]}, {"by": ("region",)}, {"target_labels": ("job", "instance", "pod")},
], ids=["bad", "good", "by", "target_labels"])
def test_what_is_counted_otherwise_starts_a_ledger_of_its_own(changes: dict[str, object]) -> None:
    """Else the difference of the two definitions would be counted as events."""
    assert definition(**changes) != definition()


@pytest.mark.parametrize("changes", [
    {"title": "Other"}, {"bridge": 600}, {"counting": "exact"}, {"scrape_interval": 30}, {"service": "other"},
], ids=str)
def test_what_changes_no_number_goes_on_in_the_same_ledger(changes: dict[str, object]) -> None:
    assert definition(**changes) == definition()


def test_the_ledger_goes_on_in_whatever_group_an_indicator_is_put() -> None:
    few = level_rules(of_job("i", "a"))
    crowd = [of_job(name, "a") for name in ("i", *map(str, range(60)))]
    many = [rule for rule in level_rules(*crowd) if rule.labels[names.INDICATOR] == "i"]
    assert [(rule.record, rule.labels) for rule in few] == [(rule.record, rule.labels) for rule in many]


@pytest.mark.parametrize(("name", "metric"), [
    ("bad", names.BAD_LEVEL), ("good", names.GOOD_LEVEL), ("classic", names.GOOD_LEVEL), ("native", names.GOOD_LEVEL),
])
def test_the_second_ledger_holds_what_the_measure_names(name: str, metric: str) -> None:
    assert [rule.record for rule in level_rules(indicator("i", measure=MEASURES[name]))] == [names.TOTAL_LEVEL, metric]


@pytest.mark.parametrize("labels", [("region",), ("region", "zone")])
def test_an_indicator_in_parts_is_counted_in_parts(labels: tuple[str, ...]) -> None:
    total, other = level_rules(indicator("i", by=labels))
    joined = ", ".join(labels)
    assert f"sum by (job, instance, {joined}) (http_requests_total" in total.expr
    assert f"sum by (job, instance, {joined}) (http_requests_total" in other.expr
    (increase,) = [rule for rule in recording(groups_of(indicator("i", by=labels))) if rule.record == names.TOTAL]
    assert increase.expr.startswith(f"sum by (indicator, {joined}) (")


def test_only_exact_counting_publishes_what_may_be_unseen() -> None:
    def unseen(way: str) -> bool:
        return any(rule.record == names.UNSEEN for rule in recording(groups_of(indicator("i", counting=way))))

    assert (unseen("exact"), unseen("light")) == (True, False)


# --- latency -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("threshold", "labels"), [
    ("0.25", {"0.25"}), ("1", {"1", "1.0"}), ("10", {"10", "10.0"}), ("1000000", {"1000000", "1000000.0", "1e+06"}),
    ("0.00005", {"0.00005", "5e-05"}),
])
def test_a_bucket_is_found_however_it_is_written(threshold: str, labels: set[str]) -> None:
    assert set(bucket_labels(Fraction(threshold))) == labels


def test_a_classic_histogram_is_its_count_and_one_bucket() -> None:
    counters = counters_of(Latency('http_seconds{job="a"}', Fraction(1)))
    assert counters.total.now() == 'http_seconds_count{job="a"}'
    assert counters.other.now() == 'max without (le) (http_seconds_bucket{job="a", le=~"1|1\\\\.0"})'
    assert counters.other_is_good
    read = {metric for rule in level_rules(indicator("i", measure=MEASURES["classic"])) for metric in read_by(rule.expr)}
    assert {metric for metric in read if ":" not in metric} == {"http_seconds_count", "http_seconds_bucket"}


def test_a_native_histogram_is_read_as_numbers() -> None:
    counters = counters_of(MEASURES["native"])  # type: ignore[arg-type]
    assert counters.total.now() == 'histogram_count(http_seconds{job="a"})'
    assert counters.other.now() == '(histogram_fraction(0, 0.25, http_seconds{job="a"}) * histogram_count(http_seconds{job="a"}))'


# --- states ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["threshold", "probe", "ratio"])
def test_a_state_is_two_rules_beside_others(name: str) -> None:
    (group,) = groups_of(indicator("one", measure=MEASURES[name]), indicator("two", measure=MEASURES[name]))
    assert [(rule.record, dict(rule.labels)) for rule in recording((group,))] == [
        (metric, {names.INDICATOR: of}) for of in ("one", "two") for metric in (names.BAD, names.TOTAL)
    ]


# --- by promtool -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("written", ["1", "1.0"])
@pytest.mark.parametrize("way", ["exact", "light"])
def test_slow_requests_of_a_classic_histogram_are_bad(written: str, way: str, tmp_path: Path) -> None:
    """Ten requests a minute, nine of them fast, however the client writes the bucket; other buckets do not matter."""
    of = indicator("i", measure=Latency('http_seconds{job="a"}', Fraction(1)), counting=way, bridge=600)
    target = 'job="a",instance="x"'
    expected = {names.TOTAL: 190, names.BAD: 19}        # the evaluation at 40 minutes counts up to the mark at 39
    samples = {(f"sum_over_time({metric}[1h])", "40m"): {'{indicator="i"}': value} for metric, value in expected.items()}
    promtool.judge(
        counting_groups(catalogue([of])),
        {
            f"up{{{target}}}": "_x20 1x20", f"process_start_time_seconds{{{target}}}": "_x20 1x20",
            f"http_seconds_count{{{target}}}": "_x20 1000+10x20",
            f'http_seconds_bucket{{{target},le="{written}"}}': "_x20 900+9x20",
            f'http_seconds_bucket{{{target},le="10"}}': "_x20 990+10x20",
            f'http_seconds_bucket{{{target},le="+Inf"}}': "_x20 1000+10x20",
        },
        samples=samples, folder=tmp_path,
    )


def test_parts_are_counted_apart(tmp_path: Path) -> None:
    """A part without an error has zero bad events, and not none."""
    of = indicator("i", by=("region",), bridge=600, counting="exact", measure=Events("a_total", bad='a_total{code="500"}'))
    series = {f'a_total{{job="a",instance="x",region="{region}",code="{code}"}}': values for region, code, values in (
        ("eu", "200", "_x20 0+5x20"), ("eu", "500", "_x20 7+1x20"), ("us", "200", "_x20 0+3x20"),
    )}
    promtool.judge(
        counting_groups(catalogue([of])),
        {'up{job="a",instance="x"}': "_x20 1x20", 'process_start_time_seconds{job="a",instance="x"}': "_x20 1x20", **series},
        samples={
            (names.TOTAL, "30m"): {f'{names.TOTAL}{{indicator="i", region="{region}"}}': value for region, value in (("eu", 6), ("us", 3))},
            (names.BAD, "30m"): {f'{names.BAD}{{indicator="i", region="{region}"}}': value for region, value in (("eu", 1), ("us", 0))},
        },
        folder=tmp_path,
    )
