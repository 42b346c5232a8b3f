"""Targets on states: which of them the exporter judges, and that what it tells becomes the figures and alerts of a period."""

from __future__ import annotations

from pathlib import Path

from promtool import judge, run

from slo_gen import names
from slo_gen.cli.compiling import compiled_files
from slo_gen.rules.accounts import accounts
from slo_gen.rules.calendar_tables import Horizon
from slo_gen.rules.compile import compile_rules
from slo_gen.spec.convert import read_documents
from slo_gen.spec.model import Catalogue
from slo_gen.spec.resolve import resolve

HORIZON = Horizon(1_793_491_200, 1_793_491_200 + 3 * 365 * 86_400)
OF = 'agreement="acme",indicator="up",slm_customer="acme",slm_service="shop"'
TARGETS = (
    "{name: plain, indicator: up, objective: at least 99.9%}",
    "{name: runs, indicator: up, objective: at least 99.9%, measure: {method: downtime_minutes, at_least: 5m}, hours: office}",
    "{name: ceiling, indicator: up, objective: at most 0.5%}",
    "{name: condition, indicator: up, objective: at least 99.9%, exclude: [{when: 'failover == 1', reason: failover}]}",
)


def shop(*targets: str) -> Catalogue:
    text = f"""
kind: Team
metadata: {{name: web}}
---
kind: Service
metadata: {{name: shop}}
spec: {{owner: team/web}}
---
kind: Customer
metadata: {{name: acme}}
---
kind: Calendar
metadata: {{name: office}}
spec: {{timezone: Europe/Berlin, hours: {{mon-fri: [08:00-18:00]}}}}
---
kind: Indicator
metadata: {{name: up}}
spec: {{service: shop, probe: {{read_by: exporter}}}}
---
kind: SLA
metadata: {{name: acme}}
spec:
  customer: acme
  service: shop
  state: active
  escalation: {{period_budget: [{{at: 75%, to: team/web}}, {{at: 90%, to: team/web}}]}}
  targets: [{", ".join(targets)}]
"""
    documents, problems = read_documents([("shop.yaml", text)])
    found, unresolved = resolve(documents)
    assert not [each for each in (*problems, *unresolved) if each.severity == "error"], (problems, unresolved)
    return found


def test_what_the_exporter_judges_shares_an_account_however_it_is_measured() -> None:
    found, absent = accounts(shop(*TARGETS), HORIZON)
    watched = sorted(sorted(each.target.name for each in account.targets) for account in found if account.watched)
    assert watched == [["ceiling"], ["plain", "runs"]]
    assert [[each.target.name for each in account.targets] for account in found if not account.watched] == [["condition"]]
    assert absent == {}


def test_the_tests_that_are_written_hold(tmp_path: Path) -> None:
    files = compiled_files(shop(*TARGETS), "prometheus", horizon=HORIZON)
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    tests = sorted(name for name in files if name.startswith(("tests/states-", "tests/tickets")) and name.endswith(".test.yml"))
    assert len(tests) == 3
    for name in tests:
        assert "SLMPeriodBreached" in files[name] or "SLMSourceStale" in files[name]
    run("test", "rules", *(Path(name).name for name in tests), cwd=tmp_path / "tests")


def test_a_ceiling_is_used_up_from_the_other_side(tmp_path: Path) -> None:
    catalogue = shop("{name: ceiling, indicator: up, objective: at most 0.5%}")
    [account] = accounts(catalogue, HORIZON)[0]
    group = next(group for group in compile_rules(catalogue, horizon=HORIZON) if group.name == f"slm-period-{account.key}")
    inputs = {
        f'{names.AGREEMENT_TARGET}{{{OF},target="ceiling",slm_account="{account.key}"}}': "0.005x9",
        f'{names.PERIOD_COUNTED}{{{OF},target="ceiling"}}': "4x9",
        f'{names.PERIOD_IN_ALL}{{{OF},target="ceiling"}}': "1000x9",
        f'{names.PERIOD_AS_OF}{{{OF},target="ceiling"}}': "7x9",
        f'{names.TICKETS_PERIOD_START}{{agreement="acme"}}': "5x9",
    }
    labels = f'{{{OF},target="ceiling",period="5"}}'
    judge([group], inputs, folder=tmp_path, samples={
        (names.PERIOD_BUDGET_LEFT, "5m"): {f"{names.PERIOD_BUDGET_LEFT}{labels}": 1},
        (f"round({names.PERIOD_BUDGET_LEFT_RATIO}, 1e-9)", "5m"): {labels: 0.2},
        (names.PERIOD_BAD, "5m"): {f"{names.PERIOD_BAD}{labels}": 4},
        (names.PERIOD_STARTED, "5m"): {f"{names.PERIOD_STARTED}{labels}": 5},
    })  # fmt: skip
