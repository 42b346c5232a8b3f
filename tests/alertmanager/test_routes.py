"""Whom each alert reaches, when, and with what in one notification."""

from __future__ import annotations

from dataclasses import replace

import pytest
from meaning import leaves, reached
from small_catalogue import DOCUMENTS, YEARS, read

from slo_gen.alertmanager.compile import compile_alertmanager
from slo_gen.alertmanager.configuration import Route
from slo_gen.alertmanager.expectations import expectations

SMALL = read()
CONFIGURATION = compile_alertmanager(SMALL, YEARS)
BREACHED = {"alertname": "SLMPeriodBreached", "severity": "ticket", "agreement": "acme-checkout", "target": "availability"}
DRAFT = "team/shop/ticket/draft/customer/acme"


@pytest.mark.parametrize(("labels", "receivers"), [
    ({"alertname": "SLMBudgetBurn", "severity": "page", "team": "shop"}, ["team/shop/page"]),
    ({"alertname": "SLMBudgetBurn", "severity": "ticket", "team": "shop"}, ["team/shop/ticket"]),
    ({"alertname": "SLMIndicatorNoData", "severity": "page", "team": "dba"}, ["duty-phone"]),
    ({"alertname": "SLMIndicatorNoData", "severity": "page"}, ["duty-phone"]),
    ({"alertname": "SLMCalendarEnding", "severity": "info"}, ["slm-mail"]),
    (BREACHED, ["customer/acme", "slm-mail", "team/shop/ticket", DRAFT]),
    (BREACHED | {"alertname": "SLMPeriodAtRisk", "stage": "75%"}, ["team/shop/ticket"]),
    (BREACHED | {"alertname": "SLMPeriodAtRisk", "stage": "90%"}, ["slm-mail", "team/shop/ticket"]),
    (BREACHED | {"alertname": "SLMTicketDeadlineNear", "stage": "50%"}, ["slm-mail", "team/shop/ticket"]),
    (BREACHED | {"alertname": "SLMTicketDeadlineNear", "stage": "60%"}, ["team/shop/ticket"]),
    (BREACHED | {"alertname": "SLMTicketOverdue"}, ["slm-mail", "team/shop/ticket"]),
    (BREACHED | {"alertname": "SLMAgreementEnding"}, ["team/shop/ticket"]),
    (BREACHED | {"agreement": "nobody-knows"}, ["slm-mail"]),
    (BREACHED | {"agreement": "acme-draft"}, ["slm-mail"]),
    ({"alertname": "SLMBudgetBurn", "severity": "page", "team": "shop", "agreement": "acme-checkout"}, ["team/shop/page"]),
])
def test_who_is_told(labels: dict[str, str], receivers: list[str]) -> None:
    assert reached(CONFIGURATION, labels) == receivers


def test_a_customer_is_told_where_it_is_written_in_so_many_words_and_nowhere_else() -> None:
    without = read(DOCUMENTS.replace(", {to: customer/acme, as: notice}", ""))
    configuration = compile_alertmanager(without, YEARS)
    assert "customer/acme" not in reached(configuration, BREACHED)
    assert DRAFT in reached(configuration, BREACHED)
    assert "customer/acme" not in [receiver.name for receiver in configuration.receivers]


def test_a_budget_of_which_all_is_used_up_is_told_also_when_it_is_more_than_all() -> None:
    all_of_it = compile_alertmanager(read(DOCUMENTS.replace("{at: 75%, to: role/service-owner}", "{at: 100%, to: team/dba}")), YEARS)
    assert reached(all_of_it, BREACHED | {"target": "x"}) == ["customer/acme", "slm-mail", "slm-mail", "team/shop/ticket", DRAFT]
    assert reached(CONFIGURATION, BREACHED | {"target": "x"}) == ["customer/acme", "slm-mail", "team/shop/ticket", DRAFT]
    assert reached(all_of_it, BREACHED | {"alertname": "SLMPeriodAtRisk", "stage": "100%"}) == ["slm-mail", "team/shop/ticket"]
    assert reached(all_of_it, BREACHED | {"alertname": "SLMPeriodAtRisk", "stage": "75%"}) == ["team/shop/ticket"]


def settings_of(labels: dict[str, str], receiver: str) -> Route:
    """The last route to a receiver, with what it has from those above."""
    def found(route: Route, above: Route) -> Route | None:
        here = replace(
            route, receiver=route.receiver or above.receiver, group_by=route.group_by or above.group_by,
            wait=above.wait if route.wait is None else route.wait, repeat=route.repeat or above.repeat,
        )
        if not route.routes and here.receiver == receiver and all(matcher.matches(labels) for matcher in route.matchers):
            return here
        inside = [match for child in route.routes if all(m.matches(labels) for m in child.matchers) if (match := found(child, here))]
        return inside[0] if inside else None

    match = found(CONFIGURATION.route, CONFIGURATION.route)
    assert match is not None
    return match


def test_one_outage_of_a_service_is_one_page() -> None:
    page = settings_of({"alertname": "SLMBudgetBurn", "severity": "page", "team": "shop"}, "team/shop/page")
    assert page.group_by == ("slm_service", "cluster")
    assert (page.wait, page.repeat) == (30, 4 * 3600)


def test_pages_are_never_muted_and_tickets_outside_hours_are() -> None:
    page = settings_of({"alertname": "SLMBudgetBurn", "severity": "page", "team": "shop"}, "team/shop/page")
    ticket = settings_of({"alertname": "SLMBudgetBurn", "severity": "ticket", "team": "shop"}, "team/shop/ticket")
    assert (page.active, page.mute) == ((), ())
    assert (ticket.active, ticket.mute) == (("hours/office",), ("hours/office/closed",))
    assert ticket.repeat == 3 * 86_400


def test_a_step_after_a_while_waits_for_each_agreement_by_itself() -> None:
    step = settings_of(BREACHED, "slm-mail")
    assert step.wait == 4 * 3600
    assert step.group_by == ("alertname", "agreement", "target", "stage", "cluster")


def test_the_owner_is_told_of_many_agreements_at_once() -> None:
    owner = settings_of(BREACHED, "team/shop/ticket")
    assert owner.group_by == ("alertname", "slm_service", "cluster")


def test_a_hundred_customers_of_one_promise_share_their_routes() -> None:
    sla = DOCUMENTS[DOCUMENTS.index("kind: SLA"):DOCUMENTS.index("---\nkind: UC")]
    many = read(DOCUMENTS + "".join(f"---\n{sla.replace('acme-checkout', f'acme-checkout-{n}')}" for n in range(100)))
    configuration = compile_alertmanager(many, YEARS)
    assert len(configuration.route.routes[0].routes) == len(CONFIGURATION.route.routes[0].routes)
    assert len(configuration.inhibit_rules) == len(CONFIGURATION.inhibit_rules)


def test_the_expectations_that_amtool_tests_are_met() -> None:
    found = expectations(SMALL)
    assert len(found) > 20
    for each in found:
        assert reached(CONFIGURATION, each.labels) == sorted(each.receivers), each.labels


def test_severities_have_the_users_names() -> None:
    called = replace(SMALL, evaluation=replace(SMALL.evaluation, severity_names={"page": "critical", "ticket": "warning"}))
    configuration = compile_alertmanager(called, YEARS)
    assert reached(configuration, {"alertname": "SLMBudgetBurn", "severity": "critical", "team": "shop"}) == ["team/shop/page"]


def test_every_leaf_is_reached_by_somebody() -> None:
    assert list(leaves(CONFIGURATION.route, BREACHED))
