"""A ``Measurement`` as PromQL: the second interpreter, beside ``contract.evaluate``.

It gives *parts*: what is summed up over the intervals of a period. Each part is an expression that is evaluated at the mark at
which an interval ends, has one series for each indicator, and is what the interval adds to the part. Facts are the recorded
minutes; a minute without both records is unknown. Which parts there are and what follows from them is the business of
``period_rules``.

Masks are applied here, to what is summed up, and never to the facts: counting time is a number of seconds of each minute, and
the events of a minute are spread evenly over it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

from slo_gen import names
from slo_gen.contract.measurement import Down
from slo_gen.rules.accounts import Account, condition_key
from slo_gen.rules.promql import all_of, duration, label_matcher, number, one_of
from slo_gen.spec.model import Evaluation

__all__ = ["Part", "at_mark", "delay", "parts"]

_MILLISECOND: Final = Fraction(1, 1000)


@dataclass(frozen=True, slots=True)
class Part:
    """What each interval adds to a sum over the period, or to a maximum. ``shared``: it is the same for all indicators.

    ``of_unit``: it is what a whole unit adds, several intervals at once.
    """

    expr: str
    how: Literal["sum", "max"] = "sum"
    shared: bool = False
    of_unit: bool = False


def delay(account: Account, evaluation: Evaluation) -> int:
    """Seconds after its end at which an interval can be evaluated: its records are made, and it is known how long its run is."""
    return evaluation.settling + 3 * evaluation.interval + (account.run - 1) * account.slot


def at_mark(account: Account, evaluation: Evaluation, expression: str) -> str:
    """``expression`` at the last settled mark."""
    unit, settled = account.unit, delay(account, evaluation)
    return f"last_over_time(({expression})[{duration(unit - _MILLISECOND)}:{duration(unit)}] offset {duration(settled)})"


def parts(account: Account, evaluation: Evaluation) -> Mapping[str, Part]:
    """The parts of an account by name.

    ``bad``: the bad part; ``known``: seconds that are judged. Events have ``total``, and ``busiest``, the most events of one minute.
    ``vacant``: seconds of intervals without events that are left out; ``silent``: of those that may
    have been good or bad, or may have had events in their unknown part; ``dropped``: seconds that a condition excludes. ``short``: down
    seconds in runs that are too short.
    ``sure_bad`` and ``sure_good``: the bad and the good part whatever happened to what nobody saw, where that is not the same
    as ``bad`` and the rest of ``known``. ``unseen``: events that no scrape can have seen. ``busy``: seconds of intervals with
    events, where those without have a score of their own.
    """
    facts = _Facts(account, evaluation)
    if account.in_units:
        return _of_units(facts)
    found = _of_events(facts) if account.counts_events else _of_time(facts)
    if account.conditions:
        found["dropped"] = Part(facts.interval(f"({facts.counting()} * {facts.active()})"), shared=True)
    return found


# --- the recorded minutes ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the minutes say of the indicators of an account, at the mark of a minute."""

    account: Account
    evaluation: Evaluation

    def minute(self, selector: str, back: int = 0) -> str:
        """The record about the minute that ends at the mark, none where none was made; ``back``: it was made minutes later."""
        return self._over("last", selector, self.evaluation.interval, back)

    def record(self, metric: str) -> str:
        return self.minute(self.selector(metric))

    def selector(self, metric: str) -> str:
        indicators = one_of(names.INDICATOR, (promise.target.indicator for promise in self.account.targets))
        return all_of(metric, indicators, *(label_matcher(*each) for each in self.account.where))

    def over(self, how: str, metric: str, span: int) -> str:
        """A function over the records about all minutes of the ``span`` seconds before the mark, of each group."""
        return self._over(how, self.selector(metric), span)

    def _over(self, how: str, selector: str, span: int, back: int = 0) -> str:
        made = self.evaluation.settling + (1 + back) * self.evaluation.interval - _MILLISECOND
        return f"{how}_over_time({selector}[{duration(span - _MILLISECOND)}] offset {duration(-made)})"

    def summed(self, metric: str) -> str:
        """The groups that have both records, added up."""
        both = [self.record(metric), self.record(names.BAD if metric == names.TOTAL else names.TOTAL)]
        if metric == names.UNSEEN:
            both.append(self.record(names.BAD))
        return f"sum by ({names.INDICATOR}) ({' and '.join(both)})"

    def events(self, metric: str) -> str:
        """Events of the part of the minute that counts."""
        part = "" if self.account.counting.is_whole else f" * on () group_left () ({self.counting()} / {self.evaluation.interval})"
        return f"({self.summed(metric)}{part}{self._unless_active()})"

    def seconds(self) -> str:
        """Seconds of the minute that count and have data."""
        whole = self.account.counting.is_whole
        lasting = str(self.evaluation.interval) if whole else f"on () group_left () {self.counting()}"
        return f"((0 * {self.summed(names.TOTAL)} + {lasting}){self._unless_active()})"

    def counted(self) -> str:
        """Seconds of the minute that count, whether there are data or not."""
        return f"({self.counting()}{self._unless_active()})"

    def counting(self) -> str:
        """Seconds of the minute that count, whatever the conditions are.

        They are recorded about the last settled minute and about the one before it. So they are there for every minute with
        facts, whichever of the two groups ran first after Prometheus had been away.
        """
        if self.account.counting.is_whole:
            return f"vector({self.evaluation.interval})"
        return f"max({' or '.join(self.minute(selector, back) for back, selector in enumerate(self._counting_records()))})"

    def unit_counts(self) -> str:
        """1 where everything of the unit counts, 0 where nothing does. Any record about one of its minutes says it."""
        unit = self.account.unit
        found = (self._over("max", selector, unit, back) for back, selector in enumerate(self._counting_records()))
        return f"(max({' or '.join(found)}) > bool 0)"

    def _counting_records(self) -> list[str]:
        key = label_matcher(names.MASK, self.account.counting.key)
        return [all_of(names.COUNTING_SECONDS, key, label_matcher(names.BACK, f"{back}")) for back in range(2)]

    def active(self) -> str:
        """1 where any of the conditions held at the mark, 0 where none did; nothing where one of them is not known."""
        keys = sorted({condition_key(condition) for condition in self.account.conditions})
        record = self.minute(all_of(names.CONDITION, one_of(names.CONDITION_KEY, keys)))
        known = f"count(max by ({names.CONDITION_KEY}) ({record})) == {len(keys)}"
        return f"(max({record}) and on () ({known}))"

    def _unless_active(self) -> str:
        return f" * on () group_left () (1 - {self.active()})" if self.account.conditions else ""

    def interval(self, minute: str) -> str:
        """The sum over the minutes of one interval."""
        slot, step = self.account.slot, self.evaluation.interval
        return minute if slot == step else f"sum_over_time({minute}[{duration(slot - _MILLISECOND)}:{duration(step)}])"

    @property
    def whole_minutes(self) -> bool:
        return self.account.slot == self.evaluation.interval


