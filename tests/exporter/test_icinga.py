"""The events of Icinga 2, what is lost of them, and the objects that make it good."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any

import pytest
from api_server import probe_settings
from hypothesis import given, settings
from hypothesis import strategies as st
from icinga_server import IcingaServer, icinga
from sla_exporter.probes import icinga as module
from sla_exporter.probes.icinga import IcingaReader
from sla_exporter.probes.icinga_states import Event, by_event, subject_of
from sla_exporter.probes.states import Sample
from sla_exporter.sources.source import SourceError

from slo_gen.fetch import Fetcher, Limits, TooLargeError, TooSlowError

AT = 1_795_608_000.0         # 2026-11-25T12:00:00Z
WEB, HOST = "web1!http", "web1"
Story = Callable[[IcingaServer, IcingaReader], Awaitable[None]]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_FIRST_PAUSE", 0.05)


def play(story: Story, **document: Any) -> IcingaServer:
    async def play() -> IcingaServer:
        async with icinga() as server:
            subjects = [{"subject": each, "indicator": "x"} for each in (WEB, HOST)]
            reader = IcingaReader(probe_settings({"icinga": {"url": server.url, **document}, "subjects": subjects}, holds=60_000))
            server.found(WEB, 0, AT, since=AT - 3600)
            server.found(HOST, 0, AT, since=AT - 3600)
            try:
                await story(server, reader)
            finally:
                await reader.close()
            return server

    return asyncio.run(play())


async def heard(reader: IcingaReader, number: int, subject: str = WEB, start: float = AT - 1) -> list[tuple[float, str]]:
    """The samples after an instant, as soon as there are so many of them: seconds after ``AT``, and the state."""
    found: Sequence[Sample] = ()
    for _ in range(400):
        with suppress(SourceError):              # between two streams
            found = await reader.history(subject, round(start * 1000), round((AT + 100_000) * 1000))
        if len(found) >= number:
            break
        await asyncio.sleep(0.01)
    return [(each.at / 1000 - AT, each.state) for each in found]


async def started(server: IcingaServer, reader: IcingaReader) -> None:
    await heard(reader, 1, start=AT - 0.001)
    await server.listened_to()


def test_every_check_is_heard_and_a_change_that_is_told_twice_counts_once() -> None:
    async def story(server: IcingaServer, reader: IcingaReader) -> None:
        await started(server, reader)
        server.checked(WEB, 2, AT + 10, soft=True, change=True)
        server.checked(HOST, 2, AT + 11)
        server.checked(WEB, 1, AT + 20, change=True)
        server.checked("other!http", 2, AT + 25)
        server.checked(WEB, 3, AT + 30)
        server.checked(HOST, 1, AT + 31)
        assert await heard(reader, 4, start=AT - 0.001) == [(0, "up"), (10, "down"), (20, "up"), (30, "unknown")]
        assert await heard(reader, 3, HOST, AT - 0.001) == [(0, "up"), (11, "down"), (31, "up")]
        assert await heard(reader, 1, start=AT + 20) == [(30, "unknown")]

    server = play(story)
    assert server.questions[0]["types"] == ["CheckResult", "StateChange", "DowntimeStarted", "DowntimeTriggered", "DowntimeRemoved"]
    assert server.asked == ["POST /v1/events", "GET /v1/objects/services", "GET /v1/objects/hosts"]


def test_an_object_that_there_is_not_is_told_until_it_is_there() -> None:
    async def story(server: IcingaServer, reader: IcingaReader) -> None:
        del server.objects[WEB]
        server.objects[HOST]["last_check_result"] = None
        with pytest.raises(SourceError, match="has no web1!http, or does not show it"):
            await reader.history(WEB, 0, round(AT * 1000))
        assert await reader.history(HOST, 0, round(AT * 1000)) == []
        await server.listened_to()
        server.checked(WEB, 2, AT + 10)
        assert await heard(reader, 1) == [(10, "down")]

    play(story)


def test_a_defect_is_told_and_the_stream_is_begun_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    async def story(server: IcingaServer, reader: IcingaReader) -> None:
        await started(server, reader)
        monkeypatch.setattr(reader, "_add", lambda subject, found: {}["x"])
        server.checked(WEB, 2, AT + 10)
        for _ in range(400):
            if reader._listening is not None and reader._listening.done():
                break
            await asyncio.sleep(0.01)
        monkeypatch.undo()
        with pytest.raises(KeyError):
            await reader.history(WEB, round(AT * 1000), round(AT * 1000))
        server.found(WEB, 2, AT + 20, since=AT + 10)
        assert (await heard(reader, 1, start=AT + 19))[-1] == (20, "down")

    play(story)


async def beginning(server: IcingaServer, limits: Limits, idle: float, say: bytes) -> str:
    async with Fetcher(server.url, limits=limits) as fetcher, fetcher.lines("POST", "/v1/events", {"types": []}, idle) as (_, told):
        server.say(say)
        return (await anext(told)).decode()


@pytest.mark.parametrize(("say", "error"), [(b"y" * 2000, TooLargeError), (b"", TooSlowError)])
def test_lines_are_bounded_in_length_and_in_silence(say: bytes, error: type[Exception]) -> None:
    async def story() -> None:
        async with icinga() as server:
            assert await beginning(server, Limits(5.0, 5000), 5.0, b"x" * 1000) == "x" * 1000
            with pytest.raises(error):
                await beginning(server, Limits(5.0, 1000), 0.2, say)

    asyncio.run(story())


def test_the_objects_tell_of_the_time_before_the_first_event() -> None:
    async def story(server: IcingaServer, reader: IcingaReader) -> None:
        server.found(WEB, 2, AT, since=AT - 100)
        found = await heard(reader, 1, start=AT - 500)
        assert found == [(-100, "down"), (-70, "down"), (-40, "down"), (-10, "down"), (0, "down")]

    play(story)


def test_soft_states_count_only_where_they_are_asked_for() -> None:
    async def story(server: IcingaServer, reader: IcingaReader) -> None:
        server.found(WEB, 2, AT, since=AT - 20, hard=0)
        await started(server, reader)
        assert await reader.history(WEB, round(AT * 1000), round(AT * 1000)) == []       # what is told is forgotten
        server.checked(WEB, 2, AT + 10, soft=True)
        server.checked(WEB, 2, AT + 20)
        server.checked(WEB, 0, AT + 30, soft=True)
        server.checked(WEB, 0, AT + 40)
        states = [state for _, state in await heard(reader, 4, start=AT - 0.001)]
        assert states == expected

    expected = ["up", "down", "down", "up"]
    play(story, states="hard")
    expected = ["down", "down", "up", "up"]
    play(story)


def test_a_downtime_is_excluded_and_ends_when_the_object_says_that_none_is_left() -> None:
    async def story(server: IcingaServer, reader: IcingaReader) -> None:
        await started(server, reader)
        server.found(WEB, 0, AT, since=AT - 3600, depth=2)
        server.downtime("DowntimeStarted", WEB, AT + 5)
        assert await heard(reader, 2, start=AT - 0.001) == [(0, "up"), (5, "excluded")]
        server.checked(WEB, 2, AT + 10, depth=2)
        server.found(WEB, 2, AT + 10, since=AT + 10, depth=1)
        server.downtime("DowntimeRemoved", WEB, AT + 15)
        assert await heard(reader, 3, start=AT) == [(5, "excluded"), (10, "excluded"), (15, "excluded")]
        server.found(WEB, 2, AT + 10, since=AT + 10)
        server.downtime("DowntimeRemoved", WEB, AT + 20)
        server.downtime("DowntimeRemoved", "gone!http", AT + 21)
        assert await heard(reader, 1, start=AT + 15) == [(20, "down")]

    server = play(story)
    assert server.asked.count("GET /v1/objects/services/web1%21http") == 3


def test_what_a_lost_stream_missed_is_made_good_by_the_objects() -> None:
    async def story(server: IcingaServer, reader: IcingaReader) -> None:
        await started(server, reader)
        server.checked(WEB, 0, AT + 10)
        await heard(reader, 2, start=AT - 0.001)
        server.found(WEB, 2, AT + 200, since=AT + 150)
        server.cut()
        await server.listened_to()
        assert await heard(reader, 3, start=AT + 10) == [(150, "down"), (180, "down"), (200, "down")]
        server.checked(WEB, 0, AT + 230)
        assert await heard(reader, 1, start=AT + 200) == [(230, "up")]

    assert len({each["queue"] for each in play(story).questions}) == 2


def test_a_downtime_that_ended_unheard_counts_for_nothing_in_between() -> None:
    async def story(server: IcingaServer, reader: IcingaReader) -> None:
        await started(server, reader)
        server.checked(WEB, 2, AT + 10, depth=1)
        await heard(reader, 2, start=AT - 0.001)
        server.found(WEB, 2, AT + 200, since=AT + 10)
        server.cut()
        await server.listened_to()
        assert await heard(reader, 1, start=AT + 10) == [(200, "down")]

    play(story)


@pytest.mark.parametrize(("status", "reason"), [(503, "server"), (401, "auth"), (403, "forbidden"), (404, "query")])
def test_without_a_stream_it_is_said_why_once_all_is_told(status: int, reason: str) -> None:
    async def story(server: IcingaServer, reader: IcingaReader) -> None:
        await started(server, reader)
        server.checked(WEB, 2, AT + 10)
        await heard(reader, 2, start=AT - 0.001)
        server.status = status
        server.cut()
        assert await heard(reader, 1, start=AT + 9) == [(10, "down")]
        told = ""
        for _ in range(400):
            try:
                assert await reader.history(WEB, round((AT + 10) * 1000), round((AT + 100) * 1000)) == []
            except SourceError as error:
                told = error.reason
            if told == reason:
                return
            await asyncio.sleep(0.01)
        pytest.fail(f"it says {told!r}")

    play(story)


def test_a_stream_that_keeps_silent_is_asked_for_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(IcingaReader, "quiet", 0.2)

    async def story(server: IcingaServer, reader: IcingaReader) -> None:
        reader._settings = probe_settings({"icinga": {"url": server.url}}, holds=100)
        await started(server, reader)
        for _ in range(500):
            if len(server.questions) > 2:
                break
            await asyncio.sleep(0.01)
        assert len(server.questions) > 2

    play(story)


@pytest.mark.parametrize("line", [b"{", b'{"type": 5}', b"\xff\xfe", b"[" * 100_000, b'{"type": "CheckResult", "timestamp": "soon"}'])
def test_an_event_that_is_none_ends_the_stream_which_is_begun_anew(line: bytes) -> None:
    async def story(server: IcingaServer, reader: IcingaReader) -> None:
        await started(server, reader)
        server.say(line)
        for _ in range(400):
            if len(server.questions) > 1:
                break
            await asyncio.sleep(0.01)
        server.checked(WEB, 2, AT + 10)
        assert await heard(reader, 2, start=AT - 0.001) == [(0, "up"), (10, "down")]

    play(story)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-10, 10) | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.dictionaries(st.sampled_from(["state", "state_type", "execution_end", "vars_after"]), inner), max_leaves=8,
)  # fmt: skip


@settings(max_examples=300)
@given(st.fixed_dictionaries({"type": st.sampled_from(["CheckResult", "StateChange", "DowntimeStarted"])}, optional={
    "timestamp": JSON, "host": JSON, "service": JSON, "check_result": JSON, "downtime_depth": JSON, "downtime": JSON,
}))  # fmt: skip
def test_no_event_breaks_the_reading(event: dict[str, Any]) -> None:
    import json

    import msgspec

    try:
        read = msgspec.json.decode(json.dumps(event).encode(), type=Event)
    except msgspec.DecodeError:
        return
    found = by_event(read, "any", "up")
    assert isinstance(subject_of(read), str)
    assert found is None or 0 <= found.at <= 253_402_300_799_000
