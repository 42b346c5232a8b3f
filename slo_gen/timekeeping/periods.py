"""The periods over which contracts are judged: calendar periods in a zone, and rolling days.

A period is two instants. Its length is what lies between them, and never a number of days times 86400: March 2026
has 44580 minutes in Berlin, October 44700.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

from slo_gen.timekeeping.zones import TimeError, at, day_of, local_date, zone

__all__ = ["Length", "Period", "Periods", "RollingDays", "billing_cycle", "twelve_months_before"]

Length = Literal["week", "month", "quarter", "half_year", "year"]

_MONTHS: Final = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_NAMES: Final = {
    "week": re.compile(r"([0-9]{4})-W([0-9]{2})"),
    "month": re.compile(r"([0-9]{4})-([0-9]{2})"),
    "quarter": re.compile(r"([0-9]{4})-Q([1-4])"),
    "half_year": re.compile(r"([0-9]{4})-H([12])"),
    "year": re.compile(r"([0-9]{4})()"),
}
_EXAMPLES: Final = {"week": "2026-W07", "month": "2026-10", "quarter": "2026-Q4", "half_year": "2026-H2", "year": "2026"}
_FIRST_YEAR: Final = 1901
_LAST_YEAR: Final = 2298


@dataclass(frozen=True, slots=True)
class Period:
    """From the instant ``start`` up to ``end``, which does not belong to it. ``name`` is unique among its kind."""

    start: int
    end: int
    name: str

    @property
    def seconds(self) -> int:
        """How long it lasts."""
        return self.end - self.start

    def __contains__(self, instant: int) -> bool:
        return self.start <= instant < self.end


@dataclass(frozen=True, slots=True)
class Periods:
    """Calendar periods of one length in a zone; each begins where the one before it ends.

    ``starts`` is the month and the day on which a year begins: (4, 1) for a fiscal year from April. Quarters and
    half-years count from there; months begin on that day of each month, which makes the billing cycle of a customer.
    A day that a month does not have is its last one. Weeks are those of ISO 8601 and begin on Monday.

    Names: ``2026-10``, ``2026-Q4``, ``2026-H2``, ``2026``, ``2026-W07``. The year of a name is the one in which the
    (fiscal) year began, a month's name the one in which the month began.
    """

    length: Length
    timezone: str = "UTC"
    starts: tuple[int, int] = (1, 1)

    @property
    def month_day(self) -> int:
        """The day of a month on which periods begin, or its last one where it is shorter; 0 where they begin on no such day."""
        return 0 if self.length == "week" else self.starts[1]

    def of(self, instant: int) -> Period:
        """The period in which an instant lies. Raises TimeError outside the years 1901 to 2298."""
        number = self._number(local_date(instant, zone(self.timezone)))
        found = self._period(number)
        # A clock that is set back over midnight shows the last day of a period again after its end.
        return self._period(number + 1) if instant >= found.end else found

    def named(self, name: str) -> Period:
        """The period of that name. Raises TimeError when it is none of these periods."""
        found = _NAMES[self.length].fullmatch(name)
        period = self._period(self._named_number(int(found[1]), int(found[2] or 0))) if found else None
        if period is None or period.name != name:
            raise TimeError(f"{name!r} is no {_word(self.length)}; write it like {_EXAMPLES[self.length]}")
        return period

    def next(self, period: Period) -> Period:
        """The period that begins where ``period`` ends."""
        return self.of(period.end)

    def previous(self, period: Period) -> Period:
        """The period that ends where ``period`` begins."""
        return self.of(period.start - 1)

    def between(self, start: int, end: int) -> tuple[Period, ...]:
        """All periods of which something lies in ``[start, end)``, in their order."""
        return tuple(self._following(start, end))

    def _following(self, start: int, end: int) -> Iterator[Period]:
        if start >= end:
            return
        period = self.of(start)
        while period.start < end:
            yield period
            period = self.next(period)

    # --- numbers: periods are counted in weeks or months, so that their neighbours are one more and one less ---------
    def _number(self, day: date) -> int:
        if self.length == "week":
            return (day.toordinal() - 1) // 7
        month = day.year * 12 + day.month - 1
        if day < _day_of_month(month, self.starts[1]):
            month -= 1
        return (month - self._offset) // _MONTHS[self.length]

    def _named_number(self, year: int, part: int) -> int:
        year = min(max(year, 1), 9998)
        if self.length == "week":
            return (date(year, 1, 4).toordinal() - 1) // 7 + part - 1
        first = year * 12 + (part - 1 if self.length == "month" else self._offset)
        return (first - self._offset) // _MONTHS[self.length] + (part - 1 if self.length in ("quarter", "half_year") else 0)

    @property
    def _offset(self) -> int:
        return self.starts[0] - 1

    def _first_day(self, number: int) -> date:
        if self.length == "week":
            return date.fromordinal(number * 7 + 1)
        return _day_of_month(number * _MONTHS[self.length] + self._offset, self.starts[1])

    def _period(self, number: int) -> Period:
        first = self._first_day(number)
        if not _FIRST_YEAR <= first.year <= _LAST_YEAR:
            raise TimeError(f"periods are known for the years {_FIRST_YEAR} to {_LAST_YEAR}")
        where = zone(self.timezone)
        return Period(at(first, 0, where), at(self._first_day(number + 1), 0, where), self._name(first))

    def _name(self, first: date) -> str:
        if self.length == "week":
            year, week, _ = first.isocalendar()
            return f"{year:04}-W{week:02}"
        if self.length == "month":
            return f"{first.year:04}-{first.month:02}"
        months = first.year * 12 + first.month - 1 - self._offset
        year, part = divmod(months, 12)
        if self.length == "year":
            return f"{year:04}"
        return f"{year:04}-{'Q' if self.length == 'quarter' else 'H'}{part // _MONTHS[self.length] + 1}"


def billing_cycle(day: int, timezone: str = "UTC") -> Periods:
    """Months that begin on ``day``, or on the last day of a month that is shorter, each named by the month it begins in."""
    return Periods("month", timezone, (1, day))


@dataclass(frozen=True, slots=True)
class RollingDays:
    """The last ``days`` days, judged anew at the end of each day of a zone.

    These periods overlap: each ends with one day and begins ``days`` - 1 days before it. The period of an instant is
    the one that ends with its day. Names say the number of days and the last one: ``30d-2026-10-31``.
    """

    days: int
    timezone: str = "UTC"

    @property
    def month_day(self) -> int:
        """0: they begin on no day of a month."""
        return 0

    def of(self, instant: int) -> Period:
        """The period that ends with the day in which an instant lies."""
        return self._ending(day_of(instant, zone(self.timezone)))

    def named(self, name: str) -> Period:
        """The period of that name. Raises TimeError when it is none of these periods."""
        found = re.fullmatch(f"{self.days}d-([0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}})", name)
        try:
            last = date.fromisoformat(found[1]) if found else None
        except ValueError:
            last = None
        if last is None:
            raise TimeError(f"{name!r} is no period of {self.days} days; write it like {self.days}d-2026-10-31")
        return self._ending(last)

    def next(self, period: Period) -> Period:
        """The period that ends a day later."""
        return self.of(period.end)

    def previous(self, period: Period) -> Period:
        """The period that ends a day earlier."""
        where = zone(self.timezone)
        last = date.fromisoformat(period.name.partition("-")[2])
        return self.of(at(last, 0, where) - 1)

    def between(self, start: int, end: int) -> tuple[Period, ...]:
        """The periods that end with a day of which something lies in ``[start, end)``, in their order."""
        found: list[Period] = []
        if start < end:
            found.append(self.of(start))
            while found[-1].end < end:
                found.append(self.next(found[-1]))
        return tuple(found)

    def _ending(self, day: date) -> Period:
        first = day - timedelta(days=self.days - 1)
        if first.year < _FIRST_YEAR or day.year > _LAST_YEAR:
            raise TimeError(f"periods are known for the years {_FIRST_YEAR} to {_LAST_YEAR}")
        where = zone(self.timezone)
        return Period(at(first, 0, where), at(day, 86_400, where), f"{self.days}d-{day.isoformat()}")


def twelve_months_before(periods: Periods | RollingDays, end: int) -> int:
    """Twelve months before the end of one of these periods.

    Where periods begin on the 29th to the 31st, this is such a beginning as well, and not the day on which a short month ended.
    """
    months = billing_cycle(periods.month_day or local_date(end, zone(periods.timezone)).day, periods.timezone)
    month = months.of(end - 1)
    for _ in range(11):
        month = months.previous(month)
    return month.start


def _day_of_month(month: int, day: int) -> date:
    """The day of a month, counted from the year 0, or the month's last one where it is shorter."""
    year, index = divmod(month, 12)
    return date(year, index + 1, min(day, _days_in(year, index + 1)))


def _days_in(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1)
    return (following - date(year, month, 1)).days


def _word(length: Length) -> str:
    return "half-year" if length == "half_year" else length
