"""Which time is excluded for which reason, and which was not although it was planned."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from slo_gen.contract.exclusions import Exclusions, causes, exclusions
from slo_gen.contract.facts import Downtime, Outage
from slo_gen.contract.window import ALL_TIME
from slo_gen.spec.model import Agreement, AgreementTarget, Maintenance, Origin, Party, PlannedWork
from slo_gen.spec.terms import Allowance, Exclusion
from slo_gen.timekeeping.calendars import Calendar, Weekly, week
from slo_gen.timekeeping.periods import Periods, RollingDays
from slo_gen.timekeeping.spans import EMPTY, Spans

ORIGIN = Origin("a.yaml", 1, 1)
HOUR = 3600
BERLIN = "Europe/Berlin"


def at(day: int, hour: int, minute: int = 0, month: int = 11) -> int:
    return int(datetime(2026, month, day, hour, minute, tzinfo=ZoneInfo(BERLIN)).timestamp())


NOVEMBER = (at(1, 0), at(1, 0, month=12))


def agreement(allowance: Allowance | None = None, kind: str = "customer") -> Agreement:
    return Agreement(
        kind="SLA", name="acme", title="acme", party=Party("customer" if kind == "customer" else "supplier", "acme"), service="checkout",
        template="", state="active", period=Periods("month", BERLIN), targets=(), ticket_targets=(), backed_by={}, origin=ORIGIN,
        allowance=allowance,
    )  # fmt: skip


def target(*exclude: Exclusion) -> AgreementTarget:
    return AgreementTarget("availability", "probe", "at least", Fraction(999, 1000), "99.9%", None, ORIGIN, exclude=exclude)


def maintenance(
    *windows: PlannedWork, name: str = "upgrade", services: tuple[str, ...] = ("checkout",), customers: tuple[str, ...] = (),
    emergency: bool = False, cancelled: bool = False, notice: str = "",
) -> Mapping[str, Maintenance]:  # fmt: skip
    return {name: Maintenance(name, name, services, customers, emergency, cancelled, windows, notice, "", ORIGIN)}


def work(start: int, end: int, announced: int | None = None, actual: tuple[int, int] | None = None) -> PlannedWork:
    return PlannedWork((start, end), announced, actual)


LISTED = target(Exclusion("maintenance"))


def of(
    works: Mapping[str, Maintenance], allowance: Allowance | None = None, promised: AgreementTarget = LISTED, *,
    agreed: Spans = ALL_TIME, business: Calendar | None = None, calendars: Mapping[str, Calendar] | None = None,
    found: Mapping[str, Spans] | None = None, used: int | None = None, adjusted: Spans = EMPTY, service: str = "",
) -> Exclusions:  # fmt: skip
    return exclusions(
        agreement(allowance), promised, works, *NOVEMBER, agreed=agreed, business=business, calendars=calendars, found=found, used=used,
        adjusted=adjusted, service=service,
    )  # fmt: skip


def spans(*pairs: tuple[int, int]) -> Spans:
    return Spans.of(pairs)


def test_overlapping_work_is_excluded_once() -> None:
    works = {**maintenance(work(at(3, 2), at(3, 4))), **maintenance(work(at(3, 3), at(3, 5)), name="storage")}
    assert of(works).by_reason == (("maintenance", spans((at(3, 2), at(3, 5)))),)


def test_work_on_another_service_or_for_another_customer_excludes_nothing() -> None:
    assert of(maintenance(work(at(3, 2), at(3, 4)), services=("orders",))) == Exclusions()
    assert of(maintenance(work(at(3, 2), at(3, 4)), customers=("globex",))) == Exclusions()
    assert of(maintenance(work(at(3, 2), at(3, 4)), services=("orders",)), service="orders").all
    assert of(maintenance(work(at(3, 2), at(3, 4)), customers=("globex", "acme"))).all


def test_a_supplier_is_no_customer_whose_work_could_be_somebody_elses() -> None:
    found = exclusions(agreement(kind="supplier"), LISTED, maintenance(work(at(3, 2), at(3, 4)), customers=("globex",)), *NOVEMBER)
    assert found.all


def test_cancelled_work_excludes_nothing_and_is_told() -> None:
    found = of(maintenance(work(at(3, 2), at(3, 4)), cancelled=True))
    assert not found.all
    assert [(each.start, each.end, each.why) for each in found.not_excluded] == [(at(3, 2), at(3, 4), "cancelled")]


def test_an_overrun_counts_and_so_does_time_in_which_nobody_worked() -> None:
    found = of(maintenance(work(at(3, 2), at(3, 4), actual=(at(3, 2, 30), at(3, 5)))))
    assert found.by_reason == (("maintenance", spans((at(3, 2, 30), at(3, 4)))),)
    assert [(each.start, each.end, each.why) for each in found.not_excluded] == [
        (at(3, 2), at(3, 2, 30), "not_worked"), (at(3, 4), at(3, 5), "overrun"),
    ]  # fmt: skip


def test_notice_is_exact_to_the_second() -> None:
    allowed = Allowance(100 * HOUR, "month", notice="48h")
    in_time = maintenance(work(at(5, 2), at(5, 3), announced=at(3, 2)))
    late = maintenance(work(at(5, 2), at(5, 3), announced=at(3, 2) + 1))
    assert of(in_time, allowed).all
    found = of(late, allowed)
    assert not found.all
    assert [(each.why, each.announced, each.in_time) for each in found.not_excluded] == [("announced_late", at(3, 2) + 1, at(3, 2))]
    assert [each.why for each in of(maintenance(work(at(5, 2), at(5, 3))), allowed).not_excluded] == ["not_announced"]


def test_without_an_agreed_notice_work_may_come_unannounced() -> None:
    assert of(maintenance(work(at(5, 2), at(5, 3))), Allowance(HOUR, "month")).all.seconds == HOUR


def test_notice_in_business_days_counts_whole_days_between() -> None:
    office = Weekly(BERLIN, week({"mon-fri": ["08:00-18:00"]}))
    allowed = Allowance(100 * HOUR, "month", notice="3bd")
    # Work on Sunday the 8th. Wednesday to Friday are three business days: Tuesday's last second is in time, Wednesday's first one is too.
    for announced, fits in ((at(4, 0), True), (at(4, 0) + 1, False), (at(3, 23), True)):
        found = of(maintenance(work(at(8, 2), at(8, 3), announced=announced)), allowed, business=office)
        assert bool(found.all) is fits
    late = of(maintenance(work(at(8, 2), at(8, 3), announced=at(6, 9))), allowed, business=office)
    assert late.not_excluded[0].in_time == at(4, 0)


def test_work_that_comes_again_is_announced_as_early_as_its_own_notice() -> None:
    allowed = Allowance(100 * HOUR, "month", notice="48h")
    assert of(maintenance(work(at(5, 2), at(5, 3)), notice="2d"), allowed).all
    assert [each.why for each in of(maintenance(work(at(5, 2), at(5, 3)), notice="47h"), allowed).not_excluded] == ["announced_late"]
    assert of(maintenance(work(at(5, 2), at(5, 3)), notice="3bd"), Allowance(HOUR, "month", notice="3bd")).all


def test_the_first_hours_of_an_allowance_are_excluded() -> None:
    works = maintenance(work(at(3, 2), at(3, 5)), work(at(10, 2), at(10, 5)))
    found = of(works, Allowance(4 * HOUR, "month"))
    assert found.by_reason == (("maintenance", spans((at(3, 2), at(3, 5)), (at(10, 2), at(10, 3)))),)
    assert [(each.start, each.end, each.why) for each in found.not_excluded] == [(at(10, 3), at(10, 5), "used_up")]
    assert found.allowance_used == 4 * HOUR


def test_an_allowance_begins_anew_with_its_span() -> None:
    works = maintenance(work(at(1, 23, month=12) - 24 * HOUR, at(1, 2, month=12)))       # over the end of November
    found = of(works, Allowance(HOUR, "month"))
    assert found.all == spans((at(30, 23), at(1, 1, month=12)))


def test_a_yearly_allowance_knows_what_was_used_before_the_period() -> None:
    works = maintenance(work(at(1, 2, month=3), at(1, 11, month=3)), work(at(3, 2), at(3, 4)))
    yearly = Allowance(10 * HOUR, "year", notice="")
    found = of(works, yearly)
    assert found.all.clip(*NOVEMBER) == spans((at(3, 2), at(3, 3)))
    assert found.allowance_used == 10 * HOUR
    assert of(works, yearly, used=HOUR).all.clip(*NOVEMBER) == spans((at(3, 2), at(3, 4)))
    assert of(works, yearly, used=11 * HOUR).all.clip(*NOVEMBER) == EMPTY


def test_a_fiscal_year_is_that_of_the_agreement() -> None:
    fiscal = Agreement(**{
        **{name: getattr(agreement(), name) for name in Agreement.__dataclass_fields__},
        "period": Periods("month", BERLIN, (4, 1)), "allowance": Allowance(HOUR, "year"),
    })  # fmt: skip
    works = maintenance(work(at(1, 2, month=3), at(1, 3, month=3)), work(at(3, 2), at(3, 3)))
    assert exclusions(fiscal, LISTED, works, *NOVEMBER).all.clip(*NOVEMBER) == spans((at(3, 2), at(3, 3)))


def test_an_allowance_excludes_work_that_no_target_lists() -> None:
    assert of(maintenance(work(at(3, 2), at(3, 5))), Allowance(HOUR, "month"), target()).all == spans((at(3, 2), at(3, 3)))
    found = of(maintenance(work(at(3, 2), at(3, 5))), None, target())
    assert [each.why for each in found.not_excluded] == ["not_agreed"]


def test_work_out_of_its_hours_counts() -> None:
    nights = Weekly(BERLIN, week({"mon-sun": ["22:00-04:00"]}))
    allowed = Allowance(10 * HOUR, "month", hours="nights")
    found = of(maintenance(work(at(3, 3), at(3, 6))), allowed, calendars={"nights": nights})
    assert found.all == spans((at(3, 3), at(3, 4)))
    assert [(each.start, each.end, each.why) for each in found.not_excluded] == [(at(3, 4), at(3, 6), "outside_hours")]


def test_work_while_nothing_is_owed_uses_nothing_up() -> None:
    office = Spans.of((at(day, 8), at(day, 18)) for day in range(1, 31))
    found = of(maintenance(work(at(3, 6), at(3, 10))), Allowance(HOUR, "month"), agreed=office)
    assert found.all & office == spans((at(3, 8), at(3, 9)))
    assert [(each.start, each.end) for each in found.not_excluded] == [(at(3, 9), at(3, 10))]


def test_emergency_work_is_a_reason_of_its_own() -> None:
    works = maintenance(work(at(3, 2), at(3, 4), actual=(at(3, 2), at(3, 6))), emergency=True)
    assert [each.why for each in of(works, Allowance(HOUR, "month", notice="5d")).not_excluded] == ["not_agreed"]
    found = of(works, Allowance(HOUR, "month", notice="5d"), target(Exclusion("emergency_maintenance")))
    assert found.by_reason == (("emergency_maintenance", spans((at(3, 2), at(3, 6)))),)


def test_reasons_have_the_order_of_the_target() -> None:
    found = {"customer": spans((at(3, 3), at(3, 5))), "failover test": spans((at(3, 4), at(3, 6)))}
    promised = target(Exclusion("customer"), Exclusion("failover test", when="x == 1"), Exclusion("maintenance"))
    every = of(maintenance(work(at(3, 2), at(3, 7))), Allowance(2 * HOUR, "month"), promised, found=found)
    assert every.by_reason == (
        ("customer", spans((at(3, 3), at(3, 5)))),
        ("failover test", spans((at(3, 5), at(3, 6)))),
        ("maintenance", spans((at(3, 2), at(3, 3)), (at(3, 6), at(3, 7)))),
    )


def test_a_reason_excludes_no_more_than_its_most() -> None:
    promised = target(Exclusion("failover test", when="x == 1", at_most=HOUR))
    found = of({}, None, promised, found={"failover test": spans((at(3, 2), at(3, 2, 40)), (at(9, 2), at(9, 3)))})
    assert found.all == spans((at(3, 2), at(3, 2, 40)), (at(9, 2), at(9, 2, 20)))
    assert [(each.start, each.end, each.reason, each.why) for each in found.not_excluded] == [
        (at(9, 2, 20), at(9, 3), "failover test", "used_up")
    ]


def test_what_was_agreed_afterwards_comes_first() -> None:
    found = of(maintenance(work(at(3, 2), at(3, 4))), adjusted=spans((at(3, 3), at(3, 5))))
    assert found.by_reason == (("adjustment", spans((at(3, 3), at(3, 5)))), ("maintenance", spans((at(3, 2), at(3, 3)))))


def test_late_work_that_another_reason_covers_is_not_told() -> None:
    promised = target(Exclusion("customer"), Exclusion("maintenance"))
    found = of(
        maintenance(work(at(3, 2), at(3, 4), announced=at(3, 1))), Allowance(HOUR, "month", notice="1d"), promised,
        found={"customer": spans((at(3, 2), at(3, 3)))},
    )  # fmt: skip
    assert [(each.start, each.end) for each in found.not_excluded] == [(at(3, 3), at(3, 4))]


def test_a_cause_excludes_nothing_that_would_have_been_down_anyway() -> None:
    facts = Downtime(*NOVEMBER, (
        Outage(at(3, 10), at(3, 12), cause="customer"), Outage(at(3, 11), at(3, 13)), Outage(at(4, 10), at(4, 11), cause="customer"),
    ))  # fmt: skip
    assert causes(facts, ["customer", "supplier"]) == {"customer": spans((at(3, 10), at(3, 11)), (at(4, 10), at(4, 11)))}


def test_two_excluded_causes_do_not_hinder_each_other() -> None:
    facts = Downtime(*NOVEMBER, (Outage(at(3, 10), at(3, 12), cause="customer"), Outage(at(3, 11), at(3, 13), cause="force_majeure")))
    found = causes(facts, ["customer", "force_majeure"])
    assert found["customer"] | found["force_majeure"] == spans((at(3, 10), at(3, 13)))


def hourly(first: int, length: int) -> PlannedWork:
    return work(NOVEMBER[0] + first * HOUR, NOVEMBER[0] + (first + length) * HOUR)


windows = st.builds(hourly, st.integers(0, 29 * 24), st.integers(1, 30))


@given(st.lists(windows, max_size=6), st.integers(0, 40))
def test_an_allowance_hour_by_hour(works: list[PlannedWork], allowed: int) -> None:
    planned = [hour for hour in range(NOVEMBER[0], NOVEMBER[1], HOUR) if any(a <= hour < b for each in works for a, b in [each.planned])]
    found = of(maintenance(*works), Allowance(allowed * HOUR, "month"))
    kept = [hour for hour in range(NOVEMBER[0], NOVEMBER[1], HOUR) if hour in found.all]
    assert kept == planned[:allowed]
    refused = sorted({hour for each in found.not_excluded for hour in range(each.start, each.end, HOUR)})
    assert refused == planned[allowed:]
    assert found.allowance_used == len(kept) * HOUR


def test_cancelled_emergency_work_is_told_as_such() -> None:
    found = of(maintenance(work(at(3, 2), at(3, 4)), emergency=True, cancelled=True), promised=target(Exclusion("emergency_maintenance")))
    assert not found.all
    assert [(each.start, each.end, each.reason, each.why, each.source) for each in found.not_excluded] == [
        (at(3, 2), at(3, 4), "emergency_maintenance", "cancelled", "upgrade"),
    ]  # fmt: skip


def test_the_last_moment_to_announce_counts_business_days() -> None:
    """The Monday's work at 02:00 asks two whole business days: Thursday and Friday, so Wednesday's last second is in time."""
    office = Weekly(BERLIN, week({day: ["08:00-18:00"] for day in ("mon", "tue", "wed", "thu", "fri")}))
    for notice, last in (("2bd", at(5, 0)), ("12bd", at(22, 0, month=10))):
        late = maintenance(work(at(9, 2), at(9, 3), announced=last + 1))
        allowed = Allowance(100 * HOUR, "month", notice=notice)
        (refused,) = of(late, allowed, business=office).not_excluded
        assert (refused.why, refused.in_time) == ("announced_late", last)
        assert of(maintenance(work(at(9, 2), at(9, 3), announced=last)), allowed, business=office).all


def test_an_allowance_follows_the_billing_cycle() -> None:
    """Months that begin on the 15th: what was used on the 14th is none of the next month's allowance."""
    cycle = replace(agreement(Allowance(HOUR, "month")), period=Periods("month", BERLIN, (1, 15)))
    works = maintenance(work(at(14, 2), at(14, 3)), work(at(16, 2), at(16, 3)), work(at(17, 2), at(17, 3)))
    found = exclusions(cycle, LISTED, works, at(15, 0), at(15, 0, month=12))
    assert found.by_reason == (("maintenance", spans((at(14, 2), at(14, 3)), (at(16, 2), at(16, 3)))),)
    assert (found.allowance_used, [(each.start, each.why) for each in found.not_excluded]) == (HOUR, [(at(17, 2), "used_up")])



