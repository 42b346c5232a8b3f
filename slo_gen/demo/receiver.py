"""A webhook receiver: what Alertmanager sends to it is what a person would have been told."""

from __future__ import annotations

import json
import queue
from collections.abc import Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Any, Self

from slo_gen.demo.listening import LoopbackServer

__all__ = ["Notification", "Receiver", "read_notifications"]


@dataclass(frozen=True, slots=True)
class Notification:
    """One alert of one message. ``status`` is firing or resolved."""

    status: str
    labels: Mapping[str, str]
    annotations: Mapping[str, str]
    starts_at: str


class Receiver:
    """Listens on loopback; use as ``with Receiver() as receiver``."""

    def __init__(self) -> None:
        received: queue.Queue[Notification] = queue.Queue()
        self._received = received

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
                try:
                    notifications = read_notifications(body)
                except ValueError:
                    self.send_error(400)
                    return
                for notification in notifications:
                    received.put(notification)
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Deliveries are told by whoever reads them."""

        self._server = LoopbackServer(Handler, "receiver")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.port}/"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()

    def waiting(self) -> list[Notification]:
        """What has arrived since the last call, in the order of arrival."""
        found = []
        while True:
            try:
                found.append(self._received.get_nowait())
            except queue.Empty:
                return found


def read_notifications(body: bytes) -> list[Notification]:
    """The alerts of one webhook message (version 4). Raises ValueError for anything else."""
    message = json.loads(body)
    alerts = message.get("alerts") if isinstance(message, dict) else None
    if not isinstance(alerts, list):
        raise ValueError("no alerts in the message")
    return [
        Notification(
            status=str(alert.get("status", "")),
            labels=_texts(alert.get("labels")),
            annotations=_texts(alert.get("annotations")),
            starts_at=str(alert.get("startsAt", "")),
        )
        for alert in alerts
        if isinstance(alert, dict)
    ]


def _texts(value: Any) -> dict[str, str]:
    return {str(key): str(text) for key, text in value.items()} if isinstance(value, dict) else {}
