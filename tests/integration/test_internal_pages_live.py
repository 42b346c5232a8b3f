"""The provider's own pages on a running shop: the labels are those of the real rules and of the real exporter."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from sla_dashboards import dashboard_files
from sla_dashboards.states import AT_RISK, BREACHED, NOT_YET, OK

from slo_gen import names
from slo_gen.demo.stack import Stack
from slo_gen.prometheus import Prometheus, Sample
from slo_gen.rules.info import IN_FORCE
from slo_gen.rules.ticket_rules import ticket_promises
from slo_gen.spec.model import Catalogue


def queries(catalogue: Catalogue, slo: str) -> Iterator[tuple[str, str, str]]:
    """Title, letter and text of every instant query, with all services and customers and one SLO chosen."""
    chosen = {"slo": slo, "indicator": catalogue.slos[slo].indicator}
    for page in dashboard_files(catalogue):
        if page.customer is None:
            for panel in json.loads(page.text)["panels"]:
                for target in panel.get("targets", ()):
                    if target["instant"]:
                        yield panel["title"], target["refId"], re.sub(r"\$(\w+)", lambda match: chosen.get(match[1], ".*"), target["expr"])


async def _asked(stack: Stack, expressions: dict[Any, str]) -> dict[Any, tuple[Sample, ...]]:
    async with Prometheus(stack.prometheus.url) as prometheus:
        return {key: tuple(await prometheus.query(expr)) for key, expr in expressions.items()}


@pytest.fixture(scope="module")
def answers(stack: Stack, catalogue: Catalogue) -> dict[tuple[str, str], tuple[Sample, ...]]:
    known = {"objectives": f"count({names.OBJECTIVE})", "tickets": f"count({names.TICKETS_DECIDED})", "records": names.TOTAL}
    deadline = time.monotonic() + 120
    while not all(asyncio.run(_asked(stack, known)).values()):
        assert time.monotonic() < deadline, "the rules recorded nothing in time"
        time.sleep(2)
    return asyncio.run(_asked(stack, {(title, ref): expr for title, ref, expr in queries(catalogue, "checkout-availability")}))


def test_every_objective_has_a_row(answers: dict[tuple[str, str], tuple[Sample, ...]], catalogue: Catalogue) -> None:
    assert {sample.labels["slo"] for sample in answers["All SLOs", "A"]} == set(catalogue.slos)
    assert {sample.labels["slo"] for sample in answers["All SLOs", "B"]} == set(catalogue.slos)


def test_every_promise_on_tickets_is_counted_once(answers: dict[tuple[str, str], tuple[Sample, ...]], catalogue: Catalogue) -> None:
    promised = {
        (each.agreement.name, each.target.name) for each in ticket_promises(catalogue)
        if each.agreement.kind == "SLA" and each.agreement.state == IN_FORCE
    }  # fmt: skip
    assert promised
    unknown = {(each.labels["agreement"], each.labels["target"]) for each in answers["Targets without data", "A"]}
    counted = {title: answers[title, "A"][0].value for title in ("Met so far", "At risk", "Breached", "No data")}
    assert counted["No data"] == len(unknown & promised)
    assert sum(counted.values()) <= len(promised)
    states = {each.value for each in answers["Customers and services", "A"]}
    assert states <= {BREACHED, AT_RISK, OK, NOT_YET, 2}


def test_the_exporter_and_its_sources_are_seen(answers: dict[tuple[str, str], tuple[Sample, ...]]) -> None:
    assert answers["Sources of tickets and probes", "A"]
    assert [sample.value for sample in answers["Ledger can be written", "A"]] == [1]
    (age,) = answers["Latest recorded minute", "A"]
    assert age.value < 300
