"""Facts as pieces: what is known of which stretch of time, and how many events are in it."""

from __future__ import annotations

from fractions import Fraction

from slo_gen.contract.facts import Downtime, Outage
from slo_gen.contract.pieces import observe
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
