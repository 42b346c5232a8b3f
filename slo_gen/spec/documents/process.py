"""Breach, Adjustment, Feedback, Review and Improvement: what happens while agreements run."""

from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType, field

from slo_gen.spec.documents.envelope import Choice, Envelope, Section
from slo_gen.spec.documents.scalars import (
    AgreementName,
    AgreementTargetReference,
    AtLeastOne,
    Count,
    CustomerName,
    DateText,
    DocumentReference,
    Duration,
    ImprovementName,
    InstantText,
    Money,
    Name,
    Number,
    ObjectiveText,
    OwnerReference,
    PartyReference,
    Percent,
    PeriodText,
    ReviewName,
    ServiceName,
    Text,
)

__all__ = ["Action", "Adjustment", "Breach", "Feedback", "Improvement", "Review"]


class Action(Section, frozen=True, kw_only=True):
    """Something that somebody is to do."""

    what: Annotated[Text, Meta(description="What is to be done.")]
    owner: Annotated[OwnerReference | UnsetType, Meta(description="Who does it.")] = UNSET
    due: Annotated[DateText | UnsetType, Meta(description="By when.")] = UNSET
    done: Annotated[DateText | UnsetType, Meta(description="Day on which it was done.")] = UNSET
    ticket: Annotated[Text | UnsetType, Meta(description="Identifier in your ticketing system.")] = UNSET


class BreachSpec(Section, frozen=True, kw_only=True):
    """A target that was missed."""

    target: Annotated[AgreementTargetReference, Meta(description="The agreement and its target.", examples=["acme-checkout/availability"])]
    period: Annotated[PeriodText, Meta(description="The period in which it was missed.")]
    through: Annotated[
        PeriodText | UnsetType,
        Meta(description="The last period of several in a row in which it was missed, of those that overlap.", examples=["30d-2026-10-31"]),
    ] = UNSET
    party: Annotated[
        Literal["unknown", "internal", "supplier", "customer", "force_majeure"], Meta(description="On whose side the cause lies.")
    ] = "unknown"
    at_fault: Annotated[PartyReference | UnsetType, Meta(description="Which team, supplier or customer it was.")] = UNSET
    cause: Annotated[str, Meta(description="The cause, once it is known.")] = ""
    severity: Annotated[Literal["minor", "major", "critical"], Meta(description="How bad it was.")] = "minor"
    state: Annotated[Literal["open", "explained", "planned", "closed"], Meta(description="Where it stands.")] = "open"
    detected: Annotated[InstantText | UnsetType, Meta(description="When it was noticed.")] = UNSET
    notified: Annotated[InstantText | UnsetType, Meta(description="When the other party was told.")] = UNSET
    root_cause_given: Annotated[DateText | UnsetType, Meta(description="Day on which the cause was reported.")] = UNSET
    plan_given: Annotated[DateText | UnsetType, Meta(description="Day on which the plan was presented.")] = UNSET
    attained: Annotated[ObjectiveText | UnsetType, Meta(description="What was reached.", examples=["99.71%"])] = UNSET
    tickets: Annotated[tuple[Text, ...], Meta(description="Tickets that belong to it.")] = ()
    actions: Annotated[tuple[Action, ...], Meta(description="What is done about it.")] = ()
    improvement: Annotated[ImprovementName | UnsetType, Meta(description="Improvement that came of it.")] = UNSET
    accepted_risk: Annotated[Text | UnsetType, Meta(description="Why nothing is done about it, and who decided so.")] = UNSET
    credit: Annotated[Money | UnsetType, Meta(description="What was given back.")] = UNSET


class Breach(Envelope, frozen=True, kw_only=True):
    """A target that was missed in a period, its cause and what is done about it."""

    kind: Annotated[Literal["Breach"], Meta(description="Breach: a target that was missed, its cause and what is done about it.")]
    spec: Annotated[BreachSpec, Meta(description="What happened.")]


class Span(Section, frozen=True, kw_only=True):
    """A span of time."""

    from_: Annotated[InstantText, Meta(description="Start.")] = field(name="from")
    to: Annotated[InstantText, Meta(description="End, excluded.")]


class Consent(Section, frozen=True, kw_only=True):
    """Somebody who agreed."""

    party: Annotated[PartyReference, Meta(description="For which party.")]
    by: Annotated[Text, Meta(description="Who agreed.")]
    date: Annotated[DateText, Meta(description="When.")]
    evidence: Annotated[Text | UnsetType, Meta(description="File that proves it.")] = UNSET


