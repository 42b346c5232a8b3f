"""A clock under several promises or calendars in turn; every number is reckoned by hand."""

from __future__ import annotations

import pytest

from slo_gen.contract.shared_time import Part, used_up
from slo_gen.timekeeping.calendars import Always, Calendar, Weekly, week
from slo_gen.timekeeping.spans import Span
from slo_gen.timekeeping.zones import read_instant, zone

HOUR = 3600
NEVER = -1
UTC = zone("UTC")
ALWAYS: Calendar = Always()
OFFICE: Calendar = Weekly("UTC", week({"mon-fri": ["08:00-18:00"]}))
SHUT: Calendar = Weekly("UTC", week({}))


def at(clock: str, day: int = 23) -> int:
    """A time of a Monday, the 23rd, or of another day of November 2026."""
    return read_instant(f"2026-11-{day}T{clock}", UTC)


TEN, NOON = at("10:00"), at("12:00")

Case = tuple[list[Span], int | None, list[Part], int, tuple[int, int, int, int]]

HOURS_CHANGE = [Part(at("08:00"), NOON, ALWAYS, None), Part(NOON, None, OFFICE, None)]
LENGTHS_CHANGE = [Part(TEN, NOON, ALWAYS, 4 * HOUR), Part(NOON, None, ALWAYS, 6 * HOUR)]
SECONDS = [Part(TEN, TEN + 1, ALWAYS, 7), Part(TEN + 1, None, ALWAYS, 3)]
NO_TIME = [Part(TEN, TEN + 10, ALWAYS, 0), Part(TEN + 10, None, ALWAYS, 4)]
PROMISED_LATE = [Part(at("08:00"), NOON, None, None), Part(NOON, None, ALWAYS, 2 * HOUR)]
PROMISED_EARLY = [Part(at("08:00"), TEN, ALWAYS, None), Part(TEN, NOON, None, None), Part(NOON, None, None, None)]
NOT_PROMISED = [Part(at("08:00"), None, None, None)]

