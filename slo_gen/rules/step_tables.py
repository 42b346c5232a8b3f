"""Tables of instants as PromQL: numbers that change at known instants, and how much of each interval counts.

An expression of these is evaluated at the *mark* of an interval, the instant at which it ends, and is about that interval:
``time() > bool x`` is whether the interval began at or after x. Every instant in a table is a constant, so nothing has to run
beside Prometheus, and the same expression holds for any instant of the past.

Hours that come again every week are one week in a zone, whose offset is a table too. What differs from that week (holidays,
days on which the clocks change, single windows) is added as steps, so the sum is exact whatever the week was.
"""

from __future__ import annotations

import zlib
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Final

from slo_gen.timekeeping.spans import Span, Spans
from slo_gen.timekeeping.zones import local, zone

__all__ = ["Mask", "Steps", "mask_of", "second_of_day"]

_DAY: Final = 86_400
_WEEK: Final = 7 * _DAY
_MONDAY: Final = 3 * _DAY
"""1970-01-01 was a Thursday: so many seconds lie between the Monday of its week and it."""

Change = tuple[int, int]
"""An instant (or a second of the week), and by how much the number changes there."""


@dataclass(frozen=True, slots=True)
class Steps:
    """A whole number that is 0 in the beginning and changes at instants; make one with ``of``."""

    changes: tuple[Change, ...] = ()

    @classmethod
    def of(cls, changes: Iterable[Change]) -> Steps:
        """Changes in any order; those at one instant add up."""
        summed: defaultdict[int, int] = defaultdict(int)
        for instant, change in changes:
            summed[instant] += change
        return cls(tuple((instant, summed[instant]) for instant in sorted(summed) if summed[instant]))

    @classmethod
    def through(cls, values: Iterable[tuple[int, int]]) -> Steps:
        """Each value from its instant on."""
        changes: list[Change] = []
        before = 0
        for instant, value in values:
            changes.append((instant, value - before))
            before = value
        return cls.of(changes)

    def minus(self, other: Steps) -> Steps:
        """The difference of both at every instant."""
        return Steps.of((*self.changes, *((instant, -change) for instant, change in other.changes)))

    def at(self, instant: int) -> int:
        """Its value at an instant."""
        return sum(change for _, change in self.changes[: bisect_right(self.changes, instant, key=lambda each: each[0])])

    def integral(self, instant: int) -> int:
        """The sum of its value over all seconds before an instant."""
        return sum(change * (instant - at) for at, change in self.changes if at < instant)

    def value_text(self) -> str:
        """Its value for the interval that ends at ``time()``, a scalar."""
        return _sum((change, f"(time() > bool {instant})") for instant, change in self.changes)

    def integral_text(self) -> str:
        """The sum of its value over all seconds up to ``time()``, a scalar."""
        return _sum((change, f"(time() > bool {instant}) * (time() - {instant})") for instant, change in self.changes)


def _sum(terms: Iterable[tuple[int, str]]) -> str:
    text = ""
    for factor, term in terms:
        sign = " - " if factor < 0 else " + "
        text += sign + (term if abs(factor) == 1 else f"{abs(factor)} * {term}")
    if not text:
        return "0"
    return f"({text[3:]})" if text.startswith(" + ") else f"(0{text})"


