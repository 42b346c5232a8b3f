"""How fast business time is computed, beside businesstimedelta, business-duration and timegrid, in the same run.

    .venv/bin/pip install businesstimedelta business-duration timegrid     # the dependency group `benchmarks`
    .venv/bin/python benchmarks/business_time.py

All are asked the same about the same office, Monday to Friday from 08:00 to 18:00 in UTC: how much business time lies in a
span of up to thirty days, when ten hours of it have run, and whether an instant is inside. A million questions are
answered by ours at once, and by timegrid where it can (it is written in Rust; at once it answers whether instants are
inside). The others answer one by one, as many as a second or two allows, and are reckoned up. They take turns, and the least time
of each counts. Answers that differ end the run.
"""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from datetime import time as wall
from typing import Any, Final

import numpy as np

from slo_gen.timekeeping.bulk import BulkTime
from slo_gen.timekeeping.business import BusinessTime
from slo_gen.timekeeping.calendars import Weekly, week

MILLION: Final = 1_000_000
ROUNDS: Final = 3
FIRST: Final = 1_420_070_400
LAST: Final = 1_735_689_600                              # ten years later
LONGEST: Final = 30 * 86_400
WORK: Final = 10 * 3600
OFFICE: Final = Weekly("UTC", week({"mon-fri": ["08:00-18:00"]}))


@dataclass(frozen=True)
class Questions:
    """Spans, as seconds and as the naive times that the others take."""

    starts: np.ndarray[Any, np.dtype[np.int64]]
    ends: np.ndarray[Any, np.dtype[np.int64]]

    @classmethod
    def drawn(cls, count: int, seed: int = 1) -> Questions:
        """The same spans in every run."""
        draw = random.Random(seed)
        starts = [draw.randrange(FIRST, LAST - LONGEST) for _ in range(count)]
        return cls(np.array(starts), np.array([start + draw.randrange(LONGEST) for start in starts]))

    def moments(self, count: int) -> tuple[list[datetime], list[datetime]]:
        """The first spans as times."""
        return moments(self.starts[:count].tolist()), moments(self.ends[:count].tolist())


@dataclass(frozen=True)
class Way:
    """One way to answer: ``ask(count)`` answers the first questions, as seconds or as 0 and 1."""

    name: str
    question: str
    count: int
    ask: Callable[[int], Sequence[int]]


def moments(instants: Sequence[int]) -> list[datetime]:
    """Instants as naive times in UTC."""
    return [datetime.fromtimestamp(each, UTC).replace(tzinfo=None) for each in instants]


def seconds(times: Sequence[datetime]) -> list[int]:
    """Naive times in UTC as instants."""
    return [int(each.replace(tzinfo=UTC).timestamp()) for each in times]


def ours(questions: Questions, million: int) -> list[Way]:
    """At once, and one by one."""
    bulk, single = BulkTime(OFFICE), BusinessTime(OFFICE)
    bulk.elapsed(FIRST, LAST)
    single.elapsed(FIRST, LAST)
    starts, ends = questions.starts, questions.ends
    listed = list(zip(starts.tolist(), ends.tolist(), strict=True))
    few = min(million, 100_000)
    return [
        Way("ours, at once", "elapsed", million, lambda count: bulk.elapsed(starts[:count], ends[:count])),
        Way("ours, one by one", "elapsed", few, lambda count: [single.elapsed(start, end) for start, end in listed[:count]]),
        Way("ours, at once", "deadline", million, lambda count: bulk.deadline(starts[:count], WORK)),
        Way("ours, one by one", "deadline", few, lambda count: [single.deadline(start, WORK) for start, _ in listed[:count]]),
        Way("ours, at once", "inside", million, lambda count: bulk.is_open(starts[:count])),
    ]


