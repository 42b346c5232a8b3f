"""ServiceNow: records of a table by when they were updated, and of each its audit and its journal.

Only ``value`` is read, which is in UTC; ``display_value`` is in the zone and the words of whoever asks. The limit of a page applies before
access rules, so a short page is not the last one: the Link header says whether another follows. A part of a query that the
server does not understand is ignored, and everything would come; what comes is therefore compared with what was asked for.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from msgspec import Struct

from sla_exporter.sources.source import Found, Page, Settings, SourceError, SourceEvent, ask, decoded, status_meanings, when
from sla_exporter.sources.updates import Updates
from slo_gen.fetch import Fetcher

__all__ = ["ServiceNowReader"]

_PAGE: Final = 200
_RECORD: Final = (
    "sys_id,number,sys_created_on,sys_updated_on,opened_at,state,hold_reason,priority,assignment_group,caller_id.user_name,company.name"
)
_STATES: Final = {"1": "new", "2": "open", "3": "hold", "6": "solved", "7": "closed", "8": "closed"}
_NAMES: Final = {"1": "New", "2": "In Progress", "3": "On Hold", "6": "Resolved", "7": "Closed", "8": "Canceled"}
_ON_HOLD: Final = "3"
_CANCELED: Final = "8"
_AWAITING_CALLER: Final = "1"


class _Rows(Struct):
    result: list[dict[str, Any]]


class ServiceNowReader:
    """Reads one table of one instance."""

    experimental: ClassVar[bool] = True
    at_once: ClassVar[int] = 50

    def __init__(self, settings: Settings) -> None:
        source = settings.document.servicenow
        assert source, "the document is of a ServiceNow"
        self._table = source.table
        self._query = source.query or ""
        self._fetcher = Fetcher(source.url, settings.credentials, settings.limits)
        self._settings = settings
        self._own = status_meanings(settings.document)
        self._more_fields = tuple(settings.document.fields.values())
        self._open = False

    async def read(self, place: str) -> Page:
        await self._enter()
        at = Updates.of(place)
        since = f"{datetime.fromtimestamp(at.since, UTC):%Y-%m-%d %H:%M:%S}"
        query = "^".join(part for part in (self._query, f"sys_updated_on>={since}", "ORDERBYsys_updated_on", "ORDERBYsys_id") if part)
        fields = ",".join((_RECORD, *self._more_fields))
        rows, more, now = await self._ask(self._table, query, fields, at.offset)
        read = [(_text(row, "number"), _when(row, "sys_updated_on")) for row in rows]
        if any(updated < at.since for _, updated in read):
            raise SourceError("query", f"ServiceNow gives records of {self._table} that were not asked for; it ignores a part of the query")
        events: list[SourceEvent] = []
        whole: list[str] = []
        for row, (number, updated) in zip(rows, read, strict=True):
            if not at.knows(number, updated):
                events += await self._events(row)
                whole.append(number)
        following = at.following(read, more=more, page=_PAGE, now=now, overlap=self._settings.overlap)
        return Page(events, whole, following.text(), at.started or now, more)

    async def look(self, tickets: Sequence[str]) -> Sequence[Found]:
        await self._enter()
        found = []
        fields = ",".join((_RECORD, *self._more_fields))
        for number in tickets:
            rows, _, _ = await self._ask(self._table, f"number={number}", fields, 0)
            mine = [row for row in rows if _text(row, "number") == number]
            found.append(Found(number, await self._events(mine[0]) if mine else None))
        return found

    async def close(self) -> None:
        await self._fetcher.__aexit__()

    async def _enter(self) -> None:
        if not self._open:
            await self._fetcher.__aenter__()
            self._open = True

    async def _ask(self, table: str, query: str, fields: str, offset: int) -> tuple[list[dict[str, Any]], bool, int]:
        asked = {"sysparm_query": query, "sysparm_fields": fields, "sysparm_limit": str(_PAGE), "sysparm_offset": str(offset),
                 "sysparm_display_value": "false", "sysparm_exclude_reference_link": "true"}  # fmt: skip
        answer = await ask(self._fetcher, "GET", f"/api/now/table/{table}", asked)
        rows = decoded(answer, _Rows, f"ServiceNow's table {table}").result
        more = 'rel="next"' in answer.headers.get("link", "")
        return rows, more, answer.server_time or int(time.time())

    async def _all(self, table: str, query: str, fields: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        offset = 0
        while True:
            rows, more, _ = await self._ask(table, query, fields, offset)
            found += rows
            offset += _PAGE
            if not more:
                return found

    # --- one record -------------------------------------------------------------------------------------------------
    async def _events(self, row: dict[str, Any]) -> list[SourceEvent]:
        identity = _text(row, "sys_id")
        audit = await self._all(
            "sys_audit", f"documentkey={identity}^tablename={self._table}^ORDERBYsys_created_on^ORDERBYsys_id",
            "sys_id,documentkey,fieldname,oldvalue,newvalue,sys_created_on",
        )  # fmt: skip
        journal = await self._all(
            "sys_journal_field", f"element_id={identity}^ORDERBYsys_created_on^ORDERBYsys_id",
            "sys_id,element_id,element,sys_created_on,sys_created_by",
        )  # fmt: skip
        if any(_text(each, "documentkey") not in ("", identity) for each in audit):
            raise SourceError("query", "ServiceNow gives the audit of other records; it ignores a part of the query")
        audit.sort(key=lambda each: (_when(each, "sys_created_on"), _text(each, "sys_id")))
        return [*self._opening(row, audit), *self._audited(row, audit), *self._written(row, journal)]

    def _opening(self, row: dict[str, Any], audit: Sequence[dict[str, Any]]) -> Iterator[SourceEvent]:
        number, at = _text(row, "number"), _when(row, "sys_created_on")
        state, reason = _first(audit, "state", _text(row, "state")), _first(audit, "hold_reason", "")
        told = [("opened", "", ""), ("status", _NAMES.get(state, state), self._meaning(state, reason))]
        told.append(("priority", _first(audit, "priority", _text(row, "priority")), ""))
        group = _first(audit, "assignment_group", _text(row, "assignment_group"))
        told += [("assigned", group, "")] if group else []
        opened = _text(row, "opened_at")
        if opened and _instant(opened) < at:
            told.append(("began", str(_instant(opened)), ""))
        fields = {"company": _text(row, "company.name"), "caller": _text(row, "caller_id.user_name")}
        fields |= {name: _text(row, wanted) for name, wanted in self._settings.document.fields.items()}
        told += [("field", f"{name}={value}", "") for name, value in fields.items() if value]
        for place, (name, value, meaning) in enumerate(told):
            yield SourceEvent(number, f"opening.{place}", at, place, name, value, meaning)

    def _audited(self, row: dict[str, Any], audit: Sequence[dict[str, Any]]) -> Iterator[SourceEvent]:
        number = _text(row, "number")
        reasons = {_when(each, "sys_created_on"): _text(each, "newvalue") for each in audit if _text(each, "fieldname") == "hold_reason"}
        for place, each in enumerate(audit, start=100):
            at, event, value = _when(each, "sys_created_on"), _text(each, "sys_id"), _text(each, "newvalue")
            match _text(each, "fieldname"):
                case "state":
                    meaning = self._meaning(value, reasons.get(at, ""))
                    yield SourceEvent(number, event, at, place, "status", _NAMES.get(value, value), meaning)
                    if value == _CANCELED:
                        yield SourceEvent(number, f"{event}.cancelled", at, place, "cancelled")
                case "priority":
                    yield SourceEvent(number, event, at, place, "priority", value)
                case "assignment_group":
                    yield SourceEvent(number, event, at, place, "assigned", value)
                case "assigned_to" if value:
                    yield SourceEvent(number, event, at, place, "accepted", value)

    def _written(self, row: dict[str, Any], journal: Sequence[dict[str, Any]]) -> Iterator[SourceEvent]:
        number, caller = _text(row, "number"), _text(row, "caller_id.user_name").casefold()
        for place, each in enumerate(journal, start=10_000):
            mine = bool(caller) and _text(each, "sys_created_by").casefold() == caller
            match _text(each, "element"):
                case "comments":
                    name = "customer_message" if mine else "agent_message"
                case "work_notes":
                    name = "note"
                case _:
                    continue
            yield SourceEvent(number, _text(each, "sys_id"), _when(each, "sys_created_on"), place, name)

    def _meaning(self, state: str, reason: str) -> str:
        known = self._own.get(_NAMES.get(state, state).casefold()) or self._own.get(state)
        if known:
            return known
        return "pending" if state == _ON_HOLD and reason == _AWAITING_CALLER else _STATES.get(state, "open")


def _text(row: dict[str, Any], name: str) -> str:
    """A value; references may come as mappings."""
    value = row.get(name)
    if isinstance(value, dict):
        value = value.get("value")
    return "" if value is None else str(value)


def _first(audit: Sequence[dict[str, Any]], name: str, present: str) -> str:
    first = next((each for each in audit if _text(each, "fieldname") == name), None)
    return present if first is None else _text(first, "oldvalue")


def _when(row: dict[str, Any], name: str) -> int:
    text = _text(row, name)
    if not text:
        raise SourceError("schema", f"a record of ServiceNow has no {name}")
    return _instant(text)


def _instant(text: str) -> int:
    return when(f"{text.replace(' ', 'T')}Z" if "Z" not in text and "+" not in text else text, "ServiceNow")
