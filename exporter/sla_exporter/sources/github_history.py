"""What happened to an issue on GitHub: its timeline as events."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from msgspec import Struct, field

from sla_exporter.sources.source import SourceError, SourceEvent, when

__all__ = ["Happening", "Issue", "Names", "is_behind", "issue_events"]

_STAFF: Final = frozenset({"OWNER", "MEMBER", "COLLABORATOR"})
_STATES: Final = {"open": "open", "closed": "solved", "not planned": "solved", "duplicate": "solved"}
_TOLD: Final = frozenset({"commented", "labeled", "unlabeled", "closed", "reopened", "assigned", "unassigned"})


class _User(Struct):
    login: str = ""
    type: str = "User"


class _Label(Struct):
    name: str = ""


class Issue(Struct):
    number: int
    created_at: str
    updated_at: str
    state: str
    closed_at: str | None = None
    user: _User | None = None
    labels: list[_Label | str] = field(default_factory=list)
    pull_request: dict[str, Any] | None = None


class Happening(Struct):
    """One entry of a timeline. Those that no clock looks at may have neither an id nor an instant."""

    event: str = ""
    id: int | None = None
    created_at: str | None = None
    label: _Label | None = None
    assignee: _User | None = None
    user: _User | None = None
    actor: _User | None = None
    author_association: str | None = None
    state_reason: str | None = None


class Names:
    """What states mean, and which labels are priorities, from the highest down."""

    def __init__(self, meanings: Mapping[str, str], priorities: Sequence[str]) -> None:
        self._meanings = {**_STATES, **meanings}
        self._ranks = {label.casefold(): rank for rank, label in enumerate(priorities)}
        self._labels = tuple(priorities)

    def meaning(self, state: str) -> str:
        return self._meanings.get(state, "open")

    def is_priority(self, label: str) -> bool:
        return label.casefold() in self._ranks

    def highest(self, labels: set[str]) -> str:
        """The priority that holds with some labels, or ""."""
        ranks = [self._ranks[label.casefold()] for label in labels if self.is_priority(label)]
        return self._labels[min(ranks)] if ranks else ""


class _Told(NamedTuple):
    name: str
    value: str = ""
    meaning: str = ""


def issue_events(issue: Issue, timeline: Sequence[Happening], names: Names) -> list[SourceEvent]:
    """All that happened to an issue."""
    number, opened = str(issue.number), when(issue.created_at, f"issue {issue.number}")
    ordered = _ordered(issue, timeline)
    author = issue.user.login if issue.user is not None else ""
    labels = _labels_at_first(issue, ordered)
    opening = [_Told("opened"), _Told("status", "open", names.meaning("open")), _Told("field", f"author={author}")]
    if priority := names.highest(labels):
        opening.append(_Told("priority", priority))
    opening += [_Told("tagged", label) for label in sorted(labels) if not names.is_priority(label)]
    events = [SourceEvent(number, f"opening.{place}", opened, place, *told) for place, told in enumerate(opening)]
    for place, (at, each) in enumerate(ordered, start=1000):
        events += [SourceEvent(number, f"{each.event}.{each.id}", at, place, *told) for told in _happened(each, author, labels, names)]
    if issue.state == "closed" and is_behind(issue, timeline) and issue.closed_at:
        at = when(issue.closed_at, f"issue {number}")
        events.append(SourceEvent(number, "closed", at, 1_000_000, "status", "closed", names.meaning("closed")))
    return events


def is_behind(issue: Issue, timeline: Sequence[Happening]) -> bool:
    """Whether a timeline does not yet tell the state that its issue has."""
    turns = [each.event for _, each in _ordered(issue, timeline) if each.event in ("closed", "reopened")]
    return (issue.state == "closed") != bool(turns and turns[-1] == "closed")


def _ordered(issue: Issue, timeline: Sequence[Happening]) -> list[tuple[int, Happening]]:
    """What clocks look at, in order. A comment and the closing that it came with have one instant; the comment was before it."""
    found: list[tuple[int, Happening]] = []
    for each in timeline:
        if each.event not in _TOLD:
            continue
        if each.created_at is None or each.id is None:
            raise SourceError("schema", f"the timeline of GitHub's issue {issue.number} has a {each.event!r} without an id or an instant")
        if each.event.endswith("labeled") and not (each.label and each.label.name):
            raise SourceError("schema", f"the timeline of GitHub's issue {issue.number} has a label without a name")
        found.append((when(each.created_at, f"issue {issue.number}"), each))
    return sorted(found, key=lambda pair: (pair[0], pair[1].event != "commented", pair[1].id))


def _labels_at_first(issue: Issue, ordered: Sequence[tuple[int, Happening]]) -> set[str]:
    """Labels that an issue has and of which the timeline tells nothing."""
    told = {each.label.name.casefold() for _, each in ordered if each.label is not None}
    present = {label if isinstance(label, str) else label.name for label in issue.labels}
    return {label for label in present if label and label.casefold() not in told}


def _happened(each: Happening, author: str, labels: set[str], names: Names) -> Iterator[_Told]:
    """What an entry is. ``labels`` are those up to now; they change with it."""
    label = each.label.name if each.label is not None else ""
    person = each.assignee.login if each.assignee is not None else ""
    match each.event:
        case "commented":
            yield _Told(_said(each, author))
        case "labeled" | "unlabeled":
            before = names.highest(labels)
            (labels.add if each.event == "labeled" else labels.discard)(label)
            if not names.is_priority(label):
                yield _Told("tagged" if each.event == "labeled" else "untagged", label)
            elif names.highest(labels) != before:
                yield _Told("priority", names.highest(labels))
        case "closed":
            state = (each.state_reason or "").replace("_", " ")
            state = state if state in _STATES else "closed"
            yield _Told("status", state, names.meaning(state))
        case "reopened":
            yield _Told("status", "open", names.meaning("open"))
        case "assigned" | "unassigned":
            yield _Told(each.event, person)


def _said(each: Happening, author: str) -> str:
    """Whose message a comment is."""
    writer = each.user or each.actor or _User()
    if writer.type == "Bot" or writer.login.endswith("[bot]"):
        return "note"
    is_staff = each.author_association in _STAFF and (not author or writer.login != author)
    return "agent_message" if is_staff else "customer_message"
