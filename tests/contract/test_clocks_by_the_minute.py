"""The clocks of random tickets against an interpreter that looks at every minute and knows nothing of segments or bits."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import given
from hypothesis import strategies as st
from ticket_stories import DAY, at, judge

from slo_gen.contract.clocks import TicketEvent, life
from slo_gen.contract.ticket_results import TicketResult

MINUTE = 60
START = at(f"{DAY}T06:00")
LENGTH = 30 * 60
"""Minutes that are looked at: office hours of a day, a night, and some of the next day."""

STATUSES = {"open": "open", "waiting": "pending", "vendor": "hold", "solved": "solved", "closed": "closed"}
OVER = ("solved", "closed")

steps = st.lists(
    st.tuples(st.integers(1, 400), st.one_of(st.sampled_from(sorted(STATUSES)), st.sampled_from(["!agent", "!customer"]))), max_size=8
)
modes = st.sampled_from(["continue", "exclude_closed", "new_cycle", "restart"])
pausing = st.sets(st.sampled_from(["waiting", "vendor"]))


@dataclass(frozen=True)
class Minute:
    """What is true in one minute of a ticket."""

    number: int
    status: str
    agent: bool
    """Whether a message of ours came at its start."""


def minutes(story: list[tuple[int, str]]) -> list[Minute]:
    at_minute: dict[int, list[str]] = {}
    now = 0
    for wait, what in story:
        now += wait
        at_minute.setdefault(now, []).append(what)
    found, status = [], "new"
    for number in range(LENGTH):
        happened = at_minute.get(number, [])
        for what in happened:
            status = what if not what.startswith("!") else status
        found.append(Minute(number, status, "!agent" in happened))
    return found


def happened(story: list[tuple[int, str]]) -> list[TicketEvent]:
    found = [TicketEvent(START, "opened"), TicketEvent(START, "priority", "P1"), TicketEvent(START, "status", "new", "new")]
    now = START
    for wait, what in story:
        now += wait * MINUTE
        if now >= START + LENGTH * MINUTE:
            break
        if what.startswith("!"):
            found.append(TicketEvent(now, "agent_message" if what == "!agent" else "customer_message"))
        else:
            found.append(TicketEvent(now, "status", what, STATUSES[what]))
    return found


def cycles(life_of: list[Minute], paused: set[str], mode: str) -> list[list[int]]:
    """The minutes that count of each cycle of a resolution clock."""
    found: list[list[int]] = [[]]
    waiting: list[int] = []               # minutes in which it is solved; they count only if it is open again, and only for one mode
    was_over = False
    for minute in life_of:
        over = minute.status in OVER
        if was_over and not over:
            if mode == "continue":
                found[-1] += waiting
            elif mode == "new_cycle":
                found.append([])
            elif mode == "restart":
                found[-1] = []
            waiting = []
        if over:
            waiting.append(minute.number)
        elif minute.status not in paused:
            found[-1].append(minute.number)
        was_over = over
    return found


def response(life_of: list[Minute], paused: set[str]) -> list[int]:
    """The minutes that count until the first answer."""
    found: list[int] = []
    for minute in life_of:
        if minute.agent:
            break
        if minute.status not in OVER and minute.status not in paused:
            found.append(minute.number)
    return found


def in_office(number: int) -> bool:
    """Whether a minute after six o'clock of the Monday is between 8 and 18 of a day of the week; the story ends on Tuesday."""
    return 8 * 60 <= (6 * 60 + number) % 1440 < 18 * 60


def seconds(of: list[int], *, office: bool) -> int:
    return sum(MINUTE for number in of if not office or in_office(number))


def judged(story: list[tuple[int, str]], paused: set[str], mode: str, clock: str, hours: str) -> list[TicketResult]:
    pause = f"pause_when: {{status: [{', '.join(sorted(paused))}]}}\n" if paused else ""
    by = judge(f"{pause}reopen: {mode}\nmatrix: {{columns: [hours, {clock}], P1: [{hours}, 5h]}}")
    return by.results([("T", life(happened(story), by.program))])


@given(steps, pausing, modes, st.sampled_from(["24x7", "office"]))
def test_a_resolution_takes_the_minutes_that_count(story: list[tuple[int, str]], paused: set[str], mode: str, hours: str) -> None:
    end = START + LENGTH * MINUTE
    expected = cycles(minutes(story), paused, mode)
    found = judged(story, paused, mode, "resolution", hours)
    elapsed = [each.elapsed(end, judge("matrix: {columns: [hours, resolution], P1: [%s, 5h]}" % hours).calendar("p1-resolution"))  # noqa: UP031
               for each in found]  # fmt: skip
    assert elapsed == [seconds(of, office=hours == "office") for of in expected]
    for each, of in zip(found, expected, strict=True):
        late = seconds(of, office=hours == "office") > 5 * 3600
        assert (each.outcome(end) == "missed") == late


@given(steps, pausing, st.sampled_from(["24x7", "office"]), st.integers(0, LENGTH))
def test_a_response_takes_the_minutes_that_count_at_every_instant(
    story: list[tuple[int, str]], paused: set[str], hours: str, until: int
) -> None:
    """What happens after an instant does not matter at it."""
    known = [event for event in happened(story) if event.at <= START + until * MINUTE]
    by = judge(f"{f'pause_when: {{status: [{chr(44).join(sorted(paused))}]}}' if paused else ''}\n"
               f"matrix: {{columns: [hours, response], P1: [{hours}, 5h]}}")  # fmt: skip
    [found] = by.results([("T", life(known, by.program))])
    expected = [number for number in response(minutes(story), paused) if number < until]
    now = START + until * MINUTE
    assert found.elapsed(now, by.calendar("p1-response")) == seconds(expected, office=hours == "office")
    assert (found.outcome(now) == "missed") == (seconds(expected, office=hours == "office") > 5 * 3600)
