"""What of a period counts, why the rest does not, and how much an hour weighs."""

from __future__ import annotations

from slo_gen.contract.window import ALL_TIME, Window
from slo_gen.timekeeping.spans import Spans


def spans(*pairs: tuple[int, int]) -> Spans:
    return Spans.of(pairs)


def test_all_time_counts_unless_something_is_said() -> None:
    window = Window(0, 100)
    assert window.period == spans((0, 100))
    assert window.counting == window.agreed == ALL_TIME
    assert window.excluded_seconds() == {}


def test_hours_deployment_and_exclusions_take_time_out() -> None:
    window = Window(
        0, 100, spans((-50, 40), (60, 200)), spans((10, 150)),
        (
            ("first", spans((20, 30), (-20, 15))), ("second", spans((25, 35), (90, 120))), ("first", spans((60, 61))),
            ("never", spans((45, 50))),
        ),
    )  # fmt: skip
    assert window.agreed == spans((10, 40), (60, 150))
    assert window.counting == spans((15, 20), (35, 40), (61, 90), (120, 150))
    assert window.excluded_seconds() == {"first": 5 + 10 + 1, "second": 5 + 10}


def test_the_first_hours_that_hold_say_what_a_second_weighs() -> None:
    window = Window(0, 100, hours={"peak": spans((0, 10)), "day": spans((5, 30))})
    assert window.weighed(spans((0, 100)), (("peak", 5), ("day", 2))) == 5 * 10 + 2 * 20 + 70
    assert window.weighed(spans((0, 100)), (("day", 2), ("peak", 5))) == 2 * 25 + 5 * 5 + 70
    assert window.weighed(spans((0, 100)), (("night", 9),)) == 100
    assert window.weighed(spans((2, 6), (50, 60)), ()) == 14
