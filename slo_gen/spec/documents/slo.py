"""SLO: an internal objective, tighter than any contract, that pages."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType, field

from slo_gen.spec.documents.envelope import Envelope, Section
from slo_gen.spec.documents.scalars import (
    IndicatorName,
    LabelName,
    LabelValue,
    Number,
    OwnerReference,
    Percent,
    PositiveDuration,
    Severity,
    Url,
)

__all__ = ["SLO", "Alerting", "BurnAlert", "SLOSpec"]


class BurnAlert(Section, frozen=True, kw_only=True):
    """One pair of windows: fires when too much of the budget went in the long one and it still burns in the short one."""

    long: Annotated[PositiveDuration, Meta(description="Long window: how far back the spent budget is counted.", examples=["1h"])]
    short: Annotated[PositiveDuration, Meta(description="Short window: the alert ends soon after the burning does.", examples=["5m"])]
    budget: Annotated[
        Percent, Meta(description="Share of the whole error budget that is spent in the long window when the alert fires.", examples=["2%"])
    ]
    severity: Annotated[Severity, Meta(description="`page` wakes somebody, `ticket` waits for office hours, `info` only informs.")] = "page"
    for_: Annotated[
        PositiveDuration | UnsetType, Meta(description="How long it must last before the alert fires; by default not at all.")
    ] = field(default=UNSET, name="for")


class Alerting(Section, frozen=True, kw_only=True):
    """How the SLO alerts."""

    enabled: Annotated[bool, Meta(description="`false` records the figures and never alerts.")] = True
    minimum_bad: Annotated[
        Number | UnsetType,
        Meta(
            description="Bad events (bad minutes, for probes, thresholds and ratios) in the long window below which nothing fires; by "
            "default 3 events or 1 minute."
        ),
    ] = UNSET
    windows: Annotated[
        Annotated[tuple[BurnAlert, ...], Meta(min_length=1)] | UnsetType,
        Meta(description="Pairs of windows of your own, in place of the four of the multi-window, multi-burn-rate method."),
    ] = UNSET
    labels: Annotated[Mapping[LabelName, LabelValue], Meta(description="Further labels on the alerts, e.g. for your routing.")] = {}
    annotations: Annotated[Mapping[LabelName, str], Meta(description="Further annotations on the alerts, as plain text.")] = {}
    runbook_url: Annotated[
        Url | UnsetType, Meta(description="Page that tells what to do; by default the service's, then the Policy's.")
    ] = UNSET
    dashboard_url: Annotated[Url | UnsetType, Meta(description="Dashboard to open; by default the service's, then the Policy's.")] = UNSET
    team: Annotated[OwnerReference | UnsetType, Meta(description="Who is alerted; by default the owner of the service.")] = UNSET


class SLOSpec(Section, frozen=True, kw_only=True):
    """What is aimed at."""

    indicator: Annotated[IndicatorName, Meta(description="The indicator that the objective is about.")]
    objective: Annotated[
        Percent, Meta(description="Share of good events (or minutes) to be reached, below 100%.", examples=["99.9%", "99.95%"])
    ]
    window: Annotated[PositiveDuration, Meta(description="Rolling window in which the objective holds.", examples=["30d", "7d"])] = "30d"
    alerting: Annotated[Alerting | Literal["off"], Meta(description="How it alerts; `off` for not at all.")] = Alerting()


class SLO(Envelope, frozen=True, kw_only=True):
    """An internal objective on an indicator, over a rolling window. It pages."""

    kind: Annotated[Literal["SLO"], Meta(description="SLO: an internal objective on an indicator, over a rolling window. It pages.")]
    spec: Annotated[SLOSpec, Meta(description="What is aimed at.")]