def test_what_was_used_early_in_a_fiscal_year_is_gone_at_its_end() -> None:
    fiscal = replace(agreement(Allowance(HOUR, "year")), period=Periods("month", BERLIN, (4, 1)))
    works = maintenance(work(at(10, 2, month=5), at(10, 3, month=5)), PlannedWork((MARCH + 7200, MARCH + 10_800), None, None))
    found = exclusions(fiscal, LISTED, works, MARCH, MARCH + 30 * 86_400)
    assert [(each.start, each.why) for each in found.not_excluded] == [(MARCH + 7200, "used_up")]


MARCH = int(datetime(2027, 3, 1, tzinfo=ZoneInfo(BERLIN)).timestamp())


def test_work_that_never_ended_overruns_for_months() -> None:
    found = of(maintenance(work(at(1, 2, month=9), at(1, 3, month=9), actual=(at(1, 2, month=9), at(2, 0)))))
    assert [(each.start, each.end, each.why) for each in found.not_excluded] == [(at(1, 0), at(2, 0), "overrun")]


def test_work_before_the_period_is_known_with_the_allowance_of_its_own_month() -> None:
    allowed = Allowance(HOUR, "month")
    before = maintenance(work(at(30, 2, month=10), at(30, 3, month=10)), work(at(3, 2), at(3, 3)))
    assert of(before, allowed, used=0).all == spans((at(30, 2, month=10), at(30, 3, month=10)), (at(3, 2), at(3, 3)))
    over_midnight = maintenance(work(at(31, 23, month=10), at(1, 1)))
    assert of(over_midnight, allowed).all == spans((at(31, 23, month=10), at(1, 1)))


