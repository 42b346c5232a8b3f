"""Template, SLR, SLA, OLA and UC: requirements, and the agreements that answer and back them."""

from collections.abc import Mapping
from typing import Annotated, Literal, Union

from msgspec import UNSET, Meta, UnsetType, field

from slo_gen.spec.documents.credits import Claim, Credits, Fee
from slo_gen.spec.documents.envelope import Choice, Envelope, Section, TemplateMetadata
from slo_gen.spec.documents.scalars import (
    AgreementState,
    AgreementTargetReference,
    AllowanceText,
    AtLeastOne,
    CalendarName,
    Count,
    CustomerName,
    DateText,
    DocumentReference,
    Duration,
    IndicatorName,
    LabelName,
    LabelValue,
    MonthDay,
    Name,
    Number,
    ObjectiveText,
    OwnerReference,
    Percent,
    PositiveDuration,
    RecipientReference,
    RequirementName,
    RollingText,
    ServiceName,
    SupplierName,
    TeamName,
    TemplateReference,
    Text,
    TextHash,
    Timezone,
    Url,
)
from slo_gen.spec.documents.targets import Target, Workload
from slo_gen.spec.documents.tickets import Tickets

__all__ = ["OLA", "SLA", "SLR", "UC", "AgreementBody", "AgreementSpec", "Backing", "Period", "Template"]


class Period(Section, frozen=True, kw_only=True):
    """The period over which the agreement is judged: calendar periods, or the last so many days."""

    length: Annotated[
        Literal["week", "month", "quarter", "half_year", "year"] | UnsetType,
        Meta(description="Length of one calendar period; by default a month."),
    ] = UNSET
    rolling: Annotated[
        RollingText | UnsetType, Meta(description="So many days, judged anew at the end of each day, in place of a length.")
    ] = UNSET
    timezone: Annotated[
        Timezone | UnsetType, Meta(description="Time zone in which periods begin; by default the customer's, else UTC.")
    ] = UNSET
    starts: Annotated[
        MonthDay | UnsetType,
        Meta(
            description="Month and day on which the year begins, for fiscal quarters and years. Months begin on that day of each month, "
            "as billing cycles do; a day that a month does not have is its last one."
        ),
    ] = UNSET


class Step(Section, frozen=True, kw_only=True):
    """One step of an escalation."""

    at: Annotated[Percent | UnsetType, Meta(description="Share of the time or budget that is used up when this step is taken.")] = UNSET
    after: Annotated[PositiveDuration | UnsetType, Meta(description="Time after the event when this step is taken.")] = UNSET
    to: Annotated[RecipientReference, Meta(description="Who is told.")]
    as_: Annotated[
        Literal["notice", "draft"] | UnsetType,
        Meta(
            description="`notice` tells them; `draft` asks the owner of the agreement to. Without a word teams and roles are told, and for "
            "customers and suppliers it is a draft: they are told by a program only where it is written so."
        ),
    ] = field(default=UNSET, name="as")


class Escalation(Section, frozen=True, kw_only=True):
    """Who is told when it gets serious."""

    ticket_clock: Annotated[tuple[Step, ...], Meta(description="As a ticket nears its deadline.")] = ()
    period_budget: Annotated[tuple[Step, ...], Meta(description="As the period's budget is used up.")] = ()
    breach: Annotated[tuple[Step, ...], Meta(description="When a target is breached.")] = ()


class AfterBreach(Section, frozen=True, kw_only=True):
    """What is owed after a breach, and how soon."""

    notice: Annotated[Duration | UnsetType, Meta(description="Time to tell the other party.")] = UNSET
    root_cause: Annotated[Duration | UnsetType, Meta(description="Time to name the cause.")] = UNSET
    plan: Annotated[Duration | UnsetType, Meta(description="Time to present a plan of improvement.")] = UNSET


