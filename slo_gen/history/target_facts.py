"""The facts that a target is judged by: what the server has recorded, or what its period was closed with where that is more.

A server forgets. A period that is closed again, or revised a year later, is judged by the facts that stand beside its closing
as soon as the server has less of them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from slo_gen.contract.facts import Slots
from slo_gen.history.closing_file import ClosedTarget, Closing, ReadSource
from slo_gen.history.facts import Reading
from slo_gen.spec.model import AgreementTarget
from slo_gen.timekeeping.spans import Spans

__all__ = ["Kept", "TargetFacts", "kept_facts", "recorded_facts"]

Kept = Callable[[Closing, ClosedTarget], Slots]
"""Reads the facts that a target was closed with."""


@dataclass(frozen=True, slots=True)
class TargetFacts:
    """``completeness`` is the share of the period that there is a record of. ``held``: when conditions held, by their reasons."""

    slots: Slots
    completeness: Fraction
    queries: tuple[str, ...]
    sources: tuple[ReadSource, ...]
    held: Mapping[str, Spans] = field(default_factory=dict)
    are_kept: bool = False


def recorded_facts(found: Reading, slots: Slots, start: int, end: int, queries: tuple[str, ...], held: Mapping[str, Spans]) -> TargetFacts:
    """What the server has of ``[start, end)``; ``slots`` are the ones of the reading that are needed."""
    sources = tuple(ReadSource(labels=dict(each.labels), records=each.records, read=each.read) for each in found.sources)
    return TargetFacts(slots, Fraction(found.known.clip(start, end).seconds, end - start), queries, sources, held)


def kept_facts(recorded: TargetFacts, target: AgreementTarget, former: Closing | None, kept: Kept) -> TargetFacts:
    """The facts of the ``former`` closing where they are about the same and more complete than what is ``recorded``, else those."""
    before = _closed_before(target, former)
    if former is None or before is None or before.completeness <= recorded.completeness:
        return recorded
    held = {reason: spans for reason, spans in before.window.excluded if reason in recorded.held}
    return TargetFacts(kept(former, before), before.completeness, before.queries, before.sources, held, are_kept=True)


def _closed_before(target: AgreementTarget, former: Closing | None) -> ClosedTarget | None:
    known = () if former is None else former.current.judged.targets
    return next(
        (each for each in known if each.target == target.name and each.indicator == target.indicator and each.where == target.where), None
    )
