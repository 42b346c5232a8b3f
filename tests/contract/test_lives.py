"""What one clock of several does through a ticket's life, to the second; the clocks beside it must not notice.

Stories are events of ``seconds name value``. Every expectation is reckoned by hand from what ``spec.ticket_terms`` says.
"""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from slo_gen.contract.clocks import Cycle, Life, Program, TicketEvent, life
from slo_gen.spec.ticket_terms import MEANINGS, ClockTerms, Hold, Pausing, Repeat, TicketTerms, Trigger

WAITING = Pausing(frozenset({"pending"}))
FOR_A_WHILE = Pausing(frozenset({"pending"}), at_most=10)


def trigger(text: str) -> Trigger:
    event, _, value = text.removesuffix(")").partition("(")
    return Trigger(event, value)


def clock(starts: str, stops: str, repeat: Repeat = "oldest", *, after: str = "", name: str = "clock", **more: object) -> ClockTerms:
    """``opened agent_message`` names two triggers."""
    found = (frozenset(trigger(each) for each in text.split()) for text in (starts, stops, after))
    starting, stopping, allowing = found
    return ClockTerms(name, starting, stopping, repeat, allowing, **more)  # type: ignore[arg-type]


STEADY = clock("opened", "rated", "once", name="first"), clock("opened", "rated", "once", name="last")


def events(story: str) -> list[TicketEvent]:
    found = []
    for line in story.split(","):
        at, name, *value = line.split(maxsplit=2)
        text = "".join(value)
        found.append(TicketEvent(int(at), name, text, text if name == "status" and text in MEANINGS else ""))
    return found


def lived(terms: ClockTerms, story: str, **more: object) -> Life:
    """The life of a ticket with the clock between two that nothing stops."""
    clocks = {each.name: each for each in (STEADY[0], terms, STEADY[1])}
    return life(events(story), Program(TicketTerms(clocks, **more)))  # type: ignore[arg-type]


def cycles(terms: ClockTerms, story: str, **more: object) -> tuple[Cycle, ...]:
    found = lived(terms, story, **more).cycles
    assert found["first"] == found["last"] == (Cycle(0, None, (), 0),), "the clocks beside it run on"
    return found["clock"]


def cycle(start: int, stop: int | None, *ran: tuple[int, int], since: int | None = None) -> Cycle:
    return Cycle(start, stop, ran, since)


