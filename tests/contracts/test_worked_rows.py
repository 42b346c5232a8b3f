"""Public contracts from their documents to the credit: every row that was worked out by hand, exact at every boundary.

``worked.json`` holds facts and results only. ``downtime``: contract, period, minutes down, the level as a fraction of a
percent (where it is known as one) and to six places, the credit in percent. ``failing_intervals``: how many spans of five
minutes failed by how many percent of their requests. ``multiples``: minutes down, fee, level and amount.
"""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest

from slo_gen.checks import check_catalogue
from slo_gen.contract.credits import Credit, credit, reading
from slo_gen.contract.evaluate import evaluate
from slo_gen.contract.exclusions import exclusions
from slo_gen.contract.facts import Downtime, Facts, Outage, Slots
from slo_gen.contract.fees import Fees
from slo_gen.contract.methods import measurement
from slo_gen.contract.outcome import Outcome
from slo_gen.contract.window import Window
from slo_gen.spec.convert import read_documents
from slo_gen.spec.files import load
from slo_gen.spec.model import Agreement, Catalogue, Maintenance, Origin, PlannedWork
from slo_gen.spec.resolve import resolve
from slo_gen.spec.terms import Fee, MeasureTerms, Money
from slo_gen.timekeeping.periods import Period
from slo_gen.timekeeping.spans import Spans
from slo_gen.timekeeping.zones import read_instant, zone

CONTRACTS = Path(__file__).parents[2] / "specs" / "contracts"
WORKED = json.loads(Path(__file__).with_name("worked.json").read_text(encoding="utf-8"))


@cache
def catalogue() -> Catalogue:
    loaded = load([CONTRACTS])
    found, problems = resolve(loaded.documents)
    assert (loaded.problems, problems) == ([], [])
    return found


def contract(name: str, period: str) -> tuple[Agreement, Period]:
    agreement = catalogue().agreements[name]
    return agreement, agreement.period.named(period)


def judged(agreement: Agreement, facts: Facts, window: Window) -> Outcome:
    (target,) = agreement.targets
    return evaluate(target.name, measurement(target), target.bound, facts, window)


def owed(agreement: Agreement, period: Period, outcome: Outcome, fee: str = "100.00") -> Credit:
    """The credit when ``fee`` was paid in the period."""
    assert agreement.credits is not None
    written = Fee(Fraction(fee), agreement.fee.currency, agreement.fee.per) if agreement.fee else None
    fees = Fees(written, agreement.period, period, Money(Fraction(fee), "USD"))
    return credit(agreement.credits, [reading(agreement.targets[0], outcome)], fees)


def outage(period: Period, seconds: int) -> Downtime:
    """One outage in the middle of the period."""
    start = period.start + 86_400
    return Downtime(period.start, period.end, (Outage(start, start + seconds),) if seconds else ())


def window(period: Period) -> Window:
    return Window(period.start, period.end)


@pytest.mark.parametrize(("name", "period", "minutes", "level", "places", "percent"), WORKED["downtime"])
def test_downtime(name: str, period: str, minutes: str, level: str, places: str, percent: str) -> None:
    agreement, when = contract(name, period)
    outcome = judged(agreement, outage(when, int(Fraction(minutes) * 60)), window(when))
    assert outcome.figure is not None
    if level:
        assert outcome.figure * 100 == Fraction(level)
    assert round(outcome.figure * 100, 6) == Fraction(places)
    assert outcome.verdict == ("met" if agreement.targets[0].bound.holds(outcome.figure) else "missed")
    found = owed(agreement, when, outcome)
    assert found.share == Fraction(percent) / 100
    assert found.text == f"{int(percent)}.00 USD"


