"""The facts of an indicator over a range of time, out of what a Prometheus has recorded: exact, and minute by minute.

A record is about the last whole interval that was settled when it was made (``rules/processes.py``, ``at_mark``): one of
the instant t belongs to the interval that ends at the last multiple of ``interval`` at or before t less ``settling``.
So the stored samples are read with their own instants, and none is taken for its neighbour whatever the phase of its
rule group. An interval without a record is unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import inf, isfinite, lcm
from typing import TYPE_CHECKING, Final

from slo_gen import names
from slo_gen.contract.facts import Slots
from slo_gen.prometheus import Series
from slo_gen.rules.promql import all_of, label_matcher
from slo_gen.spec.model import Evaluation, Indicator, Ratio
from slo_gen.timekeeping.spans import Span, Spans

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = [
    "Answers", "Group", "Question", "Reading", "Source", "Wanted", "chunks", "condition_question", "condition_spans", "intervals_of",
    "questions", "reading", "readings_by_group", "settled",
]  # fmt: skip

CHUNK: Final = 7 * 86_400
"""Seconds that one question is about: 10,080 minutes, and a server answers with at most 11,000 steps of a series."""

_RECORDS: Final = (names.TOTAL, names.BAD, names.UNSEEN)
_WHOLE: Final = Fraction(1, 1_000_000)
_LARGE: Final = 2.0**62
"""Whole numbers below it are added up in 64 bits."""
_DECIMALS: Final = 10**9
"""A number that is no count is taken as so many-th parts: what is smaller is the noise of binary fractions."""


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask: the stored samples of a selector in ``(start, end]``, or with a ``step`` the values of an expression
    at ``start``, ``start + step`` and so on up to ``end``. All in whole seconds.

    ``record`` is the recorded series that the answers are, or stand for.
    """

    query: str
    start: int
    end: int
    step: int | None = None
    record: str = ""


Answers = Mapping[Question, tuple[Series, ...]]
"""What was answered to each question."""


@dataclass(frozen=True, slots=True)
class Source:
    """One set of recorded series, told from its sisters by labels that are not the indicator's own: a replica, a cluster.

    ``records`` is how many it has in the range that was asked for; exactly one source is ``read``.
    """

    labels: tuple[tuple[str, str], ...]
    records: int
    read: bool


@dataclass(frozen=True, slots=True)
class Reading:
    """The facts of a target's indicator, and where they come from. ``sources`` is empty where nothing was recorded."""

    slots: Slots
    sources: tuple[Source, ...]

    @property
    def known(self) -> Spans:
        """When there is a record."""
        start, length, was = self.slots.start, self.slots.seconds, False
        edges = []
        for number, total in enumerate(self.slots.total):
            if (total is None) is was:
                edges.append(start + number * length)
                was = not was
        if was:
            edges.append(self.slots.end)
        return Spans(tuple(zip(edges[::2], edges[1::2], strict=True)))


# --- what to ask -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """Facts of an indicator's groups that ``where`` picks, over ``[start, end)``: whole intervals, see ``over``."""

    indicator: Indicator
    where: Mapping[str, str]
    evaluation: Evaluation
    start: int
    end: int

    @classmethod
    def over(cls, indicator: Indicator, evaluation: Evaluation, start: int, end: int, where: Mapping[str, str] | None = None) -> Wanted:
        """A range, widened to whole intervals."""
        return cls(indicator, where or {}, evaluation, *_whole(start, end, evaluation.interval))

    @property
    def count(self) -> int:
        """How many intervals it has."""
        return (self.end - self.start) // self.evaluation.interval

    def picks(self, labels: Mapping[str, str]) -> bool:
        """Whether a series is of one of the groups."""
        return all(labels.get(label, "") == value for label, value in self.where.items())


def questions(wanted: Wanted) -> tuple[Question, ...]:
    """All records about the intervals that are wanted."""
    evaluation, where = wanted.evaluation, wanted.where
    matchers = [label_matcher(names.INDICATOR, wanted.indicator.name), *(label_matcher(label, where[label]) for label in sorted(where))]
    # The record of the interval that ends at m is made in [m + settling, m + settling + interval), to the millisecond.
    first = wanted.start + evaluation.interval + evaluation.settling - 1
    last = wanted.end + evaluation.settling + evaluation.interval
    return tuple(
        Question(all_of(metric, *matchers), asked, until, record=metric)
        for metric in _RECORDS
        if metric != names.UNSEEN or wanted.indicator.is_counted
        for asked, until in chunks(first, last)
    )


