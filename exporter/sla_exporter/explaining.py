"""The life of one ticket in words: what happened, when each clock ran and why it stood, the hours that counted, the verdict."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sla_exporter.config import Configuration
from sla_exporter.ledger.ledger import Ledger
from sla_exporter.promises import Promise, Promises
from slo_gen.contract.clocks import Cycle, TicketEvent, life
from slo_gen.contract.ticket_promises import COUNTED
from slo_gen.contract.ticket_results import TicketResult
from slo_gen.spec.model import TicketTarget
from slo_gen.spec.ticket_terms import EVENTS
from slo_gen.timekeeping.business import business_time
from slo_gen.timekeeping.calendars import Calendar
from slo_gen.timekeeping.zones import local, zone

__all__ = ["Story", "explained", "story_text"]

_WORDS: Final = {
    "met": "kept", "missed": "missed", "running": "running, in time", "paused": "standing, in time",
    "withdrawn": "no result: the ticket was solved before an answer was owed", "cancelled": "no result: cancelled",
    "excluded": "no result: a tag of it excludes it", "relieved": "no result: the parties agreed not to count it",
    COUNTED: "one of those that are counted",
    "merged": "no result: merged into another ticket", "deleted": "no result: deleted", "spam": "no result: spam",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Step:
    """Something that a clock did, from an instant on: ``start``, ``ran`` up to ``end``, ``stood`` up to ``end``, ``stop``."""

    at: int
    what: str
    end: int | None = None
    counted: int | None = None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """One cycle of one clock under one promise. ``elapsed`` in seconds of its hours, ``outcome`` as of ``now``."""

    agreement: str
    target: TicketTarget
    timezone: str
    result: TicketResult
    outcome: str
    elapsed: int
    now: int
    steps: tuple[Step, ...]
    events: tuple[TicketEvent, ...]

    def as_json(self) -> dict[str, Any]:
        """All of it; instants are seconds since 1970."""
        return {
            "agreement": self.agreement, "target": self.target.name, "clock": self.target.clock, "within": self.target.within,
            "hours": self.target.hours, "priority": self.result.priority, "cycle": self.result.cycle, "start": self.result.start,
            "stop": self.result.stop, "elapsed_seconds": self.elapsed, "allowed_seconds": self.result.allowed, "due": self.result.due,
            "too_late_after": self.result.over, "outcome": self.outcome, "as_of": self.now,
            "steps": [{"at": s.at, "what": s.what, "end": s.end, "counted_seconds": s.counted, "why": s.why} for s in self.steps],
        }  # fmt: skip


def explained(configuration: Configuration, ledger: Ledger, source: str, ticket: str, now: int | None = None) -> list[Story]:
    """The stories of a ticket under every agreement that it falls under."""
    present = int(time.time()) if now is None else now
    events = ledger.events(source, ticket)
    promises = Promises(configuration.catalogue, configuration.source_names)
    found = []
    for agreement, result in promises.judged(source, [(ticket, events)]):
        promise = promises.all[agreement]
        target = next(each for each in promise.judge.targets if each.name == result.target)
        cycle = _cycle(promise, target, result, events)
        calendar = promise.judge.calendar(target.name)
        steps = tuple(_steps(result, cycle, calendar, events, present))
        outcome = result.outcome(present)
        timezone, elapsed = promise.agreement.period.timezone, result.elapsed(present, calendar)
        found.append(Story(agreement, target, timezone, result, outcome, elapsed, present, steps, tuple(events)))
    return found


def _cycle(promise: Promise, target: TicketTarget, result: TicketResult, events: Sequence[TicketEvent]) -> Cycle:
    """The run of the clock that a result is about; one that was cut by a change is told by its own start and stop."""
    cycles = life(events, promise.judge.program).cycles.get(target.clock, ())
    known = next((each for each in cycles if each.start == result.start and each.stop == result.stop), None)
    return known or Cycle(result.start, result.stop, ((result.start, result.stop),) if result.stop is not None else (), result.since)


def _steps(result: TicketResult, cycle: Cycle, calendar: Calendar, events: Sequence[TicketEvent], now: int) -> Iterator[Step]:
    business = business_time(calendar)
    yield Step(result.start, "start", why=_why(events, result.start))
    last = cycle.start
    spans = [*cycle.ran, *([(cycle.since, max(now, cycle.since))] if cycle.since is not None and cycle.since < now else [])]
    for start, end in spans:
        if last < start:
            yield Step(last, "stood", start, 0, _why(events, last))
        yield Step(start, "ran", end, business.elapsed(start, end))
        last = end
    if result.stop is not None:
        if last < result.stop:
            yield Step(last, "stood", result.stop, 0, _why(events, last))
        yield Step(result.stop, "stop", why=_why(events, result.stop))
    elif cycle.since is None:
        yield Step(last, "stands", now, 0, _why(events, last))


def _why(events: Sequence[TicketEvent], at: int) -> str:
    """What happened at an instant."""
    told = [_event_text(event) for event in events if event.at == at and event.name != "field"]
    return "; ".join(dict.fromkeys(told))


def _event_text(event: TicketEvent) -> str:
    match event.name:
        case "status":
            return f"status {event.value}" + (f" ({event.meaning})" if event.meaning and event.meaning != event.value.casefold() else "")
        case "priority" | "assigned" | "accepted" | "tagged" | "untagged" | "field":
            return f"{event.name} {event.value}" if event.value else f"{event.name} nobody"
    return EVENTS.get(event.name, event.name) + (f" ({event.value})" if event.value and event.name in ("merged", "rated") else "")


# --- as text -----------------------------------------------------------------------------------------------------------
def story_text(ticket: str, stories: Sequence[Story]) -> str:
    """The stories as a page of text."""
    if not stories:
        return f"{ticket}: no agreement promises anything about it. Its fields, priority and opening decide; see `select` and the matrix."
    first = stories[0]
    where = first.timezone
    lines = [f"{ticket}, times in {where}", ""]
    for event in first.events:
        lines.append(f"  {_time(event.at, where)}  {_event_text(event)}")
    for story in stories:
        result, target = story.result, story.target
        again = f", cycle {result.cycle}" if result.cycle > 1 else ""
        if target.limit is not None:
            about, verdict = f"{target.share_text} of {target.priority or 'any priority'}", _WORDS.get(story.outcome, story.outcome)
            lines += ["", f"{story.agreement}/{target.name}: {about}", f"  => {verdict}, opened {_time(result.opened, where)}"]
            continue
        lines += [
            "",
            f"{story.agreement}/{target.name}{again}: {target.clock} of {target.priority or 'any priority'} within {target.within} in "
            f"{target.hours or '24x7'}, {target.share_text} of tickets",
        ]
        lines += [f"  {text}" for text in _step_lines(story)]
        left = result.allowed - story.elapsed
        verdict = _WORDS.get(story.outcome, story.outcome)
        lines.append(f"  took {_length(story.elapsed)} of {_length(result.allowed)} in these hours, {_length(_real(story))} by the clock")
        lines.append(f"  => {verdict}" + (f": {_length(-left)} too long" if story.outcome == "missed" else "")
                     + (f", {_length(left)} left, due {_time(result.due, where)}" if result.due is not None and result.stop is None
                        and story.outcome == "running" else ""))  # fmt: skip
    return "\n".join(lines)


def _real(story: Story) -> int:
    return sum((step.end or step.at) - step.at for step in story.steps if step.what == "ran")


def _step_lines(story: Story) -> Iterator[str]:
    for step in story.steps:
        at = _time(step.at, story.timezone)
        match step.what:
            case "start" | "stop":
                yield f"{at}  {step.what}: {step.why or 'by its terms'}"
            case "ran":
                end = step.end or step.at
                counted, whole = _length(step.counted or 0), _length(end - step.at)
                yield f"{at}  ran until {_time(end, story.timezone)}: {counted} of {whole} count"
            case "stood":
                why = step.why or "its pause"
                yield f"{at}  stood until {_time(step.end or step.at, story.timezone)}: {why}"
            case _:
                yield f"{at}  stands since: {step.why or 'its pause'}"


def _time(instant: int, timezone: str) -> str:
    shown: datetime = local(instant, zone(timezone))
    return shown.strftime("%a %Y-%m-%d %H:%M:%S")


def _length(seconds: int) -> str:
    hours, rest = divmod(abs(seconds), 3600)
    minutes, rest = divmod(rest, 60)
    parts = [f"{hours}h" if hours else "", f"{minutes}m" if minutes else "", f"{rest}s" if rest or not (hours or minutes) else ""]
    return "".join(parts)