class Report(Section, frozen=True, kw_only=True):
    """The report of a period."""

    due: Annotated[Duration, Meta(description="Time after the end of the period.")] = "5bd"
    to: Annotated[tuple[RecipientReference, ...], Meta(description="Who gets it.")] = ()
    objections: Annotated[Duration | UnsetType, Meta(description="Time in which the figures may be disputed; then they are final.")] = UNSET
    credits: Annotated[Literal["closed", "live"], Meta(description="Show credits of closed periods only, or running ones as well.")] = (
        "closed"
    )


class ReviewPlan(Section, frozen=True, kw_only=True):
    """How often the parties look at the agreement together."""

    every: Annotated[Duration, Meta(description="Longest time between two reviews.")] = "12mo"
    chair: Annotated[OwnerReference | UnsetType, Meta(description="Who leads it.")] = UNSET
    with_: Annotated[tuple[RecipientReference, ...], Meta(description="Who takes part.")] = field(default=(), name="with")


class Responsibilities(Section, frozen=True, kw_only=True):
    """What each side has to do."""

    provider: Annotated[tuple[Text, ...], Meta(description="Duties of the provider.")] = ()
    customer: Annotated[tuple[Text, ...], Meta(description="Duties of the customer.")] = ()


class Scope(Section, frozen=True, kw_only=True):
    """What the agreement covers and what not."""

    includes: Annotated[tuple[Text, ...], Meta(description="What is covered.")] = ()
    excludes: Annotated[tuple[Text, ...], Meta(description="What is not.")] = ()
    users: Annotated[tuple[Text, ...], Meta(description="Groups of users.")] = ()
    sites: Annotated[tuple[Text, ...], Meta(description="Places.")] = ()


class Allowance(Section, frozen=True, kw_only=True):
    """Planned downtime that the agreement allows."""

    planned: Annotated[
        AllowanceText,
        Meta(description="How much planned work is excluded; what goes beyond counts."),
    ]
    notice: Annotated[Duration | UnsetType, Meta(description="How early it must be announced to be excluded.")] = UNSET
    hours: Annotated[CalendarName | UnsetType, Meta(description="Calendar in which planned work may take place.")] = UNSET


class Termination(Section, frozen=True, kw_only=True):
    """When a party may end the agreement early."""

    breaches: Annotated[AtLeastOne, Meta(description="Number of breached periods.")] = 1
    of: Annotated[AtLeastOne, Meta(description="Among so many periods.")] = 1
    contiguous: Annotated[bool, Meta(description="They must be in a row.")] = False
    below: Annotated[
        ObjectiveText | Number | UnsetType, Meta(description="Only periods whose figure was below this count.", examples=["99%"])
    ] = UNSET
    at_most: Annotated[
        ObjectiveText | Number | UnsetType, Meta(description="Only periods whose figure was at or below this count.", examples=["99%"])
    ] = UNSET
    above: Annotated[
        ObjectiveText | Number | UnsetType,
        Meta(description="Only periods whose figure was above this count, for times and counts.", examples=["60m"]),
    ] = UNSET
    at_least: Annotated[
        ObjectiveText | Number | UnsetType, Meta(description="Only periods whose figure was at or above this count.", examples=["60m"])
    ] = UNSET
    targets: Annotated[tuple[Name, ...], Meta(description="Targets that count; empty: all.")] = ()
    notice: Annotated[Duration | UnsetType, Meta(description="Notice that must be given.")] = UNSET


class Source(Section, frozen=True, kw_only=True):
    """Where the text of an agreement stands that somebody else wrote."""

    url: Annotated[Url | UnsetType, Meta(description="Address of the text.")] = UNSET
    file: Annotated[Text | UnsetType, Meta(description="File with the text.")] = UNSET
    version: Annotated[
        Text | UnsetType, Meta(description="Version or date of the text; the same contract has had different figures over time.")
    ] = UNSET
    verified_on: Annotated[DateText | UnsetType, Meta(description="Day on which somebody compared the text with this document.")] = UNSET


BackingParts = Annotated[tuple[Union[AgreementTargetReference, "Backing"], ...], Meta(min_length=1)]
"""Targets of agreements, or combinations of them."""


