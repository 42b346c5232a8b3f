"""Questions about business time as lines of JSON, each answered by a line of JSON.

    {"id": 1, "op": "elapsed", "calendar": {"timezone": "UTC", "hours": {"mon": [["09:00", "17:00"]]}},
     "start": "2026-06-01T08:00:00Z", "end": "2026-06-01T10:00:00Z"}
    {"id": 1, "seconds": 3600}

Times carry their offset: lines come from programs, and calendars of many zones stand in them. The calendar is written
out, or the name of a document. A line that is wrong is answered with what is wrong with it, and the others all the same.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Final, Literal, NamedTuple, TypeVar

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from slo_gen.cli.calendar_line_words import WANTED, in_words
from slo_gen.cli.calendar_question import NamedCalendars, after_days, first_periods, read_length
from slo_gen.timekeeping.business import Boundary, BusinessTime
from slo_gen.timekeeping.calendars import ByDate, Calendar, Difference, WallSpan, Weekly, WholeDays, replace_days, wall_span, week
from slo_gen.timekeeping.days import FixedDates
from slo_gen.timekeeping.spans import Spans
from slo_gen.timekeeping.zones import TimeError, read_date, read_instant, write_instant, zone

__all__ = ["Answer", "Answers", "Op", "Schedule", "answer_lines"]

Pair = tuple[str, str]
Op = Literal["elapsed", "deadline", "first_open", "next_open", "next-open", "periods"]
BoundaryRule = Literal["close", "next_open", "next-open"]

_UTC: Final = zone("UTC")
_OFFSET: Final = re.compile(r"(?:Z|[+-][0-9]{2}:[0-9]{2})$")
_MARK: Final = b"\xef\xbb\xbf"
"""How some programs begin a file of UTF-8."""

V = TypeVar("V")


class Schedule(Struct, frozen=True, forbid_unknown_fields=True):
    """A calendar that is written out: hours of the week, and what is different on some dates.

    ``shifts`` are the hours of a date instead of those of the week; ``breaks`` are taken out of its hours, whichever
    they are; and on a holiday nothing is open, shifts included.
    """

    hours: Mapping[str, tuple[Pair, ...]]
    timezone: str = "UTC"
    holidays: tuple[str, ...] = ()
    breaks: Mapping[str, tuple[Pair, ...]] = {}
    shifts: Mapping[str, tuple[Pair, ...]] = {}

    def calendar(self) -> Calendar:
        """The calendar. Raises TimeError for what is no date, time or zone."""
        zone(self.timezone)
        hours = {day: [f"{opens}-{closes}" for opens, closes in spans] for day, spans in self.hours.items()}
        calendar = replace_days(Weekly(self.timezone, week(hours)), self.timezone, _by_date(self.shifts))
        less: list[Calendar] = []
        if self.breaks:
            less.append(ByDate(self.timezone, tuple(sorted(_by_date(self.breaks).items()))))
        if self.holidays:
            less.append(WholeDays(self.timezone, FixedDates(tuple((read_date(text), "") for text in self.holidays))))
        return Difference(calendar, tuple(less)) if less else calendar


def _by_date(hours: Mapping[str, Sequence[Pair]]) -> dict[date, tuple[WallSpan, ...]]:
    return {read_date(day): tuple(sorted(wall_span(f"{opens}-{closes}") for opens, closes in spans)) for day, spans in hours.items()}


class _Line(Struct):
    calendar: Raw
    start: str
    op: Op | UnsetType = UNSET
    end: str | UnsetType = UNSET
    duration_seconds: int | UnsetType = UNSET
    duration: str | UnsetType = UNSET
    pauses: tuple[Pair, ...] = ()
    count: int | UnsetType = UNSET
    boundary_rule: BoundaryRule | UnsetType = UNSET
    # Keys that are easily written for others. Passed over, the answer would be to another question.
    boundary: Raw | UnsetType = UNSET
    pause: Raw | UnsetType = UNSET


class _Named(Struct):
    id: Raw = Raw(b"null")


class Answer(NamedTuple):
    """One line of JSON, and whether it says what is wrong."""

    text: str
    is_error: bool


def answer_lines(lines: Iterable[bytes], answers: Answers) -> Iterator[Answer]:
    """Answer each line that is not blank, in the order given."""
    for number, line in enumerate(lines, start=1):
        text = line.removeprefix(_MARK) if number == 1 else line
        if text.strip():
            yield _answer(number, text, answers)


def _answer(number: int, line: bytes, answers: Answers) -> Answer:
    name = "null"
    try:
        line.decode()                                # msgspec looks only at the texts that it needs
        name = bytes(msgspec.json.decode(line, type=_Named).id).decode()
        return Answer(f'{{"id": {name}, {answers.to(line)}}}', False)
    except msgspec.DecodeError as error:
        wrong = in_words(error)
    except TimeError as error:
        wrong = f"{error}"
    except UnicodeDecodeError as error:
        wrong = f"the line is no UTF-8 (byte {error.start})"
    except RecursionError:
        wrong = "the line is nested too deeply"
    return Answer(f'{{"id": {name}, "line": {number}, "error": {json.dumps(wrong)}}}', True)


class Answers:
    """Answers questions; what they leave out is as the command line says."""

    def __init__(self, op: Op, calendars: NamedCalendars, *, count: int = 5, boundary: Boundary = "close") -> None:
        self._op: Op = op
        self._calendars = calendars
        self._count = count
        self._boundary: Boundary = boundary
        self._business = lru_cache(maxsize=256)(self._new_business)

    def to(self, text: bytes) -> str:
        """The answer to a question, without its id. Raises TimeError or msgspec.DecodeError for what is wrong with it."""
        line = msgspec.json.decode(text, type=_Line)
        _refuse(line)
        business, timezone = self._business(bytes(line.calendar))
        start = _read(line.start, "start")
        match line.op or self._op:
            case "elapsed":
                end = _read(_given(line.end, "end"), "end")
                return f'"seconds": {business.elapsed(start, end, _pauses(line))}'
            case "deadline":
                (seconds, days), boundary = _length(line), self._boundary_of(line)
                if days and (line.pauses or boundary != "close"):
                    raise TimeError("business days are whole days: they take no pauses, and end at a close")
                if days:
                    return _instant(after_days(business, start, days, timezone))
                return _instant(business.deadline(start, seconds, _pauses(line), boundary))
            case "periods":
                count = self._count if line.count is UNSET else line.count
                if count < 1:
                    raise TimeError(f"count is {count}; write at least 1")
                periods = first_periods(business, start, count)
                found = (f'["{write_instant(opens)}", "{write_instant(closes)}"]' for opens, closes in periods)
                return f'"periods": [{", ".join(found)}]'
        return _instant(business.next_open(start))

    def _boundary_of(self, line: _Line) -> Boundary:
        if line.boundary_rule is UNSET:
            return self._boundary
        return "close" if line.boundary_rule == "close" else "next_open"

    def _new_business(self, text: bytes) -> tuple[BusinessTime, str]:
        try:
            written = msgspec.json.decode(text, type=Schedule | str)
        except msgspec.ValidationError as error:
            raise TimeError(in_words(error, "calendar")) from None
        calendar, timezone = self._calendars.get(written) if isinstance(written, str) else (written.calendar(), written.timezone)
        return BusinessTime(calendar), timezone


def _pauses(line: _Line) -> Spans:
    return Spans.of((_read(start, "pauses"), _read(end, "pauses")) for start, end in line.pauses)


def _read(text: str, key: str) -> int:
    """The instant at a key. Raises TimeError also when it has no offset: the same text would be another one in each zone."""
    if _OFFSET.search(text) is None:
        raise TimeError(f"{key}: {text!r} is no time with an offset; write it like 2026-03-29T07:00:00Z")
    try:
        return read_instant(text, _UTC)
    except TimeError as error:
        raise TimeError(f"{key}: {error}") from None


def _length(line: _Line) -> tuple[int, int]:
    """How long a deadline is away, in business seconds or in business days; the other one is 0."""
    if line.duration is UNSET:
        return _given(line.duration_seconds, "duration_seconds"), 0
    if line.duration_seconds is not UNSET:
        raise TimeError("duration and duration_seconds are both there; write one of them")
    return read_length(line.duration)


def _given(value: V | UnsetType, key: str) -> V:
    if isinstance(value, UnsetType):
        raise TimeError(f"{key} is missing; write {WANTED[key]}")
    return value


def _refuse(line: _Line) -> None:
    for key, meant, value in (("boundary", "boundary_rule", line.boundary), ("pause", "pauses", line.pause)):
        if value is not UNSET:
            raise TimeError(f"there is no key {key}; did you mean `{meant}`?")


def _instant(instant: int) -> str:
    return f'"instant": "{write_instant(instant)}"'
