"""Terms of agreements: what is written arrives exactly in the model, the agreement's own before its template's."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from catalogue_text import BASE, catalogue_of

from slo_gen.spec import model
from slo_gen.spec.terms import (
    Allowance,
    Bound,
    Cap,
    ClaimTerms,
    CreditTerms,
    Deadline,
    EarnBack,
    Exclusion,
    Fee,
    MeasureTerms,
    Misses,
    Money,
    Repeat,
    Source,
    Termination,
    Tier,
)
from slo_gen.timekeeping.periods import Periods, RollingDays

WORLD = """
kind: Calendar
metadata: {name: office}
spec: {hours: {mon-fri: ["08:00-18:00"]}}
---
kind: Calendar
metadata: {name: nights}
spec: {hours: {mon-sun: ["22:00-06:00"]}}
---
kind: Supplier
metadata: {name: cloud}
---
kind: Indicator
metadata: {name: slow}
spec: {service: checkout, latency: {histogram: 'duration_seconds{job="shop"}', threshold: 300ms}}
---
"""
TARGET = "{name: up, indicator: requests, objective: at least 99.9%}"


def uc(spec: str, template: str = "") -> model.Agreement:
    own = f"kind: UC\nmetadata: {{name: uc}}\nspec: {{supplier: cloud, service: checkout, {spec}}}\n"
    of_template = f"kind: Template\nmetadata: {{name: cloud, version: 1}}\nspec: {{{template}}}\n---\n" if template else ""
    return catalogue_of(BASE + WORLD + of_template + own).agreements["uc"]


def target(text: str, spec: str = "") -> model.AgreementTarget:
    (found,) = uc(f"targets: [{{name: t, {text}}}]{spec and ', '}{spec}").targets
    return found


def credits(text: str, targets: str = f"[{TARGET}]") -> CreditTerms:
    found = uc(f"fee: {{amount: 100, currency: EUR}}, targets: {targets}, credits: {{{text}}}").credits
    assert found is not None
    return found


def below(percentage: str, op: str = "<") -> Bound:
    assert op in ("<", "<=", ">", ">=")
    return Bound(op, Fraction(percentage) / 100, "%", f"{percentage}%")


# --- measuring -----------------------------------------------------------------------------------------------
def test_a_target_without_terms_is_a_share_of_events() -> None:
    found = target("indicator: requests, objective: 99.9%")
    assert found.measure == MeasureTerms(over="events")
    assert (found.hours, found.unit, found.bound) == ("24x7", "%", Bound(">=", Fraction(999, 1000), "%", "at least 99.9%"))


@pytest.mark.parametrize(("written", "op", "value", "unit"), [
    ("more than 99.9%", ">", Fraction(999, 1000), "%"), ("less than 0.1%", "<", Fraction(1, 1000), "%"),
])  # fmt: skip
def test_a_share_may_have_to_be_beyond_its_objective(written: str, op: str, value: Fraction, unit: str) -> None:
    found = target(f"indicator: requests, objective: {written}")
    assert (found.strict, found.bound) == (True, Bound(op, value, unit, written))  # type: ignore[arg-type]


@pytest.mark.parametrize(("written", "of", "value", "unit"), [
    ("less than 4h", "indicator: requests, measure: {method: downtime_minutes}", 14_400, "s"),
    ("less than 2", "count: {of: outages, indicator: requests}", 2, ""),
    ("less than 1h", "longest: {of: outage, indicator: requests}", 3600, "s"),
])  # fmt: skip
def test_a_time_or_a_number_may_have_to_stay_below_its_objective(written: str, of: str, value: int, unit: str) -> None:
    found = target(f"{of}, objective: {written}")
    assert (found.strict, found.bound) == (True, Bound("<", Fraction(value), unit, written))  # type: ignore[arg-type]


def test_every_term_of_measuring_arrives() -> None:
    found = target(
        "indicator: requests, objective: 99.9%, measure: {method: downtime_periods, interval: 5m, at_least: 10m, partial: drop,"
        " down_when: at least 5% errors, minimum_events: 20, empty: good, unknown: bad, over: deployed}"
    )
    assert found.measure == MeasureTerms(
        method="downtime_periods", interval=300, at_least=600, drop_partial=True, down_threshold=Fraction(1, 20), down_strict=False,
        minimum_events=20, empty="good", unknown="bad", over="deployed",
    )  # fmt: skip


@pytest.mark.parametrize(("text", "strict", "threshold"), [
    ("", True, Fraction(0)),
    (", down_when: more than 5% errors", True, Fraction(1, 20)),
    (", down_when: at least 0.5% errors", False, Fraction(1, 200)),
])  # fmt: skip
def test_when_an_interval_is_down(text: str, strict: bool, threshold: Fraction) -> None:
    found = target(f"indicator: requests, objective: 99.9%, measure: {{method: downtime_minutes{text}}}").measure
    assert (found.down_strict, found.down_threshold) == (strict, threshold)


@pytest.mark.parametrize(("text", "spec", "hours", "over"), [
    ("", "", "24x7", "calendar"),
    ("", "hours: office", "office", "scheduled"),
    (", hours: nights", "hours: office", "nights", "scheduled"),
    (", measure: {method: downtime_minutes, hours: nights}", "", "nights", "scheduled"),
    (", measure: {method: downtime_minutes, over: calendar}", "hours: office", "office", "calendar"),
    (", measure: {method: downtime_minutes, over: scheduled}", "", "24x7", "scheduled"),
    (", measure: {method: event_ratio}", "hours: office", "office", "events"),
])  # fmt: skip
def test_hours_are_the_agreements_unless_the_target_says_others(text: str, spec: str, hours: str, over: str) -> None:
    measure = "" if "measure" in text else ", measure: {method: downtime_minutes}"
    found = target(f"indicator: requests, objective: 99.9%{text}{measure}", spec)
    assert (found.hours, found.measure.over) == (hours, over)


def test_the_hours_of_the_agreement_come_before_those_of_its_template() -> None:
    template = "hours: office, targets: [{name: t, indicator: requests, objective: 99.9%, measure: {method: downtime_minutes}}]"
    assert uc("extends: cloud@1", template).targets[0].hours == "office"
    found = uc("extends: cloud@1, hours: nights", template).targets[0]
    assert (found.hours, found.measure.over) == ("nights", "scheduled")


@pytest.mark.parametrize(("text", "unit", "objective", "method", "reduce"), [
    ("indicator: requests, objective: at most 43m, measure: {method: downtime_minutes}", "s", 2580, "downtime_minutes", None),
    ("count: {of: outages, indicator: requests}, objective: at most 2", "", 2, "downtime_minutes", "count"),
    ("count: {of: outages, indicator: requests}, objective: at most 2, measure: {method: downtime_periods, at_least: 5m}", "", 2,
     "downtime_periods", "count"),
    ("longest: {of: outage, indicator: requests}, objective: at most 1h", "s", 3600, "downtime_minutes", "max"),
    ("indicator: requests, objective: at most 1h, measure: {method: per_interruption, reduce: max}", "s", 3600, "per_interruption", "max"),
])  # fmt: skip
def test_objectives_that_are_no_percentage(text: str, unit: str, objective: int, method: str, reduce: str | None) -> None:
    found = target(text)
    assert (found.indicator, found.unit, found.objective, found.direction) == ("requests", unit, objective, "at most")
    assert (found.measure.method, found.measure.reduce) == (method, reduce)


def test_a_percentile_of_latency_is_a_share_of_fast_requests() -> None:
    found = target("percentile: {of: latency, percent: 95%, indicator: slow}, objective: at most 300ms")
    assert (found.indicator, found.bound) == ("slow", Bound(">=", Fraction(95, 100), "%", "at least 95%"))
    assert found.measure.method == "event_ratio"


def test_exclusions_misses_grace_and_weight() -> None:
    found = target(
        "indicator: requests, objective: 99.9%, misses: {allowed: 1, of: 3, contiguous: true}, grace: 1mo, weight: 40%,"
        " exclude: [maintenance, {when: paused == 1, reason: paused, at_most: 2h}]"
    )
    assert found.exclude == (Exclusion("maintenance"), Exclusion("paused", "paused == 1", 7200))
    assert (found.misses, found.grace, found.weight) == (Misses(1, 3, True), "1mo", Fraction(2, 5))


def test_what_no_indicator_measures_keeps_its_bound() -> None:
    found = uc(
        "targets: [{name: p1, count: {of: tickets, priority: P1, per: quarter}, objective: at most 2},"
        " {name: p95, percentile: {of: resolution, percent: 95%, hours: office}, objective: at most 4h},"
        " {name: slow, percentile: {of: resolution, percent: 95%, hours: office}, objective: at most 3bd},"
        " {name: score, satisfaction: {score: csat}, objective: 80%}, {name: rpo, fact: {name: rpo}, objective: at most 15m}]"
    ).other_targets
    assert [(each.name, each.of, each.bound, each.percent, each.priority, each.hours, each.per) for each in found] == [
        ("p1", "tickets", Bound("<=", Fraction(2), "", "at most 2"), None, "P1", "24x7", "quarter"),
        ("p95", "resolution", Bound("<=", Fraction(14_400), "s", "at most 4h"), Fraction(95, 100), "", "office", ""),
        ("slow", "resolution", None, Fraction(95, 100), "", "office", ""),
        ("score", "csat", Bound(">=", Fraction(4, 5), "%", "80%"), None, "", "24x7", ""),
        ("rpo", "rpo", Bound("<=", Fraction(900), "s", "at most 15m"), None, "", "24x7", ""),
    ]


# --- money ---------------------------------------------------------------------------------------------------
def test_credits_by_tiers() -> None:
    found = credits(
        "of: annual_fee, targets: [up], cap: 30d, annual_cap: 10%, minimum: more than 1.50 EUR, on_claim: true, paid_as: refund,"
        " tiers: [{below: 99.9%, credit: 10%}, {at_most: 99%, above: 95%, amount: 20.5 EUR}, {below: 95%, days: 1, for_each: 1%}],"
        " repeat: [{misses: 2, within: 2, times: 1.5}], earn_back: {periods: 2, objective: 99.95%, share: 50%}, double_recovery: true"
    )
    assert found == CreditTerms(
        of="annual_fee",
        targets=("up",),
        tiers=(
            Tier(below("99.9"), credit=Fraction(1, 10)),
            Tier(below("99", "<="), amount=Money(Fraction(41, 2), "EUR"), until=below("95", ">")),
            Tier(below("95"), days=Fraction(1), each=Fraction(1, 100)),
        ),
        cap=Cap(seconds=30 * 86_400),
        annual_cap=Fraction(1, 10),
        minimum=Money(Fraction(3, 2), "EUR"),
        minimum_strict=True,
        repeat=(Repeat(2, 2, Fraction(3, 2)),),
        earn_back=EarnBack(2, Bound(">=", Fraction(9995, 10_000), "%", "99.95%"), Fraction(1, 2)),
        double_recovery=True,
        paid_as="refund",
        on_claim=True,
    )


def test_the_least_credit_and_a_cap_of_twelve_months() -> None:
    found = credits("tiers: [{below: 99.9%, credit: 10%}], no_less_than: 49.90 EUR, annual_cap: 1/12, annual_cap_per: 12mo")
    assert (found.no_less_than, found.annual_cap, found.annual_cap_per) == (Money(Fraction(499, 10), "EUR"), Fraction(1, 12), "12mo")
    plain = credits("tiers: [{below: 99.9%, credit: 10%}], annual_cap: 30%")
    assert (plain.no_less_than, plain.annual_cap_per) == (None, "year")


def test_a_multiple_of_what_goes_beyond_the_objective() -> None:
    assert credits("multiplier: 10, excess_only: true", TIMED).excess_only
    assert not credits("multiplier: 10", TIMED).excess_only


def test_steps_that_have_begun_parts_and_the_fee_for_a_day() -> None:
    found = credits(
        "tiers: [{above: 0m, credit: 1/30, for_each_started: 0.5h}, {at_least: 43.8m, fee_for: 1d}]",
        "[{name: up, indicator: requests, objective: at most 7.2h, measure: {method: downtime_minutes}}]",
    )
    assert found.tiers == (
        Tier(Bound(">", Fraction(0), "s", "0m"), credit=Fraction(1, 30), each=Fraction(1800), started=True),
        Tier(Bound(">=", Fraction(2628), "s", "43.8m"), seconds=86_400),
    )
    assert [target.objective for target in uc(f"targets: [{TIMED[1:-1].replace('99.9%', 'at most 7.2h')}]").targets] == [25_920]


@pytest.mark.parametrize(("written", "end", "targets"), [
    ("below: 95%", Bound("<", Fraction(95, 100), "%", "95%"), ("up", "quick")),
    ("at_most: 95%", Bound("<=", Fraction(95, 100), "%", "95%"), ("up", "quick")),
    ("above: 7.2h", Bound(">", Fraction(25_920), "s", "7.2h"), ("down",)),
    ("at_least: 2", Bound(">=", Fraction(2), "", "2"), ("often",)),
    ("below: 95%, targets: [up]", Bound("<", Fraction(95, 100), "%", "95%"), ("up",)),
])  # fmt: skip
def test_a_right_to_end_it_is_about_the_targets_of_its_unit(written: str, end: Bound, targets: tuple[str, ...]) -> None:
    found = uc(
        "targets: [{name: up, indicator: requests, objective: 99.9%}, {name: quick, indicator: requests, objective: 99%},"
        " {name: down, indicator: requests, objective: at most 1h, measure: {method: downtime_minutes}},"
        " {name: often, count: {of: outages, indicator: requests}, objective: at most 2}],"
        f" termination: [{{{written}}}]"
    )
    assert found.termination == (Termination(1, 1, False, end, targets),)


TIMED = "[{name: up, indicator: requests, objective: 99.9%, measure: {method: downtime_minutes}}]"


@pytest.mark.parametrize(("text", "cap"), [
    ("", Cap(share=Fraction(1))),
    (", cap: none", None),
    (", cap: 50%, cap_per: period", Cap(share=Fraction(1, 2))),
    (", cap: 1mo, cap_per: interruption", Cap(months=1, of="interruption")),
])  # fmt: skip
def test_credits_by_a_multiple(text: str, cap: Cap | None) -> None:
    found = credits(f"multiplier: 2.5, of: fee_of_downtime{text}", TIMED)
    assert (found.multiplier, found.cap, found.tiers) == (Fraction(5, 2), cap, ())


def test_tiers_of_counts_are_numbers() -> None:
    found = credits(
        "tiers: [{above: 2, credit: 5%, for_each: 1}]", "[{name: n, count: {of: outages, indicator: requests}, objective: at most 2}]"
    )
    assert found.tiers == (Tier(Bound(">", Fraction(2), "", "2"), credit=Fraction(1, 20), each=Fraction(1)),)


def test_a_pool_is_shared_by_weight() -> None:
    text = "[{name: a, indicator: requests, objective: 99%, weight: 70%}, {name: b, indicator: slow, objective: 99%, weight: 30%}]"
    assert credits("at_risk: 15%", text).at_risk == Fraction(15, 100)


def test_credits_of_the_agreement_replace_those_of_its_template() -> None:
    template = f"targets: [{TARGET}], credits: {{of: affected_fee, tiers: [{{below: 99.9%, credit: 10%}}], cap: 20%}}"
    taken, own = uc("extends: cloud@1", template).credits, uc("extends: cloud@1, credits: {of: affected_fee, at_risk: 5%}, targets: "
        "[{name: up, indicator: requests, objective: 99%, weight: 100%}]", template).credits  # fmt: skip
    assert taken is not None
    assert taken.cap == Cap(share=Fraction(1, 5))
    assert own is not None
    assert (own.tiers, own.cap, own.at_risk) == ((), Cap(share=Fraction(1)), Fraction(1, 20))


# --- the other terms -----------------------------------------------------------------------------------------
def test_every_other_term_arrives() -> None:
    found = uc(
        f"targets: [{TARGET}], fee: {{amount: 18400.10, currency: EUR, per: quarter}},"
        " credits: {tiers: [{below: 99.9%, credit: 10%}]},"
        " allowance: {planned: 4h per month, notice: 5bd, hours: nights},"
        " claim: {notify: {within: 5bd, after: incident_end}, submit: {within: 30d}, evidence: [logs], prevails: joint, to: a@b.example},"
        " termination: [{breaches: 3, of: 6, contiguous: true, below: 95%, targets: [up], notice: 30d}],"
        " source: {url: 'https://cloud.example/sla', version: '2026-03', verified_on: 2026-03-20}"
    )
    assert found.fee == Fee(Fraction("18400.1"), "EUR", "quarter")
    assert found.allowance == Allowance(14_400, "month", "5bd", "nights")
    assert found.claim == ClaimTerms(Deadline("5bd", "incident_end"), Deadline("30d", "period_end"), ("logs",), "joint", "a@b.example")
    assert found.termination == (Termination(3, 6, True, Bound("<", Fraction(95, 100), "%", "95%"), ("up",), "30d"),)
    assert found.source == Source("https://cloud.example/sla", "", "2026-03", date(2026, 3, 20))


def test_terms_that_nobody_wrote_are_not_there() -> None:
    found = uc(f"targets: [{TARGET}]")
    assert (found.starts, found.ends, found.fee, found.credits, found.allowance, found.claim, found.source) == (None,) * 7
    assert found.termination == ()


@pytest.mark.parametrize(("term", "starts", "ends"), [
    ("{from: 2026-01-01}", date(2026, 1, 1), None),
    ("{from: 2026-01-01, length: 12mo}", date(2026, 1, 1), date(2026, 12, 31)),
    ("{from: 2026-01-31, length: 1mo}", date(2026, 1, 31), date(2026, 2, 27)),
    ("{from: 2024-02-29, length: 1y}", date(2024, 2, 29), date(2025, 2, 27)),
    ("{from: 2026-01-01, length: 90d}", date(2026, 1, 1), date(2026, 3, 31)),
    ("{from: 2026-01-01, until: 2026-06-30}", date(2026, 1, 1), date(2026, 6, 30)),
    ("{from: 2026-01-01, length: 12mo, renews: 12mo}", date(2026, 1, 1), None),
])  # fmt: skip
def test_a_term_has_its_last_day(term: str, starts: date, ends: date | None) -> None:
    found = uc(f"targets: [{TARGET}], term: {term}")
    assert (found.starts, found.ends) == (starts, ends)


@pytest.mark.parametrize(("period", "expected"), [
    ("{}", Periods("month", "UTC")),
    ("{starts: 01-15}", Periods("month", "UTC", (1, 15))),
    ("{length: year, starts: 04-01, timezone: Europe/Berlin}", Periods("year", "Europe/Berlin", (4, 1))),
    ("{rolling: 30d, timezone: Europe/Berlin}", RollingDays(30, "Europe/Berlin")),
])  # fmt: skip
def test_periods(period: str, expected: Periods | RollingDays) -> None:
    assert uc(f"targets: [{TARGET}], period: {period}").period == expected
