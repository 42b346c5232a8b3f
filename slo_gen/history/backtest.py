"""What a proposed promise would have meant over recorded history: which periods it missed, whom it would have woken.

Pure: facts come in, and night is whatever the caller says it is. Facts are recorded where the indicator was recorded, and
computed from raw series before that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

from slo_gen.contract.facts import Slots
from slo_gen.history.burn_replay import Firing, firings, together
from slo_gen.history.facts import Reading, Source
from slo_gen.spec.model import BurnWindow, Evaluation, Slo
from slo_gen.timekeeping.spans import Span, Spans

__all__ = ["Past", "SloPast", "joined", "lead_in", "slo_past"]


@dataclass(frozen=True, slots=True)
class Past:
    """Facts of some groups of an indicator. ``computed`` is when they were computed from raw series, and not recorded."""

    slots: Slots
    sources: tuple[Source, ...]
    computed: Spans

    def measured(self, start: int, end: int) -> Fraction:
        """The share of a range that there are facts about."""
        slots = self.slots
        first, last = ((min(max(edge, slots.start), slots.end) - slots.start) // slots.seconds for edge in (start, end))
        known = sum(total is not None for total in slots.total[first:last])
        return Fraction(known * slots.seconds, end - start)


@dataclass(frozen=True, slots=True)
class SloPast:
    """What the burn alerts of an SLO (of one group, where its indicator is grouped) would have done.

    ``pages`` are the times during which at least one alert of severity page fired, each one page; ``tickets`` likewise, of
    all others. ``by_pair`` counts each alert for itself.
    """

    slo: Slo
    group: Mapping[str, str]
    pages: tuple[Span, ...]
    at_night: int
    tickets: tuple[Span, ...]
    by_pair: tuple[tuple[BurnWindow, int], ...]
    measured: Fraction
    past: Past


def lead_in(slo: Slo) -> int:
    """Seconds before a range that its first alerts look at."""
    return max((pair.long for pair in slo.alerts), default=0)


def slo_past(slo: Slo, group: Mapping[str, str], past: Past, evaluation: Evaluation, start: int, end: int, night: Spans) -> SloPast:
    """Alerts that began to fire in ``[start, end)``; the facts should begin ``lead_in`` before. ``night`` covers the range."""
    found = [firing for firing in firings(slo, past.slots, evaluation) if start <= firing.start < end]
    pages = together(firing for firing in found if firing.pair.severity == "page")
    return SloPast(
        slo, group, pages,
        at_night=sum(page in night for page, _ in pages),
        tickets=together(firing for firing in found if firing.pair.severity != "page"),
        by_pair=tuple((pair, _count(found, pair)) for pair in slo.alerts),
        measured=past.measured(start, end),
        past=past,
    )


def joined(recorded: Reading, computed: Reading) -> Past:
    """Recorded slots where there are any, before the first of them what was computed. Both are about the same range."""
    ours, theirs = recorded.slots, computed.slots
    first = next((number for number, total in enumerate(ours.total) if total is not None), len(ours.total))
    if not first or not computed.known:
        return Past(ours, recorded.sources or computed.sources, Spans())
    per = lcm(ours.per, theirs.per)
    mine, other = per // ours.per, per // theirs.per
    unseen = [0] * first + [value * mine for value in ours.unseen[first:]] if ours.unseen else ()
    slots = Slots(
        ours.start, ours.seconds,
        [None if total is None else total * other for total in theirs.total[:first]]
        + [None if total is None else total * mine for total in ours.total[first:]],
        [bad * other for bad in theirs.bad[:first]] + [bad * mine for bad in ours.bad[first:]],
        per, unseen,
    )
    return Past(slots, recorded.sources or computed.sources, computed.known.clip(ours.start, ours.start + first * ours.seconds))


def _count(found: list[Firing], pair: BurnWindow) -> int:
    return sum(firing.pair == pair for firing in found)
