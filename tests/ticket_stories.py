"""Tickets as short stories: an agreement in YAML, events by their times of day, and what became of each promise."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import indent

from slo_gen.contract.clocks import TicketEvent, life
from slo_gen.contract.ticket_results import TicketJudge, TicketResult
from slo_gen.spec.convert import read_documents
from slo_gen.spec.model import Catalogue
from slo_gen.spec.resolve import resolve
from slo_gen.timekeeping.zones import read_instant, zone

BERLIN = zone("Europe/Berlin")
DAY = "2026-11-23"
"""A Monday."""

_TEXT = """
kind: Service
metadata: {{name: checkout}}
---
kind: Customer
metadata: {{name: acme, title: Acme}}
---
kind: Calendar
metadata: {{name: office}}
spec: {{timezone: Europe/Berlin, hours: {{mon-fri: [08:00-18:00]}}}}
---
kind: Calendar
metadata: {{name: short}}
spec: {{timezone: Europe/Berlin, hours: {{mon-fri: [09:00-12:00]}}}}
---
kind: SLA
metadata: {{name: acme}}
spec:
  customer: acme
  service: checkout
  state: active
  period: {{length: month, timezone: Europe/Berlin}}
  tickets:
{tickets}
{more}
"""

MEANINGS = {
    "new": "new", "open": "open", "pending": "pending", "hold": "hold", "solved": "solved", "closed": "closed",
    "waiting": "pending", "vendor": "hold",
}  # fmt: skip


def catalogue(tickets: str, more: str = "") -> Catalogue:
    """The agreement ``acme`` with these promises on tickets."""
    text = _TEXT.format(tickets=indent(tickets.strip("\n"), "    "), more=more)
    documents, problems = read_documents([("acme.yaml", text)])
    found, unresolved = resolve(documents)
    assert not [each for each in (*problems, *unresolved) if each.severity == "error"], (problems, unresolved)
    return found


def judge(tickets: str, more: str = "") -> TicketJudge:
    """The judge of that agreement."""
    found = catalogue(tickets, more)
    return TicketJudge(found.agreements["acme"], found.calendars, found.adjustments)


def at(text: str) -> int:
    """``10:05``, ``10:05:30`` on the Monday, or ``tue 10:05``, or a whole instant of Berlin."""
    days = {"mon": 23, "tue": 24, "wed": 25, "thu": 26, "fri": 27, "sat": 28, "sun": 29}
    day, _, clock = text.rpartition(" ")
    if day in days:
        return read_instant(f"2026-11-{days[day]}T{clock}", BERLIN)
    return read_instant(f"{DAY}T{text}" if "T" not in text else text, BERLIN)


def events(story: str) -> list[TicketEvent]:
    """One event a line: its time, a colon with a blank, what happened: ``10:00: opened P1``, ``10:05: status pending``.

    ``opened P1`` also gives the priority, and the status ``new``.
    """
    found: list[TicketEvent] = []
    for line in story.strip().splitlines():
        when, _, what = line.strip().partition(": ")
        name, _, value = what.partition(" ")
        instant = at(when)
        if name == "opened":
            found.append(TicketEvent(instant, "opened"))
            if value:
                found.append(TicketEvent(instant, "priority", value))
            found.append(TicketEvent(instant, "status", "new", "new"))
        elif name == "began":
            found.append(TicketEvent(instant, "began", str(at(value))))
        else:
            found.append(TicketEvent(instant, name, value, MEANINGS.get(value, "") if name == "status" else ""))
    return found


def results(tickets: str, story: str, more: str = "") -> list[TicketResult]:
    """What became of each promise on one ticket."""
    judged = judge(tickets, more)
    return judged.results([("T-1", life(events(story), judged.program))])


def told(tickets: str, story: str, now: str = "2026-12-31T00:00", more: str = "") -> list[tuple[str, str, int]]:
    """Target, outcome and seconds worked up to the last event, of every result."""
    return [(each.target, each.outcome(at(now)), each.worked) for each in results(tickets, story, more)]


def one(tickets: str, story: str, now: str = "2026-12-31T00:00", more: str = "") -> tuple[str, int]:
    """Outcome and seconds worked where there is one result."""
    found: Sequence[tuple[str, str, int]] = told(tickets, story, now, more)
    assert len(found) == 1, found
    return found[0][1], found[0][2]
