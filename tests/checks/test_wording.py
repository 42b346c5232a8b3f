"""The checks on what a contract leaves open, hides, or cannot see."""

from __future__ import annotations

import pytest
from agreement_texts import AVAILABILITY, asked, ola, resolved, said, sla, template, uc, written

from slo_gen.checks import check_catalogue
from slo_gen.prometheus import Sample
from slo_gen.timekeeping.zones import read_instant, zone

CREDITS = ("fee: {amount: 1000, currency: EUR, per: month}", "credits: {tiers: [{below: 99.9%, credit: 10%}]}")
ITIL = "kind: Policy\nmetadata: {name: house}\nspec: {preset: itil}\n"


def measured(measure: str, more: str = "", indicator: str = "requests", objective: str = "at least 99.9%") -> str:
    return f"{{name: availability, indicator: {indicator}, objective: {objective}, measure: {{{measure}}}{more}}}"


# --- unstated -------------------------------------------------------------------------------------------------------


def test_a_short_agreement_stays_short() -> None:
    catalogue, read = resolved(sla())
    assert check_catalogue(catalogue, read, now=0) == []


def test_the_zone_of_the_periods() -> None:
    problem = (
        "warning", "no document says in which time zone the periods begin; UTC was taken",
        "write `period: {timezone: Europe/Berlin}`, or `timezone` at the customer or in the Policy; UTC too, if it is meant",
    )
    assert said("unstated-zone", sla(*CREDITS)) == [problem]
    assert said("unstated-zone", sla(), ITIL) == [problem]
    assert said("unstated-zone", sla()) == []
    assert said("unstated-zone", sla(), ITIL.replace("itil", "light")) == []
    assert said("unstated-zone", sla(*CREDITS, "period: {timezone: UTC}")) == []
    assert said("unstated-zone", sla(*CREDITS, customer="bolt")) == []
    assert said("unstated-zone", sla(*CREDITS), ITIL.replace("itil", "itil, timezone: UTC")) == []
    assert said("unstated-zone", sla(*CREDITS, "period: {length: quarter}")) == [problem]
    assert said("unstated-zone", sla(*CREDITS).replace("active", "ended")) == []
    assert written("unstated-zone", sla(*CREDITS)) == ["deal"]
    (_, _, hint), = said("unstated-zone", uc(*CREDITS))
    assert hint == "write `period: {timezone: Europe/Berlin}`, or `timezone` in the Policy; UTC too, if it is meant"


def test_the_zone_may_stand_in_the_template() -> None:
    gold = template("period: {timezone: Europe/Berlin}", CREDITS[1])
    assert said("unstated-zone", gold, sla("extends: gold@3", CREDITS[0], targets="")) == []
    own = sla("extends: gold@3", CREDITS[0], "period: {length: month}", targets="")
    assert len(said("unstated-zone", gold, own)) == 1           # the section of the agreement replaces that of the template


def test_what_a_figure_is_a_share_of() -> None:
    minutes, excluding = "method: downtime_minutes, empty: good", ", exclude: [maintenance]"
    hint = "write `over: scheduled` in `measure` if excluded time makes the period shorter, `over: calendar` if it does not"
    assert said("unstated-denominator", sla(*CREDITS, targets=measured(minutes, excluding))) == [(
        "warning", "availability does not say of which time its figure is a share; all time of the period was taken, and what is excluded "
        "counts as good", hint,
    )]
    assert written("unstated-denominator", sla(*CREDITS, targets=measured(minutes, excluding))) == ["{"]
    assert said("unstated-denominator", sla(*CREDITS, targets=measured(minutes))) == []
    assert said("unstated-denominator", sla(*CREDITS, targets=measured("method: event_ratio", excluding))) == []
    assert said("unstated-denominator", sla(*CREDITS, targets=measured(f"{minutes}, over: calendar", excluding))) == []
    assert said("unstated-denominator", sla(targets=measured(minutes, excluding))) == []
    other = measured(minutes, excluding).replace("name: availability", "name: other")
    (_, message, _), = said("unstated-denominator", sla(*CREDITS, targets=f"{measured(minutes, excluding)}\n{other}"))
    assert message.startswith("availability does not say of which time its figure is a share (nor does another one);")
    third = other.replace("name: other", "name: third")
    (_, message, _), = said("unstated-denominator", sla(*CREDITS, targets=f"{measured(minutes, excluding)}\n{other}\n{third}"))
    assert message.startswith("availability does not say of which time its figure is a share (nor do 2 others);")


