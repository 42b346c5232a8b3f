"""Each target gets what it accepts, within its limits."""

from __future__ import annotations

import json
import re
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from catalogues import agreement, catalogue, indicator, slo
from hypothesis import given
from hypothesis import strategies as st

from slo_gen.outputs.errors import OutputError
from slo_gen.outputs.splitting import split_group
from slo_gen.outputs.targets import HEADER, TARGETS, OutputSettings, Target, file_name, render_rules, rules_per_group
from slo_gen.outputs.yaml_text import render_groups, yaml_string
from slo_gen.rules.compile import compile_rules, shared_groups
from slo_gen.rules.rule import AlertRule, RecordingRule, Rule, RuleGroup

CATALOGUE = catalogue(
    [indicator("checkout", counting="exact"), indicator("search", by=("region",))],
    [slo("a", "checkout", title="{{ evil }} 'q' \"q\" \\ ü\u2028"), slo("b", "checkout", "0.99"), slo("c", "search")],
    [agreement("acme", "checkout")],
)


def big(indicators: int) -> tuple[RuleGroup, ...]:
    return shared_groups(
        catalogue([indicator(f"i{n}") for n in range(indicators)], [slo(f"s{n}", f"i{n}") for n in range(indicators)])
    )


# --- text --------------------------------------------------------------------------------------------------------


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_text_survives_yaml(text: str) -> None:
    assert yaml.safe_load(yaml_string(text)) == text
    assert "\n" not in yaml_string(text)


EXPRESSIONS = st.text(st.sampled_from("ab {}\"'\\\n:#-|>ü\t"), min_size=1)


@given(EXPRESSIONS, st.dictionaries(st.text(min_size=1, max_size=4, alphabet="abc"), EXPRESSIONS, max_size=2))
def test_a_rule_survives_yaml(expr: str, labels: dict[str, str]) -> None:
    rules: tuple[Rule, ...] = (
        RecordingRule("a:b", expr, labels),
        AlertRule("A", expr, hold=90, keep_firing=60, labels=labels, annotations=labels),
    )
    (group,) = yaml.safe_load(render_groups([RuleGroup("g", 300, rules)]))["groups"]
    present = {"labels": labels} if labels else {}
    assert group == {
        "name": "g",
        "interval": "5m",
        "rules": [
            {"record": "a:b", "expr": expr, **present},
            {"alert": "A", "expr": expr, "for": "1m30s", "keep_firing_for": "1m", **present, **({"annotations": labels} if labels else {})},
        ],
    }


def test_no_group_is_still_a_rule_file() -> None:
    assert yaml.safe_load(render_groups([])) == {"groups": []}


# --- targets -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", TARGETS)
def test_the_bytes_are_the_same_every_time(target: Target) -> None:
    first = render_rules(target, compile_rules(CATALOGUE, rules_per_group(target)))
    again = render_rules(target, compile_rules(CATALOGUE, rules_per_group(target)))
    assert list(first.items()) == list(again.items())
    assert all(text.startswith(HEADER) for text in first.values())


