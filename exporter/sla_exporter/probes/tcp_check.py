"""The exporter's own check of TCP: a connection is taken, TLS is right where it is asked for, a greeting has a text."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache
from typing import ClassVar, Final

from sla_exporter.probes.addresses import AddressPolicy, host_name
from sla_exporter.probes.probe import Answer, ProbeSettings, Seen, one_by_one
from sla_exporter.probes.reaching import LookUp, NotUpError, Reaching, of_network, system_look_up, within
from sla_exporter.sources.source import SourceError
from slo_gen.fetch import AddressError, trusted

__all__ = ["Stream", "TcpReader", "certificate_end", "checked", "host_and_port", "opened", "trusting"]

_GREETING: Final = 65_536


@dataclass(frozen=True, slots=True)
class Stream:
    """An open connection. ``certificate_ends`` is that of the server's own certificate, in seconds since 1970."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter
    certificate_ends: int | None


class TcpReader:
    """Subjects are ``host:port`` or ``[address]:port``; ``look_up`` tells the addresses of a host."""

    experimental: ClassVar[bool] = False

    def __init__(self, settings: ProbeSettings, look_up: LookUp = system_look_up) -> None:
        document = settings.document.tcp
        assert document, "the registry knows which kind it is"
        self._reaching = Reaching(AddressPolicy.allowing(document.allow), look_up)
        self._seconds = settings.seconds
        self._at_once = settings.at_once
        self._authorities = settings.document.authorities_file or ""
        self._tls = document.tls
        self._trust: ssl.SSLContext | None = None
        self._greeting = (document.greeting or "").encode()

    async def look(self, subjects: Sequence[str]) -> Mapping[str, Answer]:
        """Check all subjects. Raises SourceError where the file of authorities cannot be read; all else is said of the subject."""
        if self._tls and self._trust is None:
            self._trust = trusting(self._authorities)
        return await checked(subjects, self._check, self._at_once)

    async def close(self) -> None:
        """Nothing is kept open."""

    async def _check(self, subject: str) -> Seen:
        host, port = host_and_port(subject)
        deadline = asyncio.get_running_loop().time() + self._seconds
        async with opened(self._reaching, host, port, deadline, self._trust) as stream:
            try:
                async with within(deadline, f"{subject} did not greet with the expected text in time"):
                    await self._greeted(subject, stream.reader)
            except NotUpError as error:
                return replace(error.seen, certificate_ends=stream.certificate_ends)
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


async def checked(subjects: Sequence[str], check: Callable[[str], Awaitable[Seen]], at_once: int) -> Mapping[str, Answer]:
    """What a check says of each subject, ``at_once`` at a time."""

    async def one(subject: str) -> Seen:
        try:
            return await check(subject)
        except NotUpError as error:
            return error.seen

    return await one_by_one(list(dict.fromkeys(subjects)), one, at_once)


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
    """Who may vouch for servers: those of a file, or those whom all other requests trust. Raises SourceError for a file that is none."""
    return _trusting(authorities) if authorities else _usually_trusting()


@cache
def _usually_trusting() -> ssl.SSLContext:
    """One for all readers: each takes some hundred kilobytes."""
    return _trusting("")


def _trusting(authorities: str) -> ssl.SSLContext:
    try:
        context = trusted(authorities)
    except AddressError as error:
        raise SourceError("auth", str(error)) from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    return context


def host_and_port(subject: str) -> tuple[str, int]:
    """The parts of a subject. Raises NotUpError."""
    host, _, port = subject.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        host = ""
    if not host or not (port.isascii() and port.isdigit()) or not 0 < int(port[:6]) < 65_536:
        raise NotUpError("address", f"{subject!r} is no address; it should look like db.example.com:5432", down=False)
    return host, int(port)
