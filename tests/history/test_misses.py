"""Misses that an agreement allows, and the one that is too many."""

from __future__ import annotations

import pytest

from slo_gen.history.misses import is_breach
from slo_gen.spec.terms import Misses


def periods(text: str) -> list[bool]:
    return [letter == "x" for letter in text]


@pytest.mark.parametrize(("terms", "past", "breach"), [
    (Misses(), "x", True),
    (Misses(), "x.", False),
    (Misses(), "", False),
    (Misses(1, 6), "x", False),
    (Misses(1, 6), "x....x", True),
    (Misses(1, 6), "x.....x", False),            # the first one is too long ago
    (Misses(1, 6), "x.x.", False),               # two misses, but this period was met
    (Misses(2, 6), "x.x..x", True),
    (Misses(1, 6, contiguous=True), "x....x", False),
    (Misses(1, 6, contiguous=True), "xx", True),
    (Misses(2, 3, contiguous=True), "xxx", True),
    (Misses(2, 3, contiguous=True), ".xx", False),
])
def test_a_miss_too_many_is_a_breach(terms: Misses, past: str, breach: bool) -> None:
    assert is_breach(terms, periods(past)) is breach
