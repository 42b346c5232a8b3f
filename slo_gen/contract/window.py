"""What of a period counts: agreed hours, deployment, and exclusions with one reason for each excluded second."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from slo_gen.timekeeping.spans import EMPTY, Spans
from slo_gen.timekeeping.zones import EARLIEST, LATEST

__all__ = ["ALL_TIME", "Window"]

ALL_TIME = Spans(((EARLIEST, LATEST),))
"""Hours that never close, deployment without an end."""


@dataclass(frozen=True, slots=True)
class Window:
    """The period ``[start, end)`` of a target, in seconds since 1970-01-01T00:00Z.

    ``scheduled``, ``deployed`` and the spans of ``excluded`` may reach beyond the period; a run of down time is followed over its
    edges as far as they do. ``excluded`` are reasons and their spans: where several overlap, the first one is the reason.
    ``hours`` are the calendars that weights name.
    """

    start: int
    end: int
    scheduled: Spans = ALL_TIME
    deployed: Spans = ALL_TIME
    excluded: tuple[tuple[str, Spans], ...] = ()
    hours: Mapping[str, Spans] = field(default_factory=dict)

    @property
    def period(self) -> Spans:
        return Spans(((self.start, self.end),))

    @property
    def agreed(self) -> Spans:
        """Agreed hours while it was deployed, before exclusions and beyond the period too."""
        return self.scheduled & self.deployed

    @property
    def counting(self) -> Spans:
        """Time in which something can be bad, beyond the period too."""
        found = self.agreed
        for _, spans in self.excluded:
            found = found - spans
        return found

    def excluded_seconds(self) -> dict[str, int]:
        """Seconds of the agreed hours of the period by the reason for which they are excluded; a second has one reason."""
        rest = self.agreed & self.period
        found: dict[str, int] = {}
        for reason, spans in self.excluded:
            found[reason] = found.get(reason, 0) + (rest & spans).seconds
            rest = rest - spans
        return {reason: seconds for reason, seconds in found.items() if seconds}

    def weighed(self, spans: Spans, weights: tuple[tuple[str, int], ...]) -> int:
        """How long spans last, each second as often as the first of ``weights`` says in whose hours it lies."""
        total = 0
        for name, times in weights:
            inside = spans & self.hours.get(name, EMPTY)
            total += inside.seconds * times
            spans = spans - inside
        return total + spans.seconds
