"""The resolved catalogue: what the documents mean, after templates, references and defaults.

Everything downstream (rules, checks, outputs, status) reads this model and never a document. It is frozen and
typed; durations are whole seconds, ratios are exact ``Fraction`` values, selectors are PromQL text that has not
been parsed yet. ``origin`` says where the user wrote it, for messages.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from slo_gen.spec.notification import NO_NOTIFICATIONS, Notifications
from slo_gen.spec.records import NO_RECORDS, Records
from slo_gen.spec.terms import (
    Allowance,
    Bound,
    ClaimTerms,
    CreditTerms,
    Exclusion,
    Fee,
    MeasureTerms,
    Misses,
    ReportTerms,
    Source,
    Termination,
)
from slo_gen.spec.ticket_terms import TicketTerms
from slo_gen.timekeeping.calendars import Calendar
from slo_gen.timekeeping.periods import Periods, RollingDays

__all__ = [
    "ALWAYS", "Adjustment", "Agreement", "AgreementTarget", "BurnWindow", "Catalogue", "Counting", "Customer", "Evaluation", "Events",
    "Exclusion", "Indicator", "Latency", "Maintenance", "Measure", "Origin", "OtherTarget", "Party", "PlannedWork", "Probe", "Ratio",
    "Service", "Slo", "Threshold", "TicketTarget", "Watch",
]

Counting = Literal["exact", "light"]

ALWAYS = "24x7"
"""The calendar that needs no document."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where something was written. ``line`` and ``column`` count from 1."""

    file: str
    line: int
    column: int


@dataclass(frozen=True, slots=True)
class Events:
    """Counted events: ``total`` and either ``bad`` or ``good`` (plain selectors of counters)."""

    total: str
    bad: str | None = None
    good: str | None = None


@dataclass(frozen=True, slots=True)
class Latency:
    """Requests slower than ``threshold`` are bad.

    ``histogram`` selects the histogram by its base name (no ``_bucket``). ``threshold`` is in ``unit``, the unit
    of the histogram's own values: seconds unless the document says otherwise.
    """

    histogram: str
    threshold: Fraction
    native: bool = False


@dataclass(frozen=True, slots=True)
class Threshold:
    """A gauge that is bad while it is beyond ``limit``; measured as the share of each minute that is bad."""

    value: str
    op: Literal[">", ">=", "<", "<="]
    limit: Fraction


@dataclass(frozen=True, slots=True)
class Watch:
    """How the exporter makes a state of what locations say.

    ``quorum`` and ``known``: so many locations must see it down, and so many must know its state. Only from ``failures`` in a row on
    a location sees it down: since the first of them where ``back_dated``, else since the last.
    """

    quorum: int | None = 1                # None: more than half of those that know
    known: int = 1
    failures: int = 1
    back_dated: bool = False


@dataclass(frozen=True, slots=True)
class Probe:
    """A 0/1 probe seen from several locations; bad while at least ``quorum`` locations see it down.

    ``location`` is the label that tells locations apart. ``quorum`` None means a majority of the locations
    that report at that instant. ``watch``: the exporter makes ``series`` of what it reads, and its record is the truth.
    """

    series: str
    location: str = "instance"
    quorum: int | None = 1
    watch: Watch | None = None


@dataclass(frozen=True, slots=True)
class Ratio:
    """An error ratio between 0 and 1 that the user computes; every minute weighs the same."""

    error: str


Measure = Events | Latency | Threshold | Probe | Ratio


@dataclass(frozen=True, slots=True)
class Indicator:
    """Facts of one service, measured once. ``counting`` matters for Events and Latency only."""

    name: str
    title: str
    service: str
    measure: Measure
    by: tuple[str, ...]
    counting: Counting
    scrape_interval: int                  # seconds
    bridge: int                           # longest gap of scrapes that is bridged, seconds
    target_labels: tuple[str, ...]        # labels that identify one scraped target
    origin: Origin
    expected_silence: int = 600           # seconds without data before SLMIndicatorNoData fires
    places: Mapping[str, Origin] = field(default_factory=dict)   # where each selector stands, by its key: total, bad, histogram, ...

    @property
    def watch(self) -> Watch | None:
        """How the exporter sees its state; None for an indicator that Prometheus measures."""
        return self.measure.watch if isinstance(self.measure, Probe) else None

    @property
    def is_counted(self) -> bool:
        """Whether it counts events; the others watch a state, and are not counted in any way."""
        return isinstance(self.measure, Events | Latency)


