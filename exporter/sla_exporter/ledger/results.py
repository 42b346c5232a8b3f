"""Results of tickets as rows of the ledger: what is final, in which period it counts, and what was already counted for ever."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from slo_gen.contract.ticket_results import TicketResult
from slo_gen.spec.ticket_terms import CountsIn

__all__ = ["COLUMNS", "Key", "ResultRow", "result_row"]


class Key(NamedTuple):
    """What a result is about: one cycle of one clock of one ticket under one promise."""

    source: str
    ticket: str
    agreement: str
    target: str
    cycle: int


class ResultRow(NamedTuple):
    """One row of the table ``result``, in the order of its columns.

    ``final``: its outcome where only another event can change it, else "". ``booked``: the outcome that a lifetime counter
    holds already. ``timed``: 1 when its duration is in the histogram.
    """

    source: str
    ticket: str
    agreement: str
    target: str
    cycle: int
    priority: str
    opened: int
    start: int
    stop: int | None
    worked: int
    wall: int
    allowed: int
    due: int | None
    over: int | None
    since: int | None
    hidden: int
    reason: str
    ended: int | None
    final: str
    counts_at: int | None
    booked: str
    timed: int

    @property
    def key(self) -> Key:
        return Key(*self[:5])

    @property
    def result(self) -> TicketResult:
        """The result itself."""
        return TicketResult(
            self.ticket, self.target, self.cycle, self.priority, self.opened, self.start, self.stop, self.worked, self.wall, self.allowed,
            self.due, self.over, self.since, bool(self.hidden), self.reason, self.ended,
        )  # fmt: skip

    def outcome(self, now: int) -> str:
        """What it comes to at an instant."""
        return self.final or self.result.outcome(now)

    @property
    def facts(self) -> tuple[Any, ...]:
        """What follows from the events alone."""
        return self[:20]


COLUMNS: Final = ", ".join(ResultRow._fields)


def result_row(source: str, agreement: str, result: TicketResult, counts_in: CountsIn, now: int) -> ResultRow:
    """The row of a result that no counter holds yet."""
    return ResultRow(
        source, result.ticket, agreement, result.target, result.cycle, result.priority, result.opened, result.start, result.stop,
        result.worked, result.real, result.allowed, result.due, result.over, result.since, int(result.hidden), result.reason, result.ended,
        result.outcome(now) if result.is_final else "", result.counts_at(counts_in), "", 0,
    )  # fmt: skip
