"""Another customer costs their own page: nothing else is made, asked or grows."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "benchmarks"))
import customer_pages
from sla_dashboards import dashboard_files
from sla_dashboards.customer_queries import CustomerQueries

from slo_gen.outputs.shown_to import shown_to


def counted(customers: int, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int, set[int]]:
    """Selectors that were written, files, and the lines of the pages of customers."""
    catalogue = customer_pages.catalogue(customers)
    written = 0
    original = CustomerQueries.series

    def series(self: CustomerQueries, metric: str, *matchers: str) -> str:
        nonlocal written
        written += 1
        return original(self, metric, *matchers)

    with monkeypatch.context() as patch:
        patch.setattr(CustomerQueries, "series", series)
        pages = dashboard_files(catalogue)
    assert customer_pages.read_all(pages, shown_to(catalogue, pages)) == customers
    return written, len(pages), {page.text.count("\n") for page in pages if page.customer is not None}


def test_twice_the_customers_are_twice_the_selectors_and_pages_of_the_same_length(monkeypatch: pytest.MonkeyPatch) -> None:
    few, files_of_few, lengths_of_few = counted(4, monkeypatch)
    many, files_of_many, lengths_of_many = counted(8, monkeypatch)
    assert few > 0
    assert many == 2 * few
    assert files_of_many == files_of_few + 4
    assert lengths_of_few == lengths_of_many
    assert len(lengths_of_few) == 1
