"""The clocks of one ticket: from its events in order to the spans in which each clock ran.

    program = Program(agreement.tickets)
    life(events, program).cycles["response"]

A cycle is one run of a clock from its start to its stop. What a clock is, when it stands still and what it does when a ticket is
open again is data (``spec.ticket_terms``); nothing here knows a system or a method by name. Targets and hours come later, in
``ticket_rows``. Instants are seconds since 1970-01-01T00:00Z.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from slo_gen.spec.ticket_terms import OVER, ClockTerms, Pausing, TicketTerms, Trigger
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


_NOTHING: Final = _Masks(0, 0, 0)


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
        self.solves: Final = _bits(Trigger("solved") in clock.stops or clock.repeat == "sum" for clock in self.clocks)
        self._meanings = {name.casefold(): meaning for name, meaning in terms.meanings.items()}
        self._masks: dict[tuple[str, str], _Masks] = {}
        self._standing: dict[tuple[str, str, int], tuple[int, bool, bool]] = {}

    def masks(self, name: str, value: str) -> _Masks:
        """What an event does."""
        found = self._masks.get((name, value))
        if found is None:
            either = {Trigger(name), Trigger(name, value.casefold())}
            found = _Masks(
                _bits(bool(either & clock.starts) for clock in self.clocks),
                _bits(bool(either & clock.stops) for clock in self.clocks),
                _bits(bool(either & clock.after) for clock in self.clocks),
            )
            found = _NOTHING if found == _NOTHING else found
            if len(self._masks) < _REMEMBERED:
                self._masks[name, value] = found
        return found

    def standing(self, status: str, meaning: str, before: int) -> tuple[int, bool, bool]:
        """The clocks that stand in a status when those of ``before`` stood in the former one; whether all is done in it, and for good."""
        found = self._standing.get((status, meaning, before))
        if found is None:
            name = status.casefold()
            means = self._meanings.get(name, meaning or "open")
            found = (
                _bits(
                    not clock.pausing.resumes(name, means) if before >> i & 1 else clock.pausing.pauses(name, means)
                    for i, clock in enumerate(self.clocks)
                ),
                means in OVER,
                means == "closed",
            )
            if len(self._standing) < _REMEMBERED:
                self._standing[status, meaning, before] = found
        return found

    def standing_by_tags(self, tags: Iterable[str], holding: int) -> int:
        """The clocks that stand because of tags, or because another group has the ticket."""
        worn = {tag.casefold() for tag in tags}
        held = {hold for i, hold in enumerate(self.holds) if holding >> i & 1}
        return _bits(not worn.isdisjoint(clock.pausing.tags) or not held.isdisjoint(clock.pausing.holds) for clock in self.clocks)


_REMEMBERED: Final = 100_000
"""Events and statuses that a program remembers, so that texts of strangers do not fill the memory."""


def _bits(flags: Iterable[bool]) -> int:
    return sum(1 << i for i, flag in enumerate(flags) if flag)


def life(events: Sequence[TicketEvent], program: Program) -> Life:
    """Everything that one ticket's clocks did. ``events`` are in order; those of one instant in the order in which they happened."""
    return _Ticket(program).through(events)


class _Clock:
    """One clock while its ticket's events are gone through."""

    __slots__ = ("cycles", "paused", "pausing", "ran", "since", "start", "used")

    def __init__(self, pausing: Pausing) -> None:
        self.pausing = pausing
        self.cycles: list[Cycle] = []
        self.start = 0
        self.ran: list[Span] = []
        self.since: int | None = None
        self.paused: int | None = None    # when it began to stand, if only for some time
        self.used = 0                     # seconds that it has stood, of those that it may

    def begin(self, at: int) -> None:
        self.start, self.ran, self.since = at, [], at

    def halt(self, at: int, limited: bool) -> None:
        """Stands from now on; where its pauses are limited, only as long as is left of them."""
        self.rest(at)
        most = self.pausing.at_most if limited else None
        self.paused = at if most is not None else None
        self.since = None if most is None else at + most - self.used

    def go_on(self, at: int) -> None:
        if self.pausing.at_most is not None and self.paused is not None:
            self.used = min(self.pausing.at_most, self.used + at - self.paused)
        if self.since is None or self.since > at:
            self.since = at

    def rest(self, at: int) -> None:
        """Notes what it has run up to now."""
        if self.since is not None and self.since < at:
            self.ran.append((self.since, at))
        self.since = None

    def end(self, at: int) -> None:
        self.rest(at)
        self.cycles.append(Cycle(self.start, at, tuple(self.ran)))

    def take_up(self, at: int, gap_counts: bool) -> None:
        """Goes on with the last cycle, as if it had not stopped."""
        last = self.cycles.pop()
        assert last.stop is not None, "a cycle that is over has stopped"
        self.start, self.ran, self.since = last.start, list(last.ran), at
        if gap_counts:
            ran_on = self.ran and self.ran[-1][1] == last.stop
            self.since = self.ran.pop()[0] if ran_on else last.stop


