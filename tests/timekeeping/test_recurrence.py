"""Days that come again, as a calendar on the wall shows them: 2026 begins on a Thursday, its February and March on a Sunday."""

from __future__ import annotations

from datetime import date

import pytest

from slo_gen.timekeeping.recurrence import LAST, EveryDay, EveryMonth, EveryWeek, Recurrence

MONDAY, FRIDAY, SUNDAY = 0, 4, 6


def days(*texts: str) -> list[date]:
    return [date.fromisoformat(f"2026-{text}") for text in texts]


@pytest.mark.parametrize(("recurrence", "first", "last", "expected"), [
    (EveryDay(), "02-27", "03-02", days("02-27", "02-28", "03-01", "03-02")),
    (EveryDay(), "02-27", "02-27", days("02-27")),
    (EveryDay(), "02-27", "02-26", []),
    (EveryWeek(frozenset({MONDAY, SUNDAY})), "02-22", "03-02", days("02-22", "02-23", "03-01", "03-02")),
    (EveryWeek(frozenset()), "01-01", "01-31", []),
    # by their number: a month without a 31st is passed over
    (EveryMonth(days=frozenset({1, 31})), "01-01", "05-01", days("01-01", "01-31", "02-01", "03-01", "03-31", "04-01", "05-01")),
    # counted: the first may be the 1st and the 7th, the second the 8th and the 14th; a month without a fifth is passed over
    (EveryMonth(counted=frozenset({(1, SUNDAY)})), "02-01", "06-30", days("02-01", "03-01", "04-05", "05-03", "06-07")),
    (EveryMonth(counted=frozenset({(2, SUNDAY)})), "02-01", "06-30", days("02-08", "03-08", "04-12", "05-10", "06-14")),
    (EveryMonth(counted=frozenset({(5, SUNDAY)})), "02-01", "06-30", days("03-29", "05-31")),
    # the last one is the fourth or the fifth, also at the end of a year
    (EveryMonth(counted=frozenset({(LAST, FRIDAY)})), "01-01", "05-31", days("01-30", "02-27", "03-27", "04-24", "05-29")),
    (EveryMonth(counted=frozenset({(LAST, SUNDAY)})), "02-01", "05-31", days("02-22", "03-29", "04-26", "05-31")),
    (EveryMonth(counted=frozenset({(LAST, FRIDAY)})), "12-01", "12-31", days("12-25")),
    # by number and counted: either is enough
    (EveryMonth(frozenset({8}), frozenset({(2, SUNDAY), (LAST, MONDAY)})), "02-01", "04-30",
     days("02-08", "02-23", "03-08", "03-30", "04-08", "04-12", "04-27")),
])  # fmt: skip
def test_the_dates_of_a_recurrence(recurrence: Recurrence, first: str, last: str, expected: list[date]) -> None:
    assert list(recurrence.dates(*days(first, last))) == expected


def test_what_comes_on_no_day_of_a_month() -> None:
    assert not any(EveryMonth().comes_on(day) for day in EveryDay().dates(*days("01-01", "12-31")))
