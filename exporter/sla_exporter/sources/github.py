"""Issues of a repository on GitHub, and of each its timeline. Pull requests are left out.

Labels are priorities where the document says so, and tags otherwise. A comment of an owner, member or collaborator is an answer,
unless it is the author's own or a bot's.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Final

from msgspec import Struct

from sla_exporter.sources.source import Found, Page, Settings, SourceEvent, ask, decoded, status_meanings, when
from sla_exporter.sources.updates import Updates
from slo_gen.fetch import Fetcher
from slo_gen.timekeeping.zones import write_instant

__all__ = ["GitHubReader"]

_PAGE: Final = 100
_STAFF: Final = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})


class _User(Struct):
    login: str = ""
    type: str = "User"


class _Label(Struct):
    name: str = ""


class _Issue(Struct):
    number: int
    created_at: str
    updated_at: str
    state: str
    user: _User | None = None
    pull_request: dict[str, Any] | None = None


class _Happening(Struct):
    event: str
    id: int | None = None
    created_at: str | None = None
    label: _Label | None = None
    assignee: _User | None = None
    user: _User | None = None
    actor: _User | None = None
    author_association: str = ""
    state_reason: str | None = None


class GitHubReader:
    """Reads one repository."""

    experimental: ClassVar[bool] = True
    at_once: ClassVar[int] = 50

    def __init__(self, settings: Settings) -> None:
        source = settings.document.github
        assert source, "the document is of a repository on GitHub"
        self._fetcher = Fetcher(source.url, settings.credentials, settings.limits)
        self._settings = settings
        self._base = f"/repos/{source.repository}/issues"
        self._meanings = {"open": "open", "closed": "solved", **status_meanings(settings.document)}
        self._priorities = {label.casefold() for label in settings.document.priorities}
        self._open = False

    async def read(self, place: str) -> Page:
        await self._enter()
        at = Updates.of(place)
        asked = {"state": "all", "since": write_instant(at.since), "sort": "updated", "direction": "asc", "per_page": str(_PAGE),
                 "page": str(at.offset // _PAGE + 1)}  # fmt: skip
        answer = await ask(self._fetcher, "GET", self._base, asked)
        listed = decoded(answer, list[_Issue], "GitHub's list of issues")
        now = answer.server_time or int(time.time())
        read = [(str(issue.number), when(issue.updated_at, f"issue {issue.number}")) for issue in listed]
        events: list[SourceEvent] = []
        whole: list[str] = []
        for issue, (number, updated) in zip(listed, read, strict=True):
            if issue.pull_request is None and not at.knows(number, updated):
                events += await self._events(issue)
                whole.append(number)
        more = 'rel="next"' in answer.headers.get("link", "") or len(listed) == _PAGE
        following = at.following(read, more=more, page=_PAGE, now=now, overlap=self._settings.overlap)
        return Page(events, whole, following.text(), at.started or now, more)

    async def look(self, tickets: Sequence[str]) -> Sequence[Found]:
        await self._enter()
        found = []
        for number in tickets:
            # One that was moved to another repository answers with a redirect there, which is not followed.
            answer = await ask(self._fetcher, "GET", f"{self._base}/{number}", missing=True)
            issue = decoded(answer, _Issue, f"GitHub's issue {number}") if answer.status == 200 else None
            found.append(Found(number, None if issue is None else await self._events(issue)))
        return found

    async def close(self) -> None:
        await self._fetcher.__aexit__()

    async def _enter(self) -> None:
        if not self._open:
            await self._fetcher.__aenter__()
            self._open = True

    async def _events(self, issue: _Issue) -> list[SourceEvent]:
        happened: list[_Happening] = []
        page = 1
        while True:
            asked = {"per_page": str(_PAGE), "page": str(page)}
            answer = await ask(self._fetcher, "GET", f"{self._base}/{issue.number}/timeline", asked)
            found = decoded(answer, list[_Happening], f"the timeline of GitHub's issue {issue.number}")
            happened += found
            if len(found) < _PAGE:
                break
            page += 1
        known = [each for each in happened if each.created_at and each.id is not None]
        known.sort(key=lambda each: (each.created_at or "", each.id or 0))
        return [*self._opening(issue), *self._life(issue, known)]

    def _opening(self, issue: _Issue) -> Iterator[SourceEvent]:
        at, number = when(issue.created_at, f"issue {issue.number}"), str(issue.number)
        author = issue.user.login if issue.user else ""
        told = [("opened", "", ""), ("status", "open", self._meanings["open"]), ("field", f"author={author}", "")]
        for place, (name, value, meaning) in enumerate(told):
            yield SourceEvent(number, f"opening.{place}", at, place, name, value, meaning)

    def _life(self, issue: _Issue, happened: Sequence[_Happening]) -> Iterator[SourceEvent]:
        number, author = str(issue.number), issue.user.login if issue.user else ""
        for place, each in enumerate(happened, start=100):
            told = self._told(each, author)
            if told is not None:
                at = when(each.created_at or "", f"issue {number}")
                yield SourceEvent(number, f"{each.event}.{each.id}", at, place, told[0], told[1], told[2])

    def _told(self, each: _Happening, author: str) -> tuple[str, str, str] | None:
        label = each.label.name if each.label else ""
        match each.event:
            case "commented":
                writer = each.user or each.actor or _User()
                if writer.type == "Bot" or writer.login.endswith("[bot]"):
                    return "note", "", ""
                staff = writer.login != author and each.author_association in _STAFF
                return ("agent_message" if staff else "customer_message"), "", ""
            case "labeled" if label.casefold() in self._priorities:
                return "priority", label, ""
            case "labeled":
                return "tagged", label, ""
            case "unlabeled" if label.casefold() not in self._priorities:
                return "untagged", label, ""
            case "closed":
                return "status", "closed", self._meanings["closed"]
            case "reopened":
                return "status", "open", self._meanings["open"]
            case "assigned":
                return "assigned", each.assignee.login if each.assignee else "", ""
            case "unassigned":
                return "unassigned", each.assignee.login if each.assignee else "", ""
            case "marked_as_duplicate":
                return "tagged", "duplicate", ""
        return None
