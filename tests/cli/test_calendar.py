"""``slo-gen calendar``: the facts of business_time.jsonl, at gaps and folds too, and lines that are wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from slo_gen.cli import main

CASES = [json.loads(line) for line in (Path(__file__).parent / "business_time.jsonl").read_text().splitlines()]
"""Facts of other engines' tests, each computed a second time by another program."""

ODD_ZONES = [json.loads(line) for line in (Path(__file__).parent / "odd_zones.jsonl").read_text().splitlines()]
"""Drawn at random around changes of the clocks of many zones: midnights that are skipped, a day that is, half an hour, offsets of
seconds, days shown twice; answered by a program that looks at every second and finds wall time by looking at the clock."""

OFFICE = {"timezone": "Europe/Berlin", "hours": {"mon-fri": [["08:00", "18:00"]]}}


def batch(*lines: dict[str, Any] | str, op: str = "elapsed", options: tuple[str, ...] = ()) -> Result:
    text = "".join(f"{line if isinstance(line, str) else json.dumps(line)}\n" for line in lines)
    result = CliRunner().invoke(main, ["calendar", op, "--batch", *options], input=text, prog_name="slo-gen")
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result


def answers(*lines: dict[str, Any] | str, op: str = "elapsed", options: tuple[str, ...] = ()) -> list[Any]:
    """The answers to lines that are right."""
    result = batch(*lines, op=op, options=options)
    assert (result.exit_code, result.stderr) == (0, "")
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_there_are_cases_of_every_operation() -> None:
    assert len(CASES) == 47
    assert {case["op"] for case in CASES} == {"elapsed", "deadline", "first_open", "periods"}


@pytest.mark.parametrize("op", ["elapsed", "deadline", "next-open", "periods"])
def test_all_cases_whatever_the_command_is(op: str) -> None:
    key = {"elapsed": "seconds", "deadline": "instant", "first_open": "instant", "periods": "periods"}
    expected = [{"id": case["id"], key[case["op"]]: case.get("expected", case.get("expected_seconds"))} for case in CASES]
    assert answers(*CASES, op=op) == expected


def test_zones_with_odd_rules() -> None:
    key = {"elapsed": "seconds", "deadline": "instant", "first_open": "instant", "periods": "periods"}
    assert answers(*ODD_ZONES) == [{"id": case["id"], key[case["op"]]: case["expected"]} for case in ODD_ZONES]
    assert len(ODD_ZONES) > 140


def test_both_rules_for_a_deadline_on_a_close() -> None:
    case = next(case for case in CASES if "boundary_rule" in case)
    close, following = case["expected_close"], case["expected_next_open"]
    without = {key: value for key, value in case.items() if key not in ("boundary_rule", "op")}
    lines = [{**without, "boundary_rule": rule} for rule in ("close", "next_open", "next-open")]
    assert [line["instant"] for line in answers(*lines, op="deadline")] == [close, following, following]
    assert answers(without, op="deadline")[0]["instant"] == close
    assert answers(without, lines[0], op="deadline", options=("--boundary", "next-open")) == [
        {"id": case["id"], "instant": following}, {"id": case["id"], "instant": close},
    ]  # fmt: skip


def open_in(timezone: str, day: str, opens: str, closes: str, start: str) -> str:
    calendar = {"timezone": timezone, "hours": {}, "shifts": {day: [[opens, closes]]}}
    found: str = answers({"calendar": calendar, "start": start}, op="next-open")[0]["instant"]
    return found


def test_wall_time_that_is_skipped_or_comes_twice() -> None:
    assert open_in("America/Los_Angeles", "2014-03-09", "02:30", "06:00", "2014-03-08T00:00:00Z") == "2014-03-09T10:30:00Z"
    assert open_in("America/Los_Angeles", "2014-11-02", "01:30", "06:00", "2014-11-01T00:00:00Z") == "2014-11-02T08:30:00Z"
    assert open_in("America/Sao_Paulo", "2015-10-18", "00:00", "06:00", "2015-10-17T00:00:00Z") == "2015-10-18T03:00:00Z"


def test_hours_that_a_gap_leaves_nothing_of() -> None:
    calendar = {"timezone": "America/Los_Angeles", "hours": {"sun": [["02:30", "03:15"]], "mon": [["09:00", "17:00"]]}}
    line = {"op": "periods", "calendar": calendar, "start": "2006-04-02T08:00:00Z", "count": 1}
    assert answers(line) == [{"id": None, "periods": [["2006-04-03T16:00:00Z", "2006-04-04T00:00:00Z"]]}]


