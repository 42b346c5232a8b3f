"""What libyaml says about text that is no YAML, in words that tell the reader what to type.

libyaml's message is matched with what stands in the text around its mark, because the same message has several
causes and because the mark is often behind the fault.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import yaml

from slo_gen.spec.problems import Problem
from slo_gen.spec.source import Source
from slo_gen.spec.yaml_text import problem_at

__all__ = ["syntax_problem"]

_COLON = re.compile(r":(?=[ \t\r\n]|\Z)")
_KEY_WITHOUT_SPACE = re.compile(r"\s*(?:- +)*([A-Za-z_][\w-]*):(?=\S)(.*)")
_TABS = "indent with spaces; YAML does not allow tabs there"
_SINGLE_QUOTES = "use single quotes: a backslash in them is only a backslash"


@dataclass(frozen=True, slots=True)
class _Fault:
    """Where to point, what is wrong, what to write instead. Offsets are into the whole text."""

    start: int
    end: int
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class _Report:
    """What libyaml reported: offset of its mark, and of the start of what it was reading."""

    source: Source
    problem: str
    context: str
    at: int
    opened: int

    @property
    def text(self) -> str:
        return self.source.text

    def line_start(self, offset: int) -> int:
        return max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset)) + 1

    def line_end(self, offset: int) -> int:
        ends = [end for end in (self.text.find("\n", offset), self.text.find("\r", offset)) if end >= 0]
        return min(ends, default=len(self.text))

    def before(self) -> str:
        """The text of the line in front of the mark."""
        return self.text[self.line_start(self.at) : self.at]

    def line_above(self, offset: int) -> int | None:
        """Where the nearest line above that holds more than a comment starts."""
        start = self.line_start(offset)
        while start > 0:
            start = self.line_start(start - 1)
            content = self.line(start).strip()
            if content and not content.startswith("#"):
                return start
        return None

    def line(self, offset: int) -> str:
        return self.text[self.line_start(offset) : self.line_end(offset)]


def syntax_problem(source: Source, begin: int, error: yaml.YAMLError) -> tuple[Problem, int]:
    """The problem behind an error of libyaml, and the offset at which libyaml stopped.

    ``begin`` is the offset of the text that libyaml was given.
    """
    report = _report(source, begin, error)
    fault = _explain(report)
    length = len(source.text)
    start = min(fault.start, length)
    return problem_at(source, start, min(max(fault.end, start), length), fault.message, fault.hint), report.at


def _report(source: Source, begin: int, error: yaml.YAMLError) -> _Report:
    mark = getattr(error, "problem_mark", None)
    context = getattr(error, "context_mark", None)
    at = begin + (mark.index if mark is not None else 0)
    opened = begin + context.index if context is not None else at
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "cannot be read"
    return _Report(source, problem, getattr(error, "context", None) or "", at, opened)


def _explain(report: _Report) -> _Fault:
    if "tab character" in report.problem or report.text[report.at : report.at + 1] == "\t":
        return _tab(report)
    if "directive" in report.context or "directive" in report.problem or "incompatible YAML" in report.problem:
        return _directive(report)
    if " tag" in report.context:
        return _tag(report)
    for words, explain in _EXPLANATIONS:
        if words in report.problem:
            return explain(report)
    return _Fault(report.at, report.at + 1, f"this is no YAML: {report.problem}", "quote text that holds special characters")


def _tab(report: _Report) -> _Fault:
    start = report.text.find("\t", report.line_start(report.at), report.line_end(report.at))
    start = report.at if start < 0 else start
    return _Fault(start, start + 1, "a tab is used for indentation", _TABS)


def _directive(report: _Report) -> _Fault:
    start = report.line_start(report.at)
    hint = "leave the line out; quote text that starts with `%`"
    return _Fault(start, report.line_end(start), "a line that starts with `%` is a YAML directive, and documents need none", hint)


def _second_colon(report: _Report) -> _Fault:
    """`mapping values are not allowed`: two colons in a line, a wrong indentation, or a missing colon above."""
    before = report.before()
    earlier = _COLON.search(before)
    if earlier:
        value = report.line(report.at)[earlier.end() :].strip()
        quote = f"quote the value: {_quoted(value)}" if "'" not in value else "put quotes around the whole value"
        hint = f"{quote}; or start a new line for the second key"
        return _Fault(report.at, report.at + 1, "a second `: ` in one line", hint)
    above = report.line_above(report.at)
    if above is not None:
        glued = _KEY_WITHOUT_SPACE.match(report.line(above))
        if glued:
            return _missing_space(above + glued.start(1), glued)
        if not _COLON.search(report.line(above)):
            content = report.line(above).removeprefix("---").strip()
            return _no_colon(above + report.line(above).index(content), content)
        indent = len(report.line(above)) - len(report.line(above).lstrip(" "))
        return _Fault(
            report.at - len(before.lstrip()), report.at,
            "this line is indented deeper than the line above, which has a value already",
            f"indent it by {_spaces(indent)} like the line above, or remove the value above",
        )  # fmt: skip
    return _Fault(report.at, report.at + 1, "`:` cannot stand here", "quote text that holds `: `")


def _missing_colon(report: _Report) -> _Fault:
    content = report.text[report.opened : report.line_end(report.opened)].strip()
    glued = _KEY_WITHOUT_SPACE.match(content)
    if glued:
        return _missing_space(report.opened, glued)
    return _no_colon(report.opened, content)


def _no_colon(start: int, content: str) -> _Fault:
    key, _, value = content.partition(" ")
    hint = f"write `{_short(f'{key}: {value.strip()}')}`" if value else f"write `{_short(content)}: value`"
    return _Fault(start, start + len(content), "`:` is missing after the key in this line", hint)


def _missing_space(start: int, glued: re.Match[str]) -> _Fault:
    key, value = glued.group(1), glued.group(2).strip()
    return _Fault(start, start + len(key) + 1, f"a space is missing after `{key}:`", f"write `{key}: {_short(value)}`")


def _expected_key(report: _Report) -> _Fault:
    """`did not find expected key`: text behind a value, or an indentation that fits no line above."""
    before = report.before()
    character = report.text[report.at : report.at + 1]
    if before.strip():
        if character in ("}", "]"):
            return _Fault(report.at, report.at + 1, f"`{character}` closes nothing", "remove it, or add the bracket that opens it")
        end = report.line_end(report.at)
        if before.rstrip()[-1:] in ("'", '"'):
            return _after_quote(report, before.rstrip()[-1])
        return _Fault(report.at, end, "text goes on after the value", "quote the whole value, or start a new line")
    if character == ":":
        return _Fault(report.at, report.at + 1, "a key is missing before `:`", "write `name: value`")
    if character == "-":
        return _stray_item(report)
    return _indentation(report)


def _after_quote(report: _Report, quote: str) -> _Fault:
    """Text behind a closing quote, which may be the opening one of its line when a line above lacks its own."""
    line = report.at
    while (above := report.line_above(line)) is not None and report.before().count(quote) % 2:
        if report.line(above).count(quote) % 2:
            start = above + report.line(above).rindex(quote)
            return _Fault(start, start + 1, "the quote that opens here is not closed in this line", f"close it with {quote}")
        line = above
    inner = "inside single quotes write '' for one '" if quote == "'" else 'inside double quotes write \\" for one "'
    return _Fault(report.at, report.line_end(report.at), "text goes on after the closing quote", f"quote the whole value; {inner}")


def _stray_item(report: _Report) -> _Fault:
    above = report.line_above(report.at)
    hint = "indent the list below the key it belongs to, or remove `- `"
    if above is not None and report.line(above).lstrip(" ").startswith("- "):
        indent = len(report.line(above)) - len(report.line(above).lstrip(" "))
        hint = f"indent it by {_spaces(indent)} like the item above"
    return _Fault(report.at, report.at + 1, "a list item stands where a key is expected", hint)


def _expected_dash(report: _Report) -> _Fault:
    if not report.before().strip():
        item = report.line(report.opened)
        column = report.source.span(report.opened).column
        if report.source.span(report.at).column == column:
            message = "a key stands where the list above goes on"
            return _Fault(
                report.at, report.line_end(report.at), message, "start the line with `- `, or indent it as the key above the list"
            )
        if "-" in item:
            return _indentation(report)
    return _Fault(report.at, report.at + 1, "the next item of the list is expected here", "start the line with `- `")


def _indentation(report: _Report) -> _Fault:
    indents = _open_indents(report) or [0]
    written = len(report.before())
    least = min(abs(indent - written) for indent in indents)
    choices = " or ".join(_spaces(indent) for indent in indents if abs(indent - written) == least)
    end = report.line_end(report.at)
    return _Fault(report.at, end, "the indentation of this line fits no line above", f"indent it by {choices}")


def _open_indents(report: _Report) -> list[int]:
    """The columns in which the mappings around a line have their keys, outermost first."""
    found: list[int] = []
    smallest = 1 << 30
    above = report.line_above(report.at)
    while above is not None and smallest > 0:
        line = report.line(above)
        if line.startswith(("---", "...")):
            break
        dashes = re.match(r"(?:[ ]*- )*[ ]*", line)
        keys = dashes.end() if dashes else 0
        indent = len(line) - len(line.lstrip(" "))
        if indent < smallest:
            smallest = indent
            found.extend(column for column in sorted({keys, indent}, reverse=True) if column == keys)
        above = report.line_above(above)
    return sorted(set(found))


def _unclosed_or_comma(report: _Report) -> _Fault:
    """`did not find expected ',' or '}'`: nothing closes the bracket, or two items without a comma."""
    opening = report.text[report.opened : report.opened + 1]
    closing = "}" if opening == "{" else "]"
    character = report.text[report.at : report.at + 1]
    if report.source.span(report.at).line > report.source.span(report.opened).line or not character:
        return _Fault(report.opened, report.opened + 1, f"`{opening}` is never closed", f"close it with `{closing}`")
    if character == ":":
        return _Fault(report.at, report.at + 1, "a second `: ` in one item", "quote the value, or put a comma between two items")
    if character in ("}", "]"):
        return _Fault(report.at, report.at + 1, f"`{character}` does not close `{opening}`", f"write `{closing}`")
    return _Fault(report.at, report.at + 1, "a comma is missing in front of this", f"separate items by `, `, or close with `{closing}`")


def _expected_value(report: _Report) -> _Fault:
    character = report.text[report.at : report.at + 1]
    if not character.strip():
        return _Fault(report.opened, report.opened + 1, "a value is missing", "write the value")
    return _Fault(report.at, report.at + 1, f"`{character}` stands where a value is expected", "write the value, or quote it if it is text")


def _unclosed_quote(report: _Report) -> _Fault:
    quote = report.text[report.opened : report.opened + 1]
    if quote not in ("'", '"'):
        return _Fault(report.opened, report.opened + 1, "the text ends too early", "is the file complete?")
    return _Fault(report.opened, report.opened + 1, "the quote that opens here is never closed", f"close it with {quote}")


def _escape(report: _Report) -> _Fault:
    start = report.at
    if report.text[start : start + 1] != "\\":
        start = max(report.text.rfind("\\", 0, report.at), report.opened)
    shown = report.text[start : start + 2]
    if shown in ("\\x", "\\u", "\\U"):
        return _Fault(start, start + 2, f"`{shown}` is not followed by the number of a character", _SINGLE_QUOTES)
    return _Fault(start, start + 2, f"`{shown}` is no escape that double quotes know", _SINGLE_QUOTES)


def _cannot_start(report: _Report) -> _Fault:
    character = report.text[report.at : report.at + 1]
    value = report.text[report.at : report.line_end(report.at)].strip()
    if "'" in value:
        return _Fault(report.at, report.at + 1, f"text cannot start with `{character}` without quotes", "put quotes around the value")
    return _Fault(report.at, report.at + 1, f"text cannot start with `{character}` without quotes", f"write {_quoted(value)}")


def _list_on_key_line(report: _Report) -> _Fault:
    hint = "put the list below the key, or write it as [a, b]; quote text that starts with `- `"
    return _Fault(report.at, report.at + 1, "a list item cannot stand in the same line as its key", hint)


def _question_mark(report: _Report) -> _Fault:
    return _Fault(report.at, report.at + 1, "`? ` cannot stand here", "quote text that starts with `? `")


def _anchor(report: _Report) -> _Fault:
    character = report.text[report.opened : report.opened + 1]
    kind = "an alias" if character == "*" else "an anchor"
    hint = f"quote text that starts with `{character}`"
    return _Fault(report.opened, report.opened + 1, f"`{character}` starts {kind}, and its name is missing", hint)


def _block_header(report: _Report) -> _Fault:
    hint = "put the text into the next lines; after `|` or `>` only `-`, `+` or an indentation from 1 to 9 may stand"
    return _Fault(report.at, report.line_end(report.at), "text in the line of `|` or `>`", hint)


def _document_start(report: _Report) -> _Fault:
    if report.before().strip():
        return _Fault(report.at, report.line_end(report.at), "text goes on after the end of the document", "start a new line with `---`")
    hint = "start all keys of the document in the same column; start a further document with `---`"
    return _Fault(report.at, report.line_end(report.at), "this line does not belong to the document above", hint)


def _tag(report: _Report) -> _Fault:
    return _Fault(report.at, report.at + 1, "tags (`!...`) are not allowed", "leave it out; quote text that starts with `!`")


_EXPLANATIONS = (
    ("mapping values are not allowed", _second_colon),
    ("could not find expected ':'", _missing_colon),
    ("did not find expected key", _expected_key),
    ("did not find expected '-'", _expected_dash),
    ("did not find expected ','", _unclosed_or_comma),
    ("did not find expected node content", _expected_value),
    ("found unexpected end of stream", _unclosed_quote),
    ("found unexpected document indicator", _unclosed_quote),
    ("escape", _escape),
    ("hexdecimal", _escape),
    ("cannot start any token", _cannot_start),
    ("block sequence entries are not allowed", _list_on_key_line),
    ("mapping keys are not allowed", _question_mark),
    ("did not find expected alphabetic or numeric character", _anchor),
    ("comment or line break", _block_header),
    ("indentation indicator", _block_header),
    ("<document start>", _document_start),
    ("tag handle", _tag),
)


def _quoted(value: str) -> str:
    return f"'{_short(value)}'"


def _short(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def _spaces(number: int) -> str:
    return "no spaces" if number == 0 else "1 space" if number == 1 else f"{number} spaces"
