"""What became of each promise on each ticket: how long its clock ran in the hours that count, when it is due, and when it was missed.

    judge = TicketJudge(agreement, catalogue.calendars, catalogue.adjustments)
    for result in judge.results([("INC-1", life(events, judge.program))]):
        result.outcome(now)

A result does not change as time passes: it holds the instants at which its outcome does. Business time is computed for many
tickets at once, one calendar after another. A promise is broken when more than the time allowed has run, to the second.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import replace
from typing import Final, NamedTuple

from slo_gen.contract.clocks import Cycle, Life, Program
from slo_gen.contract.running_time import deadlines, elapsed
from slo_gen.contract.shared_time import Part, used_up
from slo_gen.contract.ticket_promises import COUNTED, TimedPromise, fixed_length, promised_of_tickets
from slo_gen.spec.model import ALWAYS, Adjustment, Agreement
from slo_gen.spec.ticket_terms import CountsIn, TicketTerms
from slo_gen.timekeeping.bulk import BulkTime
from slo_gen.timekeeping.business import business_time
from slo_gen.timekeeping.calendars import Always, Calendar
from slo_gen.timekeeping.durations import add_duration, read_duration
from slo_gen.timekeeping.spans import Span, Spans
from slo_gen.timekeeping.zones import LATEST, day_of, zone

__all__ = ["Outcome", "TicketJudge", "TicketResult"]

Outcome = str
"""``met``, ``missed``, ``running``, ``paused``, or why a ticket has no result: ``merged``, ``deleted``, ``spam``, ``cancelled``,
``relieved`` (the parties agreed), ``excluded`` (by a tag), or ``counted`` where it is only counted.
``withdrawn``: the ticket was solved before the clock's end was owed.
"""

_DAYS: Final = frozenset({"bd"})


class TicketResult(NamedTuple):
    """One cycle of one clock, under one promise.

    ``worked`` are the seconds of its hours in which it ran up to the last event, ``real`` the same by the wall clock, ``allowed``
    the seconds of its hours that it may take. ``due`` is the first instant at which these have run, if it goes on as it
    does; None while it stands. ``over``: after this instant it is too late. ``since``: from when on it runs now. ``reason``: why it
    has no result, or ""; ``ended``: when the ticket was merged, deleted or the like.
    """

    ticket: str
    target: str
    cycle: int
    priority: str
    opened: int
    start: int
    stop: int | None
    worked: int
    real: int
    allowed: int
    due: int | None
    over: int | None
    since: int | None
    hidden: bool = False
    reason: str = ""
    ended: int | None = None

    def outcome(self, now: int) -> Outcome:
        """What it comes to at an instant that is not before its last event."""
        if self.reason and self.reason != "withdrawn":
            return self.reason
        if self.over is not None and (now > self.over if self.stop is None else self.worked > self.allowed) and not self._waits():
            return "missed"
        if self.stop is not None:
            return "met"
        if self.reason:
            return self.reason
        return "paused" if self._stands(now) or self.hidden else "running"

    def turns(self) -> tuple[int, ...]:
        """The instants just after which its outcome changes by itself."""
        if self.stop is not None or self.reason:
            return ()
        return tuple(sorted({each for each in (self.over, self.since) if each is not None}))

    def decided(self, now: int) -> int | None:
        """When its result fell: the end of its clock, or the instant after which it was too late; None while it is open."""
        outcome = self.outcome(now)
        return self.over if outcome == "missed" else self.stop if outcome == "met" else None

    @property
    def is_final(self) -> bool:
        """Whether only another event can change it."""
        return self.stop is not None or bool(self.reason)

    def counts_at(self, counts_in: CountsIn) -> int | None:
        """The instant that says in which period it counts; None while it is open and nothing is due."""
        if self.ended is not None:
            return max(self.ended, self.start)
        if counts_in == "opened":
            return self.opened
        late = self.over is not None and (self.stop is None or self.worked > self.allowed)
        if counts_in == "due":
            return self.due if self.due is not None else self.stop
        return self.over if late else self.stop if self.stop is not None else self.start if self.reason else None

    def elapsed(self, now: int, calendar: Calendar) -> int:
        """Seconds of its hours up to an instant."""
        if self.stop is not None or self.since is None or self.reason:
            return self.worked
        return self.worked + business_time(calendar).elapsed(self.since, now)

    def _waits(self) -> bool:
        """Whether nothing is due because its pause hides it."""
        return self.hidden and self.stop is None

    def _stands(self, now: int) -> bool:
        return self.since is None or self.since > now


class _Row(NamedTuple):
    """A cycle under the promise that holds for it."""

    ticket: str
    promise: TimedPromise
    cycle: int
    priority: str
    life: Life
    run: Cycle
    reason: str


class TicketJudge:
    """Judges the tickets of one agreement. Raises ValueError for an agreement that says nothing about tickets."""

    def __init__(self, agreement: Agreement, calendars: Mapping[str, Calendar], adjustments: Sequence[Adjustment] = ()) -> None:
        if agreement.tickets is None:
            raise ValueError(f"{agreement.name} says nothing about tickets")
        self.terms: Final[TicketTerms] = agreement.tickets
        self.targets: Final = promised_of_tickets(agreement)
        promised = {target.clock for target in self.targets}
        clocks = {name: clock for name, clock in agreement.tickets.clocks.items() if name in promised}
        self.program: Final = Program(replace(agreement.tickets, clocks=clocks))
        self._agreement = agreement.name
        self._relieved = [each for each in adjustments if each.ticket]
        self._ranks = {priority.casefold(): rank for rank, priority in enumerate(agreement.tickets.ranks)}
        self._bulk: dict[Calendar, BulkTime] = {}
        self._by_day: dict[tuple[TimedPromise, int], int] = {}
        self._promises: Final[dict[str, TimedPromise]] = {}
        for target in self.targets:
            if target.limit is not None or target.clock in clocks:
                calendar = Always() if target.hours in ("", ALWAYS) else calendars[target.hours]
                fixed = fixed_length(target.within) if target.limit is None else 0
                self._promises[target.name] = TimedPromise(target, calendar, agreement.period.timezone, fixed)
        shares = {target.name for target in agreement.ticket_targets}
        timed = [promise for promise in self._promises.values() if promise.target.limit is None]
        self._layers = _layers(timed, shares)
        self._counted = [promise for promise in self._promises.values() if promise.target.limit is not None]

    def calendar(self, target: str) -> Calendar:
        """The hours of a target."""
        return self._promises[target].calendar

    def fixed_length(self, target: str) -> int | None:
        """The seconds that a target allows; None where they depend on when a clock starts, and where it has no clock."""
        promise = self._promises.get(target)
        return promise.fixed if promise is not None and promise.target.limit is None else None

    def selects(self, life: Life) -> bool:
        """Whether a ticket belongs to the agreement."""
        return all(life.fields.get(name, "").casefold() == value.casefold() for name, value in self.terms.select.items())

    def results(self, lives: Iterable[tuple[str, Life]]) -> list[TicketResult]:
        """The results of tickets by their ids, in the order of the tickets, the targets' clocks and the cycles."""
        rows: list[_Row] = []
        mixed: dict[int, list[Part]] = {}
        for ticket, life in lives:
            for row, parts in self._rows(ticket, life):
                if [part.calendar for part in parts] not in ([], [row.promise.calendar]):
                    mixed[len(rows)] = parts
                rows.append(row)
        return list(self._measured(rows, mixed))

    # --- which promise holds ----------------------------------------------------------------------------------------
    def _rows(self, ticket: str, life: Life) -> Iterator[tuple[_Row, list[Part]]]:
        if life.opened is None or not self.selects(life):
            return
        reason = life.ended or ("excluded" if self._is_excluded(life) else "")
        for clock, promises in self._layers:
            number = 0
            for cycle in life.cycles[clock]:
                for run, priority, cancelled in self._runs(life, cycle, promises):
                    promise = promises.get(priority.casefold()) or promises.get("")
                    if promise is None:
                        continue
                    why = reason or self._relief(ticket, promise) or ("cancelled" if cancelled else "")
                    why = why or ("withdrawn" if run.stop is None and run.since is None and life.over else "")
                    number += 1
                    yield _Row(ticket, promise, number, priority, life, run, why), self._parts(life, run, promises)
        for promise in self._counted:
            priority = self._priority(life)
            if promise.target.priority.casefold() in ("", priority.casefold()):
                why = reason or self._relief(ticket, promise) or COUNTED
                yield _Row(ticket, promise, 1, priority, life, Cycle(life.opened, life.opened, ()), why), []

    def _priority(self, life: Life) -> str:
        """Of a ticket as a whole: that which counts after its changes."""
        held = [priority for _, priority in life.priorities] or [""]
        match self.terms.priority_changes:
            case "first":
                return held[0]
            case "highest":
                return min(held, key=lambda each: self._ranks.get(each.casefold(), len(self._ranks)))
        return held[-1]

    def _is_excluded(self, life: Life) -> bool:
        return not self.terms.exclude_tags.isdisjoint(life.tags)

    def _relief(self, ticket: str, promise: TimedPromise) -> str:
        name = promise.target.name
        return "relieved" if any(each.ticket == ticket and each.relieves(self._agreement, name) for each in self._relieved) else ""

    def _runs(self, life: Life, cycle: Cycle, promises: Mapping[str, TimedPromise]) -> Iterator[tuple[Cycle, str, bool]]:
        """The cycle with the priority that counts for it, and whether it was cancelled; several where a change begins a new one."""
        held = _held(life.priorities, cycle)
        match self.terms.priority_changes:
            case "first":
                yield cycle, held[0][1], False
            case "now":
                yield cycle, life.priorities[-1][1] if life.priorities else "", False
            case "highest":
                until = cycle.stop
                ever = [each for at, each in life.priorities if until is None or at <= until] or [held[-1][1]]
                yield cycle, min(ever, key=lambda each: self._ranks.get(each.casefold(), len(self._ranks))), False
            case "restart":
                yield from _restarts(cycle, held, promises, retroactive=self.terms.retroactive)
            case _:
                yield cycle, held[-1][1], False

    def _parts(self, life: Life, run: Cycle, promises: Mapping[str, TimedPromise]) -> list[Part]:
        """The parts of a cycle under different promises or hours, where each counts for its own time; else none."""
        changes, hours = self.terms.priority_changes, self.terms.hours_changes
        if changes != "by_interval" and hours != "by_interval":
            return []
        parts: list[Part] = []
        held = _held(life.priorities, run)
        for position, (at, priority) in enumerate(held):
            promise = promises.get(priority.casefold()) or promises.get("")
            until = held[position + 1][0] if position + 1 < len(held) else None
            allowed = promise.allowed(run.start) if promise is not None and changes == "by_interval" else None
            part = Part(at, until, promise.calendar if promise is not None else None, allowed)
            if parts and (parts[-1].calendar, parts[-1].allowed) == (part.calendar, part.allowed):
                parts[-1] = parts[-1]._replace(end=until)
            else:
                parts.append(part)
        return parts

    # --- how long it took -------------------------------------------------------------------------------------------
    def _measured(self, rows: Sequence[_Row], mixed: Mapping[int, list[Part]]) -> Iterator[TicketResult]:
        worked, due, over = [0] * len(rows), [-1] * len(rows), [-1] * len(rows)
        allowed = self._allowed(rows)
        by_calendar: dict[Calendar, list[int]] = {}
        for place, row in enumerate(rows):
            if place not in mixed:
                by_calendar.setdefault(row.promise.calendar, []).append(place)
        for calendar, places in by_calendar.items():
            bulk = self._bulk.setdefault(calendar, BulkTime(calendar))
            found = elapsed(bulk, [rows[place].run for place in places])
            for place, seconds in zip(places, found, strict=True):
                worked[place] = seconds
            asked = [place for place in places if self._has_due(rows[place], worked[place], allowed[place])]
            runs, lengths = [rows[place].run for place in asked], [allowed[place] for place in asked]
            for boundary, into in (("close", due), ("next_open", over)):
                for place, instant in zip(asked, deadlines(bulk, calendar, runs, lengths, boundary), strict=True):  # type: ignore[arg-type]
                    into[place] = instant
        for place, parts in mixed.items():
            run, length = rows[place].run, allowed[place]
            worked[place], allowed[place], due[place], over[place] = used_up(run.ran, run.since, parts, length)
            if run.stop is not None and self.terms.counts_in == "due":
                halted = run.ran[-1][1] if run.ran else run.start
                *_, due[place], over[place] = used_up(run.ran, halted, parts, length)      # had it gone on
        for place, row in enumerate(rows):
            run, life = row.run, row.life
            assert life.opened is not None, "only a ticket that was opened has rows"
            yield TicketResult(
                row.ticket, row.promise.target.name, row.cycle, row.priority, life.opened, run.start, run.stop, worked[place],
                sum(end - start for start, end in run.ran), allowed[place], due[place] if due[place] >= 0 else None,
                over[place] if over[place] >= 0 else None, run.since, run.hidden, row.reason,
                life.ended_at if life.ended else None,
            )  # fmt: skip

    def _has_due(self, row: _Row, worked: int, allowed: int) -> bool:
        """Whether it is worth asking: a clock that stands within its time is due at no instant."""
        return worked > allowed or (row.run.stop is None and row.run.since is not None) or self.terms.counts_in == "due"

    def _allowed(self, rows: Sequence[_Row]) -> list[int]:
        return [self._allowed_from(row.promise, row.run.start) for row in rows]

    def _allowed_from(self, promise: TimedPromise, start: int) -> int:
        if promise.fixed is not None:
            return promise.fixed
        if {unit for _, unit in read_duration(promise.target.within)} != _DAYS:
            return promise.allowed(start)
        # Business days that begin later end at the same close for all starts of a day but its midnight.
        day = day_of(start - 1, zone(promise.timezone)).toordinal()
        close = self._by_day.get((promise, day))
        if close is None:
            close = self._by_day[promise, day] = add_duration(start, promise.target.within, promise.timezone, promise.calendar)
        return business_time(promise.calendar).elapsed(start, close)