def test_the_last_second_of_an_allowance() -> None:
    works = maintenance(work(at(3, 2), at(3, 3)), work(at(4, 2), at(4, 3)))
    found = of(works, Allowance(HOUR + 1, "month"))
    assert found.all == spans((at(3, 2), at(3, 3)), (at(4, 2), at(4, 2) + 1))
    assert [(each.start, each.end, each.why) for each in found.not_excluded] == [(at(4, 2) + 1, at(4, 3), "used_up")]


def test_a_cause_that_nobody_found_excludes_nothing() -> None:
    assert of({}, promised=target(Exclusion("customer")), found={"supplier": spans((at(3, 2), at(3, 3)))}) == Exclusions()


def test_an_allowance_excludes_planned_work_beside_what_the_target_lists() -> None:
    works = maintenance(work(at(3, 2), at(3, 3)))
    assert of(works, Allowance(HOUR, "month"), target(Exclusion("customer"))).by_reason == (("maintenance", spans((at(3, 2), at(3, 3)))),)
    assert of(works, promised=target(Exclusion("customer"))).allowance_used is None


def test_what_other_work_excludes_is_not_told_as_refused() -> None:
    works = {**maintenance(work(at(3, 2), at(3, 5)), cancelled=True), **maintenance(work(at(3, 3), at(3, 4)), name="storage")}
    assert [(each.start, each.end) for each in of(works).not_excluded] == [(at(3, 2), at(3, 3)), (at(3, 4), at(3, 5))]


def test_work_is_known_for_forty_days_beyond_the_period() -> None:
    day, end = 86_400, NOVEMBER[1]
    assert of(maintenance(work(end + 39 * day, end + 41 * day))).all == spans((end + 39 * day, end + 40 * day))
    start = NOVEMBER[0]
    assert of(maintenance(work(start - 41 * day, start - 39 * day))).all == spans((start - 40 * day, start - 39 * day))


def test_the_year_of_an_allowance_begins_in_january_where_periods_roll() -> None:
    rolling = replace(agreement(Allowance(HOUR, "year")), period=RollingDays(30, BERLIN))
    for used, left in ((at(1, 2, month=1), 0), (at(1, 2, month=1) - 24 * HOUR, HOUR)):
        works = maintenance(work(used, used + HOUR), work(at(3, 2), at(3, 3)))
        assert exclusions(rolling, LISTED, works, *NOVEMBER).all.clip(*NOVEMBER).seconds == left