# --- events as they are ------------------------------------------------------------------------------------------------


def _of_events(facts: _Facts) -> dict[str, Part]:
    found = {
        "bad": Part(facts.events(names.BAD)),
        "total": Part(facts.events(names.TOTAL)),
        "known": Part(facts.seconds()),
        "busiest": Part(facts.summed(names.TOTAL), "max"),
    }
    if facts.account.exact:
        found["unseen"] = Part(facts.events(names.UNSEEN))
    return found


# --- events, where all minutes of a unit count, or none of them --------------------------------------------------------


def _of_units(facts: _Facts) -> dict[str, Part]:
    """The parts of ``_of_events``, from the records of several minutes at once.

    Where only one of the two records of a minute was made, the whole unit is unknown.
    """
    unit = facts.account.unit
    complete = " == ".join(facts.over("count", each, unit) for each in (names.TOTAL, names.BAD))

    def over(how: str, metric: str) -> str:
        return f"max by ({names.INDICATOR}) ({facts.over(how, metric, unit)} and ({complete}))"

    def part(expr: str) -> Part:
        counting = "" if facts.account.counting.is_whole else f" * on () group_left () {facts.unit_counts()}"
        return Part(expr + counting, of_unit=True)

    found = {
        "bad": part(over("sum", names.BAD)),
        "total": part(over("sum", names.TOTAL)),
        "known": part(f"{over('count', names.TOTAL)} * {facts.evaluation.interval}"),
        "busiest": Part(over("max", names.TOTAL), "max", of_unit=True),
    }
    if facts.account.exact:
        found["unseen"] = part(over("sum", names.UNSEEN))
    return found


# --- intervals -----------------------------------------------------------------------------------------------------------


