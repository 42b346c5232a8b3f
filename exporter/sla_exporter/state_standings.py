"""Where every promise on a watched indicator stands, judged by the contract engine from the record of states, to the second.

An agreement may exclude time while a condition holds that only Prometheus knows; targets with such a condition are left to the rules.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from sla_exporter.probes.states import Interval, State, downtime
from sla_exporter.probes.watched import Watched
from sla_exporter.promises import IN_FORCE
from slo_gen.contract.evaluate import basis
from slo_gen.contract.facts import Downtime
from slo_gen.contract.outcome import Outcome
from slo_gen.contract.target_period import adjusted_time, target_period
from slo_gen.spec.model import Agreement, AgreementTarget, Catalogue
from slo_gen.timekeeping.periods import Period
from slo_gen.timekeeping.spans import Spans

__all__ = ["RUNS_REACH", "StatePromise", "StateStanding", "StateStandings", "state_promises"]

RUNS_REACH: Final = 86_400
"""Seconds before a period that are looked at, for runs of down time that reach into it."""


class StatePromise(NamedTuple):
    """A target of an agreement on an indicator that the exporter watches."""

    agreement: Agreement
    target: AgreementTarget


@dataclass(frozen=True, slots=True)
class StateStanding:
    """A target in its present period, as of an instant (seconds since 1970). ``outcome`` None: nothing of it has passed yet.

    ``seconds``: what has passed, by state; excluded is what does not count. ``basis``: what the figure is a share of by the period's end.
    """

    period: Period
    as_of: int
    seconds: Mapping[State, int]
    basis: int
    outcome: Outcome | None


def state_promises(catalogue: Catalogue) -> tuple[StatePromise, ...]:
    """All of them that the record of states decides alone, in the order of the agreements."""
    return tuple(
        StatePromise(agreement, target)
        for agreement in catalogue.agreements.values() if agreement.state in IN_FORCE
        for target in agreement.targets
        if catalogue.indicators[target.indicator].watch is not None and not any(each.when for each in target.exclude)
    )  # fmt: skip


class StateStandings:
    """All promises on states. ``now`` is the present instant everywhere, in seconds."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue: Final = catalogue
        self.promises: Final = state_promises(catalogue)
        self._bases: dict[tuple[str, str], tuple[Period, int]] = {}

    def begins(self, now: int) -> int:
        """From when on states matter to any present period."""
        starts = [promise.agreement.period.of(now).start for promise in self.promises]
        return min(starts, default=now) - RUNS_REACH

    def at(self, watched: Watched, now: int) -> Iterator[tuple[StatePromise, StateStanding]]:
        """Every promise and where it stands."""
        states: dict[str, tuple[tuple[Interval, ...], int]] = {}
        start = self.begins(now)
        for promise in self.promises:
            indicator = promise.target.indicator
            if indicator not in states:
                states[indicator] = watched.states(indicator, start * 1000, now * 1000)
            intervals, settled = states[indicator]
            yield promise, self._standing(promise, intervals, min(now, settled // 1000), now)

    def _standing(self, promise: StatePromise, intervals: tuple[Interval, ...], as_of: int, now: int) -> StateStanding:
        agreement, target = promise
        period = agreement.period.of(now)
        whole = self._basis(promise, period)
        as_of = max(as_of, period.start)
        if as_of == period.start:
            return StateStanding(period, as_of, {"up": 0, "down": 0, "unknown": 0, "excluded": 0}, whole, None)
        facts = downtime(intervals, period.start - RUNS_REACH, as_of)
        judged = target_period(
            self.catalogue, agreement, target, Period(period.start, as_of, period.name), facts,
            adjusted=adjusted_time(self.catalogue, agreement, target),
        )  # fmt: skip
        seconds = _seconds(facts, judged.window.counting & judged.window.period, as_of - period.start)
        return StateStanding(period, as_of, seconds, whole, judged.outcome)

    def _basis(self, promise: StatePromise, period: Period) -> int:
        """Known beforehand, and so looked up once for each period."""
        agreement, target = promise
        key = (agreement.name, target.name)
        found = self._bases.get(key)
        if found is None or found[0] != period:
            judged = target_period(
                self.catalogue, agreement, target, period, Downtime(period.start, period.end),
                adjusted=adjusted_time(self.catalogue, agreement, target),
            )  # fmt: skip
            found = self._bases[key] = (period, basis(judged.measurement, judged.window))
        return found[1]


def _seconds(facts: Downtime, counting: Spans, elapsed: int) -> Mapping[State, int]:
    down = (Spans.of((outage.start, outage.end) for outage in facts.outages) & counting).seconds
    unknown = (facts.unknown & counting).seconds
    return {"up": counting.seconds - down - unknown, "down": down, "unknown": unknown, "excluded": elapsed - counting.seconds}
