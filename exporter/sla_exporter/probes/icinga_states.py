"""What Icinga 2 says of hosts and services, by its objects and by its events, and which states that is.

A service in WARNING is up, one in UNKNOWN is unknown. During a downtime of Icinga it is excluded. Its numbers come as floats.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from sla_exporter.probes.states import State

__all__ = ["CHECKED", "DOWNTIMES", "Attributes", "Event", "Known", "Object", "Objects", "by_event", "by_object", "subject_of"]

_OF_SERVICE: Final[Mapping[float, State]] = {0: "up", 1: "up", 2: "down", 3: "unknown"}
_OF_HOST: Final[Mapping[float, State]] = {0: "up", 1: "down"}
_OF_HOST_RAW: Final[Mapping[float, State]] = {0: "up", 1: "up", 2: "down", 3: "down"}
"""What a check of a host found, before Icinga has made a state of it."""

_HARD: Final = 1
_LATEST: Final = 253_402_300_799.0
"""The last second of the year 9999."""

CHECKED: Final = ("CheckResult", "StateChange")
DOWNTIMES: Final = ("DowntimeStarted", "DowntimeTriggered", "DowntimeRemoved")

Types = Literal["any", "hard"]


class _After(msgspec.Struct, frozen=True):
    state: float
    state_type: float


class _Checked(msgspec.Struct, frozen=True):
    execution_end: float
    vars_after: _After | None = None


class Attributes(msgspec.Struct, frozen=True):
    """Those of an object that matter."""

    state: float
    last_hard_state: float
    last_state_change: float
    last_hard_state_change: float
    downtime_depth: float
    last_check_result: _Checked | None


class Object(msgspec.Struct, frozen=True):
    """A host or a service."""

    name: str
    attrs: Attributes


class Objects(msgspec.Struct, frozen=True):
    """An answer with objects."""

    results: list[Object]


class _Downtime(msgspec.Struct, frozen=True):
    host_name: str
    service_name: str = ""


class Event(msgspec.Struct, frozen=True):
    """One of the stream; what it has depends on its type."""

    type: str
    timestamp: float
    host: str = ""
    service: str = ""
    downtime_depth: float = 0
    check_result: _Checked | None = None
    downtime: _Downtime | None = None


@dataclass(frozen=True, slots=True)
class Known:
    """A state that held from ``since`` up to ``at``, when it was looked at; milliseconds since 1970.

    ``hard`` is the state that Icinga has confirmed last, whatever it is during a downtime.
    """

    since: int
    at: int
    state: State
    hard: State


def by_object(subject: str, attributes: Attributes, types: Types) -> Known | None:
    """What the object of a subject says; None where it was never checked."""
    checked = attributes.last_check_result
    if checked is None:
        return None
    states = _OF_SERVICE if "!" in subject else _OF_HOST
    hard = states.get(attributes.last_hard_state, "unknown")
    state = hard if types == "hard" else states.get(attributes.state, "unknown")
    changed = _instant(attributes.last_hard_state_change if types == "hard" else attributes.last_state_change)
    at = _instant(checked.execution_end)
    if attributes.downtime_depth > 0:
        return Known(at, at, "excluded", hard)       # a downtime may have begun later than the state
    return Known(changed if 0 < changed <= at else at, at, state, hard)


def by_event(event: Event, types: Types, hard: State) -> Known | None:
    """What a check that an event tells of found; ``hard`` is the state that was confirmed before. None where it tells of none."""
    checked = event.check_result
    if event.type not in CHECKED or checked is None or checked.vars_after is None:
        return None
    after, at = checked.vars_after, _instant(checked.execution_end)
    found = (_OF_SERVICE if event.service else _OF_HOST_RAW).get(after.state, "unknown")
    hard = found if after.state_type == _HARD else hard
    state = "excluded" if event.downtime_depth > 0 else hard if types == "hard" else found
    return Known(at, at, state, hard)


def subject_of(event: Event) -> str:
    """Whom an event is about: ``host`` or ``host!service``."""
    host, service = (event.host, event.service) if event.downtime is None else (event.downtime.host_name, event.downtime.service_name)
    return f"{host}!{service}" if service else host


def _instant(seconds: float) -> int:
    return round(min(max(seconds, 0.0), _LATEST) * 1000)
