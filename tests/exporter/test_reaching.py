"""The way to a host: what is not asked at all, what is the target's fault, and what is ours."""

from __future__ import annotations

import asyncio
import errno
import resource
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import pytest
from api_server import probe_settings
from hypothesis import given
from hypothesis import strategies as st
from odd_servers import answering, page, serving, silent
from sla_exporter.probes.addresses import AddressPolicy, host_name
from sla_exporter.probes.probe import Seen
from sla_exporter.probes.reaching import Address, LookUp, NotUpError, Reaching, of_network
from sla_exporter.probes.tcp_check import TcpReader, host_and_port

REFUSED = (
    "169.254.169.254", "169.254.0.1", "0.0.0.0", "0.1.2.3", "224.0.0.1", "255.255.255.255", "100.100.100.200", "168.63.129.16",
    "fe80::1", "fe80::1%eth0", "febf::1", "::", "ff02::1", "fd00:ec2::254", "::ffff:169.254.169.254", "::ffff:0.0.0.0", "::169.254.169.254",
    "64:ff9b::169.254.169.254", "64:ff9b:1::169.254.169.254", "2002:a9fe:a9fe::1",
)  # fmt: skip


def address(text: str, port: int) -> Address:
    return Address(socket.AF_INET6, (text, port, 0, 0)) if ":" in text else Address(socket.AF_INET, (text, port))


def of(look_up: LookUp, seconds: float = 5.0, **document: Any) -> TcpReader:
    return TcpReader(probe_settings({"tcp": document}, seconds=seconds), look_up)


async def seen(reader: TcpReader, subject: str) -> Seen:
    found = (await reader.look([subject]))[subject]
    assert isinstance(found, Seen)
    return found


def tcp(subject: str, look_up: LookUp, *, seconds: float = 5.0, **document: Any) -> Seen:
    return asyncio.run(seen(of(look_up, seconds, **document), subject))


# --- what is not asked ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", REFUSED)
def test_addresses_of_the_link_and_of_metadata_are_not_asked(text: str) -> None:
    found = tcp("shop.example:80", lambda host, port: [address("127.0.0.1", port), address(text, port)])
    assert (found.state, found.reason) == ("unknown", "forbidden")
    assert text in found.detail


OTHERS = ("127.0.0.1", "::1", "10.0.0.1", "192.168.1.1", "203.0.113.9", "2001:db8::1", "fd12:3456::1", "64:ff9b::203.0.113.9")


@pytest.mark.parametrize("text", OTHERS)
def test_other_addresses_may_be_asked(text: str) -> None:
    assert not AddressPolicy().refuses(text)


@given(st.integers(0, 0xFFFF))
def test_no_form_hides_an_address_of_the_link(low: int) -> None:
    plain = f"169.254.{low >> 8}.{low & 255}"
    forms = [plain, f"::ffff:{plain}", f"64:ff9b::{plain}", f"::{plain}", f"2002:a9fe:{low:x}::", f"2001:0:a9fe:{low:x}::1"]
    assert all(AddressPolicy().refuses(form) for form in forms)
    assert not any(AddressPolicy.allowing(["169.254.0.0/16", "2000::/3"]).refuses(form) for form in (plain, f"::ffff:{plain}"))


@pytest.mark.parametrize("host", ["metadata.google.internal", "METADATA.google.internal.", "ｍetadata.google.internal", "metadata"])
def test_names_of_metadata_are_not_even_looked_up(host: str) -> None:
    asked: list[str] = []

    def look_up(name: str, port: int) -> Sequence[Address]:
        asked.append(name)
        return []

    assert tcp(f"{host}:80", look_up).reason == "forbidden"
    assert asked == []
    assert tcp(f"{host}:80", look_up, allow=["metadata", "metadata.google.internal"]).reason == "name"
    assert asked == [host_name(host)]


def test_other_ways_to_write_an_address_are_judged_by_what_they_lead_to() -> None:
    from sla_exporter.probes.reaching import system_look_up

    for host in ("2852039166", "0xa9fea9fe", "169.254.43518"):
        assert tcp(f"{host}:80", system_look_up, seconds=2).reason == "forbidden"


@pytest.mark.parametrize("entry", ["169.254.1.0/99", "10.0.0.1/24", "1.2.3", "fe80::g", "a/b", ""])
def test_what_is_allowed_has_to_be_readable(entry: str) -> None:
    with pytest.raises(ValueError):
        AddressPolicy.allowing([entry])


