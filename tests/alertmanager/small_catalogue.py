"""A catalogue with one of everything that Alertmanager is told of; the golden files are made of it."""

from __future__ import annotations

import textwrap

from slo_gen.spec.convert import read_documents
from slo_gen.spec.model import Catalogue
from slo_gen.spec.resolve import resolve

YEARS = (2026, 2027)

DOCUMENTS = """
kind: Policy
metadata: {name: house}
spec:
  roles: {service-level-manager: team/slm}
  notifications:
    receivers:
      duty-phone: {pagerduty: [{routing_key_file: /etc/alertmanager/secrets/duty/pagerduty}]}
      slm-mail: {email: [{to: [slm@house.example], from: alerts@house.example, smarthost: "mail.house.example:587"}]}
    default: {page: duty-phone, ticket: slm-mail}
    apart_by: [cluster]
    global: {slack_api_url_file: /etc/alertmanager/secrets/house/slack}
---
kind: Calendar
metadata: {name: office}
spec:
  timezone: Europe/Berlin
  hours: {mon-thu: ["08:00-12:00", "13:00-18:00"], fri: ["08:00-14:00"], sun: ["22:00-24:00"]}
  holidays: {dates: [{date: 2026-12-25}, {date: 2026-12-28}, {date: 2027-01-01}]}
  special_days: [{date: 2026-11-28, hours: ["09:00-17:00"]}, {date: 2026-12-23, hours: ["08:00-12:00", "13:00-15:00"]}]
---
kind: Team
metadata: {name: shop}
spec:
  hours: office
  receivers:
    page: {opsgenie: [{api_key_file: /etc/alertmanager/secrets/shop/opsgenie, responders: [{name: shop}], priority: P1}]}
    ticket:
      webhook:
        - url: https://tickets.house.example/alerts?queue=shop
          max_alerts: 20
          http_config: {authorization: {credentials_file: /etc/alertmanager/secrets/shop/token}}
      slack: [{channel: "#shop-alerts"}]
---
kind: Team
metadata: {name: dba}
spec: {quiet: []}
---
kind: Team
metadata: {name: slm}
spec: {hours: office}
---
kind: Service
metadata: {name: checkout}
spec: {owner: team/shop, depends_on: [service/database, supplier/cloud]}
---
kind: Service
metadata: {name: database}
spec: {owner: team/dba}
---
kind: Customer
metadata: {name: acme, title: Acme GmbH}
spec: {notices: {email: [{to: [duty@acme.example], from: alerts@house.example, smarthost: "mail.house.example:587"}], hours: office}}
---
kind: Supplier
metadata: {name: cloud, title: Big Cloud}
---
kind: Indicator
metadata: {name: requests}
spec: {service: checkout, events: {bad: e, total: t}, by: [region]}
---
kind: Indicator
metadata: {name: database-probe}
spec: {service: database, probe: {series: up}}
---
kind: SLO
metadata: {name: checkout-availability}
spec: {indicator: requests, objective: 99.9%}
---
kind: SLO
metadata: {name: database-up}
spec: {indicator: database-probe, objective: 99.9%}
---
kind: SLA
metadata: {name: acme-checkout}
spec:
  customer: acme
  service: checkout
  state: active
  targets: [{name: availability, indicator: requests, objective: 99.5%}]
  escalation:
    ticket_clock: [{at: 50%, to: team/dba}, {at: 100%, to: team/slm}]
    period_budget: [{at: 75%, to: role/service-owner}, {at: 90%, to: role/service-level-manager}]
    breach: [{to: team/slm, after: 4h}, {to: customer/acme}, {to: customer/acme, as: notice}]
---
kind: UC
metadata: {name: cloud-uc}
spec:
  supplier: cloud
  service: database
  state: active
  targets: [{name: availability, indicator: database-probe, objective: 99.5%}]
---
kind: SLA
metadata: {name: acme-draft}
spec: {customer: acme, service: checkout, targets: [{name: availability, indicator: requests, objective: 99.9%}]}
"""


def read(text: str = DOCUMENTS) -> Catalogue:
    """The catalogue of documents that have no problem."""
    documents, problems = read_documents([("specs.yaml", textwrap.dedent(text))])
    catalogue, unresolved = resolve(documents)
    assert [*problems, *unresolved] == []
    return catalogue
