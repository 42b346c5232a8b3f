"""Icinga 2 by its API: the present state of hosts and services, which are called ``host`` and ``host!service``.

A service in WARNING is up, one in UNKNOWN is unknown. The plain state is read, soft or hard: how many failures make an
outage is for the document to say. During a downtime of Icinga it is excluded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from sla_exporter.probes.probe import UNSEEN, Seen
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
    downtime_depth: float
    last_check_result: _Checked | None


class _Object(msgspec.Struct, frozen=True):
    name: str
    attrs: _Attributes


class _Answer(msgspec.Struct, frozen=True):
    results: list[_Object]


class IcingaReader:
    """One request for all services that are asked for, and one for all hosts."""

    def __init__(self, fetcher: Fetcher) -> None:
        self._fetcher = fetcher

    async def look(self, subjects: Sequence[str]) -> Mapping[str, Seen]:
        """The state of objects, as of their last check. Raises SourceError."""
        found = dict.fromkeys(subjects, UNSEEN)
        services = [each for each in subjects if "!" in each]
        hosts = [each for each in subjects if "!" not in each]
        if services:
            found |= await self._states("services", services, _OF_SERVICE)
        if hosts:
            found |= await self._states("hosts", hosts, _OF_HOST)
        return found

    async def _states(self, kind: str, wanted: Sequence[str], states: Mapping[float, State]) -> dict[str, Seen]:
        form: dict[str, str | list[str]] = {"attrs": ["state", "downtime_depth", "last_check_result"]}
        answer = await ask(self._fetcher, "GET", f"/v1/objects/{kind}", form)
        known = {each.name: each.attrs for each in decoded(answer, _Answer, f"Icinga's list of {kind}").results}
        return {name: _seen(known[name], states) for name in wanted if name in known}


def _seen(attributes: _Attributes, states: Mapping[float, State]) -> Seen:
    checked = attributes.last_check_result
    if checked is None:
        return UNSEEN
    state = "excluded" if attributes.downtime_depth > 0 else states.get(attributes.state, "unknown")
    return Seen(state, at=round(checked.execution_end * 1000))
