"""Facts from files: exact, in any order, with holes; and what is wrong with a row."""

from __future__ import annotations

import json
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from slo_gen.contract.facts import Downtime, Facts, Outage, Result, Results, Slots
from slo_gen.history.sample_facts import facts_of
from slo_gen.history.sample_rows import read_rows

BERLIN = ZoneInfo("Europe/Berlin")
START, END = 1_793_487_600, 1_796_079_600           # November 2026 in Berlin


def facts(text: str, slot: int | None = None) -> Facts:
    rows = read_rows(text, "f.csv")
    found = facts_of(rows, BERLIN, START, END, slot)
    assert found is not None, rows.problems
    return found


def problems(text: str) -> list[tuple[int, int, str]]:
    rows = read_rows(text, "f.csv")
    assert facts_of(rows, BERLIN, START, END) is None
    return [(problem.line, problem.column, problem.message) for problem in sorted(rows.problems)]


def test_events_in_any_order_with_a_hole() -> None:
    text = f"time,good,total\n{START + 180},8,10\n{START},5,5\n{START + 60},0,0\n"
    assert facts(text) == Slots(START, 60, [5, 0, None, 10], [0, 0, 0, 2])


def test_bad_events_and_other_delimiters() -> None:
    assert facts(f"Time;Bad;Total\n{START};2;10\n") == Slots(START, 60, [10], [2])
    assert facts(f'"time"\tbad\ttotal\n"{START}"\t2\t10\n') == Slots(START, 60, [10], [2])


def test_wall_time_is_that_of_the_zone_and_instants_are_themselves() -> None:
    for written in ("2026-11-01T00:00", "2026-11-01 00:00:00", "2026-10-31T23:00:00Z", "2026-11-01T00:00+01:00", f"{START}", f"{START}.0"):
        assert facts(f"time,up\n{written},1\n") == Slots(START, 60, [1], [0])


def test_times_as_programs_write_them() -> None:
    for written in ("2026-10-31T23:00:00.000Z", "2026-10-31t23:00:00z", "2026-10-31 23:00:00 UTC",
                    "2026-11-01T00:00:00+0100", "2026-11-01T00:00+01"):
        assert facts(f"time,up\n{written},1\n") == Slots(START, 60, [1], [0])


def test_states_and_the_length_of_a_slot() -> None:
    text = f"time,up\n{START},1\n{START + 300},0\n{START + 900},\n{START + 1200},true\n"
    assert facts(text) == Slots(START, 300, [1, 1, None, None, 1], [0, 1, 0, 0, 0])
    assert facts(f"time,up\n{START},1\n{START + 300},0\n", slot=60) == Slots(START, 60, [1, *[None] * 4, 1], [0] * 5 + [1])


def test_states_as_programs_write_numbers() -> None:
    assert facts(f"time,up\n{START},1.0\n{START + 60},0.00\n{START + 120},0e0\n") == Slots(START, 60, [1, 1, 1], [0, 1, 1])


def test_numbers_as_programs_write_them() -> None:
    found = facts(f"time,good,total\n{START},.5,1.\n{START + 60},+3,4E0\n")
    assert found == Slots(START, 60, [2, 8], [1, 2], 2)
    many = 10**39
    assert facts(f"time,good,total\n{START},{many - 1},{many}\n") == Slots(START, 60, [many], [1])


def test_no_row_means_no_outages_and_no_tickets() -> None:
    assert facts("start,end\n") == Downtime(START, END)
    assert facts("time,met\n") == Results(START, END)


def test_decimals_are_exact() -> None:
    found = facts(f"time,error_ratio\n{START},0.0125\n{START + 60},1e-3\n{START + 120},0.3333333333\n")
    assert isinstance(found, Slots)
    assert [Fraction(bad, found.per) for bad in found.bad] == [Fraction("0.0125"), Fraction("0.001"), Fraction("0.3333333333")]
    assert found.total == [found.per] * 3


def test_outages() -> None:
    text = "start,end,cause,hit\n2026-11-03T10:00,2026-11-03T11:00,customer,30%\n2026-10-31T22:00,2026-11-01T01:00,,\n"
    assert facts(text) == Downtime(START - 7200, END, (
        Outage(START - 7200, START + 3600), Outage(START + 58 * 3600, START + 59 * 3600, Fraction(3, 10), "customer"),
    ))  # fmt: skip


