"""Both interpreters of a ``Measurement`` agree: PromQL, evaluated by promtool, and exact arithmetic."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest
from catalogues import agreement, catalogue, indicator
from period_cases import DAY, HOUR, MINUTE, Case, Minute, catalogue_of, sold, thrown_measure, traffic
from promtool import run

from slo_gen import names
from slo_gen.contract.measurement import Down
from slo_gen.outputs.yaml_text import render_groups
from slo_gen.rules.accounts import Account, accounts, condition_key
from slo_gen.rules.calendar_tables import Horizon
from slo_gen.rules.compile import compile_rules, shared_groups
from slo_gen.rules.period import delay
from slo_gen.rules.rule import AlertRule
from slo_gen.spec.model import Adjustment, Catalogue, Maintenance, PlannedWork
from slo_gen.spec.terms import Exclusion, MeasureTerms
from slo_gen.timekeeping.calendars import Weekly, week
from slo_gen.timekeeping.periods import Periods
from slo_gen.timekeeping.spans import Spans

HORIZON = Horizon(0, 100 * DAY)
STEP = 1800
"""Seconds between two evaluations: hours are booked late, as after evaluations that were missed."""


def live(of: Catalogue) -> dict[str, Account]:
    found, _ = accounts(of, HORIZON)
    return {promise.agreement.name: account for account in found for promise in account.targets}


def judge(
    of: Catalogue, cases: Sequence[Case], marks: Sequence[int], folder: Path, more: Mapping[str, str] | None = None,
    also: Sequence[Mapping[str, object]] = (),
) -> int:  # fmt: skip
    """Compares all figures of all cases at some instants; the number of comparisons."""
    groups = shared_groups(of, HORIZON)
    (folder / "rules.yml").write_text(render_groups(groups))
    expected = [each for case in cases for at in marks for each in _expected(of, case, live(of)[case.name], at)]
    inputs = {series: values for case in cases for series, values in case.inputs().items()} | dict(more or {})
    (folder / "test.yml").write_text(json.dumps({
        "rule_files": ["rules.yml"],
        "evaluation_interval": f"{STEP}s",
        "group_eval_order": [group.name for group in groups],
        "tests": [{
            "interval": "1m",
            "input_series": [{"series": series, "values": values} for series, values in inputs.items()],
            "promql_expr_test": [*expected, *also],
        }],
    }))
    run("test", "rules", "test.yml", cwd=folder)
    return len(expected)


def _expected(of: Catalogue, case: Case, account: Account, at: int) -> Iterator[dict[str, object]]:
    mark = (at - delay(account, of.evaluation)) // account.unit * account.unit
    start = case.agreement.period.of(mark - 1).start
    outcome = case.outcome(of, start, mark)
    chosen = f'{{agreement="{case.name}", period="{start}"}}'
    sure = account.run == 1 and (account.counts_events or (account.slot == MINUTE and _may_be_down(account)))
    yield _holds(f"{names.PERIOD_STARTED}{chosen} == bool {start}", at)
    if outcome.figure is None:
        assert not account.limit, "nothing to compare"
        yield {"expr": f"{names.PERIOD_ATTAINED}{chosen}", "eval_time": f"{at}s", "exp_samples": []}
        return
    assert outcome.lower is not None
    assert outcome.upper is not None
    exact = {names.PERIOD_BAD: outcome.counted, names.PERIOD_TOTAL: outcome.of}
    if account.limit:
        sure = False
        yield {"expr": f"{names.PERIOD_ATTAINED}{chosen}", "eval_time": f"{at}s", "exp_samples": []}
        left = case.target.objective - outcome.lower
        exact |= {names.PERIOD_BUDGET_LEFT: left, names.PERIOD_BUDGET_LEFT_RATIO: left / case.target.objective}
    else:
        exact[names.PERIOD_ATTAINED] = outcome.figure
    exact[names.PERIOD_UNKNOWN] = outcome.unknown
    exact[names.PERIOD_EXCLUDED] = Fraction(sum(outcome.excluded.values()))
    if sure:
        exact |= {names.PERIOD_ATTAINED_LOWER: outcome.lower, names.PERIOD_ATTAINED_UPPER: outcome.upper}
    for metric, value in exact.items():
        yield _holds(f"abs({metric}{chosen} - {float(value)!r}) < bool {max(1e-9, float(value) * 1e-12)}", at)
    if not sure and not account.limit:
        yield _holds(f"{names.PERIOD_ATTAINED_LOWER}{chosen} <= bool {float(outcome.lower) + 1e-9}", at)
        yield _holds(f"{names.PERIOD_ATTAINED_UPPER}{chosen} >= bool {float(outcome.upper) - 1e-9}", at)


def _may_be_down(account: Account) -> bool:
    """Whether every minute that nobody saw may have been down; the rules say so of all of them."""
    score = account.measurement.score
    return not isinstance(score, Down) or (not score.minimum_events and (score.threshold < 1 or not score.strict))


def _holds(expr: str, at: int) -> dict[str, object]:
    return {"expr": f"max({expr})", "eval_time": f"{at}s", "exp_samples": [{"labels": "{}", "value": 1}]}


@pytest.mark.parametrize("seed", range(4))
def test_random_measurements_on_random_minutes(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    cases: list[Case] = []
    while len(cases) < 4:
        case = Case(f"c{len(cases)}", sold(f"c{len(cases)}", thrown_measure(dice)), traffic(dice, 9 * 60), 0)
        if live(catalogue_of([case])):
            cases.append(case)
    assert judge(catalogue_of(cases), cases, (4 * HOUR, 8 * HOUR + STEP), tmp_path) >= 8


@pytest.mark.parametrize("seed", range(2))
def test_a_limit_of_down_time(seed: int, tmp_path: Path) -> None:
    """So many minutes a period: what is left of them, and no share of anything."""
    dice = random.Random(f"limit {seed}")
    cases: list[Case] = []
    while len(cases) < 3:
        name, measure = f"c{len(cases)}", thrown_measure(dice)
        if measure.method in ("downtime_minutes", "downtime_periods", "unavailable_intervals") and not _is_bounded(measure):
            limited = sold(name, measure, objective=Fraction(dice.choice([600, 5400])), unit="s", direction="at most")
            case = Case(name, limited, traffic(dice, 9 * 60), 0)
            if live(catalogue_of([case])):
                cases.append(case)
    found, _ = accounts(catalogue_of(cases), HORIZON)
    assert all(account.limit and not account.floor for account in found)
    assert judge(catalogue_of(cases), cases, (4 * HOUR, 8 * HOUR + STEP), tmp_path) >= 24


def test_a_run_of_one_minute_is_every_down_minute(tmp_path: Path) -> None:
    """"One or more consecutive minutes, partial minutes do not count": a public contract's words, which change nothing of minutes."""
    dice = random.Random("idle")
    hours = Weekly("UTC", week({"mon-sun": ["01:00-06:30"]}))
    measures = [
        MeasureTerms(method="downtime_periods", at_least=60, drop_partial=True, empty="good"),
        MeasureTerms(method="downtime_periods", drop_partial=True, down_threshold=Fraction(1, 20), minimum_events=10),
        MeasureTerms(method="downtime_periods", unknown="bad", empty="excluded"),
    ]
    cases = [Case(f"c{place}", sold(f"c{place}", each, hours="early"), traffic(dice, 540), 0) for place, each in enumerate(measures)]
    of = catalogue_of(cases, calendars={"early": hours})
    assert len(live(of)) == 3
    judge(of, cases, (5 * HOUR, 8 * HOUR + STEP), tmp_path, counting(of, 540))


