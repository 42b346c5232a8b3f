"""Public contracts asked as somebody asks them who was hit: what do fifty minutes on the last Sunday of March owe, and by when?

The answers were worked out by hand from the texts: a month of UTC with 31 days has 44640 minutes.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

CONTRACTS = Path(__file__).parents[2] / "specs" / "contracts"
Run = Callable[..., Result]


def asked(run: Run, agreement: str, *down: str, period: str = "2026-03") -> str:
    spans = [part for each in down for part in ("--down", each)]
    fee = () if agreement == "fastly-termed" else ("--fee", "100.00 USD")          # it gives no credits
    result = run("evaluate", str(CONTRACTS), "--agreement", agreement, "--period", period, *spans, *fee)
    assert result.exit_code == 0, result.output
    return result.output.partition("\n\n")[2]


@pytest.mark.parametrize(("agreement", "owed"), [
    ("dreamobjects", "credit  0.11 USD\n  claim   before 2026-04-12 02:20 UTC\n"),
    ("fastly-termed", ""),
    ("google-workspace", "credit  3 days\n  claim   before 2026-04-28 02:20 UTC\n"),
    ("mongodb-atlas", (
        "credit  10.00 USD\n  tell    the outage of 2026-03-29 01:30 UTC, before 2026-03-30 01:30 UTC\n"
        "  claim   before 2026-05-01 00:00 UTC\n"
    )),
    ("rackspace-managed-cloud", "credit  10.00 USD\n"),
])  # fmt: skip
def test_fifty_minutes_on_the_last_sunday_of_march(run: Run, agreement: str, owed: str) -> None:
    assert asked(run, agreement, "2026-03-29T01:30/50m") == (f"{agreement} in 2026-03\n  {owed}" if owed else "")


@pytest.mark.parametrize(("agreement", "minutes", "owed"), [
    ("dreamobjects", 44, "0.00 USD"), ("dreamobjects", 45, "0.10 USD"),                                     # 44.64 may be
    ("google-workspace", 44, "0.00 USD"), ("google-workspace", 45, "3 days"),
    ("google-workspace", 446, "3 days"), ("google-workspace", 447, "7 days"),                               # 446.4
    ("google-workspace", 2232, "7 days"), ("google-workspace", 2233, "15 days"),                            # 95.0% exactly
    ("mongodb-atlas", 2, "0.00 USD"), ("mongodb-atlas", 3, "10.00 USD"),                                    # 2.232
    ("mongodb-atlas", 446, "10.00 USD"), ("mongodb-atlas", 447, "25.00 USD"),
    ("mongodb-atlas", 2232, "25.00 USD"), ("mongodb-atlas", 2233, "100.00 USD"),
    ("rackspace-managed-cloud", 1, "5.00 USD"), ("rackspace-managed-cloud", 30, "5.00 USD"), ("rackspace-managed-cloud", 31, "10.00 USD"),
    ("rackspace-managed-cloud", 600, "100.00 USD"), ("rackspace-managed-cloud", 601, "100.00 USD"),
])  # fmt: skip
def test_both_sides_of_every_bound(run: Run, agreement: str, minutes: int, owed: str) -> None:
    lines = asked(run, agreement, f"2026-03-03T00:00/{minutes}m").splitlines()
    assert lines[1].split(maxsplit=1) == ["credit", owed]


@pytest.mark.parametrize(("agreement", "down", "counted"), [
    ("mongodb-atlas", ("2026-03-03T00:00:30/3m",), "120"),                  # two of its minutes were down from beginning to end
    ("mongodb-atlas", ("2026-03-03T00:00:30/59s", "2026-03-04T00:00/1m"), "60"),
    ("dreamobjects", ("2026-03-03T00:00/60s", "2026-03-04T00:00/61s"), "61"),
])  # fmt: skip
def test_what_of_an_outage_counts(run: Run, agreement: str, down: tuple[str, ...], counted: str) -> None:
    spans = [part for each in down for part in ("--down", each)]
    result = run("evaluate", str(CONTRACTS), "--agreement", agreement, "--period", "2026-03", *spans, "--json")
    assert json.loads(result.stdout)["targets"][0]["counted"] == counted


@pytest.mark.parametrize(("minutes", "right"), [(432, ""), (433, "right  it may be ended now: a breach of degraded, above 7.2h\n")])
def test_a_month_after_which_a_contract_may_be_ended(run: Run, minutes: int, right: str) -> None:
    assert asked(run, "fastly-termed", f"2026-03-03T00:00/{minutes}m") == (f"fastly-termed in 2026-03\n  {right}" if right else "")