def _layers(promises: Iterable[TimedPromise], shares: Set[str]) -> list[tuple[str, Mapping[str, TimedPromise]]]:
    """Clocks and what is promised for each priority, one of which holds for a ticket. ``shares`` are the targets that may share a layer.

    A second promise on the same clock and priority (half of them within an hour, all within a day) is in a layer of its own, and
    so is one that is about a percentile: it is no alternative to the others.
    """
    found: list[tuple[str, dict[str, TimedPromise]]] = []
    shared: list[tuple[str, dict[str, TimedPromise]]] = []
    for promise in promises:
        clock, priority = promise.target.clock, promise.target.priority.casefold()
        room = next((by for of, by in shared if of == clock and priority not in by), None)
        if room is None or promise.target.name not in shares:
            room = {}
            found.append((clock, room))
            if promise.target.name in shares:
                shared.append((clock, room))
        room[priority] = promise
    return [(clock, by) for clock, by in found]


def _held(priorities: Sequence[tuple[int, str]], cycle: Cycle) -> list[tuple[int, str]]:
    """The priorities of a cycle and from when on each held in it; "" where the ticket has none."""
    before = [each for at, each in priorities if at <= cycle.start]
    held = [(cycle.start, before[-1] if before else "")]
    held += [(at, each) for at, each in priorities if at > cycle.start and (cycle.stop is None or at < cycle.stop)]
    if not held[0][1] and len(held) > 1:
        held = [(cycle.start, held[1][1]), *held[2:]]       # what is told late was so from the start
    return held