# --- starting and stopping ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("terms", "story", "expected"), [
    # What stops in the second in which it starts has not run.
    (clock("opened", "note"), "0 opened, 0 note", [cycle(0, 0)]),
    (clock("opened", "note"), "0 opened, 9 note", [cycle(0, 9, (0, 9))]),
    # A trigger with a value is not the event with another one; case does not matter.
    (clock("tagged(vip)", "untagged(vip)"), "0 opened, 1 tagged vap, 2 tagged VIP, 5 untagged vap, 7 untagged Vip", [cycle(2, 7, (2, 7))]),
    # A trigger without a value is the event with any.
    (clock("opened", "tagged"), "0 opened, 4 tagged blue", [cycle(0, 4, (0, 4))]),
    # Once: never again. Oldest: what would start it again does nothing. Latest: it begins anew.
    (clock("note", "rated", "once"), "0 opened, 2 note, 5 note", [cycle(2, None, since=2)]),
    (clock("note", "assigned", "once"), "0 opened, 2 note, 5 assigned a, 7 note", [cycle(2, 5, (2, 5))]),
    (clock("note", "assigned"), "0 opened, 2 note, 4 note, 5 assigned a, 7 note", [cycle(2, 5, (2, 5)), cycle(7, None, since=7)]),
    (clock("note", "rated", "latest"), "0 opened, 2 note, 5 note", [cycle(5, None, since=5)]),
    # Only once something has happened; that itself starts nothing.
    (clock("note", "rated", after="tagged"), "0 opened, 2 note, 3 tagged a, 8 note", [cycle(8, None, since=8)]),
    (clock("note tagged", "rated", after="tagged"), "0 opened, 3 tagged a", []),
    # What is stopped by what starts it begins anew.
    (clock("note", "note", "latest"), "0 opened, 2 note, 5 note", [cycle(2, 5, (2, 5)), cycle(5, None, since=5)]),
    # The statuses tell that it is solved, closed and open again; that it is still new is none of these.
    (clock("opened", "closed"), "0 opened, 3 status solved, 8 status closed, 9 status closed", [cycle(0, 8, (0, 8))]),
    (clock("opened", "closed"), "0 opened, 3 status open", [cycle(0, None, since=0)]),
    (clock("reopened", "rated"), "0 opened, 1 status new, 3 status solved, 8 status open", [cycle(8, None, since=8)]),
    (clock("reopened", "rated"), "0 opened, 1 status new, 2 status open, 3 status pending", []),
    # A group gets a ticket from nobody, keeps it, loses it to another, to nobody by either word.
    (clock("opened", "unassigned"), "0 opened, 2 assigned a, 5 assigned a", [cycle(0, None, since=0)]),
    (clock("opened", "unassigned"), "0 opened, 2 assigned a, 5 assigned b", [cycle(0, 5, (0, 5))]),
    (clock("opened", "unassigned(a)"), "0 opened, 2 assigned a, 5 assigned", [cycle(0, 5, (0, 5))]),
    (clock("assigned", "rated", "latest"), "0 opened, 2 assigned a, 5 assigned", [cycle(2, None, since=2)]),
    (clock("opened", "note"), "0 opened, 2 assigned a, 5 assigned, 7 note", [cycle(0, 7, (0, 7))]),
    (clock("unassigned", "rated", "latest"), "0 opened, 2 assigned a, 5 unassigned a, 9 assigned b", [cycle(5, None, since=5)]),
    (clock("unassigned(a)", "rated", "latest"), "0 opened, 2 assigned a, 5 unassigned b, 9 assigned b", [cycle(9, None, since=9)]),
    (clock("unassigned(a)", "rated", "latest"), "0 opened, 2 assigned a, 5 unassigned a, 9 assigned b", [cycle(5, None, since=5)]),
])  # fmt: skip
def test_a_clock_starts_and_stops(terms: ClockTerms, story: str, expected: list[Cycle]) -> None:
    assert list(cycles(terms, story)) == expected


def test_what_starts_several_clocks_starts_each_as_it_says() -> None:
    sums, oldest, latest, first = (
        clock("note", "assigned", repeat, name=repeat) for repeat in ("sum", "oldest", "latest", "once")
    )  # fmt: skip
    for order in ((sums, oldest, latest, first), (first, latest, oldest, sums), (oldest, sums, first, latest)):
        found = life(events("0 opened, 2 note, 5 note, 9 assigned a, 12 note"), Program(TicketTerms({each.name: each for each in order})))
        assert found.cycles == {
            "sum": (cycle(2, None, (2, 9), since=12),),
            "oldest": (cycle(2, 9, (2, 9)), cycle(12, None, since=12)),
            "latest": (cycle(5, 9, (5, 9)), cycle(12, None, since=12)),
            "once": (cycle(2, 9, (2, 9)),),
        }


