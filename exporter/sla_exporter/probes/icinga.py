"""Icinga 2 by its API: the present state of hosts and services, which are called ``host`` and ``host!service``.

A service in WARNING is up, one in UNKNOWN is unknown. The plain state is read, soft or hard: how many failures make an
outage is for the document to say. During a downtime of Icinga it is excluded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar, Final

import msgspec

from sla_exporter.probes.probe import UNSEEN, Answer, ProbeSettings, Seen, opened
from sla_exporter.probes.states import State
from sla_exporter.sources.source import ask, decoded
from slo_gen.fetch import Fetcher

__all__ = ["IcingaReader"]

_OF_SERVICE: Final[Mapping[float, State]] = {0: "up", 1: "up", 2: "down", 3: "unknown"}
_OF_HOST: Final[Mapping[float, State]] = {0: "up", 1: "down"}


class _Checked(msgspec.Struct, frozen=True):
    execution_end: float


class _Attributes(msgspec.Struct, frozen=True):
    state: float
    last_state_change: float
    downtime_depth: float
    last_check_result: _Checked | None


class _Object(msgspec.Struct, frozen=True):
    name: str
    attrs: _Attributes


class _Answer(msgspec.Struct, frozen=True):
    results: list[_Object]


class IcingaReader:
    """One request for all services that are asked for, and one for all hosts."""

    experimental: ClassVar[bool] = True

    def __init__(self, settings: ProbeSettings) -> None:
        assert settings.document.icinga, "the registry knows which kind it is"
        self._settings = settings
        self._url = settings.document.icinga.url
        self._fetcher: Fetcher | None = None

    async def close(self) -> None:
        """Let go of connections."""
        if self._fetcher is not None:
            await self._fetcher.__aexit__()

    async def look(self, subjects: Sequence[str]) -> Mapping[str, Answer]:
        """The state of objects, as of their last check. Raises SourceError."""
        found = dict[str, Answer].fromkeys(subjects, UNSEEN)
        self._fetcher = fetcher = await opened(self._fetcher, self._url, self._settings)
        services = [each for each in subjects if "!" in each]
        hosts = [each for each in subjects if "!" not in each]
        if services:
            found |= await self._states(fetcher, "services", services, _OF_SERVICE)
        if hosts:
            found |= await self._states(fetcher, "hosts", hosts, _OF_HOST)
        return found

    async def _states(self, fetcher: Fetcher, kind: str, wanted: Sequence[str], states: Mapping[float, State]) -> dict[str, Seen]:
        form: dict[str, str | list[str]] = {"attrs": ["state", "last_state_change", "downtime_depth", "last_check_result"]}
        answer = await ask(fetcher, "GET", f"/v1/objects/{kind}", form)
        known = {each.name: each.attrs for each in decoded(answer, _Answer, f"Icinga's list of {kind}").results}
        return {name: _seen(known[name], states) for name in wanted if name in known}


def _seen(attributes: _Attributes, states: Mapping[float, State]) -> Seen:
    checked = attributes.last_check_result
    if checked is None:
        return UNSEEN
    state = "excluded" if attributes.downtime_depth > 0 else states.get(attributes.state, "unknown")
    at, changed = round(checked.execution_end * 1000), round(attributes.last_state_change * 1000)
    # A downtime of Icinga may have begun later than the state.
    return Seen(state, at=at, since=changed if state != "excluded" and 0 < changed <= at else None)
