"""Redmine: issues by when they were updated, and of each its journals.

The list holds no journals, so each issue that is new or changed is asked for by itself. What an issue was at first follows from
its journals backwards. A public note of somebody other than the author is an answer; with ``staff``, one of theirs. Redmine
calls statuses closed or not; ``Feedback`` waits for the customer, as its default workflow has it.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import ClassVar, Final

from msgspec import Struct, field

from sla_exporter.sources.source import Found, Page, Settings, SourceEvent, ask, decoded, status_meanings, when
from sla_exporter.sources.updates import Updates
from slo_gen.fetch import Credentials, Fetcher
from slo_gen.timekeeping.zones import write_instant

__all__ = ["RedmineReader"]

_PAGE: Final = 100


class _Named(Struct):
    id: int
    name: str = ""


class _Status(Struct):
    id: int
    name: str
    is_closed: bool = False


class _Detail(Struct):
    property: str
    name: str
    old_value: str | None = None
    new_value: str | None = None


class _Journal(Struct):
    id: int
    created_on: str
    user: _Named | None = None
    notes: str | None = None
    private_notes: bool = False
    details: list[_Detail] = field(default_factory=list)


class _CustomField(Struct):
    id: int
    name: str
    value: str | list[str] | None = None


class _Issue(Struct):
    id: int
    status: _Named
    created_on: str
    updated_on: str
    project: _Named | None = None
    tracker: _Named | None = None
    priority: _Named | None = None
    author: _Named | None = None
    assigned_to: _Named | None = None
    category: _Named | None = None
    custom_fields: list[_CustomField] = field(default_factory=list)
    journals: list[_Journal] = field(default_factory=list)


class _IssuePage(Struct):
    issues: list[_Issue]
    total_count: int
    offset: int = 0
    limit: int = 0


class _OneIssue(Struct):
    issue: _Issue


class _Statuses(Struct):
    issue_statuses: list[_Status]


class _Priorities(Struct):
    issue_priorities: list[_Named]


class RedmineReader:
    """Reads one Redmine."""

    experimental: ClassVar[bool] = False
    at_once: ClassVar[int] = 50

    def __init__(self, settings: Settings) -> None:
        source = settings.document.redmine
        assert source, "the document is of a Redmine"
        login = settings.credentials
        keyed = Credentials(login.username, login.password, login.token, header="X-Redmine-API-Key")
        self._fetcher = Fetcher(source.url, keyed, settings.limits)
        self._settings = settings
        self._project = source.project or ""
        self._staff = frozenset(name.casefold() for name in source.staff)
        self._meanings = status_meanings(settings.document)
        self._statuses: dict[int, _Status] = {}
        self._priorities: dict[int, str] = {}
        self._people: dict[int, str] = {}
        self._entered = False

    async def read(self, place: str) -> Page:
        await self._enter()
        at = Updates.of(place)
        query = {"status_id": "*", "sort": "updated_on,id", "limit": str(_PAGE), "offset": str(at.offset),
                 "updated_on": f">={write_instant(at.since)}"}  # fmt: skip
        if self._project:
            query["project_id"] = self._project
        answer = await ask(self._fetcher, "GET", "/issues.json", query)
        page = decoded(answer, _IssuePage, "Redmine's list of issues")
        now = answer.server_time or int(time.time())     # puma by itself sends no Date; the overlap is wider than clocks differ
        read = [(str(issue.id), when(issue.updated_on, f"issue {issue.id}")) for issue in page.issues]
        events: list[SourceEvent] = []
        whole: list[str] = []
        for ticket, updated in read:
            found = None if at.knows(ticket, updated) else await self._events(ticket)
            if found is not None:
                events += found
                whole.append(ticket)
        more = len(page.issues) == _PAGE
        following = at.following(read, more=more, page=_PAGE, now=now, overlap=self._settings.overlap)
        return Page(events, whole, following.text(), at.started or now, more)

    async def look(self, tickets: Sequence[str]) -> Sequence[Found]:
        await self._enter()
        return [Found(ticket, await self._events(ticket)) for ticket in tickets]

    async def close(self) -> None:
        await self._fetcher.__aexit__()

    # --- Redmine's words --------------------------------------------------------------------------------------------
    async def _enter(self) -> None:
        """Once: whether the key is known (a wrong one reads as nobody, with 200), and what statuses and priorities are called."""
        if self._entered:
            return
        await self._fetcher.__aenter__()
        if self._settings.credentials.token or self._settings.credentials.username:
            await ask(self._fetcher, "GET", "/users/current.json")
        statuses = decoded(await ask(self._fetcher, "GET", "/issue_statuses.json"), _Statuses, "Redmine's list of statuses")
        self._statuses = {each.id: each for each in statuses.issue_statuses}
        priorities = await ask(self._fetcher, "GET", "/enumerations/issue_priorities.json")
        self._priorities = {each.id: each.name for each in decoded(priorities, _Priorities, "Redmine's priorities").issue_priorities}
        self._entered = True

    async def _events(self, ticket: str) -> list[SourceEvent] | None:
        answer = await ask(self._fetcher, "GET", f"/issues/{ticket}.json", {"include": "journals"}, missing=True)
        if answer.status != 200:
            return None
        issue = decoded(answer, _OneIssue, f"Redmine's issue {ticket}").issue
        self._meet(issue.author, issue.assigned_to, *(journal.user for journal in issue.journals))
        return [*self._opening(issue), *self._life(issue)]

    def _opening(self, issue: _Issue) -> Iterator[SourceEvent]:
        ticket, at = str(issue.id), when(issue.created_on, f"issue {issue.id}")
        told = [("opened", "", "")]
        status = _first(issue, "status_id", str(issue.status.id))
        told.append(("status", *self._status(status)))
        priority = _first(issue, "priority_id", str(issue.priority.id) if issue.priority else "")
        told += [("priority", self._priorities.get(_whole(priority), priority), "")] if priority else []
        assigned = _first(issue, "assigned_to_id", str(issue.assigned_to.id) if issue.assigned_to else "")
        told += [("assigned", self._person(assigned), "")] if assigned else []
        told += [("field", f"{name}={value}", "") for name, value in self._fields(issue).items()]
        for place, (name, value, meaning) in enumerate(told):
            yield SourceEvent(ticket, f"opening.{place}", at, place, name, value, meaning)

    def _life(self, issue: _Issue) -> Iterator[SourceEvent]:
        ticket = str(issue.id)
        for journal in issue.journals:
            at = when(journal.created_on, f"issue {issue.id}")
            told = [(self._said(issue, journal), "", "")] if (journal.notes or "").strip() else []
            for detail in journal.details:
                new = detail.new_value or ""
                match (detail.property, detail.name):
                    case ("attr", "status_id"):
                        told.append(("status", *self._status(new)))
                    case ("attr", "priority_id"):
                        told.append(("priority", self._priorities.get(_whole(new), new), ""))
                    case ("attr", "assigned_to_id"):
                        told.append(("assigned", self._person(new), ""))
            for place, (name, value, meaning) in enumerate(told):
                yield SourceEvent(ticket, f"{journal.id}.{place}", at, 1000 + journal.id * 100 + place, name, value, meaning)

    def _said(self, issue: _Issue, journal: _Journal) -> str:
        """Whose message a note is."""
        if journal.private_notes:
            return "note"
        name = (journal.user.name if journal.user else "").casefold()
        if self._staff:
            return "agent_message" if name in self._staff else "customer_message"
        is_author = issue.author is not None and journal.user is not None and journal.user.id == issue.author.id
        return "customer_message" if is_author else "agent_message"

    def _status(self, number: str) -> tuple[str, str]:
        """The name of a status and what it means."""
        status = self._statuses.get(_whole(number))
        if status is None:
            return number, ""
        usual = {"new": "new", "feedback": "pending"}.get(status.name.casefold(), "open")
        return status.name, self._meanings.get(status.name.casefold(), "closed" if status.is_closed else usual)

    def _fields(self, issue: _Issue) -> dict[str, str]:
        custom = {each.name: each.value for each in issue.custom_fields}
        known = {"project": issue.project, "tracker": issue.tracker, "category": issue.category, "author": issue.author}
        found = {name: each.name for name, each in known.items() if each is not None}
        for name, wanted in self._settings.document.fields.items():
            value = custom.get(wanted, found.get(wanted.casefold(), ""))
            found[name] = ", ".join(value) if isinstance(value, list) else value or ""
        return found

    def _meet(self, *people: _Named | None) -> None:
        self._people.update({each.id: each.name for each in people if each is not None and each.name})

    def _person(self, number: str) -> str:
        return self._people.get(_whole(number), number)


def _first(issue: _Issue, name: str, present: str) -> str:
    """What an attribute was at first: what its first change took away, else what it is."""
    changes = (detail for journal in issue.journals for detail in journal.details if (detail.property, detail.name) == ("attr", name))
    first = next(changes, None)
    return present if first is None else first.old_value or ""


def _whole(number: str) -> int:
    return int(number) if number.isdigit() else -1
