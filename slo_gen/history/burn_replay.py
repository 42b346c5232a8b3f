"""When burn alerts would have fired over recorded history: what ``rules/burn.py`` means, computed from the minutes.

The alerts are evaluated as Prometheus would have: every interval, on what was recorded by then. Windows below a day end
with the last recorded minute; those of a day and more are added up from roll-ups of five minutes, so they end up to ten
minutes earlier. At which second of the minute a server evaluates is not known afterwards; the full minute is taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil
from typing import Final

import numpy as np
from numpy.typing import NDArray

from slo_gen.contract.facts import Slots
from slo_gen.rules.thresholds import reachable, threshold
from slo_gen.rules.windows import DAY, ROLLUP_STEP
from slo_gen.spec.model import BurnWindow, Evaluation, Slo
from slo_gen.timekeeping.spans import Span, Spans

__all__ = ["Firing", "firings", "together"]

_LARGEST: Final = 2**62


@dataclass(frozen=True, slots=True)
class Firing:
    """One alert from its first to its last evaluation that fired; ``end`` is the first one that did not."""

    pair: BurnWindow
    start: int
    end: int


def firings(slo: Slo, slots: Slots, evaluation: Evaluation) -> tuple[Firing, ...]:
    """Every firing of each pair of windows, in the order of their starts.

    Evaluated from the start of the slots up to their end; what was before them counts as not recorded.
    """
    instants = np.arange(slots.start, slots.end, evaluation.interval, dtype=np.int64)
    sums = _Sums(slots, evaluation)
    found = [
        Firing(pair, start, end)
        for pair in reachable(slo)
        for start, end in _held(instants, _burning(slo, pair, sums, instants), pair.hold, slots.end)
    ]
    return tuple(sorted(found, key=lambda firing: (firing.start, firing.pair.long)))


def together(fired: Iterable[Firing]) -> tuple[Span, ...]:
    """Times during which at least one of them fired: what fires while another still does is no new interruption."""
    return Spans.of((firing.start, firing.end) for firing in fired).items


def _burning(slo: Slo, pair: BurnWindow, sums: _Sums, instants: NDArray[np.int64]) -> NDArray[np.bool_]:
    """At which instants the alert's expression has a result."""
    limit = threshold(slo, pair)
    long_bad, long_total = sums.window(pair.long, instants)
    short_bad, short_total = sums.window(pair.short, instants)
    burning = _above(long_bad, long_total, limit) & _above(short_bad, short_total, limit)
    if slo.minimum_bad > 0:
        burning &= np.asarray(long_bad >= ceil(slo.minimum_bad * sums.per), dtype=bool)
    return burning


def _above(bad: NDArray[np.int64], total: NDArray[np.int64], limit: Fraction) -> NDArray[np.bool_]:
    """Whether the share of bad events is above the limit: in whole numbers, and never where nothing happened."""
    if max(int(bad.max(initial=0)) * limit.denominator, int(total.max(initial=0)) * limit.numerator) > _LARGEST:
        bad, total = bad.astype(object), total.astype(object)
    return np.asarray((total > 0) & (bad * limit.denominator > total * limit.numerator), dtype=bool)


def _held(instants: NDArray[np.int64], burning: NDArray[np.bool_], hold: int, end: int) -> Iterable[Span]:
    """Stretches of burning that outlast ``hold``, from when it is over."""
    edges = np.flatnonzero(np.diff(np.concatenate(([False], burning, [False])).astype(np.int8)))
    for first, after in zip(edges[::2], edges[1::2], strict=True):
        fires = int(np.searchsorted(instants, instants[first] + hold))
        if fires < after:
            yield int(instants[fires]), int(instants[after]) if after < len(instants) else end


class _Sums:
    """Bad and total events of any window, by running sums over the slots."""

    def __init__(self, slots: Slots, evaluation: Evaluation) -> None:
        self.per = slots.per
        self._start = slots.start
        self._seconds = slots.seconds
        self._evaluation = evaluation
        self._bad = _running(slots.bad)
        self._total = _running([value or 0 for value in slots.total])

    def window(self, seconds: int, instants: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The sums of the window as its rule has recorded them at each instant."""
        ends = self._recorded(seconds, instants)
        first, last = (np.clip((edge - self._start) // self._seconds, 0, len(self._bad) - 1) for edge in (ends - seconds, ends))
        return self._bad[last] - self._bad[first], self._total[last] - self._total[first]

    def _recorded(self, seconds: int, instants: NDArray[np.int64]) -> NDArray[np.int64]:
        """Up to which instant events are in the window that is on record at each instant."""
        interval = self._evaluation.interval
        lag = -(-self._evaluation.settling // interval) * interval
        if seconds < DAY:
            return instants - lag
        every = self._evaluation.long_interval
        rolled_up: NDArray[np.int64] = instants // every * every // ROLLUP_STEP * ROLLUP_STEP - ROLLUP_STEP
        return rolled_up - lag


def _running(values: Sequence[int]) -> NDArray[np.int64]:
    """Running sums, in Python's own integers where 64 bits may not hold them."""
    fits = sum(values) < _LARGEST
    sums: NDArray[np.int64] = np.zeros(len(values) + 1, dtype=np.int64 if fits else object)
    np.cumsum(np.array(values, dtype=sums.dtype), out=sums[1:])
    return sums
