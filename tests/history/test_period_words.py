"""Periods as people say them."""

from __future__ import annotations

import pytest

from slo_gen.history.period_words import in_words


@pytest.mark.parametrize(("names", "words"), [
    (["2026-03"], "March 2026"),
    (["2026-03", "2026-07"], "March and July 2026"),
    (["2025-12", "2026-01", "2026-03"], "December 2025, January and March 2026"),
    (["2025-03", "2026-03"], "March 2025 and March 2026"),
    (["2026-Q1", "2026-Q3"], "2026-Q1 and 2026-Q3"),
    (["2026-W07"], "2026-W07"),
    (["2026-12", "30d-2026-12-31"], "December 2026 and 30d-2026-12-31"),
    (["2026-13"], "2026-13"),
])
def test_periods_in_words(names: list[str], words: str) -> None:
    assert in_words(names) == words
