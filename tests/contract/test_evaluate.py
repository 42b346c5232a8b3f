"""The exact interpreter against one that looks at every second, and against numbers computed by hand."""

from __future__ import annotations

import os
from collections.abc import Mapping
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from slo_gen.contract.evaluate import evaluate
from slo_gen.contract.facts import Downtime, Outage, Slots
from slo_gen.contract.measurement import Down, Measurement, Runs, Share
from slo_gen.contract.outcome import Interruption
from slo_gen.contract.window import ALL_TIME, Window
from slo_gen.spec.terms import Bound
from slo_gen.timekeeping.periods import Periods
from slo_gen.timekeeping.spans import Spans
from tests.contract.by_the_second import BRIDGE, BySecond, counted_seconds, judged, long_enough, number_of_runs, reaches, runs

EXAMPLES = int(os.environ.get("EXAMPLES", "400"))
FLOOR = Bound(">=", Fraction("0.9"), "%", "at least 90%")
CEILING = Bound("<=", Fraction("0.1"), "%", "at most 10%")

SPANS = st.lists(st.tuples(st.integers(-80, 200), st.integers(1, 60)), max_size=3).map(lambda some: Spans.of((a, a + n) for a, n in some))
TIME = st.one_of(st.just(ALL_TIME), SPANS)
COUNTS = st.one_of(st.none(), st.just(0), st.integers(1, 12))
SCORES = st.one_of(
    st.just(Share()),
    st.builds(Down, st.sampled_from([Fraction(0), Fraction("0.05"), Fraction("0.5")]), st.just(True), st.integers(0, 4), st.booleans()),
    st.builds(Down, st.sampled_from([Fraction("0.05"), Fraction("0.5")]), st.just(False), st.integers(0, 4), st.booleans()),
)
RUNS = st.one_of(st.none(), st.builds(Runs, st.sampled_from([10, 20, 30, 45]), st.booleans(), st.booleans()))


@st.composite
def slots(draw: st.DrawFn) -> Slots:
    totals = draw(st.lists(COUNTS, min_size=1, max_size=24))
    bad = [draw(st.sampled_from([0, 0, 0, total, draw(st.integers(0, total))])) if total else 0 for total in totals]
    return Slots(draw(st.integers(-8, 2)) * 10, 10, totals, bad)


@st.composite
def measurements(draw: st.DrawFn) -> Measurement:
    score = draw(SCORES)
    down = isinstance(score, Down)
    return Measurement(
        slot=draw(st.sampled_from([10, 20, 30])), score=score,
        empty=draw(st.sampled_from(["good", "bad", "excluded", "unknown"])),
        unknown=draw(st.sampled_from(["bounds", "bounds", "good", "bad", "excluded"])),
        runs=draw(RUNS) if down else None,
        over=draw(st.sampled_from(["calendar", "scheduled", "deployed"])),
        reduce=draw(st.sampled_from(["sum", "max", "count"])) if down else "sum",
    )  # fmt: skip


WINDOWS = st.builds(
    lambda end, scheduled, deployed, one, two: Window(0, end, scheduled, deployed, (("first", one), ("second", two))),
    st.sampled_from([100, 120, 150]), TIME, TIME, SPANS, SPANS,
)  # fmt: skip


@settings(max_examples=EXAMPLES, deadline=None)
@given(measurements(), slots(), WINDOWS)
def test_every_second_looked_at(measurement: Measurement, facts: Slots, window: Window) -> None:
    found = evaluate("target", measurement, FLOOR, facts, window)
    seconds = BySecond(facts, window)
    low, high = (-400, 600) if measurement.runs or measurement.reduce != "sum" else (window.start, window.end)
    judgements = judged(measurement, seconds, low, high)
    inside = [second for second in range(window.start, window.end) if seconds.counts(second)]
    if not any(events[1] for second in inside if (events := seconds.events(second))):
        assert found.verdict == "not_measured"
        assert (found.figure, found.lower, found.upper) == (None, None, None)
        return
    if measurement.reduce == "count":
        least, most = number_of_runs(measurement, window, judgements)
        assert (found.lower, found.upper) == (least, most)
        return
    figures = [_figure(measurement, window, {second: each[which] for second, each in judgements.items()}) for which in (2, 0, 1)]
    if None not in figures[1:]:
        bounds = sorted(each for each in figures[1:] if each is not None)
        assert (found.figure, found.lower, found.upper) == (figures[0], bounds[0], bounds[1])
    assert found.excluded.get("first", 0) == sum(
        second in window.excluded[0][1] and second in window.scheduled and second in window.deployed for second in range(0, window.end)
    )


