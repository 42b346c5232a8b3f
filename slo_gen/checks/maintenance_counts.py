"""Planned work that an agreement does not exclude counts as downtime there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.checks.planned import concerned, window_path
from slo_gen.contract.exclusions import NotExcluded, exclusions
from slo_gen.spec.model import Agreement, Maintenance
from slo_gen.spec.terms import Allowance
from slo_gen.timekeeping.periods import Periods, RollingDays
from slo_gen.timekeeping.zones import write_instant

__all__ = ["CHECK"]

_Terms = tuple[Allowance | None, Periods | RollingDays]
"""What of an agreement decides whether planned work that touches it is excluded."""

_WHY: Final = {
    "announced_late": "it was announced later than {notice} before",
    "not_announced": "nobody wrote down when it was announced, which is to be {notice} before",
    "outside_hours": "it lies outside of {hours}",
}


def find(subject: Subject) -> Iterator[Finding]:
    for maintenance in subject.catalogue.maintenance.values():
        if maintenance.cancelled or not maintenance.windows:
            continue
        told: dict[tuple[int, int, str], list[Agreement]] = {}
        judged: dict[_Terms, tuple[NotExcluded, ...]] = {}       # many agreements have the terms of one template
        for agreement in concerned(subject.catalogue, maintenance):
            terms = agreement.allowance, agreement.period
            if agreement.targets and terms not in judged:
                judged[terms] = tuple(_refused(subject, agreement, maintenance))
            for each in judged.get(terms, ()):
                told.setdefault((each.start, each.end, each.why), []).append(agreement)
        for why in _WHY:
            of_this = sorted((start, end) for start, end, reason in told if reason == why)
            if of_this:
                yield _finding(subject, maintenance, of_this, why, told[(*of_this[0], why)])


def _refused(subject: Subject, agreement: Agreement, maintenance: Maintenance) -> Iterator[NotExcluded]:
    """Work that an agreement excludes as such, and not this time."""
    if agreement.allowance is None:
        return
    if agreement.allowance.hours and agreement.allowance.hours not in {"24x7", *subject.catalogue.calendars}:
        return
    start, end = maintenance.windows[0].planned[0], max(work.planned[1] for work in maintenance.windows)
    judged = exclusions(
        agreement, agreement.targets[0], {maintenance.name: maintenance}, start, end, service=agreement.service,
        calendars=subject.catalogue.calendars,
    )  # fmt: skip
    yield from (each for each in judged.not_excluded if each.why in _WHY)


def _finding(
    subject: Subject, maintenance: Maintenance, spans: list[tuple[int, int]], why: str, agreements: list[Agreement]
) -> Finding:
    first, start = agreements[0], spans[0][0]
    allowance = first.allowance
    assert allowance is not None, "only agreements with an allowance are asked"
    others = f" and {len(agreements) - 1} more" if len(agreements) > 1 else ""
    again = f" (and {len(spans) - 1} more time{'s' * (len(spans) > 2)})" if len(spans) > 1 else ""
    at = next(work.planned for work in maintenance.windows if work.planned[0] <= start < work.planned[1])
    reason = _WHY[why].format(notice=allowance.notice, hours=allowance.hours)
    return Finding(
        CHECK.id, "warning", maintenance, window_path(subject.written, maintenance, at),
        f"this work counts as downtime from {write_instant(start)}{again} for {first.kind} {first.name}{others}: {reason}",
        "move the work, say when customers were told (`announced`, or `notice` of the document), or agree on the relief in an Adjustment",
    )


CHECK = Check(
    id="maintenance-counts",
    title="Planned work is excluded where the agreements allow it",
    reason="Most contracts exclude planned work only when it was announced so long before, and in agreed hours. Other work counts as "
           "downtime, whatever the plan of changes says.",
    fix="Announce earlier and write it down, move the work, or agree on the relief.",
    find=find,
)
