"""Hours for planned work in which nothing is owed exclude nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.spec.model import ALWAYS, Agreement

__all__ = ["CHECK"]

_AHEAD: Final = 400 * 86_400


def find(subject: Subject) -> Iterator[Finding]:
    for agreement in subject.catalogue.agreements.values():
        if agreement.state != "ended":
            yield from _of_agreement(subject, agreement)


def _of_agreement(subject: Subject, agreement: Agreement) -> Iterator[Finding]:
    allowance = agreement.allowance
    allowed = subject.catalogue.calendars.get(allowance.hours) if allowance is not None else None
    owed = {target.hours for target in agreement.targets}
    if allowance is None or allowed is None or subject.now is None or not owed or ALWAYS in owed:
        return
    start, end = subject.now, subject.now + _AHEAD
    calendars = [subject.catalogue.calendars[name] for name in sorted(owed) if name in subject.catalogue.calendars]
    work = allowed.spans(start, end)
    if work and len(calendars) == len(owed) and not any(work & calendar.spans(start, end) for calendar in calendars):
        yield Finding(
            CHECK.id, "warning", agreement, ("spec", "allowance", "hours"),
            f"{allowance.hours} never meets the hours in which targets are owed ({', '.join(sorted(owed))}), so nothing is ever excluded",
            "take the allowance out, or name the hours in which work may interrupt the service",
        )


CHECK = Check(
    id="maintenance-hours",
    title="Hours for planned work are hours in which something is owed",
    reason="An allowance with hours excludes planned work in these hours alone. Where no target is owed in them nothing is ever excluded, "
           "and one of the two calendars is not what was meant.",
    fix="Take the allowance out, or name the hours in which work may interrupt the service.",
    find=find,
)