def _is_bounded(measure: MeasureTerms) -> bool:
    """Whether the rules know bounds only of what was down for certain."""
    long = measure.interval != MINUTE or measure.method == "downtime_periods"
    return long and measure.unknown == "bounds"


MEASURES = [
    MeasureTerms(),
    MeasureTerms(method="downtime_minutes", down_threshold=Fraction(1, 20)),
    MeasureTerms(method="downtime_minutes", over="scheduled", empty="good"),
    MeasureTerms(method="downtime_periods", at_least=300, empty="good"),
]


def test_hours_exclusions_and_conditions(tmp_path: Path) -> None:
    """Maintenance to the second, service hours and a condition that holds now and then, all of them on the accounting side."""
    dice = random.Random(7)
    active = Spans.of((hour * HOUR + 600, hour * HOUR + 600 + dice.randint(1, 20) * MINUTE) for hour in range(9))
    seconds = Maintenance(
        "upgrade", "", ("shop",), (), emergency=False, cancelled=False, notice="", reason="", origin=indicator("x").origin,
        windows=(PlannedWork((2 * HOUR + 37, 3 * HOUR + 1234), 0, None), PlannedWork((5 * HOUR, 6 * HOUR), 0, None)),
    )
    hours = Weekly("UTC", week({"mon-sun": ["01:00-06:30"]}))
    paused = Exclusion("paused", when="paused == 1")
    cases = [
        Case("events", sold("events", MEASURES[0], exclude=(Exclusion("maintenance"), paused)), traffic(dice, 540), 0, active),
        Case("down", sold("down", MEASURES[1], hours="early", exclude=(Exclusion("maintenance"),)), traffic(dice, 540), 0),
        Case("agreed", sold("agreed", MEASURES[2], hours="early", exclude=(paused,)), traffic(dice, 540), 0, active),
        Case("runs", sold("runs", MEASURES[3], hours="early", exclude=(paused,)), traffic(dice, 540), 0, active),
    ]
    of = catalogue_of(cases, calendars={"early": hours}, maintenance={"upgrade": seconds})
    assert len(live(of)) == 4
    judge(of, cases, (5 * HOUR, 8 * HOUR + STEP), tmp_path, {**counting(of, 540), **paused_during(active, 540)})


