"""Events of tickets as rows of a table: what a query, a CSV file and JSON lines have in common."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from sla_exporter.sources.source import SourceError, SourceEvent, when
from slo_gen.spec.ticket_terms import EVENTS, MEANINGS

__all__ = ["ALSO", "NEEDED", "Read", "instant", "read_rows", "usual_meaning"]

NEEDED: Final = ("ticket", "at", "name")
ALSO: Final = ("event", "value", "meaning", "place", "updated")

_LONGEST: Final = 10_000


class Read(NamedTuple):
    """The events of rows, when the row of each was written, and how many were left out, by why."""

    events: list[SourceEvent]
    written: list[int]
    rejected: Mapping[str, int]

    @property
    def updated(self) -> int:
        """When the latest row was written; 0 without any."""
        return max(self.written, default=0)


def read_rows(rows: Iterable[Mapping[str, Any]], meanings: Mapping[str, str]) -> Read:
    """Rows as events. A row that cannot be one is left out and counted; it never becomes another event."""
    events: list[SourceEvent] = []
    rejected: Counter[str] = Counter()
    written: list[int] = []
    for row in rows:
        found = _event(row, meanings)
        if isinstance(found, str):
            rejected[found] += 1
            continue
        events.append(found)
        updated = row.get("updated")
        written.append(found.at if updated in (None, "") else instant(updated) or 0)
    return Read(events, written, dict(rejected))


def _event(row: Mapping[str, Any], meanings: Mapping[str, str]) -> SourceEvent | str:
    ticket, name = _text(row.get("ticket")), _text(row.get("name"))
    value, meaning = _text(row.get("value")), _text(row.get("meaning"))
    at = instant(row.get("at"))
    if not ticket:
        return "no_ticket"
    if at is None:
        return "no_time"
    if name not in EVENTS or (meaning and meaning not in MEANINGS):
        return "unknown_event" if name not in EVENTS else "unknown_meaning"
    if len(value) > _LONGEST or len(ticket) > _LONGEST:
        return "too_long"
    if name == "status":
        meaning = meanings.get(value.casefold(), meaning or usual_meaning(value))
    if name == "began":
        began = instant(value)
        if began is None:
            return "no_time"
        value = str(began)
    place = _text(row.get("place"))
    known = _text(row.get("event")) or hashlib.sha256(f"{at}\0{name}\0{value}\0{place}".encode("utf-8", "replace")).hexdigest()[:20]
    return SourceEvent(ticket, known, at, int(place) if place.lstrip("-").isdigit() else 0, name, value, meaning)


def usual_meaning(status: str) -> str:
    """What a status means by its name, where nobody said; "" where the name does not tell."""
    return _USUAL.get(status.casefold().replace("_", " ").replace("-", " "), "")


_USUAL: Final = {
    name: meaning
    for meaning, names in {
        "new": ("new", "created", "unassigned"),
        "open": ("open", "opened", "in progress", "work in progress", "reopened", "assigned", "active"),
        "pending": ("pending", "awaiting customer", "waiting for customer", "awaiting user", "feedback", "pending customer"),
        "hold": ("hold", "on hold", "stalled", "waiting for supplier", "waiting for support", "awaiting vendor"),
        "solved": ("solved", "resolved", "done", "fixed"),
        "closed": ("closed", "rejected", "cancelled", "canceled"),
    }.items()
    for name in names
}


def instant(value: object) -> int | None:
    """Seconds since 1970 of a number of them, or of a time with a zone; None where it is neither."""
    if isinstance(value, bool) or value is None:
        return None
    if isinstance(value, (int, float)):
        return int(value) if abs(value) < 1e11 else None
    text = str(value).strip()
    if text.lstrip("-").isdigit():
        return int(text) if len(text) < 12 else None
    if isinstance(value, str) or hasattr(value, "isoformat"):
        try:
            return when(text, "a row")
        except SourceError:
            return None
    return None


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
