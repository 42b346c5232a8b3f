"""Indicators: what is measured, with the defaults of the Policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from typing import Literal

from msgspec import UNSET

from slo_gen import names
from slo_gen.spec import documents, model
from slo_gen.spec.convert import Document
from slo_gen.spec.documents.indicator import IndicatorSpec, Probe
from slo_gen.spec.problems import Problem
from slo_gen.spec.resolve.quantities import seconds
from slo_gen.spec.resolve.references import Steps
from slo_gen.spec.resolve.register import Register, origin

__all__ = ["LIMIT_WORDS", "MINUTE", "resolve_indicators", "whole_seconds"]

MINUTE = 60
_LONGEST = 10 * 366 * 86_400

LIMIT_WORDS: Mapping[str, Literal[">", ">=", "<", "<="]] = {
    "above": ">",
    "more than": ">",
    "at least": ">=",
    "below": "<",
    "less than": "<",
    "at most": "<=",
}
"""What the words of a bound mean."""


def resolve_indicators(register: Register, agreed: frozenset[str]) -> dict[str, model.Indicator]:
    """All indicators. Those in ``agreed``, which agreements use, are counted exactly unless they say otherwise."""
    return {document.name: _indicator(document, value, register, agreed) for document, value in register.each(documents.Indicator)}


def _indicator(document: Document, value: documents.Indicator, register: Register, agreed: frozenset[str]) -> model.Indicator:
    spec = value.spec
    settings = register.policy.spec.evaluation
    register.problems.extend(_probe_problems(document, spec))
    register.problems.extend(_label_problems(document, spec))
    measure, places = _measure(document, spec)
    return model.Indicator(
        name=document.name,
        title=value.metadata.title or document.name,
        service=spec.service,
        measure=measure,
        by=tuple(dict.fromkeys(spec.by)),
        counting=spec.counting or ("exact" if document.name in agreed else "light"),
        scrape_interval=whole_seconds(register, document, ("spec", "scrape_interval"), spec.scrape_interval or settings.scrape_interval),
        bridge=whole_seconds(register, document, ("spec", "bridge"), spec.bridge),
        target_labels=tuple(dict.fromkeys(spec.target_labels or settings.target_labels)),
        origin=origin(document, ("metadata", "name")),
        expected_silence=whole_seconds(register, document, ("spec", "expected_silence"), spec.expected_silence),
        places=places,
    )


def whole_seconds(register: Register, document: Document, path: Steps, duration: str, *, step: int = 1) -> int:
    """A duration in whole seconds, a multiple of ``step``; anything else becomes a problem and is rounded up."""
    exact = seconds(duration)
    steps = -(-exact // step)
    if steps * step != exact:
        unit = "minutes" if step == MINUTE else "seconds"
        message = f"{duration} is no whole number of {unit}"
        register.problems.append(document.problem(path, message, f"write whole {unit}", check="duration"))
    elif exact > _LONGEST:
        register.problems.append(document.problem(path, f"{duration} is longer than ten years", "shorten it", check="duration"))
    return min(steps * step, _LONGEST)


def _measure(document: Document, spec: IndicatorSpec) -> tuple[model.Measure, dict[str, model.Origin]]:
    if spec.events:
        places = _places(document, "events", ("total", "bad", "good"))
        return model.Events(spec.events.total, spec.events.bad or None, spec.events.good or None), places
    if spec.latency:
        scale = 1000 if spec.latency.unit == "milliseconds" else 1
        latency = model.Latency(spec.latency.histogram, seconds(spec.latency.threshold) * scale, spec.latency.native)
        return latency, _places(document, "latency", ("histogram", "threshold"))
    if spec.threshold:
        words, _, limit = spec.threshold.bad_when.rpartition(" ")
        return model.Threshold(spec.threshold.value, LIMIT_WORDS[words], Fraction(limit)), _places(
            document, "threshold", ("value", "bad_when")
        )
    if spec.probe:
        return _probe(document, spec.probe), _places(document, "probe", ("series", "quorum"))
    assert spec.ratio, "the structs take exactly one measure"
    return model.Ratio(spec.ratio.error), _places(document, "ratio", ("error",))


def _probe(document: Document, probe: Probe) -> model.Probe:
    """A probe of Prometheus, or one of the exporter, which makes one series of what its locations say."""
    quorum = None if probe.quorum == "majority" else probe.quorum
    if not probe.read_by:
        return model.Probe(probe.series or "", probe.location or "instance", quorum)
    watch = model.Watch(quorum, probe.known or 1, probe.failures or 1, bool(probe.back_dated))
    series = f'{names.PROBE_UP}{{{names.INDICATOR}="{document.name}"}}'      # a name needs no quoting
    return model.Probe(series, names.INDICATOR, watch=watch)


def _places(document: Document, measure: str, keys: Iterable[str]) -> dict[str, model.Origin]:
    return {key: origin(document, ("spec", measure, key)) for key in keys if document.written(("spec", measure, key))}


def _probe_problems(document: Document, spec: IndicatorSpec) -> Iterable[Problem]:
    probe = spec.probe
    if not probe:
        return
    if not probe.read_by:
        for key in ("known", "failures", "back_dated"):
            if getattr(probe, key) is not UNSET:
                message, hint = f"{key} is for a probe that the exporter reads", "leave it out, or write `read_by: exporter` for `series`"
                yield document.problem(("spec", "probe", key), message, hint, check="probe-location")
        return
    if probe.location:
        message = "a probe that the exporter reads has no label for its locations"
        hint = "leave it out; the `probes` of the exporter name the locations"
        yield document.problem(("spec", "probe", "location"), message, hint, check="probe-location")
    if probe.failures and probe.failures > 1 and probe.back_dated is UNSET:
        message = "it is not said since when it is down once failures are confirmed"
        hint = "write `back_dated: true` for the first of them, `back_dated: false` for the last"
        yield document.problem(("spec", "probe", "failures"), message, hint, check="back-dated")
    if spec.by:
        message = "what the exporter reads is one state, and has no labels to be split by"
        yield document.problem(("spec", "by"), message, "make an indicator of each part", check="probe-location")


def _label_problems(document: Document, spec: IndicatorSpec) -> Iterable[Problem]:
    for position, label in enumerate(spec.by):
        path = ("spec", "by", position)
        if label in names.RESERVED_LABELS:
            yield document.problem(
                path, f"{label} is a label that slo-gen sets itself", "split the indicator by another label", check="reserved-label"
            )
        elif label.startswith("__"):
            yield document.problem(
                path, f"{label} is a label that Prometheus drops", "split the indicator by another label", check="reserved-label"
            )
        elif label in spec.by[:position]:
            yield document.problem(path, f"{label} is there twice", "remove one", check="duplicate-label")
        elif spec.probe and label == (spec.probe.location or "instance"):
            yield document.problem(
                path,
                f"{label} tells the locations of the probe apart, so each result would have one location",
                "leave it out; a quorum is taken over all locations",
                check="probe-location",
            )