@pytest.mark.parametrize("interval", [300, 3600])
def test_a_condition_within_longer_intervals(interval: int, tmp_path: Path) -> None:
    """Every minute in which it holds is taken out, and not only the last one of an interval."""
    dice = random.Random(f"within {interval}")
    active = Spans.of((hour * HOUR + 7 * MINUTE, hour * HOUR + 24 * MINUTE) for hour in range(9))
    paused = (Exclusion("paused", when="paused == 1"),)
    measures = [
        MeasureTerms(method="unavailable_intervals", interval=interval, empty="good", over="scheduled"),
        MeasureTerms(method="interval_mean", interval=interval, over="scheduled"),
    ]
    cases = [
        Case(f"c{place}", sold(f"c{place}", each, exclude=paused), traffic(dice, 540), 0, active) for place, each in enumerate(measures)
    ]
    of = catalogue_of(cases)
    assert len(live(of)) == 2
    assert sum(cases[0].outcome(of, 0, 4 * HOUR).excluded.values()) == 4 * 17 * MINUTE
    judge(of, cases, (5 * HOUR, 8 * HOUR + STEP), tmp_path, paused_during(active, 540))


def counting(of: Catalogue, minutes: int) -> dict[str, str]:
    """What the calendar group records every minute; these tests evaluate it more rarely."""
    found: dict[str, str] = {}
    for account in live(of).values():
        mask = account.counting
        if not mask.is_whole:
            values = [mask.between(minute * MINUTE, (minute + 1) * MINUTE) for minute in range(minutes)]
            found[f'{names.COUNTING_SECONDS}{{mask="{mask.key}", back="0"}}'] = " ".join(["_", "_", *map(str, values)])
    return found


def paused_during(active: Spans, minutes: int) -> dict[str, str]:
    """The series of the condition, which holds at the ends of minutes, and the record that the calendar group makes of it."""
    held = " ".join("1" if minute * MINUTE in active else "0" for minute in range(minutes))
    return {f'{names.CONDITION}{{condition="{condition_key("paused == 1")}"}}': f"_ _ {held}", "paused": f"_ {held}"}


