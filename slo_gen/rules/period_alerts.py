"""Tickets about the budget of a period: a stage of it is used up, it will not last, it is gone.

Nothing is said to be lost before the budget of the whole period is: see ``slm:period:basis``. So the first errors of a period
are no breach, whatever share of its few events they are. An agreement never pages.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from fractions import Fraction
from typing import Final

from slo_gen import names
from slo_gen.rules.accounts import Account
from slo_gen.rules.promql import all_of, duration, label_list, label_matcher, number, one_of
from slo_gen.rules.rule import AlertRule
from slo_gen.rules.templates import literal
from slo_gen.spec.model import Catalogue
from slo_gen.spec.notification import PERIOD_BUDGET

__all__ = ["FORECAST", "LOW_BUDGET", "PERIOD_SEVERITY", "TARGET", "period_alert", "period_alerts", "series_of", "stages", "target_alert"]

PERIOD_SEVERITY: Final = "ticket"
FORECAST: Final = "forecast"
"""The stage of a budget that will not last at the rate of the last day and of the last hours."""

LOW_BUDGET: Final = "0.25"
"""Who shows a period calls it at risk when less than this share of its budget is left, also where no stage says so."""

_DAY: Final = 86_400
_HOURS: Final = 6 * 3600
_HOLD: Final = 900
_KEEP: Final = _HOURS
_LITTLE: Final = "0.9"
"""A budget of which less than a tenth is used is not worth a forecast."""


def period_alerts(account: Account, catalogue: Catalogue) -> Iterator[AlertRule]:
    """The alerts of the targets of an account."""
    severity = literal(catalogue.evaluation.severity_names.get(PERIOD_SEVERITY, PERIOD_SEVERITY))
    left = series_of(account, names.PERIOD_BUDGET_LEFT_RATIO)
    lost = f"{series_of(account, names.PERIOD_BUDGET_LEFT)} < 0"
    yield period_alert(
        account, names.PERIOD_BREACHED, lost, severity,
        f"{TARGET} is missed: the budget of its period is used up",
        "What has happened so far breaks it, whatever comes until the end of the period."
        " The figure is indicative until the period is closed.",
    )  # fmt: skip
    for stage, agreements in sorted(stages(account, catalogue).items()):
        chosen = series_of(account, names.PERIOD_BUDGET_LEFT_RATIO, one_of(names.AGREEMENT, agreements))
        yield period_alert(
            account, names.PERIOD_AT_RISK, f"{chosen} <= {number(1 - _share(stage))} >= 0", severity,
            f"{TARGET} is at risk: {stage} of the budget of its period is used up",
            "{{ $value | humanizePercentage }} of the budget is left.", stage=stage, apart=stage.strip("%").replace(".", "_"),
        )  # fmt: skip
    ends = series_of(account, names.PERIOD_ENDS)

    def gone(seconds: int) -> str:
        before = series_of(account, names.PERIOD_BUDGET_LEFT_RATIO, shift=seconds)
        return f"{left} - ({before} - {left}) * ({ends} - time()) / {seconds} < 0"

    yield period_alert(
        account, names.PERIOD_AT_RISK, f"{left} < {_LITTLE} >= 0\nand ({gone(_DAY)})\nand ({gone(_HOURS)})", severity,
        f"{TARGET} is at risk: the budget of its period will not last",
        "{{ $value | humanizePercentage }} of it is left; used up as fast as in the last day and the last six hours, it is too little.",
        stage=FORECAST, apart=FORECAST, hold=_HOLD, keep=_KEEP,
    )  # fmt: skip


TARGET: Final = f"{{{{ $labels.{names.TARGET} }}}} of {{{{ $labels.{names.AGREEMENT} }}}}"


def stages(account: Account, catalogue: Catalogue) -> Mapping[str, list[str]]:
    """The stages of the budget of which somebody is told, and the agreements in which they stand."""
    found: defaultdict[str, list[str]] = defaultdict(list)
    for agreement in sorted({promise.agreement.name for promise in account.targets}):
        steps = catalogue.notifications.ladders.get(agreement, ())
        for stage in sorted({step.stage for step in steps if step.event == PERIOD_BUDGET and step.stage}):
            found[stage].append(agreement)
    return found


def _share(stage: str) -> Fraction:
    return Fraction(stage.removesuffix("%")) / 100


def series_of(account: Account, metric: str, *matchers: str, shift: int = 0) -> str:
    """The series of the account's targets, or of some of them, told from other targets of their agreements. ``shift``: seconds ago."""
    chosen = matchers or (one_of(names.AGREEMENT, (promise.agreement.name for promise in account.targets)),)
    on = label_list((names.AGREEMENT, names.TARGET))
    mine = all_of(account.promised, label_matcher(names.ACCOUNT, account.key))
    back = f" offset {duration(shift)}" if shift else ""
    return f"({all_of(metric, *chosen)}{back} and on ({on}) {mine})"


def period_alert(
    account: Account, alert: str, condition: str, severity: str, summary: str, description: str, *, stage: str = "", apart: str = "",
    hold: int = 0, keep: int = 0,
) -> AlertRule:  # fmt: skip
    """An alert about targets of an account. ``apart`` tells rules of one account and alert from each other."""
    marker = f"slm_shard_period_{account.key}{'_' + apart if apart else ''}"
    return target_alert(alert, condition, severity, summary, description, marker=marker, stage=stage, hold=hold, keep=keep)


def target_alert(
    alert: str, condition: str, severity: str, summary: str, description: str, *, marker: str, stage: str = "", hold: int = 0,
    keep: int = 0,
) -> AlertRule:  # fmt: skip
    """An alert about targets on indicators, with the team that owns the service of the indicator.

    ``marker``: a label without a value that tells rules of one alert from each other.
    """
    owner = f"max by ({label_list((names.INDICATOR, names.TEAM))}) ({names.INDICATOR_INFO})"
    team = f"topk by ({names.INDICATOR}) (1, {owner})"
    labels = {names.SEVERITY: severity, **({names.STAGE: literal(stage)} if stage else {})}
    return AlertRule(
        alert,
        f"({condition})\n* on ({names.INDICATOR}) group_left ({names.TEAM}) {team}",
        hold=hold, keep_firing=keep,
        labels={**labels, marker: ""},
        annotations={"summary": summary, "description": description},
    )  # fmt: skip
