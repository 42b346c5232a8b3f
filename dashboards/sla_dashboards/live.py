"""Which targets of an agreement have live figures, and why others have none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from slo_gen.contract.methods import measurement
from slo_gen.contract.ticket_promises import promised_of_tickets
from slo_gen.spec.model import Agreement, OtherTarget, TicketTarget

__all__ = ["LiveTargets", "live_targets"]

Pair = tuple[str, str]

_UNMEASURED = {
    "satisfaction": "it comes from surveys",
    "fact": "it is recorded by hand",
    "count": "it is counted over a span of its own",
}

_WATCHED = (
    "it is watched all the time, and its owner is told when it is missed; it is no share, so its figure is told when the period is closed"
)
"""Of a limit such as 4 hours down: rules and alerts follow it, and the panels of the page show shares."""


@dataclass(frozen=True, slots=True)
class LiveTargets:
    """Targets by agreement and name. ``timed``: budgets are seconds; ``counted``: shares of events; ``tickets``: tickets decide.

    ``closed``: those whose figures are told when the period is closed, each with the reason in words.
    """

    timed: tuple[Pair, ...]
    counted: tuple[Pair, ...]
    tickets: tuple[Pair, ...]
    closed: Mapping[Pair, str]

    @property
    def number(self) -> int:
        """How many have live figures."""
        return len(self.timed) + len(self.counted) + len(self.tickets)


def live_targets(agreements: Iterable[Agreement], absent: Mapping[str, str]) -> LiveTargets:
    """``absent``: what rules cannot express, ``agreement/target``, and why."""
    timed: list[Pair] = []
    counted: list[Pair] = []
    tickets: list[Pair] = []
    closed: dict[Pair, str] = {}
    for agreement in agreements:
        for target in agreement.targets:
            pair = (agreement.name, target.name)
            if reason := absent.get("/".join(pair)):
                closed[pair] = reason
            elif target.unit != "%":
                closed[pair] = _WATCHED
            else:
                (counted if measurement(target).slot is None else timed).append(pair)
        by_tickets = () if agreement.tickets is None else promised_of_tickets(agreement)
        tickets += [(agreement.name, target.name) for target in by_tickets]
        known = {target.name for target in by_tickets}
        others: tuple[TicketTarget | OtherTarget, ...] = (*agreement.ticket_targets, *agreement.other_targets)
        for other in others:
            if other.name not in known:
                about = other.about if isinstance(other, OtherTarget) else ""
                closed[agreement.name, other.name] = _UNMEASURED.get(about, "no live figure says it")
    return LiveTargets(tuple(timed), tuple(counted), tuple(tickets), closed)
