"""Samples of probes as time: by hand, against a state looked up instant by instant, and against outages that were caused."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sla_exporter.probes.states import (
    MOST_FAILURES,
    STATES,
    Interval,
    Sample,
    State,
    Stretch,
    agreed,
    confirmed,
    downtime,
    grown,
    held,
    milliseconds,
    seen_by,
)  # fmt: skip

from slo_gen.contract.facts import Downtime, Outage
from slo_gen.timekeeping.spans import Spans

SAMPLES = st.lists(st.builds(Sample, st.integers(-50, 250), st.sampled_from(STATES)), max_size=30, unique_by=lambda each: each.at)


def saw(text: str, step: int = 10) -> list[Sample]:
    """u, d, ? and x, one sample every ``step``; a dot is none."""
    names: dict[str, State] = {"u": "up", "d": "down", "?": "unknown", "x": "excluded"}
    return [Sample(place * step, names[each]) for place, each in enumerate(text) if each != "."]


def told(text: str, failures: int, *, back_dated: bool) -> str:
    letters = {"up": "u", "down": "d", "unknown": "?", "excluded": "x"}
    return "".join(letters[each.state] for each in confirmed(saw(text), failures, back_dated=back_dated).samples)


def test_a_state_holds_to_the_next_sample_and_three_intervals_at_most() -> None:
    assert held(saw("ud....u"), 0, 70, 30) == (
        Interval(0, 10, "up"), Interval(10, 40, "down"), Interval(40, 60, "unknown"), Interval(60, 70, "up"),
    )  # fmt: skip


def test_samples_before_the_start_hold_into_it_and_nothing_is_known_before_the_first() -> None:
    assert held([Sample(-5, "down")], 0, 40, 30) == (Interval(0, 25, "down"), Interval(25, 40, "unknown"))
    assert held([Sample(15, "up")], 0, 20, 30) == (Interval(0, 15, "unknown"), Interval(15, 20, "up"))
    assert held([], 0, 20, 30) == (Interval(0, 20, "unknown"),)


def test_more_samples_while_it_is_down_do_not_make_it_longer() -> None:
    retried = [Sample(0, "up"), *(Sample(at, "down") for at in range(60, 180, 20)), Sample(180, "up")]
    assert milliseconds(held(retried, 0, 240, 180), 0, 240) == {"up": 120, "down": 120, "unknown": 0, "excluded": 0}


@pytest.mark.parametrize(
    ("text", "failures", "from_first", "from_last"),
    [
        ("udu", 1, "udu", "udu"),
        ("udu", 2, "uuu", "uuu"),
        ("uddu", 2, "uddu", "uudu"),
        ("udddu", 3, "udddu", "uuudu"),
        ("ud?du", 2, "ud?du", "uu?du"),
        ("udxdu", 2, "uuxuu", "uuxuu"),
        ("ududu", 2, "uuuuu", "uuuuu"),
    ],
)
def test_failures_in_a_row_confirm_an_outage(text: str, failures: int, from_first: str, from_last: str) -> None:
    assert told(text, failures, back_dated=True) == from_first
    assert told(text, failures, back_dated=False) == from_last


def test_a_row_that_is_not_decided_is_not_settled() -> None:
    assert confirmed(saw("uud"), 2, back_dated=True).settled == 20
    assert confirmed(saw("uudd"), 2, back_dated=True).settled is None
    assert confirmed(saw("uud"), 2, back_dated=False).settled is None


@pytest.mark.parametrize(
    ("states", "quorum", "known", "together"),
    [
        ("ud", None, 1, "up"),
        ("udd", None, 1, "down"),
        ("ud", 1, 1, "down"),
        ("d??", None, 1, "down"),
        ("d??", None, 2, "unknown"),
        ("???", 1, 0, "unknown"),
        ("ddx", None, 1, "excluded"),
        ("uud", 2, 2, "up"),
        ("d??", 2, 1, "down"),
    ],
)
def test_locations_decide_together(states: str, quorum: int | None, known: int, together: State) -> None:
    each = [held(saw(state), 0, 10, 30) for state in states]
    assert agreed(each, 0, 10, quorum=quorum, known=known) == (Interval(0, 10, together),)


def test_a_contract_is_told_outages_and_what_nobody_saw() -> None:
    intervals = (
        Interval(400, 2_600, "up"), Interval(2_600, 5_400, "down"), Interval(6_000, 7_000, "excluded"), Interval(7_000, 9_000, "up"),
    )  # fmt: skip
    assert downtime(intervals, 0, 10) == Downtime(0, 10, (Outage(3, 5),), Spans(((5, 7), (9, 10))))


@given(SAMPLES, st.integers(1, 60))
def test_it_is_what_the_last_sample_says_unless_that_is_too_old(samples: list[Sample], longest: int) -> None:
    intervals = held(samples, 0, 200, longest)
    assert [intervals[0].start, intervals[-1].end] == [0, 200]
    assert all(a.end == b.start and a.state != b.state for a, b in pairwise(intervals))
    for at in range(200):
        last = max((each for each in samples if each.at <= at), key=lambda each: each.at, default=None)
        expected = "unknown" if last is None or at >= last.at + longest else last.state
        assert next(each.state for each in intervals if each.start <= at < each.end) == expected
    assert sum(milliseconds(intervals, 0, 200).values()) == 200


@given(st.lists(SAMPLES, min_size=1, max_size=4), st.integers(1, 4))
def test_locations_are_counted_at_every_instant(locations: list[list[Sample]], quorum: int) -> None:
    each = [held(samples, 0, 200, 30) for samples in locations]
    together = agreed(each, 0, 200, quorum=quorum)
    for at in range(0, 200, 7):
        seen = [next(one.state for one in intervals if one.start <= at < one.end) for intervals in each]
        knowing = seen.count("down") + seen.count("up")
        down = seen.count("down") >= min(quorum, knowing)
        expected = "excluded" if "excluded" in seen else "unknown" if not knowing else "down" if down else "up"
        assert next(one.state for one in together if one.start <= at < one.end) == expected


@given(st.lists(st.integers(2_000, 90_000), min_size=2, max_size=20), st.integers(500, 2_000), st.integers(0, 499))
def test_outages_longer_than_an_interval_are_measured_within_one(lengths: list[int], every: int, offset: int) -> None:
    edges = [0]
    for length in lengths:
        edges.append(edges[-1] + length)
    caused = [(a, b) for place, (a, b) in enumerate(pairwise(edges)) if place % 2]
    samples = [Sample(at, "down" if any(a <= at < b for a, b in caused) else "up") for at in range(offset, edges[-1], every)]
    found = [(each.start, each.end) for each in held(samples, 0, edges[-1], 3 * every) if each.state == "down"]
    assert len(found) == len(caused)
    assert all(0 <= a - c < every and (0 <= b - d < every or b == edges[-1]) for (a, b), (c, d) in zip(found, caused, strict=True))


# --- what is kept of samples -------------------------------------------------------------------------------------------
def recorded(samples: list[Sample], longest: int, parts: list[int]) -> list[Stretch]:
    """The record of samples that are told in parts, each of them twice."""
    record: list[Stretch] = []
    edges = [0, *sorted(min(each, len(samples)) for each in parts), len(samples)]
    for first, last in pairwise(edges):
        for _ in range(2):
            for stretch in grown(record, samples[first:last], longest):
                place = next((place for place, each in enumerate(record) if each.start == stretch.start), len(record))
                record[place:] = [stretch]
    return record


@given(SAMPLES, st.integers(1, 60), st.lists(st.integers(0, 30), max_size=4))
def test_a_record_that_grows_says_what_its_samples_say(samples: list[Sample], longest: int, parts: list[int]) -> None:
    ordered = sorted(samples, key=lambda each: each.at)
    assert recorded(ordered, longest, parts) == list(grown((), samples, longest))


@given(st.text("ud?x.", max_size=60), st.integers(1, MOST_FAILURES), st.booleans())
def test_a_record_confirms_failures_as_its_samples_do(text: str, failures: int, back_dated: bool) -> None:
    samples, end = saw(text), 10 * len(text) + 5
    plain = confirmed(samples, failures, back_dated=back_dated)
    intervals, _ = seen_by(grown((), samples, 30), 0, end, failures=failures, back_dated=back_dated)
    assert intervals == held(plain.samples, 0, end, 30)


def test_samples_of_one_state_are_one_stretch() -> None:
    assert grown((), saw("uuuuu"), 30) == (Stretch(0, 40, 70, "up"),)
    assert len(grown((), saw("d" * 100), 30)) == MOST_FAILURES


def test_what_was_lost_is_unknown_whatever_would_hold() -> None:
    samples = [Sample(0, "up"), Sample(10, "up"), Sample(20, "up", lost=True)]
    assert held(samples, 0, 30, 50) == (Interval(0, 10, "up"), Interval(10, 20, "unknown"), Interval(20, 30, "up"))
    record = recorded(samples, 50, [1, 2])
    assert record == [Stretch(0, 10, 10, "up"), Stretch(20, 20, 70, "up")]


def test_a_row_that_nobody_goes_on_looking_at_is_waited_for_no_longer() -> None:
    record = grown((), saw("uud"), 30)
    assert seen_by(record, 0, 49, failures=2, back_dated=True)[1] == 20
    assert seen_by(record, 0, 50, failures=2, back_dated=True)[1] is None