# --- how much of an interval counts ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Mask:
    """How many seconds of each interval count, from ``start`` up to ``end``: a week in a zone, and what differs from it.

    ``week`` are changes at seconds of the local week, Monday first; ``offsets`` is what the zone's clocks are ahead of UTC. Where
    no week is worth it both are empty, and ``rest`` says everything.
    """

    interval: int
    start: int
    end: int
    rest: Steps
    week: tuple[Change, ...] = ()
    offsets: Steps = Steps()

    @property
    def is_whole(self) -> bool:
        """Whether everything counts."""
        return not self.week and self.rest.changes == ((self.start, self.interval), (self.end, -self.interval))

    @property
    def key(self) -> str:
        """A short name for it."""
        return f"{zlib.crc32(repr(self).encode()):08x}"

    @property
    def terms(self) -> int:
        """What it costs to evaluate, in comparisons."""
        return len(self.rest.changes) + (len(self.week) * (1 + len(self.offsets.changes)))

    def edges(self) -> Iterator[int]:
        """All instants at which it changes."""
        yield from (instant for instant, _ in _as_steps(self.week, self.offsets, self.start, self.end).changes)
        yield from (instant for instant, _ in self.rest.changes)

    def seconds_text(self) -> str:
        """Seconds of the interval that ends at ``time()`` that count, a scalar."""
        if not self.week:
            return self.rest.value_text()
        week = _sum((change, f"({_second_of_week(self.offsets, self.interval)} >= bool {second})") for second, change in self.week)
        return f"({week} + {self.rest.value_text()})" if self.rest.changes else week

    def elapsed_text(self, starts: Sequence[int]) -> str:
        """Seconds that count between the last of the instants ``starts`` and ``time()``, a scalar."""
        if self.is_whole:
            return f"(time() - {Steps.through((start, start) for start in starts).value_text()})"
        totals = [self._total(start) for start in starts]
        corrections = Steps.of((
            *((start, before - total) for start, total, before in zip(starts, totals, [0, *totals], strict=False)),
            *self._jumps(),
        ))
        parts = [self.rest.integral_text(), corrections.value_text()]
        if self.week:
            parts.append(self._weeks_text())
        return f"(({' + '.join(part for part in parts if part != '0') or '0'}) / {self.interval})"

    def between(self, start: int, end: int) -> int:
        """Seconds that count between two instants, both ends of intervals."""
        return (self._total(end) - self._total(start)) // self.interval

    # -- sums over time, in seconds times ``interval`` ----------------------------------------------------------------
    def _total(self, instant: int) -> int:
        """From ``start`` to an instant, plus a constant."""
        if not self.week:
            return self.rest.integral(instant)
        return self.rest.integral(instant) + self._weeks(instant, self.offsets.at(max(instant - 1, self.start))) + sum(
            jump for at, jump in self._jumps() if at < instant
        )

    def _jumps(self) -> Iterator[Change]:
        """A clock that is changed moves the place in the week, though no time has passed."""
        for at, change in self.offsets.changes:
            if at == self.start:
                continue
            before = self.offsets.at(at - 1)
            yield at, self._weeks(at, before) - self._weeks(at, before + change)

    def _weeks(self, instant: int, offset: int) -> int:
        whole, second = divmod(instant + offset + _MONDAY, _WEEK)
        return whole * self._of_a_week() + sum(change * (second - edge) for edge, change in self.week if second >= edge)

    def _of_a_week(self) -> int:
        return sum(change * (_WEEK - edge) for edge, change in self.week)

    def _weeks_text(self) -> str:
        second = _second_of_week(self.offsets, 0)
        inside = _sum((change, f"({second} >= bool {edge}) * ({second} - {edge})") for edge, change in self.week)
        return f"({_local(self.offsets, 0)} - {second}) / {_WEEK} * {self._of_a_week()} + {inside}"


def _local(offsets: Steps, back: int) -> str:
    """Seconds of local time since a Monday."""
    constant = _MONDAY - back
    return f"(time() + {constant} + {offsets.value_text()})" if offsets.changes else f"(time() + {constant})"


def _second_of_week(offsets: Steps, back: int) -> str:
    return f"({_local(offsets, back)} % {_WEEK})"


def second_of_day(name: str, start: int, end: int) -> str:
    """Seconds since local midnight in the zone ``name``, a scalar: 0 at the end of a day, whose clocks it goes by."""
    return f"({_local(Steps.through(_offsets(name, start, end)), 0)} % {_DAY})"


