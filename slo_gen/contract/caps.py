"""The most that is given back: what a cap comes to, and how it is told."""

from __future__ import annotations

from fractions import Fraction

from slo_gen.contract.fees import Fees
from slo_gen.contract.rounding import number_words, seconds_text
from slo_gen.spec.terms import Cap, CreditTerms

__all__ = ["cap_amount", "cap_words"]


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
        return f"{number_words(cap.share * 100)}% of the fee"
    return f"the fee of {cap.months} months" if cap.months is not None else f"the fee of {seconds_text(cap.seconds or 0)}"