def condition_question(expression: str, evaluation: Evaluation, start: int, end: int) -> tuple[Question, ...]:
    """At the end of which intervals of ``[start, end)`` an expression has a result."""
    step = evaluation.interval
    start, end = _whole(start, end, step)
    query = f"count({expression})"
    return tuple(Question(query, asked + step, until, step) for asked, until in chunks(start, end))


def chunks(start: int, end: int) -> Iterator[Span]:
    """``(start, end]`` in parts that a server answers at once."""
    for asked in range(start, end, CHUNK):
        yield asked, min(asked + CHUNK, end)


def settled(end: int, evaluation: Evaluation) -> int:
    """When the last record about ``[.., end)`` has surely been made: its evaluation is due and has had an interval's time."""
    return end + evaluation.settling + 2 * evaluation.interval


def intervals_of(recorded: NDArray[np.float64], evaluation: Evaluation) -> NDArray[np.int64]:
    """The starts of the intervals that records of these instants (seconds) are about."""
    interval = evaluation.interval
    # To the millisecond, as they are stored.
    milliseconds: NDArray[np.int64] = (recorded * 1000).round().astype("int64")
    return (milliseconds - evaluation.settling * 1000) // (interval * 1000) * interval - interval


# --- what the answers mean ---------------------------------------------------------------------------------------

Group = tuple[str, ...]
"""Values of the labels that an indicator is split ``by``."""

_Labels = tuple[tuple[str, str], ...]


def reading(wanted: Wanted, asked: Iterable[Question], answers: Answers, within: Span | None = None) -> Reading:
    """The slots that are wanted, out of the answers to the questions about them.

    Where several sources have recorded the indicator, the one with the most records is read, and of equal ones the first
    by its labels. A slot is known where at least one group of the indicator has both records; groups are added up.
    ``within`` is the period that it is about, where more than that is wanted: records outside of it choose no source.
    """
    found = _found(wanted, asked, answers, within)
    return Reading(found.slots(found.groups.values()), found.sources)


def readings_by_group(wanted: Wanted, asked: Iterable[Question], answers: Answers) -> dict[Group, Reading]:
    """The same, each group of the indicator for itself. Empty where nothing was recorded."""
    found = _found(wanted, asked, answers)
    return {group: Reading(found.slots([found.groups[group]]), found.sources) for group in sorted(found.groups)}


def condition_spans(asked: Iterable[Question], answers: Answers) -> Spans:
    """The intervals at whose ends the expression had a result."""
    return Spans.of(
        (round(time) - question.step, round(time))
        for question in asked
        if question.step is not None
        for series in answers[question]
        for time, value in series.points
        if isfinite(value)
    )


