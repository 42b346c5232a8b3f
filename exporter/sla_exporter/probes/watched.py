"""What is known of all indicators that the exporter watches: their stretches by location, and the states that follow from them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from sla_exporter.ledger.stretches import Place
from sla_exporter.probes.states import MOST_FAILURES, Interval, Sample, Stretch, agreed, grown, seen_by
from slo_gen.spec.model import Watch

__all__ = ["Watched"]


class Watched:
    """``indicators``: how each of them is watched. Instants are milliseconds since 1970."""

    def __init__(self, indicators: Mapping[str, Watch]) -> None:
        self.indicators: Final = dict(indicators)
        self._record: dict[str, dict[str, list[Stretch]]] = {name: {} for name in indicators}

    def locations(self, indicator: str) -> Mapping[str, Sequence[Stretch]]:
        """The stretches of an indicator by location."""
        return self._record.get(indicator, {})

    def last(self, place: Place) -> Stretch | None:
        """The last stretch of a place."""
        record = self._record.get(place.indicator, {}).get(place.location)
        return record[-1] if record else None

    def growth(self, place: Place, samples: Iterable[Sample], holds: int) -> tuple[Stretch, ...]:
        """What samples would change; see ``states.grown``."""
        return grown(self._record.get(place.indicator, {}).get(place.location, ()), samples, holds)

    def take(self, changes: Iterable[tuple[Place, Stretch]]) -> None:
        """Take stretches over, each in the place of the one with its start; what is not watched is left out."""
        for place, stretch in changes:
            if place.indicator not in self._record:
                continue
            record = self._record[place.indicator].setdefault(place.location, [])
            at = len(record)
            while at and record[at - 1].start >= stretch.start:
                at -= 1
            record[at : at + (at < len(record) and record[at].start == stretch.start)] = [stretch]

    def forget(self, before: int) -> bool:
        """Let go of what ended before an instant, but for the last stretches, by which the next sample is judged; whether there was any."""
        forgotten = False
        for locations in self._record.values():
            for record in locations.values():
                old = bisect_right(record, before, hi=max(0, len(record) - MOST_FAILURES), key=lambda each: each.until)
                del record[:old]
                forgotten = forgotten or old > 0
        return forgotten

    def states(self, indicator: str, start: int, end: int) -> tuple[tuple[Interval, ...], int]:
        """The state of an indicator in ``[start, end)``, without gaps; and up to when it is settled."""
        watch = self.indicators[indicator]
        seen, settled = [], end
        for stretches in self._record[indicator].values():
            intervals, until = seen_by(stretches, start, end, failures=watch.failures, back_dated=watch.back_dated)
            seen.append(intervals)
            settled = min(settled, end if until is None else max(until, start))
        return agreed(seen, start, end, quorum=watch.quorum, known=watch.known), settled