def test_results() -> None:
    text = "time,met,taken,ticket\n2026-11-03T10:00,1,15m,A\n2026-11-02T10:00,no,900,B\n2026-11-02T10:00,,,C\n"
    assert facts(text) == Results(START, END, (
        Result(START + 34 * 3600, False, 900), Result(START + 34 * 3600, None), Result(START + 58 * 3600, True, 900),
    ))  # fmt: skip


def test_results_as_programs_write_numbers() -> None:
    """A column with an empty cell is one of numbers with decimals."""
    text = f"time,met,taken\n{START},1.0,900.0\n{START + 60},0.0,60.\n{START + 120},,\n"
    assert facts(text) == Results(START, END, (
        Result(START, True, 900), Result(START + 60, False, 60), Result(START + 120, None),
    ))  # fmt: skip
    assert problems(f"time,met,taken\n{START},2.0,\n{START},1,900.5\n") == [
        (2, 12, "'2.0' is neither met nor missed"), (3, 14, "'900.5' is no duration"),
    ]  # fmt: skip


def test_json_lines_are_the_same_and_exact() -> None:
    rows = [{"time": START, "good": 3, "total": 3.5}, {"time": "2026-11-01T00:01:00+01:00", "good": None, "total": None}]
    found = facts("\n".join(json.dumps(row) for row in rows) + "\n")
    assert found == Slots(START, 60, [7, None], [1, 0], per=2)
    assert facts(f'{{"time": {START}, "up": true}}') == Slots(START, 60, [1], [0])


def test_comments_blank_lines_and_a_byte_order_mark_say_nothing() -> None:
    assert facts(f"\ufeff# measured by us\r\n\r\ntime,up\r\n{START},1\r\n") == Slots(START, 60, [1], [0])


