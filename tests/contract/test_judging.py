"""Single intervals under every policy: at best, at worst, and as far as they were seen."""

from __future__ import annotations

from fractions import Fraction
from typing import Literal

import pytest

from slo_gen.contract.facts import Downtime, Outage, Slots
from slo_gen.contract.judging import OUT, Judgement, judge
from slo_gen.contract.measurement import Down, Empty, Measurement, Share, Unknown
from slo_gen.contract.pieces import observe
from slo_gen.timekeeping.spans import Spans

GOOD, BAD = Judgement(0, 1), Judgement(1, 1)
HALF = Down(Fraction(1, 2))
Three = tuple[Judgement, Judgement, Judgement]


def judged(measurement: Measurement, total: list[int | None], bad: list[int], unseen: tuple[int, ...] = (), end: int = 0) -> Three:
    """One interval from slots of ten seconds; it ends with the last one, or at ``end``."""
    facts = Slots(0, 10, total, bad, unseen=unseen)
    end = end or facts.end
    observed = observe(facts, 0, end)
    (interval,) = observed.intervals(Spans(((0, end),)), 0, end, end)
    found = judge(measurement, observed, interval)
    assert found.interval is interval
    return found.best, found.worst, found.seen


def share(judgement: Judgement) -> Fraction | None:
    return None if judgement.out else Fraction(judgement.bad, judgement.of)


def shares(found: Three) -> list[Fraction | None]:
    return [share(each) for each in found]


def policy(score: Share | Down = HALF, empty: Empty = "unknown", unknown: Unknown = "bounds") -> Measurement:
    return Measurement(20, score, empty, unknown)


@pytest.mark.parametrize(("empty", "expected"), [
    ("good", (GOOD, GOOD, GOOD)), ("bad", (BAD, BAD, BAD)), ("excluded", (OUT, OUT, OUT)), ("unknown", (GOOD, BAD, OUT)),
])  # fmt: skip
def test_an_interval_without_events(empty: Empty, expected: Three) -> None:
    assert judged(policy(empty=empty), [0, 0], [0, 0]) == expected


@pytest.mark.parametrize(("unknown", "expected"), [
    ("bounds", [0, 1, None]), ("good", [0, 0, 0]), ("bad", [1, 1, 1]), ("excluded", [None, None, None]),
])  # fmt: skip
def test_an_interval_that_nobody_saw(unknown: Unknown, expected: list[Fraction | None]) -> None:
    assert shares(judged(policy(unknown=unknown), [None, None, 10], [0, 0, 0], end=20)) == expected


def test_time_is_down_beyond_the_threshold() -> None:
    at_least, more_than = Down(Fraction(1, 2), strict=False), HALF
    assert judged(policy(more_than), [10], [5]) == (GOOD, GOOD, GOOD)
    assert judged(policy(at_least), [10], [5]) == (BAD, BAD, BAD)
    assert judged(policy(more_than), [10], [6]) == (BAD, BAD, BAD)
    assert judged(policy(at_least), [10], [4]) == (GOOD, GOOD, GOOD)


def test_a_share_and_a_weighted_time_are_as_bad_as_their_events() -> None:
    assert shares(judged(policy(Share()), [10, 30], [5, 10])) == [Fraction(3, 8)] * 3
    assert shares(judged(policy(Down(Fraction(1, 4), weighted=True)), [10, 30], [5, 10])) == [Fraction(3, 8)] * 3
    assert shares(judged(policy(Down(Fraction(3, 8), weighted=True)), [10, 30], [5, 10])) == [0] * 3


def test_too_few_events_make_nothing_down() -> None:
    few = Down(Fraction(0), minimum_events=10)
    assert judged(policy(few), [9], [9]) == (GOOD, GOOD, GOOD)
    assert judged(policy(few), [10], [1]) == (BAD, BAD, BAD)
    assert judged(policy(few), [5, 5], [0, 1]) == (BAD, BAD, BAD)


def test_a_part_that_nobody_saw_may_have_had_as_many_events_as_the_busiest_slot() -> None:
    """Six of ten were bad; ten more may have been all good or all bad."""
    best, worst, seen = judged(policy(Share()), [10, None], [6, 0])
    assert (share(best), share(worst), share(seen)) == (Fraction(6, 20), Fraction(16, 20), Fraction(6, 10))
    assert (best.seen, worst.seen, seen.seen) == (False, False, True)
    assert judged(policy(), [10, None], [6, 0]) == (GOOD, BAD, Judgement(1, 1, seen=True))
    assert judged(policy(unknown="excluded"), [10, None], [6, 0]) == (Judgement(1, 1, seen=True),) * 3
    assert shares(judged(policy(), [10, None], [4, 0])) == [0, 1, 0]


