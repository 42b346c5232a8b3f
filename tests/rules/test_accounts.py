"""What counts of a period is the same live as when the period is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from catalogues import ORIGIN, agreement, catalogue, indicator

from slo_gen.rules.accounts import Account, accounts
from slo_gen.rules.calendar_tables import Horizon
from slo_gen.spec.model import Adjustment, Agreement, Catalogue

DAY = 86_400
HORIZON = Horizon(0, 365 * DAY)
"""1970, in UTC."""


def account(of: Catalogue) -> Account:
    (found,), absent = accounts(of, HORIZON)
    assert not absent
    return found


def of_agreement(one: Agreement, **changes: object) -> Catalogue:
    return replace(catalogue([indicator("shop")], (), [one]), **changes)  # type: ignore[arg-type]


def test_time_that_the_parties_agreed_not_to_count_does_not_count_live() -> None:
    relief = Adjustment("relief", "acme", (), "", (2 * DAY, 2 * DAY + 3600), "", ORIGIN)
    other = replace(relief, name="other", agreement="somebody-else")
    found = account(of_agreement(agreement("acme", "shop"), adjustments=(relief, other)))
    assert found.counting.between(0, 31 * DAY) == 31 * DAY - 3600
    assert found.agreed.between(0, 31 * DAY) == 31 * DAY


def test_only_the_term_of_an_agreement_counts_live() -> None:
    within = replace(agreement("acme", "shop"), starts=date(1970, 1, 11), ends=date(1970, 2, 20))
    found = account(of_agreement(within))
    assert found.counting.between(0, 31 * DAY) == 21 * DAY
    assert found.counting.between(31 * DAY, 59 * DAY) == 20 * DAY
