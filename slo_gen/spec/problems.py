"""What is wrong with the user's documents, and how it is shown.

A problem says where (file, line, column), what is wrong and what to write instead. The renderers are the four
formats of ``slo-gen check --format``: text for people, json and sarif for tools, github for pull requests.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from slo_gen.spec.secrets import hidden

__all__ = [
    "LINE_BREAK", "Problem", "Severity", "has_errors", "render_github", "render_json", "render_sarif", "render_text", "split_lines",
    "summary",
]  # fmt: skip

Severity = Literal["error", "warning"]

LINE_BREAK = re.compile(r"\r\n|\n|\r")
"""What ends a line of a document: LF, CR or CR LF, and nothing else."""

_TAB_WIDTH = 4
_SHOWN_WIDTH = 120
_COLOURS = {"error": "\x1b[1;31m", "warning": "\x1b[1;33m"}
_BOLD, _DIM, _RESET = "\x1b[1m", "\x1b[2m", "\x1b[0m"


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, or that deserves a second look.

    ``line`` and ``column`` count from 1, columns in characters (not bytes, not cells). ``message`` says what is
    wrong; ``hint`` what to write instead, "" when the message already says it. ``check`` is the identifier of the
    check that found it, "" for the reader itself. ``length`` is how many characters the caret underlines.
    """

    severity: Severity
    file: str
    line: int
    column: int
    message: str
    hint: str = ""
    check: str = ""
    length: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "message", hidden(self.message))
        object.__setattr__(self, "hint", hidden(self.hint))

    def __lt__(self, other: Problem) -> bool:
        return self._order() < other._order()

    def _order(self) -> tuple[str, int, int, str, str, str, str]:
        return (self.file, self.line, self.column, self.severity, self.check, self.message, self.hint)


def has_errors(problems: Iterable[Problem]) -> bool:
    """Whether any of the problems is an error, so that nothing may be compiled."""
    return any(problem.severity == "error" for problem in problems)


def summary(problems: Sequence[Problem]) -> str:
    """The closing line of a check, e.g. ``2 errors, 1 warning in 2 files``."""
    if not problems:
        return "no problems"
    errors = sum(problem.severity == "error" for problem in problems)
    warnings = len(problems) - errors
    counts = [_count(number, noun) for number, noun in ((errors, "error"), (warnings, "warning")) if number]
    return f"{', '.join(counts)} in {_count(len({problem.file for problem in problems}), 'file')}"


def split_lines(text: str) -> list[str]:
    """The lines of a document as YAML counts them: only CR, LF and CR LF end a line."""
    return LINE_BREAK.split(text)


# --- text ----------------------------------------------------------------------------------------------------
def render_text(problems: Iterable[Problem], sources: Mapping[str, str], *, colour: bool = False) -> str:
    """Problems for people: position, the line of source with a caret, what is wrong, what to write instead.

    ``sources`` maps a file's name to its text; a file that is not in it is reported without its line. The caller
    decides about ``colour`` (off with NO_COLOR and when the output is no terminal). Ends with a newline unless
    there is nothing to say.
    """
    paint = _Paint(colour)
    lines: dict[str, list[str]] = {}
    blocks = []
    for problem in sorted(problems):
        if problem.file not in lines:
            lines[problem.file] = split_lines(sources[problem.file]) if problem.file in sources else []
        blocks.append(_text_block(problem, lines[problem.file], paint))
    return "\n".join(blocks)


class _Paint:
    def __init__(self, colour: bool) -> None:
        self._colour = colour

    def __call__(self, style: str, text: str) -> str:
        return f"{style}{text}{_RESET}" if self._colour else text


def _text_block(problem: Problem, lines: Sequence[str], paint: _Paint) -> str:
    where = f"{_printable(problem.file)}:{problem.line}:{problem.column}"
    severity = paint(_COLOURS[problem.severity], problem.severity)
    check = paint(_DIM, f" [{problem.check}]") if problem.check else ""
    block = [f"{paint(_BOLD, where)}: {severity}: {_printable(problem.message)}{check}"]
    number = str(problem.line)
    margin = " " * len(number)
    if 1 <= problem.line <= len(lines) and lines[problem.line - 1].strip():
        shown, carets = _underlined(hidden(lines[problem.line - 1]), problem.column, problem.length)
        block.append(paint(_DIM, f"  {number} |") + f" {shown}")
        block.append(paint(_DIM, f"  {margin} |") + f" {paint(_COLOURS[problem.severity], carets)}".replace(_RESET + " ", " "))
    if problem.hint:
        bar = paint(_DIM, f"  {margin} =")
        block.extend(f"{bar} {_printable(line)}" for line in problem.hint.split("\n"))
    return "\n".join(block) + "\n"


