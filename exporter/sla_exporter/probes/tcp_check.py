"""The exporter's own check of TCP: a connection is taken, TLS is right where it is asked for, a greeting has a text."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final

from sla_exporter.probes.addresses import host_name
from sla_exporter.probes.probe import Seen
from sla_exporter.probes.reaching import NotUpError, Reaching, of_network, within

__all__ = ["Stream", "TcpReader", "certificate_end", "gathered", "opened", "trusting"]

_AT_ONCE: Final = 200
"""How many checks of one reader run at a time; far below what a process may have open."""

_GREETING: Final = 65_536


@dataclass(frozen=True, slots=True)
class Stream:
    """An open connection. ``certificate_ends`` is that of the server's own certificate, in seconds since 1970."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    certificate_ends: int | None


class TcpReader:
    """Subjects are ``host:port`` or ``[address]:port``. ``greeting`` is to be in what the server says of itself; with ``trust`` it is
    asked by TLS. Each check ends after ``seconds``.
    """

    def __init__(self, reaching: Reaching, seconds: float, *, trust: ssl.SSLContext | None = None, greeting: str = "") -> None:
        self._reaching = reaching
        self._seconds = seconds
        self._trust = trust
        self._greeting = greeting.encode()

    async def look(self, subjects: Sequence[str]) -> Mapping[str, Seen]:
        """Check all subjects at once. Raises nothing: whatever goes wrong is said of the subject."""
        return await gathered(subjects, self._check)

    async def _check(self, subject: str) -> Seen:
        host, port = _parts(subject)
        deadline = asyncio.get_running_loop().time() + self._seconds
        async with opened(self._reaching, host, port, deadline, self._trust) as stream:
            if self._greeting:
                async with within(deadline, f"{subject} did not greet with the expected text in time"):
                    await self._greeted(subject, stream.reader)
            return Seen("up", certificate_ends=stream.certificate_ends)

    async def _greeted(self, subject: str, reader: asyncio.StreamReader) -> None:
        said = b""
        while self._greeting not in said:
            if len(said) > _GREETING:
                raise NotUpError("too_large", f"{subject} greets with more than {_GREETING} bytes", down=True)
            part = await reader.read(4096)
            if not part:
                raise NotUpError("text", f"{subject} does not greet with the expected text", down=True)
            said += part


async def gathered(subjects: Sequence[str], check: Callable[[str], Awaitable[Seen]]) -> Mapping[str, Seen]:
    """What a check says of each subject, many at a time."""
    free = asyncio.Semaphore(_AT_ONCE)

    async def one(subject: str) -> Seen:
        async with free:
            try:
                return await check(subject)
            except NotUpError as error:
                return error.seen

    wanted = list(dict.fromkeys(subjects))
    return dict(zip(wanted, await asyncio.gather(*map(one, wanted)), strict=True))


@asynccontextmanager
async def opened(reaching: Reaching, host: str, port: int, deadline: float, trust: ssl.SSLContext | None) -> AsyncIterator[Stream]:
    """A connection to a host, by TLS with ``trust``; it is cut at the end. Raises NotUpError, also for what goes wrong while it is used."""
    connection = await reaching.connected(host, port, deadline)
    try:
        stream = await _stream(connection, host, deadline, trust)
    except BaseException:
        connection.close()
        raise
    try:
        yield stream
    except ssl.SSLError as error:
        raise NotUpError("tls", f"{host} port {port} broke TLS: {error.reason or 'no reason'}", down=True) from None
    except OSError as error:
        raise of_network(error, f"{host} port {port}") from None
    finally:
        stream.writer.transport.abort()


async def _stream(connection: socket.socket, host: str, deadline: float, trust: ssl.SSLContext | None) -> Stream:
    doing = "speak TLS" if trust else "take a connection"
    try:
        async with within(deadline, f"{host} did not {doing} in time"):
            spoken = host_name(host).partition("%")[0] if trust else None
            reader, writer = await asyncio.open_connection(sock=connection, ssl=trust, server_hostname=spoken)
    except ssl.SSLCertVerificationError as error:
        raise NotUpError("tls", f"the certificate of {host} is refused: {error.verify_message}", down=True) from None
    except ssl.SSLError as error:
        raise NotUpError("tls", f"{host} speaks no TLS that will do: {error.reason or 'it broke off'}", down=True) from None
    except OSError as error:
        raise of_network(error, host) from None
    return Stream(reader, writer, certificate_end(writer.get_extra_info("ssl_object")))


def certificate_end(connection: ssl.SSLObject | None) -> int | None:
    """When the server's own certificate ends; None without TLS, and where it was not verified."""
    told = (connection.getpeercert() or {}) if connection is not None else {}
    ends = told.get("notAfter")
    return int(ssl.cert_time_to_seconds(ends)) if isinstance(ends, str) else None


def trusting(authorities: str = "") -> ssl.SSLContext:
    """Who may vouch for servers: those of a file, or those whom all other requests trust too. Raises OSError for a file that is none."""
    import httpx

    context = ssl.create_default_context(cafile=authorities) if authorities else httpx.create_ssl_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def _parts(subject: str) -> tuple[str, int]:
    host, _, port = subject.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        host = ""
    if not host or not (port.isascii() and port.isdigit()) or not 0 < int(port[:6]) < 65_536:
        raise NotUpError("address", f"{subject!r} is no address; it should look like db.example.com:5432", down=False)
    return host, int(port)
