"""Jira Cloud and Data Center: issues by when they were updated, and of each the whole changelog and its comments.

The changelog that comes with a search is cut short, so it is asked for by itself, page by page; Data Center gives all of it with
the issue. A search shows some changes late, which the overlap covers. A comment that the customer can see, of somebody who
is not the reporter and no customer, is an answer. The times that Jira Service Management reckons itself become fields
``jsm.<name>``, to be compared with ours.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Final

import msgspec
from msgspec import Struct, field

from sla_exporter.sources.rows import usual_meaning
from sla_exporter.sources.source import Found, Page, Settings, SourceError, SourceEvent, ask, decoded, status_meanings, when
from sla_exporter.sources.updates import Updates
from slo_gen.fetch import Fetcher

__all__ = ["JiraReader"]

_PAGE: Final = 100
_CATEGORIES: Final = {"new": "new", "undefined": "open", "indeterminate": "open", "done": "solved"}


class _Person(Struct, rename="camel"):
    account_id: str = ""
    account_type: str = ""
    name: str = ""
    key: str = ""

    @property
    def identity(self) -> str:
        return self.account_id or self.key or self.name


class _Item(Struct, rename="camel"):
    field: str
    from_string: str | None = None
    to_string: str | None = None


class _Change(Struct, rename="camel"):
    id: str | int
    created: str
    items: list[_Item] = field(default_factory=list)


class _Changelog(Struct, rename="camel"):
    values: list[_Change] = field(default_factory=list)
    histories: list[_Change] = field(default_factory=list)
    total: int = 0
    is_last: bool | None = None


class _Issue(Struct, rename="camel"):
    id: str
    key: str
    fields: dict[str, Any]
    changelog: _Changelog | None = None


class _CloudPage(Struct, rename="camel"):
    issues: list[_Issue]
    next_page_token: str | None = None
    is_last: bool | None = None


class _ServerPage(Struct, rename="camel"):
    issues: list[_Issue]
    start_at: int = 0
    total: int = 0


class _Comment(Struct, rename="camel"):
    id: str
    created: str
    author: _Person | None = None
    jsd_public: bool | None = None


class _Comments(Struct, rename="camel"):
    comments: list[_Comment]
    total: int = 0


class _Category(Struct, rename="camel"):
    key: str = ""


class _Status(Struct, rename="camel"):
    name: str
    status_category: _Category | None = None


class JiraReader:
    """Reads one Jira."""

    experimental: ClassVar[bool] = True
    at_once: ClassVar[int] = 50

    def __init__(self, settings: Settings) -> None:
        source = settings.document.jira
        assert source, "the document is of a Jira"
        self._cloud = source.flavour == "cloud"
        self._api = "/rest/api/3" if self._cloud else "/rest/api/2"
        self._jql = source.jql or ""
        self._fetcher = Fetcher(source.url, settings.credentials, settings.limits)
        self._settings = settings
        self._own_meanings = status_meanings(settings.document)
        self._meanings: dict[str, str] | None = None

    async def read(self, place: str) -> Page:
        await self._enter()
        at = Updates.of(place)
        # Milliseconds since 1970: a date in JQL would be read in the zone of whoever asks, and to the minute.
        condition = f"updated >= {at.since * 1000}"
        jql = f"({self._jql}) AND {condition}" if self._jql else condition
        issues, more, now = await self._search(f"{jql} ORDER BY updated ASC", at.offset)
        read = [(issue.key, when(str(issue.fields.get("updated")), f"issue {issue.key}")) for issue in issues]
        events: list[SourceEvent] = []
        whole: list[str] = []
        for issue, (key, updated) in zip(issues, read, strict=True):
            if not at.knows(key, updated):
                events += await self._events(issue)
                whole.append(key)
        following = at.following(read, more=more, page=_PAGE, now=now, overlap=self._settings.overlap)
        # What is indexed late may still be missing: known is only what is older than the overlap.
        return Page(events, whole, following.text(), (at.started or now) - self._settings.overlap, more)

    async def look(self, tickets: Sequence[str]) -> Sequence[Found]:
        await self._enter()
        found = []
        for key in tickets:
            answer = await ask(self._fetcher, "GET", f"{self._api}/issue/{key}", {"fields": "*all"}, missing=True)
            if answer.status != 200:
                found.append(Found(key, None))
                continue
            issue = decoded(answer, _Issue, f"Jira's issue {key}")
            events = await self._events(issue)
            if issue.key != key:
                # An issue that was moved has another key, under which it is read as well.
                moved = [event._replace(ticket=key) for event in events]
                at = max((event.at for event in moved), default=0)
                events = [*moved, SourceEvent(key, "moved", at, 1 << 40, "merged", issue.key)]
            found.append(Found(key, events))
        return found

    async def close(self) -> None:
        await self._fetcher.__aexit__()

    # --- Jira's words -----------------------------------------------------------------------------------------------
    async def _enter(self) -> None:
        if self._meanings is not None:
            return
        await self._fetcher.__aenter__()
        statuses = decoded(await ask(self._fetcher, "GET", f"{self._api}/status"), list[_Status], "Jira's list of statuses")
        self._meanings = {}
        for status in statuses:
            category = _CATEGORIES.get(status.status_category.key if status.status_category else "", "open")
            # Jira knows no status that waits; its usual names tell.
            named = usual_meaning(status.name)
            self._meanings[status.name.casefold()] = named if category == "open" and named in ("pending", "hold") else category
        self._meanings.update(self._own_meanings)

    async def _search(self, jql: str, offset: int) -> tuple[list[_Issue], bool, int]:
        if self._cloud:
            return await self._search_cloud(jql, offset)
        asked = {"jql": jql, "startAt": str(offset), "maxResults": str(_PAGE), "fields": "*all"}
        answer = await ask(self._fetcher, "GET", f"{self._api}/search", asked)
        page = decoded(answer, _ServerPage, "Jira's search")
        more = page.start_at + len(page.issues) < page.total and bool(page.issues)
        return page.issues, more, answer.server_time or int(time.time())

    async def _search_cloud(self, jql: str, offset: int) -> tuple[list[_Issue], bool, int]:
        """Cloud gives tokens and no offsets: pages of one instant are gone through from its first one."""
        token, skipped = "", 0
        while True:
            body = {"jql": jql, "maxResults": _PAGE, "fields": ["*all"], **({"nextPageToken": token} if token else {})}
            answer = await ask(self._fetcher, "POST", f"{self._api}/search/jql", json=body)
            page = decoded(answer, _CloudPage, "Jira's search")
            more = bool(page.next_page_token) and page.is_last is not True
            if skipped >= offset or not more:
                return page.issues, more, answer.server_time or int(time.time())
            skipped += len(page.issues)
            token = page.next_page_token or ""

    # --- one issue --------------------------------------------------------------------------------------------------
    async def _events(self, issue: _Issue) -> list[SourceEvent]:
        changes = await self._changes(issue.key)
        comments = await self._comments(issue.key)
        return [*self._opening(issue, changes), *self._life(issue, changes, comments)]

    async def _changes(self, key: str) -> list[_Change]:
        found: list[_Change] = []
        if not self._cloud:
            answer = await ask(self._fetcher, "GET", f"{self._api}/issue/{key}", {"expand": "changelog", "fields": "updated"}, missing=True)
            if answer.status == 200:
                issue = decoded(answer, _Issue, f"the changelog of Jira's issue {key}")
                if issue.changelog is None:
                    raise SourceError("schema", f"Jira's issue {key} came without its changelog")
                found = issue.changelog.histories
        while self._cloud:
            asked = {"startAt": str(len(found)), "maxResults": str(_PAGE)}
            answer = await ask(self._fetcher, "GET", f"{self._api}/issue/{key}/changelog", asked, missing=True)
            if answer.status != 200:
                break
            page = decoded(answer, _Changelog, f"the changelog of Jira's issue {key}")
            found += page.values
            if page.is_last or not page.values or len(found) >= page.total:
                break
        # Several may have one instant: their numbers say which was first.
        return sorted(found, key=lambda change: (when(change.created, f"issue {key}"), _number(change.id)))

    async def _comments(self, key: str) -> list[_Comment]:
        found: list[_Comment] = []
        while True:
            asked = {"startAt": str(len(found)), "maxResults": str(_PAGE), "orderBy": "created"}
            answer = await ask(self._fetcher, "GET", f"{self._api}/issue/{key}/comment", asked, missing=True)
            if answer.status != 200:
                return found
            page = decoded(answer, _Comments, f"the comments of Jira's issue {key}")
            found += page.comments
            if not page.comments or len(found) >= page.total:
                return found

    def _opening(self, issue: _Issue, changes: Sequence[_Change]) -> Iterator[SourceEvent]:
        status = _first(changes, "status", _name(issue.fields.get("status")))
        priority = _first(changes, "priority", _name(issue.fields.get("priority")))
        told = [("opened", "", ""), ("status", status, self._meaning(status))]
        told += [("priority", priority, "")] if priority else []
        told += [("field", f"{name}={value}", "") for name, value in self._fields(issue).items() if value]
        at = when(str(issue.fields.get("created")), f"issue {issue.key}")
        for place, (name, value, meaning) in enumerate(told):
            yield SourceEvent(issue.key, f"opening.{place}", at, place, name, value, meaning)

    def _life(self, issue: _Issue, changes: Sequence[_Change], comments: Sequence[_Comment]) -> Iterator[SourceEvent]:
        place = 1000
        for change in changes:
            at = when(change.created, f"issue {issue.key}")
            for position, item in enumerate(change.items):
                value = item.to_string or ""
                place += 1
                match item.field.casefold():
                    case "status":
                        yield SourceEvent(issue.key, f"{change.id}.{position}", at, place, "status", value, self._meaning(value))
                    case "priority":
                        yield SourceEvent(issue.key, f"{change.id}.{position}", at, place, "priority", value)
                    case "assignee":
                        yield SourceEvent(issue.key, f"{change.id}.{position}", at, place, "assigned", value)
        reporter = _person(issue.fields.get("reporter"))
        for position, comment in enumerate(comments):
            at = when(comment.created, f"issue {issue.key}")
            yield SourceEvent(issue.key, f"comment.{comment.id}", at, 500 + position, _said(comment, reporter))

    def _fields(self, issue: _Issue) -> dict[str, str]:
        fields = issue.fields
        found = {"project": _name(fields.get("project")), "type": _name(fields.get("issuetype"))}
        found["reporter"] = _display(fields.get("reporter"))
        found |= {name: _plain(fields.get(wanted)) for name, wanted in self._settings.document.fields.items()}
        for value in fields.values():
            if isinstance(value, dict) and ("completedCycles" in value or "ongoingCycle" in value):
                found[f"jsm.{value.get('name') or 'sla'}"] = _own_time(value)
        return found

    def _meaning(self, status: str) -> str:
        return (self._meanings or {}).get(status.casefold(), "open")


def _said(comment: _Comment, reporter: str) -> str:
    if comment.jsd_public is False:
        return "note"
    author = comment.author or _Person()
    from_customer = author.account_type == "customer" or (bool(reporter) and author.identity == reporter)
    return "customer_message" if from_customer else "agent_message"


def _first(changes: Sequence[_Change], name: str, present: str) -> str:
    items = (item for change in changes for item in change.items if item.field.casefold() == name)
    first = next(items, None)
    return present if first is None else first.from_string or ""


def _own_time(sla: Mapping[str, Any]) -> str:
    """What Jira Service Management says itself of its last cycle: seconds taken, of seconds allowed, and whether that was too long."""
    cycles = [*(sla.get("completedCycles") or []), *([sla["ongoingCycle"]] if sla.get("ongoingCycle") else [])]
    if not cycles or not isinstance(cycles[-1], dict):
        return "no cycle"
    last = cycles[-1]
    taken, goal = (int((last.get(key) or {}).get("millis") or 0) // 1000 for key in ("elapsedTime", "goalDuration"))
    return f"{taken} s of {goal} s, {'breached' if last.get('breached') else 'in time'}"


def _name(value: object) -> str:
    return str(value.get("name") or "") if isinstance(value, dict) else ""


def _display(value: object) -> str:
    return str(value.get("displayName") or value.get("name") or "") if isinstance(value, dict) else ""


def _plain(value: object) -> str:
    if isinstance(value, dict):
        return str(value.get("value") or value.get("name") or value.get("displayName") or "")
    if isinstance(value, list):
        return ", ".join(_plain(each) for each in value)
    return "" if value is None else str(value)


def _person(value: object) -> str:
    try:
        return msgspec.convert(value, _Person).identity if isinstance(value, dict) else ""
    except msgspec.ValidationError:
        return ""


def _number(text: str | int) -> int:
    return int(text) if str(text).isdigit() else 0
