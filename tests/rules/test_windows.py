"""Windows add up what was counted: exactly, weighted by traffic, in every version of Prometheus."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import promql_parser
import pytest
from catalogues import DAY, HOUR, agreement, catalogue, indicator, slo
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from promtool import judge
from tiny_promql import Store, Track

from slo_gen import names
from slo_gen.rules.compile import shared_groups
from slo_gen.rules.rule import AlertRule, RecordingRule
from slo_gen.rules.shards import deal
from slo_gen.rules.windows import half_open, rollup_rules
from slo_gen.spec.model import Catalogue, Evaluation

MINUTE, MARK = 60_000, 300_000
ONE = catalogue([indicator("checkout")], [slo("a", "checkout")])


def rollup_expression() -> promql_parser.Expr:
    (shard,) = deal(ONE)
    (text,) = [rule.expr for rule in rollup_rules(shard, Evaluation()) if rule.record == names.BAD_ROLLUP]
    return promql_parser.parse(re.sub(r'\{indicator="checkout"\}|on \(indicator\)', "", text))


ROLLUP = rollup_expression()


# --- roll-ups ----------------------------------------------------------------------------------------------------


@st.composite
def histories(draw: st.DrawFn) -> tuple[dict[int, float], list[int]]:
    """Recorded minutes of five hours and the instants at which roll-ups were evaluated, with outages of both."""
    start, minutes = 1_800_000_000_000, 300
    phase = draw(st.integers(0, MINUTE - 1))
    outages = draw(st.lists(st.tuples(st.integers(0, minutes), st.integers(1, 100)), max_size=3))
    down = {minute for first, length in outages for minute in range(first, first + length)}
    records = {start + minute * MINUTE + phase: 1.0 + minute % 97 for minute in range(minutes) if minute not in down}
    edges = st.sampled_from([0, 1, 59_999, 60_000, 60_001, MARK - 1]) | st.integers(0, MARK - 1)
    phases = draw(st.tuples(edges, edges))
    missed = draw(st.sets(st.integers(0, minutes // 5), max_size=10))
    instants = [
        start + mark * MARK + phases[mark > minutes // 10]
        for mark in range(minutes // 5 + 1)
        if mark not in missed and mark * 5 + phases[mark > minutes // 10] // MINUTE not in down
    ]
    return records, [*instants, start + (minutes // 5 + 2) * MARK + phases[1]]


@settings(max_examples=60, deadline=None)
@given(histories(), st.booleans())
def test_every_minute_is_in_exactly_one_rollup(history: tuple[dict[int, float], list[int]], left_open: bool) -> None:
    records, instants = history
    assume(not left_open or min(records, default=0) % MINUTE != 1)
    rollup = Track()
    store = Store(left_open, {names.BAD: Track(records), names.BAD_ROLLUP: rollup})
    for at in instants:
        value = store.instant(ROLLUP, at)
        if value is not None:
            rollup.append(at, value)
    assert sum(rollup.values) == sum(records.values())


@given(st.integers(0, MINUTE - 1), st.sampled_from([300, 1800, HOUR, DAY]), st.booleans())
def test_a_window_holds_as_many_minutes_as_it_lasts(phase: int, window: int, left_open: bool) -> None:
    expr = promql_parser.parse(f"count_over_time(x[{half_open(window)}])")
    now = 1_800_000_000_000 + phase
    store = Store(left_open, {"x": Track({now - back * MINUTE: 1.0 for back in range(2 * window // 60)})})
    assert store.instant(expr, now) == window // 60


def test_every_range_over_records_is_half_open() -> None:
    """A whole range would hold one record more in Prometheus 2 than in 3. Only looking for one's own record may be whole."""
    read = re.compile(r"(?:increase1m|rollup5m)\{[^}]*\}\[([^\]]*)\](?! offset -)")
    ranges = [found for group in shared_groups(ONE) for rule in group.rules for found in read.findall(rule.expr)]
    assert len(ranges) == 3 * 2 + 2 * 3 + 3 + 1 + 2 * 3 + 3
    assert [found for found in ranges if not found.endswith("59s999ms")] == []


# --- windows and verdicts, by promtool ---------------------------------------------------------------------------


def verdicts(folder: Path, of: Catalogue, inputs: dict[str, str], samples: dict[tuple[str, str], dict[str, float]]) -> None:
    judge(shared_groups(of), inputs, samples=samples, folder=folder)


TOTAL, BAD, UNSEEN = (f'{metric}{{indicator="checkout"}}' for metric in (names.TOTAL, names.BAD, names.UNSEEN))
SLO = '{indicator="checkout", slm_service="shop", slo="a", team="shop", window="30d"}'


