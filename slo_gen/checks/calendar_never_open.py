"""In a calendar that is never open no time is owed, no clock runs, and nobody is told of anything."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.checks.hours_used import told_in, users

__all__ = ["CHECK"]

_AHEAD: Final = 400 * 86_400
"""More than a year: every day of the week and every yearly day is in it."""


def find(subject: Subject) -> Iterator[Finding]:
    if subject.now is None:
        return
    for name, calendar in subject.catalogue.calendars.items():
        document = subject.written.get("Calendar", name)
        owed, told = any(users(subject, name)), next(told_in(subject, name), "")
        if document is not None and (owed or told) and not calendar.spans(subject.now, subject.now + _AHEAD):
            so = "nothing is owed in its hours" if owed else f"{told} is never told of what waits for its hours"
            yield Finding(
                CHECK.id, "warning", document, ("metadata", "name"),
                f"{name} is not open once in the next {_AHEAD // 86_400} days, so {so}",
                "look at what it is made of: hours that never meet, a list of days that is over, or another calendar that takes all away",
            )


CHECK = Check(
    id="calendar-never-open",
    title="Every calendar that is used is open some time",
    reason="Calendars are made of calendars, and two that never meet leave nothing. The figure of a target in such hours is not measured, "
           "and a ticket's clock never runs. A team that is told in such hours is never told.",
    fix="Correct the hours, or write 24x7.",
    find=find,
)
