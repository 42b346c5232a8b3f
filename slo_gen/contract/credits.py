"""What is owed for a period in which targets were missed: exact, line by line, rounded half up once at the end.

In this order, and each step only where the terms have it: what each target earns (the largest tier that its figure is in,
a multiple of the fee for the time of its downtime, or its part of the pool); more for repeated misses; one outage counted
once; the caps of interruptions; the least that is due; the caps of the period and of the year; the smallest amount that is
paid; rounding.

Tiers speak for themselves: a figure earns what its tier says, whatever its objective is. Multiples and pools need a miss.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Final

from slo_gen.contract.caps import above_minimum, cap_amount, raised, under_annual_cap, under_cap
from slo_gen.contract.comparing import bad_or_good, figure_at, is_floor
from slo_gen.contract.fees import Fees
from slo_gen.contract.methods import promised
from slo_gen.contract.money import amount_text, rounded
from slo_gen.contract.outcome import Interruption, Outcome
from slo_gen.contract.owed import Credit, Cut, Given, Line
from slo_gen.contract.rounding import figure_words, number_words, part_words, seconds_text
from slo_gen.spec.model import AgreementTarget, OtherTarget, TicketTarget
from slo_gen.spec.terms import Bound, CreditTerms, EarnBack, Repeat, Tier

__all__ = [
    "FEE_WORDS", "Credit", "Cut", "Given", "Line", "Reading", "credit", "earned_back", "exposure", "is_on_its_scale", "own_currency",
    "reading",
]  # fmt: skip

FEE_WORDS: Final = {
    "monthly_fee": "the monthly fee", "period_fee": "the fee of the period", "annual_fee": "the annual fee",
    "affected_fee": "what was paid for the affected part", "fee_of_downtime": "the fee for the time of the downtime",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """What one target came to, as far as credits look at it. ``figure`` None: nothing can be said, and nothing is earned.

    ``missed``: the objective was missed and nothing excuses it. ``downtime``: the seconds that count. ``interruptions`` say
    which outages they are; without them a target may have been missed by the same outage as any other.
    """

    target: str
    objective: Bound
    figure: Fraction | None
    missed: bool
    downtime: Fraction = Fraction(0)
    interruptions: tuple[Interruption, ...] = ()
    weight: Fraction | None = None


_NOTHING_BEFORE: Final = Given({})


def reading(
    target: AgreementTarget | TicketTarget | OtherTarget, outcome: Outcome, *, worst: bool = False, excused: bool = False
) -> Reading:
    """What a target came to: at its best where something is unknown, which is what is owed for certain, or at its ``worst``."""
    objective = promised(target)
    figure = figure_at(objective, outcome, worst=worst)
    # What few tickets may miss is kept though its share is below the objective; it is no miss, and earns nothing.
    excused = excused or (outcome.verdict == "met" and figure is not None and not objective.holds(figure))
    return Reading(
        target=target.name,
        objective=objective,
        figure=None if excused else figure,
        missed=figure is not None and not excused and not objective.holds(figure),
        downtime=outcome.counted if outcome.unit == "seconds" else Fraction(0),
        interruptions=outcome.interruptions,
        weight=target.weight,
    )


def credit(terms: CreditTerms, readings: Sequence[Reading], fees: Fees, before: Given = _NOTHING_BEFORE) -> Credit:
    """What is owed for one period. Raises FeeError when an amount depends on a fee of which only a part is known."""
    earning = [each for each in readings if not terms.targets or each.target in terms.targets]
    parts = [part for each in earning for part in _earned(terms, each, fees, before.misses.get(each.target, ()))]
    lines = [line for part in parts for line in part.lines]
    kept = parts if terms.double_recovery or terms.at_risk is not None else _once_each(parts)
    if len(kept) < len(parts):
        lost = ", ".join(part.reading.target for part in parts if part not in kept)
        lines.append(Line(f"one outage is counted once: nothing more for {lost}"))
    amounts = [part.amount for part in kept if part.amount is not None]
    shares = [part.share for part in kept if part.share is not None]
    is_known = len(amounts) == sum(not part.days for part in kept)
    owed = Credit(
        amount=sum(amounts, Fraction(0)) if is_known else None,
        paid=None,
        currency=fees.currency or own_currency(terms),
        share=sum(shares, Fraction(0)) if shares or not parts else None,
        days=sum((part.days for part in kept), Fraction(0)),
        lines=tuple(lines),
        cut=tuple(cut for part in kept for cut in part.cut),
    )
    owed = raised(owed, terms, _most(kept))
    owed = above_minimum(under_annual_cap(under_cap(owed, terms, fees), terms, fees, before), terms)
    if not parts:
        owed = replace(owed, lines=(Line("no target earns a credit"),))
    if owed.amount is None:
        return owed
    paid = rounded(owed.amount, owed.currency)
    how = f"rounded half up: {amount_text(paid, owed.currency)}" if paid != owed.amount else amount_text(paid, owed.currency)
    return replace(owed, paid=paid, lines=(*owed.lines, Line(how, paid)))


# --- what one target earns -------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Part:
    """What one target earns by itself."""

    reading: Reading
    amount: Fraction | None
    share: Fraction | None
    days: Fraction
    lines: tuple[Line, ...]
    cut: tuple[Cut, ...] = ()
    most: Fraction | None = None                 # that the caps of its interruptions leave, where they have any


def _earned(terms: CreditTerms, read: Reading, fees: Fees, misses: Sequence[bool]) -> Iterable[_Part]:
    if terms.multiplier is not None:
        part = _multiple(terms, terms.multiplier, read, fees) if read.missed else None
    elif terms.at_risk is not None:
        part = _of_pool(terms, terms.at_risk, read, fees) if read.missed and read.weight is not None else None
    else:
        part = _by_tier(terms, read, fees)
    return () if part is None else (_repeated(part, terms.repeat, misses),)


def _by_tier(terms: CreditTerms, read: Reading, fees: Fees) -> _Part | None:
    """The largest of the tiers that the figure is in."""
    if read.figure is None:
        return None
    parts = [
        _of_tier(terms, tier, read, read.figure, fees)
        for tier in terms.tiers
        if is_on_its_scale(tier, read.objective) and tier.holds(read.figure)
    ]
    return max(parts, key=_size, default=None)


def is_on_its_scale(tier: Tier, objective: Bound) -> bool:
    """Whether a tier is in the unit of the objective, and on the side on which it is missed."""
    is_upper = tier.when.op in ("<", "<=")
    return tier.when.unit == objective.unit and (tier.until is not None or is_upper == is_floor(objective))


def _of_tier(terms: CreditTerms, tier: Tier, read: Reading, figure: Fraction, fees: Fees) -> _Part:
    times = _times(tier, figure)
    reached = f"{read.target}: {figure_words(figure, read.objective.unit, _marks(tier, figure))} is {_range(tier)}"
    often = f", {times} times" if times > 1 else ""
    if tier.days is not None:
        days = times * tier.days
        return _Part(read, None, None, days, (Line(f"{reached}: {number_words(tier.days)} days{often}, {number_words(days)} days in all"),))
    if tier.amount is not None:
        amount = times * tier.amount.amount
        words = f"{reached}: {amount_text(tier.amount.amount, tier.amount.currency)}{often}"
        return _Part(read, amount, None, Fraction(0), (Line(words, amount),))
    if tier.seconds is not None:
        paid = _paid_in_period(terms, fees)
        time_fee = None if paid is None else paid * times * tier.seconds / fees.period.seconds
        return _Part(read, time_fee, None, Fraction(0), (Line(f"{reached}: the fee for {seconds_text(tier.seconds)}{often}", time_fee),))
    assert tier.credit is not None, "a tier gives a share, an amount, days or the fee for some time"
    return _share(terms, read, times * tier.credit, f"{reached}: {part_words(tier.credit)}{often}", fees)


def _times(tier: Tier, figure: Fraction) -> int:
    """How often a tier is given for a figure that is in it."""
    if tier.each is None:
        return 1
    beyond = abs(figure - tier.when.value)
    return max(1, -(-beyond // tier.each)) if tier.started else 1 + beyond // tier.each


def _paid_in_period(terms: CreditTerms, fees: Fees) -> Fraction | None:
    """What was paid in the period, of which times are a part; None where nobody said."""
    if terms.of == "affected_fee":
        return fees.affected.amount if fees.affected is not None else None
    return fees.of_period if fees.fee is not None else None


def _of_pool(terms: CreditTerms, at_risk: Fraction, read: Reading, fees: Fees) -> _Part:
    assert read.weight is not None, "looked at by the caller"
    words = f"{read.target} was missed: {part_words(read.weight)} of the {part_words(at_risk)} at risk"
    return _share(terms, read, at_risk * read.weight, words, fees)


def _share(terms: CreditTerms, read: Reading, share: Fraction, words: str, fees: Fees) -> _Part:
    """A share of what the terms take credits of."""
    base = _base(terms, read, fees)
    amount = None if base is None else share * base
    known = f" of {amount_text(base, fees.currency)}" if base is not None and fees.currency else ""
    return _Part(read, amount, share, Fraction(0), (Line(f"{words} of {FEE_WORDS[terms.of]}{known}", amount),))


def _base(terms: CreditTerms, read: Reading, fees: Fees) -> Fraction | None:
    """What percentages are taken of; None where no fee is known."""
    if terms.of == "affected_fee":
        return fees.affected.amount if fees.affected is not None else None
    if fees.fee is None:
        return None
    match terms.of:
        case "monthly_fee":
            return fees.monthly
        case "annual_fee":
            return fees.annual
        case "fee_of_downtime":
            return fees.of_period * read.downtime / fees.period.seconds
    return fees.of_period


def _multiple(terms: CreditTerms, multiplier: Fraction, read: Reading, fees: Fees) -> _Part:
    """So many times the fee for the time of the downtime, each interruption under its own cap where there is one."""
    fee = _paid_in_period(terms, fees)
    often = "" if multiplier == 1 else f"{number_words(multiplier)} times "
    downtime = _beyond(read) if terms.excess_only else read.downtime
    what = "downtime beyond what may be" if terms.excess_only else "downtime"
    words = f"{read.target} was missed: {often}the fee for {seconds_text(downtime)} of {what}"
    if fee is None:
        return _Part(read, None, None, Fraction(0), (Line(words),))
    a_second = multiplier * fee / fees.period.seconds
    whole = a_second * downtime
    if terms.cap is None or terms.cap.of != "interruption":
        return _Part(read, whole, None, Fraction(0), (Line(words, whole),))
    amounts = [(a_second * each.counted, cap_amount(terms, terms.cap, fees, each.start)) for each in read.interruptions]
    capped = sum((min(amount, most) for amount, most in amounts), Fraction(0))
    lines = [Line(words, whole)]
    if capped < whole:
        lines.append(Line("each interruption under its cap", capped))
    most = sum((each for _, each in amounts), Fraction(0))
    return _Part(read, capped, None, Fraction(0), tuple(lines), ("interruption_cap",) if capped < whole else (), most)


def _beyond(read: Reading) -> Fraction:
    """Of the downtime of a target that was missed, what is beyond its objective."""
    assert read.figure is not None, "a target without a figure is not missed"
    bad, allowed = (bad_or_good(read.objective, each) for each in (read.figure, read.objective.value))
    return read.downtime * (bad - allowed) / bad


def _repeated(part: _Part, repeats: Sequence[Repeat], misses: Sequence[bool]) -> _Part:
    """More for a target that was missed before."""
    held = [
        each for each in repeats
        if 1 + sum(misses[max(0, len(misses) - each.within + 1) :]) >= each.misses
    ]  # fmt: skip
    most = max(held, key=lambda each: each.times, default=None)
    if most is None or not part.reading.missed or most.times == 1:
        return part
    amount = None if part.amount is None else part.amount * most.times
    share = None if part.share is None else part.share * most.times
    under = None if part.most is None else part.most * most.times
    words = f"{part.reading.target} was missed {most.misses} times within {most.within} periods: {number_words(most.times)} times as much"
    return replace(part, amount=amount, share=share, days=part.days * most.times, lines=(*part.lines, Line(words, amount)), most=under)


# --- all targets together --------------------------------------------------------------------------------------
def _once_each(parts: Sequence[_Part]) -> list[_Part]:
    """Of the targets that the same outages hit, the one that earns most."""
    groups: list[list[_Part]] = []
    for part in parts:
        touched = [group for group in groups if any(_may_be_the_same(part.reading, other.reading) for other in group)]
        groups = [group for group in groups if group not in touched] + [[part, *(each for group in touched for each in group)]]
    kept = [max(group, key=_size) for group in groups]
    return [part for part in parts if part in kept]


def _may_be_the_same(one: Reading, other: Reading) -> bool:
    if not one.interruptions or not other.interruptions:
        return True
    return any(mine.start < theirs.end and theirs.start < mine.end for mine in one.interruptions for theirs in other.interruptions)


def _most(parts: Sequence[_Part]) -> Fraction | None:
    """What the caps of interruptions leave of all parts; None where there are no such caps."""
    bounds = [part.most for part in parts if part.most is not None]
    return sum(bounds, Fraction(0)) if bounds else None


def _size(part: _Part) -> tuple[Fraction, Fraction, Fraction]:
    return part.amount or Fraction(0), part.share or Fraction(0), part.days


def own_currency(terms: CreditTerms) -> str:
    """The currency of the terms' own amounts, where no fee names one."""
    amounts = [terms.minimum, terms.no_less_than, *(tier.amount for tier in terms.tiers)]
    return next((amount.currency for amount in amounts if amount is not None), "")


