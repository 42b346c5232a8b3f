"""What a step of credits gives on a page is what it comes to when the period is closed."""

from __future__ import annotations

import re
from dataclasses import replace
from fractions import Fraction
from itertools import product

import pytest
from promised import promised
from sla_dashboards.exposure import Exposure

from slo_gen.contract.credits import Reading, credit
from slo_gen.contract.fees import Fees
from slo_gen.spec.model import Agreement, Catalogue
from slo_gen.spec.terms import Bound, Cap, CreditTerms, Fee, Money, Tier
from slo_gen.timekeeping.periods import Periods

TIERS = (
    Tier(Bound("<", Fraction("0.999"), "%", "99.9%"), credit=Fraction(1, 10)),
    Tier(Bound("<", Fraction("0.99"), "%", "99%"), credit=Fraction(1, 4)),
    Tier(Bound("<", Fraction("0.9"), "%", "90%"), credit=Fraction(1)),
)
WAYS = list(product(
    ("monthly_fee", "annual_fee", "period_fee"), ("month", "quarter", "year"), ("month", "quarter", "year"),
    (None, Cap(share=Fraction(1)), Cap(share=Fraction(1, 20))),
))  # fmt: skip


def sold(**changes: object) -> Agreement:
    return replace(promised().agreements["acme-checkout"], **changes)  # type: ignore[arg-type]


def of(*agreements: Agreement) -> Catalogue:
    return replace(promised(), agreements={each.name: each for each in agreements})


def given(query: str) -> dict[str, Fraction]:
    """Amounts of a query by the step that gives them."""
    return {stage: Fraction(amount) for amount, stage in re.findall(r'\(([\d.]+) \+ 0 \* max by .*?stage="([^"]*)"', query)}


@pytest.mark.parametrize(("base", "per", "length", "cap"), WAYS)
def test_a_share_of_the_fee_is_what_the_contract_makes_of_it(base: str, per: str, length: str, cap: Cap | None) -> None:
    terms = CreditTerms(of=base, tiers=TIERS, cap=cap)  # type: ignore[arg-type]
    periods = Periods(length, "Europe/Berlin")  # type: ignore[arg-type]
    agreement = sold(credits=terms, fee=Fee(Fraction(1200), "EUR", per), period=periods)  # type: ignore[arg-type]
    found = given(Exposure(of(agreement), "owed").total("EUR"))
    fees = Fees(agreement.fee, periods, periods.of(1_790_000_000))
    for figure, stage in ((Fraction("0.995"), "10%"), (Fraction("0.95"), "25%"), (Fraction("0.5"), "100%")):
        read = Reading("availability", agreement.targets[0].bound, figure, missed=True)
        assert found[stage] == credit(terms, [read], fees).amount


def test_a_step_gives_no_less_than_is_agreed_and_no_more_than_its_cap() -> None:
    """Of 1000 EUR: 10% are 100, raised to 200; 25% are 250; 100% are 1000. Under a cap of 15% all of them are 150."""
    terms = CreditTerms(tiers=TIERS, no_less_than=Money(Fraction(200), "EUR"), cap=None)
    assert given(Exposure(of(sold(credits=terms)), "owed").total("EUR")) == {"10%": 200, "25%": 250, "100%": 1000}
    capped = replace(terms, cap=Cap(share=Fraction(15, 100)))
    assert given(Exposure(of(sold(credits=capped)), "owed").total("EUR")) == {"10%": 150, "25%": 150, "100%": 150}


@pytest.mark.parametrize("changes", [
    {"credits": CreditTerms(of="affected_fee", tiers=TIERS)}, {"credits": CreditTerms(of="fee_of_downtime", tiers=TIERS)},
    {"fee": None}, {"credits": CreditTerms(tiers=TIERS, cap=Cap(months=1))},
    {"credits": CreditTerms(tiers=tuple(replace(tier, each=Fraction(1, 100)) for tier in TIERS))},
    {"credits": CreditTerms(tiers=(Tier(TIERS[0].when, days=Fraction(3)),))},
])  # fmt: skip
def test_what_depends_on_more_than_the_terms_has_no_amount(changes: dict[str, object]) -> None:
    exposure = Exposure(of(sold(**changes)), "owed")
    assert exposure
    assert exposure.currencies == ()


def test_amounts_are_told_in_their_own_currency() -> None:
    tier = Tier(TIERS[0].when, amount=Money(Fraction(500), "CHF"))
    exposure = Exposure(of(sold(credits=CreditTerms(tiers=(tier, *TIERS[1:])))), "owed")
    assert exposure.currencies == ("CHF", "EUR")
    assert given(exposure.total("CHF")) == {"500 CHF": 500}
    assert set(given(exposure.total("EUR"))) == {"25%", "100%"}


def test_agreements_without_steps_and_those_of_the_other_side_owe_nothing() -> None:
    assert not Exposure(of(sold(credits=None)), "owed")
    assert not Exposure(of(sold()), "recoverable")
    assert not Exposure(of(sold(state="draft")), "owed")
