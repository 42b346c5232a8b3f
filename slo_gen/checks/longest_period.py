"""How long the periods of an agreement are at most."""

from __future__ import annotations

from typing import Final

from slo_gen.rules.windows import DAY
from slo_gen.timekeeping.periods import Periods, RollingDays

__all__ = ["longest_period"]

_DAYS: Final = {"week": 7, "month": 31, "quarter": 92, "half_year": 184, "year": 366}


def longest_period(periods: Periods | RollingDays) -> int:
    """Seconds of the longest one, but for the hour by which a change of clocks may lengthen it."""
    return DAY * (periods.days if isinstance(periods, RollingDays) else _DAYS[periods.length])
