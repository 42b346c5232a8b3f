"""From recorded events to the phone: a period is lost and told once, and the next outage of the same service still pages.

Prometheus evaluates the compiled rules, Alertmanager has the compiled configuration with shortened waits, and what arrives is counted.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from backfilled_prometheus import Series, backfilled_prometheus
from notified import Webhooks, wait_for
from promised import catalogue_of_text
from test_alertmanager import YEARS, counted, running

from slo_gen import names
from slo_gen.alertmanager.compile import compile_alertmanager
from slo_gen.cli.status import read_standing
from slo_gen.outputs.yaml_text import render_groups
from slo_gen.rules.calendar_tables import Horizon
from slo_gen.rules.compile import shared_groups
from slo_gen.timekeeping.periods import Periods

pytestmark = pytest.mark.integration

BEGAN = min((datetime.now(UTC) - timedelta(days=10)).day, 28)
"""Day of the month on which periods begin: never one within the hour that is looked at."""

CATALOGUE = catalogue_of_text(f"""
kind: Policy
metadata: {{name: house}}
spec: {{roles: {{service-level-manager: team/slm}}, notifications: {{default: {{page: duty-phone, ticket: desk}}}}}}
---
kind: Team
metadata: {{name: shop}}
spec: {{receivers: {{page: shop-phone, ticket: shop-queue}}}}
---
kind: Team
metadata: {{name: slm}}
spec: {{receivers: {{ticket: slm-mail}}}}
---
kind: Service
metadata: {{name: checkout}}
spec: {{owner: team/shop}}
---
kind: Customer
metadata: {{name: acme}}
---
kind: Indicator
metadata: {{name: requests}}
spec: {{service: checkout, events: {{bad: 'bad_total{{job="shop"}}', total: 'all_total{{job="shop"}}'}}}}
---
kind: SLO
metadata: {{name: availability}}
spec: {{indicator: requests, objective: 99.9%}}
---
kind: SLA
metadata: {{name: acme-checkout}}
spec:
  customer: acme
  service: checkout
  state: active
  period: {{length: month, starts: 01-{BEGAN:02}}}
  targets: [{{name: availability, indicator: requests, objective: at least 99.98%, measure: {{method: downtime_minutes}}}}]
""")
EVENTS = 100.0


def minutes(first: int, last: int, bad: float, now: float) -> list[Series]:
    """Every minute from ``first`` to ``last`` minutes ago, as the counting rules record it."""
    marks: Sequence[float] = [now - 60 * back for back in range(first, last - 1, -1)]
    return [
        ({"__name__": name, "indicator": "requests"}, [(at, value) for at in marks])
        for name, value in ((names.TOTAL, EVENTS), (names.BAD, bad), (names.UNSEEN, 0.0))
    ]


def test_after_a_lost_period_a_new_outage_pages(tmp_path: Path) -> None:
    rules = tmp_path / "rules.yml"
    horizon = Horizon.around(datetime.now(UTC).date())
    rules.write_text(render_groups([replace(group, interval=1) for group in shared_groups(CATALOGUE, horizon)]))
    with Webhooks() as webhooks, running(counted(compile_alertmanager(CATALOGUE, YEARS), webhooks), tmp_path) as told:
        alerting = {"alertmanagers": [{"static_configs": [{"targets": [told.url.removeprefix("http://")]}]}]}
        with backfilled_prometheus(tmp_path / "server", [rules], alerting=alerting) as server:
            now = time.time() // 60 * 60
            server.write(minutes(55, 45, EVENTS, now) + minutes(44, 0, 0.0, now))       # an outage, over since three quarters of an hour
            breached = {"alertname": names.PERIOD_BREACHED, "agreement": "acme-checkout"}
            wait_for(lambda: {"shop-queue", "slm-mail"} <= set(webhooks.told(**breached)), 90)
            assert "shop-phone" not in webhooks.told()
            (standing,) = asyncio.run(read_standing(CATALOGUE, str(server.client.base_url).rstrip("/"))).agreements
            assert (standing.verdict, [alert.labels["alertname"] for alert in standing.alerts]) == ("breached", [names.PERIOD_BREACHED])
            assert standing.attained is not None
            assert standing.bad is not None
            assert standing.total is not None
            assert abs(standing.attained - (1 - standing.bad / standing.total)) < 1e-9
            assert standing.budget_left is not None
            allowed = Periods("month", starts=(1, BEGAN)).of(int(now)).seconds * 2 / 10_000
            assert abs(standing.budget_left - (1 - standing.bad / allowed)) < 1e-6
            now = time.time()
            server.write(minutes(8, 0, EVENTS, now))                                    # and another one
            wait_for(lambda: "shop-phone" in webhooks.told(alertname=names.BUDGET_BURN, severity="page"), 90)
            assert [rule["lastError"] for rule in server.rules() if rule.get("lastError")] == []
            assert any(alert["labels"]["alertname"] == names.PERIOD_BREACHED and alert["state"] == "firing" for alert in server.alerts())
        pages = [message for message in webhooks.messages if message.receiver == "shop-phone"]
        assert all(alert["alertname"] == names.BUDGET_BURN for message in pages for alert in message.alerts)
