"""The terms of an agreement after its template was applied: measuring, exclusions, money, deadlines.

They are what was written, typed: ratios and amounts are exact, spans of fixed length are whole seconds. Spans that
depend on a calendar or a month (``3bd``, ``12mo``) stay text, for ``timekeeping`` to add to an instant. Calendars are
named; ``24x7`` is built in.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Final, Literal

__all__ = [
    "Allowance", "Bound", "Cap", "ClaimTerms", "CreditTerms", "Deadline", "EarnBack", "Exclusion", "Fee", "MeasureTerms", "Method",
    "Misses", "Money", "Repeat", "ReportTerms", "Source", "Termination", "Tier",
]  # fmt: skip

_ENDS: Final = {"<": "below", "<=": "at most", ">": "above", ">=": "at least"}

Method = Literal[
    "event_ratio", "downtime_minutes", "downtime_periods", "interval_mean", "unavailable_intervals", "per_interruption", "weighted_downtime"
]


@dataclass(frozen=True, slots=True)
class MeasureTerms:
    """How a target turns facts into a figure. Times in seconds; ``down_strict``: the threshold itself is up."""

    method: Method = "event_ratio"
    interval: int = 60
    at_least: int | None = None                  # shortest run of down intervals that counts
    longer_than: int | None = None               # a run counts only when it lasts longer
    drop_partial: bool = False                   # the rest of a run beyond whole ``at_least`` does not count
    down_threshold: Fraction = Fraction(0)
    down_strict: bool = True
    minimum_events: int = 0
    empty: Literal["good", "bad", "excluded", "unknown"] = "unknown"
    unknown: Literal["bounds", "good", "bad", "excluded"] = "bounds"
    over: Literal["calendar", "scheduled", "deployed", "events"] = "calendar"
    weight: str = ""                             # PromQL of the share of users that is hit; "": the interval's own bad share
    reduce: Literal["sum", "mean", "max", "count"] | None = None   # None: what suits the method


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Time that does not count: by a known cause (maintenance, customer, ...), or while the PromQL ``when`` has a result.

    ``at_most``: the most seconds that are excluded for this reason in one period.
    """

    reason: str
    when: str = ""
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Misses:
    """When a miss becomes a breach: more than ``allowed`` misses among the last ``of`` periods."""

    allowed: int = 0
    of: int = 1
    contiguous: bool = False


@dataclass(frozen=True, slots=True)
class Allowance:
    """Planned downtime that is excluded: at most ``planned`` seconds ``per`` span, announced ``notice`` before it."""

    planned: int
    per: Literal["week", "month", "quarter", "year"]
    notice: str = ""
    hours: str = ""                              # calendar in which planned work may take place


@dataclass(frozen=True, slots=True)
class Money:
    amount: Fraction
    currency: str


@dataclass(frozen=True, slots=True)
class Fee:
    """What is paid for the service in each span."""

    amount: Fraction
    currency: str
    per: Literal["month", "quarter", "year"]


@dataclass(frozen=True, slots=True)
class Bound:
    """One side of a comparison with a figure: ``below 99.9 %``. ``unit`` is % (``value`` is a ratio), s (seconds) or "" (a number)."""

    op: Literal["<", "<=", ">", ">="]
    value: Fraction
    unit: Literal["%", "s", ""]
    text: str                                    # as it was written

    @property
    def as_end(self) -> str:
        """In words, as the end of a scale, which is written without any: ``below 99.9%``."""
        return f"{_ENDS[self.op]} {self.text}"

    def holds(self, figure: Fraction) -> bool:
        """Whether a figure in the same unit is on this side."""
        match self.op:
            case "<":
                return figure < self.value
            case "<=":
                return figure <= self.value
            case ">":
                return figure > self.value
            case ">=":
                return figure >= self.value


