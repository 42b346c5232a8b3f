from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo_gen.history.rounding import factor, percent

OBJECTIVE = Fraction("0.9995")


@pytest.mark.parametrize(("ratio", "text"), [
    ("0.999499", "99.9499%"),
    ("0.9995", "99.95%"),
    ("0.99951", "99.951%"),
    ("0.9996", "99.96%"),
    ("0.99949999999999", "99.949999999999%"),
    ("0.99949999999999999", "<99.95%"),
    ("0.99950000000000001", ">99.95%"),
    ("1", "100.00%"),
    ("0.999999", "99.9999%"),
    ("0.9999999999999999", "<100%"),
    ("0", "0.00%"),
    ("0.000001", "0.0001%"),
    ("-1.5", "-150.00%"),
    ("0.5", "50.00%"),
])
def test_examples(ratio: str, text: str) -> None:
    assert percent(Fraction(ratio), [OBJECTIVE]) == text


ratios = st.fractions(min_value=-2, max_value=2, max_denominator=10**15)


@given(ratios, ratios)
def test_the_text_compares_as_the_number_does(ratio: Fraction, mark: Fraction) -> None:
    text = percent(ratio, [mark])
    if text[0] in "<>":
        return
    shown = Fraction(text.rstrip("%")) / 100
    for compared in (mark, Fraction(0), Fraction(1)):
        assert (shown > compared, shown < compared) == (ratio > compared, ratio < compared)
    assert abs(shown - ratio) <= Fraction(5, 10**5)


@pytest.mark.parametrize(("value", "text"), [
    ("0", "0.0x"), ("0.04", "0.04x"), ("14.4", "14.4x"), ("14.41", "14.41x"), ("0.96", "0.96x"), ("3.14159", "3.1x"),
])
def test_multiples(value: str, text: str) -> None:
    assert factor(Fraction(value), [Fraction(1), Fraction("14.4")]) == text
