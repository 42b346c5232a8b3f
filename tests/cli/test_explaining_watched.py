"""How ``slo-gen explain`` tells of an indicator that the exporter watches."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result


@pytest.mark.parametrize(("probe", "told"), [
    ("", ["  down while 1 location or more see it down, as the exporter records it to the second"]),
    (", quorum: 2, known: 3",
     ["  down while 2 locations or more see it down, as the exporter records it to the second; unknown while fewer than 3 know"]),
    (", quorum: majority, failures: 3, back_dated: true",
     ["  down while more than half of the locations see it down, as the exporter records it to the second",
      "  a location sees it down after 3 failures in a row, since the first of them"]),
    (", failures: 2, back_dated: false",
     ["  down while 1 location or more see it down, as the exporter records it to the second",
      "  a location sees it down after 2 failures in a row, since the last of them"]),
])  # fmt: skip
def test_it_says_what_makes_an_outage(tmp_path: Path, run: Callable[..., Result], probe: str, told: list[str]) -> None:
    (tmp_path / "shop.yaml").write_text(
        "kind: Service\nmetadata: {name: shop}\n---\nkind: Indicator\nmetadata: {name: up}\n"
        f"spec: {{service: shop, probe: {{read_by: exporter{probe}}}}}\n"
    )
    lines = run("explain", "up", str(tmp_path / "shop.yaml")).output.splitlines()
    first = lines.index("Measured") + 1
    asked = "  asked by the `probes` of sla-exporter; silence is told after 10m by a ticket"
    assert lines[first : lines.index("", first)] == [*told, asked]


@pytest.mark.parametrize(("probe", "message"), [
    ("{read_by: exporter, series: up}", "only one of `series`, `read_by`"),
    ("{read_by: exporter, location: region}", "a probe that the exporter reads has no label for its locations"),
    ("{read_by: exporter, failures: 2}", "it is not said since when it is down once failures are confirmed"),
    ("{read_by: exporter}, by: [region]", "what the exporter reads is one state, and has no labels to be split by"),
    ("{series: up, known: 2}", "known is for a probe that the exporter reads"),
    ("{series: up, back_dated: false}", "back_dated is for a probe that the exporter reads"),
])  # fmt: skip
def test_what_does_not_go_together_is_refused(tmp_path: Path, run: Callable[..., Result], probe: str, message: str) -> None:
    about = f"spec: {{service: shop, probe: {probe}}}"
    (tmp_path / "shop.yaml").write_text(f"kind: Service\nmetadata: {{name: shop}}\n---\nkind: Indicator\nmetadata: {{name: up}}\n{about}\n")
    result = run("check", str(tmp_path / "shop.yaml"))
    assert result.exit_code == 1
    assert message in result.output
