"""The provider's own pages: right for today's Grafana, the same bytes, and changed only by what they show."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from promised import promised
from sla_dashboards import DashboardFile, dashboard_files

from slo_gen.cli.loading import load_catalogue

GOLDEN = Path(__file__).parent / "golden"
SPECS = Path(__file__).resolve().parents[2] / "specs"
PAGES = {page.audience: page for page in dashboard_files(promised()) if page.customer is None}


def panels(page: DashboardFile) -> Iterator[dict[str, Any]]:
    for panel in json.loads(page.text)["panels"]:
        yield panel
        yield from panel.get("panels", ())


@pytest.mark.parametrize("audience", PAGES)
def test_a_page_is_as_shown(audience: str, update_golden: bool) -> None:
    path = GOLDEN / f"{audience.replace(' ', '-')}.json"
    if update_golden:
        path.parent.mkdir(exist_ok=True)
        path.write_text(PAGES[audience].text, encoding="utf-8")
    assert PAGES[audience].text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("audience", PAGES)
def test_every_panel_says_what_it_shows_and_asks_the_chosen_source(audience: str) -> None:
    for panel in panels(PAGES[audience]):
        assert panel["title"]
        if panel["type"] == "row":
            continue
        assert len(panel["description"]) > 20
        if panel["type"] == "text":
            continue
        assert {target["datasource"]["uid"] for target in panel["targets"]} == {panel["datasource"]["uid"]} == {"${datasource}"}
        assert len({target["refId"] for target in panel["targets"]}) == len(panel["targets"])
        assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"][0]["value"] is None


@pytest.mark.parametrize("audience", PAGES)
def test_panels_fill_the_page_without_overlapping(audience: str) -> None:
    taken = [
        (x, y)
        for at in (panel["gridPos"] for panel in json.loads(PAGES[audience].text)["panels"])
        for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])
    ]  # fmt: skip
    assert len(set(taken)) == len(taken)
    assert max(x for x, _ in taken) < 24
    assert {y for _, y in taken} == set(range(max(y for _, y in taken) + 1)), "a gap that Grafana would close"


@pytest.mark.parametrize("catalogue", ["promised", "specs"])
def test_prometheus_reads_every_query_once_its_variables_are_filled_in(catalogue: str, tmp_path: Path) -> None:
    files = dashboard_files(promised() if catalogue == "promised" else load_catalogue([SPECS]))
    asked = [target["expr"] for page in files if page.customer is None for panel in panels(page) for target in panel.get("targets", ())]
    queries = [re.sub(r"\$[a-z]\w*", "x", expr) for expr in asked]
    rules = tmp_path / "queries.yml"
    written = [{"record": f"query:{place}", "expr": expr} for place, expr in enumerate(queries)]
    rules.write_text(json.dumps({"groups": [{"name": "queries", "rules": written}]}), encoding="utf-8")
    done = subprocess.run(["promtool", "check", "rules", str(rules)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f"{len(queries)} rules found" in done.stdout


@pytest.mark.parametrize("audience", PAGES)
def test_states_are_told_in_words_and_what_is_not_known_is_grey(audience: str) -> None:
    shown = 0
    for panel in panels(PAGES[audience]):
        for properties in configured(panel):
            special = [each["options"]["result"] for each in properties["mappings"] if each["type"] == "special"]
            assert [(each["color"], bool(each["text"])) for each in special] == [("#808080", True)] or special[0]["text"] == ""
            words = [each["options"] for each in properties["mappings"] if each["type"] == "value"]
            if words and "NO DATA" in {each["text"] for each in words[0].values()}:
                shown += 1
                assert next(each["color"] for each in words[0].values() if each["text"] == "NO DATA") == "#808080"
                assert len({each["text"] for each in words[0].values()}) == len(words[0])
    assert shown


def configured(panel: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "fieldConfig" not in panel:
        return
    yield panel["fieldConfig"]["defaults"]
    for override in panel["fieldConfig"]["overrides"]:
        properties = {each["id"]: each["value"] for each in override["properties"]}
        if "mappings" in properties:
            yield properties


def test_links_lead_to_pages_that_exist() -> None:
    known = {page.uid for page in dashboard_files(promised())}
    found = [uid for page in PAGES.values() for uid in re.findall(r'"url": "/d/([a-z0-9-]+)', page.text)]
    assert set(found) <= known
    alone = dashboard_files(replace(promised(), agreements={}))
    assert {uid for page in alone for uid in re.findall(r'"url": "/d/([a-z0-9-]+)', page.text)} == {page.uid for page in alone}


def test_without_objectives_or_agreements_there_is_no_page_about_them() -> None:
    assert not [page for page in dashboard_files(replace(promised(), slos={})) if page.audience == "sre"]
    assert {page.audience for page in dashboard_files(replace(promised(), agreements={}))} == {"sre"}


def test_another_customer_changes_no_page_of_the_sre() -> None:
    fewer = {name: each for name, each in promised().agreements.items() if each.party.name != "globex"}
    changed = {page.audience: page for page in dashboard_files(replace(promised(), agreements=fewer)) if page.customer is None}
    assert changed["sre"] == PAGES["sre"]


def test_agreements_without_a_fee_have_steps_and_no_sum() -> None:
    free = {name: replace(each, fee=None) for name, each in promised().agreements.items()}
    pages = {page.audience: page for page in dashboard_files(replace(promised(), agreements=free)) if page.customer is None}
    titles = {panel["title"] for panel in panels(pages["service level manager"])}
    assert "Steps of credits reached: customers" in titles
    assert "Owed to customers so far" not in titles | {panel["title"] for panel in panels(pages["executive"])}