def mask_of(spans: Spans, interval: int, start: int, end: int, zones: Iterable[str] = ()) -> Mask:
    """How much of each interval between ``start`` and ``end`` lies in ``spans``, in as few steps as one of ``zones`` allows."""
    exact = _of_intervals(spans.clip(start, end), interval)
    best = Mask(interval, start, end, exact)
    if len(exact.changes) <= _FEW:
        return best
    for name in sorted(set(zones)):
        offsets = Steps.through(_offsets(name, start, end))
        week = _usual_week(exact, name, start, end)
        rest = exact.minus(_as_steps(week, offsets, start, end))
        weekly = Mask(interval, start, end, rest, week, offsets)
        if weekly.terms < best.terms:
            best = weekly
    return best


_FEW: Final = 20
"""Steps that are cheaper than any week."""


def _of_intervals(spans: Spans, interval: int) -> Steps:
    """Seconds of each interval in the spans: whole intervals, and parts of those at their ends."""
    return Steps.of(change for span in spans for change in _of_span(span, interval))


def _of_span(span: Span, interval: int) -> Iterator[Change]:
    opens, closes = span
    first, last = opens // interval * interval, closes // interval * interval
    if first == last:
        yield from ((first, closes - opens), (first + interval, opens - closes))
        return
    yield from ((first, interval - (opens - first)), (first + interval, opens - first))
    yield from ((last, closes - last - interval), (last + interval, last - closes))


def _usual_week(exact: Steps, name: str, start: int, end: int) -> tuple[Change, ...]:
    """The local week that comes most often."""
    where = zone(name)
    weeks: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    value = 0
    for instant, change in exact.changes:
        value += change
        shown = local(instant, where)
        monday = (shown.replace(hour=0, minute=0, second=0) - timedelta(days=shown.weekday())).toordinal()
        weeks[monday].append((shown.weekday() * _DAY + shown.hour * 3600 + shown.minute * 60 + shown.second, value))
    common = Counter(tuple(values) for values in weeks.values()).most_common(1)
    if not common:
        return ()
    values = list(common[0][0])
    if values and values[0][0] > 0 and values[-1][1]:
        values.insert(0, (0, values[-1][1]))
    return Steps.through(values).changes


def _as_steps(week: tuple[Change, ...], offsets: Steps, start: int, end: int) -> Steps:
    """A week over and over, as the clocks of the zone show it."""
    if not week:
        return Steps()
    edges = sorted({0, *(second for second, _ in week)})
    values = {edge: sum(change for second, change in week if second <= edge) for edge in edges}
    changed = [start, *(instant for instant, _ in offsets.changes if instant > start), end]
    found: list[tuple[int, int]] = []
    for opens, closes in pairwise(changed):
        offset = offsets.at(opens)
        monday = (opens + offset + _MONDAY) // _WEEK * _WEEK - _MONDAY - offset
        before = [edge for edge in edges if monday + edge <= opens]
        found.append((opens, values[before[-1]]))
        while monday < closes:
            found.extend((monday + edge, values[edge]) for edge in edges if opens < monday + edge < closes)
            monday += _WEEK
    return Steps.of((*Steps.through(found).changes, (end, -found[-1][1])))


@lru_cache(maxsize=256)
def _offsets(name: str, start: int, end: int) -> tuple[tuple[int, int], ...]:
    """What the clocks of a zone are ahead of UTC: the first instant of each offset between ``start`` and ``end``."""
    where = zone(name)

    def offset(instant: int) -> int:
        shown = local(instant, where).utcoffset()
        assert shown is not None
        return int(shown.total_seconds())

    found = [(start, offset(start))]
    for day in range(start, end, _DAY):
        low, high = day, min(day + _DAY, end)
        if offset(high) == found[-1][1]:
            continue
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if offset(middle) == found[-1][1] else (low, middle)
        found.append((high, offset(high)))
    return tuple(found)
