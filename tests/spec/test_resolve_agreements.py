"""Agreements: templates, matrices, levels, backing, references."""

from __future__ import annotations

from fractions import Fraction

import pytest
from catalogue_text import BASE, catalogue_of, problems_of, resolved

from slo_gen.spec import model
from slo_gen.spec.terms import ReportTerms
from slo_gen.timekeeping.periods import Periods

TEMPLATE = """
kind: Template
metadata: {name: gold, version: 3}
spec:
  period: {length: quarter, timezone: Europe/Berlin}
  hours: office
  targets:
    - {name: availability, indicator: requests, objective: at least 99.9%, expected: 99.95%}
    - {name: outages, count: {of: tickets, priority: P1}, objective: at most 2}
  tickets:
    matrix:
      columns: [hours,  response, resolution, share]
      P1:      [24x7,   15m,      4h,         95%]
      P2:      [office, 30m,      none,       [95%, 90%]]
---
kind: Calendar
metadata: {name: office}
spec: {hours: {mon-fri: ["08:00-18:00"]}}
---
"""


def sla(extra: str = "", template: str = "extends: gold@3, ") -> str:
    return f"kind: SLA\nmetadata: {{name: acme-checkout}}\nspec: {{customer: acme, service: checkout, {template}{extra}}}\n"


def agreement(extra: str = "", template: str = "extends: gold@3, ") -> model.Agreement:
    return catalogue_of(BASE + TEMPLATE + sla(extra, template)).agreements["acme-checkout"]


def matrix(rows: str) -> str:
    return sla(f"tickets: {{matrix: {{{rows}}}}}", template="")


# --- templates -----------------------------------------------------------------------------------------------
def test_an_agreement_takes_over_its_template() -> None:
    found = agreement()
    assert (found.kind, found.party, found.template) == ("SLA", model.Party("customer", "acme"), "gold@3")
    assert (found.period, found.state) == (Periods("quarter", "Europe/Berlin"), "draft")
    (target,) = found.targets
    assert (target.name, target.indicator, target.direction) == ("availability", "requests", "at least")
    assert (target.objective, target.objective_text, target.expected) == (Fraction(999, 1000), "99.9%", Fraction(9995, 10_000))
    assert [(each.name, each.about, each.objective_text) for each in found.other_targets] == [("outages", "count", "at most 2")]


def test_a_matrix_gives_one_target_for_each_clock() -> None:
    found = agreement().ticket_targets
    assert [(each.name, each.priority, each.clock, each.within, each.hours, each.share_text, each.expected) for each in found] == [
        ("p1-response", "P1", "response", "15m", "24x7", "95%", None),
        ("p1-resolution", "P1", "resolution", "4h", "24x7", "95%", None),
        ("p2-response", "P2", "response", "30m", "office", "90%", Fraction(95, 100)),
    ]  # fmt: skip


def test_a_row_of_the_agreement_replaces_that_row_alone() -> None:
    found = agreement("tickets: {matrix: {columns: [response], P1: [5m]}}")
    assert [(each.name, each.within, each.hours, each.share) for each in found.ticket_targets] == [
        ("p1-response", "5m", "office", 1),
        ("p2-response", "30m", "office", Fraction(9, 10)),
    ]


def test_a_target_of_the_agreement_replaces_the_one_of_the_same_name() -> None:
    found = agreement(
        "targets: [{name: availability, indicator: requests, objective: at least 99.5%},"
        " {name: extra, indicator: requests, objective: at most 1%}]"
    )
    assert [(each.name, each.objective_text, each.direction) for each in found.targets] == [
        ("availability", "99.5%", "at least"), ("extra", "1%", "at most"),
    ]  # fmt: skip


def test_a_target_may_change_what_it_is_about() -> None:
    found = agreement("targets: [{name: availability, satisfaction: {}, objective: at least 4}]")
    assert (found.targets, [each.name for each in found.other_targets]) == ((), ["outages", "availability"])


def test_two_versions_of_a_template_stand_side_by_side() -> None:
    text = (
        BASE
        + TEMPLATE
        + TEMPLATE.split("---")[0].replace("version: 3", "version: 4").replace("99.9%,", "99.99%,").replace("99.95%", "100%")
    )
    other = sla().replace("acme-checkout", "newer").replace("gold@3", "gold@4")
    found = catalogue_of(text + "---\n" + sla() + "---\n" + other).agreements
    assert [each.targets[0].objective_text for each in found.values()] == ["99.9%", "99.99%"]