@pytest.mark.parametrize(("text", "expected"), [
    ("", [(1, 1, "the file has no rows")]),
    ("when,up\n1,1\n", [(1, 1, "no facts have the columns when, up")]),
    ("time,up,colour\n1,1,red\n", [(1, 9, "nobody knows the column 'colour' here")]),
    ("time,time,up\n1,1,1\n", [(1, 1, "there are two columns 'time'")]),
    ("time,up\n1\n60,1,2\n", [(2, 2, "the row has 1 cell, the header 2"), (3, 6, "the row has 3 cells, the header 2")]),
    (f"{START},1\n", [(1, 1, "the first line has no names of columns")]),
    ("# of November\ntime,up\n", [(2, 1, "no row follows this header")]),
    ("time,error_ratio", [(1, 1, "no row follows this header")]),
    (f"time,up\n{START}.5,1\n", [(2, 1, f"{START}.5 lies between two seconds")]),
    ("time,up\n2026-11-01T00:00:00.250Z,1\n", [(2, 1, "2026-11-01T00:00:00.250Z lies between two seconds")]),
    ("time,up\n2026-11-01T00:00:00+2400,1\n", [(2, 1, "there is no time 2026-11-01T00:00:00+24:00")]),
    ("time,up\n,1\n", [(2, 1, "`time` is empty")]),
    (f"start,end\n{START},\n", [(2, 12, "`end` is empty")]),
    (f"time,up\n{START},2.0\n", [(2, 12, "'2.0' is neither up nor down")]),
    (f"time,good,total\n{START},1,{10**40}\n", [(2, 14, f"{10**40} has too many digits")]),
    ('[{"time": 1, "up": 1}]', [(1, 1, "this is a JSON list")]),
    ('{"time": 1, "up": 1, "up": 0}', [(1, 13, "`up` is there twice")]),
    ("time,up\nyesterday,1\n", [(2, 1, "'yesterday' is no time")]),
    ("time,up\n2026-11-31,1\n", [(2, 1, "there is no time 2026-11-31")]),
    ("time,up\n1793487600000,1\n", [(2, 1, "1793487600000 is no time in seconds")]),
    ("time,up\n60,maybe\n", [(2, 4, "'maybe' is neither up nor down")]),
    ("time,error_ratio\n60,NaN\n120,1.5\n180,x\n", [
        (2, 4, "NaN is no number"), (3, 5, "1.5 is no ratio between 0 and 1"), (4, 5, "'x' is no number"),
    ]),
    ("time,good,total\n60,5,4\n120,-1,4\n180,,4\n", [
        (2, 4, "5 of 4 events are good"), (3, 5, "-1 events are fewer than none"), (4, 5, "`good` is empty"),
    ]),
    ("time,up\n60,1\n120,1\n60,0\n", [(4, 1, "the time 60 is in line 2 already")]),
    ("time,up\n0,1\n60,1\n90,1\n180,1\n200,1\n", [(4, 1, "90 is no whole number of slots of 20s after the first time"),]),
    ("time,up\n0,1\n60,1\n9999999999,1\n", [
        (4, 1, "9999999999 is no whole number of slots of 60s after the first time"),
        (4, 1, "from the first time to this one there are 166666667 slots"),
    ]),
    ("start,end,hit\n60,60,\n60,120,130%\n", [
        (2, 4, "the outage does not end after its start"), (3, 8, "'130%' is no share of the users"),
    ]),
    ("time,met,taken,ticket\n60,perhaps,,\n60,1,3bd,\n60,1,,A\n70,1,,A\n", [
        (2, 4, "'perhaps' is neither met nor missed"), (3, 6, "3bd has no fixed length"), (5, 7, "ticket A is in line 4 already"),
    ]),
    ('{"time": 60, "up": 1\n', [(1, 21, "this is no JSON: Expecting ',' delimiter")]),
    ('{"time": 60, "up": [1]}\n', [(1, 14, "`up` is no single value")]),
    ('{"time": 60, "up": 1}\n[1]\n{"time": 120}\n{"time": 180, "up": 1, "x": 1}\n', [
        (2, 1, "this is no JSON object"), (3, 1, "`up` is missing"), (4, 24, "nobody knows `x` here"),
    ]),
    ('{"time": 60, "error_ratio": NaN}\n', [(1, 14, "NaN is no number")]),
    ('{"time": 60, "up": 1, "UP": 0}\n', [(1, 14, "`up` is there twice")]),
    ('{"Time": 60, "UP": [1]}\n', [(1, 14, "`up` is no single value")]),
    ('{"time": 60, "up": 1}\n{"time": 120, "up": 1, "\u00dc": 1}\n{"time": 180, "up": 1, "\\u00fc": 1}\n', [
        (2, 24, "nobody knows `\u00fc` here"), (3, 24, "nobody knows `\u00fc` here"),
    ]),
    ('{"time": 60, "up": 1}\n{"time": 120, "x": 1}\n', [(2, 1, "`up` is missing")]),
    ('{"time": 60, "up": 1},\n', [(1, 22, "this is no JSON: Extra data")]),
    ("time,up\n60,2\n", [(2, 4, "'2' is neither up nor down")]),
])  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(text: str, expected: list[tuple[int, int, str]]) -> None:
    assert problems(text) == expected


def test_every_problem_of_a_file_is_found() -> None:
    assert len(problems("time,up\n" + "x,1\n" * 50)) == 50


def test_rows_of_the_wrong_length_hide_nothing_in_the_others() -> None:
    assert problems("time,good,total\n60,1\n120,x,1\n180,5,3\n240,1,2,3\n300,-1,3\n") == [
        (2, 5, "the row has 2 cells, the header 3"),
        (3, 5, "'x' is no number"),
        (4, 5, "5 of 3 events are good"),
        (5, 9, "the row has 4 cells, the header 3"),
        (6, 5, "-1 events are fewer than none"),
    ]
    assert [line for line, _, _ in problems('{"time": 60, "up": 1}\n{"time": 120}\n{"time": 180, "up": 2}\n')] == [2, 3]


def test_quoted_cells_keep_their_delimiters() -> None:
    assert facts('start,end,cause\n60,120,"a, ""b"""\n') == Downtime(60, END, (Outage(60, 120, cause='a, "b"'),))
