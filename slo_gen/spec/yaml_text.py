"""Bytes of a file to text that YAML may hold."""

from __future__ import annotations

import codecs
import re

from slo_gen.spec.problems import Problem
from slo_gen.spec.source import Source

__all__ = ["MAX_FILE_BYTES", "problem_at", "read_text", "shown_text"]

MAX_FILE_BYTES = 16 * 1024 * 1024
"""Size of a file beyond which it is not read."""

_OTHER_UNICODE = (
    (codecs.BOM_UTF32_LE, "UTF-32"),
    (codecs.BOM_UTF32_BE, "UTF-32"),
    (codecs.BOM_UTF16_LE, "UTF-16"),
    (codecs.BOM_UTF16_BE, "UTF-16"),
)
# What YAML does not allow in a file, the three line breaks of YAML 1.1 that editors do not count as lines, and the
# characters that show a line in another order than it is read in.
_REFUSED = re.compile("[^\t\n\r\x20-\x7e\xa0-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]")
_DIRECTIONS = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_LINE_BREAKS = frozenset("\x85\u2028\u2029")


def read_text(file: str, data: bytes | str) -> tuple[Source | None, list[Problem]]:
    """The text of a file without its byte order mark, or the problem for which it cannot be read."""
    size = len(data)
    if size > MAX_FILE_BYTES:
        return None, [
            Problem(
                "error", file, 1, 1,
                f"the file is larger than {MAX_FILE_BYTES // (1024 * 1024)} MiB",
                "split it: one file per service or customer reads best",
            )
        ]  # fmt: skip
    if isinstance(data, bytes):
        decoded = _decode(file, data)
        if isinstance(decoded, Problem):
            return None, [decoded]
        data = decoded
    source = Source(file, data.removeprefix("\ufeff"))
    refused = _REFUSED.search(source.text)
    if refused:
        return None, [_refused_character(source, refused.start())]
    return source, []


def shown_text(data: bytes | str) -> str:
    """The text of a file for showing its lines beside problems, "" for one that is no text."""
    if isinstance(data, bytes):
        data = "" if b"\0" in data else data.decode("utf-8", "replace")
    return data.removeprefix("\ufeff")


def problem_at(source: Source, start: int, end: int, message: str, hint: str = "") -> Problem:
    """An error about the characters from offset ``start`` to ``end`` of a file."""
    span = source.span(start, end)
    return Problem("error", source.file, span.line, span.column, message, hint, length=span.length)


def _decode(file: str, data: bytes) -> str | Problem:
    for mark, name in _OTHER_UNICODE:
        if data.startswith(mark):
            return Problem("error", file, 1, 1, f"the file is {name}", "save it as UTF-8")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        before = Source(file, data[: error.start].decode("utf-8").removeprefix("\ufeff"))
        span = before.span(len(before.text))
        byte = f"0x{data[error.start]:02X}"
        return Problem("error", file, span.line, span.column, f"the byte {byte} is not UTF-8", "save the file as UTF-8")


def _refused_character(source: Source, offset: int) -> Problem:
    character = source.text[offset]
    name = f"U+{ord(character):04X}"
    if character == "\0":
        message, hint = "the file holds a NUL byte", "save it as text in UTF-8; a binary file cannot be read"
    elif character in _DIRECTIONS:
        message, hint = f"the invisible character {name} changes the direction of text", "delete it: what is shown must be what is read"
    elif character in _LINE_BREAKS:
        message, hint = f"{name} is a line break that editors do not show as one", 'delete it, or write it as an escape: "\\u2028"'
    elif character == "\ufeff":
        message, hint = "there is a byte order mark in the middle of the file", "delete it; it comes from joining two files"
    else:
        message, hint = f"the control character {name} is not allowed in a document", "delete it"
    return problem_at(source, offset, offset + 1, message, hint)
