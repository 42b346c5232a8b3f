"""Issues of a repository on GitHub, and of each its timeline. Pull requests are left out.

Labels are priorities where the document says so, and tags otherwise; of several priorities the one holds that the document names first.
A comment of an owner, member or collaborator is an answer, unless it is the author's own or a bot's. Pages go on where the Link
header says, since pages with numbers end after some.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Final
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct, field
from msgspec.json import decode, encode

from sla_exporter.sources.github_history import Happening, Issue, Names, is_behind, issue_events
from sla_exporter.sources.source import (
    Found,
    Page,
    Settings,
    SourceError,
    SourceEvent,
    ask,
    decoded,
    next_link,
    server_clock,
    status_meanings,
    when,
)
from slo_gen.fetch import Fetcher
from slo_gen.timekeeping.zones import write_instant

__all__ = ["GitHubReader"]

_PAGE: Final = 100
_MOST_PAGES: Final = 1000
_SETTLED: Final = 2
"""Seconds after which nothing more is written with the same second as an update."""

_OWN: Final = frozenset({"state", "since", "sort", "direction", "per_page", "page", "after"})
"""Parameters of the address of a next page that are sent."""


class _Repository(Struct):
    full_name: str


class _Place(Struct):
    """``since``: issues updated from then on are wanted; ``further``: the parameters of the page after those that were read of them.

    ``started``: the clock when the present reading began, 0 between readings. ``seen``: when each of the latest was updated.
    """

    since: int = 0
    further: str = ""
    started: int = 0
    seen: dict[str, int] = field(default_factory=dict)


class GitHubReader:
    """Reads one repository."""

    experimental: ClassVar[bool] = True
    at_once: ClassVar[int] = 50

    def __init__(self, settings: Settings) -> None:
        source = settings.document.github
        assert source, "the document is of a repository on GitHub"
        self._fetcher = Fetcher(source.url, settings.credentials, settings.limits)
        self._settings = settings
        self._repository = source.repository
        self._names = Names(status_meanings(settings.document), tuple(settings.document.priorities))
        self._is_open = self._entered = False

    async def read(self, place: str) -> Page:
        await self._enter()
        at = _place(place)
        asked: dict[str, str | list[str]] = {"state": "all", "since": write_instant(at.since), "sort": "updated", "direction": "asc",
                                             "per_page": str(_PAGE)}  # fmt: skip
        asked |= _parameters(at.further)
        answer = await ask(self._fetcher, "GET", f"/repos/{self._repository}/issues", asked)
        listed = decoded(answer, list[Issue], "GitHub's list of issues")
        now = server_clock(answer, "GitHub")
        events: list[SourceEvent] = []
        whole: list[str] = []
        updates: list[int] = []
        seen = dict(at.seen)
        for issue in listed:
            number, updated = str(issue.number), when(issue.updated_at, f"issue {issue.number}")
            updates.append(updated)
            if updated < at.since:
                raise SourceError("query", "GitHub gives issues that were not updated since the instant that was asked for")
            if issue.pull_request is not None or seen.get(number) == updated:
                continue
            happened = await self._timeline(issue.number)
            if happened is None:
                continue
            events += issue_events(issue, happened, self._names)
            whole.append(number)
            if updated < now - _SETTLED and not is_behind(issue, happened):
                seen[number] = updated
        following = self._following(at, updates, at.started or now, seen, next_link(answer))
        text = encode(following, order="sorted").decode()
        return Page(events, whole, text, at.started or now, following.started > 0)

    async def look(self, tickets: Sequence[str]) -> Sequence[Found]:
        await self._enter()
        found: list[Found] = []
        for number in tickets:
            if not number.isdigit():
                continue
            answer = await ask(self._fetcher, "GET", f"/repos/{self._repository}/issues/{number}", missing=True, moved=True)
            if answer.status != 200:
                # Deleted, or moved to another repository. Of a repository that may not be seen any longer all issues would be.
                await self._check_access()
                found.append(Found(number, None))
                continue
            issue = decoded(answer, Issue, f"GitHub's issue {number}")
            if str(issue.number) != number:
                raise SourceError("schema", f"GitHub answered with issue {issue.number} where {number} was asked for")
            happened = await self._timeline(issue.number)
            if happened is not None:
                found.append(Found(number, issue_events(issue, happened, self._names)))
        return found

    async def close(self) -> None:
        await self._fetcher.__aexit__()

    # --- how far ----------------------------------------------------------------------------------------------------
    def _following(self, at: _Place, updates: Sequence[int], started: int, seen: dict[str, int], link: str | None) -> _Place:
        """From the last instant on, so that nothing is skipped when issues move; by Link only where a page has one instant."""
        overlapping = max(0, started - self._settings.overlap)
        since, further, running = overlapping, "", 0
        if link is not None:
            since, running = max((updated - 1 for updated in updates), default=at.since), started
            if since <= at.since:
                since, further = at.since, urlsplit(link).query
                if not _parameters(further) or further == at.further:
                    raise SourceError("schema", "GitHub says that its list goes on, and not where")
        kept = {number: updated for number, updated in seen.items() if updated >= min(since, overlapping)}
        return _Place(since, further, running, kept)

    # --- what is asked ----------------------------------------------------------------------------------------------
    async def _enter(self) -> None:
        """Once: whether the repository is there. One that is hidden answers like one that is not."""
        if not self._is_open:
            await self._fetcher.__aenter__()
            self._is_open = True
        if not self._entered:
            await self._check_access()
            self._entered = True

    async def _check_access(self) -> None:
        answer = await ask(self._fetcher, "GET", f"/repos/{self._repository}", missing=True, moved=True)
        if answer.status != 200:
            is_hidden = answer.status in (404, 410)
            what = "is not there, or whoever the credentials belong to may not see it" if is_hidden else "has another name now"
            raise SourceError("forbidden", f"{self._fetcher.url} says that {self._repository} {what}")
        decoded(answer, _Repository, f"GitHub's answer about {self._repository}")

    async def _timeline(self, number: int) -> list[Happening] | None:
        """All that happened to an issue; None for one that is no more."""
        happened: list[Happening] = []
        asked: dict[str, str | list[str]] = {"per_page": str(_PAGE)}
        what = f"the timeline of GitHub's issue {number}"
        for _ in range(_MOST_PAGES):
            path = f"/repos/{self._repository}/issues/{number}/timeline"
            answer = await ask(self._fetcher, "GET", path, asked, missing=True, moved=True)
            if answer.status != 200:
                return None
            happened += decoded(answer, list[Happening], what)
            link = next_link(answer)
            if link is None:
                return happened
            following = {**asked, **_parameters(urlsplit(link).query)}
            if following == asked:
                raise SourceError("schema", f"{what} goes on, and does not say where")
            asked = following
        raise SourceError("too_large", f"{what} does not end")


def _parameters(query: str) -> dict[str, str | list[str]]:
    return {name: values[-1] for name, values in parse_qs(query).items() if name in _OWN}


def _place(text: str) -> _Place:
    try:
        return decode(text, type=_Place) if text else _Place()
    except ValueError:
        return _Place()
