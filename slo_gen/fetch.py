"""One way of asking something over HTTP: a deadline for the whole, a bound on the answer, no redirects.

A time-out of an HTTP library bounds one read; a server that sends a byte now and then keeps such a client for ever.
Here the deadline covers name look-up, connection, headers and body together.
"""

from __future__ import annotations

import os
import zlib
from collections import deque
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from slo_gen.known_secrets import covered, remember

if TYPE_CHECKING:
    import ssl

    import httpx

__all__ = [
    "AddressError", "Credentials", "Fetcher", "Limits", "NoAnswerError", "RequestError", "Response", "TooLargeError", "TooSlowError",
    "trusted",
]  # fmt: skip


class RequestError(Exception):
    """No usable answer came; the text is a sentence for the reader and holds no secret."""

    def __init__(self, text: str) -> None:
        super().__init__(covered(text))


class AddressError(RequestError):
    """The address or the credentials given for it cannot be used."""


class NoAnswerError(RequestError):
    """The server could not be reached or broke off."""


class TooSlowError(RequestError):
    """The whole answer was not there within the deadline."""


class TooLargeError(RequestError):
    """The answer is longer than the bound."""


@dataclass(frozen=True, slots=True)
class Limits:
    """``seconds`` for one request as a whole; ``body`` is the longest answer in bytes after decompression.

    ``per_minute``: no more requests than that are sent in any minute, the others wait; 0 for as many as come.
    """

    seconds: float = 10.0
    body: int = 64 * 1024 * 1024
    per_minute: int = 0


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request carries to be let in. Never part of ``repr``, messages or logs."""

    username: str = ""
    password: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    tenant: str = ""
    header: str = ""                      # the header that carries the token, where it is not Authorization
    scheme: str = "Bearer"                # what stands before the token in Authorization
    organisation: int = 0                 # the number of a Grafana organisation; 0 for the one that the login is in

    def __post_init__(self) -> None:
        remember(self.password, self.token, *([f"{self.username}:{self.password}"] if self.password else []))

    @classmethod
    def from_environment(cls, prefix: str, environment: Mapping[str, str] | None = None) -> Self:
        """Read ``<prefix>_USERNAME``, ``_PASSWORD``, ``_TOKEN`` (or ``_PASSWORD_FILE``, ``_TOKEN_FILE``) and ``_TENANT``.

        Raises AddressError when a file cannot be read, or when both a token and a user name are given.
        """
        values = os.environ if environment is None else environment
        found = cls(
            username=values.get(f"{prefix}_USERNAME", ""),
            password=_secret(values, f"{prefix}_PASSWORD"),
            token=_secret(values, f"{prefix}_TOKEN"),
            tenant=values.get(f"{prefix}_TENANT", ""),
        )
        if found.token and found.username:
            raise AddressError(f"Both {prefix}_TOKEN and {prefix}_USERNAME are set; a request can carry only one of them.")
        return found

    def headers(self) -> dict[str, str]:
        """The request headers; ``tenant`` is sent the way Mimir and Loki expect it, ``organisation`` as Grafana does."""
        headers = {"X-Scope-OrgID": self.tenant} if self.tenant else {}
        if self.organisation:
            headers["X-Grafana-Org-Id"] = str(int(self.organisation))
        if self.token:
            headers[self.header or "Authorization"] = self.token if self.header else f"{self.scheme} {self.token}"
        return headers


@dataclass(frozen=True, slots=True)
class Response:
    """A complete answer. ``media_type`` is lower case and without parameters, and so are the names of ``headers``."""

    status: int
    media_type: str
    body: bytes
    location: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def retry_after(self) -> float | None:
        """Seconds that the server asks to wait, by ``Retry-After`` in seconds or as a date, or by the reset of its limit."""
        return _retry_after(self.headers)

    @property
    def server_time(self) -> int | None:
        """The server's own clock by its ``Date``, in seconds since 1970."""
        return _instant(self.headers.get("date", ""))


