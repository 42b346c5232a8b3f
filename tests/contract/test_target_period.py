"""A target in a period, from its documents: hours, term, exclusions and allowance come together."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from slo_gen.contract.evaluate import evaluate
from slo_gen.contract.exclusions import Exclusions
from slo_gen.contract.facts import Downtime, Outage, Result, Results, Slots
from slo_gen.contract.measurement import Down, Empty, Measurement, Share, Unknown
from slo_gen.contract.methods import measurement, of_results
from slo_gen.contract.target_period import TargetPeriod, adjusted_time, business_days, target_period, term, ticket_period
from slo_gen.contract.window import ALL_TIME, Window
from slo_gen.spec.convert import read_documents
from slo_gen.spec.model import Agreement, Catalogue
from slo_gen.spec.resolve import resolve
from slo_gen.spec.terms import Bound
from slo_gen.timekeeping.periods import Period
from slo_gen.timekeeping.spans import Spans
from slo_gen.timekeeping.zones import EARLIEST, LATEST, read_instant, zone

BERLIN = zone("Europe/Berlin")
TEXT = """
kind: Service
metadata: {name: checkout}
---
kind: Customer
metadata: {name: acme}
---
kind: Indicator
metadata: {name: probe}
spec: {service: checkout, probe: {series: 'probe_success{job="shop"}'}}
---
kind: Calendar
metadata: {name: office}
spec: {timezone: Europe/Berlin, hours: {mon-fri: [08:00-18:00]}}
---
kind: Maintenance
metadata: {name: upgrades}
spec:
  services: [checkout]
  timezone: Europe/Berlin
  windows: [{from: 2026-02-03T06:00, to: 2026-02-03T17:00}, {from: 2026-11-03T08:00, to: 2026-11-03T11:00}]
  reason: Upgrades
---
kind: SLA
metadata: {name: acme}
spec:
  customer: acme
  service: checkout
  state: active
  period: {length: month, timezone: Europe/Berlin}
  term: {from: 2026-01-10, until: 2026-11-20}
  targets:
    - name: availability
      indicator: probe
      objective: at least 99%
      hours: office
      grace: 2mo
      exclude: [maintenance, customer]
      measure: {method: downtime_minutes, over: scheduled, empty: good}
    - {name: p1-number, count: {of: tickets, priority: P1}, objective: at most 2}
    - {name: complaints, count: {of: complaints}, objective: at most 2}
  allowance: {planned: 10h per year}
---
kind: Adjustment
metadata: {name: tests}
spec:
  agreement: acme
  span: {from: 2026-10-06T11:00, to: 2026-10-06T12:00}
  reason: The customer tested
  agreed_by: [{party: customer/acme, by: A. Buyer, date: 2026-10-07}]
