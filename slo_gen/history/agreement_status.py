"""Where agreements stand in their present periods: what their targets on indicators have come to, and what their budgets leave.

The figures are those that the rules record and that dashboards and alerts of periods read, so all of them say the same. They are
indicative: the contract's own figure comes when the period is closed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite
from typing import Final, Literal

from slo_gen import names
from slo_gen.contract.methods import measurement
from slo_gen.contract.target_period import term
from slo_gen.prometheus import Alert, Sample
from slo_gen.rules.accounts import STEP
from slo_gen.rules.info import IN_FORCE, Promise
from slo_gen.rules.period_alerts import LOW_BUDGET
from slo_gen.rules.promql import duration
from slo_gen.rules.state_rules import newest
from slo_gen.spec.model import Catalogue
from slo_gen.timekeeping.periods import Period

__all__ = ["AgreementRow", "AgreementVerdict", "is_in_danger", "questions", "rows"]

AgreementVerdict = Literal["met", "at risk", "breached", "no data", "not live"]
"""As of now. ``breached``: whatever comes. ``at risk``: little budget is left, what was not seen may break it, or an alert says so.
``no data``: nothing was measured, or nothing happened. ``not live``: no rule can follow it; it is judged when the period is closed.
"""

_FIGURES: Final = (
    names.PERIOD_STARTED, names.PERIOD_ATTAINED, names.PERIOD_ATTAINED_LOWER, names.PERIOD_ATTAINED_UPPER, names.PERIOD_BUDGET_LEFT,
    names.PERIOD_BUDGET_LEFT_RATIO, names.PERIOD_BAD, names.PERIOD_TOTAL, names.PERIOD_UNKNOWN, names.PERIOD_EXCLUDED,
)  # fmt: skip
_ALERTS: Final = (names.PERIOD_BREACHED, names.PERIOD_AT_RISK, names.CREDIT_STEP)
_BINARY: Final = Fraction(1, 10**12)
"""What a figure computed in binary may differ by from the objective that it is meant to equal."""

_OF_VERDICT: Final[Mapping[str, AgreementVerdict]] = {"missed": "breached", "unclear": "at risk", "met": "met"}
"""What the exporter says of targets that are no share of their period."""


@dataclass(frozen=True, slots=True)
class AgreementRow:
    """One target. Times are in seconds; ``bad``, ``total`` and ``left`` are events where ``counts_events``, else seconds as well.

    ``budget_left`` is the share of the budget of the whole period, below 0 for an overspent one. None where there is nothing to say.
    """

    promise: Promise
    verdict: AgreementVerdict
    period: Period | None
    attained: Fraction | None
    lower: Fraction | None
    upper: Fraction | None
    budget_left: Fraction | None
    left: Fraction | None
    bad: Fraction | None
    total: Fraction | None
    unknown: Fraction | None
    excluded: Fraction | None
    counts_events: bool
    alerts: tuple[Alert, ...]


def questions(catalogue: Catalogue) -> list[str]:
    """The PromQL expressions whose instant values ``rows`` needs."""
    if not any(agreement.state == IN_FORCE and agreement.targets for agreement in catalogue.agreements.values()):
        return []
    return [*map(_latest, (names.AGREEMENT_TARGET, *_FIGURES)), _JUDGED]


def rows(
    catalogue: Catalogue, answers: Mapping[str, tuple[Sample, ...]], alerts: Iterable[Alert], now: int
) -> tuple[AgreementRow, ...]:
    """One row per target of the agreements in force ``now``, in the order of the agreements.

    ``answers`` are those to ``questions``; ``alerts`` everything that is pending or firing.
    """
    figures = _figures(answers)
    told = answers.get(_latest(names.AGREEMENT_TARGET), ())
    loaded, live = {_pair(sample) for sample in told}, {_pair(sample) for sample in told if sample.labels.get(names.ACCOUNT)}
    judged = {_pair(sample): sample.labels.get(names.VERDICT, "") for sample in answers.get(_JUDGED, ()) if sample.value == 1}
    firing = [alert for alert in alerts if alert.state == "firing" and alert.labels.get("alertname") in _ALERTS]
    found = []
    for promise in _promises(catalogue, now):
        pair = (promise.agreement.name, promise.target.name)
        known = figures.get(pair, {})
        concerned = tuple(sorted((alert for alert in firing if _pair(alert) == pair), key=_order))
        if pair in judged:
            verdict = _OF_VERDICT.get(judged[pair], "no data")
        elif pair in loaded - live or not (promise.target.unit == "%" or catalogue.states_decide(promise.target)):
            verdict = "not live"
        else:
            verdict = _verdict(promise, known, concerned)
        found.append(_row(catalogue, promise, verdict, known, concerned))
    return tuple(found)


def is_in_danger(row: AgreementRow) -> bool:
    """Whether somebody should look: lost, at risk, or not measured though it could be."""
    return row.verdict in ("breached", "at risk", "no data")


# --- one row -----------------------------------------------------------------------------------------------------


def _promises(catalogue: Catalogue, now: int) -> Iterator[Promise]:
    for agreement in catalogue.agreements.values():
        if agreement.state == IN_FORCE and now in term(agreement):
            for target in agreement.targets:
                yield Promise(agreement, target)


def _verdict(promise: Promise, known: Mapping[str, Fraction], alerts: Iterable[Alert]) -> AgreementVerdict:
    """The state that dashboards show of the same figures."""
    objective, floor = promise.target.objective, promise.target.direction == "at least"
    left = known.get(names.PERIOD_BUDGET_LEFT)
    if left is not None and left < 0:
        return "breached"
    worst = known.get(names.PERIOD_ATTAINED_LOWER if floor else names.PERIOD_ATTAINED_UPPER)
    ratio = known.get(names.PERIOD_BUDGET_LEFT_RATIO)
    if (
        (ratio is not None and ratio < Fraction(LOW_BUDGET))
        or (worst is not None and (_settled(worst, objective) < objective if floor else _settled(worst, objective) > objective))
        or any(alert.labels.get("alertname") == names.PERIOD_AT_RISK for alert in alerts)
    ):
        return "at risk"
    return "met" if left is not None and names.PERIOD_ATTAINED in known else "no data"


def _row(
    catalogue: Catalogue, promise: Promise, verdict: AgreementVerdict, known: Mapping[str, Fraction], alerts: tuple[Alert, ...]
) -> AgreementRow:
    target = promise.target
    started = known.get(names.PERIOD_STARTED)

    def figure(metric: str) -> Fraction | None:
        return _settled(known[metric], target.objective) if metric in known else None

    return AgreementRow(
        promise=promise,
        verdict=verdict,
        period=None if started is None else promise.agreement.period.of(round(started)),
        attained=figure(names.PERIOD_ATTAINED),
        lower=figure(names.PERIOD_ATTAINED_LOWER),
        upper=figure(names.PERIOD_ATTAINED_UPPER),
        budget_left=known.get(names.PERIOD_BUDGET_LEFT_RATIO),
        left=known.get(names.PERIOD_BUDGET_LEFT),
        bad=known.get(names.PERIOD_BAD),
        total=known.get(names.PERIOD_TOTAL),
        unknown=known.get(names.PERIOD_UNKNOWN),
        excluded=known.get(names.PERIOD_EXCLUDED),
        counts_events=measurement(target).slot is None and not catalogue.states_decide(target),
        alerts=alerts,
    )


def _settled(figure: Fraction, objective: Fraction) -> Fraction:
    return objective if abs(figure - objective) < _BINARY else figure


def _order(alert: Alert) -> tuple[int, str]:
    return _ALERTS.index(alert.labels["alertname"]), alert.labels.get(names.STAGE, "")


# --- answers, by agreement and target ----------------------------------------------------------------------------

Pair = tuple[str, str]


def _latest(metric: str) -> str:
    """The last recorded value; without this range, series of rules that run every five minutes fade out in between."""
    return f"last_over_time({metric}[{duration(2 * STEP)}])"


_JUDGED: Final = newest(names.PERIOD_VERDICT, names.VERDICT)


def _figures(answers: Mapping[str, tuple[Sample, ...]]) -> dict[Pair, dict[str, Fraction]]:
    """What is known of each target in its newest period; that of the period before may still be there for a while.

    Two replicas may answer for one target: the one that has less of the budget left is believed.
    """
    series: dict[tuple[tuple[str, str], ...], dict[str, Fraction]] = {}
    for metric in _FIGURES:
        for sample in answers.get(_latest(metric), ()):
            if isfinite(sample.value):
                labels = tuple(sorted((label, value) for label, value in sample.labels.items() if label != "__name__"))
                series.setdefault(labels, {})[metric] = Fraction(repr(sample.value))
    found: dict[Pair, dict[str, Fraction]] = {}
    for labels, known in sorted(series.items()):
        pair = (dict(labels).get(names.AGREEMENT, ""), dict(labels).get(names.TARGET, ""))
        if names.PERIOD_STARTED in known and (pair not in found or _rank(known) > _rank(found[pair])):
            found[pair] = known
    return found


def _rank(known: Mapping[str, Fraction]) -> tuple[Fraction, bool, Fraction]:
    left = known.get(names.PERIOD_BUDGET_LEFT)
    return known[names.PERIOD_STARTED], left is not None, -(left or Fraction(0))


def _pair(told: Sample | Alert) -> Pair:
    return told.labels.get(names.AGREEMENT, ""), told.labels.get(names.TARGET, "")