def test_a_sunday_of_twenty_five_hours() -> None:
    calendar = {"timezone": "Europe/Paris", "hours": {"sun": [["00:00", "24:00"]]}}
    assert answers({"calendar": calendar, "start": "2020-10-24T22:00:00Z", "end": "2020-10-25T23:00:00Z"})[0]["seconds"] == 90_000


def test_seconds_are_kept_and_nothing_is_nothing() -> None:
    calendar = {"timezone": "Europe/Berlin", "hours": {"mon-fri": [["08:00", "20:00"]]}, "holidays": ["2016-11-01"]}
    exact = {"op": "deadline", "calendar": calendar, "start": "2016-11-07T13:26:36Z", "duration_seconds": 72_000}
    evening = {"op": "elapsed", "calendar": OFFICE, "start": "2021-06-28T19:00:00Z", "end": "2021-06-28T20:00:00Z"}
    turned = {"op": "elapsed", "calendar": OFFICE, "start": "2021-06-28T10:00:00Z", "end": "2021-06-28T08:00:00Z"}
    assert [answer.get("instant", answer.get("seconds")) for answer in answers(exact, evening, turned)] == ["2016-11-09T09:26:36Z", 0, 0]


def test_a_deadline_that_rolls_over_a_year() -> None:
    january = {f"{year}-01-{day:02}": [["00:00", "24:00"]] for year in (2006, 2007) for day in range(1, 32)}
    line = {"calendar": {"hours": {}, "shifts": january}, "start": "2006-01-01T00:00:00Z", "duration_seconds": 31 * 86_400}
    assert answers({**line, "boundary_rule": "next_open"}, op="deadline")[0]["instant"] == "2007-01-01T00:00:00Z"
    assert answers({**line, "boundary_rule": "close"}, op="deadline")[0]["instant"] == "2006-02-01T00:00:00Z"


def test_shifts_breaks_and_holidays_of_one_day() -> None:
    """Shifts stand for the hours of the week, breaks are out of both, and a holiday is closed whatever is written."""
    calendar = {
        **OFFICE, "timezone": "UTC", "holidays": ["2026-06-03"],
        "shifts": {"2026-06-02": [["10:00", "12:00"]], "2026-06-03": [["10:00", "12:00"]], "2026-06-06": [["06:00", "08:00"]]},
        "breaks": {"2026-06-01": [["12:00", "13:00"]], "2026-06-02": [["11:30", "14:00"]]},
    }  # fmt: skip
    days = [("2026-06-01", "2026-06-02"), ("2026-06-02", "2026-06-03"), ("2026-06-03", "2026-06-04"), ("2026-06-06", "2026-06-07")]
    lines = [{"calendar": calendar, "start": f"{start}T00:00:00Z", "end": f"{end}T00:00:00Z"} for start, end in days]
    assert [answer["seconds"] for answer in answers(*lines)] == [9 * 3600, 5400, 0, 7200]


def test_pauses_stop_a_clock_and_no_opening() -> None:
    pause = ["2026-06-01T06:00:00Z", "2026-06-01T07:00:00Z"]
    line = {"calendar": OFFICE, "start": "2026-06-01T00:00:00Z", "pauses": [pause, pause, pause[::-1]], "count": 1}
    found = answers(
        {**line, "op": "elapsed", "end": "2026-06-01T08:00:00Z"}, {**line, "op": "deadline", "duration_seconds": 3600},
        {**line, "op": "first_open"}, {**line, "op": "periods"},
    )  # fmt: skip
    assert [each[key] for each, key in zip(found, ("seconds", "instant", "instant", "periods"), strict=True)] == [
        3600, "2026-06-01T08:00:00Z", "2026-06-01T06:00:00Z", [["2026-06-01T06:00:00Z", "2026-06-01T16:00:00Z"]],
    ]  # fmt: skip


def test_ids_come_back_as_they_were_and_blank_lines_are_passed_over() -> None:
    line = {"calendar": OFFICE, "start": "2026-06-01T10:00:00Z"}
    found = batch("", {**line, "id": "ä"}, "   ", {**line, "id": [1, {"a": None}]}, {**line, "id": 1.50}, line, op="next-open")
    assert [json.loads(text)["id"] for text in found.stdout.splitlines()] == ["ä", [1, {"a": None}], 1.5, None]


