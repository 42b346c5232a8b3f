"""SLOs: objective, window, and the pairs of windows that alert."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from urllib.parse import quote

from msgspec import UnsetType

from slo_gen import names
from slo_gen.spec import documents, model
from slo_gen.spec.convert import Document
from slo_gen.spec.documents.slo import Alerting, BurnAlert
from slo_gen.spec.resolve.indicators import MINUTE, whole_seconds
from slo_gen.spec.resolve.quantities import exact, percent
from slo_gen.spec.resolve.references import Steps
from slo_gen.spec.resolve.register import Register, origin

__all__ = ["BURN_PAIRS", "LARGEST_SHARE", "default_alerts", "resolve_slos"]

_HOUR = 3600
_DAY = 24 * _HOUR
_THIRTY_DAYS = 30 * _DAY

BURN_PAIRS = (
    model.BurnWindow(_HOUR, 300, Fraction(2, 100), "page"),
    model.BurnWindow(6 * _HOUR, 1800, Fraction(5, 100), "page"),
    model.BurnWindow(_DAY, 2 * _HOUR, Fraction(10, 100), "ticket"),
    model.BurnWindow(3 * _DAY, 6 * _HOUR, Fraction(10, 100), "ticket"),
)
"""The pairs for a window of 30 days: burn rates of 14.4, 6, 3 and 1 (Google, The Site Reliability Workbook, chapter 5)."""

LARGEST_SHARE = Fraction(1, 2)
"""No default alert waits until more than this share of the budget is gone."""


@lru_cache(maxsize=256)
def default_alerts(window: int) -> tuple[model.BurnWindow, ...]:
    """The alerts of an SLO over ``window`` seconds that names none.

    The burn rates stay those of 30 days whatever the window, because a rate says how urgent it is; the share of the
    budget follows from it. In a short window that share grows: it is held at half of the budget, and a pair is left
    out when it would then fire although no more than the budget is being spent, or is longer than the window.
    """
    alerts = []
    for pair in BURN_PAIRS:
        share = min(pair.budget_share * _THIRTY_DAYS / window, LARGEST_SHARE)
        alert = model.BurnWindow(pair.long, pair.short, share, pair.severity, pair.hold)
        if alert.long <= window and alert.factor(window) >= 1:
            alerts.append(alert)
    return tuple(alerts)


def resolve_slos(register: Register, indicators: Mapping[str, model.Indicator]) -> dict[str, model.Slo]:
    """All SLOs whose indicator is known; the others have a problem already."""
    return {
        document.name: _slo(document, value, register, indicators[value.spec.indicator])
        for document, value in register.each(documents.SLO)
        if value.spec.indicator in indicators
    }


def _slo(document: Document, value: documents.SLO, register: Register, indicator: model.Indicator) -> model.Slo:
    spec = value.spec
    alerting = Alerting(enabled=False) if spec.alerting == "off" else spec.alerting
    service = register.get(documents.Service, indicator.service)
    window = whole_seconds(register, document, ("spec", "window"), spec.window, step=MINUTE)
    own_rules = isinstance(indicator.measure, model.Events | model.Latency)
    return model.Slo(
        name=document.name,
        title=value.metadata.title or document.name,
        indicator=indicator.name,
        service=indicator.service,
        objective=_objective(register, document, spec.objective),
        objective_text=spec.objective,
        window=window,
        alerts=_alerts(register, document, alerting, window) if alerting.enabled else (),
        minimum_bad=Fraction(3 if own_rules else 1) if isinstance(alerting.minimum_bad, UnsetType) else exact(alerting.minimum_bad),
        team=_team(register, alerting, service),
        runbook_url=_address(
            register, document, alerting.runbook_url, service.spec.runbook_url if service else "", "runbook_url", indicator
        ),
        dashboard_url=_address(
            register, document, alerting.dashboard_url, service.spec.dashboard_url if service else "", "dashboard_url", indicator
        ),
        labels=_labels(register, document, alerting),
        annotations=dict(sorted(alerting.annotations.items())),
        origin=origin(document, ("metadata", "name")),
    )


_FINEST_BUDGET = Fraction(1, 10**9)
"""Prometheus computes in binary floating point: 1 minus an objective is right to about 1e-16, and rounded to 1e-12."""


def _objective(register: Register, document: Document, text: str) -> Fraction:
    objective = percent(text)
    path = ("spec", "objective")
    if objective == 1:
        register.problems.append(
            document.problem(
                path, "an objective of 100% leaves no budget, so every error would page", "write less, like 99.99%", check="objective"
            )
        )
    elif 1 - objective < _FINEST_BUDGET:
        register.problems.append(
            document.problem(
                path, f"an objective of {text} leaves a budget that Prometheus cannot tell from none", "write at most 99.9999999%",
                check="objective",
            )
        )
    elif objective == 0:
        register.problems.append(document.problem(path, "an objective of 0% asks for nothing", "write more, like 99%", check="objective"))
    return objective


def _alerts(register: Register, document: Document, alerting: Alerting, window: int) -> tuple[model.BurnWindow, ...]:
    if not alerting.windows:
        alerts = default_alerts(window)
        if not alerts:
            register.problems.append(
                document.problem(
                    ("spec", "window"),
                    "the window is too short for the alerts that SLOs have by default",
                    "choose at least 2h, or name `alerting.windows`, or write `alerting: off`",
                    check="alert-windows",
                )
            )
        return alerts
    return tuple(_burn(register, document, position, pair, window) for position, pair in enumerate(alerting.windows))


def _burn(register: Register, document: Document, position: int, pair: BurnAlert, window: int) -> model.BurnWindow:
    path: Steps = ("spec", "alerting", "windows", position)
    long = whole_seconds(register, document, (*path, "long"), pair.long, step=MINUTE)
    short = whole_seconds(register, document, (*path, "short"), pair.short, step=MINUTE)
    hold = whole_seconds(register, document, (*path, "for"), pair.for_) if pair.for_ else 0
    share = percent(pair.budget)
    if short >= long:
        register.problems.append(
            document.problem(
                (*path, "short"), "the short window is not shorter than the long one", "a twelfth of it is usual", check="alert-windows"
            )
        )
    if long > window:
        register.problems.append(
            document.problem((*path, "long"), "the long window is longer than the window of the SLO", "shorten it", check="alert-windows")
        )
    if share == 0:
        register.problems.append(
            document.problem((*path, "budget"), "0% of the budget is always spent", "write more, like 2%", check="alert-windows")
        )
    return model.BurnWindow(long, short, share, pair.severity, hold)


def _team(register: Register, alerting: Alerting, service: documents.Service | None) -> str:
    reference = alerting.team or (service.spec.owner if service is not None else "")
    return register.team(reference, service) if reference else ""


def _address(
    register: Register, document: Document, own: str | UnsetType, of_service: str | UnsetType, key: str, indicator: model.Indicator
) -> str:
    if own or of_service:
        return own or of_service or ""
    alerts = register.policy.spec.alerts
    pattern = (alerts.runbook_url if key == "runbook_url" else alerts.dashboard_url) or ""
    return pattern.replace("${service}", quote(indicator.service, safe="")).replace("${slo}", quote(document.name, safe=""))


def _labels(register: Register, document: Document, alerting: Alerting) -> dict[str, str]:
    for label in alerting.labels:
        if label in names.RESERVED_LABELS:
            register.problems.append(
                document.problem(
                    ("spec", "alerting", "labels", label),
                    f"{label} is a label that slo-gen sets itself",
                    "choose another name",
                    check="reserved-label",
                    key=True,
                )
            )
    return dict(sorted({**register.policy.spec.alerts.labels, **alerting.labels}.items()))