class _Ticket:
    """Goes through the events of one ticket once."""

    __slots__ = (
        "active", "allowed", "clocks", "done", "group", "holding", "over", "program", "solved", "status", "status_standing", "tags",
        "tags_standing",
    )  # fmt: skip

    def __init__(self, program: Program) -> None:
        self.program = program
        self.clocks = [_Clock(clock.pausing) for clock in program.clocks]
        self.active = 0                   # clocks with a cycle that is not over
        self.done = 0                     # clocks that never start again
        self.solved = 0                   # clocks whose last cycle ended because the ticket was solved
        self.allowed = program.free
        self.status = ""
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
        for i, (terms, clock) in enumerate(zip(self.program.clocks, self.clocks, strict=True)):
            if self.active >> i & 1:
                hidden = bool((self.status_standing | self.tags_standing) & self.program.counted & 1 << i)
                clock.cycles.append(Cycle(clock.start, None, tuple(clock.ran), clock.since, hidden))
            found[terms.name] = tuple(clock.cycles)
        return found

    # --- what an event does -----------------------------------------------------------------------------------------
    def _status(self, at: int, status: str, meaning: str) -> None:
        program = self.program
        standing, over, closed = program.standing(status, meaning, self.status_standing)
        was_over, self.over, self.status = self.over, over, status
        if over != was_over:
            self._limit(at)
        if over and not was_over:
            self._happens(at, "solved", "")
        elif was_over and not over:
            self._stand(at, standing, self.tags_standing)
            self._reopen(at)
            self._happens(at, "reopened", "")
        if closed:
            self._happens(at, "closed", "")
        self._stand(at, standing, self.tags_standing)
        self._happens(at, "status", status)

    def _happens(self, at: int, name: str, value: str) -> None:
        masks = self.program.masks(name, value)
        if self.program.holds:
            self._hold(at, name, value)
        if masks is _NOTHING and not self.program.summed:
            return
        starts, stops, allows = masks
        if name == "solved":
            stops |= self.program.summed
        elif self.program.summed & stops:
            self._halt_sums(at, self.program.summed & stops & self.active)
            stops &= ~self.program.summed
        if stops & self.active:
            self._stop(at, stops & self.active, name == "solved")
        if starts & self.allowed:
            self._start(at, starts & self.allowed & ~self.done)
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
        self.solved = self.solved | mask if solved else self.solved & ~mask

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
        changed = (before ^ after) & self.active & ~self.program.summed
        for i in _positions(changed):
            if after >> i & 1:
                self.clocks[i].halt(at, not self.over)
            else:
                self.clocks[i].go_on(at)

    def _limit(self, at: int) -> None:
        """The pause of a solved ticket has no longest length; any other one may have."""
        for i in _positions((self.status_standing | self.tags_standing) & ~self.program.counted & self.active & ~self.program.summed):
            self.clocks[i].go_on(at)
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
        for i in _positions(self.solved & self.program.solves):
            clock, reopening = self.clocks[i], self.program.clocks[i].reopening
            if self.program.summed >> i & 1:
                clock.take_up(at, gap_counts=False)
                clock.since = None
            elif reopening in ("continue", "exclude_closed"):
                clock.take_up(at, gap_counts=reopening == "continue")
            else:
                if reopening == "restart":
                    clock.cycles.pop()
                clock.begin(at)
            if standing >> i & 1 and not self.program.summed >> i & 1:
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
    known = [int(event.value) for event in events if event.name == "began" and event.value.lstrip("-").isdigit()]
    return min(known[-1], opened) if known else opened
