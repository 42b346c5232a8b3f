"""What documents say on a customer's page, and what a change of them changes there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from promised import DOCUMENTS, catalogue_of_text, promised
from sla_dashboards import DashboardFile, dashboard_files

from slo_gen.spec.model import Catalogue

GOLDEN = Path(__file__).parent / "golden" / "customer.json"

HAPPENED = """
---
kind: Breach
metadata: {name: acme-2026-09, title: September}
spec:
  target: acme-checkout/availability
  period: 2026-09
  at_fault: team/dba
  cause: A certificate had run out | <b>and</b> ${nobody} looked.
  state: closed
  attained: 99.71%
  credit: 100.00 EUR
  improvement: watched
---
kind: Breach
metadata: {name: acme-2026-10}
spec: {target: acme-checkout/availability, period: 2026-10}
---
kind: Breach
metadata: {name: globex-2026-10}
spec: {target: globex-checkout/availability, period: 2026-10, cause: foreign cause}
---
kind: Improvement
metadata: {name: watched, title: Certificates are watched}
spec:
  service: checkout
  figure: availability
  baseline: {value: 99.71%}
  target: {value: 99.95%, by: 2027-01-31}
  owner: team/shop
  state: in_progress
---
kind: Improvement
metadata: {name: idea, title: Only an idea}
spec: {service: checkout, customer: acme, figure: x, baseline: {value: 1%}, target: {value: 2%}, owner: team/shop}
---
kind: Improvement
metadata: {name: elsewhere, title: Of somebody else}
spec: {service: checkout, customer: globex, figure: x, baseline: {value: 1%}, target: {value: 2%}, owner: team/shop, state: approved}
---
kind: Feedback
metadata: {name: survey}
spec:
  {customer: acme, service: checkout, type: satisfaction, received: 2026-10-05, period: 2026-Q3, scores: {answers: 3, sum: 14, asked: 9}}
---
kind: Feedback
metadata: {name: other-survey}
spec: {customer: globex, type: satisfaction, received: 2026-10-05, scores: {answers: 77, sum: 100}}
---
kind: Review
metadata: {name: autumn}
spec: {party: customer/acme, planned: 2026-10-20, held: 2026-10-21, next: 2027-01-20}
---
kind: Maintenance
metadata: {name: upgrade, title: Upgrade}
spec:
  services: [database, checkout]
  timezone: UTC
  windows: [{from: 2026-11-15T22:30, to: 2026-11-16T01:00}, {from: 2026-11-20T02:00, to: 2026-11-20T03:00}]
  reason: New version
---
kind: Maintenance
metadata: {name: weekly, title: Weekly work}
spec: {services: [checkout], customers: [globex], windows: [{from: 2026-11-17T02:00, to: 2026-11-17T03:00}], reason: Of globex}
---
kind: Maintenance
metadata: {name: release, title: Release}
spec: {services: [checkout], recurring: {every: week, on: [wed], at: 02:00-03:00, from: 2026-01-07}, reason: New features}
---
kind: Adjustment
metadata: {name: drill}
spec:
  agreement: acme-checkout
  span: {from: 2026-10-02T10:00, to: 2026-10-02T11:00}
  reason: Fire drill of the customer
  agreed_by: [{party: customer/acme, by: A. Buyer, date: 2026-10-03}]
