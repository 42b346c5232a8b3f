"""What holds what back. Nothing here ever holds back the page about an outage that nobody was paged for.

- A faster burn holds back the slower burns of the same indicator and group, of whichever SLO, where it is at least as urgent
  and the same team is told.
- A breached period holds back the same target's alerts at risk, and nothing else: an outage after the breach pages.
- A page about a service holds back the tickets, never the pages, of the services that need it: one rule for each edge of
  ``depends_on``, each with explicit matchers.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from slo_gen import names
from slo_gen.alertmanager.configuration import InhibitRule, Matcher, is_, one_of
from slo_gen.alertmanager.severities import severity_names
from slo_gen.rules.info import IN_FORCE
from slo_gen.rules.promql import duration
from slo_gen.spec.model import Catalogue, Service
from slo_gen.spec.notification import SEVERITIES, Severity

__all__ = ["inhibit_rules"]


def inhibit_rules(catalogue: Catalogue) -> tuple[InhibitRule, ...]:
    """All rules of a catalogue, burns first."""
    rules = [*_burns(catalogue), _period(catalogue)]
    rules += chain.from_iterable(_edges(catalogue, service) for service in catalogue.services.values())
    return tuple(rules)


# --- burns ---------------------------------------------------------------------------------------------------
def _burns(catalogue: Catalogue) -> Iterator[InhibitRule]:
    """For each pair of windows and its severity: the slower pairs that are no more urgent."""
    pairs = {(pair.long, pair.short, pair.severity) for slo in catalogue.slos.values() for pair in slo.alerts}
    groups = sorted({label for indicator in catalogue.indicators.values() for label in indicator.by})
    equal = (names.INDICATOR, names.TEAM, *groups, *catalogue.notifications.apart_by)
    for long, short, severity in sorted(pairs, key=lambda pair: (pair[:2], SEVERITIES.index(pair[2]))):
        calm = SEVERITIES[SEVERITIES.index(severity):]
        held = _called(catalogue, calm)
        slower_long = {other for other, _, urgency in pairs if other > long and urgency in calm}
        slower_short = {other for same, other, urgency in pairs if same == long and other > short and urgency in calm}
        sources = (
            is_("alertname", names.BUDGET_BURN), is_(names.SEVERITY, severity_names(catalogue)[severity]),
            is_(names.LONG_WINDOW, duration(long)), is_(names.SHORT_WINDOW, duration(short)),
        )
        about = "A fast burn holds back the slower ones of the same indicator."
        if held and slower_long:
            targets = (*_burning(held), one_of(names.LONG_WINDOW, map(duration, slower_long)))
            yield InhibitRule(sources, targets, equal, about)
        if held and slower_short:
            windows = (is_(names.LONG_WINDOW, duration(long)), one_of(names.SHORT_WINDOW, map(duration, slower_short)))
            yield InhibitRule(sources, (*_burning(held), *windows), equal, about)


def _called(catalogue: Catalogue, severities: tuple[Severity, ...]) -> frozenset[str]:
    """The names of severities; that of pages only where pages are meant, also when the user calls others alike."""
    called = severity_names(catalogue)
    found = frozenset(called[severity] for severity in severities)
    return found if "page" in severities else found - {called["page"]}


def _burning(severities: frozenset[str]) -> tuple[Matcher, Matcher]:
    return is_("alertname", names.BUDGET_BURN), one_of(names.SEVERITY, severities)


# --- periods -------------------------------------------------------------------------------------------------
def _period(catalogue: Catalogue) -> InhibitRule:
    return InhibitRule(
        (is_("alertname", names.PERIOD_BREACHED),),
        (is_("alertname", names.PERIOD_AT_RISK),),
        (names.AGREEMENT, names.TARGET, *catalogue.notifications.apart_by),
        "A period that is lost is no longer at risk. It holds nothing else back: the next outage pages.",
    )


# --- dependencies --------------------------------------------------------------------------------------------
def _edges(catalogue: Catalogue, service: Service) -> Iterator[InhibitRule]:
    held = _called(catalogue, ("ticket", "info"))
    if not held:
        return
    for needed in service.depends_on:
        kind, _, name = needed.partition("/")
        outage = is_(names.SERVICE, name) if kind == "service" else _of_supplier(catalogue, name, service)
        if outage is None or (kind == "service" and name == service.name):
            continue
        yield InhibitRule(
            (*_burning(_called(catalogue, ("page",))), outage),
            (*_burning(held), is_(names.SERVICE, service.name)),
            catalogue.notifications.apart_by,
            f"{service.name} needs {needed}: its tickets wait while that is paged, its own pages do not.",
        )


def _of_supplier(catalogue: Catalogue, supplier: str, service: Service) -> Matcher | None:
    """The indicators by which contracts with a supplier are measured, other than those of the service itself."""
    found = {
        target.indicator
        for agreement in catalogue.agreements.values()
        if agreement.state == IN_FORCE and agreement.party.kind == "supplier" and agreement.party.name == supplier
        for target in agreement.targets
        if target.indicator in catalogue.indicators and catalogue.indicators[target.indicator].service != service.name
    }
    return one_of(names.INDICATOR, found) if found else None
