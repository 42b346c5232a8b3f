"""The page about dashboards names every panel, and leads to the right addresses."""

from __future__ import annotations

import json

import pytest
from manual import PAGES, ROOT, text_of
from sla_dashboards import DashboardFile, dashboard_files

from slo_gen.cli.loading import load_catalogue

PAGE = "docs/dashboards.md"
SHOWN = [page for page in dashboard_files(load_catalogue([ROOT / "specs"])) if page.customer is None]


def part(page: DashboardFile) -> str:
    """What the manual says of one dashboard."""
    return text_of(PAGE).split(f"\n## {page.title}\n")[1].split("\n## ")[0]


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.audience)
def test_every_panel_stands_in_the_part_about_its_page(page: DashboardFile) -> None:
    titles = [panel["title"] for panel in json.loads(page.text)["panels"]]
    told = [line.split(" | ")[0].removeprefix("| ") for line in part(page).splitlines() if line.startswith("| ")]
    assert sorted(titles) == sorted(set(told) - {"panel"})


def test_every_panel_of_a_customer_stands_in_the_part_about_their_page() -> None:
    catalogue = load_catalogue([ROOT / "specs"])
    own = [page for page in dashboard_files(catalogue) if page.customer is not None]
    every = [panel for page in own for panel in json.loads(page.text)["panels"]]
    every += [panel for row in every for panel in row.get("panels", ())]
    titles = {panel["title"] for panel in every if panel["type"] != "row"}
    text = text_of(PAGE).split("\n## The page of a customer\n")[1].split("\n## ")[0]
    told = {line.split(" | ")[0].removeprefix("| ") for line in text.splitlines() if line.startswith("| ")}
    assert titles == told - {"panel"}


@pytest.mark.parametrize("page", SHOWN, ids=lambda page: page.audience)
def test_the_addresses_and_folders_are_those_of_the_files(page: DashboardFile) -> None:
    assert f"`dashboards/{page.folder}/` | `/d/{page.uid}` |" in text_of(PAGE)


def test_alerts_of_the_example_catalogue_lead_to_a_page_that_exists() -> None:
    catalogue = load_catalogue([ROOT / "specs"])
    uid = next(page.uid for page in SHOWN if page.audience == "sre")
    chosen = {variable["name"] for page in SHOWN if page.audience == "sre" for variable in json.loads(page.text)["templating"]["list"]}
    assert "slo" in chosen
    assert {slo.dashboard_url.partition("/d/")[2] for slo in catalogue.slos.values()} == {f"{uid}?var-slo={slo}" for slo in catalogue.slos}
    manager = next(page.uid for page in SHOWN if page.audience == "service level manager")
    assert catalogue.evaluation.agreement_page.partition("/d/")[2].partition("?")[0] == manager


def test_the_manual_has_the_page() -> None:
    assert PAGE in PAGES
