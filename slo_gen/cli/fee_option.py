"""``--fee``: what was paid in a period for what was affected, where no document says it."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Final

from slo_gen.cli.loading import fail
from slo_gen.contract.credits import own_currency
from slo_gen.contract.money import amount_text
from slo_gen.spec.model import Agreement
from slo_gen.spec.terms import Money

__all__ = ["paid"]

_MONEY: Final = re.compile(r"([0-9]{1,15}(?:\.[0-9]{1,6})?) ?([A-Z]{3})")


def paid(agreement: Agreement, text: str | None) -> Money | None:
    """The amount of ``--fee`` for an agreement; ends the run when it is none, or where nothing would be taken of it."""
    if text is None:
        return None
    found = _MONEY.fullmatch(text.strip())
    if found is None:
        fail(f"--fee {text}: this is no amount; write it like '1840.00 EUR'")
    money, terms, fee = Money(Fraction(found[1]), found[2]), agreement.credits, agreement.fee
    said = f"--fee {amount_text(money.amount, money.currency)}"
    if terms is None:
        fail(f"{said}: {agreement.name} gives no credits that could be taken of it")
    if fee is not None and terms.of != "affected_fee":
        fail(f"{said}: {agreement.name} says itself what is paid, and credits are taken of that")
    currency, whose = (fee.currency, "fee") if fee is not None else (own_currency(terms), "credits")
    if currency not in ("", money.currency):
        fail(f"{said}: the {whose} of {agreement.name} {'is' if whose == 'fee' else 'are'} in {currency}; write it in that")
    return money
