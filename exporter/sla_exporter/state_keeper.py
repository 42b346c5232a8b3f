"""Keeps account of states: what probes saw goes to the ledger, and where every promise stands becomes metrics.

Probes hand over what they saw; once a second it is written, all of it in one transaction, and only then does anything follow from it.
What cannot be written waits. Judging takes as much time as there are promises, and so a tenth of the time at most is spent on it: a
scrape is told what was found last, and as of when.
"""

from __future__ import annotations

import logging
import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from time import monotonic
from typing import Final

from sla_exporter.ledger.ledger import Ledger
from sla_exporter.ledger.stretches import Place
from sla_exporter.probes.states import STATES, Interval, Sample, State, Stretch
from sla_exporter.probes.watched import Watched
from sla_exporter.state_standings import StatePromise, StateStanding, StateStandings
from slo_gen.spec.model import Catalogue, Watch
from slo_gen.timekeeping.periods import Period

__all__ = ["Kept", "Look", "StateKeeper", "Told"]

_LOG = logging.getLogger("sla_exporter")
_SHARE_OF_TIME: Final = 10
"""Judging is done again after so many times as long as it took."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a probe saw at a place, in the order of time. ``holds``: milliseconds for which each of the samples holds."""

    place: Place
    samples: Sequence[Sample]
    holds: int
    certificate_ends: int | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """One look of a probe: when it was, in seconds since 1970, and what it saw."""

    probe: str
    at: int
    told: Sequence[Told]


@dataclass(frozen=True, slots=True)
class Current:
    """The present state of an indicator, and since when it is so, in milliseconds; None where that is longer than is known."""

    state: State
    since: int | None


@dataclass(frozen=True, slots=True)
class Kept:
    """All that is told of states, as of one instant."""

    standings: Sequence[tuple[StatePromise, StateStanding]] = ()
    current: Mapping[str, Current] = field(default_factory=dict)
    transitions: Mapping[tuple[str, State], int] = field(default_factory=dict)
    certificates: Mapping[Place, int] = field(default_factory=dict)

    @property
    def periods(self) -> Mapping[str, Period]:
        """The present period of every agreement that promises states."""
        return {promise.agreement.name: standing.period for promise, standing in self.standings}


