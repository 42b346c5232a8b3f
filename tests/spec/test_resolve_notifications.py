"""Who is told of what: receivers, hours, ladders with their roles filled; and that secrets are never shown."""

from __future__ import annotations

import pytest
from catalogue_text import catalogue_of, problems_of
from hypothesis import given
from hypothesis import strategies as st

from slo_gen.spec.notification import Desk, Integration, Notifications, Receiver, Step
from slo_gen.spec.problems import Problem, render_text
from slo_gen.spec.secrets import hidden, is_secret_address

PEOPLE = """
kind: Policy
metadata: {name: house}
spec:
  roles: {service-level-manager: team/slm, duty-manager: team/ops}
  notifications:
    receivers: {desk: {email: [{to: [desk@house.example, night@house.example], from: slm@house.example}]}}
    default: {page: duty-phone, ticket: desk}
    repeat: {ticket: 1d}
    apart_by: [cluster]
    global: {smtp_smarthost: "mail.house.example:587", smtp_auth_password_file: secrets/mail}
---
kind: Calendar
metadata: {name: office}
spec: {hours: {mon-fri: ["08:00-18:00"]}}
---
kind: Team
metadata: {name: shop, title: Shop team}
spec:
  hours: office
  receivers:
    page: {pagerduty: [{routing_key_file: secrets/shop}], webhook: [{url: "https://h.example/a", send_resolved: false, max_alerts: 5}]}
    ticket: shop-queue
---
kind: Team
metadata: {name: slm}
---
kind: Team
metadata: {name: ops}
spec: {quiet: []}
---
kind: Service
metadata: {name: checkout}
spec: {owner: team/shop, roles: {duty-manager: team/shop}}
---
kind: Customer
metadata: {name: acme, title: Acme}
spec: {contacts: [{name: Duty, email: duty@acme.example, purposes: [breaches]}, {name: Buyer, email: buyer@acme.example}]}
---
kind: Customer
metadata: {name: beta}
spec: {notices: {slack: [{channel: "#beta", api_url_file: secrets/slack}], hours: office}}
---
kind: Supplier
metadata: {name: cloud}
---
kind: Indicator
metadata: {name: requests}
spec: {service: checkout, events: {bad: e, total: t}}
---
kind: Template
metadata: {name: gold, version: 1}
spec:
  targets: [{name: availability, indicator: requests, objective: 99%}]
  escalation:
    ticket_clock: [{at: 50%, to: team/ops}, {at: 90.0%, to: role/duty-manager}]
    period_budget: [{at: 75%, to: role/service-owner}]
---
"""


def sla(extra: str) -> str:
    return PEOPLE + f"kind: SLA\nmetadata: {{name: acme-checkout}}\nspec: {{customer: acme, service: checkout, extends: gold@1, {extra}}}\n"


def notifications(extra: str = "state: active") -> Notifications:
    return catalogue_of(sla(extra)).notifications


def test_receivers_are_defined_or_only_named() -> None:
    receivers = notifications().receivers
    assert receivers["desk"] == Receiver(
        "desk", (Integration("email", {"to": ("desk@house.example", "night@house.example"), "from": "slm@house.example"}),)
    )
    assert receivers["team/shop/page"] == Receiver("team/shop/page", (
        Integration("webhook", {"send_resolved": False, "url": "https://h.example/a", "max_alerts": 5}),
        Integration("pagerduty", {"routing_key_file": "secrets/shop"}),
    ))
    assert receivers["shop-queue"] == Receiver("shop-queue", None)
    assert receivers["duty-phone"] == Receiver("duty-phone", None)


def test_teams_fall_back_on_the_policy_and_infos_on_tickets() -> None:
    found = notifications()
    assert found.desks["team/shop"] == Desk(
        {"page": "team/shop/page", "ticket": "shop-queue", "info": "shop-queue"}, "office", ("ticket", "info"), "Shop team"
    )
    assert found.desks["team/ops"] == Desk({"page": "duty-phone", "ticket": "desk", "info": "desk"}, "24x7", (), "ops")
    assert found.default == {"page": "duty-phone", "ticket": "desk", "info": "desk"}


def test_customers_are_reached_where_notices_or_contacts_say() -> None:
    found = notifications()
    assert found.desks["customer/acme"].receivers == {"ticket": "customer/acme"}
    assert found.receivers["customer/acme"].integrations == (Integration("email", {"to": ("duty@acme.example",)}),)
    assert found.receivers["customer/beta"].integrations == (
        Integration("slack", {"api_url_file": "secrets/slack", "channel": "#beta"}),
    )
    assert found.desks["customer/beta"].hours == "office"
    assert found.desks["supplier/cloud"].receivers == {}


