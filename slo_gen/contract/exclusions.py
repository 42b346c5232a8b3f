"""Which time of a period does not count, for which reason; and which time was not excluded although somebody planned it.

Reasons have the order in which the target lists them: a second that several of them cover has the first one, and uses up
nothing of the others. Planned work is excluded as far as

- it touches the agreement: its service or that of the indicator, and its customer,
- it was not cancelled, and lies in what was planned as well as in what was done: more is an overrun, less was no work,
- it was announced as early as the agreement asks, where it asks so,
- it lies in the hours in which planned work may take place,
- the allowance reaches: the first seconds of each month (or week, quarter, year) in their order of time. Only time that would
  count otherwise uses it up.

An allowance excludes planned work whether the target lists ``maintenance`` or not; without one all of it is excluded, where
the target lists it. Emergency work needs no notice and has no allowance. A cause such as ``customer`` excludes its outages
while no outage of another cause is under way, for then it would have been down anyway.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Final, Literal

from slo_gen.contract.facts import Downtime, Facts
from slo_gen.contract.window import ALL_TIME
from slo_gen.spec.model import ALWAYS, Agreement, AgreementTarget, Maintenance, PlannedWork
from slo_gen.spec.terms import Allowance, Exclusion
from slo_gen.timekeeping.calendars import Always, Calendar
from slo_gen.timekeeping.durations import add_duration
from slo_gen.timekeeping.periods import Periods
from slo_gen.timekeeping.spans import EMPTY, Span, Spans

__all__ = ["ADJUSTMENT", "EMERGENCY", "MAINTENANCE", "Exclusions", "NotExcluded", "Why", "Work", "causes", "exclusions", "planned_work"]

MAINTENANCE: Final = "maintenance"
EMERGENCY: Final = "emergency_maintenance"
ADJUSTMENT: Final = "adjustment"
"""Reasons that the documents know; others are causes and the reasons of conditions."""

Why = Literal["not_agreed", "cancelled", "not_announced", "announced_late", "overrun", "not_worked", "outside_hours", "used_up"]
"""Why time was not excluded.

