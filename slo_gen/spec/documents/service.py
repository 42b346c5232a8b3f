"""Service: what is provided, who owns it and what it needs."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from slo_gen.spec.documents.envelope import Envelope, Section
from slo_gen.spec.documents.scalars import (
    CalendarName,
    Count,
    DependencyReference,
    Duration,
    Money,
    Name,
    OwnerReference,
    TeamReference,
    Text,
    Url,
)

__all__ = ["ConfigurationItem", "Impact", "Service", "ServiceSpec"]


class ConfigurationItem(Section, frozen=True, kw_only=True):
    """Something recorded in a configuration database, kept by its identifier."""

    ci: Annotated[Text, Meta(description="Identifier in your configuration database.", examples=["CMDB-4711"])]


class Impact(Section, frozen=True, kw_only=True):
    """What an interruption costs the business; the ground for priorities and for the cost of an improvement."""

    loss_per_hour: Annotated[Money | UnsetType, Meta(description="Loss of one hour of interruption.", examples=["12000 EUR"])] = UNSET
    users: Annotated[Count | UnsetType, Meta(description="Number of people who use the service.")] = UNSET
    tolerable_outage: Annotated[Duration | UnsetType, Meta(description="Longest interruption that the business can bear (RTO).")] = UNSET
    tolerable_data_loss: Annotated[Duration | UnsetType, Meta(description="Longest span of data that may be lost (RPO).")] = UNSET
    source: Annotated[str, Meta(description="Where the figures come from, e.g. a business impact analysis and its year.")] = ""


class ServiceSpec(Section, frozen=True, kw_only=True):
    """What a service is."""

    owner: Annotated[
        OwnerReference | UnsetType,
        Meta(description="Team or role that answers for the service. Its alerts carry this team.", examples=["team/shop"]),
    ] = UNSET
    criticality: Annotated[
        Literal["low", "medium", "high", "critical"], Meta(description="How much depends on it; sorts lists and pages.")
    ] = "medium"
    state: Annotated[
        Literal["planned", "live", "retired"], Meta(description="A live service is expected to have an SLO or an agreement.")
    ] = "live"
    depends_on: Annotated[
        tuple[DependencyReference | ConfigurationItem, ...],
        Meta(
            description="Services and suppliers that it needs, and configuration items by their identifier.",
            examples=[["service/database"]],
        ),
    ] = ()
    impact: Annotated[Impact | UnsetType, Meta(description="What an interruption costs.")] = UNSET
    users: Annotated[tuple[Text, ...], Meta(description="Groups of people who use the service.")] = ()
    hours: Annotated[CalendarName, Meta(description="Calendar of the hours in which the service is offered; `24x7` is built in.")] = "24x7"
    critical_periods: Annotated[
        tuple[CalendarName, ...], Meta(description="Calendars of the times when an interruption hurts most, e.g. an election night.")
    ] = ()
    roles: Annotated[
        Mapping[Name, TeamReference],
        Meta(
            description="Who holds a role for this service, where it is not who the Policy says.", examples=[{"duty-manager": "team/shop"}]
        ),
    ] = {}
    runbook_url: Annotated[
        Url | UnsetType, Meta(description="Page that tells what to do when the service fails; on every alert of the service.")
    ] = UNSET
    dashboard_url: Annotated[Url | UnsetType, Meta(description="Dashboard of the service; on every alert of the service.")] = UNSET


class Service(Envelope, frozen=True, kw_only=True):
    """A service that is provided to customers or to other services."""

    kind: Annotated[Literal["Service"], Meta(description="Service: what is provided, who owns it and what it needs.")]
    spec: Annotated[ServiceSpec, Meta(description="What the service is.")] = ServiceSpec()
