"""Reading by when things were updated, from where several systems can only be asked for "since": what was read, and where to go on.

Each question asks for what was updated at or after an instant, oldest first. The next one begins at the last instant that was
seen, so that nothing is skipped when things move while they are read; only where a whole page has one instant, an offset
goes on. A reading that is complete begins the next time ``overlap`` before its own start, for what the system shows late; what
is not changed since it was read is known by its own instant and not asked for again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, Self

from msgspec import Struct, ValidationError, field
from msgspec.json import decode, encode

__all__ = ["Updates"]

_SETTLED: Final = 2
"""Seconds after which nothing more is written with the same instant as an update."""


class Updates(Struct, frozen=True):
    """A place. ``started``: the system's clock when the present reading began, 0 between readings."""

    since: int = 0
    offset: int = 0
    started: int = 0
    seen: dict[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, text: str) -> Self:
        """The place that a text stands for; the beginning where it is none."""
        try:
            return decode(text, type=cls) if text else cls()
        except (ValidationError, ValueError):
            return cls()

    def text(self) -> str:
        """The place as text."""
        return encode(self, order="sorted").decode()

    def knows(self, ticket: str, updated: int) -> bool:
        """Whether a ticket was read as it is."""
        return self.seen.get(ticket) == updated

    def following(self, read: Sequence[tuple[str, int]], *, more: bool, page: int, now: int, overlap: int) -> Updates:
        """Where to go on after a page: ``read`` are all of its tickets with their updates, ``page`` is how many were asked for.

        ``now`` is the system's clock. Updates of the last seconds are looked at again, since more may come with the same instant.
        """
        started = self.started or now
        seen = {**self.seen, **{ticket: updated for ticket, updated in read if updated < now - _SETTLED}}
        last = max((updated for _, updated in read), default=self.since)
        if more and last > self.since:
            return Updates(last, 0, started, seen)
        if more:
            return Updates(self.since, self.offset + page, started, seen)
        since = max(0, started - overlap)
        return Updates(since, 0, 0, _kept(seen, since))


def _kept(seen: Mapping[str, int], since: int) -> dict[str, int]:
    return {ticket: updated for ticket, updated in seen.items() if updated >= since}