``not_agreed``: the target excludes no such work. ``overrun``: beyond what was planned. ``not_worked``: planned, but the work was not
going on. ``outside_hours``: not in the hours for planned work. ``used_up``: the allowance, or the most for its reason, was used.
"""

_REACH: Final = 40 * 86_400
"""How far beyond the period exclusions are known, for runs that reach over its edges."""


@dataclass(frozen=True, slots=True)
class NotExcluded:
    """A span that could have been excluded for ``reason`` and was not. ``source`` names what was planned, "" where nothing was.

    ``announced`` is when it was, and ``in_time`` the last instant at which it would have been early enough.
    """

    start: int
    end: int
    reason: str
    why: Why
    source: str = ""
    announced: int | None = None
    in_time: int | None = None


@dataclass(frozen=True, slots=True)
class Exclusions:
    """Excluded spans by reason, none of which overlap, as a ``Window`` takes them; and what was not excluded, in its order of time.

    ``allowance_used``: seconds of the allowance that its span had used when the period ended, None without an allowance.
    """

    by_reason: tuple[tuple[str, Spans], ...] = ()
    not_excluded: tuple[NotExcluded, ...] = ()
    allowance_used: int | None = None

    @property
    def all(self) -> Spans:
        """The union of what is excluded."""
        return Spans.of(span for _, spans in self.by_reason for span in spans)


@dataclass(frozen=True, slots=True)
class Work:
    """Planned or emergency work that touches an agreement."""

    maintenance: Maintenance
    window: PlannedWork

    @property
    def name(self) -> str:
        reference = self.window.reference
        return f"{self.maintenance.name} ({reference})" if reference else self.maintenance.name

    @property
    def reason(self) -> str:
        return EMERGENCY if self.maintenance.emergency else MAINTENANCE


@dataclass(frozen=True, slots=True)
class _Terms:
    """What of an agreement the exclusions of one of its targets depend on."""

    exclude: tuple[Exclusion, ...]
    allowance: Allowance | None
    timezone: str
    starts: tuple[int, int]
    hours: Calendar
    business: Calendar
    agreed: Spans
    start: int
    end: int
    used: int | None
    refused: list[NotExcluded] = field(default_factory=list)

    def refuse(self, spans: Iterable[Span], work: Work, why: Why, in_time: int | None = None) -> None:
        """Notes what is not excluded of the time that would count in the period."""
        for start, end in (Spans.of(spans) & self.agreed).clip(self.start, self.end):
            self.refused.append(NotExcluded(start, end, work.reason, why, work.name, work.window.announced, in_time))


def exclusions(
    agreement: Agreement,
    target: AgreementTarget,
    maintenance: Mapping[str, Maintenance],
    start: int,
    end: int,
    *,
    service: str = "",
    agreed: Spans = ALL_TIME,
    calendars: Mapping[str, Calendar] | None = None,
    business: Calendar | None = None,
    found: Mapping[str, Spans] | None = None,
    adjusted: Spans = EMPTY,
    used: int | None = None,
) -> Exclusions:
    """What does not count of the period ``[start, end)`` of a target, and around it.

    ``service`` is that of the indicator, and ``agreed`` the time that would count if nothing were excluded. ``calendars`` are
    those of the documents and ``business`` the one whose days a notice counts (every day by default). ``found`` has the spans of
    causes and of the reasons of conditions, ``adjusted`` the time that the parties agreed not to count. ``used``: seconds of
    the allowance that were used before ``start`` in the span of the allowance in which it lies; None: what the
    maintenance before it used.
    """
    terms = _Terms(
        _listed(target.exclude, agreement.allowance), agreement.allowance, agreement.period.timezone, _year_start(agreement),
        _hours(agreement.allowance, calendars or {}), business or Always(), agreed, start, end, used,
    )  # fmt: skip
    works = planned_work(agreement, maintenance, service)
    taken = adjusted
    by_reason: list[tuple[str, Spans]] = [(ADJUSTMENT, adjusted)] if adjusted else []
    allowance_used: int | None = None
    for exclusion in terms.exclude:
        if exclusion.reason == MAINTENANCE and not exclusion.when:
            spans, allowance_used = _of_planned(terms, [work for work in works if work.reason == MAINTENANCE], taken)
        elif exclusion.reason == EMERGENCY and not exclusion.when:
            spans = _of_emergencies(terms, [work for work in works if work.reason == EMERGENCY])
        else:
            spans = (found or {}).get(exclusion.reason, EMPTY)
        spans = _at_most(terms, exclusion, spans - taken)
        taken = taken | spans
        if spans:
            by_reason.append((exclusion.reason, spans))
    _note_not_agreed(terms, works, taken)
    refused = (replace(each, start=a, end=b) for each in terms.refused for a, b in Spans(((each.start, each.end),)) - taken)
    return Exclusions(tuple(by_reason), tuple(sorted(refused, key=lambda each: (each.start, each.end, each.source))), allowance_used)


def planned_work(agreement: Agreement, maintenance: Mapping[str, Maintenance], service: str = "") -> list[Work]:
    """The work that touches an agreement whose indicator is of ``service``, in its order of time."""
    found = [
        Work(each, window)
        for each in maintenance.values()
        if {agreement.service, service} & set(each.services) and _touches_party(agreement, each)
        for window in each.windows
    ]  # fmt: skip
    return sorted(found, key=lambda work: (work.window.planned, work.maintenance.name))


def causes(facts: Facts, excluded: Iterable[str]) -> dict[str, Spans]:
    """The outages of each cause that is excluded, without the time in which an outage of another cause was under way."""
    if not isinstance(facts, Downtime):
        return {}
    reasons = set(excluded)
    others = Spans.of((outage.start, outage.end) for outage in facts.outages if outage.cause not in reasons)
    return {
        reason: Spans.of((outage.start, outage.end) for outage in facts.outages if outage.cause == reason) - others
        for reason in sorted(reasons & {outage.cause for outage in facts.outages})
    }


def _touches_party(agreement: Agreement, maintenance: Maintenance) -> bool:
    return not maintenance.customers or agreement.party.kind != "customer" or agreement.party.name in maintenance.customers


def _listed(exclude: tuple[Exclusion, ...], allowance: Allowance | None) -> tuple[Exclusion, ...]:
    """What the target lists, and the allowance's planned work."""
    if allowance is None or any(each.reason == MAINTENANCE and not each.when for each in exclude):
        return exclude
    return (*exclude, Exclusion(MAINTENANCE))


def _year_start(agreement: Agreement) -> tuple[int, int]:
    """The month and the day on which the years and quarters of an allowance begin."""
    return agreement.period.starts if isinstance(agreement.period, Periods) else (1, 1)


def _hours(allowance: Allowance | None, calendars: Mapping[str, Calendar]) -> Calendar:
    """When planned work may take place. Raises KeyError for a calendar that is not there."""
    if allowance is None or allowance.hours in ("", ALWAYS):
        return Always()
    return calendars[allowance.hours]


# --- planned work ----------------------------------------------------------------------------------------------------
def _of_planned(terms: _Terms, works: Sequence[Work], taken: Spans) -> tuple[Spans, int | None]:
    """Planned work that is excluded, and how much of the allowance was used when the period ended."""
    first = terms.start - _REACH
    last = terms.end + _REACH
    if terms.allowance is not None:
        periods = Periods(terms.allowance.per, terms.timezone, terms.starts)
        first, last = periods.of(first).start, periods.of(last).end
    fitting = Spans.of(
        span for work in works if work.window.planned[0] < last and _until(work) > first for span in _fitting(terms, work)
    ).clip(first, last)
    if terms.allowance is None:
        return fitting, None
    return _within_allowance(terms, works, fitting - taken)


