"""Zendesk: tickets by the incremental export, and of each its audits, which hold the whole of its history.

The export compares when a row was generated and not when a ticket was updated, and holds back the last minute. A public comment of an
agent or admin is an answer; the comment with which a ticket is created is none, so that the first reply of a ticket that an
agent opened is the second public comment, as Zendesk has it. Whoever had a ticket or wrote a private comment in it was an agent
then, whatever they are now; a requester is the customer of their own ticket.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar, Final

from msgspec import Struct, field
from msgspec.json import decode, encode

from sla_exporter.sources.source import Found, Page, Settings, SourceError, SourceEvent, ask, decoded, server_clock, status_meanings
from sla_exporter.sources.zendesk_history import Audit, Names, Ticket, ticket_events
from slo_gen.fetch import Fetcher, Response

__all__ = ["ZendeskReader"]

_LISTED: Final = 100
_EXPORTS: Final = 10
"""Questions to the incremental export that Zendesk takes in a minute."""

_WITHHELD: Final = 60
"""Seconds before the present of which the export tells nothing."""

_MOST_PAGES: Final = 1000
_STAFF: Final = frozenset({"agent", "admin"})


class _Named(Struct):
    id: int
    name: str = ""


class _User(Struct):
    id: int | None
    role: str = "end-user"


class _Export(Struct):
    tickets: list[Ticket]
    end_of_stream: bool
    after_cursor: str | None = None
    groups: list[_Named] = field(default_factory=list)
    organizations: list[_Named] = field(default_factory=list)


class _Meta(Struct):
    has_more: bool = False
    after_cursor: str | None = None


class _Audits(Struct):
    audits: list[Audit]
    users: list[_User] = field(default_factory=list)
    meta: _Meta = field(default_factory=_Meta)
    next_page: str | None = None


class _Groups(Struct):
    groups: list[_Named]
    meta: _Meta = field(default_factory=_Meta)


class _OneTicket(Struct):
    ticket: Ticket


class _OneOrganization(Struct):
    organization: _Named


class _Me(Struct):
    user: _User


class _Place(Struct):
    """``generated``: when the latest row was that was read, from where to go on should the cursor be refused."""

    cursor: str = ""
    generated: int = 0


class ZendeskReader:
    """Reads one Zendesk."""

    experimental: ClassVar[bool] = True
    at_once: ClassVar[int] = 50

    def __init__(self, settings: Settings) -> None:
        source = settings.document.zendesk
        assert source, "the document is of a Zendesk"
        exports = max(1, min(_EXPORTS, settings.asks // 4))
        login, limits = settings.credentials, settings.limits
        self._exports = Fetcher(source.url, login, replace(limits, per_minute=exports))
        self._fetcher = Fetcher(source.url, login, replace(limits, per_minute=max(1, settings.asks - exports)))
        self._settings = settings
        self._names = Names(status_meanings(settings.document), settings.document.fields)
        self._is_open = self._entered = False

    async def read(self, place: str) -> Page:
        await self._enter()
        at = _place(place)
        answer = await self._exported(at)
        export = decoded(answer, _Export, "Zendesk's incremental export")
        now = server_clock(answer, "Zendesk")
        cursor, more = export.after_cursor or at.cursor, not export.end_of_stream
        if more and cursor == at.cursor:
            raise SourceError("schema", "Zendesk's incremental export is not at its end and does not say where it goes on")
        self._names.groups.update({each.id: each.name for each in export.groups if each.name})
        self._names.organizations.update({each.id: each.name for each in export.organizations if each.name})
        events: list[SourceEvent] = []
        whole: list[str] = []
        rejected = 0
        for ticket in {each.id: each for each in export.tickets}.values():
            if ticket.is_deleted:
                # Its audits cannot be read any more; what was known of it stays.
                events.append(ticket.deletion())
            elif (found := await self._events(ticket)) is None:
                rejected += 1
            else:
                events += found
                whole.append(str(ticket.id))
        generated = max((each.generated_timestamp for each in export.tickets), default=at.generated)
        following = encode(_Place(cursor, generated), order="sorted").decode()
        return Page(events, whole, following, now - _WITHHELD, more, {"no_history": rejected} if rejected else {})

    async def look(self, tickets: Sequence[str]) -> Sequence[Found]:
        await self._enter()
        found: list[Found] = []
        for number in tickets:
            form = {"include": "users"}
            answer = await self._visible(f"/api/v2/tickets/{number}.json", form) if number.isdigit() else None
            if answer is None:
                continue
            if answer.status != 200:
                await self._check_access()
                found.append(Found(number, None))
                continue
            ticket = decoded(answer, _OneTicket, f"Zendesk's ticket {number}").ticket
            if str(ticket.id) != number:
                raise SourceError("schema", f"Zendesk answered with ticket {ticket.id} where {number} was asked for")
            events = None if ticket.is_deleted else await self._events(ticket)
            if ticket.is_deleted or events is not None:
                found.append(Found(number, events))
        return found

    async def close(self) -> None:
        await self._exports.__aexit__()
        await self._fetcher.__aexit__()

    # --- what is asked ----------------------------------------------------------------------------------------------
    async def _enter(self) -> None:
        """Once: whether whoever the credentials belong to is somebody who may see tickets, and what groups are called."""
        if not self._is_open:
            await self._exports.__aenter__()
            await self._fetcher.__aenter__()
            self._is_open = True
        if not self._entered:
            await self._check_access()
            await self._meet_groups()
            self._entered = True

    async def _check_access(self) -> None:
        """Without credentials that are known, Zendesk answers this as nobody, with 200."""
        me = decoded(await ask(self._fetcher, "GET", "/api/v2/users/me.json"), _Me, "Zendesk's answer to who asks").user
        if me.id is None:
            raise SourceError("auth", "Zendesk does not know the credentials")
        if me.role not in _STAFF:
            raise SourceError("forbidden", "the credentials for Zendesk belong to somebody who is no agent")

    async def _exported(self, at: _Place) -> Response:
        path, include = "/api/v2/incremental/tickets/cursor.json", {"include": "users,groups,organizations", "per_page": str(_LISTED)}
        if at.cursor:
            try:
                return await ask(self._exports, "GET", path, {"cursor": at.cursor, **include})
            except SourceError as error:
                if error.reason != "query":
                    raise
        since = max(0, at.generated - self._settings.overlap)
        return await ask(self._exports, "GET", path, {"start_time": str(since), **include})

    async def _visible(self, path: str, form: Mapping[str, str | list[str]]) -> Response | None:
        """An answer, of status 404 too; None for what must not be seen any longer."""
        try:
            return await ask(self._fetcher, "GET", path, form, missing=True)
        except SourceError as error:
            if error.reason == "forbidden":
                return None
            raise

    async def _meet_groups(self) -> None:
        form = {"page[size]": str(_LISTED)}
        for _ in range(_MOST_PAGES):
            page = decoded(await ask(self._fetcher, "GET", "/api/v2/groups.json", form), _Groups, "Zendesk's list of groups")
            self._names.groups.update({each.id: each.name for each in page.groups})
            after = page.meta.after_cursor
            if not page.meta.has_more or not after or form.get("page[after]") == after:
                return
            form = {**form, "page[after]": after}

    async def _events(self, ticket: Ticket) -> list[SourceEvent] | None:
        """All that happened to a ticket; None where Zendesk tells nothing of it."""
        audits, roles = await self._audits(ticket)
        if not audits:
            return None
        await self._meet_organization(ticket.organization_id)
        return ticket_events(ticket, audits, frozenset(user for user, role in roles.items() if role in _STAFF), self._names)

    async def _audits(self, ticket: Ticket) -> tuple[list[Audit], Mapping[int, str]]:
        audits: dict[int, Audit] = {}
        roles: dict[int, str] = {}
        form: dict[str, str | list[str]] = {"include": "users", "page[size]": str(_LISTED)}
        what = f"the audits of Zendesk's ticket {ticket.id}"
        for _ in range(_MOST_PAGES):
            answer = await self._visible(f"/api/v2/tickets/{ticket.id}/audits.json", form)
            if answer is None or answer.status != 200:
                return [], {}
            page = decoded(answer, _Audits, what)
            if any(audit.ticket_id not in (None, ticket.id) for audit in page.audits):
                raise SourceError("schema", f"{what} are those of another ticket")
            audits.update({audit.id: audit for audit in page.audits})
            roles.update({user.id: user.role for user in page.users if user.id is not None})
            after = page.meta.after_cursor
            if not page.meta.has_more:
                if page.next_page:
                    raise SourceError("schema", f"{what} go on in a way that is not known")
                return list(audits.values()), roles
            if not after or form.get("page[after]") == after:
                raise SourceError("schema", f"{what} are not at their end and do not say where they go on")
            form = {**form, "page[after]": after}
        raise SourceError("too_large", f"{what} do not end")

    async def _meet_organization(self, number: int | None) -> None:
        if number is None or number in self._names.organizations:
            return
        answer = await self._visible(f"/api/v2/organizations/{number}.json", {})
        found = decoded(answer, _OneOrganization, "Zendesk's organization") if answer and answer.status == 200 else None
        self._names.organizations[number] = found.organization.name if found else str(number)


def _place(text: str) -> _Place:
    try:
        return decode(text, type=_Place) if text else _Place()
    except ValueError:
        return _Place()