class AdjustmentSpec(Choice, frozen=True, kw_only=True):
    """A ticket or a span that the parties agreed not to count."""

    agreement: Annotated[AgreementName, Meta(description="The agreement.")]
    targets: Annotated[tuple[Name, ...], Meta(description="Its targets that are relieved; empty: all.")] = ()
    ticket: Annotated[Text | UnsetType, Meta(description="The ticket that does not count.")] = UNSET
    span: Annotated[Span | UnsetType, Meta(description="The span that does not count.")] = UNSET
    reason: Annotated[Text, Meta(description="Why.")]
    agreed_by: Annotated[
        Annotated[tuple[Consent, ...], Meta(min_length=1)],
        Meta(description="Who agreed to it; the party that loses by it must be among them."),
    ]

    exactly_one = (("ticket", "span"),)


class Adjustment(Envelope, frozen=True, kw_only=True):
    """Relief that the parties agreed on, for one ticket or one span."""

    kind: Annotated[Literal["Adjustment"], Meta(description="Adjustment: relief that the parties agreed on, for one ticket or one span.")]
    spec: Annotated[AdjustmentSpec, Meta(description="What does not count.")]


class Scores(Section, frozen=True, kw_only=True):
    """Answers to a survey, summed up."""

    answers: Annotated[Count, Meta(description="Number of answers.")]
    sum: Annotated[Number, Meta(description="Sum of the answers' scores.")]
    scale: Annotated[AtLeastOne, Meta(description="Highest score.")] = 5
    asked: Annotated[Count | UnsetType, Meta(description="Number of people who were asked.")] = UNSET


class FeedbackSpec(Section, frozen=True, kw_only=True):
    """What a customer said."""

    customer: Annotated[CustomerName, Meta(description="The customer.")]
    service: Annotated[ServiceName | UnsetType, Meta(description="The service it is about.")] = UNSET
    type: Annotated[Literal["satisfaction", "complaint", "compliment"], Meta(description="What it is.")]
    received: Annotated[DateText, Meta(description="Day on which it was received.")]
    period: Annotated[PeriodText | UnsetType, Meta(description="The period that a survey is about.")] = UNSET
    channel: Annotated[str, Meta(description="How it came, e.g. phone, mail, survey.")] = ""
    scores: Annotated[Scores | UnsetType, Meta(description="Answers to a survey.")] = UNSET
    text: Annotated[str, Meta(description="What was said.")] = ""
    state: Annotated[
        Literal["received", "acknowledged", "investigating", "resolved", "confirmed", "escalated"],
        Meta(description="Where a complaint stands."),
    ] = "received"
    due: Annotated[DateText | UnsetType, Meta(description="By when it is answered.")] = UNSET
    owner: Annotated[OwnerReference | UnsetType, Meta(description="Who answers it.")] = UNSET
    answer: Annotated[str, Meta(description="What was answered.")] = ""
    improvement: Annotated[ImprovementName | UnsetType, Meta(description="Improvement that came of it.")] = UNSET


class Feedback(Envelope, frozen=True, kw_only=True):
    """Satisfaction, a complaint or a compliment."""

    kind: Annotated[Literal["Feedback"], Meta(description="Feedback: satisfaction, a complaint or a compliment.")]
    spec: Annotated[FeedbackSpec, Meta(description="What was said.")]


class Attendance(Section, frozen=True, kw_only=True):
    """Who was there."""

    present: Annotated[tuple[Text, ...], Meta(description="Who took part.")] = ()
    absent: Annotated[tuple[Text, ...], Meta(description="Who was asked and did not.")] = ()


class Amend(Section, frozen=True, kw_only=True):
    """An agreement that is to be changed."""

    agreement: Annotated[AgreementName, Meta(description="The agreement.")]
    change: Annotated[Text, Meta(description="What is to be changed.")]