def _until(work: Work) -> int:
    actual = work.window.actual
    return max(work.window.planned[1], actual[1]) if actual else work.window.planned[1]


def _fitting(terms: _Terms, work: Work) -> Iterator[Span]:
    """What of one work may be excluded, before any allowance."""
    window = work.window
    planned = Spans((window.planned,))
    actual = Spans((window.actual,)) if window.actual else planned
    if work.maintenance.cancelled:
        terms.refuse(planned, work, "cancelled")
        return
    notice = terms.allowance.notice if terms.allowance else ""
    if notice:
        told = _announced(terms, work)
        if told is None:
            terms.refuse(actual, work, "not_announced")
            return
        if add_duration(told, notice, terms.timezone, terms.business) > window.planned[0]:
            terms.refuse(actual, work, "announced_late", _latest(window.planned[0], notice, terms.timezone, terms.business))
            return
    terms.refuse(actual - planned, work, "overrun")
    terms.refuse(planned - actual, work, "not_worked")
    inside = planned & actual
    allowed = terms.hours.spans(*window.planned)
    terms.refuse(inside - allowed, work, "outside_hours")
    yield from inside & allowed


def _announced(terms: _Terms, work: Work) -> int | None:
    """When work was announced: as it was written, or as early as its own notice says."""
    if work.window.announced is not None or not work.maintenance.notice:
        return work.window.announced
    return _latest(work.window.planned[0], work.maintenance.notice, terms.timezone, terms.business)


@lru_cache(maxsize=4096)                        # every agreement asks of the same work in each of its periods
def _latest(start: int, notice: str, timezone: str, business: Calendar) -> int:
    """The last instant from which a notice ends before ``start``, or at it."""
    early, late = start - 86_400, start
    while add_duration(early, notice, timezone, business) > start:
        early -= 2 * (start - early)
    while late - early > 1:
        middle = (early + late) // 2
        if add_duration(middle, notice, timezone, business) <= start:
            early = middle
        else:
            late = middle
    return early


def _within_allowance(terms: _Terms, works: Sequence[Work], fitting: Spans) -> tuple[Spans, int]:
    """The first seconds of planned work in each span of the allowance."""
    allowance = terms.allowance
    assert allowance is not None, "there is an allowance"
    periods = Periods(allowance.per, terms.timezone, terms.starts)
    counting = fitting & terms.agreed
    kept: list[Span] = []
    used = 0
    last = periods.of(terms.end - 1)
    for period in periods.between(*_range(counting, terms)):
        inside = counting.clip(period.start, period.end)
        left = allowance.planned
        if terms.used is not None and period.start <= terms.start < period.end:
            inside = inside.clip(terms.start, period.end)
            left = max(left - terms.used, 0)
        allowed = _first(inside, left)
        kept.extend(allowed)
        for start, end in inside - allowed:
            for work in works:
                terms.refuse(Spans((work.window.planned,)).clip(start, end), work, "used_up")
        if period == last:
            used = allowance.planned - left + allowed.clip(period.start, terms.end).seconds
    # Where nothing is owed, work takes nothing from anybody.
    return Spans.of(kept) | (fitting - terms.agreed), used


def _range(spans: Spans, terms: _Terms) -> Span:
    if not spans:
        return terms.start, terms.end
    return min(spans.items[0][0], terms.start), max(spans.items[-1][1], terms.end)


def _first(spans: Spans, seconds: int) -> Spans:
    """The first so many seconds of spans."""
    found: list[Span] = []
    for start, end in spans:
        if seconds <= 0:
            break
        found.append((start, min(end, start + seconds)))
        seconds -= end - start
    return Spans(tuple(found))


# --- other reasons -----------------------------------------------------------------------------------------------------
def _of_emergencies(terms: _Terms, works: Sequence[Work]) -> Spans:
    """Emergency work as it was done, or as it was planned where nobody wrote down how long it took."""
    found: list[Span] = []
    for work in works:
        if work.maintenance.cancelled:
            terms.refuse([work.window.planned], work, "cancelled")
        else:
            found.append(work.window.actual or work.window.planned)
    return Spans.of(found)


def _at_most(terms: _Terms, exclusion: Exclusion, spans: Spans) -> Spans:
    """What a reason excludes at most in the period: its first seconds that would count."""
    if exclusion.at_most is None:
        return spans
    inside = (spans & terms.agreed).clip(terms.start, terms.end)
    beyond = inside - _first(inside, exclusion.at_most)
    terms.refused.extend(NotExcluded(start, end, exclusion.reason, "used_up") for start, end in beyond)
    return spans - beyond


def _note_not_agreed(terms: _Terms, works: Sequence[Work], taken: Spans) -> None:
    reasons = {each.reason for each in terms.exclude if not each.when}
    for work in works:
        if work.reason not in reasons and not work.maintenance.cancelled:
            terms.refuse(Spans((work.window.actual or work.window.planned,)) - taken, work, "not_agreed")
