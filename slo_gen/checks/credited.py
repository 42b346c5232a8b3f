"""Which scale of credits holds for which target, and what each figure earns by it; the ground of the checks on credits."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import permutations
from typing import Final

from slo_gen.contract.rounding import part_words, seconds_text
from slo_gen.rules.promql import number
from slo_gen.spec.model import Agreement
from slo_gen.spec.source import Path
from slo_gen.spec.terms import Bound, Tier

__all__ = ["TIERS", "Overlap", "Region", "Scale", "begin", "bound_path", "given", "is_towards_worse", "overlaps", "scales", "worth"]

TIERS: Final = ("spec", "credits", "tiers")
_ONE: Final = Fraction(1)
_KEYS: Final = {"<": "below", "<=": "at_most", ">": "above", ">=": "at_least"}


@dataclass(frozen=True, slots=True)
class Region:
    """Figures that the scale does not tell apart: one of them, or all between two. ``reached`` are the positions of their tiers."""

    low: Fraction
    high: Fraction | None                 # None: without end
    met: bool
    reached: tuple[int, ...]

    @property
    def is_point(self) -> bool:
        """Whether it is a single figure."""
        return self.low == self.high


@dataclass(frozen=True, slots=True)
class Scale:
    """The tiers of an agreement beside the objective of one target for which they hold."""

    target: str
    objective: Bound
    objective_text: str                   # the figure alone, as it was written
    tiers: tuple[Tier, ...]

    @property
    def floor(self) -> bool:
        """Whether figures below the objective miss it."""
        return self.objective.op in (">", ">=")

    def regions(self) -> tuple[Region, ...]:
        """All figures that are possible, from the best to the worst."""
        return _regions(self.objective, self.tiers)

    def words(self, figure: Fraction) -> str:
        """A figure as it was written for the objective or a bound."""
        if figure == self.objective.value:
            return self.objective_text
        for tier in self.tiers:
            for bound in (tier.when, tier.until):
                if bound is not None and bound.value == figure:
                    return bound.text.rpartition(" ")[2]
        return f"{number(figure * 100)}%" if self.objective.unit == "%" else number(figure)


@lru_cache(maxsize=1024)
def _regions(objective: Bound, tiers: tuple[Tier, ...]) -> tuple[Region, ...]:
    """Cached: many agreements extend one template."""
    last = _ONE if objective.unit == "%" else None
    bounds = {objective, *(bound for tier in tiers for bound in (tier.when, tier.until) if bound is not None)}
    edges = sorted({Fraction(0), *(bound.value for bound in bounds if last is None or bound.value <= last), *filter(None, (last,))})

    def region(low: Fraction, high: Fraction | None, figure: Fraction) -> Region:
        reached = tuple(position for position, tier in enumerate(tiers) if tier.holds(figure))
        return Region(low, high, objective.holds(figure), reached)

    found: list[Region] = []
    for low, high in zip(edges, [*edges[1:], None], strict=True):
        found.append(region(low, low, low))
        if high is not None:
            found.append(region(low, high, (low + high) / 2))
        elif last is None:
            found.append(region(low, None, low + 1))
    return tuple(reversed(found) if objective.op in (">", ">=") else found)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Neighbouring figures that are in two tiers, though the better one says where it ends. Positions of the tiers."""

    stretch: tuple[Region, ...]
    better: int
    worse: int


def overlaps(scale: Scale) -> Iterator[Overlap]:
    """Where ranges of a scale overlap. A tier that says only where it begins holds for all that is worse, and overlaps none."""
    regions = scale.regions()
    first: dict[int, int] = {}
    for place, region in enumerate(regions):
        for position in region.reached:
            first.setdefault(position, place)
    for better, worse in permutations(sorted(first, key=lambda position: first[position]), 2):
        if scale.tiers[better].until is not None and first[better] < first[worse]:
            stretch = tuple(region for region in regions if {better, worse} <= set(region.reached))
            if stretch:
                yield Overlap(stretch, better, worse)


def scales(agreement: Agreement) -> Iterator[Scale]:
    """The scale of each target that earns credits by tiers in the unit of its objective."""
    credits = agreement.credits
    if credits is None or not credits.tiers:
        return
    for name, objective, text in _objectives(agreement):
        if (not credits.targets or name in credits.targets) and all(tier.when.unit == objective.unit for tier in credits.tiers):
            yield Scale(name, objective, text, credits.tiers)


def _objectives(agreement: Agreement) -> Iterator[tuple[str, Bound, str]]:
    for target in agreement.targets:
        yield target.name, target.bound, target.objective_text
    for ticket in agreement.ticket_targets:
        yield ticket.name, Bound(">=", ticket.share, "%", ticket.share_text), ticket.share_text
    for other in agreement.other_targets:
        if other.bound is not None:
            yield other.name, other.bound, other.bound.text.rpartition(" ")[2]


def is_towards_worse(op: str, floor: bool) -> bool:
    """Whether a bound is crossed by doing worse."""
    return op in (("<", "<=") if floor else (">", ">="))


def begin(tier: Tier, floor: bool) -> Bound:
    """The bound at which a tier is entered by doing worse; of a tier with two, the other one is where it ends."""
    return tier.until if tier.until is not None and is_towards_worse(tier.until.op, floor) else tier.when


def bound_path(position: int, tier: Tier, floor: bool) -> Path:
    """Where the bound at which a tier begins stands in the document of its agreement."""
    return (*TIERS, position, _KEYS[begin(tier, floor).op])


def worth(tier: Tier) -> tuple[str, Fraction]:
    """What a tier gives at least: its kind, and how much of it. Only tiers of one kind can be compared."""
    if tier.credit is not None:
        return "share", tier.credit
    if tier.amount is not None:
        return tier.amount.currency, tier.amount.amount
    if tier.seconds is not None:
        return "time", Fraction(tier.seconds)
    return "days", tier.days or Fraction(0)


def given(tier: Tier) -> str:
    """What a tier gives, in words."""
    kind, amount = worth(tier)
    if kind == "share":
        return part_words(amount)
    if kind == "time":
        return f"the fee for {seconds_text(amount)}"
    return f"{number(amount)} {'day' if kind == 'days' and amount == 1 else kind}"