class ReviewSpec(Section, frozen=True, kw_only=True):
    """A meeting on agreements: planned, then held."""

    party: Annotated[PartyReference, Meta(description="With whom.")]
    agreements: Annotated[tuple[AgreementName, ...], Meta(description="What is reviewed; empty: every agreement with the party.")] = ()
    type: Annotated[Literal["operational", "strategic", "annual", "after_breach"], Meta(description="What kind of meeting.")] = (
        "operational"
    )
    state: Annotated[
        Literal["planned", "pack_sent", "held", "minutes_sent", "approved", "closed"], Meta(description="Where it stands.")
    ] = "planned"
    planned: Annotated[DateText, Meta(description="Day for which it was planned.")]
    held: Annotated[DateText | UnsetType, Meta(description="Day on which it was held.")] = UNSET
    periods: Annotated[tuple[PeriodText, ...], Meta(description="Periods that were looked at.")] = ()
    chair: Annotated[str, Meta(description="Who led it.")] = ""
    attendance: Annotated[Attendance | UnsetType, Meta(description="Who was there.")] = UNSET
    previous: Annotated[ReviewName | UnsetType, Meta(description="The review before, whose actions were gone through.")] = UNSET
    minutes: Annotated[str, Meta(description="What was said.")] = ""
    exceptional: Annotated[tuple[Text, ...], Meta(description="Exceptional situations.")] = ()
    decisions: Annotated[tuple[Text, ...], Meta(description="What was decided.")] = ()
    actions: Annotated[tuple[Action, ...], Meta(description="What is to be done.")] = ()
    requirements: Annotated[tuple[Text, ...], Meta(description="New or changed needs of the customer.")] = ()
    outlook: Annotated[tuple[Text, ...], Meta(description="Changes that are coming.")] = ()
    need_to_improve: Annotated[
        Literal["yes", "no"] | UnsetType, Meta(description="Whether something must improve; to be answered in every review.")
    ] = UNSET
    improvements: Annotated[tuple[ImprovementName, ...], Meta(description="Improvements that were talked about.")] = ()
    amend: Annotated[tuple[Amend, ...], Meta(description="Agreements that are to be changed.")] = ()
    next: Annotated[DateText | UnsetType, Meta(description="Day of the next one.")] = UNSET
    circulation: Annotated[tuple[Text, ...], Meta(description="Who gets the minutes.")] = ()
    approved_by: Annotated[tuple[Consent, ...], Meta(description="Who approved the minutes.")] = ()


class Review(Envelope, frozen=True, kw_only=True):
    """A meeting on agreements, with its minutes."""

    kind: Annotated[Literal["Review"], Meta(description="Review: a meeting on agreements, with its minutes.")]
    spec: Annotated[ReviewSpec, Meta(description="The meeting.")]


class Measured(Section, frozen=True, kw_only=True):
    """A figure and when it was taken."""

    value: Annotated[Text, Meta(description="The figure with its unit.", examples=["99.71%", "42m"])]
    period: Annotated[PeriodText | UnsetType, Meta(description="The period in which it was measured.")] = UNSET
    by: Annotated[DateText | UnsetType, Meta(description="Day by which it is to be reached.")] = UNSET


class ImprovementSpec(Section, frozen=True, kw_only=True):
    """What is to become better, and whether it did."""

    service: Annotated[ServiceName, Meta(description="The service.")]
    customer: Annotated[CustomerName | UnsetType, Meta(description="The customer, when it is for one only.")] = UNSET
    came_of: Annotated[
        DocumentReference | UnsetType,
        Meta(description="Breach, review or feedback from which it came.", examples=["breach/acme-checkout-2026-10"]),
    ] = UNSET
    raised: Annotated[DateText | UnsetType, Meta(description="Day on which it was raised.")] = UNSET
    raised_by: Annotated[str, Meta(description="Who raised it.")] = ""
    figure: Annotated[Text, Meta(description="The figure that is to move, e.g. availability of checkout.")]
    baseline: Annotated[Measured, Meta(description="Where it stood before.")]
    target: Annotated[Measured, Meta(description="Where it is to stand.")]
    result: Annotated[Measured | UnsetType, Meta(description="Where it stood afterwards.")] = UNSET
    size: Annotated[Literal["small", "medium", "large"], Meta(description="How much work it is.")] = "medium"
    timescale: Annotated[Literal["short", "medium", "long"], Meta(description="How long it takes.")] = "medium"
    priority: Annotated[AtLeastOne | UnsetType, Meta(description="Its place in the list; 1 is first.")] = UNSET
    justification: Annotated[str, Meta(description="Why it is worth it.")] = ""
    cost: Annotated[Money | UnsetType, Meta(description="What it costs.")] = UNSET
    benefit: Annotated[Money | UnsetType, Meta(description="What it is expected to bring in a year.")] = UNSET
    expected_gain: Annotated[Percent | UnsetType, Meta(description="Share of the gap that it is expected to close.")] = UNSET
    owner: Annotated[OwnerReference, Meta(description="Who sees to it.")]
    due: Annotated[DateText | UnsetType, Meta(description="By when.")] = UNSET
    state: Annotated[
        Literal["proposed", "approved", "in_progress", "implemented", "verified", "deferred", "rejected", "cancelled"],
        Meta(description="Where it stands."),
    ] = "proposed"
    decision: Annotated[str, Meta(description="Why it was approved, deferred or rejected.")] = ""
    actions: Annotated[tuple[Action, ...], Meta(description="The steps.")] = ()
    report_every: Annotated[Duration | UnsetType, Meta(description="How often the customer hears of its progress.")] = UNSET


class Improvement(Envelope, frozen=True, kw_only=True):
    """Something that is to become better: where it stood, where it is to stand, what came of it."""

    kind: Annotated[
        Literal["Improvement"], Meta(description="Improvement: where a figure stood, where it is to stand, and what came of it.")
    ]
    spec: Annotated[ImprovementSpec, Meta(description="What is to become better.")]