@pytest.mark.parametrize(("name", "period", "failing", "errors", "places", "percent"), WORKED["failing_intervals"])
@pytest.mark.parametrize("rest", [100, 0], ids=["busy", "idle"])
def test_failing_intervals(name: str, period: str, failing: int, errors: int, places: str, percent: str, rest: int) -> None:
    agreement, when = contract(name, period)
    slots = when.seconds // 300
    facts = Slots(when.start, 300, [100] * failing + [rest] * (slots - failing), [errors] * failing + [0] * (slots - failing))
    outcome = judged(agreement, facts, window(when))
    assert outcome.figure == 1 - Fraction(failing * errors, slots * 100)
    assert round(outcome.figure * 100, 6) == Fraction(places)
    assert owed(agreement, when, outcome).share == Fraction(percent) / 100


@pytest.mark.parametrize(("name", "period", "minutes", "fee", "places", "amount"), WORKED["multiples"])
def test_multiples(name: str, period: str, minutes: int, fee: str, places: str, amount: str) -> None:
    agreement, when = contract(name, period)
    outcome = judged(agreement, outage(when, minutes * 60), window(when))
    if places:
        assert outcome.figure is not None
        assert round(outcome.figure * 100, 6) == Fraction(places)
    found = owed(agreement, when, outcome, fee)
    assert found.amount is not None
    assert round(found.amount, 4) == Fraction(amount)


# --- minutes that are down -------------------------------------------------------------------------------------
@pytest.mark.parametrize(("name", "requests", "errors", "is_down"), [
    ("atlassian-premium", 100, 10, True), ("atlassian-premium", 100, 1, False), ("atlassian-premium", 100, 5, False),
    ("atlassian-premium", 0, 0, False), ("github-enterprise", 1000, 50, False), ("github-enterprise", 1000, 51, True),
])  # fmt: skip
def test_when_a_minute_is_down(name: str, requests: int, errors: int, is_down: bool) -> None:
    agreement, when = contract(name, "2026-06" if name.startswith("atlassian") else "2026-Q1")
    minutes = when.seconds // 60
    facts = Slots(when.start, 60, [requests] + [1000] * (minutes - 1), [errors] + [0] * (minutes - 1))
    assert judged(agreement, facts, window(when)).counted == 60 * is_down


def test_downtime_that_the_provider_confirms_counts_without_traffic() -> None:
    agreement, when = contract("atlassian-premium", "2026-06")
    assert judged(agreement, outage(when, 60), window(when)).counted == 60


def test_one_bad_interval_of_many_is_no_share_of_requests() -> None:
    agreement, when = contract("aws-s3-standard", "2026-06")
    slots = when.seconds // 300
    busy = [40_000] + [(1_000_000 - 40_000) // (slots - 1)] * (slots - 1)
    outcome = judged(agreement, Slots(when.start, 300, busy, [20_000] + [0] * (slots - 1)), window(when))
    assert outcome.figure is not None
    assert round(outcome.figure * 100, 6) == Fraction("99.994213")
    assert owed(agreement, when, outcome).share == 0


def test_idle_intervals_are_good() -> None:
    agreement, when = contract("aws-s3-standard", "2026-06")
    slots = when.seconds // 300
    outcome = judged(agreement, Slots(when.start, 300, [1] + [0] * (slots - 1), [1] + [0] * (slots - 1)), window(when))
    assert outcome.figure == 1 - Fraction(1, slots)
    assert owed(agreement, when, outcome).share == 0


@pytest.mark.parametrize(("spans", "of_the_clock", "of_the_outage"), [
    ([(0, 45), (3600, 3645)], 0, 0), ([(0, 210)], 180, 180), ([(30, 165)], 60, 120), ([(0, 60)], 60, 60), ([(30, 90)], 0, 60),
])  # fmt: skip
def test_partial_minutes_do_not_count(spans: list[tuple[int, int]], of_the_clock: int, of_the_outage: int) -> None:
    agreement, when = contract("gcp-compute-multizone", "2026-06")
    ten = when.start + 36_000
    facts = Downtime(when.start, when.end, tuple(Outage(ten + start, ten + end) for start, end in spans))
    assert judged(agreement, facts, window(when)).counted == of_the_clock
    runs = MeasureTerms(method="downtime_periods", at_least=60, drop_partial=True)
    other = replace(agreement, targets=(replace(agreement.targets[0], measure=runs),))
    assert judged(other, facts, window(when)).counted == of_the_outage


def test_a_month_is_as_long_as_it_was_deployed() -> None:
    agreement, when = contract("azure-vm-zones", "2026-06")
    week = Window(when.start, when.end, deployed=Spans(((when.start, when.start + 7 * 86_400),)))
    outcome = judged(agreement, outage(when, 120), week)
    assert outcome.figure is not None
    assert round(outcome.figure * 100, 6) == Fraction("99.980159")
    assert (outcome.verdict, owed(agreement, when, outcome).share) == ("missed", Fraction(1, 10))
    assert judged(agreement, outage(when, 120), window(when)).verdict == "met"


# --- planned work ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("used_hours", "hours", "notice_hours", "counted_hours"), [
    (9, 2, 72, 1), (0, 1, 24, 1), (0, 1, 48, 0), (8, 2, 72, 0),
])  # fmt: skip
def test_planned_work_within_its_allowance(used_hours: int, hours: int, notice_hours: int, counted_hours: int) -> None:
    agreement, when = contract("slack-enterprise", "2026-Q1")
    (target,) = agreement.targets
    start = when.start + 30 * 86_400
    planned = PlannedWork((start, start + hours * 3600), start - notice_hours * 3600, None)
    work = Maintenance("m", "m", (agreement.service,), (), False, False, (planned,), "", "", Origin("m.yaml", 1, 1))
    found = exclusions(agreement, target, {"m": work}, when.start, when.end, service=agreement.service, used=used_hours * 3600)
    outcome = judged(
        agreement,
        Downtime(when.start, when.end, (Outage(start, start + hours * 3600),)),
        Window(when.start, when.end, excluded=found.by_reason),
    )
    assert outcome.counted == counted_hours * 3600