class Backing(Choice, frozen=True, kw_only=True):
    """How several promises together back one."""

    all: Annotated[
        BackingParts | UnsetType,
        Meta(description="All of them are needed: their failures add up."),
    ] = UNSET
    any: Annotated[
        BackingParts | UnsetType,
        Meta(description="One of them is enough: they stand in for each other."),
    ] = UNSET
    of: Annotated[BackingParts | UnsetType, Meta(description="So many of them (`at_least`) are needed.")] = UNSET
    then: Annotated[BackingParts | UnsetType, Meta(description="One after the other: their times add up.")] = UNSET
    at_least: Annotated[AtLeastOne | UnsetType, Meta(description="How many of `of` are needed.")] = UNSET

    exactly_one = (("all", "any", "of", "then"), ("all", "any", "at_least", "then"))


class BackingException(Section, frozen=True, kw_only=True):
    """A target that nothing backs, and who took the risk."""

    target: Annotated[Name, Meta(description="The target that is not backed.")]
    reason: Annotated[Text, Meta(description="Why.")]
    owner: Annotated[OwnerReference, Meta(description="Who takes the risk.")]
    expires: Annotated[DateText, Meta(description="Until when.")]


class Term(Section, frozen=True, kw_only=True):
    """How long the agreement runs."""

    from_: Annotated[DateText, Meta(description="First day.")] = field(name="from")
    length: Annotated[Duration | UnsetType, Meta(description="How long it runs; without it and `until`, until somebody ends it.")] = UNSET
    until: Annotated[DateText | UnsetType, Meta(description="Last day, in place of a length.")] = UNSET
    renews: Annotated[Duration | UnsetType, Meta(description="By how much it renews itself; without it, it ends.")] = UNSET
    notice: Annotated[Duration | UnsetType, Meta(description="Notice to be given before it renews or ends.")] = UNSET


class Signature(Section, frozen=True, kw_only=True):
    """A signature under the resolved text of the agreement."""

    party: Annotated[Name, Meta(description="For whom was signed: the name of the customer, team or supplier.")]
    by: Annotated[Text, Meta(description="Who signed.")]
    date: Annotated[DateText, Meta(description="When.")]
    text: Annotated[
        TextHash | UnsetType,
        Meta(description="Hash of the text that was signed. Any change of the text voids the signature."),
    ] = UNSET
    evidence: Annotated[Text | UnsetType, Meta(description="File that proves the signature.")] = UNSET


class Amendment(Section, frozen=True, kw_only=True):
    """A change that was agreed while the agreement runs."""

    from_: Annotated[DateText, Meta(description="First day on which the change holds.")] = field(name="from")
    reason: Annotated[Text, Meta(description="Why it was changed.")]
    targets: Annotated[tuple[Target, ...], Meta(description="Targets that replace those of the same name, or are added.")] = ()
    tickets: Annotated[Tickets | UnsetType, Meta(description="Ticket promises that replace the former ones.")] = UNSET
    credits: Annotated[Credits | UnsetType, Meta(description="Credits that replace the former ones.")] = UNSET
    mid_period: Annotated[
        Literal["split", "next_period"],
        Meta(description="Judge both parts of the period apart, or let the change hold from the next period."),
    ] = "split"
    signatures: Annotated[tuple[Signature, ...], Meta(description="Who signed the change.")] = ()


