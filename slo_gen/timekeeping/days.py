"""Which days are holidays: by date, every year, for a while, by country, and combinations of these."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from holidays import HolidayBase

__all__ = [
    "AllDays", "AnyDays", "DateRange", "Days", "DaysExcept", "FixedDates", "PublicHolidays", "YearlyRange", "has_holidays", "known_until",
    "regions_of",
]  # fmt: skip


class Days(Protocol):
    """A rule that knows its days and what they are called."""

    def name_of(self, day: date) -> str | None:
        """What a day is called, "" when it has no name; None when it is not one of these days."""


@dataclass(frozen=True, slots=True)
class FixedDates:
    """Single days and their names."""

    dates: tuple[tuple[date, str], ...]
    _names: dict[date, str] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_names", dict(self.dates))

    def name_of(self, day: date) -> str | None:
        return self._names.get(day)


@dataclass(frozen=True, slots=True)
class YearlyRange:
    """Every day from one month and day to another of every year, both included.

    A range that ends before it begins goes over the end of the year: (12, 24) to (1, 2). 29 February is there in leap
    years only.
    """

    first: tuple[int, int]
    last: tuple[int, int]
    name: str = ""

    def name_of(self, day: date) -> str | None:
        begun, running = self.first <= (day.month, day.day), (day.month, day.day) <= self.last
        inside = begun and running if self.first <= self.last else begun or running
        return self.name if inside else None


@dataclass(frozen=True, slots=True)
class DateRange:
    """Every day from ``first`` to ``last``, both included."""

    first: date
    last: date
    name: str = ""

    def name_of(self, day: date) -> str | None:
        return self.name if self.first <= day <= self.last else None


@dataclass(frozen=True, slots=True)
class PublicHolidays:
    """The public holidays of a country (``DE``) or of a region of it (``DE``, ``BE``), from the tables of ``holidays``.

    Days that are kept on another weekday because they fall on a weekend are holidays on that day too.
    """

    country: str
    region: str = ""

    def name_of(self, day: date) -> str | None:
        # The table fills itself year by year when it is asked.
        return _table(self.country, self.region).get(day)


@dataclass(frozen=True, slots=True)
class AnyDays:
    """Days that are in one of the rules; the first one that knows a day names it."""

    rules: tuple[Days, ...]

    def name_of(self, day: date) -> str | None:
        return next((name for rule in self.rules if (name := rule.name_of(day)) is not None), None)


@dataclass(frozen=True, slots=True)
class AllDays:
    """Days that are in each of the rules; in none when there are no rules."""

    rules: tuple[Days, ...]

    def name_of(self, day: date) -> str | None:
        names = [rule.name_of(day) for rule in self.rules]
        return names[0] if names and None not in names else None


@dataclass(frozen=True, slots=True)
class DaysExcept:
    """The days of a rule without some of them."""

    days: Days
    without: frozenset[date]

    def name_of(self, day: date) -> str | None:
        return None if day in self.without else self.days.name_of(day)


def has_holidays(country: str, region: str = "") -> bool:
    """Whether the public holidays of a country, or of a region of it, are known."""
    try:
        _table(country, region)
    except NotImplementedError:
        return False
    return True


def known_until(country: str) -> int:
    """The last year for which the public holidays of a country and its regions are known."""
    return _table(country, "").end_year


@lru_cache(maxsize=1)
def regions_of() -> dict[str, tuple[str, ...]]:
    """Every country whose public holidays are known, and its regions, by the codes of ISO 3166."""
    from holidays import list_supported_countries  # slow to import, and needed by few commands

    return {country: tuple(regions) for country, regions in list_supported_countries().items()}


@lru_cache(maxsize=256)
def _table(country: str, region: str) -> HolidayBase:
    from holidays import country_holidays

    # Left alone, it names days in the language of whoever runs it, and shows them a line of code where a table has an end.
    warnings.filterwarnings("ignore", "Requested Holidays are available only")
    return country_holidays(country, subdiv=region or None, language="en_US")
