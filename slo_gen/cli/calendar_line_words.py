"""What is wrong with a line of JSON that asks about business time, and what to write instead."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from slo_gen.spec.nearest import did_you_mean

__all__ = ["WANTED", "in_words"]

_TIME: Final = 'a time like "2026-03-29T07:00:00Z"'
_OF_CALENDAR: Final = {
    "timezone": 'a name like "Europe/Berlin"',
    "hours": 'hours of days like {"mon-fri": [["08:00", "18:00"]]}',
    "holidays": 'dates like ["2026-12-25"]',
    "breaks": 'hours of dates like {"2026-12-24": [["12:00", "13:00"]]}',
    "shifts": 'hours of dates like {"2026-12-24": [["08:00", "12:00"]]}',
}
WANTED: Final = {
    "op": "elapsed, deadline, first_open, next_open or periods",
    "calendar": 'the name of a Calendar, or one like {"timezone": "Europe/Berlin", "hours": {"mon-fri": [["08:00", "18:00"]]}}',
    "start": _TIME,
    "end": _TIME,
    "duration_seconds": 'whole seconds like 14400, or "duration" like "4h" or "3bd"',
    "duration": '"4h30m", or business days like "3bd"',
    "pauses": 'pairs of times like [["2026-03-29T07:00:00Z", "2026-03-29T08:00:00Z"]]',
    "count": "a whole number like 5",
    "boundary_rule": "close or next_open",
    **_OF_CALENDAR,
}
"""What may stand at each key of a line, and of the calendar in it."""

_EXAMPLE: Final = '{"id": 1, "op": "elapsed", "calendar": "24x7", "start": "2026-03-29T07:00:00Z", "end": "2026-03-29T08:00:00Z"}'
_AT: Final = re.compile(r" - at `\$\.(\w+).*")
_MISSING: Final = re.compile(r"missing required field `(\w+)`")
_UNKNOWN: Final = re.compile(r"contains unknown field `(.*)`")


def in_words(error: msgspec.DecodeError, part: str = "") -> str:
    """What msgspec found wrong with a line, or with the ``part`` of it that stands at a key."""
    text, within = f"{error}", f"{part}: " if part else ""
    if not isinstance(error, msgspec.ValidationError):
        return f"the line is no JSON: {_lowered(text.removeprefix('JSON is malformed: '))}"
    if unknown := _UNKNOWN.search(text):
        return f"{within}there is no key {unknown[1]}; {did_you_mean(unknown[1], _OF_CALENDAR)}"
    if missing := _MISSING.search(text):
        return f"{within}{missing[1]} is missing; write {WANTED[missing[1]]}"
    if found := _AT.search(text):
        return f"{within}{found[1]}: {_lowered(text[: found.start()])}; write {WANTED[found[1]]}"
    return f"{within}{_lowered(text)}; write {WANTED[part] if part else f'a question like {_EXAMPLE}'}"


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]
