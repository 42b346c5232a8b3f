"""A provider with two customers, a team and a supplier: what its pages show, and golden files are made of it."""

from __future__ import annotations

import textwrap
from functools import cache

from slo_gen.spec.convert import read_documents
from slo_gen.spec.model import Catalogue
from slo_gen.spec.resolve import resolve

__all__ = ["catalogue_of_text", "promised"]

DOCUMENTS = """
kind: Policy
metadata: {name: house}
spec: {alerts: {dashboard_url: "https://grafana.house.example/d/slm-sre-4e23dad4?var-slo=${slo}"}}
---
kind: Service
metadata: {name: checkout, title: Checkout}
spec: {owner: team/shop, depends_on: [service/database]}
---
kind: Service
metadata: {name: database, title: Database}
spec: {owner: team/dba}
---
kind: Team
metadata: {name: shop}
---
kind: Team
metadata: {name: dba}
---
kind: Supplier
metadata: {name: bigcloud, title: Big Cloud}
---
kind: Customer
metadata: {name: acme, title: Acme GmbH}
---
kind: Customer
metadata: {name: globex, title: Globex}
---
kind: Calendar
metadata: {name: office}
spec: {timezone: Europe/Berlin, hours: {mon-fri: ["08:00-18:00"]}}
---
kind: Indicator
metadata: {name: requests, title: Requests of the checkout}
spec: {service: checkout, events: {bad: bad_total, total: all_total}, by: [region]}
---
kind: Indicator
metadata: {name: database-probe, title: Probes of the database}
spec: {service: database, probe: {series: probe_success}}
---
kind: SLO
metadata: {name: checkout-availability, title: Checkout answers}
spec: {indicator: requests, objective: 99.9%}
---
kind: SLO
metadata: {name: database-up, title: The database is reachable}
spec: {indicator: database-probe, objective: 99.95%, window: 7d}
---
kind: SLA
metadata: {name: acme-checkout, title: Checkout for Acme}
spec:
  customer: acme
  service: checkout
  state: active
  period: {length: month, timezone: Europe/Berlin}
  term: {from: 2026-01-01}
  fee: {amount: 1000.00, currency: EUR, per: month}
  targets: [{name: availability, indicator: requests, where: {region: eu}, objective: at least 99.9%}]
  tickets:
    low_volume: {below: 10, allow_misses: 1}
    matrix: {columns: [hours, response, share], P1: [office, 15m, 95%], P2: [office, 30m, 90%], P3: [office, 4h, 90%]}
  credits: {targets: [availability], tiers: [{below: 99.9%, credit: 10%}, {below: 99%, credit: 25%}], cap: 50%}
  backed_by: {availability: {all: [db-ola/availability, cloud-uc/availability]}}
---
kind: SLA
metadata: {name: globex-checkout, title: Checkout for Globex}
spec:
  customer: globex
  service: checkout
  state: active
  period: {length: month, timezone: Europe/Berlin}
  term: {from: 2026-01-01}
  fee: {amount: 12000.00, currency: EUR, per: year}
  targets: [{name: availability, indicator: requests, where: {region: us}, objective: at least 99.5%}]
  credits: {tiers: [{below: 99.5%, credit: 10%}, {below: 99%, credit: 25%}]}
  backed_by: {availability: {all: [db-ola/availability]}}
---
kind: SLA
metadata: {name: globex-database, title: Database for Globex}
spec:
  customer: globex
  service: database
  state: active
  period: {length: month, timezone: Europe/Berlin}
  term: {from: 2026-01-01}
  targets: [{name: availability, indicator: database-probe, objective: at least 99%}]
---
kind: OLA
metadata: {name: db-ola, title: Database for the shop}
spec:
  team: dba
  service: database
  state: active
  period: {length: month, timezone: Europe/Berlin}
  targets: [{name: availability, indicator: database-probe, objective: at least 99.9%}]
---
kind: UC
metadata: {name: cloud-uc, title: Virtual machines}
spec:
  supplier: bigcloud
  service: database
  state: active
  period: {length: month, timezone: Europe/Berlin}
  fee: {amount: 500.00, currency: USD, per: month}
  targets: [{name: availability, indicator: database-probe, objective: at least 99.95%}]
  credits: {of: monthly_fee, tiers: [{below: 99.95%, credit: 10%}, {below: 99%, credit: 30%}], on_claim: true}
  claim: {submit: {within: 30d, after: period_end}}
"""


@cache
def promised() -> Catalogue:
    """The catalogue of DOCUMENTS."""
    return catalogue_of_text(DOCUMENTS)


def catalogue_of_text(text: str) -> Catalogue:
    """The catalogue of documents without an error."""
    documents, problems = read_documents([("specs.yaml", textwrap.dedent(text))])
    catalogue, unresolved = resolve(documents)
    assert not [each for each in (*problems, *unresolved) if each.severity == "error"], (problems, unresolved)
    return catalogue
