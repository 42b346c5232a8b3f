"""The figure exactly at a bound of a scale of credits belongs to one side of it, and the reader must know to which."""

from __future__ import annotations

from collections.abc import Iterator

from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.checks.credited import TIERS, Scale, bound_path, given, overlaps, scales
from slo_gen.spec.model import Agreement
from slo_gen.spec.terms import Bound, Tier

__all__ = ["CHECK"]


def find(subject: Subject) -> Iterator[Finding]:
    for agreement in subject.catalogue.agreements.values():
        told: set[int] = set()
        for scale in scales(agreement):
            told |= {each.worse for each in overlaps(scale) if all(region.is_point for region in each.stretch)}
            position = _at_objective(scale)
            if position is not None:
                told.add(position)
                # A bare figure means at least, which the one who wrote it may not have known.
                objective = subject.written.text(agreement, ("spec", "targets", scale.target, "objective"))
                yield _met_and_credited(agreement, scale, position, bare=objective[:1].isdigit())
        yield from _mixed(agreement, told)


def _at_objective(scale: Scale) -> int | None:
    """The tier that holds the very figure of the objective, and no better one."""
    regions = scale.regions()
    for better, region in zip((None, *regions), regions, strict=False):
        if region.is_point and region.low == scale.objective.value and region.met and region.reached:
            return None if better is not None and better.reached else region.reached[0]
    return None


def _met_and_credited(agreement: Agreement, scale: Scale, position: int, *, bare: bool) -> Finding:
    tier = scale.tiers[position]
    meant = f" (a bare `{scale.objective_text}` means at least)" if bare else ""
    return Finding(
        CHECK.id, "warning", agreement, bound_path(position, tier, scale.floor),
        f"exactly {scale.objective_text} meets {scale.target}{meant}, and still earns {given(tier)} by this tier",
        f"write `{'below' if scale.floor else 'above'}: {scale.objective_text}`, unless the contract says so in these words",
    )


def _mixed(agreement: Agreement, told: set[int]) -> Iterator[Finding]:
    """Tiers that hold the figure at which they begin, beside tiers of the same scale that do not."""
    tiers = agreement.credits.tiers if agreement.credits is not None else ()
    for strict, inclusive, word in (("<", "<=", "below"), (">", ">=", "above")):
        begins = [(position, bound) for position, tier in enumerate(tiers) for bound in _bounds(tier) if bound.op in (strict, inclusive)]
        if len({position for position, _ in begins}) < len(tiers):
            continue                             # these are the far ends
        holding = [bound for position, bound in begins if bound.op == inclusive and position not in told]
        without = [bound for _, bound in begins if bound.op == strict and not _is_above_none(bound)]
        if holding and without:
            yield Finding(
                CHECK.id, "warning", agreement, TIERS,
                f"this scale mixes its bounds: exactly {holding[0].text} is in its tier, exactly {without[0].text} is not",
                f"write `{word}` in all tiers, unless the contract says so in these words",
            )


def _is_above_none(bound: Bound) -> bool:
    """Whether only no downtime at all is outside; a tier that held that would credit what is no miss."""
    return bound.op == ">" and bound.value == 0


def _bounds(tier: Tier) -> tuple[Bound, ...]:
    return (tier.when,) if tier.until is None else (tier.when, tier.until)


CHECK = Check(
    id="ambiguous-boundary",
    title="The figure at a bound is on one side of it",
    reason="A month of 30 days with 43.2 minutes down has exactly 99.9 %. Whether that is met, and in which tier it is, is decided by one "
           "word, and contracts differ in it even between the tiers of one scale.",
    fix="Use `below` (or `above`) in all tiers. Where the contract really says otherwise, keep its words; the figures are judged by them.",
    find=find,
)
