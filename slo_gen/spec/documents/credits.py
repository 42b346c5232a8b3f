"""What a breach costs: fees, credits, claims."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from slo_gen.spec.documents.envelope import Choice, Section
from slo_gen.spec.documents.scalars import (
    AtLeastOne,
    Cap,
    Currency,
    Duration,
    Minimum,
    Money,
    Name,
    Number,
    ObjectiveText,
    Part,
    Percent,
    PositiveDuration,
    Share,
    StepText,
    Text,
)

__all__ = ["Claim", "Credits", "Deadline", "EarnBack", "Fee", "Repeat", "Tier"]


class Fee(Section, frozen=True, kw_only=True):
    """What is paid for the service."""

    amount: Annotated[Number, Meta(description="Amount, read exactly as it is written.")]
    currency: Annotated[Currency, Meta(description="Currency code.")]
    per: Annotated[Literal["month", "quarter", "year"], Meta(description="Span that the amount pays for.")] = "month"


class Tier(Choice, frozen=True, kw_only=True):
    """One step of a scale of credits: reached when the figure is within its bounds, of which there are one or two."""

    below: Annotated[
        ObjectiveText | Number | UnsetType,
        Meta(description="Reached when the figure is below this; the bound itself is not in the tier.", examples=["99.9%"]),
    ] = UNSET
    at_most: Annotated[
        ObjectiveText | Number | UnsetType, Meta(description="Reached when the figure is at or below this.", examples=["99%"])
    ] = UNSET
    above: Annotated[
        ObjectiveText | Number | UnsetType,
        Meta(description="Reached when the figure is above this, for counts and times.", examples=["60m"]),
    ] = UNSET
    at_least: Annotated[
        ObjectiveText | Number | UnsetType, Meta(description="Reached when the figure is at or above this.", examples=["60m"])
    ] = UNSET
    credit: Annotated[Part | UnsetType, Meta(description="Share of the fee that is given back.", examples=["10%", "1/30"])] = UNSET
    amount: Annotated[Money | UnsetType, Meta(description="A fixed amount that is given back.")] = UNSET
    days: Annotated[Number | UnsetType, Meta(description="Days by which the term is extended free of charge.")] = UNSET
    fee_for: Annotated[
        PositiveDuration | UnsetType, Meta(description="The fee for so much time is given back.", examples=["1d", "12h"])
    ] = UNSET
    for_each: Annotated[
        StepText | Number | UnsetType,
        Meta(
            description="The credit is given once more for each full step of this size by which the figure is beyond the bound: "
            "one day below 99%, and one more for each full point below that.",
            examples=["1%", "30m"],
        ),
    ] = UNSET
    for_each_started: Annotated[
        StepText | Number | UnsetType,
        Meta(
            description="The credit is given once for each step of this size that the figure has begun beyond the bound, in place of "
            "`for_each`: above 0m, for each started hour.",
            examples=["1h"],
        ),
    ] = UNSET

    exactly_one = (("credit", "amount", "days", "fee_for"),)


class EarnBack(Section, frozen=True, kw_only=True):
    """How a credit can be won back by doing better afterwards."""

    periods: Annotated[AtLeastOne, Meta(description="Periods after the miss that are looked at.")]
    objective: Annotated[
        ObjectiveText | UnsetType, Meta(description="What must be reached in them; by default the target's own objective.")
    ] = UNSET
    share: Annotated[Percent, Meta(description="Part of the credit that is won back.")] = "100%"


class Repeat(Section, frozen=True, kw_only=True):
    """A credit grows when the same target is missed again."""

    misses: Annotated[AtLeastOne, Meta(description="From this miss on ...")]
    within: Annotated[AtLeastOne, Meta(description="... within so many periods ...")]
    times: Annotated[Number, Meta(description="... the credit is multiplied by this.")]


class Credits(Section, frozen=True, kw_only=True):
    """What is given back when a target is missed."""

    of: Annotated[
        Literal["monthly_fee", "period_fee", "annual_fee", "affected_fee", "fee_of_downtime"],
        Meta(description="What the percentages are taken of."),
    ] = "monthly_fee"
    targets: Annotated[tuple[Name, ...], Meta(description="Targets whose misses earn a credit; empty: all of them.")] = ()
    tiers: Annotated[
        tuple[Tier, ...],
        Meta(description="The scale. Of all tiers that are reached the largest credit holds; a figure that is in none earns nothing."),
    ] = ()
    multiplier: Annotated[
        Number | UnsetType,
        Meta(description="Credit as a multiple of the fee for the time of the downtime, in place of tiers.", examples=[10]),
    ] = UNSET
    excess_only: Annotated[
        bool, Meta(description="Whether a `multiplier` counts only the downtime beyond what the objective allows.")
    ] = False
    at_risk: Annotated[
        Share | UnsetType, Meta(description="The pool that weighted targets share out between them, in place of tiers.")
    ] = UNSET
    cap: Annotated[
        Cap,
        Meta(
            description="The most that is given back in one period: a share of what credits are taken of (of the period's fee with a "
            "`multiplier` or `fee_of_downtime`), or the fee of so many days or months; `none` sets no bound."
        ),
    ] = "100%"
    cap_per: Annotated[
        Literal["period", "interruption"],
        Meta(description="Whether the cap bounds a whole period, or each interruption alone (with a `multiplier`)."),
    ] = "period"
    annual_cap: Annotated[
        Part | UnsetType, Meta(description="The most that is given back in one year, of the year's fee: 1/12 is that of a month.")
    ] = UNSET
    annual_cap_per: Annotated[
        Literal["year", "12mo"],
        Meta(
            description="Whether the `annual_cap` bounds each year by itself, or any twelve months in a row: with `12mo` what was credited "
            "for the periods that ended within the twelve months up to the end of this one counts."
        ),
    ] = "year"
    no_less_than: Annotated[
        Money | UnsetType,
        Meta(description="A credit that is due is raised to this, never above a cap, and never where nothing is due.", examples=["50 EUR"]),
    ] = UNSET
    minimum: Annotated[
        Minimum | UnsetType,
        Meta(description="Smaller credits are not paid; after `more than`, those of just this amount are not either."),
    ] = UNSET
    repeat: Annotated[
        tuple[Repeat, ...], Meta(description="Larger credits for repeated misses; of all that apply the largest factor holds.")
    ] = ()
    earn_back: Annotated[EarnBack | UnsetType, Meta(description="How a credit can be won back.")] = UNSET
    double_recovery: Annotated[
        bool, Meta(description="Whether one outage may earn credits from several targets; by default only the largest counts.")
    ] = False
    paid_as: Annotated[Literal["future_invoice", "refund", "extension"], Meta(description="In which form it is given back.")] = (
        "future_invoice"
    )
    on_claim: Annotated[bool, Meta(description="`true`: only when the customer claims it.")] = False
    sole_remedy: Annotated[bool, Meta(description="Whether credits are the only remedy.")] = False


class Deadline(Section, frozen=True, kw_only=True):
    """A span and the event from which it runs."""

    within: Annotated[Duration, Meta(description="How long.")]
    after: Annotated[
        Literal["incident_start", "incident_end", "period_end", "billing_cycle_end", "report"], Meta(description="From what.")
    ] = "period_end"


class Claim(Section, frozen=True, kw_only=True):
    """How a credit is claimed from the other party."""

    notify: Annotated[Deadline | UnsetType, Meta(description="Deadline to tell the supplier about the incident.")] = UNSET
    submit: Annotated[Deadline | UnsetType, Meta(description="Deadline to submit the claim.")] = UNSET
    evidence: Annotated[
        tuple[Literal["own_measurement", "ticket_ids", "logs", "resource_ids", "times", "supplier_report"], ...],
        Meta(description="What must go with the claim."),
    ] = ()
    prevails: Annotated[
        Literal["supplier", "customer", "own_measurement", "joint"], Meta(description="Whose figures hold when they differ.")
    ] = "supplier"
    to: Annotated[Text | UnsetType, Meta(description="Where the claim goes, e.g. a mail address or a form.")] = UNSET
    subject: Annotated[str, Meta(description="Subject that the supplier asks for.")] = ""