class Fetcher:
    """Requests below one base address. Use as ``async with Fetcher(url) as fetcher``.

    ``authorities`` is a file of those who may vouch for the server; "" for the usual ones. Raises AddressError for an address that is not
    http(s) or that carries a password.
    """

    def __init__(
        self, url: str, credentials: Credentials | None = None, limits: Limits | None = None, authorities: str = ""
    ) -> None:
        self.url = checked_address(url)
        self._credentials = credentials or Credentials()
        self._limits = limits or Limits()
        self._authorities = authorities
        self._sent: deque[float] = deque()
        self._client: httpx.AsyncClient | None = None

    @property
    def identity(self) -> str:
        """The address and the tenant, if any: what decides which data is seen. Holds no secret."""
        return f"{self.url} {self._credentials.tenant}".strip()

    async def __aenter__(self) -> Self:
        import httpx

        login = self._credentials
        try:
            self._client = httpx.AsyncClient(
                headers={"Accept": "application/json", "Accept-Encoding": "gzip", **login.headers()},
                auth=(login.username, login.password) if login.username or login.password else None,
                follow_redirects=False,
                timeout=None,
                limits=httpx.Limits(max_connections=None, max_keepalive_connections=20),      # who asks bounds how much at once
                verify=self._vouched(),
            )
        except UnicodeError:
            raise AddressError("The token or tenant has characters that an HTTP header cannot carry.") from None
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    def _vouched(self) -> ssl.SSLContext | bool:
        """Who may vouch for the server. To read all certificates takes longer than a request that needs none."""
        if self.url.lower().startswith("http:"):
            return False
        return trusted(self._authorities) if self._authorities else _usually_trusted(os.environ.get("SSL_CERT_FILE"))

    async def request(
        self, method: str, path: str, form: Mapping[str, str | list[str]] | None = None, json: object = None,
        headers: Mapping[str, str] | None = None,
    ) -> Response:  # fmt: skip
        """Send one request below the base address and read the whole answer.

        ``form`` goes into the query string of a GET and into the body of a POST, ``json`` into a body. ``headers`` come beside those of
        all requests. Raises RequestError.
        """
        import asyncio

        import httpx

        if self._client is None:
            raise RuntimeError("the fetcher is not open")
        parameters: dict[str, object] = {"data" if method == "POST" else "params": form} if form else {}
        if json is not None:
            parameters["json"] = json
        if headers:
            parameters["headers"] = headers
        seconds = self._limits.seconds
        await self._wait_for_turn()
        try:
            async with (
                asyncio.timeout(seconds),
                self._client.stream(method, self.url + path, **parameters) as response,  # type: ignore[arg-type]
            ):
                return replace(_begun(response), body=await self._body(response))
        except TimeoutError:
            raise TooSlowError(f"{self.url} did not answer {path} within {seconds:g} seconds.") from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise AddressError(f"{self.url} is not an address that can be asked.") from None
        except httpx.HTTPError as error:
            raise NoAnswerError(f"{self.url} could not be reached: {_reason(error)}.") from None

    @asynccontextmanager
    async def lines(self, method: str, path: str, json: object, idle: float) -> AsyncIterator[tuple[Response, AsyncIterator[bytes]]]:
        """Send a request whose answer goes on line after line; what came first of it, without a body, and the lines.

        The deadline is for the beginning of the answer; afterwards ``idle`` seconds may pass without a byte. A line is bounded as a body
        is. Raises RequestError, also while lines are read, and where the answer ends.
        """
        import asyncio

        import httpx

        if self._client is None:
            raise RuntimeError("the fetcher is not open")
        await self._wait_for_turn()
        try:
            request = self._client.build_request(method, self.url + path, json=json)
            async with asyncio.timeout(self._limits.seconds):
                response = await self._client.send(request, stream=True)
            try:
                yield _begun(response), self._lines(response, idle)
            finally:
                await response.aclose()
        except TimeoutError:
            raise TooSlowError(f"{self.url} did not answer {path} within {self._limits.seconds:g} seconds.") from None
        except httpx.HTTPError as error:
            raise NoAnswerError(f"{self.url} could not be reached: {_reason(error)}.") from None

    async def _lines(self, response: httpx.Response, idle: float) -> AsyncIterator[bytes]:
        import asyncio

        parts = response.aiter_bytes()
        left = b""
        while True:
            try:
                async with asyncio.timeout(idle):
                    left += await anext(parts)
            except StopAsyncIteration:
                raise NoAnswerError(f"{self.url} ended its answer, which was to go on.") from None
            except TimeoutError:
                raise TooSlowError(f"{self.url} sent nothing for {idle:g} seconds.") from None
            *whole, left = left.split(b"\n")
            if any(len(line) > self._limits.body for line in (*whole, left)):
                raise TooLargeError(f"{self.url} sent a line of more than {self._limits.body} bytes.")
            for line in whole:
                if line.strip():
                    yield line

    async def _wait_for_turn(self) -> None:
        import asyncio
        from time import monotonic

        if not self._limits.per_minute:
            return
        while self._sent and self._sent[0] <= monotonic() - 60:
            self._sent.popleft()
        if len(self._sent) >= self._limits.per_minute:
            await asyncio.sleep(max(0.0, self._sent.popleft() + 60 - monotonic()))
        self._sent.append(monotonic())

    async def _body(self, response: httpx.Response) -> bytes:
        """The body, unpacked bit by bit: what a small answer unpacks to may be larger than the memory there is."""
        encoding = response.headers.get("content-encoding", "").strip().lower()
        if encoding not in ("", "identity", "gzip", "x-gzip"):
            raise NoAnswerError(f"{self.url} packed its answer in a way that was not asked for.")
        packed = zlib.decompressobj(16 + zlib.MAX_WBITS) if encoding.endswith("gzip") else None
        parts: list[bytes] = []
        left = self._limits.body
        async for raw in response.aiter_raw(65536):
            try:
                part = packed.decompress(raw, left + 1) if packed else raw
            except zlib.error:
                raise NoAnswerError(f"{self.url} says that its answer is gzip, and it is not.") from None
            left -= len(part)
            if left < 0:
                raise TooLargeError(f"{self.url} answered with more than {self._limits.body} bytes; the rest was not read.")
            parts.append(part)
        if packed and not packed.eof:
            raise NoAnswerError(f"{self.url} broke off in the middle of its answer.")
        return b"".join(parts)


