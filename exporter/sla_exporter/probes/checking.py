"""What is wrong with the probes of a configuration, besides what the shape of its document says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from sla_exporter.probes.registry import reader_class
from sla_exporter.probes.writing import mistake_in_subject, mistakes_in_settings, refusal
from sla_exporter.sources.registry import UnknownPluginError
from slo_gen.spec.convert import Document
from slo_gen.spec.documents.probes import ProbeSource, ProbeSubject
from slo_gen.spec.model import Catalogue, Indicator
from slo_gen.spec.nearest import did_you_mean
from slo_gen.spec.problems import Problem
from slo_gen.spec.resolve.quantities import seconds

__all__ = ["location_of", "probe_problems"]

Step = str | int

STALE: Final = 900
"""Seconds after which the rules call a source stale that told nothing new."""


def location_of(probe: ProbeSource, subject: ProbeSubject) -> str:
    """From where a subject is seen."""
    return subject.location or probe.name


def probe_problems(document: Document, probes: Sequence[ProbeSource], sources: Iterable[str], catalogue: Catalogue) -> Iterator[Problem]:
    """All of them, and as warnings the indicators that nobody looks at."""
    names = set(sources)
    locations: defaultdict[str, set[str]] = defaultdict(set)
    for position, probe in enumerate(probes):
        at: tuple[Step, ...] = ("spec", "probes", position)
        if probe.name in names:
            yield document.problem((*at, "name"), f"another source or probe is called {probe.name} too", "rename one")
        names.add(probe.name)
        try:
            reader_class(probe)
        except UnknownPluginError as error:
            yield document.problem((*at, "plugin", "use"), str(error), "install it beside the exporter")
        if probe.timeout and seconds(probe.timeout) > seconds(probe.every):
            message = f"a request may take {probe.timeout}, and the next one is due after {probe.every}"
            yield document.problem((*at, "timeout"), message, f"write {probe.every} at most")
        if seconds(probe.every) > STALE:
            message = f"between two looks of {probe.name} is more than the quarter of an hour after which SLMSourceStale fires"
            yield document.problem((*at, "every"), message, "write 15m at most, or silence the alert for this source", severity="warning")
        if probe.checked_every and seconds(probe.checked_every) < seconds(probe.every):
            message = f"the system looks every {probe.checked_every}, and is asked every {probe.every} only"
            yield document.problem((*at, "checked_every"), message, "leave it out, or write a shorter `every`")
        for mistake in mistakes_in_settings(probe):
            yield document.problem((*at, *mistake.where), mistake.message, mistake.hint)
        for number, subject in enumerate(probe.subjects):
            where = (*at, "subjects", number)
            if (wrong := mistake_in_subject(probe, subject.subject)) is not None:
                yield document.problem((*where, "subject"), *wrong)
            elif (refused := refusal(probe, subject.subject)) is not None:
                yield document.problem((*where, "subject"), *refused, severity="warning")
            if location_of(probe, subject) in locations[subject.indicator]:
                message = f"{subject.indicator} is seen from {location_of(probe, subject)} by another subject already"
                yield document.problem(where, message, "give one of them another `location`")
            locations[subject.indicator].add(location_of(probe, subject))
            if (found := catalogue.indicators.get(subject.indicator)) is None:
                message, hint = f"there is no indicator {subject.indicator}", did_you_mean(subject.indicator, catalogue.indicators)
                yield document.problem((*where, "indicator"), message, hint)
            elif found.watch is None:
                message = f"the indicator {subject.indicator} is measured by Prometheus"
                yield document.problem((*where, "indicator"), message, "write `probe: {read_by: exporter}` in its document")
    for indicator in catalogue.indicators.values():
        yield from _unseen(indicator, len(locations[indicator.name]))


def _unseen(indicator: Indicator, locations: int) -> Iterator[Problem]:
    watch, where = indicator.watch, indicator.origin
    if watch is None:
        return
    if not locations:
        message, hint = f"no probe looks at {indicator.name}", "add it to the `subjects` of one, or its state is unknown"
        yield Problem("warning", where.file, where.line, where.column, message, hint)
    elif (watch.quorum or 1) > locations or watch.known > locations:
        message = f"{indicator.name} is seen from {locations} location{'s' * (locations > 1)}, which is less than its `quorum` or `known`"
        yield Problem("warning", where.file, where.line, where.column, message, "add locations, or ask for fewer")
