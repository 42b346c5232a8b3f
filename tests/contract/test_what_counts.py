"""What is real beside what counts, what a figure is a share of, and what was never seen: small cases reckoned by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from slo_gen.contract.evaluate import _judged, _stretches, evaluate
from slo_gen.contract.facts import Downtime, Outage, Slots
from slo_gen.contract.measurement import Down, Measurement, Runs, Share
from slo_gen.contract.outcome import Outcome
from slo_gen.contract.pieces import observe
from slo_gen.contract.runs import Stretch
from slo_gen.contract.window import Window
from slo_gen.spec.terms import Bound
from slo_gen.timekeeping.spans import Spans

FLOOR = Bound(">=", Fraction("0.9"), "%", "at least 90%")
ANY = Down(Fraction(0))
HALF = Spans(((0, 50),))


def judged(
    score: Share | Down, total: list[int | None], bad: list[int], window: Window | None = None, bound: Bound = FLOOR, **more: object
) -> Outcome:
    """Slots of ten seconds from 0 on, in a window of as many."""
    measurement = Measurement(10, score, **more)  # type: ignore[arg-type]
    return evaluate("target", measurement, bound, Slots(0, 10, total, bad), window or Window(0, 10 * len(total)))


# --- denominators ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("over", "of"), [("calendar", 100), ("scheduled", 50), ("deployed", 80)])
def test_what_the_figure_is_a_share_of(over: str, of: int) -> None:
    window = Window(0, 100, scheduled=HALF, deployed=Spans(((0, 80),)))
    found = judged(ANY, [1] * 10, [1] + [0] * 9, window, over=over)
    assert (found.counted, found.of, found.figure, found.unit) == (10, of, 1 - Fraction(10, of), "seconds")


def test_an_objective_in_seconds_is_compared_with_the_down_time_itself() -> None:
    within = Bound("<=", Fraction(20), "s", "at most 20s")
    assert judged(ANY, [1] * 10, [1, 1] + [0] * 8, bound=within).figure == 20
    assert judged(ANY, [1] * 10, [1, 1] + [0] * 8, bound=within).verdict == "met"
    assert judged(ANY, [1] * 10, [1, 1, 1] + [0] * 7, bound=within).verdict == "missed"


# --- real beside counted -------------------------------------------------------------------------------------------------


def test_intervals_with_too_few_events_do_not_count_and_are_real() -> None:
    found = judged(Down(Fraction(0), minimum_events=5), [1, 9, 9], [1, 9, 0])
    assert (found.counted, found.real) == (10, 20)


def test_what_is_real_outside_of_the_hours_is_weighed_as_within_them() -> None:
    window = Window(0, 100, scheduled=HALF)
    total: list[int | None] = [4] * 10
    bad = [1, 0, 0, 0, 0, 1, 3, 0, 0, 0]
    weighted = judged(Down(Fraction("0.5"), strict=False, weighted=True), total, bad, window)
    assert (weighted.counted, weighted.real) == (0, Fraction(30, 4))
    strict = judged(Down(Fraction("0.25"), strict=True), total, bad, window)
    assert (strict.counted, strict.real) == (0, 10)
    share = judged(Share(), total, bad, window)
    assert (share.counted, share.real) == (Fraction(10, 4), Fraction(50, 4))


def test_silence_outside_of_the_hours_is_as_bad_as_within_them() -> None:
    window = Window(0, 100, scheduled=HALF)
    found = judged(ANY, [1, 0, 1, 1, 1, 0, 0, 1, 1, 1], [0] * 10, window, empty="bad")
    assert (found.counted, found.real) == (10, 30)
    assert judged(ANY, [1, 0, 1, 1, 1, 0, 0, 1, 1, 1], [0] * 10, window, empty="good").real == 0


def test_what_nobody_saw_may_count_and_is_never_real() -> None:
    found = judged(ANY, [1, None, 1], [1, 0, 0], unknown="bad")
    assert (found.counted, found.real, found.unknown) == (20, 10, 10)


def test_outages_are_real_to_the_second_where_intervals_are_not_asked_for() -> None:
    facts = Downtime(0, 600, (Outage(30, 45), Outage(330, 370)))
    window = Window(0, 600, scheduled=Spans(((0, 300),)))
    to_the_second = evaluate("target", Measurement(60, ANY), FLOOR, facts, window)
    assert (to_the_second.counted, to_the_second.real) == (15, 55)
    by_interval = evaluate("target", Measurement(60, Down(Fraction(0), by_interval=True)), FLOOR, facts, window)
    assert (by_interval.counted, by_interval.real) == (60, 60 + 120)


# --- what was not seen -----------------------------------------------------------------------------------------------------


def test_good_time_beside_unseen_time_does_not_make_it_good() -> None:
    found = judged(ANY, [1, 1, None, 1, 1, None, None, 1, 1, 1], [0] * 10)
    assert (found.figure, found.lower, found.upper, found.unknown) == (1, Fraction(7, 10), 1, 30)


def test_an_interval_that_nobody_saw_is_down_at_worst_only_where_anything_can_be() -> None:
    """No share of events exceeds all of them."""
    assert judged(ANY, [1, None], [0, 0]).lower == Fraction(1, 2)
    assert judged(Down(Fraction(1), strict=False), [1, None], [0, 0]).lower == Fraction(1, 2)
    assert judged(Down(Fraction(1), strict=True), [1, None], [0, 0]).lower == 1


def test_the_busiest_interval_is_sought_in_the_period_alone() -> None:
    """Nobody knows what an unseen interval held: at most as much as the busiest one of the period."""
    events = Measurement(None, Share())
    facts = Slots(-20, 10, [900, 900, 6, None, 4, 900], [0, 0, 0, 0, 0, 0])
    found = evaluate("target", events, FLOOR, facts, Window(0, 30))
    assert (found.lower, found.upper, found.unit) == (Fraction(10, 16), 1, "events")


def test_only_silence_is_not_measured() -> None:
    found = judged(ANY, [0, 0, None], [0, 0, 0], empty="good")
    assert (found.verdict, found.figure) == ("not_measured", None)
    assert judged(ANY, [0, 1, None], [0, 0, 0], empty="good").verdict != "not_measured"


# --- large numbers ---------------------------------------------------------------------------------------------------------


def test_counts_beyond_what_a_float_holds_stay_exact() -> None:
    """Half of a slot is excluded, so its events are cut."""
    many = 2 * 10**17 + 2
    window = Window(0, 20, excluded=(("maintenance", Spans(((5, 10),))),))
    facts = Slots(0, 10, [many, many], [2 * 10**16 + 2, 0], unseen=[10**17 + 2, 0])
    found = evaluate("target", Measurement(None, Share()), FLOOR, facts, window)
    assert (found.counted, found.of) == (10**16 + 1, 3 * 10**17 + 3)
    assert found.lower == 1 - Fraction(10**16 + 1 + 5 * 10**16 + 1, 3 * 10**17 + 3 + 5 * 10**16 + 1)


def test_a_share_of_large_counts_is_exact() -> None:
    many = 3 * 10**17 + 1
    window = Window(0, 20, excluded=(("maintenance", Spans(((5, 10),))),))
    found = evaluate("target", Measurement(20, Share()), FLOOR, Slots(0, 10, [many, many], [1, 0]), window)
    assert found.counted == 15 * Fraction(1, 2) / (many * Fraction(3, 2))


# --- stretches ---------------------------------------------------------------------------------------------------------
def stretches(total: list[int | None], bad: list[int]) -> list[Stretch]:
    measurement = Measurement(10, ANY)
    observed = observe(Slots(0, 10, total, bad), 0, 10 * len(total))
    return _stretches(_judged(measurement, observed, Spans(((0, 10 * len(total)),)), 0, 10 * len(total)))


def test_what_is_surely_good_is_no_stretch_and_all_else_is_one_each() -> None:
    found = stretches([1, 1, 1, 4, 4, None, 1, 1], [0, 0, 0, 2, 2, 0, 0, 0])
    assert [(each.start, each.end, each.best.bad, each.worst.bad) for each in found] == [(30, 40, 1, 1), (40, 50, 1, 1), (50, 60, 0, 1)]
    assert all(each.interval is not None for each in found)
    assert [each.seen.out for each in found] == [False, False, True]


# --- runs at the edges -------------------------------------------------------------------------------------------------
def test_only_interruptions_of_the_period_are_told() -> None:
    """One ends where the period begins, one begins where it ends, and one lies within."""
    facts = Downtime(0, 400, (Outage(60, 100), Outage(150, 180), Outage(200, 260)))
    found = evaluate("target", Measurement(None, ANY, runs=Runs(1)), FLOOR, facts, Window(100, 200))
    assert [(each.start, each.end) for each in found.interruptions] == [(150, 180)]


@pytest.mark.parametrize(("reduce", "percent", "figure"), [("max", None, 90), ("count", None, 2), ("percentile", Fraction(1, 2), 30)])
def test_runs_are_followed_over_the_edges_of_the_period(reduce: str, percent: Fraction | None, figure: int) -> None:
    """From 30 seconds before the period to 60 in it, and half a minute later on: 90 seconds and 30."""
    facts = Downtime(0, 400, (Outage(70, 160), Outage(170, 200)))
    limit = Bound("<=", Fraction(10**6), "s", "at most long")
    found = evaluate("target", Measurement(None, ANY, reduce=reduce, percent=percent), limit, facts, Window(100, 300))  # type: ignore[arg-type]
    assert (found.figure, found.lower, found.upper) == (figure, figure, figure)
