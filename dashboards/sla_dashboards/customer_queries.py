"""What the page of a customer asks: every selector is pinned to the customer, and every answer is told by agreement and target alone.

The law is that of the provider's pages (``standing``, ``months``) and of the alerts: a target is lost when its budget is, it is at risk
while too little of it is left or what nobody saw might break it, and what has no figure is not known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from sla_dashboards.states import AT_RISK, BREACHED, LOW_BUDGET, NO_DATA, NOT_YET, OK
from slo_gen import names
from slo_gen.rules.promql import all_of, label_list, label_matcher, one_of

__all__ = ["MONTH", "CustomerQueries", "Pair"]

Pair = tuple[str, str]
"""A target: the names of its agreement and its own."""

MONTH: Final = "month"
"""The label that names the month in which a period began: 2026-11."""

_PAIR: Final = label_list((names.AGREEMENT, names.TARGET))
_IN_PERIOD: Final = label_list((names.AGREEMENT, names.TARGET, names.PERIOD))
_LEAST: Final = label_matcher(names.OBJECTIVE_TEXT, "at least .*", "=~")
_MOST: Final = label_matcher(names.OBJECTIVE_TEXT, "at most .*", "=~")

_BINARY: Final = "1e-6"
"""What a share times a power of ten may lack of a whole number in binary."""

_EXACT: Final = "1e-12"
_BACK: Final = "400d"
"""Twelve months that have ended, and the running one."""

_WEST: Final = 14 * 3600
"""Added to the start of a period, seconds: the largest distance between the start of a month somewhere and that in UTC."""

_LATE: Final = "30m"
"""In so long after the end of a day all of it is booked, whatever runs it ends in."""

_AFTER_DAY: Final = "-1470m"
"""A day and that long ahead: at the start of a day it is asked what the figures are when it is over."""

_ALERTING: Final = label_matcher("alertname", names.PERIOD_AT_RISK)
_FIRING: Final = label_matcher("alertstate", "firing")


class CustomerQueries:
    """Queries about the targets of one customer.

    ``timed``: the targets whose budgets are seconds; those of the others in ``shares`` are shares of events. ``decimals``: to which
    figures are cut. ``expected``: how many targets have live figures. ``agreement``: only this one is asked about.
    """

    def __init__(
        self, customer: str, timed: Iterable[Pair] = (), counted: Iterable[Pair] = (), decimals: int = 2, expected: int = 0,
        agreement: str = "",
    ) -> None:  # fmt: skip
        self._pins = (label_matcher(names.CUSTOMER, customer), *((label_matcher(names.AGREEMENT, agreement),) if agreement else ()))
        self._timed, self._counted = tuple(timed), tuple(counted)
        self._decimals, self._expected = decimals, expected

    def series(self, metric: str, *matchers: str) -> str:
        """A selector of what is the customer's."""
        return all_of(metric, *self._pins, *matchers)

    def _of_targets(self, metric: str, *matchers: str) -> str:
        return f"max by ({_PAIR}) ({self.series(metric, *matchers)})"

    # -- the present period -----------------------------------------------------------------------------------------------
    def _present(self) -> str:
        """The newest period of each target; the one before it may still be there for a while."""
        started = self.series(names.PERIOD_STARTED)
        return f"({started} == on ({_PAIR}) group_left () {self._of_targets(names.PERIOD_STARTED)})"

    def current(self, metric: str, *matchers: str) -> str:
        """The figure of each target in its present period."""
        return f"max by ({_PAIR}) ({self.series(metric, *matchers)} and on ({_IN_PERIOD}) {self._present()})"

    def promise(self, *matchers: str) -> str:
        """What was promised of what an indicator measures."""
        return self._of_targets(names.AGREEMENT_TARGET, *matchers)

    def _promised(self) -> str:
        """One series for each target with live figures, tickets too."""
        return f"max by ({_PAIR}) ({self.series(names.AGREEMENT_TARGET)} or {self.series(names.TICKET_TARGET)})"

    def words(self) -> str:
        """The same with what was promised, in the words of the agreement, as a label."""
        by = label_list((names.AGREEMENT, names.TARGET, names.OBJECTIVE_TEXT))
        return f"max by ({by}) ({self.series(names.AGREEMENT_TARGET)} or {self.series(names.TICKET_TARGET)})"

    def attained(self) -> str:
        """What has come of it: cut at the decimals of the page, never to the better side, so that a miss does not read 100 %."""
        figure, tickets = self.current(names.PERIOD_ATTAINED), self._of_targets(names.TICKETS_ATTAINED)
        least = f"({figure} and on ({_PAIR}) {self.promise(_LEAST)}) or {tickets}"
        return f"{self._down(least)} or {self._up(figure)}"

    def margin(self) -> str:
        """By how much a promise is kept; below 0 where it is not. Cut to the worse side."""
        figure = self.current(names.PERIOD_ATTAINED)
        level = f"({figure} - on ({_PAIR}) {self.promise(_LEAST)})"
        ceiling = f"({self.promise(_MOST)} - on ({_PAIR}) {figure})"
        tickets = f"({self._of_targets(names.TICKETS_ATTAINED)} - on ({_PAIR}) {self._of_targets(names.TICKET_TARGET)})"
        return self._down(f"{level} or {ceiling} or {tickets}")

    def _down(self, figure: str) -> str:
        scale = 10 ** (self._decimals + 2)
        return f"floor(({figure}) * {scale} + {_BINARY}) / {scale}"

    def _up(self, figure: str) -> str:
        scale = 10 ** (self._decimals + 2)
        return f"ceil({figure} * {scale} - {_BINARY}) / {scale}"

    def state(self) -> str:
        """The state of each target that has any figure, in the numbers of ``states``."""
        left = self.current(names.PERIOD_BUDGET_LEFT)
        misses, limit = self._of_targets(names.TICKETS_MISSES_LEFT), self.series(names.TICKET_LIMIT)
        decided = f"({misses} and on ({_PAIR}) ({self.series(names.TICKETS_ATTAINED)} or {limit}))"
        none_yet = f"({self._of_targets(names.TICKETS_DECIDED)} == 0)"
        lost = (f"{left} < 0", f"({misses} and on ({_PAIR}) {limit}) < 0")
        risks = (
            f"{self.current(names.PERIOD_BUDGET_LEFT_RATIO)} < {LOW_BUDGET}",
            f"{self.current(names.PERIOD_ATTAINED_LOWER)} < on ({_PAIR}) {self.promise(_LEAST)}",
            # The worst case of a greatest level is its upper bound.
            f"{self.current(names.PERIOD_ATTAINED_UPPER)} > on ({_PAIR}) {self.promise(_MOST)}",
            f"{misses} < 0",
            self._of_targets("ALERTS", _FIRING, _ALERTING),
        )
        kept = (f"{left} and on ({_PAIR}) {self.current(names.PERIOD_ATTAINED)}", decided)
        return " or ".join((
            *(f"{BREACHED} + 0 * ({each})" for each in lost), *(f"{AT_RISK} + 0 * ({each})" for each in risks),
            *(f"{OK} + 0 * ({each})" for each in kept), f"{NOT_YET} + 0 * {none_yet}",
        ))  # fmt: skip

    def every_state(self) -> str:
        """The state of each target; one without a figure is not known."""
        promised = self._promised()
        return f"(({self.state()}) and on ({_PAIR}) {promised} or {NO_DATA} + 0 * {promised})"

    def verdict(self) -> str:
        """The worst state of all. While a target is not even promised in the data, the best that is told is that something is missing."""
        worst = f"min({self.every_state()})"
        return f"({worst} < {NO_DATA}) or ({worst} and on () (count({self._promised()}) >= {self._expected})) or {NO_DATA} + 0 * {worst}"

    # -- minutes ------------------------------------------------------------------------------------------------------------
    def minutes_left(self) -> str:
        """Minutes that may still be lost whole; below 0 where more were. Cut off at a tenth, to the worse side."""
        return f"floor(({self._allowed_minutes()}) * {self.current(names.PERIOD_BUDGET_LEFT_RATIO)} * 10 + {_BINARY}) / 10"

    def minutes_used(self) -> str:
        """Minutes lost so far."""
        return f"ceil(({self._allowed_minutes()}) * (1 - {self.current(names.PERIOD_BUDGET_LEFT_RATIO)}) * 10 - {_BINARY}) / 10"

    def least_minutes_left(self) -> str:
        """Those of the target that has the fewest."""
        return f"min({self.minutes_left()})"

    def _allowed_minutes(self) -> str:
        """What a budget is in minutes of a whole failure: of seconds that count, or of the period where events count."""
        allowed = f"(round(1 - {self.promise(_LEAST)}, {_EXACT}) or {self.promise(_MOST)})"
        parts: list[str] = []
        for matchers in _chosen(self._timed, self._counted):
            parts.append(f"{self.current(names.PERIOD_BASIS, *matchers)}")
        for matchers in _chosen(self._counted, self._timed):
            ends = self.current(names.PERIOD_ENDS, *matchers)
            parts.append(f"({ends} - {self.current(names.PERIOD_STARTED, *matchers)})")
        return f"({' or '.join(parts)}) / 60 * {allowed}"

    def excluded_minutes(self) -> str:
        """Minutes of the agreed hours that do not count in the present period."""
        return f"floor({self.current(names.PERIOD_EXCLUDED)} / 6) / 10"

    def unknown_minutes(self) -> str:
        """Minutes of which nothing is known."""
        return f"ceil({self.current(names.PERIOD_UNKNOWN)} / 6) / 10"

    # -- when ---------------------------------------------------------------------------------------------------------------
    def ends(self) -> str:
        """When the present period of each target ends, in milliseconds."""
        of_tickets = f"max by ({names.AGREEMENT}) ({self.series(names.TICKETS_PERIOD_END)})"
        targets = f"0 * {self._of_targets(names.TICKETS_MISSES_LEFT)}"
        return f"({self.current(names.PERIOD_ENDS)} or {targets} + on ({names.AGREEMENT}) group_left () {of_tickets}) * 1000"

    def first_end(self) -> str:
        """When the first of the present periods ends, in milliseconds."""
        return f"min({self.ends()})"

    def as_of(self) -> str:
        """When a figure was last recorded within a day, in milliseconds."""
        either = f"timestamp({self.series(names.PERIOD_STARTED)}) or timestamp({self.series(names.TICKETS_MISSES_LEFT)})"
        return f"max(max_over_time(({either})[1d:5m])) * 1000"

    # -- tickets ------------------------------------------------------------------------------------------------------------
    def tickets(self) -> str:
        """What was promised of tickets, with the priority."""
        by = label_list((names.AGREEMENT, names.TARGET, names.PRIORITY, names.OBJECTIVE_TEXT))
        return f"max by ({by}) ({self.series(names.TICKET_TARGET)})"

    def tickets_attained(self) -> str:
        """The shares of tickets in time, cut off."""
        return self._down(self._of_targets(names.TICKETS_ATTAINED))

    def of_tickets(self, metric: str) -> str:
        """A number of tickets for each target."""
        return self._of_targets(metric)

    def ticket_state(self) -> str:
        """The states of targets on tickets."""
        tickets = self._of_targets(names.TICKET_TARGET)
        return f"(({self.state()}) and on ({_PAIR}) {tickets} or {NO_DATA} + 0 * {tickets})"

    # -- days ---------------------------------------------------------------------------------------------------------------
    def days(self) -> str:
        """Of each agreement, at the start of a day: whether all its targets were kept in that day alone.

        A period that ends with the day has its last figure for a moment only, and the next one begins at nothing: what came between
        two midnights is the sum of what was added to either.
        """
        share = f"({self._added(names.PERIOD_BAD)} / ({self._added(names.PERIOD_TOTAL)} > 0))"
        least, most = (f"max by ({_PAIR}) ({self.series(names.AGREEMENT_TARGET, side)} offset {_AFTER_DAY})" for side in (_LEAST, _MOST))
        within = (
            f"(round({share} - on ({_PAIR}) (1 - {least}), {_EXACT}) <= bool 0)"
            f" or (round({share} - on ({_PAIR}) {most}, {_EXACT}) <= bool 0)"
        )
        promised = f"max by ({_PAIR}) ({self.series(names.AGREEMENT_TARGET)} offset {_AFTER_DAY})"
        kept = f"{AT_RISK} + {OK - AT_RISK} * ({within})"
        return f"min by ({names.AGREEMENT}) ({kept} or {NO_DATA} + 0 * {promised})"

    def _added(self, metric: str) -> str:
        """What a day added to a sum over the period."""
        now = f"last_over_time({self.series(metric)}[{_LATE}] offset {_AFTER_DAY})"
        before = f"last_over_time({self.series(metric)}[{_LATE}] offset -{_LATE})"
        return f"sum by ({_PAIR}) ({now} - ({before} or 0 * {now}))"

    # -- periods that have ended ----------------------------------------------------------------------------------------------
    def past(self) -> str:
        """1 for each period that has ended, with the month in which it began."""
        start = f"({self._last(names.PERIOD_STARTED)} + {_WEST})"
        numbered = f'count_values by ({_IN_PERIOD}) ("{MONTH}", year({start}) * 100 + month({start}))'
        return f'(label_replace({numbered}, "{MONTH}", "$1-$2", "{MONTH}", "(....)(..)") and on ({_IN_PERIOD}) {self._over()})'

    def _over(self) -> str:
        return f"({self._last(names.PERIOD_ENDS)} <= time())"

    def _last(self, metric: str) -> str:
        """The last figure of each period of the year."""
        return f"max by ({_IN_PERIOD}) (last_over_time({self.series(metric)}[{_BACK}]))"

    def past_attained(self) -> str:
        """What came of it in the end, cut as the present figures are."""
        figure = f"({self._last(names.PERIOD_ATTAINED)} and on ({_IN_PERIOD}) {self._over()})"
        return f"{self._down(f'{figure} and on ({_PAIR}) {self.promise(_LEAST)}')} or {self._up(figure)}"

    def past_state(self) -> str:
        """How each ended: kept whatever was not seen, missed whatever that was, or between the two."""
        over = self._over()
        met = self._beyond(names.PERIOD_ATTAINED_LOWER, names.PERIOD_ATTAINED_UPPER, ">=")
        missed = self._beyond(names.PERIOD_ATTAINED_UPPER, names.PERIOD_ATTAINED_LOWER, "<")
        known = f"({BREACHED} + 0 * {missed} or {OK} + 0 * {met} or {AT_RISK} + 0 * {self._last(names.PERIOD_ATTAINED)})"
        return f"(({known} or {NO_DATA} + 0 * {over}) and on ({_IN_PERIOD}) {over})"

    def _beyond(self, of_least: str, of_most: str, holds: str) -> str:
        """Periods whose figure is on one side of the promise, which is the present one."""

        def compared(bound: str, side: str, sign: str) -> str:
            return f"({sign}round({self._last(bound)} - on ({_PAIR}) group_left () {self.promise(side)}, {_EXACT}) {holds} 0)"

        return f"({compared(of_least, _LEAST, '')} or {compared(of_most, _MOST, '-')})"


def _chosen(wanted: Iterable[Pair], others: Iterable[Pair]) -> Iterable[tuple[str, ...]]:
    """Matchers that pick these targets and none of the others."""
    wanted = tuple(wanted)
    if not wanted:
        return ()
    if not tuple(others):
        return ((),)
    targets: defaultdict[str, set[str]] = defaultdict(set)
    for agreement, target in wanted:
        targets[agreement].add(target)
    alike: defaultdict[frozenset[str], list[str]] = defaultdict(list)
    for agreement, own in targets.items():
        alike[frozenset(own)].append(agreement)
    return tuple((one_of(names.AGREEMENT, agreements), one_of(names.TARGET, own)) for own, agreements in alike.items())