def _underlined(line: str, column: int, length: int) -> tuple[str, str]:
    """The line as it is shown, and the line of carets below it; tabs, wide and long lines keep them aligned."""
    cells = [_cell(character) for character in line]
    start = min(max(column - 1, 0), len(cells))
    end = min(start + max(length, 1), max(len(cells), start + 1))
    first, last = _visible(cells, start)
    before = "…" if first else ""
    after = "…" if last < len(cells) else ""
    shown = before + "".join(text for text, _ in cells[first:last]) + after
    indent = len(before) + sum(width for _, width in cells[first:start])
    carets = max(sum(width for _, width in cells[start : min(end, last)]), 1)
    return shown.rstrip(), " " * indent + "^" * carets


def _visible(cells: Sequence[tuple[str, int]], start: int) -> tuple[int, int]:
    """Which slice of a long line to show so that the caret's position is in it."""
    if sum(width for _, width in cells) <= _SHOWN_WIDTH:
        return 0, len(cells)
    first = start
    room = _SHOWN_WIDTH // 2
    while first > 0 and room >= cells[first - 1][1]:
        first -= 1
        room -= cells[first][1]
    last = first
    room = _SHOWN_WIDTH
    while last < len(cells) and room >= cells[last][1]:
        room -= cells[last][1]
        last += 1
    return first, last


def _cell(character: str) -> tuple[str, int]:
    """A character as it may go to a terminal, and how many columns it takes there."""
    if character == "\t":
        return " " * _TAB_WIDTH, _TAB_WIDTH
    if not character.isprintable():
        return ("", 0) if unicodedata.category(character) == "Cf" else ("\N{REPLACEMENT CHARACTER}", 1)
    if unicodedata.combining(character):
        return character, 0
    return character, 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _printable(text: str) -> str:
    """Text that cannot move the cursor or colour a terminal, whatever the document holds."""
    if text.isprintable():
        return text
    return "".join(character if character.isprintable() else f"\\u{ord(character):04x}" for character in text)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


# --- json ----------------------------------------------------------------------------------------------------
def render_json(problems: Iterable[Problem]) -> str:
    """Problems as one JSON object: ``{"problems": [{severity, file, line, column, end_column, message, hint, check}]}``."""
    rows = [
        {
            "severity": problem.severity,
            "file": problem.file,
            "line": problem.line,
            "column": problem.column,
            "end_column": problem.column + problem.length,
            "message": problem.message,
            "hint": problem.hint,
            "check": problem.check,
        }
        for problem in sorted(problems)
    ]
    return _json({"problems": rows})


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False).encode("utf-8", "replace").decode() + "\n"


# --- sarif ---------------------------------------------------------------------------------------------------
def render_sarif(problems: Iterable[Problem], *, version: str = "") -> str:
    """Problems as SARIF 2.1.0, which code hosts and editors read. ``version`` is slo-gen's own."""
    ordered = sorted(problems)
    rules = sorted({_rule(problem) for problem in ordered})
    driver: dict[str, Any] = {"name": "slo-gen", "rules": [{"id": rule} for rule in rules]}
    if version:
        driver["version"] = version
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(problem, rules.index(_rule(problem))) for problem in ordered],
    }
    return _json({"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]})


def _sarif_result(problem: Problem, rule_index: int) -> dict[str, Any]:
    region = {"startLine": problem.line, "startColumn": problem.column, "endColumn": problem.column + problem.length}
    return {
        "ruleId": _rule(problem),
        "ruleIndex": rule_index,
        "level": problem.severity,
        "message": {"text": _sentence(problem)},
        "locations": [{"physicalLocation": {"artifactLocation": {"uri": _uri(problem.file)}, "region": region}}],
    }


def _rule(problem: Problem) -> str:
    return problem.check or "document"


def _sentence(problem: Problem) -> str:
    return f"{problem.message}\n{problem.hint}" if problem.hint else problem.message


def _uri(file: str) -> str:
    path = quote(file.replace("\\", "/").encode("utf-8", "surrogateescape"), safe="/")
    return f"file://{path}" if path.startswith("/") else path


# --- github --------------------------------------------------------------------------------------------------
def render_github(problems: Iterable[Problem]) -> str:
    """Problems as workflow commands that GitHub shows as annotations beside the lines of a pull request."""
    return "".join(_annotation(problem) for problem in sorted(problems))


def _annotation(problem: Problem) -> str:
    properties = {
        "file": problem.file,
        "line": str(problem.line),
        "col": str(problem.column),
        "endColumn": str(problem.column + problem.length),
        "title": f"slo-gen {problem.check}".rstrip(),
    }
    listed = ",".join(f"{name}={_github_property(value)}" for name, value in properties.items())
    return f"::{problem.severity} {listed}::{_github_data(_sentence(problem))}\n"


def _github_data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _github_property(text: str) -> str:
    return _github_data(text).replace(":", "%3A").replace(",", "%2C")
