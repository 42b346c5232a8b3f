from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo_gen.contract.rounding import (
    exact_text,
    factor,
    figure_text,
    figure_words,
    fraction_text,
    number_text,
    number_words,
    part_words,
    percent,
    seconds_text,
)
from slo_gen.spec.terms import Bound

OBJECTIVE = Fraction("0.9995")


@pytest.mark.parametrize(("ratio", "text"), [
    ("0.999499", "99.9499%"),
    ("0.9995", "99.95%"),
    ("0.99951", "99.951%"),
    ("0.9996", "99.96%"),
    ("0.99949999999999", "99.949999999999%"),
    ("0.999499999999996", "<99.95%"),
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


@pytest.mark.parametrize(("figure", "bound", "text"), [
    (None, Bound(">=", Fraction("0.999"), "%", "99.9%"), "-"),
    (Fraction("0.9989999"), Bound(">=", Fraction("0.999"), "%", "99.9%"), "99.89999%"),
    (Fraction("0.999"), Bound(">=", Fraction("0.999"), "%", "99.9%"), "99.90%"),
    (Fraction("3600.4"), Bound("<=", Fraction(3600), "s", "1h"), "3600.4s"),
    (Fraction("2580.4"), Bound("<=", Fraction(3600), "s", "1h"), "2580s"),
    (Fraction("0.2"), Bound("<=", Fraction(3), "", "3"), "0.2"),
    (Fraction(3), Bound("<=", Fraction(3), "", "3"), "3"),
])  # fmt: skip
def test_figures_of_tables(figure: Fraction | None, bound: Bound, text: str) -> None:
    assert figure_text(figure, bound) == text


@pytest.mark.parametrize(("seconds", "text"), [
    ("0", "0s"), ("0.0004", "about 0s"), ("-0.0004", "about 0s"), ("-0.5", "-0.5s"), ("59.9996", "about 1m"), ("3000", "50m"),
    ("4200", "1h10m"), ("2674.8", "44m34.8s"), ("3600.04", "1h0.04s"), ("360000", "100h"), ("-3661", "-1h1m1s"), ("10", "10s"),
])  # fmt: skip
def test_seconds(seconds: str, text: str) -> None:
    assert seconds_text(Fraction(seconds)) == text


@pytest.mark.parametrize(("value", "text"), [
    (0, "0"), (100, "100"), (Fraction("0.125"), "0.125"), (Fraction("0.0004"), "about 0"),
    (Fraction(-1, 3), "about -0.333"), (Fraction("10.5"), "10.5"),
])  # fmt: skip
def test_numbers(value: Fraction | int, text: str) -> None:
    assert number_text(value) == text


@pytest.mark.parametrize(("value", "text"), [("0", "0"), ("120", "120"), ("0.1234567", "0.123457"), ("-2.50", "-2.5"), ("0.0000001", "0")])
def test_numbers_of_sentences(value: str, text: str) -> None:
    assert number_words(Fraction(value)) == text


@pytest.mark.parametrize(("value", "text"), [
    (Fraction(44557, 44580), "44557/44580"), (Fraction(10**11 + 1, 10**11), ""),
    (Fraction(10**10 + 1, 10**12), ""), (Fraction(10**10 + 1, 10**11), "10000000001/100000000000"),
    (Fraction(10**11), "100000000000"),
])  # fmt: skip
def test_a_long_fraction_is_not_shown(value: Fraction, text: str) -> None:
    assert fraction_text(value) == text


def test_a_fraction_for_programs_is_exact_up_to_two_hundred_characters() -> None:
    assert exact_text(Fraction(4453, 4458)) == "4453/4458"
    assert exact_text(Fraction(10**99, 3 * 10**98 + 1)) == f"{10**99}/{3 * 10**98 + 1}"           # 100 digits, a stroke, 99 digits
    assert exact_text(Fraction(10**99 + 1, 3 * 10**99)) == "about 0.333333333333333"              # one more


def test_a_mark_without_end_is_shown_with_twelve_places() -> None:
    third = Fraction(1, 3)
    assert percent(third + Fraction(1, 10**20), [third]) == ">33.333333333333%"
    assert percent(2 * third - Fraction(1, 10**20), [2 * third]) == "<66.666666666667%"
    assert percent(third, [third]) == ">33.333333333333%"


@pytest.mark.parametrize(("promised", "beside", "below", "above"), [
    ("99.99999999999999", "0.000000000000001", "<99.99999999999999%", ">99.99999999999999%"),
    ("99.9999999999999", "0.00000000000001", "<99.9999999999999%", ">99.9999999999999%"),
    ("33.3333333333333", "0.00000000000001", None, ">33.3333333333333%"),
    ("100", "0.0000000000001", "<100%", None), ("0", "0.0000000000001", None, ">0%"),
])  # fmt: skip
def test_a_mark_with_many_decimals_is_shown_as_it_was_promised(promised: str, beside: str, below: str | None, above: str | None) -> None:
    """With 12 places the first of them would be 100 %, and a figure above it would be more than all."""
    mark, little = Fraction(promised) / 100, Fraction(beside) / 100
    for text, figure in ((below, mark - little), (above, mark + little)):
        if text is not None:
            assert percent(figure, [mark]) == text
            assert figure_words(figure, "%", [mark]) == f"{'just below' if text[0] == '<' else 'just above'} {text[1:]}"
    assert Fraction(percent(mark, [mark]).removesuffix("%")) == Fraction(figure_words(mark, "%", [mark]).removesuffix("%")) == mark * 100


# --- in sentences ------------------------------------------------------------------------------------------------
FLOOR = Fraction("0.999")


@pytest.mark.parametrize(("figure", "unit", "mark", "text"), [
    (Fraction(999, 1000), "%", Fraction(999, 1000), "99.9%"),
    (Fraction(9989999, 10_000_000), "%", Fraction(999, 1000), "99.89999%"),
    (Fraction(999, 1000) - Fraction(1, 10**11), "%", Fraction(999, 1000), "99.899999999%"),
    (Fraction(999, 1000) - Fraction(1, 10**15), "%", Fraction(999, 1000), "just below 99.9%"),
    (Fraction(999, 1000) + Fraction(1, 10**15), "%", Fraction(999, 1000), "just above 99.9%"),
    (Fraction(1, 3), "", Fraction(1), "0.33"),
    (Fraction(5), "", Fraction(2), "5"),
    (Fraction(3661), "s", Fraction(0), "1h1m1s"),
    (Fraction(0), "s", Fraction(60), "0s"),
    (Fraction(-1, 4), "", Fraction(0), "-0.25"),
    (Fraction(1, 10) + Fraction(1, 10**9), "", Fraction(1, 10), "0.100000001"),
])  # fmt: skip
def test_a_figure_of_a_sentence_never_changes_its_side(figure: Fraction, unit: str, mark: Fraction, text: str) -> None:
    assert figure_words(figure, unit, [mark]) == text  # type: ignore[arg-type]


@pytest.mark.parametrize(("below", "text"), [(13, "99.89999999999%"), (14, "just below 99.9%")])
def test_eleven_decimals_are_the_most(below: int, text: str) -> None:
    assert figure_words(FLOOR - Fraction(1, 10**below), "%", [FLOOR]) == text


@pytest.mark.parametrize(("figure", "text"), [("0.00001", "0.001%"), ("0.99999", "99.999%"), ("0", "0%"), ("1", "100%")])
def test_a_share_of_a_sentence_is_nothing_or_all_only_where_it_is(figure: str, text: str) -> None:
    assert figure_words(Fraction(figure), "%", [Fraction(1, 2)]) == text


def test_nothing_has_no_sign() -> None:
    assert figure_words(Fraction(0), "%", [FLOOR]) == "0%"


@pytest.mark.parametrize(("tenths", "text"), [
    (36_000, "1h"), (36_004, "3600.4s"), (35_996, "3599.6s"), (36_400, "1h40s"), (37_004, "1h1m40s"),
])  # fmt: skip
def test_a_time_is_rounded_to_seconds_only_where_that_changes_no_side(tenths: int, text: str) -> None:
    """At most an hour was promised: what is longer by less than half a second does not read as an hour."""
    assert figure_words(Fraction(tenths, 10), "s", [Fraction(3600)]) == text


@pytest.mark.parametrize(("figure", "text"), [
    ("0.95001", "95.001%"), ("0.94999", "94.999%"), ("0.98999", "98.999%"), ("0.95", "95%"), ("0.97", "97%"),
    ("0.9500000000000001", "just above 95%"), ("0.9899999999999999", "just below 99%"),
])  # fmt: skip
def test_a_figure_of_a_sentence_stays_between_two_marks(figure: str, text: str) -> None:
    assert figure_words(Fraction(figure), "%", [Fraction("0.99"), Fraction("0.95")]) == text


@pytest.mark.parametrize(("part", "words"), [
    ("1/10", "10%"), ("1/8", "12.5%"), ("1/1000", "0.1%"), ("3/2", "150%"), ("1/30", "1/30"), ("1/3000", "1/3000"), ("2/3", "2/3"),
])  # fmt: skip
def test_a_part_that_is_no_short_percentage_is_a_fraction(part: str, words: str) -> None:
    assert part_words(Fraction(part)) == words


@pytest.mark.parametrize(("decimals", "text"), [(40, "99." + "0" * 39 + "1"), (41, "99.000000000000")])
def test_a_mark_is_told_with_its_decimals_up_to_forty(decimals: int, text: str) -> None:
    """One with more is cut off on the side on which what is said of it stays true."""
    mark = Fraction(99, 100) + Fraction(1, 10 ** (decimals + 2))
    assert figure_words(mark + Fraction(1, 10**50), "%", [mark]) == f"just above {text}%"


def test_a_number_may_round_to_nothing_and_a_share_may_not() -> None:
    assert figure_words(Fraction(1, 3000), "", []) == "0"
    assert figure_words(Fraction(1, 300_000), "%", []) == "0.0003%"