def _begun(response: httpx.Response) -> Response:
    """An answer of which the body is still to come."""
    return Response(
        status=response.status_code,
        media_type=response.headers.get("content-type", "").split(";")[0].strip().lower(),
        body=b"",
        location=response.headers.get("location", ""),
        headers={name.lower(): value for name, value in response.headers.items()},
    )


@cache
def _usually_trusted(_named: str | None) -> ssl.SSLContext:
    """One for all fetchers, as long as the environment names the same file: each takes some hundred kilobytes."""
    return trusted()


def trusted(authorities: str = "") -> ssl.SSLContext:
    """Who may vouch for servers: those of a file in PEM, or the usual ones. Raises AddressError where the file cannot be used."""
    import ssl

    import httpx

    if not authorities:
        return httpx.create_ssl_context()
    try:
        return ssl.create_default_context(cafile=authorities)
    except (OSError, ValueError):
        raise AddressError(f"The file {authorities} has no certificates of authorities, or cannot be read.") from None


def checked_address(url: str) -> str:
    """The address without a trailing slash. Raises AddressError; the message never repeats a password."""
    try:
        parts = urlsplit(url)
        host, user, _ = parts.hostname, parts.username, parts.port
    except ValueError:
        raise AddressError("The address cannot be read; it should look like http://prometheus:9090.") from None
    if user is not None or "@" in parts.netloc:
        raise AddressError(
            "The address holds a user name or password, which other users of this machine could see. "
            "Leave it out and set it in the environment."
        )
    if parts.scheme not in ("http", "https") or not host:
        raise AddressError(f"{url!r} is not an address; it should look like http://prometheus:9090.")
    if parts.query or parts.fragment:
        raise AddressError(f"{url!r} has a query; give only the address, as in http://prometheus:9090.")
    return url.rstrip("/")


def _retry_after(headers: Mapping[str, str]) -> float | None:
    asked = headers.get("retry-after", "").strip()
    if asked.isdigit():
        return float(asked)
    until, now = _instant(asked), _instant(headers.get("date", ""))
    if until is not None:
        return max(0.0, float(until - now)) if now is not None else None
    reset = headers.get("x-ratelimit-reset", "").strip()
    if headers.get("x-ratelimit-remaining", "").strip() == "0" and reset.isdigit() and now is not None:
        return max(0.0, float(int(reset) - now))
    return None


def _instant(text: str) -> int | None:
    """The instant of a date as HTTP writes it."""
    from email.utils import parsedate_to_datetime

    try:
        return int(parsedate_to_datetime(text).timestamp()) if text else None
    except (ValueError, OverflowError):
        return None


def _secret(values: Mapping[str, str], name: str) -> str:
    file = values.get(f"{name}_FILE", "")
    if not file:
        return values.get(name, "")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeError):
        raise AddressError(f"The file that {name}_FILE names cannot be read: {file}") from None


def _reason(error: Exception) -> str:
    text = str(error).strip().rstrip(".")
    return text or type(error).__name__