@dataclass(frozen=True, slots=True)
class Tier:
    """One step of a scale, reached by a figure that is within ``when``, and within ``until`` where that is given.

    Exactly one of ``credit`` (share of the fee), ``amount``, ``days`` and ``seconds`` (whose fee it is) is given. With ``each``
    it is given once more for each full step of that size, in the unit of ``when``, by which the figure is beyond ``when``; with
    ``started`` once for each step that has begun there.
    """

    when: Bound
    credit: Fraction | None = None
    amount: Money | None = None
    days: Fraction | None = None
    until: Bound | None = None                   # the far end of a tier with two bounds
    each: Fraction | None = None
    seconds: int | None = None
    started: bool = False

    def holds(self, figure: Fraction) -> bool:
        """Whether a figure is in this tier. Exact: ``below`` leaves out the bound itself."""
        return self.when.holds(figure) and (self.until is None or self.until.holds(figure))


@dataclass(frozen=True, slots=True)
class Cap:
    """The most that is given back: a share of the period's fee, or the fee of some time, for a period or each interruption.

    Exactly one of ``share``, ``seconds`` and ``months`` is given.
    """

    share: Fraction | None = None
    seconds: int | None = None
    months: int | None = None
    of: Literal["period", "interruption"] = "period"


@dataclass(frozen=True, slots=True)
class Repeat:
    """From the ``misses``-th miss within so many periods on, this period among them, the credit is multiplied."""

    misses: int
    within: int
    times: Fraction


@dataclass(frozen=True, slots=True)
class EarnBack:
    """A share of the credit is won back when the objective (the target's own if None) holds in the next ``periods``."""

    periods: int
    objective: Bound | None
    share: Fraction


@dataclass(frozen=True, slots=True)
class CreditTerms:
    """What is given back when a target is missed. ``cap`` None: no bound. ``targets`` empty: all of them.

    One of ``tiers``, ``multiplier`` (of the fee for the time of the downtime) and ``at_risk`` (a share of the fee that
    weighted targets divide between them) says how much.
    """

    of: Literal["monthly_fee", "period_fee", "annual_fee", "affected_fee", "fee_of_downtime"] = "monthly_fee"
    targets: tuple[str, ...] = ()
    tiers: tuple[Tier, ...] = ()
    multiplier: Fraction | None = None
    excess_only: bool = False                    # of the downtime, what is beyond the objective
    at_risk: Fraction | None = None
    cap: Cap | None = Cap(share=Fraction(1))
    annual_cap: Fraction | None = None           # share of the year's fee
    annual_cap_per: Literal["year", "12mo"] = "year"   # each year from its first day, or any twelve months in a row
    no_less_than: Money | None = None            # what a credit that is due is raised to
    minimum: Money | None = None
    minimum_strict: bool = False                 # a credit of just the minimum is not paid either
    repeat: tuple[Repeat, ...] = ()
    earn_back: EarnBack | None = None
    double_recovery: bool = False
    paid_as: Literal["future_invoice", "refund", "extension"] = "future_invoice"
    on_claim: bool = False


@dataclass(frozen=True, slots=True)
class Deadline:
    """A span, as it was written, and the event from which it runs."""

    within: str
    after: Literal["incident_start", "incident_end", "period_end", "billing_cycle_end", "report"] = "period_end"


@dataclass(frozen=True, slots=True)
class ClaimTerms:
    """How a credit is claimed from the other party."""

    notify: Deadline | None = None
    submit: Deadline | None = None
    evidence: tuple[str, ...] = ()
    prevails: Literal["supplier", "customer", "own_measurement", "joint"] = "supplier"
    to: str = ""                                 # where the claim goes
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Termination:
    """A party may end the agreement after so many breached periods ``of`` so many, with ``beyond`` only of figures that it holds for."""

    breaches: int = 1
    of: int = 1
    contiguous: bool = False
    beyond: Bound | None = None
    targets: tuple[str, ...] = ()
    notice: str = ""


@dataclass(frozen=True, slots=True)
class ReportTerms:
    """When the report of a period is ``due``, and how long its figures may be disputed after that ("": nobody agreed how long)."""

    due: str = "5bd"
    objections: str = ""


@dataclass(frozen=True, slots=True)
class Source:
    """Where the text of an agreement stands that somebody else wrote."""

    url: str = ""
    file: str = ""
    version: str = ""
    verified_on: date | None = None