# --- standing ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("pausing", "story", "expected"), [
    (WAITING, "0 opened, 3 status pending, 8 status open", cycle(0, None, (0, 3), since=8)),
    (WAITING, "0 opened, 3 status pending", cycle(0, None, (0, 3))),
    # It stands from the start; nothing has run before.
    (WAITING, "0 status pending, 0 opened, 4 status open", cycle(0, None, since=4)),
    # A status that nobody explains is one in which work is to be done.
    (Pausing(frozenset({"open"})), "0 opened, 3 status whatever", cycle(0, None, (0, 3))),
    (Pausing(frozenset({"pending"}), frozenset({"parts"})), "0 opened, 3 status Parts, 5 status open", cycle(0, None, (0, 3), since=5)),
    # Tags and statuses: it goes on when neither halts it.
    (Pausing(frozenset({"pending"}), tags=frozenset({"ice"})), "0 opened, 2 tagged Ice, 4 status pending, 6 untagged Ice, 9 status open",
     cycle(0, None, (0, 2), since=9)),
    (Pausing(frozenset({"pending"}), tags=frozenset({"ice"})), "0 opened, 2 status pending, 4 tagged ice, 6 status open, 9 untagged ice",
     cycle(0, None, (0, 2), since=9)),
    (Pausing(tags=frozenset({"ice"})), "0 tagged ice, 0 opened, 9 untagged ice", cycle(0, None, since=9)),
    # What stands goes on only in a status that says so.
    (Pausing(frozenset({"pending"}), until=frozenset({"work"})), "0 opened, 2 status pending, 5 status open, 7 status Work",
     cycle(0, None, (0, 2), since=7)),
    (Pausing(frozenset({"pending"}), until=frozenset({"work"})), "0 opened, 2 status open", cycle(0, None, since=0)),
    # So long at most, in one ticket: 10 of the 20 seconds, the 3 that are left of the 9.
    (FOR_A_WHILE, "0 opened, 5 status pending", cycle(0, None, (0, 5), since=15)),
    (FOR_A_WHILE, "0 opened, 5 status pending, 25 status open", cycle(0, None, (0, 5), since=15)),
    (FOR_A_WHILE, "0 opened, 5 status pending, 15 status open", cycle(0, None, (0, 5), since=15)),
    (FOR_A_WHILE, "0 opened, 5 status pending, 12 status open, 20 status pending, 29 status open",
     cycle(0, None, (0, 5), (12, 20), since=23)),
    (FOR_A_WHILE, "0 opened, 1 status pending, 4 status open, 5 status pending, 8 status open, 9 status pending",
     cycle(0, None, (0, 1), (4, 5), (8, 9), since=13)),
    (FOR_A_WHILE, "0 opened, 5 status pending, 25 status open, 30 status pending", cycle(0, None, (0, 5), (15, 30), since=30)),
    (FOR_A_WHILE, "0 status pending, 0 opened", cycle(0, None, since=10)),
    # A solved ticket waits for nobody: its time is none of the 10 seconds.
    (Pausing(frozenset({"pending", "solved"}), at_most=10), "0 opened, 5 status solved, 50 status open, 60 status pending",
     cycle(0, None, (0, 5), (50, 60), since=70)),
    (Pausing(frozenset({"pending", "solved"}), at_most=10), "0 opened, 5 status pending, 9 status solved, 50 status pending",
     cycle(0, None, (0, 5), since=56)),
    (Pausing(frozenset({"pending", "solved"}), at_most=10), "0 opened, 5 status pending, 19 status solved, 50 status open",
     cycle(0, None, (0, 5), (15, 19), since=50)),
    (Pausing(tags=frozenset({"ice"}), at_most=10), "0 opened, 5 tagged ice, 9 status solved, 50 status open",
     cycle(0, None, (0, 5), since=56)),
    (Pausing(frozenset({"solved"}), at_most=10), "0 status solved, 0 opened, 50 status open", cycle(0, None, since=50)),
    # A status changes nothing for what stands by a tag, and what the first one is changes nothing either.
    (Pausing(tags=frozenset({"ice"}), at_most=10), "0 opened, 5 tagged ice, 30 status open", cycle(0, None, (0, 5), since=15)),
    # What does not stand goes on while the ticket is solved.
    (WAITING, "0 opened, 5 status solved, 50 status open", cycle(0, None, since=0)),
])  # fmt: skip
def test_a_clock_stands(pausing: Pausing, story: str, expected: Cycle) -> None:
    assert cycles(clock("opened", "note", pausing=pausing), story) == (expected,)