# --- afterwards ------------------------------------------------------------------------------------------------
def earned_back(terms: EarnBack, objective: Bound, given: Fraction, figures: Sequence[Fraction | None]) -> Fraction | None:
    """What of a credit is won back by the figures of the periods after it; None while they are not all there.

    ``objective`` is the target's own, for terms that name no other. A period that was not measured wins nothing.
    """
    if len(figures) < terms.periods:
        return None
    needed = terms.objective or objective
    held = all(figure is not None and needed.holds(figure) for figure in figures[: terms.periods])
    return given * terms.share if held else Fraction(0)


def exposure(owed: Fraction, recoverable: Fraction) -> Fraction:
    """What remains with us of a credit to a customer after what suppliers owe for the same outage."""
    return max(owed - recoverable, Fraction(0))


# --- words -----------------------------------------------------------------------------------------------------
def _marks(tier: Tier, figure: Fraction) -> list[Fraction]:
    """What a figure may not be rounded to the other side of, when its tier is told: its ends, or the steps around the figure."""
    if tier.each is None:
        return [tier.when.value] if tier.until is None else [tier.when.value, tier.until.value]
    step = tier.when.value + (figure - tier.when.value) // tier.each * tier.each
    return [step, step + tier.each]


def _range(tier: Tier) -> str:
    return tier.when.as_end if tier.until is None else f"{tier.when.as_end} and {tier.until.as_end}"