@pytest.mark.parametrize(("extends", "message", "hint"), [
    ("gold@2", "there is no version 2 of template gold", "there is gold@3"),
    ("gild@3", "there is no template gild", "did you mean `gold`?"),
])  # fmt: skip
def test_a_template_that_is_not_there(extends: str, message: str, hint: str) -> None:
    assert problems_of(BASE + TEMPLATE + sla(template=f"extends: {extends}, ")) == [(message, hint)]


def test_a_mistake_in_a_template_is_told_once_however_many_extend_it() -> None:
    text = BASE + TEMPLATE.replace("at least 99.9%", "at least 3 hours") + "---\n".join(sla().replace("acme-", f"n{n}-") for n in range(5))
    assert [message for message, _ in problems_of(text)] == ["at least 3 hours is no percentage"]


def test_an_agreement_without_any_target_is_told() -> None:
    assert problems_of(BASE + sla(template="")) == [("SLA acme-checkout promises nothing", "add `targets`, or `extends` a template")]


# --- kinds and parties ---------------------------------------------------------------------------------------
def test_olas_and_ucs_have_their_parties() -> None:
    text = """
kind: Supplier
metadata: {name: bigcloud}
---
kind: OLA
metadata: {name: ola}
spec: {team: shop, service: checkout, targets: [{name: t, indicator: requests, objective: 99%}]}
---
kind: UPC
metadata: {name: uc}
spec: {supplier: bigcloud, service: checkout, targets: [{name: t, indicator: requests, objective: 99%}]}
"""
    found = catalogue_of(BASE + text).agreements
    assert [(each.kind, each.party.kind, each.party.name) for each in found.values()] == [
        ("OLA", "team", "shop"),
        ("UC", "supplier", "bigcloud"),
    ]


def test_the_period_begins_where_the_customer_is() -> None:
    base = BASE.replace("spec: {selector: {tenant: acme}}", "spec: {timezone: America/New_York}")
    text = base + sla("targets: [{name: t, indicator: requests, objective: 99%}]", template="")
    assert catalogue_of(text).agreements["acme-checkout"].period.timezone == "America/New_York"


# --- objectives ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("target", "message", "hint"), [
    ("indicator: requests, objective: at most 60m", "at most 60m is no percentage",
     "a share is a percentage, like `at least 99.9%`; time is promised with `measure: {method: downtime_minutes}`"),
    ("indicator: requests, objective: at most 2", "at most 2 is no percentage",
     "a share is a percentage, like `at least 99.9%`"),
    ("indicator: requests, objective: 101%", "101% is more than 100%", "write at most 100%"),
    ("indicator: requests, objective: more than 100%", "no figure is more than 100%", "write `at least 100%`"),
    ("indicator: requests, objective: less than 0%", "no figure is less than 0%", "write `at most 0%`"),
    ("indicator: requests, objective: 99%, expected: more than 99.5%", "this level cannot be `more than`", "write `at least 99.5%`"),
    ("indicator: requests, objective: 99%, expected: 98%", "98% is no higher level than 99%",
     "`objective` is what is owed, `expected` the better level above it"),
    ("indicator: requests, objective: at most 1%, expected: at most 2%", "at most 2% is no higher level than at most 1%",
     "`objective` is what is owed, `expected` the better level above it"),
    ("count: {of: tickets}, objective: at most 60m", "at most 60m does not fit a target on count", "write a bound like `at most 2`"),
    ("longest: {of: response}, objective: at most 2", "at most 2 does not fit a target on longest", "write a bound like `at most 60m`"),
    ("count: {of: outages, indicator: requests}, objective: at most 60m", "at most 60m does not fit what the target measures",
     "write a bound like `at most 2`"),
    ("longest: {of: outage, indicator: requests}, objective: at least 60m", "a target on outages is an upper bound",
     "write `at most 60m`"),
    ("count: {of: outages, indicator: requests, per: year}, objective: at most 2", "outages are counted in the periods of the agreement",
     "leave `per` out; a count over other periods belongs into an agreement with these periods"),
    ("longest: {of: outage}, objective: at most 60m", "nothing says where it is seen", "add `indicator`"),
    ("count: {of: tickets, indicator: requests}, objective: at most 2", "no indicator knows tickets", "leave it out"),
    ("tickets: {clock: response, within: 15m}, objective: at most 5%", "a share of tickets in time is a lower bound", "write `at least`"),
    ("indicator: requests, objective: 99%, where: {site: x}", "indicator requests has no series per site",
     "add site to `by` of the indicator; it is split by tenant"),
    ("indicator: requests, objective: 99%, where: {tenant: ''}", "an empty tenant picks nothing",
     "write the value, or leave tenant out to take all"),
])  # fmt: skip
def test_objectives_fit_what_they_are_about(target: str, message: str, hint: str) -> None:
    text = f"targets: [{{name: t, {target}}}, {{name: good, indicator: requests, objective: 99%}}]"
    assert problems_of(BASE + sla(text, template="")) == [(message, hint)]