START = {"start": "2026-01-01T00:00:00Z"}
A_TIME = 'a time like "2026-03-29T07:00:00Z"'
A_CALENDAR = 'the name of a Calendar, or one like {"timezone": "Europe/Berlin", "hours": {"mon-fri": [["08:00", "18:00"]]}}'
OF_DAYS = 'hours of days like {"mon-fri": [["08:00", "18:00"]]}'
SECONDS = 'whole seconds like 14400, or "duration" like "4h" or "3bd"'
A_QUESTION = (
    'a question like {"id": 1, "op": "elapsed", "calendar": "24x7", "start": "2026-03-29T07:00:00Z", "end": "2026-03-29T08:00:00Z"}'
)


@pytest.mark.parametrize(("line", "error"), [
    ("{", "the line is no JSON: input data was truncated"),
    ("what?", "the line is no JSON: invalid character (byte 0)"),
    ("[]", f"expected `object`, got `array`; write {A_QUESTION}"),
    ("{}", f"calendar is missing; write {A_CALENDAR}"),
    ({"id": 7, "calendar": OFFICE}, f"start is missing; write {A_TIME}"),
    ({"calendar": OFFICE, "start": 5}, f"start: expected `str`, got `int`; write {A_TIME}"),
    ({"calendar": OFFICE, "start": "yesterday"}, "start: 'yesterday' is no time with an offset; write it like 2026-03-29T07:00:00Z"),
    ({"calendar": OFFICE, "start": "2026-01-01"}, "start: '2026-01-01' is no time with an offset; write it like 2026-03-29T07:00:00Z"),
    ({"calendar": OFFICE, "start": "2026-01-01T08:00:00"},
     "start: '2026-01-01T08:00:00' is no time with an offset; write it like 2026-03-29T07:00:00Z"),
    ({"calendar": OFFICE, "start": "2026-02-30T08:00:00Z"}, "start: there is no time 2026-02-30T08:00:00Z; write one that exists"),
    ({"calendar": OFFICE, "start": "0026-01-01T00:00:00Z"}, "start: the time is not between the years 1900 and 2300"),
    ({"calendar": OFFICE, **START, "end": "2026-01-02"}, "end: '2026-01-02' is no time with an offset; write it like 2026-03-29T07:00:00Z"),
    ({"calendar": OFFICE, **START, "end": "2026-01-02T00:00:00Z", "pauses": [["2026-01-01T08:00:00Z", "9"]]},
     "pauses: '9' is no time with an offset; write it like 2026-03-29T07:00:00Z"),
    ({"calendar": OFFICE, **START, "pauses": [["2026-01-01T08:00:00Z"]]},
     'pauses: expected `array` of length 2; write pairs of times like [["2026-03-29T07:00:00Z", "2026-03-29T08:00:00Z"]]'),
    ({"calendar": OFFICE, **START, "pause": []}, "there is no key pause; did you mean `pauses`?"),
    ({"calendar": OFFICE, **START, "boundary": "next-open"}, "there is no key boundary; did you mean `boundary_rule`?"),
    ({"calendar": OFFICE, **START, "boundary_rule": "open"}, "boundary_rule: invalid enum value 'open'; write close or next_open"),
    ({"calendar": OFFICE, **START}, f"end is missing; write {A_TIME}"),
    ({"calendar": OFFICE, **START, "op": "deadline"}, f"duration_seconds is missing; write {SECONDS}"),
    ({"calendar": OFFICE, **START, "op": "deadline", "duration_seconds": 1.5},
     f"duration_seconds: expected `int`, got `float`; write {SECONDS}"),
    ({"calendar": OFFICE, **START, "op": "deadline", "duration": 60},
     'duration: expected `str`, got `int`; write "4h30m", or business days like "3bd"'),
    ({"calendar": OFFICE, **START, "op": "deadline", "duration": "1 day"},
     "'1 day' is no duration; write hours, minutes and seconds like 4h30m, or business days alone like 3bd"),
    ({"calendar": OFFICE, **START, "op": "deadline", "duration": "4h", "duration_seconds": 14_400},
     "duration and duration_seconds are both there; write one of them"),
    ({"calendar": OFFICE, **START, "op": "deadline", "duration": "3bd", "boundary_rule": "next_open"},
     "business days are whole days: they take no pauses, and end at a close"),
    ({"calendar": OFFICE, **START, "op": "deadline", "duration": "3bd", "pauses": [["2026-01-02T00:00:00Z", "2026-01-03T00:00:00Z"]]},
     "business days are whole days: they take no pauses, and end at a close"),
    ({"calendar": OFFICE, **START, "op": "deadline", "duration_seconds": -1},
     "a deadline after -1 seconds lies in the past; write 0 or more"),
    ({"calendar": OFFICE, **START, "op": "periods", "count": 0}, "count is 0; write at least 1"),
    ({"calendar": OFFICE, **START, "op": "periods", "count": "5"}, "count: expected `int`, got `str`; write a whole number like 5"),
    ({"calendar": OFFICE, **START, "op": "guess"},
     "op: invalid enum value 'guess'; write elapsed, deadline, first_open, next_open or periods"),
    ({"calendar": 5, **START}, f"calendar: expected `str | object`, got `int`; write {A_CALENDAR}"),
    ({"calendar": {}, **START}, f"calendar: hours is missing; write {OF_DAYS}"),
    ({"calendar": {"hours": {}, "time_zone": "Europe/Berlin"}, **START}, "calendar: there is no key time_zone; did you mean `timezone`?"),
    ({"calendar": {"hours": {"mon": ["8-18"]}}, **START}, f"calendar: hours: expected `array`, got `str`; write {OF_DAYS}"),
    ({"calendar": {"hours": {}, "holidays": [1]}, **START},
     'calendar: holidays: expected `str`, got `int`; write dates like ["2026-12-25"]'),
    ({"calendar": {"hours": {}, "breaks": []}, **START},
     'calendar: breaks: expected `object`, got `array`; write hours of dates like {"2026-12-24": [["12:00", "13:00"]]}'),
    ({"calendar": {"hours": {"mon": [["8", "18"]]}}, **START}, "'8' is no time of day; write it like 08:00, at most 24:00"),
    ({"calendar": {"hours": {"monday": [["08:00", "18:00"]]}}, **START}, "'monday' are no days; write them like mon-fri or sat"),
    ({"calendar": {"hours": {}, "timezone": "Berlin"}, **START}, "there is no time zone Berlin; write a name like Europe/Berlin or UTC"),
    ({"calendar": {"hours": {}, "holidays": ["2026-02-30"]}, **START}, "there is no date '2026-02-30'; write it like 2026-03-01"),
    ({"calendar": {"hours": {}}, **START, "op": "first_open"},
     "there is no more business time after 2026-01-01T00:00:00Z and before the year 2300"),
    ({"calendar": {"hours": {}}, **START, "op": "periods"},
     "there is no more business time after 2026-01-01T00:00:00Z and before the year 2300"),
    ('{"calendar": ' + "[" * 5000 + "]" * 5000 + ', "start": "2026-01-01T00:00:00Z"}', "the line is nested too deeply"),
    ("\udcff\udcff", "the line is no UTF-8 (byte 0)"),
    ('{"id": "\udcff", "calendar": "24x7", "start": "2026-01-01T00:00:00Z"}', "the line is no UTF-8 (byte 8)"),
    ('{"calendar": "24x7", "start": "2026-01-01T00:00:00Z", "note": "\udcff"}', "the line is no UTF-8 (byte 63)"),
])  # fmt: skip
def test_a_line_that_is_wrong_is_told_and_the_others_are_answered(line: Any, error: str) -> None:
    good = {"id": "good", "calendar": OFFICE, "start": "2026-06-01T06:00:00Z", "end": "2026-06-01T07:00:00Z"}
    text = line if isinstance(line, str) else json.dumps(line)
    given = f"{json.dumps(good)}\n{text}\n{json.dumps(good)}\n".encode("utf-8", "surrogateescape")
    result = CliRunner().invoke(main, ["calendar", "elapsed", "--batch"], input=given, prog_name="slo-gen")
    first, wrong, last = (json.loads(answer) for answer in result.stdout.splitlines())
    assert first == last == {"id": "good", "seconds": 3600}
    assert set(wrong) == {"id", "line", "error"}
    assert (wrong["line"], wrong["id"]) == (2, line.get("id") if isinstance(line, dict) else None)
    assert wrong["error"] == error
    assert result.exit_code == 1
    assert result.stderr == "slo-gen: 1 line could not be answered; the answers say why\n"


