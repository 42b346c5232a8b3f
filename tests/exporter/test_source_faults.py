"""What every source that speaks HTTP does when its system misbehaves: nothing is read, the reason is told, the place stays."""

from __future__ import annotations

import asyncio
import gzip
import socket
import zlib
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest
from api_server import Api, Told, api, reader
from sla_exporter.sources.source import SourceError

from slo_gen.fetch import Credentials, Fetcher, Limits

SECRET = "c0ffee-secret-c0ffee"

DOCUMENTS: Mapping[str, Any] = {
    "redmine": {}, "request_tracker": {}, "jira": {}, "servicenow": {}, "zendesk": {}, "github": {"repository": "acme/shop"},
}  # fmt: skip


@pytest.fixture
def server() -> Iterator[Api]:
    with api() as found:
        yield found


@pytest.fixture(params=sorted(DOCUMENTS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def failure(server: Api, kind: str, seconds: float = 5.0) -> SourceError:
    """The error of reading from the beginning."""
    source = reader({kind: {"url": server.url, **DOCUMENTS[kind]}}, Credentials(token=SECRET), seconds)

    async def go() -> SourceError:
        try:
            await source.read("")
        except SourceError as error:
            return error
        finally:
            await source.close()
        raise AssertionError("it was read")

    return asyncio.run(go())


@pytest.mark.parametrize(("told", "reason"), [
    (Told(b"<html><title>Please log in</title></html>"), "not_json"),
    (Told({}, 401), "auth"),
    (Told({}, 403), "forbidden"),
    (Told({}, 500), "server"),
    (Told({}, 503), "server"),
    (Told({}, 302, {"Location": "https://login.example.com/"}), "not_json"),
    (Told({"something": "else"}), "schema"),
    (Told([{"number": "not a number"}]), "schema"),
    (Told(b"nothing", headers={"Content-Type": "application/json"}), "not_json"),
    (Told({}, 429, {"Retry-After": "17"}), "rate_limited"),
])  # fmt: skip
def test_what_is_no_answer_is_an_error_with_its_reason(server: Api, kind: str, told: Told, reason: str) -> None:
    server.fault = lambda asked: told
    error = failure(server, kind)
    assert error.reason == reason, error
    assert SECRET not in str(error)
    assert error.retry_after == (17 if reason == "rate_limited" else None)


def test_retry_after_may_be_a_date(server: Api) -> None:
    server.now = 1_700_000_000
    server.fault = lambda asked: Told({}, 429, {"Retry-After": "Tue, 14 Nov 2023 22:14:20 GMT"})
    assert failure(server, "zendesk").retry_after == 60


def test_a_limit_that_is_told_by_what_is_left_is_waited_for(server: Api) -> None:
    server.now = 1_700_000_000
    server.fault = lambda asked: Told({}, 403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1700000090"})
    error = failure(server, "github")
    assert (error.reason, error.retry_after) == ("rate_limited", 90)


def test_an_answer_that_drips_ends_with_its_time(server: Api, kind: str) -> None:
    server.fault = lambda asked: Told({"a": "b" * 400}, drip=0.05)
    assert failure(server, kind, seconds=0.5).reason == "timeout"


def test_an_answer_that_does_not_end_is_cut_off(server: Api, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sla_exporter.sources.source.Limits", lambda seconds, per_minute: Limits(seconds, 1_000_000, per_minute))
    server.fault = lambda asked: Told(b" " * 65536, headers={"Content-Type": "application/json"}, endless=True)
    assert failure(server, kind).reason == "too_large"


PACKED = {"Content-Type": "application/json", "Content-Encoding": "gzip"}


def test_an_answer_that_unpacks_to_more_than_memory_is_cut_off(server: Api, kind: str) -> None:
    """A hundred kilobytes that hold a hundred megabytes."""
    server.fault = lambda asked: Told(_bomb(100), headers=PACKED)
    assert failure(server, kind, seconds=30).reason == "too_large"


@pytest.mark.parametrize("told", [
    Told(gzip.compress(gzip.compress(b"[]")), headers={**PACKED, "Content-Encoding": "gzip, gzip"}),
    Told(zlib.compress(b"[]"), headers={**PACKED, "Content-Encoding": "deflate"}),
    Told(b"[]", headers=PACKED),
    Told(gzip.compress(b"[" + b" " * 100_000)[:40], headers=PACKED),
], ids=["twice", "otherwise", "not at all", "half"])  # fmt: skip
def test_an_answer_that_is_not_packed_as_was_asked_is_none(server: Api, kind: str, told: Told) -> None:
    server.fault = lambda asked: told
    assert failure(server, kind).reason == "unreachable"


def test_an_answer_may_be_packed(server: Api) -> None:
    server.answer = lambda asked: Told(gzip.compress(b'{"a": 1}'), headers=PACKED)

    async def go() -> bytes:
        async with Fetcher(server.url) as fetcher:
            return (await fetcher.request("GET", "/")).body

    assert asyncio.run(go()) == b'{"a": 1}'
    assert server.asked[0].headers["accept-encoding"] == "gzip"


@cache
def _bomb(megabytes: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    zeros = bytes(1 << 20)
    return b"".join(packer.compress(zeros) for _ in range(megabytes)) + packer.flush()


@pytest.mark.parametrize("kind", ["github", "servicenow", "zendesk"])
def test_an_answer_that_does_not_say_when_it_was_given_is_none(server: Api, kind: str) -> None:
    rows: dict[str, Any] = {"result": [], "user": {"id": 1, "role": "admin"}, "groups": [], "tickets": [], "after_cursor": "c",
                            "end_of_stream": True, "full_name": "acme/shop"}  # fmt: skip
    server.answer = lambda asked: Told([] if asked.path.endswith("/issues") else rows, dated=False)
    error = failure(server, kind)
    assert (error.reason, "does not say when it was given" in str(error)) == ("schema", True)


def test_a_system_that_is_not_there_is_unreachable(kind: str) -> None:
    with api() as server:
        url = server.url
    server.url = url
    assert failure(server, kind).reason == "unreachable"


def test_a_name_that_nobody_knows_is_unreachable(server: Api, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    server.url = "http://desk.example:8080"
    assert failure(server, kind).reason == "unreachable"


def test_no_more_is_asked_in_a_minute_than_may_be(server: Api) -> None:
    server.answer = lambda asked: Told({})

    async def go() -> float:
        loop = asyncio.get_running_loop()
        async with Fetcher(server.url, limits=Limits(per_minute=3)) as fetcher:
            for _ in range(3):
                await fetcher.request("GET", "/")
            begun = loop.time()
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.3):
                    await fetcher.request("GET", "/")
            return loop.time() - begun

    asyncio.run(go())
    assert len(server.asked) == 3
