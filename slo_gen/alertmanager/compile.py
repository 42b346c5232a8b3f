"""The whole of Alertmanager's configuration: a resolved catalogue in, a typed configuration out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from slo_gen.alertmanager.configuration import Configuration, Route
from slo_gen.alertmanager.hours import CLOSED, Hours, hours_of, zone_of
from slo_gen.alertmanager.inhibition import inhibit_rules
from slo_gen.alertmanager.routes import routes
from slo_gen.alertmanager.tellings import of_agreement, of_default, of_team
from slo_gen.spec.model import Catalogue
from slo_gen.spec.notification import SEVERITIES, Receiver

__all__ = ["compile_alertmanager"]


def compile_alertmanager(catalogue: Catalogue, years: tuple[int, int], *, timezone: str = "") -> Configuration:
    """The configuration of a catalogue.

    ``years``: first and last of those in which holidays and special days are exact. ``timezone``: in which all hours are
    written, for a reader that knows no other; by default each calendar's own.
    """

    @cache
    def hours(calendar: str) -> Hours:
        found = catalogue.calendars[calendar]
        return hours_of(f"hours/{calendar}", found, years, timezone or zone_of(found))

    route = routes(catalogue, hours)
    used = {name for each in _all(route) for name in (*each.active, *each.mute)}
    calendars = [hours(name) for name in sorted(catalogue.calendars) if f"hours/{name}" in used or f"hours/{name}{CLOSED}" in used]
    intervals = [interval for each in calendars for interval in (each.active, each.closed) if interval is not None]
    return Configuration(
        route=route,
        receivers=tuple(sorted(_told(catalogue), key=lambda receiver: receiver.name)),
        inhibit_rules=inhibit_rules(catalogue),
        time_intervals=tuple(intervals),
        settings=catalogue.notifications.settings,
    )


def _all(route: Route) -> Iterator[Route]:
    yield route
    for each in route.routes:
        yield from _all(each)


def _told(catalogue: Catalogue) -> set[Receiver]:
    """Every receiver that a route names, and no other."""
    teams = [desk.partition("/")[2] for desk in catalogue.notifications.desks if desk.startswith("team/")]
    tellings = (
        *(of_default(catalogue.notifications, severity) for severity in SEVERITIES),
        *(of_team(catalogue.notifications, team, severity) for team in teams for severity in SEVERITIES),
        *(telling for agreement in catalogue.agreements for telling in of_agreement(catalogue, agreement)),
    )
    return {telling.receiver for telling in tellings if telling.receiver is not None}
