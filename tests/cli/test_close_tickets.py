"""``slo-gen close --tickets``: targets on tickets judged by an export of the ledger, October 2026 in Berlin."""

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
END = read_instant("2026-11-01", BERLIN)

SPECS = """\
kind: Policy
metadata: {name: house}
spec: {timezone: Europe/Berlin, process: {objections: 10d}}
---
kind: Service
metadata: {name: shop}
---
kind: Customer
metadata: {name: acme}
---
kind: SLA
metadata: {name: acme}
spec:
  customer: acme
  service: shop
  state: active
  fee: {amount: 1000.00, currency: EUR, per: month}
  tickets: {matrix: {columns: [hours, response, share], P1: [24x7, 15m, 75%]}}
  targets:
    - {name: usual, percentile: {of: response, percent: 75%}, objective: at most 20m}
    - {name: slowest, longest: {of: response}, objective: at most 1bd}
    - {name: few, count: {of: tickets, priority: P1}, objective: at most 2}
    - {name: happy, satisfaction: {score: csat}, objective: at least 80%}
  credits: {of: monthly_fee, targets: [p1-response], tiers: [{below: 75%, credit: 10%}, {below: 50%, credit: 25%}]}
"""


def at(text: str) -> int:
    return read_instant(text, BERLIN)


def result(ticket: str, target: str, outcome: str, counts_at: str, worked: int = 600, **more: Any) -> dict[str, Any]:
    return {"source": "desk", "ticket": ticket, "agreement": "acme", "target": target, "cycle": 1, "worked": worked,
            "outcome": outcome, "counts_at": at(counts_at) if counts_at else None, "priority": "P1", **more}  # fmt: skip


RESULTS = [
    result("T-1", "p1-response", "met", "2026-10-01T00:00"),
    result("T-2", "p1-response", "met", "2026-10-31T23:59:59"),
    result("T-3", "p1-response", "missed", "2026-10-20T12:00", 901),
    result("T-4", "p1-response", "spam", "2026-10-20T12:00"),
    result("T-5", "p1-response", "running", "", 60),
    result("T-6", "p1-response", "missed", "2026-11-01T00:00"),
    result("T-7", "p1-response", "met", "2026-09-30T23:59:59"),
    *(result(f"T-{number}", "usual", "met", "2026-10-20T12:00", 60 * minutes) for number, minutes in enumerate((5, 10, 15, 50))),
    result("T-1", "slowest", "met", "2026-10-20T12:00"), result("T-3", "slowest", "met", "2026-10-20T12:00", 90_000),
    *(result(f"T-{number}", "few", "counted", "2026-10-20T12:00", 0) for number in range(3)),
]  # fmt: skip


class House:
    """Documents, an export, and closings."""

    def __init__(self, folder: Path, run: Callable[..., Result]) -> None:
        self.folder, self.run = folder, run
        (folder / "specs").mkdir()
        (folder / "specs" / "shop.yaml").write_text(SPECS)
        self.export(RESULTS)

    def export(self, results: list[dict[str, Any]], read_until: int = END, **head: Any) -> None:
        first = {"ledger": "results", "sources": {"desk": read_until}, **head}
        (self.folder / "results.jsonl").write_text("".join(json.dumps(each) + "\n" for each in [first, *results]))

    def close(self, *arguments: str) -> Result:
        return self.run("close", "specs", "--period", "2026-10", *arguments)

    def closing(self) -> Closing:
        found = ClosingFiles(self.folder / "closings").read("2026-10", "acme")
        assert found is not None
        return found

    def targets(self) -> dict[str, ClosedTarget]:
        return {each.target: each for each in self.closing().current.judged.targets}