class AgreementBody(Section, frozen=True, kw_only=True):
    """What a template can say as well as an agreement; what the agreement says itself comes first."""

    period: Annotated[Period | UnsetType, Meta(description="The calendar period over which it is judged.")] = UNSET
    hours: Annotated[
        CalendarName | UnsetType, Meta(description="Calendar of the hours in which it is owed; by default around the clock.")
    ] = UNSET
    targets: Annotated[
        tuple[Target, ...] | UnsetType,
        Meta(description="What is promised. A target replaces the template's of the same name; others are added."),
    ] = UNSET
    tickets: Annotated[
        Tickets | UnsetType, Meta(description="Promises about tickets. Rows of the matrix replace the template's, one by one.")
    ] = UNSET
    credits: Annotated[Credits | UnsetType, Meta(description="What is given back when a target is missed.")] = UNSET
    allowance: Annotated[Allowance | UnsetType, Meta(description="Planned downtime that is allowed.")] = UNSET
    workload: Annotated[tuple[Workload, ...] | UnsetType, Meta(description="Limits of what the customer may ask.")] = UNSET
    escalation: Annotated[Escalation | UnsetType, Meta(description="Who is told when it gets serious.")] = UNSET
    after_breach: Annotated[AfterBreach | UnsetType, Meta(description="What is owed after a breach.")] = UNSET
    report: Annotated[Report | UnsetType, Meta(description="The report of a period.")] = UNSET
    review: Annotated[ReviewPlan | UnsetType, Meta(description="How often the parties look at it together.")] = UNSET
    termination: Annotated[tuple[Termination, ...] | UnsetType, Meta(description="When a party may end it early.")] = UNSET
    responsibilities: Annotated[Responsibilities | UnsetType, Meta(description="What each side has to do.")] = UNSET
    scope: Annotated[Scope | UnsetType, Meta(description="What is covered and what not.")] = UNSET
    backed_by: Annotated[
        Mapping[Name, AgreementTargetReference | Backing] | UnsetType,
        Meta(
            description="Which targets of OLAs and UCs back each target of this agreement.",
            examples=[{"availability": {"all": ["db-ola/availability", "cloud-uc/availability"]}}],
        ),
    ] = UNSET
    source: Annotated[Source | UnsetType, Meta(description="Where the text stands, when somebody else wrote it.")] = UNSET
    claim: Annotated[Claim | UnsetType, Meta(description="How credits are claimed.")] = UNSET


class Template(Envelope, frozen=True, kw_only=True):
    """A product's promise, sold many times."""

    kind: Annotated[Literal["Template"], Meta(description="Template: a product's promise, sold many times.")]
    metadata: Annotated[TemplateMetadata, Meta(description="Name, version and title of the template.")]
    spec: Annotated[AgreementBody, Meta(description="What every agreement that extends the template says.")]


class AgreementSpec(AgreementBody, frozen=True, kw_only=True):
    """What an agreement says beyond what a template can."""

    service: Annotated[ServiceName, Meta(description="The service that the agreement is about.")]
    extends: Annotated[TemplateReference | UnsetType, Meta(description="Template and version that it takes over.")] = UNSET
    state: Annotated[AgreementState, Meta(description="Where it stands. Only `active` agreements are judged.")] = "draft"
    term: Annotated[Term | UnsetType, Meta(description="How long it runs.")] = UNSET
    fee: Annotated[Fee | UnsetType, Meta(description="What is paid; credits are taken of it.")] = UNSET
    signatures: Annotated[tuple[Signature, ...], Meta(description="Who signed it.")] = ()
    owner: Annotated[
        OwnerReference | UnsetType, Meta(description="Who answers for the agreement on our side; by default the owner of the service.")
    ] = UNSET
    values: Annotated[
        Mapping[LabelName, LabelValue],
        Meta(
            description="Values of this agreement that a template inserts, quoted, as `${agreement.values.site}`.",
            examples=[{"site": "berlin"}],
        ),
    ] = {}
    amendments: Annotated[tuple[Amendment, ...], Meta(description="Changes agreed while it runs.")] = ()
    exceptions: Annotated[tuple[BackingException, ...], Meta(description="Targets that nothing backs, and who took the risk.")] = ()
    requirements: Annotated[tuple[RequirementName, ...], Meta(description="Requirement documents (SLR) that it answers.")] = ()
    annexes: Annotated[tuple[Text, ...], Meta(description="Files that belong to it.")] = ()


class SLASpec(AgreementSpec, frozen=True, kw_only=True):
    """An agreement with a customer."""

    customer: Annotated[CustomerName, Meta(description="The customer.")]


