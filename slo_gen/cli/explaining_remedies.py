"""What a miss costs, by when that must be told and claimed, and when an agreement may be ended: part of what ``slo-gen explain`` prints."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from slo_gen.contract.caps import cap_words
from slo_gen.contract.credits import FEE_WORDS
from slo_gen.contract.money import amount_text
from slo_gen.contract.rounding import figure_words, number_words, part_words, seconds_text
from slo_gen.history.later_periods import right_words
from slo_gen.spec.model import Agreement
from slo_gen.spec.terms import ClaimTerms, CreditTerms, Deadline, Money, Tier

__all__ = ["remedies"]

_PAID_AS: Final = {
    "future_invoice": "taken off a future invoice", "refund": "paid back", "extension": "given as a longer term",
}  # fmt: skip
_EVENTS: Final = {
    "incident_start": "the beginning of the incident", "incident_end": "the end of the incident", "period_end": "the end of the period",
    "billing_cycle_end": "the end of the billing cycle of the incident", "report": "the report",
}  # fmt: skip
_PREVAILS: Final = {
    "supplier": "the supplier's", "customer": "the customer's", "own_measurement": "our own measurement's",
    "joint": "those of both together",
}  # fmt: skip
_EVIDENCE: Final = {
    "own_measurement": "our own measurement", "ticket_ids": "ids of tickets", "logs": "logs", "resource_ids": "ids of resources",
    "times": "times", "supplier_report": "the supplier's report",
}  # fmt: skip


def remedies(agreement: Agreement, target: str | None) -> list[str]:
    """Credits, deadlines and rights of an agreement, as far as they are about one ``target`` where that is named."""
    lines: list[str] = []
    terms = agreement.credits
    if terms is not None and (target is None or not terms.targets or target in terms.targets):
        lines += ["What a miss costs", *_credits(agreement, terms), ""]
    lines += ["By when", *_deadlines(agreement), ""]
    rights = [terms for terms in agreement.termination if target is None or not terms.targets or target in terms.targets]
    if rights:
        notice = [f", with a notice of {terms.notice}" if terms.notice else "" for terms in rights]
        lines += ["It may be ended", *(f"  after {right_words(terms)}{by}" for terms, by in zip(rights, notice, strict=True)), ""]
    return lines


# --- credits -------------------------------------------------------------------------------------------------------
def _credits(agreement: Agreement, terms: CreditTerms) -> Iterator[str]:
    if agreement.fee is not None:
        yield f"  paid for it: {_amount(Money(agreement.fee.amount, agreement.fee.currency))} per {agreement.fee.per}"
    if terms.of == "affected_fee" or agreement.fee is None:
        what = "for the affected part" if terms.of == "affected_fee" else "for it"
        yield f"  no document says what was paid {what}; --fee of evaluate and close does"
    yield f"  earned by {', '.join(terms.targets) or 'every target'}:"
    yield from (f"    {line}" for line in _earned(agreement, terms))
    for repeat in sorted(terms.repeat, key=lambda each: (each.misses, each.within)):
        yield f"  from {repeat.misses} misses within {repeat.within} periods on: {number_words(repeat.times)} times as much"
    if terms.double_recovery:
        yield "  one outage earns for every target that it hits"
    elif terms.at_risk is None:
        yield "  of targets that the same outage hits only the one that earns most counts"
    if terms.no_less_than is not None:
        yield f"  no less than {_amount(terms.no_less_than)} where anything is due, never above a cap"
    yield from _bounds(terms)
    if terms.earn_back is not None:
        objective = terms.earn_back.objective
        level = "the target" if objective is None else objective.as_end if objective.text[0].isdigit() else objective.text
        after = "period holds" if terms.earn_back.periods == 1 else f"{terms.earn_back.periods} periods hold"
        yield f"  {part_words(terms.earn_back.share)} of it is won back when the next {after} {level}"
    yield f"  {_PAID_AS[terms.paid_as]}{', only when it is claimed' if terms.on_claim else ''}"


def _bounds(terms: CreditTerms) -> Iterator[str]:
    if terms.cap is None:
        yield "  no cap for a period"
    else:
        each = "for one interruption" if terms.cap.of == "interruption" else "in one period"
        yield f"  no more than {cap_words(terms.cap)} {each}"
    if terms.annual_cap is not None:
        span = "one year" if terms.annual_cap_per == "year" else "any twelve months in a row"
        yield f"  no more than {part_words(terms.annual_cap)} of the year's fee in {span}, with what was given before"
    if terms.minimum is not None:
        least = _amount(terms.minimum)
        yield f"  only more than {least} is paid" if terms.minimum_strict else f"  less than {least} is not paid"


def _earned(agreement: Agreement, terms: CreditTerms) -> Iterator[str]:
    if terms.multiplier is not None:
        often = "" if terms.multiplier == 1 else f"{number_words(terms.multiplier)} times "
        what = "the downtime beyond what may be" if terms.excess_only else "the downtime"
        yield f"missed: {often}the fee for {what}"
    elif terms.at_risk is not None:
        weights = [(each.name, each.weight) for each in agreement.targets]
        weights += [(each.name, each.weight) for each in agreement.ticket_targets]
        weights += [(each.name, each.weight) for each in agreement.other_targets]
        for name, weight in weights:
            if weight is not None and (not terms.targets or name in terms.targets):
                pool = f"{part_words(terms.at_risk)} of {FEE_WORDS[terms.of]} at risk"
                yield f"{name} missed: {part_words(weight)} of the {pool}"
    for tier in terms.tiers:
        yield f"{_range(tier)}: {_given(terms, tier)}{_steps(tier)}"


def _range(tier: Tier) -> str:
    return tier.when.as_end if tier.until is None else f"{tier.when.as_end} and {tier.until.as_end}"


def _given(terms: CreditTerms, tier: Tier) -> str:
    if tier.credit is not None:
        return f"{part_words(tier.credit)} of {FEE_WORDS[terms.of]}"
    if tier.amount is not None:
        return _amount(tier.amount)
    if tier.seconds is not None:
        return f"the fee for {seconds_text(tier.seconds)}"
    assert tier.days is not None, "a tier gives a share, an amount, days or the fee for some time"
    return f"{number_words(tier.days)} day{'s' * (tier.days != 1)} free of charge"


def _steps(tier: Tier) -> str:
    if tier.each is None:
        return ""
    if tier.when.unit == "%":
        size = f"{number_words(tier.each * 100)} percentage {'point' if tier.each == Fraction(1, 100) else 'points'}"
    else:
        size = figure_words(tier.each, tier.when.unit, [])
    return f", for each started {size} beyond it" if tier.started else f", and once more for each full {size} beyond it"


def _amount(money: Money) -> str:
    return amount_text(Fraction(money.amount), money.currency)


# --- deadlines -----------------------------------------------------------------------------------------------------
def _deadlines(agreement: Agreement) -> Iterator[str]:
    objections = f"; objections within {agreement.report.objections} after it" if agreement.report.objections else ""
    yield f"  report of a period: within {agreement.report.due} after its end{objections}"
    if agreement.claim is None:
        if agreement.credits is not None:
            yield "  nothing says by when a credit must be claimed"
        return
    yield from _of_claim(agreement, agreement.claim)


def _of_claim(agreement: Agreement, claim: ClaimTerms) -> Iterator[str]:
    whom = "the supplier is" if agreement.kind == "UC" else "we are"
    if claim.notify is not None:
        yield f"  {whom} told of an incident: {_within(claim.notify)}"
    if claim.submit is not None:
        yield f"  a credit is claimed: {_within(claim.submit)}"
    if claim.to or claim.subject:
        to = f" to {claim.to}" if claim.to else ""
        yield f"  the claim goes{to}{' with' * bool(claim.subject)}" + (f" the subject {claim.subject}" if claim.subject else "")
    if claim.evidence:
        yield f"  with it go {', '.join(_EVIDENCE[each] for each in claim.evidence)}"
    yield f"  where figures differ, {_PREVAILS[claim.prevails]} hold"


def _within(deadline: Deadline) -> str:
    return f"within {deadline.within} after {_EVENTS[deadline.after]}"