def _figure(measurement: Measurement, window: Window, shares: Mapping[int, Fraction | None]) -> Fraction | None:
    period = range(window.start, window.end)
    if measurement.reduce == "max":
        reaching = (run for run in runs(shares) if reaches(run, window) and long_enough(measurement, run))
        return Fraction(max(map(len, reaching), default=0))
    if isinstance(measurement.score, Down):
        counting = [second for run in runs(shares) for second in counted_seconds(measurement, window, run) if second in period]
    else:
        counting = [second for second in shares if second in period]
    bad = sum((shares[second] or Fraction(0) for second in counting if shares[second] != BRIDGE), Fraction(0))
    match measurement.over:
        case "calendar":
            of = set(period)
        case "deployed":
            of = {second for second in period if second in window.deployed}
        case _:
            of = {second for second in period if second in window.counting}
    number = len(of - {second for second, share in shares.items() if share in (None, BRIDGE)})
    return 1 - bad / number if number else None


# --- events as they are ------------------------------------------------------------------------------------------
@settings(max_examples=150, deadline=None)
@given(slots(), WINDOWS, st.sampled_from(["bounds", "good", "bad", "excluded"]))
def test_the_share_of_events(facts: Slots, window: Window, unknown: str) -> None:
    found = evaluate("target", Measurement(None, Share(), unknown=unknown, over="events"), CEILING, facts, window)  # type: ignore[arg-type]
    seconds = BySecond(facts, window)
    inside = [second for second in range(window.start, window.end) if seconds.counts(second)]
    known = [events for second in inside if (events := seconds.events(second)) is not None]
    bad, total = (sum((each[place] for each in known), Fraction(0)) for place in (0, 1))
    more = seconds.busiest * (len(inside) - len(known))
    if not total:
        assert (found.verdict, found.figure) == ("not_measured", None)
        return
    low, seen, high = bad / (total + more), bad / total, (bad + more) / (total + more)
    expected = {"bounds": (low, seen, high), "good": (low,) * 3, "bad": (high,) * 3, "excluded": (seen,) * 3}[unknown]
    assert (found.lower, found.figure, found.upper) == expected
    assert found.verdict == ("met" if expected[2] <= CEILING.value else "missed" if expected[0] > CEILING.value else "unclear")
    assert found.unknown == len(inside) - len(known)


# --- by hand -----------------------------------------------------------------------------------------------------
MINUTES = Measurement(60, Down(Fraction(0)))


def outage(period_name: str, zone: str, minutes: int, objective: str, measurement: Measurement = MINUTES) -> tuple[str, Fraction | None]:
    period = Periods("quarter" if "Q" in period_name else "month", zone).named(period_name)
    facts = Downtime(period.start, period.end, (Outage(period.start + 7200, period.start + 7200 + minutes * 60),))
    bound = Bound(">=", Fraction(objective), "%", objective)
    found = evaluate("target", measurement, bound, facts, Window(period.start, period.end))
    return found.verdict, found.figure


@pytest.mark.parametrize(("name", "zone", "minutes", "objective", "verdict"), [
    ("2026-02", "UTC", 40, "0.999", "met"), ("2026-02", "UTC", 41, "0.999", "missed"),
    ("2028-02", "UTC", 41, "0.999", "met"), ("2028-02", "UTC", 42, "0.999", "missed"),
    ("2026-04", "UTC", 43, "0.999", "met"), ("2026-04", "UTC", 44, "0.999", "missed"),
    ("2026-04", "UTC", 432, "0.99", "met"), ("2026-04", "UTC", 433, "0.99", "missed"),
    ("2026-04", "UTC", 216, "0.995", "met"), ("2026-04", "UTC", 217, "0.995", "missed"),
    ("2026-01", "UTC", 2232, "0.95", "met"), ("2026-01", "UTC", 2233, "0.95", "missed"),
    ("2026-03", "Europe/Berlin", 445, "0.99", "met"), ("2026-03", "Europe/Berlin", 446, "0.99", "missed"),
    ("2026-10", "Europe/Berlin", 447, "0.99", "met"), ("2026-10", "Europe/Berlin", 448, "0.99", "missed"),
    ("2026-10", "Australia/Lord_Howe", 446, "0.99", "met"), ("2026-10", "Australia/Lord_Howe", 447, "0.99", "missed"),
    ("2026-04", "Australia/Lord_Howe", 432, "0.99", "met"), ("2026-04", "Australia/Lord_Howe", 433, "0.99", "missed"),
    ("2026-Q1", "UTC", 129, "0.999", "met"), ("2026-Q1", "UTC", 130, "0.999", "missed"),
])  # fmt: skip
def test_a_minute_more_or_less(name: str, zone: str, minutes: int, objective: str, verdict: str) -> None:
    found, figure = outage(name, zone, minutes, objective)
    assert found == verdict
    period = Periods("quarter" if "Q" in name else "month", zone).named(name)
    assert figure == 1 - Fraction(minutes * 60, period.seconds)


