"""Evaluations that were missed, or came at another phase, lose and repeat nothing: stories replayed on a real Prometheus.

promtool cannot leave out an evaluation, so the rules are asked one by one as of the instants at which they are
evaluated, and what they say is written back.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from fractions import Fraction
from pathlib import Path

import pytest
from backfilled_prometheus import STALE, Prometheus, Series, backfilled_prometheus
from catalogues import catalogue, indicator
from scraped_stories import BEGIN, BRIDGE, OLD, STEP, Level, Story, at

from slo_gen import names
from slo_gen.rules.counting import counting_groups
from slo_gen.rules.rule import RecordingRule
from slo_gen.spec.model import Events, Latency

pytestmark = pytest.mark.integration

STEPS = 56
EVENTS = Events("http_requests_total", bad='http_requests_total{code=~"5.."}')


def rising(base: float, since: int = 0) -> Level:
    return lambda n: base + 10 * (n - since)


def errors(since: int) -> Level:
    return lambda n: 2 if n >= since else None


STORY = (
    Story()
    .runs(0, 40, job="steady", start=OLD, ok=rising(1e6), bad=errors(19))
    .runs(0, 17, job="restarted", start=OLD, ok=rising(1000))
    .runs(18, 40, job="restarted", start=at(18) - 9, ok=rising(10, since=18), bad=errors(20))
    .runs(0, 14, job="killed", start=OLD, ok=rising(1000))
    .runs(19, 40, job="killed", start=at(18), ok=rising(10, since=19), instance="b", pod="q", bad=errors(19))
    .runs(0, 17, job="relabelled", start=OLD, ok=rising(1e6))
    .runs(18, 40, job="relabelled", start=OLD, ok=rising(1e6), pod="q")
    .runs(0, 40, job="nameless", start=None, ok=rising(1e6))
    .runs(17, 22, job="short", start=at(17) - 5, ok=rising(10, since=17), bad=errors(18))
)
EXPECTED = {
    "steady": (402, 2), "restarted": (170 + 232, 2), "killed": (140 + 222, 2), "relabelled": (400, 0), "nameless": (400, 0),
    "short": (62, 2),
}


def samples(series: str, values: str) -> Series:
    """A series in promtool's notation as samples to be written."""
    name, labels = series.rstrip("}").split("{")
    empty, *tokens = values.split(" ")
    assert empty == f"_x{BEGIN // STEP}"
    points = [(at(step), STALE if token == "stale" else float(token)) for step, token in enumerate(tokens) if token != "_"]
    return {"__name__": name, **dict(re.findall(r'(\w+)="([^"]*)"', labels))}, points


def evaluate(server: Prometheus, rules: Iterable[RecordingRule], when: float) -> None:
    for rule in rules:
        server.record(rule.record, rule.expr, when, {label: value for label, value in rule.labels.items() if value})


@pytest.mark.parametrize("counting", ["exact", "light"])
@pytest.mark.parametrize(
    ("missed", "phase"), [((), 0.0), ((), 29.999), ((), 30.5), ((4, 5, 6), 13.0), ((5, 6), 0.0), ((3, 5, 7, 9), 45.5)], ids=str
)
def test_what_was_missed_is_counted_afterwards(counting: str, missed: Sequence[int], phase: float, tmp_path: Path) -> None:
    of = indicator("i", measure=EVENTS, by=("job",), counting=counting, target_labels=("job", "instance", "pod"), bridge=BRIDGE)
    (group,) = counting_groups(catalogue([of]))
    rules = [rule for rule in group.rules if isinstance(rule, RecordingRule)]
    with backfilled_prometheus(tmp_path / "server") as server:
        server.write(samples(series, values) for series, values in STORY.series(STEPS).items())
        for minute in range(14):
            if minute not in missed:
                evaluate(server, rules, BEGIN + minute * 60 + 30 + phase)
        end = BEGIN + 15 * 60
        total, bad = (
            {labels["job"]: value for labels, value in server.vector(f"sum by (job) (sum_over_time({metric}[1h]))", end)}
            for metric in (names.TOTAL, names.BAD)
        )
    compare(total, bad, counting, longest=len(missed) if missed[1:] == tuple(n + 1 for n in missed[:-1]) else 0)


STEADY = ("steady", "nameless")


def compare(total: dict[str, float], bad: dict[str, float], counting: str, longest: int) -> None:
    """All events; but light does not look for what ended more than two intervals ago."""
    counted = {job: (total.get(job, 0), bad.get(job, 0)) for job in EXPECTED}
    if counting == "light" and longest > 0:
        assert {job: counted[job] for job in STEADY} == {job: EXPECTED[job] for job in STEADY}
        assert {job for job in EXPECTED if counted[job] > EXPECTED[job]} == set()
    else:
        assert counted == EXPECTED


REGISTER = (names.PROCESS_PRESENT, names.PROCESS_SEEN, names.PROCESS_ZERO)
CUT = (*REGISTER, names.CUT_OFF, names.PROCESS_DEPARTED, names.TOTAL_LEVEL, names.BAD_LEVEL)


