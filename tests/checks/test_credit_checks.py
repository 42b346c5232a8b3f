"""The checks on scales of credits: holes, overlaps, contradictions, and what holds at the very figure of a bound."""

from __future__ import annotations

import pytest
from agreement_texts import AVAILABILITY, resolved, said, sla, template, uc, written

from slo_gen.checks import check_catalogue

DOWN = "measure: {method: downtime_minutes}"
FEE = "fee: {amount: 1000, currency: EUR, per: month}"


def credits(*tiers: str, more: str = ", targets: [availability]") -> str:
    return f"credits: {{tiers: [{', '.join(f'{{{tier}}}' for tier in tiers)}]{more}}}"


def scale(*tiers: str, objective: str = "at least 99.9%") -> str:
    return sla(FEE, credits(*tiers), targets=f"{{name: availability, indicator: requests, objective: {objective}}}")


def told(document: str, check: str = "credit-scale") -> list[str]:
    return [message for _, message, _ in said(check, document)]


@pytest.mark.parametrize("tiers", [
    ("below: 99.9%, credit: 10%", "below: 99%, credit: 25%"),
    ("below: 99%, credit: 25%", "below: 99.9%, credit: 10%"),                                     # in any order
    ("below: 99.9%, at_least: 99%, credit: 10%", "below: 99%, credit: 25%"),
    ("below: 99.9%, amount: 50 EUR", "below: 99%, amount: 70 EUR"),
    ("below: 99.9%, days: 1, for_each: 1%",),
])
def test_scales_without_a_fault(tiers: tuple[str, ...]) -> None:
    assert told(scale(*tiers)) == []
    assert told(scale(*tiers), "ambiguous-boundary") == []


def test_a_ceiling_is_missed_by_doing_more() -> None:
    assert told(scale("above: 5%, credit: 10%", "above: 10%, credit: 20%", objective="at most 5%")) == []
    assert told(scale("above: 6%, credit: 10%", objective="at most 5%")) == [
        "a figure between 5% and 6% misses availability and is in no tier",
    ]
    assert told(scale("above: 4%, credit: 10%", objective="at most 5%")) == [
        "a figure between 4% and 5% meets availability, and earns 10% all the same",
    ]


def test_a_hole_below_the_objective() -> None:
    assert said("credit-scale", scale("below: 99.5%, credit: 10%")) == [(
        "warning", "a figure between 99.5% and 99.9% misses availability and is in no tier",
        "begin the first tier at the objective: `below: 99.9%`",
    )]


def test_the_first_full_step_begins_beyond_the_objective() -> None:
    """10 % for each full 0.1 points below 99.9 %: 99.85 % earns nothing, and a tier from 99.9 % on would give 10 % too much."""
    assert told(scale("at_most: 99.8%, credit: 10%, for_each: 0.1%")) == []
    assert told(scale("at_least: 10m, credit: 5%, for_each: 10m", objective=f"at most 0m, {DOWN}")) == []
    hole = ["a figure between 99.7% and 99.9% misses availability and is in no tier"]
    assert told(scale("at_most: 99.7%, credit: 10%, for_each: 0.1%")) == hole
    assert told(scale("at_most: 99.7%, credit: 10%, for_each_started: 0.2%")) == hole
    assert told(scale("below: 99.7%, credit: 10%, for_each: 0.2%")) == hole


def test_the_first_of_tiers_of_times_cannot_hold_no_time_at_all() -> None:
    document = scale("above: 0m, fee_for: 12h", "at_least: 10m, fee_for: 24h", objective=f"at most 0m, {DOWN}")
    assert told(document, "ambiguous-boundary") == []
    later = scale("above: 5m, fee_for: 12h", "at_least: 10m, fee_for: 24h", objective=f"at most 5m, {DOWN}")
    assert told(later, "ambiguous-boundary") == ["this scale mixes its bounds: exactly 10m is in its tier, exactly 5m is not"]


@pytest.mark.parametrize(("objective", "tier", "hint"), [
    ("more than 99.9%", "below: 99.9%, credit: 10%", "begin the first tier at the objective: `at_most: 99.9%`"),
    ("less than 5%", "above: 5%, credit: 10%", "begin the first tier at the objective: `at_least: 5%`"),
])  # fmt: skip
def test_a_strict_objective_is_missed_at_its_very_figure(objective: str, tier: str, hint: str) -> None:
    figure = objective.split()[-1]
    assert said("credit-scale", scale(tier, objective=objective)) == [
        ("warning", f"exactly {figure} misses availability and is in no tier", hint)
    ]
    at = tier.replace("below", "at_most").replace("above", "at_least")
    assert told(scale(at, objective=objective)) == told(scale(at, objective=objective), "ambiguous-boundary") == []