def test_a_host_is_looked_up_once_and_that_very_address_is_connected_to() -> None:
    asked: list[str] = []

    def rebinding(host: str, port: int) -> Sequence[Address]:
        asked.append(host)
        return [address("127.0.0.1" if len(asked) == 1 else "169.254.169.254", port)]

    async def story() -> Seen:
        async with serving(silent) as port:
            return await seen(of(rebinding), f"shop.example:{port}")

    assert asyncio.run(story()) == Seen("up")
    assert asked == ["shop.example"]


# --- whose fault it is ---------------------------------------------------------------------------------------------


def failing(number: int) -> LookUp:
    def look_up(host: str, port: int) -> Sequence[Address]:
        raise socket.gaierror(number, "said the resolver")

    return look_up


@pytest.mark.parametrize(
    ("number", "state", "reason"),
    [
        (socket.EAI_NONAME, "down", "name"), (socket.EAI_AGAIN, "unknown", "resolver"), (socket.EAI_FAIL, "unknown", "resolver"),
        (socket.EAI_SYSTEM, "unknown", "resolver"), (socket.EAI_MEMORY, "unknown", "resolver"),
    ],
)  # fmt: skip
def test_only_a_name_that_does_not_exist_is_the_targets_fault(number: int, state: str, reason: str) -> None:
    found = tcp("shop.example:80", failing(number))
    assert (found.state, found.reason) == (state, reason)


def test_a_name_server_that_keeps_silent_is_unknown_at_the_deadline_and_keeps_nobody_else() -> None:
    go_on = threading.Event()

    def silent_for_some(host: str, port: int) -> Sequence[Address]:
        if host == "lost.example":
            go_on.wait(20)
        return [address("127.0.0.1", port)]

    async def story() -> dict[str, Seen]:
        async with serving(silent) as port:
            lost, there = f"lost.example:{port}", f"shop.example:{port}"
            reader = of(silent_for_some, 0.3)
            return {"lost": await seen(reader, lost), "there": await seen(reader, there)}

    try:
        assert asyncio.run(story()) == {"lost": Seen("unknown", reason="resolver"), "there": Seen("up")}
    finally:
        go_on.set()


def test_look_ups_that_never_end_take_no_more_threads_than_they_may_and_keep_no_exit_waiting() -> None:
    go_on, threads = threading.Event(), set[threading.Thread]()

    def never(host: str, port: int) -> Sequence[Address]:
        threads.add(threading.current_thread())
        go_on.wait(20)
        return []

    async def story() -> set[str | None]:
        reaching = Reaching(AddressPolicy(), never, at_once=3)
        deadline = asyncio.get_running_loop().time() + 0.3
        found = await asyncio.gather(*(reaching.addresses(f"a{number}", 80, deadline) for number in range(20)), return_exceptions=True)
        return {each.reason for each in found if isinstance(each, NotUpError)}

    try:
        assert asyncio.run(story()) == {"resolver"}
        assert len(threads) == 3
        assert all(thread.daemon for thread in threads)
    finally:
        go_on.set()


def test_a_port_that_nobody_has_is_down() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        found = tcp(f"127.0.0.1:{taken.getsockname()[1]}", lambda host, port: [address(host, port)])
    assert (found.state, found.reason) == ("down", "refused")


def test_a_server_that_takes_no_connection_is_down_at_the_deadline() -> None:
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        where = full.getsockname()
        for each in (first, second):
            each.setblocking(False)
            each.connect_ex(where)
        found = tcp(f"127.0.0.1:{where[1]}", lambda host, port: [address(host, port)], seconds=0.3)
    assert (found.state, found.reason) == ("down", "timeout")


def test_a_way_that_the_machine_does_not_have_is_unknown() -> None:
    found = tcp("255.255.255.255:80", lambda host, port: [address(host, port)], allow=["255.255.255.255"])
    assert (found.state, found.reason) == ("unknown", "network")


def test_one_address_without_a_way_does_not_hide_that_another_is_up_or_down() -> None:
    async def story(*, up: bool) -> Seen:
        async with serving(silent) as port:
            def look_up(host: str, number: int) -> Sequence[Address]:
                return [address("255.255.255.255", number), address("127.0.0.1", number if up else 1)]

            return await seen(of(look_up, allow=["255.255.255.255"]), f"shop.example:{port}")

    assert asyncio.run(story(up=True)) == Seen("up")
    assert asyncio.run(story(up=False)) == Seen("down", reason="refused")