@pytest.mark.parametrize("counting", ["exact", "light"])
@pytest.mark.parametrize("away", [1, 2])
@pytest.mark.parametrize("last", CUT)
def test_an_evaluation_that_is_cut_off_loses_nothing(counting: str, away: int, last: str, tmp_path: Path) -> None:
    """Prometheus is killed between two rules of minute 5, when processes have begun, ended and been relabelled.

    Within the register itself it may lose an interval of those, and still invents nothing.
    """
    of = indicator("i", measure=EVENTS, by=("job",), counting=counting, target_labels=("job", "instance", "pod"), bridge=BRIDGE)
    (group,) = counting_groups(catalogue([of]))
    rules = [rule for rule in group.rules if isinstance(rule, RecordingRule)]
    begun = rules[: 1 + [rule.record for rule in rules].index(last)]
    with backfilled_prometheus(tmp_path / "server") as server:
        server.write(samples(series, values) for series, values in STORY.series(STEPS).items())
        for minute in range(14):
            if not 5 < minute < 5 + away:
                evaluate(server, begun if minute == 5 else rules, BEGIN + minute * 60 + 43)
        end = BEGIN + 15 * 60
        total, bad = (
            {labels["job"]: value for labels, value in server.vector(f"sum by (job) (sum_over_time({metric}[1h]))", end)}
            for metric in (names.TOTAL, names.BAD)
        )
    if last in REGISTER:
        assert all((total.get(job, 0), bad.get(job, 0)) <= EXPECTED[job] for job in EXPECTED)
        assert all((total[job], bad[job]) == EXPECTED[job] for job in STEADY)
    else:
        compare(total, bad, counting, longest=away - 1)


AWAY = range(14, 21)
"""Scrapes that a Prometheus which was away did not make; it wrote no staleness marker either."""


@pytest.mark.parametrize("counting", ["exact", "light"])
def test_errors_of_a_process_that_ended_unwatched_are_not_those_of_the_next(counting: str, tmp_path: Path) -> None:
    story = (
        Story()
        .runs(0, 13, job="shop", start=-9000.0, ok=rising(1000), bad=lambda n: 500)
        .runs(21, 90, job="shop", start=at(18), ok=rising(30, since=21), bad=lambda n: 1 if n >= 24 else None)
    )
    of = indicator("i", measure=EVENTS, by=("job",), counting=counting, target_labels=("job", "instance", "pod"), bridge=3600)
    (group,) = counting_groups(catalogue([of]))
    rules = [rule for rule in group.rules if isinstance(rule, RecordingRule)]
    with backfilled_prometheus(tmp_path / "server") as server:
        written = (samples(series, values) for series, values in story.series(95).items())
        server.write((labels, [point for point in points if not at(AWAY.start) <= point[0] < at(AWAY.stop)]) for labels, points in written)
        for minute in range(22):
            when = BEGIN + minute * 60 + 43
            if not at(AWAY.start) <= when < at(AWAY.stop):
                evaluate(server, rules, when)
        end = BEGIN + 23 * 60
        ((_, total),) = server.vector(f"sum by (job) (sum_over_time({names.TOTAL}[1h]))", end)
        ((_, bad),) = server.vector(f"sum by (job) (sum_over_time({names.BAD}[1h]))", end)
    assert (total, bad) == (10 * 13 + 30 + 10 * (84 - 21) + 1, 1)       # up to the last mark, at scrape 84


@pytest.mark.parametrize("counting", ["exact", "light"])
def test_a_boundary_written_otherwise_after_an_upgrade_is_counted_once(counting: str, tmp_path: Path) -> None:
    """Prometheus 3 writes ``1.0`` where 2 wrote ``1``; what 2 has written lingers beside it."""
    before, after = range(80), range(88, 160)
    of = indicator("i", measure=Latency("h", Fraction(1)), counting=counting, target_labels=("job", "instance"), bridge=BRIDGE)
    (group,) = counting_groups(catalogue([of]))
    rules = [rule for rule in group.rules if isinstance(rule, RecordingRule)]

    def scraped(name: str, value: Level, steps: Iterable[int], **labels: str) -> Series:
        points = [(at(step), float(value(step) or 0)) for step in steps]
        return {"__name__": name, "job": "shop", "instance": "a", **labels}, points

    with backfilled_prometheus(tmp_path / "server") as server:
        seen = [*before, *after]
        server.write([
            scraped("up", lambda _: 1, seen), scraped("process_start_time_seconds", lambda _: 1, seen),
            scraped("h_count", rising(1000), seen),
            scraped("h_bucket", rising(1000), before, le="1"), scraped("h_bucket", rising(1000), after, le="1.0"),
        ])
        for minute in range(38):
            when = BEGIN + minute * 60 + 43
            if not at(before.stop) <= when < at(after.start):
                evaluate(server, rules, when)
        end = BEGIN + 39 * 60
        ((_, total),) = server.vector(f"sum(sum_over_time({names.TOTAL}[1h]))", end)
        ((_, bad),) = server.vector(f"sum(sum_over_time({names.BAD}[1h]))", end)
    assert total > 1400
    assert bad == 0
