"""The exporter's own check of HTTP: what is up, whose fault it is when it is not, and where it ends."""

from __future__ import annotations

import asyncio
import re
import socket
import ssl
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import trustme
from api_server import probe_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from odd_servers import (
    Serve,
    answering,
    bomb,
    breaking,
    continuing,
    dripping,
    endless,
    endless_head,
    page,
    serving,
    silent,
)
from sla_exporter.probes.http_check import HttpReader, asked_for
from sla_exporter.probes.probe import Seen
from sla_exporter.probes.reaching import Address, LookUp, NotUpError
from sla_exporter.sources.source import SourceError


def at_loopback(host: str, port: int) -> Sequence[Address]:
    return [Address(socket.AF_INET, ("127.0.0.1", port))]


def check(
    serve: Serve, expected: Mapping[str, Any] | None = None, *, url: str = "http://127.0.0.1:{port}/health?key=s3cret",
    tls: ssl.SSLContext | None = None, authorities: str = "", look_up: LookUp = at_loopback, host: str = "127.0.0.1", seconds: float = 5.0,
) -> Seen:  # fmt: skip
    document = {"http": dict(expected or {}), **({"authorities_file": authorities} if authorities else {})}

    async def story() -> Seen:
        async with serving(serve, tls, host) as port:
            subject = url.format(port=port)
            found = (await HttpReader(probe_settings(document, seconds=seconds), look_up).look([subject]))[subject]
            assert isinstance(found, Seen)
            return found

    return asyncio.run(story())


def test_a_page_is_up() -> None:
    assert check(answering(page())) == Seen("up")


def test_the_request_is_one_that_servers_understand() -> None:
    asked: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.write(page())
        await writer.drain()

    assert check(serve, url="http://Bücher.example:{port}/a b/%C3%A4?q=ü&x=[1]#part").state == "up"
    first, *headers = asked[0].decode().lower().split("\r\n")
    assert first == "get /a%20b/%c3%a4?q=%c3%bc&x=[1] http/1.1"
    assert any(each.startswith("host: xn--bcher-kva.example:") for each in headers)
    assert {"accept-encoding: identity", "connection: close"} <= set(headers)


@pytest.mark.parametrize(
    ("answer", "expected", "reason"),
    [
        (page(status="503 Service Unavailable"), {}, "status"),
        (page(status="302 Found"), {}, "status"),
        (page(status="204 No Content"), {"status": [200]}, "status"),
        (page(status="404 Not Found"), {"status": [404]}, None),
        (page(b"all is well"), {"contains": "is well"}, None),
        (page(b"all is lost"), {"contains": "is well"}, "text"),
        (page(b"out of order"), {"lacks": "out of order"}, "text"),
        (page("schön".encode("latin-1"), "200 OK", "Content-Type: text/plain; charset=ISO-8859-1"), {"contains": "schön"}, None),
        (page(b"xn--" + b"a" * 1000, "200 OK", "Content-Type: text/plain; charset=punycode"), {"contains": "aaa"}, None),
        (page(b"x" * 101), {"longest": 100}, "too_large"),
        (page(b"x" * 100), {"longest": 100}, None),
        (page(b"packed", "200 OK", "Content-Encoding: gzip"), {}, "protocol"),
        (page(b"packed", "200 OK", "Content-Encoding: br"), {}, "protocol"),
        (page()[:-3], {}, "protocol"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", {}, "protocol"),
        (b"HTTP/1.1 200 OK\r\n\r\nuntil it closes", {"contains": "closes"}, None),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nwhole\r\n0\r\n\r\n", {"contains": "whole"}, None),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhalf", {}, "protocol"),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n" + page(), {}, None),
        (b"", {}, "protocol closed"),
    ],
)  # fmt: skip
def test_status_and_text_decide(answer: bytes, expected: dict[str, Any], reason: str | None) -> None:
    found = check(answering(answer), expected)
    assert (found.state, found.reason in (reason or "").split() if reason else found.reason is None) == ("down" if reason else "up", True)
    assert "s3cret" not in found.detail


@pytest.mark.parametrize(
    ("serve", "reasons"),
    [(silent, "timeout"), (dripping, "timeout"), (endless_head, "protocol"), (continuing, "protocol"), (breaking, "protocol closed")],
)
def test_a_server_that_never_answers_is_down_at_the_deadline(serve: Serve, reasons: str) -> None:
    found = check(serve, seconds=0.3)
    assert (found.state, found.reason in reasons.split()) == ("down", True), found


@pytest.mark.parametrize("serve", [endless, bomb()])
def test_what_is_endless_ends_at_the_bound(serve: Serve) -> None:
    found = check(serve, {"contains": "x!", "longest": 1_000_000})
    assert (found.state, found.reason) == ("down", "too_large")


def test_a_silent_server_is_down_also_where_tls_is_expected() -> None:
    found = check(silent, url="https://127.0.0.1:{port}/", seconds=0.3)
    assert (found.state, found.reason, found.detail) == ("down", "timeout", "127.0.0.1 did not speak TLS in time")