class SLA(Envelope, frozen=True, kw_only=True):
    """What is promised to a customer."""

    kind: Annotated[Literal["SLA"], Meta(description="SLA: what is promised to a customer.")]
    spec: Annotated[SLASpec, Meta(description="What is promised.")]


class OLASpec(AgreementSpec, frozen=True, kw_only=True):
    """An agreement with a team of our own."""

    team: Annotated[TeamName, Meta(description="The team that promises.")]


class OLA(Envelope, frozen=True, kw_only=True):
    """What an internal team promises, so that SLAs can be kept."""

    kind: Annotated[Literal["OLA"], Meta(description="OLA: what an internal team promises, so that SLAs can be kept.")]
    spec: Annotated[OLASpec, Meta(description="What is promised.")]


class UCSpec(AgreementSpec, frozen=True, kw_only=True):
    """An agreement with a supplier."""

    supplier: Annotated[SupplierName, Meta(description="The supplier who promises.")]


class UC(Envelope, frozen=True, kw_only=True):
    """What a supplier promises us (underpinning contract)."""

    kind: Annotated[Literal["UC", "UPC"], Meta(description="UC (or UPC): what a supplier promises us, an underpinning contract.")]
    spec: Annotated[UCSpec, Meta(description="What is promised.")]


class Requirement(Section, frozen=True, kw_only=True):
    """One thing that the customer needs."""

    name: Annotated[Name, Meta(description="Unique in the document.")]
    need: Annotated[Text, Meta(description="What is needed, in the customer's words.")]
    outcome: Annotated[str, Meta(description="What the business gains by it.")] = ""
    objective: Annotated[ObjectiveText | UnsetType, Meta(description="The figure, where one was named.")] = UNSET
    indicator: Annotated[IndicatorName | UnsetType, Meta(description="The indicator that would measure it.")] = UNSET
    priority: Annotated[Literal["must", "should", "could", "later"], Meta(description="How much it matters.")] = "should"


class Question(Section, frozen=True, kw_only=True):
    """Something that must be known before the requirement can be judged."""

    text: Annotated[Text, Meta(description="The question.")]
    to: Annotated[str, Meta(description="Who can answer it.")] = ""
    due: Annotated[DateText | UnsetType, Meta(description="By when.")] = UNSET
    answer: Annotated[str, Meta(description="The answer.")] = ""


class SLRSpec(Section, frozen=True, kw_only=True):
    """What a customer needs."""

    customer: Annotated[CustomerName, Meta(description="The customer.")]
    service: Annotated[ServiceName, Meta(description="The service.")]
    stakeholder: Annotated[str, Meta(description="Who said so.")] = ""
    requirements: Annotated[Annotated[tuple[Requirement, ...], Meta(min_length=1)], Meta(description="What is needed.")]
    horizon: Annotated[Literal["current", "future"], Meta(description="Needed now, or later.")] = "current"
    needed_by: Annotated[DateText | UnsetType, Meta(description="When it is needed.")] = UNSET
    state: Annotated[
        Literal["captured", "in_review", "needs_info", "accepted", "rejected", "covered", "superseded"],
        Meta(description="Where it stands."),
    ] = "captured"
    captured: Annotated[DateText | UnsetType, Meta(description="Day on which it was taken down.")] = UNSET
    confirmed: Annotated[DateText | UnsetType, Meta(description="Day on which the customer last confirmed it.")] = UNSET
    questions: Annotated[tuple[Question, ...], Meta(description="What must be known first.")] = ()
    users: Annotated[Count | UnsetType, Meta(description="Number of people it is for.")] = UNSET
    related: Annotated[tuple[DocumentReference, ...], Meta(description="Documents that belong to it.")] = ()


class SLR(Envelope, frozen=True, kw_only=True):
    """What a customer needs, before anything is agreed."""

    kind: Annotated[Literal["SLR"], Meta(description="SLR: what a customer needs, before anything is agreed.")]
    spec: Annotated[SLRSpec, Meta(description="What is needed.")]
