"""Asking one probe, at its own pace: each look when it is due by a clock that only goes on, none left out while there is time.

What a system does not say is unknown. While it does not answer, what was seen last holds a while longer, and then that is unknown
too. A system that keeps a record is asked for all since what is known, so that time in which nobody asked is filled in. Only the
replica that writes asks.
"""

from __future__ import annotations

import asyncio
import logging
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from time import monotonic
from typing import Final

from sla_exporter.config import at_once_of, holds_of, probe_reader_of
from sla_exporter.health import Health, SourceHealth
from sla_exporter.ledger.stretches import Place
from sla_exporter.probes.checking import location_of
from sla_exporter.probes.probe import UNSEEN, Answer, HistoryReader, ProbeReader, Seen, one_by_one
from sla_exporter.probes.reasons import REASONS, Reason
from sla_exporter.probes.run_clock import RunClock
from sla_exporter.probes.states import Sample, State
from sla_exporter.sources.source import SourceError
from sla_exporter.state_keeper import Look, StateKeeper, Told
from slo_gen.fetch import AddressError
from slo_gen.spec.documents.probes import ProbeSource
from slo_gen.spec.resolve.quantities import seconds

__all__ = ["ProbeWatching"]

_LOG = logging.getLogger("sla_exporter")
_SET: Final = 2_000
"""Milliseconds by which the clock of the machine may differ from what went by, before it is taken for set."""

_AHEAD: Final = 300_000
"""Milliseconds that a system's clock may be ahead; a sample from further in the future is refused."""

_LONGEST_AGO: Final = 35 * 86_400_000
"""Milliseconds of the past that are filled in at most."""

_LOCKED_OUT: Final = 60.0
"""Seconds until a system that refused the credentials is asked again."""

_LONGEST_PAUSE: Final = 3600.0
"""Seconds that a system may ask to be left alone."""


