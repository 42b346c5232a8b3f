"""Who is told, in words: part of what ``slo-gen explain`` prints."""

from __future__ import annotations

from collections.abc import Iterator

from slo_gen.alertmanager.tellings import AGREEMENT_ALERTS, Telling, of_agreement, of_default, of_team
from slo_gen.rules.promql import duration
from slo_gen.spec.model import Agreement, Catalogue, Slo
from slo_gen.spec.notification import SEVERITIES, Severity

__all__ = ["told_of_agreement", "told_of_slo"]


def told_of_slo(catalogue: Catalogue, slo: Slo) -> list[str]:
    """Who gets its alerts; nothing where no document names a receiver."""
    notifications = catalogue.notifications
    if not notifications.receivers:
        return []
    severities: list[Severity] = [severity for severity in SEVERITIES if any(pair.severity == severity for pair in slo.alerts)]
    known = f"team/{slo.team}" in notifications.desks
    tellings = {each: of_team(notifications, slo.team, each) if known else of_default(notifications, each) for each in severities}
    return ["Who is told", *(f"  {severity}: {_words(telling)}" for severity, telling in tellings.items()), ""] if tellings else []


def told_of_agreement(catalogue: Catalogue, agreement: Agreement) -> list[str]:
    """Who gets the alerts about it, step by step; nothing where no document names a receiver."""
    if not catalogue.notifications.receivers:
        return []
    tellings = of_agreement(catalogue, agreement.name)
    return ["Who is told", *(line for alert in AGREEMENT_ALERTS for line in _lines(alert, tellings)), ""] if tellings else []


def _lines(alert: str, tellings: tuple[Telling, ...]) -> Iterator[str]:
    told = sorted((telling for telling in tellings if telling.alert == alert), key=lambda each: (each.stage, each.after))
    yield f"  {alert}: {'; '.join(map(_words, told))}"


def _words(telling: Telling) -> str:
    told = telling.receiver.name if telling.receiver is not None else "whoever is told at the root of your Alertmanager"
    stage = f" at {telling.stage}" if telling.stage else ""
    after = f" after {duration(telling.after)}" if telling.after else ""
    hours = f", in the hours of {telling.hours}" if telling.hours else ""
    return f"{told}{stage}{after}{hours}"
