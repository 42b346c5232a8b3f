"""Who was told: webhooks that count what arrives, and a mail server that keeps what it is sent. On loopback, no more."""

from __future__ import annotations

import email
import email.policy
import json
import socketserver
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler
from typing import Any, Self
from urllib.parse import unquote

from slo_gen.demo.listening import LoopbackServer

__all__ = ["MailServer", "Message", "Webhooks", "wait_for"]


def wait_for(true: Callable[[], bool], seconds: float = 20) -> None:
    """Look again and again until it is so; an AssertionError when it never was."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


@dataclass(frozen=True)
class Message:
    """One notification: which receiver it was for, and the labels of the alerts in it."""

    receiver: str
    authorization: str
    alerts: tuple[Mapping[str, str], ...]


class Webhooks:
    """Every notification that arrived; the path is the name of the receiver."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        messages = self.messages

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body: Any = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                alerts = tuple(alert["labels"] for alert in body["alerts"])
                messages.append(Message(unquote(self.path[1:]), self.headers.get("Authorization", ""), alerts))
                self.send_response(200)
                self.end_headers()

            def log_message(self, format: str, *args: object) -> None:
                """Counted, not told."""

        self._server = LoopbackServer(Handler, "webhooks")

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.port}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()

    def told(self, **labels: str) -> list[str]:
        """The receivers of each alert with these labels, sorted; one that got it twice is there twice."""
        return sorted(
            message.receiver for message in list(self.messages) for alert in message.alerts
            if all(alert.get(label) == value for label, value in labels.items())
        )


class MailServer:
    """Takes every mail and keeps it."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        mails = self.mails

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                self.wfile.write(b"220 loopback\r\n")
                for line in self.rfile:
                    word = line.strip().upper()[:4]
                    if word == b"DATA":
                        self.wfile.write(b"354 go on\r\n")
                        lines = []
                        for part in self.rfile:
                            if part == b".\r\n":
                                break
                            lines.append(part)
                        mails.append(email.message_from_bytes(b"".join(lines), policy=email.policy.default))
                    self.wfile.write(b"221 bye\r\n" if word == b"QUIT" else b"250 ok\r\n")
                    if word == b"QUIT":
                        return

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
