"""A server on loopback that answers as an API does, and badly when it is told to; and a reader of a source that asks it."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from sla_exporter.probes.probe import Answer as ProbeAnswer
from sla_exporter.probes.probe import ProbeReader, ProbeSettings
from sla_exporter.probes.registry import reader_class as probe_reader_class
from sla_exporter.sources.registry import reader_class
from sla_exporter.sources.source import Found, Page, Settings, SourceError, SourceEvent, TicketReader

from slo_gen.fetch import Credentials
from slo_gen.spec.documents.exporter import TicketSource
from slo_gen.spec.documents.probes import ProbeSource


@dataclass(frozen=True)
class Asked:
    """One request. ``query`` has the first value of each parameter."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True)
class Told:
    """One answer: JSON unless it is bytes. ``drip``: seconds between two bytes. ``endless``: the body is sent again and again.

    ``dated``: whether it says when it was given.
    """

    body: Any
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    drip: float = 0.0
    endless: bool = False
    dated: bool = True


Answer = Callable[[Asked], Told | None]


@dataclass
class Api:
    """``answer`` says what is answered; what it does not know is 404. ``fault`` goes before it. ``now`` is the server's own clock."""

    url: str
    answer: Answer = lambda asked: None
    fault: Answer | None = None
    now: int = 0
    asked: list[Asked] = field(default_factory=list)

    def paths(self) -> list[str]:
        return [each.path for each in self.asked]


@contextmanager
def api() -> Iterator[Api]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            length = int(self.headers.get("Content-Length") or 0)
            data = self.rfile.read(length)
            query = {name: values[0] for name, values in parse_qs(parts.query, keep_blank_values=True).items()}
            headers = {name.lower(): value for name, value in self.headers.items()}
            is_json = data and "json" in headers.get("content-type", "json")
            asked = Asked(self.command, parts.path, query, headers, json.loads(data) if is_json else None)
            found.asked.append(asked)
            told = (found.fault(asked) if found.fault else None) or found.answer(asked) or Told({"errors": ["not found"]}, 404)
            body = told.body if isinstance(told.body, bytes) else json.dumps(told.body).encode()
            self.send_response_only(told.status)
            if told.dated:
                self.send_header("Date", formatdate(found.now or time.time(), usegmt=True))
            sent = {"Content-Type": "text/html" if isinstance(told.body, bytes) else "application/json; charset=utf-8", **told.headers}
            for name, value in sent.items():
                self.send_header(name, value)
            if told.endless:
                self.send_header("Connection", "close")
            else:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            try:
                while told.endless and not closed.is_set():
                    self.wfile.write(body)
                for byte in body if told.drip else ():
                    self.wfile.write(bytes([byte]))
                    self.wfile.flush()
                    time.sleep(told.drip)
                if not told.drip:
                    self.wfile.write(body)
            except OSError:
                self.close_connection = True

        do_POST = do_GET  # noqa: N815

        def log_message(self, *arguments: Any) -> None:
            """Nothing is logged."""

    closed = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    found = Api(f"http://127.0.0.1:{server.server_address[1]}")
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield found
    finally:
        closed.set()
        server.shutdown()
        server.server_close()


def reader(document: Mapping[str, Any], credentials: Credentials | None = None, seconds: float = 5.0) -> TicketReader:
    """The reader of a source's document."""
    source = msgspec.convert({"name": "desk", **document}, TicketSource)
    return reader_class(source)(Settings(source, credentials or Credentials(), 300, 100_000, seconds))


def probe_settings(document: Mapping[str, Any], *, now: int = 0, seconds: float = 2.0, holds: int = 45_000) -> ProbeSettings:
    """What a reader of probes is given."""
    wanted = {"name": "probe", "subjects": [{"subject": "x", "indicator": "x"}], **document}
    return ProbeSettings(msgspec.convert(wanted, ProbeSource), Credentials(), holds, seconds, 10, lambda: now)


def probe_reader(document: Mapping[str, Any], *, now: int = 0, seconds: float = 2.0, holds: int = 45_000) -> ProbeReader:
    """The reader of a probe's document."""
    settings = probe_settings(document, now=now, seconds=seconds, holds=holds)
    return probe_reader_class(settings.document)(settings)


async def looked(of: ProbeReader, subjects: Sequence[str]) -> Mapping[str, ProbeAnswer]:
    """One look, after which it is closed."""
    try:
        return await of.look(subjects)
    finally:
        await of.close()


def read_all(of: TicketReader, place: str = "") -> tuple[list[SourceEvent], Page]:
    """Everything from a place on, and the last page."""

    async def go() -> tuple[list[SourceEvent], Page]:
        events: list[SourceEvent] = []
        now = place
        try:
            while True:
                page = await of.read(now)
                events += page.events
                if not page.more:
                    return events, page
                now = page.place
        finally:
            await of.close()

    return asyncio.run(go())


def read_one(of: TicketReader, place: str = "") -> Page:
    """The one page after a place. Raises SourceError."""

    async def go() -> Page:
        try:
            return await of.read(place)
        finally:
            await of.close()

    return asyncio.run(go())


def look_at(of: TicketReader, *tickets: str) -> dict[str, list[SourceEvent] | None]:
    """What is found of tickets that are looked at again. Raises SourceError."""

    async def go() -> Sequence[Found]:
        try:
            return await of.look(tickets)
        finally:
            await of.close()

    return {each.ticket: None if each.events is None else list(each.events) for each in asyncio.run(go())}


HTML: Final = Told(b"<html><title>Please log in</title></html>")
FAULTS: Final = (
    ("server", Told({"error": "out of order"}, 500)), ("rate_limited", Told({}, 429, {"Retry-After": "17"})), ("not_json", HTML),
    ("not_json schema", Told(b'{"result": [', headers={"Content-Type": "application/json"})), ("schema", Told({"something": "else"})),
    ("not_json", Told({}, 302, {"Location": "https://login.example.com/"})), ("auth", Told({}, 401)),
    ("not_json schema", Told(b'{"deep": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", headers={"Content-Type": "application/json"})),
)  # fmt: skip
"""Answers that are none, and why."""


def disturb_each_request(server: Api, make: Callable[[], TicketReader], place: str = "") -> int:
    """Lets every request of a reading be answered badly in every way. The reading is refused with its reason, and the same reading
    is as if nothing had been once all goes well. Returns how many requests it was.
    """
    before = len(server.asked)
    undisturbed = read_one(make(), place)
    number = len(server.asked) - before
    for disturbed in range(number):
        for reason, told in FAULTS:
            begin = len(server.asked)
            server.fault = lambda asked, at=begin + disturbed + 1, told=told: told if len(server.asked) == at else None  # type: ignore[misc]
            with pytest.raises(SourceError) as caught:
                read_one(make(), place)
            found = (caught.value.reason, caught.value.retry_after)
            assert found in [(each, 17 if each == "rate_limited" else None) for each in reason.split()], (disturbed, caught.value)
            server.fault = None
    assert read_one(make(), place) == undisturbed
    return number


def story(events: list[SourceEvent], ticket: str) -> list[tuple[int, str, str]]:
    """Instant, name and value of the events of a ticket, in order; without the fields that it came with."""
    mine = sorted((event for event in events if event.ticket == ticket), key=lambda event: (event.at, event.place))
    return [(event.at, event.name, event.value) for event in mine if event.name != "field"]
