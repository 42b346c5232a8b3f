"""A server on loopback that answers as Grafana's HTTP API does: organisations, folders, dashboards with versions, search, roles.

What it keeps is open to the tests, which play the people who work in Grafana. ``fault`` may answer in its place.
"""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

Json = dict[str, Any]


@dataclass(frozen=True)
class Told:
    """An answer: JSON, or bytes of a page. ``after``: seconds until it comes."""

    status: int
    body: Any = field(default_factory=dict)
    media_type: str = "application/json; charset=UTF-8"
    location: str = ""
    after: float = 0.0


@dataclass(frozen=True)
class Asked:
    method: str
    path: str
    organisation: int
    body: Any

    @property
    def changes(self) -> bool:
        return self.method != "GET"


@dataclass
class Folder:
    title: str
    version: int = 1
    parent: str = ""


@dataclass
class Dashboard:
    """``versions``: what was saved, by whom and with which words, oldest first. ``form``: that of the newest, v1 or v2."""

    folder: str
    versions: list[tuple[Json, str, str]]
    provisioned: bool = False
    form: str = "v1"

    @property
    def newest(self) -> Json:
        return self.versions[-1][0]


@dataclass
class Organisation:
    name: str
    folders: dict[str, Folder] = field(default_factory=dict)
    dashboards: dict[str, Dashboard] = field(default_factory=dict)
    sources: set[str] = field(default_factory=set)
    plugins: set[str] = field(default_factory=set)

    def edit(self, uid: str, by: str = "eve", message: str = "", **changed: Any) -> None:
        """Somebody saves a dashboard in the browser."""
        there = self.dashboards[uid]
        there.versions.append(({**there.newest, **changed}, by, message))


