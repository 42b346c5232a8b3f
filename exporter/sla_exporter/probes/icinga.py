"""Icinga 2 by its API: the stream of its events, and the objects, hosts and services, by which what the stream missed is made good.

A stream is live only: what happens while there is no connection is lost. So each connection begins with a look at the objects, once
the stream is there; they tell since when a state is so. What changed forth and back in between stays unknown.
"""

from __future__ import annotations

import asyncio
import secrets
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import ClassVar, Final
from urllib.parse import quote

import msgspec

from sla_exporter.probes.icinga_states import CHECKED, DOWNTIMES, Event, Known, Objects, by_event, by_object, subject_of
from sla_exporter.probes.probe import UNSEEN, Answer, ProbeSettings, Seen, opened
from sla_exporter.probes.states import Sample, State
from sla_exporter.sources.source import SourceError, ask, decoded, lines
from slo_gen.fetch import AddressError, Fetcher

__all__ = ["IcingaReader"]

_REMEMBERED: Final = 10_000
"""How much of one subject is kept that nobody has asked for yet."""

_FIRST_PAUSE, _LONGEST_PAUSE, _LOCKED_OUT = 1.0, 30.0, 60.0
"""Seconds before a lost stream is asked for again, and where the credentials are refused."""

_ATTRIBUTES: Final = ("state", "last_hard_state", "last_state_change", "last_hard_state_change", "downtime_depth", "last_check_result")


