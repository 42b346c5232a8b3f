"""The exporter's own check of HTTP: one GET, its status, its text, the end of the server's certificate.

Redirects are not followed. The whole answer has to be there by the deadline, and below a bound; what is endless is down. Everything
finer is a matter of blackbox_exporter.
"""

from __future__ import annotations

import asyncio
import codecs
import ssl
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from importlib.metadata import version
from typing import ClassVar, Final
from urllib.parse import quote, urlsplit

import h11

from sla_exporter.probes.addresses import AddressPolicy, host_name
from sla_exporter.probes.probe import Answer, ProbeSettings, Seen
from sla_exporter.probes.reaching import LookUp, NotUpError, Reaching, system_look_up, within
from sla_exporter.probes.tcp_check import Stream, checked, opened, trusting

__all__ = ["Asked", "Expected", "HttpReader", "asked_for"]

_PART: Final = 16_384
"""How much of an answer is taken apart before others get their turn: in tiny pieces it is a tenth of a second's work."""

_MOST_INTERIM: Final = 20
"""Answers before the answer; a server that sends them without end says nothing."""

_LONGEST_HEAD: Final = 65_536


@dataclass(frozen=True, slots=True)
class Expected:
    """What makes an answer a good one. ``statuses`` are numbers, none for all from 200 to 299; ``body`` is the bound on its length in
    bytes once it is unpacked.
    """

    statuses: frozenset[int] = frozenset()
    contains: str = ""
    lacks: str = ""
    body: int = 10_000_000

    def status(self, number: int) -> bool:
        """Whether a status is one of them."""
        return number in self.statuses if self.statuses else 200 <= number < 300


class HttpReader:
    """Subjects are addresses as ``https://shop.example.com/health``; ``look_up`` tells the addresses of a host."""

    experimental: ClassVar[bool] = False

    def __init__(self, settings: ProbeSettings, look_up: LookUp = system_look_up) -> None:
        document = settings.document.http
        assert document, "the registry knows which kind it is"
        self._reaching = Reaching(AddressPolicy.allowing(document.allow), look_up)
        self._seconds = settings.seconds
        self._at_once = settings.at_once
        self._expected = Expected(frozenset(document.status), document.contains or "", document.lacks or "", document.longest)
        self._authorities = settings.document.authorities_file or ""
        self._trust: ssl.SSLContext | None = None

    async def look(self, subjects: Sequence[str]) -> Mapping[str, Answer]:
        """Check all subjects. Raises SourceError where the file of authorities cannot be read; all else is said of the subject."""
        if self._trust is None and any(subject[:6].lower() == "https:" for subject in subjects):
            self._trust = trusting(self._authorities)
        return await checked(subjects, self._check, self._at_once)

    async def close(self) -> None:
        """Nothing is kept open."""

    async def _check(self, subject: str) -> Seen:
        asked = asked_for(subject)
        deadline = asyncio.get_running_loop().time() + self._seconds
        trust = self._trust if asked.secure else None
        async with opened(self._reaching, asked.host, asked.port, deadline, trust) as stream:
            try:
                async with within(deadline, f"{asked.shown} did not answer completely within {self._seconds:g} seconds"):
                    await _ask(stream, asked, self._expected)
            except NotUpError as error:
                return replace(error.seen, certificate_ends=stream.certificate_ends)
            return Seen("up", certificate_ends=stream.certificate_ends)


@dataclass(frozen=True, slots=True)
class Asked:
    """A subject, taken apart. ``authority`` and ``target`` are as HTTP writes them."""

    shown: str                            # the subject without its query, which may hold a secret
    host: str
    port: int
    secure: bool
    authority: str
    target: str


def asked_for(subject: str) -> Asked:
    """What is asked for of which host. Raises NotUpError; the text never repeats a password."""
    wrong = NotUpError("address", "the subject is no address; it should look like https://shop.example.com/health", down=False)
    try:
        parts = urlsplit(subject)
        host, port, secure = parts.hostname or "", parts.port, parts.scheme == "https"
        name = host_name(host)
        path = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._")
        query = f"?{quote(parts.query, safe=_QUERY)}" if parts.query else ""
    except ValueError:
        raise wrong from None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc or port == 0:
        raise wrong
    shown = f"[{name.partition('%')[0]}]" if ":" in name else name
    usual = 443 if secure else 80
    authority = shown if port in (None, usual) else f"{shown}:{port}"
    return Asked(f"{parts.scheme}://{authority}{path}", host, port or usual, secure, authority, path + query)


_QUERY: Final = "/?%:@!$&'()*+,;=~-._[]"