def _restarts(
    cycle: Cycle, held: Sequence[tuple[int, str]], promises: Mapping[str, TimedPromise], *, retroactive: bool
) -> Iterator[tuple[Cycle, str, bool]]:
    """The cycle cut where another promise begins to hold; each part but the last was cancelled."""
    kept = [held[0]]
    for at, priority in held[1:]:
        former = promises.get(kept[-1][1].casefold()) or promises.get("")
        if (promises.get(priority.casefold()) or promises.get("")) is not former:
            kept.append((at, priority))
        else:
            kept[-1] = (kept[-1][0], priority)
    for position, (at, priority) in enumerate(kept):
        begins = cycle.start if retroactive else at
        if position + 1 < len(kept):
            until = kept[position + 1][0]
            yield Cycle(begins, until, _clipped(cycle, begins, until)), priority, True
        else:
            since = None if cycle.since is None else max(cycle.since, begins)
            yield Cycle(begins, cycle.stop, _clipped(cycle, begins, None), since, cycle.hidden), priority, False


def _clipped(cycle: Cycle, start: int, end: int | None) -> tuple[Span, ...]:
    """What of a cycle has run from ``start`` on, up to ``end`` or the last event."""
    if end is None:
        return Spans(cycle.ran).clip(start, LATEST).items
    spans = cycle.ran if cycle.since is None else (*cycle.ran, (cycle.since, LATEST))
    return Spans(spans).clip(start, end).items
