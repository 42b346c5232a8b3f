"""Indicators and SLOs: exact objectives, defaults, the pairs of windows, who is alerted."""

from __future__ import annotations

from fractions import Fraction

import pytest
from catalogue_text import BASE, catalogue_of, problems_of

from slo_gen.spec import model
from slo_gen.spec.resolve.slos import LARGEST_SHARE, default_alerts

HOUR, DAY = 3600, 86_400
SLO = "kind: SLO\nmetadata: {name: availability}\nspec: {indicator: requests, objective: 99.95%}\n"


def slo(extra: str = "", before: str = "") -> model.Slo:
    text = f"kind: SLO\nmetadata: {{name: availability}}\nspec: {{indicator: requests, objective: 99.95%{extra}}}\n"
    return catalogue_of(BASE + before + text).slos["availability"]


def test_an_objective_is_exact() -> None:
    assert slo().objective == Fraction(9995, 10_000)
    assert slo().objective_text == "99.95%"


def test_the_ten_line_slo_has_every_default() -> None:
    found = slo()
    assert (found.title, found.service, found.window, found.team) == ("availability", "checkout", 30 * DAY, "shop")
    assert (found.minimum_bad, found.runbook_url, found.labels) == (3, "", {})
    assert [(each.long, each.short, each.severity) for each in found.alerts] == [
        (HOUR, 300, "page"), (6 * HOUR, 1800, "page"), (DAY, 2 * HOUR, "ticket"), (3 * DAY, 6 * HOUR, "ticket"),
    ]  # fmt: skip


def test_burn_rates_of_thirty_days_are_those_of_the_book() -> None:
    assert [alert.factor(30 * DAY) for alert in default_alerts(30 * DAY)] == [Fraction("14.4"), 6, 3, 1]


@pytest.mark.parametrize("window", [2 * HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 90 * DAY, 365 * DAY])
def test_default_alerts_never_wait_for_half_the_budget_nor_fire_while_it_lasts(window: int) -> None:
    alerts = default_alerts(window)
    assert alerts
    for alert in alerts:
        assert alert.long <= window
        assert alert.budget_share <= LARGEST_SHARE
        assert alert.factor(window) >= 1


@pytest.mark.parametrize("window", [7 * DAY, 14 * DAY, 28 * DAY, 90 * DAY])
def test_burn_rates_do_not_depend_on_the_window_while_shares_are_small(window: int) -> None:
    assert [alert.factor(window) for alert in default_alerts(window)] == [Fraction("14.4"), 6, 3, 1]


def test_a_window_too_short_for_any_default_alert_is_told() -> None:
    text = BASE + "kind: SLO\nmetadata: {name: fast}\nspec: {indicator: requests, objective: 99%, window: 1h}\n"
    assert problems_of(text) == [
        (
            "the window is too short for the alerts that SLOs have by default",
            "choose at least 2h, or name `alerting.windows`, or write `alerting: off`",
        )
    ]


@pytest.mark.parametrize("off", ["alerting: off", "alerting: {enabled: false}"])
def test_alerting_can_be_off(off: str) -> None:
    assert slo(f", window: 1h, {off}").alerts == ()


def test_windows_of_ones_own() -> None:
    alerts = slo(", alerting: {windows: [{long: 2h, short: 10m, budget: 4%, severity: info, for: 90s}]}").alerts
    assert alerts == (model.BurnWindow(2 * HOUR, 600, Fraction(4, 100), "info", 90),)


@pytest.mark.parametrize(("window", "message"), [
    ("7d30s", "7d30s is no whole number of minutes"),
    ("100000000000000000000w", "100000000000000000000w is longer than ten years"),
])  # fmt: skip
def test_a_window_is_made_of_minutes_and_not_for_ever(window: str, message: str) -> None:
    assert [found for found, _ in problems_of(BASE + SLO.replace("99.95%", f"99%, window: {window}"))] == [message]