def test_what_a_cycle_has_stood_is_gone_for_the_next_one() -> None:
    terms = clock("opened tagged", "note", pausing=FOR_A_WHILE)
    # 6 of 10 seconds when it stops; the second cycle begins while the ticket waits, and 4 seconds are left.
    assert cycles(terms, "0 opened, 5 status pending, 11 note, 20 tagged a") == (cycle(0, 11, (0, 5)), cycle(20, None, since=24))
    again = clock("opened tagged", "note", "latest", pausing=FOR_A_WHILE)
    assert cycles(again, "0 opened, 5 status pending, 11 tagged a") == (cycle(11, None, since=15),)


def test_time_before_a_clock_starts_is_no_pause_of_it() -> None:
    terms = clock("note", "rated", pausing=FOR_A_WHILE)
    assert cycles(terms, "0 opened, 1 status pending, 8 status open, 10 note, 12 status pending") == (cycle(10, None, (10, 12), since=22),)


def test_a_pause_that_counts_hides_what_is_due_and_nothing_else() -> None:
    terms = clock("opened", "note", pausing=Pausing(frozenset({"pending"}), tags=frozenset({"ice"}), counted=True))
    for story in ("0 opened, 3 status pending", "0 opened, 3 tagged ice", "0 status pending, 0 opened, 3 tagged ice"):
        assert cycles(terms, story) == (Cycle(0, None, (), 0, hidden=True),)
    assert cycles(terms, "0 opened, 3 status pending, 5 status open") == (Cycle(0, None, (), 0, hidden=False),)
    assert cycles(terms, "0 opened, 3 status pending, 5 note") == (cycle(0, 5, (0, 5)),)
    plain = clock("opened", "note", pausing=WAITING)
    assert cycles(plain, "0 opened, 3 status pending") == (Cycle(0, None, ((0, 3),), None, hidden=False),)


def test_an_agreement_says_itself_what_a_status_means() -> None:
    story = "0 opened, 3 status Parts, 8 status open"
    assert cycles(clock("opened", "note", pausing=WAITING), story, meanings={"PARTS": "pending"}) == (cycle(0, None, (0, 3), since=8),)
    assert cycles(clock("opened", "note", pausing=WAITING), "0 opened, 3 status pending", meanings={"pending": "open"}) == (
        cycle(0, None, since=0),
    )


def test_two_clocks_stand_and_go_on_each_for_itself() -> None:
    first = clock("opened", "note", name="first", pausing=Pausing(frozenset({"pending"}), until=frozenset({"work"}), at_most=10))
    second = clock("opened", "note", name="second", pausing=Pausing(frozenset({"pending", "hold"}), at_most=10))
    for order in ((first, second), (second, first)):
        found = life(
            events("0 opened, 2 status pending, 5 status hold, 6 status open, 9 status work, 11 status hold"),
            Program(TicketTerms({each.name: each for each in order})),
        )
        assert found.cycles == {
            "first": (cycle(0, None, (0, 2), since=9),),
            "second": (cycle(0, None, (0, 2), (6, 11), since=17),),       # 4 of its 10 seconds are gone
        }


# --- groups that hold a ticket ----------------------------------------------------------------------------------------
DBA, NET = Hold(trigger("assigned(dba)"), trigger("unassigned(dba)")), Hold(trigger("tagged(net)"), trigger("untagged"))


