"""Period to date of every live agreement target: what was bad, of how much, what is unknown, and what is left of the budget.

The parts of an account (see ``period``) are added up once for each of its indicators, however many agreements promise it. A record
holds what came before it and every *unit* that is closed and has no record since, some minutes each: so every unit is booked exactly
once, also when Prometheus was away, and nothing is ever added up again. A year costs what a month does. Periods begin on a unit, and so no
minute is taken for another period's.

Everything is as of one mark, the end of the last unit that is settled, whatever the phase of the group. The label ``period`` is
the start of the period, made from its value: one series ends where the next begins, and none has to be removed. Only what is
published is there for each target.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Final

from slo_gen import names
from slo_gen.contract.measurement import Down, Share
from slo_gen.rules.accounts import STEP, Account
from slo_gen.rules.period import Part, at_mark, delay, parts
from slo_gen.rules.promql import all_of, duration, label_list, label_matcher, quote
from slo_gen.rules.rule import RecordingRule, RuleGroup
from slo_gen.rules.shards import marker
from slo_gen.rules.step_tables import second_of_day
from slo_gen.spec.model import Evaluation

__all__ = ["IDENTITY", "period_group"]

IDENTITY: Final = (names.AGREEMENT, names.TARGET, names.INDICATOR, names.SERVICE, names.CUSTOMER, names.PARTY)
"""Labels of everything that is about one target."""

_CATCH_UP: Final = 3600
"""Seconds for which a unit that Prometheus missed is still booked later."""

_HANDED_ON: Final = 6 * 3600
"""Seconds after the end of a period within which the next one learns how many events it had."""

_REMEMBERED: Final = 86_400
"""Seconds for which the booked sums outlive a Prometheus that is away; after that the sums of its days are left."""

_MILLISECOND: Final = Fraction(1, 1000)


def period_group(account: Account, evaluation: Evaluation) -> RuleGroup:
    """All rules of an account, in the order in which they read each other."""
    sums = _Sums(account, evaluation, delay(account, evaluation))
    found = parts(account, evaluation)
    summed = (rule for name, part in found.items() for rule in (sums.booked(name, part), sums.daily(name, part)))
    rules = (*sums.known_beforehand(), *summed, *_Figures(sums, found).rules())
    return RuleGroup(f"slm-period-{account.key}", STEP, rules)


@dataclass(frozen=True, slots=True)
class _Sums:
    """The parts of an account, added up for each of its targets. ``delay`` is how far the mark lies back at least."""

    account: Account
    evaluation: Evaluation
    delay: int

    @property
    def marker(self) -> dict[str, str]:
        return marker(f"period_{self.account.key}")

    def chosen(self) -> str:
        """A selector for the promises of the account's targets."""
        return all_of(self.account.promised, label_matcher(names.ACCOUNT, self.account.key))

    def indicators(self) -> str:
        """1 for each indicator of the account."""
        return f"(max by ({names.INDICATOR}) ({self.chosen()}) ^ 0)"

    def targets(self) -> str:
        """What is promised of each target of the account."""
        return f"max by ({label_list(IDENTITY)}) ({self.chosen()})"

    def publish(self, expression: str) -> str:
        """What is there for each indicator and period, for each target."""
        return f"({expression})\n* on ({names.INDICATOR}) group_right ({names.PERIOD}) ({self.targets()} ^ 0)"

    def in_periods(self) -> str:
        """1 for the current period, and for one that has ended so lately that a part of it may still be booked."""
        return f"({self.current()} or {self._lately()})"

    def current(self) -> str:
        """1, labelled with the period of the last settled unit; nothing beyond the tables."""
        return self.at_mark(self.period())

    def _lately(self) -> str:
        unit = duration(self.account.unit)
        back = duration(self.delay + self.catch_up)
        return f"last_over_time({self.period()}[{duration(self.account.unit - _MILLISECOND)}:{unit}] offset {back})"

    def of_period(self, expression: str) -> str:
        """With the label of the period of the unit that ends at ``time()``; nothing beyond the tables."""
        return f"(({expression}) * on () group_left ({names.PERIOD}) {self.period()})"

    @property
    def catch_up(self) -> int:
        return max(_CATCH_UP, 2 * self.account.unit)

    def period(self) -> str:
        return f"count_values({quote(names.PERIOD)}, {self.account.table.start_text()})"

    def at_mark(self, expression: str) -> str:
        return at_mark(self.account, self.evaluation, expression)

    # -- what follows from the tables alone --------------------------------------------------------------------------------
    def known_beforehand(self) -> Iterator[RecordingRule]:
        """Start and end of the current period, and how much of it has passed, counts and is excluded."""
        account, table = self.account, self.account.table
        in_period = f"({self.targets()} ^ 0 * on () group_left ({names.PERIOD}) {self.current()})"
        for metric, text in ((names.PERIOD_STARTED, table.start_text()), (names.PERIOD_ENDS, table.end_text())):
            yield RecordingRule(metric, f"{self.at_mark(text)} * on () group_right () {in_period}", self.marker)
        passed = {
            "elapsed": f"time() - {_scalar(table.start_text())}",
            "counted": account.counting.elapsed_text(table.starts),
            "excluded": f"{account.agreed.elapsed_text(table.starts)} - {account.counting.elapsed_text(table.starts)}",
        }
        if account.measurement.over == "deployed" and not account.term.is_whole:
            passed["deployed"] = account.term.elapsed_text(table.starts)
        for name, seconds in passed.items():
            yield self.part(name, self.of_all(table.within(seconds)))

    def of_all(self, vector: str) -> str:
        """A number of the last settled unit, for each indicator in its current period."""
        return f"{self.at_mark(vector)} * on () group_right () ({self.indicators()} * on () group_left ({names.PERIOD}) {self.current()})"

    def part(self, name: str, expr: str) -> RecordingRule:
        return RecordingRule(names.PERIOD_PART, expr, {names.PART: name, names.ACCOUNT: self.account.key})

    # -- sums -------------------------------------------------------------------------------------------------------------
    def booked(self, name: str, part: Part) -> RecordingRule:
        """The sum of a part up to the mark.

        Where the account has none yet, and was set apart from another, it goes on from the other's.
        """
        own = self._sum(name, part, self.account.key)
        if self.account.apart_from:
            known = self._remembered(name, part, self.account.key)
            own = f"({own} and on ({_SUMMED}) {known})\nor {self._sum(name, part, self.account.apart_from)}"
        return RecordingRule(names.PERIOD_BOOKED, own, {names.PART: name, names.ACCOUNT: self.account.key})

    def _sum(self, name: str, part: Part, key: str) -> str:
        """What the account ``key`` has booked, and every closed unit of the last ones without a record of it since.

        A unit that ends at u is closed at u + delay, so it has been booked when there is a record of that instant or later. A
        period that has just ended is kept as long as a unit of it may still be booked.
        """
        unit, slot, span = duration(self.account.unit), duration(self.account.slot), self.catch_up
        shortened = duration(self.account.unit - _MILLISECOND)
        added = part.expr if part.of_unit else f"{part.how}_over_time(({part.expr})[{shortened}:{slot}])"
        by = names.PERIOD if part.shared else _SUMMED
        records = record_of(names.PERIOD_BOOKED, name, key)
        booked = (
            f"max by ({by}) (count_over_time({records}[{duration(span)}] offset {duration(-(self.delay + span))})"
            f" or timestamp({records} offset {duration(-self.delay)}) == time() + {self.delay})"
        )
        due = f"({self.of_period(added)}\nunless on ({by}) {booked})"
        new = f"{part.how}_over_time({due}[{duration(span - _MILLISECOND)}:{unit}] offset {duration(self.delay)})"
        if part.shared:
            each = (f"{self.indicators()} * on () group_left ({names.PERIOD}) {period}" for period in (self.current(), self._lately()))
            new = f"({new} * on ({names.PERIOD}) group_right () ({' or '.join(each)}))"
        before = f"({self._remembered(name, part, key)} and on ({names.PERIOD}) {self.in_periods()})"
        # What was booked has labels more than what is new, so that neither hides the other.
        return f"{part.how} by ({_SUMMED}) (\n{before}\nor {new}\n)"

    def _remembered(self, name: str, part: Part, key: str) -> str:
        """What an account has booked of a part in each period: its last record, or where that is too old what its days came to."""
        return f"({last_of(names.PERIOD_BOOKED, name, key, _REMEMBERED)} or on ({_SUMMED}) {self._days(name, part, key)})"

    def daily(self, name: str, part: Part) -> RecordingRule:
        """What has been booked since the day before, once a day: where the mark is midnight in the zone of the periods."""
        table, key = self.account.table, self.account.key
        midnight = f"({self.at_mark(f'vector({second_of_day(self.account.timezone, table.start, table.end)})')} == 0)"
        grown = f"max by ({_SUMMED}) ({record_of(names.PERIOD_BOOKED, name, key)})"
        if part.how == "sum":
            grown = f"({grown} - (max by ({_SUMMED}) ({self._days(name, part, key)}) or 0 * {grown}))"
        expr = f"{grown} and on ({names.PERIOD}) {self.current()} and on () {midnight}"
        return RecordingRule(names.PERIOD_DAILY, expr, {names.PART: name, names.ACCOUNT: key}, with_previous=True)

    def _days(self, name: str, part: Part, key: str) -> str:
        """What the days of each period have come to. A day that was missed is in the next one."""
        longest = max(period.seconds for period in self.account.table.periods)
        return f"{part.how}_over_time({record_of(names.PERIOD_DAILY, name, key)}[{duration(longest + _REMEMBERED)}])"


