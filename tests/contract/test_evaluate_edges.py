"""The exact interpreter where little decides: edges of the period, parts without data, weights and whole intervals."""

from __future__ import annotations

from fractions import Fraction

import pytest

from slo_gen.contract.evaluate import basis, evaluate
from slo_gen.contract.facts import Downtime, Outage, Slots
from slo_gen.contract.measurement import Down, Measurement, Reduce, Runs, Share
from slo_gen.contract.window import Window
from slo_gen.spec.terms import Bound
from slo_gen.timekeeping.spans import Spans

FLOOR = Bound(">=", Fraction("0.9"), "%", "at least 90%")
AT_MOST = Bound("<=", Fraction(100), "s", "at most 100s")
ANY = Down(Fraction(0))
HALF = Down(Fraction(1, 2))


def test_one_event_in_a_second_is_measured() -> None:
    assert evaluate("up", Measurement(1, ANY), FLOOR, Slots(0, 1, [1], [0]), Window(0, 1)).verdict == "met"


def test_what_is_counted_is_seconds_or_events() -> None:
    facts = Slots(0, 10, [10, 10], [5, 0])
    by_time = evaluate("up", Measurement(10, ANY), FLOOR, facts, Window(0, 20))
    assert (by_time.counted, by_time.of, by_time.unit) == (10, 20, "seconds")
    by_event = evaluate("up", Measurement(None, Share(), over="events"), FLOOR, facts, Window(0, 20))
    assert (by_event.counted, by_event.of, by_event.unit) == (5, 20, "events")


def test_a_figure_is_exact_where_nothing_was_down() -> None:
    figure = evaluate("up", Measurement(60, ANY), FLOOR, Downtime(0, 600), Window(0, 600)).figure
    assert (figure, type(figure)) == (1, Fraction)


def test_events_that_nobody_can_have_seen_may_make_a_good_interval_bad() -> None:
    """Five of ten are no more than half; ten more may all have been bad."""
    found = evaluate("up", Measurement(10, HALF), FLOOR, Slots(0, 10, [10], [5], unseen=[10]), Window(0, 10))
    assert (found.figure, found.lower, found.upper) == (1, 0, 1)


def test_what_was_seen_of_an_interval_counts_for_the_time_that_was_seen() -> None:
    found = evaluate("up", Measurement(20, Share()), FLOOR, Slots(0, 10, [10, None], [6, 0]), Window(0, 20))
    assert (found.counted, found.of, found.figure) == (6, 10, Fraction(4, 10))


@pytest.mark.parametrize(("reduce", "figure"), [("count", 1), ("percentile", 200)])
def test_an_interruption_keeps_its_whole_length_over_an_edge(reduce: Reduce, figure: int) -> None:
    measurement = Measurement(60, ANY, reduce=reduce, percent=Fraction(1))
    found = evaluate("up", measurement, AT_MOST, Downtime(-1000, 1000, (Outage(-120, 80),)), Window(0, 1000))
    assert (found.figure, [(each.start, each.end) for each in found.interruptions]) == (figure, [(-120, 80)])


def test_a_share_of_events_in_hours_that_weigh_more() -> None:
    """Half of ten seconds that weigh three times, of 30 and 10."""
    peak = Window(0, 20, hours={"peak": Spans(((0, 10),))})
    found = evaluate("up", Measurement(10, Share(), weights=(("peak", 3),)), FLOOR, Slots(0, 10, [10, 10], [5, 0]), peak)
    assert found.figure == 1 - Fraction(15, 40)


def test_whole_minutes_come_before_whole_multiples_of_the_shortest() -> None:
    """Of 280 s four minutes are whole, 240 s; of those two times 90 s count."""
    measurement = Measurement(60, ANY, runs=Runs(90, whole=True))
    assert evaluate("up", measurement, FLOOR, Downtime(0, 1000, (Outage(7, 287),)), Window(0, 1000)).counted == 180


def test_an_interval_that_is_agreed_in_part_is_not_whole() -> None:
    """Down from 10 to 50; of the intervals of twenty seconds only the second was down from end to end."""
    measurement = Measurement(20, ANY, runs=Runs(20, whole=True))
    facts = Slots(0, 10, [1] * 6, [1] * 6)
    assert evaluate("up", measurement, FLOOR, facts, Window(0, 60, scheduled=Spans(((10, 50),)))).counted == 20