def test_a_strict_floor_is_missed_at_the_bound_itself() -> None:
    period = Periods("month").named("2026-04")
    facts = Downtime(period.start, period.end, (Outage(period.start, period.start + 432 * 60),))
    bound = Bound(">", Fraction("0.99"), "%", "more than 99%")
    assert evaluate("target", MINUTES, bound, facts, Window(period.start, period.end)).verdict == "missed"


def test_the_denominator_flips_the_verdict() -> None:
    """240 planned minutes, 43 others: of all minutes 99.900463 %, of those without the planned ones 99.899907 %."""
    period = Periods("month").named("2026-04")
    planned = Spans(((period.start, period.start + 240 * 60),))
    facts = Downtime(period.start, period.end, (Outage(period.start, period.start + 283 * 60),))
    window = Window(period.start, period.end, excluded=(("maintenance", planned),))
    bound = Bound(">=", Fraction("0.999"), "%", "99.9%")
    of_all = evaluate("target", MINUTES, bound, facts, window)
    of_agreed = evaluate("target", Measurement(60, Down(Fraction(0)), over="scheduled"), bound, facts, window)
    assert (of_all.verdict, of_all.figure) == ("met", 1 - Fraction(43, 43_200))
    assert (of_agreed.verdict, of_agreed.figure) == ("missed", 1 - Fraction(43, 42_960))
    assert (of_all.counted, of_all.real, of_all.excluded) == (43 * 60, 283 * 60, {"maintenance": 240 * 60})


def test_five_outages_of_nine_minutes_hide_behind_a_rule_of_ten() -> None:
    period = Periods("month").named("2026-04")
    facts = Downtime(period.start, period.end, tuple(Outage(period.start + n * 7200, period.start + n * 7200 + 540) for n in range(5)))
    found = evaluate("target", Measurement(60, Down(Fraction(0)), runs=Runs(600)), FLOOR, facts, Window(period.start, period.end))
    assert (found.counted, found.real, found.figure) == (0, 45 * 60, 1)
    assert [each.counted for each in found.interruptions] == [0] * 5


def test_whole_minutes_of_an_outage_count_and_the_rest_does_not() -> None:
    facts = Downtime(0, 3600, (Outage(30, 30 + 150),))
    found = evaluate("target", Measurement(60, Down(Fraction(0)), runs=Runs(60, whole=True)), FLOOR, facts, Window(0, 3600))
    assert (found.counted, found.real) == (120, 150)


def test_an_outage_over_the_edge_of_a_month_is_long_enough_in_both() -> None:
    facts = Downtime(0, 7200, (Outage(3600 - 240, 3600 + 240),))
    for start, end in ((0, 3600), (3600, 7200)):
        found = evaluate("target", Measurement(60, Down(Fraction(0)), runs=Runs(300)), FLOOR, facts, Window(start, end))
        assert found.counted == 240
        most = Bound("<=", Fraction(300), "s", "at most 5m")
        longest = evaluate("target", Measurement(60, Down(Fraction(0)), reduce="max"), most, facts, Window(start, end))
        assert (longest.figure, longest.verdict) == (480, "missed")


def test_weighted_time() -> None:
    """Peak time weighs three times: 20 and 30 minutes down of 12600 and 30600."""
    facts = Downtime(0, 43_200 * 60, (Outage(0, 20 * 60), Outage(20_000 * 60, 20_030 * 60)))
    measurement = Measurement(60, Down(Fraction(0)), weights=(("peak", 3),))
    found = evaluate("target", measurement, FLOOR, facts, Window(0, 43_200 * 60, hours={"peak": Spans(((0, 12_600 * 60),))}))
    assert found.figure == 1 - Fraction(3 * 20 + 30, 3 * 12_600 + 30_600)


def test_outages_that_overlap_are_down_once_and_hit_as_many_as_the_worst() -> None:
    facts = Downtime(0, 10_000, (Outage(0, 100, Fraction(1, 2)), Outage(50, 200, Fraction(1, 4)), Outage(60, 80)))
    plain = evaluate("target", MINUTES, FLOOR, facts, Window(0, 10_000))
    weighted = evaluate("target", Measurement(60, Down(Fraction(0), weighted=True)), FLOOR, facts, Window(0, 10_000))
    many = evaluate("target", Measurement(60, Down(Fraction(1, 3))), FLOOR, facts, Window(0, 10_000))
    assert (plain.counted, many.counted) == (200, 100)
    assert weighted.counted == Fraction(80, 2) + 20 + Fraction(100, 4)


