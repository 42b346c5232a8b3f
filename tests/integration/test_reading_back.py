"""Facts read back from a real Prometheus: recorded minutes of October in Berlin, and raw counters before there were any."""

from __future__ import annotations

import asyncio
import random
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from backfilled_prometheus import Prometheus as Server
from backfilled_prometheus import backfilled_prometheus
from catalogues import indicator

from slo_gen import names
from slo_gen.cli.asking import ask_questions, open_prometheus
from slo_gen.demo.servers import find_program
from slo_gen.history.facts import Question, Reading, Wanted, questions, reading
from slo_gen.history.recount import recount_questions
from slo_gen.spec.model import Evaluation, Events

pytestmark = pytest.mark.integration

BERLIN = ZoneInfo("Europe/Berlin")
BEGIN = int(datetime(2026, 10, 1, tzinfo=BERLIN).timestamp())
END = int(datetime(2026, 11, 1, tzinfo=BERLIN).timestamp())
MINUTES = (END - BEGIN) // 60
EVALUATION = Evaluation()
Sample = tuple[float, float]


def load(series: Iterable[tuple[str, Sequence[Sample]]], folder: Path) -> None:
    """Series of ``metric{labels}`` as blocks, before the server starts."""
    folder.mkdir()
    text = folder / "samples.om"
    with text.open("w") as file:
        for name, samples in series:
            file.writelines(f"{name} {value} {time:.3f}\n" for time, value in samples)
        file.write("# EOF\n")
    command = [find_program("promtool"), "tsdb", "create-blocks-from", "openmetrics", "--max-block-duration=768h"]
    done = subprocess.run([*command, str(text), str(folder / "data")], capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == 0, done.stderr


def read(server: Server, wanted: Wanted, asked: tuple[Question, ...]) -> Reading:
    async def answered() -> Reading:
        async with open_prometheus(str(server.client.base_url)) as prometheus:
            return reading(wanted, asked, await ask_questions(prometheus, asked))

    return asyncio.run(answered())


@pytest.mark.parametrize("phase", [0.0, 29.999, 30.0, 59.999])
def test_a_month_with_gaps_and_two_replicas_is_read_minute_by_minute(phase: float, tmp_path: Path) -> None:
    dice = random.Random(7)
    truth = [None if dice.random() < 0.02 else (dice.randrange(1000), dice.randrange(3)) for _ in range(-5, MINUTES + 5)]

    def recorded(place: int, replica: str, keep: float) -> Iterator[Sample]:
        chance = random.Random(replica)
        for number, minute in enumerate(truth, -5):
            if minute is not None and chance.random() < keep:
                yield BEGIN + (number + 1) * 60 + 30 + (phase - 30) % 60, minute[place]

    metrics = ((names.TOTAL, 0), (names.BAD, 1))
    load([
        (f'{metric}{{indicator="requests",replica="{replica}"}}', list(recorded(place, replica, keep)))
        for replica, keep in (("a", 0.9), ("b", 1.0)) for metric, place in metrics
    ], tmp_path / "server")
    wanted = Wanted.over(indicator("requests"), EVALUATION, BEGIN, END)
    with backfilled_prometheus(tmp_path / "server") as server:
        found = read(server, wanted, questions(wanted))
    inside = truth[5 : 5 + MINUTES]
    assert MINUTES == 31 * 1440 + 60
    assert found.slots.total == [minute and minute[0] for minute in inside]
    assert found.slots.bad == [minute[1] if minute else 0 for minute in inside]
    assert [(dict(source.labels)["replica"], source.read) for source in found.sources] == [("b", True), ("a", False)]


def test_counters_that_were_never_recorded_are_counted_minute_by_minute(tmp_path: Path) -> None:
    """A process that lives through two days, scraped every fifteen seconds: every event is in exactly one minute."""
    dice = random.Random(3)
    days = 2 * 86_400
    totals, errors = [10_000], [1_000]         # not near zero, where increase() guesses when a counter began
    for _ in range(days // 15 + 40):
        totals.append(totals[-1] + 3 + dice.randrange(40))
        errors.append(errors[-1] + (dice.randrange(3) if dice.random() < 0.05 else 0))
    times = [BEGIN - 300 + 15 * number + 3.217 for number in range(len(totals))]
    load([
        ('requests_total{app="shop",code="200"}', [(at, total - bad) for at, total, bad in zip(times, totals, errors, strict=True)]),
        ('requests_total{app="shop",code="500"}', list(zip(times, errors, strict=True))),
    ], tmp_path / "server")
    raw = indicator("requests", measure=Events('requests_total{app="shop"}', bad='requests_total{app="shop",code=~"5.."}'))
    wanted = Wanted.over(raw, EVALUATION, BEGIN, BEGIN + days)
    with backfilled_prometheus(tmp_path / "server") as server:
        found = read(server, wanted, recount_questions(wanted))

    def by(at: int, values: list[int]) -> int:
        return values[int((at - 3.217 - (BEGIN - 300)) // 15)]

    marks = range(BEGIN, BEGIN + days + 1, 60)
    assert found.slots.per == 1
    for values, counted in ((totals, found.slots.total), (errors, found.slots.bad)):
        assert list(counted) == [by(mark + 60, values) - by(mark, values) for mark in marks[:-1]]
