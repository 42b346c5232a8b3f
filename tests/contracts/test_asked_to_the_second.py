"""Public contracts that count steps and multiples, on both sides of each bound by a second.

The answers were worked out by hand from the texts, for a fee of 100 USD. March 2026 has 2,678,400 seconds in UTC, April 2,592,000.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

CONTRACTS = Path(__file__).parents[2] / "specs" / "contracts"
Run = Callable[..., Result]


def credited(run: Run, agreement: str, down: str, period: str) -> str:
    asked = ("--agreement", agreement, "--period", period, "--down", down, "--fee", "100.00 USD")
    result = run("evaluate", str(CONTRACTS), *asked)
    assert result.exit_code == 0, result.output
    _, found, owed = result.stdout.partition(f"{agreement} in {period}\n  credit  ")
    assert found, result.output
    return owed.removesuffix("\n")


@pytest.mark.parametrize(("agreement", "owed"), [
    ("algolia-search", "11.20 USD"),             # 100 * 100 * 3000 / 2678400 = 11.2007...
    ("ovh-network", "25.00 USD"),                # five times ten minutes
    ("stablehost-shared", "0.00 USD"),           # 99.888 %: less than a full tenth of a percent beyond
    ("hosting-king-server", "0.12 USD"),         # 2678.4 may be; 10 * 100 * 321.6 / 2678400 = 0.12007...
])  # fmt: skip
def test_fifty_minutes_on_the_last_sunday_of_march(run: Run, agreement: str, owed: str) -> None:
    assert credited(run, agreement, "2026-03-29T01:30/50m", "2026-03") == owed


@pytest.mark.parametrize(("agreement", "period", "seconds", "owed"), [
    ("algolia-search", "2026-03", 267, "0.00 USD"), ("algolia-search", "2026-03", 268, "1.00 USD"),             # 267.84 may be
    ("algolia-search", "2026-03", 6694, "24.99 USD"), ("algolia-search", "2026-03", 6696, "25.00 USD"),         # a quarter exactly
    ("algolia-search", "2026-03", 7200, "25.00 USD"),
    ("ovh-network", "2026-03", 599, "0.00 USD"), ("ovh-network", "2026-03", 600, "5.00 USD"),
    ("ovh-network", "2026-03", 1199, "5.00 USD"), ("ovh-network", "2026-03", 1200, "10.00 USD"),
    ("ovh-network", "2026-03", 11_999, "95.00 USD"), ("ovh-network", "2026-03", 12_000, "100.00 USD"),
    ("ovh-network", "2026-03", 12_600, "100.00 USD"),
    ("stablehost-shared", "2026-03", 5356, "0.00 USD"), ("stablehost-shared", "2026-03", 5357, "10.00 USD"),    # 5356.8 are 0.2 %
    ("stablehost-shared", "2026-04", 5183, "0.00 USD"), ("stablehost-shared", "2026-04", 5184, "10.00 USD"),    # exactly 99.8 %
    ("stablehost-shared", "2026-04", 7775, "10.00 USD"), ("stablehost-shared", "2026-04", 7776, "20.00 USD"),   # exactly 99.7 %
    ("stablehost-shared", "2026-04", 28_511, "90.00 USD"), ("stablehost-shared", "2026-04", 28_512, "100.00 USD"),
    ("stablehost-shared", "2026-04", 31_104, "110.00 USD"),                                                     # it knows no cap
    ("hosting-king-server", "2026-03", 2678, "0.00 USD"), ("hosting-king-server", "2026-03", 2700, "0.01 USD"), # 0.00806...
    ("hosting-king-server", "2026-03", 269_000, "99.43 USD"), ("hosting-king-server", "2026-03", 280_000, "100.00 USD"),
])  # fmt: skip
def test_both_sides_of_every_bound(run: Run, agreement: str, period: str, seconds: int, owed: str) -> None:
    assert credited(run, agreement, f"{period}-03T00:00/{seconds}s", period) == owed
