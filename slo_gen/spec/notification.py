"""Who is told of what: receivers, the hours in which teams are told, and the ladders of agreements. Part of the model.

Names of receivers that documents define without a name of their own have a slash in them (``team/shop/page``), which no
name in a document can have.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

__all__ = [
    "BREACH", "NO_NOTIFICATIONS", "PERIOD_BUDGET", "REMEMBERED", "REPEAT", "SEVERITIES", "TICKET_CLOCK", "Desk", "Event", "Integration",
    "Notifications", "Receiver", "Setting", "Severity", "Step",
]  # fmt: skip

Severity = Literal["page", "ticket", "info"]
SEVERITIES: Final[tuple[Severity, ...]] = ("page", "ticket", "info")
"""From the most urgent down."""

Event = Literal["ticket_clock", "period_budget", "breach"]
TICKET_CLOCK: Final[Event] = "ticket_clock"
PERIOD_BUDGET: Final[Event] = "period_budget"
BREACH: Final[Event] = "breach"

REMEMBERED: Final = 5 * 86_400
"""Seconds for which Alertmanager knows what it sent, unless it is started with another ``--data.retention``."""

REPEAT: Final[Mapping[Severity, int]] = {"page": 4 * 3600, "ticket": 3 * 86_400, "info": REMEMBERED}
"""Seconds between two notifications of what is still open."""

Setting = str | int | bool | tuple["Setting", ...] | Mapping[str, "Setting"]
"""A value of Alertmanager's configuration."""


@dataclass(frozen=True, slots=True)
class Integration:
    """One way to send: ``kind`` as Alertmanager calls it (``pagerduty`` of ``pagerduty_configs``), settings under its own names.

    A name that ends in ``_file`` is the path of a file with a secret.
    """

    kind: str
    settings: Mapping[str, Setting]


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who is told. ``integrations`` is None where it is only named here, and defined in the user's own Alertmanager."""

    name: str
    integrations: tuple[Integration, ...] | None = field(hash=False)


@dataclass(frozen=True, slots=True)
class Desk:
    """Where a team, a customer or a supplier is reached.

    ``receivers``: the name for each severity, "" where nobody said; customers and suppliers have one for ``ticket`` alone.
    ``hours``: name of the calendar outside of which nothing of the severities in ``quiet`` is sent.
    """

    receivers: Mapping[Severity, str]
    hours: str
    quiet: tuple[Severity, ...]
    title: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an agreement's escalation, its role already filled.

    ``stage``: the share that is used up, as written (``75%``), "" for any; ``after``: seconds after the event.
    ``to``: ``team/shop``, ``customer/acme`` or ``supplier/bigcloud``; a ``draft`` goes to the owner, who is to tell them.
    """

    event: Event
    stage: str
    after: int
    to: str
    manner: Literal["notice", "draft"]


@dataclass(frozen=True, slots=True)
class Notifications:
    """Everything about who is told. Mappings are sorted by name; ``desks`` has ``team/...``, ``customer/...``, ``supplier/...``."""

    receivers: Mapping[str, Receiver] = field(default_factory=dict)
    desks: Mapping[str, Desk] = field(default_factory=dict)
    default: Mapping[Severity, str] = field(default_factory=dict)
    repeat: Mapping[Severity, int] = field(default_factory=lambda: dict(REPEAT))
    apart_by: tuple[str, ...] = ()
    owners: Mapping[str, str] = field(default_factory=dict)      # agreement -> team/..., "" when nobody owns it
    ladders: Mapping[str, tuple[Step, ...]] = field(default_factory=dict)     # agreement -> steps; only agreements in force
    settings: Mapping[str, Setting] = field(default_factory=dict)             # Alertmanager's global part


NO_NOTIFICATIONS: Final = Notifications()
