"""The clocks of one ticket: from its events in order to the spans in which each clock ran.

    program = Program(agreement.tickets)
    life(events, program).cycles["response"]

A cycle is one run of a clock from its start to its stop. What a clock is, when it stands still and what it does when a ticket is
open again is data (``spec.ticket_terms``); nothing here knows a system or a method by name. Targets and hours come later, in
``ticket_rows``. Instants are seconds since 1970-01-01T00:00Z.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final, NamedTuple

from slo_gen.spec.ticket_terms import OVER, ClockTerms, TicketTerms, Trigger
from slo_gen.timekeeping.spans import Span

__all__ = ["ENDINGS", "Cycle", "Life", "Program", "TicketEvent", "life"]

ENDINGS: Final[frozenset[str]] = frozenset({"merged", "deleted", "spam", "cancelled"})
"""Events after which a ticket has no results of its own."""


class TicketEvent(NamedTuple):
    """What happened to a ticket; ``name`` is one of ``EVENTS``. ``meaning`` says what a status means, "" where the source does not know."""

    at: int
    name: str
    value: str = ""
    meaning: str = ""


class Cycle(NamedTuple):
    """One run of a clock. ``ran``: the spans in which it ran, in order, up to the last event.

    ``since``: from when on it runs now; that may lie ahead, when a pause has a longest length; None while it stands or has stopped.
    ``hidden``: it runs, and nothing is due while the present pause lasts.
    """

    start: int
    stop: int | None
    ran: tuple[Span, ...]
    since: int | None = None
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Life:
    """What became of a ticket. ``priorities`` are those it had and from when on; ``ended`` is one of ``ENDINGS``, or "".

    ``ended_at`` says when. ``tags`` and ``fields`` are the present ones.
    """

    opened: int | None
    priorities: tuple[tuple[int, str], ...]
    cycles: Mapping[str, tuple[Cycle, ...]]
    ended: str = ""
    ended_at: int = 0
    tags: frozenset[str] = frozenset()
    fields: Mapping[str, str] = field(default_factory=dict)
    over: bool = False                    # nothing is left to do: it is solved, closed or gone


class _Masks(NamedTuple):
    """For one event, the clocks that it starts, that it stops, and that may start from now on; one bit for each clock."""

    starts: int
    stops: int
    allows: int


_REMEMBERED: Final = 100_000
"""Events and statuses that a program remembers, so that texts of strangers do not fill the memory."""


class Program:
    """The clocks of an agreement, prepared so that an event is looked up and not compared."""

    def __init__(self, terms: TicketTerms) -> None:
        self.clocks: Final[tuple[ClockTerms, ...]] = tuple(terms.clocks.values())
        self.retroactive: Final = terms.retroactive
        self.holds: Final = tuple(dict.fromkeys(hold for clock in self.clocks for hold in clock.pausing.holds))
        self.free: Final = _bits(not clock.after for clock in self.clocks)
        self.once: Final = _bits(clock.repeat == "once" for clock in self.clocks)
        self.latest: Final = _bits(clock.repeat == "latest" for clock in self.clocks)
        self.summed: Final = _bits(clock.repeat == "sum" for clock in self.clocks)
        self.counted: Final = _bits(clock.pausing.counted for clock in self.clocks)
        self._meanings = {name.casefold(): meaning for name, meaning in terms.meanings.items()}
        self.masks: Final = lru_cache(_REMEMBERED)(self._masks)
        self.standing: Final = lru_cache(_REMEMBERED)(self._standing)

    def _masks(self, name: str, value: str) -> _Masks:
        """What an event does."""
        either = {Trigger(name), Trigger(name, value.casefold())}
        return _Masks(
            _bits(bool(either & clock.starts) for clock in self.clocks),
            _bits(bool(either & clock.stops) for clock in self.clocks),
            _bits(bool(either & clock.after) for clock in self.clocks),
        )

    def _standing(self, status: str, meaning: str, before: int) -> tuple[int, bool, bool]:
        """The clocks that stand in a status when those of ``before`` stood in the former one; whether all is done in it, and for good."""
        name = status.casefold()
        means = self._meanings.get(name, meaning or "open")
        stand = _bits(
            not clock.pausing.resumes(name, means) if before >> i & 1 else clock.pausing.pauses(name, means)
            for i, clock in enumerate(self.clocks)
        )
        return stand, means in OVER, means == "closed"

    def standing_by_tags(self, tags: Iterable[str], holding: int) -> int:
        """The clocks that stand because of tags, or because another group has the ticket."""
        worn = {tag.casefold() for tag in tags}
        held = {hold for i, hold in enumerate(self.holds) if holding >> i & 1}
        return _bits(not worn.isdisjoint(clock.pausing.tags) or not held.isdisjoint(clock.pausing.holds) for clock in self.clocks)


def _bits(flags: Iterable[bool]) -> int:
    return sum(1 << i for i, flag in enumerate(flags) if flag)


def life(events: Sequence[TicketEvent], program: Program) -> Life:
    """Everything that one ticket's clocks did. ``events`` are in order; those of one instant in the order in which they happened."""
    return _Ticket(program).through(events)


