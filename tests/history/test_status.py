"""Verdicts from recorded counts: exact at the edge, honest about what was not seen."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo_gen import names
from slo_gen.history.status import Row, is_alarming, questions, rows
from slo_gen.prometheus import Alert, Sample
from slo_gen.spec.convert import read_documents
from slo_gen.spec.model import Catalogue
from slo_gen.spec.resolve import resolve

DOCUMENTS = """\
kind: Service
metadata: {name: shop}
---
kind: Indicator
metadata: {name: requests}
spec:
  service: shop
  events: {total: 'requests_total{job="shop"}', bad: 'requests_total{job="shop",code=~"5.."}'}
---
kind: SLO
metadata: {name: target}
spec: {indicator: requests, objective: 99.9%, window: 30d}
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
  targets: [{name: availability, indicator: requests, objective: at least 99.5%}]
"""


def catalogue(*by: str) -> Catalogue:
    documents, problems = read_documents([("specs.yaml", DOCUMENTS)])
    found, unresolved = resolve(documents)
    assert [problem for problem in (*problems, *unresolved) if problem.severity == "error"] == []
    return replace(found, indicators={"requests": replace(found.indicators["requests"], by=by)})


def answers(where: Catalogue, series: list[dict[str, object]]) -> dict[str, tuple[Sample, ...]]:
    """Answers of a Prometheus that holds these series; keys other than the counts are labels."""
    counts = {"bad": names.bad_window("30d"), "total": names.total_window("30d"), "unseen": names.unseen_window("30d"),
              "minutes": names.minutes_window("30d"), "burn": names.error_ratio("1h")}
    found: dict[str, tuple[Sample, ...]] = {}
    for question in questions(where):
        count = next(count for count, metric in counts.items() if f"({metric}[" in question)
        found[question] = tuple(
            Sample({names.INDICATOR: "requests", **{str(k): str(v) for k, v in one.items() if k not in counts}}, 0, float(str(one[count])))
            for one in series if count in one
        )
    return found


def row(series: list[dict[str, object]], alerts: list[Alert] | None = None) -> Row:
    where = catalogue()
    (only,) = rows(where, answers(where, series), alerts or [])
    return only


def counts(bad: object, total: object, unseen: object = 0, minutes: object = 43200) -> list[dict[str, object]]:
    return [{"bad": bad, "total": total, "unseen": unseen, "minutes": minutes}]


@pytest.mark.parametrize(("bad", "total", "unseen", "verdict"), [
    (1, 1000, 0, "met"),                       # exactly at the objective
    (1.0000001, 1000, 0, "missed"),
    (0, 1000, 0, "met"),
    (1000, 1000, 0, "missed"),
    (0, 0, 0, "no events"),
    (0, 0, 1, "unclear"),                      # the only event was not seen
    (1, 1000, 1, "unclear"),                   # the unseen one decides
    (0, 1000, 1, "met"),                       # even if it was bad
    (2, 1000, 1, "missed"),                    # even if it was good
    (2, 1000, 1001, "unclear"),
])
def test_verdicts(bad: float, total: float, unseen: float, verdict: str) -> None:
    assert row(counts(bad, total, unseen)).verdict == verdict


def test_no_data_is_no_hundred_percent() -> None:
    empty = row([])
    assert (empty.verdict, empty.attained, empty.budget_left, empty.burn, empty.coverage) == ("no data", None, None, None, None)
    idle = row(counts(0, 0))
    assert (idle.verdict, idle.attained, idle.budget_left) == ("no events", None, None)


def test_an_undefined_number_is_no_number() -> None:
    assert row(counts("NaN", "NaN")).verdict == "no data"
    assert row([*counts(0, 5), {"burn": "NaN"}]).burn is None


def test_figures() -> None:
    found = row([{"bad": 5, "total": 10000, "unseen": 0, "minutes": 21600, "burn": 0.0144}])
    assert found.attained == Fraction("0.9995")
    assert found.budget_left == Fraction("0.5")
    assert found.burn == Fraction("14.4")
    assert found.coverage == Fraction("0.5")


def test_an_overspent_budget_is_negative() -> None:
    assert row(counts(30, 10000)).budget_left == -2


def test_one_row_for_each_group() -> None:
    where = catalogue("region")
    series = [{"region": "eu", **counts(0, 10)[0]}, {"region": "us", **counts(10, 10)[0]}]
    found = rows(where, answers(where, series), [])
    assert [(dict(one.group), one.verdict) for one in found] == [({"region": "eu"}, "met"), ({"region": "us"}, "missed")]


def test_a_group_that_has_only_just_been_seen_has_a_row() -> None:
    where = catalogue("region")
    found = rows(where, answers(where, [{"region": "eu", **counts(0, 10)[0], "burn": 0}, {"region": "us", "burn": 0.002}]), [])
    assert [(dict(one.group), one.verdict, one.burn) for one in found] == [({"region": "eu"}, "met", 0), ({"region": "us"}, "no data", 2)]


def test_labels_of_the_server_are_no_groups() -> None:
    found = row([{"replica": "a", **counts(0, 10, minutes=5)[0]}, {"replica": "b", **counts(4, 20, minutes=9)[0]}])
    assert (found.group, found.bad, found.total) == ({}, 4, 20)


def test_two_replicas_that_measured_alike_are_judged_by_the_worse() -> None:
    found = row([{"replica": "a", **counts(0, 1000)[0]}, {"replica": "b", **counts(4, 1000)[0]}])
    assert (found.bad, found.verdict) == (4, "missed")


def alert(state: str = "firing", **labels: str) -> Alert:
    return Alert(labels, {}, state, "2026-01-01T00:00:00Z")


def burning(severity: str = "page", slo: str = "target", **more: str) -> Alert:
    return alert(alertname=names.BUDGET_BURN, slo=slo, severity=severity, **more)


def test_firing_alerts_endanger_agreements() -> None:
    pending = alert("pending", alertname=names.BUDGET_BURN, slo="target")
    found = row(counts(0, 10), [burning("ticket"), burning("page"), burning(slo="another"), pending])
    assert [one.labels["severity"] for one in found.alerts] == ["page", "ticket"]
    assert [promise.agreement.name for promise in found.endangered] == ["acme-shop"]
    assert is_alarming(found)
    assert row(counts(0, 10)).endangered == ()


def test_silence_endangers_nothing_but_alarms() -> None:
    found = row(counts(0, 10), [alert(alertname=names.INDICATOR_NO_DATA, indicator="requests", severity="ticket")])
    assert found.endangered == ()
    assert is_alarming(found)
    assert not is_alarming(row(counts(0, 10)))
    assert not is_alarming(row(counts(0, 0)))
    assert is_alarming(row([]))


def test_an_alert_of_another_group_is_not_mine() -> None:
    where = catalogue("region")
    series = [{"region": "eu", **counts(0, 10)[0]}, {"region": "us", **counts(0, 10)[0]}]
    eu, us = rows(where, answers(where, series), [burning(region="us")])
    assert (len(eu.alerts), len(us.alerts)) == (0, 1)


def test_a_group_endangers_those_alone_who_rest_on_it() -> None:
    found = catalogue("region")
    acme = found.agreements["acme-shop"]
    only_us = replace(acme, name="acme-us", targets=tuple(replace(target, where={"region": "us"}) for target in acme.targets))
    where = replace(found, agreements={**found.agreements, "acme-us": only_us})
    series = [{"region": "eu", **counts(5, 10)[0]}, {"region": "us", **counts(5, 10)[0]}]
    eu, us = rows(where, answers(where, series), [])
    assert [promise.agreement.name for promise in eu.endangered] == ["acme-shop"]
    assert [promise.agreement.name for promise in us.endangered] == ["acme-shop", "acme-us"]


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**4))
def test_a_verdict_holds_whatever_the_unseen_events_were(bad: int, good: int, unseen: int) -> None:
    verdict = row(counts(bad, bad + good, unseen)).verdict
    total = bad + good + unseen
    if total == 0:
        assert verdict == "no events"
        return
    possible = {Fraction(good + unseen_good, total) >= Fraction("0.999") for unseen_good in (0, unseen)}
    assert verdict == ("unclear" if len(possible) == 2 else "met" if possible == {True} else "missed")