async def _ask(stream: Stream, asked: Asked, expected: Expected) -> None:
    """Ask, and hold the answer against what is expected. Raises NotUpError, and OSError."""
    try:
        talk = h11.Connection(h11.CLIENT, max_incomplete_event_size=_LONGEST_HEAD)
        stream.writer.write(talk.send(h11.Request(method="GET", target=asked.target, headers=[
            ("Host", asked.authority), ("User-Agent", _agent()), ("Accept", "*/*"),
            ("Accept-Encoding", "identity"), ("Connection", "close"),
        ])) or b"")  # fmt: skip
        talk.send(h11.EndOfMessage())
        await stream.writer.drain()
        await _answer(stream, talk, asked.shown, expected)
    except h11.RemoteProtocolError as error:
        raise NotUpError("protocol", f"{asked.shown} answers with what is no HTTP: {error}", down=True) from None
    except h11.LocalProtocolError:
        raise NotUpError("address", f"{asked.shown} cannot be asked by HTTP", down=False) from None


async def _answer(stream: Stream, talk: h11.Connection, subject: str, expected: Expected) -> None:
    unpacked: Callable[[bytes], bytes] = _as_it_is
    charset, body, length, interim = "utf-8", list[bytes](), 0, 0
    keep = bool(expected.contains or expected.lacks)
    while True:
        event = talk.next_event()
        if event is h11.NEED_DATA:
            talk.receive_data(await stream.reader.read(_PART))
            await asyncio.sleep(0)
        elif isinstance(event, h11.InformationalResponse):
            interim += 1
            if interim > _MOST_INTERIM:
                raise NotUpError("protocol", f"{subject} answers with {interim} interim answers, and more", down=True)
        elif isinstance(event, h11.Response):
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in event.headers}
            if not expected.status(event.status_code):
                raise NotUpError("status", _told(subject, event.status_code, headers), down=True)
            charset = _charset(headers.get("content-type", ""))
            unpacked = _unpacking(headers.get("content-encoding", ""), subject, expected.body + 1)
        elif isinstance(event, h11.Data):
            part = unpacked(bytes(event.data))
            length += len(part)
            if length > expected.body:
                raise NotUpError("too_large", f"{subject} answers with more than {expected.body} bytes", down=True)
            if keep:
                body.append(part)
        elif isinstance(event, h11.EndOfMessage):
            break
        elif event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
            raise NotUpError("closed", f"{subject} broke off before it answered", down=True)
    text = b"".join(body).decode(charset, "replace")
    if expected.contains and expected.contains not in text:
        raise NotUpError("text", f"{subject} answers without the expected text", down=True)
    if expected.lacks and expected.lacks in text:
        raise NotUpError("text", f"{subject} answers with the text that it must not have", down=True)


def _told(subject: str, status: int, headers: Mapping[str, str]) -> str:
    if 300 <= status < 400 and headers.get("location"):
        return f"{subject} answers {status} and sends on elsewhere, which is not followed; probe that address, or expect the status"
    return f"{subject} answers {status}"


@cache
def _agent() -> str:
    return f"sla-exporter/{version('slo-gen')}"


_CHARSETS: Final = frozenset({
    "utf-8", "ascii", "iso8859-1", "iso8859-2", "iso8859-15", "cp1250", "cp1251", "cp1252", "koi8-r", "utf-16", "shift_jis", "euc_jp",
    "gb2312", "gbk", "gb18030", "big5", "euc_kr",
})  # fmt: skip
"""Those of pages. Python knows others, of which some take minutes for a page made for that."""


def _charset(content_type: str) -> str:
    try:
        named = codecs.lookup(content_type.lower().partition("charset=")[2].partition(";")[0].strip(" \"'")).name
    except (LookupError, ValueError):
        return "utf-8"
    return named if named in _CHARSETS else "utf-8"


def _as_it_is(part: bytes) -> bytes:
    return part


def _unpacking(encoding: str, subject: str, most: int) -> Callable[[bytes], bytes]:
    """How parts of a body become plain: packed ones were not asked for, but come. No more than ``most`` comes out of one part."""
    match encoding.strip().lower():
        case "" | "identity":
            return _as_it_is
        case "gzip" | "x-gzip" | "deflate" as kind:
            unpacker = zlib.decompressobj(zlib.MAX_WBITS if kind == "deflate" else zlib.MAX_WBITS | 16)
        case other:
            raise NotUpError("protocol", f"{subject} answers packed as {other[:20]!r}, which was not asked for", down=True)

    def unpack(part: bytes) -> bytes:
        try:
            return unpacker.decompress(part, most)
        except zlib.error:
            raise NotUpError("protocol", f"{subject} answers packed, and cannot be unpacked", down=True) from None

    return unpack