def record_of(metric: str, name: str, key: str) -> str:
    """The records of a part by an account."""
    return all_of(metric, label_matcher(names.PART, name), label_matcher(names.ACCOUNT, key))


def last_of(metric: str, name: str, key: str, span: int) -> str:
    """The last of them in as many seconds, of each period."""
    return f"last_over_time({record_of(metric, name, key)}[{duration(span)}])"


_SUMMED: Final = label_list((names.INDICATOR, names.PERIOD))
"""What sums are told apart by, within an account."""


def _scalar(vector: str) -> str:
    return f"scalar({vector})"


@dataclass(frozen=True, slots=True)
class _Figures:
    """What the parts of an account come to, in the three cases of ``contract.evaluate``: as seen, at best and at worst."""

    sums: _Sums
    parts: Mapping[str, Part]

    @property
    def account(self) -> Account:
        return self.sums.account

    def rules(self) -> Iterator[RecordingRule]:
        """Everything that is published."""
        if self.account.counts_events:
            yield self.sums.part("previous", self._previous())
        yield self.sums.part("unknown", f"clamp_min({self._counted()} - {self._part('known')}, 0)")
        seen, best, worst = self._policies()
        measured = self._measured()
        yield self._rule(names.PERIOD_BAD, seen[0])
        yield self._rule(names.PERIOD_TOTAL, seen[1])
        yield self._rule(names.PERIOD_UNKNOWN, f"clamp_min({self._unknown()} - {self._part('silent')}, 0)")
        yield self._rule(names.PERIOD_EXCLUDED, f"{self._part('excluded')} + {self._part('dropped')}")
        if not self.account.limit:
            cases = (seen, worst, best) if self.account.floor else (seen, best, worst)
            for metric, case in zip((names.PERIOD_ATTAINED, names.PERIOD_ATTAINED_LOWER, names.PERIOD_ATTAINED_UPPER), cases, strict=True):
                yield self._rule(metric, f"{self._figure(case)} and {measured}")
        yield self.sums.part("basis", self._basis())
        yield self._rule(names.PERIOD_BASIS, self._recorded("basis"))
        whole = f"({self._recorded('basis')} ^ 0)" if self.account.limit else self._recorded("basis")
        allowed = f"({whole} * on ({names.INDICATOR}) group_right ({names.PERIOD}) {self._allowed()})"
        left = f"{allowed} - on ({_SUMMED}) group_left () {best[0]}"
        ratio = f"{best[0]} / on ({_SUMMED}) group_right () ({allowed} > 0)"
        yield RecordingRule(names.PERIOD_BUDGET_LEFT, f"round({left}, 1e-6)", self.sums.marker)
        yield RecordingRule(names.PERIOD_BUDGET_LEFT_RATIO, f"1 - {ratio}", self.sums.marker)

    def _rule(self, metric: str, expr: str) -> RecordingRule:
        return RecordingRule(metric, self.sums.publish(expr), self.sums.marker)

    # -- parts ------------------------------------------------------------------------------------------------------------
    def _part(self, name: str) -> str:
        """A part of every indicator in the current period; 0 where nothing was added to it, and where the account has no such part."""
        elapsed = self._recorded("elapsed")
        if name not in self.parts and name not in _BEFOREHAND:
            return f"0 * {elapsed}"
        return f"({self._recorded(name)} and {elapsed} or 0 * {elapsed})"

    def _recorded(self, name: str) -> str:
        metric = names.PERIOD_BOOKED if name in self.parts else names.PERIOD_PART
        return f"max by ({_SUMMED}) ({record_of(metric, name, self.account.key)})"

    def _counted(self) -> str:
        """Seconds that count so far, without what conditions and missing events take out."""
        return f"({self._part('counted')} - {self._part('dropped')} - {self._part('vacant')})"

    def _unknown(self) -> str:
        return self._recorded("unknown")

    # -- figures ------------------------------------------------------------------------------------------------------------
    def _policies(self) -> tuple[_Case, _Case, _Case]:
        seen, best, worst = self._of_events() if self.account.counts_events else self._of_time()
        match self.account.measurement.unknown:
            case "good":
                return best, best, best
            case "bad":
                return worst, worst, worst
            case "excluded":
                return seen, seen, seen
        return seen, best, worst

    def _of_events(self) -> tuple[_Case, _Case, _Case]:
        """In what was not seen there may have been as many events as in the busiest minute."""
        bad, total = self._part("bad"), self._part("total")
        more = f"({self._part('busiest')} / {self.sums.evaluation.interval} * {self._unknown()} + {self._part('unseen')})"
        return (bad, total), (bad, f"({total} + {more})"), (f"({bad} + {more})", f"({total} + {more})")

    def _of_time(self) -> tuple[_Case, _Case, _Case]:
        of = self._counted() if self.account.measurement.over == "scheduled" else f"({self._lasting()} - {self._part('vacant')})"
        bad = self._part("bad")
        if _is_never_down(self.account.measurement.score):
            best, worst = bad, f"({bad} + {self._part('silent')})" if self.account.measurement.empty == "unknown" else bad
        elif "sure_bad" in self.parts:
            best, worst = self._part("sure_bad"), f"({self._counted()} - {self._part('sure_good')})"
        else:
            best, worst = bad, f"({bad} + {self._unknown()})"
        if "short" in self.parts:
            # Time that nobody saw may join runs that are too short to one that counts.
            worst = f"({worst} + {self._part('short')} * ({self._unknown()} > bool 0))"
        return (bad, f"({of} - {self._unknown()})"), (best, of), (worst, of)

    def _lasting(self) -> str:
        """Seconds of the period so far, or of those in which the agreement was in force."""
        cut = self.account.measurement.over == "deployed" and not self.account.term.is_whole
        return self._part("deployed" if cut else "elapsed")

    def _figure(self, case: _Case) -> str:
        share = f"{case[0]} / ({case[1]} > 0)"
        return f"(1 - {share})" if self.account.floor else f"({share})"

    def _measured(self) -> str:
        """Where anything happened: nothing is called 100 % because nobody looked."""
        what = "total" if self.account.counts_events else "busy" if "busy" in self.parts else "known"
        return f"({self._part(what)} > 0)"

    # -- budget -----------------------------------------------------------------------------------------------------------
    def _basis(self) -> str:
        """What the budget of the whole period is a share of.

        Seconds are those of the whole period. How many events there will be nobody knows: at least as many as there were, and
        as in the period before, so that the first errors of a month do not break it. Where there was none before: as many more as
        come at the rate so far.
        """
        table = self.account.table
        if self.account.counts_events:
            previous, total = self._part("previous"), self._part("total")
            rest = f"clamp_min({self.sums.of_all(table.value_text(self._whole_periods()))} - {self._counted()}, 0)"
            come = f"({total} + {total} / ({self._part('known')} > 0) * {rest})"
            return f"({previous} >= {total}) or ({total} and {previous} > 0) or {come} or {total}"
        match self.account.measurement.over:
            case "scheduled":
                seconds = self._whole_periods()
            case "deployed":
                seconds = [(period.start, self.account.term.between(period.start, period.end)) for period in table.periods]
            case _:
                seconds = [(period.start, period.seconds) for period in table.periods]
        return self.sums.of_all(table.value_text(seconds))

    def _whole_periods(self) -> list[tuple[int, int]]:
        """Seconds that count in each period, as far as it is known beforehand, by its start."""
        return [(period.start, self.account.counting.between(period.start, period.end)) for period in self.account.table.periods]

    def _previous(self) -> str:
        """The events of the period before, as if all of it had been seen: handed on from one evaluation to the next."""
        now, keys = self._recorded("elapsed"), (self.account.key, *filter(None, (self.account.apart_from,)))
        known = f" or on ({_SUMMED}) ".join(last_of(names.PERIOD_PART, "previous", key, _HANDED_ON) for key in keys)
        total = f" or on ({_SUMMED}) ".join(last_of(names.PERIOD_BOOKED, "total", key, _HANDED_ON) for key in keys)
        seen = f" or on ({_SUMMED}) ".join(last_of(names.PERIOD_BOOKED, "known", key, _HANDED_ON) for key in keys)
        ended, lasted = (f"max by ({names.INDICATOR}) (({each}) unless on ({names.PERIOD}) {now})" for each in (total, seen))
        earlier = ((start, seconds) for (_, seconds), (start, _) in pairwise(self._whole_periods()))
        before = self.sums.of_all(self.account.table.value_text(earlier))
        more = f"clamp_min({before} / on ({names.INDICATOR}) group_left () ({lasted} > 0), 1)"
        handed_on = f"({now} * 0 + on ({names.INDICATOR}) group_left () {ended})"
        return f"max by ({_SUMMED}) ({known}) and {now} or {handed_on} * {more} or {handed_on}"

    def _allowed(self) -> str:
        """The bad share that the objective leaves; the rounding takes away what ``1 - 0.999`` adds in binary."""
        return f"round(1 - {self.sums.targets()}, 1e-12)" if self.account.floor else self.sums.targets()


def _is_never_down(score: Share | Down) -> bool:
    """Whether not even an interval of errors alone is down."""
    return isinstance(score, Down) and score.strict and score.threshold >= 1


_BEFOREHAND: Final = frozenset({"elapsed", "deployed", "counted", "excluded", "previous"})
_Case = tuple[str, str]
"""The bad part, and what it is a share of."""