def test_a_percentile_of_what_was_seen() -> None:
    """Half of the interval was not seen; as far as it was, all of it was down."""
    measurement = Measurement(20, HALF, reduce="percentile", percent=Fraction(1))
    found = evaluate("up", measurement, AT_MOST, Slots(0, 10, [10, None], [6, 0]), Window(0, 20))
    assert (found.figure, found.lower, found.upper) == (20, 0, 20)


def test_half_an_event_was_really_bad() -> None:
    """Ten events are needed to be down; half of one, in quarters, is none of these, and bad all the same."""
    measurement = Measurement(1, Down(Fraction(0), minimum_events=10))
    found = evaluate("up", measurement, FLOOR, Slots(0, 1, [2], [2], per=4), Window(0, 1))
    assert (found.counted, found.real) == (0, 1)


def test_an_outage_is_whole_where_no_rule_is_about_its_length() -> None:
    """Deadlines run from its end, be it in the next period; only what is in the period counts."""
    facts = Downtime(-500, 700, (Outage(-50, 30), Outage(550, 680)))
    found = evaluate("up", Measurement(slot=60, score=Down(Fraction(0), True, 0, False)), FLOOR, facts, Window(0, 600))
    assert [(each.start, each.end, each.counted) for each in found.interruptions] == [(-50, 30, 30), (550, 680, 50)]
    assert (found.counted, found.of) == (80, 600)


def test_interruptions_that_end_or_begin_at_an_edge_are_none_of_the_period() -> None:
    outages = (Outage(-700, -500), Outage(-90, 0), Outage(400, 450), Outage(1000, 1090), Outage(1500, 1900))
    facts = Downtime(-1000, 2000, outages, unknown=Spans(((0, 50), (950, 1000))))
    found = evaluate("up", Measurement(60, ANY, reduce="max"), AT_MOST, facts, Window(0, 1000))
    assert [(each.start, each.end, each.counted) for each in found.interruptions] == [(400, 450, 50)]


def test_what_was_surely_good_and_not_seen_is_left_out_of_what_was_seen() -> None:
    """Too few events to be down whatever happened in the ten seconds without data; the ten seconds beside them had none."""
    measurement = Measurement(20, Down(Fraction(1, 2), minimum_events=100))
    found = evaluate("up", measurement, FLOOR, Slots(0, 10, [0, None, 1], [0, 0, 0]), Window(0, 30))
    assert (found.of, found.figure, found.lower, found.upper) == (10, 1, 1, 1)


def test_what_a_whole_period_is_a_share_of() -> None:
    """A hundred seconds, of which forty are agreed, ten of these excluded, and the last ten count threefold."""
    window = Window(0, 100, Spans(((20, 60),)), Spans(((10, 90),)), (("work", Spans(((20, 30),))),), {"peak": Spans(((50, 60),))})
    peak = (("peak", 3),)
    found = [basis(Measurement(10, ANY, over=over, weights=peak), window) for over in ("calendar", "deployed", "scheduled", "events")]
    assert found == [120, 100, 50, 50]
    assert basis(Measurement(10, ANY, over="scheduled"), window) == 30


def test_down_time_and_the_same_seconds_as_events_are_one_share() -> None:
    """A hundred seconds, sixty of them agreed, ten of these excluded: six of fifty were bad, whoever tells it."""
    window = Window(0, 100, Spans(((20, 80),)), excluded=(("work", Spans(((30, 40),))),))
    events = Measurement(None, Share(), over="events")
    unseen = Spans(((70, 75),))
    told = Downtime(0, 100, (Outage(10, 24), Outage(38, 42)), unseen)
    down = {*range(10, 24), *range(38, 42)}
    slots = Slots(0, 1, [None if second in unseen else 1 for second in range(100)], [int(second in down) for second in range(100)])
    found = evaluate("up", events, FLOOR, told, window)
    assert (found.counted, found.of, found.figure) == (6, 45, 1 - Fraction(6, 45))
    assert (found.lower, found.upper) == (1 - Fraction(11, 50), 1 - Fraction(6, 50))
    counted = evaluate("up", events, FLOOR, slots, window)
    assert (counted.figure, counted.lower, counted.upper) == (found.figure, found.lower, found.upper)
