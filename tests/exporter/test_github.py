"""GitHub's issues and timelines as events reckoned by hand, their clocks, and how far a list was read that moves meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from api_server import Api, Asked, Told, api, disturb_each_request, look_at, read_all, read_one, reader, story
from sla_exporter.sources.source import SourceError, SourceEvent, TicketReader
from ticket_stories import judge

from slo_gen.contract.clocks import TicketEvent, life
from slo_gen.fetch import Credentials

NOW = 1_795_608_000          # 2026-11-25T12:00:00Z


def at(clock: str) -> int:
    hours, minutes = clock.split(":")
    return NOW + (int(hours) - 12) * 3600 + int(minutes) * 60


def text(clock: str) -> str:
    return f"2026-11-25T{clock}:00Z"


def issue(number: int, updated: str, **more: Any) -> dict[str, Any]:
    return {"number": number, "created_at": text("08:00"), "updated_at": text(updated), "state": "open",
            "user": {"login": "carla", "type": "User"}, **more}  # fmt: skip


def happened(event: str, number: int, clock: str, **more: Any) -> dict[str, Any]:
    return {"event": event, "id": number, "created_at": text(clock), **more}


def labeled(number: int, clock: str, label: str, event: str = "labeled") -> dict[str, Any]:
    return happened(event, number, clock, label={"name": label, "color": "d73a4a"})


def comment(number: int, clock: str, login: str, association: str, kind: str = "User") -> dict[str, Any]:
    return happened("commented", number, clock, user={"login": login, "type": kind}, author_association=association)


TIMELINE = [
    labeled(11, "08:01", "priority/low"), labeled(12, "08:02", "question"),
    comment(3, "08:03", "ci[bot]", "MEMBER", "Bot"), comment(4, "08:05", "stranger", "NONE"), comment(5, "08:06", "carla", "MEMBER"),
    comment(6, "08:10", "maria", "MEMBER"), {"event": "cross-referenced", "created_at": text("08:11"), "source": {"type": "issue"}},
    {"event": "committed", "sha": "6dcb09b", "author": {"name": "Maria", "date": text("08:12")}},
    happened("assigned", 14, "08:20", assignee={"login": "maria"}), labeled(15, "08:30", "Priority/Critical"),
    happened("closed", 17, "09:00", state_reason="completed"), happened("reopened", 18, "10:00"),
]  # fmt: skip
PRIORITIES = {"priority/critical": "P1", "priority/low": "P4"}


class GitHub:
    """Issues and their timelines, listed and paged as GitHub does it; ``page`` of them at once."""

    def __init__(self, *issues: dict[str, Any], timelines: dict[int, list[Any]] | None = None) -> None:
        self.issues = list(issues)
        self.timelines = timelines or {}
        self.page = 100

    def __call__(self, asked: Asked) -> Told | None:
        match asked.path.removeprefix("/repos/acme/shop").split("/"):
            case [""]:
                return Told({"full_name": "acme/shop"})
            case ["", "issues"]:
                found = [each for each in self.issues if each["updated_at"] >= asked.query["since"]]
                return self.part(asked, sorted(found, key=lambda each: (each["updated_at"], each["number"])), "after")
            case ["", "issues", number]:
                return next((Told(each) for each in self.issues if str(each["number"]) == number), None)
            case ["", "issues", number, "timeline"] if any(str(each["number"]) == number for each in self.issues):
                return self.part(asked, self.timelines.get(int(number), []), "page")
        return None

    def part(self, asked: Asked, found: list[Any], name: str) -> Told:
        begin = int(asked.query.get(name, 0)) * self.page
        more = begin + self.page < len(found)
        query = urlencode({**asked.query, name: begin // self.page + 1, "per_page": 100, "unheard_of": "x"})
        link = f'<https://x/?page=0>; rel="prev", <https://x{asked.path}?{query}>; rel="next"'
        return Told(found[begin : begin + self.page], headers={"Link": link} if more else {})


@pytest.fixture
def server() -> Iterator[Api]:
    with api() as found:
        found.now = NOW
        found.answer = GitHub(issue(1, "10:00"), issue(2, "10:30", pull_request={"url": "x"}), timelines={1: TIMELINE})
        yield found


def desk(server: Api, **more: Any) -> TicketReader:
    return reader({"github": {"url": server.url, "repository": "acme/shop"}, "priorities": PRIORITIES, **more})


def told(server: Api, *timeline: Any, **more: Any) -> list[SourceEvent]:
    """All events of one issue with this timeline."""
    server.answer = GitHub(issue(1, "10:00", **more), timelines={1: list(timeline)})
    return read_all(desk(server))[0]


def later(events: list[SourceEvent]) -> list[tuple[int, str, str]]:
    return [each for each in story(events, "1") if each[0] > at("08:00")]


def refused(server: Api, place: str = "") -> SourceError:
    with pytest.raises(SourceError) as caught:
        read_one(desk(server), place)
    return caught.value


# --- what happened ------------------------------------------------------------------------------------------------------
def test_an_issue_is_told_and_pull_requests_are_none(server: Api) -> None:
    events, page = read_all(desk(server))
    assert story(events, "1") == [
        (at("08:00"), "opened", ""), (at("08:00"), "status", "open"), (at("08:01"), "priority", "priority/low"),
        (at("08:02"), "tagged", "question"), (at("08:03"), "note", ""), (at("08:05"), "customer_message", ""),
        (at("08:06"), "customer_message", ""), (at("08:10"), "agent_message", ""), (at("08:20"), "assigned", "maria"),
        (at("08:30"), "priority", "priority/critical"), (at("09:00"), "status", "closed"), (at("10:00"), "status", "open"),
    ]  # fmt: skip
    assert [event.meaning for event in events if event.name == "status"] == ["open", "solved", "open"]
    assert [event.value for event in events if event.name == "field"] == ["author=carla"]
    assert ({event.ticket for event in events}, page.whole, page.watermark) == ({"1"}, ["1"], NOW)
    assert len({event.event for event in events}) == len(events)
    assert not any("issues/2" in path for path in server.paths())


def test_a_timeline_of_several_pages_is_read_by_its_links(server: Api) -> None:
    github = GitHub(issue(1, "10:00"), timelines={1: TIMELINE})
    whole = read_one(desk(server)).events
    github.page = 5
    server.answer = github
    assert read_one(desk(server)).events == whole
    assert [asked.query.get("page") for asked in server.asked if asked.path.endswith("timeline")][-3:] == [None, "1", "2"]


def test_of_several_priorities_the_highest_holds_and_the_next_one_when_it_is_taken_away(server: Api) -> None:
    critical, low = "priority/critical", "priority/low"
    events = told(server, labeled(1, "08:10", critical), labeled(2, "08:20", low), labeled(3, "08:30", critical, "unlabeled"),
                  labeled(4, "08:40", low, "unlabeled"))  # fmt: skip
    assert later(events) == [(at("08:10"), "priority", critical), (at("08:30"), "priority", low), (at("08:40"), "priority", "")]


def test_labels_of_which_the_timeline_tells_nothing_were_there_at_first(server: Api) -> None:
    labels = [{"name": "priority/critical"}, "imported", {"name": "late"}]
    events = told(server, labeled(1, "08:10", "late"), labels=labels)
    assert story(events, "1")[2:] == [(at("08:00"), "priority", "priority/critical"), (at("08:00"), "tagged", "imported"),
                                      (at("08:10"), "tagged", "late")]  # fmt: skip


def test_a_comment_was_before_the_closing_that_it_came_with(server: Api) -> None:
    events = told(server, happened("closed", 7, "09:00"), comment(9, "09:00", "maria", "OWNER"), state="closed")
    assert later(events) == [(at("09:00"), "agent_message", ""), (at("09:00"), "status", "closed")]


def test_what_happened_in_one_second_is_in_the_order_of_its_ids(server: Api) -> None:
    events = told(server, happened("reopened", 9, "09:00"), happened("closed", 8, "09:00"))
    assert [value for _, _, value in later(events)] == ["closed", "open"]


def test_what_was_not_planned_may_mean_something_else(server: Api) -> None:
    server.answer = GitHub(issue(1, "10:00", state="closed"), timelines={1: [happened("closed", 1, "09:00", state_reason="not_planned")]})
    assert [(each.value, each.meaning) for each in read_all(desk(server))[0] if each.at == at("09:00")] == [("not planned", "solved")]
    events, _ = read_all(desk(server, statuses={"closed": ["not planned"]}))
    assert [each.meaning for each in events if each.at == at("09:00")] == ["closed"]


def test_a_comment_of_nobody_is_a_customers_and_an_issue_of_nobody_is_told(server: Api) -> None:
    ghost = happened("commented", 3, "08:10", user=None, author_association=None)
    assert later(told(server, ghost, comment(4, "08:20", "maria", "COLLABORATOR"), user=None)) == [
        (at("08:10"), "customer_message", ""), (at("08:20"), "agent_message", "")]  # fmt: skip


def test_an_issue_that_is_closed_before_its_timeline_says_so_is_closed_and_read_again(server: Api) -> None:
    events = told(server, state="closed", closed_at=text("09:30"))
    assert later(events) == [(at("09:30"), "status", "closed")]
    server.answer = GitHub(issue(1, "11:58", state="closed", closed_at=text("11:58")), issue(2, "11:58"))
    place = json.loads(read_one(desk(server)).place)
    assert (place["since"], place["seen"]) == (NOW - 300, {"2": at("11:58")})


def test_an_issue_of_the_last_seconds_is_read_again(server: Api) -> None:
    server.answer = GitHub(issue(1, "11:59", updated_at="2026-11-25T11:59:59Z"), issue(2, "11:58"), issue(3, "08:00"))
    page = read_one(desk(server))
    assert json.loads(page.place)["seen"] == {"2": at("11:58")}
    assert read_one(desk(server), page.place).whole == ["1"]


def test_a_bot_is_one_by_its_kind_or_its_name(server: Api) -> None:
    events = told(server, comment(1, "09:00", "renovate", "MEMBER", "Bot"), comment(2, "09:10", "ci[bot]", "MEMBER"))
    assert [name for _, name, _ in later(events)] == ["note", "note"]


# --- how far ------------------------------------------------------------------------------------------------------------
def test_issues_of_one_second_are_gone_through_by_link(server: Api) -> None:
    server.answer = GitHub(*(issue(number, "09:00") for number in range(1, 251)), issue(999, "09:30"), issue(998, "08:30"))
    events, _ = read_all(desk(server))
    assert {int(event.ticket) for event in events} == {*range(1, 251), 998, 999}
    asked = [each.query for each in server.asked if each.path.endswith("/issues")]
    assert {query["sort"] + query["direction"] + query["state"] for query in asked} == {"updatedascall"}
    assert not any("unheard_of" in query for query in asked)
    assert any(query.get("after") for query in asked)


def test_issues_that_move_while_they_are_read_are_all_read(server: Api) -> None:
    github = GitHub(*(issue(number, f"09:{number % 60:02}") for number in range(1, 181)))
    server.answer = github
    count = 0

    def moving(asked: Asked) -> Told | None:
        nonlocal count
        count += asked.path.endswith("/issues")
        if count == 2:
            for each in github.issues[:60]:
                each["updated_at"] = text("11:59")
        return None

    server.fault = moving
    assert {int(event.ticket) for event in read_all(desk(server))[0]} == set(range(1, 181))


def test_the_next_reading_begins_an_overlap_before_and_knows_what_it_has_read(server: Api) -> None:
    github = GitHub(issue(1, "11:58"), issue(2, "11:57"), issue(3, "08:00"))
    server.answer = github
    _, page = read_all(desk(server))
    assert read_one(desk(server), page.place).whole == []
    assert server.asked[-1].query["since"] == "2026-11-25T11:55:00Z"
    github.issues[0]["updated_at"] = text("11:59")
    github.issues.append(issue(4, "11:56"))          # it shows late
    assert sorted(read_one(desk(server), page.place).whole) == ["1", "4"]


def test_a_list_that_does_not_say_where_it_goes_on_is_no_endless_loop(server: Api) -> None:
    github = GitHub()

    def answer(asked: Asked) -> Told | None:
        endless = Told([], headers={"Link": '<https://x/issues?after=Y3Vyc29y>; rel="next"'})
        return endless if asked.path.endswith("/issues") else github(asked)

    server.answer = answer
    place = read_one(desk(server)).place
    assert refused(server, place).reason == "schema"


def test_a_timeline_that_does_not_say_where_it_goes_on_is_no_endless_loop(server: Api) -> None:
    github = GitHub(issue(1, "10:00"))
    endless = Told([], headers={"Link": '<https://x/timeline?unheard_of=1>; rel="next"'})
    server.answer = lambda asked: endless if asked.path.endswith("/timeline") else github(asked)
    assert "does not say where" in str(refused(server))
    assert len(server.asked) == 3


def test_a_place_that_is_none_is_the_beginning(server: Api) -> None:
    for place in ("[]", "{", '{"since": "x"}', "\x00"):
        assert read_one(desk(server), place).whole == ["1"]


def test_it_is_let_in_by_a_token(server: Api) -> None:
    read_one(reader({"github": {"url": server.url, "repository": "acme/shop"}}, Credentials(token="t0ken")))
    assert server.asked[-1].headers["authorization"] == "Bearer t0ken"


# --- what is none of it -------------------------------------------------------------------------------------------------
def test_limits_are_waited_for_in_all_the_ways_in_which_they_are_told(server: Api) -> None:
    ways: list[tuple[Told, float | None]] = [
        (Told({}, 429, {"Retry-After": "31"}), 31), (Told({}, 403, {"Retry-After": "32"}), 32),
        (Told({}, 403, {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(NOW + 33)}), 33),
        (Told({"message": "You have exceeded a secondary rate limit."}, 403), None),
    ]  # fmt: skip
    for answer, seconds in ways:
        server.fault = lambda asked, answer=answer: answer if asked.path.endswith("timeline") else None  # type: ignore[misc]
        error = refused(server)
        assert (error.reason, error.retry_after) == ("rate_limited", seconds)
    server.fault = lambda asked: Told({"message": "Resource not accessible by personal access token"}, 403)
    assert refused(server).reason == "forbidden"


def test_whichever_request_is_answered_badly_nothing_is_read_and_the_place_stays(server: Api) -> None:
    # The repository, the list, the timeline.
    assert disturb_each_request(server, lambda: desk(server)) == 3


@pytest.mark.parametrize("entry", [
    {"event": "closed", "id": 1}, {"event": "commented", "created_at": text("09:00")}, happened("closed", 1, "9 o'clock"),
    happened("labeled", 1, "09:00"), labeled(1, "09:00", ""), {"event": 7}, happened("assigned", 1, "09:00", assignee="maria"), "closed",
])  # fmt: skip
def test_a_timeline_that_is_not_what_it_was_is_refused_as_a_whole(server: Api, entry: Any) -> None:
    server.answer = GitHub(issue(1, "10:00"), timelines={1: [*TIMELINE, entry]})
    assert refused(server).reason == "schema"


@pytest.mark.parametrize("more", [{"number": None}, {"updated_at": None}, {"created_at": "2026-11-25"}, {"state": 1}, {"labels": [7]}])
def test_an_issue_that_is_not_what_it_was_is_refused_with_its_page(server: Api, more: dict[str, Any]) -> None:
    github = GitHub(issue(1, "10:00"), issue(3, "10:00"), timelines={1: TIMELINE})
    listed = Told([issue(1, "10:00"), {**issue(3, "10:00"), **more}])
    server.answer = lambda asked: listed if asked.path.endswith("/issues") else github(asked)
    assert refused(server).reason == "schema"


def test_issues_that_were_not_asked_for_are_an_error(server: Api) -> None:
    github = GitHub(issue(1, "08:00"))
    server.answer = lambda asked: Told([issue(1, "08:00")]) if asked.path.endswith("/issues") else github(asked)
    assert refused(server, json.dumps({"since": at("11:00")})).reason == "query"


def test_a_repository_that_is_hidden_or_has_another_name_is_no_empty_one(server: Api) -> None:
    server.answer = lambda asked: None
    assert "may not see it" in str(refused(server))
    server.answer = lambda asked: Told({"message": "Moved Permanently"}, 301, {"Location": f"{server.url}/repositories/1"})
    assert "has another name now" in str(refused(server))


# --- again --------------------------------------------------------------------------------------------------------------
def test_an_issue_that_was_deleted_or_moved_is_gone(server: Api) -> None:
    github = GitHub(issue(1, "10:00"), timelines={1: TIMELINE})

    def answer(asked: Asked) -> Told | None:
        number = asked.path.rsplit("/", 1)[-1]
        return Told({"message": "This issue was deleted"}, 410) if number == "3" else Told({}, 301) if number == "4" else github(asked)

    server.answer = answer
    found = look_at(desk(server), "1", "3", "4", "5", "../../x")
    assert {number: events and len(events) for number, events in found.items()} == {"1": 13, "3": None, "4": None, "5": None}


def test_nothing_is_gone_when_nothing_may_be_seen(server: Api) -> None:
    github = GitHub()
    asked_before = 0

    def answer(asked: Asked) -> Told | None:
        nonlocal asked_before
        asked_before += 1
        return github(asked) if asked_before == 1 else None

    server.answer = answer
    with pytest.raises(SourceError, match="may not see it"):
        look_at(desk(server), "1")


def test_its_clocks_run_until_it_is_closed_and_not_while_it_is(server: Api) -> None:
    timeline = [*TIMELINE, comment(40, "10:15", "carla", "NONE"), comment(41, "10:45", "maria", "MEMBER"), happened("closed", 42, "11:00")]
    events = told(server, *timeline, state="closed")
    columns = "columns: [hours, response, next_response, resolution]"
    by = judge(f"profile: generic\nmatrix: {{{columns}, P1: [24x7, 15m, 20m, 2h], P4: [24x7, 8m, 1h, 2d]}}")
    mine = sorted(events, key=lambda event: (event.at, event.place))
    called = [TicketEvent(event.at, event.name, PRIORITIES.get(event.value, event.value), event.meaning) for event in mine]
    results = by.results([("1", life(called, by.program))])
    # Opened at 8, answered at 8:10 when it was low; asked again at 10:15; open from 8 to 9 and from 10 to 11.
    assert [(each.target, each.outcome(NOW), each.worked // 60) for each in results] == [
        ("p4-response", "missed", 10), ("p1-next_response", "missed", 30), ("p1-resolution", "met", 120),
    ]  # fmt: skip
