"""Agreements in their present periods: the state that dashboards show, exact at the edges, and never met without a figure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

import pytest
from promised import catalogue_of_text

from slo_gen import names
from slo_gen.history.agreement_status import AgreementRow, is_in_danger, questions, rows
from slo_gen.prometheus import Alert, Sample
from slo_gen.spec.model import Catalogue
from slo_gen.timekeeping.zones import read_instant as instant_in
from slo_gen.timekeeping.zones import zone

CATALOGUE = catalogue_of_text("""
kind: Service
metadata: {name: shop}
---
kind: Indicator
metadata: {name: requests}
spec: {service: shop, events: {total: 't{job="shop"}', bad: 'b{job="shop"}'}}
---
kind: Indicator
metadata: {name: seen}
spec: {service: shop, probe: {read_by: exporter}}
---
kind: Customer
metadata: {name: acme}
---
kind: SLA
metadata: {name: acme-shop}
spec:
  customer: acme
  service: shop
  state: active
  period: {length: month, timezone: Europe/Berlin}
  term: {from: 2026-03-01, length: 12mo}
  targets:
    - {name: availability, indicator: requests, objective: at least 99.9%}
    - name: minutes
      indicator: requests
      objective: at most 0.1%
      measure: {method: downtime_minutes, interval: 1m, down_when: more than 5% errors}
    - {name: outage, longest: {of: outage, indicator: seen}, objective: at most 60m}
    - {name: guess, longest: {of: outage, indicator: requests}, objective: at most 60m}
---
kind: SLA
metadata: {name: acme-draft}
spec: {customer: acme, service: shop, targets: [{name: availability, indicator: requests, objective: at least 99%}]}
""")
UTC = zone("UTC")


def read_instant(text: str) -> int:
    """An instant in UTC."""
    return instant_in(text, UTC)


MARCH, APRIL = read_instant("2026-02-28T23:00:00Z"), read_instant("2026-03-31T22:00:00Z")
NOW = read_instant("2026-03-20T12:00:00Z")


def samples(figures: Mapping[str, float], target: str = "availability", period: int = MARCH, **labels: str) -> dict[str, list[Sample]]:
    """Answers that hold one target's figures, by the metric in the question."""
    about = {"agreement": "acme-shop", "target": target, "indicator": "requests", "period": str(period), **labels}
    return {metric: [Sample(about, 0, value)] for metric, value in ({names.PERIOD_STARTED: period} | dict(figures)).items()}


def answers(*told: Mapping[str, list[Sample]], catalogue: Catalogue = CATALOGUE) -> dict[str, tuple[Sample, ...]]:
    found: dict[str, tuple[Sample, ...]] = {}
    for question in questions(catalogue):
        found[question] = tuple(
            sample for each in told for metric, kept in each.items() for sample in kept
            if f"({metric}[" in question or (metric == names.PERIOD_VERDICT and metric in question)
        )  # fmt: skip
    return found


def info(target: str, account: str = "a1") -> dict[str, list[Sample]]:
    labels = {"agreement": "acme-shop", "target": target} | ({names.ACCOUNT: account} if account else {})
    return {names.AGREEMENT_TARGET: [Sample(labels, 0, 0.999)]}


def row(*told: Mapping[str, list[Sample]], target: str = "availability", alerts: tuple[Alert, ...] = ()) -> AgreementRow:
    return {each.promise.target.name: each for each in rows(CATALOGUE, answers(*told), alerts, NOW)}[target]


def figures(left: float, ratio: float, attained: float, lower: float | None = None, upper: float | None = None) -> dict[str, float]:
    bounds = {names.PERIOD_ATTAINED_LOWER: lower, names.PERIOD_ATTAINED_UPPER: upper}
    return {
        names.PERIOD_BUDGET_LEFT: left, names.PERIOD_BUDGET_LEFT_RATIO: ratio, names.PERIOD_ATTAINED: attained,
        **{metric: attained if bound is None else bound for metric, bound in bounds.items()},
    }  # fmt: skip


@pytest.mark.parametrize(("told", "verdict"), [
    (figures(100, 0.5, 0.9995), "met"),
    (figures(0, 0.25, 0.999), "met"),                                  # exactly at the objective, a quarter left
    (figures(0, 0.2499, 0.9999), "at risk"),
    (figures(0, 0, 0.999), "at risk"),                                 # all of it used, and nothing lost yet
    (figures(-0.000001, -0.0001, 0.9989), "breached"),
    (figures(-1, -0.1, 0.9999), "breached"),
    (figures(100, 0.5, 0.9995, lower=0.9989), "at risk"),              # what nobody saw might break it
    (figures(100, 0.5, 0.9995, lower=0.999 - 1e-16), "met"),           # binary, no miss
    ({names.PERIOD_BUDGET_LEFT: 100, names.PERIOD_BUDGET_LEFT_RATIO: 1}, "no data"),     # nothing happened, and nothing is called 100 %
    ({names.PERIOD_BUDGET_LEFT: -1}, "breached"),
    ({}, "no data"),
    ({names.PERIOD_ATTAINED: float("nan")}, "no data"),
])
def test_the_verdict_is_the_state_of_the_dashboards(told: dict[str, float], verdict: str) -> None:
    assert row(info("availability"), samples(told)).verdict == verdict


