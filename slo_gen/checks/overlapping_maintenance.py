"""Time that two pieces of work exclude is excluded once, and for one reason only."""

from __future__ import annotations

from collections.abc import Iterator

from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.checks.planned import window_path, work_together
from slo_gen.spec.model import Maintenance
from slo_gen.timekeeping.spans import Span, Spans
from slo_gen.timekeeping.zones import write_instant

__all__ = ["CHECK"]


def find(subject: Subject) -> Iterator[Finding]:
    for maintenance in subject.catalogue.maintenance.values():
        until = 0
        for start, end in sorted(work.planned for work in maintenance.windows):
            if start < until:
                shared = start, min(until, end)
                yield _overlap(subject, maintenance, (start, end), "an earlier window of this document", shared, 1)
            until = max(until, end)
    for first, second in work_together(subject.catalogue):
        both = (Spans.of(work.planned for work in first.windows) & Spans.of(work.planned for work in second.windows)).items
        if both:
            at = next(work.planned for work in second.windows if work.planned[0] <= both[0][0] < work.planned[1])
            yield _overlap(subject, second, at, f"the work of {first.name}", both[0], len(both))


def _overlap(subject: Subject, maintenance: Maintenance, at: Span, what: str, shared: Span, times: int) -> Finding:
    more = f", and {times - 1} more time{'s' * (times > 2)}" if times > 1 else ""
    return Finding(
        CHECK.id, "warning", maintenance, window_path(subject.written, maintenance, at),
        f"overlaps {what} from {write_instant(shared[0])} to {write_instant(shared[1])}{more}; this time is excluded once",
        "join the two, or move one, so that each minute has one reason",
    )


CHECK = Check(
    id="overlapping-maintenance",
    title="No two pieces of work exclude the same time",
    reason="What is excluded is the union of all windows, and a minute has one reason: the report shows less time for the second one than "
           "was planned, and whoever adds the windows up by hand gets another figure.",
    fix="Join windows that belong together, and list the services that each touches.",
    find=find,
)
