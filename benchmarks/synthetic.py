"""Synthetic counters of a steady fleet, and what rules would have recorded of it.

The fleet has been up for forty days; nothing restarts. Values are functions of time, so that every part of the data
agrees with every other: what a rule finds in its own records is what it would have recorded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from slo_gen import names
from slo_gen.rules.rule import RecordingRule, RuleGroup

METRIC: Final = "http_requests_total"
PER_SECOND: Final = {"200": 2000, "500": 1}
"""Requests by their code: half of the budget is spent, so no alert fires."""

AGE: Final = 40 * 86_400
HOUR, DAY, MONTH = 3600, 86_400, 30 * 86_400

_SETTLING: Final = 30
_ENTRIES: Final = frozenset({names.TOTAL_LEVEL, names.BAD_LEVEL, names.GOOD_LEVEL})

Curve = Callable[[int], float]


@dataclass(frozen=True, slots=True)
class Track:
    """A series: its value at any instant, how far apart its samples are, and for how long there have been any."""

    labels: Mapping[str, str]
    value: Curve
    step: int
    history: int

    def instants(self, start: int, end: int, now: int) -> range:
        """When it has samples in ``[start, end)``."""
        first = max(start, now - self.history)
        return range(-(-first // self.step) * self.step, end, self.step)

    def text(self) -> str:
        """The series as OpenMetrics writes it."""
        labels = ",".join(f'{label}="{value}"' for label, value in self.labels.items() if label != "__name__")
        return f"{self.labels['__name__']}{{{labels}}}"


@dataclass(frozen=True, slots=True)
class Job:
    """One scraped service: every instance exposes a counter for each code."""

    name: str
    instances: tuple[str, ...]


class Fleet:
    """Jobs that started at ``started`` and have been scraped every ``scrape`` seconds for ``days`` days."""

    def __init__(self, jobs: Iterable[Job], started: int, scrape: int, days: int) -> None:
        self.jobs = {job.name: job for job in jobs}
        self.started = started
        self.scrape = scrape
        self.history = days * DAY
        self._counters: dict[str, Curve] = {code: partial(self._count, code) for code in PER_SECOND}
        self._one: Curve = lambda at: 1
        self._start_time: Curve = lambda at: started
        self._level: dict[bool, Curve] = {bad: partial(self._highest, bad) for bad in (True, False)}
        self._growth: dict[tuple[bool, int, int], Curve] = {}
        self._clock: Curve = lambda at: at

    # -- curves -------------------------------------------------------------------------------------------------

    def _count(self, code: str, at: int) -> int:
        """A counter that grows unevenly, as real ones do, and never falls."""
        rate = PER_SECOND[code] * self.scrape
        turn = (at - self.started) // self.scrape
        return turn * rate + (turn * 2_654_435_761 >> 12) % rate

    def _highest(self, bad: bool, at: int) -> int:
        mark = (at - _SETTLING) // 60 * 60
        return sum(self._count(code, mark) for code in PER_SECOND if not bad or code == "500")

    def _grown(self, bad: bool, instances: int, span: int, at: int) -> int:
        return instances * (self._highest(bad, at) - self._highest(bad, at - span))

    # -- series -------------------------------------------------------------------------------------------------

    def raw(self) -> Iterator[Track]:
        """What Prometheus scraped."""
        for job in self.jobs.values():
            for instance in job.instances:
                target = {"job": job.name, "instance": instance}
                for code, count in self._counters.items():
                    yield Track({"__name__": METRIC, **target, "code": code}, count, self.scrape, self.history)
                yield Track({"__name__": "up", **target}, self._one, self.scrape, self.history)
                yield Track({"__name__": "process_start_time_seconds", **target}, self._start_time, self.scrape, self.history)

    def recorded(self, groups: Sequence[RuleGroup], jobs: Mapping[str, str]) -> Iterator[Track]:
        """What our own rules read back of what they recorded. ``jobs`` are the jobs of the indicators."""
        for group in groups:
            rules = [rule for rule in group.rules if isinstance(rule, RecordingRule)]
            if rules and names.TARGETS in rules[0].labels:
                indicators = {rule.labels[names.INDICATOR] for rule in rules if rule.record in _ENTRIES}
                yield from self._register(rules[0].labels[names.TARGETS], sorted(jobs[indicator] for indicator in indicators))
                yield from (entry for rule in rules if rule.record in _ENTRIES for entry in self._entries(rule, jobs))
        exact = any(rule.record == names.UNSEEN for group in groups for rule in group.rules if isinstance(rule, RecordingRule))
        for indicator, job in jobs.items():
            yield from self._facts(indicator, len(self.jobs[job].instances), exact)

    def _processes(self, job: str) -> Iterator[dict[str, str]]:
        for instance in self.jobs[job].instances:
            yield {"job": job, "instance": instance, names.PROCESS: str(self.started)}

    def _register(self, register: str, jobs: Iterable[str]) -> Iterator[Track]:
        curves = {names.PROCESS_SEEN: self._start_time, names.PROCESS_PRESENT: self._clock, names.PROCESS_SETTLED: self._clock}
        for job in jobs:
            for process in self._processes(job):
                for metric, curve in curves.items():
                    yield Track({"__name__": metric, names.TARGETS: register, **process}, curve, 60, 2 * HOUR)

    def _entries(self, rule: RecordingRule, jobs: Mapping[str, str]) -> Iterator[Track]:
        curve = self._level[rule.record == names.BAD_LEVEL]
        for process in self._processes(jobs[rule.labels[names.INDICATOR]]):
            yield Track({"__name__": rule.record, **rule.labels, **process}, curve, 60, 2 * HOUR)

    def _facts(self, indicator: str, instances: int, exact: bool) -> Iterator[Track]:
        for metric, bad, span, history in (
            (names.TOTAL, False, 60, 14 * HOUR), (names.BAD, True, 60, 14 * HOUR),
            (names.TOTAL_ROLLUP, False, 300, MONTH), (names.BAD_ROLLUP, True, 300, MONTH),
        ):
            curve = self._growth.setdefault((bad, instances, span), partial(self._grown, bad, instances, span))
            yield Track({"__name__": metric, names.INDICATOR: indicator}, curve, span, history)
        yield Track({"__name__": names.MINUTES_ROLLUP, names.INDICATOR: indicator}, _five, 300, MONTH)
        if exact:
            yield Track({"__name__": names.UNSEEN, names.INDICATOR: indicator}, _none, 60, 14 * HOUR)
            yield Track({"__name__": names.UNSEEN_ROLLUP, names.INDICATOR: indicator}, _none, 300, MONTH)


def _none(at: int) -> float:
    return 0


def _five(at: int) -> float:
    return 5


def write_openmetrics(path: Path, tracks: Iterable[Track], start: int, end: int, now: int) -> int:
    """Write the samples in ``[start, end)`` as OpenMetrics text, series after series; their number."""
    written = 0
    lines: dict[tuple[Curve, range], list[str]] = {}
    with path.open("w") as file:
        for track in tracks:
            instants = track.instants(start, end, now)
            if not instants:
                continue
            kept = track.value, instants
            if kept not in lines:
                lines[kept] = [f" {track.value(at)} {at}\n" for at in instants]
            text = track.text()
            file.write(text + text.join(lines[kept]))
            written += len(instants)
        file.write("# EOF\n")
    return written
