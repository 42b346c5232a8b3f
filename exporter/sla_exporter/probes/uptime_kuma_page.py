"""Uptime Kuma by one of its public status pages: the last hundred beats of each monitor that the page shows, by its name.

Beats have instants, so what was missed is filled in as far as they reach. No credentials are needed. A page is made once a minute.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import ClassVar, Final

import msgspec

from sla_exporter.probes.probe import UNSEEN, Answer, ProbeSettings, Seen, opened
from sla_exporter.probes.states import Sample, State
from sla_exporter.probes.uptime_kuma import states_of
from sla_exporter.sources.source import SourceError, ask, decoded
from slo_gen.fetch import Fetcher

__all__ = ["UptimeKumaPageReader"]

_FRESH: Final = 0.5
"""Seconds for which one answer serves the questions after all subjects."""


class _Monitor(msgspec.Struct, frozen=True):
    id: int
    name: str


class _Group(msgspec.Struct, frozen=True, rename="camel"):
    monitor_list: list[_Monitor]


class _Page(msgspec.Struct, frozen=True, rename="camel"):
    public_group_list: list[_Group]


class _Beat(msgspec.Struct, frozen=True):
    status: int
    time: str


class _Beats(msgspec.Struct, frozen=True, rename="camel"):
    heartbeat_list: dict[str, list[_Beat]]


class UptimeKumaPageReader:
    """Two requests for all monitors: which there are, and their beats."""

    experimental: ClassVar[bool] = True

    def __init__(self, settings: ProbeSettings) -> None:
        document = settings.document.uptime_kuma_page
        assert document, "the registry knows which kind it is"
        self._settings = settings
        self._url, self._slug = document.url, document.slug
        self._states = states_of(document.pending)
        self._fetcher: Fetcher | None = None
        self._turn = asyncio.Lock()
        self._told: tuple[float, Mapping[str, Sequence[Sample]]] | None = None

    async def close(self) -> None:
        """Let go of connections."""
        if self._fetcher is not None:
            await self._fetcher.__aexit__()

    async def look(self, subjects: Sequence[str]) -> Mapping[str, Answer]:
        """The last beat of monitors. Raises SourceError."""
        told = await self._read()
        return {subject: _seen(told.get(subject, ())) for subject in subjects}

    async def history(self, subject: str, start: int, end: int) -> Sequence[Sample]:
        """The beats of a monitor in ``(start, end]``, in order; milliseconds since 1970. Raises SourceError, also where it is not shown."""
        told = await self._read()
        if subject not in told:
            raise SourceError("query", f"the status page {self._slug} of {self._url} shows no monitor {subject!r}")
        return [each for each in told[subject] if start < each.at <= end]

    async def _read(self) -> Mapping[str, Sequence[Sample]]:
        """The beats of every monitor by its name, in order."""
        async with self._turn:
            clock = asyncio.get_running_loop().time
            if self._told is None or clock() - self._told[0] > _FRESH:
                told = await self._asked()
                self._told = (clock(), told)
            return self._told[1]

    async def _asked(self) -> Mapping[str, Sequence[Sample]]:
        self._fetcher = fetcher = await opened(self._fetcher, self._url, self._settings)
        what = f"Uptime Kuma's page {self._slug}"
        page = decoded(await ask(fetcher, "GET", f"/api/status-page/{self._slug}"), _Page, what)
        beats = decoded(await ask(fetcher, "GET", f"/api/status-page/heartbeat/{self._slug}"), _Beats, what).heartbeat_list
        found: dict[str, Sequence[Sample]] = {}
        for monitor in {each.id: each for group in page.public_group_list for each in group.monitor_list}.values():
            if monitor.name in found:
                raise SourceError("query", f"{what} shows two monitors {monitor.name!r}; rename one of them")
            told = [Sample(_instant(beat.time, what), self._state(beat)) for beat in beats.get(str(monitor.id), ())]
            found[monitor.name] = sorted(told, key=lambda sample: sample.at)
        return found

    def _state(self, beat: _Beat) -> State:
        return self._states.get(beat.status, "unknown")


def _seen(beats: Sequence[Sample]) -> Seen:
    return Seen(beats[-1].state, at=beats[-1].at) if beats else UNSEEN


def _instant(text: str, what: str) -> int:
    """An instant as Uptime Kuma writes it, without a zone and in UTC. Raises SourceError."""
    try:
        found = datetime.fromisoformat(text)
        return round((found if found.tzinfo is not None else found.replace(tzinfo=UTC)).timestamp() * 1000)
    except (ValueError, OverflowError):
        raise SourceError("schema", f"{what} has {text[:40]!r} in place of an instant") from None
