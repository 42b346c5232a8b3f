"""One question about business time, as it is written on the command line."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

import click

from slo_gen.cli.loading import Specs, fail, load_specs, read_specs, specs_or_folder
from slo_gen.spec.documents import Calendar as CalendarDocument
from slo_gen.spec.model import ALWAYS
from slo_gen.spec.nearest import did_you_mean
from slo_gen.spec.problems import summary
from slo_gen.timekeeping.business import BusinessTime, never
from slo_gen.timekeeping.calendars import Always, Calendar, Week, Weekly, week
from slo_gen.timekeeping.durations import add_duration, read_duration
from slo_gen.timekeeping.spans import Span, Spans
from slo_gen.timekeeping.zones import TimeError, read_instant, zone

__all__ = ["NamedCalendars", "Question", "after_days", "first_periods", "question", "read_length"]

_SECONDS = {"s": 1, "m": 60, "h": 3600, "bh": 3600}
_LENGTHS = "hours, minutes and seconds like 4h30m, or business days alone like 3bd"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Question:
    """A calendar, and the words after its name. What cannot be read is wrong use; what has no answer ends the run with 1."""

    business: BusinessTime
    timezone: str
    words: dict[str, str]

    @property
    def zone(self) -> ZoneInfo:
        """The zone of the calendar, in which times are read and shown."""
        return zone(self.timezone)

    def instant(self, name: str) -> int:
        """The time that was written for START or END."""
        return _read(name, lambda: read_instant(self.words[name], self.zone))

    def pauses(self, texts: Sequence[str]) -> Spans:
        """Spans that were written as FROM/TO."""
        return _read("--pause", lambda: Spans.of(self._pause(text) for text in texts))

    def _pause(self, text: str) -> tuple[int, int]:
        start, found, end = text.partition("/")
        if not found:
            raise TimeError(f"{text!r} is no span; write it like 2026-03-29T07:00/2026-03-29T08:00")
        from_, to = read_instant(start, self.zone), read_instant(end, self.zone)
        if to < from_:
            raise TimeError(f"{text} ends before it starts; write the earlier time first")
        return from_, to

    def length(self) -> tuple[int, int]:
        """What was written for DURATION, as business seconds or as business days; the other one is 0."""
        return _read("DURATION", lambda: read_length(self.words["DURATION"]))

    def after_days(self, start: int, days: int) -> int:
        """The close of a business day."""
        return after_days(self.business, start, days, self.timezone)

    def answer(self, compute: Callable[[], T]) -> T:
        """What is computed, or the end of the run where there is no answer."""
        try:
            return compute()
        except TimeError as error:
            fail(f"{error}")


def question(names: Sequence[str], words: tuple[str, ...], hours: tuple[str, ...], timezone: str | None) -> Question:
    """The question that the words ask: a calendar by name unless there are hours, then ``names``, then SPECS."""
    needed = names if hours else ("NAME", *names)
    if len(words) < len(needed):
        raise click.UsageError(f"Missing argument {needed[len(words)]!r}.")
    named, rest = dict(zip(needed, words, strict=False)), words[len(needed) :]
    if hours:
        if rest:
            raise click.UsageError(f"Got unexpected argument {rest[0]!r}: with --hours no calendar is named and no SPECS are read.")
        zone_name = _known_zone(timezone or "UTC")
        return Question(BusinessTime(Weekly(zone_name, _read("--hours", lambda: _week(hours)))), zone_name, named)
    try:
        calendar, usual = NamedCalendars(rest).get(named["NAME"])
    except TimeError as error:
        fail(f"{error}")
    return Question(BusinessTime(calendar), _known_zone(timezone or usual), named)


class NamedCalendars:
    """The calendars of documents, which are read when the first one is asked for.

    Documents that are missing or have errors end the run. With ``each_line`` nothing does: what rests on them has an
    error of its own, and all other questions are answered.
    """

    def __init__(self, specs: Sequence[str], *, each_line: bool = False) -> None:
        self._paths = tuple(Path(path) for path in specs)
        self._each_line = each_line
        self._read: Specs | str | None = None

    def get(self, name: str) -> tuple[Calendar, str]:
        """A calendar and its time zone. Raises TimeError when there is none."""
        if name == ALWAYS:
            return Always(), "UTC"
        self._read = self._read or (_specs_or_reason(self._paths) if self._each_line else load_specs(specs_or_folder(self._paths)))
        if isinstance(self._read, str):
            raise TimeError(f"there is no Calendar {name!r}: {self._read}")
        calendars = self._read.catalogue.calendars
        if name not in calendars:
            raise TimeError(f"there is no Calendar {name!r}; {did_you_mean(name, (*calendars, ALWAYS))}")
        written = (document.value for document in self._read.loaded.documents if document.name == name)
        return calendars[name], next(value.spec.timezone for value in written if isinstance(value, CalendarDocument))


def first_periods(business: BusinessTime, start: int, count: int) -> tuple[Span, ...]:
    """The first business periods, fewer when no more come. Raises TimeError when there is none at all."""
    found = business.periods(start, count)
    if not found:
        raise never(start, 0)
    return found


def after_days(business: BusinessTime, start: int, days: int, timezone: str) -> int:
    """The close of a business day. Raises TimeError when there are not so many of them."""
    return add_duration(start, f"{days}bd", timezone, business.calendar)


def _specs_or_reason(paths: tuple[Path, ...]) -> Specs | str:
    """The documents, or why there are none."""
    try:
        found = read_specs(specs_or_folder(paths))
    except click.UsageError:
        return "no SPECS are named, and there is no folder specs/ here"
    errors = [problem for problem in found.problems if problem.severity == "error"]
    return f"the documents have {summary(errors)}; `slo-gen check` shows them" if errors else found


def _week(texts: Sequence[str]) -> Week:
    hours: dict[str, list[str]] = {}
    for text in texts:
        days, found, span = text.strip().partition(" ")
        if not found:
            raise TimeError(f"{text!r} are no hours of days; write them like \"mon-fri 08:00-18:00\"")
        hours.setdefault(days, []).extend(part.strip() for part in span.split(","))
    return week(hours)


def read_length(text: str) -> tuple[int, int]:
    """What ``4h30m`` or ``3bd`` is in business seconds or in business days; the other one is 0. Raises TimeError."""
    try:
        parts = read_duration(text)
    except TimeError as error:
        raise TimeError(f"{f'{error}'.partition(';')[0]}; write {_LENGTHS}") from None
    days = [number for number, unit in parts if unit == "bd"]
    if len(days) == len(parts) == 1:
        return 0, days[0]
    if wrong := [unit for _, unit in parts if unit not in _SECONDS]:
        raise TimeError(f"{text!r} has the unit {wrong[0]}; write {_LENGTHS}")
    return sum(number * _SECONDS[unit] for number, unit in parts), 0


def _known_zone(name: str) -> str:
    _read("--timezone", lambda: zone(name))
    return name


def _read(what: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except TimeError as error:
        raise click.UsageError(f"{what}: {error}.") from None