def test_ticket_targets_can_be_written_one_by_one() -> None:
    found = agreement("targets: [{name: quick, tickets: {clock: response, within: 5m, priority: P0}, objective: 99%}]")
    assert [(each.name, each.priority, each.within, each.share) for each in found.ticket_targets][-1] == (
        "quick",
        "P0",
        "5m",
        Fraction(99, 100),
    )


# --- matrix --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("rows", "message"), [
    ("P1: [15m]", "the matrix does not name its columns"),
    ("columns: [hours, share], P1: [24x7, 95%]", "the matrix has no clock"),
    ("columns: [response, response], P1: [1m, 2m]", "column response is there twice"),
    ("columns: [[95%], response], P1: [1m, 2m]", "a column is a name"),
    ("columns: [response, share], P1: [15m]", "P1 has 1 entries for 2 columns"),
    ("columns: [response, share], P1: [soon, 95%]", "soon is no time"),
    ("columns: [response, share], P1: [[95%], 95%]", "a list is no time"),
    ("columns: [response, share], P1: [15m, often]", "often is no percentage"),
    ("columns: [response, share], P1: [15m, []]", "an empty list is no percentage"),
    ("columns: [response, share], P1: [15m, [99%, 95%, 90%]]", "there are two levels at most"),
    ("columns: [response, hours], P1: [15m, [95%]]", "hours are one calendar"),
    ("columns: [response, hours], P1: [15m, offise]", "there is no Calendar offise"),
])  # fmt: skip
def test_a_matrix_that_cannot_be_read(rows: str, message: str) -> None:
    assert [found for found, _ in problems_of(BASE + TEMPLATE + matrix(rows))] == [message]


# --- references ----------------------------------------------------------------------------------------------
def test_every_reference_to_nothing_is_told_with_what_was_probably_meant() -> None:
    text = """
kind: SLA
metadata: {name: a}
spec:
  customer: acne
  service: chekout
  targets: [{name: t, indicator: request, objective: 99%}]
  escalation: {breach: [{to: role/boss}, {to: team/shopp}]}
"""
    assert problems_of(BASE + text) == [
        ("there is no Customer acne", "did you mean `acme`?"),
        ("there is no Service chekout", "did you mean `checkout`?"),
        ("there is no Indicator request", "did you mean `requests`?"),
        ("nobody holds the role boss", "say who it is in a Policy: `roles: {boss: team/...}`"),
        ("there is no Team shopp", "did you mean `shop`?"),
    ]


def test_names_are_unique_and_both_places_are_told() -> None:
    _, problems = resolved(
        "kind: Service\nmetadata: {name: s}\n---\nkind: Service\nmetadata: {name: s}\n---\nkind: Customer\nmetadata: {name: s}\n"
    )
    assert [(each.message, each.line, each.column) for each in problems] == [("Service s is already in specs.yaml, line 2", 5, 18)]


def test_agreements_of_different_kinds_share_their_names() -> None:
    ola = sla().replace("kind: SLA", "kind: OLA").replace("customer: acme", "team: shop")
    found = problems_of(BASE + TEMPLATE + sla() + "---\n" + ola)
    assert found == [(
        "SLA acme-checkout is already in specs.yaml, line 37",
        "SLAs, OLAs and UCs share their names, because they refer to each other by name; rename one of them",
    )]  # fmt: skip