def test_a_hole_between_two_tiers_and_below_the_last() -> None:
    document = scale("below: 99.9%, at_least: 99.5%, credit: 10%", "below: 99%, at_least: 95%, credit: 25%")
    hint = "one bound for each tier (`below`) is enough: of all that are reached the largest credit holds"
    assert said("credit-scale", document) == [
        ("warning", "a figure below 95% misses availability and is in no tier", hint),
        ("warning", "a figure between 99% and 99.5% misses availability and is in no tier", hint),
    ]


def test_the_hole_at_a_single_figure() -> None:
    """GitHub's agreement of 2020: at most 99.9 % and more than 99.0 % gives 10 %, less than 99.0 % gives 25 %."""
    document = scale("at_most: 99.9%, above: 99.0%, credit: 10%", "below: 99.0%, credit: 25%")
    assert told(document) == ["exactly 99.0% misses availability and is in no tier"]
    assert said("ambiguous-boundary", document) == [(
        "warning", "exactly 99.9% meets availability, and still earns 10% by this tier",
        "write `below: 99.9%`, unless the contract says so in these words",
    )]


def test_the_hole_of_figures_with_two_decimals() -> None:
    """BMC's documentation: 95.00 to 98.99 gives one credit, less than 95.00 another, and 99 is promised."""
    document = scale("at_most: 98.99%, at_least: 95.00%, credit: 10%", "below: 95%, credit: 20%", objective="at least 99%")
    assert told(document) == ["a figure between 98.99% and 99% misses availability and is in no tier"]


def test_credited_although_met() -> None:
    assert said("credit-scale", scale("below: 99.95%, credit: 10%")) == [(
        "warning", "a figure between 99.9% and 99.95% meets availability, and earns 10% all the same",
        "write `below: 99.9%`, or another objective of the target",
    )]


def test_credits_that_fall() -> None:
    document = scale("below: 99.9%, at_least: 99%, credit: 25%", "below: 99%, credit: 10%")
    assert said("credit-scale", document) == [(
        "warning", "this tier gives 10%, less than the 25% of better figures", "let credits grow as the figure gets worse",
    )]
    assert written("credit-scale", document) == ["99%"]


def test_a_tier_that_another_one_covers() -> None:
    assert told(scale("below: 99.9%, credit: 25%", "below: 99%, credit: 10%")) == [
        "this tier has no effect: its 10% are no more than the 25% of the tier at 99.9%, which the same figures reach",
    ]
    assert told(scale("below: 99.9%, credit: 10%", "below: 99.9%, credit: 25%")) == [
        "this tier has no effect: its 10% are no more than the 25% of the tier at 99.9%, which the same figures reach",
    ]
    assert told(scale("below: 99.9%, days: 1, for_each: 1%", "below: 99%, days: 1")) == []       # grows within a tier


@pytest.mark.parametrize(("tiers", "shared"), [
    (("below: 99.9%, at_least: 99%, credit: 10%", "below: 99.5%, credit: 25%"), "a figure between 99% and 99.5%"),
    (("below: 99.9%, at_least: 98.5%, credit: 10%", "below: 99%, at_least: 95%, credit: 25%", "below: 95%, credit: 50%"),
     "a figure between 98.5% and 99%"),
    (("below: 99.9%, at_least: 99%, credit: 10%", "at_most: 99%, credit: 25%"), "exactly 99%"),
])
def test_ranges_that_overlap(tiers: tuple[str, ...], shared: str) -> None:
    for order in (tiers, tuple(reversed(tiers))):
        assert said("credit-scale", scale(*order)) == [(
            "warning", f"{shared} is in two tiers, of 10% and of 25%; the larger credit holds",
            "let each tier end where the next one begins, or write `below` alone in each of them",
        )]
        assert told(scale(*order), "ambiguous-boundary") == []       # one boundary, one finding
    assert written("credit-scale", scale(*tiers)) == [tiers[1].partition(", ")[0].partition(": ")[2]]


def test_ranges_of_a_ceiling_that_overlap() -> None:
    document = scale("above: 1%, at_most: 5%, credit: 10%", "at_least: 5%, credit: 20%", objective="at most 1%")
    assert said("credit-scale", document) == [(
        "warning", "exactly 5% is in two tiers, of 10% and of 20%; the larger credit holds",
        "let each tier end where the next one begins, or write `above` alone in each of them",
    )]
    assert written("credit-scale", document) == ["5%"]
    met = scale("above: 0.5%, at_most: 5%, credit: 10%", "above: 5%, credit: 20%", objective="at most 1%")
    assert written("credit-scale", met) == ["0.5%"]                  # where the tier begins, not where it ends


