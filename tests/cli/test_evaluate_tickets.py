"""``slo-gen evaluate`` on results of tickets: few of them, those that are none, those that are not decided."""

from __future__ import annotations

from pathlib import Path

import pytest
from test_evaluate_beside_the_figure import Run, evaluated, with_target, words


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


OF_TICKETS = "  tickets: {matrix: {columns: [hours, response, share], P1: [24x7, 15m, 95%]}LOW}\n"
LOW_VOLUME = ", low_volume: {below: 5, allow_misses: 1}"


def tickets(*met: str) -> None:
    rows = [f"2026-04-{day:02},{each}" for day, each in enumerate(met, 1)]
    Path("t.csv").write_text("\n".join(["time,met,cause", *rows]), encoding="utf-8")


@pytest.mark.parametrize(("met", "verdict", "allowed", "conclusion"), [
    # three of four are 75%, and one of fewer than five may be missed
    (("1,", "1,", "1,", "0,"), "met: 1 of fewer than 5 results may be missed", "1 event, 0 events left",
     "75.00% is less than 95%, but 1 of fewer than 5 results may be missed: met."),
    (("1,", "1,", "1,", ","), "met: 1 of fewer than 5 results may be missed", "1 event, 1 event left",
     "1 of fewer than 5 results may be missed: met."),
    (("1,", "1,", "0,", "0,"), "missed by 45.0000 percentage points", "1 event, exceeded by 1 event",
     "50.00% is less than 95%, and at least 95% was promised: missed."),
    (("1,", "1,", "1,", "1,"), "met by 5.0000 percentage points", "1 event, 1 event left",
     "100.00% is more than 95%, and at least 95% was promised: met."),
    # five are not few: 5% of them are a quarter of a ticket
    (("1,", "1,", "1,", "1,", "0,"), "missed by 15.0000 percentage points", "0.25 events, exceeded by 0.75 events",
     "80.00% is less than 95%, and at least 95% was promised: missed."),
])  # fmt: skip
def test_a_miss_that_is_allowed_of_few_tickets_is_why_it_was_met(
    run: Run, met: tuple[str, ...], verdict: str, allowed: str, conclusion: str
) -> None:
    with_target("", OF_TICKETS.replace("LOW", LOW_VOLUME))
    tickets(*met)
    asked = ("--target", "p1-response", "--samples", "t.csv")
    told = words(run, *asked)
    assert f"  verdict      {verdict}\n" in told
    assert f"  may be bad   {allowed}\n" in told
    assert f"; {1 if len(met) < 5 else 0} may be missed\n" in told
    assert f"\n7. The verdict\n   {conclusion}\n" in words(run, *asked, "--explain")
    found = evaluated(run, "--period", "2026-04", *asked)
    assert found["low_volume"] == ({"below": 5, "allow_misses": 1} if len(met) < 5 else None)
    assert isinstance(found["budget"], dict)
    assert found["budget"]["allowed"] == ("1" if len(met) < 5 else "1/4")


def test_tickets_that_are_not_decided_are_tickets_too_where_few_are_asked_for(run: Run) -> None:
    with_target("", OF_TICKETS.replace("LOW", LOW_VOLUME))
    tickets("1,", "1,", "1,", "0,", ",")
    assert evaluated(run, "--target", "p1-response", "--period", "2026-04", "--samples", "t.csv")["low_volume"] is None


def test_few_tickets_may_be_missed_as_often_as_their_share_allows_where_that_is_more(run: Run) -> None:
    """5% of twenty are one; half of them may be ten. How many tickets there are is no share, and they are never few."""
    low = OF_TICKETS.replace("LOW", ", low_volume: {below: 40, allow_misses: 1}").replace("95%", "50%")
    with_target("{name: tickets, count: {of: tickets, priority: P1}, objective: at most 20}", low)
    tickets(*["1,"] * 11, *["0,"] * 9)
    asked = ("--period", "2026-04", "--samples", "t.csv")
    found = evaluated(run, "--target", "p1-response", *asked)
    assert (found["budget"], found["low_volume"]) == ({"allowed": "10", "used": "9", "left": "1"}, {"below": 40, "allow_misses": 1})
    assert evaluated(run, "--target", "tickets", *asked)["low_volume"] is None


def test_tickets_that_are_left_out_and_not_decided_in_words(run: Run) -> None:
    with_target("", OF_TICKETS.replace("LOW", ""))
    tickets("1,", "0,", "0,merged", ",")
    asked = ("--target", "p1-response", "--samples", "t.csv")
    told, way = words(run, *asked), words(run, *asked, "--explain")
    assert "  excluded: merged  1 result\n  unknown           1 result\n" in told
    assert "  not counted       1 event of 2 events that were bad\n" in told
    assert "4. What counts\n   Excluded for merged: 1 result.\n" in way
    assert "   2 events bad, of which 1 event counts.\n   1 result is not decided.\n" in way
    tickets(",", ",", "0,merged", "1,spam", "0,merged")
    way = words(run, *asked, "--explain")
    assert "   Excluded for merged: 2 results.\n   Excluded for spam: 1 result.\n" in way
    assert "   2 results are not decided.\n" in way
    tickets("0,")
    assert "  few results  with 1 result the true share lies between " in words(run, *asked)
    tickets("1,")
    assert "4. What counts\n   Nothing is excluded.\n" in words(run, *asked, "--explain")


def test_how_many_tickets_there_were_is_no_share_of_bad_ones(run: Run) -> None:
    with_target("{name: tickets, count: {of: tickets, priority: P1}, objective: at most 2}", OF_TICKETS.replace("LOW", ""))
    tickets("0,", "0,merged", "1,", ",")
    told, way = (words(run, "--target", "tickets", "--samples", "t.csv", *more) for more in ((), ("--explain",)))
    assert "bad" not in told + way
    assert "   There were 3 results.\n" in way
    tickets("1,")
    assert "   There was 1 result.\n" in words(run, "--target", "tickets", "--samples", "t.csv", "--explain")