def _of_time(facts: _Facts) -> dict[str, Part]:
    account = facts.account
    bad, total, seconds = (facts.interval(each) for each in (facts.events(names.BAD), facts.events(names.TOTAL), facts.seconds()))
    judged = _Judged(facts, seconds)
    seen = judged.scored(bad, total, total)
    found = {"bad": Part(judged.counted(seen)), "known": Part(judged.known(total))}
    match account.measurement.empty:
        case "good" | "bad":
            found["busy"] = Part(f"({seconds} and {total} > 0)")
        case "excluded":
            found["vacant"] = Part(judged.whole(f"({seconds} and {total} == 0)"))
            if not facts.whole_minutes:
                found["silent"] = Part(judged.not_whole(f"({seconds} and {total} == 0)"))
        case "unknown":
            found["silent"] = Part(f"({seconds} and {total} == 0)")
    if account.run > 1:
        found["short"] = Part(f"({seen} > bool 0) * {seconds} - ({judged.in_runs(seen)} > bool 0) * {seconds}")
    if account.exact or not facts.whole_minutes:
        unseen = f"({facts.interval(facts.events(names.UNSEEN))} or 0 * {total})" if account.exact else f"0 * {total}"
        most = f"({total} + {unseen})"
        best, worst = judged.scored(bad, most, total), judged.scored(f"({bad} + {unseen})", most, most)
        found["sure_bad"] = Part(judged.whole(judged.counted(best)))
        found["sure_good"] = Part(judged.whole(f"({seconds} and {worst}) - {judged.counted(worst)}"))
        if account.run > 1:
            found["short"] = Part(f"({worst} > bool 0) * {seconds} - ({judged.in_runs(worst)} > bool 0) * {seconds}")
    return found


@dataclass(frozen=True, slots=True)
class _Judged:
    """How bad intervals are. ``seconds`` is how long of each counts and is known."""

    facts: _Facts
    seconds: str

    def scored(self, bad: str, total: str, enough: str) -> str:
        """The bad share of an interval, between 0 and 1. Without events it is what the measurement says, or nothing.

        ``enough`` are the events that a minimum is compared with.
        """
        score = self.facts.account.measurement.score
        if isinstance(score, Down):
            share = f"({bad} * {score.threshold.denominator} {'>' if score.strict else '>='} bool {score.threshold.numerator} * {total})"
            if score.minimum_events:
                share = f"({share} * ({enough} >= bool {number(score.minimum_events)}))"
            if score.weighted:
                share = f"({share} * {bad} / ({total} > 0))"
        else:
            share = f"({bad} / ({total} > 0))"
        found = f"({share} and {total} > 0)"
        match self.facts.account.measurement.empty:
            case "good":
                return f"({found} or 0 * {total})"
            case "bad":
                return f"({found} or 0 * {total} + 1)"
        return found

    def known(self, total: str) -> str:
        if self.facts.account.measurement.empty in ("good", "bad"):
            return self.seconds
        return f"(0 * ({total} > 0) + {self.facts.evaluation.interval})" if self._all_last_alike else f"({self.seconds} and {total} > 0)"

    def counted(self, scored: str) -> str:
        """Bad seconds of the interval that count."""
        return f"({self.in_runs(scored)} * {self.facts.evaluation.interval if self._all_last_alike else self.seconds})"

    @property
    def _all_last_alike(self) -> bool:
        """Whether every interval that has data counts with all of its minute: then nobody has to look how long it lasts."""
        return self.facts.whole_minutes and self.facts.account.counting.is_whole and not self.facts.account.conditions

    def in_runs(self, scored: str) -> str:
        """``scored`` of intervals in runs that are long enough, 0 of others.

        An interval is in such a run if it lies in a row of down intervals of the shortest length: of all rows of that length
        (erosion), the ones that reach over it (dilation). Time that does not count breaks a row.
        """
        account = self.facts.account
        if account.run == 1:
            return scored
        row, step = duration(account.run * account.slot - _MILLISECOND), duration(account.slot)
        down = f"(({scored} > bool 0) * ({self.seconds} > bool 0))"
        eroded = f"(sum_over_time({down}[{row}:{step}]) >= bool {account.run})"
        dilated = f"max_over_time({eroded}[{row}:{step}] offset {duration(-(account.run - 1) * account.slot)})"
        return f"({scored} * {dilated})"

    def whole(self, part: str) -> str:
        """``part`` of intervals of which no counting second is unknown."""
        return part if self.facts.whole_minutes else f"({part} and on ({names.INDICATOR}) {self._are_whole()})"

    def not_whole(self, part: str) -> str:
        """``part`` of the other intervals."""
        return f"({part} unless on ({names.INDICATOR}) {self._are_whole()})"

    def _are_whole(self) -> str:
        return f"({self.seconds} == on () group_left () {self.facts.interval(self.facts.counted())})"


