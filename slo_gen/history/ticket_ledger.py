"""Results of tickets as ``sla-exporter ledger export`` writes them: what the month's closing judges targets on tickets by.

JSON lines. The first says up to when each source was read, each other one is a result with its outcome at that instant:

    {"ledger": "results", "sources": {"desk": 1793491200}}
    {"source": "desk", "ticket": "4711", "agreement": "acme-checkout", "target": "p1-response", "cycle": 1, "worked": 840,
     "outcome": "met", "counts_at": 1792150000, ...}

Instants are seconds since 1970; keys that nobody knows here are left alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, TypeVar

import msgspec

from slo_gen.contract.facts import Result, Results
from slo_gen.contract.ticket_promises import COUNTED
from slo_gen.timekeeping.zones import write_instant

__all__ = ["LedgerFileError", "LedgerResult", "TicketLedger", "facts", "read_ticket_ledger"]

T = TypeVar("T")
_DECIDED: Final[Mapping[str, bool | None]] = {"met": True, "missed": False, "running": None, "paused": None, COUNTED: True}
"""Outcomes that count, and whether they are in time; all others say why a ticket has no result."""


class LedgerFileError(ValueError):
    """A file that is no export of a ledger. The text says what is wrong in which line, without the file's name."""


class LedgerResult(msgspec.Struct, frozen=True, kw_only=True):
    """One result. ``counts_at`` None: it is open, and nothing is due that would say in which period it counts."""

    source: str
    ticket: str
    agreement: str
    target: str
    cycle: int
    worked: int
    outcome: str
    counts_at: int | None

    @property
    def fact(self) -> Result | None:
        """What a period is judged by; None where it counts in none yet. The cause says why it is no result."""
        if self.counts_at is None:
            return None
        left_out = "" if self.outcome in _DECIDED else self.outcome
        return Result(self.counts_at, _DECIDED.get(self.outcome), self.worked, left_out)


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    """The first line."""

    ledger: str
    sources: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class TicketLedger:
    """An export. ``read_until`` says for each source up to when everything of it is known; ``digest`` tells exports apart."""

    read_until: Mapping[str, int]
    results: Mapping[tuple[str, str], tuple[LedgerResult, ...]]
    digest: str

    def of(self, agreement: str, target: str, start: int, end: int) -> tuple[LedgerResult, ...]:
        """The results of a target that count in ``[start, end)``, in the order of the ledger."""
        found = self.results.get((agreement, target), ())
        return tuple(each for each in found if each.counts_at is not None and start <= each.counts_at < end)

    def behind(self, source: str, end: int) -> str:
        """Why a period up to ``end`` cannot be judged by it, or "". ``source``: where the tickets are; "" where there is one."""
        names = [source] if source else list(self.read_until)
        if len(names) != 1:
            return "the agreement does not say which of several sources its tickets are of (`tickets.source`)"
        until = self.read_until.get(names[0])
        if until is None:
            return f"the ledger has no source {names[0]}"
        if until < end:
            return f"source {names[0]} was read up to {write_instant(until)}, before the period ended; export the ledger again"
        return ""


def facts(results: tuple[LedgerResult, ...], start: int, end: int) -> Results:
    """These results as facts about a period."""
    return Results(start, end, tuple(fact for each in results if (fact := each.fact) is not None))


def read_ticket_ledger(data: bytes) -> TicketLedger:
    """An export from the content of its file. Raises LedgerFileError."""
    lines = enumerate(data.splitlines(), start=1)
    _, first = next(lines, (1, b""))
    head = _line(first, _Head, 1)
    if head.ledger != "results":
        raise LedgerFileError(f"line 1: these are {head.ledger} of the ledger; export its results: --what results")
    found: dict[tuple[str, str], list[LedgerResult]] = {}
    for each in _results(lines):
        found.setdefault((each.agreement, each.target), []).append(each)
    return TicketLedger(head.sources, {key: tuple(of) for key, of in found.items()}, hashlib.sha256(data).hexdigest())


def _results(lines: Iterator[tuple[int, bytes]]) -> Iterator[LedgerResult]:
    seen: dict[tuple[str, str, str, str, int], int] = {}
    for number, line in lines:
        each = _line(line, LedgerResult, number)
        key = (each.source, each.ticket, each.agreement, each.target, each.cycle)
        if key in seen:
            raise LedgerFileError(f"line {number}: this result of ticket {each.ticket} is in line {seen[key]} already")
        seen[key] = number
        yield each


def _line(text: bytes, form: type[T], number: int) -> T:
    try:
        return msgspec.json.decode(text, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        hint = "" if number > 1 else "; the file must begin as `sla-exporter ledger export` writes it"
        raise LedgerFileError(f"line {number}: {error}{hint}") from None