def test_an_allowance_excludes_planned_work_though_no_target_lists_it() -> None:
    target, allowance = measured("method: downtime_minutes, empty: good"), "allowance: {planned: 4h per month, notice: 5bd}"
    assert [message for _, message, _ in said("unstated-denominator", sla(*CREDITS, allowance, targets=target))] == [
        "availability does not say of which time its figure is a share; all time of the period was taken, and what is excluded counts as "
        "good",
    ]
    stated = measured("method: downtime_minutes, empty: good, over: scheduled")
    assert said("unstated-denominator", sla(*CREDITS, allowance, targets=stated)) == []
    assert said("unstated-denominator", sla(*CREDITS, allowance)) == []


def test_hours_of_its_own_ask_for_the_denominator_too() -> None:
    office = 'kind: Calendar\nmetadata: {name: office}\nspec: {hours: {mon-fri: ["08:00-18:00"]}}\n'
    target = measured("method: downtime_minutes, empty: good", ", hours: office")
    assert [message for _, message, _ in said("unstated-denominator", office, sla(*CREDITS, targets=target))] == [
        "availability does not say of which time its figure is a share; the agreed hours without what is excluded were taken",
    ]


def test_what_an_interval_without_events_is() -> None:
    minutes = measured("method: downtime_minutes")
    assert said("unstated-empty", sla(*CREDITS, targets=minutes)) == [(
        "warning", "availability does not say what an interval without events is; it was taken as unknown",
        "write `empty: good`, as most clouds do, or `bad` or `excluded` in `measure`",
    )]
    assert said("unstated-empty", sla(*CREDITS, targets=measured("method: downtime_minutes, empty: unknown"))) == []
    assert said("unstated-empty", sla(*CREDITS, targets=measured("method: downtime_minutes", indicator="probe"))) == []
    assert said("unstated-empty", sla(*CREDITS)) == []
    assert said("unstated-empty", sla(targets=minutes)) == []


# --- hidden ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("rule", "outage", "share"), [
    ("at_least: 5m", "4m", 80), ("longer_than: 5m", "5m", 83), ("at_least: 270s", "4m", 80), ("at_least: 2m", "1m", 50),
])
def test_outages_that_do_not_count(rule: str, outage: str, share: int) -> None:
    document = sla(targets=measured(f"method: downtime_periods, interval: 1m, {rule}"))
    assert said("hidden-downtime", document) == [(
        "warning", f"outages of {outage} do not count: with one after the other availability can be down {share} % of the time and stand "
        "at 100%",
        "figures show what was really down beside what counts; a second target on all of it, or on the number of outages, keeps it in "
        "sight",
    )]
    assert written("hidden-downtime", document) == [rule.partition(": ")[2]]


def test_outages_that_are_in_sight() -> None:
    lasting = measured("method: downtime_periods, interval: 1m, at_least: 5m")
    assert said("hidden-downtime", ola(targets=lasting)) != []
    assert said("hidden-downtime", uc(targets=lasting)) == []                       # the supplier's wording
    assert said("hidden-downtime", sla(targets=measured("method: downtime_periods, interval: 1m, at_least: 1m"))) == []
    assert said("hidden-downtime", sla(targets=f"{lasting}\n{AVAILABILITY.replace('availability', 'requests')}")) == []
    longest = "{name: longest, longest: {of: outage, indicator: requests}, objective: at most 60m}"
    assert said("hidden-downtime", sla(targets=f"{lasting}\n{longest}")) != []      # which says nothing of the short ones


def test_a_target_on_other_series_or_in_other_hours_hides_nothing_less() -> None:
    office = 'kind: Calendar\nmetadata: {name: office}\nspec: {hours: {mon-fri: ["08:00-18:00"]}}\n'
    runs = "method: downtime_periods, interval: 1m, at_least: 5m"
    for lasting, other, is_hidden in (
        (", where: {region: eu}", ", where: {region: us}", True),
        (", where: {region: eu}", ", where: {region: eu}", False),
        (", where: {region: eu}", "", False),
        ("", ", where: {region: eu}", True),
        ("", ", hours: office", True),
        (", hours: office", ", hours: office", False),
        (", hours: office", "", False),
    ):
        beside = f"{{name: other, indicator: requests, objective: at least 99.9%{other}}}"
        assert bool(said("hidden-downtime", office, sla(targets=f"{measured(runs, lasting)}\n{beside}"))) is is_hidden, (lasting, other)


# --- too small to be seen -------------------------------------------------------------------------------------------


def test_a_budget_shorter_than_an_interval() -> None:
    five_nines = measured("method: downtime_minutes", objective="at least 99.999%")
    assert said("budget-unseen", sla(targets=five_nines)) == [(
        "warning", "99.999% of a period like 2026-01 leaves 26.7 s, less than one interval of 1m: a single one that is bad misses it",
        "look more often, or promise what can be measured",
    )]
    assert written("budget-unseen", sla(targets=five_nines)) == ["at least 99.999%"]
    assert said("budget-unseen", sla("period: {length: quarter}", targets=five_nines)) == []
    assert said("budget-unseen", sla(targets=measured("method: downtime_minutes", objective="at least 100%"))) == []
    assert said("budget-unseen", sla(targets=measured("method: downtime_minutes, interval: 15s", objective="at least 99.999%"))) == []
    lasting = measured("method: downtime_periods, longer_than: 5m", objective="at least 99.999%")
    assert said("budget-unseen", sla(targets=lasting)) == []          # no single interval counts there
    assert said("budget-unseen", sla("term: {from: 2026-02-01}", targets=five_nines))[0][1].startswith("99.999% of a period like 2026-02")


