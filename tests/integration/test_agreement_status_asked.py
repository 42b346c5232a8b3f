"""``slo-gen status`` of agreements on a real Prometheus: it says what the dashboards say of the same series, and reads replicas."""

from __future__ import annotations

import itertools
import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from backfilled_prometheus import Prometheus, Series, backfilled_prometheus
from click.testing import CliRunner
from promised import catalogue_of_text
from sla_dashboards.standing import Standing
from sla_dashboards.states import AT_RISK, BREACHED, NO_DATA, OK

from slo_gen import names
from slo_gen.cli import main
from slo_gen.history.agreement_status import questions, rows
from slo_gen.prometheus import Sample

STATES = {"breached": BREACHED, "at risk": AT_RISK, "no data": NO_DATA, "met": OK}

ABOVE = """
kind: Service
metadata: {name: shop}
---
kind: Customer
metadata: {name: acme}
---
kind: Indicator
metadata: {name: requests}
spec: {service: shop, events: {total: 't{job="shop"}', bad: 'b{job="shop"}'}}
"""
AGREEMENT = """
---
kind: SLA
metadata: {name: NAME}
spec:
  {customer: acme, service: shop, state: active, term: {from: 2026-01-01},
   targets: [{name: availability, indicator: requests, objective: OBJECTIVE}]}
"""
FLOOR, CEILING = "at least 99.9%", "at most 0.1%"

CASES = {
    f"a{number}": case for number, case in enumerate(
        (*case, objective) for case in itertools.product((None, -1.0, 0.0, 50.0), (None, 0.1, 0.25, 0.9), (None, 0.0, 0.0005, 0.001, 0.002))
        for objective in (FLOOR, CEILING)
    )
}  # fmt: skip
"""Budget left, the share of it, and the bad share in the worst case; whatever may be missing."""

CATALOGUE = catalogue_of_text(ABOVE + "".join(
    AGREEMENT.replace("NAME", name).replace("OBJECTIVE", objective) for name, (*_, objective) in CASES.items()
))  # fmt: skip


def series_of(name: str, at: float) -> Iterator[Series]:
    left, ratio, worst, objective = CASES[name]
    about = {"agreement": name, "target": "availability", "indicator": "requests", "slm_service": "shop", "slm_customer": "acme"}
    (period,) = {agreement.period.of(int(at)).start for agreement in CATALOGUE.agreements.values()}
    figures: dict[str, float | None] = {names.PERIOD_STARTED: period, names.PERIOD_BUDGET_LEFT: left, names.PERIOD_BUDGET_LEFT_RATIO: ratio}
    if worst is not None:
        share = (lambda bad: 1 - bad) if objective == FLOOR else (lambda bad: bad)
        worse, better = (names.PERIOD_ATTAINED_LOWER, names.PERIOD_ATTAINED_UPPER)[:: 1 if objective == FLOOR else -1]
        figures |= {names.PERIOD_ATTAINED: share(worst / 2), worse: share(worst), better: share(worst / 4)}
    for metric, value in figures.items():
        if value is not None:
            yield {**about, "period": str(period), "__name__": metric}, [(at, value)]
    terms = {**about, "slm_objective": objective, "slm_account": "one", "slm_kind": "SLA", "__name__": names.AGREEMENT_TARGET}
    yield terms, [(at, 0.999 if objective == FLOOR else 0.001)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    with backfilled_prometheus(tmp_path_factory.mktemp("status") / "server") as running:
        now = float(int(time.time()))
        running.write([series for name in CASES for series in series_of(name, now)])
        yield running


def test_status_and_dashboards_say_the_same(server: Prometheus) -> None:
    now = time.time()
    shown = {labels["agreement"]: round(state) for labels, state in server.vector(Standing().every_state(), now)}
    told = {
        question: tuple(Sample(labels, now, value) for labels, value in server.vector(question, now)) for question in questions(CATALOGUE)
    }
    found = {row.promise.agreement.name: STATES[row.verdict] for row in rows(CATALOGUE, told, (), int(now))}
    assert len(found) == len(CASES)
    assert found == shown
    assert set(shown.values()) == set(STATES.values())


def test_the_command_reads_them(server: Prometheus, tmp_path: Path) -> None:
    specs = tmp_path / "specs.yaml"
    names_told = ("a50", "a150")                # of the first nothing was measured
    specs.write_text(ABOVE + "".join(AGREEMENT.replace("NAME", name).replace("OBJECTIVE", CASES[name][3]) for name in names_told))
    asked = ["status", str(specs), "--prometheus", str(server.client.base_url).rstrip("/")]
    table = CliRunner().invoke(main, asked)
    assert (table.exit_code, "a150" in table.output, "BUDGET LEFT" in table.output) == (0, True, True)
    document = CliRunner().invoke(main, [*asked, "--agreements", "--json"])
    assert [each["agreement"] for each in json.loads(document.stdout)] == sorted(names_told)
    assert CliRunner().invoke(main, [*asked, "--agreements", "--exit-code"]).exit_code == 1
    both = CliRunner().invoke(main, [*asked, "--agreements", "--tickets"])
    assert (both.exit_code, "exclude each other" in both.output) == (2, True)
