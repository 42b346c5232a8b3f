"""How an agreement times tickets: what starts, stops and pauses each clock, and which tickets it is about.

An event of a ticket has a name and a value, as documents write them: ``assigned(dba)`` is the event ``assigned`` with the value
``dba``. A trigger without a value stands for the event with any. What a status means is one of six words, so that terms are the same
over systems that call their statuses differently.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal, NamedTuple, get_args

__all__ = [
    "EVENTS", "MEANINGS", "OVER", "ClockTerms", "CountsIn", "Hold", "HoursChanges", "LowVolume", "Meaning", "Pausing", "PriorityChanges",
    "Profile", "Reopening", "Repeat", "TicketTerms", "Trigger",
]  # fmt: skip

Meaning = Literal["new", "open", "pending", "hold", "solved", "closed"]
"""``pending`` waits for the customer, ``hold`` for somebody else."""

MEANINGS: Final[frozenset[str]] = frozenset(get_args(Meaning))
OVER: Final[frozenset[str]] = frozenset({"solved", "closed"})
"""Meanings of statuses in which nothing is left to do."""

Repeat = Literal["once", "oldest", "latest", "sum"]
"""``once``: one cycle in a ticket's life. ``oldest``: again after each stop; what would start it while it runs does nothing.
``latest``: what would start it while it runs starts it anew. ``sum``: stops only halt it, until the ticket is solved; it has no pauses.
"""

Reopening = Literal["continue", "exclude_closed", "new_cycle", "restart"]
"""What a solved ticket's clock does when the ticket is open again: goes on as if it had never been solved, goes on without the time
in between, is followed by a new one, or is replaced by a new one.
"""

PriorityChanges = Literal["first", "last", "now", "highest", "by_interval", "restart"]
"""Whose promise counts after a change: that at the start of the clock, at its end, at present, of the highest priority ever held,
each for its own time, or (``restart``) the old clock is cancelled and a new one begins.
"""

HoursChanges = Literal["last", "by_interval"]
"""Whose hours count after a change: the last ones for all of the time, or each for its own time."""

CountsIn = Literal["period_of_result", "opened", "due"]
Profile = Literal["generic", "zendesk", "jsm", "servicenow", "zammad", "rt", "redmine"]

EVENTS: Final[Mapping[str, str]] = {
    "opened": "the ticket was opened",
    "status": "its status became the value",
    "solved": "it was solved or closed",
    "closed": "it was closed for good",
    "reopened": "it was open again",
    "priority": "its priority became the value",
    "customer_message": "the customer wrote",
    "agent_message": "somebody on our side wrote to the customer",
    "note": "somebody on our side wrote a note that the customer does not see",
    "assigned": "the group or person of the value got it",
    "unassigned": "the group or person of the value no longer has it",
    "accepted": "somebody of the group of the value began to work on it",
    "tagged": "it got the tag of the value",
    "untagged": "it lost the tag of the value",
    "began": "what it is about had begun earlier, at the instant of the value",
    "field": "a field got a value, as in field(organization=acme)",
    "merged": "it became a part of the ticket of the value",
    "deleted": "it was deleted",
    "spam": "it was found to be spam",
    "cancelled": "it was withdrawn",
    "restored": "it is there again after all",
    "rated": "the customer gave it the value as a mark",
    "complained": "the customer complained about it",
}
"""What can happen to a ticket, and what it means."""


class Trigger(NamedTuple):
    """An event that starts or stops a clock; with "" as its value, the event with any value."""

    event: str
    value: str = ""


class Hold(NamedTuple):
    """The time that another group has a ticket, between two of its events."""

    begins: Trigger
    ends: Trigger


@dataclass(frozen=True, slots=True)
class Pausing:
    """When a clock stands still: in statuses of these meanings or names, or with one of these tags.

    ``until``: names or meanings of statuses in which a clock that stands goes on; empty: all in which it would not pause.
    ``counted``: the time counts all the same, only nothing is due in it. ``at_most``: seconds that one ticket may be paused.
    In ``holds`` it stands as well.
    """

    meanings: frozenset[str] = frozenset()
    statuses: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    until: frozenset[str] = frozenset()
    counted: bool = False
    at_most: int | None = None
    holds: tuple[Hold, ...] = ()

    def pauses(self, status: str, meaning: str) -> bool:
        """Whether a status pauses it."""
        return meaning in self.meanings or status in self.statuses

    def resumes(self, status: str, meaning: str) -> bool:
        """Whether a clock that stands goes on in a status."""
        return not self.pauses(status, meaning) and (not self.until or status in self.until or meaning in self.until)


@dataclass(frozen=True, slots=True)
class ClockTerms:
    """One clock of a ticket. ``after``: it starts only once one of these has happened; empty: at any time."""

    name: str
    starts: frozenset[Trigger]
    stops: frozenset[Trigger]
    repeat: Repeat = "once"
    after: frozenset[Trigger] = frozenset()
    pausing: Pausing = field(default_factory=Pausing)
    reopening: Reopening = "exclude_closed"


@dataclass(frozen=True, slots=True)
class LowVolume:
    """With fewer than ``below`` results, ``allow_misses`` of them may be misses."""

    below: int
    allow_misses: int


@dataclass(frozen=True, slots=True)
class TicketTerms:
    """What an agreement says about tickets beside the promises themselves.

    ``source``: the exporter's name of where they come from, "" where it has one only. ``select``: fields and the values that make a
    ticket one of this agreement. ``ranks``: priorities from the highest down. ``retroactive``: clocks begin when what the ticket is
    about began, and pauses before a change of target are taken over. ``meanings``: what statuses mean, where the agreement says so.
    """

    clocks: Mapping[str, ClockTerms]
    profile: Profile = "generic"
    source: str = ""
    select: Mapping[str, str] = field(default_factory=dict)
    ranks: tuple[str, ...] = ()
    counts_in: CountsIn = "period_of_result"
    low_volume: LowVolume | None = None
    priority_changes: PriorityChanges = "last"
    hours_changes: HoursChanges = "last"
    retroactive: bool = False
    exclude_tags: frozenset[str] = frozenset()
    meanings: Mapping[str, str] = field(default_factory=dict)
