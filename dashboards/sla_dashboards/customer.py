"""What a customer is shown: the verdict in words, then the figures, their course, and what they mean."""

from __future__ import annotations

from typing import Final

from sla_dashboards.identity import customer_datasource, uid
from sla_dashboards.modern import Column, Dashboard, Format, Panel, Stat, Step, Table, Target, Text, TimeSeries, ValueText, markdown
from slo_gen import names
from slo_gen.rules.promql import all_of, label_list, label_matcher, one_of
from slo_gen.spec.model import Agreement, Customer

__all__ = ["customer_dashboard"]

_PAIR: Final = label_list((names.AGREEMENT, names.TARGET))
_IN_PERIOD: Final = label_list((names.AGREEMENT, names.TARGET, names.PERIOD))
_STATES: Final = (ValueText(0, "BREACHED", "red"), ValueText(1, "AT RISK", "orange"), ValueText(2, "MET SO FAR", "green"))
_STATE: Final = Format(steps=(Step("red"), Step("orange", 1), Step("green", 2)), texts=_STATES)
_LOW: Final = "0.25"
"""Share of the budget below which a target is at risk."""

_BINARY: Final = "1e-6"
"""What a share times a power of ten may lack of a whole number in binary."""


def customer_dashboard(customer: Customer, agreements: tuple[Agreement, ...]) -> Dashboard:
    """The page of a customer with these agreements in force, of which there is at least one."""
    source = customer_datasource(customer.name)
    queries = _Queries(customer.name, agreements)
    return Dashboard(
        uid=uid("customer", customer.name),
        title=f"Service levels of {customer.title or customer.name}",
        description="What was promised and what has been attained in the present period. Live figures are indicative.",
        zone=min((agreement.name, agreement.period.timezone) for agreement in agreements)[1],
        tags=("sla", "customer"),
        panels=(*(_live(queries, source) if queries.promised else ()), _definitions(agreements, 25 if queries.promised else 0)),
    )


class _Queries:
    """Queries each of whose selectors is pinned to one customer."""

    def __init__(self, customer: str, agreements: tuple[Agreement, ...]) -> None:
        self._pins = (label_matcher(names.CUSTOMER, customer), one_of(names.AGREEMENT, (each.name for each in agreements)))
        self.promised = sum(target.unit == "%" for each in agreements for target in each.targets)
        self.decimals = max((_decimals(target.objective_text) for each in agreements for target in each.targets), default=2)

    def _series(self, metric: str, *matchers: str) -> str:
        return all_of(metric, *self._pins, *matchers)

    def current(self, metric: str) -> str:
        """The figure of each target in its present period; that of the period before may still be there for a while."""
        present = self._series(names.PERIOD_STARTED)
        return f"max by ({_PAIR}) ({self._series(metric)} and on ({_IN_PERIOD}) {present})"

    def attained(self) -> str:
        """What is shown: cut off at the decimals of the page, never to the better side, so that a miss does not read 100 %."""
        figure, scale = self.current(names.PERIOD_ATTAINED), 10 ** (self.decimals + 2)
        least = self.promise(label_matcher(names.OBJECTIVE_TEXT, "at least .*", "=~"))
        down = f"floor({figure} * {scale} + {_BINARY}) / {scale} and on ({_PAIR}) {least}"
        return f"({down}) or ceil({figure} * {scale} - {_BINARY}) / {scale}"

    def promise(self, *matchers: str) -> str:
        return f"max by ({_PAIR}) ({self._series(names.AGREEMENT_TARGET, *matchers)})"

    def state(self) -> str:
        """0 lost whatever was unseen, 1 at risk, 2 met so far. Unknown time that might break a least level is a risk, never met."""
        left = self.current(names.PERIOD_BUDGET_LEFT)
        least, most = (self.promise(label_matcher(names.OBJECTIVE_TEXT, f"{word} .*", "=~")) for word in ("at least", "at most"))
        low = f"{self.current(names.PERIOD_BUDGET_LEFT_RATIO)} < {_LOW}"
        # The worst case of a greatest level is its upper bound.
        unsure = (
            f"({self.current(names.PERIOD_ATTAINED_LOWER)} < on ({_PAIR}) {least})"
            f" or ({self.current(names.PERIOD_ATTAINED_UPPER)} > on ({_PAIR}) {most})"
        )
        measured = f"{left} and on ({_PAIR}) {self.current(names.PERIOD_ATTAINED)}"
        return f"(0 * ({left} < 0) or 1 + 0 * ({low}) or 1 + 0 * ({unsure}) or 2 + 0 * ({measured}))"

    def verdict(self) -> str:
        """The worst state; while a target has no figure only a breach is told."""
        worst = f"min({self.state()})"
        return f"({worst} == 0) or ({worst} and on () (count({self.state()}) == {self.promised}))"