def test_lines_may_name_calendars_of_documents(tmp_path: Path) -> None:
    file = tmp_path / "office.yaml"
    file.write_text('kind: Calendar\nmetadata: {name: office}\nspec: {timezone: Europe/Berlin, hours: {mon-fri: ["08:00-18:00"]}}\n')
    line = {"start": "2026-06-06T00:00:00Z"}
    found = batch({"calendar": "office", **line}, {"calendar": "ofice", **line}, {"calendar": "24x7", **line}, op="next-open",
                  options=(str(file),))  # fmt: skip
    assert [json.loads(text) for text in found.stdout.splitlines()] == [
        {"id": None, "instant": "2026-06-08T06:00:00Z"},
        {"id": None, "line": 2, "error": "there is no Calendar 'ofice'; did you mean `office`?"},
        {"id": None, "instant": "2026-06-06T00:00:00Z"},
    ]


def test_a_calendar_that_cannot_be_read_spoils_no_other_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    line = {"start": "2026-06-06T00:00:00Z"}
    lines = [{"calendar": OFFICE, **line}, {"calendar": "office", **line}, {"calendar": "office", **line}, {"calendar": "24x7", **line}]
    (tmp_path / "wrong.yaml").write_text('kind: Calendar\nmetadata: {name: office}\nspec: {hours: {mon: ["8-18"]}}\n')
    for options, reason in (
        ((), "no SPECS are named, and there is no folder specs/ here"),
        (("wrong.yaml",), "the documents have 1 error in 1 file; `slo-gen check` shows them"),
    ):
        found = batch(*lines, op="next-open", options=options)
        assert found.exit_code == 1
        assert found.stderr == "slo-gen: 2 lines could not be answered; the answers say why\n"
        first, *wrong, last = (json.loads(text) for text in found.stdout.splitlines())
        assert (first["instant"], last["instant"]) == ("2026-06-08T06:00:00Z", "2026-06-06T00:00:00Z")
        assert [each["error"] for each in wrong] == [f"there is no Calendar 'office': {reason}"] * 2


