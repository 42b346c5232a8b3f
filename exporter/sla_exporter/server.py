"""The web side: metrics, health, readiness and a page that says what this is. Read only; nothing of a request is ever run.

Each connection has a thread, of which there are only so many, and every wait for a client has an end: whoever opens a
connection and says nothing, or says it too slowly, is let go, and at once when somebody else needs the room. Encryption is
agreed on in that thread, so that nobody who is silent holds up the others.
"""

from __future__ import annotations

import gzip
import html
import logging
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import MappingProxyType
from typing import Any, Final

from sla_exporter.gate import Gate
from sla_exporter.negotiation import Form, accepts_gzip, negotiated
from sla_exporter.web_configuration import WebConfiguration
from slo_gen import __version__

__all__ = ["Address", "MetricsServer", "read_address"]

_LOG = logging.getLogger("sla_exporter")
_MOST_CLIENTS: Final = 64
_PATIENCE: Final = 10.0
"""Seconds that a client may be silent, and that a request may take to be said."""
_LONGEST_ANSWER: Final = 30.0
"""Seconds in which a client has taken the whole of an answer."""

Address = tuple[str, int]


def read_address(text: str) -> Address:
    """``:9798``, ``127.0.0.1:9798`` or ``[::1]:9798``. Raises ValueError."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit() or not 0 <= int(port) < 65536:
        raise ValueError(f"{text!r} is no address to listen on; write it like 127.0.0.1:9798 or :9798")
    return host.strip("[]"), int(port)


class MetricsServer(ThreadingHTTPServer):
    """Serves until ``shutdown``. ``metrics`` gives the page in a form; ``ready`` says whether it is worth asking for.

    ``reload`` reads the configuration again and returns what is wrong with it, "" when nothing is; without it nobody may ask
    for that. ``most`` scrapes are answered at once, 0 for as many as come.
    """

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 512

    def __init__(
        self, address: Address, metrics: Callable[[Form], bytes], ready: Callable[[], bool], path: str = "/metrics", *,
        gate: Gate | None = None, reload: Callable[[], str] | None = None, most: int = 0,
    ) -> None:  # fmt: skip
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        self.metrics, self.ready, self.path = metrics, ready, path
        self.gate, self.reload = gate or Gate(), reload
        self.scrapes = threading.BoundedSemaphore(most or _MOST_CLIENTS)
        self._room = threading.BoundedSemaphore(_MOST_CLIENTS)
        self._waiting: dict[socket.socket, float] = {}
        """Connections whose client has yet to say something, and since when."""
        self._taking: dict[socket.socket, float] = {}
        """Connections whose client is being sent an answer, and since when."""
        self._answering: set[socket.socket] = set()
        self._packed: dict[str, tuple[bytes, bytes]] = {}
        """By its form, the page that was packed last."""
        self._waiting_lock = threading.Lock()
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._room.acquire(blocking=False):
            self._let_go(older_than=0.0, most=1)
            if not self._room.acquire(timeout=0.5):
                self.shutdown_request(request)
                return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        connection = request
        try:
            connection.settimeout(_PATIENCE)
            configuration, context = self.gate.current()
            if context is not None:
                connection = context.wrap_socket(request, server_side=True, do_handshake_on_connect=False)
            self._await(connection)
            if isinstance(connection, ssl.SSLSocket):
                connection.do_handshake()
                if not _has_name(connection, configuration):
                    return
            self.finish_request(connection, client_address)
        except Exception:
            self.handle_error(connection, client_address)
        finally:
            self._forget(connection)
            with suppress(OSError):
                socket.socket.shutdown(connection, socket.SHUT_WR)
            connection.close()
            self._room.release()

    def service_actions(self) -> None:
        """Every moment: who has taken too long is let go."""
        self._let_go(older_than=_PATIENCE, most=_MOST_CLIENTS)
        self._end(self._taking, _LONGEST_ANSWER, _MOST_CLIENTS)

    @contextmanager
    def answering(self, connection: socket.socket) -> Iterator[None]:
        """While a request is answered, its client is waiting and is not waited for."""
        with self._waiting_lock:
            self._waiting.pop(connection, None)
            self._answering.add(connection)
        try:
            yield
        finally:
            with self._waiting_lock:
                self._answering.discard(connection)
                self._waiting[connection] = time.monotonic()

    @contextmanager
    def sending(self, connection: socket.socket) -> Iterator[None]:
        """While an answer is sent: a client that takes it in very slowly is not sent all of it."""
        with self._waiting_lock:
            self._taking[connection] = time.monotonic()
        try:
            yield
        finally:
            with self._waiting_lock:
                self._taking.pop(connection, None)

    def packed(self, kind: str, body: bytes) -> bytes:
        """A page as gzip. Packing takes longer than all the rest of a scrape, and often nothing has changed since the last one."""
        known = self._packed.get(kind)
        if known is None or known[0] != body:
            known = self._packed[kind] = (body, gzip.compress(body, compresslevel=1))
        return known[1]

    def finish(self, seconds: float) -> None:
        """After ``shutdown``: wait until what is being answered has been, but no longer than that."""
        end = time.monotonic() + seconds
        while self._answering and time.monotonic() < end:
            time.sleep(0.02)

    def _await(self, connection: socket.socket) -> None:
        with self._waiting_lock:
            self._waiting[connection] = time.monotonic()

    def _forget(self, connection: socket.socket) -> None:
        with self._waiting_lock:
            self._waiting.pop(connection, None)

    def _let_go(self, *, older_than: float, most: int) -> None:
        """End those that were waited for longest; their threads then end by themselves."""
        self._end(self._waiting, older_than, most)

    def _end(self, connections: dict[socket.socket, float], older_than: float, most: int) -> None:
        with self._waiting_lock:
            now = time.monotonic()
            for connection in [each for each, since in connections.items() if now - since >= older_than][:most]:
                del connections[connection]
                with suppress(OSError):
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is nothing to tell of; a defect is, without what the client said."""
        import sys

        kind = sys.exc_info()[0]
        if kind is not None and not issubclass(kind, (OSError, TimeoutError)):
            _LOG.error("a request ended with %s", kind.__name__)


