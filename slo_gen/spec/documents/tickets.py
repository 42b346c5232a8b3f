"""Promises about tickets: the matrix, and how the clocks of tickets run."""

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import UNSET, Meta, UnsetType, field

from slo_gen.spec.documents.envelope import Section
from slo_gen.spec.documents.scalars import (
    AtLeastOne,
    Cell,
    Count,
    Duration,
    Name,
    Percent,
    PriorityName,
    Text,
    TicketEvent,
)

__all__ = ["HoldClock", "LowVolume", "PauseWhen", "StatusMeanings", "TicketClock", "Tickets"]


class PauseWhen(Section, frozen=True, kw_only=True):
    """When a ticket's clocks stand still."""

    status: Annotated[
        tuple[Text, ...],
        Meta(
            description="Statuses in which the clock is paused: names as the ticketing system has them, or what they mean: `new`, `open`, "
            "`pending` (waits for the customer), `hold` (waits for somebody else), `solved`, `closed`.",
            examples=[["awaiting_customer"], ["pending", "hold"]],
        ),
    ] = ()
    tags: Annotated[tuple[Text, ...], Meta(description="Tags that pause the clock.")] = ()
    resume_status: Annotated[
        tuple[Text, ...],
        Meta(description="Statuses in which a paused clock goes on; by default all in which it is not paused.", examples=[["open"]]),
    ] = ()
    paused_time: Annotated[
        Literal["excluded", "counted"] | UnsetType,
        Meta(
            description="`excluded`: the time does not count. `counted`: nothing is due in it, but it counts when the clock goes on. By "
            "default as the profile does it: excluded, with `rt` counted."
        ),
    ] = UNSET
    at_most: Annotated[Duration | UnsetType, Meta(description="The most that one ticket may be paused; later time counts.")] = UNSET


class TicketClock(Section, frozen=True, kw_only=True):
    """A clock of your own, from one event of a ticket to another."""

    from_: Annotated[TicketEvent, Meta(description="What starts the clock.")] = field(name="from")
    until: Annotated[TicketEvent, Meta(description="What ends it.")]
    restart: Annotated[
        Literal["never", "on_reopen", "on_start"],
        Meta(
            description="Whether it may start again: never, with each new start after its end (`on_reopen`), or with each start, even "
            "while it runs (`on_start`)."
        ),
    ] = "never"
    pause_when: Annotated[PauseWhen | UnsetType, Meta(description="When it stands still; by default as the other clocks do.")] = UNSET


class HoldClock(Section, frozen=True, kw_only=True):
    """Time that another group holds the ticket, taken off our clock and put on theirs."""

    name: Annotated[Name, Meta(description="Name of the clock, e.g. of the group.")]
    from_: Annotated[TicketEvent, Meta(description="What begins the hold.", examples=["assigned(dba)"])] = field(name="from")
    until: Annotated[TicketEvent, Meta(description="What ends it.", examples=["unassigned(dba)"])]
    counts: Annotated[bool, Meta(description="`true` leaves the time on our own clock as well.")] = True


class LowVolume(Section, frozen=True, kw_only=True):
    """What holds when there were too few tickets for a percentage to mean anything."""

    below: Annotated[AtLeastOne, Meta(description="Fewer tickets than this is few.")]
    allow_misses: Annotated[Count, Meta(description="That many misses are no breach then.")] = 1


class StatusMeanings(Section, frozen=True, kw_only=True):
    """What the statuses of a ticketing system mean, where its own word for it is not enough."""

    pending: Annotated[tuple[Text, ...], Meta(description="Statuses that wait for the customer.")] = ()
    hold: Annotated[tuple[Text, ...], Meta(description="Statuses that wait for somebody else.")] = ()
    solved: Annotated[tuple[Text, ...], Meta(description="Statuses in which the ticket is solved.", examples=[["Resolved"]])] = ()
    closed: Annotated[tuple[Text, ...], Meta(description="Statuses in which it is closed for good.")] = ()
    open: Annotated[tuple[Text, ...], Meta(description="Statuses in which it is worked on.")] = ()
    new: Annotated[tuple[Text, ...], Meta(description="Statuses in which nobody has begun.")] = ()


