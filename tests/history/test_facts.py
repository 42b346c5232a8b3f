"""Facts from recorded samples: which interval a record is about, which replica is read, and numbers as they were meant."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
from catalogues import indicator
from hypothesis import given
from hypothesis import strategies as st

from slo_gen import names
from slo_gen.contract.facts import Slots
from slo_gen.history.facts import (
    CHUNK,
    Question,
    Reading,
    Wanted,
    condition_question,
    condition_spans,
    intervals_of,
    questions,
    reading,
    settled,
)
from slo_gen.history.facts_text import FactsTextError, slots_from, words_by_day
from slo_gen.prometheus import Series
from slo_gen.spec.model import Evaluation, Indicator, Ratio, Threshold

EVALUATION = Evaluation()
BEGIN = 1_790_805_600                       # 2026-10-01T00:00 in Berlin
MINUTE = 60


def record(metric: str, values: dict[int, float], phase: float = 13.371, **labels: str) -> Series:
    """What the rule of a metric has recorded about the minutes of these numbers."""
    after = MINUTE + EVALUATION.settling + (phase - EVALUATION.settling) % MINUTE
    made = ((BEGIN + n * MINUTE + after, float(value)) for n, value in values.items())
    return Series({"__name__": metric, names.INDICATOR: "requests", **labels}, tuple(made))


def read(series: list[Series], count: int = 5, measured: Indicator | None = None) -> Reading:
    measured = measured or indicator("requests")
    wanted = Wanted.over(measured, EVALUATION, BEGIN, BEGIN + count * MINUTE)
    asked = questions(wanted)
    answers = {
        question: tuple(
            Series(each.labels, tuple(point for point in each.points if question.start < point[0] <= question.end))
            for each in series if each.labels["__name__"] == question.record
        )
        for question in asked
    }
    return reading(wanted, asked, answers)


@pytest.mark.parametrize("phase", [0, 0.001, 13.371, 29.999, 30, 30.001, 59.999])
def test_a_record_is_about_the_same_minute_whatever_its_phase(phase: float) -> None:
    found = read([
        record(names.TOTAL, {n: 100 + n for n in range(-3, 9)}, phase), record(names.BAD, {n: n % 2 for n in range(-3, 9)}, phase),
    ])
    assert found.slots == Slots(BEGIN, MINUTE, [100, 101, 102, 103, 104], [0, 1, 0, 1, 0])


@given(st.integers(0, 10**6), st.integers(0, 59_999), st.sampled_from([5, 10, 15, 20, 30, 60]), st.integers(1, 120))
def test_the_interval_of_a_record_is_the_last_settled_one(number: int, phase: int, interval: int, settling: int) -> None:
    evaluation = Evaluation(interval=interval, settling=settling)
    recorded = Fraction(number * 60_000 + phase, 1000)
    (start,) = intervals_of(np.array([float(recorded)]), evaluation).tolist()
    assert start % interval == 0
    assert start + interval <= recorded - settling < start + 2 * interval


def test_what_has_no_record_is_unknown_and_no_zero() -> None:
    found = read([record(names.TOTAL, {0: 7, 1: 0, 3: 5}), record(names.BAD, {0: 1, 1: 0, 2: 0, 3: 0})])
    assert found.slots.total == [7, 0, None, 5, None]
    assert found.known.items == ((BEGIN, BEGIN + 120), (BEGIN + 180, BEGIN + 240))


def test_a_total_without_its_bad_part_is_unknown() -> None:
    assert read([record(names.TOTAL, {0: 7, 1: 7}), record(names.BAD, {1: 0})]).slots.total == [None, 7, None, None, None]


def test_nothing_recorded_has_no_source() -> None:
    found = read([])
    assert found == Reading(Slots(BEGIN, MINUTE, [None] * 5, [0] * 5), ())
    assert not found.known


def test_undefined_numbers_are_no_records() -> None:
    values = {0: float("nan"), 1: float("inf"), 2: 4.0}
    assert read([record(names.TOTAL, values), record(names.BAD, dict.fromkeys(range(5), 0))]).slots.total == [None, None, 4, None, None]


def test_unseen_events_are_read_with_the_others() -> None:
    found = read([record(names.TOTAL, {0: 7, 1: 7}), record(names.BAD, {0: 1, 1: 0}), record(names.UNSEEN, {1: 2})])
    assert found.slots == Slots(BEGIN, MINUTE, [7, 7, None, None, None], [1, 0, 0, 0, 0], unseen=[0, 2, 0, 0, 0])


def test_of_two_replicas_the_one_with_more_records_is_read_and_both_are_told() -> None:
    series = [
        each for name, minutes, bad, phase in (("a", range(4), 1.0, 3), ("b", range(5), 2.0, 47))
        for each in (
            record(names.TOTAL, dict.fromkeys(minutes, 10.0), phase, replica=name),
            record(names.BAD, dict.fromkeys(minutes, bad), phase, replica=name),
        )
    ]
    for order in (series, series[::-1]):
        found = read(order)
        assert [(dict(source.labels), source.records, source.read) for source in found.sources] == [
            ({"replica": "b"}, 5, True), ({"replica": "a"}, 4, False),
        ]
        assert found.slots.bad == [2] * 5


def test_of_equal_replicas_the_first_by_name_is_read() -> None:
    series = [
        each for name in ("b", "a", "c")
        for each in (record(names.TOTAL, {0: 10}, replica=name), record(names.BAD, {0: ord(name)}, replica=name))
    ]
    assert read(series).slots.bad[0] == ord("a")


def test_groups_of_an_indicator_are_added_up_and_are_no_replicas() -> None:
    measured = indicator("requests", by=("region",))
    found = read([
        record(names.TOTAL, {0: 10, 1: 10}, region="eu"), record(names.BAD, {0: 1, 1: 0}, region="eu"),
        record(names.TOTAL, {0: 5, 2: 5}, region="us"), record(names.BAD, {0: 2, 2: 5}, region="us"),
    ], measured=measured)
    assert (found.slots.total, found.slots.bad) == ([15, 10, 5, None, None], [3, 0, 5, 0, 0])
    assert [(source.labels, source.records) for source in found.sources] == [((), 4)]


def test_a_part_of_a_minute_is_exact_whatever_binary_fractions_make_of_it() -> None:
    measured = indicator("requests", measure=Threshold("temperature", ">", Fraction(30)), scrape_interval=20)
    found = read([record(names.TOTAL, dict.fromkeys(range(3), 1.0)), record(names.BAD, {0: 1 / 3, 1: 2 / 3, 2: 0.5})], 3, measured)
    assert [Fraction(bad, found.slots.per) for bad in found.slots.bad] == [Fraction(1, 3), Fraction(2, 3), Fraction(1, 2)]
    assert found.slots.per == 6


def test_a_computed_ratio_is_a_decimal() -> None:
    computed = indicator("requests", measure=Ratio("x"))
    found = read([record(names.TOTAL, {0: 1, 1: 1}), record(names.BAD, {0: 0.1 + 0.2, 1: 0.05})], 2, computed)
    assert [Fraction(bad, found.slots.per) for bad in found.slots.bad] == [Fraction(3, 10), Fraction(1, 20)]


def test_a_count_that_is_whole_but_for_noise_is_whole() -> None:
    found = read([record(names.TOTAL, {0: 10.0000004}), record(names.BAD, {0: 2.25})], 1)
    assert (found.slots.total, found.slots.bad, found.slots.per) == ([40], [9], 4)


def test_questions_stay_below_what_a_server_answers_and_leave_nothing_out() -> None:
    split = indicator("requests", by=("region",))
    asked = questions(Wanted.over(split, EVALUATION, BEGIN, BEGIN + 31 * 86_400 + MINUTE, {"region": 'e"u'}))
    assert {question.query for question in asked} == {
        f'{metric}{{indicator="requests", region="e\\"u"}}' for metric in (names.TOTAL, names.BAD, names.UNSEEN)
    }
    for metric in (names.TOTAL, names.BAD, names.UNSEEN):
        mine = [question for question in asked if question.query.startswith(metric)]
        assert all(question.end - question.start <= CHUNK for question in mine)
        assert all(one.end == next_one.start for one, next_one in pairwise(mine))


def test_only_what_is_counted_can_have_unseen_events() -> None:
    watched = indicator("requests", measure=Threshold("temperature", ">", Fraction(30)))
    asked = questions(Wanted.over(watched, EVALUATION, BEGIN, BEGIN + 60))
    assert [question.query.partition("{")[0] for question in asked] == [names.TOTAL, names.BAD]


def test_a_condition_holds_for_the_intervals_at_whose_end_it_has_a_result() -> None:
    asked = condition_question("paused == 1", EVALUATION, BEGIN, BEGIN + 10 * MINUTE)
    assert asked == (Question("count(paused == 1)", BEGIN + MINUTE, BEGIN + 10 * MINUTE, MINUTE),)
    points = tuple((BEGIN + n * MINUTE, 1.0) for n in (3, 4, 8))
    assert condition_spans(asked, {asked[0]: (Series({}, points),)}).items == (
        (BEGIN + 120, BEGIN + 240), (BEGIN + 420, BEGIN + 480),
    )


def test_the_last_record_is_waited_for() -> None:
    last_phase = 59.999
    made = record(names.TOTAL, {4: 1}, last_phase).points[0][0]
    assert made < settled(BEGIN + 5 * MINUTE, EVALUATION)


# --- as text -----------------------------------------------------------------------------------------------------
SLOT = st.one_of(
    st.none(), st.integers(0, 3), st.tuples(st.integers(0, 1000), st.integers(0, 9), st.integers(0, 2)),
)


@given(st.lists(SLOT, max_size=200), st.integers(0, 2000), st.sampled_from([1, 8, 10**9]))
def test_slots_survive_as_text(slots: list[int | tuple[int, int, int] | None], start: int, per: int) -> None:
    each = [(slot, 0, 0) if slot is None or isinstance(slot, int) else slot for slot in slots]
    unseen = [slot[2] for slot in each]
    told = Slots(BEGIN + start * MINUTE, MINUTE, [slot[0] for slot in each], [slot[1] for slot in each], per, unseen if any(unseen) else ())
    if any(slot[0] is None and slot[1:] != (0, 0) for slot in each):
        return
    assert slots_from(words_by_day(told), told.start, MINUTE, per) == told


def test_a_day_is_a_line_and_repetitions_are_short() -> None:
    midnight = 1_790_812_800
    slots = Slots(midnight - 120, MINUTE, [600, 598, *[0] * 1440, None, None, 7], [0, 3, *[0] * 1443], unseen=[0] * 1444 + [2])
    assert words_by_day(slots) == ("600 598/3", "0*1440", "-*2 7+2")


@pytest.mark.parametrize("word", ["x", "1/", "/1", "1+", "-1", "1*0", "1*", "1.5", "0*999999999"])
def test_a_word_that_is_no_slot_is_told(word: str) -> None:
    with pytest.raises(FactsTextError, match="is no slot"):
        slots_from([f"1 {word}"], 0, 60, 1)