class _Clock:
    """One clock while its ticket's events are gone through."""

    __slots__ = ("cycles", "paused", "ran", "since", "start", "terms", "used")

    start: int
    ran: list[Span]
    since: int | None
    paused: int | None                    # when it began to stand, if only for some time

    def __init__(self, terms: ClockTerms) -> None:
        self.terms = terms
        self.cycles: list[Cycle] = []
        self.since = self.paused = None
        self.used = 0                     # seconds that it has stood, of those that it may

    def begin(self, at: int) -> None:
        self.rest(at)
        self.start, self.ran, self.since = at, [], at

    def halt(self, at: int, limited: bool) -> None:
        """Stands from now on; where its pauses are limited, only as long as is left of them."""
        self.rest(at)
        if limited and self.terms.pausing.at_most is not None:
            self.paused, self.since = at, at + self.terms.pausing.at_most - self.used

    def go_on(self, at: int) -> None:
        """Runs from now on, if it does not already."""
        since = at if self.since is None else min(self.since, at)
        self.rest(since)
        self.since = since

    def rest(self, at: int) -> None:
        """Notes what it has run up to now, and how long it has stood."""
        if self.since is not None:
            if self.paused is not None:
                self.used += min(self.since, at) - self.paused
            if self.since < at:
                self.ran.append((self.since, at))
        self.since = self.paused = None

    def end(self, at: int) -> None:
        self.rest(at)
        self.cycles.append(Cycle(self.start, at, tuple(self.ran)))

    def take_up(self, since: int | None) -> None:
        """Goes on with the last cycle from an instant on."""
        last = self.cycles.pop()
        self.start, self.ran, self.since = last.start, list(last.ran), since


