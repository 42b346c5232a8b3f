"""Amounts of money as people read them."""

from __future__ import annotations

from fractions import Fraction

import pytest

from slo_gen.contract.money import amount_text


@pytest.mark.parametrize(("amount", "currency", "text"), [
    (Fraction(5), "EUR", "5.00 EUR"), (Fraction("0.005"), "EUR", "0.01 EUR"), (Fraction("0.0049"), "EUR", "0.00 EUR"),
    (Fraction("2.5"), "JPY", "3 JPY"), (Fraction("1.0005"), "KWD", "1.001 KWD"), (Fraction(5), "", "5.00"),
])  # fmt: skip
def test_an_amount_is_rounded_once_to_its_smallest_unit(amount: Fraction, currency: str, text: str) -> None:
    assert amount_text(amount, currency) == text
