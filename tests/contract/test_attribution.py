"""Causes of a miss."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from slo_gen.contract.attribution import attribute, by_precedence, evenly
from slo_gen.timekeeping.spans import Spans


def test_but_for_the_supplier_it_would_have_been_kept() -> None:
    causes = {"internal": Fraction(20), "unknown": Fraction(10), "supplier": Fraction(60)}
    supplier, internal, unknown = attribute(Fraction("43.2"), causes)
    assert (supplier.cause, supplier.without, supplier.necessary, supplier.share) == ("supplier", 30, True, Fraction(2, 3))
    assert (internal.cause, internal.without, internal.necessary) == ("internal", 70, False)
    assert (supplier.shapley, internal.shapley, unknown.shapley) == (1, 0, 0)


def test_two_that_only_together_are_too_much_share_it() -> None:
    first, second = attribute(Fraction(10), {"a": Fraction(6), "b": Fraction(6)})
    assert (first.shapley, second.shapley, first.necessary, second.necessary) == (Fraction(1, 2), Fraction(1, 2), True, True)


def test_a_budget_that_is_just_used_up_was_kept() -> None:
    (only,) = attribute(Fraction(10), {"a": Fraction(10)})
    assert (only.necessary, only.shapley) == (False, 0)
    larger, smaller = attribute(Fraction(10), {"a": Fraction(6), "b": Fraction(10)})
    assert (larger.cause, larger.without, larger.necessary) == ("b", 6, True)
    assert (smaller.cause, smaller.without, smaller.necessary) == ("a", 10, True)


def test_nothing_was_bad() -> None:
    (only,) = attribute(Fraction(10), {"a": Fraction(0)})
    assert (only.share, only.necessary, only.shapley, only.without) == (0, False, 0, 0)


@given(st.dictionaries(st.sampled_from("abcd"), st.integers(0, 9).map(Fraction), min_size=1), st.integers(0, 20).map(Fraction))
def test_the_parts_add_up(causes: dict[str, Fraction], allowed: Fraction) -> None:
    parts = attribute(allowed, causes)
    assert sum(part.shapley for part in parts) == (sum(causes.values()) > allowed)
    assert sum(part.seconds for part in parts) == sum(causes.values())


def test_no_second_twice() -> None:
    supplier, internal = Spans(((0, 60),)), Spans(((40, 80),))
    both = [("supplier", supplier), ("internal", internal)]
    assert by_precedence(both) == {"supplier": 60, "internal": 20}
    assert by_precedence(both[::-1]) == {"internal": 40, "supplier": 40}
    assert evenly(both) == {"supplier": 50, "internal": 30}
    assert by_precedence([*both, ("supplier", Spans(((100, 110),)))]) == {"supplier": 70, "internal": 20}
