"""Maintenance documents become spans of planned work, also those that come again.

Work that comes again and has no last day is listed until the end of the year after the last year that any document
speaks of. The clock has no part in it: the same documents always mean the same spans, and whoever writes about a later
year, be it in another document, moves the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

import msgspec

from slo_gen.spec import documents, model
from slo_gen.spec.convert import Document
from slo_gen.spec.documents.calendar import MaintenanceSpec, MaintenanceWindow
from slo_gen.spec.documents.calendar import Recurrence as WrittenRecurrence
from slo_gen.spec.resolve.references import Steps
from slo_gen.spec.resolve.register import Register, origin
from slo_gen.timekeeping.calendars import WEEKDAYS, wall_span
from slo_gen.timekeeping.recurrence import LAST, EveryDay, EveryMonth, EveryWeek, Recurrence
from slo_gen.timekeeping.spans import Span
from slo_gen.timekeeping.zones import TimeError, at, is_zone, read_date, read_instant, zone

__all__ = ["FARTHEST_YEAR", "resolve_maintenance"]

FARTHEST_YEAR: Final = 2100
"""Years beyond it stand for "for ever" and move no end."""

_YEAR: Final = re.compile(r"([0-9]{4})-[0-9]{2}-[0-9]{2}([T ].*)?")


def resolve_maintenance(register: Register, written: Sequence[Document]) -> dict[str, model.Maintenance]:
    """All maintenance that can be resolved, sorted by name; the others have a problem."""
    found: dict[str, model.Maintenance] = {}
    last_day: date | None = None
    for document, value in register.each(documents.Maintenance):
        if not is_zone(value.spec.timezone):
            continue                                           # reported as a reference
        reader = _Reader(document, register, value.spec)
        if value.spec.recurring:
            last_day = last_day or _last_day(written)
            windows = reader.recurring(value.spec.recurring, last_day)
        else:
            windows = reader.windows(value.spec.windows or ())
        if windows is not None:
            found[document.name] = _maintenance(document, value, windows)
    return found


def _maintenance(document: Document, value: documents.Maintenance, windows: tuple[model.PlannedWork, ...]) -> model.Maintenance:
    return model.Maintenance(
        name=document.name,
        title=value.metadata.title or document.name,
        services=value.spec.services,
        customers=value.spec.customers,
        emergency=value.spec.type == "emergency",
        cancelled=value.spec.state == "cancelled",
        windows=windows,
        notice=value.spec.notice or "",
        reason=value.spec.reason,
        origin=origin(document, ("metadata", "name")),
        recurs=_recurs(value.spec),
    )


def _recurs(spec: MaintenanceSpec) -> str:
    """``every week on wed, 02:00-03:00 Europe/Berlin``."""
    written = spec.recurring
    if not written:
        return ""
    days = f" on {', '.join(map(str, written.on))}" if written.on else ""
    until = f" until {written.until}" if written.until else ""
    return f"every {written.every}{days}, {written.at} {spec.timezone}, from {written.from_}{until}"


class _Reader:
    """Reads the work of one document. What is wrong becomes a problem, and None."""

    def __init__(self, document: Document, register: Register, spec: MaintenanceSpec) -> None:
        self._document = document
        self._register = register
        self._zone = zone(spec.timezone)

    # --- one by one -------------------------------------------------------------------------------------------
    def windows(self, windows: Sequence[MaintenanceWindow]) -> tuple[model.PlannedWork, ...] | None:
        """The spans that are listed, in their order of time."""
        if not windows:
            self._problem(("spec", "windows"), "no work is planned", "write its `from` and `to`", "recurrence", key=True)
            return None
        read = [self._window(("spec", "windows", position), window) for position, window in enumerate(windows)]
        known = [window for window in read if window is not None]
        return tuple(sorted(known, key=lambda work: work.planned)) if len(known) == len(read) else None

    def _window(self, path: Steps, window: MaintenanceWindow) -> model.PlannedWork | None:
        planned = self._span(path, ("from", window.from_), ("to", window.to))
        announced = self._instant((*path, "announced"), window.announced) if window.announced else None
        if planned is None or (window.announced and announced is None):
            return None
        actual: Span | None = None
        if window.actual_from or window.actual_to:
            begun = ("actual_from", window.actual_from) if window.actual_from else ("from", window.from_)
            ended = ("actual_to", window.actual_to) if window.actual_to else ("to", window.to)
            actual = self._span(path, begun, ended)
            if actual is None:
                return None
        return model.PlannedWork(planned, announced, actual, window.reference)

    def _span(self, path: Steps, start: tuple[str, str], end: tuple[str, str]) -> Span | None:
        opens, closes = self._instant((*path, start[0]), start[1]), self._instant((*path, end[0]), end[1])
        if opens is None or closes is None:
            return None
        if opens >= closes:
            self._problem((*path, end[0]), "the span does not end after its start", f"it starts at {start[1]}", "span")
            return None
        return opens, closes

    def _instant(self, path: Steps, text: str) -> int | None:
        try:
            return read_instant(text, self._zone)
        except TimeError as error:
            self._problem(path, f"{error}", "check the year", "date")
            return None

    # --- again and again --------------------------------------------------------------------------------------
    def recurring(self, written: WrittenRecurrence, last_day: date) -> tuple[model.PlannedWork, ...] | None:
        """The spans of work that comes again, from its first day to its last, or to ``last_day`` where none is written."""
        path: Steps = ("spec", "recurring")
        first = self._date((*path, "from"), written.from_)
        until = self._date((*path, "until"), written.until) if written.until else None
        rule = self._rule(path, written)
        if first is None or rule is None or (written.until and until is None):
            return None
        if until is not None and until < first:
            self._problem((*path, "until"), "the work ends before it begins", f"it begins on {first}", "span")
            return None
        if first.year > FARTHEST_YEAR:
            self._problem((*path, "from"), f"the work begins after {FARTHEST_YEAR}", "check the year", "date")
            return None
        last = min(until or max(last_day, date(first.year + 1, 12, 31)), date(FARTHEST_YEAR + 1, 12, 31))
        left_out = self._left_out((*path, "except"), written.except_, rule, first, last)
        if left_out is None:
            return None
        spans = self._spans(written.at, (day for day in rule.dates(first, last) if day not in left_out))
        if not spans:
            self._problem(path, "the work never comes", f"no such day is left from {first} to {last}", "recurrence", key=True)
            return None
        return tuple(model.PlannedWork(span, None, None) for span in spans)

    def _spans(self, hours: str, days: Iterable[date]) -> list[Span]:
        opens, closes = wall_span(hours)
        read = ((at(day, opens, self._zone), at(day, closes, self._zone)) for day in days)
        return [(start, end) for start, end in read if start < end]      # a clock that is set forward may leave nothing of a night

    def _rule(self, path: Steps, written: WrittenRecurrence) -> Recurrence | None:
        """The days that ``every`` and ``on`` say."""
        if written.every == "day":
            if written.on:
                hint = "write `every: week` or leave `on` out"
                self._problem((*path, "on"), "work of every day comes on no days of its own", hint, "recurrence")
                return None
            return EveryDay()
        if not written.on:
            hint = f"add for example `on: {'[wed]' if written.every == 'week' else '[1.sun]'}`"
            self._problem((*path, "every"), f"work of every {written.every} needs its days", hint, "recurrence")
            return None
        read = [self._day((*path, "on", position), written.every, day) for position, day in enumerate(written.on)]
        if not all(read):
            return None
        if written.every == "week":
            return EveryWeek(frozenset(WEEKDAYS.index(str(day)) for day in written.on))
        return EveryMonth(
            frozenset(day for day in written.on if isinstance(day, int)),
            frozenset(_counted(day) for day in written.on if isinstance(day, str)),
        )

    def _day(self, path: Steps, every: str, day: str | int) -> bool:
        """Whether a day fits ``every``: days of the week to weeks, counted ones and numbers to months."""
        if (day in WEEKDAYS) == (every == "week"):
            return True
        if every == "week":
            self._problem(path, f"{day} is no day of every week", "write a day like sun, or `every: month`", "recurrence")
        else:
            self._problem(path, f"which {day} of the month?", f"write 1.{day} or `last {day}`, or `every: week`", "recurrence")
        return False

    def _left_out(self, path: Steps, texts: Sequence[str], rule: Recurrence, first: date, last: date) -> frozenset[date] | None:
        found = set()
        for position, text in enumerate(texts):
            day = self._date((*path, position), text)
            if day is not None and first <= day <= last and rule.comes_on(day):
                found.add(day)
            elif day is not None:
                near = next(rule.dates(max(day, first), last), None)
                hint = f"the next time is {near}" if near else "take it out"
                self._problem((*path, position), f"the work does not come on {text}", hint, "recurrence")
        return frozenset(found) if len(found) == len(set(texts)) else None

    def _date(self, path: Steps, text: str) -> date | None:
        try:
            return read_date(text)
        except TimeError as error:
            self._problem(path, f"{error}", "check the year", "date")
            return None

    def _problem(self, path: Steps, message: str, hint: str, check: str, *, key: bool = False) -> None:
        self._register.problems.append(self._document.problem(path, message, hint, check=check, key=key))


def _counted(day: str) -> tuple[int, int]:
    """``2.sun`` or ``last fri`` as a count and a day of the week."""
    if day.startswith("last "):
        return LAST, WEEKDAYS.index(day.removeprefix("last "))
    which, _, weekday = day.partition(".")
    return int(which), WEEKDAYS.index(weekday)


# --- the end of work that has none ----------------------------------------------------------------------------------
def _last_day(written: Iterable[Document]) -> date:
    """The last day of the year after the last year that a document speaks of."""
    years = (year for document in written for year in _years(msgspec.to_builtins(document.value)) if year <= FARTHEST_YEAR)
    return date(max(years, default=date.min.year) + 1, 12, 31)


def _years(value: Any) -> Iterator[int]:
    """The years of all dates in the plain values of a document."""
    if isinstance(value, str):
        found = _YEAR.fullmatch(value)
        if found:
            yield int(found[1])
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _years(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _years(each)
