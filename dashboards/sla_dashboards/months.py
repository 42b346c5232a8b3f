"""How the periods of the last twelve months ended, from the last figure that was recorded of each.

A period is met when its worst case keeps the promise, missed when its best case breaks it, and not proven in between. It is told in
the month in which it began. The promise is the present one.
"""

from __future__ import annotations

from typing import Final

from sla_dashboards.standing import PAIR
from sla_dashboards.states import BREACHED, NO_DATA, OK
from slo_gen import names
from slo_gen.rules.promql import all_of, label_list, label_matcher

__all__ = ["MONTH", "OUTCOME", "WORDS", "by_month", "ended"]

MONTH: Final = "month"
"""The label that names a month: 2026-11."""

OUTCOME: Final = "outcome"
"""The label that says how a period ended, in the numbers of ``states``."""

WORDS: Final = {OK: "met", BREACHED: "missed", NO_DATA: "not proven"}
"""These numbers in words."""

_IN_PERIOD: Final = label_list((names.AGREEMENT, names.TARGET, names.PERIOD))
_BACK: Final = "400d"
"""Twelve months that have ended, and the running one."""

_TO_CUSTOMERS: Final = label_matcher(names.CUSTOMER, "", "!=")
_WEST: Final = 14 * 3600
"""Added to the start of a period, seconds: the largest distance between the start of a month somewhere and that in UTC."""

_EXACT: Final = "1e-12"


def _past(metric: str) -> str:
    return f"max by ({_IN_PERIOD}) (last_over_time({all_of(metric, _TO_CUSTOMERS)}[{_BACK}]))"


def ended() -> str:
    """1 for each period of a customer's target that has ended, with its month."""
    start = f"({_past(names.PERIOD_STARTED)} + {_WEST})"
    numbers = f'(count_values by ({_IN_PERIOD}) ("year", year({start})) * on ({_IN_PERIOD}) group_left () month({start}))'

    def named(which: str, zero: str) -> str:
        counted = f'count_values by ({_IN_PERIOD}, year) ("number", {numbers} {which} 10)'
        return f'label_join({counted}, "{MONTH}", "-{zero}", "year", "number")'

    every = f"({named('<', '0')} or {named('>=', '')})"
    return f"({every} and on ({_IN_PERIOD}) ({_past(names.PERIOD_ENDS)} <= time()))"


def _beyond(least_bound: str, most_bound: str, holds: str) -> str:
    """Periods whose figure is on one side of its promise: that of a least level, or the other one of a greatest level."""

    def compared(bound: str, side: str, sign: str) -> str:
        promise = f"max by ({PAIR}) ({all_of(names.AGREEMENT_TARGET, label_matcher(names.OBJECTIVE_TEXT, f'{side} .*', '=~'))})"
        return f"({sign}round({_past(bound)} - on ({PAIR}) group_left () {promise}, {_EXACT}) {holds} 0)"

    return f"({compared(least_bound, 'at least', '')} or {compared(most_bound, 'at most', '-')})"


def _missed() -> str:
    return _beyond(names.PERIOD_ATTAINED_UPPER, names.PERIOD_ATTAINED_LOWER, "<")


def _met() -> str:
    return _beyond(names.PERIOD_ATTAINED_LOWER, names.PERIOD_ATTAINED_UPPER, ">=")


def by_month() -> str:
    """How many periods of each month ended in which way, by MONTH and OUTCOME."""
    outcome = f"{OK} + 0 * {_met()} or {BREACHED} + 0 * {_missed()} or {NO_DATA} + 0 * {_past(names.PERIOD_ENDS)}"
    return f'count_values by ({MONTH}) ("{OUTCOME}", 0 * {ended()} + on ({_IN_PERIOD}) group_left () ({outcome}))'
