"""Rows of a file of facts: CSV with a header, or one JSON object a line; each cell knows where it stands.

Cells are text. What is wrong becomes a problem with its line and column; a file has many lines, so all of them are told.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from slo_gen.spec.problems import LINE_BREAK, Problem

__all__ = ["COLUMNS", "Columns", "Row", "Rows", "read_rows"]


@dataclass(frozen=True, slots=True)
class Columns:
    """One kind of rows. ``needed`` tell it from the others, ``also`` may be there."""

    needed: tuple[str, ...]
    also: tuple[str, ...]
    example: str

    @property
    def of_slots(self) -> bool:
        """Whether a row tells of one slot. Of outages and tickets there may have been none."""
        return self.needed[0] == "time" and "met" not in self.needed


COLUMNS: Final = (
    Columns(("time", "good", "total"), (), "time,good,total"),
    Columns(("time", "bad", "total"), (), "time,bad,total"),
    Columns(("time", "up"), (), "time,up"),
    Columns(("time", "error_ratio"), (), "time,error_ratio"),
    Columns(("start", "end"), ("cause", "hit"), "start,end,cause,hit"),
    Columns(("time", "met"), ("taken", "cause", "ticket"), "time,met,taken,ticket"),
)
"""The kinds of rows that are known."""

_DELIMITERS: Final = (",", ";", "\t")


@dataclass(frozen=True, slots=True)
class Row:
    """One row: its cells by column, "" for those that are empty. ``delimiter`` is "" in JSON."""

    line: int
    cells: Mapping[str, str]
    text: str
    delimiter: str = ""

    def place(self, column: str) -> int:
        """Where a cell begins in its line, counted from 1."""
        if not self.delimiter:
            return _place_of_key(self.text, column)
        at = 1
        for name, cell in zip(self.cells, _split(self.text, self.delimiter), strict=False):
            if name == column:
                return at
            at += len(cell) + 1
        return at


@dataclass(slots=True)
class Rows:
    """What a file holds; ``columns`` None where it is of no kind that is known."""

    file: str
    columns: Columns | None = None
    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)

    def tell(self, line: int, column: int, message: str, hint: str = "", length: int = 1) -> None:
        """Notes what is wrong at a place."""
        self.problems.append(Problem("error", self.file, line, column, message, hint, "samples", max(length, 1)))

    def tell_cell(self, row: Row, column: str, message: str, hint: str = "") -> None:
        """Notes what is wrong with a cell."""
        self.tell(row.line, row.place(column), message, hint, len(row.cells.get(column, "")))


def read_rows(text: str, file: str) -> Rows:
    """The rows of a file's text; blank lines, and lines that begin with ``#``, say nothing."""
    found = Rows(file)
    lines = [
        (number, line)
        for number, line in enumerate(LINE_BREAK.split(text.removeprefix("\ufeff")), start=1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if not lines:
        found.tell(1, 1, "the file has no rows", f"write for example {COLUMNS[0].example} and a row for each minute below it")
    elif lines[0][1].lstrip().startswith("["):
        found.tell(lines[0][0], 1, "this is a JSON list", "write one object a line, without brackets and commas around them")
    elif lines[0][1].lstrip().startswith("{"):
        _read_json(found, lines)
    else:
        _read_csv(found, lines)
    return found


# --- CSV -----------------------------------------------------------------------------------------------------------
def _read_csv(found: Rows, lines: Sequence[tuple[int, str]]) -> None:
    number, header = lines[0]
    delimiter = _delimiter(header)
    names = [cell.strip().strip('"').lower() for cell in _split(header, delimiter)]
    if names[0][:1].isdigit():
        found.tell(number, 1, "the first line has no names of columns", f"write one of these lines above it: {_examples()}", len(header))
        return
    if not _known(found, names, number, header):
        return
    if len(lines) == 1 and found.columns is not None and found.columns.of_slots:
        found.tell(number, 1, "no row follows this header", "write one for each slot", len(header))
    for number, line in lines[1:]:
        cells = [_unquoted(cell) for cell in (_split(line, delimiter) if '"' in line else line.split(delimiter))]
        if len(cells) == len(names):
            found.rows.append(Row(number, dict(zip(names, cells, strict=True)), line, delimiter))
        else:
            at = len(line) + 1 if len(cells) < len(names) else 1 + sum(len(cell) + 1 for cell in cells[: len(names)])
            found.tell(number, at, f"the row has {_cells(len(cells))}, the header {len(names)}", f"write {delimiter.join(names)}")


def _cells(number: int) -> str:
    return "1 cell" if number == 1 else f"{number} cells"


def _delimiter(line: str) -> str:
    return max(_DELIMITERS, key=line.count)


def _split(line: str, delimiter: str) -> list[str]:
    """The raw cells of a line; a delimiter between quotes belongs to its cell."""
    cells: list[str] = []
    start, quoted = 0, False
    for place, character in enumerate(line):
        if character == '"':
            quoted = not quoted
        elif character == delimiter and not quoted:
            cells.append(line[start:place])
            start = place + 1
    return [*cells, line[start:]]


def _unquoted(cell: str) -> str:
    cell = cell.strip()
    if len(cell) >= 2 and cell[0] == cell[-1] == '"':
        return cell[1:-1].replace('""', '"')
    return cell


# --- JSON lines ------------------------------------------------------------------------------------------------------
def _read_json(found: Rows, lines: Sequence[tuple[int, str]]) -> None:
    for number, line in lines:
        value = _object(found, number, line)
        if value is None:
            continue
        cells = {str(name).lower(): _cell(cell) for name, cell in value.items()}
        wrong = next((name for name, cell in cells.items() if cell is None), None)
        if wrong is not None:
            found.tell(number, _place_of_key(line, wrong), f"`{wrong}` is no single value", "write a number or text")
            continue
        if found.columns is None and not _known(found, list(cells), number, line):
            return
        assert found.columns is not None, "the first row says it"
        lacking = [name for name in found.columns.needed if name not in cells]
        extra = [name for name in cells if name not in (*found.columns.needed, *found.columns.also)]
        if lacking or extra:
            wrong_name = (lacking or extra)[0]
            at = 1 if lacking else _place_of_key(line, extra[0])
            message = f"`{wrong_name}` is missing" if lacking else f"nobody knows `{wrong_name}` here"
            found.tell(number, at, message, f"the rows of this file are {found.columns.example}")
            continue
        found.rows.append(Row(number, {name: cell or "" for name, cell in cells.items()}, line))


def _object(found: Rows, number: int, line: str) -> dict[str, Any] | None:
    try:
        value = json.loads(line, parse_float=str, parse_int=str, parse_constant=str, object_pairs_hook=_once)
    except _TwiceError as error:
        found.tell(number, _place_of_key(line, str(error)), f"`{error}` is there twice", "leave one of them out")
        return None
    except json.JSONDecodeError as error:
        found.tell(number, error.colno, f"this is no JSON: {error.msg}", "write one object a line")
        return None
    except RecursionError:
        value = None
    if not isinstance(value, dict):
        found.tell(number, 1, "this is no JSON object", 'write for example {"time": "2026-11-01T00:00:00Z", "up": 1}')
        return None
    return value


class _TwiceError(Exception):
    """A key that an object has twice, whether in small or in capital letters."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    names = [name.lower() for name, _ in pairs]
    if len(set(names)) < len(names):
        raise _TwiceError(next(name for name in names if names.count(name) > 1))
    return found


def _cell(value: Any) -> str | None:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.strip() if isinstance(value, str) else None


# --- kinds -------------------------------------------------------------------------------------------------------------
def _known(found: Rows, names: Sequence[str], number: int, line: str) -> bool:
    """Whether the columns are those of one kind; what is wrong with them is told."""
    for name in names:
        if names.count(name) > 1:
            found.tell(number, _place(line, name), f"there are two columns {name!r}", "leave one of them out", len(name))
            return False
    fitting = [each for each in COLUMNS if set(each.needed) <= set(names)]
    if not fitting:
        found.tell(number, 1, f"no facts have the columns {', '.join(names)}", "write one of " + _examples(), len(line))
        return False
    found.columns = max(fitting, key=lambda each: (len(set(names) & {*each.needed, *each.also}), len(each.needed)))
    for name in names:
        if name not in (*found.columns.needed, *found.columns.also):
            hint = f"the columns are {found.columns.example}"
            found.tell(number, _place(line, name), f"nobody knows the column {name!r} here", hint, len(name))
    return not found.problems


def _place(line: str, name: str) -> int:
    return line.lower().find(name) + 1 or 1


def _place_of_key(line: str, name: str) -> int:
    """Where a key of an object stands, which may be written with escapes or without."""
    return next((at for text in (name, json.dumps(name)[1:-1]) if (at := line.lower().find(f'"{text}"') + 1)), 1)


def _examples() -> str:
    return "; ".join(each.example for each in COLUMNS)

