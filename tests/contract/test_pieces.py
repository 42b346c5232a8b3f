"""Facts as pieces: what is known of which stretch of time, and how many events are in it."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from slo_gen.contract.facts import Downtime, Outage, Slots
from slo_gen.contract.pieces import Interval, Piece, Sums, observe
from slo_gen.timekeeping.spans import Spans


def pieces(facts: Downtime, *counting: tuple[int, int]) -> list[tuple[int, int, bool, int, int]]:
    """Start, end, whether it is known, and the bad and all events of a second in each piece."""
    found = []
    for each in observe(facts, facts.start, facts.end).pieces(Spans(counting)):
        seconds = each.end - each.start
        assert each.bad % seconds == each.total % seconds == 0
        found.append((each.start, each.end, each.known, each.bad // seconds, each.total // seconds))
    return found


def test_an_outage_is_known_even_where_nobody_looked() -> None:
    facts = Downtime(0, 100, (Outage(40, 60, Fraction(1, 2)), Outage(110, 120)), unknown=Spans(((30, 50),)))
    assert pieces(facts, (0, 130)) == [
        (0, 30, True, 0, 2), (30, 40, False, 0, 0), (40, 50, True, 1, 2), (50, 60, True, 1, 2), (60, 100, True, 0, 2),
        (100, 110, False, 0, 0), (110, 120, True, 2, 2), (120, 130, False, 0, 0),
    ]  # fmt: skip


def test_only_counting_time_is_in_pieces() -> None:
    facts = Downtime(0, 100, (Outage(40, 60),))
    assert pieces(facts, (10, 40), (60, 70), (90, 100)) == [(10, 40, True, 0, 1), (60, 70, True, 0, 1), (90, 100, True, 0, 1)]
    assert pieces(facts, (50, 55)) == [(50, 55, True, 1, 1)]


# --- intervals ---------------------------------------------------------------------------------------------------------
def test_slots_are_cut_into_intervals_with_all_that_is_in_them() -> None:
    """Slots of ten seconds from 20 to 60 into intervals of fifteen from 10 to 70; the slot from 40 on has no data."""
    facts = Slots(20, 10, [6, 12, None, 30], [2, 4, 0, 10], unseen=[3, 0, 0, 9])
    found = list(observe(facts, 10, 70).intervals(Spans(((10, 70),)), 10, 70, 15))
    assert found == [
        # 10 to 25: five seconds of half a slot, and nothing known before it.
        Interval(15, (Piece(10, 20, False, 0, 0), Piece(20, 25, True, 10, 30, 15)), 10, 30, 15, 10),
        Interval(15, (Piece(25, 30, True, 10, 30, 15), Piece(30, 40, True, 40, 120, 0)), 50, 150, 15, 0),
        Interval(15, (Piece(40, 50, False, 0, 0), Piece(50, 55, True, 50, 150, 45)), 50, 150, 45, 10),
        Interval(15, (Piece(55, 60, True, 50, 150, 45), Piece(60, 70, False, 0, 0)), 50, 150, 45, 10),
    ]
    numbers = [number for each in found for piece in each.pieces for number in (piece.bad, piece.total, piece.unseen)]
    assert all(type(number) is int for number in numbers)


def test_slots_alone_and_what_they_do_not_reach() -> None:
    facts = Slots(20, 10, [6, 12], [2, 4])
    slots = [Piece(20, 30, True, 20, 60), Piece(30, 40, True, 40, 120)]
    assert list(observe(facts, 20, 40).pieces(Spans(((20, 40),)))) == slots
    assert list(observe(facts, 20, 40).pieces(Spans(((19, 41),)))) == [Piece(19, 20, False, 0, 0), *slots, Piece(40, 41, False, 0, 0)]
    assert list(observe(facts, 20, 40).pieces(Spans(((0, 20), (40, 50))))) == [Piece(0, 20, False, 0, 0), Piece(40, 50, False, 0, 0)]


@given(
    st.lists(st.tuples(st.none() | st.integers(0, 9), st.integers(0, 9), st.integers(0, 9)), min_size=1, max_size=6),
    st.booleans(),
    st.lists(st.tuples(st.integers(-9, 40), st.integers(0, 40)), max_size=4),
)
def test_sums_are_those_of_all_seconds(rows: list[tuple[int | None, int, int]], unseen: bool, spans: list[tuple[int, int]]) -> None:
    """Slots of five seconds from zero on."""
    facts = Slots(0, 5, [row[0] for row in rows], [row[1] for row in rows], unseen=[row[2] for row in rows] if unseen else ())
    counting = {second for start, length in spans for second in range(start, start + length)}
    of_seconds = [rows[second // 5] if second in range(5 * len(rows)) else (None, 0, 0) for second in counting]
    known = [row for row in of_seconds if row[0] is not None]
    assert observe(facts, 0, 30).sums(Spans.of((start, start + length) for start, length in spans)) == Sums(
        bad=sum(row[1] for row in known), total=sum(row[0] or 0 for row in known),
        unseen=sum(row[2] for row in known) if unseen else 0, unknown=len(of_seconds) - len(known),
    )  # fmt: skip


def test_sums_of_slots_by_hand() -> None:
    """From the middle of the first slot to the middle of the last; the third one has no data, whatever else stands there."""
    facts = Slots(20, 10, [6, 12, None, 30], [2, 4, 9, 10], unseen=[3, 0, 8, 9])
    assert observe(facts, 20, 60).sums(Spans(((25, 55),))) == Sums(bad=10 + 40 + 50, total=30 + 120 + 150, unseen=15 + 45, unknown=10)
    around = Spans(((0, 10), (15, 25), (31, 32), (33, 39), (58, 70), (80, 90)))
    assert observe(facts, 20, 60).sums(around) == Sums(
        bad=10 + 4 + 24 + 20, total=30 + 12 + 72 + 60, unseen=15 + 18, unknown=10 + 5 + 10 + 10,
    )  # fmt: skip
    # Two spans of a whole slot each.
    assert observe(facts, 20, 60).sums(Spans(((20, 30), (50, 60)))) == Sums(
        bad=20 + 100, total=60 + 300, unseen=30 + 90, unknown=0,
    )  # fmt: skip


def test_without_intervals_every_piece_is_one() -> None:
    facts = Downtime(0, 100, (Outage(40, 60),))
    found = list(observe(facts, 0, 100).intervals(Spans(((30, 70),)), 0, 100, None))
    assert found == [
        Interval(10, (Piece(30, 40, True, 0, 10),), 0, 10, 0, 0), Interval(20, (Piece(40, 60, True, 20, 20),), 20, 20, 0, 0),
        Interval(10, (Piece(60, 70, True, 0, 10),), 0, 10, 0, 0),
    ]  # fmt: skip


def test_the_last_interval_ends_with_the_range() -> None:
    facts = Downtime(0, 100)
    found = list(observe(facts, 0, 100).intervals(Spans(((0, 100),)), 0, 40, 30))
    assert [(each.seconds, each.pieces[0].start, each.pieces[-1].end) for each in found] == [(30, 0, 30), (10, 30, 40)]


def test_the_busiest_slot_is_sought_in_the_range_alone() -> None:
    facts = Slots(0, 10, [50, 3, None, 7, 90], [0] * 5)
    assert observe(facts, 10, 40).busiest == 7
    assert observe(facts, 20, 30).busiest == 0
    assert observe(facts, 0, 11).busiest == 50
    assert observe(Downtime(0, 10, (Outage(0, 5, Fraction(1, 3)),)), 0, 10).unit == 3
