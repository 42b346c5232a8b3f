"""Who is told of what, one by one: severities of teams, and the ladders of agreements. Routes are made of it, and their tests.

The owner of an agreement is always told; the steps of its escalation come on top. Nobody is told the same thing twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from slo_gen import names
from slo_gen.alertmanager.texts import draft, notice
from slo_gen.rules.info import IN_FORCE
from slo_gen.spec.model import ALWAYS, Catalogue
from slo_gen.spec.notification import BREACH, PERIOD_BUDGET, TICKET_CLOCK, Desk, Event, Notifications, Receiver, Severity, Step

__all__ = ["AGREEMENT_ALERTS", "OTHER", "Telling", "of_agreement", "of_default", "of_team"]

AGREEMENT_ALERTS: Final = (names.PERIOD_AT_RISK, names.PERIOD_BREACHED, names.TICKET_DEADLINE_NEAR, names.TICKET_OVERDUE)
"""Alerts about one agreement, which its ladder is for."""

OTHER: Final = ""
"""In place of an alert: all others about an agreement, such as a claim's deadline. They are its owner's."""

_ALERTS: Final[dict[Event, tuple[str, ...]]] = {
    PERIOD_BUDGET: (names.PERIOD_AT_RISK,),
    BREACH: (names.PERIOD_BREACHED,),
    TICKET_CLOCK: (names.TICKET_DEADLINE_NEAR, names.TICKET_OVERDUE),
}
_STAGED: Final = frozenset({names.PERIOD_AT_RISK, names.TICKET_DEADLINE_NEAR})
_ALL: Final = "100%"


@dataclass(frozen=True, slots=True)
class Telling:
    """One receiver that is told of an alert: from which ``stage`` on ("": of any), how long after it began, in which hours.

    ``receiver`` is None where nobody said; ``hours`` is "" where it is told at any time. ``apart``: each agreement by itself.
    """

    alert: str
    stage: str
    after: int
    receiver: Receiver | None
    hours: str
    apart: bool


def of_team(notifications: Notifications, team: str, severity: Severity) -> Telling:
    """Where alerts of a team go that are about no agreement. ``team`` as the label says it."""
    desk = notifications.desks[f"team/{team}"]
    return Telling("", "", 0, _receiver(notifications, desk, severity), _hours(desk, severity), apart=False)


def of_default(notifications: Notifications, severity: Severity) -> Telling:
    """Where alerts go that no team owns."""
    name = notifications.default.get(severity, "")
    return Telling("", "", 0, notifications.receivers.get(name), "", apart=False)


def of_agreement(catalogue: Catalogue, agreement: str) -> tuple[Telling, ...]:
    """Everybody who is told of an agreement in force, the owner first; () for one that is not."""
    if catalogue.agreements[agreement].state != IN_FORCE:
        return ()
    found: list[Telling] = []
    for telling in _all_of_agreement(catalogue.notifications, agreement):
        if not any(_covers(other, telling) for other in found):
            found = [other for other in found if not _covers(telling, other)] + [telling]
    return tuple(found)


def _covers(one: Telling, other: Telling) -> bool:
    """Whether ``one`` tells all of what ``other`` does."""
    same = (one.alert, one.after, one.receiver) == (other.alert, other.after, other.receiver)
    return same and one.stage in ("", other.stage)


def _all_of_agreement(notifications: Notifications, agreement: str) -> Iterator[Telling]:
    owner = notifications.owners.get(agreement, "")
    for alert in (*AGREEMENT_ALERTS, OTHER):
        yield _internal(notifications, owner, alert, "", 0)
    for step in notifications.ladders.get(agreement, ()):
        for alert in _alerts(step):
            stage = step.stage if alert in _STAGED else ""
            if step.to.startswith("team/") and step.manner == "notice":
                yield _internal(notifications, step.to, alert, stage, step.after)
            elif step.manner == "draft":
                yield _draft(notifications, owner, step, alert, stage)
            else:
                yield _outside(notifications, step, alert, stage)


def _alerts(step: Step) -> tuple[str, ...]:
    """The alerts of a step. A ticket's deadline is near until all of its time is used up.

    A budget of which exactly all is used up is at risk, and one of which more is used up breached: both are its last stage.
    """
    if step.event == TICKET_CLOCK and step.stage:
        return (names.TICKET_OVERDUE,) if step.stage == _ALL else (names.TICKET_DEADLINE_NEAR,)
    if step.event == PERIOD_BUDGET and step.stage == _ALL:
        return (names.PERIOD_AT_RISK, names.PERIOD_BREACHED)
    return _ALERTS[step.event]


def _internal(notifications: Notifications, team: str, alert: str, stage: str, after: int) -> Telling:
    desk = notifications.desks.get(team)
    receiver = notifications.receivers.get(notifications.default.get("ticket", "")) if desk is None else (
        _receiver(notifications, desk, "ticket")
    )
    return Telling(alert, stage, after, receiver, _hours(desk, "ticket"), apart=after > 0)


def _draft(notifications: Notifications, owner: str, step: Step, alert: str, stage: str) -> Telling:
    told = _internal(notifications, owner, alert, stage, step.after)
    receiver = draft(told.receiver, step.to, notifications.desks[step.to].title) if told.receiver is not None else None
    return Telling(alert, stage, step.after, receiver, told.hours, apart=True)


def _outside(notifications: Notifications, step: Step, alert: str, stage: str) -> Telling:
    desk = notifications.desks[step.to]
    receiver = notice(notifications.receivers[desk.receivers["ticket"]])
    return Telling(alert, stage, step.after, receiver, _hours(desk, "ticket"), apart=True)


def _receiver(notifications: Notifications, desk: Desk, severity: Severity) -> Receiver | None:
    return notifications.receivers.get(desk.receivers.get(severity, ""))


def _hours(desk: Desk | None, severity: Severity) -> str:
    if desk is None or severity not in desk.quiet or desk.hours == ALWAYS:
        return ""
    return desk.hours
