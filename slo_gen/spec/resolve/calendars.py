"""Calendar documents become calendars of ``timekeeping``.

One order holds for all of them: the hours (of the week, around the clock, or of other calendars), less the holidays;
then the special days, whose hours are their own whatever the week and the holidays say; less the calendars in
``without``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from slo_gen.spec import documents
from slo_gen.spec.convert import Document
from slo_gen.spec.documents.calendar import CalendarSpec, Holiday, Holidays, SpecialDay
from slo_gen.spec.resolve.references import Steps
from slo_gen.spec.resolve.register import ALWAYS, Register
from slo_gen.timekeeping.calendars import (
    WEEKDAYS,
    Always,
    Calendar,
    Difference,
    Intersection,
    Union,
    WallSpan,
    Weekly,
    WholeDays,
    replace_days,
    wall_span,
    week,
    weekdays,
)  # fmt: skip
from slo_gen.timekeeping.days import (
    AllDays,
    AnyDays,
    DateRange,
    Days,
    DaysExcept,
    FixedDates,
    PublicHolidays,
    YearlyRange,
    has_holidays,
    regions_of,
)
from slo_gen.timekeeping.zones import TimeError, is_zone, read_date

__all__ = ["resolve_calendars"]

_DEEPEST = 20
_LONGEST_REGION = 3
_LENGTH_WITH_YEAR = len("2026-12-24")
_NEAR = 7
"""Days around a date in which a holiday may have been meant."""


def resolve_calendars(register: Register) -> dict[str, Calendar]:
    """All calendars that can be resolved, sorted by name; the others have a problem, or rest on one that has."""
    resolver = _Resolver(register)
    found = {document.name: resolver.calendar(document.name) for document, _ in register.each(documents.Calendar)}
    return {name: calendar for name, calendar in found.items() if calendar is not None}


class _Resolver:
    """Resolves each calendar once, those that it rests on first."""

    def __init__(self, register: Register) -> None:
        self._register = register
        self._written = {document.name: (document, value.spec) for document, value in register.each(documents.Calendar)}
        self._resolved: dict[str, Calendar | None] = {ALWAYS: Always()}
        self._open: list[str] = []

    def calendar(self, name: str) -> Calendar | None:
        """The calendar of that name; None when it cannot be resolved."""
        if name not in self._resolved:
            if name not in self._written:
                return None                                   # reported as a reference to nothing
            document, spec = self._written[name]
            self._open.append(name)
            self._resolved[name] = self._calendar(document, spec)
            self._open.pop()
        return self._resolved[name]

    def _calendar(self, document: Document, spec: CalendarSpec) -> Calendar | None:
        reader = _Reader(document, self._register)
        base = self._base(reader, spec)
        taken = self._calendars(reader, ("spec", "without"), spec.without)
        holidays = reader.holidays(spec.holidays) if spec.holidays else AnyDays(())
        special_days = reader.special_days(spec.special_days)
        if base is None or taken is None or holidays is None or special_days is None or not is_zone(spec.timezone):
            return None
        if spec.holidays:
            base = Difference(base, (WholeDays(spec.timezone, holidays),))
        base = replace_days(base, spec.timezone, special_days)
        return Difference(base, taken) if taken else base

    def _base(self, reader: _Reader, spec: CalendarSpec) -> Calendar | None:
        if spec.union_of:
            united = self._calendars(reader, ("spec", "union_of"), spec.union_of)
            return None if united is None else Union(united)
        if spec.intersection_of:
            shared = self._calendars(reader, ("spec", "intersection_of"), spec.intersection_of)
            return None if shared is None else Intersection(shared)
        return reader.weekly(spec, spec.hours) if isinstance(spec.hours, Mapping) else Always()

    def _calendars(self, reader: _Reader, path: Steps, names: Sequence[str]) -> tuple[Calendar, ...] | None:
        """The calendars that are named; None when one of them cannot be resolved."""
        found: list[Calendar | None] = []
        for position, name in enumerate(names):
            place = (*path, position)
            if name in self._open:
                way = [*self._open[self._open.index(name) :], name]
                reader.problem(place, f"calendar {name} would be made of itself: {' -> '.join(way)}", "take it out here", "calendar-circle")
                found.append(None)
            elif len(self._open) > _DEEPEST:
                message = f"calendars are made of each other through more than {_DEEPEST} steps"
                reader.problem(place, message, "make them of fewer", "calendar-circle")
                found.append(None)
            else:
                found.append(self.calendar(name))
        known = tuple(calendar for calendar in found if calendar is not None)
        return known if len(known) == len(found) else None


class _Reader:
    """Reads the parts of one document. What is wrong becomes a problem, and None."""

    def __init__(self, document: Document, register: Register) -> None:
        self._document = document
        self._register = register

    def problem(self, path: Steps, message: str, hint: str, check: str, *, key: bool = False) -> None:
        """Note a problem at the value at ``path``, or at its key."""
        self._register.problems.append(self._document.problem(path, message, hint, check=check, key=key))

    # --- hours ------------------------------------------------------------------------------------------------
    def weekly(self, spec: CalendarSpec, hours: Mapping[str, Sequence[str]]) -> Calendar | None:
        """The hours of the week."""
        if not any(hours.values()) and not spec.special_days:
            hint = 'write hours like {mon-fri: ["08:00-18:00"]}'
            self.problem(("spec", "hours"), "the calendar is never open", hint, "calendar-hours", key=True)
            return None
        read: list[_Hours] = []
        apart = [
            self._apart(("spec", "hours", named, position), _Hours(text, wall_span(text), named, frozenset(weekdays(named))), read)
            for named, texts in hours.items()
            for position, text in enumerate(texts)
        ]
        return Weekly(spec.timezone, week(hours)) if all(apart) else None

    def special_days(self, days: Sequence[SpecialDay]) -> dict[date, tuple[WallSpan, ...]] | None:
        """The hours of the days that have some of their own."""
        found: dict[date, tuple[WallSpan, ...]] = {}
        clean = True
        for position, special in enumerate(days):
            path = ("spec", "special_days", position)
            day = self._date((*path, "date"), special.date, "special day", found)
            read: list[_Hours] = []
            apart = [
                self._apart((*path, "hours", number), _Hours(text, wall_span(text)), read) for number, text in enumerate(special.hours)
            ]
            if day is None or not all(apart):
                clean = False
            else:
                found[day] = tuple(sorted(each.span for each in read))
        return found if clean else None

    def _apart(self, path: Steps, hours: _Hours, read: list[_Hours]) -> bool:
        """Whether hours overlap none that were read before them, on any of their days."""
        other = next((each for each in read if hours.overlap(each)), None)
        read.append(hours)
        if other is None:
            return True
        if other.named == hours.named:
            self.problem(path, f"{hours.text} overlaps {other.text}", "join the two", "calendar-hours")
        else:
            day = WEEKDAYS[min(hours.days & other.days)]
            message = f"{hours.text} overlaps {other.text} of {other.named} on {day}"
            self.problem(path, message, f"take {day} out of {other.named}: a day named twice has the hours of both", "calendar-hours")
        return False

    # --- holidays ---------------------------------------------------------------------------------------------
    def holidays(self, written: Holidays) -> Days | None:
        """The days on which nobody works."""
        path: Steps = ("spec", "holidays")
        countries = [self._country((*path, "countries", position), code) for position, code in enumerate(written.countries)]
        public = tuple(each for each in countries if each is not None)
        clean = len(public) == len(countries)
        single: dict[date, str] = {}
        several: dict[tuple[str, str], Days] = {}
        for position, holiday in enumerate(written.dates):
            clean &= self._own((*path, "dates", position), holiday, single, several)
        combined: Days = AllDays(public) if written.combine == "all" else AnyDays(public)
        movable = AnyDays((combined, *several.values()))
        worked = self._except((*path, "except"), written.except_, movable if clean else None, single)
        if worked is None or not clean:
            return None
        return AnyDays((DaysExcept(movable, worked), FixedDates(tuple(sorted(single.items())))))

    def _own(self, path: Steps, holiday: Holiday, single: dict[date, str], several: dict[tuple[str, str], Days]) -> bool:
        """Read one of the calendar's own holidays: a single day, or several by their first and last. Whether it is right."""
        first, last = holiday.date, holiday.until or holiday.date
        if first == last and len(first) == _LENGTH_WITH_YEAR:
            day = self._date((*path, "date"), first, "holiday", single)
            if day is not None:
                single[day] = holiday.name
            return day is not None
        if (first, last) in several:
            self.problem((*path, "date"), f"{first} is a holiday already", "write it once", "duplicate-day")
            return False
        days = self._range(path, first, last, holiday.name)
        if days is not None:
            several[first, last] = days
        return days is not None

    def _range(self, path: Steps, first: str, last: str, name: str) -> Days | None:
        """The days from one to another, both of one year or both of every year."""
        until = (*path, "until")
        if len(first) != len(last):
            hint = "write both with their years, like 2026-12-24 and 2027-01-02, or both without"
            self.problem(until, f"of {first} and {last} only one has a year", hint, "holidays")
            return None
        if len(first) != _LENGTH_WITH_YEAR:
            return YearlyRange(_of_year(first), _of_year(last), name)
        begins, ends = self._date((*path, "date"), first, "holiday", ()), self._date(until, last, "holiday", ())
        if begins is None or ends is None:
            return None
        if ends < begins:
            self.problem(until, f"{last} is before {first}", "write the last of the days", "holidays")
            return None
        return DateRange(begins, ends, name)

    def _country(self, path: Steps, code: str) -> PublicHolidays | None:
        country, _, region = code.partition("-")
        if has_holidays(country, region):
            return PublicHolidays(country, region)
        regions = regions_of().get(country)
        if regions is None:
            hint = "write the two letters of a country, and its region where that matters, like DE or DE-BE"
        else:
            known = ", ".join(f"`{country}-{each}`" for each in regions if len(each) <= _LONGEST_REGION)
            hint = f"known: `{country}`, {known}" if known else f"write {country} alone"
        self.problem(path, f"the public holidays of {country if regions is None else code} are not known", hint, "holidays")
        return None

    def _except(self, path: Steps, texts: Sequence[str], public: Days | None, own: Mapping[date, str]) -> frozenset[date] | None:
        """The holidays on which work goes on. ``public`` None: unknown, so that nothing can be said about them."""
        found: set[date] = set()
        clean = True
        for position, text in enumerate(texts):
            place = (*path, position)
            day = self._date(place, text, "exception", found)
            if day is None:
                clean = False
            elif day in own:
                self.problem(place, f"{text} is in `dates` too", "take it out there or here", "holidays")
                clean = False
            elif public is not None and public.name_of(day) is None:
                self.problem(place, f"{text} is no holiday", _holiday_near(day, public), "holidays")
                clean = False
            else:
                found.add(day)
        return frozenset(found) if clean else None

    def _date(self, path: Steps, text: str, called: str, known: Iterable[date]) -> date | None:
        try:
            day = read_date(text)
        except TimeError as error:
            self.problem(path, f"{error}", "check the year", "date")
            return None
        if day in known:
            self.problem(path, f"{text} is a {called} already", "write it once", "duplicate-day")
            return None
        return day


@dataclass(frozen=True, slots=True)
class _Hours:
    """Hours as they were written, and on which days of the week; a special day has none of those."""

    text: str
    span: WallSpan
    named: str = ""
    days: frozenset[int] = frozenset({0})

    def overlap(self, other: _Hours) -> bool:
        return bool(self.days & other.days) and self.span[0] < other.span[1] and other.span[0] < self.span[1]


def _of_year(text: str) -> tuple[int, int]:
    """The month and the day of ``12-24``."""
    month, _, day = text.partition("-")
    return int(month), int(day)


def _holiday_near(day: date, public: Days) -> str:
    """The nearest holiday, as a hint."""
    for distance in range(1, _NEAR + 1):
        for near in (day - timedelta(days=distance), day + timedelta(days=distance)):
            name = public.name_of(near)
            if name is not None:
                return f"did you mean `{near}`, {name}?" if name else f"did you mean `{near}`?"
    return "take it out"
