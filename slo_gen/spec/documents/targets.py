"""What an agreement promises: its targets, how each is measured, and what does not count."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from slo_gen.spec.documents.envelope import Choice, Section
from slo_gen.spec.documents.scalars import (
    AtLeastOne,
    CalendarName,
    Count,
    DocumentReference,
    DownWhenText,
    Duration,
    IndicatorName,
    LabelName,
    LabelValue,
    Name,
    Number,
    ObjectiveText,
    Percent,
    PositiveDuration,
    PriorityName,
    Selector,
    Share,
    Text,
)

__all__ = [
    "CountOf",
    "ExclusionWhen",
    "Fact",
    "LongestOf",
    "MeasureMethod",
    "Misses",
    "PercentileOf",
    "Satisfaction",
    "Target",
    "TicketShare",
    "Workload",
]


class ExclusionWhen(Section, frozen=True, kw_only=True):
    """Time that does not count while a condition holds."""

    when: Annotated[
        Selector,
        Meta(
            description="PromQL; time does not count while it gives a result. Values of the customer are inserted quoted: "
            "`${customer.selector.tenant}`.",
            examples=["region_failover_active == 1"],
        ),
    ]
    reason: Annotated[Text, Meta(description="Why the time does not count; shown in reports.")]
    at_most: Annotated[Duration | UnsetType, Meta(description="The most that is excluded for this reason in one period.")] = UNSET


Exclusion = Literal["maintenance", "emergency_maintenance", "customer", "supplier", "force_majeure"] | ExclusionWhen
"""Time that does not count: by its known cause, or by a condition."""


class MeasureMethod(Section, frozen=True, kw_only=True):
    """How the contract turns facts into a figure."""

    method: Annotated[
        Literal[
            "event_ratio",
            "downtime_minutes",
            "downtime_periods",
            "interval_mean",
            "unavailable_intervals",
            "per_interruption",
            "weighted_downtime",
        ],
        Meta(
            description="`event_ratio`: good events of all events. `downtime_minutes`: intervals that are down. `downtime_periods`: "
            "only runs of down intervals that last. `interval_mean`: mean of the intervals' error rates. `unavailable_intervals`: share of "
            "intervals with too many errors. `per_interruption`: each interruption alone. `weighted_downtime`: downtime weighted by the "
            "share of users it hit."
        ),
    ] = "event_ratio"
    interval: Annotated[PositiveDuration, Meta(description="Length of one interval.")] = "1m"
    at_least: Annotated[Duration | UnsetType, Meta(description="Shortest run of down intervals that counts.")] = UNSET
    longer_than: Annotated[Duration | UnsetType, Meta(description="Runs count only when they last longer than this.")] = UNSET
    partial: Annotated[Literal["count", "drop"], Meta(description="Whether the rest of a run beyond whole intervals counts.")] = "count"
    down_when: Annotated[
        DownWhenText | UnsetType,
        Meta(
            description="When an interval is down: `more than` leaves the percentage itself up, `at least` does not. By default any error."
        ),
    ] = UNSET
    minimum_events: Annotated[Count, Meta(description="Intervals with fewer events are never down.")] = 0
    empty: Annotated[Literal["good", "bad", "excluded", "unknown"], Meta(description="What an interval without events is.")] = "unknown"
    unknown: Annotated[
        Literal["bounds", "good", "bad", "excluded"],
        Meta(description="What time without data is; `bounds` gives the lowest and the highest figure that are possible."),
    ] = "bounds"
    over: Annotated[
        Literal["calendar", "scheduled", "deployed", "events"] | UnsetType,
        Meta(
            description="What the figure is a share of: all time (`calendar`), the agreed hours without what is excluded (`scheduled`), "
            "the time it was deployed, or events. By default events with `event_ratio`, else the agreed hours where some are named, else "
            "all time."
        ),
    ] = UNSET
    hours: Annotated[
        CalendarName | UnsetType, Meta(description="Calendar of the agreed hours; the same as `hours` of the target.")
    ] = UNSET
    weight: Annotated[Selector | UnsetType, Meta(description="PromQL of the share of users that is hit, for `weighted_downtime`.")] = UNSET
    reduce: Annotated[
        Literal["sum", "mean", "max", "count"] | UnsetType,
        Meta(
            description="What becomes of the intervals: a share or a time of all of them (`sum`, `mean`), the longest run of down "
            "intervals (`max`), or the number of runs (`count`); by default what suits the method."
        ),
    ] = UNSET


class TicketShare(Section, frozen=True, kw_only=True):
    """A share of tickets that is handled in time."""

    clock: Annotated[Name, Meta(description="The clock: `response`, `resolution` or one of your own.")]
    within: Annotated[Duration, Meta(description="Time allowed, counted in the hours below.")]
    priority: Annotated[PriorityName | UnsetType, Meta(description="Priority; by default all.")] = UNSET
    hours: Annotated[CalendarName, Meta(description="Calendar in whose hours the clock runs.")] = "24x7"


class CountOf(Section, frozen=True, kw_only=True):
    """How often something happens."""

    of: Annotated[Literal["tickets", "outages", "breaches", "complaints", "changes"], Meta(description="What is counted.")]
    priority: Annotated[PriorityName | UnsetType, Meta(description="Only tickets of this priority.")] = UNSET
    per: Annotated[
        Literal["month", "quarter", "year"] | UnsetType, Meta(description="Span of the count; by default the agreement's period.")
    ] = UNSET
    indicator: Annotated[IndicatorName | UnsetType, Meta(description="The indicator whose outages are counted.")] = UNSET


class LongestOf(Section, frozen=True, kw_only=True):
    """The longest single one."""

    of: Annotated[Literal["outage", "response", "resolution"], Meta(description="What is timed.")]
    indicator: Annotated[IndicatorName | UnsetType, Meta(description="The indicator whose outages are timed.")] = UNSET
    priority: Annotated[PriorityName | UnsetType, Meta(description="Only tickets of this priority.")] = UNSET
    hours: Annotated[CalendarName, Meta(description="Calendar in whose hours it is timed.")] = "24x7"


class PercentileOf(Section, frozen=True, kw_only=True):
    """A time that a given share does not exceed."""

    of: Annotated[Name, Meta(description="A ticket clock, `response` or `resolution`, or `latency` with an indicator.")]
    percent: Annotated[Percent, Meta(description="The share.", examples=["95%"])]
    indicator: Annotated[IndicatorName | UnsetType, Meta(description="The latency indicator.")] = UNSET
    priority: Annotated[PriorityName | UnsetType, Meta(description="Only tickets of this priority.")] = UNSET
    hours: Annotated[CalendarName, Meta(description="Calendar in whose hours tickets are timed.")] = "24x7"


class Satisfaction(Section, frozen=True, kw_only=True):
    """What people say about the service."""

    score: Annotated[
        Literal["csat", "nps", "mean"], Meta(description="Share of the satisfied, net promoter score, or mean of the answers.")
    ] = "mean"
    scale: Annotated[AtLeastOne, Meta(description="Highest answer.")] = 5
    minimum_answers: Annotated[Count, Meta(description="With fewer answers the result is `not measured`.")] = 0
    channel: Annotated[Text | UnsetType, Meta(description="Only answers by this channel, e.g. phone.")] = UNSET


class Fact(Section, frozen=True, kw_only=True):
    """Something that is recorded by hand, with evidence, e.g. a restore test or a patch level."""

    name: Annotated[Name, Meta(description="What is recorded.", examples=["rpo", "patching"])]
    every: Annotated[Duration | UnsetType, Meta(description="How often it must be recorded.")] = UNSET
    evidence: Annotated[bool, Meta(description="Whether a record needs a file that proves it.")] = True


class Misses(Section, frozen=True, kw_only=True):
    """When missing a target becomes a breach, judged over several periods."""

    allowed: Annotated[Count, Meta(description="Misses that are no breach.")] = 0
    of: Annotated[AtLeastOne, Meta(description="Number of periods that are looked at.")] = 1
    contiguous: Annotated[bool, Meta(description="Only misses in a row count.")] = False


class Target(Choice, frozen=True, kw_only=True):
    """One promise. Exactly one of `indicator`, `tickets`, `count`, `longest`, `percentile`, `satisfaction`, `fact`."""

    name: Annotated[Name, Meta(description="Unique in the agreement; other agreements back it by this name.")]
    indicator: Annotated[IndicatorName | UnsetType, Meta(description="The indicator that the promise is about.")] = UNSET
    tickets: Annotated[
        TicketShare | UnsetType,
        Meta(description="A share of tickets handled in time. A whole table of them is shorter as `tickets.matrix`."),
    ] = UNSET
    count: Annotated[CountOf | UnsetType, Meta(description="How often something may happen, e.g. `at most 2` P1 a quarter.")] = UNSET
    longest: Annotated[LongestOf | UnsetType, Meta(description="How long a single one may last, e.g. `at most 60m`.")] = UNSET
    percentile: Annotated[PercentileOf | UnsetType, Meta(description="A time that a share of them does not exceed.")] = UNSET
    satisfaction: Annotated[Satisfaction | UnsetType, Meta(description="What people say about the service.")] = UNSET
    fact: Annotated[Fact | UnsetType, Meta(description="Something recorded by hand, with evidence.")] = UNSET
    objective: Annotated[
        ObjectiveText,
        Meta(
            description="The minimum that is owed; a miss of it is a breach. A bare percentage means at least. With `more than` and "
            "`less than`, which targets on indicators may have, a figure of just this is missed."
        ),
    ]
    expected: Annotated[
        ObjectiveText | UnsetType, Meta(description="A higher level that is expected; missing it is reported, and no breach.")
    ] = UNSET
    description: Annotated[str, Meta(description="The promise in words, for the agreement's text.")] = ""
    measure: Annotated[MeasureMethod, Meta(description="How facts become a figure.")] = MeasureMethod()
    exclude: Annotated[
        tuple[Exclusion, ...],
        Meta(
            description="Time that does not count: maintenance, causes on the side of the customer, conditions.",
            examples=[["maintenance", "customer"]],
        ),
    ] = ()
    where: Annotated[
        Mapping[LabelName, LabelValue],
        Meta(
            description="Picks series of an indicator that is split `by` these labels; for targets per site or per customer.",
            examples=[{"tenant": "${customer.selector.tenant}"}],
        ),
    ] = {}
    hours: Annotated[
        CalendarName | UnsetType, Meta(description="Calendar of the hours in which it is owed; by default the agreement's.")
    ] = UNSET
    misses: Annotated[Misses, Meta(description="When a miss becomes a breach.")] = Misses()
    grace: Annotated[Duration | UnsetType, Meta(description="Time after the start of the agreement in which a miss is no breach.")] = UNSET
    weight: Annotated[
        Share | UnsetType, Meta(description="Part of the amount at risk that hangs on this target, with weighted credits.")
    ] = UNSET
    satisfies: Annotated[
        tuple[DocumentReference, ...], Meta(description="Requirements (SLR) that this target answers.", examples=[["slr/acme-checkout"]])
    ] = ()
    measured_at: Annotated[str, Meta(description="Where it is measured, in words, e.g. at the load balancer.")] = ""

    exactly_one = (("indicator", "tickets", "count", "longest", "percentile", "satisfaction", "fact"),)


class Workload(Section, frozen=True, kw_only=True):
    """A limit of what the customer may ask; beyond it the promise rests."""

    name: Annotated[Name, Meta(description="What is limited.", examples=["requests", "p1-tickets"])]
    at_most: Annotated[Number, Meta(description="The limit.")]
    per: Annotated[Literal["second", "minute", "hour", "day", "month", "quarter", "year"], Meta(description="Span of the limit.")] = "month"
    value: Annotated[Selector | UnsetType, Meta(description="PromQL that measures the load, where it is measured.")] = UNSET
    suspends: Annotated[
        tuple[Name, ...], Meta(description="Targets that rest while the limit is exceeded; empty: none, it is only reported.")
    ] = ()