"""


def instant(text: str) -> int:
    return read_instant(text, BERLIN)


def acme() -> tuple[Catalogue, Agreement]:
    documents, problems = read_documents([("a.yaml", TEXT)])
    catalogue, more = resolve(documents)
    assert not [*problems, *(each for each in more if each.severity == "error")]
    return catalogue, catalogue.agreements["acme"]


def judged(month: str, *outages: tuple[str, str, str]) -> TargetPeriod:
    catalogue, agreement = acme()
    period = agreement.period.named(month)
    down = tuple(Outage(instant(start), instant(end), cause=cause) for start, end, cause in outages)
    target = agreement.targets[0]
    adjusted = adjusted_time(catalogue, agreement, target)
    return target_period(catalogue, agreement, target, period, Downtime(period.start, period.end, down), adjusted=adjusted)


def test_a_yearly_allowance_counts_the_office_hours_of_the_whole_year() -> None:
    """Nine of ten hours were used in February, where 06:00 to 08:00 was owed to nobody; one is left in November."""
    found = judged("2026-11", ("2026-11-03T08:00", "2026-11-03T11:00", ""))
    assert found.exclusions.allowance_used == 10 * 3600
    assert found.outcome.excluded == {"maintenance": 3600}
    assert found.outcome.counted == 2 * 3600
    assert [(each.start, each.end, each.why) for each in found.exclusions.not_excluded] == [
        (instant("2026-11-03T09:00"), instant("2026-11-03T11:00"), "used_up")
    ]


def test_hours_and_term_say_what_the_figure_is_a_share_of() -> None:
    """From 2 to 20 November there are fifteen office days; an hour of them is excluded."""
    found = judged("2026-11")
    assert found.outcome.of == (15 * 10 - 1) * 3600
    assert found.budget is not None
    assert found.budget.allowed == Fraction(149 * 3600, 100)


def test_an_outage_out_of_hours_or_of_the_customer_counts_for_nothing() -> None:
    found = judged(
        "2026-10", ("2026-10-05T05:00", "2026-10-05T09:00", ""), ("2026-10-06T09:00", "2026-10-06T10:00", "customer"),
    )  # fmt: skip
    assert (found.outcome.counted, found.outcome.excluded) == (3600, {"adjustment": 3600, "customer": 3600})


def test_spans_of_the_caller_and_what_was_agreed_exclude_as_well() -> None:
    catalogue, agreement = acme()
    period = agreement.period.named("2026-10")
    facts = Downtime(period.start, period.end, (Outage(instant("2026-10-06T09:00"), instant("2026-10-06T12:00")),))
    given = Spans(((instant("2026-10-06T10:00"), instant("2026-10-06T11:00")),))
    adjusted = adjusted_time(catalogue, agreement, agreement.targets[0])
    found = target_period(catalogue, agreement, agreement.targets[0], period, facts, found={"customer": given}, adjusted=adjusted)
    assert (found.outcome.counted, found.outcome.excluded) == (3600, {"adjustment": 3600, "customer": 3600})


@pytest.mark.parametrize(("month", "grace"), [("2026-01", True), ("2026-03", True), ("2026-04", False)])
def test_grace_runs_from_the_first_day(month: str, grace: bool) -> None:
    assert judged(month).in_grace is grace


def test_a_term_ends_with_its_last_day() -> None:
    assert term(acme()[1]) == Spans(((instant("2026-01-10"), instant("2026-11-21")),))


def test_business_days_are_monday_to_friday() -> None:
    week = business_days(acme()[1]).spans(instant("2026-11-02"), instant("2026-11-09"))
    assert week == Spans(((instant("2026-11-02"), instant("2026-11-07")),))


def test_results_are_counted_and_some_targets_know_none() -> None:
    _, agreement = acme()
    period = agreement.period.named("2026-10")
    facts = Results(period.start, period.end, tuple(Result(period.start + hour * 3600, True) for hour in range(3)))
    by_name = {each.name: each for each in agreement.other_targets}
    found = ticket_period(agreement, by_name["p1-number"], period, facts)
    assert (found.outcome.figure, found.outcome.verdict) == (3, "missed")
    with pytest.raises(ValueError, match="say nothing about complaints"):
        ticket_period(agreement, by_name["complaints"], period, facts)


# --- everything that a judged target is told with --------------------------------------------------------------------
def test_a_judged_target_is_told_with_all_that_it_follows_from() -> None:
    catalogue, agreement = acme()
    target, period = agreement.targets[0], agreement.period.named("2026-10")
    facts = Downtime(period.start, period.end)
    found = target_period(catalogue, agreement, target, period, facts)
    first, last = period.start - 400 * 86_400, period.end + 400 * 86_400
    office = catalogue.calendars["office"].spans(first, last)
    assert (found.agreement, found.target, found.period, found.facts) == (agreement, target, period, facts)
    assert (found.measurement, found.bound, found.outcome.target) == (measurement(target), target.bound, "availability")
    assert found.window == Window(period.start, period.end, office, term(agreement), found.exclusions.by_reason, {})


def test_what_is_unknown_may_have_been_all_good_or_all_bad() -> None:
    catalogue, agreement = acme()
    target, period = agreement.targets[0], agreement.period.named("2026-03")
    out, dark = (instant("2026-03-02T10:00"), instant("2026-03-02T11:00")), (instant("2026-03-03T10:00"), instant("2026-03-03T12:00"))
    facts = Downtime(period.start, period.end, (Outage(*out),), Spans((dark,)))
    found = target_period(catalogue, agreement, target, period, facts)
    good, bad = found.if_unknown_was("good"), found.if_unknown_was("bad")
    assert (good.target, bad.target) == ("availability", "availability")
    assert [(each.counted, each.figure) for each in (found.outcome, good, bad)] == [
        (3600, Fraction(217, 218)), (3600, found.outcome.upper), (10_800, found.outcome.lower),
    ]
    assert [(run.start, run.end) for run in bad.interruptions] == [out, dark]
    assert (good.lower, bad.upper) == (good.upper, bad.lower)


def test_where_nothing_is_unknown_or_its_meaning_is_agreed_nothing_may_be_otherwise() -> None:
    catalogue, agreement = acme()
    target, period = agreement.targets[0], agreement.period.named("2026-03")
    known = target_period(catalogue, agreement, target, period, Downtime(period.start, period.end))
    assert known.if_unknown_was("bad") is known.outcome
    dark = Downtime(period.start, period.end, (), Spans(((period.start, period.end - 7 * 86_400),)))
    agreed = replace(target, measure=replace(target.measure, unknown="good"))
    found = target_period(catalogue, agreement, agreed, period, dark)
    assert found.if_unknown_was("bad") is found.outcome
    unclear = target_period(catalogue, agreement, target, period, dark)
    assert unclear.if_unknown_was("bad").counted > 0
    for known_otherwise in ({"facts": Results(period.start, period.end)}, {"measurement": found.measurement}):
        other = replace(unclear, **known_otherwise)  # type: ignore[arg-type]
        assert other.if_unknown_was("bad") is unclear.outcome


def test_a_target_on_tickets_is_told_with_all_that_it_follows_from() -> None:
    _, agreement = acme()
    target, period = agreement.other_targets[0], agreement.period.named("2026-10")
    facts = Results(period.start, period.end)
    found = ticket_period(agreement, target, period, facts)
    how = of_results(target)
    assert how is not None
    assert found.facts is facts
    assert (found.agreement, found.target, found.period, found.exclusions) == (agreement, target, period, Exclusions())
    assert (found.measurement, found.bound, found.outcome.target) == (*how, "p1-number")
    assert how[0] == Measurement(None, Share(), over="events", reduce="count")
    assert found.window == Window(period.start, period.end, deployed=term(agreement))


def test_work_on_the_service_of_the_indicator_excludes() -> None:
    """The contract is about the checkout; its target rests on an indicator of the payments, and so does the work."""
    text = TEXT.replace("metadata: {name: probe}\nspec: {service: checkout,", "metadata: {name: probe}\nspec: {service: payments,")
    text = text.replace("services: [checkout]", "services: [payments]") + "---\nkind: Service\nmetadata: {name: payments}\n"
    catalogue, _ = resolve(read_documents([("a.yaml", text)])[0])
    agreement = catalogue.agreements["acme"]
    period = agreement.period.named("2026-11")
    facts = Downtime(period.start, period.end, (Outage(instant("2026-11-03T08:00"), instant("2026-11-03T11:00")),))
    found = target_period(catalogue, agreement, agreement.targets[0], period, facts)
    assert found.outcome.excluded == {"maintenance": 3600}


def test_what_was_used_of_a_yearly_allowance_may_be_told() -> None:
    catalogue, agreement = acme()
    period = agreement.period.named("2026-11")
    facts = Downtime(period.start, period.end, (Outage(instant("2026-11-03T08:00"), instant("2026-11-03T11:00")),))
    found = target_period(catalogue, agreement, agreement.targets[0], period, facts, used=8 * 3600)
    assert found.outcome.excluded == {"maintenance": 2 * 3600}


def test_what_was_agreed_for_other_targets_or_tickets_excludes_no_time() -> None:
    text = TEXT + """