@dataclass
class FakeGrafana:
    """``tokens``: token to organisation and role; ``users``: name to password and roles by organisation, the first is the usual one."""

    url: str
    prefix: str = ""
    organisations: dict[int, Organisation] = field(default_factory=dict)
    tokens: dict[str, tuple[int, str]] = field(default_factory=dict)
    users: dict[str, tuple[str, dict[int, str]]] = field(default_factory=dict)
    nested: bool = True
    bare_history: bool = False
    unique_titles: bool = False
    most_hits: int = 5000
    drops_header: bool = False
    normalise: Callable[[Json], Json] = field(default=lambda dashboard: dashboard)
    fault: Callable[[Asked], Told | None] = field(default=lambda asked: None)
    asked: list[Asked] = field(default_factory=list)

    def sent(self) -> list[Asked]:
        return [each for each in self.asked if each.changes]

    # --- who asks ----------------------------------------------------------------------------------------------------
    def login(self, authorization: str, wanted: str) -> tuple[int, str, str] | Told:
        """Organisation, role and name of who asks."""
        scheme, _, secret = authorization.partition(" ")
        if scheme == "Bearer" and secret in self.tokens:
            number, role = self.tokens[secret]
            if wanted and int(wanted) != number:
                return Told(401, {"message": "invalid API key", "messageId": "api-key.organization-mismatch"})
            return number, role, "sa-push"
        if scheme == "Basic":
            name, _, password = base64.b64decode(secret).decode().partition(":")
            known, roles = self.users.get(name, ("", {}))
            if known and known == password:
                number = int(wanted) if wanted and not self.drops_header else next(iter(roles))
                if number not in roles:
                    return Told(403, {"message": "You are not a member of the organization"})
                return number, roles[number], name
        return Told(401, {"message": "Invalid username or password"})

    def answer(self, method: str, target: str, headers: dict[str, str], data: bytes) -> Told:
        parts = urlsplit(target)
        path = parts.path
        if self.prefix and not path.startswith(self.prefix + "/"):
            return Told(404, b"<html>nothing here</html>", "text/html")
        path = path.removeprefix(self.prefix)
        query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        body = json.loads(data) if data else None
        who = self.login(headers.get("authorization", ""), headers.get("x-grafana-org-id", ""))
        asked = Asked(method, path, 0 if isinstance(who, Told) else who[0], body)
        self.asked.append(asked)
        if told := self.fault(asked):
            return told
        if isinstance(who, Told):
            return who
        number, role, name = who
        if asked.changes and role == "Viewer":
            return Told(403, {"message": "You'll need additional permissions to perform this action.", "accessErrorId": "ACE1"})
        return self.route(method, [unquote(each) for each in path.split("/")[1:]], query, body, number, name)

    def route(self, method: str, path: list[str], query: dict[str, str], body: Any, number: int, name: str) -> Told:
        here = self.organisations[number]
        match method, path:
            case "GET", ["api", "org"]:
                return Told(200, {"id": number, "name": here.name, "address": {}})
            case "GET", ["api", "folders", uid]:
                return Told(200, self.folder(here, uid)) if uid in here.folders else Told(404, {"message": "folder not found"})
            case "POST", ["api", "folders"]:
                return self.make_folder(here, body)
            case "PUT", ["api", "folders", uid]:
                there = here.folders[uid]
                if not body.get("overwrite") and body.get("version") != there.version:
                    return Told(412, {"message": "the folder has been changed by someone else", "status": "version-mismatch"})
                there.title, there.version = body["title"], there.version + 1
                return Told(200, self.folder(here, uid))
            case "GET", ["api", "dashboards", "uid", uid]:
                return self.dashboard(here, number, uid)
            case "GET", ["api", "dashboards", "uid", uid, "versions"]:
                return self.history(here, uid, int(query.get("limit", 1000)))
            case "DELETE", ["api", "dashboards", "uid", uid]:
                if uid not in here.dashboards:
                    return Told(404, {"message": "Dashboard not found"})
                gone = here.dashboards.pop(uid)
                return Told(200, {"message": f"Dashboard {gone.newest['title']} deleted", "title": gone.newest["title"]})
            case "POST", ["api", "dashboards", "db"]:
                return self.save(here, body, name)
            case "GET", ["api", "search"]:
                return self.search(here, query)
            case "GET", ["api", "datasources", "uid", uid]:
                return Told(200, {"uid": uid}) if uid in here.sources else Told(404, {"message": "Data source not found"})
        return Told(404, {"message": "Not found"})

    # --- what is answered ----------------------------------------------------------------------------------------------
    def folder(self, here: Organisation, uid: str) -> Json:
        there = here.folders[uid]
        found: Json = {"id": 1, "uid": uid, "title": there.title, "version": there.version, "url": f"/dashboards/f/{uid}/"}
        if self.nested and there.parent:
            found |= {"parentUid": there.parent, "parents": [{"uid": there.parent, "title": here.folders[there.parent].title}]}
        return found

    def make_folder(self, here: Organisation, body: Json) -> Told:
        if body["uid"] in here.folders:
            return Told(412, {"message": "a folder with the same uid already exists"})
        if any(each.title == body["title"] and not each.parent for each in here.folders.values()):
            return Told(409, {"message": "a folder with the same name already exists in the current location"})
        here.folders[body["uid"]] = Folder(body["title"])
        return Told(200, self.folder(here, body["uid"]))

    def dashboard(self, here: Organisation, number: int, uid: str) -> Told:
        if uid not in here.dashboards:
            return Told(404, {"message": "Dashboard not found"})
        there = here.dashboards[uid]
        if there.form != "v1":
            address = f"/apis/dashboard.grafana.app/{there.form}/namespaces/org-{number}/dashboards/{uid}"
            return Told(406, {"message": f"dashboard api version not supported, use {address} instead"})
        dashboard = {**self.normalise(there.newest), "id": 17, "version": len(there.versions)}
        about = {"folderUid": there.folder, "provisioned": there.provisioned, "version": len(there.versions), "canSave": True}
        return Told(200, {"dashboard": dashboard, "meta": about})

    def history(self, here: Organisation, uid: str, limit: int) -> Told:
        if uid not in here.dashboards:
            return Told(404, {"message": "Dashboard not found"})
        rows = [
            {"id": version, "uid": uid, "version": version, "createdBy": by, "message": message}
            for version, (_, by, message) in enumerate(here.dashboards[uid].versions, 1)
        ]
        newest = rows[::-1][:limit]
        return Told(200, newest if self.bare_history else {"continueToken": "", "versions": newest})

    def save(self, here: Organisation, body: Json, name: str) -> Told:
        dashboard = body["dashboard"]
        if not dashboard.get("title"):
            return Told(400, {"message": "Dashboard title cannot be empty", "status": "empty-name"})
        uid, folder = dashboard["uid"], body.get("folderUid", "")
        if folder and folder not in here.folders:
            return Told(400, {"message": "folder not found"})
        if uid in here.plugins and not body["overwrite"]:
            return Told(412, {"message": "The dashboard belongs to plugin kubernetes.", "status": "plugin-dashboard"})
        if self.unique_titles and any(
            other != uid and each.folder == folder and each.newest["title"] == dashboard["title"] for other, each in here.dashboards.items()
        ):
            return Told(412, {"message": "A dashboard with the same name in the folder already exists", "status": "name-exists"})
        there = here.dashboards.get(uid)
        if there is None:
            there = here.dashboards[uid] = Dashboard(folder, [])
        elif there.provisioned:
            return Told(400, {"message": "Cannot save provisioned dashboard"})
        elif not body["overwrite"] and dashboard.get("version", 0) != len(there.versions):
            return Told(412, {"message": "The dashboard has been changed by someone else", "status": "version-mismatch"})
        kept = {key: value for key, value in dashboard.items() if key not in ("id", "version")}
        there.versions.append((kept, name, body.get("message", "")))
        there.folder, there.form = folder, "v1"
        return Told(200, {"id": 17, "uid": uid, "status": "success", "version": len(there.versions), "url": f"/d/{uid}/x", "slug": "x"})

    def search(self, here: Organisation, query: dict[str, str]) -> Told:
        hits = [
            {"uid": uid, "title": each.newest["title"], "type": "dash-db", "tags": each.newest.get("tags", []), "folderUid": each.folder}
            for uid, each in sorted(here.dashboards.items()) if query["tag"] in each.newest.get("tags", [])
        ]
        limit = min(int(query.get("limit", 1000)), self.most_hits)
        first = (int(query.get("page", 1)) - 1) * limit
        return Told(200, hits[first:first + limit])


@contextmanager
def fake_grafana() -> Iterator[FakeGrafana]:
    """Grafana with an organisation of ours, and with a login ``admin`` in all of them."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            data = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            told = found.answer(self.command, self.path, {name.lower(): value for name, value in self.headers.items()}, data)
            if told.after:
                stopped.wait(told.after)
            body = told.body if isinstance(told.body, bytes) else json.dumps(told.body).encode()
            self.send_response(told.status)
            self.send_header("Content-Type", told.media_type)
            self.send_header("Content-Length", str(len(body)))
            if told.location:
                self.send_header("Location", told.location)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

        def log_message(self, *arguments: Any) -> None:
            """Nothing is logged."""

    class Server(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *arguments: Any) -> None:
            """A client that gave up waiting is no matter."""

    stopped = threading.Event()
    server = Server(("127.0.0.1", 0), Handler)
    found = FakeGrafana(f"http://127.0.0.1:{server.server_address[1]}")
    found.organisations[1] = Organisation("Main Org.")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield found
    finally:
        stopped.set()
        server.shutdown()
        server.server_close()
