"""How a target on an indicator measures, and whether what it says goes together."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from slo_gen.spec.convert import Document
from slo_gen.spec.documents import Indicator
from slo_gen.spec.documents.targets import ExclusionWhen, MeasureMethod, Target
from slo_gen.spec.resolve.bounds import is_fixed
from slo_gen.spec.resolve.indicators import whole_seconds
from slo_gen.spec.resolve.quantities import percent
from slo_gen.spec.resolve.references import Steps
from slo_gen.spec.resolve.register import ALWAYS, Register
from slo_gen.spec.terms import Exclusion, MeasureTerms, Method, Misses

__all__ = ["TIMED", "exclusions", "fixed_seconds", "measure_terms", "misses", "target_hours"]

TIMED: Final[frozenset[Method]] = frozenset(
    {"downtime_minutes", "downtime_periods", "unavailable_intervals", "per_interruption", "weighted_downtime"}
)
"""Methods whose bad part is a time, so that an objective may be one too."""

_IS_SHARE_OF: Final = {"events": "events", "calendar": "time", "scheduled": "time", "deployed": "time"}


def measure_terms(register: Register, document: Document, target: Target, indicator: str, path: Steps) -> MeasureTerms:
    """The terms of a target's ``measure``, with a problem for each that has no meaning beside the others.

    What the figure is a share of is final only when the agreement's hours are known; see ``Promises.over``.
    """
    measure, at = target.measure, (*path, "measure")
    reduce = "count" if target.count else "max" if target.longest else measure.reduce or None
    method: Method = "downtime_minutes" if (target.count or target.longest) and measure.method == "event_ratio" else measure.method
    for key, message, hint in _contradictions(measure, method, reduce, document, at, _measures_state(register, indicator)):
        register.tell(document, (*at, key), message, hint, "measure")
    words, threshold = _down_when(measure)
    return MeasureTerms(
        method=method,
        interval=whole_seconds(register, document, (*at, "interval"), measure.interval),
        at_least=fixed_seconds(register, document, (*at, "at_least"), measure.at_least) if measure.at_least else None,
        longer_than=fixed_seconds(register, document, (*at, "longer_than"), measure.longer_than) if measure.longer_than else None,
        drop_partial=measure.partial == "drop",
        down_threshold=threshold,
        down_strict=words == "more than",
        minimum_events=measure.minimum_events,
        empty=measure.empty,
        unknown=measure.unknown,
        over=measure.over or ("events" if method == "event_ratio" else "calendar"),
        weight=measure.weight or "",
        reduce=reduce,
    )


def _down_when(measure: MeasureMethod) -> tuple[str, Fraction]:
    """``more than 5% errors``: its words and its ratio; by default any error."""
    words, _, share = (measure.down_when or "more than 0% errors").removesuffix(" errors").rpartition(" ")
    return words, percent(share)


def _measures_state(register: Register, name: str) -> bool:
    """Whether the indicator is up or down as a whole, so that no share of it can be hit."""
    indicator = register.get(Indicator, name)
    return indicator is not None and bool(indicator.spec.probe or indicator.spec.threshold)


def _contradictions(
    measure: MeasureMethod, method: Method, reduce: str | None, document: Document, at: Steps, is_state: bool
) -> Iterator[tuple[str, str, str]]:
    """Key, message and hint of what has no meaning beside the rest."""
    timed = method in TIMED
    if measure.at_least and measure.longer_than:
        yield "longer_than", "a run has two shortest lengths", "write `at_least`, or `longer_than` where that length itself does not count"
    for key, written in (("at_least", measure.at_least), ("longer_than", measure.longer_than), ("down_when", measure.down_when)):
        if written and not timed:
            yield key, f"{method} knows no intervals that are down", "leave it out, or measure `downtime_minutes` or `downtime_periods`"
    if measure.minimum_events and not timed:
        yield "minimum_events", f"{method} knows no intervals that are down", "leave it out, or measure `downtime_minutes`"
    if measure.partial == "drop" and method != "downtime_periods" and not (measure.at_least or measure.longer_than):
        yield "partial", "nothing says what a whole run is", "add `at_least`, the length of a whole one"
    if measure.weight and method != "weighted_downtime":
        yield "weight", f"{method} weighs nothing", "leave it out, or measure `weighted_downtime`"
    if method == "weighted_downtime" and not measure.weight and is_state:
        yield "method", "nothing says how many users a downtime hits", "add `weight`: the indicator itself is either up or down"
    if measure.over and (measure.over == "events") != (method == "event_ratio"):
        hint = "leave `over` out" if method == "event_ratio" else "write calendar, scheduled or deployed"
        yield "over", f"{method} is no share of {_IS_SHARE_OF[measure.over]}", hint
    if reduce in ("count", "max") and not timed:
        yield "reduce", f"{method} has no runs of down intervals", "measure `downtime_minutes` or `downtime_periods`"
    if measure.over == "deployed" and reduce in ("count", "max"):
        yield "over", "runs are no share of anything", "leave `over` out"


def fixed_seconds(register: Register, document: Document, path: Steps, duration: str) -> int:
    """A span of fixed length in whole seconds; one that depends on a calendar becomes a problem."""
    if duration != "0" and not is_fixed(duration):
        register.tell(document, path, f"{duration} has no fixed length", "write it with s, m, h, d or w", "duration")
        return 0
    return whole_seconds(register, document, path, duration)


def target_hours(register: Register, document: Document, target: Target, path: Steps) -> str:
    """The calendar that a target itself names; "" when it leaves that to the agreement."""
    timed = target.longest.hours if target.longest and target.longest.hours != ALWAYS else ""
    named = [(key, hours) for key, hours in (
        (("hours",), target.hours or ""), (("measure", "hours"), target.measure.hours or ""), (("longest", "hours"), timed),
    ) if hours]  # fmt: skip
    for key, hours in named[1:]:
        if hours != named[0][1]:
            register.tell(document, (*path, *key), f"the target has other hours already: {named[0][1]}", "write its hours once", "hours")
    return named[0][1] if named else ""


def exclusions(register: Register, document: Document, target: Target, path: Steps) -> tuple[Exclusion, ...]:
    """What does not count."""
    found: list[Exclusion] = []
    for position, each in enumerate(target.exclude):
        at = (*path, "exclude", position)
        if isinstance(each, ExclusionWhen):
            most = fixed_seconds(register, document, (*at, "at_most"), each.at_most) if each.at_most else None
            found.append(Exclusion(each.reason, each.when, most))
        else:
            found.append(Exclusion(each))
    return tuple(found)


def misses(register: Register, document: Document, target: Target, path: Steps) -> Misses:
    """When a miss is a breach."""
    terms = target.misses
    if terms.allowed >= terms.of and document.written((*path, "misses")):
        message = f"{terms.allowed} of {terms.of} misses are allowed, so nothing is ever a breach"
        register.tell(document, (*path, "misses"), message, f"allow at most {terms.of - 1}, or look at more periods with `of`", "misses")
    return Misses(terms.allowed, terms.of, terms.contiguous)
