"""The secrets that this process was given, so that no text that it shows holds one of them.

What a server answers may say a request back, with all that let it in. Messages therefore pass through ``covered`` before they
are shown or logged, whatever their origin; a pattern would only find what looks like a secret.
"""

from __future__ import annotations

import base64
import html
import re
from functools import cache
from typing import Final

__all__ = ["covered", "remember"]

_SHORTEST: Final = 6
"""Characters. What is shorter is found in too many words; it is no secret either."""

_KNOWN: Final[dict[str, None]] = {}
"""Every known secret: as it is, in base64 and in hex."""


def remember(*secrets: str) -> None:
    """From now on ``covered`` covers these."""
    for secret in secrets:
        if len(secret) >= _SHORTEST and secret not in _KNOWN:
            data = secret.encode("utf-8", "replace")
            encoded = base64.b64encode(data).decode()
            _KNOWN.update(dict.fromkeys((secret, encoded, encoded.rstrip("="), data.hex())))


def covered(text: str) -> str:
    """The text with a ``*`` for each character of a known secret, also where it is written in base64, in hex, or as addresses, JSON,
    HTML or Python write it, one within the other, in large or small letters. As long as before.
    """
    return _pattern(len(_KNOWN)).sub(lambda found: "*" * len(found[0]), text) if _KNOWN else text


@cache
def _pattern(known: int) -> re.Pattern[str]:
    """Longer secrets first: one may hold another. ``known`` is how many there are; there are never fewer than before."""
    return re.compile("|".join(map(_in_any_writing, sorted(_KNOWN, key=len, reverse=True))), re.IGNORECASE)


def _in_any_writing(secret: str) -> str:
    return "".join(char if char.isascii() and char.isalnum() else _character(char) for char in secret)


def _character(char: str) -> str:
    """One that has a meaning of its own somewhere: as it is, or as it is written there, behind as many signs for that as there may be."""
    ways = {way for each in {char, char.lower(), char.upper()} if len(each) == 1 for way in _ways(each)}
    return rf"(?:\\|{_PERCENT}5c){{0,16}}(?:{'|'.join(sorted(ways, key=lambda way: (-len(way), way)))})"


def _ways(char: str) -> set[str]:
    code, data, units = ord(char), char.encode("utf-8", "replace"), char.encode("utf-16-be", "replace")
    entity = html.escape(char)
    return {
        re.escape(char),
        "".join(rf"{_PERCENT}{byte:02x}" for byte in data),
        *({rf"x{code:02x}"} if code < 256 else ()),
        r"\\*".join(f"u{units[at : at + 2].hex()}" for at in range(0, len(units), 2)),
        rf"U{code:08x}",
        rf"{_AMPERSAND}(?:#|{_PERCENT}23)(?:0*{code}|x0*{code:x}){_SEMICOLON}",
        *({_AMPERSAND + entity[1:-1] + _SEMICOLON} if entity != char else ()),
        *({r"\+", rf"{_PERCENT}2b"} if char == " " else ()),
        *_NAMED.get(char, ()),
    }


# How often one way of writing is within itself is bounded: a text made for it would keep a search without bounds busy for ever.
_PERCENT: Final = "%(?:25){0,4}"
_AMPERSAND: Final = f"(?:&|{_PERCENT}26)(?:amp(?:;|{_PERCENT}3b)){{0,4}}"
_SEMICOLON: Final = f"(?:;|{_PERCENT}3b)"
_NAMED: Final = {"\n": ("n",), "\r": ("r",), "\t": ("t",)}
"""What stands for some characters behind a backslash."""
