"""Looking after a ledger: does every result follow from the events, the whole of it as text, and making it anew."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from sla_exporter.config import Configuration, open_ledger
from sla_exporter.ledger.database import CorruptError, Database
from sla_exporter.ledger.ledger import Ledger
from sla_exporter.ledger.results import ResultRow, result_row
from sla_exporter.ledger.stretches import Place
from sla_exporter.probes.states import Stretch
from sla_exporter.promises import Promises
from slo_gen.spec.model import Catalogue
from slo_gen.timekeeping.zones import write_instant

__all__ = ["differences", "exported", "impossible_states", "rebuilt"]

_EVENT = ("source", "ticket", "event", "at", "place", "name", "value", "meaning")
_AT_ONCE = 2_000


def differences(ledger: Ledger, catalogue: Catalogue, sources: Sequence[str]) -> Iterator[tuple[int, str]]:
    """For every result its number, and in words how it differs from what the events say; "" where it does not."""
    promises, number = Promises(catalogue, sources), 0
    for source in sources:
        tickets: list[str] = []
        for ticket, _ in ledger.all_tickets(source):
            tickets.append(ticket)
        for start in range(0, len(tickets), _AT_ONCE):
            part = tickets[start : start + _AT_ONCE]
            stored = {row.key: row for row in ledger.results_of(source, part)}
            events = [(ticket, ledger.events(source, ticket)) for ticket in part]
            for agreement, result in promises.judged(source, events):
                number += 1
                counts_in = promises.all[agreement].judge.terms.counts_in
                row = result_row(source, agreement, result, counts_in, now=0)
                yield number, _difference(stored.pop(row.key, None), row)
            for row in stored.values():
                number += 1
                yield number, f"{_name(row)} is in the ledger, and follows from no event"


def _difference(stored: ResultRow | None, computed: ResultRow) -> str:
    if stored is None:
        return f"{_name(computed)} follows from the events, and is not in the ledger"
    for column, one, other in zip(ResultRow._fields[:18], stored, computed, strict=False):
        if one != other:
            return f"{_name(computed)}: {column} is {one} in the ledger, and {other} by the events"
    return ""


def _name(row: ResultRow) -> str:
    return f"{row.agreement}/{row.target} of {row.source} {row.ticket}, cycle {row.cycle}"


def impossible_states(ledger: Ledger) -> Iterator[str]:
    """For every stretch of states in words why it cannot be; "" where it can."""
    before: tuple[Place, Stretch] | None = None
    for place, stretch in ledger.states.all():
        name = f"{place.indicator} from {place.location} at {stretch.start} ms"
        if not stretch.start <= stretch.last <= stretch.until:
            yield f"{name}: it ends before it begins"
        elif before is not None and before[0] == place and before[1].until > stretch.start:
            yield f"{name}: the stretch before it holds longer"
        else:
            yield ""
        before = (place, stretch)


def exported(ledger: Ledger, what: str) -> Iterator[str]:
    """The ledger as JSON lines, in the order of its keys. Instants are seconds since 1970.

    Results have a line before them that says up to when each source was read, and their outcome at that instant. States have one
    that says when each probe was asked last, and instants in milliseconds.
    """
    match what:
        case "events":
            for row in ledger.all_events():
                yield json.dumps(dict(zip(_EVENT, row, strict=True)), ensure_ascii=False)
        case "states":
            yield json.dumps({"ledger": "states", "probes": ledger.states.asked()}, ensure_ascii=False)
            for place, stretch in ledger.states.all():
                yield json.dumps({**place._asdict(), **stretch._asdict()}, ensure_ascii=False)
        case "corrections":
            for correction in ledger.books.corrections():
                yield json.dumps({**correction._asdict(), "found": write_instant(correction.at)}, ensure_ascii=False)
        case _:
            read_until = {source: ledger.state(source).watermark for source in sorted(ledger.sources())}
            yield json.dumps({"ledger": "results", "sources": read_until}, ensure_ascii=False)
            for source, until in read_until.items():
                for result in ledger.all_results(source):
                    yield json.dumps({**result._asdict(), "outcome": result.outcome(until)}, ensure_ascii=False)


def rebuilt(configuration: Configuration) -> str:
    """Make all results anew; what was done in words. Raises LedgerError."""
    try:
        database = open_ledger(configuration)
    except CorruptError:
        return _begun_anew(Path(configuration.spec.ledger.file or ""), configuration)
    try:
        return _computed_anew(database, configuration)
    finally:
        database.close()


def _computed_anew(database: Database, configuration: Configuration) -> str:
    ledger = Ledger(database)
    if not database.may_write():
        return "another replica writes the ledger; stop it first"
    with database.transaction():
        database.execute("DELETE FROM terms")
    ledger.agree(Promises(configuration.catalogue, configuration.source_names), configuration.source_names, _now())
    return "all results were computed anew from the events"


def _begun_anew(file: Path, configuration: Configuration) -> str:
    kept = file.with_name(f"{file.name}.damaged-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    file.rename(kept)
    for suffix in ("-wal", "-shm"):
        beside = file.with_name(file.name + suffix)
        if beside.exists():
            beside.rename(kept.with_name(kept.name + suffix))
    database = open_ledger(configuration)
    try:
        Ledger(database)
    finally:
        database.close()
    return (
        f"the damaged file is kept as {kept}; the new ledger is filled when the sources are read. Counters begin again at 0, and of states "
        "only what other systems have stored comes back"
    )


def _now() -> int:
    return int(datetime.now(UTC).timestamp())
