"""What the page of a customer asks: every selector is pinned to the customer, and every answer is told by agreement and target alone.

The law is that of the provider's pages (``standing``, ``months``) and of the alerts: a target is lost when its budget is, it is at risk
while too little of it is left or what nobody saw might break it, and what has no figure is not known.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Final

from sla_dashboards.months import MONTH, Months
from sla_dashboards.standing import IN_PERIOD, LEAST, LIVE, MOST, PAIR, Standing
from sla_dashboards.states import AT_RISK, BREACHED, NO_DATA, OK, cut_off, cut_up
from slo_gen import names
from slo_gen.rules.promql import all_of, label_list, label_matcher, one_of

__all__ = ["MONTH", "CustomerQueries", "Pair"]

Pair = tuple[str, str]
"""A target: the names of its agreement and its own."""

_BINARY: Final = "1e-6"
"""What a share times a power of ten may lack of a whole number in binary."""

_EXACT: Final = "1e-12"
_LATE: Final = "30m"
"""In so long after the end of a day all of it is booked, whatever runs it ends in."""

_AFTER_DAY: Final = "-1470m"
"""A day and that long ahead: at the start of a day it is asked what the figures are when it is over."""


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
        self._standing, self._months = Standing(pins=self._pins), Months(self._pins)
        self._timed, self._counted = tuple(timed), tuple(counted)
        self._decimals, self._expected = decimals, expected

    def series(self, metric: str, *matchers: str) -> str:
        """A selector of what is the customer's."""
        return all_of(metric, *self._pins, *matchers)

    def _of_targets(self, metric: str, *matchers: str) -> str:
        return f"max by ({PAIR}) ({self.series(metric, *matchers)})"

    # -- the present period -----------------------------------------------------------------------------------------------
    def current(self, metric: str, *matchers: str) -> str:
        """The figure of each target in its present period."""
        return self._standing.current(metric, *matchers)

    def promise(self, *matchers: str) -> str:
        """What was promised of what an indicator measures."""
        return self._of_targets(names.AGREEMENT_TARGET, *matchers)

    def _promised(self) -> str:
        """One series for each target with live figures, tickets too."""
        return self._standing.promised(PAIR)

    def words(self) -> str:
        """The same with what was promised, in the words of the agreement, as a label."""
        by = label_list((names.AGREEMENT, names.TARGET, names.OBJECTIVE_TEXT))
        return f"max by ({by}) ({self.series(names.AGREEMENT_TARGET, LIVE)} or {self.series(names.TICKET_TARGET)})"

    def attained(self) -> str:
        """What has come of it: cut at the decimals of the page, never to the better side, so that a miss does not read 100 %."""
        return self._standing.attained(self._decimals)

    def margin(self) -> str:
        """By how much a promise is kept; below 0 where it is not. Cut to the worse side."""
        figure = self.current(names.PERIOD_ATTAINED)
        level = f"({figure} - on ({PAIR}) {self.promise(LEAST)})"
        ceiling = f"({self.promise(MOST)} - on ({PAIR}) {figure})"
        tickets = f"({self._of_targets(names.TICKETS_ATTAINED)} - on ({PAIR}) {self._of_targets(names.TICKET_TARGET)})"
        return self._down(f"{level} or {ceiling} or {tickets}")

    def _down(self, figure: str) -> str:
        return cut_off(figure, self._decimals)

    def state(self) -> str:
        """The state of each target that has any figure, in the numbers of ``states``."""
        return self._standing.state()

    def every_state(self) -> str:
        """The state of each target; one without a figure is not known."""
        return self._standing.every_state(PAIR)

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
        allowed = f"(round(1 - {self.promise(LEAST)}, {_EXACT}) or {self.promise(MOST)})"
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
        return f"{self._standing.ends()} * 1000"

    def first_end(self) -> str:
        """When the first of the present periods ends, in milliseconds."""
        return f"min({self.ends()})"

    def as_of(self) -> str:
        """When a figure was last recorded, in milliseconds; where that is long ago, to five minutes, and no more than a day."""
        either = f"timestamp({self.series(names.PERIOD_STARTED)}) or timestamp({self.series(names.TICKETS_MISSES_LEFT)})"
        return f"(max({either}) or max(max_over_time(({either})[1d:5m]))) * 1000"

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
        return f"(({self.state()}) and on ({PAIR}) {tickets} or {NO_DATA} + 0 * {tickets})"

    # -- days ---------------------------------------------------------------------------------------------------------------
    def days(self) -> str:
        """Of each agreement, at the start of a day: whether all its targets were kept in that day alone.

        A period that ends with the day has its last figure for a moment only, and the next one begins at nothing: what came between
        two midnights is the sum of what was added to either.
        """
        share = f"({self._added(names.PERIOD_BAD)} / ({self._added(names.PERIOD_TOTAL)} > 0))"
        least, most = (f"max by ({PAIR}) ({self.series(names.AGREEMENT_TARGET, side)} offset {_AFTER_DAY})" for side in (LEAST, MOST))
        within = (
            f"(round({share} - on ({PAIR}) (1 - {least}), {_EXACT}) <= bool 0)"
            f" or (round({share} - on ({PAIR}) {most}, {_EXACT}) <= bool 0)"
        )
        promised = f"max by ({PAIR}) ({self.series(names.AGREEMENT_TARGET, LIVE)} offset {_AFTER_DAY})"
        kept = f"{AT_RISK} + {OK - AT_RISK} * ({within})"
        return f"min by ({names.AGREEMENT}) ({kept} or {NO_DATA} + 0 * {promised})"

    def _added(self, metric: str) -> str:
        """What a day added to a sum over the period; nothing where one end of it is not known. A period that began in it was empty."""
        now = f"last_over_time({self.series(metric)}[{_LATE}] offset {_AFTER_DAY})"
        before = f"last_over_time({self.series(metric)}[{_LATE}] offset -{_LATE})"
        begun = f"last_over_time({self.series(names.PERIOD_STARTED)}[{_LATE}] offset {_AFTER_DAY}) >= time()"
        base = f"({before} or (0 * {now} and on ({IN_PERIOD}) {begun}))"
        return f"(sum by ({PAIR}) ({now} - {base}) unless on ({PAIR}) ({now} unless on ({IN_PERIOD}) {base}))"

    # -- periods that have ended ----------------------------------------------------------------------------------------------
    def past(self) -> str:
        """1 for each period that has ended, with the month in which it began."""
        return self._months.ended()

    def past_attained(self) -> str:
        """What came of it in the end, cut as the present figures are."""
        figure = f"({self._months.last(names.PERIOD_ATTAINED)} and on ({IN_PERIOD}) {self._months.over()})"
        return f"{self._down(f'{figure} and on ({PAIR}) {self.promise(LEAST)}')} or {cut_up(figure, self._decimals)}"

    def past_state(self) -> str:
        """How each ended: kept whatever was not seen, missed whatever that was, or between the two."""
        over = self._months.over()
        met = self._months.met()
        missed = self._months.missed()
        known = f"({BREACHED} + 0 * {missed} or {OK} + 0 * {met} or {AT_RISK} + 0 * {self._months.last(names.PERIOD_ATTAINED)})"
        return f"(({known} or {NO_DATA} + 0 * {over}) and on ({IN_PERIOD}) {over})"


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