def test_many_are_checked_at_once_and_one_that_hangs_keeps_none() -> None:
    async def story() -> dict[str, str]:
        async with serving(answering(page())) as good, serving(silent) as bad:
            reader = HttpReader(probe_settings({"http": {}}, seconds=0.5), at_loopback)
            subjects = [f"http://127.0.0.1:{bad if number % 10 == 0 else good}/{number}" for number in range(100)]
            found = await reader.look([*subjects, subjects[0]])
            return {subject: each.state for subject, each in found.items() if isinstance(each, Seen)}

    states = list(asyncio.run(story()).values())
    assert states == ["down" if number % 10 == 0 else "up" for number in range(100)]


# --- TLS -----------------------------------------------------------------------------------------------------------

AUTHORITY = trustme.CA()


def certified(*names: str, ends: datetime | None = None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    AUTHORITY.issue_cert(*names, not_before=datetime(2020, 1, 1, tzinfo=UTC), not_after=ends).configure_cert(context)
    return context


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("authorities") / "ours.pem"
    AUTHORITY.cert_pem.write_to_path(str(file))
    return str(file)


def test_tls_is_verified_against_the_name_and_tells_when_the_certificate_ends(authorities: str) -> None:
    ends = datetime(2040, 5, 6, 7, 8, 9, tzinfo=UTC)
    secure = certified("shop.example", ends=ends)
    found = check(answering(page()), url="https://shop.example:{port}/", tls=secure, authorities=authorities)
    assert found == Seen("up", certificate_ends=int(ends.timestamp()))
    down = check(answering(page(status="500 Oh")), url="https://shop.example:{port}/", tls=secure, authorities=authorities)
    assert down == Seen("down", certificate_ends=int(ends.timestamp()), reason="status")


@pytest.mark.parametrize(
    ("names", "ends", "known"),
    [
        (("other.example",), None, True), (("127.0.0.1",), None, True), (("shop.example",), datetime(2021, 1, 1, tzinfo=UTC), True),
        (("shop.example",), None, False),
    ],
)  # fmt: skip
def test_a_certificate_that_customers_would_not_take_is_down(
    names: tuple[str, ...], ends: datetime | None, known: bool, authorities: str
) -> None:
    secure = certified(*names, ends=ends)
    found = check(answering(page()), url="https://shop.example:{port}/", tls=secure, authorities=authorities if known else "")
    assert (found.state, found.reason) == ("down", "tls")
    assert "certificate of shop.example is refused" in found.detail


def test_a_file_of_authorities_that_is_none_is_an_error_and_says_nothing_of_subjects(tmp_path: Path) -> None:
    (tmp_path / "none.pem").write_text("no certificates")
    for name in ("none.pem", "missing.pem"):
        with pytest.raises(SourceError) as caught:
            check(silent, authorities=str(tmp_path / name), url="https://127.0.0.1:{port}/")
        assert caught.value.reason == "auth"


def test_a_server_that_speaks_no_tls_is_down() -> None:
    found = check(answering(page()), url="https://127.0.0.1:{port}/", seconds=0.3)
    assert (found.state, found.reason) in [("down", "tls"), ("down", "closed"), ("down", "timeout")]


# --- subjects and hostile answers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "subject",
    ["shop.example", "ftp://shop.example/", "http://user:s3cret@shop.example/", "http://", "http://a:0/", "http://a:99999/", "http://[::1/",
     "http://a..b/", "https://a b/", "http:///path"],
)  # fmt: skip
def test_a_subject_that_is_no_address_is_unknown_and_its_secrets_are_not_told(subject: str) -> None:
    found = check(answering(page()), url=subject)
    assert (found.state, found.reason) == ("unknown", "address")
    assert "s3cret" not in found.detail


@given(st.one_of(
    st.text(st.characters()), st.builds("http://{}/{}?{}".format, *[st.text(st.characters(), max_size=10)] * 3),
    st.builds("https://a:{}{}".format, st.integers(), st.text(st.characters())),
))  # fmt: skip
def test_no_subject_gets_beyond_its_line(subject: str) -> None:
    try:
        asked = asked_for(subject)
    except NotUpError:
        return
    assert re.fullmatch(r"[!-~]+", asked.authority + asked.target + asked.shown)
    assert 0 < asked.port < 65_536
    assert "?" not in asked.shown


def test_ipv6_is_asked_like_any_other() -> None:
    found = check(answering(page()), url="http://[::1]:{port}/", host="::1",
                  look_up=lambda host, port: [Address(socket.AF_INET6, ("::1", port, 0, 0))])  # fmt: skip
    assert found == Seen("up")


@settings(max_examples=60, deadline=None)
@given(st.one_of(
    st.binary(max_size=300),
    st.builds(lambda head, body: b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n" + body, st.binary(max_size=80), st.binary(max_size=80)),
    st.builds(
        lambda name, value, body: page(body, "200 OK", f"{name}: {value}"),
        st.sampled_from(["Content-Encoding", "Content-Type", "Transfer-Encoding", "Content-Length"]),
        st.sampled_from(["gzip", "deflate", "chunked", "-1", "text/html; charset=\\0", "text/html; charset=idna", "99999999999999999999"]),
        st.binary(max_size=80),
    ),
))  # fmt: skip
def test_no_answer_breaks_a_check(answer: bytes) -> None:
    found = check(answering(answer), {"contains": "x"}, seconds=0.5)
    assert found.state in ("up", "down")