@pytest.mark.parametrize(("holds", "story", "expected"), [
    ((DBA, NET), "0 opened, 2 assigned dba, 4 note, 6 assigned shop", cycle(0, None, (0, 2), since=6)),
    ((NET, DBA), "0 opened, 2 assigned DBA, 4 note, 6 assigned shop", cycle(0, None, (0, 2), since=6)),
    ((DBA, NET), "0 opened, 2 tagged net, 4 note, 6 untagged x", cycle(0, None, (0, 2), since=6)),
    ((NET, DBA), "0 opened, 2 tagged net, 4 note, 6 untagged x", cycle(0, None, (0, 2), since=6)),
    # Two at once: it goes on when both have given it back, in either order.
    ((DBA, NET), "0 opened, 2 assigned dba, 3 tagged net, 5 assigned shop, 7 untagged net", cycle(0, None, (0, 2), since=7)),
    ((DBA, NET), "0 opened, 2 tagged net, 3 assigned dba, 5 untagged net, 7 assigned shop", cycle(0, None, (0, 2), since=7)),
    ((DBA, NET), "0 opened, 2 tagged net, 3 assigned dba, 5 assigned shop, 7 untagged net", cycle(0, None, (0, 2), since=7)),
    # A group that never had it gives nothing back.
    ((DBA, NET), "0 opened, 2 assigned shop, 4 assigned net, 6 untagged net", cycle(0, None, since=0)),
    # A tag that pauses nothing changes nothing for the group that has it.
    ((DBA,), "0 opened, 2 assigned dba, 3 tagged blue, 9 assigned shop", cycle(0, None, (0, 2), since=9)),
    # It is held before the clock starts.
    ((DBA,), "0 assigned dba, 0 opened, 5 assigned shop", cycle(0, None, since=5)),
])  # fmt: skip
def test_a_clock_stands_while_another_group_has_the_ticket(holds: tuple[Hold, ...], story: str, expected: Cycle) -> None:
    assert cycles(clock("opened", "status(done)", pausing=Pausing(holds=holds)), story) == (expected,)


@pytest.mark.parametrize(("story", "expected"), [
    ("0 opened, 2 assigned dba, 5 assigned dba, 7 assigned shop, 9 note", [cycle(2, None, (2, 7))]),
    ("0 opened, 2 assigned dba, 7 assigned shop, 20 assigned dba, 30 assigned shop", [cycle(2, None, (2, 7), (20, 30))]),
    ("0 opened, 2 assigned dba, 7 status solved", [cycle(2, 7, (2, 7))]),
    # Open again, it is the group's still.
    ("0 opened, 2 assigned dba, 7 status solved, 20 status open", [cycle(2, None, (2, 7), since=20)]),
    ("0 opened, 2 assigned dba, 7 status solved, 20 status open, 25 assigned shop", [cycle(2, None, (2, 7), (20, 25))]),
    # It gave the ticket back before that, or while it was solved.
    ("0 opened, 2 assigned dba, 4 assigned shop, 7 status solved, 20 status open", [cycle(2, None, (2, 4))]),
    ("0 opened, 2 assigned dba, 7 status solved, 9 assigned shop, 20 status open", [cycle(2, None, (2, 7))]),
    ("0 opened, 2 assigned dba, 4 assigned shop, 7 status solved, 20 status open, 25 assigned dba", [cycle(2, None, (2, 4), since=25)]),
])  # fmt: skip
def test_a_sum_adds_up_until_the_ticket_is_solved(story: str, expected: list[Cycle]) -> None:
    assert list(cycles(clock("assigned(dba)", "unassigned(dba)", "sum"), story)) == expected


def test_a_sum_that_ends_with_the_solution_begins_again_with_the_next_event() -> None:
    terms = clock("assigned(dba)", "solved", "sum")
    assert cycles(terms, "0 opened, 2 assigned dba, 7 status solved, 20 status open") == (cycle(2, None, (2, 7)),)


def test_the_stop_of_a_sum_halts_no_other_clock() -> None:
    sums = (clock("opened", "unassigned(a)", "sum", name="a"), clock("opened", "unassigned(b)", "sum", name="b"))
    found = life(events("0 opened, 1 assigned a, 4 unassigned a, 6 unassigned b, 8 note"), Program(TicketTerms({s.name: s for s in sums})))
    assert found.cycles == {"a": (cycle(0, None, (0, 4)),), "b": (cycle(0, None, (0, 6)),)}


