"""Request Tracker by REST2: tickets by their numbers first, then by when they were updated, and of each its transactions.

Dates in a query are read in the zone of whoever asks and to the second, so each question begins a day earlier than it would
have to; what was read already is told by its own instant of update and not asked for again. A Correspond of somebody who is
no requestor is an answer, a Comment is a note. Deleted and merged tickets vanish from every search: slow re-reading tells them.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import ClassVar, Final

from msgspec import Struct, convert, field
from msgspec.json import encode

from sla_exporter.sources.source import Found, Page, Settings, SourceEvent, ask, decoded, status_meanings, when
from slo_gen.fetch import Credentials, Fetcher

__all__ = ["RequestTrackerReader"]

_PAGE: Final = 100
_MARGIN: Final = 86_400
_SETTLED: Final = 2
_FIELDS: Final = "Created,LastUpdated,Status,Priority,Requestor,Queue,Owner,CustomFields"
_TOLD: Final = "Type,Field,OldValue,NewValue,Created,Creator"
_MEANINGS: Final = {"new": "new", "open": "open", "stalled": "hold", "resolved": "solved", "rejected": "closed", "deleted": "closed"}
_NOBODY: Final = "6"
_OWNER: Final = frozenset({"Set", "Take", "Untake", "Steal", "Give", "Force"})


class _Named(Struct):
    id: str | int = ""
    Name: str = ""


class _CustomField(Struct):
    name: str = ""
    values: list[str] = field(default_factory=list)


class _Ticket(Struct):
    id: str | int
    Created: str
    LastUpdated: str
    Status: str
    Priority: str | int = ""
    Requestor: list[_Named] = field(default_factory=list)
    Queue: _Named | str = ""
    Owner: _Named | str = ""
    CustomFields: list[_CustomField] | str = field(default_factory=list)


class _Tickets(Struct):
    items: list[_Ticket]
    page: int = 1
    pages: int | None = None


class _Transaction(Struct):
    id: str | int
    Type: str
    Created: str
    Creator: _Named | str = ""
    Field: str = ""
    OldValue: str | int | None = ""
    NewValue: str | int | None = ""


class _History(Struct):
    items: list[_Transaction]
    page: int = 1
    pages: int | None = None


class _Place(Struct):
    """``after``: the last number read of all tickets; -1 once all are read, and updates ``since`` then are wanted, from ``page`` on."""

    after: int = 0
    since: int = 0
    page: int = 1
    started: int = 0
    seen: dict[str, int] = field(default_factory=dict)


class RequestTrackerReader:
    """Reads one Request Tracker."""

    experimental: ClassVar[bool] = False
    at_once: ClassVar[int] = 50

    def __init__(self, settings: Settings) -> None:
        source = settings.document.request_tracker
        assert source, "the document is of a Request Tracker"
        login = settings.credentials
        known = Credentials(login.username, login.password, login.token, scheme="token")
        self._fetcher = Fetcher(source.url, known, settings.limits)
        self._settings = settings
        self._query = source.query or ""
        self._meanings = {**_MEANINGS, **status_meanings(settings.document)}
        self._queues: dict[str, str] = {}
        self._users: dict[str, str] = {}
        self._open = False

    async def read(self, place: str) -> Page:
        await self._enter()
        at = _place(place)
        return await (self._by_number(at) if at.after >= 0 else self._by_update(at))

    async def look(self, tickets: Sequence[str]) -> Sequence[Found]:
        await self._enter()
        return [await self._again(ticket) for ticket in tickets]

    async def close(self) -> None:
        await self._fetcher.__aexit__()

    # --- pages ------------------------------------------------------------------------------------------------------
    async def _by_number(self, at: _Place) -> Page:
        """All tickets once, by a key that no update moves."""
        found, now = await self._search(f"id > {at.after}", "id", 1)
        started = at.started or now
        events = [event for ticket in found.items for event in await self._events(ticket)]
        more = len(found.items) == _PAGE
        last = max((_number(ticket.id) for ticket in found.items), default=at.after)
        following = _Place(last, started=started) if more else _Place(-1, max(0, started - self._settings.overlap), started=0)
        return Page(events, [str(ticket.id) for ticket in found.items], _text(following), started, more)

    async def _by_update(self, at: _Place) -> Page:
        begin = datetime.fromtimestamp(max(0, at.since - _MARGIN), UTC)
        found, now = await self._search(f"LastUpdated >= '{begin:%Y-%m-%d %H:%M:%S}'", "LastUpdated", at.page)
        started = at.started or now
        events: list[SourceEvent] = []
        whole: list[str] = []
        seen = dict(at.seen)
        for ticket in found.items:
            name, updated = str(ticket.id), when(ticket.LastUpdated, f"ticket {ticket.id}")
            if seen.get(name) == updated or updated < at.since:
                continue
            events += await self._events(ticket)
            whole.append(name)
            if updated < now - _SETTLED:
                seen[name] = updated
        # A page beyond the last one is the last one again, so its number decides, and not what is on it.
        more = len(found.items) == _PAGE and (found.pages is None or at.page < found.pages)
        if more:
            following = _Place(-1, at.since, at.page + 1, started, seen)
        else:
            since = max(at.since, started - self._settings.overlap)
            following = _Place(-1, since, 1, 0, {name: updated for name, updated in seen.items() if updated >= since})
        return Page(events, whole, _text(following), started, more)

    async def _search(self, condition: str, order: str, page: int) -> tuple[_Tickets, int]:
        query = f"({self._query}) AND {condition}" if self._query else condition
        asked: dict[str, str | list[str]] = {
            "query": query, "fields": _FIELDS, "fields[Queue]": "Name", "per_page": str(_PAGE), "page": str(page), "orderby": order,
            "order": "ASC",
        }  # fmt: skip
        answer = await ask(self._fetcher, "GET", "/REST/2.0/tickets", asked)
        return decoded(answer, _Tickets, "Request Tracker's list of tickets"), answer.server_time or int(time.time())

    async def _enter(self) -> None:
        if not self._open:
            await self._fetcher.__aenter__()
            self._open = True

    async def _again(self, number: str) -> Found:
        answer = await ask(self._fetcher, "GET", f"/REST/2.0/ticket/{number}", missing=True)
        if answer.status != 200:
            return Found(number, None)
        ticket = decoded(answer, _Ticket, f"Request Tracker's ticket {number}")
        if str(ticket.id) != number:
            # Asking for a merged ticket gives the one that it is a part of now.
            at = when(ticket.LastUpdated, f"ticket {number}")
            merged = SourceEvent(number, "merged", at, 1 << 40, "merged", str(ticket.id))
            return Found(number, [*await self._history(number, ticket), merged])
        events = await self._events(ticket)
        if ticket.Status == "deleted":
            events.append(SourceEvent(number, "deleted", when(ticket.LastUpdated, f"ticket {number}"), 1 << 40, "deleted"))
        return Found(number, events)

    # --- one ticket -------------------------------------------------------------------------------------------------
    async def _events(self, ticket: _Ticket) -> list[SourceEvent]:
        return await self._history(str(ticket.id), ticket)

    async def _history(self, number: str, ticket: _Ticket) -> list[SourceEvent]:
        told: list[_Transaction] = []
        page = 1
        while True:
            asked = {"fields": _TOLD, "per_page": str(_PAGE), "page": str(page)}
            answer = await ask(self._fetcher, "GET", f"/REST/2.0/ticket/{number}/history", asked, missing=True)
            if answer.status != 200:
                break
            found = decoded(answer, _History, f"the history of Request Tracker's ticket {number}")
            told += found.items
            if len(found.items) < _PAGE or (found.pages is not None and page >= found.pages):
                break
            page += 1
        told.sort(key=lambda each: (each.Created, _number(each.id)))
        queue = await self._queue(ticket.Queue)
        owners = [str(each.NewValue) for each in told if each.Type in _OWNER and each.Field == "Owner" and each.NewValue is not None]
        for owner in dict.fromkeys(owners):
            await self._learn(owner)
        return [*self._opening(number, ticket, queue, told), *self._life(number, ticket, told)]

    async def _learn(self, user: str) -> None:
        """Note the name of a user, whom histories tell by number; somebody who may not be seen keeps the number."""
        if user == _NOBODY or user in self._users:
            return
        answer = await ask(self._fetcher, "GET", f"/REST/2.0/user/{user}", missing=True)
        self._users[user] = (decoded(answer, _Named, "Request Tracker's user").Name if answer.status == 200 else "") or user

    async def _queue(self, queue: _Named | str) -> str:
        """The name of a queue; a ticket by itself has its number only."""
        if isinstance(queue, str) or queue.Name:
            return queue if isinstance(queue, str) else queue.Name
        number = str(queue.id)
        if number not in self._queues:
            answer = await ask(self._fetcher, "GET", f"/REST/2.0/queue/{number}", missing=True)
            self._queues[number] = decoded(answer, _Named, "Request Tracker's queue").Name if answer.status == 200 else number
        return self._queues[number] or number

    def _opening(self, number: str, ticket: _Ticket, queue: str, told: Sequence[_Transaction]) -> Iterator[SourceEvent]:
        at = when(ticket.Created, f"ticket {number}")
        status = next((str(each.OldValue) for each in told if each.Type == "Status"), ticket.Status)
        priority = next((str(each.OldValue) for each in told if each.Type == "Set" and each.Field == "Priority"), str(ticket.Priority))
        events = [("opened", "", ""), ("status", status, self._meaning(status)), ("priority", priority, "")]
        events.append(("field", f"queue={queue}", ""))
        events += [("field", f"requestor={each.id}", "") for each in ticket.Requestor[:1]]
        events += [("field", f"{name}={value}", "") for name, value in self._fields(ticket).items()]
        for place, (name, value, meaning) in enumerate(events):
            yield SourceEvent(number, f"opening.{place}", at, place, name, value, meaning)

    def _life(self, number: str, ticket: _Ticket, told: Sequence[_Transaction]) -> Iterator[SourceEvent]:
        requestors = {str(each.id).casefold() for each in ticket.Requestor}
        for each in told:
            value = "" if each.NewValue is None else str(each.NewValue)
            creator = str(each.Creator.id if isinstance(each.Creator, _Named) else each.Creator).casefold()
            match each.Type:
                case "Correspond":
                    happened = ("customer_message" if creator in requestors else "agent_message", "", "")
                case "Comment":
                    happened = ("note", "", "")
                case "Status":
                    happened = ("status", value, self._meaning(value))
                case "Set" if each.Field == "Priority":
                    happened = ("priority", value, "")
                case kind if kind in _OWNER and each.Field == "Owner":
                    happened = ("assigned", self._owner(value), "")
                case _:
                    continue
            at = when(each.Created, f"ticket {number}")
            yield SourceEvent(number, str(each.id), at, 100 + _number(each.id), happened[0], happened[1], happened[2])

    def _owner(self, value: str) -> str:
        """The name of an owner; "" for nobody, who has the same number in every RT."""
        return "" if value == _NOBODY else self._users.get(value, value)

    def _meaning(self, status: str) -> str:
        return self._meanings.get(status.casefold(), "open")

    def _fields(self, ticket: _Ticket) -> dict[str, str]:
        custom = {} if isinstance(ticket.CustomFields, str) else {each.name: ", ".join(each.values) for each in ticket.CustomFields}
        return {name: custom.get(wanted, "") for name, wanted in self._settings.document.fields.items()}


def _number(text: str | int) -> int:
    return int(text) if str(text).isdigit() else 0


def _place(text: str) -> _Place:
    try:
        return convert(json.loads(text), _Place) if text else _Place()
    except ValueError:
        return _Place()


def _text(place: _Place) -> str:
    return encode(place, order="sorted").decode()
