"""The text of PromQL at its edges: the one way in which text becomes a string literal, and the one in which PromQL is parsed."""

from __future__ import annotations

import re
from typing import Final

import promql_parser

__all__ = ["parsed", "quote"]

_ESCAPED: Final = re.compile(r'[\\"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]')
_STRING_OR_REMARK: Final = re.compile(r"""`[^`]*`|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|\#[^\n]*""", re.DOTALL)
_NO_OFFSET: Final = re.compile(r"offset[\s+-]*(?:inf|nan|[0-9._]*e|0x|[0-9]{16})", re.IGNORECASE)
"""Offsets without an end, and those for which promql-parser's clock is too small: it gives up altogether on them."""


def quote(text: str) -> str:
    """``text`` as a PromQL string literal."""
    return '"' + _ESCAPED.sub(_escape, text) + '"'


def _escape(match: re.Match[str]) -> str:
    character = match[0]
    if character in '\\"':
        return "\\" + character
    if character == "\n":
        return "\\n"
    return f"\\u{ord(character):04x}"


def parsed(text: str) -> promql_parser.Expr:
    """The syntax tree of an expression. Raises ValueError for what is none, whatever it is."""
    if "offset" in text.lower() and _NO_OFFSET.search(_STRING_OR_REMARK.sub(" ", text)):
        raise ValueError("an offset is a duration, such as 5m")
    try:
        return promql_parser.parse(text)
    except BaseException as error:
        if type(error).__name__ == "PanicException":          # what Rust's defects are in Python: no Exception, and of no public type
            raise ValueError("the parser of PromQL gives up on it") from None
        raise
