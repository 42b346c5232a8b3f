"""Calendar and Maintenance: when hours count, and when work is planned."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType, field

from slo_gen.spec.documents.envelope import Choice, Envelope, Section
from slo_gen.spec.documents.scalars import (
    CalendarName,
    Country,
    CustomerName,
    DateText,
    DayRange,
    DayText,
    DocumentReference,
    Duration,
    InstantText,
    OwnerReference,
    RecurringDay,
    ServiceName,
    Text,
    TimeRange,
    Timezone,
)

__all__ = [
    "Calendar",
    "CalendarSpec",
    "Holiday",
    "Holidays",
    "Maintenance",
    "MaintenanceSpec",
    "MaintenanceWindow",
    "Recurrence",
    "SpecialDay",
]

Calendars = Annotated[tuple[CalendarName, ...], Meta(min_length=1)]
"""At least one calendar."""


class Holiday(Section, frozen=True, kw_only=True):
    """One day on which nobody works, or several that follow each other."""

    date: Annotated[DayText, Meta(description="The day, of one year or of every year.")]
    until: Annotated[
        DayText | UnsetType,
        Meta(
            description="Last day, in the form of `date`, where there are several; a range of every year may go over the end of the year.",
            examples=["01-02"],
        ),
    ] = UNSET
    name: Annotated[str, Meta(description="What the day is called; shown where a clock skips it.")] = ""


class Holidays(Section, frozen=True, kw_only=True):
    """Days that do not count, from public tables and from your own list."""

    countries: Annotated[
        tuple[Country, ...],
        Meta(description="Countries, with their region where it matters, whose public holidays are kept."),
    ] = ()
    combine: Annotated[
        Literal["any", "all"],
        Meta(
            description="With several countries: `any` skips a day that is a holiday in one of them, `all` only a day that is one in each."
        ),
    ] = "any"
    dates: Annotated[tuple[Holiday, ...], Meta(description="Further days that do not count.")] = ()
    except_: Annotated[tuple[DateText, ...], Meta(description="Days of the tables, years and ranges on which work goes on.")] = field(
        default=(), name="except"
    )


class SpecialDay(Section, frozen=True, kw_only=True):
    """A day with hours of its own; it overrides the week and the holidays."""

    date: Annotated[DateText, Meta(description="The day.")]
    hours: Annotated[tuple[TimeRange, ...], Meta(description="Its hours; an empty list closes the day.")]
    reason: Annotated[str, Meta(description="Why the day is special.")] = ""


class CalendarSpec(Choice, frozen=True, kw_only=True):
    """Hours that count: of its own, or made of other calendars."""

    timezone: Annotated[Timezone, Meta(description="Time zone in which the hours are read, through its clock changes.")] = "UTC"
    hours: Annotated[
        Mapping[DayRange, tuple[TimeRange, ...]] | UnsetType,
        Meta(description="Hours of the week; days that are not named are closed.", examples=[{"mon-fri": ["08:00-18:00"]}]),
    ] = UNSET
    always: Annotated[Literal[True] | UnsetType, Meta(description="Open around the clock, every day.")] = UNSET
    union_of: Annotated[Calendars | UnsetType, Meta(description="Open whenever one of these calendars is.")] = UNSET
    intersection_of: Annotated[Calendars | UnsetType, Meta(description="Open only while all of these calendars are.")] = UNSET
    without: Annotated[tuple[CalendarName, ...], Meta(description="Closed while one of these calendars is open.")] = ()
    holidays: Annotated[Holidays | UnsetType, Meta(description="Days that do not count.")] = UNSET
    special_days: Annotated[tuple[SpecialDay, ...], Meta(description="Days with hours of their own.")] = ()
    valid_until: Annotated[
        DateText | UnsetType, Meta(description="Last day for which the list of holidays is complete; you are warned before it ends.")
    ] = UNSET

    exactly_one = (("hours", "always", "union_of", "intersection_of"),)


class Calendar(Envelope, frozen=True, kw_only=True):
    """Hours in which time counts."""

    kind: Annotated[Literal["Calendar"], Meta(description="Calendar: the hours in which time counts.")]
    spec: Annotated[CalendarSpec, Meta(description="Which hours count.")]


class MaintenanceWindow(Section, frozen=True, kw_only=True):
    """One span of planned work."""

    from_: Annotated[InstantText, Meta(description="Start of the work.")] = field(name="from")
    to: Annotated[InstantText, Meta(description="End of the work, excluded.")]
    announced: Annotated[
        InstantText | UnsetType,
        Meta(description="When the customers were told. Work announced later than the agreed notice is not excluded."),
    ] = UNSET
    actual_from: Annotated[InstantText | UnsetType, Meta(description="When the work really began.")] = UNSET
    actual_to: Annotated[InstantText | UnsetType, Meta(description="When the work really ended; an overrun counts as downtime.")] = UNSET
    reference: Annotated[str, Meta(description="Change or ticket in your own records.")] = ""


class Recurrence(Section, frozen=True, kw_only=True):
    """Work that is planned again and again."""

    every: Annotated[Literal["day", "week", "month"], Meta(description="How often the work comes.")]
    on: Annotated[
        tuple[RecurringDay | Annotated[int, Meta(ge=1, le=31)], ...],
        Meta(description="Days of the week, a counted day of the week (`1.sun`, `last fri`) or days of the month. Empty: every day."),
    ] = ()
    at: Annotated[TimeRange, Meta(description="Hours of the work.", examples=["02:00-04:00"])]
    from_: Annotated[DateText, Meta(description="First day.")] = field(name="from")
    until: Annotated[DateText | UnsetType, Meta(description="Last day; without it the work goes on.")] = UNSET
    except_: Annotated[tuple[DateText, ...], Meta(description="Days on which the work is left out.")] = field(default=(), name="except")


class MaintenanceSpec(Choice, frozen=True, kw_only=True):
    """Planned work and what it touches."""

    services: Annotated[tuple[ServiceName, ...], Meta(description="Services that the work touches.")]
    customers: Annotated[tuple[CustomerName, ...], Meta(description="Customers whom it touches; empty means all.")] = ()
    type: Annotated[Literal["planned", "emergency"], Meta(description="Contracts often exclude planned work only.")] = "planned"
    state: Annotated[Literal["planned", "done", "cancelled"], Meta(description="Cancelled work excludes nothing.")] = "planned"
    windows: Annotated[tuple[MaintenanceWindow, ...] | UnsetType, Meta(description="The spans of work, one by one.")] = UNSET
    recurring: Annotated[Recurrence | UnsetType, Meta(description="Work that comes again and again.")] = UNSET
    timezone: Annotated[Timezone, Meta(description="Time zone of times that carry no offset.")] = "UTC"
    reason: Annotated[str, Meta(description="What is done; told to customers.")] = ""
    change: Annotated[Text | UnsetType, Meta(description="Identifier of the change in your change records.")] = UNSET
    approved_by: Annotated[tuple[Text, ...], Meta(description="Who approved the work.")] = ()
    owner: Annotated[OwnerReference | UnsetType, Meta(description="Team or role that does the work.")] = UNSET
    notice: Annotated[Duration | UnsetType, Meta(description="How long before the start customers are told.")] = UNSET
    related: Annotated[tuple[DocumentReference, ...], Meta(description="Documents that belong to it.")] = ()

    exactly_one = (("windows", "recurring"),)


class Maintenance(Envelope, frozen=True, kw_only=True):
    """Planned work on services."""

    kind: Annotated[Literal["Maintenance"], Meta(description="Maintenance: planned work on services, excluded where a contract says so.")]
    spec: Annotated[MaintenanceSpec, Meta(description="What is planned.")]
