"""Time zones that there are not: what was probably meant, and that nothing else breaks over them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

from slo_gen.spec.zone_names import zone_hint

CITY = "write a name like Europe/Berlin"
FEW = f"{CITY}: zones bear the names of a few large cities"
CHANGES = "a name like Europe/Berlin follows clock changes, an offset does not"


@pytest.mark.parametrize(("written", "hint"), [
    ("PST", "did you mean `America/Los_Angeles`?"), ("PDT", "did you mean `America/Los_Angeles`?"),
    ("Pacific Time", "did you mean `America/Los_Angeles`?"), ("EDT", "did you mean `America/New_York`?"),
    ("CEST", "did you mean `Europe/Berlin`?"), ("jst", "did you mean `Asia/Tokyo`?"),
    ("Berlin", "did you mean `Europe/Berlin`?"), ("europe/berlin", "did you mean `Europe/Berlin`?"),
    ("Europe Berlin", "did you mean `Europe/Berlin`?"),
    ("Europe/Berln", "did you mean `Europe/Berlin`?"), ("New York", "did you mean `America/New_York`?"),
    ("Europe/Frankfurt", FEW), ("Mars", CITY), ("A/B", FEW),
    ("UTC+8", f"{CHANGES}; `Etc/GMT-8` is the one that is always +08:00"),
    ("GMT-5", f"{CHANGES}; `Etc/GMT+5` is the one that is always -05:00"),
    ("+05:30", CHANGES), ("UTC+99", CHANGES),
])  # fmt: skip
def test_what_was_meant(written: str, hint: str) -> None:
    assert zone_hint(written) == hint


@pytest.mark.parametrize("where", ["  period: {timezone: PST}\n", "  period: {rolling: 30d, timezone: PST}\n"])
def test_an_agreement_in_no_zone_is_told_and_the_checks_go_on(tmp_path: Path, run: Callable[..., Result], where: str) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(
        "kind: Supplier\nmetadata: {name: cloud}\n---\nkind: Service\nmetadata: {name: shop}\n---\n"
        "kind: Indicator\nmetadata: {name: probe}\nspec: {service: shop, probe: {series: up}}\n---\n"
        "kind: UC\nmetadata: {name: deal}\nspec:\n  supplier: cloud\n  service: shop\n  state: active\n"
        f"{where}  targets: [{{name: up, indicator: probe, objective: 99.9%, measure: {{method: downtime_minutes}}}}]\n",
        encoding="utf-8",
    )
    result = run("check", str(file))
    assert result.exit_code == 1
    assert "error: there is no time zone PST [timezone]\n" in result.output
    assert "    = did you mean `America/Los_Angeles`?\n" in result.output
