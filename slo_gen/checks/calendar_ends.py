"""A list of holidays ends, and the agreement that counts by it goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final

from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.checks.hours_used import users
from slo_gen.spec import documents
from slo_gen.spec.documents.calendar import CalendarSpec
from slo_gen.timekeeping.days import has_holidays, known_until

__all__ = ["CHECK"]

_AHEAD: Final = timedelta(days=60)
"""Time enough to ask for next year's list."""


def find(subject: Subject) -> Iterator[Finding]:
    for document in subject.written.each("Calendar"):
        if not isinstance(document.value, documents.Calendar) or (end := _end(document.value.spec)) is None:
            continue
        agreements = list(users(subject, document.name))
        outlasting = [agreement for agreement in agreements if agreement.ends is not None and agreement.ends > end.last]
        if outlasting:
            longest = max(outlasting, key=lambda agreement: (agreement.ends or end.last, agreement.name))
            others = f" and {len(outlasting) - 1} more" if len(outlasting) > 1 else ""
            yield Finding(
                CHECK.id, "warning", document, end.path,
                f"{end.what} until {end.last}, and {longest.kind} {longest.name}{others} counts by them until {longest.ends}", end.hint,
            )
        elif agreements and subject.now is not None and end.last < _day(subject.now) + _AHEAD:
            many = f"{len(agreements)} agreements count" if len(agreements) > 1 else f"{agreements[0].kind} {agreements[0].name} counts"
            yield Finding(CHECK.id, "warning", document, end.path, f"{end.what} until {end.last} only, and {many} by them", end.hint)


@dataclass(frozen=True, slots=True)
class _End:
    """The last day for which the holidays of a calendar are known, and how that is known."""

    last: date
    path: tuple[str | int, ...]
    what: str
    hint: str


def _end(spec: CalendarSpec) -> _End | None:
    """What is written; else where the first table of a country ends."""
    if spec.valid_until:
        hint = "add the days that are known by now, and move `valid_until`"
        return _End(date.fromisoformat(spec.valid_until), ("spec", "valid_until"), "the holidays are complete", hint)
    codes = [(code, code.partition("-")[0]) for code in (spec.holidays.countries if spec.holidays else ())]
    ends = [(known_until(country), position, code) for position, (code, country) in enumerate(codes) if has_holidays(country)]
    if not ends:
        return None
    year, position, code = min(ends)
    hint = "add the days after that to `dates`, and say in `valid_until` how far they reach"
    return _End(date(year, 12, 31), ("spec", "holidays", "countries", position), f"the public holidays of {code} are known", hint)


def _day(now: int) -> date:
    return datetime.fromtimestamp(now, UTC).date()


CHECK = Check(
    id="calendar-ends",
    title="A list of holidays lasts as long as the agreements that count by it",
    reason="After the last day of the list every holiday is a working day: clocks run that should stand still, and deadlines are early.",
    fix="Add the days of the next year as soon as they are known, and move `valid_until`.",
    find=find,
)