def test_prometheus_gets_a_file_per_group(tmp_path: Path) -> None:
    groups = compile_rules(CATALOGUE)
    files = render_rules("prometheus", groups)
    assert len(files) == len(groups) == len({group.name for group in groups})
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_text(text)
    done = subprocess.run(["promtool", "check", "rules", *files], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "FAILED" not in done.stdout + done.stderr


def test_rules_of_several_shards_are_no_duplicates(tmp_path: Path) -> None:
    (tmp_path / "all.yml").write_text(render_groups(big(200)))
    done = subprocess.run(["promtool", "check", "rules", "all.yml"], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "SUCCESS" in done.stdout
    assert "duplicate" not in done.stdout + done.stderr


def test_the_operator_gets_resources_below_its_limit() -> None:
    settings = OutputSettings(operator_namespace="slo", operator_labels={"role": "alert-rules"}, operator_bytes=40_000)
    groups = big(200)
    files = render_rules("operator", groups, settings)
    resources = [yaml.safe_load(text) for text in files.values()]
    assert max(len(text.encode()) for text in files.values()) <= 40_000
    assert len(resources) > len(groups)
    assert len({resource["metadata"]["name"] for resource in resources}) == len(resources)
    for resource in resources:
        assert (resource["apiVersion"], resource["kind"]) == ("monitoring.coreos.com/v1", "PrometheusRule")
        assert resource["metadata"]["namespace"] == "slo"
        assert resource["metadata"]["labels"] == {"role": "alert-rules"}
        assert re.fullmatch(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?", resource["metadata"]["name"])
    assert rules_in(resources) == rules_in([yaml.safe_load(render_groups(groups))])


def rules_in(documents: list[dict[str, object]]) -> list[str]:
    """Every rule of rule files or resources, sorted."""
    found: list[str] = []
    for document in documents:
        holder = document.get("spec", document)
        assert isinstance(holder, dict)
        found.extend(json.dumps(rule, sort_keys=True) for group in holder["groups"] for rule in group["rules"])
    return sorted(found)


def test_resource_names_never_meet() -> None:
    groups = [RuleGroup(name, 60, (RecordingRule("a", "b"),)) for name in ("a.b", "a-b", "A-b", "a_b", "x" * 300, "x" * 301, "ü")]
    files = render_rules("operator", groups)
    names = {yaml.safe_load(text)["metadata"]["name"] for text in files.values()}
    assert len(files) == len(names) == len(groups)
    assert all(re.fullmatch(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?", name) for name in names)


@pytest.mark.parametrize(
    "settings",
    [
        OutputSettings(operator_namespace="Not Valid"),
        OutputSettings(operator_labels={"a": "has blank"}),
        OutputSettings(operator_bytes=500),
    ],
)
def test_what_kubernetes_would_refuse_is_refused(settings: OutputSettings) -> None:
    with pytest.raises(OutputError):
        render_rules("operator", shared_groups(CATALOGUE), settings)


def test_mimir_gets_groups_within_its_limits() -> None:
    groups = compile_rules(CATALOGUE, rules_per_group("mimir"))
    ((path, text),) = render_rules("mimir", groups).items()
    document = yaml.safe_load(text)
    assert path == "rules/slo-gen.yml"
    assert document["namespace"] == "slo-gen"
    assert max(len(group["rules"]) for group in document["groups"]) <= 20
    assert len({group["name"] for group in document["groups"]}) == len(document["groups"])
    assert rules_in([document]) == rules_in([yaml.safe_load(render_groups(groups))])


def test_a_tenant_with_too_few_groups_is_told_what_to_raise() -> None:
    with pytest.raises(OutputError, match="ruler_max_rule_groups_per_tenant"):
        render_rules("mimir", big(700))


# --- cutting groups ----------------------------------------------------------------------------------------------


@given(st.lists(st.booleans(), min_size=1, max_size=40), st.integers(6, 30))
def test_a_group_is_cut_only_where_order_does_not_matter(follows: list[bool], room: int) -> None:
    rules = tuple(RecordingRule(f"r{n}", "x", with_previous=flag and n % 5 != 0) for n, flag in enumerate(follows))
    parts = split_group(RuleGroup("g", 60, rules), lambda _: 1, room, "limit")
    assert tuple(rule for part in parts for rule in part.rules) == rules
    assert all(len(part.rules) <= room for part in parts)
    assert not any(isinstance(part.rules[0], RecordingRule) and part.rules[0].with_previous for part in parts)
    assert len({part.name for part in parts}) == len(parts)
    assert (parts[0].name == "g") == (len(parts) == 1)


def test_a_group_whose_order_matters_is_never_cut() -> None:
    group = RuleGroup("g", 60, tuple(RecordingRule(f"r{n}", "x") for n in range(10)), whole=True)
    assert split_group(group, lambda _: 1, 10, "limit") == (group,)
    with pytest.raises(OutputError, match="10 rules of the group g belong together and are above limit; raise limit"):
        split_group(group, lambda _: 1, 9, "limit")
    assert len(split_group(replace(group, whole=False), lambda _: 1, 9, "limit")) == 2


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), unique=True, max_size=20))
def test_file_names_never_meet(names: list[str]) -> None:
    found = {file_name(name).lower() for name in names}
    assert len(found) == len(names)
    assert all(re.fullmatch(r"[a-z0-9._=-]+", name) for name in found)