# --- open again --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("reopening", "expected"), [
    ("continue", [cycle(0, None, (0, 5), since=5)]),
    ("exclude_closed", [cycle(0, None, (0, 5), since=20)]),
    ("new_cycle", [cycle(0, 5, (0, 5)), cycle(20, None, since=20)]),
    ("restart", [cycle(20, None, since=20)]),
])  # fmt: skip
def test_a_clock_goes_on_when_its_ticket_is_open_again(reopening: str, expected: list[Cycle]) -> None:
    for repeat in ("once", "oldest"):
        assert list(cycles(clock("opened", "solved", repeat, reopening=reopening), "0 opened, 5 status solved, 20 status open")) == expected


@pytest.mark.parametrize(("reopening", "expected"), [
    ("continue", [cycle(0, None, (0, 5), (5, 20), since=30)]),
    ("exclude_closed", [cycle(0, None, (0, 5), since=30)]),
    ("new_cycle", [cycle(0, 5, (0, 5)), cycle(20, None, since=30)]),
    ("restart", [cycle(20, None, since=30)]),
])  # fmt: skip
def test_a_clock_may_stand_as_soon_as_its_ticket_is_open_again(reopening: str, expected: list[Cycle]) -> None:
    by_tag = Pausing(tags=frozenset({"ice"}), at_most=10)
    for pausing, story in ((FOR_A_WHILE, "0 opened, 5 status solved, 20 status pending"),
                           (by_tag, "0 opened, 5 status solved, 6 tagged ice, 20 status open")):  # fmt: skip
        assert list(cycles(clock("opened", "solved", "once", pausing=pausing, reopening=reopening), story)) == expected


@pytest.mark.parametrize(("terms", "story", "expected"), [
    # An answer ended it, not the solution: there is nothing to go on with.
    (clock("opened", "solved note", "once"), "0 opened, 3 note, 5 status solved, 20 status open", [cycle(0, 3, (0, 3))]),
    # It had not started when the ticket was solved.
    (clock("note", "solved"), "0 opened, 5 status solved, 20 status open", []),
    # It has started anew while the ticket was solved: that one goes on, and the former is over.
    (clock("note", "solved"), "0 opened, 3 note, 5 status solved, 9 note, 20 status open", [cycle(3, 5, (3, 5)), cycle(9, None, since=9)]),
    (clock("note", "solved assigned"), "0 opened, 3 note, 5 status solved, 9 note, 11 assigned a, 20 status open",
     [cycle(3, 5, (3, 5)), cycle(9, 11, (9, 11))]),
    # Open again, solved again, open again.
    (clock("opened", "solved", "once"), "0 opened, 5 status solved, 20 status open, 23 status solved, 40 status open",
     [cycle(0, None, (0, 5), (20, 23), since=40)]),
    # What was solved the first time and is done with the second has nothing to go on with.
    (clock("opened", "solved note", "once"), "0 opened, 5 status solved, 20 status open, 22 note, 25 status solved, 40 status open",
     [cycle(0, 22, (0, 5), (20, 22))]),
    # From solved to closed and back nothing is open again.
    (clock("opened", "solved", "once"), "0 opened, 5 status solved, 9 status closed, 12 status solved", [cycle(0, 5, (0, 5))]),
])  # fmt: skip
def test_only_what_the_solution_ended_goes_on(terms: ClockTerms, story: str, expected: list[Cycle]) -> None:
    assert list(cycles(terms, story)) == expected


