"""What is asked about the targets of agreements in their present periods, whoever they were promised to.

What an indicator measures has a budget of its whole period. What is promised of tickets has a number of misses that the tickets
decided so far allow; a share of them may recover as long as the period runs, and a number of them that was exceeded does not.
"""

from __future__ import annotations

from typing import Final

from sla_dashboards.burning import firing
from sla_dashboards.states import AT_RISK, BREACHED, LOW_BUDGET, NO_DATA, OK
from slo_gen import names
from slo_gen.rules.promql import all_of, label_list, label_matcher

__all__ = ["ABOUT", "PAIR", "Standing"]

PAIR: Final = label_list((names.AGREEMENT, names.TARGET))
ABOUT: Final = label_list((names.AGREEMENT, names.TARGET, names.KIND, names.SERVICE, names.CUSTOMER, names.PARTY))
"""What a target is told by, and to whom and about what it was promised."""

_IN_PERIOD: Final = label_list((names.AGREEMENT, names.TARGET, names.PERIOD))
_LEAST: Final = label_matcher(names.OBJECTIVE_TEXT, "at least .*", "=~")
_MOST: Final = label_matcher(names.OBJECTIVE_TEXT, "at most .*", "=~")


class Standing:
    """Queries about targets; ``kinds`` is a matcher of the kinds of agreements that are meant, "" for all."""

    def __init__(self, kinds: str = "") -> None:
        self._kinds = kinds

    def promised(self) -> str:
        """One series for each target that somebody was promised: the level, of what an indicator measures and of tickets."""
        return f"max by ({ABOUT}) ({all_of(names.AGREEMENT_TARGET, self._kinds)} or {all_of(names.TICKET_TARGET, self._kinds)})"

    def current(self, metric: str) -> str:
        """The figure of each target in its present period; that of the period before may still be there for a while."""
        return f"max by ({PAIR}) ({metric} and on ({_IN_PERIOD}) {names.PERIOD_STARTED})"

    def attained(self) -> str:
        """What each target has come to so far."""
        return f"{self.current(names.PERIOD_ATTAINED)} or max by ({PAIR}) ({names.TICKETS_ATTAINED})"

    def ends(self) -> str:
        """When the present period of each target ends."""
        of_tickets = f"max by ({names.AGREEMENT}) ({names.TICKETS_PERIOD_END})"
        targets = f"0 * max by ({PAIR}) ({names.TICKETS_MISSES_LEFT})"
        return f"({self.current(names.PERIOD_ENDS)} or {targets} + on ({names.AGREEMENT}) group_left () {of_tickets})"

    def left_share(self) -> str:
        """The share of its budget, or of its misses, that each target has left; below 0 where it has more than used it up."""
        left, missed = (f"max by ({PAIR}) ({metric})" for metric in (names.TICKETS_MISSES_LEFT, names.TICKETS_MISSED))
        return f"{self.current(names.PERIOD_BUDGET_LEFT_RATIO)} or {left} / ({left} + {missed} > 0)"

    def state(self) -> str:
        """The state of each target that has a figure, in the numbers of ``states``.

        An alert of the period that fires is part of it, so that page and alert say the same. Unknown time that might break a
        target is a risk, never met.
        """
        left = self.current(names.PERIOD_BUDGET_LEFT)
        least, most = (f"max by ({PAIR}) ({all_of(names.AGREEMENT_TARGET, side)})" for side in (_LEAST, _MOST))
        misses = f"max by ({PAIR}) ({names.TICKETS_MISSES_LEFT})"
        counted = f"({misses} and on ({PAIR}) {names.TICKET_LIMIT})"
        decided = f"({misses} and on ({PAIR}) ({names.TICKETS_ATTAINED} or {names.TICKET_LIMIT}))"
        lost = (f"{left} < 0", f"{counted} < 0")
        risks = (
            f"{self.current(names.PERIOD_BUDGET_LEFT_RATIO)} < {LOW_BUDGET}",
            f"{self.current(names.PERIOD_ATTAINED_LOWER)} < on ({PAIR}) {least}",
            f"{self.current(names.PERIOD_ATTAINED_UPPER)} > on ({PAIR}) {most}",
            f"{misses} < 0",
            f"max by ({PAIR}) ({firing(label_matcher('alertname', names.PERIOD_AT_RISK))})",
        )
        kept = (f"{left} and on ({PAIR}) {self.current(names.PERIOD_ATTAINED)}", decided)
        return " or ".join((
            *(f"{BREACHED} + 0 * ({each})" for each in lost), *(f"{AT_RISK} + 0 * ({each})" for each in risks),
            *(f"{OK} + 0 * ({each})" for each in kept),
        ))  # fmt: skip

    def every_state(self) -> str:
        """The state of each target with what it is about; those without a figure have no data."""
        promised = self.promised()
        return f"0 * {promised} + on ({PAIR}) group_left () ({self.state()}) or {NO_DATA} + 0 * {promised}"
