"""The calls of Grafana's HTTP API that publishing needs, and what its refusals mean."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final, NoReturn, Self
from urllib.parse import quote, urlencode

from slo_gen.fetch import Credentials, Fetcher, Limits, RequestError, Response
from slo_gen.publish.compiled import Json

__all__ = ["ChangedError", "Grafana", "GrafanaError", "Hit", "Organisation", "Saved", "Stored", "StoredFolder", "UnreachableError"]

_PAGE: Final = 1000
_LONGEST: Final = 200
_SENDS_ON: Final = range(300, 400)


class GrafanaError(RequestError):
    """Grafana refused, or what answered is not Grafana; a sentence for the reader."""


class UnreachableError(GrafanaError):
    """Whatever else is asked there will end the same way."""


class ChangedError(GrafanaError):
    """Somebody was faster, or is in the way: Grafana's own word for it (412)."""


@dataclass(frozen=True, slots=True)
class Organisation:
    """In which organisation a login acts."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class StoredFolder:
    """A folder, wherever it is nested. ``version`` is needed to change it."""

    uid: str
    title: str
    version: int


@dataclass(frozen=True, slots=True)
class Stored:
    """A dashboard as Grafana has it. ``dashboard`` is None where it was saved in a form that this API does not show.

    ``provisioned``: it comes from a file, and cannot be changed here. ``folder`` is "" outside folders.
    """

    uid: str
    dashboard: Json | None
    version: int
    folder: str = ""
    provisioned: bool = False


@dataclass(frozen=True, slots=True)
class Saved:
    """How a dashboard came to be what it is."""

    version: int
    message: str
    by: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A dashboard that a search found."""

    uid: str
    title: str