class StateKeeper:
    """``lock`` guards the ledger. ``now`` is the present instant everywhere, in seconds. Methods raise LedgerError unless they say so.

    It watches nothing before ``replace``.
    """

    def __init__(self, ledger: Ledger, lock: threading.RLock) -> None:
        self._ledger = ledger
        self._lock = lock
        self._waiting: list[Look] = []
        self._handed = threading.Lock()
        self._number = -1
        self._due = 0.0
        self._transitions: Counter[tuple[str, State]] = Counter()
        self._entered: dict[str, Counter[State]] = {}
        self._indicators: dict[str, Watch] = {}
        self._watched = Watched({})
        self._certificates: dict[Place, int] = {}
        self.kept = Kept()

    def replace(self, catalogue: Catalogue, now: int) -> None:
        """Take other documents; everything is judged anew."""
        with self._lock:
            self._standings = StateStandings(catalogue)
            self._indicators = {name: each.watch for name, each in catalogue.indicators.items() if each.watch is not None}
            self._entered = {}
            self._load(now)
        self._judge(now)

    def last(self, place: Place) -> Stretch | None:
        """The last stretch of a place. Never raises, and waits for nobody."""
        return self._watched.last(place)

    def hand_over(self, look: Look) -> None:
        """What a probe saw; it is written with the next tick. Never raises."""
        with self._handed:
            self._waiting.append(look)

    def tick(self, now: int, *, writes: bool) -> None:
        """Write what was handed over, or follow the replica that writes; then judge, if it is time to."""
        if not self._indicators:
            return
        with self._lock:
            self._follow()                # also where this one writes: another may have done so until now
            if writes:
                self._write()
        started = monotonic()
        if started >= self._due:
            self._judge(now)
            self._due = monotonic() + _SHARE_OF_TIME * (monotonic() - started)

    def end(self, *, writes: bool) -> None:
        """Write what was handed over since the last tick."""
        with self._lock:
            if writes:
                self._follow()
                self._write()

    # --- the record -------------------------------------------------------------------------------------------------
    def _load(self, now: int) -> None:
        states = self._ledger.states
        self._watched = Watched(self._indicators)
        self._number = states.number()
        self._watched.take(states.since(self._standings.begins(now) * 1000))
        self._certificates = states.certificates()

    def _follow(self) -> None:
        states = self._ledger.states
        number = states.number()
        if number != self._number:
            self._watched.take(states.changed_after(self._number))
            self._certificates = states.certificates()
            self._number = number

    def _write(self) -> None:
        with self._handed:
            looks, self._waiting = self._waiting, []
        if not looks:
            return
        changes: dict[tuple[Place, int], tuple[Place, Stretch]] = {}
        asked: dict[str, int] = {}
        certificates: dict[Place, int] = {}
        told: dict[Place, tuple[int, list[Sample]]] = {}
        for look in looks:
            asked[look.probe] = max(look.at, asked.get(look.probe, 0))
            for each in look.told:
                told[each.place] = (each.holds, [*told.get(each.place, (0, []))[1], *each.samples])
                if each.certificate_ends is not None and self._certificates.get(each.place) != each.certificate_ends:
                    certificates[each.place] = each.certificate_ends
        for place, (holds, samples) in told.items():
            for stretch in self._watched.growth(place, samples, holds):
                changes[place, stretch.start] = (place, stretch)
        try:
            self._number = self._ledger.states.write(changes.values(), asked, certificates)
        except BaseException:
            with self._handed:
                self._waiting = [*looks, *self._waiting]
            raise
        self._watched.take(changes.values())
        self._certificates |= certificates

    # --- what follows from it ---------------------------------------------------------------------------------------
    def _judge(self, now: int) -> None:
        current: dict[str, Current] = {}
        for name in self._indicators:
            intervals = self._settled(name, now)
            current[name] = found = _current(intervals)
            before_that = self.kept.current.get(name)
            if before_that is not None and before_that.state != found.state:
                _LOG.info("%s is %s%s%s", name, found.state, *_how_long(before_that, found))
            entered = Counter(each.state for each in intervals[1:])
            if (before := self._entered.get(name)) is not None:
                self._transitions.update({(name, state): more for state, more in (entered - before).items()})
            self._entered[name] = entered
        if self._watched.forget(self._standings.begins(now) * 1000):
            self._entered = {name: Counter(each.state for each in self._settled(name, now)[1:]) for name in self._indicators}
        self.kept = Kept(
            tuple(self._standings.at(self._watched, now)), current,
            {(name, state): self._transitions[name, state] for name in self._indicators for state in STATES},
            {place: ends for place, ends in self._certificates.items() if place.indicator in self._indicators},
        )  # fmt: skip

    def _settled(self, indicator: str, now: int) -> Sequence[Interval]:
        """The states of an indicator as far back as they are kept, and up to where they are settled; one of them at least."""
        end = now * 1000
        begin = min((record[0].start for record in self._watched.locations(indicator).values() if record), default=end)
        intervals, settled = self._watched.states(indicator, min(begin, end - 1), end)
        return [each for each in intervals if each.start < settled] or intervals[:1]


def _how_long(before: Current, now: Current) -> tuple[str, str]:
    """Since when it is so, and how long it was as before."""
    if now.since is None:
        return "", ""
    lasted = f", after {(now.since - before.since) / 1000:g} s {before.state}" if before.since is not None else ""
    return f" since {_instant(now.since)}", lasted


def _instant(milliseconds: int) -> str:
    return f"{datetime.fromtimestamp(milliseconds / 1000, UTC):%Y-%m-%dT%H:%M:%S}.{milliseconds % 1000:03}Z"


def _current(intervals: Sequence[Interval]) -> Current:
    last = intervals[-1]
    never = len(intervals) == 1 and last.state == "unknown"
    return Current(last.state, None if never else last.start)
