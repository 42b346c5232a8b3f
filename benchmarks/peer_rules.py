"""The rules with which other generators watch a 30-day availability SLO, for measurements on one server.

Written from their published documentation and examples (Sloth 0.16, Pyrra of 2026), expression by expression. Neither
program was run. Pyrra stretches its windows with the SLO's; here it gets the same windows as everybody, so that the
sets answer the same questions.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from slo_gen.rules.promql import all_of, label_matcher, number, parse_selector
from slo_gen.rules.rule import AlertRule, RecordingRule, Rule, RuleGroup

WINDOWS: Final = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
PERIOD: Final = "30d"
PYRRA_ALERT_SECONDS, PYRRA_PERIOD_SECONDS, SLOTH_SECONDS = 30, 150, 60
SLOTH_ERRORS: Final = "slo:sli_error:ratio_rate"


@dataclass(frozen=True, slots=True)
class Objective:
    """What is watched: two plain selectors and the share that must be good."""

    name: str
    bad: str
    total: str
    good: Fraction

    @property
    def budget(self) -> Fraction:
        return 1 - self.good


def sloth_labels(name: str) -> dict[str, str]:
    """The labels on every series that Sloth records for one SLO."""
    return {"sloth_id": name, "sloth_service": name, "sloth_slo": "availability"}


def sloth(objective: Objective) -> tuple[RuleGroup, ...]:
    """Three groups: error ratios straight from the raw counters, constants and what follows from them, two alerts."""
    labels = sloth_labels(objective.name)
    own = [label_matcher(label, value) for label, value in labels.items()]
    bad, total = parse_selector(objective.bad), parse_selector(objective.total)
    short = all_of(SLOTH_ERRORS + WINDOWS[0], *own) + f"[{PERIOD}]"
    ratios = [
        RecordingRule(SLOTH_ERRORS + w, f"(sum(rate({bad}[{w}])))\n/\n(sum(rate({total}[{w}])))", {**labels, "sloth_window": w})
        for w in WINDOWS
    ]
    average = f"sum_over_time({short})\n/ ignoring (sloth_window)\ncount_over_time({short})"
    ratios.append(RecordingRule(SLOTH_ERRORS + PERIOD, average, {**labels, "sloth_window": PERIOD}))

    def spent(window: str) -> str:
        of, budget = all_of(SLOTH_ERRORS + window, *own), all_of("slo:error_budget:ratio", *own)
        return f"{of}\n/ on(sloth_id, sloth_slo, sloth_service) group_left\n{budget}"

    known = [
        ("slo:objective:ratio", f"vector({number(objective.good)})"),
        ("slo:error_budget:ratio", f"vector(1-{number(objective.good)})"),
        ("slo:time_period:days", "vector(30)"),
        ("slo:current_burn_rate:ratio", spent(WINDOWS[0])),
        ("slo:period_burn_rate:ratio", spent(PERIOD)),
        ("slo:period_error_budget_remaining:ratio", f"1 - {all_of('slo:period_burn_rate:ratio', *own)}"),
        ("sloth_slo_info", "vector(1)"),
    ]

    def burning(short: str, long: str, factor: str) -> str:
        limit = f"{factor} * {number(objective.budget)}"
        return " and ".join(f"max({all_of(SLOTH_ERRORS + w, *own)} > ({limit})) without (sloth_window)" for w in (short, long))

    alerts = [
        AlertRule(f"{objective.name} burns", f"({burning(*fast)})\nor\n({burning(*slow)})", labels={"sloth_severity": severity})
        for severity, fast, slow in (
            ("page", ("5m", "1h", "14.4"), ("30m", "6h", "6")),
            ("ticket", ("2h", "1d", "3"), ("6h", "3d", "1")),
        )
    ]
    parts: tuple[tuple[str, list[Rule]], ...] = (
        ("sli", [*ratios]), ("meta", [RecordingRule(record, expr, labels) for record, expr in known]), ("alerts", [*alerts]),
    )
    return tuple(RuleGroup(f"sloth-{part}-{objective.name}", SLOTH_SECONDS, tuple(rules)) for part, rules in parts)


def pyrra(objective: Objective) -> tuple[RuleGroup, ...]:
    """Two groups: burn rates with their alerts, and the increase over the whole period with an alert on absence."""
    labels = {"slo": objective.name}
    bad, total = parse_selector(objective.bad), parse_selector(objective.total)
    name = total.metric.removesuffix("_total")

    def rate(window: str) -> str:
        return all_of(f"{name}:burnrate{window}", label_matcher("slo", objective.name))

    burn: list[Rule] = [
        RecordingRule(f"{name}:burnrate{w}", f"sum(rate({bad}[{w}])) / sum(rate({total}[{w}]))", labels) for w in WINDOWS
    ]
    for short, long, factor in (("5m", "1h", 14), ("30m", "6h", 7), ("2h", "1d", 2), ("6h", "3d", 1)):
        limit = f"({factor} * {number(objective.budget)})"
        expr = f"{rate(short)} > {limit} and {rate(long)} > {limit}"
        burn.append(AlertRule("ErrorBudgetBurn", expr, labels={**labels, "short": short, "long": long}))
    period: list[Rule] = [
        RecordingRule(f"{name}:increase{PERIOD}", f"sum by (code) (increase({total}[{PERIOD}]))", labels),
        AlertRule("SLOMetricAbsent", f"absent({total}) == 1", hold=180, labels=labels),
    ]
    return (
        RuleGroup(f"pyrra-{objective.name}", PYRRA_ALERT_SECONDS, tuple(burn)),
        RuleGroup(f"pyrra-{objective.name}-increase", PYRRA_PERIOD_SECONDS, tuple(period)),
    )


def read_back(objectives: list[Objective]) -> Iterator[dict[str, str]]:
    """The series with a month of history that the peers' rules read: Sloth's ratios of five minutes."""
    for objective in objectives:
        yield {"__name__": SLOTH_ERRORS + WINDOWS[0], **sloth_labels(objective.name), "sloth_window": WINDOWS[0]}
