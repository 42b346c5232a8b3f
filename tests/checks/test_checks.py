"""Each check: what it says word for word, and that it is silent where all is well."""

from __future__ import annotations

from pathlib import Path

import pytest

from slo_gen import checks
from slo_gen.checks import CHECKS, Facts, check_catalogue, questions
from slo_gen.prometheus import Sample
from slo_gen.spec.convert import read_documents
from slo_gen.spec.model import Catalogue
from slo_gen.spec.resolve import resolve

EVENTS = """events: {total: 'requests_total{job="shop"}', bad: 'requests_total{job="shop",code=~"5.."}'}"""
BASE = """\
kind: Team
metadata: {name: shop}
---
kind: Service
metadata: {name: shop}
spec: {owner: team/shop}
"""


def indicator(measure: str = EVENTS, more: str = "") -> str:
    return f"kind: Indicator\nmetadata: {{name: requests}}\nspec:\n  service: shop\n  {measure}\n{more}"


def slo(objective: str = "99.9%", more: str = "") -> str:
    return f"kind: SLO\nmetadata: {{name: target}}\nspec: {{indicator: requests, objective: {objective}{more}}}\n"


def resolved(*documents: str) -> Catalogue:
    read, problems = read_documents([("specs.yaml", "---\n".join([BASE, *documents]))])
    catalogue, unresolved = resolve(read)
    assert [problem for problem in (*problems, *unresolved) if problem.severity == "error"] == []
    return catalogue


def found(catalogue: Catalogue, check: str, facts: Facts | None = None) -> list[tuple[str, str, str]]:
    return [(p.severity, p.message, p.hint) for p in check_catalogue(catalogue, facts=facts) if p.check == check]


def one(value: float, **labels: str) -> tuple[Sample, ...]:
    return (Sample(labels, 0, value),)


def healthy(catalogue: Catalogue) -> dict[str, tuple[Sample, ...]]:
    """Answers of a Prometheus in which everything that a selector names is there."""
    return {question: one(1) for question in questions(catalogue) if question.startswith("count(last_over_time(")}


# --- the frame -----------------------------------------------------------------------------------------------------


def test_a_good_catalogue_has_no_problems() -> None:
    catalogue = resolved(indicator(), slo())
    assert check_catalogue(catalogue) == []
    assert check_catalogue(catalogue, facts=Facts(healthy(catalogue), 90 * 86400)) == []


def test_every_module_is_registered_and_every_check_has_its_page() -> None:
    folder = Path(checks.__file__).parent
    grounds = {"check", "credited", "hours_used", "longest_period", "measured", "planned", "recorded_periods", "stated", "written"}
    modules = {path.stem for path in folder.glob("*.py")} - {"__init__", *grounds}
    assert {check.id.replace("-", "_") for check in CHECKS} == modules
    root = folder.parent.parent
    for check in CHECKS:
        page = (root / check.page).read_text(encoding="utf-8")
        assert page.startswith(f"# {check.title}\n\nCheck `{check.id}`: ")
        assert "**What helps.**" in page
        assert check.reason.endswith(".")
        assert check.fix.endswith(".")
    assert {path.stem for path in (root / "docs/checks").glob("*.md")} == {check.id for check in CHECKS}


# --- one by one ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("measure", "message"), [
    ("events: {total: 'rate(a[5m])', bad: b}", "total of indicator requests: this is an expression, and a plain selector is needed"),
    ("events: {total: a, bad: 'b[5m]'}", "bad of indicator requests: a selector must not have a range"),
    ("threshold: {value: 'a offset 5m', bad_when: above 1}", "value of indicator requests: a selector must not have an offset"),
])
def test_selector_syntax(measure: str, message: str) -> None:
    (severity, told, hint), *rest = found(resolved(indicator(measure)), "selector-syntax")
    assert (severity, told, rest) == ("error", message, [])
    assert hint


@pytest.mark.parametrize("counting", ["exact", "light"])
def test_selector_job(counting: str) -> None:
    measure = f"events: {{total: a, bad: 'a{{code=\"500\"}}'}}\n  counting: {counting}"
    assert found(resolved(indicator(measure)), "selector-job") == [
        ("warning",
         f"{role} of indicator requests names no job, so the start time of every process that Prometheus scrapes is read to count it",
         f"add a matcher on job, or on another of the target labels, to {selector}")
        for role, selector in (("bad", 'a{code="500"}'), ("total", "a"))
    ]
    assert found(resolved(indicator(f"{EVENTS}\n  counting: {counting}")), "selector-job") == []
    namespaced = "events: {total: 'a{namespace=\"x\"}', bad: 'b{namespace=\"x\"}'}"
    assert found(resolved(indicator(f"{namespaced}\n  counting: {counting}")), "selector-job") == []
    assert found(resolved(indicator("ratio: {error: a}")), "selector-job") == []


def test_selector_no_series() -> None:
    catalogue = resolved(indicator())
    facts = Facts(dict.fromkeys(questions(catalogue), ()))
    assert found(catalogue, "selector-no-series") == []
    assert found(catalogue, "selector-no-series", facts) == [
        ("warning", f"{role} of indicator requests matched no series in the last hour: {selector}",
         "compare metric and labels with what the targets expose")
        for role, selector in (("bad", 'requests_total{job="shop", code=~"5.."}'), ("total", 'requests_total{job="shop"}'))
    ]


