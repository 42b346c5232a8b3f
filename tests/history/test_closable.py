"""Which periods are closed with a month: each agreement's own, in its own zone, as soon as they are over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from catalogues import agreement

from slo_gen.history.closable import closable, term
from slo_gen.history.named_periods import named_span, periods_ending_in, periods_within
from slo_gen.spec.model import Agreement, Evaluation
from slo_gen.timekeeping.periods import Length, Periods
from slo_gen.timekeeping.zones import TimeError, write_instant

EVALUATION = Evaluation()


def of_length(length: Length, starts: tuple[int, int] = (1, 1), timezone: str = "Europe/Berlin") -> Periods:
    return Periods(length, timezone, starts)


def names(of: Agreement, named: str) -> list[str]:
    return [each.period.name for each in closable([of], named, EVALUATION)]


@pytest.mark.parametrize(("periods", "named", "found"), [
    (of_length("month"), "2026-10", ["2026-10"]),
    (of_length("quarter"), "2026-10", []),                    # the quarter goes on
    (of_length("quarter"), "2026-12", ["2026-Q4"]),
    (of_length("quarter", (4, 1)), "2026-06", ["2026-Q1"]),   # a fiscal year from April
    (of_length("year", (4, 1)), "2027-03", ["2026"]),
    (of_length("month"), "2026-Q4", ["2026-10", "2026-11", "2026-12"]),
    (of_length("week"), "2026-10", ["2026-W40", "2026-W41", "2026-W42", "2026-W43"]),
    (of_length("month"), "2026-W01", ["2025-12"]),            # from 29 December to 4 January
    (of_length("week"), "2026-W07", ["2026-W07"]),
    (of_length("half_year"), "2026", ["2026-H1", "2026-H2"]),
    (of_length("month", (1, 15)), "2026-10", ["2026-10"]),    # the billing cycle of that name
])
def test_a_name_means_the_periods_that_end_then(periods: Periods, named: str, found: list[str]) -> None:
    assert [period.name for period in periods_ending_in(periods, named)] == found


@pytest.mark.parametrize("named", ["October", "2026-13", "2026-W54", "", "2026-1"])
def test_a_name_that_no_period_has(named: str) -> None:
    with pytest.raises(TimeError, match="is no period; write it like 2026-10, 2026-Q4"):
        named_span(of_length("month"), named)


def test_a_range_of_names_holds_whole_periods() -> None:
    assert [period.name for period in periods_within(of_length("quarter"), "2026-02", "2026-12")] == ["2026-Q2", "2026-Q3", "2026-Q4"]
    assert [period.name for period in periods_within(of_length("month"), "2025-12", "2026-02")] == ["2025-12", "2026-01", "2026-02"]


@pytest.mark.parametrize(("changes", "found"), [
    ({}, ["2026-10"]),
    ({"state": "draft"}, []),
    ({"starts": date(2026, 10, 31)}, ["2026-10"]),
    ({"starts": date(2026, 11, 1)}, []),
    ({"ends": date(2026, 10, 1)}, ["2026-10"]),
    ({"ends": date(2026, 9, 30)}, []),
    ({"state": "ended", "ends": date(2026, 10, 15)}, ["2026-10"]),     # it was in force, and its last part is judged
    ({"state": "terminated", "ends": date(2026, 9, 15)}, []),
    ({"state": "ended"}, []),                                          # nobody wrote until when
])
def test_an_agreement_is_closed_for_the_time_it_was_in_force(changes: dict[str, object], found: list[str]) -> None:
    assert names(replace(agreement("a", "requests"), **changes), "2026-10") == found  # type: ignore[arg-type]


def test_a_term_is_whole_days_in_the_zone_of_the_periods() -> None:
    bounded = replace(
        agreement("a", "requests"), period=of_length("month"), starts=date(2026, 3, 29), ends=date(2026, 10, 25),
    )
    assert [tuple(map(write_instant, span)) for span in term(bounded)] == [("2026-03-28T23:00:00Z", "2026-10-25T23:00:00Z")]


def test_a_period_is_ready_when_its_last_minute_is_recorded() -> None:
    (found,) = closable([replace(agreement("a", "requests"), period=of_length("month"))], "2026-10", EVALUATION)
    assert found.ready == found.period.end + 150
