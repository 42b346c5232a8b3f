"""The facts of an indicator over a range of time, out of what a Prometheus has recorded: exact, and minute by minute.

A record is about the last whole interval that was settled when it was made (``rules/processes.py``, ``at_mark``): one of
the instant t belongs to the interval that ends at the last multiple of ``interval`` at or before t less ``settling``.
So the stored samples are read with their own instants, and none is taken for its neighbour whatever the phase of its
rule group. An interval without a record is unknown.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite, lcm
from typing import Final

from slo_gen import names
from slo_gen.contract.facts import Slots
from slo_gen.prometheus import Series
from slo_gen.rules.promql import all_of, label_matcher
from slo_gen.spec.model import Evaluation, Indicator, Ratio
from slo_gen.timekeeping.spans import Span, Spans

__all__ = [
    "Answers", "Group", "Question", "Reading", "Source", "Wanted", "chunks", "condition_question", "condition_spans", "interval_of",
    "questions", "reading", "readings_by_group", "settled",
]  # fmt: skip

CHUNK: Final = 7 * 86_400
"""Seconds that one question is about: 10,080 minutes, and a server answers with at most 11,000 steps of a series."""

_RECORDS: Final = (names.TOTAL, names.BAD, names.UNSEEN)
_WHOLE: Final = Fraction(1, 1_000_000)
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
        start, length = self.slots.start, self.slots.seconds
        return Spans.of((start + n * length, start + (n + 1) * length) for n, total in enumerate(self.slots.total) if total is not None)


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


def interval_of(recorded: float, evaluation: Evaluation) -> int:
    """The start of the interval that a record of this instant (seconds) is about."""
    interval = evaluation.interval
    return (round(recorded * 1000) - evaluation.settling * 1000) // (interval * 1000) * interval - interval


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


@dataclass(slots=True)
class _Records:
    """One group of one source: the values of each slot, by its number."""

    total: dict[int, float]
    bad: dict[int, float]
    unseen: dict[int, float]


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
    inside = range((start - wanted.start) // wanted.evaluation.interval, -((wanted.start - end) // wanted.evaluation.interval))
    records = {
        labels: sum(number in inside for group in groups.values() for number in _known(group)) for labels, groups in by_source.items()
    }
    order = sorted((labels for labels in records if records[labels]), key=lambda labels: (-records[labels], labels))
    sources = tuple(Source(labels, records[labels], read=labels == order[0]) for labels in order)
    return _Found(wanted, by_source[order[0]] if order else {}, sources)


def _known(group: _Records) -> set[int]:
    return group.total.keys() & group.bad.keys()


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
            values = _of_record(found[source].setdefault(group, _Records({}, {}, {})), question.record)
            for time, value in series.points:
                number = (interval_of(time, wanted.evaluation) - wanted.start) // wanted.evaluation.interval
                if 0 <= number < wanted.count and isfinite(value) and value >= 0:
                    values[number] = value      # of two records about one interval the later one counts
    return found


def _of_record(records: _Records, record: str) -> dict[int, float]:
    return {names.TOTAL: records.total, names.BAD: records.bad, names.UNSEEN: records.unseen}[record]


def _slots(wanted: Wanted, groups: Iterable[_Records]) -> Slots:
    exactly, count = _exactly(wanted.indicator, wanted.evaluation), wanted.count
    total: list[Fraction | int | None] = [None] * count
    bad: list[Fraction | int] = [0] * count
    unseen: list[Fraction | int] = [0] * count
    for group in groups:
        for number in _known(group):
            total[number] = (total[number] or 0) + exactly(group.total[number])
            bad[number] += exactly(group.bad[number])
            unseen[number] += exactly(group.unseen.get(number, 0.0))
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
