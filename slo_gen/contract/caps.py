"""How much is given back at most and at least, and how small a credit is not paid."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from slo_gen.contract.fees import Fees
from slo_gen.contract.money import amount_text
from slo_gen.contract.owed import Credit, Cut, Given, Line
from slo_gen.contract.rounding import part_words, seconds_text
from slo_gen.spec.terms import Cap, CreditTerms

__all__ = ["above_minimum", "cap_amount", "cap_words", "raised", "under_annual_cap", "under_cap"]


def raised(owed: Credit, terms: CreditTerms, most: Fraction | None) -> Credit:
    """A credit that is due is no less than the terms say, nor more than ``most``, which the caps of interruptions leave."""
    if terms.no_less_than is None or owed.amount == 0:
        return owed
    least = terms.no_less_than.amount if most is None else min(terms.no_less_than.amount, most)
    words = f"no less than {amount_text(terms.no_less_than.amount, terms.no_less_than.currency)} where anything is due"
    if owed.amount is None:
        return replace(owed, lines=(*owed.lines, Line(f"{words}, and nobody said what was paid")))
    if owed.amount >= least:
        return owed
    capped = ", under the caps of the interruptions" if least < terms.no_less_than.amount else ""
    return replace(owed, amount=least, lines=(*owed.lines, Line(words + capped, least)))


def under_cap(owed: Credit, terms: CreditTerms, fees: Fees) -> Credit:
    """No more than the cap of the period."""
    cap = terms.cap
    if cap is None or cap.of != "period":
        return owed
    if owed.share is not None and cap.share is not None and owed.share > cap.share:
        owed = replace(owed, share=cap.share)
        if owed.amount is None:
            line = Line(f"no more than {part_words(cap.share)} in one period")
            return replace(owed, lines=(*owed.lines, line), cut=(*owed.cut, "cap"))
    if owed.amount is None or owed.amount == 0:
        return owed
    if not fees.currency:
        return replace(owed, lines=(*owed.lines, Line(f"no more than {cap_words(cap)} in one period, and nobody said what it is")))
    return _cut(owed, cap_amount(terms, cap, fees, fees.period.end), "cap", f"no more than {cap_words(cap)} in one period")


def under_annual_cap(owed: Credit, terms: CreditTerms, fees: Fees, before: Given) -> Credit:
    """No more than what is left of the cap of the year, or of twelve months."""
    if terms.annual_cap is None or owed.amount is None or owed.amount == 0:
        return owed
    left = max(terms.annual_cap * fees.annual - before.credited, Fraction(0))
    span = "one year" if terms.annual_cap_per == "year" else "any twelve months"
    most, given = f"{part_words(terms.annual_cap)} of the year's fee", amount_text(before.credited, owed.currency)
    words = f"no more than {most} in {span}, of which {given} was given"
    return _cut(owed, left, "annual_cap", words)


def above_minimum(owed: Credit, terms: CreditTerms) -> Credit:
    """Nothing where it is less than what is paid."""
    if terms.minimum is None or not owed.amount:
        return owed
    if owed.amount > terms.minimum.amount or (owed.amount == terms.minimum.amount and not terms.minimum_strict):
        return owed
    least = amount_text(terms.minimum.amount, terms.minimum.currency)
    words = f"only more than {least} is paid" if terms.minimum_strict else f"less than {least} is not paid"
    return _cut(owed, Fraction(0), "minimum", words)


def _cut(owed: Credit, most: Fraction, cut: Cut, words: str) -> Credit:
    assert owed.amount is not None, "looked at by the callers"
    if owed.amount <= most:
        return owed
    return replace(owed, amount=most, lines=(*owed.lines, Line(words, most)), cut=(*owed.cut, cut))


def cap_amount(terms: CreditTerms, cap: Cap, fees: Fees, instant: int) -> Fraction:
    """The amount of a cap; the fee of some time is what is paid in the time before ``instant``. Raises FeeError."""
    of_affected = terms.of == "affected_fee"
    if cap.seconds is not None:
        if of_affected:
            return fees.of_affected * Fraction(cap.seconds, fees.period.seconds)
        return fees.between(instant - cap.seconds, instant)
    if cap.months is not None:
        return fees.monthly * cap.months
    assert cap.share is not None, "a cap is a share or the fee of some time"
    if of_affected:
        return cap.share * fees.of_affected
    if terms.multiplier is not None or terms.of == "fee_of_downtime" or terms.of == "period_fee":
        return cap.share * fees.of_period
    return cap.share * (fees.annual if terms.of == "annual_fee" else fees.monthly)


def cap_words(cap: Cap) -> str:
    """``50% of the fee``, ``the fee of 2 months``."""
    if cap.share is not None:
        return f"{part_words(cap.share)} of the fee"
    return f"the fee of {cap.months} months" if cap.months is not None else f"the fee of {seconds_text(cap.seconds or 0)}"
