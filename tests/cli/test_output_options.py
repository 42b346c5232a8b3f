"""The options that name the outputs and bound their size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from click.testing import Result

Run = Callable[..., Result]
SPECS = str(Path(__file__).parent.parent.parent / "specs")


def test_resources_carry_namespace_labels_and_prefix(run: Run) -> None:
    settings = ("--namespace", "obs", "--label", "role=alert-rules", "--prefix", "shop")
    printed = run("compile", SPECS, "--out", "-", "--target", "operator", *settings)
    assert printed.exit_code == 0, printed.output
    resources = printed.stdout.split("---\n")
    assert all('\n  namespace: "obs"\n  labels:\n    "role": "alert-rules"\n' in resource for resource in resources)
    assert all('\n  name: "shop-' in resource for resource in resources)


def test_catalogues_with_different_prefixes_share_no_file_and_no_group(run: Run, tmp_path: Path) -> None:
    names: list[set[str]] = []
    for prefix in ("shop", "mail"):
        out = tmp_path / prefix
        assert run("compile", SPECS, "--out", str(out), "--prefix", prefix).exit_code == 0
        groups = {line for path in out.glob("rules/*.yml") for line in path.read_text().splitlines() if line.startswith("- name:")}
        names.append({path.name for path in out.glob("rules/*.yml")} | groups)
    assert names[0]
    assert not names[0] & names[1]


def test_limits_that_cannot_be_kept_are_told(run: Run) -> None:
    few = run("compile", SPECS, "--out", "-", "--target", "mimir", "--groups-per-tenant", "2")
    assert (few.exit_code, "--groups-per-tenant" in few.output) == (1, True)


def test_wrong_options_are_told(run: Run) -> None:
    assert "'x' is not KEY=VALUE" in run("compile", SPECS, "--out", "-", "--label", "x").output
    wrong = run("compile", SPECS, "--out", "-", "--prefix", "Shop_")
    assert (wrong.exit_code, "lower-case letters" in wrong.output) == (1, True)
