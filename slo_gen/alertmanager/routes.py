"""The routing tree: what is about an agreement by its ladder, everything else by severity and team.

One outage is one notification: pages are grouped by service, so that all its SLOs, windows and groups come together.
Tickets are grouped by alert and service: an outage that endangers thirty agreements is one ticket that lists them.
Severities never share a group, so a page is never an update of a ticket.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from slo_gen import names
from slo_gen.alertmanager.configuration import Matcher, Route, is_, one_of
from slo_gen.alertmanager.hours import Hours
from slo_gen.alertmanager.severities import severity_names
from slo_gen.alertmanager.tellings import AGREEMENT_ALERTS, OTHER, Telling, of_agreement, of_default, of_team
from slo_gen.rules.promql import duration
from slo_gen.spec.model import Catalogue
from slo_gen.spec.notification import SEVERITIES, Severity

__all__ = ["OURS", "routes"]

OURS: Final = Matcher("alertname", "=~", "SLM[A-Z][A-Za-z]*")
"""Every alert that slo-gen raises."""

_WAIT: Final[dict[Severity, int]] = {"page": 30, "ticket": 300, "info": 300}
_INTERVAL: Final = 300
"""Seconds between two looks at a group: how soon it is told when hours begin, or when more is wrong."""


def routes(catalogue: Catalogue, hours: Callable[[str], Hours]) -> Route:
    """The tree for all alerts of slo-gen. ``hours`` gives the time intervals of a calendar."""
    return _Tree(catalogue, hours).route()


@dataclass(frozen=True, slots=True)
class _Tree:
    catalogue: Catalogue
    hours: Callable[[str], Hours]

    def route(self) -> Route:
        tickets = of_default(self.catalogue.notifications, "ticket")
        return Route(
            (OURS,),
            receiver=_name(tickets),
            group_by=self._groups("alertname", names.SERVICE),
            wait=_WAIT["ticket"],
            interval=_INTERVAL,
            repeat=self.catalogue.notifications.repeat["ticket"],
            routes=(self._agreements(), *map(self._severity, SEVERITIES)),
        )

    def _groups(self, *labels: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*labels, *self.catalogue.notifications.apart_by)))

    # --- agreements -------------------------------------------------------------------------------------------
    def _agreements(self) -> Route:
        """Everybody who is told of an agreement; agreements that are told alike share a route."""
        told: dict[Telling, list[str]] = {}
        for name in self.catalogue.agreements:
            for telling in of_agreement(self.catalogue, name):
                told.setdefault(telling, []).append(name)
        return Route(
            tuple(self._about_an_agreement()),
            routes=tuple(self._telling(telling, agreements) for telling, agreements in sorted(told.items(), key=_order)),
            about="What is about an agreement: its owner, then the steps of its escalation.",
        )

    def _about_an_agreement(self) -> Iterator[Matcher]:
        """What has the label and is no page: a user's own label of that name must not take a page away from whom it wakes."""
        yield Matcher(names.AGREEMENT, "!=", "")
        called = severity_names(self.catalogue)
        if called["page"] != called["ticket"]:
            yield Matcher(names.SEVERITY, "!=", called["page"])

    def _telling(self, telling: Telling, agreements: list[str]) -> Route:
        matchers = [_others() if telling.alert == OTHER else is_("alertname", telling.alert)]
        if telling.stage:
            matchers.append(is_(names.STAGE, telling.stage))
        matchers.append(one_of(names.AGREEMENT, agreements))
        if telling.after:
            # No alert has this label. Alertmanager remembers what it sent by receiver and matchers: without it, a second
            # step to the same receiver would be taken for the first one, and be told to nobody.
            matchers.append(Matcher(names.AFTER, "!=", duration(telling.after)))
        active, mute = self._intervals(telling)
        return Route(
            tuple(matchers),
            receiver=_name(telling),
            group_by=self._groups("alertname", names.AGREEMENT, names.TARGET, names.STAGE) if telling.apart else (),
            wait=telling.after or None,
            active=active,
            mute=mute,
            on=True,
        )

    # --- severities and teams ---------------------------------------------------------------------------------
    def _severity(self, severity: Severity) -> Route:
        default = of_default(self.catalogue.notifications, severity)
        return Route(
            (is_(names.SEVERITY, severity_names(self.catalogue)[severity]),),
            receiver=_name(default),
            group_by=self._groups(names.SERVICE) if severity == "page" else (),
            wait=_WAIT[severity],
            repeat=self.catalogue.notifications.repeat[severity],
            routes=tuple(self._teams(severity, default)),
        )

    def _teams(self, severity: Severity, default: Telling) -> Iterator[Route]:
        for desk in self.catalogue.notifications.desks:
            kind, _, team = desk.partition("/")
            if kind != "team":
                continue
            telling = of_team(self.catalogue.notifications, team, severity)
            if telling != default:
                active, mute = self._intervals(telling)
                yield Route((is_(names.TEAM, team),), receiver=_name(telling), active=active, mute=mute)

    def _intervals(self, telling: Telling) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The names of what is active and of what is mute."""
        if not telling.hours:
            return (), ()
        hours = self.hours(telling.hours)
        active = (hours.active.name,) if hours.active is not None else ()
        return active, (hours.closed.name,) if hours.closed is not None else ()


def _name(telling: Telling) -> str:
    return telling.receiver.name if telling.receiver is not None else ""


def _others() -> Matcher:
    return Matcher("alertname", "!~", one_of("alertname", AGREEMENT_ALERTS).value)


def _order(told: tuple[Telling, list[str]]) -> tuple[int, str, int, str, str]:
    telling, _ = told
    return (*AGREEMENT_ALERTS, OTHER).index(telling.alert), telling.stage, telling.after, _name(telling), telling.hours
