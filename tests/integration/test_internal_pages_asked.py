"""Every query of the provider's own pages in a real Prometheus: it runs, gives the right shape, and says what was recorded."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from backfilled_prometheus import STALE, Prometheus, backfilled_prometheus
from promised import promised
from seeded_levels import MONTHS, NOW, period_series, seed
from sla_dashboards import dashboard_files
from sla_dashboards.states import BREACHED, OK

from slo_gen import names

DAY = 86_400
MOST_LINES = 30
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
    text = re.sub(r"\$([a-z]\w*)", lambda match: values[match[1]], expr)
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
    assert silent == set()
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


MANAGER = "service level manager"


def by(labels: tuple[str, ...], found: list[tuple[dict[str, str], float]]) -> dict[tuple[str, ...], float]:
    return {tuple(each.get(label, "") for label in labels): value for each, value in found}


def test_the_page_of_the_manager_counts_every_promise_once(server: Prometheus) -> None:
    counted = {title: answers(server, MANAGER, title)[0][1] for title in ("Met so far", "At risk", "Breached", "No data")}
    assert counted == {"Met so far": 2, "At risk": 1, "Breached": 1, "No data": 1}
    grid = by(("slm_customer", "slm_service"), answers(server, MANAGER, "Customers and services"))
    assert grid == {("acme", "checkout"): 0, ("globex", "checkout"): 1, ("globex", "database"): 3}
    assert sum(counted.values()) == 5, "no ticket of P3 was decided yet: it is in none of the four"
    unknown = by(("agreement", "target"), answers(server, MANAGER, "Targets without data"))
    assert unknown == {("acme-checkout", "p2-response"): 2}


def test_the_ten_with_the_least_left_are_figures_of_the_present_period(server: Prometheus) -> None:
    title = "The ten targets with the least left"
    left = by(("agreement", "target"), answers(server, MANAGER, title, "D"))
    assert left == pytest.approx({
        ("acme-checkout", "availability"): -0.5, ("acme-checkout", "p1-response"): 0.5, ("globex-checkout", "availability"): 0.2,
        ("globex-database", "availability"): 0.95,
    })  # fmt: skip
    attained = by(("agreement", "target"), answers(server, MANAGER, title, "C"))
    assert attained["acme-checkout", "availability"] == pytest.approx(0.9985)
    assert attained["acme-checkout", "p1-response"] == pytest.approx(0.975)


def test_months_are_judged_by_their_last_figures(server: Prometheus) -> None:
    months = by(("month", "outcome"), answers(server, MANAGER, "Twelve months"))
    assert months == {("2026-09", f"{OK}"): 3, ("2026-10", f"{OK}"): 2, ("2026-10", f"{BREACHED}"): 1}


def test_a_promise_of_a_team_is_shown_with_the_worst_of_what_rests_on_it(server: Prometheus) -> None:
    title = "What teams and suppliers promise"
    assert by(("backing",), answers(server, MANAGER, title)) == {("cloud-uc/availability",): 3, ("db-ola/availability",): 3}
    left = by(("backing",), answers(server, MANAGER, title, "B"))
    assert left == pytest.approx({("cloud-uc/availability",): 0.5, ("db-ola/availability",): 0.6})
    assert by(("backing",), answers(server, MANAGER, title, "C")) == {("cloud-uc/availability",): 0, ("db-ola/availability",): 0}


def test_exposure_is_what_the_steps_that_were_reached_give(server: Prometheus) -> None:
    assert [value for _, value in answers(server, MANAGER, "Owed to customers so far", "C0")] == [100]
    assert [value for _, value in answers(server, MANAGER, "Recoverable from suppliers so far", "C0")] == [50]
    claims = by(("agreement", "stage"), answers(server, MANAGER, "Claims against suppliers that are due"))
    assert claims == {("cloud-uc", "submit"): pytest.approx(MONTHS[2] + 30 * DAY - NOW)}


def test_the_summary_tells_the_same_in_few_figures(server: Prometheus) -> None:
    assert len(PAGES["executive"]["panels"]) <= 6
    figures = {
        title: answers(server, "executive", title)[0][1]
        for title in ("Promises met so far", "Customers with a breach", "Customers at risk")
    }
    assert figures == {"Promises met so far": pytest.approx(0.4), "Customers with a breach": 1, "Customers at risk": 1}
    problems = by(("slm_service",), answers(server, "executive", "Services with the most promises in trouble", "B"))
    assert problems == {("checkout",): 2}



def test_a_new_month_begins_without_the_figures_of_the_last(server: Prometheus) -> None:
    """The rules end the series of the old period where they begin those of the new one, after midnight in the contract's zone."""
    turn, after = MONTHS[3], MONTHS[3] + 31 * DAY
    named = ("globex-database", "availability")
    server.write(period_series(*named, MONTHS[2], turn, -0.3, (turn - 60,)))
    ended = ({**labels, "period": str(MONTHS[2])} for labels, _ in period_series(*named, MONTHS[2], turn, 0, ()))
    server.write([*((labels, [(turn + 240.0, STALE)]) for labels in ended), *period_series(*named, turn, after, 0.9, (turn + 240,))])
    panel = next(panel for panel in panels(PAGES[MANAGER]) if panel["title"] == "The ten targets with the least left")
    expr = filled(panel["targets"][3]["expr"], {"customer": ".*", "service": ".*"})
    server.write([({"__name__": names.AGREEMENT_TARGET, "agreement": named[0], "target": named[1], "slm_kind": "SLA",
                    "slm_account": "x", "slm_customer": "globex", "slm_service": "database", "slm_objective": "at least 99%"},
                   [(float(at), 0.99) for at in (turn - 60, turn + 240)])])  # fmt: skip
    assert [value for _, value in server.vector(expr, turn)] == [pytest.approx(-0.3)]
    assert [value for _, value in server.vector(expr, turn + 250)] == [pytest.approx(0.9)]


@pytest.mark.parametrize("audience", PAGES)
def test_while_nothing_is_recorded_no_page_says_that_all_is_well(server: Prometheus, audience: str) -> None:
    """Ten years ago there was nothing: a figure of that time would be made up."""
    values = chosen(server, PAGES[audience])
    for panel in panels(PAGES[audience]):
        for target in panel.get("targets", ()):
            if target["instant"]:
                assert server.vector(filled(target["expr"], values), NOW - 3650 * DAY) == [], f"{panel['title']} {target['refId']}"