CASES: dict[str, Case] = {
    # Two hours before noon and two after it.
    "all four hours have run": ([(TEN, at("14:00"))], None, HOURS_CHANGE, 4 * HOUR, (4 * HOUR, 4 * HOUR, at("14:00"), NEVER)),
    "one second too few": ([(TEN, at("14:00") - 1)], None, HOURS_CHANGE, 4 * HOUR, (4 * HOUR - 1, 4 * HOUR, NEVER, NEVER)),
    "one second too many": ([(TEN, at("14:00") + 1)], None, HOURS_CHANGE, 4 * HOUR, (4 * HOUR + 1, 4 * HOUR, at("14:00"), at("14:00"))),
    "all have run, and it goes on in the evening":
        ([(TEN, at("14:00"))], at("20:00"), HOURS_CHANGE, 4 * HOUR, (4 * HOUR, 4 * HOUR, at("14:00"), at("08:00", 24))),
    "all run out at the close of the office":
        ([(at("15:00"), at("18:00"))], at("18:00"), HOURS_CHANGE, 3 * HOUR, (3 * HOUR, 3 * HOUR, at("18:00"), at("08:00", 24))),
    "too late since yesterday": ([(TEN, at("16:00"))], at("08:00", 24), HOURS_CHANGE, HOUR, (6 * HOUR, HOUR, at("11:00"), at("11:00"))),
    "it runs on through both hours": ([], TEN, HOURS_CHANGE, 4 * HOUR, (2 * HOUR, 4 * HOUR, at("14:00"), at("14:00"))),
    "it runs on and is due before the hours change": ([], TEN, HOURS_CHANGE, HOUR, (2 * HOUR, HOUR, at("11:00"), at("11:00"))),
    "it runs on from the change": ([], NOON, HOURS_CHANGE, HOUR, (0, HOUR, at("13:00"), at("13:00"))),
    "it stands": ([(TEN, at("11:00"))], None, HOURS_CHANGE, 4 * HOUR, (HOUR, 4 * HOUR, NEVER, NEVER)),
    "in the hours of both without a pause":
        ([(TEN, at("11:00")), (at("13:00"), at("15:00"))], at("16:00"), HOURS_CHANGE, 4 * HOUR,
         (3 * HOUR, 4 * HOUR, at("17:00"), at("17:00"))),
    # Two of four hours are half of it; half of six hours are three. Of 12 hours as the common measure, 2 hours of 4 are 6.
    "half under each promise": ([(TEN, NOON)], NOON, LENGTHS_CHANGE, 99, (6 * HOUR, 12 * HOUR, at("15:00"), at("15:00"))),
    "half and a third": ([(TEN, at("14:00"))], None, LENGTHS_CHANGE, 99, (10 * HOUR, 12 * HOUR, NEVER, NEVER)),
    # One of seven seconds: six sevenths of three seconds are 2 4/7.
    "in the middle of a second": ([(TEN, TEN + 1)], TEN + 1, SECONDS, 99, (3, 21, TEN + 4, TEN + 3)),
    "just before the middle of a second": ([(TEN, TEN + 3)], None, SECONDS, 99, (3 + 14, 21, NEVER, NEVER)),
    "just after the middle of a second": ([(TEN, TEN + 4)], None, SECONDS, 99, (3 + 21, 21, TEN + 4, TEN + 3)),
    "the length of a part that has none is that of the whole":
        ([(TEN, NOON)], NOON, [Part(TEN, NOON, ALWAYS, 4 * HOUR), Part(NOON, None, ALWAYS, None)], 6 * HOUR,
         (6 * HOUR, 12 * HOUR, at("15:00"), at("15:00"))),
    "lengths that are equal are not scaled":
        ([(TEN, NOON)], NOON, [Part(TEN, NOON, OFFICE, 4 * HOUR), Part(NOON, None, ALWAYS, None)], 4 * HOUR,
         (2 * HOUR, 4 * HOUR, at("14:00"), at("14:00"))),
    # Where no time is allowed, a second is more than the whole, whatever was left: 4 are the whole, 5 each second.
    "a part without time": ([(TEN, TEN + 10)], TEN + 10, NO_TIME, 99, (50, 4, TEN + 1, TEN)),
    "a part without time that did not run": ([(TEN + 10, TEN + 12)], TEN + 12, NO_TIME, 99, (2, 4, TEN + 14, TEN + 14)),
    "no time at all": ([(TEN, NOON)], None, [Part(TEN, None, ALWAYS, None)], 0, (2 * HOUR, 0, TEN, TEN)),
    "no time at all, of both": ([(TEN, NOON)], None, [Part(TEN, NOON, ALWAYS, 0), Part(NOON, None, ALWAYS, 0)], 9, (7200, 0, TEN, TEN)),
    "it was due when 1970 began": ([(-2, 3), (5, 6)], 7, [Part(-9, None, ALWAYS, None)], 2, (6, 2, 0, 0)),
    "all had run when 1970 began": ([(-2, 0), (5, 6)], None, [Part(-9, None, ALWAYS, None)], 2, (3, 2, 0, 5)),
    "nothing was promised at first": ([(TEN, at("13:00"))], None, PROMISED_LATE, HOUR, (HOUR, 2 * HOUR, NEVER, NEVER)),
    "nothing was promised at first, and it runs": ([], TEN, PROMISED_LATE, HOUR, (0, 2 * HOUR, at("14:00"), at("14:00"))),
    "nothing is promised any more": ([(TEN, NOON)], NOON, PROMISED_EARLY, 0, (0, 0, NEVER, NEVER)),
    "nothing is promised any more, and it runs": ([], TEN, PROMISED_EARLY, 0, (0, 0, NEVER, NEVER)),
    "nothing is promised": ([(TEN, NOON)], NOON, NOT_PROMISED, 5, (0, 5, NEVER, NEVER)),
    "the hours never come": ([(TEN, NOON)], NOON, [Part(TEN, NOON, ALWAYS, None), Part(NOON, None, SHUT, None)], 3 * HOUR,
                             (2 * HOUR, 3 * HOUR, NEVER, NEVER)),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_each_promise_counts_for_its_own_time(case: str) -> None:
    ran, since, parts, allowed, expected = CASES[case]
    assert used_up(ran, since, parts, allowed) == expected