def test_a_ratio_weighs_every_event_the_same(tmp_path: Path) -> None:
    """Ten minutes of 1,000 good requests and ten of 10 with half of them bad: 50 of 10,100, not a quarter."""
    verdicts(
        tmp_path, ONE,
        {TOTAL: "1000x9 10x9", BAD: "0x9 5x9"},
        {
            ("slm:error:ratio30m", "19m"): {'slm:error:ratio30m{indicator="checkout"}': 50 / 10100},
            ("slm:error:ratio5m", "19m"): {'slm:error:ratio5m{indicator="checkout"}': 0.5},
            ("slm:error:ratio5m", "12m"): {'slm:error:ratio5m{indicator="checkout"}': 15 / 2030},
        },
    )


def test_zero_traffic_poisons_nothing(tmp_path: Path) -> None:
    verdicts(
        tmp_path, ONE,
        {TOTAL: "100x4 0x19 100x4", BAD: "1x4 0x19 1x4"},
        {
            ("slm:error:ratio5m", "20m"): {},
            ("slm:error:ratio30m", "20m"): {'slm:error:ratio30m{indicator="checkout"}': 0.01},
            ("slm:error:ratio30m", "30m"): {'slm:error:ratio30m{indicator="checkout"}': 0.01},
            ("slm:slo:attained_ratio", "32m"): {f"slm:slo:attained_ratio{SLO}": 0.99},
            ("slm:slo:error_budget_remaining_ratio", "32m"): {f"slm:slo:error_budget_remaining_ratio{SLO}": -9},
            ("slm:slo:coverage_ratio", "32m"): {f"slm:slo:coverage_ratio{SLO}": 30 / 43_200},
        },
    )


def test_no_event_at_all_is_no_verdict(tmp_path: Path) -> None:
    verdicts(
        tmp_path, ONE, {TOTAL: "0x30", BAD: "0x30"},
        {
            ("slm:slo:attained_ratio", "30m"): {},
            ("slm:slo:error_budget_remaining_ratio", "30m"): {},
            ('count(slm:slo:coverage_ratio)', "30m"): {"{}": 1},
        },
    )


def test_a_gap_shows_in_coverage_and_nowhere_else(tmp_path: Path) -> None:
    verdicts(
        tmp_path, ONE, {TOTAL: "100x9 _x9 100x9", BAD: "1x9 _x9 1x9"},
        {
            ("slm:slo:attained_ratio", "35m"): {f"slm:slo:attained_ratio{SLO}": 0.99},
            ("slm:slo:coverage_ratio", "35m"): {f"slm:slo:coverage_ratio{SLO}": 20 / 43_200},
        },
    )


def test_what_no_scrape_saw_widens_the_verdict(tmp_path: Path) -> None:
    exact = catalogue([indicator("checkout", counting="exact")], [slo("a", "checkout")])
    verdicts(
        tmp_path, exact, {TOTAL: "100x9", BAD: "1x9", UNSEEN: "0x4 25 0x3"},
        {
            ("slm:slo:attained_ratio", "16m"): {f"slm:slo:attained_ratio{SLO}": 0.99},
            ("slm:slo:attained_lower_ratio", "16m"): {f"slm:slo:attained_lower_ratio{SLO}": 1 - 35 / 1025},
            ("slm:slo:attained_upper_ratio", "16m"): {f"slm:slo:attained_upper_ratio{SLO}": 1 - 10 / 1025},
        },
    )


def test_nothing_unseen_means_no_interval(tmp_path: Path) -> None:
    exact = catalogue([indicator("checkout", counting="exact")], [slo("a", "checkout")])
    verdicts(
        tmp_path, exact, {TOTAL: "100x9", BAD: "1x9"},
        {
            ("slm:slo:attained_lower_ratio", "16m"): {f"slm:slo:attained_lower_ratio{SLO}": 0.99},
            ("slm:slo:attained_upper_ratio", "16m"): {f"slm:slo:attained_upper_ratio{SLO}": 0.99},
        },
    )


def test_an_exhausted_budget_is_exactly_zero(tmp_path: Path) -> None:
    verdicts(
        tmp_path, ONE, {TOTAL: "1000x9", BAD: "1x9"},
        {
            ("slm:slo:error_budget_remaining_ratio == 0", "16m"): {f"slm:slo:error_budget_remaining_ratio{SLO}": 0},
            ("slm:slo:burn_rate_ratio == 1", "9m"): {f'slm:slo:burn_rate_ratio{SLO.replace("30d", "1h")}': 1},
        },
    )