@pytest.mark.parametrize("tiers", [
    ("below: 99.9%, credit: 10%", "below: 99%, at_least: 95%, credit: 25%", "below: 95%, credit: 50%"),
    ("below: 99.9%, above: 99%, credit: 10%", "at_most: 99%, credit: 25%"),
])
def test_tiers_that_say_only_where_they_begin_overlap_nothing(tiers: tuple[str, ...]) -> None:
    assert told(scale(*tiers)) == []


def test_a_tier_that_no_figure_reaches() -> None:
    document = scale("below: 99.9%, credit: 10%", "below: 0%, credit: 100%")
    assert said("credit-scale", document) == [("warning", "no figure can be in this tier", "change its bounds, or take it out")]
    assert written("credit-scale", document) == ["0%"]


def test_a_scale_that_fits_only_some_of_its_targets() -> None:
    targets = f"{AVAILABILITY}\n{{name: fast, indicator: requests, objective: at least 98%}}"
    unnamed = sla(FEE, credits("below: 99.9%, credit: 10%", more=""), targets=targets)
    assert said("credit-scale", unnamed) == [(
        "warning", "the credits name no targets, so this scale also holds for fast, whose objective it does not fit",
        "write `targets: [availability]` beside the tiers",
    )]
    assert said("credit-scale", sla(FEE, credits("below: 99.9%, credit: 10%"), targets=targets)) == []
    named = sla(FEE, credits("below: 99.9%, credit: 10%", more=", targets: [availability, fast]"), targets=targets)
    assert told(named) == ["a figure between 98% and 99.9% meets fast, and earns 10% all the same"]


def test_a_scale_in_seconds_for_the_longest_outage() -> None:
    targets = "{name: longest, longest: {of: outage, indicator: requests}, objective: at most 60m}"
    for tier, problems in (
        ("above: 60m, credit: 10%", []),
        ("above: 90m, credit: 10%", ["a figure between 60m and 90m misses longest and is in no tier"]),
        ("above: 30m, credit: 10%", ["a figure between 30m and 60m meets longest, and earns 10% all the same"]),
    ):
        assert told(sla(FEE, credits(tier, more=", targets: [longest]"), targets=targets)) == problems


def test_a_fault_in_a_template_is_told_once_and_there() -> None:
    gold = template(credits("below: 99.5%, credit: 10%"))
    deals = [sla("extends: gold@3", FEE, name=name, targets="") for name in ("one", "two", "three")]
    catalogue, read = resolved(gold, *deals)
    assert [each.message for each in check_catalogue(catalogue, read) if each.check == "credit-scale"] == [
        "a figure between 99.5% and 99.9% misses availability and is in no tier",
    ]
    assert written("credit-scale", gold, *deals) == ["["]


def test_an_agreement_that_changes_the_target_of_its_template_is_told_about_both() -> None:
    gold = template(credits("below: 99.9%, credit: 10%"))
    higher = sla("extends: gold@3", FEE, targets="{name: availability, indicator: requests, objective: at least 99.95%}")
    assert said("credit-scale", gold, higher) == [(
        "warning", "a figure between 99.9% and 99.95% misses availability and is in no tier",
        "begin the first tier at the objective: `below: 99.95%`",
    )]


# --- at the very figure of a bound ----------------------------------------------------------------------------------


def test_a_bare_objective_that_a_tier_touches() -> None:
    document = scale("at_most: 99.9%, credit: 10%", objective="99.9%")
    assert said("ambiguous-boundary", document) == [(
        "warning", "exactly 99.9% meets availability (a bare `99.9%` means at least), and still earns 10% by this tier",
        "write `below: 99.9%`, unless the contract says so in these words",
    )]
    assert told(document) == []                      # one boundary, one finding
    assert written("ambiguous-boundary", document) == ["99.9%"]


def test_a_scale_that_mixes_its_bounds() -> None:
    document = scale("below: 99.9%, credit: 10%", "at_most: 99%, credit: 25%")
    assert said("ambiguous-boundary", document) == [(
        "warning", "this scale mixes its bounds: exactly 99% is in its tier, exactly 99.9% is not",
        "write `below` in all tiers, unless the contract says so in these words",
    )]
    assert written("ambiguous-boundary", document) == ["["]


def test_agreements_without_tiers_are_silent() -> None:
    for document in (sla(), uc(FEE, "credits: {at_risk: 10%}", targets=AVAILABILITY.replace("}", ", weight: 100%}"))):
        assert told(document) == told(document, "ambiguous-boundary") == []
