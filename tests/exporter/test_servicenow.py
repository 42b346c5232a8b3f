"""ServiceNow's records, audit and journal as events reckoned by hand, its clocks, and answers that are not what was asked for."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from api_server import Api, Asked, Told, api, disturb_each_request, look_at, read_all, read_one, reader, story
from sla_exporter.sources.servicenow_query import Query
from sla_exporter.sources.source import GONE, SourceError, SourceEvent
from ticket_stories import judge

from slo_gen.contract.clocks import TicketEvent, life
from slo_gen.fetch import Credentials

NOW = 1_795_608_000          # 2026-11-25T12:00:00Z


def at(clock: str) -> int:
    hours, minutes = clock.split(":")
    return NOW + (int(hours) - 12) * 3600 + int(minutes) * 60


def text(clock: str) -> str:
    return f"2026-11-25 {clock}:00"


def record(number: str, updated: str, **more: Any) -> dict[str, Any]:
    return {"sys_id": f"id{number}", "number": number, "sys_created_on": text("08:00"), "sys_updated_on": text(updated),
            "sys_created_by": "portal", "opened_at": text("07:50"), "state": "6", "hold_reason": "", "priority": "1",
            "assignment_group": "g2", "assigned_to": "u1", "caller_id.user_name": "carla", "company.name": "Acme", "active": "true",
            **more}  # fmt: skip


def audit(number: str, place: int, clock: str, name: str, before: str, after: str) -> dict[str, Any]:
    return {"sys_id": f"a{place:03}", "documentkey": f"id{number}", "fieldname": name, "oldvalue": before, "newvalue": after,
            "sys_created_on": text(clock)}  # fmt: skip


def journal(number: str, place: int, clock: str, element: str, writer: str) -> dict[str, Any]:
    return {"sys_id": f"j{place:03}", "element_id": f"id{number}", "element": element, "sys_created_on": text(clock),
            "sys_created_by": writer}  # fmt: skip


AUDIT = [
    audit("INC1", 1, "08:30", "state", "1", "2"), audit("INC1", 2, "08:40", "priority", "3", "1"),
    audit("INC1", 3, "09:00", "hold_reason", "", "1"), audit("INC1", 4, "09:00", "state", "2", "3"),
    audit("INC1", 5, "10:00", "hold_reason", "1", ""), audit("INC1", 6, "10:00", "state", "3", "2"),
    audit("INC1", 7, "10:30", "assigned_to", "", "u1"), audit("INC1", 8, "10:30", "assignment_group", "g1", "g2"),
    audit("INC1", 9, "11:00", "state", "2", "6"),
]  # fmt: skip
JOURNAL = [
    journal("INC1", 1, "08:10", "work_notes", "agent"), journal("INC1", 2, "08:20", "comments", "agent"),
    journal("INC1", 3, "09:30", "comments", "Carla"), journal("INC1", 4, "10:10", "comments", "system"),
    journal("INC1", 5, "11:00", "comments", "agent"),
]  # fmt: skip


class ServiceNow:
    """Tables that are asked by encoded queries, as far as these are used. Rows of ``hidden`` count for a limit and are not told."""

    def __init__(self, *records: dict[str, Any], audit: list[Any] | None = None, journal: list[Any] | None = None) -> None:
        self.tables: dict[str, list[dict[str, Any]]] = {
            "incident": list(records), "sys_audit": audit or [], "sys_journal_field": journal or [], "sys_choice": [],
            "sys_audit_delete": [], "sys_user_group": [{"sys_id": "g1", "name": "Level 1"}, {"sys_id": "g2", "name": "Level 2"}],
        }  # fmt: skip
        self.hidden: set[str] = set()
        self.ignored = ""                             # conditions that hold this are ignored
        self.hours = 0                                # of the zone in which instants of questions are read

    def __call__(self, asked: Asked) -> Told | None:
        table = asked.path.removeprefix("/api/now/table/")
        if table not in self.tables:
            return None
        rows, orders = self.tables[table], []
        for condition in asked.query["sysparm_query"].split("^"):
            if condition.startswith("ORDERBY"):
                orders.append(condition.removeprefix("ORDERBY"))
            elif not self.ignored or self.ignored not in condition:
                rows = [row for row in rows if self.holds(row, condition)]
        for name in reversed(orders):
            rows = sorted(rows, key=lambda row: row[name])
        offset, limit = int(asked.query["sysparm_offset"]), int(asked.query["sysparm_limit"])
        link = f'<https://x/api/now/table/{table}?sysparm_offset={offset + limit}>;rel="next"'
        told = [row for row in rows[offset : offset + limit] if row.get("sys_id") not in self.hidden]
        fields = asked.query["sysparm_fields"].split(",")
        more = {"Link": f'<https://x?sysparm_offset=0>;rel="first",{link}'} if offset + limit < len(rows) else {}
        told = [{name: row[name] for name in fields if name in row} for row in told]
        return Told({"result": told}, headers={"X-Total-Count": str(len(rows)), **more})

    def holds(self, row: dict[str, Any], condition: str) -> bool:
        found = re.fullmatch(r"([a-z_.]+)(>=|>|=|IN)(.*)", condition)
        assert found, condition
        name, operator, value = found.groups()
        if self.hours and re.fullmatch(r"\d{4}-\d\d-\d\d .*", value):
            value = f"{value[:11]}{int(value[11:13]) - self.hours:02}{value[13:]}"
        have = str(row.get(name, ""))
        return {"=": have == value, ">": have > value, ">=": have >= value, "IN": have in value.split(",")}[operator]


@pytest.fixture
def server() -> Iterator[Api]:
    with api() as found:
        found.now = NOW
        found.answer = ServiceNow(record("INC1", "11:00"), audit=AUDIT, journal=JOURNAL)
        yield found


def desk(server: Api, **more: Any) -> Any:
    document = {"servicenow": {"url": server.url, **more.pop("servicenow", {})}, **more}
    return reader(document)


def told(server: Api, *audits: dict[str, Any], journal: list[Any] | None = None, **more: Any) -> list[SourceEvent]:
    """All events of one record with this audit."""
    server.answer = ServiceNow(record("INC1", "11:00", **more), audit=list(audits), journal=journal)
    return read_all(desk(server))[0]


def statuses(events: list[SourceEvent]) -> list[tuple[int, str, str]]:
    return [(each.at, each.value, each.meaning) for each in sorted(events, key=lambda each: (each.at, each.place)) if each.name == "status"]


def refused(server: Api, place: str = "", **more: Any) -> SourceError:
    with pytest.raises(SourceError) as caught:
        read_one(desk(server, **more), place)
    return caught.value


# --- what happened ------------------------------------------------------------------------------------------------------
def test_a_record_is_told_by_its_audit_and_its_journal(server: Api) -> None:
    events, page = read_all(desk(server))
    assert story(events, "INC1") == [
        (at("08:00"), "opened", ""), (at("08:00"), "status", "New"), (at("08:00"), "priority", "3"), (at("08:00"), "assigned", "Level 1"),
        (at("08:00"), "began", str(at("07:50"))), (at("08:10"), "note", ""), (at("08:20"), "agent_message", ""),
        (at("08:30"), "status", "In Progress"), (at("08:40"), "priority", "1"), (at("09:00"), "status", "On Hold"),
        (at("09:30"), "customer_message", ""), (at("10:00"), "status", "In Progress"), (at("10:10"), "note", ""),
        (at("10:30"), "assigned", "Level 2"), (at("10:30"), "accepted", "Level 2"), (at("11:00"), "agent_message", ""),
        (at("11:00"), "status", "Resolved"),
    ]  # fmt: skip
    assert [event.meaning for event in events if event.name == "status"] == ["new", "open", "pending", "open", "solved"]
    assert [event.value for event in events if event.name == "field"] == ["company=Acme", "caller=carla"]
    assert (page.whole, page.watermark, page.more) == (["INC1"], NOW, False)
    assert len({event.event for event in events}) == len(events)
    assert {asked.query["sysparm_display_value"] for asked in server.asked} == {"false"}


@pytest.mark.parametrize(("reason", "meaning"), [("1", "pending"), ("4", "hold"), ("", "hold")])
def test_on_hold_waits_for_the_caller_or_for_somebody_else(server: Api, reason: str, meaning: str) -> None:
    events = told(server, audit("INC1", 2, "09:00", "state", "2", "3"), audit("INC1", 1, "09:00", "hold_reason", "", reason), state="3",
                  hold_reason=reason)  # fmt: skip
    assert statuses(events)[1:] == [(at("09:00"), "On Hold", meaning)]


def test_a_reason_that_is_not_audited_is_the_present_one_and_one_that_changes_turns_the_hold(server: Api) -> None:
    holding = audit("INC1", 1, "09:00", "state", "2", "3")
    assert statuses(told(server, holding, state="3", hold_reason="1"))[1:] == [(at("09:00"), "On Hold", "pending")]
    turning = audit("INC1", 2, "09:30", "hold_reason", "1", "5"), audit("INC1", 3, "10:00", "hold_reason", "5", "4")
    assert statuses(told(server, holding, *turning, state="3", hold_reason="4"))[1:] == [
        (at("09:00"), "On Hold", "pending"), (at("09:30"), "On Hold", "hold")]  # fmt: skip


def test_a_cancelled_record_is_withdrawn_and_a_deleted_one_may_be_recovered(server: Api) -> None:
    events = told(server, audit("INC1", 1, "09:00", "state", "1", "8"), audit("INC1", 2, "10:00", "DELETED", "DELETED", "DELETED"),
                  audit("INC1", 3, "10:30", "RECOVERED", "RECOVERED", "RECOVERED"), state="8")  # fmt: skip
    assert [event.name for event in sorted(events, key=lambda each: (each.at, each.place)) if event.at > at("08:00")] == [
        "status", "cancelled", "deleted", "restored"]  # fmt: skip


def test_who_is_the_customer_where_there_is_no_caller(server: Api) -> None:
    written = [journal("INC1", place, "09:00", "comments", writer) for place, writer in enumerate(("otto", "anna", "guest"))]
    found = told(server, AUDIT[0], journal=written, state="2", **{"caller_id.user_name": "", "opened_by.user_name": "Otto"})
    assert [event.name for event in found if event.at == at("09:00")] == ["customer_message", "agent_message", "customer_message"]


@pytest.mark.parametrize(("state", "created", "is_told"), [
    ("6", "08:00", False), ("3", "08:00", False), ("2", "08:00", True), ("6", "11:00", True),
])  # fmt: skip
def test_a_record_whose_state_is_not_audited_is_left_out_and_counted(server: Api, state: str, created: str, is_told: bool) -> None:
    server.answer = ServiceNow(record("INC1", "11:00", state=state, sys_created_on=text(created)))
    page = read_one(desk(server))
    assert (page.whole, dict(page.rejected)) == ((["INC1"], {}) if is_told else ([], {"no_history": 1}))


def test_states_of_another_table_are_called_as_it_calls_them(server: Api) -> None:
    labels = {"-5": "Pending", "1": "Open", "3": "Closed Complete", "18": "Awaiting Info from Customer"}
    now = ServiceNow(audit=[audit("T1", n, f"09:0{n}", "state", "1", state) for n, state in enumerate(labels)])
    now.tables["sc_task"] = [record("T1", "11:00", state="3")]
    now.tables["sys_choice"] = [{"name": "task", "element": "state", "value": value, "label": label, "language": "en"}
                                for value, label in labels.items()]  # fmt: skip
    server.answer = now
    assert [each[1:] for each in statuses(read_all(desk(server, servicenow={"table": "sc_task"}))[0])] == [
        ("Open", "open"), ("Pending", "hold"), ("Open", "open"), ("Closed Complete", "closed"), ("Awaiting Info from Customer", "pending"),
    ]  # fmt: skip
    own = read_all(desk(server, servicenow={"table": "sc_task"}, statuses={"pending": ["Pending"]}))[0]
    assert [each.meaning for each in own if each.value == "Pending"] == ["pending"]


def test_fields_that_the_document_names_are_told(server: Api) -> None:
    server.answer = ServiceNow(record("INC1", "08:00", **{"location.name": "Graz"}))
    events = read_all(desk(server, fields={"site": "location.name"}))[0]
    assert "site=Graz" in [event.value for event in events]


# --- how far ------------------------------------------------------------------------------------------------------------
def many(number: int, updated: str) -> list[dict[str, Any]]:
    return [record(f"INC{each:04}", updated, state="1") for each in range(number)]


def test_records_of_one_second_are_gone_through_by_their_ids(server: Api) -> None:
    server.answer = ServiceNow(*many(170, "09:00"), record("INC9000", "09:01", state="1"), record("INC0000x", "08:59", state="1"))
    events, _ = read_all(desk(server))
    assert len({event.ticket for event in events}) == 172
    asked = [each.query["sysparm_query"] for each in server.asked if each.path.endswith("/incident")]
    assert "sys_updated_on=2026-11-25 09:00:00^sys_id>idINC0048^ORDERBYsys_id" in asked
    assert {each.query["sysparm_offset"] for each in server.asked} == {"0"}


def test_a_short_page_and_an_empty_one_are_not_the_end(server: Api) -> None:
    now = ServiceNow(*many(230, "09:00"))
    now.hidden = {f"idINC{each:04}" for each in range(30, 170)}
    server.answer = now
    events, _ = read_all(desk(server))
    assert {int(event.ticket.removeprefix("INC")) for event in events} == {*range(30), *range(170, 230)}


def test_records_that_move_while_they_are_read_are_all_read(server: Api) -> None:
    now = ServiceNow(*many(120, "09:00"))
    server.answer = now

    def moving(asked: Asked) -> Told | None:
        if "sys_id>" in asked.query.get("sysparm_query", ""):
            for row in now.tables["incident"][:40]:
                row["sys_updated_on"] = text("11:59")
        return None

    server.fault = moving
    assert len({event.ticket for event in read_all(desk(server))[0]}) == 120


def test_the_next_reading_begins_an_overlap_before_and_knows_what_it_has_read(server: Api) -> None:
    now = ServiceNow(*many(3, "11:58"), record("INC9", "08:30", state="1"))
    server.answer = now
    _, page = read_all(desk(server))
    before = len(server.asked)
    assert read_one(desk(server), page.place).whole == []
    assert "sys_updated_on>=2026-11-25 11:55:00" in "".join(each.query["sysparm_query"] for each in server.asked[before:])
    now.tables["incident"][0]["sys_updated_on"] = text("11:59")
    now.tables["incident"].append(record("INC8", "11:56", state="1"))          # it shows late
    assert sorted(read_one(desk(server), page.place).whole) == ["INC0000", "INC8"]


def test_a_query_with_alternatives_is_asked_with_the_instant_in_each(server: Api) -> None:
    assert Query("a=1^ORa=2^NQb=3^ORDERBYnumber").also("u>=5") == "a=1^ORa=2^u>=5^NQb=3^u>=5"
    assert Query("").also("u>=5") == "u>=5"


def test_it_is_let_in_by_a_password_or_a_token(server: Api) -> None:
    read_one(reader({"servicenow": {"url": server.url}}, Credentials(username="robot", password="s3cret")))
    assert server.asked[-1].headers["authorization"] == "Basic " + base64.b64encode(b"robot:s3cret").decode()
    read_one(reader({"servicenow": {"url": server.url}}, Credentials(token="t0ken")))
    assert server.asked[-1].headers["authorization"] == "Bearer t0ken"


# --- what was not asked for ---------------------------------------------------------------------------------------------
def test_whichever_request_is_answered_badly_nothing_is_read_and_the_place_stays(server: Api) -> None:
    # Records that there are, one asked for by its instant, states, deletions, a page, audit, journal, groups.
    assert disturb_each_request(server, lambda: desk(server), json.dumps({"since": at("10:00")})) == 8


@pytest.mark.parametrize("ignored", ["sys_updated_on>", "documentkeyIN", "element_idIN"])
def test_what_was_not_asked_for_is_an_error(server: Api, ignored: str) -> None:
    now = ServiceNow(record("INC1", "11:00"), record("INC2", "07:00"), audit=[*AUDIT, audit("INC2", 99, "08:30", "state", "1", "2")],
                     journal=[*JOURNAL, journal("INC2", 99, "08:30", "comments", "agent")])  # fmt: skip
    now.ignored = ignored
    server.answer = now
    error = refused(server, json.dumps({"since": at("10:00")}))
    assert (error.reason, "ignores a part of the query" in str(error)) == ("query", True)


@pytest.mark.parametrize("ignored", ["sys_id>", "sys_updated_on=", "ORDERBY"])
def test_what_was_not_asked_for_within_a_second_is_an_error(server: Api, ignored: str) -> None:
    third = record("INC3", "10:00" if ignored == "ORDERBY" else "10:01", state="1")
    good = ServiceNow(third, record("INC2", "10:01", state="1"), record("INC1", "10:00", state="1"))

    def answer(asked: Asked) -> Told | None:
        query = asked.query["sysparm_query"]
        good.ignored = ignored if "sys_id>" in query else ""
        kept = "^".join(part for part in query.split("^") if ignored != "ORDERBY" or not part.startswith("ORDERBY"))
        return good(Asked(asked.method, asked.path, {**asked.query, "sysparm_query": kept if "sys_id>" in query else query}, {}, None))

    server.answer = answer
    place = json.dumps({"since": at("10:00"), "after": "idINC0" if ignored != "sys_id>" else "idINC1", "started": NOW})
    assert refused(server, place).reason == "query"


def test_deletions_that_were_not_asked_for_are_an_error(server: Api) -> None:
    now = ServiceNow(record("INC1", "08:00"))
    row = {"tablename": "problem", "documentkey": "x", "display_value": "PRB5", "sys_created_on": text("10:30")}
    now.tables["sys_audit_delete"] = [row]
    now.ignored = "tablename="
    server.answer = now
    assert refused(server, json.dumps({"since": at("10:00")})).reason == "query"


def test_a_record_of_the_last_seconds_is_read_again(server: Api) -> None:
    server.answer = ServiceNow(record("INC1", "11:59", sys_updated_on="2026-11-25 11:59:59", state="1"), record("INC2", "11:59", state="1"))
    page = read_one(desk(server))
    assert sorted(page.whole) == ["INC1", "INC2"]
    assert read_one(desk(server), page.place).whole == ["INC1"]


def test_states_of_incidents_are_not_called_as_those_of_all_tasks(server: Api) -> None:
    now = ServiceNow(record("INC1", "11:00"), audit=AUDIT)
    now.tables["sys_choice"] = [{"name": "task", "element": "state", "value": "3", "label": "Closed Complete", "language": "en"}]
    server.answer = now
    assert "On Hold" in [value for _, value, _ in statuses(read_all(desk(server))[0])]


@pytest.mark.parametrize(("query", "broken"), [
    ("active=true", ""), ("active=1", ""), ("state=6^ORstate=7", ""), ("stateIN2,6", ""), ("u_vendorISEMPTY", ""), ("numberISNOTEMPTY", ""),
    ("sys_class_nameINSTANCEOFincident", ""), ("numberSTARTSWITHINC", ""), ("opened_at>=javascript:gs.beginningOfToday()", ""),
    ("company.name=ACME^ORDERBYnumber", ""), ("assigned_to=NULL", ""), ("state=1^NQactive=true", ""),
    ("customer=acme", "customer=acme"), ("state=7", "state=7"), ("state=1^ORstate=2", "state=1"), ("stateIN1,2", "stateIN1,2"),
    ("numberISEMPTY", "numberISEMPTY"), ("active=true^compny.name=Acme", "compny.name=Acme"), ("state=6^NQpriorty=1", "priorty=1"),
])  # fmt: skip
def test_a_condition_that_the_server_ignores_is_named(query: str, broken: str) -> None:
    row = record("INC1", "11:00", u_vendor="", sys_class_name="incident")
    assert Query(query).broken_by(row) == broken


def test_a_field_that_there_is_not_makes_no_question_of_all(server: Api) -> None:
    now = ServiceNow(record("INC1", "11:00"), audit=AUDIT)
    now.ignored = "custmer"
    server.answer = now
    error = refused(server, servicenow={"query": "custmer=acme"})
    assert error.reason == "query"
    assert "ServiceNow ignores 'custmer=acme' in the query of incident" in str(error)


def test_instants_that_are_read_in_another_zone_are_noticed(server: Api) -> None:
    now = ServiceNow(record("INC1", "11:00"), audit=AUDIT)
    now.hours = -8
    server.answer = now
    assert "set the zone of the user to GMT" in str(refused(server))


def test_a_table_that_may_not_be_seen_is_not_an_empty_one(server: Api) -> None:
    now = ServiceNow(record("INC1", "11:00"))
    now.hidden = {"idINC1"}
    server.answer = now
    assert refused(server).reason == "forbidden"
    server.answer = ServiceNow()
    page = read_one(desk(server))
    assert (page.events, page.more) == ([], False)


@pytest.mark.parametrize("more", [
    {"sys_id": ""}, {"sys_updated_on": None}, {"sys_created_on": "25.11.2026 08:00:00"}, {"sys_created_on": "2026-11-25T08:00:00Z"},
    {"sys_created_on": "2026-11-25 08:00"},
    {"opened_at": "never"}, {"sys_updated_on": {"display_value": "2026-11-25 12:00:00"}},
])  # fmt: skip
def test_a_record_that_is_not_what_it_was_is_refused_with_its_page(server: Api, more: dict[str, Any]) -> None:
    good = ServiceNow(record("INC1", "08:00"))

    def answer(asked: Asked) -> Told | None:
        is_page = asked.path.endswith("/incident") and "sys_updated_on>=" in asked.query["sysparm_query"]
        return Told({"result": [record("INC1", "08:00", **more)]}) if is_page else good(asked)

    server.answer = answer
    assert refused(server).reason == "schema"


# --- again --------------------------------------------------------------------------------------------------------------
def test_a_record_that_is_no_longer_there_is_gone_and_all_are_asked_for_at_once(server: Api) -> None:
    before = len(server.asked)
    found = look_at(desk(server), "INC1", "INC9", "INC2^ORnumberISNOTEMPTY")
    assert {number: events and len(events) > 10 for number, events in found.items()} == {"INC1": True, "INC9": None}
    assert "numberININC1,INC9" in [each.query["sysparm_query"] for each in server.asked[before:]]


def test_nothing_is_gone_when_nothing_may_be_seen(server: Api) -> None:
    now = ServiceNow(record("INC1", "11:00"), audit=AUDIT)

    def answer(asked: Asked) -> Told | None:
        if "numberIN" in asked.query["sysparm_query"]:
            now.hidden = {"idINC1"}
        return now(asked)

    server.answer = answer
    with pytest.raises(SourceError, match="sees none of the 1 records"):
        look_at(desk(server), "INC1")


def test_deletions_are_told_since_the_last_reading_and_where_they_are_hidden_are_none(server: Api) -> None:
    now = ServiceNow(record("INC1", "08:00"))
    now.tables["sys_audit_delete"] = [
        {"tablename": "incident", "documentkey": "idINC5", "display_value": "INC5", "sys_created_on": text("10:30")},
        {"tablename": "problem", "documentkey": "idPRB5", "display_value": "PRB5", "sys_created_on": text("10:30")},
        {"tablename": "incident", "documentkey": "idINC4", "display_value": "INC4", "sys_created_on": text("09:30")},
    ]  # fmt: skip
    server.answer = now
    page = read_one(desk(server), json.dumps({"since": at("10:00")}))
    assert [event[:3] + event[4:5] for event in page.events] == [("INC5", GONE, at("10:30"), "deleted")]
    assert not any(event.name == "deleted" for event in read_one(desk(server)).events)
    server.fault = lambda asked: Told({}, 403) if asked.path.endswith("sys_audit_delete") else None
    assert read_one(desk(server), json.dumps({"since": at("10:00")})).events == []


def test_a_change_of_priority_attaches_a_new_clock_with_the_time_before_it(server: Api) -> None:
    events, _ = read_all(desk(server))
    by = judge("profile: servicenow\nmatrix: {columns: [hours, resolution], '3': [24x7, 8h], '1': [24x7, 2h]}")
    mine = sorted(events, key=lambda event: (event.at, event.place))
    results = by.results([("INC1", life([TicketEvent(event.at, *event[4:]) for event in mine], by.program))])
    # From 07:50, when it began; on hold from 9 to 10.
    assert [(each.target, each.outcome(NOW), each.worked // 60) for each in results] == [
        ("3-resolution", "cancelled", 50), ("1-resolution", "missed", 130),
    ]  # fmt: skip
