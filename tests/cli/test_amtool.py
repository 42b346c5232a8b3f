"""``slo-gen test`` and Alertmanager: what is missing, what is wrong, and what is right."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from slo_gen.outputs.alertmanager_files import TESTED_CONFIGURATION, TESTED_ROUTES

DOCUMENTS = """
kind: Team
metadata: {name: shop}
spec: {receivers: {page: shop-phone}}
---
kind: Service
metadata: {name: checkout}
spec: {owner: team/shop}
---
kind: Indicator
metadata: {name: requests}
spec: {service: checkout, events: {bad: e, total: t}}
---
kind: SLO
metadata: {name: availability}
spec: {indicator: requests, objective: 99.9%}
"""

Run = Callable[..., Result]


@pytest.fixture
def specs(tmp_path: Path) -> Path:
    (tmp_path / "specs.yaml").write_text(DOCUMENTS)
    return tmp_path / "specs.yaml"


def compiled(run: Run, specs: Path, *options: str) -> Path:
    out = specs.parent / "out"
    result = run("compile", str(specs), "--out", str(out), *options)
    assert result.exit_code == 0, result.output
    return out


@pytest.mark.parametrize(("options", "written"), [
    ((), "alertmanager/fragment.yml"),
    (("--target", "mimir"), "alertmanager/fragment.yml"),
    (("--alertmanager", "none"), None),
    (("--target", "operator", "--alertmanager", "fragment"), "alertmanager/fragment.yml"),
])
def test_the_form_follows_the_target_or_what_was_asked_for(run: Run, specs: Path, options: tuple[str, ...], written: str | None) -> None:
    out = compiled(run, specs, *options)
    found = [path.relative_to(out).as_posix() for path in out.rglob("*") if path.parent.name.startswith("alertmanager")]
    assert found == [] if written is None else written in found


def test_a_whole_file_without_everybody_who_is_told_is_refused(run: Run, specs: Path) -> None:
    for options in (("--alertmanager", "file"), ("--target", "operator")):
        result = run("compile", str(specs), "--out", str(specs.parent / "out"), *options)
        assert result.exit_code == 1
        assert "nobody said who is told of pages and tickets that no team owns; add `notifications:" in result.output


def test_routes_are_tested(run: Run, specs: Path) -> None:
    result = run("test", str(compiled(run, specs)))
    assert result.exit_code == 0, result.output
    assert result.output.endswith(" passed, 6 routes tested\n")


def test_without_amtool_nobody_thinks_that_it_was_tested(run: Run, specs: Path) -> None:
    out = compiled(run, specs)
    result = run("test", str(out), "--amtool", "no-such-amtool")
    assert result.exit_code == 1
    assert result.output == (
        "slo-gen: no-such-amtool is not installed; it comes with Alertmanager (on Debian: apt-get install prometheus-alertmanager)\n"
    )
    without = compiled(run, specs, "--alertmanager", "none")
    assert run("test", str(without), "--amtool", "no-such-amtool").exit_code == 0


def test_a_route_that_leads_elsewhere_is_found(run: Run, specs: Path) -> None:
    out = compiled(run, specs)
    (out / TESTED_CONFIGURATION).write_text((out / TESTED_CONFIGURATION).read_text().replace('team="shop"', 'team="shoq"'))
    result = run("test", str(out))
    assert result.exit_code == 1
    assert "an alert with alertname=SLMBudgetBurn severity=page slm_service=any team=shop reaches yours, and should reach shop-phone" in (
        result.output
    )


def test_a_configuration_that_alertmanager_refuses_is_found(run: Run, specs: Path) -> None:
    out = compiled(run, specs)
    (out / TESTED_CONFIGURATION).write_text((out / TESTED_CONFIGURATION).read_text().replace("group_wait", "group_weight"))
    result = run("test", str(out))
    assert result.exit_code == 1
    assert "group_weight" in result.output


@pytest.mark.parametrize("text", ["", "[1]", json.dumps([{"labels": {}}])])
def test_damaged_tests_are_told(run: Run, specs: Path, text: str) -> None:
    out = compiled(run, specs)
    (out / TESTED_ROUTES).write_text(text)
    result = run("test", str(out))
    assert result.exit_code == 1
    assert result.output.endswith("routes.json is missing or damaged; run slo-gen compile again\n")