def test_groups_and_external_labels_ride_along(tmp_path: Path) -> None:
    grouped = catalogue([indicator("checkout", by=("region",))], [slo("a", "checkout"), slo("b", "checkout", "0.99")])
    eu, us = ('indicator="checkout", region="eu", cluster="one"', 'indicator="checkout", region="us", cluster="two"')
    identity = 'slm_service="shop", team="shop", window="30d"'
    verdicts(
        tmp_path, grouped,
        {
            f"{names.TOTAL}{{{eu}}}": "100x9", f"{names.BAD}{{{eu}}}": "1x9",
            f"{names.TOTAL}{{{us}}}": "100x9", f"{names.BAD}{{{us}}}": "2x9",
        },
        {
            ("slm:slo:attained_ratio", "16m"): {
                f'slm:slo:attained_ratio{{{labels}, slo="{of}", {identity}}}': value
                for labels, value in ((eu, 0.99), (us, 0.98))
                for of in "ab"
            },
        },
    )


def test_a_window_below_a_day_comes_from_the_minutes(tmp_path: Path) -> None:
    short = catalogue([indicator("checkout")], [slo("a", "checkout", window=HOUR, alerts=())])
    verdicts(
        tmp_path, short, {TOTAL: "100x90", BAD: "0x30 1x60"},
        {("slm:slo:attained_ratio", "1h"): {f"slm:slo:attained_ratio{SLO.replace('30d', '1h')}": 1 - 30 / 6000}},
    )


# --- counts ------------------------------------------------------------------------------------------------------


def shared(of: Catalogue) -> list[RecordingRule | AlertRule]:
    """Rules other than constants."""
    return [rule for group in shared_groups(of) for rule in group.rules if not rule.expr.startswith("vector(")]


def many(indicators: int, slos_each: int = 1) -> Catalogue:
    objectives = ["0.999", "0.99", "0.95"]
    return catalogue(
        [indicator(f"i{number}") for number in range(indicators)],
        [slo(f"s{number}-{each}", f"i{number}", objectives[each]) for number in range(indicators) for each in range(slos_each)],
    )


def test_rules_follow_the_shards_and_not_the_slos() -> None:
    assert len(shared(many(1))) == len(shared(many(70))) == 28
    assert [len(deal(many(count))) for count in (1, 75, 76, 150, 151, 500)] == [1, 1, 2, 2, 4, 8]
    assert len(shared(many(500))) == 8 * 28
    assert len(shared(many(70, slos_each=3))) == 28 + 2 * (4 + 1 + 3)


def test_raw_minutes_are_read_by_few_selectors() -> None:
    """Five short windows, the roll-ups and the silence read minutes; three long windows and the roll-ups' book-keeping do not.

    A window needs a sum of bad and one of all, and its bad events once more where an alert wants a minimum of them.
    """
    expressions = [rule.expr for rule in shared(many(70))]
    assert sum(expr.count("increase1m{") for expr in expressions) == (3 * 2 + 2 * 3) + 3 + 3
    assert sum(expr.count("rollup5m{") for expr in expressions) == 3 * 2 + (2 * 3 + 3)


def test_three_hundred_customers_add_neither_a_selector_nor_an_alert() -> None:
    def with_customers(count: int) -> Catalogue:
        sold = [agreement(f"sla-{number}", "checkout", customer=f"customer-{number}") for number in range(count)]
        return catalogue([indicator("checkout")], [slo("a", "checkout")], sold)

    one, many_customers = shared(with_customers(1)), shared(with_customers(301))
    assert one == many_customers
    constants = [rule for group in shared_groups(with_customers(301)) for rule in group.rules if rule not in many_customers]
    assert len(constants) == 2 + 301


@pytest.mark.parametrize("long_interval", [300, 600])
def test_rollups_keep_their_own_interval(long_interval: int) -> None:
    groups = shared_groups(catalogue([indicator("checkout")], [slo("a", "checkout")], (), Evaluation(long_interval=long_interval)))
    by_rule = {rule.record: group.interval for group in groups for rule in group.rules if isinstance(rule, RecordingRule)}
    assert by_rule[names.BAD_ROLLUP] == 300
    assert by_rule[names.ATTAINED] == long_interval
    assert by_rule[names.error_ratio("6h")] == 60


def test_minimum_bad_is_exact_text() -> None:
    (shard,) = deal(catalogue([indicator("checkout")], [slo("a", "checkout", minimum_bad=Fraction(5, 2))]))
    assert shard.layers[0].minimum_bad == Fraction(5, 2)
    alerts = [rule for group in shared_groups(many(1)) for rule in group.rules if isinstance(rule, AlertRule)]
    assert sum(">= 3)" in alert.expr for alert in alerts) == 4