def test_one_template_version_is_written_once() -> None:
    assert problems_of(BASE + TEMPLATE + TEMPLATE.split("---")[0]) == [
        ("Template gold@3 is already in specs.yaml, line 19", "raise metadata.version of the new one")
    ]


def test_there_is_one_policy() -> None:
    text = "kind: Policy\nmetadata: {name: a}\n---\nkind: Policy\nmetadata: {name: b}\n"
    assert problems_of(text) == [("a Policy (a) is already in specs.yaml, line 2", "join the two")]


@pytest.mark.parametrize("timezone", ["Europe/Berln", "europe/berlin", "A/B"])
def test_time_zones_exist(timezone: str) -> None:
    text = f"kind: Customer\nmetadata: {{name: c}}\nspec: {{timezone: {timezone}}}\n"
    assert [message for message, _ in problems_of(text)] == [f"there is no time zone {timezone}"]


# --- backing -------------------------------------------------------------------------------------------------
OLA = """
kind: OLA
metadata: {name: ola}
spec:
  team: shop
  service: checkout
  targets: [{name: availability, indicator: requests, objective: 99.95%}]
  tickets: {matrix: {columns: [takeover, share], P1: [10m, 95%]}}
---
"""


def test_backing_is_known_by_its_leaves() -> None:
    text = "backed_by: {availability: {all: [ola/availability, {any: [ola/p1-takeover, ola/availability]}]}, p1-response: ola/p1-takeover}"
    found = catalogue_of(BASE + TEMPLATE + OLA + sla(text)).agreements["acme-checkout"]
    assert found.backed_by == {"availability": ("ola/availability", "ola/p1-takeover"), "p1-response": ("ola/p1-takeover",)}


@pytest.mark.parametrize(("backing", "message", "hint"), [
    ("{availability: ola/availabilty}", "OLA ola has no target availabilty", "did you mean `availability`?"),
    ("{availability: ole/availability}", "there is no SLA, OLA or UC ole", "did you mean `ola`?"),
    ("{avail: ola/availability}", "the agreement has no target avail", "did you mean `availability`?"),
    ("{availability: acme-checkout/availability}", "an agreement cannot back itself", "name a target of an OLA or UC"),
    ("{availability: {at_least: 2, of: [ola/availability]}}", "2 of 1 is more than there are", "write at most 1"),
])  # fmt: skip
def test_backing_that_leads_nowhere(backing: str, message: str, hint: str) -> None:
    assert problems_of(BASE + TEMPLATE + OLA + sla(f"backed_by: {backing}")) == [(message, hint)]


def test_a_term_ends_after_it_begins() -> None:
    assert problems_of(BASE + TEMPLATE + sla("term: {from: 2026-05-01, until: 2026-04-30}")) == [
        ("the term ends before it begins", "it begins on 2026-05-01")
    ]


def test_a_broken_agreement_is_not_told_twice() -> None:
    text = sla("targets: [{name: t, indicator: requests, objective: at most 60m}], backed_by: {t: ola/availability}", template="")
    assert [message for message, _ in problems_of(BASE + OLA + text)] == ["at most 60m is no percentage"]


# --- the report --------------------------------------------------------------------------------------------------
POLICY = """
kind: Policy
metadata: {name: house}
spec: {process: {report_due: 3bd, objections: 10bd}}
---
"""


@pytest.mark.parametrize(("policy", "text", "terms"), [
    ("", "", ReportTerms("5bd", "")),
    ("", "report: {due: 2bd, objections: 14d}", ReportTerms("2bd", "14d")),
    (POLICY, "", ReportTerms("3bd", "10bd")),
    (POLICY, "report: {due: 2bd}", ReportTerms("2bd", "10bd")),
    (POLICY, "report: {objections: 5d}", ReportTerms("5bd", "5d")),
])
def test_the_report_is_due_as_agreed_or_else_as_is_usual(policy: str, text: str, terms: ReportTerms) -> None:
    assert catalogue_of(BASE + TEMPLATE + policy + sla(text)).agreements["acme-checkout"].report == terms
