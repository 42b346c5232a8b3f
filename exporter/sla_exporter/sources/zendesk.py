"""Zendesk: tickets by the incremental export, and of each its audits, which hold the whole of its history.

The export compares when a row was generated and not when a ticket was updated, and holds back the last minute. A public comment of an
agent or admin is an answer; the comment with which a ticket is created is none, so that the first reply of a ticket that an
agent opened is the second public comment, as Zendesk has it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Final

from msgspec import Struct, field

from sla_exporter.sources.source import Found, Page, Settings, SourceEvent, ask, decoded, status_meanings, when
from slo_gen.fetch import Fetcher

__all__ = ["ZendeskReader"]

_WITHHELD: Final = 60
_STAFF: Final = frozenset({"agent", "admin"})
_STATUSES: Final = {"new", "open", "pending", "hold", "solved", "closed"}


class _Ticket(Struct):
    id: int
    created_at: str
    updated_at: str
    status: str
    priority: str | None = None
    organization_id: int | None = None
    group_id: int | None = None
    brand_id: int | None = None
    custom_fields: list[dict[str, Any]] = field(default_factory=list)


class _Export(Struct):
    tickets: list[_Ticket]
    after_cursor: str | None
    end_of_stream: bool


class _Event(Struct):
    id: int
    type: str
    field_name: str | None = None
    value: Any = None
    previous_value: Any = None
    public: bool | None = None
    author_id: int | None = None
    score: str | None = None


class _Audit(Struct):
    id: int
    created_at: str
    events: list[_Event]
    via: dict[str, Any] = field(default_factory=dict)


class _User(Struct):
    id: int
    role: str = "end-user"


class _Meta(Struct):
    has_more: bool = False
    after_cursor: str | None = None


class _Audits(Struct):
    audits: list[_Audit]
    users: list[_User] = field(default_factory=list)
    meta: _Meta = field(default_factory=_Meta)


class _OneTicket(Struct):
    ticket: _Ticket


class _Organization(Struct):
    id: int
    name: str


class _OneOrganization(Struct):
    organization: _Organization


class _Group(Struct):
    id: int
    name: str


class _Groups(Struct):
    groups: list[_Group]


class ZendeskReader:
    """Reads one Zendesk."""

    experimental: ClassVar[bool] = True
    at_once: ClassVar[int] = 50

    def __init__(self, settings: Settings) -> None:
        source = settings.document.zendesk
        assert source, "the document is of a Zendesk"
        self._fetcher = Fetcher(source.url, settings.credentials, settings.limits)
        self._settings = settings
        self._meanings = status_meanings(settings.document)
        self._organizations: dict[int, str] = {}
        self._groups: dict[int, str] | None = None
        self._open = False

    async def read(self, place: str) -> Page:
        await self._enter()
        asked = {"cursor": place} if place else {"start_time": "0"}
        answer = await ask(self._fetcher, "GET", "/api/v2/incremental/tickets/cursor.json", asked)
        export = decoded(answer, _Export, "Zendesk's incremental export")
        now = answer.server_time or int(time.time())
        events: list[SourceEvent] = []
        whole: list[str] = []
        for ticket in {each.id: each for each in export.tickets}.values():
            events += await self._events(ticket)
            whole.append(str(ticket.id))
        return Page(events, whole, export.after_cursor or place, now - _WITHHELD, not export.end_of_stream)

    async def look(self, tickets: Sequence[str]) -> Sequence[Found]:
        await self._enter()
        found = []
        for number in tickets:
            answer = await ask(self._fetcher, "GET", f"/api/v2/tickets/{number}.json", missing=True)
            if answer.status != 200:
                found.append(Found(number, None))
            else:
                ticket = decoded(answer, _OneTicket, f"Zendesk's ticket {number}").ticket
                found.append(Found(number, await self._events(ticket)))
        return found

    async def close(self) -> None:
        await self._fetcher.__aexit__()

    async def _enter(self) -> None:
        if not self._open:
            await self._fetcher.__aenter__()
            self._open = True
        if self._groups is None:
            answer = await ask(self._fetcher, "GET", "/api/v2/groups.json", {"page[size]": "100"})
            self._groups = {each.id: each.name for each in decoded(answer, _Groups, "Zendesk's groups").groups}

    async def _events(self, ticket: _Ticket) -> list[SourceEvent]:
        number = str(ticket.id)
        audits: list[_Audit] = []
        roles: dict[int, str] = {}
        asked = {"include": "users", "page[size]": "100"}
        while True:
            answer = await ask(self._fetcher, "GET", f"/api/v2/tickets/{number}/audits.json", asked, missing=True)
            if answer.status != 200:
                break
            page = decoded(answer, _Audits, f"the audits of Zendesk's ticket {number}")
            audits += page.audits
            roles.update({user.id: user.role for user in page.users})
            if not page.meta.has_more or not page.meta.after_cursor:
                break
            asked = {**asked, "page[after]": page.meta.after_cursor}
        audits.sort(key=lambda audit: (audit.created_at, audit.id))
        organization = await self._organization(ticket.organization_id)
        return [*self._opening(ticket, organization, audits), *self._life(number, ticket, audits, roles)]

    def _opening(self, ticket: _Ticket, organization: str, audits: Sequence[_Audit]) -> Iterator[SourceEvent]:
        first = audits[0].events if audits else []
        created = {event.field_name: event.value for event in first if event.type == "Create" and event.field_name}
        status = str(created.get("status") or ("new" if audits else ticket.status))
        priority = created.get("priority") or ("" if audits else ticket.priority)
        told = [("opened", "", ""), ("status", status, self._meaning(status))]
        told += [("priority", str(priority), "")] if priority else []
        told += [("assigned", self._group(created["group_id"]), "")] if created.get("group_id") else []
        custom = {str(each.get("id")): each.get("value") for each in ticket.custom_fields}
        fields = {"organization": organization, "brand": str(ticket.brand_id or "")}
        fields |= {name: str(custom.get(wanted) or "") for name, wanted in self._settings.document.fields.items()}
        told += [("field", f"{name}={value}", "") for name, value in fields.items() if value]
        at = when(ticket.created_at, f"ticket {ticket.id}")
        for place, (name, value, meaning) in enumerate(told):
            yield SourceEvent(str(ticket.id), f"opening.{place}", at, place, name, value, meaning)

    def _life(self, number: str, ticket: _Ticket, audits: Sequence[_Audit], roles: dict[int, str]) -> Iterator[SourceEvent]:
        place = 100
        for position, audit in enumerate(audits):
            at = when(audit.created_at, f"ticket {number}")
            told = [happened for event in audit.events if (happened := self._happened(event, roles, first=position == 0)) is not None]
            source = audit.via.get("source") or {}
            into = (source.get("to") or {}).get("ticket_id")
            if source.get("rel") == "merge" and any(name == "status" and value == "closed" for _, name, value, _ in told):
                told.append((audit.id, "merged", str(into or ""), ""))
            for event, name, value, meaning in told:
                place += 1
                yield SourceEvent(number, f"{audit.id}.{event}.{name}", at, place, name, value, meaning)
        if ticket.status == "deleted":
            yield SourceEvent(number, "deleted", when(ticket.updated_at, f"ticket {number}"), place + 1, "deleted")

    def _happened(self, event: _Event, roles: dict[int, str], *, first: bool) -> tuple[int, str, str, str] | None:
        """Event, name, value and meaning; None for what no clock looks at."""
        value = "" if event.value is None else str(event.value)
        match (event.type, event.field_name):
            case ("Comment", _) if not first:
                if event.public is False:
                    return event.id, "note", "", ""
                staff = roles.get(event.author_id or 0, "end-user") in _STAFF
                return event.id, "agent_message" if staff else "customer_message", "", ""
            case ("Change", "status"):
                return event.id, "status", value, self._meaning(value)
            case ("Change", "priority"):
                return event.id, "priority", value, ""
            case ("Change", "group_id"):
                return event.id, "assigned", self._group(event.value), ""
            case ("SatisfactionRating", _) if event.score:
                return event.id, "rated", event.score, ""
        return None

    def _meaning(self, status: str) -> str:
        return self._meanings.get(status.casefold(), status if status in _STATUSES else "open")

    def _group(self, number: object) -> str:
        known = self._groups or {}
        return known.get(int(str(number)), str(number)) if str(number or "").isdigit() else ""

    async def _organization(self, number: int | None) -> str:
        if number is None:
            return ""
        if number not in self._organizations:
            answer = await ask(self._fetcher, "GET", f"/api/v2/organizations/{number}.json", missing=True)
            known = decoded(answer, _OneOrganization, "Zendesk's organization").organization.name if answer.status == 200 else str(number)
            self._organizations[number] = known
        return self._organizations[number]
