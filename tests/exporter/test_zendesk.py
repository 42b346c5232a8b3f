"""Zendesk's export and audits as events reckoned by hand, its clocks, and what it may answer that is none of it."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest
from api_server import Api, Asked, Told, api, disturb_each_request, look_at, read_all, read_one, reader, story
from sla_exporter.sources.source import GONE, SourceError, SourceEvent
from ticket_stories import judge

from slo_gen.contract.clocks import TicketEvent, life
from slo_gen.fetch import Credentials

NOW = 1_795_608_000          # 2026-11-25T12:00:00Z
CUSTOMER, AGENT, FORMER, SYSTEM = 1, 2, 3, -1


def at(clock: str) -> int:
    """Seconds of a time of day on 2026-11-25."""
    hours, minutes = clock.split(":")
    return NOW + (int(hours) - 12) * 3600 + int(minutes) * 60


def text(clock: str) -> str:
    return f"2026-11-25T{clock}:00Z"


def audit(number: int, clock: str, *events: dict[str, Any], **more: Any) -> dict[str, Any]:
    told = [{"id": number * 10 + place, **event} for place, event in enumerate(events)]
    return {"id": number, "created_at": text(clock), "events": told, **more}


def comment(author: int, public: bool | None = True, **more: Any) -> dict[str, Any]:
    return {"type": "Comment", "public": public, "author_id": author, **more}


def change(name: str, value: Any, before: Any = "x") -> dict[str, Any]:
    return {"type": "Change", "field_name": name, "value": value, "previous_value": before}


def create(name: str, value: Any) -> dict[str, Any]:
    return {"type": "Create", "field_name": name, "value": value}


def ticket(number: int, **more: Any) -> dict[str, Any]:
    return {"id": number, "created_at": text("08:00"), "updated_at": text("11:00"), "generated_timestamp": at("11:01"), "status": "open",
            "organization_id": 70, "requester_id": CUSTOMER, **more}  # fmt: skip


LIFE = [
    audit(1, "08:00", create("status", "new"), create("priority", "high"), create("group_id", "5"), comment(CUSTOMER)),
    audit(2, "08:10", comment(AGENT, public=False)),
    audit(3, "08:20", change("status", "pending", "new"), comment(AGENT)),
    audit(4, "09:00", comment(CUSTOMER), change("status", "open", "pending")),
    audit(5, "09:30", change("priority", "urgent", "high")),
    audit(6, "10:00", change("status", "solved", "open")),
    audit(8, "11:00", {"type": "SatisfactionRating", "score": "good"}),
]
OPENED = [(at("08:00"), "opened", ""), (at("08:00"), "status", "new")]


class Zendesk:
    """Tickets and their audits, told as Zendesk tells them: ``listed`` at once, ``at_once`` audits a page."""

    def __init__(self, *tickets: dict[str, Any], audits: dict[int, list[dict[str, Any]]]) -> None:
        self.tickets = list(tickets)
        self.audits = audits
        self.listed, self.at_once = 100, 100
        self.roles = {CUSTOMER: "end-user", AGENT: "agent", FORMER: "end-user"}
        self.me: dict[str, Any] = {"id": 9, "role": "admin"}

    def __call__(self, asked: Asked) -> Told | None:
        match asked.path.removeprefix("/api/v2/").removesuffix(".json").split("/"):
            case ["users", "me"]:
                return Told({"user": self.me})
            case ["groups"]:
                more = "page[after]" not in asked.query
                groups = [{"id": 5, "name": "Level 1"}] if more else [{"id": 6, "name": "Level 2"}]
                return Told({"groups": groups, "meta": {"has_more": more, "after_cursor": "g" if more else None}})
            case ["organizations", "70"]:
                return Told({"organization": {"id": 70, "name": "Acme"}})
            case ["incremental", "tickets", "cursor"]:
                return self.export(asked)
            case ["tickets", number, "audits"] if int(number) in self.audits:
                return self.history(int(number), int(asked.query.get("page[after]", 0)))
            case ["tickets", number]:
                return next((Told({"ticket": each}) for each in self.tickets if str(each["id"]) == number), None)
        return None

    def export(self, asked: Asked) -> Told:
        begin = int(asked.query["cursor"].removeprefix("c")) if "cursor" in asked.query else 0
        part = self.tickets[begin : begin + self.listed]
        end = begin + len(part)
        return Told({"tickets": part, "after_cursor": f"c{end}", "end_of_stream": end >= len(self.tickets)})

    def history(self, number: int, begin: int) -> Told:
        audits = self.audits[number]
        more = begin + self.at_once < len(audits)
        users = [{"id": user, "role": role} for user, role in self.roles.items()]
        meta = {"has_more": more, "after_cursor": str(begin + self.at_once) if more else None}
        return Told({"audits": audits[begin : begin + self.at_once], "users": users, "meta": meta})


@pytest.fixture
def server() -> Iterator[Api]:
    with api() as found:
        found.now = NOW
        yield found


def told(server: Api, audits: list[dict[str, Any]], **more: Any) -> list[SourceEvent]:
    """All events of one ticket with these audits."""
    server.answer = Zendesk(ticket(7, **more), audits={7: audits})
    return read_all(reader({"zendesk": {"url": server.url}}))[0]


def refused(server: Api, place: str = "") -> SourceError:
    with pytest.raises(SourceError) as caught:
        read_one(reader({"zendesk": {"url": server.url}}), place)
    return caught.value


# --- what happened ------------------------------------------------------------------------------------------------------
def test_a_ticket_is_told_with_all_of_its_pages(server: Api) -> None:
    zendesk = Zendesk(ticket(7), audits={7: LIFE})
    zendesk.at_once = 4
    server.answer = zendesk
    page = read_one(reader({"zendesk": {"url": server.url}}))
    assert story(list(page.events), "7") == [
        *OPENED, (at("08:00"), "priority", "high"), (at("08:00"), "assigned", "Level 1"), (at("08:10"), "note", ""),
        (at("08:20"), "agent_message", ""), (at("08:20"), "status", "pending"), (at("09:00"), "customer_message", ""),
        (at("09:00"), "status", "open"), (at("09:30"), "priority", "urgent"), (at("10:00"), "status", "solved"),
        (at("11:00"), "rated", "good"),
    ]  # fmt: skip
    assert [event.value for event in page.events if event.name == "field"] == ["organization=Acme"]
    assert (page.whole, page.watermark, page.more, page.rejected) == (["7"], NOW - 60, False, {})
    assert len({event.event for event in page.events}) == len(page.events)
    assert server.paths().count("/api/v2/tickets/7/audits.json") == 2


def test_the_first_reply_of_a_ticket_that_an_agent_opened_is_the_second_public_comment(server: Api) -> None:
    opening = audit(1, "08:00", create("status", "open"), comment(AGENT))
    audits = [opening, audit(2, "08:30", comment(AGENT)), audit(3, "08:40", comment(AGENT))]
    assert [event.at for event in told(server, audits) if event.name == "agent_message"] == [at("08:30"), at("08:40")]


def test_a_ticket_that_was_opened_with_a_private_comment_is_answered_by_the_first_public_one(server: Api) -> None:
    audits = [audit(1, "08:00", create("status", "open"), comment(AGENT, public=False)), audit(2, "08:30", comment(AGENT))]
    assert story(told(server, audits), "7")[2:] == [(at("08:00"), "note", ""), (at("08:30"), "agent_message", "")]


def test_who_is_no_agent_any_more_was_one_when_they_had_the_ticket_or_wrote_privately(server: Api) -> None:
    had = [*LIFE[:1], audit(2, "08:20", comment(FORMER)), audit(3, "08:30", change("assignee_id", str(FORMER)))]
    wrote = [*LIFE[:1], audit(2, "08:20", comment(FORMER)), audit(3, "08:30", comment(FORMER, public=False))]
    neither = [*LIFE[:1], audit(2, "08:20", comment(FORMER))]
    found = [next(event.name for event in told(server, audits) if event.at == at("08:20")) for audits in (had, wrote, neither)]
    assert found == ["agent_message", "agent_message", "customer_message"]


def test_an_agent_who_asks_is_the_customer_until_the_ticket_is_somebody_elses(server: Api) -> None:
    audits = [
        audit(1, "08:00", create("status", "open"), create("requester_id", str(AGENT)), comment(AGENT)),
        audit(2, "08:10", comment(AGENT)), audit(3, "08:20", change("requester_id", str(CUSTOMER), str(AGENT))),
        audit(4, "08:30", comment(AGENT)),
    ]  # fmt: skip
    assert story(told(server, audits), "7")[2:] == [(at("08:10"), "customer_message", ""), (at("08:30"), "agent_message", "")]


def test_what_the_system_writes_answers_nobody(server: Api) -> None:
    assert story(told(server, [*LIFE[:1], audit(2, "08:20", comment(SYSTEM))]), "7")[-1] == (at("08:20"), "note", "")


def test_audits_of_one_second_are_in_the_order_of_their_ids(server: Api) -> None:
    audits = [LIFE[0], audit(30, "08:20", change("status", "open", "hold")), audit(4, "08:20", change("status", "hold", "new"))]
    assert [event.value for event in sorted(told(server, audits), key=lambda each: (each.at, each.place)) if event.name == "status"] == [
        "new", "hold", "open"]  # fmt: skip


def test_what_a_ticket_was_at_first_follows_from_its_changes_where_it_is_not_told(server: Api) -> None:
    events = told(server, [audit(1, "08:00", comment(CUSTOMER)), audit(2, "09:00", change("status", "solved", "open"))], status="solved")
    assert [(event.at, event.value, event.meaning) for event in events if event.name == "status"] == [
        (at("08:00"), "open", "open"), (at("09:00"), "solved", "solved")]  # fmt: skip


def test_tags_come_and_go(server: Api) -> None:
    audits = [audit(1, "08:00", create("tags", ["vip", "eu"])), audit(2, "09:00", change("tags", ["eu", "bug"], ["vip", "eu"]))]
    assert [(event.name, event.value) for event in told(server, audits) if "tagged" in event.name] == [
        ("tagged", "vip"), ("tagged", "eu"), ("untagged", "vip"), ("tagged", "bug")]  # fmt: skip


def test_a_mark_that_was_only_asked_for_is_none_and_one_that_is_told_twice_is_one(server: Api) -> None:
    audits = [
        *LIFE[:1], audit(2, "09:00", {"type": "SatisfactionRating", "score": "offered"}, change("satisfaction_score", "offered")),
        audit(3, "10:00", {"type": "SatisfactionRating", "score": "bad"}, change("satisfaction_score", "bad", "offered")),
    ]  # fmt: skip
    assert [(event.at, event.value) for event in told(server, audits) if event.name == "rated"] == [(at("10:00"), "bad")]


@pytest.mark.parametrize("closing", [
    audit(2, "09:00", comment(AGENT, body="Merged into #12"), change("status", "closed"), via={"source": {"rel": "merge", "to": {}}}),
    audit(2, "09:00", comment(AGENT, body="Merged into #12"), change("status", "closed"), change("tags", ["closed_by_merge"], [])),
    audit(2, "09:00", comment(AGENT, via={"source": {"rel": "merge", "to": {"ticket_id": 12}}}), change("status", "closed")),
])  # fmt: skip
def test_a_merged_ticket_is_told_with_the_one_that_it_became_a_part_of(server: Api, closing: dict[str, Any]) -> None:
    events = told(server, [LIFE[0], closing], status="closed")
    assert story(events, "7")[-1] == (at("09:00"), "merged", "12")


def test_a_ticket_that_is_closed_is_not_merged_by_that(server: Api) -> None:
    assert story(told(server, [LIFE[0], audit(2, "09:00", change("status", "closed"))]), "7")[-1] == (at("09:00"), "status", "closed")


def test_the_ticket_that_lives_on_is_neither_merged_nor_answered_by_it(server: Api) -> None:
    merging = audit(2, "09:00", comment(AGENT), via={"source": {"rel": "merge", "from": {"ticket_id": 7}}})
    assert story(told(server, [LIFE[0], merging]), "7")[-1] == (at("09:00"), "note", "")


def test_a_deleted_ticket_is_told_without_a_word_of_what_was_known_and_may_come_back(server: Api) -> None:
    server.answer = Zendesk(ticket(7, status="deleted"), audits={})
    page = read_one(reader({"zendesk": {"url": server.url}}))
    assert ([event[:3] + event[4:5] for event in page.events], page.whole) == ([("7", GONE, at("11:00"), "deleted")], [])
    deleting, restoring = change("status", "deleted", "new"), change("status", "new", "deleted")
    back = told(server, [LIFE[0], audit(2, "09:00", deleting), audit(3, "10:00", restoring)])
    assert [event.name for event in back if event.at > at("08:00")] == ["deleted", "restored", "status"]


def test_a_ticket_of_which_nothing_is_told_is_left_out_and_counted(server: Api) -> None:
    server.answer = Zendesk(ticket(7, status="solved"), ticket(8), audits={7: [], 8: LIFE[:1]})
    page = read_one(reader({"zendesk": {"url": server.url}}))
    assert (page.whole, page.rejected, {event.ticket for event in page.events}) == (["8"], {"no_history": 1}, {"8"})


# --- how far ------------------------------------------------------------------------------------------------------------
def test_the_export_is_gone_through_by_its_cursor_and_goes_on_at_its_place(server: Api) -> None:
    zendesk = Zendesk(*(ticket(number) for number in range(1, 6)), audits=dict.fromkeys(range(1, 6), LIFE[:1]))
    zendesk.listed = 2
    server.answer = zendesk
    events, last = read_all(reader({"zendesk": {"url": server.url}}))
    assert {event.ticket for event in events} == {"1", "2", "3", "4", "5"}
    exports = [asked.query for asked in server.asked if "incremental" in asked.path]
    assert [query.get("cursor", query.get("start_time")) for query in exports] == ["0", "c2", "c4"]
    assert {query["include"] for query in exports} == {"users,groups,organizations"}
    zendesk.tickets.append(ticket(6))
    zendesk.audits[6] = LIFE[:1]
    assert {event.ticket for event in read_one(reader({"zendesk": {"url": server.url}}), last.place).events} == {"6"}


def test_a_cursor_that_is_refused_is_left_for_the_time_of_the_last_row(server: Api) -> None:
    zendesk = Zendesk(ticket(7), audits={7: LIFE})

    def answer(asked: Asked) -> Told | None:
        return Told({"error": "InvalidValue"}, 422) if asked.query.get("cursor") == "old" else zendesk(asked)

    server.answer = answer
    page = read_one(reader({"zendesk": {"url": server.url}}), json.dumps({"cursor": "old", "generated": at("11:01")}))
    assert [asked.query.get("start_time") for asked in server.asked if "incremental" in asked.path] == [None, str(at("11:01") - 300)]
    assert page.whole == ["7"]


def test_a_place_that_is_none_is_the_beginning(server: Api) -> None:
    server.answer = Zendesk(ticket(7), audits={7: LIFE})
    for place in ("[]", '{"cursor": 7}', "\x00", '"c"', "null"):
        assert read_one(reader({"zendesk": {"url": server.url}}), place).whole == ["7"]


def test_an_export_that_does_not_say_where_it_goes_on_is_no_endless_loop(server: Api) -> None:
    zendesk = Zendesk(audits={})

    def answer(asked: Asked) -> Told | None:
        told = Told({"tickets": [], "after_cursor": None, "end_of_stream": False})
        return told if "incremental" in asked.path else zendesk(asked)

    server.answer = answer
    assert refused(server).reason == "schema"


def test_the_export_is_asked_ten_times_a_minute_at_most_and_all_of_it_no_more_than_may_be() -> None:
    for asks, exports in ((700, 10), (60, 10), (20, 5), (4, 1)):
        from sla_exporter.sources.source import Settings
        from sla_exporter.sources.zendesk import ZendeskReader

        document = reader({"zendesk": {"url": "http://localhost"}})._settings.document  # type: ignore[attr-defined]
        found = ZendeskReader(Settings(document, Credentials(), 300, asks, 5.0))
        assert (found._exports._limits.per_minute, found._fetcher._limits.per_minute) == (exports, asks - exports)


def test_it_is_let_in_by_a_token_in_both_ways(server: Api) -> None:
    server.answer = Zendesk(audits={})
    read_one(reader({"zendesk": {"url": server.url}}, Credentials(username="robot@acme.example/token", password="k3y")))
    assert server.asked[-1].headers["authorization"] == "Basic " + base64.b64encode(b"robot@acme.example/token:k3y").decode()
    read_one(reader({"zendesk": {"url": server.url}}, Credentials(token="k3y")))
    assert server.asked[-1].headers["authorization"] == "Bearer k3y"


@pytest.mark.parametrize(("me", "reason"), [({"id": None, "role": "end-user"}, "auth"), ({"id": 4, "role": "end-user"}, "forbidden")])
def test_nobody_and_a_customer_are_not_let_in(server: Api, me: dict[str, Any], reason: str) -> None:
    zendesk = Zendesk(audits={})
    zendesk.me = me
    server.answer = zendesk
    assert refused(server).reason == reason


# --- what is none of it -------------------------------------------------------------------------------------------------
def test_whichever_request_is_answered_badly_nothing_is_read_and_the_place_stays(server: Api) -> None:
    zendesk = Zendesk(ticket(7), audits={7: LIFE})
    zendesk.at_once = 4
    server.answer = zendesk
    number = disturb_each_request(server, lambda: reader({"zendesk": {"url": server.url}}))
    assert number == 7            # who asks, two pages of groups, the export, two pages of audits, the organization


@pytest.mark.parametrize("audits", [
    [audit(1, "08:00", comment(AGENT, public=None))],
    [audit(1, "08:00", ticket_id=8)],
    [{"id": 1, "created_at": "yesterday", "events": []}],
    [{"id": 1, "created_at": "2026-11-25T08:00:00", "events": []}],
    [{"id": 1, "created_at": text("08:00"), "events": [{"type": "Comment"}]}],
    [{"id": "one", "created_at": text("08:00"), "events": []}],
    {"7": []},
])  # fmt: skip
def test_audits_that_are_not_what_they_were_are_refused_as_a_whole(server: Api, audits: Any) -> None:
    zendesk = Zendesk(ticket(7), audits={7: LIFE})
    server.answer = lambda asked: Told({"audits": audits}) if asked.path.endswith("/audits.json") else zendesk(asked)
    assert refused(server).reason == "schema"


def test_values_of_any_kind_are_no_defect(server: Api) -> None:
    odd = [None, True, 1.5, {"a": 1}, ["b"], "", "x" * 100_000]
    audits = [audit(1, "08:00", create("status", "new"))]
    audits += [audit(2 + n, "09:00", *(change(name, value, value) for name in ("status", "priority", "group_id", "tags", "assignee_id")),
                     {"type": "Unheard", "value": value}) for n, value in enumerate(odd)]  # fmt: skip
    assert len(told(server, audits, custom_fields=[{"id": 1, "value": value} for value in odd])) > 10


def test_reading_stops_where_one_of_its_tickets_cannot_be_read_and_begins_there_again(server: Api) -> None:
    zendesk = Zendesk(ticket(7), ticket(8), audits={7: LIFE, 8: LIFE})
    server.answer = zendesk
    server.fault = lambda asked: Told({}, 429, {"Retry-After": "31"}) if asked.path.endswith("8/audits.json") else None
    error = refused(server)
    assert (error.reason, error.retry_after) == ("rate_limited", 31)
    server.fault = None
    assert read_one(reader({"zendesk": {"url": server.url}})).whole == ["7", "8"]


# --- again --------------------------------------------------------------------------------------------------------------
def test_a_ticket_that_is_not_there_is_gone_one_that_is_hidden_is_not_told_of(server: Api) -> None:
    zendesk = Zendesk(ticket(7), ticket(8, status="deleted"), audits={7: LIFE})
    server.answer = lambda asked: Told({}, 403) if asked.path.endswith("/9.json") else zendesk(asked)
    found = look_at(reader({"zendesk": {"url": server.url}}), "7", "8", "9", "404", "../users/me")
    assert {number: events and events[0].name for number, events in found.items()} == {"7": "opened", "8": None, "404": None}


def test_nothing_is_gone_when_nothing_may_be_seen(server: Api) -> None:
    zendesk = Zendesk(audits={})
    answered: list[str] = []

    def answer(asked: Asked) -> Told | None:
        answered.append(asked.path)
        zendesk.me = {"id": 9 if answered.count("/api/v2/users/me.json") == 1 else None, "role": "agent"}
        return zendesk(asked)

    server.answer = answer
    with pytest.raises(SourceError, match="does not know the credentials"):
        look_at(reader({"zendesk": {"url": server.url}}), "404")


def test_its_clocks_are_those_that_its_agents_see(server: Api) -> None:
    events = told(server, LIFE)
    columns = "columns: [hours, response, requester_wait, agent_work, resolution]"
    by = judge(f"profile: zendesk\nmatrix: {{{columns}, high: [24x7, 30m, none, none, none], urgent: [24x7, 15m, 4h, 4h, 4h]}}")
    mine = sorted(events, key=lambda event: (event.at, event.place))
    results = by.results([("7", life([TicketEvent(event.at, *event[4:]) for event in mine], by.program))])
    # Opened at 8, answered at 8:20, pending from then to 9, solved at 10; urgent since 9:30.
    assert {each.target: (each.outcome(NOW), each.worked // 60) for each in results} == {
        "high-response": ("met", 20), "urgent-requester_wait": ("met", 80), "urgent-agent_work": ("met", 80),
        "urgent-resolution": ("met", 120),
    }  # fmt: skip
