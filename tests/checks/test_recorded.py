"""The checks on what a Prometheus has recorded, keeps, and lets a query read."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from agreement_texts import AVAILABILITY, NOW, asked, resolved, said, sla, written

from slo_gen.checks import Facts, check_catalogue
from slo_gen.prometheus import Sample
from slo_gen.rules.promql import parse_expression

MONTHS = [f"2025-{month:02}" for month in (11, 12)] + [f"2026-{month:02}" for month in range(1, 11)]
LENGTHS = dict(zip(MONTHS, (30, 31, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31), strict=True))
MET, MISSED = 0.5, 2.0        # bad events of a thousand; the objective is 99.9 %


def by_month(*documents: str, bad: Callable[[str], float | None], labels: dict[str, str] | None = None) -> dict[str, tuple[Sample, ...]]:
    """Answers in which each closed month had a thousand events; None: nothing was recorded of it."""
    answers: dict[str, tuple[Sample, ...]] = {}
    questions = [question for question in asked(*documents) if question.startswith("sum_over_time(slm:")]
    for metric in ("bad", "total", "minutes"):
        own = sorted((question for question in questions if f"slm:{metric}:rollup5m" in question), key=lambda each: each.split("@")[1])
        assert len(own) == len(MONTHS)
        for month, question in zip(MONTHS, own, strict=True):
            count = bad(month)
            value = {"bad": count, "total": 1000, "minutes": LENGTHS[month] * 1440}[metric]
            if count is not None and value is not None:
                answers[question] = (Sample({"indicator": "requests", "region": "eu", **(labels or {})}, 0, value),)
    return answers


def found(check: str, *documents: str, bad: Callable[[str], float | None]) -> list[tuple[str, str, str]]:
    return said(check, *documents, answers=by_month(*documents, bad=bad))


def test_what_is_asked_about_the_past() -> None:
    questions = asked(sla())
    assert "sum_over_time(slm:bad:rollup5m[31d] @ 1793491499)" in questions           # October 2026: booked until five minutes after it
    assert "sum_over_time(slm:minutes:rollup5m[28d] @ 1772323499)" in questions        # February
    assert not any("@" in question for question in asked(sla(), now=None))
    assert not any("@" in question for question in asked(sla().replace("active", "ended")))
    downtime = "{name: availability, indicator: requests, objective: at least 99.9%, measure: {method: downtime_minutes}}"
    assert not any("@" in question for question in asked(sla(targets=downtime)))


def test_every_question_is_promql() -> None:
    where = "{name: availability, indicator: requests, objective: at least 99.9%, where: {region: us}}"
    for question in asked(sla(targets=where), sla(name="other")):
        parse_expression(question)


def test_a_target_that_would_have_been_missed_again_and_again() -> None:
    assert found("always-or-never-met", sla(), bad=lambda month: MET if month == "2026-03" else MISSED) == [(
        "warning", "availability would have been missed in 11 of the last 12 periods that were recorded, lately in 2026-10",
        "look at them with `slo-gen backtest --from 2025-11`; promise what the service has shown, or mend it first",
    )]
    assert found("always-or-never-met", sla(), bad=lambda month: MISSED if month < "2026-06" else MET) == []
    recent = found("always-or-never-met", sla(), bad=lambda month: MISSED if month > "2026-07" else None)
    assert [message for _, message, _ in recent] == [
        "availability would have been missed in 3 of the last 3 periods that were recorded, lately in 2026-10",
    ]
    assert found("always-or-never-met", sla(), bad=lambda month: MISSED if month > "2026-08" else None) == []     # too few to say


def test_the_objective_itself_is_met() -> None:
    assert found("always-or-never-met", sla(), bad=lambda month: 1.0) == []


def test_a_target_that_was_always_met_by_far() -> None:
    hint = "make sure that the indicator can see a failure at all; then a tighter objective promises more, at no cost"
    assert found("always-or-never-met", sla(), bad=lambda month: 0.01) == [(
        "warning", "availability was met in all of the last 12 periods that were recorded, never with more than a 100th of its budget used",
        hint,
    )]
    assert found("always-or-never-met", sla(), bad=lambda month: 0.0) == [
        ("warning", "availability was met in all of the last 12 periods that were recorded, with not one bad event", hint),
    ]
    assert found("always-or-never-met", sla(), bad=lambda month: 0.011) == []
    assert found("always-or-never-met", sla(), bad=lambda month: 0.0 if month > "2026-05" else None) == []        # five


def test_periods_that_were_recorded_in_part_say_nothing() -> None:
    answers = by_month(sla(), bad=lambda month: MISSED)
    partly = {
        question: (Sample(samples[0].labels, 0, samples[0].value * 0.94),) if "minutes" in question else samples
        for question, samples in answers.items()
    }
    assert said("always-or-never-met", sla(), answers=answers) != []
    assert said("always-or-never-met", sla(), answers=partly) == []


def test_a_target_on_some_of_the_series() -> None:
    in_us = sla(targets="{name: availability, indicator: requests, objective: at least 99.9%, where: {region: us}}")
    assert found("always-or-never-met", in_us, bad=lambda month: MISSED) == []
    assert said("always-or-never-met", in_us, answers=by_month(in_us, bad=lambda month: MISSED, labels={"region": "us"})) != []


# --- rolling days beside months -------------------------------------------------------------------------------------

WORST = (
    "max_over_time(((sum by (indicator) (sum_over_time(slm:bad:rollup5m[30d])) / "
    "(sum by (indicator) (sum_over_time(slm:total:rollup5m[30d])) > 0)) and "
    "(sum by (indicator) (sum_over_time(slm:minutes:rollup5m[30d])) >= 41040))[60d:1d] @ 1793491200)"
)


@pytest.mark.parametrize(("worst", "bad", "is_told"), [
    (0.0014, MET, True), (0.001, MET, False), (0.0014, MISSED, False),
])
def test_thirty_days_that_no_month_shows(worst: float, bad: float, is_told: bool) -> None:
    assert WORST in asked(sla())
    answers = by_month(sla(), bad=lambda month: bad) | {WORST: (Sample({"indicator": "requests"}, 0, worst),)}
    expected = (
        "warning", "2026-08 to 2026-10 each met availability, and 30 days in a row among them did not",
        "an SLO over 30d beside it pages before the two halves of such an outage are two small ones",
    )
    assert said("rolling-figure", sla(), answers=answers) == ([expected] if is_told else [])


def test_rolling_days_are_looked_at_beside_months_only() -> None:
    assert not any(question.startswith("max_over_time") for question in asked(sla("period: {length: quarter}")))
    assert not any(question.startswith("max_over_time") for question in asked(sla("period: {rolling: 30d}")))


# --- what Prometheus keeps and reads --------------------------------------------------------------------------------


@pytest.mark.parametrize(("period", "days", "what"), [
    ("period: {length: quarter}", 92, "a quarter of up to 92d is"), ("period: {length: half_year}", 184, "a half-year of up to 184d is"),
    ("period: {length: month}", 31, "a month of up to 31d is"),
])
def test_periods_longer_than_the_retention(period: str, days: int, what: str) -> None:
    """A period is closed after its end, so a server that keeps just one has lost its first day by then."""
    def told(kept: int) -> list[tuple[str, str, str]]:
        return said("retention", sla(period), facts=Facts({}, kept * 86_400))

    assert told(days + 1) == []
    assert [message for _, message, _ in told(days)] == [
        f"{what} hardly shorter than the {days}d that Prometheus keeps, so its beginning is gone when it is closed",
    ]
    assert [message for _, message, _ in told(days - 1)] == [
        f"{what} longer than the {days - 1}d that Prometheus keeps, so its beginning is gone when it is closed",
    ]
    assert [hint for _, _, hint in told(10)] == [f"set --storage.tsdb.retention.time to {days + 7}d or more"]
    assert written("retention", sla(period)) == []
    assert said("retention", sla(period).replace("active", "ended"), facts=Facts({}, 86_400)) == []


def test_rolling_periods_longer_than_the_retention() -> None:
    def told(kept: int) -> list[str]:
        return [message for _, message, _ in said("retention", sla("period: {rolling: 45d}"), facts=Facts({}, kept * 86_400))]

    assert told(46) == []
    assert told(44) == [
        "the periods of up to 45d are longer than the 44d that Prometheus keeps, so their beginning is gone when they are closed",
    ]


def test_a_window_of_which_a_query_may_not_read_one_series() -> None:
    """Prometheus 2.42 answers `sum by (indicator) (sum_over_time(x[35d]))` of five series with 10,079 samples allowed for each."""
    slo = "kind: SLO\nmetadata: {name: good}\nspec: {indicator: requests, objective: 99.9%, window: 30d}\n"
    assert said("query-samples", slo, facts=Facts({}, None, 8_640)) == said("query-samples", slo, facts=Facts()) == []
    assert said("query-samples", slo, facts=Facts({}, None, 8_639)) == [(
        "warning", "the rule of 30d reads 8,640 samples of a series, and this Prometheus allows 8,639 in a query",
        "raise --query.max-samples to 17,280 or more",
    )]
    assert written("query-samples", slo) == []


def test_closings_that_read_more_than_a_query_may() -> None:
    series = "count by (indicator) (slm:total:increase1m)"
    assert series in asked(sla())
    answers = {series: (Sample({"indicator": "requests"}, 0, 100.0), Sample({"indicator": "other"}, 0, 2000.0))}

    def told(most: int | None, document: str = "") -> list[tuple[str, str, str]]:
        return said("query-samples", document or sla("period: {length: year}"), facts=Facts(answers, None, most))

    assert told(1_008_000) == told(None) == []
    assert told(1_007_999) == [(
        "warning",
        "`slo-gen close` reads 1,008,000 samples in a question, a week of the 100 series of requests, and this Prometheus allows 1,007,999",
        "raise --query.max-samples to 2,016,000 or more",
    )]
    assert told(1000, sla().replace("active", "ended")) == []
    one = AVAILABILITY.replace("}", ", where: {region: eu}}")
    assert told(1000, sla(targets=one)) == []                       # which asks for its own series alone
    assert len(told(1000, sla(targets=f"{AVAILABILITY}\n{AVAILABILITY.replace('availability', 'second')}"))) == 1


def test_without_a_prometheus_nothing_is_said() -> None:
    catalogue, read = resolved(sla("period: {length: year}"))
    assert check_catalogue(catalogue, read, now=NOW) == []
