"""Uptime Kuma by its ``/metrics``: ``monitor_status`` of monitors, which are called by their names.

Its ratios are shares of checks and not of time, so they are never read. A monitor that is paused has no series, and is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

from sla_exporter.probes.probe import UNSEEN, Answer, ProbeSettings, Seen, lines, opened
from sla_exporter.probes.states import State
from sla_exporter.sources.source import SourceError, ask
from slo_gen.fetch import Fetcher

__all__ = ["UptimeKumaReader", "states_of"]

_STATES: Final[Mapping[float, State]] = {0.0: "down", 1.0: "up", 3.0: "excluded"}
"""3 is maintenance."""

_PENDING: Final = 2.0
"""A check failed, and Uptime Kuma has not decided yet."""


def states_of(pending: State) -> Mapping[float, State]:
    """What the statuses of monitors mean."""
    return {**_STATES, _PENDING: pending}


class UptimeKumaReader:
    """One request for all monitors."""

    experimental: ClassVar[bool] = True

    def __init__(self, settings: ProbeSettings) -> None:
        document = settings.document.uptime_kuma
        assert document, "the registry knows which kind it is"
        self._settings = settings
        self._url = document.url
        self._states = states_of(document.pending)
        self._fetcher: Fetcher | None = None

    async def close(self) -> None:
        """Let go of connections."""
        if self._fetcher is not None:
            await self._fetcher.__aexit__()

    async def look(self, subjects: Sequence[str]) -> Mapping[str, Answer]:
        """The status of monitors. Raises SourceError, also where two monitors have the name of a subject."""
        self._fetcher = fetcher = await opened(self._fetcher, self._url, self._settings)
        answer = await ask(fetcher, "GET", "/metrics", text=True)
        wanted, found = set(subjects), dict[str, Answer].fromkeys(subjects, UNSEEN)
        told: set[str] = set()
        for line in lines(answer.body, fetcher.url):
            name = line.labels.get("monitor_name", "")
            if line.name != "monitor_status" or name not in wanted:
                continue
            if name in told:
                raise SourceError("query", f"{fetcher.url} has two monitors {name!r}; rename one of them")
            told.add(name)
            state = self._states.get(line.value, "unknown")
            found[name] = Seen(state, reason=None if state == "up" else "value", detail=f"its status is {line.value:g}")
        return found