class _Ticket:
    """Goes through the events of one ticket once."""

    __slots__ = (
        "active", "allowed", "clocks", "done", "group", "held", "holding", "over", "program", "solved", "status_standing", "tags",
        "tags_standing",
    )  # fmt: skip

    def __init__(self, program: Program) -> None:
        self.program = program
        self.clocks = [_Clock(clock) for clock in program.clocks]
        self.active = 0                   # clocks with a cycle that is not over
        self.done = 0                     # clocks that never start again
        self.solved = 0                   # clocks whose last cycle ended because the ticket was solved
        self.held = 0                     # sums that an event began and none has halted
        self.allowed = program.free
        self.status_standing = self.tags_standing = self.holding = 0
        self.over = False
        self.tags: set[str] = set()
        self.group = ""

    def through(self, events: Sequence[TicketEvent]) -> Life:
        program, opened, ended, ended_at = self.program, None, "", 0
        priorities: list[tuple[int, str]] = []
        fields: dict[str, str] = {}
        for at, name, value, meaning in events:
            if name == "status":
                self._status(at, value, meaning)
                continue
            if name == "priority":
                if not priorities or priorities[-1][1] != value:
                    priorities.append((at, value))
            elif name == "field":
                key, _, text = value.partition("=")
                fields[key] = text
            elif name == "opened":
                opened = at
                at = _began(events, at) if program.retroactive else at
            elif name == "assigned":
                if self.group and self.group != value:
                    self._happens(at, "unassigned", self.group)
                self.group = value
                if not value:
                    continue
            elif name == "unassigned":
                self.group = "" if self.group == value else self.group
            elif name in ("tagged", "untagged"):
                (self.tags.add if name == "tagged" else self.tags.discard)(value)
                self._stand(at, self.status_standing, program.standing_by_tags(self.tags, self.holding))
            elif name in ENDINGS:
                ended, ended_at = name, at
            elif name == "restored":
                ended = ""
            self._happens(at, name, value)
        return Life(
            opened, tuple(priorities), self._cycles(), ended, ended_at, frozenset(self.tags), fields, self.over or bool(ended)
        )

    def _cycles(self) -> dict[str, tuple[Cycle, ...]]:
        found: dict[str, tuple[Cycle, ...]] = {}
        for i, clock in enumerate(self.clocks):
            if self.active >> i & 1:
                hidden = bool((self.status_standing | self.tags_standing) & self.program.counted & 1 << i)
                clock.cycles.append(Cycle(clock.start, None, tuple(clock.ran), clock.since, hidden))
            found[clock.terms.name] = tuple(clock.cycles)
        return found

    # --- what an event does -----------------------------------------------------------------------------------------
    def _status(self, at: int, status: str, meaning: str) -> None:
        program = self.program
        standing, over, closed = program.standing(status, meaning, self.status_standing)
        was_over, self.over = self.over, over
        if over != was_over:
            self._limit(at)
        if over and not was_over:
            self._happens(at, "solved")
        elif was_over and not over:
            self._stand(at, standing, self.tags_standing)
            self._reopen(at)
            self._happens(at, "reopened")
        if closed:
            self._happens(at, "closed")
        self._stand(at, standing, self.tags_standing)
        self._happens(at, "status", status)

    def _happens(self, at: int, name: str, value: str = "") -> None:
        if self.program.holds:
            self._hold(at, name, value)
        starts, stops, allows = self.program.masks(name, value)
        summed = self.program.summed
        self.held = self.held & ~stops | starts & summed
        if name == "solved":
            stops |= summed
        else:
            self._halt_sums(at, stops & summed & self.active)
            stops &= ~summed
        stopped = stops & self.active
        if stopped:
            self._stop(at, stopped, name == "solved")
        started = starts & self.allowed & ~self.done
        if started:
            self._start(at, started)
        self.allowed |= allows

    def _start(self, at: int, mask: int) -> None:
        standing = (self.status_standing | self.tags_standing) & ~self.program.counted
        for i in _positions(mask):
            clock = self.clocks[i]
            if self.active >> i & 1:
                if self.program.summed >> i & 1:
                    clock.go_on(at)
                    continue
                if not self.program.latest >> i & 1:
                    continue
            clock.begin(at)
            if standing >> i & 1:
                clock.halt(at, not self.over)
            self.active |= 1 << i
            self.solved &= ~(1 << i)
        self.done |= mask & self.program.once

    def _stop(self, at: int, mask: int, solved: bool) -> None:
        for i in _positions(mask):
            self.clocks[i].end(at)
        self.active &= ~mask
        if solved:
            self.solved |= mask

    def _halt_sums(self, at: int, mask: int) -> None:
        for i in _positions(mask):
            self.clocks[i].rest(at)

    def _stand(self, at: int, by_status: int, by_tags: int) -> None:
        """Halts the clocks that stand from now on, and lets those go on that stood up to now."""
        if by_status == self.status_standing and by_tags == self.tags_standing:
            return
        before = (self.status_standing | self.tags_standing) & ~self.program.counted
        after = (by_status | by_tags) & ~self.program.counted
        self.status_standing, self.tags_standing = by_status, by_tags
        changed = (before ^ after) & self.active
        for i in _positions(changed):
            if after >> i & 1:
                self.clocks[i].halt(at, not self.over)
            else:
                self.clocks[i].go_on(at)

    def _limit(self, at: int) -> None:
        """The pause of a solved ticket has no longest length; any other one may have."""
        for i in _positions((self.status_standing | self.tags_standing) & ~self.program.counted & self.active):
            self.clocks[i].halt(at, not self.over)

    def _hold(self, at: int, name: str, value: str) -> None:
        holding = self.holding
        either = (Trigger(name), Trigger(name, value.casefold()))
        for i, hold in enumerate(self.program.holds):
            if hold.ends in either:
                holding &= ~(1 << i)
            if hold.begins in either:
                holding |= 1 << i
        if holding != self.holding:
            self.holding = holding
            self._stand(at, self.status_standing, self.program.standing_by_tags(self.tags, holding))

    def _reopen(self, at: int) -> None:
        """What was solved is open again."""
        standing = (self.status_standing | self.tags_standing) & ~self.program.counted
        for i in _positions(self.solved):
            clock = self.clocks[i]
            if self.program.summed >> i & 1:
                clock.take_up(at if self.held >> i & 1 else None)
            elif clock.terms.reopening == "continue":
                clock.take_up(clock.cycles[-1].stop)       # as if it had not stopped
            elif clock.terms.reopening == "exclude_closed":
                clock.take_up(at)
            else:
                if clock.terms.reopening == "restart":
                    clock.cycles.pop()
                clock.begin(at)
            if standing >> i & 1:
                clock.halt(at, limited=True)
            self.active |= 1 << i
        self.solved = 0


def _positions(mask: int) -> Iterable[int]:
    """The positions of the bits that are set."""
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def _began(events: Sequence[TicketEvent], opened: int) -> int:
    """When what a ticket is about began, where that is known and was before it was opened."""
    known = [int(event.value) for event in events if event.name == "began" and re.fullmatch("-?[0-9]{1,15}", event.value)]
    return min(known[-1], opened) if known else opened