@dataclass(frozen=True, slots=True)
class BurnWindow:
    """One burn alert: more than ``budget_share`` of the budget spent in ``long``, and still burning in ``short``."""

    long: int
    short: int
    budget_share: Fraction
    severity: Literal["page", "ticket", "info"]
    hold: int = 0                         # the alert's ``for``, seconds

    def factor(self, window: int) -> Fraction:
        """Burn rate at which ``budget_share`` of a budget of ``window`` seconds is spent in ``long``."""
        return self.budget_share * window / self.long


@dataclass(frozen=True, slots=True)
class Slo:
    """An internal objective over a rolling window. ``alerts`` is empty when alerting is off."""

    name: str
    title: str
    indicator: str
    service: str
    objective: Fraction
    objective_text: str                   # as written, without the percent sign's rounding: "99.95%"
    window: int                           # seconds
    alerts: tuple[BurnWindow, ...]
    minimum_bad: Fraction                 # bad events (or bad minutes) in the long window below which nothing fires
    team: str                             # "" when nobody owns the service
    runbook_url: str
    dashboard_url: str
    labels: Mapping[str, str]             # the user's own alert labels
    annotations: Mapping[str, str]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Party:
    """The other side of an agreement: ``kind`` is customer, team or supplier."""

    kind: Literal["customer", "team", "supplier"]
    name: str


@dataclass(frozen=True, slots=True)
class AgreementTarget:
    """One promise on an indicator, e.g. at least 99.9 % of the period, or no outage longer than an hour.

    ``objective`` and ``expected`` are ratios where ``unit`` is %, seconds where it is s, and else numbers.
    """

    name: str
    indicator: str
    direction: Literal["at least", "at most"]
    objective: Fraction
    objective_text: str
    expected: Fraction | None             # expected level above the minimum, where one is agreed
    origin: Origin
    where: Mapping[str, str] = field(default_factory=dict)   # labels that pick series of a grouped indicator; no value is empty
    exclude: tuple[Exclusion, ...] = ()
    measure: MeasureTerms = field(default_factory=MeasureTerms)
    hours: str = ALWAYS                   # calendar of the hours in which it is owed
    misses: Misses = field(default_factory=Misses)
    grace: str = ""                       # span after the start of the agreement in which a miss is no breach
    weight: Fraction | None = None        # part of the amount at risk that hangs on it
    unit: Literal["%", "s", ""] = "%"     # of the objective, and of the figure that is compared with it
    strict: bool = False                  # the objective itself is missed: more than 99.9%, less than 60m

    @property
    def bound(self) -> Bound:
        """What the figure must hold to."""
        floor = self.direction == "at least"
        if self.strict:
            words = "more than" if floor else "less than"
            return Bound(">" if floor else "<", self.objective, self.unit, f"{words} {self.objective_text}")
        return Bound(">=" if floor else "<=", self.objective, self.unit, f"{self.direction} {self.objective_text}")


@dataclass(frozen=True, slots=True)
class TicketTarget:
    """One promise on tickets of a priority, e.g. 95 % of P1 answered within 15 minutes of service hours."""

    name: str
    priority: str
    clock: str                            # response, resolution, ...
    within: str                           # duration as written: 15m, 3bd
    hours: str                            # name of a calendar
    share: Fraction
    share_text: str
    origin: Origin
    expected: Fraction | None = None      # expected level above the minimum, where one is agreed
    misses: Misses = field(default_factory=Misses)
    grace: str = ""
    weight: Fraction | None = None
    limit: int | None = None              # so many tickets at most, whatever becomes of them; they have no clock then


