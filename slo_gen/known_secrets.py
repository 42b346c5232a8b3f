"""The secrets that this process was given, so that no text that it shows holds one of them.

What a server answers may say a request back, with all that let it in. Messages therefore pass through ``covered`` before they
are shown or logged, whatever their origin; a pattern would only find what looks like a secret.
"""

from __future__ import annotations

import base64
import html
import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Final
from urllib.parse import quote, quote_plus

__all__ = ["covered", "remember"]

_SHORTEST: Final = 6
"""Characters. What is shorter is found in too many words; it is no secret either."""

_WAYS: Final[dict[str, None]] = {}
"""Every way in which a known secret may be written."""


def remember(*secrets: str) -> None:
    """From now on ``covered`` covers these."""
    for secret in secrets:
        if len(secret) >= _SHORTEST and secret not in _WAYS:
            _WAYS.update(dict.fromkeys(_written(secret)))


def covered(text: str) -> str:
    """The text with a ``*`` for each character of a known secret, also where it is written in base64, in hex, or as addresses, JSON,
    HTML or Python write it, in large or small letters. As long as before.
    """
    return _pattern(len(_WAYS)).sub(lambda found: "*" * len(found[0]), text) if _WAYS else text


@cache
def _pattern(known: int) -> re.Pattern[str]:
    """Longer ways first: one may hold another. ``known`` is how many there are; there are never fewer than before."""
    return re.compile("|".join(map(re.escape, sorted(_WAYS, key=len, reverse=True))), re.IGNORECASE)


def _written(secret: str) -> Iterator[str]:
    data = secret.encode("utf-8", "replace")
    encoded = base64.b64encode(data).decode()
    for plain in (secret, encoded, encoded.rstrip("="), data.hex(), data.hex().upper()):
        yield from (plain, quote(plain, safe=""), quote(plain), quote_plus(plain), html.escape(plain), repr(plain)[1:-1])
        once = json.dumps(plain)[1:-1]
        yield from (once, json.dumps(plain, ensure_ascii=False)[1:-1], json.dumps(once)[1:-1], repr(once)[1:-1])
