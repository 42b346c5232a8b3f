"""Results one by one: shares, counts, the longest, percentiles; what is not decided, and what an exclusion leaves out."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo_gen.contract.evaluate import evaluate
from slo_gen.contract.facts import Result, Results
from slo_gen.contract.measurement import Measurement, Share
from slo_gen.contract.outcome import Outcome
from slo_gen.contract.results import nearest_rank
from slo_gen.contract.window import Window
from slo_gen.spec.terms import Bound
from slo_gen.timekeeping.spans import Spans

NINE_TENTHS = Bound(">=", Fraction(9, 10), "%", "at least 90%")
SHARE = Measurement(None, Share(), over="events")


def results(*met: bool | None) -> Results:
    return Results(0, 100, tuple(Result(at, each) for at, each in enumerate(met)))


def timed(*taken: int | None, open_ones: tuple[int | None, ...] = ()) -> Results:
    decided = [Result(at, True, seconds) for at, seconds in enumerate(taken)]
    return Results(0, 100, (*decided, *(Result(50 + at, None, seconds) for at, seconds in enumerate(open_ones))))


def of(measurement: Measurement, facts: Results, objective: Bound = NINE_TENTHS, window: Window | None = None) -> Outcome:
    return evaluate("target", measurement, objective, facts, window or Window(0, 100))


def figures(outcome: Outcome) -> tuple[Fraction | None, Fraction | None, Fraction | None]:
    return outcome.figure, outcome.lower, outcome.upper


# --- shares ---------------------------------------------------------------------------------------------------------


def test_a_share_of_tickets_in_time() -> None:
    found = of(SHARE, results(*[True] * 9, False))
    assert figures(found) == (Fraction(9, 10), Fraction(9, 10), Fraction(9, 10))
    assert (found.verdict, found.counted, found.real, found.of, found.unit, found.unknown) == ("met", 1, 1, 10, "events", 0)
    assert (found.target, found.start, found.end, found.excluded) == ("target", 0, 100, {})
    assert of(SHARE, results(*[True] * 8, False)).verdict == "missed"


def test_a_ceiling_for_the_share_of_misses() -> None:
    tenth = Bound("<=", Fraction(1, 10), "%", "at most 10%")
    assert figures(of(SHARE, results(*[True] * 9, False), tenth)) == (Fraction(1, 10),) * 3
    found = of(SHARE, results(*[True] * 8, None, False), tenth)
    assert (*figures(found), found.verdict) == (Fraction(1, 9), Fraction(1, 10), Fraction(2, 10), "unclear")


def test_what_is_not_decided_may_become_either() -> None:
    found = of(SHARE, results(*[True] * 8, False, None))
    assert figures(found) == (Fraction(8, 9), Fraction(8, 10), Fraction(9, 10))
    assert (found.verdict, found.counted, found.of, found.unknown) == ("unclear", 1, 9, 1)
    assert of(SHARE, results(*[True] * 9, None)).verdict == "met"
    assert of(SHARE, results(*[True] * 7, False, False, None)).verdict == "missed"


@pytest.mark.parametrize(("unknown", "figure"), [("good", Fraction(9, 10)), ("bad", Fraction(8, 10)), ("excluded", Fraction(8, 9))])
def test_a_contract_may_say_what_an_open_ticket_is(unknown: str, figure: Fraction) -> None:
    measurement = Measurement(None, Share(), unknown=unknown, over="events")  # type: ignore[arg-type]
    assert figures(of(measurement, results(*[True] * 8, False, None))) == (figure,) * 3


def test_nothing_decided_and_nothing_at_all() -> None:
    assert (of(SHARE, results()).verdict, figures(of(SHARE, results()))) == ("not_measured", (None, None, None))
    open_only = of(SHARE, results(None, None))
    assert (open_only.verdict, *figures(open_only), open_only.unknown) == ("unclear", None, 0, 1, 2)
    excluded = Measurement(None, Share(), unknown="excluded", over="events")
    assert of(excluded, results(None, None)).verdict == "not_measured"


# --- which results count --------------------------------------------------------------------------------------------


def test_a_result_counts_in_the_period_in_which_it_is() -> None:
    facts = Results(0, 200, (Result(9, False), Result(10, True), Result(19, True), Result(20, False)))
    found = of(SHARE, facts, window=Window(10, 20))
    assert (found.figure, found.of) == (1, 2)
    assert of(SHARE, facts, window=Window(10, 20, scheduled=Spans(((0, 5),)))).of == 2      # whether hours are open or not
    assert of(SHARE, facts, window=Window(10, 20, deployed=Spans(((15, 20),)))).of == 1


def test_a_result_by_an_excluded_cause_is_left_out() -> None:
    facts = Results(0, 100, (Result(1, False, cause="customer"), Result(2, False, cause="own"), Result(3, False), Result(4, True)))
    window = Window(0, 100, excluded=(("customer", Spans()), ("", Spans())))
    found = of(SHARE, facts, window=window)
    assert (found.figure, found.counted, found.real, found.excluded) == (Fraction(1, 3), 2, 3, {"customer": 1})
    twice = Results(0, 100, (*facts.results, Result(5, False, cause="customer")))
    assert of(SHARE, twice, window=window).excluded == {"customer": 2}


# --- counts, the longest, percentiles -------------------------------------------------------------------------------

AT_MOST_TWO = Bound("<=", Fraction(2), "", "at most 2")
HOUR = Bound("<=", Fraction(3600), "s", "at most 60m")


@pytest.mark.parametrize(("number", "verdict"), [(0, "met"), (2, "met"), (3, "missed")])
def test_how_many(number: int, verdict: str) -> None:
    found = of(Measurement(None, Share(), reduce="count"), results(*[None] * number), AT_MOST_TWO)
    assert (*figures(found), found.verdict) == (number, number, number, verdict)


def test_the_longest() -> None:
    longest = Measurement(None, Share(), reduce="max")
    assert (*figures(of(longest, timed(60, 3600, 5), HOUR)), of(longest, timed(3600), HOUR).verdict) == (3600, 3600, 3600, "met")
    assert of(longest, timed(3601), HOUR).verdict == "missed"
    still_open = of(longest, timed(60, open_ones=(300,)), HOUR)
    assert (*figures(still_open), still_open.verdict) == (300, 300, None, "unclear")
    assert of(longest, timed(60, open_ones=(3601,)), HOUR).verdict == "missed"
    assert figures(of(longest, timed(60, None), HOUR)) == (60, 60, None)
    assert figures(of(longest, timed(None), HOUR)) == (None, None, None)
    assert of(longest, timed(), HOUR).verdict == "not_measured"


def test_percentiles() -> None:
    median = Measurement(None, Share(), reduce="percentile", percent=Fraction(1, 2))
    assert (*figures(of(median, timed(9, 1, 5, 7), HOUR)), of(median, timed(1), HOUR).verdict) == (5, 5, 5, "met")
    assert figures(of(median, timed(), HOUR)) == (None, None, None)
    # An open one has taken at least what its clock shows, and may take for ever.
    assert figures(of(median, timed(1, 5, open_ones=(3,)), HOUR)) == (1, 3, 5)
    assert figures(of(median, timed(1, open_ones=(3, None)), HOUR)) == (1, 1, None)
    assert figures(of(median, timed(open_ones=(3,)), HOUR)) == (None, 3, None)
    assert of(median, timed(open_ones=(3601,)), HOUR).verdict == "missed"
    assert figures(of(median, timed(4, None), HOUR)) == (4, 0, 4)


@given(st.lists(st.integers(0, 20), min_size=1, max_size=12), st.integers(1, 20))
def test_a_percentile_is_the_least_that_so_many_do_not_exceed(values: list[int], twentieths: int) -> None:
    percent = Fraction(twentieths, 20)
    found = nearest_rank(values, percent)
    assert found == min(value for value in values if sum(each <= value for each in values) >= percent * len(values))
    assert nearest_rank([], percent) is None


def test_the_lowest_percentile_is_the_least_value() -> None:
    assert nearest_rank([7, 3], Fraction(0)) == 3