def test_a_new_period_begins_with_nothing(tmp_path: Path) -> None:
    """Minutes before and after the start of a billing cycle that lies between two whole hours of UTC."""
    dice = random.Random(3)
    period = Periods("month", "Asia/Kolkata", (1, 2))
    start = period.of(8 * DAY).start
    assert start % HOUR == HOUR // 2
    first = start - 5 * HOUR
    minutes: list[Minute] = traffic(dice, 9 * 60)
    active = Spans.of((begin, begin + 20 * MINUTE) for begin in range(first, first + 9 * HOUR, 50 * MINUTE))
    paused = (Exclusion("paused", when="paused == 1"),)
    cases = [Case(f"c{place}", sold(f"c{place}", measure, period=period), minutes, first) for place, measure in enumerate(MEASURES[:2])]
    cases.append(Case("paused", sold("paused", MEASURES[1], period=period, exclude=paused), minutes, first, active))
    of = catalogue_of(cases)
    more = paused_during(active, first // MINUTE + 540)
    judge(of, cases, (start // STEP * STEP + 2 * STEP, start + HOUR, start + 3 * HOUR + STEP), tmp_path, more)


LASTING = [
    MeasureTerms(),
    MeasureTerms(method="downtime_minutes", down_threshold=Fraction(1, 20), over="deployed"),
    MeasureTerms(method="interval_mean", interval=300, over="scheduled"),
]


@pytest.mark.parametrize("days", [{"starts": date(1970, 1, 2)}, {"ends": date(1970, 1, 1)}])
def test_an_agreement_is_judged_from_its_first_day_to_its_last(days: Mapping[str, date], tmp_path: Path) -> None:
    """The second day of a month begins in the middle of nine hours: what is before the first day, or after the last, counts for nothing."""
    minutes, first = traffic(random.Random(8), 9 * 60), DAY - 4 * HOUR
    cases = [
        Case(f"c{place}", replace(sold(f"c{place}", measure), **days), minutes, first)  # type: ignore[arg-type]
        for place, measure in enumerate(LASTING)
    ]
    other = Case("other", sold("other", LASTING[0]), minutes, first)
    of = catalogue_of([*cases, other])
    assert len({live(of)[case.name].key for case in (*cases, other)}) == 4
    assert {live(of)[case.name].apart_from != "" for case in cases} == {"ends" in days}
    more = counting(of, first // MINUTE + 540)
    assert judge(of, [*cases, other], (DAY - HOUR, DAY + 2 * HOUR, DAY + 4 * HOUR + STEP), tmp_path, more) >= 60


def test_a_target_that_is_set_apart_goes_on_by_itself(tmp_path: Path) -> None:
    """Time that only one of the parties will not count lies far ahead: until then both come to the same, whoever is evaluated first."""
    case = Case("zulu", sold("zulu", MEASURES[0]), traffic(random.Random(5), 540), 0)
    for other in ("acme", "zzz"):
        relief = Adjustment("relief", other, (), "", (50 * DAY, 50 * DAY + HOUR), "", case.agreement.origin)
        apart = replace(case.agreement, name=other)
        of = replace(catalogue_of([case]), agreements={"zulu": case.agreement, other: apart}, adjustments=(relief,))
        assert live(of)[other].apart_from == live(of)["zulu"].key
        same = [
            _holds(f'abs(sum({metric}{{agreement="{other}"}}) - sum({metric}{{agreement="zulu"}})) < bool 1e-9', at)
            for metric in (names.PERIOD_BAD, names.PERIOD_TOTAL, names.PERIOD_UNKNOWN, names.PERIOD_ATTAINED_LOWER)
            for at in (2 * HOUR, 5 * HOUR, 8 * HOUR + STEP)
        ]
        judge(of, [case], (5 * HOUR, 8 * HOUR + STEP), tmp_path, counting(of, 540), also=same)


# --- what is not live, and what one target does to others ------------------------------------------------------------


@pytest.mark.parametrize(
    ("measure", "says"),
    [
        (MeasureTerms(method="per_interruption", reduce="max"), "a max over interruptions"),
        (MeasureTerms(method="downtime_periods", at_least=300, drop_partial=True), "whole multiples"),
        (MeasureTerms(method="downtime_periods", at_least=300, unknown="bad"), "counts as down"),
        (MeasureTerms(method="interval_mean", interval=420), "420 s are no whole multiple of 60 s that divides the day"),
        (MeasureTerms(method="interval_mean", interval=90), "90 s are no whole multiple"),
    ],
)
def test_what_rules_cannot_express_says_why(measure: MeasureTerms, says: str) -> None:
    of = catalogue_of([Case("c", sold("c", measure), [], 0)])
    found, absent = accounts(of, HORIZON)
    assert found == ()
    assert says in absent["c", "availability"].reason
    assert not [group.name for group in shared_groups(of, HORIZON) if group.name.startswith("slm-period")]


def test_intervals_that_begin_elsewhere_than_the_period_are_not_live() -> None:
    berlin = sold("c", MeasureTerms(method="interval_mean", interval=2 * HOUR), period=Periods("month", "Europe/Berlin"))
    (absent,) = accounts(catalogue_of([Case("c", berlin, [], 0)]), HORIZON)[1].values()
    assert "begin on a multiple" in absent.reason


def test_targets_that_are_summed_up_alike_share_their_rules() -> None:
    """A customer more is a constant more."""

    def rules(customers: int) -> int:
        bought = [agreement(f"a{number}", f"i{number % 3}", customer=f"c{number}") for number in range(customers)]
        of = catalogue([indicator(f"i{number}") for number in range(3)], (), bought)
        return sum(len(group.rules) for group in compile_rules(of, horizon=HORIZON))

    assert rules(303) - rules(3) == 300


def test_a_bad_condition_breaks_its_own_targets_only(tmp_path: Path) -> None:
    """It has no record, as one that fails at every evaluation: the others go on, and its own minutes are unknown."""
    dice = random.Random(11)
    broken = Exclusion("broken", when="a")
    good = Case("good", sold("good", MEASURES[1]), traffic(dice, 360), 0)
    bad = Case("bad", sold("bad", MEASURES[1], exclude=(broken,)), traffic(dice, 360), 0)
    of = catalogue_of([good, bad])
    groups = shared_groups(of, HORIZON)
    (tmp_path / "rules.yml").write_text(render_groups(groups))
    assert len(live(of)) == 2
    # The rule of the condition itself runs every half an hour here.
    unmeasured = _holds(f'{names.PERIOD_UNKNOWN}{{agreement="bad"}} >= bool 17000', 5 * HOUR)
    assert judge(of, [good], (5 * HOUR,), tmp_path, bad.inputs(), [unmeasured]) == 8


def test_rules_of_periods_read_records_only() -> None:
    from raw_selectors import raw_selectors

    of = catalogue_of([Case("c", sold("c", measure), [], 0) for measure in MEASURES[:1]])
    assert raw_selectors(compile_rules(of, horizon=HORIZON)) == raw_selectors(compile_rules(of))
    assert not [rule for group in shared_groups(of, HORIZON) for rule in group.rules if isinstance(rule, AlertRule) and rule.hold < 0]


