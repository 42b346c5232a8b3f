"""How the periods of the last twelve months ended, from the last figure that was recorded of each.

A period is met when its worst case keeps the promise, missed when its best case breaks it, and not proven in between. It is told in
the month in which it began. The promise is the present one.
"""

from __future__ import annotations

from typing import Final

from sla_dashboards.standing import IN_PERIOD, LEAST, MOST, PAIR
from sla_dashboards.states import BREACHED, NO_DATA, OK
from slo_gen import names
from slo_gen.rules.promql import all_of, label_matcher

__all__ = ["MONTH", "OUTCOME", "TO_CUSTOMERS", "WORDS", "Months"]

MONTH: Final = "month"
"""The label that names a month: 2026-11."""

OUTCOME: Final = "outcome"
"""The label that says how a period ended, in the numbers of ``states``."""

WORDS: Final = {OK: "met", BREACHED: "missed", NO_DATA: "not proven"}
"""These numbers in words."""

TO_CUSTOMERS: Final = label_matcher(names.CUSTOMER, "", "!=")
"""A matcher of what was promised to customers."""

_BACK: Final = "400d"
"""Twelve months that have ended, and the running one."""

_WEST: Final = 14 * 3600
"""Added to the start of a period, seconds: the largest distance between the start of a month somewhere and that in UTC."""

_EXACT: Final = "1e-12"


class Months:
    """Queries about periods of a year, by agreement, target and start of the period; ``pins`` are matchers that every selector has."""

    def __init__(self, pins: tuple[str, ...]) -> None:
        self._pins = pins

    def last(self, metric: str) -> str:
        """The last figure of each period."""
        return f"max by ({IN_PERIOD}) (last_over_time({all_of(metric, *self._pins)}[{_BACK}]))"

    def over(self) -> str:
        """Each period that has ended."""
        return f"({self.last(names.PERIOD_ENDS)} <= time())"

    def ended(self) -> str:
        """1 for each period that has ended, with its month."""
        start = f"({self.last(names.PERIOD_STARTED)} + {_WEST})"
        numbers = f'(count_values by ({IN_PERIOD}) ("year", year({start})) * on ({IN_PERIOD}) group_left () month({start}))'

        def named(which: str, zero: str) -> str:
            counted = f'count_values by ({IN_PERIOD}, year) ("number", {numbers} {which} 10)'
            return f'label_join({counted}, "{MONTH}", "-{zero}", "year", "number")'

        named_all = f"({named('<', '0')} or {named('>=', '')})"
        return f"(max by ({IN_PERIOD}, {MONTH}) ({named_all}) and on ({IN_PERIOD}) {self.over()})"

    def missed(self) -> str:
        """Periods whose best case breaks the promise."""
        return self._beyond(names.PERIOD_ATTAINED_UPPER, names.PERIOD_ATTAINED_LOWER, "<")

    def met(self) -> str:
        """Periods whose worst case keeps it."""
        return self._beyond(names.PERIOD_ATTAINED_LOWER, names.PERIOD_ATTAINED_UPPER, ">=")

    def by_month(self) -> str:
        """How many periods of each month ended in which way, by MONTH and OUTCOME."""
        outcome = f"{OK} + 0 * {self.met()} or {BREACHED} + 0 * {self.missed()} or {NO_DATA} + 0 * {self.last(names.PERIOD_ENDS)}"
        return f'count_values by ({MONTH}) ("{OUTCOME}", 0 * {self.ended()} + on ({IN_PERIOD}) group_left () ({outcome}))'

    def _beyond(self, of_least: str, of_most: str, holds: str) -> str:
        """Periods whose figure is on one side of the promise, which is the present one."""

        def compared(bound: str, side: str, sign: str) -> str:
            promise = f"max by ({PAIR}) ({all_of(names.AGREEMENT_TARGET, *self._pins, side)})"
            return f"({sign}round({self.last(bound)} - on ({PAIR}) group_left () {promise}, {_EXACT}) {holds} 0)"

        return f"({compared(of_least, LEAST, '')} or {compared(of_most, MOST, '-')})"
