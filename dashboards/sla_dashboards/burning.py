"""What is asked about SLOs and their error budgets."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Final

from sla_dashboards.states import AT_RISK, BREACHED, LOW_BUDGET, NO_DATA, OK
from slo_gen import names
from slo_gen.rules.promql import all_of, duration, label_list, label_matcher, number, one_of
from slo_gen.rules.thresholds import reachable
from slo_gen.rules.windows import BURN_RATE_WINDOW
from slo_gen.spec.model import Slo

__all__ = ["OF_INDICATOR", "Objectives", "firing"]

_SLO: Final = label_list((names.SLO, names.SERVICE))
OF_INDICATOR: Final = label_matcher(names.INDICATOR, "$indicator")
"""The indicator of the SLO that is chosen on a page."""

_AGES: Final = "365d"
"""Longer than anything is kept: sums over it grow, and their difference is what came between."""

_EXACT: Final = "1e-12"
"""What ``1 - 0.999`` adds in binary is smaller."""


class Objectives:
    """Queries about the SLOs that ``chosen``, a matcher of their objectives, picks out of ``slos``.

    The indicator of an SLO may have several groups. What is said of the SLO is said of its worst group.
    """

    def __init__(self, slos: Iterable[Slo], chosen: str) -> None:
        self._slos = tuple(slos)
        self._chosen = chosen

    # -- one figure for each SLO --------------------------------------------------------------------------------------------
    def objective(self, *matchers: str) -> str:
        """What is to be attained."""
        return f"max by ({_SLO}) ({all_of(names.OBJECTIVE, self._chosen, *matchers)})"

    def attained(self) -> str:
        """The good share of the SLO's window."""
        return self._worst(names.ATTAINED)

    def left(self) -> str:
        """The share of the budget that is left; below 0 where more than all of it was spent."""
        return self._worst(names.BUDGET_LEFT)

    def left_minutes(self) -> str:
        """The same in minutes of a complete outage, at the usual traffic."""

        def minutes(window: int, own: str) -> str:
            allowed = f"round(1 - {self.objective(own)}, {_EXACT})"
            return f"{self._worst(names.BUDGET_LEFT, own)} * on ({_SLO}) {allowed} * {number(Fraction(window, 60))}"

        return self._of_each_window(minutes)

    def burn_rate(self) -> str:
        """How many times too fast the budget was spent in the last hour."""
        window = label_matcher(names.WINDOW, duration(BURN_RATE_WINDOW))
        return f"max by ({_SLO}) ({all_of(names.BURN_RATE, self._chosen, window)})"

    def used_up_in(self) -> str:
        """Seconds until nothing is left if the last hour goes on; nothing where it spent nothing."""
        return self._of_each_window(lambda window, own: (
            f"clamp_min({self._worst(names.BUDGET_LEFT, own)}, 0) * {window} / on ({_SLO}) ({self.burn_rate()} > 0)"
        ))  # fmt: skip

    def state(self) -> str:
        """The state of each SLO, in the numbers of ``states``: spent, at risk or burning, not known, within its budget."""
        left = self.left()
        burning = f"max by ({_SLO}) ({firing(label_matcher('alertname', names.BUDGET_BURN), self._chosen)})"
        return (
            f"{BREACHED} + 0 * ({left} < 0) or {AT_RISK} + 0 * ({left} < {LOW_BUDGET}) or {AT_RISK} + 0 * ({burning})"
            f" or {OK} + 0 * ({left}) or {NO_DATA} + 0 * ({self.objective()})"
        )

    # -- the course of one SLO --------------------------------------------------------------------------------------------------
    def good_share(self) -> str:
        """The good share of each hour, of the worst group."""
        ratio = names.error_ratio(duration(BURN_RATE_WINDOW))
        return f"1 - max by ({names.SLO}) ({ratio} * {self._join('^ 0')})"

    def burn_windows(self) -> tuple[tuple[str, str], ...]:
        """The windows of burn alerts, the shortest first, each with how many times too fast the budget was spent in it."""
        windows = {window for slo in self._slos for pair in reachable(slo) for window in (pair.long, pair.short)}
        return tuple((duration(window), self._burn(window)) for window in sorted(windows))

    def limits(self) -> tuple[tuple[str, str], ...]:
        """The windows that alerts look at first, each with the burn above which one fires."""
        found: defaultdict[int, dict[Fraction, list[str]]] = defaultdict(dict)
        for slo in self._slos:
            for pair in reachable(slo):
                found[pair.long].setdefault(pair.factor(slo.window), []).append(slo.name)
        return tuple(
            (duration(window), " or ".join(self._constant(factor, slos) for factor, slos in sorted(of_factor.items())))
            for window, of_factor in sorted(found.items())
        )

    def burn_down(self) -> tuple[str, str]:
        """What is left of one whole budget that begins where the time shown begins, and what would be if it was spent evenly.

        The budget is that of as many events as the last window had, and the objective the present one.
        """

        def down(window: int, own: str) -> str:
            objective = f"{all_of(names.OBJECTIVE, self._chosen, own)} @ end()"
            join = f"on ({names.INDICATOR}) group_left ({names.SLO}) (max by ({names.INDICATOR}, {names.SLO}) ({objective}) ^ 0)"
            rollup = all_of(names.BAD_ROLLUP, OF_INDICATOR)
            bad, before = f"sum_over_time({rollup}[{_AGES}])", f"sum_over_time({rollup}[{_AGES}] @ start())"
            spent = f"sum by ({names.SLO}) (({bad} - ({before} or 0 * {bad})) * {join})"
            total = f"sum by ({names.SLO}) ({names.total_window(duration(window))} @ end() * {join})"
            allowed = f"max by ({names.SLO}) (round(1 - {objective}, {_EXACT}))"
            budget = f"({total} * on ({names.SLO}) {allowed})"
            return f"1 - {spent} / on ({names.SLO}) ({budget} > 0)"

        def even(window: int, own: str) -> str:
            start = "scalar(last_over_time(vector(time())[1s:1s] @ start()))"
            objective = f"max by ({names.SLO}) ({all_of(names.OBJECTIVE, self._chosen, own)} @ end())"
            return f"clamp_min(0 * {objective} + 1 - (time() - {start}) / {window}, 0)"

        return self._of_each_window(down), self._of_each_window(even)

    def events(self, metric: str) -> str:
        """Events of a minute."""
        return f"sum by ({names.SLO}) ({metric} * {self._join('^ 0')})"

    def bad_by_group(self) -> str:
        """Bad events of the SLO's window, by the groups of its indicator."""
        return self._of_each_window(lambda window, own: (
            f"{names.bad_window(duration(window))} * {self._join('^ 0', own)}"
        ))  # fmt: skip

    # -- parts --------------------------------------------------------------------------------------------------------------------
    def _worst(self, metric: str, *matchers: str) -> str:
        return f"min by ({_SLO}) ({all_of(metric, self._chosen, *matchers)})"

    def _of_each_window(self, of: Callable[[int, str], str]) -> str:
        """The length of a window is a text on its series, so each window has its part of the query."""
        windows = sorted({slo.window for slo in self._slos})
        return "\nor ".join(f"({of(window, label_matcher(names.WINDOW, duration(window)))})" for window in windows)

    def _join(self, ending: str, *matchers: str) -> str:
        """The objective of each indicator, to bring the name of its SLO to what was measured."""
        objective = f"max by ({names.INDICATOR}, {names.SLO}) ({all_of(names.OBJECTIVE, self._chosen, *matchers)})"
        return f"on ({names.INDICATOR}) group_left ({names.SLO}) ({objective} {ending})"

    def _burn(self, window: int, *matchers: str) -> str:
        budget = f"1 / round(1 - {all_of(names.OBJECTIVE, self._chosen, *matchers)}, {_EXACT})"
        joined = f"on ({names.INDICATOR}) group_left ({names.SLO}) max by ({names.INDICATOR}, {names.SLO}) ({budget})"
        return f"max by ({names.SLO}) ({names.error_ratio(duration(window))} * {joined})"

    def _constant(self, factor: Fraction, slos: Iterable[str]) -> str:
        """A number for each of these SLOs that is chosen."""
        objective = all_of(names.OBJECTIVE, self._chosen, one_of(names.SLO, slos))
        return f"{number(factor)} + 0 * max by ({names.SLO}) ({objective})"


def firing(*matchers: str) -> str:
    """Alerts that fire."""
    return all_of("ALERTS", label_matcher("alertstate", "firing"), *matchers)

