"""Periods as people say them: ``March and July 2026``."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

__all__ = ["in_words", "listed"]

_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)
_MONTH: Final = re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])")


def in_words(names: Sequence[str]) -> str:
    """Names of periods in their order; months by their names, with the year behind the last one of it. Others as they are."""
    read = [_MONTH.fullmatch(name) for name in names]
    words = []
    for place, (name, month) in enumerate(zip(names, read, strict=True)):
        if month is None:
            words.append(name)
            continue
        after = read[place + 1] if place + 1 < len(read) else None
        year = "" if after is not None and after[1] == month[1] else f" {month[1]}"
        words.append(f"{_MONTHS[int(month[2]) - 1]}{year}")
    return listed(words)


def listed(words: Sequence[str]) -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
