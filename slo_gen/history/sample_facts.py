"""Facts out of the rows of a file: numbers as exact as they are written, and every hole unknown.

| rows | what they become |
|---|---|
| ``time,good,total`` or ``time,bad,total`` | events in slots |
| ``time,up`` and ``time,error_ratio`` | one event a slot, bad as a whole or in part |
| ``start,end`` | outages; all other time was up |
| ``time,met`` | results one by one |

A slot begins at its time and lasts as long as the shortest distance between two times, unless the caller says how long. The
order of the rows does not matter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import Final
from zoneinfo import ZoneInfo

from slo_gen.contract.facts import Downtime, Facts, Outage, Result, Results, Slots
from slo_gen.history.sample_rows import Row, Rows
from slo_gen.timekeeping.durations import add_duration
from slo_gen.timekeeping.zones import LATEST, TimeError, read_instant

__all__ = ["facts_of", "read_length", "read_time"]

_UNIX: Final = re.compile(r"(-?[0-9]{1,18})(?:\.([0-9]+))?")
_WRITTEN: Final = re.compile(r"([0-9-]{10})[Tt ]([0-9:]{5,8})(?:\.([0-9]+))?\s?([Zz]|UTC|[+-][0-9]{2}(?::?[0-9]{2})?)?")
"""A time as other programs write it: with decimals of its seconds, small letters, an offset without colon."""

_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]{1,40}(?:\.[0-9]{0,40})?|\.[0-9]{1,40})(?:[eE][+-]?[0-9]{1,2})?")
_LONG_NUMBER: Final = re.compile(r"[+-]?[0-9]*\.?[0-9]*")
_NO_NUMBERS: Final = frozenset({"nan", "+nan", "-nan", "inf", "+inf", "-inf", "infinity", "-infinity"})
_YES: Final = frozenset({"1", "true", "yes", "up", "met"})
_NO: Final = frozenset({"0", "false", "no", "down", "missed"})
_UNKNOWN: Final = frozenset({"", "null", "none"})
_DECIMAL_LENGTH: Final = re.compile(r"(?=.*\.)([0-9]{1,12}(\.[0-9]{1,12})?[smhdw])+")
_DECIMAL_PART: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smhdw])")
_WHOLE: Final = re.compile(r"[0-9]{1,12}(\.0*)?")
_SECONDS: Final = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_MOST_SLOTS: Final = 6_000_000
_USUAL: Final = 60


def facts_of(
    rows: Rows, where: ZoneInfo, start: int, end: int, slot: int | None = None, relieved: frozenset[str] = frozenset()
) -> Facts | None:
    """The facts of a file about the period ``[start, end)``; times without an offset are those of the zone ``where``.

    ``relieved`` are tickets that the parties agreed not to count.

    None when something is wrong with a row: ``rows.problems`` say what.
    """
    if rows.columns is None:
        return None
    needed = rows.columns.needed
    if needed == ("start", "end"):
        facts: Facts | None = _downtime(rows, where, start, end)
    elif needed == ("time", "met"):
        facts = _results(rows, where, start, end, relieved)
    else:
        facts = _slots(rows, where, _COUNTS[needed], slot)
    return None if rows.problems else facts


# --- cells -----------------------------------------------------------------------------------------------------------
def read_time(text: str, where: ZoneInfo) -> int:
    """An instant as ISO text or in seconds since 1970. Raises TimeError."""
    found = _UNIX.fullmatch(text)
    if found:
        seconds = int(found[1])
        if abs(seconds) > LATEST:
            raise TimeError(f"{text} is no time in seconds; milliseconds are divided by 1000")
        _of_whole_seconds(text, found[2])
        return seconds
    written = _WRITTEN.fullmatch(text)
    if written is None:
        return read_instant(text, where)
    day, clock, decimals, offset = written.groups()
    instant = read_instant(f"{day}T{clock}{_offset(offset)}", where)
    _of_whole_seconds(text, decimals)
    return instant


def _of_whole_seconds(text: str, decimals: str | None) -> None:
    if (decimals or "").strip("0"):
        raise TimeError(f"{text} lies between two seconds; facts are known to the second")


def _offset(text: str | None) -> str:
    """``+01:00`` whichever way it was written."""
    if text is None:
        return ""
    if text in ("Z", "z", "UTC"):
        return "Z"
    return f"{text[:3]}:{text[3:].removeprefix(':') or '00'}"


def read_length(text: str) -> int:
    """Seconds of a duration of fixed length such as ``50m``, ``1h30m`` or ``43.2m``. Raises TimeError."""
    if _DECIMAL_LENGTH.fullmatch(text):
        seconds = sum((Fraction(number) * _SECONDS[unit] for number, unit in _DECIMAL_PART.findall(text)), Fraction(0))
        if seconds.denominator != 1:
            raise TimeError(f"{text} is no whole number of seconds; write it like 44m34s")
        if seconds > LATEST:
            raise TimeError(f"{text} is longer than any contract lasts")
        return int(seconds)
    first, second = (add_duration(begin, text, "UTC") - begin for begin in (0, 40 * 86_400))
    if re.search("mo|y|bh|bd", text) or first != second:
        raise TimeError(f"{text} has no fixed length; write it with s, m, h, d or w")
    return first


def _time(rows: Rows, row: Row, column: str, where: ZoneInfo) -> int | None:
    if not row.cells[column]:
        rows.tell_cell(row, column, f"`{column}` is empty", "write it like 2026-03-01T22:00 or 2026-03-01T22:00:00Z")
        return None
    try:
        return read_time(row.cells[column], where)
    except TimeError as error:
        rows.tell_cell(row, column, *_message(f"{error}"))
        return None


def _message(text: str) -> tuple[str, str]:
    message, _, hint = text.partition("; ")
    return message, hint


def _number(rows: Rows, row: Row, column: str) -> Fraction | None:
    """The number of a cell; None, and a problem, when it is none."""
    text = row.cells[column]
    if text.lower() in _NO_NUMBERS:
        rows.tell_cell(row, column, f"{text} is no number", "leave the cell empty where nothing is known")
    elif len(text) > 40 and _LONG_NUMBER.fullmatch(text):
        rows.tell_cell(row, column, f"{text} has too many digits", "write at most 40 of them")
    elif not _NUMBER.fullmatch(text):
        rows.tell_cell(row, column, f"{text!r} is no number" if text else f"`{column}` is empty", "write it like 12 or 0.0125")
    else:
        return Fraction(text)
    return None


# --- slots -------------------------------------------------------------------------------------------------------------
_Counted = tuple[Fraction, Fraction] | None
"""All and bad events of a slot; None where nothing is known."""


def _of_events(rows: Rows, row: Row) -> _Counted:
    part = "good" if "good" in row.cells else "bad"
    if row.cells["total"].lower() in _UNKNOWN and row.cells[part].lower() in _UNKNOWN:
        return None
    number, total = _number(rows, row, part), _number(rows, row, "total")
    if number is None or total is None:
        return None
    for column, value in ((part, number), ("total", total)):
        if value < 0:
            rows.tell_cell(row, column, f"{row.cells[column]} events are fewer than none", "write 0 or more")
            return None
    if number > total:
        rows.tell_cell(row, part, f"{row.cells[part]} of {row.cells['total']} events are {part}", f"`{part}` is a part of `total`")
        return None
    return total, total - number if part == "good" else number


def _of_state(rows: Rows, row: Row) -> _Counted:
    up = _yes_or_no(row.cells["up"])
    if up is None and row.cells["up"].lower() not in _UNKNOWN:
        hint = "write 1 or 0, and nothing where it is not known"
        rows.tell_cell(row, "up", f"{row.cells['up']!r} is neither up nor down", hint)
    return None if up is None else (Fraction(1), Fraction(not up))


def _yes_or_no(text: str) -> bool | None:
    """What a cell says; None where it says neither, or nothing."""
    text = text.lower()
    if text in _YES or text in _NO:
        return text in _YES
    if _NUMBER.fullmatch(text) and Fraction(text) in (0, 1):         # 1.0, as programs write a number that may have decimals
        return Fraction(text) == 1
    return None


def _of_ratio(rows: Rows, row: Row) -> _Counted:
    if row.cells["error_ratio"].lower() in _UNKNOWN:
        return None
    ratio = _number(rows, row, "error_ratio")
    if ratio is None:
        return None
    if not 0 <= ratio <= 1:
        rows.tell_cell(row, "error_ratio", f"{row.cells['error_ratio']} is no ratio between 0 and 1", "write 1.25 % as 0.0125")
        return None
    return Fraction(1), ratio


_COUNTS: Final[Mapping[tuple[str, ...], Callable[[Rows, Row], _Counted]]] = {
    ("time", "good", "total"): _of_events,
    ("time", "bad", "total"): _of_events,
    ("time", "up"): _of_state,
    ("time", "error_ratio"): _of_ratio,
}


def _slots(rows: Rows, where: ZoneInfo, count: Callable[[Rows, Row], _Counted], slot: int | None) -> Slots | None:
    found: dict[int, tuple[Row, _Counted]] = {}
    for row in rows.rows:
        time, counted = _time(rows, row, "time", where), count(rows, row)
        if time is None:
            continue
        if time in found:
            hint = "write each time once; local times come twice when clocks are set back, times with an offset or a Z do not"
            rows.tell_cell(row, "time", f"the time {row.cells['time']} is in line {found[time][0].line} already", hint)
            continue
        found[time] = row, counted
    if not found or rows.problems:
        return None
    times = sorted(found)
    length = slot or min((after - before for before, after in pairwise(times)), default=_USUAL)
    return _aligned(rows, found, times, length)


def _aligned(rows: Rows, found: Mapping[int, tuple[Row, _Counted]], times: Sequence[int], length: int) -> Slots | None:
    first = times[0]
    for time in times:
        if (time - first) % length:
            row = found[time][0]
            message = f"{row.cells['time']} is no whole number of slots of {length}s after the first time"
            rows.tell_cell(row, "time", message, "slots lie end to end; --slot says how long one is")
    count = (times[-1] - first) // length + 1
    if count > _MOST_SLOTS:
        row = found[times[-1]][0]
        rows.tell_cell(row, "time", f"from the first time to this one there are {count} slots", f"at most {_MOST_SLOTS} are read")
    if rows.problems:
        return None
    known = [counted for _, counted in found.values() if counted is not None]
    per = lcm(*{number.denominator for counted in known for number in counted})
    total: list[int | None] = [None] * count
    bad = [0] * count
    for time, (_, counted) in found.items():
        if counted is not None:
            number = (time - first) // length
            total[number] = counted[0].numerator * (per // counted[0].denominator)
            bad[number] = counted[1].numerator * (per // counted[1].denominator)
    return Slots(first, length, total, bad, per)


# --- spans and results -----------------------------------------------------------------------------------------------
def _downtime(rows: Rows, where: ZoneInfo, start: int, end: int) -> Downtime:
    outages: list[Outage] = []
    for row in rows.rows:
        begun, ended = _time(rows, row, "start", where), _time(rows, row, "end", where)
        hit = _hit(rows, row)
        if begun is None or ended is None or hit is None:
            continue
        if begun >= ended:
            rows.tell_cell(row, "end", "the outage does not end after its start", f"it starts at {row.cells['start']}")
            continue
        outages.append(Outage(begun, ended, hit, row.cells.get("cause", "")))
    return Downtime(
        min([start, *(outage.start for outage in outages)]), max([end, *(outage.end for outage in outages)]),
        tuple(sorted(outages, key=lambda outage: (outage.start, outage.end, outage.cause))),
    )  # fmt: skip


def _hit(rows: Rows, row: Row) -> Fraction | None:
    text = row.cells.get("hit", "")
    if not text:
        return Fraction(1)
    number = text.removesuffix("%")
    if _NUMBER.fullmatch(number):
        share = Fraction(number) / (100 if text.endswith("%") else 1)
        if 0 < share <= 1:
            return share
    rows.tell_cell(row, "hit", f"{text!r} is no share of the users", "write it like 30% or 0.3")
    return None


def _results(rows: Rows, where: ZoneInfo, start: int, end: int, relieved: frozenset[str]) -> Results:
    results: list[Result] = []
    tickets: dict[str, int] = {}
    for row in rows.rows:
        time, met, taken = _time(rows, row, "time", where), _met(rows, row), _taken(rows, row)
        ticket = row.cells.get("ticket", "")
        if ticket and ticket in tickets:
            rows.tell_cell(row, "ticket", f"ticket {ticket} is in line {tickets[ticket]} already", "each ticket has one result")
        tickets[ticket] = row.line
        if time is not None and ticket not in relieved:
            results.append(Result(time, met, taken, row.cells.get("cause", "")))
    times = [result.at for result in results]
    return Results(min([start, *times]), max([end, *(time + 1 for time in times)]), tuple(sorted(results, key=lambda result: result.at)))


def _met(rows: Rows, row: Row) -> bool | None:
    met = _yes_or_no(row.cells["met"])
    if met is None and row.cells["met"].lower() not in _UNKNOWN:
        hint = "write 1 or 0, and nothing where it is not decided"
        rows.tell_cell(row, "met", f"{row.cells['met']!r} is neither met nor missed", hint)
    return met


def _taken(rows: Rows, row: Row) -> int | None:
    text = row.cells.get("taken", "")
    if text.lower() in _UNKNOWN:
        return None
    try:
        return int(text.partition(".")[0]) if _WHOLE.fullmatch(text) else read_length(text)
    except TimeError as error:
        rows.tell_cell(row, "taken", *_message(f"{error}"))
        return None