def test_several_clocks_go_on_each_as_it_says() -> None:
    clocks = {name: clock("opened", "solved", "once", name=name, reopening=name) for name in ("restart", "continue", "exclude_closed")}
    clocks |= {"sum": clock("opened", "unassigned", "sum", name="sum"), "note": clock("note", "solved", name="note")}
    story = "0 opened, 5 status solved, 20 status open, 30 status solved, 50 status open, 60 rated 5"
    expected = {
        "restart": (cycle(50, None, since=50),),
        "continue": (cycle(0, None, (0, 5), (5, 30), since=30),),
        "exclude_closed": (cycle(0, None, (0, 5), (20, 30), since=50),),
        "sum": (cycle(0, None, (0, 5), (20, 30), since=50),),
        "note": (),
    }
    for order in (list(clocks), list(reversed(clocks))):
        assert life(events(story), Program(TicketTerms({name: clocks[name] for name in order}))).cycles == expected


def test_what_ended_in_two_solutions_goes_on_together() -> None:
    clocks = {name: clock(start, "solved", name=name) for name, start in (("a", "opened"), ("b", "note"))}
    found = life(events("0 opened, 5 status solved, 9 note, 11 solved, 20 status open"), Program(TicketTerms(clocks)))
    assert found.cycles == {"a": (cycle(0, None, (0, 5), since=20),), "b": (cycle(9, None, (9, 11), since=20),)}


# --- what else is known of a ticket -----------------------------------------------------------------------------------
PLAIN = clock("opened", "note", "once")


@pytest.mark.parametrize(("story", "expected"), [
    ("3 opened", {"opened": 3}),
    ("3 opened, 4 priority P1, 5 priority P1, 6 priority P2, 7 priority P1",
     {"opened": 3, "priorities": ((4, "P1"), (6, "P2"), (7, "P1"))}),
    ("3 opened, 4 field team=a=b, 5 field site=x, 6 field site=y", {"opened": 3, "fields": {"team": "a=b", "site": "y"}}),
    ("3 opened, 4 tagged a, 5 tagged b, 6 untagged a", {"opened": 3, "tags": frozenset({"b"})}),
    ("3 opened, 8 merged T-2", {"opened": 3, "ended": "merged", "ended_at": 8, "over": True}),
    ("3 opened, 8 spam, 9 restored", {"opened": 3, "ended": "", "ended_at": 8, "over": False}),
    ("3 opened, 8 status solved", {"opened": 3, "over": True}),
    ("3 opened, 8 status closed, 9 status open", {"opened": 3, "over": False}),
])  # fmt: skip
def test_what_became_of_a_ticket(story: str, expected: Mapping[str, object]) -> None:
    found = lived(PLAIN, story)
    assert found == Life(**{"opened": None, "priorities": (), "cycles": found.cycles, **expected})  # type: ignore[arg-type]


@pytest.mark.parametrize(("told", "start"), [
    ("-50", -50), ("2", 2), ("9", 3), ("soon", 3), ("", 3), ("--5", 3), ("5-", 3), ("²", 3), ("9" * 5000, 3),
])  # fmt: skip
def test_clocks_begin_when_what_the_ticket_is_about_began(told: str, start: int) -> None:
    story = [TicketEvent(3, "opened"), TicketEvent(4, "tagged", "1"), TicketEvent(5, "began", told)]
    [found] = life(story, Program(TicketTerms({"clock": PLAIN}, retroactive=True))).cycles["clock"]
    assert found == cycle(start, None, since=start)
    [found] = life(story, Program(TicketTerms({"clock": PLAIN}))).cycles["clock"]
    assert found == cycle(3, None, since=3)


def test_the_last_of_several_beginnings_counts() -> None:
    story = "3 opened, 4 began 1, 5 began 2"
    assert life(events(story), Program(TicketTerms({"clock": PLAIN}, retroactive=True))).cycles["clock"][0].start == 2


def test_texts_of_strangers_do_not_fill_the_memory() -> None:
    program = Program(TicketTerms({"clock": PLAIN}))
    assert program.masks.cache_info().maxsize is not None
    assert program.standing.cache_info().maxsize is not None
