"""States of indicators as ``sla-exporter ledger export --what indicators`` writes them: what a closing judges targets on states by.

JSON lines. The first says up to when each indicator is known, each other one is a state and from when to when it held:

    {"ledger": "indicators", "as_of": {"shop-up": 1796083205}}
    {"indicator": "shop-up", "state": "down", "start": 1794000000, "end": 1794000090}

Instants are seconds since 1970. What no line covers is unknown.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeVar

import msgspec

from slo_gen.contract.facts import Downtime, Outage
from slo_gen.history.ticket_ledger import LedgerFileError
from slo_gen.timekeeping.spans import Spans
from slo_gen.timekeeping.zones import write_instant

__all__ = ["StateLedger", "read_state_ledger"]

T = TypeVar("T")


class _Head(msgspec.Struct, frozen=True, kw_only=True):
    """The first line."""

    ledger: str
    as_of: Mapping[str, int] = {}


class _Held(msgspec.Struct, frozen=True, kw_only=True):
    """One state."""

    indicator: str
    state: Literal["up", "down", "excluded"]
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class StateLedger:
    """An export. ``digest`` tells exports apart."""

    as_of: Mapping[str, int]
    held: Mapping[str, tuple[_Held, ...]]
    digest: str

    def behind(self, indicator: str, end: int) -> str:
        """Why a period up to ``end`` cannot be judged by it, or ""."""
        until = self.as_of.get(indicator)
        if until is None:
            return f"the exporter watches no indicator {indicator}"
        if until < end:
            return f"{indicator} is known up to {write_instant(until)}, before the period ended; export the ledger again"
        return ""

    def facts(self, indicator: str, start: int, end: int) -> Downtime:
        """When it was down in ``[start, end)``, and when nobody looked; what monitoring excludes is that too."""
        found = [(max(each.start, start), min(each.end, end), each.state) for each in self.held.get(indicator, ())]
        down = tuple(Outage(first, last) for first, last, state in found if first < last and state == "down")
        known = Spans.of((first, last) for first, last, state in found if state != "excluded")
        return Downtime(start, end, down, known.gaps(start, end))


def read_state_ledger(data: bytes) -> StateLedger:
    """An export from the content of its file. Raises LedgerFileError."""
    lines = enumerate(data.splitlines(), start=1)
    _, first = next(lines, (1, b""))
    head = _line(first, _Head, 1)
    if head.ledger != "indicators":
        raise LedgerFileError(f"line 1: these are {head.ledger} of the ledger; export its indicators: --what indicators")
    found: defaultdict[str, list[_Held]] = defaultdict(list)
    for number, line in lines:
        each = _line(line, _Held, number)
        before = found[each.indicator][-1].end if found[each.indicator] else each.start
        if not before <= each.start < each.end:
            raise LedgerFileError(f"line {number}: {each.indicator} has a state here that does not follow the one above it")
        found[each.indicator].append(each)
    return StateLedger(head.as_of, {name: tuple(of) for name, of in found.items()}, hashlib.sha256(data).hexdigest())


def _line(text: bytes, form: type[T], number: int) -> T:
    try:
        return msgspec.json.decode(text, type=form)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        hint = "" if number > 1 else "; the file must begin as `sla-exporter ledger export --what indicators` writes it"
        raise LedgerFileError(f"line {number}: {error}{hint}") from None
