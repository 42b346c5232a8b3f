"""Who is told, as ``slo-gen explain`` says it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from click.testing import Result

DOCUMENTS = """
kind: Policy
metadata: {name: house}
spec: {roles: {service-level-manager: team/slm}, notifications: {default: {page: duty-phone}}}
---
kind: Calendar
metadata: {name: office}
spec: {hours: {mon-fri: ["08:00-18:00"]}}
---
kind: Team
metadata: {name: shop}
spec: {hours: office, receivers: {ticket: shop-queue}}
---
kind: Team
metadata: {name: slm}
---
kind: Service
metadata: {name: checkout}
spec: {owner: team/shop}
---
kind: Customer
metadata: {name: acme}
---
kind: Indicator
metadata: {name: requests}
spec: {service: checkout, events: {bad: e, total: t}}
---
kind: SLO
metadata: {name: availability}
spec: {indicator: requests, objective: 99.9%}
---
kind: SLA
metadata: {name: acme-checkout}
spec:
  customer: acme
  service: checkout
  state: active
  targets: [{name: availability, indicator: requests, objective: 99%}]
  escalation: {period_budget: [{at: 90%, to: team/slm, after: 1h}], ticket_clock: [{at: 50%, to: team/slm}]}
"""

Run = Callable[..., Result]


def explained(run: Run, folder: Path, name: str, text: str = DOCUMENTS) -> str:
    (folder / "specs.yaml").write_text(text)
    result = run("explain", name, str(folder / "specs.yaml"))
    assert result.exit_code == 0, result.output
    return result.output.partition("Who is told\n")[2].partition("\n\n")[0]


def test_who_is_told_of_an_slo(run: Run, tmp_path: Path) -> None:
    assert explained(run, tmp_path, "availability") == "  page: duty-phone\n  ticket: shop-queue, in the hours of office"


def test_who_is_told_of_an_agreement(run: Run, tmp_path: Path) -> None:
    root = "whoever is told at the root of your Alertmanager"
    assert explained(run, tmp_path, "acme-checkout").splitlines() == [
        f"  SLMPeriodAtRisk: shop-queue, in the hours of office; {root} at 90% after 1h",
        f"  SLMPeriodBreached: shop-queue, in the hours of office; {root}",
        f"  SLMTicketDeadlineNear: shop-queue, in the hours of office; {root} at 50%",
        "  SLMTicketOverdue: shop-queue, in the hours of office",
    ]


def test_where_no_document_names_a_receiver_nothing_is_said(run: Run, tmp_path: Path) -> None:
    text = DOCUMENTS.replace(", notifications: {default: {page: duty-phone}}", "").replace(", receivers: {ticket: shop-queue}", "")
    for name in ("availability", "acme-checkout"):
        assert explained(run, tmp_path, name, text) == ""


def test_of_a_draft_nobody_is_told(run: Run, tmp_path: Path) -> None:
    assert explained(run, tmp_path, "acme-checkout", DOCUMENTS.replace("state: active", "state: draft")) == ""