def test_what_no_measurement_can_have_seen_lies_between_the_bounds() -> None:
    facts = Slots(0, 60, [100, 100], [0, 10], unseen=[0, 50])
    found = evaluate("target", Measurement(None, Share(), over="events"), FLOOR, facts, Window(0, 120))
    assert (found.figure, found.lower, found.upper) == (Fraction(190, 200), Fraction(190, 250), Fraction(240, 250))
    assert found.verdict == "unclear"


def test_nobody_looked() -> None:
    facts = Downtime(0, 3600, unknown=Spans(((0, 3600),)))
    assert evaluate("target", MINUTES, FLOOR, facts, Window(0, 3600)).verdict == "not_measured"
    part = Downtime(0, 3600, unknown=Spans(((0, 600),)))
    found = evaluate("target", MINUTES, FLOOR, part, Window(0, 3600))
    assert (found.verdict, found.figure, found.lower, found.upper) == ("unclear", 1, Fraction(5, 6), 1)


def test_what_the_share_of_events_is_made_of() -> None:
    """Counts are in quarters of an event; the hour of a maintenance leaves events out, and half a slot has half of them."""
    facts = Slots(0, 60, [400, None, 400, 400], [100, 0, 4, 40], per=4)
    window = Window(0, 210, excluded=(("maintenance", Spans(((0, 60),))),))
    found = evaluate("checkout", Measurement(None, Share(), over="events"), FLOOR, facts, window)
    assert (found.target, found.start, found.end, found.unit) == ("checkout", 0, 210, "events")
    assert (found.counted, found.real, found.of) == (6, 31, 150)
    assert (found.figure, found.lower, found.upper) == (Fraction(144, 150), Fraction(144, 250), Fraction(244, 250))
    assert (found.unknown, found.excluded, found.verdict) == (60, {"maintenance": 60}, "unclear")
    assert found.interruptions == ()


def test_what_a_share_of_time_is_made_of() -> None:
    facts = Downtime(0, 1000, (Outage(100, 160), Outage(400, 430)), unknown=Spans(((900, 950),)))
    found = evaluate("checkout", Measurement(60, Down(Fraction(0)), runs=Runs(60)), FLOOR, facts, Window(0, 1000))
    assert (found.target, found.start, found.end, found.unit) == ("checkout", 0, 1000, "seconds")
    assert (found.counted, found.real, found.of, found.unknown) == (60, 90, 950, 50)
    assert [(each.start, each.end, each.counted) for each in found.interruptions] == [(100, 160, 60), (400, 430, 0)]


def test_the_mean_of_intervals_is_not_the_share_of_events() -> None:
    """A busy interval with few errors and a quiet one with many: 1 % and 50 %."""
    facts = Slots(0, 300, [10_000, 10], [100, 5])
    found = evaluate("target", Measurement(300, Share(), reduce="mean"), FLOOR, facts, Window(0, 600))
    assert (found.figure, found.verdict) == (1 - (Fraction(1, 100) + Fraction(1, 2)) / 2, "missed")
    assert evaluate("target", Measurement(None, Share(), over="events"), FLOOR, facts, Window(0, 600)).figure == 1 - Fraction(105, 10_010)


AT_MOST = Bound("<=", Fraction(100), "s", "at most 100s")


@pytest.mark.parametrize(("reduce", "figure"), [("max", 40), ("count", 2)])
def test_runs_outside_of_the_period_are_none_of_it(reduce: str, figure: int) -> None:
    before, after = (Outage(-700, -500), Outage(-90, 0)), (Outage(1000, 1090), Outage(1500, 1900))
    facts = Downtime(-1000, 2000, (*before, Outage(10, 50), Outage(600, 620), *after))
    measurement = Measurement(60, Down(Fraction(0)), reduce=reduce)  # type: ignore[arg-type]
    assert evaluate("target", measurement, AT_MOST, facts, Window(0, 1000)).figure == figure


@pytest.mark.parametrize(("shortest", "longest", "number"), [(20, 40, 2), (21, 40, 1), (41, 0, 0)])
def test_only_runs_that_are_long_enough_are_looked_at(shortest: int, longest: int, number: int) -> None:
    facts = Downtime(0, 1000, (Outage(10, 50), Outage(600, 620)))
    for reduce, figure in (("max", longest), ("count", number)):
        measurement = Measurement(60, Down(Fraction(0)), runs=Runs(shortest), reduce=reduce)  # type: ignore[arg-type]
        found = evaluate("target", measurement, AT_MOST, facts, Window(0, 1000))
        assert (found.figure, found.lower, found.upper) == (figure, figure, figure)