def test_settings() -> None:
    found = notifications()
    assert found.repeat == {"page": 4 * 3600, "ticket": 86_400, "info": 5 * 86_400}
    assert found.apart_by == ("cluster",)
    assert found.settings == {"smtp_smarthost": "mail.house.example:587", "smtp_auth_password_file": "secrets/mail"}


def test_ladders_have_their_roles_filled() -> None:
    found = notifications("escalation: {breach: [{to: team/ops, after: 4h}, {to: customer/acme}, {to: customer/acme, as: notice}]}")
    assert found.owners == {"acme-checkout": "team/shop"}
    assert found.ladders["acme-checkout"] == (
        Step("ticket_clock", "50%", 0, "team/ops", "notice"),
        Step("ticket_clock", "90%", 0, "team/shop", "notice"),
        Step("period_budget", "75%", 0, "team/shop", "notice"),
        Step("breach", "", 4 * 3600, "team/ops", "notice"),
        Step("breach", "", 0, "customer/acme", "draft"),
        Step("breach", "", 0, "customer/acme", "notice"),
    )


def test_without_a_word_the_service_level_manager_is_told() -> None:
    assert [step for step in notifications().ladders["acme-checkout"] if step.event == "breach"] == [
        Step("breach", "", 0, "team/slm", "notice")
    ]


def test_the_owner_of_an_agreement_may_be_another_than_its_service() -> None:
    assert notifications("owner: role/service-level-manager").owners == {"acme-checkout": "team/slm"}


def test_who_is_to_be_told_must_be_reachable() -> None:
    assert problems_of(sla("escalation: {breach: [{to: supplier/cloud, as: notice}]}")) == [(
        "supplier/cloud is to be told, and nobody said how",
        "add `notices` to supplier cloud, or a contact with `email` and `purposes: [breaches]`",
    )]
    assert problems_of(sla("escalation: {breach: [{to: supplier/cloud}]}")) == []


def test_a_step_that_nothing_reaches_is_told() -> None:
    assert problems_of(sla("escalation: {breach: [{at: 75%, to: team/ops}]}")) == [(
        "a breach has no share that is used up: this step would tell nobody", "leave `at` out, or write it under `period_budget`",
    )]
    assert problems_of(sla("escalation: {period_budget: [{at: 0.0%, to: team/ops}]}")) == [(
        "0% of the budget is used up from the first second of every period on", "write a share above it, like 50%",
    )]
    assert problems_of(sla("escalation: {ticket_clock: [{at: 0%, to: team/ops}], period_budget: [{at: 0.1%, to: team/ops}]}")) == []


def test_nothing_can_be_repeated_more_seldom_than_it_is_remembered() -> None:
    assert problems_of(sla("state: active").replace("repeat: {ticket: 1d}", "repeat: {ticket: 121h}")) == [(
        "Alertmanager forgets after 5d what it sent, and tells it again then",
        "write 5d at most; a longer time needs as long a --data.retention of your Alertmanager",
    )]
    assert problems_of(sla("state: active").replace("repeat: {ticket: 1d}", "repeat: {ticket: 5d}")) == []


# --- secrets -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("line", [
    "routing_key: CANARY", "  - 'api_key' : CANARY", '{to: [a@b], auth_password: "CANARY, CANARY"}', "url: https://me:CANARY@h.example/x",
    "url: https://h.example/x?a=1&access_token=CANARY", "url: https://hooks.slack.com/services/CANARY/CANARY", "bot_token: >- CANARY",
    "key_file: CANARY", "api_url_file: https://h.example/CANARY", "credentials_file: 'CANARY'",
    "basic_auth: {username: x, password: CANARY}",
])
def test_a_line_with_a_secret_is_covered(line: str) -> None:
    assert "CANARY" not in hidden(line)
    assert len(hidden(line)) == len(line)


@pytest.mark.parametrize("line", [
    "routing_key_file: /run/secrets/shop", "api_key_file: 'secrets/a', send_resolved: true", "url: https://h.example/hook?channel=shop",
    "description: the password is asked for", "keyed: x", "tokens_total: x",
])
def test_other_lines_are_shown(line: str) -> None:
    assert hidden(line) == line


@given(st.text(st.characters(exclude_characters="\n\r"), max_size=60))
def test_covering_keeps_the_places(text: str) -> None:
    assert len(hidden(text)) == len(text)


def test_addresses_that_are_secrets() -> None:
    assert is_secret_address("https://discord.com/api/webhooks/1/x")
    assert not is_secret_address("https://tickets.example.com/alerts?queue=shop")


def test_no_form_of_a_problem_shows_a_secret() -> None:
    problem = Problem("error", "a.yaml", 1, 1, "found `https://u:CANARY@h.example`", "password: CANARY")
    assert "CANARY" not in render_text([problem], {"a.yaml": "x: {password: CANARY}"}) + problem.message + problem.hint
