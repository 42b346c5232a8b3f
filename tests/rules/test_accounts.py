"""What counts of a period is the same live as when the period is closed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from catalogues import ORIGIN, agreement, catalogue, indicator

from slo_gen.rules.accounts import Account, accounts
from slo_gen.rules.calendar_tables import Horizon
from slo_gen.spec.model import Adjustment, Agreement, Catalogue, Maintenance, PlannedWork
from slo_gen.spec.terms import Exclusion

DAY = 86_400
HORIZON = Horizon(0, 365 * DAY)
"""1970, in UTC."""


def account(of: Catalogue) -> Account:
    (found,), absent = accounts(of, HORIZON)
    assert not absent
    return found


def of_agreement(one: Agreement, **changes: object) -> Catalogue:
    return replace(catalogue([indicator("shop")], (), [one]), **changes)  # type: ignore[arg-type]


def test_a_strict_objective_is_judged_when_the_period_is_closed() -> None:
    one = agreement("acme", "shop")
    strict = replace(one, targets=tuple(replace(target, strict=True) for target in one.targets))
    found, absent = accounts(of_agreement(strict), HORIZON)
    assert found == ()
    assert [(key, each.reason) for key, each in absent.items()] == [(
        ("acme", "availability"),
        "exactly 99.5% is missed, which sums of rules cannot tell from just met; it is evaluated when the period is closed",
    )]  # fmt: skip


def test_time_that_the_parties_agreed_not_to_count_does_not_count_live() -> None:
    relief = Adjustment("relief", "acme", (), "", (2 * DAY, 2 * DAY + 3600), "", ORIGIN)
    other = replace(relief, name="other", agreement="somebody-else")
    found = account(of_agreement(agreement("acme", "shop"), adjustments=(relief, other)))
    assert found.counting.between(0, 31 * DAY) == 31 * DAY - 3600
    assert found.agreed.between(0, 31 * DAY) == 31 * DAY


def test_a_name_stays_when_work_is_planned_a_customer_joins_or_a_year_begins() -> None:
    """A name that changed would begin the sums of a running month anew."""
    work = Maintenance("work", "", ("shop",), (), False, False, (PlannedWork((2 * DAY, 2 * DAY + 3600), 0, None),), "", "", ORIGIN)
    excluding = replace(agreement("acme", "shop").targets[0], exclude=(Exclusion("maintenance"),))
    acme, zulu = (replace(agreement(name, "shop"), targets=(excluding,)) for name in ("acme", "zulu"))
    plain = account(of_agreement(acme))
    planned = account(of_agreement(acme, maintenance={"work": work}))
    assert planned.counting.between(0, 31 * DAY) == 31 * DAY - 3600
    joined = account(replace(of_agreement(acme), agreements={"aaa": replace(acme, name="aaa"), "acme": acme, "zulu": zulu}))
    later = accounts(of_agreement(acme), Horizon(365 * DAY, 730 * DAY))[0][0]
    assert {plain.key, planned.key, joined.key, later.key} == {plain.key}


def test_work_for_some_customers_leaves_the_others_their_name() -> None:
    window = PlannedWork((2 * DAY, 2 * DAY + 3600), 0, None)
    for_acme = Maintenance("work", "", ("shop",), ("acme",), False, False, (window,), "", "", ORIGIN)
    excluding = replace(agreement("acme", "shop").targets[0], exclude=(Exclusion("maintenance"),))
    some = {name: replace(agreement(name, "shop", customer=name), targets=(excluding,)) for name in ("acme", "beta", "zulu")}
    of = replace(of_agreement(some["beta"]), agreements=some)
    before = account(of)
    found, _ = accounts(replace(of, maintenance={"work": for_acme}), HORIZON)
    assert {each.key: len(each.targets) for each in found}[before.key] == 2
    assert len({each.key for each in found}) == 2


def test_a_name_never_passes_on_to_other_time() -> None:
    """Work for all but one customer: the one keeps the name, and the sums, of what counts for everybody."""
    window = PlannedWork((2 * DAY, 2 * DAY + 3600), 0, None)
    for_most = Maintenance("work", "", ("shop",), ("acme", "beta"), False, False, (window,), "", "", ORIGIN)
    excluding = replace(agreement("acme", "shop").targets[0], exclude=(Exclusion("maintenance"),))
    some = {name: replace(agreement(name, "shop", customer=name), targets=(excluding,)) for name in ("acme", "beta", "zulu")}
    of = replace(of_agreement(some["zulu"]), agreements=some)
    before = account(of)
    found, _ = accounts(replace(of, maintenance={"work": for_most}), HORIZON)
    assert [promise.agreement.name for each in found if each.key == before.key for promise in each.targets] == ["zulu"]


def test_a_name_holds_the_day_on_which_an_agreement_begins_within_a_period() -> None:
    """The first of a month cuts no period. The eighth does, in every later year too; the last day is in no name but of its own."""
    first, eighth, until = (
        replace(agreement(name, "shop"), starts=starts, ends=ends)
        for name, starts, ends in (
            ("first", date(1970, 3, 1), date(1971, 2, 28)), ("eighth", date(1970, 3, 8), None),
            ("until", date(1970, 3, 1), date(1970, 9, 12)),
        )
    )  # fmt: skip
    plain = account(of_agreement(agreement("plain", "shop")))
    assert account(of_agreement(first)).key == plain.key
    named = account(of_agreement(eighth))
    assert (named.key != plain.key, named.apart_from) == (True, "")
    assert named.counting.between(59 * DAY, 90 * DAY) == 24 * DAY
    later, _ = accounts(of_agreement(eighth), Horizon(365 * DAY, 730 * DAY))
    assert [(each.key, each.counting.is_whole) for each in later] == [(named.key, True)]
    ending = account(of_agreement(until))
    assert (ending.key.startswith(f"{plain.key}_"), ending.apart_from) == (True, plain.key)
    assert (ending.term.between(243 * DAY, 273 * DAY), ending.term.between(273 * DAY, 304 * DAY)) == (12 * DAY, 0)