def test_windows_that_make_no_sense_are_told() -> None:
    text = SLO.replace(
        "99.95%", "99%, window: 1d, alerting: {windows: [{long: 2d, short: 2d, budget: 0%}, {long: 10m, short: 90s, budget: 1%}]}"
    )
    assert [message for message, _ in problems_of(BASE + text)] == [
        "the long window is longer than the window of the SLO",
        "the short window is not shorter than the long one",
        "0% of the budget is always spent",
        "90s is no whole number of minutes",
    ]


@pytest.mark.parametrize(("objective", "message"), [
    ("100%", "an objective of 100% leaves no budget, so every error would page"),
    ("0%", "an objective of 0% asks for nothing"),
])  # fmt: skip
def test_an_objective_leaves_a_budget_and_asks_for_something(objective: str, message: str) -> None:
    assert [found for found, _ in problems_of(BASE + SLO.replace("99.95%", objective))] == [message]


@pytest.mark.parametrize(("measure", "expected"), [
    ("events: {good: g, total: t}", 3),
    ("latency: {histogram: h, threshold: 300ms}", 3),
    ("threshold: {value: v, bad_when: above 5}", 1),
    ("probe: {series: p}", 1),
    ("ratio: {error: r}", 1),
])  # fmt: skip
def test_the_least_that_alerts_is_three_events_or_one_minute(measure: str, expected: int) -> None:
    indicator = f"kind: Indicator\nmetadata: {{name: other}}\nspec: {{service: checkout, {measure}}}\n---\n"
    text = BASE + indicator + SLO.replace("requests", "other")
    assert catalogue_of(text).slos["availability"].minimum_bad == expected


def test_a_minimum_of_ones_own_is_read_as_it_is_written() -> None:
    assert slo(", alerting: {minimum_bad: 0.1}").minimum_bad == Fraction(1, 10)


def test_addresses_come_from_the_slo_the_service_or_the_policy() -> None:
    policy = """
kind: Policy
metadata: {name: house}
spec: {alerts: {runbook_url: "https://r/${service}?slo=${slo}", labels: {house: one}}}
---
"""
    assert slo(before=policy).runbook_url == "https://r/checkout?slo=availability"
    assert slo(", alerting: {runbook_url: https://own}", before=policy).runbook_url == "https://own"
    assert slo(", alerting: {labels: {shift: day}}", before=policy).labels == {"house": "one", "shift": "day"}


def test_alert_labels_may_not_be_ours() -> None:
    text = SLO.replace("99.95%", "99.95%, alerting: {labels: {severity: high}}")
    assert problems_of(BASE + text) == [("severity is a label that slo-gen sets itself", "choose another name")]


def test_roles_lead_to_teams() -> None:
    policy = "kind: Policy\nmetadata: {name: house}\nspec: {roles: {duty: team/shop}}\n---\n"
    assert slo(", alerting: {team: role/duty}", before=policy).team == "shop"
    assert slo(", alerting: {team: role/service-owner}", before=policy).team == "shop"


def test_a_service_owned_by_a_role_is_owned_by_its_team() -> None:
    base = BASE.replace("owner: team/shop", "owner: role/boss, roles: {boss: team/shop}")
    found = catalogue_of(base + SLO)
    assert (found.services["checkout"].owner, found.slos["availability"].team) == ("team/shop", "shop")


def test_a_role_that_somebody_holds_elsewhere_owns_nothing_here() -> None:
    text = BASE + "kind: Service\nmetadata: {name: other}\nspec: {roles: {boss: team/shop}}\n"
    assert problems_of(text.replace("owner: team/shop", "owner: role/boss")) == [
        ("nobody holds role/boss for this service", "add it to `roles` of the service or of the Policy")
    ]


def test_an_owner_who_is_the_owner_leads_nowhere_and_does_not_hang() -> None:
    text = "kind: Service\nmetadata: {name: s}\nspec: {owner: role/service-owner}\n---\n"
    indicator = "kind: Indicator\nmetadata: {name: i}\nspec: {service: s, ratio: {error: e}}\n---\n"
    assert problems_of(text + indicator + SLO.replace("requests", "i")) == [
        ("the owner of a service cannot be its owner", "name a team, or another role")
    ]