def test_a_label_that_no_series_has() -> None:
    catalogue = resolved(indicator())
    answers = {**dict.fromkeys(questions(catalogue), ()), **healthy(catalogue)}
    bad = 'count(last_over_time(requests_total{job="shop", code=~"5.."}[1h]))'
    code = 'count(last_over_time(requests_total{code!=""}[1h]))'
    assert {bad, code} <= set(questions(catalogue))
    assert found(catalogue, "selector-no-series", Facts({**answers, bad: ()})) == []     # no error has happened yet
    assert found(catalogue, "selector-no-series", Facts({**answers, bad: (), code: ()})) == [(
        "warning", "bad of indicator requests: no series of requests_total has the label code",
        'requests_total{job="shop", code=~"5.."} matched nothing in the last hour; compare the label with what the targets expose',
    )]


def test_process_start() -> None:
    catalogue = resolved(indicator(f"{EVENTS}\n  counting: exact\n  target_labels: [job, instance]"))
    starts = 'process_start_time_seconds{job="shop"}'
    lacking = f'count(count by (job, instance) (requests_total{{job="shop"}}) unless on (job, instance) {starts})'
    double = 'count(count by (job, instance) (process_start_time_seconds{job="shop"}) > 1)'
    assert {lacking, double} <= set(questions(catalogue))
    assert found(catalogue, "process-start", Facts(healthy(catalogue))) == []
    assert found(catalogue, "process-start", Facts({lacking: one(3), double: one(2)})) == [
        ("warning", "3 targets of indicator requests expose no process_start_time_seconds, which exact counting needs",
         "expose it (the client libraries do by default) or set `counting: light`"),
        ("warning", "the target labels of indicator requests (job, instance) do not tell its targets apart",
         "add the missing ones to target_labels, such as cluster or pod"),
    ]
    light = resolved(indicator(f"{EVENTS}\n  counting: light"))
    assert not any("process_start" in question for question in questions(light))


def test_latency_boundary_without_a_prometheus() -> None:
    measure = "latency: {histogram: 'duration_seconds{job=\"shop\"}', threshold: 300ms}"
    assert found(resolved(indicator(measure)), "latency-boundary") == [(
        "warning",
        "the threshold 0.3 of indicator requests must be a bucket boundary of its histogram, and no client library has it by default",
        "check against the running system with --prometheus URL",
    )]
    assert found(resolved(indicator(measure.replace("300ms", "250ms"))), "latency-boundary") == []
    assert found(resolved(indicator(measure.replace("300ms}", "250ms, unit: milliseconds}"))), "latency-boundary") == []
    assert found(resolved(indicator(measure.replace("300ms", "300ms, native: true"))), "latency-boundary") == []


def test_latency_boundary_with_a_prometheus() -> None:
    catalogue = resolved(indicator("latency: {histogram: 'duration_seconds{job=\"shop\"}', threshold: 300ms}"))
    question = 'count by (le) (duration_seconds_bucket{job="shop"})'
    assert question in questions(catalogue)

    def told(**counts: float) -> list[tuple[str, str, str]]:
        samples = tuple(Sample({"le": bound.removeprefix("le").replace("_", ".")}, 0, count) for bound, count in counts.items())
        return found(catalogue, "latency-boundary", Facts({question: samples}))

    assert told(le0_25=2, le0_5=2, le1_0=2, **{"+Inf": 2}) == [(
        "error", "the threshold 0.3 of indicator requests is no bucket boundary of its histogram",
        "write 0.25 or 0.5 (in the histogram's unit), or add the boundary to the histogram",
    )]
    assert told(le0_3=2, le0_5=2, **{"+Inf": 2}) == []
    assert told(le0_30=2, **{"+Inf": 2}) == []
    assert told(le0_3=1, le0_5=2, **{"+Inf": 2}) == [(
        "error", "1 of 2 histograms of indicator requests have no bucket boundary at 0.3",
        "give all processes the same buckets, or select those that have the boundary",
    )]
    assert told() == []


def test_burn_cannot_fire() -> None:
    assert found(resolved(indicator(), slo("99%")), "burn-cannot-fire") == []
    assert found(resolved(indicator(), slo("90%")), "burn-cannot-fire") == [(
        "warning", "with an objective of 90%, the burn alert over 1h/5m cannot fire: it needs more than 100 % of bad events",
        "the other window pairs still alert; raise the objective, or give alerts with a smaller share of the budget",
    )]
    silent = slo("50%", ", alerting: {windows: [{long: 1h, short: 5m, budget: 2%}]}")
    assert "so this SLO has no burn alert at all" in found(resolved(indicator(), silent), "burn-cannot-fire")[0][2]


def test_retention() -> None:
    catalogue = resolved(indicator(), slo())
    assert found(catalogue, "retention", Facts({}, 15 * 86400)) == [(
        "warning", "the window of 30d is longer than the 15d that Prometheus keeps",
        "set --storage.tsdb.retention.time to 31d or more, or use a shorter window",
    )]
    assert found(catalogue, "retention", Facts({}, 30 * 86400)) == []
    assert found(catalogue, "retention", Facts({}, None)) == []


def test_label_names() -> None:
    grouped = indicator(f"{EVENTS}\n  by: [region]")
    assert found(resolved(grouped, slo(more=", alerting: {labels: {region: mine}}")), "label-names") == [(
        "error", "SLO target cannot set the label 'region': the indicator requests is grouped by it",
        "remove the label, since the alert carries the group's own value, or give it another name",
    )]
    assert found(resolved(grouped, slo(more=", alerting: {labels: {zone: mine}}")), "label-names") == []
