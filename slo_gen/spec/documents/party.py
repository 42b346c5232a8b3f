"""Customer, Supplier and Team: the parties of agreements."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType

from slo_gen.spec.documents.envelope import Envelope, Section
from slo_gen.spec.documents.receivers import Notices, Receiver
from slo_gen.spec.documents.scalars import (
    CalendarName,
    Count,
    Email,
    LabelName,
    LabelValue,
    Language,
    OwnerReference,
    Phone,
    Severity,
    Text,
    Timezone,
    Url,
)

__all__ = ["Contact", "Customer", "CustomerSpec", "Supplier", "SupplierSpec", "Team", "TeamSpec"]


class Contact(Section, frozen=True, kw_only=True):
    """A person, or a mailbox, at one of the parties."""

    name: Annotated[Text, Meta(description="Name of the person or mailbox.")]
    role: Annotated[str, Meta(description="What the person is to the agreement, e.g. buyer or duty manager.")] = ""
    email: Annotated[Email | UnsetType, Meta(description="Mail address.")] = UNSET
    phone: Annotated[Phone | UnsetType, Meta(description="Telephone number.")] = UNSET
    purposes: Annotated[
        tuple[Literal["reports", "breaches", "reviews", "claims", "changes", "emergencies"], ...],
        Meta(description="What this contact is to be told about."),
    ] = ()


class CustomerSpec(Section, frozen=True, kw_only=True):
    """Who buys or uses services."""

    type: Annotated[
        Literal["external", "internal"], Meta(description="External customers have contracts with money in them; internal ones do not.")
    ] = "external"
    selector: Annotated[
        Mapping[LabelName, LabelValue],
        Meta(
            description="Label values that pick this customer out of shared metrics. Templates insert them, quoted, as "
            "`${customer.selector.tenant}`.",
            examples=[{"tenant": "acme"}],
        ),
    ] = {}
    contacts: Annotated[tuple[Contact, ...], Meta(description="People at the customer.")] = ()
    approvers: Annotated[tuple[Text, ...], Meta(description="Names of those who may sign for the customer.")] = ()
    manager: Annotated[OwnerReference | UnsetType, Meta(description="Team or role of ours that looks after the customer.")] = UNSET
    timezone: Annotated[
        Timezone | UnsetType, Meta(description="Time zone of the customer, used for their periods where an agreement names none.")
    ] = UNSET
    notices: Annotated[
        Notices, Meta(description="How the customer is told of a breach, where an escalation says `as: notice`.")
    ] = Notices()
    language: Annotated[Language, Meta(description="Language of reports and pages.")] = "en"
    users: Annotated[Count | UnsetType, Meta(description="Number of the customer's people who use the services.")] = UNSET


class Customer(Envelope, frozen=True, kw_only=True):
    """Somebody to whom services are promised."""

    kind: Annotated[Literal["Customer"], Meta(description="Customer: somebody to whom services are promised.")]
    spec: Annotated[CustomerSpec, Meta(description="Who the customer is.")] = CustomerSpec()


class SupplierSpec(Section, frozen=True, kw_only=True):
    """Who provides something to us under contract."""

    contacts: Annotated[tuple[Contact, ...], Meta(description="People at the supplier, e.g. where claims are sent.")] = ()
    approvers: Annotated[tuple[Text, ...], Meta(description="Names of those who may sign for the supplier.")] = ()
    manager: Annotated[OwnerReference | UnsetType, Meta(description="Team or role of ours that manages the supplier.")] = UNSET
    account: Annotated[str, Meta(description="Our customer number at the supplier; goes into claims.")] = ""
    timezone: Annotated[Timezone | UnsetType, Meta(description="Time zone in which the supplier counts.")] = UNSET
    notices: Annotated[
        Notices, Meta(description="How the supplier is told of a breach, where an escalation says `as: notice`.")
    ] = Notices()
    status_url: Annotated[Url | UnsetType, Meta(description="The supplier's status page.")] = UNSET


class Supplier(Envelope, frozen=True, kw_only=True):
    """A third party whose contract (UC) backs our promises."""

    kind: Annotated[Literal["Supplier"], Meta(description="Supplier: a third party whose contract backs our promises.")]
    spec: Annotated[SupplierSpec, Meta(description="Who the supplier is.")] = SupplierSpec()


class TeamSpec(Section, frozen=True, kw_only=True):
    """An internal group that works on services."""

    lead: Annotated[str, Meta(description="Name of the person who leads the team.")] = ""
    contacts: Annotated[tuple[Contact, ...], Meta(description="People and mailboxes of the team.")] = ()
    approvers: Annotated[tuple[Text, ...], Meta(description="Names of those who may sign for the team.")] = ()
    hours: Annotated[CalendarName, Meta(description="Calendar of the hours in which the team works; `24x7` is built in.")] = "24x7"
    receivers: Annotated[
        Mapping[Severity, Text | Receiver],
        Meta(
            description="Who is told of each severity: a receiver, or the name of one, from the Policy or of your own Alertmanager.",
            examples=[{"page": "shop-oncall", "ticket": "shop-queue"}],
        ),
    ] = {}
    quiet: Annotated[
        tuple[Severity, ...],
        Meta(description="Severities of which nothing is sent outside `hours`; what is still open is sent when the hours begin."),
    ] = ("ticket", "info")
    timezone: Annotated[Timezone | UnsetType, Meta(description="Time zone of the team.")] = UNSET


class Team(Envelope, frozen=True, kw_only=True):
    """An internal team: owner of services and party of OLAs."""

    kind: Annotated[Literal["Team"], Meta(description="Team: owner of services and party of OLAs.")]
    spec: Annotated[TeamSpec, Meta(description="Who the team is.")] = TeamSpec()
