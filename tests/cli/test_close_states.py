"""``slo-gen close --states``: targets on watched indicators judged by an export of the ledger, October 2026 in Berlin."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result

from slo_gen.cli.closing_files import ClosingFiles
from slo_gen.history.closing_file import ClosedTarget, Closing
from slo_gen.timekeeping.zones import read_instant, zone

BERLIN = zone("Europe/Berlin")
SPECS = """\
kind: Service
metadata: {name: shop}
---
kind: Customer
metadata: {name: acme}
---
kind: Indicator
metadata: {name: shop-up}
spec: {service: shop, probe: {read_by: exporter}}
---
kind: SLA
metadata: {name: acme}
spec:
  customer: acme
  service: shop
  state: active
  period: {length: month, timezone: Europe/Berlin}
  targets:
    - {name: plain, indicator: shop-up, objective: at least 99.9%}
    - {name: runs, indicator: shop-up, objective: at least 99.99%, measure: {method: downtime_minutes, at_least: 5m}}
    - {name: longest, longest: {of: outage, indicator: shop-up}, objective: at most 60m}
"""


def at(text: str) -> int:
    return read_instant(text, BERLIN)


START, END = at("2026-10-01"), at("2026-11-01")
FIRST, SECOND = at("2026-10-05T10:00"), at("2026-10-31T23:50")
HELD = [(START - 500, FIRST, "up"), (FIRST, FIRST + 250, "down"), (FIRST + 250, SECOND, "up"), (SECOND, END + 900, "down")]


class House:
    """Documents, an export, and closings."""

    def __init__(self, folder: Path, run: Callable[..., Result]) -> None:
        self.folder, self.run = folder, run
        (folder / "specs").mkdir()
        (folder / "specs" / "shop.yaml").write_text(SPECS)
        self.export(HELD)

    def export(self, held: list[tuple[int, int, str]], as_of: int = END + 900, ledger: str = "indicators") -> None:
        rows = [{"indicator": "shop-up", "state": state, "start": start, "end": end} for start, end, state in held]
        lines: list[dict[str, Any]] = [{"ledger": ledger, "as_of": {"shop-up": as_of}}, *rows]
        (self.folder / "states.jsonl").write_text("".join(json.dumps(line) + "\n" for line in lines))

    def close(self, *arguments: str) -> Result:
        folder = self.folder
        return self.run("close", str(folder / "specs"), "--period", "2026-10", "--dir", str(folder / "closings"), "--states",
                        str(folder / "states.jsonl"), *arguments)  # fmt: skip

    def closing(self) -> Closing:
        found = ClosingFiles(self.folder / "closings").read("2026-10", "acme")
        assert found is not None
        return found

    def targets(self) -> dict[str, ClosedTarget]:
        return {target.target: target for target in self.closing().current.judged.targets}


@pytest.fixture
def house(tmp_path: Path, run: Callable[..., Result]) -> House:
    return House(tmp_path, run)


def test_targets_are_judged_to_the_second_and_no_prometheus_is_asked(house: House) -> None:
    assert house.close().exit_code == 0
    found = house.targets()
    assert list(found) == ["plain", "runs", "longest"]
    month = END - START
    assert found["plain"].outcome.figure == 1 - Fraction(250 + 600, month)
    assert (found["plain"].verdict, found["plain"].completeness, found["plain"].indicator) == ("met", 1, "shop-up")
    assert found["runs"].outcome.figure == 1 - Fraction(600, month)
    assert found["runs"].verdict == "missed"
    assert (found["longest"].outcome.figure, found["longest"].verdict) == (1500, "met")
    facts = json.loads((house.folder / "closings" / "2026-10" / found["plain"].facts.file).read_text())
    assert facts["down"] == [[FIRST, FIRST + 250], [SECOND, END + 900]]


def test_what_nobody_saw_is_unknown_and_lowers_the_completeness(house: House) -> None:
    house.export([HELD[0], HELD[1], (FIRST + 250, END, "up"), (END, END + 60, "excluded")])
    house.close()
    before = house.targets()["plain"]
    house.export([HELD[0], HELD[1], (FIRST + 350, END, "up")])
    assert house.close().exit_code == 0
    found = house.targets()["plain"]
    assert (before.outcome.unknown, found.outcome.unknown) == (0, 100)
    assert found.completeness == 1 - Fraction(100, END - START)


def test_without_an_export_what_was_closed_stands(house: House) -> None:
    house.close()
    before = house.targets()["plain"]
    result = house.run("close", str(house.folder / "specs"), "--period", "2026-10", "--dir", str(house.folder / "closings"),
                       "--prometheus", "http://127.0.0.1:9")  # fmt: skip
    assert result.exit_code == 1                       # nobody answers there, and it is asked what it is
    assert house.targets()["plain"] == before


def test_an_export_that_ends_before_the_period_judges_nothing(house: House) -> None:
    house.export(HELD[:2], as_of=END - 1)
    result = house.close()
    reasons = {each.target: each.reason for each in house.closing().current.judged.not_judged}
    assert result.exit_code == 0
    assert set(reasons) == {"plain", "runs", "longest"}
    assert reasons["plain"] == "shop-up is known up to 2026-10-31T22:59:59Z, before the period ended; export the ledger again"


@pytest.mark.parametrize(("ledger", "held", "told"), [
    ("states", HELD, "line 1: these are states of the ledger; export its indicators: --what indicators"),
    ("indicators", [HELD[1], HELD[0]], "line 3: shop-up has a state here that does not follow the one above it"),
    ("indicators", [(START, END, "unsure")], "line 2: Invalid enum value 'unsure'"),
])  # fmt: skip
def test_a_file_that_is_no_export_is_refused(house: House, ledger: str, held: list[tuple[int, int, str]], told: str) -> None:
    house.export(held, ledger=ledger)
    result = house.close()
    assert result.exit_code == 1
    assert told in result.output
