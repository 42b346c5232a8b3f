"""What happened to a ticket of Zendesk: its audits as events."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from msgspec import Struct, field

from sla_exporter.sources.source import GONE, SourceError, SourceEvent, when

__all__ = ["Audit", "Names", "Ticket", "ticket_events"]

_OPENING: Final = 1000
"""Places of what a ticket was at first; what happened to it in the same second comes after that."""

_LAST: Final = 1_000_000_000

_STATUSES: Final = frozenset({"new", "open", "pending", "hold", "solved", "closed"})
_COMMENTS: Final = frozenset({"Comment", "VoiceComment"})
_MERGED: Final = "closed_by_merge"
_INTO: Final = re.compile(r"#(\d+)")
_MARKS: Final = re.compile(r"(good|bad)")
_SYSTEM: Final = -1
_SAID: Final = frozenset({"agent_message", "customer_message", "note"})


class _CustomField(Struct):
    id: int
    value: Any = None


class Ticket(Struct):
    id: int
    status: str
    created_at: str
    updated_at: str
    generated_timestamp: int = 0
    priority: str | None = None
    requester_id: int | None = None
    organization_id: int | None = None
    brand_id: int | None = None
    group_id: int | None = None
    tags: list[str] = field(default_factory=list)
    custom_fields: list[_CustomField] = field(default_factory=list)

    @property
    def is_deleted(self) -> bool:
        return self.status == "deleted"

    def deletion(self) -> SourceEvent:
        """That it was deleted, and when."""
        return SourceEvent(str(self.id), GONE, when(self.updated_at, f"ticket {self.id}"), _LAST, "deleted")


class _End(Struct):
    ticket_id: int | None = None


class _Origin(Struct):
    rel: str | None = None
    to: _End | None = None


class _Via(Struct):
    source: _Origin | None = None


class _Event(Struct):
    id: int
    type: str
    field_name: str | None = None
    value: Any = None
    previous_value: Any = None
    public: bool | None = None
    author_id: int | None = None
    body: Any = None
    score: str | None = None
    via: _Via | None = None


class Audit(Struct):
    id: int
    created_at: str
    events: list[_Event]
    ticket_id: int | None = None
    author_id: int | None = None
    via: _Via | None = None

    @property
    def is_merge(self) -> bool:
        """Whether two tickets were merged by it; the one that lives on is told so as well."""
        return any(via is not None and via.source is not None and via.source.rel == "merge" for via in self.ways())

    def ways(self) -> Iterator[_Via | None]:
        yield self.via
        yield from (event.via for event in self.events)


class Names:
    """What is called how: statuses by the document, groups and organizations by Zendesk; and which further fields are wanted."""

    def __init__(self, meanings: Mapping[str, str], fields: Mapping[str, str]) -> None:
        self._meanings = meanings
        self.fields = fields
        self.groups: dict[int, str] = {}
        self.organizations: dict[int, str] = {}

    def meaning(self, status: str) -> str:
        return self._meanings.get(status.casefold(), status if status in _STATUSES else "open")

    def group(self, number: object) -> str:
        text = _text(number)
        return self.groups.get(int(text), text) if text.isdigit() else ""


class _Told(NamedTuple):
    name: str
    value: str = ""
    meaning: str = ""


def ticket_events(ticket: Ticket, audits: Sequence[Audit], staff: frozenset[int], names: Names) -> list[SourceEvent]:
    """All that happened to a ticket. ``staff`` are those of its people who are agents at present."""
    what = f"Zendesk's ticket {ticket.id}"
    dated = sorted(((when(audit.created_at, what), audit.id, audit) for audit in audits), key=lambda each: each[:2])
    ordered = [audit for _, _, audit in dated]
    number, opened = str(ticket.id), when(ticket.created_at, what)
    opening = enumerate(_opening(ticket, ordered, names))
    events = [SourceEvent(number, f"opening.{place}", opened, place, *told) for place, told in opening]
    writer = _Writers(ticket, ordered, staff)
    place = _OPENING
    for position, (at, _, audit) in enumerate(dated):
        # An answer that solves a ticket was given before it was solved, in whichever order the audit tells it.
        happened = sorted(_happened(audit, names, writer, first=position == 0), key=lambda told: told.name not in _SAID)
        for count, told in enumerate(happened):
            place += 1
            events.append(SourceEvent(number, f"{audit.id}.{count}", at, place, *told))
    return events


class _Writers:
    """Who writes as what. The requester may change while a ticket lives."""

    def __init__(self, ticket: Ticket, audits: Sequence[Audit], staff: frozenset[int]) -> None:
        events = [event for audit in audits for event in audit.events]
        had_it = {_text(event.value) for event in events if event.field_name == "assignee_id"}
        wrote_privately = {event.author_id for event in events if event.type in _COMMENTS and event.public is False}
        self._staff = staff | {int(each) for each in had_it if each.isdigit()} | {each for each in wrote_privately if each is not None}
        self.requester = _first(audits, "requester_id", ticket.requester_id)

    def name(self, event: _Event, *, merges: bool) -> str:
        """What a comment is. That two tickets were merged is said to nobody."""
        if event.public is None:
            raise SourceError("schema", f"Zendesk's comment {event.id} does not say whether it is public")
        if not event.public or merges or event.author_id == _SYSTEM:
            return "note"
        is_customer = _text(event.author_id) == self.requester or event.author_id not in self._staff
        return "customer_message" if is_customer else "agent_message"


def _opening(ticket: Ticket, audits: Sequence[Audit], names: Names) -> Iterator[_Told]:
    """What a ticket was at first, with the fields that it has now."""
    yield _Told("opened")
    status = _first(audits, "status", ticket.status)
    yield _Told("status", status, names.meaning(status))
    if priority := _first(audits, "priority", ticket.priority):
        yield _Told("priority", priority)
    if group := names.group(_first(audits, "group_id", ticket.group_id)):
        yield _Told("assigned", group)
    for tag in _tags(_first_value(audits, "tags", ticket.tags)):
        yield _Told("tagged", tag)
    custom = {str(each.id): _text(each.value) for each in ticket.custom_fields}
    fields = {"organization": names.organizations.get(ticket.organization_id or 0, ""), "brand": _text(ticket.brand_id)}
    fields |= {name: custom.get(wanted, "") for name, wanted in names.fields.items()}
    yield from (_Told("field", f"{name}={value}") for name, value in fields.items() if value)


def _happened(audit: Audit, names: Names, writers: _Writers, *, first: bool) -> Iterator[_Told]:
    marked = False
    for event in audit.events:
        if event.type in _COMMENTS:
            name = writers.name(event, merges=audit.is_merge)
            if not first or name == "note":
                yield _Told(name)
        elif event.type == "Change":
            if event.field_name == "requester_id":
                writers.requester = _text(event.value)
            yield from _changed(event, names)
        mark = _mark(event)
        if mark and not marked:
            marked = True
            yield _Told("rated", mark)
    closed = any(event.type == "Change" and event.field_name == "status" and event.value == "closed" for event in audit.events)
    tagged = any(event.field_name == "tags" and _MERGED in _tags(event.value) for event in audit.events)
    if closed and (audit.is_merge or tagged):
        yield _Told("merged", _into(audit))


def _changed(event: _Event, names: Names) -> Iterator[_Told]:
    value = _text(event.value)
    match event.field_name:
        case "status" if value == "deleted":
            yield _Told("deleted")
        case "status":
            if event.previous_value == "deleted":
                yield _Told("restored")
            yield _Told("status", value, names.meaning(value))
        case "priority":
            yield _Told("priority", value)
        case "group_id":
            yield _Told("assigned", names.group(event.value))
        case "tags":
            before, after = _tags(event.previous_value), _tags(event.value)
            yield from (_Told("untagged", tag) for tag in before if tag not in after)
            yield from (_Told("tagged", tag) for tag in after if tag not in before)


def _mark(event: _Event) -> str:
    """The mark that a customer gave: ``good`` or ``bad``; that one was asked for is none."""
    if event.type == "SatisfactionRating":
        given = event.score
    elif event.type == "Change" and event.field_name == "satisfaction_score":
        given = _text(event.value)
    else:
        return ""
    found = _MARKS.match(given or "")
    return found[1] if found else ""


def _into(audit: Audit) -> str:
    """The ticket that lives on, where that is told."""
    for via in audit.ways():
        if via is not None and via.source is not None and via.source.to is not None and via.source.to.ticket_id is not None:
            return str(via.source.to.ticket_id)
    bodies = (event.body for event in audit.events if event.type == "Comment" and isinstance(event.body, str))
    return next((found[1] for body in bodies if (found := _INTO.search(body))), "")


def _first(audits: Sequence[Audit], name: str, present: object) -> str:
    """What a field was at first: what the ticket was created with, else what its first change took away, else what it is."""
    return _text(_first_value(audits, name, present))


def _first_value(audits: Sequence[Audit], name: str, present: object) -> object:
    for audit in audits:
        for event in audit.events:
            if event.field_name == name and event.type in ("Create", "Change"):
                return event.value if event.type == "Create" else event.previous_value
    return present


def _tags(value: object) -> list[str]:
    """Tags, which stand in a list or in one text with blanks."""
    if isinstance(value, list):
        return [tag for tag in value if isinstance(tag, str)]
    return value.split() if isinstance(value, str) else []


def _text(value: object) -> str:
    return "" if value is None or isinstance(value, (dict, list)) else str(value)
