"""Which targets of agreements are summed up alike: one *account* for each way of measuring, counting time and period.

Targets that differ only in their objective, their customer or their indicator share the rules of an account. What rules
cannot express is not made live, and says why: the figure at the end of the period comes from the recorded minutes.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain
from math import lcm
from typing import Final

from slo_gen import names
from slo_gen.contract.exclusions import exclusions
from slo_gen.contract.measurement import Down, Measurement, Share
from slo_gen.contract.methods import measurement
from slo_gen.contract.target_period import adjusted_time, business_days, term
from slo_gen.contract.window import ALL_TIME
from slo_gen.rules.calendar_tables import Horizon, PeriodTable, period_table, zones_of
from slo_gen.rules.info import Promise, promises, without_share
from slo_gen.rules.promql import PromqlError, parse_expression
from slo_gen.rules.step_tables import Mask, mask_of
from slo_gen.spec.model import ALWAYS, Agreement, AgreementTarget, Catalogue, Evaluation
from slo_gen.timekeeping.periods import Periods, RollingDays
from slo_gen.timekeeping.spans import Span, Spans
from slo_gen.timekeeping.zones import EARLIEST, LATEST

__all__ = ["STEP", "Account", "NotLive", "accounts", "condition_key"]

STEP: Final = 300
"""Seconds between two evaluations of an account."""

_DAY: Final = 86_400


@dataclass(frozen=True, slots=True)
class NotLive:
    """Why a target has no live figures."""

    reason: str


@dataclass(frozen=True, slots=True)
class Account:
    """What targets that are summed up alike have in common, and which they are.

    ``begins``: the instant at which its agreements begin, where that lies within a period. ``term``: the time of the agreements, as
    far as it begins or ends within a period; ``agreed``: the agreed hours of it; ``counting``: those without what is excluded for
    reasons known beforehand. ``conditions``: expressions while which more is excluded. ``slot``: seconds of an interval, the minute
    where events count as they are. ``unit``: seconds that are booked at once; ``floor``: the objective is a least level; ``limit``: it
    is a time and no share. ``grouped``: an indicator has several series. ``apart_from``: the account of everybody else, where the
    parties have planned work or adjustments of their own. ``watched``: the exporter knows all of this and judges by its record.
    """

    key: str
    measurement: Measurement
    floor: bool
    limit: bool
    table: PeriodTable
    begins: int | None
    term: Mask
    agreed: Mask
    counting: Mask
    conditions: tuple[str, ...]
    where: tuple[tuple[str, str], ...]
    exact: bool
    slot: int
    unit: int
    grouped: bool
    apart_from: str
    targets: tuple[Promise, ...]
    watched: bool = False

    @property
    def timezone(self) -> str:
        """The zone of the periods."""
        return self.targets[0].agreement.period.timezone

    @property
    def promised(self) -> str:
        """The series of what is promised."""
        return names.AGREEMENT_LIMIT if self.limit else names.AGREEMENT_TARGET

    @property
    def counts_events(self) -> bool:
        return self.measurement.slot is None

    @property
    def in_units(self) -> bool:
        """Whether the events of a unit are added up at once: all of them count alike."""
        return (
            self.counts_events and not self.conditions and not self.grouped
            and not any(edge % self.unit for edge in self.counting.edges())
        )  # fmt: skip

    @property
    def run(self) -> int:
        """Down intervals that make the shortest run that counts; 1 where any does."""
        runs = self.measurement.runs
        if runs is None:
            return 1
        return max(1, runs.shortest // self.slot + 1 if runs.strict else -(-runs.shortest // self.slot))


def condition_key(expression: str) -> str:
    """A short name of a condition, the same in every catalogue."""
    return f"{zlib.crc32(parse_expression(expression).text.encode()):08x}"


def accounts(catalogue: Catalogue, horizon: Horizon) -> tuple[tuple[Account, ...], Mapping[tuple[str, str], NotLive]]:
    """The accounts of all agreements in force, in a fixed order; and the targets without one, by agreement and target."""
    zones = zones_of(catalogue)
    tables: dict[Periods, PeriodTable] = {}
    masks: dict[object, _Masks] = {}
    found: defaultdict[Account, list[Promise]] = defaultdict(list)
    absent: dict[tuple[str, str], NotLive] = {}
    others = (each for each in without_share(catalogue) if not catalogue.states_decide(each.target))
    for promise in chain(*promises(catalogue).values(), others):
        periods = promise.agreement.period
        if isinstance(periods, RollingDays):
            absent[promise.agreement.name, promise.target.name] = NotLive("rolling periods overlap; an SLO over as many days is live")
            continue
        if promise.target.strict:
            exactly = f"exactly {promise.target.objective_text} is missed"
            absent[promise.agreement.name, promise.target.name] = NotLive(
                f"{exactly}, which sums of rules cannot tell from just met; it is evaluated when the period is closed"
            )
            continue
        if periods not in tables:
            tables[periods] = period_table(periods, horizon)
        if catalogue.states_decide(promise.target):
            found[_watched_account(promise, tables[periods], catalogue.evaluation)].append(promise)
            continue
        shared = _on_which_counting_depends(catalogue, promise)
        if shared not in masks:
            masks[shared] = _masks(catalogue, promise, tables[periods], zones)
        account = _account(catalogue, promise, tables[periods], masks[shared])
        if isinstance(account, NotLive):
            absent[promise.agreement.name, promise.target.name] = account
        else:
            found[account].append(promise)
    return tuple(sorted(_named(catalogue, found, zones), key=lambda account: account.key)), absent


def _named(catalogue: Catalogue, found: Mapping[Account, list[Promise]], zones: Iterable[str]) -> Iterator[Account]:
    """Accounts with their names, which follow from the terms and not from the time that counts.

    A name that changes begins its sums anew in the middle of a period. So neither a new year's tables nor planned work that is
    announced today may change it, nor a customer who joins. What counts for everybody has that name. An agreement that
    planned work or an adjustment sets apart has a name of its own, and goes on from the sums of everybody: a name never passes on
    to sums of other time.
    """
    for account, targets in found.items():
        if account.watched:
            yield replace(account, key=_digest(("watched", targets[0].agreement.period, account.floor)), targets=tuple(targets))
            continue
        grouped = any(_is_grouped(catalogue, promise) for promise in targets)
        name = _digest(_terms(catalogue, account, targets[0]))
        if _Masks(account.term, account.agreed, account.counting) == _masks(catalogue, _of_anybody(targets[0]), account.table, zones):
            yield replace(account, key=name, targets=tuple(targets), grouped=grouped)
            continue
        agreements: defaultdict[str, list[Promise]] = defaultdict(list)
        for promise in targets:
            agreements[promise.agreement.name].append(promise)
        for agreement, own in agreements.items():
            yield replace(account, key=f"{name}_{_digest(agreement)}", apart_from=name, targets=tuple(own), grouped=grouped)


def _of_anybody(promise: Promise) -> Promise:
    """The same promise to a customer with whom nothing of his own was planned or agreed, and that has no end."""
    agreement = promise.agreement
    party = replace(agreement.party, name="") if agreement.party.kind == "customer" else agreement.party
    return replace(promise, agreement=replace(agreement, name="", party=party, ends=None))


def _terms(catalogue: Catalogue, account: Account, promise: Promise) -> object:
    """What an account has in common but for the time that counts.

    Sums that began within a period are others than those of the whole of it. They keep their name when no table reaches back to that.
    """
    agreement, target = promise.agreement, promise.target
    service = catalogue.indicators[target.indicator].service
    return (
        *([] if account.begins is None else [account.begins]), *(["limit"] if account.limit else []),
        agreement.period, agreement.service, agreement.allowance, target.hours, target.exclude, service,
        account.measurement, account.floor, account.where, account.exact, account.slot, account.unit,
    )  # fmt: skip


def _digest(what: object) -> str:
    return f"{zlib.crc32(repr(what).encode()):08x}"


def _account(catalogue: Catalogue, promise: Promise, table: PeriodTable, masks: _Masks) -> Account | NotLive:
    """The account of one target, without its name."""
    agreement, target = promise.agreement, promise.target
    evaluation = catalogue.evaluation
    measured = _without_idle_runs(measurement(target), evaluation)
    slot = evaluation.interval if measured.slot is None else measured.slot
    unit = _unit(slot, table)
    reason = _beyond_rules(measured, target) or _slots_do_not_fit(measured, slot, unit, evaluation, agreement.period.timezone)
    if reason:
        return NotLive(reason)
    assert unit is not None
    conditions = tuple(sorted({exclusion.when for exclusion in target.exclude if exclusion.when}))
    reason = _runs_are_cut(measured, slot, masks.counting, evaluation, conditions)
    if reason:
        return NotLive(reason)
    indicator = catalogue.indicators[target.indicator]
    return Account(
        key="", measurement=measured, floor=target.direction == "at least", limit=target.unit == "s", table=table,
        begins=_begins(agreement), term=masks.term, agreed=masks.agreed, counting=masks.counting, conditions=conditions,
        where=tuple(sorted(target.where.items())), exact=indicator.is_counted and indicator.counting == "exact", slot=slot, unit=unit,
        grouped=False, apart_from="", targets=(),
    )  # fmt: skip


def _watched_account(promise: Promise, table: PeriodTable, evaluation: Evaluation) -> Account:
    """What targets have in common that the exporter judges: their periods, and on which side of the objective is good."""
    everything = mask_of(ALL_TIME, evaluation.interval, table.start, table.end)
    return Account(
        key="", measurement=Measurement(None, Share()), floor=promise.target.direction == "at least", limit=False, table=table,
        begins=None, term=everything, agreed=everything, counting=everything, conditions=(), where=(), exact=False,
        slot=evaluation.interval, unit=evaluation.interval, grouped=False, apart_from="", targets=(), watched=True,
    )  # fmt: skip


def _is_grouped(catalogue: Catalogue, promise: Promise) -> bool:
    return bool(set(catalogue.indicators[promise.target.indicator].by) - promise.target.where.keys())


def _on_which_counting_depends(catalogue: Catalogue, promise: Promise) -> object:
    agreement, target = promise.agreement, promise.target
    service = catalogue.indicators[target.indicator].service
    return (
        agreement.period, agreement.service, agreement.party, agreement.allowance, target.hours, target.exclude, service,
        _cut_term(agreement), adjusted_time(catalogue, agreement, target),
    )  # fmt: skip


def _begins(agreement: Agreement) -> int | None:
    """When an agreement begins within a period."""
    begins = term(agreement).items[0][0]
    return begins if agreement.starts is not None and agreement.period.of(begins).start < begins else None


def _cut_term(agreement: Agreement) -> Spans:
    """The time of an agreement, as far as it begins or ends within a period."""
    ends = term(agreement).items[-1][1]
    cut = agreement.ends is not None and agreement.period.of(ends).start < ends
    return Spans.of([(_begins(agreement) or EARLIEST, ends if cut else LATEST)])


@dataclass(frozen=True, slots=True)
class _Masks:
    """The term, the agreed hours of it, and what of those counts as far as it is known beforehand."""

    term: Mask
    agreed: Mask
    counting: Mask


def _masks(catalogue: Catalogue, promise: Promise, table: PeriodTable, zones: Iterable[str]) -> _Masks:
    interval = catalogue.evaluation.interval
    return _Masks(*(mask_of(spans, interval, table.start, table.end, zones) for spans in _counting(catalogue, promise, table)))


def _counting(catalogue: Catalogue, promise: Promise, table: PeriodTable) -> tuple[Spans, Spans, Spans]:
    agreement, target = promise.agreement, promise.target
    lasting = _cut_term(agreement).clip(table.start, table.end)
    hours = ALL_TIME if target.hours == ALWAYS else catalogue.calendars[target.hours].spans(table.start, table.end)
    agreed = hours & lasting
    excluded: list[Span] = []
    for period in table.periods:
        known = exclusions(
            agreement, target, catalogue.maintenance, period.start, period.end,
            service=catalogue.indicators[target.indicator].service, agreed=hours & _cut_term(agreement), calendars=catalogue.calendars,
            business=business_days(agreement), adjusted=adjusted_time(catalogue, agreement, target),
        )  # fmt: skip
        excluded.extend(known.all.clip(period.start, period.end))
    return lasting, agreed, agreed - Spans.of(excluded)


def _without_idle_runs(measured: Measurement, evaluation: Evaluation) -> Measurement:
    """A run of a single minute is every down minute, and whole minutes are all that is recorded: then the words on runs change nothing."""
    runs = measured.runs
    if runs is None or runs.strict or not runs.shortest == measured.slot == evaluation.interval:
        return measured
    # As long as they were live without it, accounts keep their names.
    return replace(measured, runs=None) if runs.whole or measured.unknown == "bad" else measured


# --- what rules cannot express -----------------------------------------------------------------------------------------


def _beyond_rules(measured: Measurement, target: AgreementTarget) -> str:
    """Why rules cannot measure so, or "" where they can."""
    if measured.reduce not in ("sum", "mean"):
        return f"rules add up; a {measured.reduce} over interruptions is evaluated when the period is closed"
    if target.unit != "%" and (target.unit != "s" or target.direction != "at most"):
        return "an objective that is no share is evaluated when the period is closed"
    if measured.weights:
        return "hours that weigh more than others are evaluated when the period is closed"
    if measured.runs is not None and measured.runs.whole:
        return "whole multiples of the shortest run are evaluated when the period is closed"
    if measured.runs is not None and measured.unknown == "bad":
        return "runs in which time without data counts as down are evaluated when the period is closed"
    if measured.slot is None and not isinstance(measured.score, Share):
        return "down time without an interval is exact to the second, and rules see minutes"
    for exclusion in target.exclude:
        if exclusion.when and exclusion.at_most is not None:
            return f"how much of its limit {exclusion.reason} has used is known when the period is closed"
        try:
            _ = exclusion.when and parse_expression(exclusion.when)
        except PromqlError as error:
            return f"the condition of {exclusion.reason} cannot be used: {error}"
    return ""


def _slots_do_not_fit(measured: Measurement, slot: int, unit: int | None, evaluation: Evaluation, timezone: str) -> str:
    if slot % evaluation.interval or _DAY % slot:
        return f"intervals of {slot} s are no whole multiple of {evaluation.interval} s that divides the day"
    if slot > evaluation.interval and measured.unknown in ("good", "bad"):
        return "what may have happened in the unknown part of an interval depends on the busiest minute of the whole period"
    if unit is None:
        return f"not all periods in {timezone} begin on a multiple of intervals of {slot} s in UTC"
    return ""


def _unit(slot: int, table: PeriodTable) -> int | None:
    """The length in which an account is booked: intervals fit in it, and periods begin on it."""
    return next((unit for unit in (lcm(slot, STEP), slot) if not any(start % unit for start in table.starts)), None)


def _runs_are_cut(measured: Measurement, slot: int, counting: Mask, evaluation: Evaluation, conditions: tuple[str, ...]) -> str:
    if measured.runs is None:
        return ""
    assert isinstance(measured.score, Down)
    if conditions and slot != evaluation.interval:
        return "a condition may cut a run within an interval, which is evaluated when the period is closed"
    if any(edge % slot for edge in counting.edges()):
        return "hours or exclusions cut a run within an interval, which is evaluated when the period is closed"
    return ""