class Tickets(Section, frozen=True, kw_only=True):
    """Promises about tickets, and how their clocks run."""

    matrix: Annotated[
        Mapping[PriorityName, tuple[Cell | tuple[Percent, ...], ...]],
        Meta(
            description="One row per priority; the row `columns` names the columns. `hours` (calendar) and `share` (percentage, or a list "
            "of levels, expected and minimum) are known; every other column is a clock with the time it allows. `none` promises nothing.",
            examples=[{"columns": ["hours", "response", "share"], "P1": ["24x7", "15m", "95%"]}],
        ),
    ] = {}
    source: Annotated[Name | UnsetType, Meta(description="Ticket source of the exporter; by default its only one.")] = UNSET
    select: Annotated[
        Mapping[Text, Text],
        Meta(description="Fields and values of the tickets that belong to the agreement.", examples=[{"organization": "acme"}]),
    ] = {}
    profile: Annotated[
        Literal["generic", "zendesk", "jsm", "servicenow", "zammad", "rt", "redmine"],
        Meta(
            description="Run the clocks as this ticketing system does it itself, so that the number is the one its agents see; every other "
            "key below changes it."
        ),
    ] = "generic"
    statuses: Annotated[StatusMeanings, Meta(description="What statuses mean, where it is not what their source says.")] = StatusMeanings()
    pause_when: Annotated[PauseWhen, Meta(description="When the clocks stand still.")] = PauseWhen()
    pauses: Annotated[
        Mapping[Name, PauseWhen],
        Meta(
            description="When single clocks stand still; replaces for each of them what its profile and `pause_when` say.",
            examples=[{"resolution": {"status": ["pending", "hold"]}}],
        ),
    ] = {}
    reopen: Annotated[
        Literal["continue", "exclude_closed", "new_cycle", "restart"] | UnsetType,
        Meta(
            description="What a solved ticket's clock does when the ticket is open again: it goes on and the time between counts "
            "(`continue`) or does not (`exclude_closed`), a further clock runs beside the first one's result (`new_cycle`), or a new clock "
            "takes its place (`restart`). By default as the profile does it: `exclude_closed`, `jsm` and `servicenow` `new_cycle`, `rt` "
            "`continue`."
        ),
    ] = UNSET
    retroactive_start: Annotated[
        bool | UnsetType,
        Meta(
            description="Clocks begin when what the ticket is about began, where that is known (event `began`), and not when the ticket "
            "was opened; and with `priority_changes: restart` a new clock begins where the old one did. By default only with `servicenow`."
        ),
    ] = UNSET
    clocks: Annotated[
        Mapping[Name, TicketClock],
        Meta(
            description="Clocks of your own, beside `response`, `next_response`, `update`, `pausable_update`, `requester_wait`, "
            "`agent_work` and `resolution`."
        ),
    ] = {}
    holds: Annotated[tuple[HoldClock, ...], Meta(description="Clocks for the time that another group holds a ticket.")] = ()
    counts_in: Annotated[
        Literal["period_of_result", "opened", "due"],
        Meta(
            description="The period in which a ticket counts: when its result fell (the end of its clock, or the instant at which it was "
            "too late), when it was opened, or when it was due."
        ),
    ] = "period_of_result"
    low_volume: Annotated[LowVolume | UnsetType, Meta(description="What holds with few tickets.")] = UNSET
    priority_changes: Annotated[
        Literal["last", "highest", "first", "now", "by_interval", "restart"] | UnsetType,
        Meta(
            description="Whose promise counts when the priority was changed: that at the start of the clock (`first`), at its end "
            "(`last`), at present, even after its end (`now`), of the `highest` one ever held, which cannot be evaded, each for the time "
            "it was held (`by_interval`), or the clock is cancelled and a new one begins (`restart`). By default `last`, with "
            "`servicenow` `restart`."
        ),
    ] = UNSET
    hours_changes: Annotated[
        Literal["last", "by_interval"],
        Meta(description="Whose hours count when a change of priority changes the calendar: the last ones, or each for their own time."),
    ] = "last"
    exclude_tags: Annotated[tuple[Text, ...], Meta(description="Tickets with one of these tags do not count, e.g. duplicates.")] = ()