@dataclass(frozen=True, slots=True)
class OtherTarget:
    """One promise about something that no indicator measures: tickets, satisfaction, a recorded fact.

    ``of`` says what is counted or timed, scored or recorded. ``bound`` is None where the objective has a unit of its own,
    or a length that depends on a calendar (``3bd``).
    """

    name: str
    about: Literal["count", "longest", "percentile", "satisfaction", "fact"]
    objective_text: str
    origin: Origin
    of: str = ""
    bound: Bound | None = None
    percent: Fraction | None = None       # of a percentile
    priority: str = ""                    # "": tickets of every priority
    hours: str = ALWAYS
    within: str = ""                      # duration as written, where one bounds it
    per: Literal["month", "quarter", "year", ""] = ""   # span of a count; "": the agreement's period
    misses: Misses = field(default_factory=Misses)
    grace: str = ""
    weight: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Agreement:
    """An SLA, OLA or UC after its template was applied."""

    kind: Literal["SLA", "OLA", "UC"]
    name: str
    title: str
    party: Party
    service: str
    template: str                         # "gold@3", or "" for an agreement without one
    state: str
    period: Periods | RollingDays         # over which it is judged, in its time zone
    targets: tuple[AgreementTarget, ...]
    ticket_targets: tuple[TicketTarget, ...]
    backed_by: Mapping[str, tuple[str, ...]]
    origin: Origin
    other_targets: tuple[OtherTarget, ...] = ()
    starts: date | None = None            # first day of the term, in the zone of its periods
    ends: date | None = None              # last day; None: nobody wrote one, or it renews itself
    fee: Fee | None = None
    credits: CreditTerms | None = None
    allowance: Allowance | None = None
    claim: ClaimTerms | None = None
    termination: tuple[Termination, ...] = ()
    source: Source | None = None
    report: ReportTerms = field(default_factory=ReportTerms)
    tickets: TicketTerms | None = None    # None: it says nothing about tickets


@dataclass(frozen=True, slots=True)
class Service:
    name: str
    title: str
    owner: str                            # "team/shop", or ""
    criticality: str
    depends_on: tuple[str, ...]
    origin: Origin


@dataclass(frozen=True, slots=True)
class Customer:
    name: str
    title: str
    labels: Mapping[str, str]
    origin: Origin


@dataclass(frozen=True, slots=True)
class PlannedWork:
    """One span of maintenance, in seconds since 1970. What was done beyond ``planned`` is an overrun, and no maintenance."""

    planned: tuple[int, int]
    announced: int | None                 # when the customers were told; None: nobody wrote it down
    actual: tuple[int, int] | None        # when the work really was, where it was written down
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Maintenance:
    """Work on services. ``customers`` empty: it touches all of them. Spans that come again are listed as far as the horizon.

    ``recurs``: in words when they come, "" where each was written.
    """

    name: str
    title: str
    services: tuple[str, ...]
    customers: tuple[str, ...]
    emergency: bool
    cancelled: bool
    windows: tuple[PlannedWork, ...]
    notice: str                           # duration before each start at which customers are told, "" where none was written
    reason: str
    origin: Origin
    recurs: str = ""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What the parties of an agreement agreed not to count: one ticket, or one span in seconds since 1970."""

    name: str
    agreement: str
    targets: tuple[str, ...]              # those that are relieved; empty: all
    ticket: str                           # "" where it is about a span
    span: tuple[int, int] | None
    reason: str
    origin: Origin

    def relieves(self, agreement: str, target: str) -> bool:
        """Whether it is about this target."""
        return self.agreement == agreement and (not self.targets or target in self.targets)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """How Prometheus is to evaluate the rules; from the Policy document, defaults otherwise. All in seconds."""

    interval: int = 60
    settling: int = 30                    # scrape interval + time-out + ingestion lag
    long_interval: int = 300              # of the rules over windows of a day and more
    shard_size: int = 100                 # indicators that share one rule
    severity_names: Mapping[str, str] = field(default_factory=dict)   # page -> critical, ...
    agreement_page: str = ""              # address for alerts about agreements, with places for their names


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything, resolved; names are unique within their kind and each mapping is sorted by name."""

    services: Mapping[str, Service]
    customers: Mapping[str, Customer]
    indicators: Mapping[str, Indicator]
    slos: Mapping[str, Slo]
    agreements: Mapping[str, Agreement]
    evaluation: Evaluation
    calendars: Mapping[str, Calendar] = field(default_factory=dict)        # 24x7 needs no entry
    maintenance: Mapping[str, Maintenance] = field(default_factory=dict)
    notifications: Notifications = NO_NOTIFICATIONS
    adjustments: tuple[Adjustment, ...] = ()                               # by name
    records: Records = NO_RECORDS

    def states_decide(self, target: AgreementTarget) -> bool:
        """Whether a target is decided by the exporter's record of states alone: no condition is excluded that only Prometheus knows."""
        return self.indicators[target.indicator].watch is not None and not any(exclusion.when for exclusion in target.exclude)
