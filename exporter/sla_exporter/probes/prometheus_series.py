"""Prometheus: ``probe_success`` or any other series that is 0 while something is down, with all that it has stored.

Subjects are selectors of one series each. Samples are read as they were written, so that time in which this exporter did
not run is filled in. A target that Prometheus cannot scrape, ``up == 0``, has no samples of its probes then, and is unknown.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise

from sla_exporter.probes.probe import UNSEEN, Seen
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
    """Reads stored samples. One is the present state for ``holds`` seconds; ``now`` is the clock in whole seconds."""

    def __init__(self, prometheus: Prometheus, holds: int, now: Callable[[], int]) -> None:
        self._prometheus = prometheus
        self._holds = holds
        self._now = now

    async def look(self, subjects: Sequence[str]) -> Mapping[str, Seen]:
        """The last sample of each subject that still holds. Raises SourceError."""
        now = self._now()
        found: dict[str, Seen] = {}
        for subject in subjects:
            samples = await self.history(subject, now - self._holds, now)
            found[subject] = Seen(samples[-1].state, at=samples[-1].at) if samples else UNSEEN
        return found

    async def history(self, subject: str, start: int, end: int) -> tuple[Sample, ...]:
        """All samples of a subject in ``(start, end]``, in order. Raises SourceError, also where it is more than one series at a time."""
        try:
            series = await self._prometheus.samples(subject, start, end)
        except RequestError as error:
            reason: Reason = next((each for kind, each in _REASONS if isinstance(error, kind)), "unreachable")
            raise SourceError(reason, str(error)) from None
        if _overlap(series):
            raise SourceError("query", f"{subject} is {len(series)} series at a time; name labels until it is one")
        points = sorted(point for each in series for point in each.points)
        return tuple(Sample(round(at * 1000), _state(value)) for at, value in points)


def _overlap(series: Sequence[Series]) -> bool:
    """Whether two series were there at one time; one after the other is a target that got other labels."""
    ordered = sorted(series, key=lambda each: each.points[0])
    return any(after.points[0][0] <= before.points[-1][0] for before, after in pairwise(ordered))


def _state(value: float) -> State:
    return "unknown" if math.isnan(value) else "down" if value == 0 else "up"
