"""The shared rules of a small catalogue, as a reader of a rule file meets them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from catalogues import DAY, PAIRS, agreement, catalogue, indicator, slo

from slo_gen.outputs.yaml_text import render_groups
from slo_gen.rules.calendar_tables import Horizon
from slo_gen.rules.compile import shared_groups
from slo_gen.spec.model import Catalogue, Party
from slo_gen.spec.terms import Bound, ClaimTerms, CreditTerms, Deadline, Tier
from slo_gen.timekeeping.periods import Periods

GOLDEN = Path(__file__).parent / "golden"

CATALOGUES = {
    "one_slo": catalogue([indicator("checkout")], [slo("checkout-availability", "checkout")]),
    "several": catalogue(
        [indicator("checkout", counting="exact"), indicator("search", by=("region",), expected_silence=1800), indicator("mail")],
        [
            slo("checkout-availability", "checkout", "0.9995", labels={"tier": "1"}, dashboard_url="https://grafana.example/d/checkout"),
            slo("checkout-weekly", "checkout", "0.99", window=7 * DAY, alerts=PAIRS[:2]),
            slo("search-availability", "search", title="Search {{ answers }}", annotations={"note": "call 555"}, team=""),
        ],
        [agreement("acme-checkout", "checkout"), agreement("draft-checkout", "checkout", state="draft")],
    ),
}


SOLD = catalogue(
    [indicator("checkout", counting="exact")], (),
    [
        replace(agreement("acme-checkout", "checkout"), period=Periods("month", "Europe/Berlin"), credits=CreditTerms(tiers=(
            Tier(Bound("<", Fraction("0.995"), "%", "99.5%"), credit=Fraction(1, 10)),
            Tier(Bound("<", Fraction("0.99"), "%", "99%"), credit=Fraction(1, 4)),
        ))),
        replace(
            agreement("cloud", "checkout"), kind="UC", party=Party("supplier", "cloud"), period=Periods("month", "Europe/Berlin"),
            claim=ClaimTerms(submit=Deadline("30d", "period_end")),
        ),
    ],
)  # fmt: skip
SPRING = Horizon(1_772_000_000, 1_777_000_000)
"""2026-02-25 to 2026-04-24: few periods are easy to read."""


def test_rules_of_periods_are_as_shown(update_golden: bool) -> None:
    groups = [group for group in shared_groups(SOLD, SPRING) if group.name.startswith(("slm-period", "slm-calendar"))]
    text, path = render_groups(groups), GOLDEN / "periods.yml"
    if update_golden:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", CATALOGUES)
def test_rules_are_as_shown(name: str, update_golden: bool) -> None:
    of: Catalogue = CATALOGUES[name]
    text, path = render_groups(shared_groups(of)), GOLDEN / f"{name}.yml"
    if update_golden:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")
