"""Every query of the provider's own pages in a real Prometheus: it runs, gives the right shape, and says what was recorded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from backfilled_prometheus import Prometheus, backfilled_prometheus
from promised import promised
from seeded_levels import NOW, seed
from sla_dashboards import dashboard_files

DAY = 86_400
MOST_LINES = 30

QUIET: Mapping[str, tuple[str, ...]] = {}
"""Queries that have nothing to tell of the seeded data, by the uid of the page; each panel and letter."""

PAGES = {page.audience: json.loads(page.text) for page in dashboard_files(promised()) if page.customer is None}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    with backfilled_prometheus(tmp_path_factory.mktemp("pages") / "server") as running:
        seed(running)
        yield running


def chosen(server: Prometheus, page: Mapping[str, Any]) -> dict[str, str]:
    """What is chosen on a page at first: all of what may be several, else the first value."""
    values = {"datasource": "x"}
    for variable in page["templating"]["list"]:
        if variable["type"] == "query":
            found = re.fullmatch(r"label_values\((.*), (\w+)\)", variable["query"]["query"], re.DOTALL)
            assert found is not None
            answers = {labels[found[2]] for labels in server.labels(filled(found[1], values), NOW)}
            assert answers, f"{variable['name']} has no value"
            values[variable["name"]] = ".*" if variable["includeAll"] else min(answers)
    return values


def filled(expr: str, values: Mapping[str, str]) -> str:
    text = re.sub(r"\$(\w+)", lambda match: values[match[1]], expr)
    assert "$" not in text
    return text


def panels(page: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    for panel in page["panels"]:
        yield panel
        yield from panel.get("panels", ())


def asked(server: Prometheus, page: Mapping[str, Any]) -> Iterator[tuple[dict[str, Any], dict[str, Any], list[Any]]]:
    """Each panel, each of its queries, and what was answered."""
    values = chosen(server, page)
    for panel in panels(page):
        for target in panel.get("targets", ()):
            expr = filled(target["expr"], values)
            if target["instant"]:
                yield panel, target, server.vector(expr, NOW)
            else:
                yield panel, target, server.range(expr, NOW - 2 * 3600, NOW, 3600)


@pytest.mark.parametrize("audience", PAGES)
def test_every_query_runs_and_tells_something_in_the_shape_of_its_panel(server: Prometheus, audience: str) -> None:
    page = PAGES[audience]
    told = 0
    silent = set()
    for panel, target, found in asked(server, page):
        told += 1
        where = f"{panel['title']} {target['refId']}"
        if not found:
            silent.add(where)
        if panel["type"] == "stat":
            assert len(found) <= 1, where
        if panel["type"] == "table":
            rows = [tuple(sorted(labels.items())) for labels, _ in found]
            assert len(set(rows)) == len(rows), where
        if panel["type"] in ("timeseries", "state-timeline"):
            assert len(found) <= MOST_LINES, where
    assert silent == set(QUIET.get(audience, ()))
    assert told > 5


def answers(server: Prometheus, audience: str, title: str, ref: str = "A") -> list[tuple[dict[str, str], float]]:
    return next(found for panel, target, found in asked(server, PAGES[audience]) if (panel["title"], target["refId"]) == (title, ref))


def test_the_page_of_the_sre_says_what_is_left_of_a_budget(server: Prometheus) -> None:
    states = {labels["slo"]: value for labels, value in answers(server, "sre", "All SLOs")}
    assert states == {"checkout-availability": 0, "database-up": 3}
    # 0.2 of 100 requests fail in eu, where 0.1 may: twice the budget is spent, and the worst group speaks.
    left = {labels["slo"]: value for labels, value in answers(server, "sre", "All SLOs", "D")}
    assert left == pytest.approx({"checkout-availability": -1, "database-up": 1})
    minutes = {labels["slo"]: value for labels, value in answers(server, "sre", "All SLOs", "E")}
    assert minutes == pytest.approx({"checkout-availability": -43.2, "database-up": 5.04})
    burn = {labels["slo"]: value for labels, value in answers(server, "sre", "All SLOs", "F")}
    assert burn == pytest.approx({"checkout-availability": 2, "database-up": 0})
    used_up = {labels["slo"]: value for labels, value in answers(server, "sre", "All SLOs", "G")}
    assert used_up == {"checkout-availability": 0}


def test_the_burn_down_begins_whole_and_falls_by_what_was_spent(server: Prometheus) -> None:
    values = chosen(server, PAGES["sre"])
    panel = next(panel for panel in panels(PAGES["sre"]) if panel["title"] == "Budget burn-down")
    down, even = (filled(target["expr"], values) for target in panel["targets"])
    ((_, spent),) = server.range(down, NOW - 30 * DAY + 300, NOW, 5 * DAY)
    ((_, line),) = server.range(even, NOW - 3600, NOW, 3600)
    assert spent[0][1] == pytest.approx(1)
    # In 25 days of a window of 30: 0.22 of 200 events were bad, of which 0.2 may be.
    assert spent[-1][1] == pytest.approx(1 - 1.1 * 25 / 30, abs=0.01)
    assert [value for _, value in line] == pytest.approx([1, 1 - 3600 / (30 * DAY)], abs=1e-5)