def timegrid_ways(questions: Questions, million: int) -> list[Way]:
    """timegrid, compiled for the ten years before time is taken."""
    import timegrid

    office = timegrid.TimeGridCalendar.weekdays(wall(8), wall(18))
    timeline = office.compile(*moments([FIRST, LAST + LONGEST]))
    few = min(million, 100_000)
    starts, ends = questions.moments(million)
    work = timedelta(seconds=WORK)
    return [
        Way("timegrid, one by one", "elapsed", few, lambda count: [
            int(timeline.get_working_duration(start, end).total_seconds()) for start, end in zip(starts[:count], ends[:count], strict=True)
        ]),
        Way("timegrid, one by one", "deadline", min(few, 5_000), lambda count: seconds(
            [office.add_work_duration(start, work) for start in starts[:count]]
        )),
        Way("timegrid, at once", "inside", million, lambda count: timeline.get_capacities_at(starts[:count])),
    ]  # fmt: skip


def businesstimedelta_ways(questions: Questions, million: int) -> list[Way]:
    """businesstimedelta, one by one."""
    import businesstimedelta

    office = businesstimedelta.WorkDayRule(start_time=wall(8), end_time=wall(18), working_days=[0, 1, 2, 3, 4])
    rules = businesstimedelta.Rules([office])
    few = min(million, 300)
    starts, ends = questions.moments(few)
    work = businesstimedelta.BusinessTimeDelta(rules, hours=WORK // 3600)

    def elapsed(start: datetime, end: datetime) -> int:
        found = rules.difference(start, end)
        return int(found.hours * 3600 + found.seconds)

    return [
        Way("businesstimedelta", "elapsed", few, lambda count: [elapsed(*span) for span in zip(starts[:count], ends[:count], strict=True)]),
        Way("businesstimedelta", "deadline", few, lambda count: seconds([start + work for start in starts[:count]])),
    ]


def business_duration_ways(questions: Questions, million: int) -> list[Way]:
    """business-duration, one by one; it knows no deadlines."""
    from business_duration import businessDuration

    few = min(million, 300)
    starts, ends = questions.moments(few)

    def elapsed(start: datetime, end: datetime) -> int:
        return round(businessDuration(start, end, wall(8), wall(18), unit="sec"))

    return [
        Way("business-duration", "elapsed", few, lambda count: [elapsed(*span) for span in zip(starts[:count], ends[:count], strict=True)]),
    ]


PEERS: Final = (timegrid_ways, businesstimedelta_ways, business_duration_ways)


def measured(ways: Sequence[Way]) -> dict[tuple[str, str], float]:
    """Seconds of each way for a question, the least of all rounds. Raises AssertionError when two ways answer differently."""
    least: dict[tuple[str, str], float] = {}
    first: dict[str, Sequence[int]] = {}
    for _ in range(ROUNDS):
        for way in ways:
            begun = time.perf_counter()
            answers = way.ask(way.count)
            took = (time.perf_counter() - begun) / way.count
            expected = first.setdefault(way.question, answers)
            assert all(one == other for one, other in zip(answers, expected, strict=False)), f"{way.name} differs: {way.question}"
            least[way.name, way.question] = min(took, least.get((way.name, way.question), took))
    return least


def report(least: dict[tuple[str, str], float]) -> list[str]:
    """One line for each way: the time of a million questions, and how many times that of ours at once."""
    lines = [f"{'':24}{'question':12}{'a million takes':>16}{'times ours at once':>20}"]
    for (name, question), took in sorted(least.items(), key=lambda item: (item[0][1], item[1])):
        base = least["ours, at once", question]
        lines.append(f"{name:24}{question:12}{took * MILLION:>14.2f} s{took / base:>20.1f}")
    return lines


def main() -> None:
    """Three rounds of all ways."""
    questions = Questions.drawn(MILLION)
    begun = time.perf_counter()
    BulkTime(OFFICE).elapsed([FIRST], [LAST])
    print(f"the timetable of ten years is made once, in {(time.perf_counter() - begun) * 1000:.0f} ms\n")
    ways = ours(questions, MILLION)
    for peer in PEERS:
        ways += peer(questions, MILLION)
    print("\n".join(report(measured(ways))))


if __name__ == "__main__":
    main()
