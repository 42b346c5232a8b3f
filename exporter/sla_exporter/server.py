"""The web side: metrics, health, readiness and a page that says what this is. Read only; nothing of a request is ever run.

Each connection has a thread, of which there are only so many, and every wait for a client has an end: whoever opens a
connection and says nothing is let go.
"""

from __future__ import annotations

import gzip
import html
import logging
import socket
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final

from sla_exporter.negotiation import Form, accepts_gzip, negotiated
from slo_gen import __version__

__all__ = ["Address", "MetricsServer", "read_address"]

_LOG = logging.getLogger("sla_exporter")
_MOST_CLIENTS: Final = 64
_PATIENCE: Final = 10.0
"""Seconds that a client may be silent, and that one write may take."""

Address = tuple[str, int]


def read_address(text: str) -> Address:
    """``:9798``, ``127.0.0.1:9798`` or ``[::1]:9798``. Raises ValueError."""
    host, colon, port = text.rpartition(":")
    if not colon or not port.isdigit() or not 0 <= int(port) < 65536:
        raise ValueError(f"{text!r} is no address to listen on; write it like 127.0.0.1:9798 or :9798")
    return host.strip("[]"), int(port)


class MetricsServer(ThreadingHTTPServer):
    """Serves until ``shutdown``. ``metrics`` gives the page in a form; ``ready`` says whether it is worth asking for."""

    daemon_threads = True
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, address: Address, metrics: Callable[[Form], bytes], ready: Callable[[], bool], path: str = "/metrics") -> None:
        if ":" in address[0]:
            self.address_family = socket.AF_INET6
        self.metrics, self.ready, self.path = metrics, ready, path
        self._room = threading.BoundedSemaphore(_MOST_CLIENTS)
        super().__init__(address, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        if not self._room.acquire(timeout=1.0):
            self.shutdown_request(request)
            return
        super().process_request(request, client_address)

    def process_request_thread(self, request: Any, client_address: Any) -> None:
        try:
            super().process_request_thread(request, client_address)
        finally:
            self._room.release()

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

    def do_GET(self) -> None:
        match self.path.split("?")[0]:
            case self.server.path:
                form = negotiated(self.headers.get("Accept", ""))
                self._answer(200, form.content_type, self.server.metrics(form), may_zip=True)
            case "/-/healthy":
                self._answer(200, "text/plain; charset=utf-8", b"sla-exporter is healthy.\n")
            case "/-/ready":
                ready = self.server.ready()
                text = b"sla-exporter is ready.\n" if ready else b"sla-exporter is not ready: see its log.\n"
                self._answer(200 if ready else 503, "text/plain; charset=utf-8", text)
            case "/":
                self._answer(200, "text/html; charset=utf-8", _page(self.server.path))
            case _:
                self._answer(404, "text/plain; charset=utf-8", b"There is nothing here; see /.\n")

    do_HEAD = do_GET  # noqa: N815 - the name is the library's

    def _answer(self, status: int, kind: str, body: bytes, *, may_zip: bool = False) -> None:
        zipped = may_zip and accepts_gzip(self.headers.get("Accept-Encoding", ""))
        data = gzip.compress(body, compresslevel=1) if zipped else body
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("X-Content-Type-Options", "nosniff")
        if may_zip:
            self.send_header("Vary", "Accept, Accept-Encoding")
        if zipped:
            self.send_header("Content-Encoding", "gzip")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data)

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not logged: a scrape every few seconds would hide everything else."""


def _page(path: str) -> bytes:
    link = html.escape(path, quote=True)
    return (
        "<!doctype html><html lang=en><meta charset=utf-8><title>sla-exporter</title>"
        f"<h1>sla-exporter {html.escape(__version__)}</h1>"
        f'<p><a href="{link}">Metrics</a>, <a href="/-/healthy">health</a>, <a href="/-/ready">readiness</a></p></html>\n'
    ).encode()