"""


@pytest.fixture(scope="module")
def happened() -> Catalogue:
    text = DOCUMENTS.replace(
        "metadata: {name: acme, title: Acme GmbH}",
        "metadata: {name: acme, title: Acme GmbH}\nspec: {manager: team/shop, contacts: [{name: A. Buyer, role: buyer, "
        "email: a@acme.example, purposes: [reports]}]}",
    ).replace(
        "metadata: {name: shop}", "metadata: {name: shop}\nspec: {contacts: [{name: Service desk, phone: +49 30 1, purposes: [breaches]}]}"
    )
    return catalogue_of_text(text + HAPPENED)


def page(catalogue: Catalogue, customer: str = "acme", absent: dict[str, str] | None = None) -> DashboardFile:
    return next(each for each in dashboard_files(catalogue, absent) if each.customer == customer)


def panels(file: DashboardFile) -> Iterator[dict[str, Any]]:
    for panel in json.loads(file.text)["panels"]:
        yield panel
        yield from panel.get("panels", ())


def rows(catalogue: Catalogue, title: str, absent: dict[str, str] | None = None) -> list[list[str]]:
    """The cells of a table of words, its headings left out."""
    content = next(panel["options"]["content"] for panel in panels(page(catalogue, absent=absent)) if panel["title"] == title)
    lines = [line for line in content.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[1:]]


def test_a_page_is_as_shown(happened: Catalogue, update_golden: bool) -> None:
    text = page(happened).text
    if update_golden:
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_breaches_are_told_with_cause_and_credit_the_latest_first(happened: Catalogue) -> None:
    latest, first = rows(happened, "Breaches")
    assert latest == ["2026-10", "Checkout for Acme", "availability", "", "not known yet", "open", "none", ""]
    assert first[:4] == ["2026-09", "Checkout for Acme", "availability", "99.71%"]
    assert first[5:] == ["closed", "100.00 EUR", "Certificates are watched"]
    assert first[4].startswith("A certificate had run out &#124; &#60;b&#62;and")
    assert not {"<", "$", "{"} & set("".join(first))


def test_nothing_of_another_customer_or_of_ours_is_told(happened: Catalogue) -> None:
    text = page(happened).text
    for secret in ("foreign cause", "globex", "Globex", "dba", "Of somebody else", "Only an idea", "n &#61; 77", "bigcloud", "Weekly work"):
        assert secret not in text


def test_what_does_not_count_is_told_with_its_reason_in_the_zone_of_the_contract(happened: Catalogue) -> None:
    assert rows(happened, "Planned work, and what does not count") == [
        ["Release", "New features", "Checkout", "every week on wed, 02:00-03:00 UTC, from 2026-01-07", "planned"],
        ["Upgrade", "New version", "Checkout", "2026-11-20 03:00 to 04:00", "planned"],
        ["Upgrade", "New version", "Checkout", "2026-11-15 23:30 to 2026-11-16 02:00", "planned"],
        ["Agreed not to count", "Fire drill of the customer", "Checkout for Acme", "2026-10-02 10:00 to 11:00", "agreed"],
    ]


def test_surveys_are_told_with_the_number_of_answers_and_never_rounded_up(happened: Catalogue) -> None:
    assert rows(happened, "Satisfaction") == [["2026-Q3", "Checkout", "4.66 of 5", "n &#61; 3", "9 asked"]]
    assert "Next review: 2027-01-20" in page(happened).text


def test_improvements_and_contacts_are_those_of_the_customer(happened: Catalogue) -> None:
    assert rows(happened, "Improvements") == [
        ["Certificates are watched", "availability", "99.71%", "99.95%", "", "2027-01-31", "in progress"],
    ]
    assert rows(happened, "Contacts") == [
        ["at ours", "Service desk", "", "", "&#43;49 30 1", "breaches"],
        ["at yours", "A. Buyer", "buyer", "a&#64;acme.example", "", "reports"],
    ]


def test_the_terms_are_told_in_the_words_of_the_agreement(happened: Catalogue) -> None:
    assert rows(happened, "Credits") == [
        ["Checkout for Acme", "availability", "below 99.9%", "10%"], ["Checkout for Acme", "availability", "below 99%", "25%"],
    ]
    assert rows(happened, "What was agreed")[1][2] == "95% of P1: response within 15m&#59; of fewer than 10 tickets 1 may be missed"


def test_a_target_without_live_figures_is_told_with_the_reason_and_does_not_count_as_unknown(happened: Catalogue) -> None:
    assert "Judged when the period is closed" not in page(happened).text
    absent = {"acme-checkout/availability": "rolling periods overlap"}
    assert rows(happened, "Judged when the period is closed", absent) == [
        ["Checkout for Acme", "availability", "at least 99.9%", "rolling periods overlap"],
    ]
    verdict = next(panel for panel in panels(page(happened, absent=absent)) if panel["title"] == "This period so far")
    assert f">= {len(happened.agreements['acme-checkout'].ticket_targets)})" in verdict["targets"][0]["expr"]
    assert "All live targets met so far" in json.dumps(verdict)
    assert not [panel for panel in panels(page(happened, absent=absent)) if panel["title"] == "The last 90 days"]


def test_a_limit_of_down_time_is_not_said_to_be_judged_only_when_the_period_is_closed(happened: Catalogue) -> None:
    sla = happened.agreements["acme-checkout"]
    limit = replace(sla.targets[0], objective=Fraction(14_400), objective_text="4h", unit="s", direction="at most")
    limited = replace(happened, agreements={"acme-checkout": replace(sla, targets=(limit,))})
    assert rows(limited, "Judged when the period is closed") == [[
        "Checkout for Acme", "availability", "at most 4h",
        "it is watched all the time, and its owner is told when it is missed&#59; it is no share,"
        " so its figure is told when the period is closed",
    ]]


def test_a_page_without_any_live_figure_has_words_alone(happened: Catalogue) -> None:
    sla = happened.agreements["acme-checkout"]
    bare = replace(happened, agreements={"acme-checkout": replace(sla, ticket_targets=(), tickets=None)})
    found = page(bare, absent={"acme-checkout/availability": "no reason"})
    assert {panel["type"] for panel in panels(found)} == {"text"}


# --- what a change changes -------------------------------------------------------------------------------------------------
def changed(before: DashboardFile, after: DashboardFile) -> tuple[set[str], set[str], set[str]]:
    """Titles of panels that are new, gone, and that differ by more than their place."""
    old, new = ({panel["id"]: {**panel, "gridPos": None, "panels": None} for panel in panels(each)} for each in (before, after))
    return (
        {panel["title"] for key, panel in new.items() if key not in old}, {panel["title"] for key, panel in old.items() if key not in new},
        {panel["title"] for key, panel in new.items() if key in old and old[key] != panel},
    )  # fmt: skip


def test_a_breach_changes_the_panel_about_breaches_alone(happened: Catalogue) -> None:
    fewer = replace(happened, records=replace(happened.records, breaches=happened.records.breaches[1:]))
    assert changed(page(fewer), page(happened)) == (set(), set(), {"Breaches", "Improvements"})
    assert page(fewer, "globex") == page(happened, "globex")


def test_a_target_changes_what_lists_targets_and_how_many_there_must_be() -> None:
    sla = promised().agreements["acme-checkout"]
    other = replace(sla.targets[0], name="reachable", where={"region": "us"})
    more = replace(promised(), agreements={**promised().agreements, "acme-checkout": replace(sla, targets=(*sla.targets, other))})
    assert changed(page(promised()), page(more)) == (set(), set(), {"This period so far", "What was agreed"})
    assert page(more, "globex") == page(promised(), "globex")


def test_an_agreement_brings_its_own_panels_and_leaves_those_of_others() -> None:
    sla = promised().agreements["acme-checkout"]
    other = replace(sla, name="acme-other", title="Other", ticket_targets=(), tickets=None)
    more = replace(promised(), agreements={**promised().agreements, "acme-other": other})
    new, gone, different = changed(page(promised()), page(more))
    assert new == {"Other", "Attained in the period, day by day", "Periods that have ended"}
    assert gone == set()
    assert different == {
        "This period so far", "Targets of this period", "Tickets by priority", "The last 90 days", "What was agreed", "Credits",
    }  # fmt: skip


def test_a_customer_changes_no_other_page() -> None:
    fewer = replace(promised(), agreements={name: each for name, each in promised().agreements.items() if each.party.name != "globex"})
    assert page(fewer) == page(promised())