class ProbeWatching:
    """Asks one probe until it is cancelled. ``turns`` bounds how many probes are asked at once.

    ``now`` is the clock of the machine in milliseconds, ``gone_by`` one that only goes on, in seconds.
    """

    def __init__(
        self, probe: ProbeSource, folder: Path, keeper: StateKeeper, health: Health, now: Callable[[], int], turns: asyncio.Semaphore,
        gone_by: Callable[[], float] = monotonic,
    ) -> None:  # fmt: skip
        self.probe = probe
        self._folder = folder
        self._keeper = keeper
        self._health = health
        self._of = health.sources.setdefault(probe.name, SourceHealth())
        self._now = now
        self._gone_by = gone_by
        self._turns = turns
        self._reader: ProbeReader | None = None
        self._told = ""
        self._clock = RunClock(_SET)
        self._lost = False
        self._holds = holds_of(probe)
        self._why: dict[Place, tuple[State, Reason | None]] = {}
        self._places = {each.subject: Place(each.indicator, location_of(probe, each)) for each in probe.subjects}

    async def run(self) -> None:
        """Ask for ever. The first look is somewhere within the first interval, so that probes do not all ask at once."""
        every = float(seconds(self.probe.every))
        due = monotonic() + every * (zlib.crc32(self.probe.name.encode()) % 1000) / 1000 * (every > 1)
        try:
            while True:
                await asyncio.sleep(due - monotonic())
                pause = await self.once() if self._health.writer and self._health.ledger_writable else 0.0
                due += every
                if (late := int((monotonic() + pause - due) // every)) > 0:
                    due += late * every
                    self._of.skipped += late if not pause else 0
        finally:
            if self._reader is not None:
                await self._reader.close()

    async def once(self) -> float:
        """One look; returns how many seconds the system is to be left alone. Never raises but when it is cancelled."""
        async with self._turns:
            started = monotonic()
            at = self._placed()
            try:
                reader = self._opened()
                if isinstance(reader, HistoryReader):
                    told, errors = await self._filled_in(reader)
                else:
                    told, errors = self._seen(await reader.look(list(self._places)), at)
            except SourceError as error:
                return self._failed(error.reason, str(error), error.retry_after)
            except AddressError as error:
                return self._failed("auth", str(error), None)
            except Exception as error:
                # A defect of one reader must not end the others; its text may hold what a system answered.
                _LOG.exception("probe %s: a defect of the exporter: %s", self.probe.name, type(error).__name__)
                return self._failed("internal", f"a defect: {type(error).__name__}", None)
        self._lost = self._lost and at is None
        self._keeper.hand_over(Look(self.probe.name, self._now() // 1000, told))
        self._of.seconds = monotonic() - started
        return self._answered(errors)

    # --- what was seen ----------------------------------------------------------------------------------------------
    def _placed(self) -> int | None:
        """The instant of this look; None while the clock of the machine has been set back."""
        placed = self._clock.place(self._now(), round(self._gone_by() * 1000))
        if placed.lost and not self._lost:
            _LOG.warning("probe %s: the clock of the machine was set; what lies between is unknown", self.probe.name)
        self._lost = self._lost or placed.lost
        return placed.at

    def _seen(self, answers: Mapping[str, Answer], at: int | None) -> tuple[list[Told], list[SourceError]]:
        told, errors = [], []
        for subject, place in self._places.items():
            answer = answers.get(subject)
            if isinstance(answer, SourceError):
                errors.append(answer)
            elif answer is not None:
                self._say_why(place, answer)
                samples = list(self._samples(place, answer, at))
                told.append(Told(place, samples, self._holds, answer.certificate_ends))
        return told, errors

    def _say_why(self, place: Place, seen: Seen) -> None:
        """Count what leaves a state unknown, and log why something is not up, as often as that changes."""
        if seen.state == "unknown" and seen.reason is not None:
            self._of.rejected[seen.reason] += 1
        why = (seen.state, seen.reason)
        if seen.reason is not None and self._why.get(place) != why:
            _LOG.warning("probe %s: %s is %s: %s", self.probe.name, place.indicator, seen.state, seen.detail or REASONS[seen.reason])
        self._why[place] = why

    def _samples(self, place: Place, seen: Seen, at: int | None) -> Iterator[Sample]:
        """What was seen of a place as samples; of what the system knows of the time before, as much as fills a gap."""
        if seen.at is None:
            if at is not None:
                yield Sample(at, seen.state, lost=self._lost)
            return
        now = self._now()
        if seen.at > now + _AHEAD:
            self._of.rejected["future"] += 1
            return
        at, last = min(seen.at, now), self._keeper.last(place)
        if seen.since is not None and last is not None and last.until < at:
            first = max(seen.since, last.last + 1, at - _LONGEST_AGO)
            yield from (Sample(each, seen.state) for each in range(first, at, max(1, self._holds // 2)))
        yield Sample(at, seen.state)

    async def _filled_in(self, reader: HistoryReader) -> tuple[list[Told], list[SourceError]]:
        """All that the system has stored since what is known of each place."""
        now, found, first = self._now(), dict[str, Sequence[Sample]](), self._first

        async def read(subject: str) -> Seen:
            found[subject] = await reader.history(subject, first(self._places[subject], now), now)
            return Seen("unknown")

        answers = await one_by_one(list(self._places), read, at_once_of(self.probe))
        told = [Told(self._places[subject], samples, self._holds) for subject, samples in found.items()]
        for each in told:
            last = self._keeper.last(each.place)
            if each.samples:
                self._why[each.place] = (each.samples[-1].state, None)
            elif last is None or last.until <= now:
                self._say_why(each.place, UNSEEN)
        return told, [answer for answer in answers.values() if isinstance(answer, SourceError)]

    def _first(self, place: Place, now: int) -> int:
        last = self._keeper.last(place)
        return now - self._holds if last is None else max(last.last, now - _LONGEST_AGO)

    # --- how it went ------------------------------------------------------------------------------------------------
    def _opened(self) -> ProbeReader:
        if self._reader is None:
            self._reader = probe_reader_of(self.probe, self._folder, self._now)
            self._of.experimental = self._reader.experimental
            if self._reader.experimental:
                _LOG.warning("probe %s: experimental; it was never checked with a real server", self.probe.name)
        return self._reader

    def _answered(self, errors: Sequence[SourceError]) -> float:
        """Some subjects were answered, or all of them; where none was, the system is down."""
        for error in errors:
            self._of.errors[error.reason] += 1
        if errors and len(errors) == len(self._places):
            return self._refused(errors[0].reason, str(errors[0]), errors[0].retry_after)
        self._of.up, self._of.succeeded_at, self._of.watermark = True, self._now() // 1000, self._now() // 1000
        text = f"{len(errors)} of {len(self._places)} subjects were not answered: {errors[0]}" if errors else ""
        if text and not self._told:
            _LOG.error("probe %s: %s", self.probe.name, text)
        elif self._told and not text:
            _LOG.info("probe %s: answers again", self.probe.name)
        self._told = text
        return max((error.retry_after or 0.0 for error in errors), default=0.0)

    def _failed(self, reason: str, text: str, retry_after: float | None) -> float:
        self._of.errors[reason] += 1
        return self._refused(reason, text, retry_after)

    def _refused(self, reason: str, text: str, retry_after: float | None) -> float:
        self._of.up = False
        if self._told != text:
            _LOG.error("probe %s: %s", self.probe.name, text)
            self._told = text
        if reason in ("auth", "forbidden"):
            return max(_LOCKED_OUT, retry_after or 0.0)
        return min(retry_after or 0.0, _LONGEST_PAUSE)