def _decimals(objective: str) -> int:
    """One digit more than the contract writes, at least two."""
    return max(2, len(objective.rstrip("% ").partition(".")[2]) + 1)


def _live(queries: _Queries, source: str) -> tuple[Panel, ...]:
    share = Format("percentunit", queries.decimals)
    return (
        Stat(
            key="verdict", title="This period so far", at=(0, 0, 24, 4), datasource=source, figures=_STATE,
            description="The worst state of all targets. No data: a target has no figure. Indicative until the period is closed.",
            queries=(Target("A", queries.verdict()),),
        ),
        Table(
            key="targets", title="Targets of this period", at=(0, 4, 24, 10), datasource=source,
            description="What was promised, what has been attained since the period began, and how much of what may fail is left.",
            queries=tuple(
                Target(ref, expr, table=True)
                for ref, expr in (
                    ("A", queries.state()), ("B", queries.promise()), ("C", queries.attained()),
                    ("D", queries.current(names.PERIOD_BUDGET_LEFT_RATIO)),
                )
            ),
            columns=(
                Column(names.AGREEMENT, "Agreement"), Column(names.TARGET, "Target"), Column("Value #A", "State", _STATE, coloured=True),
                Column("Value #B", "Promised", share), Column("Value #C", "Attained", share),
                Column("Value #D", "Budget left", Format("percentunit", 1)),
            ),
        ),
        TimeSeries(
            key="trend", title="Attained in the period, day by day", at=(0, 14, 24, 11), datasource=source, figures=share,
            description="The share attained from the start of the period in which each moment lies. Dashed: what was promised.",
            queries=(
                Target("A", queries.attained(), "{{agreement}} {{target}}", instant=False),
                Target("B", queries.promise(), "promised: {{agreement}} {{target}}", instant=False),
            ),
            dashed=("B",),
        ),
    )  # fmt: skip


def _definitions(agreements: tuple[Agreement, ...], top: int) -> Panel:
    lines = ["| Agreement | Target | Promised | Hours | Judged in |", "|---|---|---|---|---|"]
    for agreement in agreements:
        for target in agreement.targets:
            _row(lines, agreement, target.name, f"{target.direction} {target.objective_text}", target.hours)
        for ticket in agreement.ticket_targets:
            words = f"{ticket.share_text} of {ticket.priority}: {ticket.clock} within {ticket.within}"
            _row(lines, agreement, ticket.name, words, ticket.hours)
        for other in agreement.other_targets:
            _row(lines, agreement, other.name, f"{other.about} {other.objective_text}", other.hours)
    return Text(
        key="definitions", title="What was agreed", at=(0, top, 24, 9),
        description="The targets as the agreements say them, and the zone in which their periods begin and end.",
        content="\n".join(lines) + "\n",
    )  # fmt: skip


def _row(lines: list[str], agreement: Agreement, *cells: str) -> None:
    row = (agreement.title or agreement.name, *cells, agreement.period.timezone)
    lines.append("| " + " | ".join(map(markdown, row)) + " |")
