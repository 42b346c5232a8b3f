"""Prometheus: ``probe_success``, or whatever PromQL is 0 while something is down, with all that it has stored.

Samples of a selector are read as they were written, an expression is evaluated at instants that lie as far apart as it is asked. So
time in which this exporter did not run is filled in. Where nothing is found it is unknown, and so it is from the moment at which
Prometheus cannot scrape the target any more: ``up == 0`` says something of the prober, never of what it probes.
"""

from __future__ import annotations

import math
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import ClassVar, Final, TypeVar

from sla_exporter.probes.probe import UNSEEN, Answer, ProbeSettings, Seen, one_by_one
from sla_exporter.probes.promql_subject import PromqlSubject
from sla_exporter.probes.states import Sample, State
from sla_exporter.sources.source import Reason, SourceError
from slo_gen.fetch import AddressError, RequestError, TooLargeError, TooSlowError
from slo_gen.prometheus import AccessError, NotPrometheusError, Prometheus, QueryError, RedirectError, Series, UnavailableError
from slo_gen.promql_text import quote
from slo_gen.spec.resolve.quantities import seconds

__all__ = ["PrometheusReader"]

T = TypeVar("T")

_REASONS: Sequence[tuple[type[RequestError], Reason]] = (
    (TooSlowError, "timeout"), (TooLargeError, "too_large"), (AccessError, "auth"), (AddressError, "auth"), (UnavailableError, "server"),
    (NotPrometheusError, "not_json"), (RedirectError, "not_json"), (QueryError, "query"),
)  # fmt: skip
_SPAN: Final = 86_400_000
"""Milliseconds of stored samples that are asked for by one question, so that no gap is too long for an answer."""

_STEPS: Final = 10_000
"""At how many instants an expression is evaluated by one question; Prometheus takes 11,000 at most."""


class PrometheusReader:
    """Subjects are selectors or expressions that give one series: 0 is down, anything else up, and NaN unknown."""

    experimental: ClassVar[bool] = False

    def __init__(self, settings: ProbeSettings) -> None:
        document = settings.document.prometheus
        assert document, "the registry knows which kind it is"
        self._settings = settings
        self._url = document.url
        self._step = max(1, int(seconds(settings.document.every) * 1000))
        self._prometheus: Prometheus | None = None

    async def look(self, subjects: Sequence[str]) -> Mapping[str, Answer]:
        """The present state of each subject, where one still holds; a subject that is not answered fails alone."""
        return await one_by_one(subjects, self._last, self._settings.at_once)

    async def close(self) -> None:
        """Let go of connections."""
        if self._prometheus is not None:
            await self._prometheus.__aexit__()

    async def history(self, subject: str, start: int, end: int) -> tuple[Sample, ...]:
        """All that is known of a subject in ``(start, end]``, in order; milliseconds since 1970.

        Raises SourceError, also where it is more than one series at a time.
        """
        asked = _read(subject)
        prometheus = await self._opened()
        found: list[Sample] = []
        if asked.stored:
            for begin in range(start, end, _SPAN):
                found += await _stored(prometheus, asked, begin, min(begin + _SPAN, end))
            return tuple(found)
        first = (start // self._step + 1) * self._step
        while first <= end:
            last = min(first + (_STEPS - 1) * self._step, end - (end - first) % self._step)
            found += await _evaluated(prometheus, asked, first, last, self._step)
            first = last + self._step
        return tuple(found)

    async def _last(self, subject: str) -> Seen:
        asked = _read(subject)
        now = self._settings.now()
        if asked.stored:
            samples = await self.history(subject, now - self._settings.holds, now)
            return _seen(samples[-1].state, samples[-1].at) if samples else UNSEEN
        prometheus = await self._opened()
        found = await _answered(prometheus.query(subject, now / 1000))
        if len(found) > 1:
            raise _several(subject, len(found))
        return _seen(_state(asked, found[0].value), now) if found else UNSEEN

    async def _opened(self) -> Prometheus:
        if self._prometheus is None:
            settings = self._settings
            authorities = settings.document.authorities_file or ""
            self._prometheus = await Prometheus(self._url, settings.credentials, settings.limits, authorities).__aenter__()
        return self._prometheus


async def _stored(prometheus: Prometheus, asked: PromqlSubject, start: int, end: int) -> tuple[Sample, ...]:
    """The samples as they were written, and where the scrapes that bring them failed."""
    begin, until = start // 1000, -(-end // 1000)
    text = asked.text + "\n" * ("#" in asked.text)          # a remark ends with its line
    series = await _answered(prometheus.samples(text, begin, until))
    if _overlap(series):
        raise _several(asked.text, len(series))
    told = [Sample(round(at * 1000), _state(asked, value)) for each in series for at, value in each.points]
    for scrapes in () if asked.of_scrapes else sorted(set(_scrapes(series))):
        targets = [each for each in await _answered(prometheus.samples(scrapes, begin, until)) if _brings(each, series)]
        told += [Sample(round(at * 1000), "unknown") for each in targets for at, value in each.points if value == 0]
    return tuple(sorted((each for each in told if start < each.at <= end), key=lambda each: each.at))


def _scrapes(series: Sequence[Series]) -> Iterator[str]:
    """The selectors of ``up`` of the targets that series come from."""
    for each in series:
        job, instance = each.labels.get("job"), each.labels.get("instance")
        if job and instance:
            yield f"up{{job={quote(job)},instance={quote(instance)}}}"


def _brings(target: Series, series: Sequence[Series]) -> bool:
    """Whether one of the series comes from a target: it has all of its labels. Several targets may have the same job and instance."""
    labels = {name: value for name, value in target.labels.items() if name != "__name__"}.items()
    return any(labels <= each.labels.items() for each in series)


async def _evaluated(prometheus: Prometheus, asked: PromqlSubject, first: int, last: int, step: int) -> list[Sample]:
    """The value at each instant from the first to the last one. At those that have none it is unknown."""
    series = await _answered(prometheus.query_range(asked.text, first / 1000, last / 1000, step / 1000))
    values: dict[int, float] = {}
    for each in series:
        for at, value in each.points:
            if round(at * 1000) in values:
                raise _several(asked.text, len(series))
            values[round(at * 1000)] = value
    return [Sample(at, _state(asked, values[at]) if at in values else "unknown") for at in range(first, last + 1, step)]


async def _answered(question: Awaitable[T]) -> T:
    try:
        return await question
    except RequestError as error:
        reason: Reason = next((each for kind, each in _REASONS if isinstance(error, kind)), "unreachable")
        raise SourceError(reason, str(error)) from None


def _read(subject: str) -> PromqlSubject:
    try:
        return PromqlSubject.of(subject)
    except ValueError as error:
        raise SourceError("query", f"{subject} cannot be asked: {error}") from None


def _several(subject: str, number: int) -> SourceError:
    return SourceError("query", f"{subject} is {number} series at a time; name labels until it is one, or aggregate them")


def _overlap(series: Sequence[Series]) -> bool:
    """Whether two series were there at one time; one after the other is a target that got other labels."""
    ordered = sorted(series, key=lambda each: each.points[0])
    return any(after.points[0][0] <= before.points[-1][0] for before, after in pairwise(ordered))


def _seen(state: State, at: int) -> Seen:
    return Seen(state, at=at, reason=None if state == "up" else "value" if state == "down" else "missing")


def _state(asked: PromqlSubject, value: float) -> State:
    if math.isnan(value):
        return "unknown"
    if value == 0:
        return "unknown" if asked.of_scrapes else "down"
    return "up"
