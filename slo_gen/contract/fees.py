"""What is paid for a service, over any span of time.

A fee is written for a month, a quarter or a year, and is the same for each month: a quarter's is three of a month's.
Within a month it is spread evenly over the time of that month, whose length in its zone counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from slo_gen.spec.terms import Fee, Money
from slo_gen.timekeeping.periods import Period, Periods, RollingDays

__all__ = ["FeeError", "Fees", "fee_of"]

_MONTHS: Final = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}


class FeeError(ValueError):
    """A fee that nobody named. The text is for the reader who asked for a credit."""


def fee_of(periods: Periods | RollingDays, paid: Money | None) -> Fee | None:
    """What was paid in a period as a fee; None where that is not one of months: of a week, or of so many days."""
    if paid is None or not isinstance(periods, Periods) or periods.length == "week":
        return None
    if periods.length == "half_year":
        return Fee(2 * paid.amount, paid.currency, "year")
    return Fee(paid.amount, paid.currency, periods.length)


@dataclass(frozen=True, slots=True)
class Fees:
    """What is paid in and around the period ``period``, one of ``periods``.

    ``fee`` as the agreement writes it. ``affected``: what was paid in the period for the part that was affected, where that
    is what credits are taken of.
    """

    fee: Fee | None
    periods: Periods | RollingDays
    period: Period
    affected: Money | None = None

    @property
    def currency(self) -> str:
        """"" where no fee is written."""
        known = self.fee or self.affected
        return known.currency if known is not None else ""

    @property
    def monthly(self) -> Fraction:
        """What is paid in one month. Raises FeeError."""
        if self.fee is None:
            raise FeeError("the agreement names no fee")
        return Fraction(self.fee.amount) / _MONTHS[self.fee.per]

    @property
    def annual(self) -> Fraction:
        """What is paid in one year. Raises FeeError."""
        return 12 * self.monthly

    @property
    def of_period(self) -> Fraction:
        """What is paid in the period. Raises FeeError."""
        return self.between(self.period.start, self.period.end)

    @property
    def of_affected(self) -> Fraction:
        """What was paid in the period for the affected part. Raises FeeError."""
        if self.affected is None:
            raise FeeError("nobody said what was paid for the affected part")
        return self.affected.amount

    def between(self, start: int, end: int) -> Fraction:
        """What is paid for the time ``[start, end)``. Raises FeeError."""
        monthly, paid = self.monthly, Fraction(0)
        for month in self._months.between(start, end):
            shared = min(end, month.end) - max(start, month.start)
            paid += monthly * Fraction(shared, month.seconds)
        return paid

    @property
    def _months(self) -> Periods:
        """Months that begin on the day on which the agreement's own periods begin."""
        starts = self.periods.starts if isinstance(self.periods, Periods) and self.periods.length != "week" else (1, 1)
        return Periods("month", self.periods.timezone, starts)