def test_too_many_open_files_are_unknown() -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)

    async def story() -> Seen:
        reader = of(lambda host, port: [address(host, port)])
        with socket.socket() as lowest_free:
            limit = lowest_free.fileno()
        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, hard))
        try:
            return await seen(reader, "127.0.0.1:9")
        finally:
            resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))

    assert asyncio.run(story()) == Seen("unknown", reason="resources")


def test_an_exporter_that_stood_still_does_not_blame_the_target() -> None:
    async def story() -> Seen:
        async with serving(silent) as port:
            reader = of(lambda host, number: [address(host, number)], 0.3, greeting="220 ")
            looking = asyncio.create_task(seen(reader, f"127.0.0.1:{port}"))
            await asyncio.sleep(0.1)
            time.sleep(1.0)
            return await looking

    assert asyncio.run(story()) == Seen("unknown", reason="stalled")


@pytest.mark.parametrize(
    ("code", "at_once", "reason", "down"),
    [
        (errno.ECONNREFUSED, False, "refused", True), (errno.ECONNREFUSED, True, "refused", True),
        (errno.EHOSTUNREACH, False, "unreachable", True), (errno.EHOSTUNREACH, True, "network", False),
        (errno.ENETUNREACH, False, "network", False), (errno.ENETUNREACH, True, "network", False),
        (errno.EINVAL, True, "network", False), (errno.EACCES, True, "network", False), (errno.EPERM, False, "network", False),
        (errno.ENETDOWN, False, "network", False), (errno.EADDRNOTAVAIL, True, "resources", False),
        (errno.EMFILE, True, "resources", False), (errno.ENFILE, False, "resources", False), (errno.ENOBUFS, False, "resources", False),
        (errno.ETIMEDOUT, False, "timeout", True), (errno.ECONNRESET, False, "closed", True), (errno.EPIPE, False, "closed", True),
    ],
)  # fmt: skip
def test_errors_of_the_network_are_whose_they_are(code: int, at_once: bool, reason: str, down: bool) -> None:
    found = of_network(OSError(code, ""), "here", at_once=at_once)
    assert (found.reason, found.down) == (reason, down)


# --- TCP itself ----------------------------------------------------------------------------------------------------


def greeting(said: bytes, wanted: str, seconds: float = 2.0) -> Seen:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(said)
        await writer.drain()

    async def story() -> Seen:
        async with serving(serve) as port:
            reader = of(lambda host, number: [address("127.0.0.1", number)], seconds, greeting=wanted)
            return await seen(reader, f"[::ffff:127.0.0.1]:{port}")

    return asyncio.run(story())


def test_a_greeting_is_waited_for() -> None:
    assert greeting(b"220 mail.example ESMTP\r\n", "220 ") == Seen("up")
    assert greeting(b"554 go away\r\n", "220 ") == Seen("down", reason="text")
    assert greeting(b"x" * 200_000, "220 ") == Seen("down", reason="too_large")


def test_tls_is_asked_for_where_it_is_wanted() -> None:
    async def story() -> Seen:
        async with serving(silent) as port:
            return await seen(of(lambda host, number: [address(host, number)], 0.3, tls=True), f"127.0.0.1:{port}")

    assert asyncio.run(story()) == Seen("down", reason="timeout")


def test_a_server_that_does_not_greet_is_down_at_the_deadline() -> None:
    async def story() -> Seen:
        async with serving(answering(page())) as port:
            return await seen(of(lambda host, number: [address(host, number)], 0.3, greeting="220 "), f"127.0.0.1:{port}")

    assert asyncio.run(story()) == Seen("down", reason="timeout")


UNREADABLE = ("shop.example", "shop.example:", ":80", "a:0", "a:65536", "a:-1", "a:8٠", "::1:80", "[::1]", "a:" + "9" * 5000)


@pytest.mark.parametrize("subject", UNREADABLE)
def test_a_subject_without_host_and_port_is_unknown(subject: str) -> None:
    assert tcp(subject, lambda host, port: []) == Seen("unknown", reason="address")


@given(st.text(st.characters()) | st.builds("{}:{}".format, st.text(st.characters(), max_size=10), st.integers()))
def test_no_subject_of_tcp_is_more_than_a_host_and_a_port(subject: str) -> None:
    with suppress(NotUpError):
        host, port = host_and_port(subject)
        assert host
        assert 0 < port < 65_536


def test_the_error_says_what_is_known() -> None:
    assert NotUpError("refused", "it refuses", down=True).seen == Seen("down", reason="refused")