---
kind: Adjustment
metadata: {name: other}
spec:
  agreement: acme
  targets: [p1-number]
  span: {from: 2026-10-07T11:00, to: 2026-10-07T12:00}
  reason: Other
  agreed_by: [{party: customer/acme, by: A. Buyer, date: 2026-10-08}]
---
kind: Adjustment
metadata: {name: same}
spec:
  agreement: acme
  targets: [availability]
  span: {from: 2026-10-08T11:00, to: 2026-10-08T12:00}
  reason: The same
  agreed_by: [{party: customer/acme, by: A. Buyer, date: 2026-10-08}]
---
kind: Adjustment
metadata: {name: ticket}
spec: {agreement: acme, ticket: T-1, reason: One, agreed_by: [{party: customer/acme, by: A. Buyer, date: 2026-10-08}]}
"""
    catalogue, problems = resolve(read_documents([("a.yaml", text)])[0])
    assert not [each for each in problems if each.severity == "error"]
    agreement = catalogue.agreements["acme"]
    spans = tuple((instant(f"2026-10-{day}T11:00"), instant(f"2026-10-{day}T12:00")) for day in ("06", "08"))
    assert adjusted_time(catalogue, agreement, agreement.targets[0]) == Spans(spans)


def test_an_allowance_may_ask_for_its_own_hours_and_a_notice_in_business_days() -> None:
    """Announced on Friday noon: of two business days Monday is the first and Tuesday, that of the work, the second."""
    early = "---\nkind: Calendar\nmetadata: {name: early}\nspec: {timezone: Europe/Berlin, hours: {mon-sun: [06:00-09:00]}}\n"
    work = "from: 2026-11-03T08:00, to: 2026-11-03T11:00"
    for announced, notice, excluded in (("2026-10-30T12:00", "2bd", {}), ("2026-10-30T12:00", "1bd", {"maintenance": 3600})):
        text = TEXT.replace(work, f"{work}, announced: {announced}") + early
        text = text.replace("{planned: 10h per year}", f"{{planned: 10h per month, notice: {notice}, hours: early}}")
        catalogue, problems = resolve(read_documents([("a.yaml", text)])[0])
        assert not [each for each in problems if each.severity == "error"]
        agreement = catalogue.agreements["acme"]
        period = agreement.period.named("2026-11")
        found = target_period(catalogue, agreement, agreement.targets[0], period, Downtime(period.start, period.end))
        assert found.outcome.excluded == excluded


def test_a_target_without_hours_is_owed_all_the_time() -> None:
    catalogue, agreement = acme()
    period = agreement.period.named("2026-10")
    target = replace(agreement.targets[0], hours="24x7", exclude=())
    found = target_period(catalogue, replace(agreement, allowance=None), target, period, Downtime(period.start, period.end))
    assert (found.window.scheduled, found.outcome.of) == (ALL_TIME, 44_700 * 60)


def test_work_on_the_service_of_the_agreement_excludes_whatever_became_of_the_indicator() -> None:
    catalogue, agreement = acme()
    period = agreement.period.named("2026-11")
    facts = Downtime(period.start, period.end)
    found = target_period(replace(catalogue, indicators={}), agreement, agreement.targets[0], period, facts)
    assert found.outcome.excluded == {"maintenance": 3600}


def test_hours_that_weigh_more_are_known_as_far_around_the_period_as_all_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue, agreement = acme()
    period = agreement.period.named("2026-10")
    weighing = replace(measurement(agreement.targets[0]), weights=(("office", 3), ("gone", 2)))
    monkeypatch.setattr("slo_gen.contract.target_period.measurement", lambda target: weighing)
    found = target_period(catalogue, agreement, agreement.targets[0], period, Downtime(period.start, period.end))
    assert found.window.hours == {"office": catalogue.calendars["office"].spans(period.start - 400 * 86_400, period.end + 400 * 86_400)}


def test_a_term_without_days_is_all_time() -> None:
    _, agreement = acme()
    assert term(replace(agreement, starts=None, ends=None)) == Spans(((EARLIEST, LATEST),))


@pytest.mark.parametrize(("empty", "unknown", "whole", "silent"), [
    ("unknown", "bounds", 100, 20), ("good", "bounds", 100, 0), ("bad", "bounds", 100, 0), ("excluded", "bounds", 80, 0),
    ("unknown", "excluded", 50, 0), ("excluded", "excluded", 50, 0), ("excluded", "bad", 80, 0), ("unknown", "good", 100, 0),
])  # fmt: skip
def test_a_budget_is_that_of_all_that_may_still_be_found_out(empty: Empty, unknown: Unknown, whole: int, silent: int) -> None:
    """Of ten intervals two had no events, and of three nobody knows anything; policies that decide them leave nothing open."""
    facts = Slots(0, 10, [9, 9, 0, 0, None, None, None, 9, 9, 9], [0, 9, 0, 0, 0, 0, 0, 0, 0, 0])
    found = small(Measurement(10, Down(Fraction(0)), empty, unknown), facts)
    assert (found.whole, found.silent) == (whole, silent)
    assert found.budget is not None
    assert (found.budget.allowed, found.budget.used) == (found.whole / 10, found.outcome.counted)


def test_how_many_events_there_will_be_nobody_knows() -> None:
    facts = Slots(0, 10, [9, 9, None, 0, 2], [0, 9, 0, 0, 0])
    found = small(Measurement(None, Share(), over="events"), facts)
    assert (found.whole, found.silent, found.outcome.unknown) == (20, 0, 60)


def small(how: Measurement, facts: Slots) -> TargetPeriod:
    """A target over a hundred seconds, of which a tenth may be bad."""
    agreement, window = acme()[1], Window(0, 100)
    bound = Bound(">=", Fraction(9, 10), "%", "at least 90%")
    outcome = evaluate("t", how, bound, facts, window)
    return TargetPeriod(agreement, agreement.targets[0], Period(0, 100, "small"), how, bound, window, Exclusions(), outcome, facts)
