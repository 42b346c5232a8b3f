"""Credits as exact terms, and whether what a document says about them can ever be paid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from msgspec import UNSET

from slo_gen.spec import model
from slo_gen.spec.convert import Document
from slo_gen.spec.documents.credits import Credits
from slo_gen.spec.documents.credits import Repeat as WrittenRepeat
from slo_gen.spec.documents.credits import Tier as WrittenTier
from slo_gen.spec.resolve.bounds import bound, quantity
from slo_gen.spec.resolve.ends import UPPER, Figure, ends, key_of
from slo_gen.spec.resolve.ends import figures as of_targets
from slo_gen.spec.resolve.indicators import whole_seconds
from slo_gen.spec.resolve.quantities import exact, part, percent
from slo_gen.spec.resolve.references import Steps
from slo_gen.spec.resolve.register import Register
from slo_gen.spec.terms import Bound, Cap, CreditTerms, EarnBack, Money, Repeat, Tier

__all__ = ["check_credits", "credit_terms", "read_money", "takes_of_fee"]

_DAY: Final = 86_400


# --- what is written ------------------------------------------------------------------------------------------
def credit_terms(register: Register, document: Document, credits: Credits, path: Steps) -> CreditTerms:
    """The terms of a ``credits`` section, with a problem for each that contradicts another one in it."""
    ways = [
        key
        for key, written in (("tiers", credits.tiers), ("multiplier", credits.multiplier is not UNSET), ("at_risk", credits.at_risk))
        if written
    ]
    if len(ways) > 1:
        message = f"{ways[0]} and {ways[1]} both say how much is given back"
        register.tell(document, (*path, ways[1]), message, "keep one of tiers, multiplier and at_risk", "credits", key=True)
    elif not ways:
        message = "nothing says how much is given back"
        register.tell(document, path, message, "add `tiers`, a `multiplier` or `at_risk`", "credits", key=True)
    if credits.cap_per == "interruption" and credits.multiplier is UNSET:
        message = "tiers and pools know no single interruption"
        register.tell(document, (*path, "cap_per"), message, "leave it out, or give back by a `multiplier`", "credits")
    if credits.excess_only and (credits.multiplier is UNSET or credits.cap_per == "interruption"):
        single = "no single interruption is what goes beyond an objective"
        message = "tiers and pools know no downtime" if credits.multiplier is UNSET else single
        register.tell(document, (*path, "excess_only"), message, "leave it out", "credits")
    if credits.annual_cap_per != "year" and not credits.annual_cap:
        message = "there is no annual cap that could be one of twelve months"
        register.tell(document, (*path, "annual_cap_per"), message, "add `annual_cap`, or leave it out", "credits")
    if credits.minimum and credits.no_less_than:
        message = "small credits are not paid by `minimum`, and raised by `no_less_than`"
        register.tell(document, (*path, "no_less_than"), message, "keep one of minimum and no_less_than", "credits", key=True)
    minimum, strict = _minimum(credits)
    tiers = (_tier(register, document, tier, (*path, "tiers", position)) for position, tier in enumerate(credits.tiers))
    return CreditTerms(
        of=credits.of,
        targets=credits.targets,
        tiers=tuple(tier for tier in tiers if tier is not None),
        multiplier=exact(credits.multiplier) if credits.multiplier is not UNSET else None,
        excess_only=credits.excess_only,
        at_risk=percent(credits.at_risk) if credits.at_risk else None,
        cap=_cap(credits),
        annual_cap=part(credits.annual_cap) if credits.annual_cap else None,
        annual_cap_per=credits.annual_cap_per,
        no_less_than=read_money(credits.no_less_than) if credits.no_less_than else None,
        minimum=minimum,
        minimum_strict=strict,
        repeat=tuple(_repeat(register, document, each, (*path, "repeat", position)) for position, each in enumerate(credits.repeat)),
        earn_back=_earn_back(register, document, credits, path),
        double_recovery=credits.double_recovery,
        paid_as=credits.paid_as,
        on_claim=credits.on_claim,
    )


def _tier(register: Register, document: Document, tier: WrittenTier, path: Steps) -> Tier | None:
    bounds = ends(register, document, tier, path, "credits")
    if bounds is None:
        return None
    upper = [each for each in bounds if each.op in UPPER]
    lower = [each for each in bounds if each.op not in UPPER]
    if not bounds:
        register.tell(document, path, "the tier has no bound", "add `below: 99.9%` or the like", "credits")
    elif len(upper) > 1 or len(lower) > 1:
        register.tell(document, path, "the tier has two bounds on one side", "keep one of them", "credits")
    elif upper and lower and not _is_a_range(lower[0], upper[0]):
        register.tell(document, path, "no figure is within both bounds of the tier", "let the upper one be above the lower one", "credits")
    else:
        step = _step(register, document, tier, bounds, path)
        # A share gets worse downwards and a time upwards; where it is the other way round, the tier is as long all the same.
        when, *until = upper + lower if bounds[0].unit == "%" else lower + upper
        return Tier(
            when=when,
            credit=part(tier.credit) if tier.credit else None,
            amount=read_money(tier.amount) if tier.amount else None,
            days=exact(tier.days) if tier.days is not UNSET else None,
            until=until[0] if until else None,
            each=step,
            seconds=whole_seconds(register, document, (*path, "fee_for"), tier.fee_for) if tier.fee_for else None,
            started=tier.for_each_started is not UNSET,
        )
    return None


def _is_a_range(lower: Bound, upper: Bound) -> bool:
    if lower.unit != upper.unit:
        return False
    return lower.value < upper.value or (lower.value == upper.value and (lower.op, upper.op) == (">=", "<="))


def _step(register: Register, document: Document, tier: WrittenTier, bounds: Sequence[Bound], path: Steps) -> Fraction | None:
    keys = [key for key in ("for_each", "for_each_started") if getattr(tier, key) is not UNSET]
    if not keys:
        return None
    size = str(getattr(tier, keys[-1]))
    found = quantity(size)
    if len(keys) > 1:
        message, hint = "a step counts when it is full, or when it has begun", "keep one of for_each and for_each_started"
    elif len(bounds) > 1:
        message, hint = "steps go on without end, and the tier has two bounds", "keep the bound from which the steps count"
    elif found is None or found[1] != bounds[0].unit:
        message, hint = f"steps of {size} do not fit the bound {bounds[0].text}", "write both in the same unit"
    elif found[0] <= 0:
        message, hint = "a step of nothing is reached without end", "write the size of one step"
    else:
        return found[0]
    register.tell(document, (*path, keys[-1]), message, hint, "credits")
    return None


def _cap(credits: Credits) -> Cap | None:
    if credits.cap == "none":
        return None
    if credits.cap.endswith("%"):
        return Cap(share=percent(credits.cap), of=credits.cap_per)
    if credits.cap.endswith("mo"):
        return Cap(months=int(credits.cap.removesuffix("mo")), of=credits.cap_per)
    return Cap(seconds=int(credits.cap.removesuffix("d")) * _DAY, of=credits.cap_per)


def _minimum(credits: Credits) -> tuple[Money | None, bool]:
    """The least amount, and whether just that is too little."""
    if not credits.minimum:
        return None, False
    return read_money(credits.minimum.removeprefix("more than ")), credits.minimum.startswith("more than ")


def _repeat(register: Register, document: Document, repeat: WrittenRepeat, path: Steps) -> Repeat:
    if repeat.misses > repeat.within:
        message = f"there cannot be {repeat.misses} misses within {repeat.within} period{'s' * (repeat.within != 1)}"
        register.tell(document, (*path, "misses"), message, f"write at most {repeat.within}", "credits")
    return Repeat(repeat.misses, repeat.within, exact(repeat.times))


def _earn_back(register: Register, document: Document, credits: Credits, path: Steps) -> EarnBack | None:
    if not credits.earn_back:
        return None
    objective = None
    if credits.earn_back.objective:
        objective = bound(credits.earn_back.objective, ">=")
        if objective is None:
            message = f"no figure is in {credits.earn_back.objective}"
            register.tell(document, (*path, "earn_back", "objective"), message, "write a percentage, a time or a number", "credits")
    return EarnBack(credits.earn_back.periods, objective, percent(credits.earn_back.share))


def read_money(text: str) -> Money:
    """``184.00 EUR`` as an exact amount."""
    amount, _, currency = text.partition(" ")
    return Money(Fraction(amount), currency)


# --- what it means in an agreement ----------------------------------------------------------------------------
def check_credits(register: Register, document: Document, path: Steps, terms: CreditTerms, agreement: model.Agreement) -> None:
    """Note a problem for each term of the credits that cannot work with the agreement's targets and fee."""
    figures = [figure for figure in of_targets(agreement) if not terms.targets or figure.target in terms.targets]
    _check_tiers(register, document, path, terms, figures)
    if terms.at_risk is not None:
        _check_pool(register, document, path, terms, figures)
    if (terms.multiplier is not None or terms.of == "fee_of_downtime") and not any(figure.has_downtime for figure in figures):
        key = "of" if terms.multiplier is None else "multiplier"
        message = "no target measures a downtime whose fee could be given back"
        register.tell(document, (*path, key), message, "measure `downtime_minutes` or the like, or write `tiers`", "credits")
    _check_money(register, document, path, terms, agreement)