def test_a_budget_shorter_than_a_scrape() -> None:
    probe = measured("method: event_ratio", indicator="probe", objective="at least 99.9999%")
    assert [message for _, message, _ in said("budget-unseen", sla(targets=probe))] == [
        "99.9999% of a period like 2026-01 leaves 2.6 s, less than one scrape of 15s: a single one that is bad misses it",
    ]


def test_a_budget_of_agreed_hours() -> None:
    hour = 'kind: Calendar\nmetadata: {name: hour}\nspec: {hours: {sun: ["08:00-09:00"]}}\n'
    target = measured("method: downtime_minutes, interval: 5m", ", hours: hour", objective="at least 98%")
    assert [message for _, message, _ in said("budget-unseen", hour, sla(targets=target))] == [
        "98% of a period like 2026-01 leaves 4.8 minutes, less than one interval of 5m: a single one that is bad misses it",
    ]
    for over, is_told in (("scheduled", True), ("calendar", False), ("deployed", False)):
        target = measured(f"method: downtime_minutes, interval: 5m, over: {over}", ", hours: hour", objective="at least 98%")
        assert bool(said("budget-unseen", hour, sla(targets=target))) is is_told


def test_a_budget_below_one_event() -> None:
    question = "sum by (indicator) (sum_over_time(slm:total:increase1m[1d]))"
    assert question in asked(sla())
    assert question not in asked(sla(targets=measured("method: downtime_minutes")))

    def told(of_a_day: float) -> list[str]:
        volume = (Sample({"indicator": "requests"}, 0, of_a_day),)
        return [message for _, message, _ in said("budget-unseen", sla(), answers={question: volume})]

    assert told(32) == ["at the volume of the last day, 99.9% of about 992 events in a period allows not one of them to fail"]
    assert told(33) == []                # 1023 events: one may fail
    assert told(0) == []                 # nothing is known of the volume
    assert said("budget-unseen", sla()) == []


# --- whose text -----------------------------------------------------------------------------------------------------

SOURCE = 'source: {url: "https://cloud.example/sla", version: 2026-01, verified_on: 2026-01-15}'


def test_a_supplier_s_text_that_nobody_can_look_up() -> None:
    assert said("source-verified", uc(), now=None) == [(
        "warning", "nobody can tell where the text of this contract stands, nor when it was last compared with it",
        "write `source: {url: ..., version: ..., verified_on: 2026-01-31}`",
    )]
    assert written("source-verified", uc()) == ["bought"]
    assert said("source-verified", sla(), ola(), uc().replace("active", "ended")) == []


def test_a_supplier_s_text_that_was_read_long_ago() -> None:
    def told(day: str, *more: str) -> list[tuple[str, str, str]]:
        return said("source-verified", uc(SOURCE), *more, now=read_instant(day, zone("UTC")))

    assert told("2027-01-14T23:59:59Z") == []
    assert told("2027-01-15") == [(
        "warning", "this was compared with the supplier's text 365 days ago, and is to be every 12mo",
        "read the text again, correct what has changed, and write today's date",
    )]
    assert said("source-verified", uc(SOURCE), now=None) == []
    half_a_year = "kind: Policy\nmetadata: {name: house}\nspec: {process: {review_every: 6mo}}\n"
    assert told("2026-07-14", half_a_year) == []
    assert [message for _, message, _ in told("2026-07-15", half_a_year)] == [
        "this was compared with the supplier's text 181 days ago, and is to be every 6mo",
    ]


def test_terms_that_change_no_figure() -> None:
    target = "{name: availability, indicator: requests, objective: at least 99.99%}"
    amended = sla(f"amendments: [{{from: 2026-07-01, reason: summer, targets: [{target}]}}]")
    ((severity, message, hint),) = said("amendments-apart", amended)
    assert severity == "warning"
    assert message.endswith("every figure follows the agreement itself, also from 2026-07-01 on")
    assert hint.startswith("end this agreement on the day before")
    assert written("amendments-apart", amended) == ["2026-07-01"]
    assert said("amendments-apart", sla("amendments: [{from: 2026-07-01, reason: a name}]")) == []
    assert said("amendments-apart", amended.replace("active", "ended")) == []
    assert said("amendments-apart", sla()) == []