@dataclass(frozen=True, slots=True)
class _Records:
    """One group of one source: the values of each slot, NaN where there is no record."""

    total: NDArray[np.float64]
    bad: NDArray[np.float64]
    unseen: NDArray[np.float64]

    @classmethod
    def none(cls, count: int) -> _Records:
        import numpy as np

        return cls(*(np.full(count, np.nan) for _ in _RECORDS))

    def of(self, record: str) -> NDArray[np.float64]:
        return {names.TOTAL: self.total, names.BAD: self.bad, names.UNSEEN: self.unseen}[record]

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which slots have both records that it takes."""
        return (self.total >= 0) & (self.bad >= 0)


@dataclass(frozen=True, slots=True)
class _Found:
    """The groups of the source that is read, and how their slots lie."""

    wanted: Wanted
    groups: Mapping[Group, _Records]
    sources: tuple[Source, ...]

    def slots(self, groups: Iterable[_Records]) -> Slots:
        return _slots(self.wanted, groups)


def _found(wanted: Wanted, asked: Iterable[Question], answers: Answers, within: Span | None = None) -> _Found:
    by_source = _by_source(wanted, asked, answers)
    start, end = within or (wanted.start, wanted.end)
    first, last = (start - wanted.start) // wanted.evaluation.interval, -((wanted.start - end) // wanted.evaluation.interval)
    inside = slice(max(first, 0), max(last, 0))
    records = {labels: sum(int(group.known[inside].sum()) for group in groups.values()) for labels, groups in by_source.items()}
    order = sorted((labels for labels in records if records[labels]), key=lambda labels: (-records[labels], labels))
    sources = tuple(Source(labels, records[labels], read=labels == order[0]) for labels in order)
    return _Found(wanted, by_source[order[0]] if order else {}, sources)


def _by_source(wanted: Wanted, asked: Iterable[Question], answers: Answers) -> dict[_Labels, dict[Group, _Records]]:
    by = wanted.indicator.by
    own = {"__name__", names.INDICATOR, *by}
    found: defaultdict[_Labels, dict[Group, _Records]] = defaultdict(dict)
    for question in asked:
        for series in answers[question]:
            if not wanted.picks(series.labels):
                continue
            source = tuple(sorted((label, value) for label, value in series.labels.items() if label not in own))
            group = tuple(series.labels.get(label, "") for label in by)
            records = found[source].get(group)
            if records is None:
                records = found[source][group] = _Records.none(wanted.count)
            _note(series, wanted, records.of(question.record))
    return found


def _note(series: Series, wanted: Wanted, values: NDArray[np.float64]) -> None:
    """Put the points of a series into their slots. Of two records about one interval the later one counts."""
    import numpy as np

    times, found = np.array(series.points, dtype=np.float64).reshape(-1, 2).T
    late = wanted.evaluation.settling + 2 * wanted.evaluation.interval
    taken = (times >= wanted.start) & (times <= wanted.end + late) & (found >= 0) & (found < inf)
    times, found = times[taken], found[taken]
    numbers = (intervals_of(times, wanted.evaluation) - wanted.start) // wanted.evaluation.interval
    inside = (numbers >= 0) & (numbers < wanted.count)
    values[numbers[inside]] = found[inside]


def _slots(wanted: Wanted, groups: Iterable[_Records]) -> Slots:
    chosen = tuple(groups)
    return _counted(wanted, chosen) or _measured(wanted, chosen)


def _counted(wanted: Wanted, groups: Sequence[_Records]) -> Slots | None:
    """The slots where all values are whole numbers that can be added up as such, as counts are; None where they are not."""
    import numpy as np

    total, bad, unseen = (np.zeros(wanted.count, dtype=np.int64) for _ in _RECORDS)
    known = np.zeros(wanted.count, dtype=np.bool_)
    for group in groups:
        mine = group.known
        known |= mine
        for sums, values in ((total, group.total[mine]), (bad, group.bad[mine]), (unseen, np.nan_to_num(group.unseen[mine]))):
            if not ((values == np.floor(values)) & (values < _LARGE / len(groups))).all():
                return None
            sums[mine] += values.astype(np.int64)
    totals: list[int | None] = [*total.tolist()]
    for number in np.flatnonzero(~known).tolist():
        totals[number] = None
    return Slots(wanted.start, wanted.evaluation.interval, totals, bad.tolist(), 1, unseen.tolist() if unseen.any() else ())


def _measured(wanted: Wanted, groups: Iterable[_Records]) -> Slots:
    """The slots of any values, each taken for the number that was meant."""
    import numpy as np

    exactly, count = cache(_exactly(wanted.indicator, wanted.evaluation)), wanted.count
    total: list[Fraction | int | None] = [None] * count
    bad: list[Fraction | int] = [0] * count
    unseen: list[Fraction | int] = [0] * count
    for group in groups:
        totals, bads, unseens = group.total.tolist(), group.bad.tolist(), np.nan_to_num(group.unseen).tolist()
        for number in np.flatnonzero(group.known).tolist():
            total[number] = (total[number] or 0) + exactly(totals[number])
            bad[number] += exactly(bads[number])
            unseen[number] += exactly(unseens[number])
    per = lcm(*{value.denominator for values in (total, bad, unseen) for value in values if value is not None})
    return Slots(
        wanted.start, wanted.evaluation.interval,
        total=[None if value is None else _units(value, per) for value in total],
        bad=[_units(value, per) for value in bad],
        per=per,
        unseen=[_units(value, per) for value in unseen] if any(unseen) else (),
    )


def _units(value: Fraction | int, per: int) -> int:
    return value.numerator * (per // value.denominator)


@dataclass(frozen=True, slots=True)
class _Exact:
    """From the float that was recorded to the number that was meant.

    Counts are whole; a part of an interval is a number of its steps among those with data, at most ``steps``; anything
    else is a decimal of nine places.
    """

    steps: int | None

    def __call__(self, value: float) -> Fraction | int:
        if value.is_integer():
            return int(value)
        exact = Fraction(value)
        if self.steps is not None:
            return exact.limit_denominator(self.steps)
        if abs(exact - round(exact)) <= _WHOLE:
            return round(exact)
        return Fraction(round(exact * _DECIMALS), _DECIMALS)


def _exactly(indicator: Indicator, evaluation: Evaluation) -> _Exact:
    if indicator.is_counted or isinstance(indicator.measure, Ratio):
        return _Exact(None)
    from slo_gen.rules.counting import targets_of

    targets = targets_of(indicator, evaluation)
    return _Exact(targets.interval // targets.step)


def _whole(start: int, end: int, interval: int) -> Span:
    return start // interval * interval, -(-end // interval) * interval