class _Handler(BaseHTTPRequestHandler):
    server: MetricsServer
    server_version = f"sla-exporter/{__version__}"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = _PATIENCE
    _configuration = WebConfiguration()

    def do_GET(self) -> None:
        with self.server.answering(self.connection):
            if self._admitted():
                self._get(self.path.split("?")[0])

    do_HEAD = do_GET  # noqa: N815 - the name is the library's

    def do_POST(self) -> None:
        # What a client sends along is not read; the connection ends instead.
        self.close_connection = True
        with self.server.answering(self.connection):
            if not self._admitted():
                return
            path = self.path.split("?")[0]
            if path != "/-/reload":
                known = path in (self.server.path, "/-/healthy", "/-/ready", "/")
                self._say(405 if known else 404, "Nothing is taken here.\n")
            elif self.server.reload is None:
                self._say(403, "The exporter was started without --web.enable-lifecycle.\n")
            else:
                wrong = self.server.reload()
                self._say(500 if wrong else 200, f"{wrong}\n" if wrong else "The configuration was read again.\n")

    do_PUT = do_POST  # noqa: N815 - the name is the library's

    def _get(self, path: str) -> None:
        match path:
            case self.server.path:
                self._scrape()
            case "/-/healthy":
                self._say(200, "sla-exporter is healthy.\n")
            case "/-/ready":
                ready = self.server.ready()
                self._say(200 if ready else 503, "sla-exporter is ready.\n" if ready else "sla-exporter is not ready: see its log.\n")
            case "/":
                self._answer(200, "text/html; charset=utf-8", _page(self.server.path))
            case "/-/reload":
                self._say(405, "Ask for this with POST.\n", {"Allow": "POST, PUT"})
            case _:
                self._say(404, "There is nothing here; see /.\n")

    def _scrape(self) -> None:
        if not self.server.scrapes.acquire(blocking=False):
            self._say(503, "More scrapes than --web.max-requests allows are being answered.\n", {"Retry-After": "1"})
            return
        try:
            form = negotiated(self.headers.get("Accept", ""))
            self._answer(200, form.content_type, self.server.metrics(form), may_zip=True)
        finally:
            self.server.scrapes.release()

    def _admitted(self) -> bool:
        """Whether the client may ask; when it may not, it has been told."""
        self._configuration, _ = self.server.gate.current()
        answer = self.server.gate.admits(self.headers.get("Authorization", ""), self._configuration)
        if answer == "refused":
            self._say(401, "Unauthorized\n", {"WWW-Authenticate": "Basic"})
        elif answer == "busy":
            self._say(503, "Too many passwords are being compared.\n", {"Retry-After": "5"})
        return answer == "admitted"

    def _say(self, status: int, text: str, headers: Mapping[str, str] = MappingProxyType({})) -> None:
        self._answer(status, "text/plain; charset=utf-8", text.encode(), headers=headers)

    def _answer(
        self, status: int, kind: str, body: bytes, *, may_zip: bool = False, headers: Mapping[str, str] = MappingProxyType({}),
    ) -> None:  # fmt: skip
        zipped = may_zip and accepts_gzip(self.headers.get("Accept-Encoding", ""))
        data = self.server.packed(kind, body) if zipped else body
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        for name, value in {"X-Content-Type-Options": "nosniff", **self._configuration.headers, **headers}.items():
            self.send_header(name, value)
        if may_zip:
            self.send_header("Vary", "Accept, Accept-Encoding")
        if zipped:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if self.command != "HEAD":
            with self.server.sending(self.connection):
                self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not logged: a scrape every few seconds would hide everything else."""


def _has_name(connection: ssl.SSLSocket, configuration: WebConfiguration) -> bool:
    """Whether the client's certificate, where names are asked for, has one of them."""
    wanted = configuration.tls.names if configuration.tls else ()
    certificate = connection.getpeercert() or {}
    if not wanted or not certificate:
        return True
    held: Any = certificate.get("subjectAltName", ())
    return any(name in wanted for _, name in held)


def _page(path: str) -> bytes:
    link = html.escape(path, quote=True)
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>sla-exporter</title>"
        f"<h1>sla-exporter {html.escape(__version__)}</h1>"
        f'<p><a href="{link}">Metrics</a>, <a href="/-/healthy">health</a>, <a href="/-/ready">readiness</a></p></html>\n'
    ).encode()
