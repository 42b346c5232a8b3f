"""Days that come again: every day, days of every week, days of every month."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Protocol

__all__ = ["LAST", "EveryDay", "EveryMonth", "EveryWeek", "Recurrence"]

LAST: Final = -1
"""The last one of a month, where others are counted from 1."""

_WEEK: Final = timedelta(days=7)


class Recurrence(Protocol):
    """A rule that says of each day whether something comes on it."""

    def comes_on(self, day: date) -> bool:
        """Whether it comes on that day."""

    def dates(self, first: date, last: date) -> Iterator[date]:
        """The days on which it comes, from ``first`` to ``last``, both included."""


class _OfDays:
    __slots__ = ()

    def dates(self: Recurrence, first: date, last: date) -> Iterator[date]:
        days = (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1))
        return (day for day in days if self.comes_on(day))


@dataclass(frozen=True, slots=True)
class EveryDay(_OfDays):
    """It comes every day."""

    def comes_on(self, day: date) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class EveryWeek(_OfDays):
    """It comes on these days of every week, 0 for Monday to 6 for Sunday."""

    weekdays: frozenset[int]

    def comes_on(self, day: date) -> bool:
        return day.weekday() in self.weekdays


@dataclass(frozen=True, slots=True)
class EveryMonth(_OfDays):
    """It comes on days of every month: by their number, or counted, as the second Sunday (2, 6) or the last Friday (LAST, 4).

    A month that has no 31st, or no fifth Sunday, is passed over.
    """

    days: frozenset[int] = frozenset()
    counted: frozenset[tuple[int, int]] = frozenset()

    def comes_on(self, day: date) -> bool:
        if day.day in self.days or ((day.day + 6) // 7, day.weekday()) in self.counted:
            return True
        return (LAST, day.weekday()) in self.counted and (day + _WEEK).month != day.month
