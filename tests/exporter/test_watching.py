"""Asking probes: each when it is due, whatever the others do; what is seen goes to the record, and nothing is seen of one that fails."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

import msgspec
import pytest
from sla_exporter.health import Health
from sla_exporter.probes.probe import UNSEEN, Answer, Seen
from sla_exporter.probes.states import Sample, Stretch
from sla_exporter.probes.watching import ProbeWatching
from sla_exporter.sources.source import SourceError
from watched_shop import START, WEB, Shop, saw

from slo_gen.spec.documents.probes import ProbeSource

NOW = START * 1000
SUBJECTS = [{"subject": "a", "indicator": "shop-up"}, {"subject": "b", "indicator": "shop-up", "location": "paris"}]


class System:
    """A system that answers as it is told, and the clock of the machine."""

    experimental: ClassVar[bool] = False

    def __init__(self, *answers: Mapping[str, Answer] | Exception) -> None:
        self.answers = list(answers)
        self.now = NOW
        self.set_by = 0
        self.looks = 0
        self.closed = False

    async def look(self, subjects: Sequence[str]) -> Mapping[str, Answer]:
        self.looks += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return {subject: answer.get(subject, UNSEEN) for subject in subjects}

    async def close(self) -> None:
        self.closed = True


class Archive(System):
    """One that has stored what it saw."""

    def __init__(self, samples: Sequence[Sample]) -> None:
        super().__init__({})
        self.samples = samples
        self.asked: list[tuple[int, int]] = []

    async def history(self, subject: str, start: int, end: int) -> Sequence[Sample]:
        self.asked.append((start, end))
        return [each for each in self.samples if start < each.at <= end]


class Watch:
    """One probe of the shop, the ticks of its keeper, and its health."""

    def __init__(self, folder: Path, system: System, **document: object) -> None:
        self.shop, self.system, self.health = Shop(folder / "ledger"), system, Health(writer=True)
        text = {"name": "web", "blackbox": {"url": "http://b"}, "subjects": SUBJECTS[:1], **document}
        probe = msgspec.convert(text, ProbeSource)
        turns = asyncio.Semaphore(1)
        self.watching = ProbeWatching(
            probe, folder, self.shop.states, self.health, lambda: system.now, turns, lambda: (system.now - system.set_by) / 1000
        )
        self.watching._reader = system

    def look(self, now: int) -> float:
        self.system.now = now
        pause = asyncio.run(self.watching.once())
        self.shop.tick(now // 1000)
        return pause

    @property
    def record(self) -> Sequence[Stretch]:
        return self.shop.states._watched.locations("shop-up").get("web", ())

    @property
    def of(self) -> tuple[bool, dict[str, int]]:
        source = self.health.sources["web"]
        return source.up, {reason: number for reason, number in source.errors.items() if number}


@pytest.fixture
def watch(tmp_path: Path) -> Callable[..., Watch]:
    return lambda system, **document: Watch(tmp_path, system, **document)


def test_what_is_seen_is_recorded_when_it_was_asked_for(watch: Callable[..., Watch]) -> None:
    one = watch(System({"a": Seen("up", certificate_ends=9)}, {"a": Seen("down")}))
    for at in (0, 15_000, 30_000):
        assert one.look(NOW + at) == 0.0
    assert one.record == [
        Stretch(NOW, NOW, NOW + 15_000, "up"), Stretch(NOW + 15_000, NOW + 15_000, NOW + 30_000, "down"),
        Stretch(NOW + 30_000, NOW + 30_000, NOW + 75_000, "down"),
    ]  # fmt: skip
    assert one.of == (True, {})
    assert one.shop.ledger.states.asked() == {"web": START + 30}
    assert one.shop.states.kept.certificates == {WEB: 9}


def test_while_a_system_fails_the_state_holds_for_three_intervals_and_then_is_unknown(watch: Callable[..., Watch]) -> None:
    one = watch(System({"a": Seen("up")}, SourceError("server", "it answered with 503"), SourceError("timeout", "it did not answer")))
    for at in range(0, 75_000, 15_000):
        one.look(NOW + at)
    assert one.shop.seconds() == (45, 0, 15, 0)
    assert one.of == (False, {"server": 1, "timeout": 3})


def test_what_a_system_does_not_know_is_unknown_at_once(watch: Callable[..., Watch]) -> None:
    one = watch(System({"a": Seen("down")}, {}))
    one.look(NOW)
    one.look(NOW + 15_000)
    one.shop.tick(START + 30)
    assert one.shop.seconds() == (0, 15, 15, 0)


def test_one_subject_that_fails_leaves_the_others(watch: Callable[..., Watch], caplog: pytest.LogCaptureFixture) -> None:
    refused = SourceError("not_json", "no metrics", retry_after=7.0)
    answers = ({"a": Seen("up"), "b": refused}, {"a": Seen("up"), "b": Seen("up")}, {"a": refused, "b": refused})
    one = watch(System(*answers), subjects=SUBJECTS)
    caplog.set_level("INFO")
    assert one.look(NOW) == 7.0
    assert one.of == (True, {"not_json": 1})
    one.look(NOW + 15_000)
    one.look(NOW + 30_000)
    assert one.of == (False, {"not_json": 3})
    assert [text for text in caplog.messages if text.startswith("probe")] == [
        "probe web: 1 of 2 subjects were not answered: no metrics", "probe web: answers again", "probe web: no metrics",
    ]  # fmt: skip


def test_why_something_is_not_up_is_said_when_it_changes_and_counted_where_nothing_is_known(
    watch: Callable[..., Watch], caplog: pytest.LogCaptureFixture
) -> None:
    refused = Seen("down", reason="refused", detail="127.0.0.1 port 80 refuses connections")
    lost = Seen("unknown", reason="resolver")
    one = watch(System(*({"a": each} for each in (refused, refused, Seen("up"), lost, lost, refused))))
    for number in range(6):
        one.look(NOW + number * 15_000)
    assert [text for text in caplog.messages if text.startswith("probe")] == [
        "probe web: shop-up is down: 127.0.0.1 port 80 refuses connections",
        "probe web: shop-up is unknown: the name server does not answer",
        "probe web: shop-up is down: 127.0.0.1 port 80 refuses connections",
    ]  # fmt: skip
    assert one.health.sources["web"].rejected == {"resolver": 2}


def test_a_defect_of_a_reader_fails_its_probe_alone_and_says_nothing_of_answers(
    watch: Callable[..., Watch], caplog: pytest.LogCaptureFixture
) -> None:
    one = watch(System(ZeroDivisionError("s3cret")))
    one.look(NOW)
    assert one.of == (False, {"internal": 1})
    assert not any("s3cret" in text for text in caplog.messages)


def test_a_system_that_refuses_is_left_alone(watch: Callable[..., Watch]) -> None:
    one = watch(System(SourceError("auth", "wrong"), SourceError("rate_limited", "too many", 9.0)))
    assert (one.look(NOW), one.look(NOW + 15_000)) == (60.0, 9.0)


def test_a_clock_that_is_set_makes_what_lies_between_unknown(watch: Callable[..., Watch]) -> None:
    one = watch(System({"a": Seen("up")}))
    hour = 3_600_000
    for seconds, set_by in ((0, 0), (15, 0), (30, hour), (45, hour), (60, 0), (75, 0)):
        one.system.set_by = set_by
        one.look(NOW + seconds * 1000 + set_by)
    assert one.record == [Stretch(NOW, NOW + 15_000, NOW + 15_000, "up"),
                          Stretch(NOW + hour + 30_000, NOW + hour + 45_000, NOW + hour + 90_000, "up")]  # fmt: skip
    one.look(NOW + hour + 100_000)
    assert one.record[-2:] == [Stretch(NOW + hour + 30_000, NOW + hour + 45_000, NOW + hour + 45_000, "up"),
                               Stretch(NOW + hour + 100_000, NOW + hour + 100_000, NOW + hour + 145_000, "up")]  # fmt: skip


def test_what_a_system_says_of_the_future_is_refused(watch: Callable[..., Watch]) -> None:
    one = watch(System({"a": Seen("up", at=NOW + 300_001)}, {"a": Seen("up", at=NOW + 299_999)}))
    one.look(NOW)
    assert (list(one.record), one.health.sources["web"].rejected) == ([], {"future": 1})
    one.look(NOW)
    assert one.record == [Stretch(NOW, NOW, NOW + 45_000, "up")]


def test_the_same_check_told_again_is_no_sample(watch: Callable[..., Watch]) -> None:
    one = watch(System({"a": Seen("up", at=NOW)}))
    for at in range(0, 60_000, 15_000):
        one.look(NOW + at)
    assert one.record == [Stretch(NOW, NOW, NOW + 45_000, "up")]


def test_a_gap_is_filled_by_since_when_the_state_is_what_it_is(watch: Callable[..., Watch]) -> None:
    hour = NOW + 3_600_000
    one = watch(System({"a": Seen("up", at=NOW, since=NOW - 1000)}, {"a": Seen("up", at=hour, since=NOW - 1000)},
                       {"a": Seen("down", at=hour + 600_000, since=hour + 60_000)}))  # fmt: skip
    one.look(NOW)
    one.look(hour)
    assert one.record == [Stretch(NOW, hour, hour + 45_000, "up")]
    one.look(hour + 600_000)
    assert one.shop.seconds() == (3645, 540, 15, 0)


def test_a_gap_is_filled_by_what_a_system_has_stored(watch: Callable[..., Watch]) -> None:
    archive = Archive([*saw("u" * 100), *saw("d" * 40, start=START + 1500), *saw("u", start=START + 2100)])
    one = watch(archive)
    one.look(NOW + 1000)
    one.look(NOW + 2_110_000)
    assert archive.asked == [(NOW + 1000 - 45_000, NOW + 1000), (NOW, NOW + 2_110_000)]
    assert one.shop.seconds() == (1510, 600, 0, 0)
    one.look(NOW + 60 * 86_400_000)
    assert archive.asked[-1][0] == NOW + 25 * 86_400_000


def test_a_subject_that_a_system_has_nothing_of_is_told_once_what_was_known_no_longer_holds(
    watch: Callable[..., Watch], caplog: pytest.LogCaptureFixture
) -> None:
    one = watch(Archive([Sample(NOW + 30_000, "up")]))
    for number in (0, 1, 2, 3, 5, 6):
        one.look(NOW + number * 15_000)
    one.look(NOW + 120_000)
    assert [text for text in caplog.messages if text.startswith("probe")] == 2 * [
        "probe web: shop-up is unknown: the system says nothing of it"
    ]  # fmt: skip
    assert one.health.sources["web"].rejected == {"missing": 5}


def test_probes_are_asked_at_their_pace_and_none_is_left_out(tmp_path: Path) -> None:
    one = Watch(tmp_path, System({"a": Seen("up")}), every="20ms")

    async def go() -> None:
        task = asyncio.create_task(one.watching.run())
        while one.system.looks < 10:
            await asyncio.sleep(0.005)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(go())
    assert one.system.closed


@pytest.mark.parametrize("health", [Health(writer=False), Health(writer=True, ledger_writable=False)])
def test_nobody_asks_who_cannot_write(tmp_path: Path, health: Health) -> None:
    one = Watch(tmp_path, System({"a": Seen("up")}), every="1ms")
    one.watching._health = health

    async def go() -> None:
        task = asyncio.create_task(one.watching.run())
        await asyncio.sleep(0.05)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(go())
    assert one.system.looks == 0


def test_looks_that_take_too_long_are_counted_where_others_are_left_out(tmp_path: Path) -> None:
    one = Watch(tmp_path, System({"a": Seen("up")}), every="10ms")
    slow = one.system.look

    async def slowly(subjects: Sequence[str]) -> Mapping[str, Answer]:
        await asyncio.sleep(0.035)
        return await slow(subjects)

    one.system.look = slowly  # type: ignore[method-assign]

    async def go() -> None:
        task = asyncio.create_task(one.watching.run())
        while one.system.looks < 3:
            await asyncio.sleep(0.005)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(go())
    assert one.health.sources["web"].skipped >= 4