def test_a_file_may_begin_with_the_mark_of_utf_8() -> None:
    line = json.dumps({"calendar": OFFICE, "start": "2026-06-06T00:00:00Z"})
    result = CliRunner().invoke(main, ["calendar", "next-open", "--batch"], input=f"\ufeff{line}\r\n".encode(), prog_name="slo-gen")
    assert result.stdout == '{"id": null, "instant": "2026-06-08T06:00:00Z"}\n'


def test_times_with_any_offset() -> None:
    line = {"calendar": OFFICE, "start": "2026-06-05T18:00:00+02:00", "end": "2026-06-08T01:00-07:00",
            "pauses": [["2026-06-08T06:00Z", "2026-06-08T09:00+02:00"]]}  # fmt: skip
    assert answers(line)[0]["seconds"] == 3600


def test_durations_as_contracts_write_them() -> None:
    """The zone of the calendar says what a day is: 22:30 in UTC is the next day in Berlin."""
    line = {"op": "deadline", "calendar": OFFICE, "start": "2026-06-04T22:30:00Z"}
    asked = ("4h30m", "90s", "0", "1bd", "3bd")
    assert [each["instant"] for each in answers(*({**line, "duration": duration} for duration in asked))] == [
        "2026-06-05T10:30:00Z", "2026-06-05T06:01:30Z", "2026-06-04T22:30:00Z", "2026-06-08T16:00:00Z", "2026-06-10T16:00:00Z",
    ]  # fmt: skip
    assert answers({**line, "calendar": "24x7", "duration": "2bd"})[0]["instant"] == "2026-06-07T00:00:00Z"


def test_no_period_is_told() -> None:
    result = CliRunner().invoke(main, ["calendar", "periods", "--hours", "mon 08:00-09:00", "2299-12-30"], prog_name="slo-gen")
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr == "slo-gen: there is no more business time after 2299-12-30T00:00:00Z and before the year 2300\n"


def test_options_that_lines_have_themselves() -> None:
    result = batch(options=("--hours", "mon 08:00-09:00"))
    assert result.exit_code == 2
    assert "leave --hours, --timezone and --pause out" in result.stderr


def test_a_pause_that_ends_before_it_starts_is_a_slip_of_the_pen() -> None:
    asked = ["calendar", "elapsed", "--hours", "mon 08:00-18:00", "--pause", "2026-06-01T12:00/2026-06-01T11:00"]
    result = CliRunner().invoke(main, [*asked, "2026-06-01", "2026-06-02"], prog_name="slo-gen")
    assert result.exit_code == 2
    assert "Error: --pause: 2026-06-01T12:00/2026-06-01T11:00 ends before it starts; write the earlier time first." in result.stderr
