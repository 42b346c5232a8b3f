"""Who is to be told of which alert, for testing the routes: made of the documents, not of the tree."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from slo_gen import names
from slo_gen.alertmanager.severities import severity_names
from slo_gen.alertmanager.tellings import AGREEMENT_ALERTS, Telling, of_agreement, of_default, of_team
from slo_gen.spec.model import Catalogue
from slo_gen.spec.notification import SEVERITIES

__all__ = ["Expectation", "expectations"]


@dataclass(frozen=True, slots=True)
class Expectation:
    """An alert by its labels, and the receivers that it must reach, sorted; one that is told twice, now and later, is there twice.

    "" is whoever is told of what nobody named.
    """

    labels: Mapping[str, str]
    receivers: tuple[str, ...]


def expectations(catalogue: Catalogue) -> tuple[Expectation, ...]:
    """Each severity of each team and of none; each alert and stage of one agreement of each kind of ladder."""
    return (*_severities(catalogue), *_agreements(catalogue))


def _severities(catalogue: Catalogue) -> Iterator[Expectation]:
    called = severity_names(catalogue)
    told = {called[severity]: severity for severity in reversed(SEVERITIES)}      # the most urgent of those called alike
    teams = [desk.partition("/")[2] for desk in catalogue.notifications.desks if desk.startswith("team/")]
    for name, severity in told.items():
        labels = {"alertname": names.BUDGET_BURN, names.SEVERITY: name, names.SERVICE: "any"}
        yield Expectation(labels, (_name(of_default(catalogue.notifications, severity)),))
        for team in teams:
            yield Expectation({**labels, names.TEAM: team}, (_name(of_team(catalogue.notifications, team, severity)),))


def _agreements(catalogue: Catalogue) -> Iterator[Expectation]:
    seen: set[tuple[Telling, ...]] = set()
    severity = severity_names(catalogue)["ticket"]
    for agreement in catalogue.agreements:
        tellings = of_agreement(catalogue, agreement)
        if not tellings or tellings in seen:
            continue
        seen.add(tellings)
        for alert in (*AGREEMENT_ALERTS, "SLMAgreementEnding"):
            about = [telling for telling in tellings if telling.alert == (alert if alert in AGREEMENT_ALERTS else "")]
            for stage in sorted({"", *(telling.stage for telling in about)}):
                told = [_name(telling) for telling in about if telling.stage in ("", stage)]
                labels = {"alertname": alert, names.AGREEMENT: agreement, names.TARGET: "any", names.SEVERITY: severity}
                yield Expectation({**labels, **({names.STAGE: stage} if stage else {})}, tuple(sorted(told)))


def _name(telling: Telling) -> str:
    return telling.receiver.name if telling.receiver is not None else ""