class Grafana:
    """Calls below ``url`` in one organisation. Use as ``async with``. Every call raises RequestError, whose text can be shown as it is."""

    def __init__(self, url: str, credentials: Credentials, limits: Limits | None = None) -> None:
        self._fetcher = Fetcher(url, credentials, limits)

    @property
    def url(self) -> str:
        return self._fetcher.url

    async def __aenter__(self) -> Self:
        await self._fetcher.__aenter__()
        return self

    async def __aexit__(self, *error: object) -> None:
        await self._fetcher.__aexit__(*error)

    async def organisation(self) -> Organisation:
        """Where this login acts: asked first, so that nothing is sent to another place."""
        answer = await self._fetcher.request("GET", "/api/org")
        if answer.status == 404:
            raise UnreachableError(
                f"{self.url} has no API of Grafana: /api/org is not there (404). Where Grafana is served below a path, "
                "that belongs to the address, as in https://example.com/grafana."
            )
        found = self._object(answer, "tell in which organisation this login is")
        return Organisation(self._whole(found, "id"), str(found.get("name", "")))

    async def folder(self, uid: str) -> StoredFolder | None:
        answer = await self._fetcher.request("GET", f"/api/folders/{quote(uid, safe='')}")
        if answer.status == 404 and self._is_json(answer):
            return None
        found = self._object(answer, f"show folder {uid}")
        return StoredFolder(uid, str(found.get("title", "")), self._whole(found, "version"))

    async def make_folder(self, uid: str, title: str) -> None:
        answer = await self._fetcher.request("POST", "/api/folders", json={"uid": uid, "title": title})
        if answer.status in (409, 412):
            if await self.folder(uid) is not None:      # another push was faster
                return
            raise ChangedError(
                f"a folder {title!r} is there already under another uid; rename that one, or move its dashboards and delete it. "
                f"Grafana said: {_words(answer)}"
            )
        self._object(answer, f"make folder {title!r}")

    async def rename_folder(self, uid: str, title: str, version: int) -> None:
        answer = await self._fetcher.request("PUT", f"/api/folders/{quote(uid, safe='')}", json={"title": title, "version": version})
        if answer.status in (409, 412):
            raise ChangedError(f"folder {title!r} was changed by somebody in this moment; run this again. Grafana said: {_words(answer)}")
        self._object(answer, f"rename folder {uid}")

    async def dashboard(self, uid: str) -> Stored | None:
        answer = await self._fetcher.request("GET", f"/api/dashboards/uid/{quote(uid, safe='')}")
        if answer.status == 404 and self._is_json(answer):
            return None
        if answer.status == 406:        # it was saved in the newer form, which has other calls
            newest = await self.last_saved(uid)
            return Stored(uid, None, newest.version if newest else 0)
        found = self._object(answer, f"show dashboard {uid}")
        dashboard, about = found.get("dashboard"), found.get("meta")
        if not isinstance(dashboard, dict) or not isinstance(about, dict):
            self._no_grafana(answer)
        return Stored(
            uid, dashboard, self._whole(dashboard, "version"), str(about.get("folderUid") or ""), about.get("provisioned") is True
        )

    async def last_saved(self, uid: str) -> Saved | None:
        """The newest entry of a dashboard's history; None where there is none, or this login may not read it."""
        answer = await self._fetcher.request("GET", f"/api/dashboards/uid/{quote(uid, safe='')}/versions?limit=1")
        if answer.status in (403, 404) and self._is_json(answer):
            return None
        document = self._json(answer, f"show the history of dashboard {uid}")
        rows = document.get("versions") if isinstance(document, dict) else document     # a bare list up to Grafana 11
        if not isinstance(rows, list):
            self._no_grafana(answer)
        newest = [row for row in rows if isinstance(row, dict)]
        if not newest:
            return None
        row = max(newest, key=lambda each: self._whole(each, "version"))
        return Saved(self._whole(row, "version"), str(row.get("message", "")), str(row.get("createdBy", "")))

    async def save(self, dashboard: Json, folder: str, message: str) -> None:
        """Save on top of the version that ``dashboard`` names, or as a new one. Never overwrites what has been saved since."""
        # "overwrite" would also replace another dashboard of the same title, whosever it is.
        body = {"dashboard": dashboard, "folderUid": folder, "message": message, "overwrite": False}
        answer = await self._fetcher.request("POST", "/api/dashboards/db", json=body)
        if answer.status in (409, 412):
            raise ChangedError(_conflict(answer))
        self._object(answer, f"save dashboard {dashboard.get('title')!r}")

    async def delete(self, uid: str) -> bool:
        """False when it was gone already."""
        answer = await self._fetcher.request("DELETE", f"/api/dashboards/uid/{quote(uid, safe='')}")
        if answer.status == 404 and self._is_json(answer):
            return False
        self._object(answer, f"delete dashboard {uid}")
        return True

    async def tagged(self, tag: str) -> tuple[Hit, ...]:
        """Every dashboard with this tag that the login can see."""
        found: dict[str, Hit] = {}
        page = 1
        while True:
            query = urlencode({"type": "dash-db", "tag": tag, "limit": _PAGE, "page": page})
            answer = await self._fetcher.request("GET", f"/api/search?{query}")
            rows = self._json(answer, "search dashboards")
            if not isinstance(rows, list):
                self._no_grafana(answer)
            named = [row for row in rows if isinstance(row, dict) and "uid" in row]
            new = {str(row["uid"]): Hit(str(row["uid"]), str(row.get("title", ""))) for row in named}
            # A server may give fewer than it was asked for, so only a page without anything new is the last.
            if not new.keys() - found.keys():
                return tuple(sorted(found.values(), key=lambda hit: hit.uid))
            found |= new
            page += 1

    async def has_source(self, uid: str) -> bool | None:
        """Whether a data source is there; None where this login may not know."""
        answer = await self._fetcher.request("GET", f"/api/datasources/uid/{quote(uid, safe='')}")
        return {200: True, 404: False}.get(answer.status)

    # --- what an answer means ------------------------------------------------------------------------------------
    def _object(self, answer: Response, doing: str) -> Json:
        document = self._json(answer, doing)
        if not isinstance(document, dict):
            self._no_grafana(answer)
        return document

    def _json(self, answer: Response, doing: str) -> Any:
        if answer.status in _SENDS_ON:
            raise UnreachableError(
                f"{self.url} sends the request on to {answer.location or 'nowhere'}. Logins are not sent after it; "
                "give the address that answers itself, with https:// and the path where Grafana has one."
            )
        if answer.status == 401:
            raise GrafanaError(
                f"{self.url} does not accept the login (401): {_words(answer)}. Is it right, not expired, and of this organisation?"
            )
        if answer.status == 403:
            raise GrafanaError(f"this login may not {doing} (403): {_words(answer)}. It needs the role Editor in the organisation.")
        if answer.status == 429:
            wait = answer.retry_after
            raise UnreachableError(f"{self.url} asks to be asked less often (429){f'; wait {wait:g} seconds' if wait is not None else ''}.")
        if answer.status >= 500:
            raise UnreachableError(f"{self.url} cannot answer now ({answer.status}): {_words(answer)}.")
        if answer.status >= 400 and self._is_json(answer):
            raise GrafanaError(f"Grafana did not {doing} ({answer.status}): {_words(answer)}.")
        if answer.status >= 300 or not self._is_json(answer):
            self._no_grafana(answer)
        return json.loads(answer.body)

    def _is_json(self, answer: Response) -> bool:
        try:
            return isinstance(json.loads(answer.body), dict | list)
        except (ValueError, RecursionError):
            return False

    def _whole(self, row: Json, name: str) -> int:
        value = row.get(name, 0)
        if isinstance(value, bool) or not isinstance(value, int):
            raise GrafanaError(f"{self.url} does not answer as Grafana does: {name!r} is no whole number.")
        return value

    def _no_grafana(self, answer: Response) -> NoReturn:
        page = "; is it a login page of something in front?" if answer.media_type == "text/html" else ""
        raise UnreachableError(
            f"{self.url} does not answer as Grafana does: status {answer.status}, {answer.media_type or 'no media type'}, "
            f"beginning {_printable(answer.body.decode('utf-8', 'replace'), 60)!r}{page}."
        )


def _conflict(answer: Response) -> str:
    """What Grafana's three words for a conflict mean, and what to do."""
    status = _member(answer, "status")
    if status == "version-mismatch" or (answer.status == 409 and not status):
        return "somebody saved it in Grafana in this moment; look at what they did, then run this again"
    if status == "name-exists":
        return "another dashboard of this title is in the folder, which may be somebody else's and is left; rename or move that one"
    if status == "plugin-dashboard":
        return "it belongs to a plugin of Grafana, which would write it again; remove it there first"
    return f"Grafana refuses it (412): {_words(answer)}"


def _member(answer: Response, name: str) -> str:
    try:
        document = json.loads(answer.body)
    except (ValueError, RecursionError):
        return ""
    return str(document.get(name, "")) if isinstance(document, dict) else ""


def _words(answer: Response) -> str:
    """What Grafana said, as one printable line."""
    said = _member(answer, "message") or answer.body.decode("utf-8", "replace")
    return _printable(said, _LONGEST).rstrip(".") or "nothing"


def _printable(text: str, longest: int) -> str:
    line = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in " ".join(text[: longest * 4].split()))
    return line if len(line) <= longest else line[:longest] + "..."