def _fits(tier: Tier, figure: Figure) -> bool:
    return tier.when.unit == figure.unit if tier.until is not None else figure.gets_worse(tier.when)


def _check_tiers(register: Register, document: Document, path: Steps, terms: CreditTerms, figures: Sequence[Figure]) -> None:
    for position, tier in enumerate(terms.tiers):
        if figures and not any(_fits(tier, figure) for figure in figures):
            key = key_of(tier.when)
            message = f"no target that earns credits gets worse {key.replace('_', ' ')} {tier.when.text}"
            hint = "write the tiers in the unit of the target's objective, on its worse side"
            if not tier.when.unit and any(figure.gets_worse(replace(tier.when, unit="%")) for figure in figures):
                hint = f"a percentage has its sign: `{key}: {tier.when.text}%`"
            register.tell(document, (*path, "tiers", position, key), message, hint, "credits")
    for position, name in enumerate(terms.targets):
        of_target = [figure for figure in figures if figure.target == name]
        if terms.tiers and of_target and not any(_fits(tier, figure) for tier in terms.tiers for figure in of_target):
            message = f"no tier fits target {name}, which never earns a credit"
            register.tell(document, (*path, "targets", position), message, "add a tier in the unit of its objective", "credits")


def _check_pool(register: Register, document: Document, path: Steps, terms: CreditTerms, figures: Sequence[Figure]) -> None:
    weights = [figure.weight for figure in figures if figure.weight is not None]
    at = (*path, "at_risk")
    if not weights:
        register.tell(document, at, "no target has a part of what is at risk", "give targets a `weight`, 100% together", "credits")
    elif sum(weights) != 1:
        together = f"{float(sum(weights) * 100):g}%"
        message = f"the weights of the targets are {together} together, not 100%"
        register.tell(document, at, message, "let them add up to 100%", "credits", "warning")


