"""A server on loopback that answers as the API of Icinga 2 does: objects, and a stream of events that can be cut."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from typing import Any
from urllib.parse import unquote


class IcingaServer:
    """``objects`` are attributes by subject. ``status`` other than 200 is the answer to everything."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self.status = 200
        self.asked: list[str] = []
        self.questions: list[Mapping[str, Any]] = []
        self.url = ""
        self._streams: set[asyncio.StreamWriter] = set()
        self._arrived = asyncio.Event()

    def found(self, subject: str, state: int, at: float, *, since: float, hard: int | None = None, depth: int = 0) -> None:
        """What the last check of a subject found."""
        self.objects[subject] = {
            "state": float(state), "last_hard_state": float(state if hard is None else hard), "last_state_change": since,
            "last_hard_state_change": since, "downtime_depth": float(depth), "last_check_result": {"execution_end": at},
        }  # fmt: skip

    def checked(self, subject: str, state: int, at: float, *, soft: bool = False, depth: int = 0, change: bool = False) -> None:
        """Tell of a check."""
        host, _, service = subject.partition("!")
        result = {"execution_end": at, "state": state, "vars_after": {"state": float(state), "state_type": float(not soft)}}
        event = {"type": "CheckResult", "timestamp": at + 0.001, "host": host, "check_result": result, "downtime_depth": depth}
        if service:
            event["service"] = service
        self.say(event)
        if change:
            self.say({**event, "type": "StateChange", "state": float(state), "state_type": float(not soft)})

    def downtime(self, kind: str, subject: str, at: float) -> None:
        """Tell of a downtime that started or was removed."""
        host, _, service = subject.partition("!")
        self.say({"type": kind, "timestamp": at, "downtime": {"host_name": host, "service_name": service, "fixed": True}})

    def say(self, event: Mapping[str, Any] | bytes) -> None:
        """Send a line to whoever listens."""
        line = event if isinstance(event, bytes) else json.dumps(event).encode()
        for writer in self._streams:
            writer.write(b"%x\r\n%s\n\r\n" % (len(line) + 1, line))

    def cut(self) -> None:
        """Break all streams."""
        for writer in self._streams:
            writer.transport.abort()
        self._streams.clear()
        self._arrived.clear()

    async def listened_to(self) -> None:
        """Wait until somebody listens."""
        async with asyncio.timeout(10):
            await self._arrived.wait()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError, asyncio.IncompleteReadError):
            while True:
                await self._answer(reader, writer)

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        method, target, _ = head.split("\r\n")[0].split(" ")
        path = target.partition("?")[0]
        length = next((int(line.split(":")[1]) for line in head.lower().split("\r\n") if line.startswith("content-length:")), 0)
        body = await reader.readexactly(length)
        self.asked.append(f"{method} {path}")
        if self.status == 200 and path == "/v1/events":
            self.questions.append(json.loads(body))
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
            self._streams.add(writer)
            self._arrived.set()
            await reader.read()
            return
        kind, _, one = path.removeprefix("/v1/objects/").partition("/")
        of_kind = {name: found for name, found in self.objects.items() if ("!" in name) == (kind == "services")}
        wanted = {name: found for name, found in of_kind.items() if not one or name == unquote(one)}
        status = self.status if self.status != 200 or wanted or not one else 404
        answer = json.dumps({"results": [{"name": name, "attrs": found} for name, found in wanted.items()]}).encode()
        writer.write(b"HTTP/1.1 %d X\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % (status, len(answer)) + answer)
        await writer.drain()


@asynccontextmanager
async def icinga() -> AsyncIterator[IcingaServer]:
    found = IcingaServer()
    server = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield found
    finally:
        found.cut()
        server.close()
