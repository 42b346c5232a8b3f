"""A real Icinga 2: its events as they come, what is missed while the connection is cut, downtimes, soft and hard states."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from running_icinga import Icinga, running_icinga
from sla_exporter.probes.icinga import IcingaReader
from sla_exporter.probes.probe import ProbeSettings, Seen
from sla_exporter.probes.states import Sample, State
from sla_exporter.sources.source import SourceError

from slo_gen.fetch import Credentials
from slo_gen.spec.documents.probes import ProbeSource

WEB, HOST = "web1!http", "web1"
HOLDS = 60_000
pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def icinga(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Icinga]:
    with running_icinga(tmp_path_factory.mktemp("icinga")) as found:
        yield found


class Cable:
    """What lies between a reader and Icinga. It can be cut, and mended."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._ends: set[asyncio.StreamWriter] = set()
        self._whole = True

    async def __aenter__(self) -> int:
        self._server = await asyncio.start_server(self._carry, "127.0.0.1", 0)
        port: int = self._server.sockets[0].getsockname()[1]
        return port

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        self.cut()

    def cut(self) -> None:
        self._whole = False
        for end in self._ends:
            end.transport.abort()
        self._ends.clear()

    def mend(self) -> None:
        self._whole = True

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._whole:
            writer.transport.abort()
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._ends |= {writer, far_writer}
        with suppress(OSError):
            await asyncio.gather(_pump(reader, far_writer), _pump(far_reader, writer))


async def _pump(source: asyncio.StreamReader, target: asyncio.StreamWriter) -> None:
    while part := await source.read(65_536):
        target.write(part)
        await target.drain()
    target.transport.abort()


def reading(icinga: Icinga, port: int, **more: Any) -> IcingaReader:
    document = {
        "name": "icinga", "icinga": {"url": f"https://127.0.0.1:{port}", **more}, "authorities_file": icinga.authorities,
        "subjects": [{"subject": WEB, "indicator": "shop"}, {"subject": HOST, "indicator": "host"}],
    }  # fmt: skip
    credentials = Credentials("reader", "s3cret")
    return IcingaReader(ProbeSettings(msgspec.convert(document, ProbeSource), credentials, HOLDS, 10.0, 10, lambda: 0))


async def heard(reader: IcingaReader, after: float, *states: State, subject: str = WEB) -> list[Sample]:
    """The samples later than an instant, as soon as they end with these states."""
    found: Sequence[Sample] = ()
    for _ in range(1000):
        with suppress(SourceError):              # while the cable is cut
            found = await reader.history(subject, round(after * 1000), round((time.time() + 60) * 1000))
        if tuple(each.state for each in found[-len(states) :]) == states:
            return list(found)
        await asyncio.sleep(0.02)
    raise AssertionError(f"{states} were expected, {found} were heard")


def test_checks_and_downtimes_are_heard_as_they_happen(icinga: Icinga) -> None:
    async def story() -> None:
        reader = reading(icinga, icinga.port)
        before = time.time() - 1
        icinga.check(WEB, 0, before)
        icinga.check(HOST, 0, before)
        try:
            assert (await heard(reader, before - 0.1, "up"))[-1].at == round(before * 1000)
            down, up = before + 0.3, before + 0.6       # gone by when the downtime begins, which has Icinga's own time
            icinga.check(WEB, 2, down)
            icinga.check(HOST, 1, down)
            assert await heard(reader, before, "down") == [Sample(round(down * 1000), "down")]
            assert await heard(reader, before, "down", subject=HOST) == [Sample(round(down * 1000), "down")]
            icinga.check(WEB, 0, up)
            assert await heard(reader, down, "up") == [Sample(round(up * 1000), "up")]
            icinga.act("schedule-downtime", type="Service", service=WEB, author="test", comment="work", fixed=True,
                       start_time=time.time() - 1, end_time=time.time() + 3600)  # fmt: skip
            excluded = (await heard(reader, up, "excluded"))[-1]
            again = time.time()
            icinga.check(WEB, 2, again)
            assert [each.state for each in await heard(reader, excluded.at / 1000, "excluded")] == ["excluded"]
            icinga.act("remove-downtime", type="Service", service=WEB)
            ended = (await heard(reader, again, "down"))[-1]
            found = await reader.look([WEB, HOST, "nosuch"])
            assert isinstance(found[WEB], Seen)
            assert [isinstance(each, Seen) and each.state for each in found.values()] == ["down", "down", "unknown"]
            assert ended.at >= excluded.at
        finally:
            await reader.close()

    asyncio.run(story())


def test_what_happens_while_the_connection_is_cut_is_made_good(icinga: Icinga) -> None:
    async def story() -> None:
        cable = Cable(icinga.port)
        async with cable as port:
            reader = reading(icinga, port)
            start = time.time()
            icinga.check(WEB, 0, start)
            try:
                await heard(reader, start - 1, "up")
                cable.cut()
                down, later = start + 1, start + 2
                icinga.check(WEB, 2, down)
                icinga.check(WEB, 2, later)
                await cut_noticed(reader, start)
                cable.mend()
                found = await heard(reader, start, "down", "down")
                assert found == [Sample(round(down * 1000), "down"), Sample(round(later * 1000), "down")]
                icinga.check(WEB, 0, later + 1)
                assert await heard(reader, later, "up") == [Sample(round((later + 1) * 1000), "up")]
            finally:
                await reader.close()

    asyncio.run(story())


async def cut_noticed(reader: IcingaReader, after: float) -> None:
    """Ask until it is said that there is no stream."""
    for _ in range(500):
        with suppress(SourceError):
            assert await reader.history(WEB, round(after * 1000), round((after + 60) * 1000)) == []
            await asyncio.sleep(0.01)
            continue
        return
    raise AssertionError("it is not noticed that the connection is cut")


def test_hard_states_count_alone_where_they_are_asked_for(icinga: Icinga) -> None:
    async def story() -> None:
        any_state, hard = reading(icinga, icinga.port), reading(icinga, icinga.port, states="hard")
        start = time.time()
        for number in range(3):
            icinga.check(WEB, 0, start + number / 1000)
        try:
            await heard(any_state, start - 1, "up")
            await heard(hard, start - 1, "up")
            for number in range(1, 4):
                icinga.check(WEB, 2, start + number)
            assert [each.state for each in await heard(any_state, start + 0.5, "down", "down", "down")] == ["down", "down", "down"]
            assert [each.state for each in await heard(hard, start + 0.5, "up", "up", "down")] == ["up", "up", "down"]
        finally:
            await any_state.close()
            await hard.close()

    asyncio.run(story())


def test_wrong_credentials_and_a_certificate_of_somebody_else_are_told(icinga: Icinga) -> None:
    async def story(settings: ProbeSettings) -> str:
        reader = IcingaReader(settings)
        try:
            await reader.history(WEB, 0, 1)
        except SourceError as error:
            return error.reason
        finally:
            await reader.close()
        return "nothing"

    settings = reading(icinga, icinga.port)._settings
    assert asyncio.run(story(replace(settings, credentials=Credentials("reader", "wrong")))) == "auth"
    strangers = msgspec.structs.replace(settings.document, authorities_file=msgspec.UNSET)
    assert asyncio.run(story(replace(settings, document=strangers))) == "unreachable"
