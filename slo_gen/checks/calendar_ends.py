"""A list of holidays ends, and the agreement that counts by it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final

from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.checks.hours_used import users
from slo_gen.spec import documents

__all__ = ["CHECK"]

_AHEAD: Final = timedelta(days=60)
"""Time enough to ask for next year's list."""


def find(subject: Subject) -> Iterator[Finding]:
    for document in subject.written.each("Calendar"):
        if not isinstance(document.value, documents.Calendar) or not document.value.spec.valid_until:
            continue
        last = date.fromisoformat(document.value.spec.valid_until)
        agreements = list(users(subject, document.name))
        outlasting = [agreement for agreement in agreements if agreement.ends is not None and agreement.ends > last]
        path, hint = ("spec", "valid_until"), "add the days that are known by now, and move `valid_until`"
        if outlasting:
            longest = max(outlasting, key=lambda agreement: (agreement.ends or last, agreement.name))
            others = f" and {len(outlasting) - 1} more" if len(outlasting) > 1 else ""
            yield Finding(
                CHECK.id, "warning", document, path,
                f"the holidays are complete until {last}, and {longest.kind} {longest.name}{others} counts by them until {longest.ends}",
                hint,
            )
        elif agreements and subject.now is not None and last < _day(subject.now) + _AHEAD:
            many = f"{len(agreements)} agreements count" if len(agreements) > 1 else f"{agreements[0].kind} {agreements[0].name} counts"
            yield Finding(
                CHECK.id, "warning", document, path, f"the holidays are complete until {last} only, and {many} by them", hint,
            )


def _day(now: int) -> date:
    return datetime.fromtimestamp(now, UTC).date()


CHECK = Check(
    id="calendar-ends",
    title="A list of holidays lasts as long as the agreements that count by it",
    reason="After the last day of the list every holiday is a working day: clocks run that should stand still, and deadlines are early.",
    fix="Add the days of the next year as soon as they are known, and move `valid_until`.",
    find=find,
)