# --- what every contract says ----------------------------------------------------------------------------------
def test_every_contract_says_where_it_is_from() -> None:
    found = catalogue().agreements
    assert len(found) == 17
    for agreement in found.values():
        assert agreement.source is not None
        assert agreement.source.url or agreement.source.file
        assert agreement.source.version
        assert agreement.source.verified_on


def test_what_is_ambiguous_in_their_texts_is_told() -> None:
    loaded = load([CONTRACTS])
    found = [(Path(each.file).name, each.check, each.message) for each in check_catalogue(catalogue(), loaded.documents)]
    assert found == [
        ("github.yaml", "credit-scale", "exactly 99.0% misses availability and is in no tier"),
        ("github.yaml", "ambiguous-boundary", "exactly 99.9% meets availability, and still earns 10% by this tier"),
    ]  # fmt: skip


@pytest.mark.parametrize(("period", "name", "places", "verdict"), [
    ("{length: month, timezone: UTC}", "2026-01", "99.932796", "met"), ("{length: month, timezone: UTC}", "2026-02", "99.925595", "met"),
    ("{rolling: 30d, timezone: UTC}", "30d-2026-02-01", "99.861111", "missed"),
])  # fmt: skip
def test_a_rolling_period_sees_what_two_months_divide(period: str, name: str, places: str, verdict: str) -> None:
    text = (CONTRACTS / "atlassian.yaml").read_text(encoding="utf-8").replace("{length: month, timezone: UTC}", period)
    found, problems = resolve(read_documents([("atlassian.yaml", text)])[0])
    assert problems == []
    agreement = found.agreements["atlassian-premium"]
    when, first = agreement.period.named(name), read_instant("2026-02-01", zone("UTC"))
    down = Downtime(first - 90 * 86_400, first + 90 * 86_400, (Outage(first - 3600, first - 1800), Outage(first + 3600, first + 5400)))
    outcome = judged(agreement, down, window(when))
    assert outcome.figure is not None
    assert round(outcome.figure * 100, 6) == Fraction(places)
    assert outcome.verdict == verdict


def test_a_catalogue_around_the_contracts_leaves_them_out() -> None:
    assert not any("contracts" in file for file in load([CONTRACTS.parent]).sources)
