"""What is asked about the targets of agreements in their present periods, whoever they were promised to.

What an indicator measures has a budget of its whole period. What is promised of tickets has a number of misses that the tickets
decided so far allow; a share of them may recover as long as the period runs, and a number of them that was exceeded does not.
"""

from __future__ import annotations

from typing import Final

from sla_dashboards.burning import firing
from sla_dashboards.states import AT_RISK, BREACHED, LOW_BUDGET, NO_DATA, NOT_YET, OK, cut_off, cut_up
from slo_gen import names
from slo_gen.rules.promql import all_of, label_list, label_matcher

__all__ = ["ABOUT", "IN_PERIOD", "LEAST", "LIVE", "MOST", "PAIR", "Standing"]

PAIR: Final = label_list((names.AGREEMENT, names.TARGET))
ABOUT: Final = label_list((names.AGREEMENT, names.TARGET, names.KIND, names.SERVICE, names.CUSTOMER, names.PARTY))
"""What a target is told by, and to whom and about what it was promised."""

LEAST: Final = label_matcher(names.OBJECTIVE_TEXT, "at least .*", "=~")
MOST: Final = label_matcher(names.OBJECTIVE_TEXT, "at most .*", "=~")
"""Matchers of least and of greatest levels that were promised."""

LIVE: Final = label_matcher(names.ACCOUNT, "", "!=")
"""Targets that an account sums up; the others have no live figures, and are not waited for."""

IN_PERIOD: Final = label_list((names.AGREEMENT, names.TARGET, names.PERIOD))
_ALERTING: Final = label_matcher("alertname", names.PERIOD_AT_RISK)


class Standing:
    """Queries about targets. ``kinds`` is a matcher of the kinds of agreements that are meant, "" for all.

    ``pins`` are matchers that every selector has.
    """

    def __init__(self, kinds: str = "", pins: tuple[str, ...] = ()) -> None:
        self._kinds = kinds
        self._pins = pins

    def series(self, metric: str, *matchers: str) -> str:
        """A selector of what may be seen."""
        return all_of(metric, *self._pins, *matchers)

    def of_targets(self, metric: str, *matchers: str) -> str:
        """One figure for each target, of what has no period."""
        return f"max by ({PAIR}) ({self.series(metric, *matchers)})"

    def promised(self, by: str = ABOUT) -> str:
        """One series for each target with live figures: the level, of what an indicator measures and of tickets."""
        of_indicators = self.series(names.AGREEMENT_TARGET, self._kinds, LIVE)
        return f"max by ({by}) ({of_indicators} or {self.series(names.TICKET_TARGET, self._kinds)})"

    def current(self, metric: str, *matchers: str) -> str:
        """The figure of each target in its present period, the newest: that of the period before may still be there for a while."""
        newest = f"({self.series(names.PERIOD_STARTED)} == on ({PAIR}) group_left () {self.of_targets(names.PERIOD_STARTED)})"
        return f"max by ({PAIR}) ({self.series(metric, *matchers)} and on ({IN_PERIOD}) {newest})"

    def attained(self, decimals: int) -> str:
        """What each target has come to so far: cut at ``decimals`` of a percentage, never to the better side."""
        figure = self.current(names.PERIOD_ATTAINED)
        least = f"({figure} and on ({PAIR}) {self.of_targets(names.AGREEMENT_TARGET, LEAST)}) or {self.of_targets(names.TICKETS_ATTAINED)}"
        return f"{cut_off(least, decimals)} or {cut_up(figure, decimals)}"

    def ends(self) -> str:
        """When the present period of each target ends."""
        of_tickets = f"max by ({names.AGREEMENT}) ({self.series(names.TICKETS_PERIOD_END)})"
        targets = f"0 * {self.of_targets(names.TICKETS_MISSES_LEFT)}"
        return f"({self.current(names.PERIOD_ENDS)} or {targets} + on ({names.AGREEMENT}) group_left () {of_tickets})"

    def left_share(self) -> str:
        """The share of its budget, or of its misses, that each target has left; below 0 where it has more than used it up."""
        left, missed = self.of_targets(names.TICKETS_MISSES_LEFT), self.of_targets(names.TICKETS_MISSED)
        return f"{self.current(names.PERIOD_BUDGET_LEFT_RATIO)} or {left} / ({left} + {missed} > 0)"

    def state(self) -> str:
        """The state of each target that has a figure, in the numbers of ``states``.

        An alert of the period that fires is part of it, so that page and alert say the same. Unknown time that might break a
        target is a risk, never met: the worst case of a greatest level is its upper bound.
        """
        left = self.current(names.PERIOD_BUDGET_LEFT)
        misses, limit = self.of_targets(names.TICKETS_MISSES_LEFT), self.series(names.TICKET_LIMIT)
        decided = f"({misses} and on ({PAIR}) ({self.series(names.TICKETS_ATTAINED)} or {limit}))"
        none_yet = f"({self.of_targets(names.TICKETS_DECIDED)} == 0)"
        lost = (f"{left} < 0", f"({misses} and on ({PAIR}) {limit}) < 0")
        risks = (
            f"{self.current(names.PERIOD_BUDGET_LEFT_RATIO)} < {LOW_BUDGET}",
            f"{self.current(names.PERIOD_ATTAINED_LOWER)} < on ({PAIR}) {self.of_targets(names.AGREEMENT_TARGET, LEAST)}",
            f"{self.current(names.PERIOD_ATTAINED_UPPER)} > on ({PAIR}) {self.of_targets(names.AGREEMENT_TARGET, MOST)}",
            f"{misses} < 0",
            f"max by ({PAIR}) ({firing(*self._pins, _ALERTING)})",
        )
        kept = (f"{left} and on ({PAIR}) {self.current(names.PERIOD_ATTAINED)}", decided)
        return " or ".join((
            *(f"{BREACHED} + 0 * ({each})" for each in lost), *(f"{AT_RISK} + 0 * ({each})" for each in risks),
            *(f"{OK} + 0 * ({each})" for each in kept), f"{NOT_YET} + 0 * {none_yet}",
        ))  # fmt: skip

    def every_state(self, by: str = ABOUT) -> str:
        """The state of each target with what it is about; one without a figure is not known."""
        promised = self.promised(by)
        return f"(0 * {promised} + on ({PAIR}) group_left () ({self.state()}) or {NO_DATA} + 0 * {promised})"
