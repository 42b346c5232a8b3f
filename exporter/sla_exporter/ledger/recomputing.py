"""All tickets of a source again, by several processes: reading and timing them is most of the work, and needs no writer.

Each process has the file open for reading and the promises of its own, and is given ranges of tickets. What they find comes in the
order of the tickets; no more ranges are under way than are needed to keep everybody busy, so that memory stays bounded.
"""

from __future__ import annotations

import gc
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import Any, Final, NamedTuple

from sla_exporter.ledger.database import SqliteDatabase
from sla_exporter.ledger.results import ResultRow, result_row
from sla_exporter.promises import Promises
from slo_gen.contract.clocks import TicketEvent
from slo_gen.spec.model import Catalogue

__all__ = ["WORTH_IT", "Range", "in_parallel", "judged_rows", "ordered_events", "ranges"]

WORTH_IT: Final = 20_000
"""Fewer tickets are timed sooner than other processes have begun."""

_SIZE: Final = 5_000

_TICKETS: Final = (
    "SELECT ticket, at, place, event, at, name, value, meaning FROM event WHERE source = ? AND ticket >= ? AND ticket <= ? "
    "ORDER BY source, ticket, event"
)


class Range(NamedTuple):
    """Tickets from the first to the last one, both included; ``tickets`` are all of them."""

    source: str
    tickets: Sequence[str]


def ranges(database: SqliteDatabase, source: str) -> list[Range]:
    """All tickets of a source in ranges of the same size."""
    names = [row[0] for row in database.rows("SELECT DISTINCT ticket FROM event WHERE source = ? ORDER BY ticket", (source,))]
    return [Range(source, names[start : start + _SIZE]) for start in range(0, len(names), _SIZE)]


def in_parallel(
    file: Path, catalogue: Catalogue, sources: Sequence[str], wanted: Sequence[Range], now: int
) -> Iterator[tuple[Range, list[ResultRow]]]:
    """The results of ranges of tickets, in their order. Raises LedgerError."""
    workers = max(1, os.cpu_count() or 1)
    # Threads of this process must not be forked in the middle of what they do.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, _begin, (file, catalogue, tuple(sources))) as pool:
        waiting: deque[tuple[Range, Future[list[tuple[Any, ...]]]]] = deque()
        try:
            for each in wanted:
                waiting.append((each, pool.submit(_judged, each.source, each.tickets[0], each.tickets[-1], now)))
                if len(waiting) > 2 * workers:
                    yield _first(waiting)
            while waiting:
                yield _first(waiting)
        finally:
            # Where nobody wants the rest, only what is under way is waited for.
            pool.shutdown(wait=False, cancel_futures=True)


def _first(waiting: deque[tuple[Range, Future[list[tuple[Any, ...]]]]]) -> tuple[Range, list[ResultRow]]:
    wanted, future = waiting.popleft()
    return wanted, list(map(ResultRow._make, future.result()))


def ordered_events(rows: Iterator[tuple[object, ...]]) -> Iterator[tuple[str, list[TicketEvent]]]:
    """Rows of ticket, instant, place, event, and the instant again with name, value and meaning, by ticket, as events in their order."""
    for ticket, of_ticket in groupby(rows, key=itemgetter(0)):
        yield str(ticket), [TicketEvent._make(row[4:]) for row in sorted(of_ticket)]


def judged_rows(
    promises: Promises, source: str, tickets: Iterable[tuple[str, Sequence[TicketEvent]]], now: int
) -> Iterator[ResultRow]:
    """The results of tickets as rows that no counter holds yet."""
    for agreement, result in promises.judged(source, tickets):
        yield result_row(source, agreement, result, promises.all[agreement].judge.terms.counts_in, now)


# --- in the other processes --------------------------------------------------------------------------------------------
class _Worker(NamedTuple):
    database: SqliteDatabase
    promises: Promises


_WORKER: list[_Worker] = []


def _begin(file: Path, catalogue: Catalogue, sources: tuple[str, ...]) -> None:
    threading.Thread(target=_end_with_parent, daemon=True).start()
    gc.disable()        # nothing here refers to itself, and looking for what does takes a third of the time
    _WORKER.append(_Worker(SqliteDatabase(file, read_only=True, checked=False), Promises(catalogue, sources)))


def _end_with_parent() -> None:
    """Whoever asks may be killed; nobody would be left to tell this process that it is not needed."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _judged(source: str, first: str, last: str, now: int) -> list[tuple[Any, ...]]:
    """Plain tuples, which are carried to the other process in half the time."""
    database, promises = _WORKER[0]
    return [tuple(row) for row in judged_rows(promises, source, ordered_events(database.stream(_TICKETS, (source, first, last))), now)]
