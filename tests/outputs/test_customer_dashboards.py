"""What a customer's dashboard must not ask, and must not say."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from promised import promised
from sla_dashboards import customer_datasource, dashboard_files

from slo_gen.outputs.customer_dashboards import Reader, leaks

ACME = Reader("acme", "sla-acme", ("acme", "Acme Corp"), ("acme-checkout", "The desk is open", "shop paused"))
PINNED = 'slm:period:attained_ratio{slm_customer="acme"}'


def found(expr: str = PINNED, **more: object) -> list[str]:
    dashboard = {"title": "Acme", "panels": [{"title": "Attained", "targets": [{"expr": expr}]}], **more}
    return list(leaks(json.dumps(dashboard), ACME, ["globex"], ["dba"]))


@pytest.mark.parametrize("expr", [
    PINNED, f"min({PINNED})", f"{PINNED} - on(target) {PINNED}", f"max_over_time({PINNED}[1d:1h])", "vector(1)", "time()",
    f"topk(3, {PINNED})", f"-({PINNED} offset 1d)", f'label_replace({PINNED}, "a", "$1", "b", "(.*)")',
])
def test_pinned_queries_pass(expr: str) -> None:
    assert found(expr) == []


@pytest.mark.parametrize("expr", [
    "up", 'up{slm_customer="other"}', 'up{slm_customer=~"acme"}', 'up{slm_customer!="acme"}', f"{PINNED} or up",
    f"topk(scalar(up), {PINNED})",
    f"{PINNED} and on() up", "rate(up[5m])", "max_over_time(up[1d:1h])", "(-up)", 'up{slm_customer="acme" or slm_customer="b"}',
    'up{slm_customer="acme", a="${b}"}', 'up{slm_customer="acme", a="[[b]]"}', 'count_values("x", up)',
    'up{slm_customer="$customer"}', "up{", 'slm:period:attained_ratio{slm_customer="Acme"}', "absent(up)",
])
def test_each_way_of_asking_for_more_is_found(expr: str) -> None:
    assert len(found(expr)) == 1


@pytest.mark.parametrize("more", [
    {"title": "Acme and Globex"}, {"links": [{"url": "https://wiki.example.com/dba"}]}, {"tags": ["globex"]},
    {"panels": [{"type": "row", "panels": [{"targets": [{"expr": "up"}]}]}]}, {"annotations": {"list": [{"expr": "up"}]}},
    {"panels": [{"fieldConfig": {"overrides": [{"properties": [{"id": "displayName", "value": "team DBA"}]}]}}]},
    {"panels": [{"options": {"globex": 1}}]}, {"panels": [{"targets": [{"expr": PINNED, "legendFormat": "dba"}]}]},
    {"templating": {"list": [{"name": "x"}]}},
])
def test_what_stands_on_it_is_read_too(more: dict[str, object]) -> None:
    assert found(**more)


def test_a_name_inside_another_word_is_none() -> None:
    assert found(description="feedback, dbas and globexia") == []


def test_a_customer_whose_name_begins_like_another_may_be_named() -> None:
    text = json.dumps({"title": "acme-eu", "uid": "globex-acme"})
    reader = Reader("acme-eu", "sla-acme-eu")
    assert [fault.split(": ", 1)[1] for fault in leaks(text, reader, ["acme", "globex"])] == ["names 'acme'", "names 'globex'"]
    assert list(leaks(json.dumps({"title": "acme-eu"}), reader, ["acme"])) == []
    assert list(leaks(json.dumps({"title": "ACME Corp Europe"}), replace(reader, called=("Acme Corp Europe",)), ["Acme Corp"])) == []


def test_what_an_agreement_says_is_no_secret_but_another_customer_is() -> None:
    said = json.dumps({"title": "Shop paused by the customer, desk"})
    assert list(leaks(said, ACME, [], ["shop", "desk"])) == []
    assert len(list(leaks(said, ACME, ["shop"], ["desk"]))) == 1
    assert len(list(leaks(said, replace(ACME, agreed=()), [], ["shop", "desk"]))) == 2


@pytest.mark.parametrize(("source", "faults"), [
    ({"type": "prometheus", "uid": "sla-acme"}, 0), ({"type": "prometheus", "uid": "sla-other"}, 1), ("Prometheus", 1),
    ({"type": "prometheus"}, 1), ({"type": "datasource", "uid": "-- Mixed --"}, 1), ({"type": "grafana", "uid": "-- Grafana --"}, 0),
])
def test_a_page_asks_only_the_data_source_of_its_customer(source: object, faults: int) -> None:
    assert len(found(panels=[{"targets": [{"datasource": source, "expr": PINNED}]}])) == faults
    assert len(found(annotations={"list": [{"datasource": source}]})) == faults


def test_a_name_with_letters_of_its_language_is_found_whole() -> None:
    assert found(description="Küche") == []
    assert list(leaks(json.dumps({"title": "Küche"}), ACME, ["che"])) == []
    assert list(leaks(json.dumps({"title": "an KÜCHE"}), ACME, ["Küche"])) == ["title: names 'Küche'"]


@pytest.mark.parametrize("text", ["<html>", "[]", ""])
def test_what_is_no_dashboard_is_said(text: str) -> None:
    assert len(list(leaks(text, ACME, []))) == 1


@pytest.mark.parametrize("name", ["Target", "State", "minutes", "ours", "Prometheus", "agreement"])
def test_a_name_that_is_a_word_of_every_page_betrays_nobody(name: str) -> None:
    page = next(each for each in dashboard_files(promised()) if each.customer == "acme")
    reader = Reader("acme", customer_datasource("acme"), ("acme", "Acme GmbH"))
    assert list(leaks(page.text, reader, [name])) == []
    for planted in (f"as for {name}", f"| {name} | x |"):
        text = json.dumps({**json.loads(page.text), "description": planted})
        assert len(list(leaks(text, reader, [name]))) == 1


def test_names_in_a_query_are_those_in_quotes() -> None:
    assert found('label_replace(slm:period_bad{slm_customer="acme"}, "a", "globex", "", "")') != []
    assert found("slm:period_bad{slm_customer='acme', a='globex'}") != []
    assert list(leaks(json.dumps({"panels": [{"expr": "max by (target) (x{slm_customer=\"acme\"})"}]}), ACME, ["target"])) == []