@pytest.fixture
def house(tmp_path: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> House:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("time.time", lambda: float(at("2026-11-02T09:00")))
    return House(tmp_path, run)


def test_what_counts_in_the_period_is_judged_exactly(house: House) -> None:
    done = house.close("--tickets", "results.jsonl")
    assert done.exit_code == 0, done.output
    found = house.targets()
    response = found["p1-response"]
    # T-1, T-2 and T-3: the first and the last second of October belong to it, T-4 is spam, T-5 is open, T-6 and T-7 are of other months.
    assert (response.outcome.figure, response.outcome.counted, response.outcome.of) == (Fraction(2, 3), 1, 3)
    assert response.outcome.excluded == {"spam": 1}
    assert (response.verdict, response.breach, response.attained) == ("missed", True, "66.67%")
    # Three of four times are 15 minutes at most: the 75th percentile by the nearest rank.
    assert (found["usual"].verdict, found["usual"].outcome.figure) == ("met", 900)
    # Business days have no length in seconds; all tickets kept them.
    assert (found["slowest"].verdict, found["slowest"].outcome.figure) == ("met", 1)
    assert found["slowest"].objective == "at most 1bd"
    assert (found["few"].verdict, found["few"].outcome.figure) == ("missed", 3)


def test_the_credit_follows_from_tickets_too(house: House) -> None:
    done = house.close("--tickets", "results.jsonl")
    credit = house.closing().current.judged.credit
    assert credit is not None
    assert credit.paid == 100                     # 66.67 % is below 75 % and not below 50 %: 10 % of 1000
    assert "credit of 100.00 EUR" in done.output


def test_facts_are_kept_and_the_same_export_changes_nothing(house: House) -> None:
    house.close("--tickets", "results.jsonl")
    facts = house.folder / "closings" / "2026-10" / house.targets()["p1-response"].facts.file
    kept = json.loads(facts.read_text())
    assert [(each["ticket"], each["outcome"]) for each in kept["results"]] == [
        ("T-1", "met"), ("T-2", "met"), ("T-3", "missed"), ("T-4", "spam"),
    ]  # fmt: skip
    assert "acme 2026-10: unchanged" in house.close("--tickets", "results.jsonl").output


def test_late_events_change_provisional_figures_and_are_told(house: House) -> None:
    house.close("--tickets", "results.jsonl")
    house.export([{**each, "outcome": "met"} if each["ticket"] == "T-3" else each for each in RESULTS])
    said = house.close("--tickets", "results.jsonl").output
    assert "closed again: target p1-response: verdict met was missed, attained 100.00% was 66.67%, 0 events counted were 1, other f" in said
    assert "credit 0.00 EUR was 100.00 EUR" in said
    assert house.targets()["p1-response"].verdict == "met"


def test_final_figures_change_only_as_a_revision(house: House) -> None:
    house.close("--tickets", "results.jsonl")
    house.close("--final", "--agreed-by", "A. Buyer")
    house.export(RESULTS[:2])
    assert "is final" in house.close("--tickets", "results.jsonl").output
    assert house.targets()["p1-response"].verdict == "missed"
    done = house.close("--tickets", "results.jsonl", "--agreement", "acme", "--revise", "T-3 was ours", "--agreed-by", "A. Buyer")
    assert done.exit_code == 0, done.output
    assert (house.closing().current.number, house.targets()["p1-response"].verdict) == (2, "met")


def test_a_breach_has_a_stub_to_fill_in(house: House) -> None:
    house.close("--tickets", "results.jsonl")
    assert (house.folder / "specs" / "records" / "breach-acme-p1-response-2026-10.yaml").exists()


def test_what_nothing_decides_is_said(house: House) -> None:
    said = house.close("--tickets", "results.jsonl").output
    assert "acme/happy: not judged: neither an indicator nor single tickets of a period decide it" in said


def test_a_source_that_was_read_too_early_judges_nothing(house: House) -> None:
    house.export(RESULTS, END - 1)
    said = house.close("--tickets", "results.jsonl").output
    assert "acme/p1-response: not judged: source desk was read up to 2026-10-31T22:59:59Z, before the period ended" in said
    assert house.targets() == {}


def test_of_several_sources_the_agreement_names_one(house: House) -> None:
    house.export(RESULTS, sources={"desk": END, "other": END})
    assert "does not say which of several sources" in house.close("--tickets", "results.jsonl").output


def test_closing_again_without_an_export_leaves_tickets_as_they_were(house: House) -> None:
    house.close("--tickets", "results.jsonl")
    before = house.targets()
    house.export([])
    done = house.close("--prometheus", "http://127.0.0.1:9")
    # Nothing is asked of the server, for no target is on an indicator; it is not there, and the run says so.
    assert done.exit_code == 1 or house.targets() == before
    assert house.targets() == before


def test_the_running_period_is_shown_as_far_as_it_has_come(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.time", lambda: float(at("2026-10-21T00:00")))
    house.export(RESULTS[:4], at("2026-10-21T00:00"))
    done = house.close("--tickets", "results.jsonl", "--running")
    assert done.exit_code == 0, done.output
    assert "indicative" in done.output
    assert not (house.folder / "closings").exists()


@pytest.mark.parametrize(("content", "said"), [
    ("", "line 1: Input data was truncated; the file must begin as `sla-exporter ledger export` writes it"),
    ("ticket,outcome\n", "line 1: JSON is malformed"),
    ('{"ledger": "events", "sources": {}}\n', "line 1: these are events of the ledger; export its results: --what results"),
    ('{"ledger": "results", "sources": {}}\n{"source": "desk"}\n', "line 2: Object missing required field `ticket`"),
    ('{"ledger": "results", "sources": {}}\n[[[[\n', "line 2: "),
])  # fmt: skip
def test_what_is_no_export_is_refused(house: House, content: str, said: str) -> None:
    (house.folder / "results.jsonl").write_text(content)
    done = house.close("--tickets", "results.jsonl")
    assert done.exit_code == 1
    assert f"slo-gen: results.jsonl: {said}" in done.output
    assert "Traceback" not in done.output


def test_a_result_twice_is_refused(house: House) -> None:
    house.export([RESULTS[0], RESULTS[0]])
    assert "line 3: this result of ticket T-1 is in line 2 already" in house.close("--tickets", "results.jsonl").output


def test_without_any_facts_it_says_what_is_missing(house: House) -> None:
    done = house.close()
    assert (done.exit_code, "--prometheus" in done.output) == (2, True)
    assert "cannot be read" in house.close("--tickets", "nowhere.jsonl").output


def test_days_in_a_row_are_one_breach_of_rolling_periods(house: House) -> None:
    """Three tickets on the 20th are more than two in each week that ends with the 20th to the 26th; three more on the 28th, in others."""
    specs = house.folder / "specs" / "shop.yaml"
    specs.write_text(SPECS.replace("  service: shop\n", "  service: shop\n  period: {rolling: 7d}\n", 1))
    again = [result(f"T-{number}", "few", "counted", "2026-10-28T12:00", 0) for number in range(10, 13)]
    house.export([*(each for each in RESULTS if each["target"] == "few"), *again])
    done = house.close("--tickets", "results.jsonl")
    assert done.exit_code == 0, done.output
    records = house.folder / "specs" / "records"
    first, second = (records / f"breach-acme-few-7d-2026-10-{day}.yaml" for day in (20, 28))
    assert sorted(records.iterdir()) == [first, second]
    assert "  period: 7d-2026-10-20\n  through: 7d-2026-10-26\n" in first.read_text()
    assert "  period: 7d-2026-10-28\n  through: 7d-2026-10-31\n" in second.read_text()
    second.write_text(second.read_text() + "  cause: a full disk\n")
    written = second.read_text()
    house.export([*(each for each in RESULTS if each["target"] == "few"), *again], at("2026-11-02"))
    done = house.run("close", "specs", "--period", "7d-2026-11-01", "--tickets", "results.jsonl")
    assert "acme 7d-2026-11-01: closed" in done.output, done.output
    assert (second.read_text(), sorted(records.iterdir())) == (written, [first, second]), "what somebody wrote stays as it is"
    assert house.run("check", "specs").exit_code == 0