def test_few_events_may_have_been_too_few_or_enough() -> None:
    few = Down(Fraction(1, 2), minimum_events=10)
    assert shares(judged(policy(few), [8, None], [8, 0])) == [0, 1, 0]
    assert shares(judged(policy(few), [10, None], [10, 0])) == [0, 1, 1]             # ten good ones more are just a half
    assert shares(judged(policy(Down(Fraction(2, 5), minimum_events=10)), [10, None], [10, 0])) == [1, 1, 1]


@pytest.mark.parametrize(("empty", "seen"), [("good", 0), ("bad", 1), ("excluded", None), ("unknown", None)])
def test_what_was_seen_of_it_was_empty(empty: Empty, seen: int | None) -> None:
    """Another slot of the period had events, so the unseen part may have had some."""
    assert shares(judged(policy(empty=empty), [0, None, 10], [0, 0, 0], end=20)) == [0, 1, seen]


def test_nothing_was_ever_seen_from_which_to_tell() -> None:
    assert shares(judged(policy(), [0, None], [0, 0])) == [0, 1, None]
    assert shares(judged(policy(empty="good"), [0, None], [0, 0])) == [0, 1, 0]
    assert shares(judged(policy(), [None], [0])) == [0, 1, None]


def test_events_that_no_measurement_can_have_seen() -> None:
    best, worst, seen = judged(policy(Share()), [10], [5], unseen=(10,))
    assert (share(best), share(worst), seen) == (Fraction(5, 20), Fraction(15, 20), Judgement(50, 100))
    assert shares(judged(policy(Share()), [0], [0], unseen=(10,))) == [0, 1, None]


@pytest.mark.parametrize(("hit", "by", "expected"), [
    (Fraction(1, 4), Fraction(1, 4), 0), (Fraction(1, 4), Fraction(1, 5), 1), (Fraction(1), Fraction(1, 5), 1),
])  # fmt: skip
def test_outages_know_no_number_of_events(hit: Fraction, by: Fraction, expected: Literal[0, 1]) -> None:
    facts = Downtime(0, 100, (Outage(0, 100, hit),))
    observed = observe(facts, 0, 100)
    (interval,) = observed.intervals(Spans(((0, 100),)), 0, 100, None)
    found = judge(Measurement(60, Down(by, minimum_events=1000)), observed, interval)
    assert shares((found.best, found.worst, found.seen)) == [expected] * 3


def judged_at(start: int, end: int, measurement: Measurement, total: list[int | None], bad: list[int]) -> Three:
    """The interval from ``start`` to ``end`` of a period with all these slots of ten seconds."""
    observed = observe(Slots(0, 10, total, bad), 0, 10 * len(total))
    (interval,) = observed.intervals(Spans(((start, end),)), start, end, end - start)
    found = judge(measurement, observed, interval)
    return found.best, found.worst, found.seen


def test_a_later_interval_that_nobody_saw() -> None:
    """It is not one without events, and it may have been busier than the one that was seen."""
    assert judged_at(10, 20, policy(empty="good"), [10, None], [0, 0]) == (GOOD, BAD, OUT)
    assert judged_at(10, 20, policy(Down(Fraction(1, 2), minimum_events=100)), [10, None], [0, 0]) == (GOOD, BAD, OUT)


def test_what_was_not_seen_beside_an_empty_part_is_as_busy_as_the_busiest_at_most() -> None:
    """One event in ten seconds at most, and a hundred are needed to be down."""
    few = Down(Fraction(1, 2), minimum_events=100)
    assert shares(judged_at(0, 20, policy(few), [0, None, 1], [0, 0, 0])) == [0, 0, None]


def test_no_bad_event_is_good_whatever_the_number() -> None:
    assert judged(policy(Share()), [10], [0]) == (GOOD, GOOD, GOOD)


def test_at_best_a_part_without_data_had_too_few_events() -> None:
    """Eight of eight were bad, two too few to be down; eight good ones more would make it half bad, and down."""
    assert shares(judged(policy(Down(Fraction(1, 4), minimum_events=10)), [8, None], [8, 0])) == [0, 1, 0]
