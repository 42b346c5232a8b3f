"""What the steps of credits that running periods have reached would give: owed to customers, or recoverable from suppliers.

Steps come from the alerts about them. Their amounts are known when the dashboards are compiled, from the fees and the terms; what depends
on the length of the downtime or on what was paid for an affected part is not, and neither are steps in days. It is indicative: what is
owed is known when a period is closed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from sla_dashboards.burning import firing
from slo_gen import names
from slo_gen.rules.credit_alerts import step_text
from slo_gen.rules.info import IN_FORCE
from slo_gen.rules.promql import label_list, label_matcher, number, one_of
from slo_gen.spec.model import Agreement, Catalogue
from slo_gen.spec.terms import CreditTerms, Tier
from slo_gen.timekeeping.periods import Periods

__all__ = ["CURRENCY", "Exposure", "Side"]

CURRENCY: Final = "currency"
Side = Literal["owed", "recoverable"]

_KINDS: Final[Mapping[Side, str]] = {"owed": "SLA", "recoverable": "UC"}
_MONTHS: Final = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
_STEP: Final = label_list((names.AGREEMENT, names.TARGET, names.STAGE, names.CUSTOMER, names.PARTY))


@dataclass(frozen=True, slots=True)
class _Amount:
    """What a step gives in an agreement."""

    stage: str
    currency: str
    amount: Fraction


class Exposure:
    """Queries about one side of the agreements in force."""

    def __init__(self, catalogue: Catalogue, side: Side) -> None:
        self._agreements = tuple(
            each for each in catalogue.agreements.values()
            if each.kind == _KINDS[side] and each.state == IN_FORCE and each.credits is not None and each.credits.tiers
        )  # fmt: skip
        self._amounts: defaultdict[_Amount, list[str]] = defaultdict(list)
        for agreement in self._agreements:
            for amount in _amounts(agreement):
                self._amounts[amount].append(agreement.name)

    def __bool__(self) -> bool:
        """Whether any agreement gives anything by steps."""
        return bool(self._agreements)

    @property
    def currencies(self) -> tuple[str, ...]:
        """Those in which amounts are known."""
        return tuple(sorted({amount.currency for amount in self._amounts}))

    def steps(self) -> str:
        """1 for each step that a running period has reached."""
        return f"max by ({_STEP}) ({self._firing(each.name for each in self._agreements)})"

    def amounts(self) -> str:
        """What each of these steps gives, with its currency; nothing where that is not known."""
        parts = [
            f'label_replace({self._given(amount, agreements)}, "{CURRENCY}", "{amount.currency}", "", "")'
            for amount, agreements in self._largest_first()
        ]
        return " or ".join(parts)

    def total(self, currency: str) -> str:
        """All that is known in one currency; nothing while no period is.

        Of several targets of an agreement that one outage may have hit the largest counts.
        """
        added = {each.name for each in self._agreements if each.credits is not None and each.credits.double_recovery}
        sums: list[str] = []
        for is_added, function in ((False, "max"), (True, "sum")):
            parts = [
                self._given(amount, chosen)
                for amount, agreements in self._largest_first() if amount.currency == currency
                if (chosen := [name for name in agreements if (name in added) == is_added])
            ]  # fmt: skip
            if parts:
                of_target = f"max by ({names.AGREEMENT}, {names.TARGET}) ({' or '.join(parts)})"
                sums.append(f"(sum({function} by ({names.AGREEMENT}) ({of_target})) or 0 * count({names.PERIOD_STARTED}))")
        return " + ".join(sums)

    def _largest_first(self) -> Iterator[tuple[_Amount, list[str]]]:
        yield from sorted(self._amounts.items(), key=lambda item: (-item[0].amount, item[0].stage, item[0].currency))

    def _given(self, amount: _Amount, agreements: Iterable[str]) -> str:
        reached = self._firing(agreements, label_matcher(names.STAGE, amount.stage))
        return f"({number(amount.amount)} + 0 * max by ({_STEP}) ({reached}))"

    def _firing(self, agreements: Iterable[str], *matchers: str) -> str:
        return firing(label_matcher("alertname", names.CREDIT_STEP), one_of(names.AGREEMENT, agreements), *matchers)


def _amounts(agreement: Agreement) -> Iterator[_Amount]:
    terms = agreement.credits
    assert terms is not None
    for tier in terms.tiers:
        if tier.amount is not None and tier.each is None:
            yield _Amount(step_text(tier), tier.amount.currency, max(tier.amount.amount, _least(terms)))
        elif agreement.fee is not None and (amount := _of_fee(agreement, terms, tier)) is not None:
            yield _Amount(step_text(tier), agreement.fee.currency, amount)


def _of_fee(agreement: Agreement, terms: CreditTerms, tier: Tier) -> Fraction | None:
    """A share of what is paid, under the cap of the period; None where that depends on more than the terms."""
    if tier.credit is None or tier.each is not None or agreement.fee is None or not isinstance(agreement.period, Periods):
        return None
    monthly = Fraction(agreement.fee.amount) / _MONTHS[agreement.fee.per]
    months = {"monthly_fee": 1, "annual_fee": 12, "period_fee": _MONTHS.get(agreement.period.length)}.get(terms.of)
    if months is None:
        return None
    cap = terms.cap
    if cap is not None and (cap.share is None or cap.of != "period"):
        return None
    fee = months * monthly
    due = max(fee * tier.credit, _least(terms)) if tier.credit else Fraction(0)
    return due if cap is None or cap.share is None else min(due, fee * cap.share)


def _least(terms: CreditTerms) -> Fraction:
    """What a credit that is due is raised to."""
    return terms.no_less_than.amount if terms.no_less_than is not None else Fraction(0)
