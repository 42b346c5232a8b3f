"""Prometheus: ``probe_success`` or any other series that is 0 while something is down, with all that it has stored.

Subjects are selectors of one series each. Samples are read as they were written, so that time in which this exporter did
not run is filled in. A target that Prometheus cannot scrape, ``up == 0``, has no samples of its probes then, and is unknown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import ClassVar

from sla_exporter.probes.probe import UNSEEN, Answer, ProbeSettings, Seen, one_by_one
from sla_exporter.probes.states import Sample, State
from sla_exporter.sources.source import Reason, SourceError
from slo_gen.fetch import AddressError, RequestError, TooLargeError, TooSlowError
from slo_gen.prometheus import AccessError, NotPrometheusError, Prometheus, QueryError, RedirectError, Series, UnavailableError

__all__ = ["PrometheusReader"]

_REASONS: Sequence[tuple[type[RequestError], Reason]] = (
    (TooSlowError, "timeout"), (TooLargeError, "too_large"), (AccessError, "auth"), (AddressError, "auth"), (UnavailableError, "server"),
    (NotPrometheusError, "not_json"), (RedirectError, "not_json"), (QueryError, "query"),
)  # fmt: skip


class PrometheusReader:
    """Reads stored samples. One is the present state for as long as a state holds."""

    experimental: ClassVar[bool] = False

    def __init__(self, settings: ProbeSettings) -> None:
        document = settings.document.prometheus
        assert document, "the registry knows which kind it is"
        self._settings = settings
        self._url = document.url
        self._prometheus: Prometheus | None = None

    async def look(self, subjects: Sequence[str]) -> Mapping[str, Answer]:
        """The last sample of each subject that still holds; a subject that is not answered fails alone."""
        return await one_by_one(subjects, self._last, self._settings.at_once)

    async def _last(self, subject: str) -> Seen:
        now = self._settings.now()
        samples = await self.history(subject, now - self._settings.holds, now)
        return Seen(samples[-1].state, at=samples[-1].at) if samples else UNSEEN

    async def close(self) -> None:
        """Let go of connections."""
        if self._prometheus is not None:
            await self._prometheus.__aexit__()

    async def history(self, subject: str, start: int, end: int) -> tuple[Sample, ...]:
        """All samples of a subject in ``(start, end]``, in order; milliseconds since 1970.

        Raises SourceError, also where it is more than one series at a time.
        """
        if self._prometheus is None:
            settings = self._settings
            authorities = settings.document.authorities_file or ""
            self._prometheus = await Prometheus(self._url, settings.credentials, settings.limits, authorities).__aenter__()
        prometheus = self._prometheus
        try:
            series = await prometheus.samples(subject, start // 1000, -(-end // 1000))
        except RequestError as error:
            reason: Reason = next((each for kind, each in _REASONS if isinstance(error, kind)), "unreachable")
            raise SourceError(reason, str(error)) from None
        if _overlap(series):
            raise SourceError("query", f"{subject} is {len(series)} series at a time; name labels until it is one")
        points = sorted(point for each in series for point in each.points)
        told = (Sample(round(at * 1000), _state(value)) for at, value in points)
        return tuple(sample for sample in told if start < sample.at <= end)


def _overlap(series: Sequence[Series]) -> bool:
    """Whether two series were there at one time; one after the other is a target that got other labels."""
    ordered = sorted(series, key=lambda each: each.points[0])
    return any(after.points[0][0] <= before.points[-1][0] for before, after in pairwise(ordered))


def _state(value: float) -> State:
    return "unknown" if math.isnan(value) else "down" if value == 0 else "up"
