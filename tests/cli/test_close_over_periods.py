"""What closed months mean together: credits won back, rights to end the agreement, what was paid for what was affected."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import Result

from slo_gen.cli.closing_files import ClosingFiles
from slo_gen.history.closing_file import Judged
from slo_gen.timekeeping.zones import read_instant, zone

BERLIN = zone("Europe/Berlin")
SPECS = """\
kind: Policy
metadata: {name: house}
spec: {timezone: Europe/Berlin}
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
  FEE
  tickets: {matrix: {columns: [hours, response, share], P1: [24x7, 15m, 90%]}}
  credits: {of: OF, tiers: [{below: 90%, credit: 10%}], earn_back: {periods: 2, share: 50%}}
  termination: [{breaches: 2, of: 3}]
"""


class House:
    """Months closed one after the other, each with so many of ten tickets in time."""

    def __init__(self, folder: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder, self.run = folder, run
        monkeypatch.chdir(folder)
        monkeypatch.setattr("time.time", lambda: float(read_instant("2027-01-02T09:00", BERLIN)))

    def specs(self, of: str = "monthly_fee", fee: str = "fee: {amount: 999.99, currency: EUR, per: month}") -> None:
        (self.folder / "shop.yaml").write_text(SPECS.replace("OF", of).replace("FEE", fee))

    def close(self, month: str, in_time: int, *arguments: str) -> tuple[Judged, str]:
        at = read_instant(f"{month}-15", BERLIN)
        rows = [{"source": "desk", "ticket": f"T-{number}", "agreement": "acme", "target": "p1-response", "cycle": 1, "worked": 60,
                 "outcome": "met" if number < in_time else "missed", "counts_at": at} for number in range(10)]  # fmt: skip
        head = {"ledger": "results", "sources": {"desk": 2_000_000_000}}
        (self.folder / "results.jsonl").write_text("".join(json.dumps(each) + "\n" for each in [head, *rows]))
        done = self.run("close", "shop.yaml", "--period", month, "--tickets", "results.jsonl", *arguments)
        assert done.exit_code == 0, done.output
        closing = ClosingFiles(self.folder / "closings").read(month, "acme")
        assert closing is not None
        return closing.current.judged, done.output


@pytest.fixture
def house(tmp_path: Path, run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> House:
    found = House(tmp_path, run, monkeypatch)
    found.specs()
    return found


def test_two_good_months_win_half_of_the_credit_back(house: House) -> None:
    missed, _ = house.close("2026-08", 8)
    assert missed.credit is not None
    assert missed.credit.paid == 100                        # a tenth of 999.99, half up
    assert house.close("2026-09", 9)[0].won_back is None
    judged, said = house.close("2026-10", 10)
    assert judged.won_back is not None
    assert (judged.won_back.period, judged.won_back.amount) == ("2026-08", Fraction(50))
    assert "acme: 50.00 EUR of the credit of 2026-08 are won back" in said
    assert house.close("2026-11", 10)[0].won_back is None   # once


def test_a_bad_month_in_between_wins_nothing_back(house: House) -> None:
    house.close("2026-08", 8)
    house.close("2026-09", 8)
    assert house.close("2026-10", 10)[0].won_back is None
    judged, _ = house.close("2026-11", 10)
    assert judged.won_back is not None
    assert judged.won_back.period == "2026-09"


def test_two_of_three_breached_months_end_it(house: House) -> None:
    assert house.close("2026-08", 8)[0].may_be_ended == ()
    assert house.close("2026-09", 10)[0].may_be_ended == ()
    judged, said = house.close("2026-10", 8)
    assert judged.may_be_ended == ("it may be ended now: 2 breached periods among the last 3 periods",)
    assert "acme: it may be ended now" in said
    assert house.close("2026-11", 10)[0].may_be_ended == ()
    listed = json.loads(house.close("2026-10", 8, "--json")[1])
    assert listed[0]["may_be_ended"] == list(judged.may_be_ended)


def test_what_was_paid_for_what_was_affected_is_said_once_and_kept(house: House) -> None:
    house.specs(of="affected_fee", fee="")
    unpaid, _ = house.close("2026-08", 8)
    assert unpaid.credit is not None
    assert (unpaid.credit.paid, unpaid.credit.share) == (None, Fraction(1, 10))
    paid, _ = house.close("2026-08", 8, "--agreement", "acme", "--fee", "40.25 EUR")
    assert paid.credit is not None
    assert paid.credit.paid == Fraction("4.03")
    assert house.close("2026-08", 8)[0] == paid
    done = house.run("close", "shop.yaml", "--period", "2026-08", "--tickets", "results.jsonl", "--fee", "40.25 EUR")
    assert (done.exit_code, "--fee goes with one --agreement" in done.output) == (2, True)
