"""A scale of credits gives something for every miss, nothing for a figure that meets the objective, and more the worse it gets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.checks.credited import TIERS, Region, Scale, begin, bound_path, given, is_towards_worse, overlaps, scales, worth
from slo_gen.spec.model import Agreement
from slo_gen.spec.source import Path

__all__ = ["CHECK"]


@dataclass(frozen=True, slots=True)
class _Found:
    """What is wrong with a scale for one target. ``fits``: it can still be meant for this target."""

    path: Path
    message: str
    hint: str
    fits: bool = True


def find(subject: Subject) -> Iterator[Finding]:
    for agreement in subject.catalogue.agreements.values():
        for each in _of_agreement(agreement):
            yield Finding(CHECK.id, "warning", agreement, each.path, each.message, each.hint)


def _of_agreement(agreement: Agreement) -> Iterator[_Found]:
    found = {scale.target: list(_of_scale(scale)) for scale in scales(agreement)}
    misfits = [target for target, problems in found.items() if not all(problem.fits for problem in problems)]
    if agreement.credits is not None and not agreement.credits.targets and misfits and len(misfits) < len(found):
        fitting = [target for target in found if target not in misfits]
        yield _Found(
            TIERS,
            f"the credits name no targets, so this scale also holds for {_listed(misfits)}, whose objective it does not fit",
            f"write `targets: [{', '.join(fitting)}]` beside the tiers",
        )
        found = {target: found[target] for target in fitting}
    for problems in found.values():
        yield from problems


def _of_scale(scale: Scale) -> Iterator[_Found]:
    if any(tier.until is None and not is_towards_worse(tier.when.op, scale.floor) for tier in scale.tiers):
        return                                   # refused already: nobody can mean a tier that is reached by doing better
    yield from _holes(scale)
    yield from _in_two(scale)
    yield from _credited_although_met(scale)
    yield from _never_reached(scale)
    yield from _without_effect(scale)


def _holes(scale: Scale) -> Iterator[_Found]:
    """Figures that miss the objective and are in no tier."""
    word = "below" if scale.floor else "above"
    for number, stretch in enumerate(_stretches(scale, "hole")):
        at_objective = number == 0 and scale.objective.value in (stretch[0].low, stretch[0].high)
        if at_objective and _is_first_step(scale, stretch):
            continue
        if at_objective:
            first = word if scale.objective.op in (">=", "<=") else "at_most" if scale.floor else "at_least"
            hint = f"begin the first tier at the objective: `{first}: {scale.objective_text}`"
        else:
            hint = f"one bound for each tier (`{word}`) is enough: of all that are reached the largest credit holds"
        misfit = at_objective and not all(region.is_point for region in stretch)
        yield _Found(TIERS, f"{_described(scale, stretch)} misses {scale.target} and is in no tier", hint, fits=not misfit)


def _is_first_step(scale: Scale, stretch: Sequence[Region]) -> bool:
    """Whether the figures miss the objective by less than the first full step for which something is given."""
    ends = {end for region in stretch for end in (region.low, region.high)}
    return any(
        tier.each == abs(bound.value - scale.objective.value) and not tier.started and bound.value in ends and bound.op in ("<=", ">=")
        for tier in scale.tiers for bound in (begin(tier, scale.floor),)
    )  # fmt: skip


def _in_two(scale: Scale) -> Iterator[_Found]:
    """Figures in two tiers of which the better one says that it ends before them."""
    for each in overlaps(scale):
        better, worse = scale.tiers[each.better], scale.tiers[each.worse]
        yield _Found(
            bound_path(each.worse, worse, scale.floor),
            f"{_described(scale, each.stretch)} is in two tiers, of {given(better)} and of {given(worse)}; the larger credit holds",
            f"let each tier end where the next one begins, or write `{'below' if scale.floor else 'above'}` alone in each of them",
        )


def _credited_although_met(scale: Scale) -> Iterator[_Found]:
    """Figures that meet the objective and earn a credit. The very figure of the objective is for ``ambiguous-boundary``."""
    for stretch in _stretches(scale, "contradiction"):
        if any(region.low != scale.objective.value or not region.is_point for region in stretch):
            position = stretch[-1].reached[0]
            tier = scale.tiers[position]
            yield _Found(
                bound_path(position, tier, scale.floor),
                f"{_described(scale, stretch)} meets {scale.target}, and earns {given(tier)} all the same",
                f"write `{'below' if scale.floor else 'above'}: {scale.objective_text}`, or another objective of the target",
                fits=False,
            )


def _never_reached(scale: Scale) -> Iterator[_Found]:
    reached = {position for region in scale.regions() for position in region.reached}
    for position, tier in enumerate(scale.tiers):
        if position not in reached:
            yield _Found(bound_path(position, tier, scale.floor), "no figure can be in this tier", "change its bounds, or take it out")


def _without_effect(scale: Scale) -> Iterator[_Found]:
    """Tiers that give less than what a better figure has earned, or never more than another one that the same figures reach."""
    if any(tier.each is not None for tier in scale.tiers) or len({worth(tier)[0] for tier in scale.tiers}) > 1:
        return                                   # what they give grows within a tier, or cannot be compared
    decides: set[int] = set()
    told: set[int] = set()
    best: int | None = None
    for region in scale.regions():
        if not region.reached:
            continue
        here = max(region.reached, key=lambda position: (worth(scale.tiers[position]), -position))
        decides.add(here)
        if best is not None and worth(scale.tiers[here]) < worth(scale.tiers[best]):
            if here not in told:
                told.add(here)
                yield _Found(
                    bound_path(here, scale.tiers[here], scale.floor),
                    f"this tier gives {given(scale.tiers[here])}, less than the {given(scale.tiers[best])} of better figures",
                    "let credits grow as the figure gets worse",
                )
        else:
            best = here
    for position, tier in enumerate(scale.tiers):
        covering = [region for region in scale.regions() if position in region.reached]
        if covering and position not in decides:
            other = max(covering[0].reached, key=lambda each: (worth(scale.tiers[each]), -each))
            yield _Found(
                bound_path(position, tier, scale.floor),
                f"this tier has no effect: its {given(tier)} are no more than the {given(scale.tiers[other])} of the tier at "
                f"{begin(scale.tiers[other], scale.floor).text}, which the same figures reach",
                "change its bound or its credit, or take it out",
            )


# --- figures in words ------------------------------------------------------------------------------------------
def _stretches(scale: Scale, kind: Literal["hole", "contradiction"]) -> list[list[Region]]:
    """Neighbouring regions in which a miss earns nothing, or a figure that meets the objective earns something."""
    found: list[list[Region]] = [[]]
    for region in scale.regions():
        if not region.met and not region.reached if kind == "hole" else region.met and region.reached:
            found[-1].append(region)
        elif found[-1]:
            found.append([])
    return [stretch for stretch in found if stretch]


def _described(scale: Scale, stretch: Sequence[Region]) -> str:
    """``a figure between 99.5% and 99.9%``, ``exactly 99%``."""
    low = min(region.low for region in stretch)
    ends = [region.high for region in stretch]
    high = None if None in ends else max(end for end in ends if end is not None)
    if low == high:
        return f"exactly {scale.words(low)}"
    if high is None or (scale.objective.unit == "%" and high == 1 and not scale.floor):
        return f"a figure above {scale.words(low)}"
    if low == 0 and scale.floor:
        return f"a figure below {scale.words(high)}"
    return f"a figure between {scale.words(low)} and {scale.words(high)}"


def _listed(names: Sequence[str], most: int = 3) -> str:
    shown = names if len(names) <= most + 1 else [*names[:most], f"{len(names) - most} others"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


CHECK = Check(
    id="credit-scale",
    title="Every miss is in one tier, and no other figure",
    reason="Scales of real contracts have holes: a figure that misses the target and earns nothing, one that meets it and is credited, "
           "a tier that another one covers. Each is a dispute in the month in which it is hit.",
    fix="Begin the first tier at the objective, use the same words in all tiers, and let credits grow as the figure gets worse.",
    find=find,
)
