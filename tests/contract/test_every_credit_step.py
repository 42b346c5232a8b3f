"""Every step of a credit in words and amounts, of every kind of terms; the golden file was read and reckoned after."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path

from slo_gen.contract.credits import Credit, Given, Reading, credit
from slo_gen.contract.fees import Fees
from slo_gen.contract.outcome import Interruption
from slo_gen.spec.terms import Bound, Cap, CreditTerms, Fee, Money, Repeat, Tier
from slo_gen.timekeeping.periods import Periods

GOLDEN = Path(__file__).parent / "golden" / "credit_steps.txt"
MONTHS = Periods("month", "Europe/Berlin")
QUARTERS = Periods("quarter", "Europe/Berlin")
FLOOR = Bound(">=", Fraction(999, 1000), "%", "at least 99.9%")
LIMIT = Bound("<=", Fraction(3600), "s", "at most 1h")
COUNT = Bound("<=", Fraction(2), "", "at most 2")


def share(of: int, text: str, credit: int, **given: object) -> Tier:
    return replace(Tier(Bound("<", Fraction(of, 1000), "%", text), credit=Fraction(credit, 100)), **given)  # type: ignore[arg-type]


SCALE = (share(999, "99.9%", 10), share(990, "99%", 25), share(950, "95%", 50))
HOLE = replace(SCALE[0], until=Bound(">=", Fraction(99, 100), "%", "99%"))
JUNE = Fees(Fee(Fraction(1000), "EUR", "month"), MONTHS, MONTHS.named("2026-06"))
QUARTER = Fees(Fee(Fraction(9000), "EUR", "quarter"), QUARTERS, QUARTERS.named("2026-Q2"))
UNKNOWN = Fees(None, MONTHS, MONTHS.named("2026-06"))
AFFECTED = Fees(None, MONTHS, MONTHS.named("2026-06"), Money(Fraction(200), "USD"))
BOTH = replace(JUNE, affected=Money(Fraction(200), "EUR"))
START = MONTHS.named("2026-06").start


def missed(figure: str, target: str = "up", **given: object) -> Reading:
    return replace(Reading(target, FLOOR, Fraction(figure) / 100, missed=True), **given)  # type: ignore[arg-type]


def outage(hours: int, minutes: int) -> Interruption:
    begun = START + hours * 3600
    return Interruption(begun, begun + minutes * 60, Fraction(minutes * 60))


def down(minutes: int, target: str = "up", *runs: Interruption) -> Reading:
    return Reading(target, FLOOR, Fraction(99, 100), missed=True, downtime=Fraction(minutes * 60), interruptions=runs)


@dataclass(frozen=True)
class Case:
    name: str
    terms: CreditTerms
    readings: Sequence[Reading]
    fees: Fees = JUNE
    before: Given = field(default_factory=lambda: Given({}))


def cases() -> Iterator[Case]:
    tiers = CreditTerms(tiers=SCALE)
    yield Case("a tier of three", tiers, [missed("98.5")])
    yield Case("nothing missed", tiers, [Reading("up", FLOOR, Fraction(1), missed=False)])
    yield Case("nothing can be said", tiers, [Reading("up", FLOOR, None, missed=False)])
    yield Case("between two bounds", CreditTerms(tiers=(HOLE, *SCALE[1:])), [missed("99.5")])
    yield Case("no fee is known", tiers, [missed("98.5")], UNKNOWN)
    yield Case("no fee is known, and the share is capped", replace(tiers, cap=Cap(share=Fraction(1, 5))), [missed("98.5")], UNKNOWN)
    yield Case("no fee is known, and the share is its cap", replace(tiers, cap=Cap(share=Fraction(1, 4))), [missed("98.5")], UNKNOWN)
    yield Case("the fee of the affected part", replace(tiers, of="affected_fee"), [missed("98.5")], AFFECTED)
    yield Case("the fee of the affected part is not known", replace(tiers, of="affected_fee"), [missed("98.5")], JUNE)
    yield Case("the annual fee", replace(tiers, of="annual_fee"), [missed("98.5")])
    yield Case("the fee of a quarter", replace(tiers, of="period_fee"), [missed("98.5")], QUARTER)
    yield Case("the monthly fee of a quarter", tiers, [missed("98.5")], QUARTER)
    yield Case("the fee of the downtime", replace(tiers, of="fee_of_downtime"), [down(432)])
    days = CreditTerms(tiers=(Tier(SCALE[1].when, days=Fraction(3, 2), each=Fraction(1, 100)),), paid_as="extension")
    yield Case("days, once", days, [missed("98.5")])
    yield Case("days, three times", days, [missed("97")])
    amounts = CreditTerms(tiers=(Tier(SCALE[1].when, amount=Money(Fraction(75), "USD"), each=Fraction(1, 200)),))
    yield Case("amounts, twice, in their own currency", amounts, [missed("98.5")], UNKNOWN)
    yield Case("an amount once", amounts, [missed("98.9")], UNKNOWN)
    fixed = Fees(None, MONTHS, MONTHS.named("2026-06"))
    yield Case("an amount and a cap that nobody knows", replace(amounts, cap=Cap(months=2)), [missed("98.9")], replace(fixed, fee=None))
    times = CreditTerms(tiers=(Tier(Bound(">", Fraction(3600), "s", "1h"), credit=Fraction(1, 20), each=Fraction(1800)),))
    yield Case("for each half hour beyond one", times, [Reading("longest", LIMIT, Fraction(7265), missed=True)])
    counts = CreditTerms(tiers=(Tier(Bound(">", Fraction(2), "", "2"), credit=Fraction(1, 40), each=Fraction(1)),))
    yield Case("for each one beyond two", counts, [Reading("p1", COUNT, Fraction(5), missed=True)])
    hours = Tier(Bound(">", Fraction(3600), "s", "1h"), credit=Fraction(1, 20), each=Fraction(3600), started=True)
    for seconds in (3601, 7200, 7201, 18_000):
        late = Reading("up", LIMIT, Fraction(seconds), missed=True)
        yield Case(f"for each hour begun beyond one, {seconds} s", CreditTerms(tiers=(hours,)), [late])
    day = CreditTerms(tiers=(Tier(SCALE[0].when, seconds=86_400, each=Fraction(1, 200)),))
    yield Case("the fee for a day", day, [missed("99.5")])
    yield Case("the fee for a day, twice", day, [missed("99.1")], QUARTER)
    yield Case("the fee for a day, of the affected part", replace(day, of="affected_fee"), [missed("99.5")], BOTH)
    again = replace(day, repeat=(Repeat(misses=2, within=3, times=Fraction(3)),))
    yield Case("the fee for a day, missed again", again, [missed("99.5")], JUNE, Given({"up": [True]}))
    yield Case("the fee for a day, of nothing known", day, [missed("99.5")], UNKNOWN)
    pool = CreditTerms(at_risk=Fraction(15, 100))
    yield Case("a part of the pool", pool, [missed("99", "up", weight=Fraction(2, 5)), missed("99", "mail", weight=Fraction(1, 4))])
    yield Case("a part of the pool without weight", pool, [missed("99")])
    multiple = CreditTerms(multiplier=Fraction(10), cap=None)
    yield Case("ten times the downtime", multiple, [down(432)])
    yield Case("the downtime itself", replace(multiple, multiplier=Fraction(1)), [down(432)])
    beyond = replace(multiple, excess_only=True)
    yield Case("ten times what goes beyond 43.2 minutes", beyond, [down(432)])
    over = Reading("up", LIMIT, Fraction(5400), missed=True, downtime=Fraction(5400))
    yield Case("ten times what goes beyond an hour", beyond, [over])
    yield Case("ten times what goes beyond an hour, of nothing known", beyond, [over], UNKNOWN)
    yield Case("ten times the downtime, of the affected part", replace(multiple, of="affected_fee"), [down(432)], BOTH)
    yield Case("ten times the downtime, of nothing known", multiple, [down(432)], UNKNOWN)
    yield Case("ten times the downtime, of an affected part not known", replace(multiple, of="affected_fee"), [down(432)], JUNE)
    each = replace(multiple, cap=Cap(of="interruption", share=Fraction(1, 40)))
    yield Case("each interruption under its cap", each, [down(240, "up", outage(0, 180), outage(50, 60))])
    yield Case("no interruption reaches its cap", each, [down(40, "up", outage(0, 20), outage(50, 20))])
    timed = replace(multiple, cap=Cap(of="interruption", seconds=86_400))
    yield Case("each interruption under the fee of a day", timed, [down(240, "up", outage(30, 180), outage(50, 60))])
    several = Repeat(misses=2, within=3, times=Fraction(3, 2))
    often = replace(tiers, repeat=(several, Repeat(misses=3, within=6, times=Fraction(2))), cap=None)
    yield Case("missed again", often, [missed("98.5")], JUNE, Given({"up": [False, True]}))
    yield Case("missed a third time", often, [missed("98.5")], JUNE, Given({"up": [True, False, False, True, False]}))
    yield Case("missed long ago", often, [missed("98.5")], JUNE, Given({"up": [True, True, False, False, False, False, False]}))
    yield Case("days, missed again", replace(days, repeat=(several,)), [missed("97")], JUNE, Given({"up": [True]}))
    yield Case("no fee, missed again", replace(often), [missed("98.5")], UNKNOWN, Given({"up": [True]}))
    yield Case("one outage, two targets", tiers, [missed("98.5"), missed("94", "mail")])
    yield Case("two outages, two targets", tiers, [
        missed("98.5", interruptions=(outage(0, 60),)), missed("94", "mail", interruptions=(outage(1, 60),)),
    ])  # fmt: skip
    yield Case("outages that overlap", tiers, [
        missed("98.5", interruptions=(outage(0, 61),)), missed("94", "mail", interruptions=(outage(1, 60),)),
    ])  # fmt: skip
    yield Case("both recovered", replace(tiers, double_recovery=True), [missed("98.5"), missed("94", "mail")])
    yield Case("only targets that count", replace(tiers, targets=("mail",)), [missed("98.5"), missed("94", "mail")])
    yield Case("under the cap of the period", replace(tiers, cap=Cap(share=Fraction(3, 10))), [missed("94")])
    yield Case("under the fee of two months", replace(tiers, of="annual_fee", cap=Cap(months=2)), [missed("94")])
    yield Case("under the fee of some hours", replace(tiers, cap=Cap(seconds=90_061)), [missed("94")])
    yield Case("under a share of the annual fee", replace(tiers, of="annual_fee", cap=Cap(share=Fraction(1, 10))), [missed("94")])
    tenth = Cap(share=Fraction(1, 10))
    yield Case("under a share of the fee of the quarter", replace(tiers, of="period_fee", cap=tenth), [missed("94")], QUARTER)
    yield Case("under a share of the month in a quarter", replace(tiers, cap=tenth), [missed("94")], QUARTER)
    little = Cap(share=Fraction(1, 10**4))
    yield Case("under a share of the fee of the downtime", replace(tiers, of="fee_of_downtime", cap=little), [down(4320)])
    yield Case("a multiple under a share of the period", replace(multiple, cap=Cap(share=Fraction(1, 100))), [down(432)], QUARTER)
    part = replace(tiers, of="affected_fee", cap=Cap(share=Fraction(1, 10)))
    yield Case("under a share of the affected part", part, [missed("94")], BOTH)
    yield Case("under three days of the affected part", replace(part, cap=Cap(seconds=3 * 86_400)), [missed("94")], BOTH)
    yearly = replace(tiers, annual_cap=Fraction(5, 100))
    yield Case("under the cap of the year", yearly, [missed("94")], JUNE, Given({}, Fraction(450)))
    yield Case("the cap of the year is used up", yearly, [missed("94")], JUNE, Given({}, Fraction(700)))
    least = replace(tiers, minimum=Money(Fraction(100), "EUR"))
    yield Case("just the minimum", least, [missed("99.5")])
    yield Case("the minimum is not enough", replace(least, minimum_strict=True), [missed("99.5")])
    yield Case("more than a strict minimum", replace(least, minimum_strict=True), [missed("98.5")])
    yield Case("below the minimum", replace(least, minimum=Money(Fraction(101), "EUR")), [missed("99.5")])
    raised = replace(tiers, no_less_than=Money(Fraction(150), "EUR"))
    yield Case("no less than", raised, [missed("99.5")])
    yield Case("just no less than", replace(raised, no_less_than=Money(Fraction(100), "EUR")), [missed("99.5")])
    yield Case("no less than, of nothing known", raised, [missed("99.5")], UNKNOWN)
    yield Case("no less than, and nothing is due", raised, [Reading("up", FLOOR, Fraction(1), missed=False)])
    yield Case("no less than, and days alone", replace(days, no_less_than=raised.no_less_than), [missed("97")])
    yield Case("no less than, under the cap", replace(raised, cap=Cap(share=Fraction(12, 100))), [missed("99.5")])
    yield Case("no less than, under the caps of interruptions", replace(each, no_less_than=Money(Fraction(60), "EUR")),
               [down(40, "up", outage(0, 20), outage(50, 20))])  # fmt: skip
    yield Case("no less than a currency of its own", replace(part, cap=None, no_less_than=Money(Fraction(30), "USD")),
               [missed("99.5")], replace(AFFECTED, affected=Money(Fraction(200), "USD")))  # fmt: skip
    yield Case("under the cap of twelve months", replace(yearly, annual_cap_per="12mo"), [missed("94")], JUNE, Given({}, Fraction(450)))
    third = Fees(Fee(Fraction(1000, 3), "EUR", "month"), MONTHS, MONTHS.named("2026-06"))
    yield Case("rounded half up", tiers, [missed("98.5")], third)


def told(case: Case) -> str:
    found = credit(case.terms, case.readings, case.fees, case.before)
    lines = [f"{line.words} | {line.amount}" for line in found.lines]
    return "\n".join([f"# {case.name}", _head(found), *(f"  {line}" for line in lines), ""])


def _head(found: Credit) -> str:
    much = f"amount {found.amount} paid {found.paid} {found.currency!r} share {found.share} days {found.days}"
    return f"{found.text!r} {much} {list(found.cut)}"


def test_every_step_is_told(update_golden: bool) -> None:
    text = "\n".join(told(case) for case in cases())
    if update_golden:
        GOLDEN.parent.mkdir(exist_ok=True)
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")