def test_a_ceiling_is_at_risk_by_its_upper_bound() -> None:
    assert row(info("minutes"), samples(figures(9, 0.9, 0.0002, upper=0.0011), target="minutes"), target="minutes").verdict == "at risk"
    assert row(info("minutes"), samples(figures(9, 0.9, 0.0002, lower=0, upper=0.001), target="minutes"), target="minutes").verdict == "met"


def test_an_alert_of_the_period_is_part_of_the_state_and_a_pending_one_is_not() -> None:
    labels = {"alertname": names.PERIOD_AT_RISK, "agreement": "acme-shop", "target": "availability", "stage": "forecast"}
    told = (info("availability"), samples(figures(100, 0.5, 0.9995)))
    firing = Alert(labels, {}, "firing", "")
    assert row(*told, alerts=(firing,)).verdict == "at risk"
    assert row(*told, alerts=(firing,)).alerts == (firing,)
    assert row(*told, alerts=(replace(firing, state="pending"),)).verdict == "met"
    assert row(*told, alerts=(replace(firing, labels=labels | {"target": "minutes"}),)).verdict == "met"
    other = replace(firing, labels={**labels, "alertname": names.TICKET_OVERDUE})
    assert row(*told, alerts=(other,)).alerts == ()


def test_figures_are_exact_and_of_the_newest_period() -> None:
    before = samples(figures(-5, -1, 0.9), period=read_instant("2026-01-31T23:00:00Z"))
    sums = {names.PERIOD_UNKNOWN: 120, names.PERIOD_EXCLUDED: 60, names.PERIOD_BAD: 3, names.PERIOD_TOTAL: 9}
    now = samples(figures(30, 0.75, 0.99975) | sums)
    found = row(info("availability"), before, now)
    assert (found.attained, found.budget_left, found.left) == (Fraction(99_975, 100_000), Fraction(3, 4), 30)
    assert (found.unknown, found.excluded, found.bad, found.total) == (120, 60, 3, 9)
    assert found.period is not None
    assert (found.period.name, found.period.start, found.period.end) == ("2026-03", MARCH, APRIL)
    assert found.counts_events
    assert not row(info("minutes"), target="minutes").counts_events


def test_of_two_replicas_the_one_that_has_less_left_is_believed() -> None:
    good, bad = samples(figures(30, 0.75, 0.9999), replica="a"), samples(figures(-1, -0.1, 0.99), replica="b")
    for told in ((good, bad), (bad, good)):
        assert row(info("availability"), *told).verdict == "breached"


def test_what_no_rule_follows_is_not_live_and_no_reason_to_look() -> None:
    found = row(info("availability", account=""))
    assert found.verdict == "not live"
    assert not is_in_danger(found)
    assert row(target="guess").verdict == "not live"
    assert row().verdict == "no data"                                  # the rules are not loaded
    assert is_in_danger(row())


@pytest.mark.parametrize(("judged", "verdict"), [
    ("missed", "breached"), ("unclear", "at risk"), ("met", "met"), ("not_measured", "no data"), (None, "no data"),
])
def test_the_longest_outage_stands_as_the_exporter_judges_it(judged: str | None, verdict: str) -> None:
    told = {names.PERIOD_VERDICT: [
        Sample({"agreement": "acme-shop", "target": "outage", "verdict": each}, 0, float(each == judged))
        for each in ("missed", "unclear", "met", "not_measured") if judged
    ]}
    assert row(told, target="outage").verdict == verdict


def test_only_agreements_in_force_at_this_moment_are_told_of() -> None:
    def told(now: str) -> set[str]:
        return {each.promise.agreement.name for each in rows(CATALOGUE, {}, (), read_instant(now))}

    assert told("2026-02-28T22:59:59Z") == set()
    assert told("2026-02-28T23:00:00Z") == {"acme-shop"}
    assert told("2027-02-28T22:59:59Z") == {"acme-shop"}
    assert told("2027-02-28T23:00:00Z") == set()


def test_nothing_is_asked_where_nothing_is_promised() -> None:
    assert questions(replace(CATALOGUE, agreements={"acme-draft": CATALOGUE.agreements["acme-draft"]})) == []
