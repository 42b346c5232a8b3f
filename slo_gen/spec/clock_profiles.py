"""The clocks of ticketing systems, as these systems run them themselves, so that our number is the one that agents see.

``generic`` is what most contracts say. Each profile is the usual clocks with what it does differently; an agreement may change
any of it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

from slo_gen.spec.ticket_terms import OVER, ClockTerms, HoursChanges, Pausing, PriorityChanges, Profile, Reopening, Repeat, Trigger

__all__ = ["PROFILES", "ProfileTerms"]


@dataclass(frozen=True, slots=True)
class ProfileTerms:
    """What a profile sets."""

    clocks: Mapping[str, ClockTerms]
    reopening: Reopening
    priority_changes: PriorityChanges = "last"
    hours_changes: HoursChanges = "last"
    retroactive: bool = False
    paused_time_counts: bool = False


_OPENED: Final = frozenset({Trigger("opened")})
_SOLVED: Final = frozenset({Trigger("solved")})
_ANSWERED: Final = frozenset({Trigger("agent_message")})
_ASKED: Final = frozenset({Trigger("customer_message")})


def _talk(name: str, starts: frozenset[Trigger], stops: frozenset[Trigger] = _ANSWERED, repeat: Repeat = "oldest",
          after: frozenset[Trigger] = frozenset(), also: frozenset[str] = frozenset()) -> ClockTerms:  # fmt: skip
    """A clock of messages and the like: it stands while nothing is left to do, and nothing is owed on a ticket that stays solved."""
    return ClockTerms(name, starts, stops, repeat, after, Pausing(OVER | also))


def _work(name: str, also: frozenset[str], reopening: Reopening) -> ClockTerms:
    """A clock from the opening to the solution."""
    return ClockTerms(name, _OPENED, _SOLVED, "once", frozenset(), Pausing(also), reopening)


def _usual(reopening: Reopening, pausing: frozenset[str] = frozenset()) -> dict[str, ClockTerms]:
    """The clocks that every profile knows. ``pausing``: meanings of statuses that pause all of them."""
    pending, waiting = frozenset({"pending"}), frozenset({"pending", "hold"})
    clocks = (
        _talk("response", _OPENED, repeat="once", also=pausing),
        _talk("next_response", _ASKED, after=_ANSWERED, also=pausing),
        _talk("update", _ANSWERED, repeat="latest", also=pausing),
        _talk("pausable_update", _ANSWERED, repeat="latest", also=pending | pausing),
        _work("requester_wait", pending | pausing, reopening),
        _work("agent_work", waiting | pausing, reopening),
        _work("resolution", pausing, reopening),
        _work("restore", pausing, reopening),
        _talk("takeover", frozenset({Trigger("assigned")}), frozenset({Trigger("accepted")}), also=pausing),
    )
    return {clock.name: clock for clock in clocks}


def _zammad() -> dict[str, ClockTerms]:
    """Every state that ignores escalation is a break; an update is owed from the customer's oldest message without an answer."""
    clocks = _usual("exclude_closed", frozenset({"pending", "hold"}))
    return {**clocks, "update": replace(clocks["next_response"], name="update", after=frozenset())}


def _rt() -> dict[str, ClockTerms]:
    """A response is owed to the oldest message of a requestor, the first one included; after ours it is an update that is owed."""
    response = _talk("response", _OPENED | _ASKED)
    return {
        **_usual("continue"),
        "response": response,
        "next_response": replace(response, name="next_response", starts=_ASKED, after=_ANSWERED),
        "update": _talk("update", _ANSWERED, _ANSWERED | _ASKED, repeat="latest"),
    }


PROFILES: Final[Mapping[Profile, ProfileTerms]] = {
    "generic": ProfileTerms(_usual("exclude_closed"), "exclude_closed"),
    "zendesk": ProfileTerms(_usual("exclude_closed"), "exclude_closed"),
    "jsm": ProfileTerms(_usual("new_cycle"), "new_cycle"),
    "servicenow": ProfileTerms(_usual("new_cycle", frozenset({"hold", "pending"})), "new_cycle", "restart", "last", retroactive=True),
    "zammad": ProfileTerms(_zammad(), "exclude_closed"),
    "rt": ProfileTerms(_rt(), "continue", paused_time_counts=True),
    "redmine": ProfileTerms(_usual("exclude_closed"), "exclude_closed"),
}