def _check_money(register: Register, document: Document, path: Steps, terms: CreditTerms, agreement: model.Agreement) -> None:
    amounts: list[tuple[Steps, Money | None]] = [(("tiers", position, "amount"), tier.amount) for position, tier in enumerate(terms.tiers)]
    amounts += [(("no_less_than",), terms.no_less_than), (("minimum",), terms.minimum)]
    written = [(steps, money.currency) for steps, money in amounts if money is not None]
    for steps, currency in written:
        of_fee = agreement.fee.currency if agreement.fee is not None else None
        hint = "write both in one currency; what holds for one currency only belongs into the agreement"
        if of_fee is not None and currency != of_fee:
            message = f"the fee of {agreement.name} is in {of_fee}, this amount in {currency}"
            register.tell(document, (*path, *steps), message, hint, "credits")
        elif of_fee is None and currency != written[0][1]:
            message = f"another amount of these credits is in {written[0][1]}, this one in {currency}"
            register.tell(document, (*path, *steps), message, "write all of them in one currency", "credits")


def takes_of_fee(terms: CreditTerms) -> bool:
    """Whether the credits are a part of a fee that the agreement is to name; what was paid for the affected part comes with the facts."""
    of_fee = any(tier.credit is not None or tier.seconds is not None for tier in terms.tiers)
    is_part = terms.multiplier is not None or terms.at_risk is not None or of_fee
    return is_part and terms.of != "affected_fee"
