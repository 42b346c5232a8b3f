"""How long the clocks of many tickets ran, and when they have run so long, in the hours of one calendar."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from slo_gen.contract.clocks import Cycle
from slo_gen.timekeeping.bulk import BulkTime, Pauses
from slo_gen.timekeeping.business import Boundary, business_time
from slo_gen.timekeeping.calendars import Calendar
from slo_gen.timekeeping.spans import Span, Spans
from slo_gen.timekeeping.zones import TimeError

__all__ = ["deadlines", "elapsed"]


def elapsed(bulk: BulkTime, runs: Sequence[Cycle]) -> list[int]:
    """The business seconds that each has run."""
    spans = [span for run in runs for span in run.ran]
    seconds = iter(bulk.elapsed([start for start, _ in spans], [end for _, end in spans]).tolist())
    return [sum(islice(seconds, len(run.ran))) for run in runs]


def deadlines(bulk: BulkTime, calendar: Calendar, runs: Sequence[Cycle], lengths: Sequence[int], boundary: Boundary) -> list[int]:
    """The instant at which each has run so long; -1 where that never comes."""
    pauses = [(place, span) for place, run in enumerate(runs) for span in _gaps(run)]
    halts = Pauses([place for place, _ in pauses], [a for _, (a, _) in pauses], [b for _, (_, b) in pauses])
    try:
        found: list[int] = bulk.deadline([run.start for run in runs], lengths, halts, boundary).tolist()
    except TimeError:
        return [_deadline(calendar, run, length, boundary) for run, length in zip(runs, lengths, strict=True)]
    return found


def _deadline(calendar: Calendar, run: Cycle, length: int, boundary: Boundary) -> int:
    try:
        return business_time(calendar).deadline(run.start, length, Spans.of(_gaps(run)), boundary)
    except TimeError:
        return -1


def _gaps(run: Cycle) -> Iterator[Span]:
    """The time in which it stood, up to the last event that let it go on; some gaps are empty."""
    last = run.start
    for start, end in run.ran:
        yield last, start
        last = end
    if run.since is not None:
        yield last, run.since