def test_events_are_judged_by_the_intervals_of_the_contract() -> None:
    """Six of ten in the first ten seconds are less than half of the twenty in twenty seconds."""
    facts = Slots(0, 10, [10, 10], [6, 0])
    counted = [
        evaluate("target", Measurement(slot, Down(Fraction(1, 2))), FLOOR, facts, Window(0, 20)).counted for slot in (10, 20)
    ]  # fmt: skip
    assert counted == [10, 0]


@pytest.mark.parametrize(("percent", "figure"), [(Fraction(1, 3), 10), (Fraction(1, 2), 20), (Fraction(1), 200)])
def test_a_percentile_of_outages(percent: Fraction, figure: int) -> None:
    facts = Downtime(0, 1000, (Outage(0, 10), Outage(100, 120), Outage(300, 500)))
    measurement = Measurement(60, Down(Fraction(0)), reduce="percentile", percent=percent)
    found = evaluate("target", measurement, AT_MOST, facts, Window(0, 1000))
    assert (found.figure, found.lower, found.upper) == (figure, figure, figure)
    in_part = Downtime(0, 1000, facts.outages, unknown=Spans(((600, 900),)))
    found = evaluate("target", measurement, AT_MOST, in_part, Window(0, 1000))
    assert (found.figure, found.lower, found.upper) == (figure, 0, 300)


def test_a_run_is_followed_over_days_in_both_directions() -> None:
    day = 86_400
    facts = Downtime(-10 * day, 10 * day, (Outage(-3 * day - 5, 2 * day + 7),))
    for slot in (60, None):
        found = evaluate("target", Measurement(slot, Down(Fraction(0)), reduce="max"), AT_MOST, facts, Window(0, day))
        assert found.figure == 5 * day + 12


def test_intervals_keep_their_grid_where_a_run_is_followed() -> None:
    """Intervals of 700 seconds do not divide a day; the run begins and ends with one of them, on the grid of the period."""
    facts = Slots(-200_200, 50, [1] * 8012, [int(-99_400 <= at < 140_000) for at in range(-200_200, 200_400, 50)])
    measurement = Measurement(700, Down(Fraction(0)), reduce="max")
    assert evaluate("target", measurement, AT_MOST, facts, Window(0, 700)).figure == 99_400 + 140_000


def test_an_interval_is_down_as_a_whole_also_with_what_nobody_saw_of_it() -> None:
    """Five minutes down, five with two minutes that nobody saw, five down: one interruption, of whose time what was seen counts."""
    facts = Slots(0, 60, [10] * 5 + [10, 10, None, None, 10] + [10] * 5 + [10] * 45, [10] * 5 + [10, 0, 0, 0, 0] + [10] * 5 + [0] * 45)
    runs = Measurement(300, Down(Fraction("0.05")), runs=Runs(900, strict=False, whole=False), reduce="sum")
    found = evaluate("target", runs, FLOOR, facts, Window(0, 3600))
    assert (found.counted, found.unknown) == (780, 120)
    assert [(each.start, each.end, each.counted) for each in found.interruptions] == [(0, 900, 780)]
    assert (found.figure, found.lower, found.upper) == (1 - Fraction(780, 3480), Fraction(2700, 3600), Fraction(2700, 3600))


def test_an_interval_that_nobody_saw_at_all_ends_a_run() -> None:
    facts = Slots(0, 60, [10] * 5 + [None] * 5 + [10] * 5 + [10] * 45, [10] * 5 + [0] * 5 + [10] * 5 + [0] * 45)
    runs = Measurement(300, Down(Fraction("0.05")), runs=Runs(600, strict=False, whole=False), reduce="sum")
    found = evaluate("target", runs, FLOOR, facts, Window(0, 3600))
    assert found.interruptions == (Interruption(0, 300, Fraction(0)), Interruption(600, 900, Fraction(0)))
    assert (found.figure, found.lower, found.upper) == (1, Fraction(2700, 3600), 1)


def test_an_interval_that_was_up_as_far_as_it_was_seen_makes_no_run_longer() -> None:
    facts = Slots(0, 60, [10] * 5 + [None] + [10] * 54, [10] * 5 + [0] * 55)
    found = evaluate("target", Measurement(300, Down(Fraction("0.05"))), FLOOR, facts, Window(0, 3600))
    assert found.interruptions == (Interruption(0, 300, Fraction(300)),)
    assert (found.counted, found.unknown, found.of) == (300, 60, 3540)
