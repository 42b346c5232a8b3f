"""What a target allows where it is owed in some hours only, as ``slo-gen explain`` says it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

DOCUMENTS = """
kind: Calendar
metadata: {{name: office}}
spec: {{hours: {{mon-fri: ["08:00-18:00"]}}}}
---
kind: Service
metadata: {{name: checkout}}
---
kind: Customer
metadata: {{name: acme}}
---
kind: Indicator
metadata: {{name: requests}}
spec: {{service: checkout, events: {{bad: e, total: t}}}}
---
kind: SLA
metadata: {{name: acme-checkout}}
spec:
  customer: acme
  service: checkout
  state: active
  targets: [{{name: availability, indicator: requests, objective: 99.9%{terms}}}]
"""
OWED = "  owed in the hours of the calendar office"
OF_A_MONTH = "  in a month of 30 days that allows 43m12s of complete outage"
OF_HOURS = "  in 100 of these hours that allows 6m of complete outage"


@pytest.mark.parametrize(("terms", "told"), [
    ("", [OF_A_MONTH]),
    (", hours: 24x7", [OF_A_MONTH]),
    (", hours: office", [OWED, OF_HOURS]),
    (", hours: office, measure: {method: downtime_minutes}", [OWED, OF_HOURS]),
    (", hours: office, measure: {method: downtime_minutes, over: calendar}", [OWED, OF_A_MONTH]),
])  # fmt: skip
def test_what_is_allowed_in_agreed_hours(tmp_path: Path, run: Callable[..., Result], terms: str, told: list[str]) -> None:
    (tmp_path / "specs.yaml").write_text(DOCUMENTS.format(terms=terms))
    result = run("explain", "acme-checkout", str(tmp_path / "specs.yaml"))
    promised = "  at least 99.9% per month, measured by indicator requests\n"
    assert result.output.partition(promised)[2].partition("  backed by")[0].splitlines()[: len(told)] == told
    assert result.output.count(" of complete outage") == 1
