"""What happened to a record of ServiceNow: its audit and its journal as events.

The audit tells changes only, so what a record was at first follows from the first of them backwards. Of a record that is not new and
of which the audit holds no change of its state nothing can be told: its table is not audited, or its audit is hidden.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from sla_exporter.sources.source import SourceError, SourceEvent, when

__all__ = ["AUDITED", "CUSTOMERS", "Names", "Row", "instant", "needed", "record_events", "text"]

Row = Mapping[str, Any]

AUDITED: Final = ("state", "hold_reason", "priority", "assignment_group", "assigned_to", "DELETED", "RECOVERED")
CUSTOMERS: Final = ("caller_id.user_name", "contact.user_name", "requested_for.user_name", "opened_by.user_name", "sys_created_by")
"""Who a record was made for; the first of them that it has."""

_CHANGES: Final = 1_000_000
_LAST: Final = 2_000_000
"""Orders in one second: what was written, what was changed, who took it."""

_ON_HOLD: Final = "3"
_AWAITING_CALLER: Final = "1"
_INCIDENT: Final = {
    "1": ("New", "new"), "2": ("In Progress", "open"), _ON_HOLD: ("On Hold", "hold"), "6": ("Resolved", "solved"),
    "7": ("Closed", "closed"), "8": ("Canceled", "closed"),
}  # fmt: skip
_WORDS: Final = (
    ("resolved", "solved"), ("closed", "closed"), ("complete", "closed"), ("cancel", "closed"), ("caller", "pending"),
    ("customer", "pending"), ("user", "pending"), ("await", "hold"), ("hold", "hold"), ("pending", "hold"), ("new", "new"),
)  # fmt: skip
"""What a state means by a word in its name, where neither ServiceNow nor the document says; the first one found."""


class Names:
    """What is called how: states of one table, groups, and what the document says that states mean."""

    def __init__(self, table: str, meanings: Mapping[str, str], fields: Mapping[str, str]) -> None:
        self._is_incident = table == "incident"
        self._meanings = meanings
        self.fields = fields
        self.states: dict[str, str] = {}
        self.groups: dict[str, str] = {}

    def state(self, value: str) -> str:
        usual = _INCIDENT.get(value, ("", ""))[0] if self._is_incident else ""
        return self.states.get(value) or usual or value

    def meaning(self, value: str, reason: str) -> str:
        """What a state means; ``reason``: of being on hold."""
        name = self.state(value)
        said = self._meanings.get(name.casefold()) or self._meanings.get(value.casefold())
        if said:
            return said
        if self._is_incident and value in _INCIDENT:
            return "pending" if value == _ON_HOLD and reason == _AWAITING_CALLER else _INCIDENT[value][1]
        return next((meaning for word, meaning in _WORDS if word in name.casefold()), "open")

    def group(self, identity: str) -> str:
        return self.groups.get(identity, identity)


class _Happened(NamedTuple):
    """``order``: what was written comes before what was changed in the same second, as an answer that resolves."""

    at: int
    order: int
    event: str
    name: str
    value: str = ""
    meaning: str = ""


def record_events(number: str, row: Row, audit: Sequence[Row], journal: Sequence[Row], names: Names) -> list[SourceEvent] | None:
    """All that happened to a record; None where ServiceNow does not tell."""
    changes = sorted(audit, key=lambda each: (_when(each, "sys_created_on"), needed(each, "sys_id")))
    has_turned = any(text(each, "fieldname") == "state" for each in changes)
    was_changed = _when(row, "sys_updated_on") > _when(row, "sys_created_on")
    if not has_turned and was_changed and names.meaning(text(row, "state"), text(row, "hold_reason")) not in ("new", "open"):
        return None
    opening = list(_opening(row, changes, names))
    opened = _when(row, "sys_created_on")
    events = [SourceEvent(number, f"opening.{place}", opened, place, *told) for place, told in enumerate(opening)]
    happened = sorted([*_written(row, journal), *_changed(row, changes, names)], key=lambda each: each[:2])
    for place, each in enumerate(happened, start=1000):
        events.append(SourceEvent(number, each.event, each.at, place, each.name, each.value, each.meaning))
    return events


def _opening(row: Row, audit: Sequence[Row], names: Names) -> Iterator[tuple[str, str, str]]:
    yield "opened", "", ""
    state = _first(audit, "state", text(row, "state"))
    yield "status", names.state(state), names.meaning(state, _first(audit, "hold_reason", text(row, "hold_reason")))
    if priority := _first(audit, "priority", text(row, "priority")):
        yield "priority", priority, ""
    group = names.group(_first(audit, "assignment_group", text(row, "assignment_group")))
    if group:
        yield "assigned", group, ""
    if _first(audit, "assigned_to", text(row, "assigned_to")):
        yield "accepted", group, ""
    opened_at = text(row, "opened_at")
    if opened_at and instant(opened_at) < _when(row, "sys_created_on"):
        yield "began", str(instant(opened_at)), ""
    fields = {"company": text(row, "company.name"), "caller": _customer(row)}
    fields |= {name: text(row, wanted) for name, wanted in names.fields.items()}
    yield from (("field", f"{name}={value}", "") for name, value in fields.items() if value)


def _changed(row: Row, audit: Sequence[Row], names: Names) -> Iterator[_Happened]:
    """Changes in order. What else changed in the second of a change of the state or of the person belongs to it."""
    state = _first(audit, "state", text(row, "state"))
    reason = _first(audit, "hold_reason", text(row, "hold_reason"))
    group = _first(audit, "assignment_group", text(row, "assignment_group"))
    turns = {_when(each, "sys_created_on") for each in audit if text(each, "fieldname") == "state"}
    for position, each in enumerate(audit):
        at, event, new = _when(each, "sys_created_on"), needed(each, "sys_id"), text(each, "newvalue")
        order = _CHANGES + position
        match text(each, "fieldname"):
            case "state":
                state, reason = new, _told_at(audit, "hold_reason", at, reason)
                yield _Happened(at, order, event, "status", names.state(state), names.meaning(state, reason))
                if "cancel" in names.state(state).casefold():
                    yield _Happened(at, order, f"{event}.cancelled", "cancelled")
            case "hold_reason" if at not in turns:
                was, reason = names.meaning(state, reason), new
                if names.meaning(state, reason) != was:
                    yield _Happened(at, order, event, "status", names.state(state), names.meaning(state, reason))
            case "priority":
                yield _Happened(at, order, event, "priority", new)
            case "assignment_group":
                group = new
                yield _Happened(at, order, event, "assigned", names.group(new))
            case "assigned_to" if new:
                yield _Happened(at, _LAST, event, "accepted", names.group(_told_at(audit, "assignment_group", at, group)))
            case "DELETED":
                yield _Happened(at, order, event, "deleted")
            case "RECOVERED":
                yield _Happened(at, order, event, "restored")


def _told_at(audit: Sequence[Row], name: str, at: int, before: str) -> str:
    """What a field became in a second, else what it was before."""
    told = [text(each, "newvalue") for each in audit if text(each, "fieldname") == name and _when(each, "sys_created_on") == at]
    return told[-1] if told else before


def _written(row: Row, journal: Sequence[Row]) -> Iterator[_Happened]:
    customer = _customer(row).casefold()
    ordered = sorted(journal, key=lambda each: (_when(each, "sys_created_on"), needed(each, "sys_id")))
    for position, each in enumerate(ordered):
        writer = needed(each, "sys_created_by").casefold()
        match text(each, "element"):
            case "comments" if writer == "system":
                name = "note"
            case "comments":
                name = "customer_message" if writer in ("guest", customer) else "agent_message"
            case "work_notes":
                name = "note"
            case _:
                continue
        yield _Happened(_when(each, "sys_created_on"), position, needed(each, "sys_id"), name)


def _customer(row: Row) -> str:
    return next((found for name in CUSTOMERS if (found := text(row, name))), "")


def _first(audit: Sequence[Row], name: str, present: str) -> str:
    """What a field was at first: what its first change took away, else what it is."""
    first = next((each for each in audit if text(each, "fieldname") == name), None)
    return present if first is None else text(first, "oldvalue")


def _when(row: Row, name: str) -> int:
    return instant(needed(row, name))


def instant(written: str) -> int:
    """The instant of ``2026-11-25 08:00:00``, which is in UTC. Raises SourceError."""
    if len(written) != 19:
        raise SourceError("schema", f"a record of ServiceNow has {written[:40]!r} in place of an instant")
    return when(f"{written.replace(' ', 'T')}+00:00", "a record of ServiceNow")


def text(row: Row, name: str) -> str:
    """A value as text. A reference may come as a mapping, of which only ``value`` is read."""
    value = row.get(name)
    if isinstance(value, dict):
        value = value.get("value")
    return "" if value is None or isinstance(value, (dict, list)) else str(value)


def needed(row: Row, name: str) -> str:
    """A value that every record has. Raises SourceError."""
    found = text(row, name)
    if not found:
        raise SourceError("schema", f"a record of ServiceNow has no {name}; may whoever the credentials belong to read it?")
    return found
