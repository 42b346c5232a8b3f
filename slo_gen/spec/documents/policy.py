"""Policy: how the house works - evaluation, names, and how much process is asked."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType, field

from slo_gen.spec.documents.envelope import Envelope, Section
from slo_gen.spec.documents.receivers import AlertmanagerGlobal, Receiver
from slo_gen.spec.documents.scalars import (
    AgreementState,
    AtLeastOne,
    Duration,
    LabelName,
    LabelValue,
    Name,
    PositiveDuration,
    Severity,
    TeamReference,
    Text,
    Timezone,
    Url,
)

__all__ = ["EvaluationSettings", "Policy", "PolicySpec", "ProcessSettings"]


class EvaluationSettings(Section, frozen=True, kw_only=True):
    """How Prometheus evaluates the rules."""

    interval: Annotated[PositiveDuration, Meta(description="How often the rules run.")] = "1m"
    settling: Annotated[
        PositiveDuration,
        Meta(description="Age that data must have before it is counted: scrape interval, time-out and ingestion lag together."),
    ] = "30s"
    long_interval: Annotated[PositiveDuration, Meta(description="How often rules over windows of a day and more run.")] = "5m"
    shard_size: Annotated[AtLeastOne, Meta(description="Number of indicators that share one rule.")] = 100
    scrape_interval: Annotated[PositiveDuration, Meta(description="How often Prometheus scrapes, for indicators that do not say.")] = "15s"
    target_labels: Annotated[
        Annotated[tuple[LabelName, ...], Meta(min_length=1)],
        Meta(description="Labels that together identify one scraped process, for indicators that do not say."),
    ] = ("job", "instance", "pod", "container", "namespace", "cluster")


class AlertSettings(Section, frozen=True, kw_only=True):
    """What all alerts carry."""

    severity_names: Annotated[
        Mapping[Severity, LabelValue],
        Meta(description="Your own names for the severities.", examples=[{"page": "critical", "ticket": "warning"}]),
    ] = {}
    labels: Annotated[Mapping[LabelName, LabelValue], Meta(description="Labels on every alert.")] = {}
    runbook_url: Annotated[
        Url | UnsetType, Meta(description="Page for alerts of services that name none; `${service}` and `${slo}` are filled in.")
    ] = UNSET
    dashboard_url: Annotated[
        Url | UnsetType, Meta(description="Dashboard for alerts of services that name none; `${service}` and `${slo}` are filled in.")
    ] = UNSET
    agreement_dashboard_url: Annotated[
        Url | UnsetType,
        Meta(description="Dashboard for alerts about agreements; `${agreement}`, `${target}`, `${customer}`, `${service}` are filled in."),
    ] = UNSET


class NotificationSettings(Section, frozen=True, kw_only=True):
    """Who is told by Alertmanager, and how often."""

    receivers: Annotated[
        Mapping[Name, Receiver], Meta(description="Receivers by name, for teams to refer to.")
    ] = {}
    default: Annotated[
        Mapping[Severity, Text],
        Meta(
            description="Receiver of each severity for teams that name none, and for alerts that no team owns.",
            examples=[{"page": "duty-oncall", "ticket": "duty-queue"}],
        ),
    ] = {}
    repeat: Annotated[
        Mapping[Severity, PositiveDuration],
        Meta(description="How often it is told again what is still open. Without a word 4h for pages, 3d for tickets, 5d for infos."),
    ] = {}
    apart_by: Annotated[
        tuple[LabelName, ...],
        Meta(
            description="External labels that tell one Prometheus from another: alerts that differ in them are told, and hold each other "
            "back, apart.",
            examples=[["cluster"]],
        ),
    ] = ()
    global_: Annotated[
        AlertmanagerGlobal, Meta(description="Alertmanager's `global` part, for a whole file.")
    ] = field(default=AlertmanagerGlobal(), name="global")


class ProcessSettings(Section, frozen=True, kw_only=True):
    """How much is asked before an agreement is active, and while it runs. The preset fills what is left out."""

    states: Annotated[tuple[AgreementState, ...] | UnsetType, Meta(description="States that agreements go through.")] = UNSET
    signatures: Annotated[
        Literal["none", "customer", "both"] | UnsetType, Meta(description="Who must sign before an agreement is active.")
    ] = UNSET
    backing: Annotated[
        Literal["off", "warning", "error"] | UnsetType, Meta(description="What an SLA target is that no OLA or UC backs.")
    ] = UNSET
    requirements: Annotated[
        Literal["off", "warning", "error"] | UnsetType, Meta(description="What an SLA target is that answers no requirement (SLR).")
    ] = UNSET
    coverage: Annotated[
        Literal["off", "warning", "error"] | UnsetType, Meta(description="What a live service is that has no objective and no agreement.")
    ] = UNSET
    review_every: Annotated[Duration | UnsetType, Meta(description="Longest time between two reviews of an agreement.")] = UNSET
    report_due: Annotated[Duration | UnsetType, Meta(description="Time after a period in which its report is due.")] = UNSET
    objections: Annotated[Duration | UnsetType, Meta(description="Time in which figures may be disputed.")] = UNSET
    breach_needs_plan: Annotated[
        bool | UnsetType, Meta(description="Whether every breach needs an improvement or a reason why there is none.")
    ] = UNSET
    agree_suppliers_after_customers: Annotated[
        bool | UnsetType, Meta(description="Whether OLAs and UCs are signed after the SLA that they back.")
    ] = UNSET


class PolicySpec(Section, frozen=True, kw_only=True):
    """How the house works."""

    preset: Annotated[
        Literal["light", "itil", "iso20000"],
        Meta(
            description="How much process is asked: `light` almost none, `itil` roles, reviews and signatures, `iso20000` evidence "
            "for an audit."
        ),
    ] = "light"
    provider: Annotated[str, Meta(description="Name of your company, on reports and agreements.")] = ""
    timezone: Annotated[Timezone, Meta(description="Time zone of agreements that name none and whose customer has none.")] = "UTC"
    evaluation: Annotated[EvaluationSettings, Meta(description="How Prometheus evaluates the rules.")] = EvaluationSettings()
    alerts: Annotated[AlertSettings, Meta(description="What all alerts carry.")] = AlertSettings()
    notifications: Annotated[
        NotificationSettings, Meta(description="Who is told by Alertmanager, and how often.")
    ] = NotificationSettings()
    roles: Annotated[
        Mapping[Name, TeamReference],
        Meta(description="Which team holds a role.", examples=[{"duty-manager": "team/operations", "service-level-manager": "team/slm"}]),
    ] = {}
    process: Annotated[ProcessSettings, Meta(description="What is asked before and while an agreement runs.")] = ProcessSettings()


class Policy(Envelope, frozen=True, kw_only=True):
    """How the house works; there is at most one."""

    kind: Annotated[Literal["Policy"], Meta(description="Policy: how the house works; there is at most one.")]
    spec: Annotated[PolicySpec, Meta(description="Settings.")] = PolicySpec()
