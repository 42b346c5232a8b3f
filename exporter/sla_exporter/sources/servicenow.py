"""ServiceNow: records of a table by when they were updated, and of each its audit and its journal.

Only ``value`` is read, which is in UTC; ``display_value`` is in the zone and the words of whoever asks. The limit of a page applies before
access rules, so a short page is not the last one: the Link header says whether another follows. A part of a query that the
server does not understand is ignored, and everything would come; so what comes is compared with what was asked for, instants included.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Final
from urllib.parse import parse_qs, urlsplit

from msgspec import Struct, field
from msgspec.json import decode, encode

from sla_exporter.sources.servicenow_history import AUDITED, CUSTOMERS, Names, Row, instant, needed, record_events, text
from sla_exporter.sources.servicenow_query import Query
from sla_exporter.sources.source import (
    GONE,
    Found,
    Page,
    Settings,
    SourceError,
    SourceEvent,
    ask,
    decoded,
    next_link,
    server_clock,
    status_meanings,
)
from slo_gen.fetch import Fetcher, Response

__all__ = ["ServiceNowReader"]

_PAGE: Final = 50
"""Records of one page; their audit and journal are asked for together."""

_HISTORY: Final = 1000
_MOST_PAGES: Final = 1000
_SETTLED: Final = 2
"""Seconds after which nothing more is written with the same second as its update."""

_RECORD: Final = (
    "sys_id", "number", "sys_created_on", "sys_updated_on", "opened_at", "state", "hold_reason", "priority", "assignment_group",
    "assigned_to", "company.name", *CUSTOMERS,
)  # fmt: skip


class _Rows(Struct):
    result: list[dict[str, Any]]


class _Place(Struct):
    """``since``: records updated from then on are wanted; with ``after``, those updated just then whose sys_id is higher.

    ``offset``: so many were hidden altogether. ``started``: the clock when the present reading began. ``seen``: when each of the latest
    was updated.
    """

    since: int = 0
    after: str = ""
    offset: int = 0
    started: int = 0
    seen: dict[str, int] = field(default_factory=dict)


class ServiceNowReader:
    """Reads one table of one instance."""

    experimental: ClassVar[bool] = True
    at_once: ClassVar[int] = _PAGE

    def __init__(self, settings: Settings) -> None:
        source = settings.document.servicenow
        assert source, "the document is of a ServiceNow"
        self._table = source.table
        self._query = Query(source.query or "")
        self._fetcher = Fetcher(source.url, settings.credentials, settings.limits)
        self._settings = settings
        self._names = Names(source.table, status_meanings(settings.document), settings.document.fields)
        self._fields = tuple(dict.fromkeys((*_RECORD, *settings.document.fields.values(), *self._query.fields)))
        self._is_open = self._entered = False
        self._is_numbered = True

    async def read(self, place: str) -> Page:
        await self._enter()
        at = _place(place)
        gone = await self._deletions(at.since) if at.since and not at.started else []
        if at.after:
            wanted = self._query.also(f"sys_updated_on={_written(at.since)}^sys_id>{at.after}") + "^ORDERBYsys_id"
        else:
            wanted = self._query.also(f"sys_updated_on>={_written(at.since)}") + "^ORDERBYsys_updated_on^ORDERBYsys_id"
        answer, rows = await self._ask(self._table, wanted, self._fields, _PAGE, at.offset)
        self._check_obeyed(at, rows)
        now, more = server_clock(answer, "ServiceNow"), next_link(answer)
        updated = {needed(row, "sys_id"): instant(needed(row, "sys_updated_on")) for row in rows}
        new = [row for row in rows if at.seen.get(text(row, "sys_id")) != updated[text(row, "sys_id")]]
        events, whole, rejected = list(gone), [], 0
        for number, found in (await self._histories(new)).items():
            if found is None:
                rejected += 1
            else:
                events += found
                whole.append(number)
        started = at.started or now
        latest = {**at.seen, **{identity: written for identity, written in updated.items() if written < now - _SETTLED}}
        seen = {identity: written for identity, written in latest.items() if written >= started - self._settings.overlap}
        following = self._following(at, rows, started, seen, is_more=more is not None)
        text_of = encode(following, order="sorted").decode()
        return Page(events, whole, text_of, started, following.started > 0, {"no_history": rejected} if rejected else {})

    async def look(self, tickets: Sequence[str]) -> Sequence[Found]:
        await self._enter()
        name = "number" if self._is_numbered else "sys_id"
        asked = [ticket for ticket in tickets if ticket.replace("-", "").isalnum()]
        if not asked:
            return ()
        _, rows = await self._ask(self._table, f"{name}IN{','.join(asked)}", self._fields, _HISTORY)
        known = {self._number(row): row for row in rows}
        if not known.keys() <= set(asked):
            raise self._ignored()
        if len(known) < len(asked):
            await self._check_access()
        histories = await self._histories(list(known.values()))
        found = [Found(ticket, None) for ticket in asked if ticket not in known]
        return [*found, *(Found(ticket, events) for ticket, events in histories.items() if events is not None)]

    async def close(self) -> None:
        await self._fetcher.__aexit__()

    # --- how far ----------------------------------------------------------------------------------------------------
    def _following(self, at: _Place, rows: Sequence[Row], started: int, seen: dict[str, int], *, is_more: bool) -> _Place:
        """By instant and sys_id, so that nothing is skipped when records move; by number only over what is hidden altogether."""
        if is_more and not rows:
            return _Place(at.since, at.after, at.offset + _PAGE, started, seen)
        if is_more:
            last = rows[-1]
            return _Place(instant(needed(last, "sys_updated_on")), needed(last, "sys_id"), 0, started, seen)
        if at.after:
            return _Place(at.since + 1, "", 0, started, seen)
        return _Place(max(0, started - self._settings.overlap), "", 0, 0, seen)

    def _check_obeyed(self, at: _Place, rows: Sequence[Row]) -> None:
        before = (at.since, at.after)
        for row in rows:
            key = (instant(needed(row, "sys_updated_on")), needed(row, "sys_id"))
            if key <= before or (at.after and key[0] != at.since):
                raise self._ignored()
            before = key
            broken = self._query.broken_by(row)
            if broken:
                raise SourceError("query", f"ServiceNow ignores {broken!r} in the query of {self._table}; is there such a field?")

    def _ignored(self) -> SourceError:
        why = "it ignores a part of the query, or reads instants in another zone than UTC"
        return SourceError("query", f"ServiceNow gives records of {self._table} that were not asked for; {why}")

    # --- what is asked ----------------------------------------------------------------------------------------------
    async def _enter(self) -> None:
        """Once: whether records may be seen, whether instants in questions are in UTC, and what states are called."""
        if not self._is_open:
            await self._fetcher.__aenter__()
            self._is_open = True
        if self._entered:
            return
        rows = await self._check_access()
        for row in rows[:3]:
            identity, updated = needed(row, "sys_id"), needed(row, "sys_updated_on")
            _, same = await self._ask(self._table, f"sys_id={identity}^sys_updated_on={updated}", ("sys_id",), 1)
            if same:
                break
        else:
            if rows:
                raise SourceError("query", "ServiceNow reads instants in another zone than UTC; set the zone of the user to GMT")
        self._is_numbered = any(text(row, "number") for row in rows)
        await self._meet_states()
        self._entered = bool(rows)

    async def _check_access(self) -> list[Row]:
        """Some records. Whoever may see none is told of none, with 200."""
        fields = ("sys_id", "number", "sys_updated_on")
        answer, rows = await self._ask(self._table, "ORDERBYsys_updated_on", fields, _PAGE)
        total = answer.headers.get("x-total-count", "0").strip()
        if not rows and total != "0":
            raise SourceError("forbidden", f"whoever the credentials belong to sees none of the {total} records of {self._table}")
        return rows

    async def _ask(self, table: str, query: str, fields: Sequence[str], limit: int, offset: int = 0) -> tuple[Response, list[Row]]:
        asked = {"sysparm_query": query, "sysparm_fields": ",".join(fields), "sysparm_limit": str(limit), "sysparm_offset": str(offset),
                 "sysparm_display_value": "false", "sysparm_exclude_reference_link": "true"}  # fmt: skip
        answer = await ask(self._fetcher, "GET", f"/api/now/table/{table}", asked)
        rows: list[Row] = list(decoded(answer, _Rows, f"ServiceNow's table {table}").result)
        return answer, rows

    async def _all(self, table: str, query: str, fields: Sequence[str]) -> list[Row]:
        found: list[Row] = []
        offset = 0
        for _ in range(_MOST_PAGES):
            answer, rows = await self._ask(table, query, fields, _HISTORY, offset)
            found += rows
            link = next_link(answer)
            if link is None:
                return found
            told = parse_qs(urlsplit(link).query).get("sysparm_offset", [""])[0]
            following = int(told) if told.isdigit() else offset + _HISTORY
            if following <= offset:
                raise SourceError("schema", f"ServiceNow's table {table} goes on where it was before")
            offset = following
        raise SourceError("too_large", f"ServiceNow's table {table} does not end")

    async def _optional(self, table: str, query: str, fields: Sequence[str]) -> list[Row]:
        """Rows of a table that may be hidden or missing."""
        try:
            return await self._all(table, query, fields)
        except SourceError as error:
            if error.reason in ("forbidden", "query"):
                return []
            raise

    async def _meet_states(self) -> None:
        query = f"nameIN{self._table},task^element=state^language=en"
        rows = await self._optional("sys_choice", query, ("name", "element", "value", "label"))
        for name in ("task", self._table):
            own = [row for row in rows if (text(row, "name"), text(row, "element")) == (name, "state")]
            if own and (name == self._table or self._table != "incident"):
                self._names.states = {text(row, "value"): text(row, "label") for row in own}

    async def _meet_groups(self, identities: Iterable[str]) -> None:
        unknown = sorted(set(identities) - self._names.groups.keys() - {""})
        for start in range(0, len(unknown), _PAGE):
            part = [identity for identity in unknown[start : start + _PAGE] if identity.isalnum()]
            rows = await self._optional("sys_user_group", f"sys_idIN{','.join(part)}", ("sys_id", "name")) if part else []
            self._names.groups.update({text(row, "sys_id"): text(row, "name") for row in rows if text(row, "sys_id") in part})
            self._names.groups.update({identity: identity for identity in part if not self._names.groups.get(identity)})

    async def _deletions(self, since: int) -> list[SourceEvent]:
        """What was deleted since, where that may be read; what this does not tell is found by looking again."""
        query = f"tablename={self._table}^sys_created_on>={_written(since)}^ORDERBYsys_created_on"
        rows = await self._optional("sys_audit_delete", query, ("tablename", "documentkey", "display_value", "sys_created_on"))
        found: list[SourceEvent] = []
        for row in rows:
            at = instant(needed(row, "sys_created_on"))
            if text(row, "tablename") != self._table or at < since:
                raise self._ignored()
            ticket = text(row, "display_value") if self._is_numbered else text(row, "documentkey")
            found += [SourceEvent(ticket, GONE, at, 0, "deleted")] if ticket else []
        return found

    # --- records ----------------------------------------------------------------------------------------------------
    def _number(self, row: Row) -> str:
        return (text(row, "number") if self._is_numbered else "") or needed(row, "sys_id")

    async def _histories(self, rows: Sequence[Row]) -> dict[str, list[SourceEvent] | None]:
        """All that happened to each of some records, by their numbers; None where ServiceNow does not tell."""
        found: dict[str, list[SourceEvent] | None] = {}
        for start in range(0, len(rows), _PAGE):
            part = rows[start : start + _PAGE]
            audit, journal = await self._audit(part), await self._journal(part)
            groups = [text(row, "assignment_group") for row in part]
            groups += [text(each, name) for own in audit.values() for each in own if text(each, "fieldname") == "assignment_group"
                       for name in ("oldvalue", "newvalue")]  # fmt: skip
            await self._meet_groups(groups)
            for row in part:
                identity = needed(row, "sys_id")
                found[self._number(row)] = record_events(self._number(row), row, audit[identity], journal[identity], self._names)
        return found

    async def _audit(self, rows: Sequence[Row]) -> dict[str, list[Row]]:
        identities = [needed(row, "sys_id") for row in rows]
        query = f"documentkeyIN{','.join(identities)}^fieldnameIN{','.join(AUDITED)}^ORDERBYsys_created_on^ORDERBYsys_id"
        fields = ("sys_id", "documentkey", "fieldname", "oldvalue", "newvalue", "sys_created_on")
        return self._by(identities, "documentkey", await self._all("sys_audit", query, fields))

    async def _journal(self, rows: Sequence[Row]) -> dict[str, list[Row]]:
        identities = [needed(row, "sys_id") for row in rows]
        query = f"element_idIN{','.join(identities)}^elementINcomments,work_notes^ORDERBYsys_created_on^ORDERBYsys_id"
        fields = ("sys_id", "element_id", "element", "sys_created_on", "sys_created_by")
        return self._by(identities, "element_id", await self._all("sys_journal_field", query, fields))

    def _by(self, identities: Sequence[str], name: str, rows: Sequence[Row]) -> dict[str, list[Row]]:
        found: dict[str, list[Row]] = {identity: [] for identity in identities}
        for row in rows:
            if needed(row, name) not in found:
                raise SourceError("query", "ServiceNow gives the history of other records; it ignores a part of the query")
            found[needed(row, name)].append(row)
        return found


def _written(at: int) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M:%S}"


def _place(text: str) -> _Place:
    try:
        return decode(text, type=_Place) if text else _Place()
    except ValueError:
        return _Place()