# --- indicators ----------------------------------------------------------------------------------------------
def indicator(measure: str) -> model.Indicator:
    text = f"kind: Service\nmetadata: {{name: s}}\n---\nkind: Indicator\nmetadata: {{name: i}}\nspec: {{service: s, {measure}}}\n"
    return catalogue_of(text).indicators["i"]


@pytest.mark.parametrize(("measure", "expected"), [
    ("events: {bad: b, total: t}", model.Events("t", "b", None)),
    ("events: {good: g, total: t}", model.Events("t", None, "g")),
    ("latency: {histogram: h, threshold: 300ms}", model.Latency("h", Fraction(3, 10))),
    ("latency: {histogram: h, threshold: 1s500ms, unit: milliseconds, native: true}", model.Latency("h", Fraction(1500), native=True)),
    ("threshold: {value: v, bad_when: above 100}", model.Threshold("v", ">", Fraction(100))),
    ("threshold: {value: v, bad_when: more than -0.1}", model.Threshold("v", ">", Fraction(-1, 10))),
    ("threshold: {value: v, bad_when: at least 1e3}", model.Threshold("v", ">=", Fraction(1000))),
    ("threshold: {value: v, bad_when: below 5}", model.Threshold("v", "<", Fraction(5))),
    ("threshold: {value: v, bad_when: at most 0}", model.Threshold("v", "<=", Fraction(0))),
    ("probe: {series: p}", model.Probe("p", "instance", 1)),
    ("probe: {series: p, location: place, quorum: 2}", model.Probe("p", "place", 2)),
    ("probe: {series: p, quorum: majority}", model.Probe("p", "instance", None)),
    ("ratio: {error: r}", model.Ratio("r")),
])  # fmt: skip
def test_measures(measure: str, expected: model.Measure) -> None:
    assert indicator(measure).measure == expected


def test_an_indicator_has_the_defaults_of_the_house() -> None:
    found = indicator("ratio: {error: r}")
    assert (found.counting, found.scrape_interval, found.bridge, found.expected_silence, found.by) == ("light", 15, 3600, 600, ())
    assert found.target_labels == ("job", "instance", "pod", "container", "namespace", "cluster")


def test_a_policy_changes_the_defaults() -> None:
    policy = "kind: Policy\nmetadata: {name: p}\nspec: {evaluation: {scrape_interval: 30s, target_labels: [job]}}\n---\n"
    found = catalogue_of(policy + BASE).indicators["requests"]
    assert (found.scrape_interval, found.target_labels) == (30, ("job",))


def test_an_indicator_knows_where_its_selectors_stand() -> None:
    places = catalogue_of(BASE).indicators["requests"].places
    assert {key: (place.line, place.column) for key, place in places.items()} == {"bad": (15, 41), "total": (15, 76)}


def test_an_agreement_makes_counting_exact() -> None:
    sla = """
kind: SLA
metadata: {name: a}
spec: {customer: acme, service: checkout, targets: [{name: t, indicator: requests, objective: 99%}]}
"""
    assert catalogue_of(BASE).indicators["requests"].counting == "light"
    assert catalogue_of(BASE + sla).indicators["requests"].counting == "exact"
    chosen = BASE.replace("by: [tenant]", "by: [tenant], counting: light")
    assert catalogue_of(chosen + sla).indicators["requests"].counting == "light"


@pytest.mark.parametrize("label", ["indicator", "slo", "le", "severity", "alertname"])
def test_an_indicator_is_not_split_by_our_own_labels(label: str) -> None:
    assert problems_of(BASE.replace("[tenant]", f"[{label}]")) == [
        (f"{label} is a label that slo-gen sets itself", "split the indicator by another label")
    ]


@pytest.mark.parametrize(("by", "message"), [
    ("[a, a]", "a is there twice"),
    ("[__name__]", "__name__ is a label that Prometheus drops"),
    ("[place]", "place tells the locations of the probe apart, so each result would have one location"),
])  # fmt: skip
def test_labels_to_split_by(by: str, message: str) -> None:
    text = f"kind: Service\nmetadata: {{name: s}}\n---\nkind: Indicator\nmetadata: {{name: i}}\nspec: {{service: s, by: {by}, "
    assert [found for found, _ in problems_of(text + "probe: {series: p, location: place}}\n")] == [message]
