"""The one way in which text becomes a string literal of PromQL."""

from __future__ import annotations

import re
from typing import Final

__all__ = ["quote"]

_ESCAPED: Final = re.compile(r'[\\"\x00-\x1f\x7f-\x9f\u2028\u2029\ufeff]')


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
