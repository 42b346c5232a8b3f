"""Plain scalars by the core schema of YAML 1.2 (https://yaml.org/spec/1.2.2/#103-core-schema).

``on``, ``no``, ``22:30``, ``2026-01-01`` and ``1_000`` are text; ``010`` is ten; ``0o17`` and ``0x1F`` are
numbers. Quoted text never comes here.
"""

from __future__ import annotations

import math
import re

__all__ = ["BadNumberError", "plain_value"]

_FIRST_OF_SPECIAL = frozenset("0123456789+-.~nNtTfF")
_CONSTANTS: dict[str, bool | None] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True,
    "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_INTEGER = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEXADECIMAL = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")
_LARGEST = 2**63


class BadNumberError(ValueError):
    """A plain scalar that is a number which no field can hold. The text says why."""


def plain_value(text: str) -> str | int | float | bool | None:
    """The value of an unquoted scalar.

    Raises BadNumberError for infinity, for "not a number", and for whole numbers of 2**63 and beyond.
    """
    if text and text[0] not in _FIRST_OF_SPECIAL:
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return _whole(text, 10)
    if _FLOAT.fullmatch(text):
        return _finite(text)
    if _OCTAL.fullmatch(text):
        return _whole(text[2:], 8)
    if _HEXADECIMAL.fullmatch(text):
        return _whole(text[2:], 16)
    if _NOT_FINITE.fullmatch(text):
        raise BadNumberError(f"`{text}` is not a number that can be measured or promised")
    return text


def _whole(digits: str, base: int) -> int:
    significant = digits.lstrip("+-").lstrip("0") or "0"
    number = int(significant, base) if len(significant) <= 64 else _LARGEST
    if number >= _LARGEST:
        raise BadNumberError(f"the number `{_short(digits)}` is too large")
    return -number if digits.startswith("-") else number


def _finite(text: str) -> float:
    number = float(text)
    if math.isinf(number):
        raise BadNumberError(f"the number `{_short(text)}` is too large")
    return number


def _short(text: str) -> str:
    return text if len(text) <= 30 else f"{text[:27]}..."
