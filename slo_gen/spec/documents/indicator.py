"""Indicator: how good and bad are measured, once for all who promise something about it."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from slo_gen.spec.documents.envelope import Choice, Envelope, Section
from slo_gen.spec.documents.scalars import AtLeastOne, LabelName, LevelText, PositiveDuration, Selector, ServiceName

__all__ = ["Events", "Indicator", "IndicatorSpec", "Latency", "Probe", "RatioMeasure", "ThresholdMeasure"]


class Events(Choice, frozen=True, kw_only=True):
    """Counted events: all of them, and the bad or the good ones."""

    total: Annotated[
        Selector,
        Meta(
            description="Counter of all events, as a plain selector: no function, no range.", examples=['http_requests_total{job="shop"}']
        ),
    ]
    bad: Annotated[
        Selector | UnsetType,
        Meta(
            description="Counter of the bad events. It may be absent until the first one happens.",
            examples=['http_requests_total{job="shop",code=~"5.."}'],
        ),
    ] = UNSET
    good: Annotated[
        Selector | UnsetType,
        Meta(
            description="Counter of the good events, where the bad ones are not counted.",
            examples=['http_requests_total{job="shop",code!~"5.."}'],
        ),
    ] = UNSET

    exactly_one = (("bad", "good"),)


class Latency(Section, frozen=True, kw_only=True):
    """Requests that took too long, from a histogram."""

    histogram: Annotated[
        Selector,
        Meta(
            description="The histogram by its base name, without `_bucket`.",
            examples=['http_request_duration_seconds{job="shop"}'],
        ),
    ]
    threshold: Annotated[
        PositiveDuration,
        Meta(description="Requests slower than this are bad. It should be a bucket boundary of a classic histogram.", examples=["300ms"]),
    ]
    native: Annotated[bool, Meta(description="The histogram is a native one (exponential buckets).")] = False
    unit: Annotated[Literal["seconds", "milliseconds"], Meta(description="Unit of the histogram's values.")] = "seconds"


class ThresholdMeasure(Section, frozen=True, kw_only=True):
    """A measured value that is bad while it is beyond a limit; every minute weighs the same."""

    value: Annotated[Selector, Meta(description="The gauge, as a plain selector.", examples=['queue_depth{job="shop"}'])]
    bad_when: Annotated[
        LevelText,
        Meta(
            description="When the value is bad: above, below, at least or at most a number. Both edges can be said: `above 100` leaves 100 "
            "good, `at least 100` does not."
        ),
    ]


class Probe(Choice, frozen=True, kw_only=True):
    """Whether something is up, seen from one or several locations; all time weighs the same."""

    series: Annotated[
        Selector | UnsetType, Meta(description="The probe's series in Prometheus, 1 or 0.", examples=['probe_success{job="probe"}'])
    ] = UNSET
    read_by: Annotated[
        Literal["exporter"] | UnsetType,
        Meta(description="`exporter`: it is asked by `sla-exporter`, whose `probes` say how, and which keeps the record to the second."),
    ] = UNSET
    location: Annotated[
        LabelName | UnsetType, Meta(description="Label that tells the locations of `series` apart; by default `instance`.")
    ] = UNSET
    quorum: Annotated[
        AtLeastOne | Literal["majority"],
        Meta(description="How many locations must see it down for it to be down; `majority` is more than half of those that report."),
    ] = 1
    known: Annotated[
        AtLeastOne | UnsetType,
        Meta(description="With `read_by`: how many locations must know its state; while fewer do, it is unknown. By default 1."),
    ] = UNSET
    failures: Annotated[
        Annotated[int, Meta(ge=1, le=10)] | UnsetType,
        Meta(description="With `read_by`: how many checks in a row must fail at a location for it to be down there. By default 1."),
    ] = UNSET
    back_dated: Annotated[
        bool | UnsetType,
        Meta(description="With more than one of `failures`: whether it was down since the first of them, or since the last."),
    ] = UNSET

    exactly_one = (("series", "read_by"),)


class RatioMeasure(Section, frozen=True, kw_only=True):
    """A share of errors that you compute yourself; every minute weighs the same."""

    error: Annotated[
        Selector,
        Meta(description="PromQL that gives a value between 0 (all good) and 1 (all bad).", examples=["job:errors:ratio_rate1m"]),
    ]


class IndicatorSpec(Choice, frozen=True, kw_only=True):
    """What is measured. Exactly one of `events`, `latency`, `threshold`, `probe`, `ratio`."""

    service: Annotated[ServiceName, Meta(description="The service whose quality this measures.")]
    events: Annotated[Events | UnsetType, Meta(description="Counted events, good and bad.")] = UNSET
    latency: Annotated[Latency | UnsetType, Meta(description="Requests slower than a threshold, from a histogram.")] = UNSET
    threshold: Annotated[ThresholdMeasure | UnsetType, Meta(description="A gauge beyond a limit.")] = UNSET
    probe: Annotated[Probe | UnsetType, Meta(description="Whether it is up, seen from one or several locations.")] = UNSET
    ratio: Annotated[RatioMeasure | UnsetType, Meta(description="A share of errors that you compute yourself.")] = UNSET
    by: Annotated[
        tuple[LabelName, ...],
        Meta(description="Labels that split the indicator: one result for each combination of their values.", examples=[["region"]]),
    ] = ()
    counting: Annotated[
        Literal["exact", "light"] | UnsetType,
        Meta(
            description="`exact` counts every event that a scrape saw, through restarts and gaps; `light` is cheaper and never invents "
            "an event. "
            "By default exact as soon as an agreement uses the indicator, else light."
        ),
    ] = UNSET
    scrape_interval: Annotated[
        PositiveDuration | UnsetType, Meta(description="How often Prometheus scrapes these series; by default what the Policy says (15s).")
    ] = UNSET
    bridge: Annotated[
        PositiveDuration,
        Meta(description="Longest gap between two scrapes of a series that is bridged; events behind a longer gap are not counted as new."),
    ] = "1h"
    target_labels: Annotated[
        Annotated[tuple[LabelName, ...], Meta(min_length=1)] | UnsetType,
        Meta(
            description="Labels that together identify one scraped process; by default what the Policy says "
            "(job, instance, pod, container, namespace, cluster).",
        ),
    ] = UNSET
    expected_silence: Annotated[
        PositiveDuration, Meta(description="How long there may be no data at all before the no-data alert fires.")
    ] = "10m"

    exactly_one = (("events", "latency", "threshold", "probe", "ratio"),)


class Indicator(Envelope, frozen=True, kw_only=True):
    """Facts about a service, measured once however many objectives and agreements use them."""

    kind: Annotated[Literal["Indicator"], Meta(description="Indicator: facts about a service, measured once.")]
    spec: Annotated[IndicatorSpec, Meta(description="What is measured.")]