class IcingaReader:
    """Listens from the first time that it is asked for a history, until it is closed."""

    experimental: ClassVar[bool] = False

    quiet: ClassVar[float] = 10.0
    """Seconds without any event that are no reason to doubt the stream; where states hold longer, that long."""

    def __init__(self, settings: ProbeSettings) -> None:
        document = settings.document.icinga
        assert document, "the registry knows which kind it is"
        self._settings = settings
        self._url = document.url
        self._types = document.states
        self._known: dict[str, deque[Known]] = {
            each.subject: deque(maxlen=_REMEMBERED) for each in settings.document.subjects
        }
        self._last: dict[str, Known] = {}
        self._missing: set[str] = set()
        self._fetcher: Fetcher | None = None
        self._listening: asyncio.Task[None] | None = None
        self._settled = asyncio.Event()
        self._failure: SourceError | None = None

    async def close(self) -> None:
        """Let go of the stream and of connections."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.gather(self._listening, return_exceptions=True)
        if self._fetcher is not None:
            await self._fetcher.__aexit__()

    async def look(self, subjects: Sequence[str]) -> Mapping[str, Answer]:
        """The state of objects, as of their last check. Raises SourceError."""
        self._fetcher = fetcher = await opened(self._fetcher, self._url, self._settings)
        found = await self._objects(fetcher, subjects)
        return {subject: _seen(found.get(subject)) for subject in subjects}

    async def history(self, subject: str, start: int, end: int) -> Sequence[Sample]:
        """What was heard of a subject in ``(start, end]``, in order; milliseconds since 1970.

        Raises SourceError where there is nothing new to tell and no stream, or no such object.
        """
        if self._listening is not None and self._listening.done():
            ended, self._listening = self._listening, None
            ended.result()                       # it never ends but by a defect, which is told as such; then it is begun anew
        if self._listening is None:
            self._fetcher = fetcher = await opened(self._fetcher, self._url, self._settings)
            self._listening = asyncio.create_task(self._listen(fetcher), name=f"icinga {self._settings.document.name}")
        with suppress(TimeoutError):
            async with asyncio.timeout(self._settings.seconds):
                await self._settled.wait()
        known = self._known.setdefault(subject, deque(maxlen=_REMEMBERED))
        found = sorted((each for each in known if start < each.at <= end), key=lambda each: each.at)
        if not found and not self._is_connected():
            raise self._failure or SourceError("timeout", f"{self._url} has not told of its objects yet")
        if not found and subject in self._missing:
            raise SourceError("query", f"{self._url} has no {subject}, or does not show it to whoever the credentials belong to")
        while known and known[0].at <= start:
            known.popleft()
        return [sample for each in found for sample in _samples(each, start, self._settings.holds)]

    def _is_connected(self) -> bool:
        return self._settled.is_set() and self._failure is None

    # --- listening --------------------------------------------------------------------------------------------------
    async def _listen(self, fetcher: Fetcher) -> None:
        """Keep a stream, for ever. What goes wrong is told by the next history."""
        pause = _FIRST_PAUSE
        while True:
            try:
                await self._heard(fetcher)
            except SourceError as error:
                pause = _FIRST_PAUSE if self._is_connected() else min(2 * pause, _LONGEST_PAUSE)
                pause = _LOCKED_OUT if error.reason in ("auth", "forbidden") else max(pause, error.retry_after or 0.0)
                self._failure = error
            except AddressError as error:
                self._failure, pause = SourceError("auth", str(error)), _LOCKED_OUT
            self._settled.set()
            await asyncio.sleep(pause)

    async def _heard(self, fetcher: Fetcher) -> None:
        """One connection: the stream first, so that nothing happens unheard while the objects are read. Raises SourceError at its end."""
        question = {"queue": f"sla-exporter-{secrets.token_hex(8)}", "types": [*CHECKED, *DOWNTIMES]}
        async with lines(fetcher, "/v1/events", question, max(self.quiet, self._settings.holds / 1000)) as told:
            await self._take_objects(fetcher, list(self._known))
            self._failure = None
            self._settled.set()
            async for line in told:
                await self._take(fetcher, line)

    async def _take(self, fetcher: Fetcher, line: bytes) -> None:
        try:
            event = msgspec.json.decode(line, type=Event)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise SourceError("schema", f"an event of {self._url} is not what it was: {error}") from None
        subject = subject_of(event)
        if subject not in self._known:
            return
        if event.type in DOWNTIMES:
            # How many downtimes are left, and what the state is without them, only the object says.
            await self._take_downtime(fetcher, subject, round(event.timestamp * 1000))
        elif (found := by_event(event, self._types, self._hard(subject))) is not None:
            self._add(subject, found)

    async def _take_downtime(self, fetcher: Fetcher, subject: str, at: int) -> None:
        found = (await self._objects(fetcher, [subject], alone=True)).get(subject)
        if found is not None:
            self._add(subject, Known(max(found.at, at), max(found.at, at), found.state, found.hard))

    async def _take_objects(self, fetcher: Fetcher, subjects: Sequence[str]) -> None:
        told = await self._objects(fetcher, subjects)
        self._missing = {subject for subject in subjects if subject not in told}
        for subject, found in told.items():
            if found is None:
                continue
            before = self._last.get(subject)
            # A downtime that ended unheard ended somewhere in between: the state counts from now on only.
            ended = before is not None and before.state == "excluded" != found.state
            self._add(subject, replace(found, since=found.at) if ended else found)

    def _add(self, subject: str, found: Known) -> None:
        """Remember what was found. A check is told twice where it changes a state."""
        self._missing.discard(subject)
        if self._last.get(subject) != found:
            self._last[subject] = found
            self._known[subject].append(found)

    def _hard(self, subject: str) -> State:
        last = self._last.get(subject)
        return last.hard if last is not None else "unknown"

    # --- objects ----------------------------------------------------------------------------------------------------
    async def _objects(self, fetcher: Fetcher, subjects: Sequence[str], *, alone: bool = False) -> dict[str, Known | None]:
        """What the objects that there are say, None for those that were never checked.

        One request for all services that are asked for and one for all hosts, or ``alone`` for the one.
        """
        found: dict[str, Known | None] = {}
        for kind in ("services", "hosts"):
            wanted = [each for each in subjects if ("!" in each) == (kind == "services")]
            if not wanted:
                continue
            path = f"/v1/objects/{kind}" + (f"/{quote(wanted[0], safe='')}" if alone else "")
            answer = await ask(fetcher, "GET", path, {"attrs": list(_ATTRIBUTES)}, missing=alone)
            if answer.status != 200:
                continue
            told = {each.name: each.attrs for each in decoded(answer, Objects, f"Icinga's list of {kind}").results}
            found |= {subject: by_object(subject, told[subject], self._types) for subject in wanted if subject in told}
        return found


def _seen(known: Known | None) -> Seen:
    if known is None:
        return UNSEEN
    return Seen(known.state, at=known.at, since=known.since if known.since < known.at else None)


def _samples(known: Known, start: int, holds: int) -> Iterator[Sample]:
    """A state that held for a while, so often that it never stops to hold."""
    yield from (Sample(at, known.state) for at in range(max(known.since, start + 1), known.at, max(1, holds // 2)))
    yield Sample(known.at, known.state)
