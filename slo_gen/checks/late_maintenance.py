"""Maintenance that was written down, or moved, after the work began excludes time that nobody was told about."""

from __future__ import annotations

from collections.abc import Iterator

from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.checks.planned import window_path
from slo_gen.spec import documents
from slo_gen.spec.convert import Document, read_documents
from slo_gen.spec.model import Maintenance, PlannedWork
from slo_gen.spec.resolve.maintenance import resolve_maintenance
from slo_gen.spec.resolve.register import Register
from slo_gen.spec.source import Path
from slo_gen.timekeeping.spans import Span
from slo_gen.timekeeping.zones import write_instant

__all__ = ["CHECK", "moments", "unexplained"]


def moments(subject: Subject) -> Iterator[tuple[str, int]]:
    """The file and the start of each piece of work that has begun: what did the file say by then?"""
    return ((document.file, work.planned[0]) for _, document, begun in _begun(subject) for work in begun)


def unexplained(subject: Subject) -> Iterator[tuple[str, int, str]]:
    """The moments at which the file was known and said nothing of the work, with the document's name: did another file?"""
    past = _Past(subject)
    for _, document, begun in _begun(subject):
        for work in begun:
            text = subject.recorded.get((document.file, work.planned[0]))
            if text is not None and past.named(text, document.name) is None:
                yield document.file, work.planned[0], document.name


def find(subject: Subject) -> Iterator[Finding]:
    past = _Past(subject)
    for maintenance, document, begun in _begun(subject):
        late: dict[tuple[Path, str], list[Span]] = {}      # work that comes again is one finding for all its times
        for work in begun:
            text = subject.recorded.get((document.file, work.planned[0]))
            said = "" if text is None else _otherwise(past.named(text, document.name), maintenance, work.planned)
            if said:
                late.setdefault((window_path(subject.written, maintenance, work.planned), said), []).append(work.planned)
        for (path, said), spans in late.items():
            yield _finding(maintenance, path, said, spans)


def _finding(maintenance: Maintenance, path: Path, said: str, spans: list[Span]) -> Finding:
    again = f" (and {len(spans) - 1} more time{'s' * (len(spans) > 2)})" if len(spans) > 1 else ""
    told = "when customers were told (`announced`) and where that is recorded"
    record = "where it is recorded" if maintenance.emergency else told
    return Finding(
        CHECK.id, "warning", maintenance, path,
        f"this work began at {write_instant(spans[0][0])}{again}, and by then the repository {said}",
        f"say {record} (`reference`), or write an Adjustment that is agreed",
    )


def _begun(subject: Subject) -> Iterator[tuple[Maintenance, Document, list[PlannedWork]]]:
    """Work that has begun by now, each of its times, and that no record elsewhere tells of."""
    if subject.now is None:
        return
    for maintenance in subject.catalogue.maintenance.values():
        document = subject.written.get("Maintenance", maintenance.name)
        value = None if document is None else document.value
        if document is None or not isinstance(value, documents.Maintenance) or maintenance.cancelled:
            continue
        begun = [work for work in maintenance.windows if work.planned[0] <= subject.now and not _is_on_record(work, value)]
        if begun:
            yield maintenance, document, begun


def _is_on_record(work: PlannedWork, value: documents.Maintenance) -> bool:
    """Whether a record elsewhere can prove that it was announced in time. Emergency work is announced by nobody."""
    in_time = value.spec.type == "emergency" or (work.announced is not None and work.announced < work.planned[0])
    return in_time and bool(work.reference or value.spec.change)


def _otherwise(earlier: Maintenance | None, now: Maintenance, span: Span) -> str:
    """What was written then, where it excluded less than it does now; "" where it excluded all of that."""
    if earlier is None:
        return f"had nothing of {now.name}"
    if earlier.cancelled:
        return f"had {now.name} as cancelled"
    if not any(start <= span[0] and span[1] <= end for start, end in (work.planned for work in earlier.windows)):
        return f"had other windows of {now.name}"
    customers = not earlier.customers or (now.customers and set(now.customers) <= set(earlier.customers))
    if not customers or not set(now.services) <= set(earlier.services):
        return f"had {now.name} for fewer services or customers"
    return ""


class _Past:
    """Reads what files said, each text once: many times of one work were seen by the same commit."""

    def __init__(self, subject: Subject) -> None:
        self._today = tuple(subject.written.all())
        self._known: dict[tuple[str, str], Maintenance | None] = {}

    def named(self, text: str, name: str) -> Maintenance | None:
        """The work of that name in the text of a file, as far as it can be read today."""
        key = text, name
        if key not in self._known:
            read, _ = read_documents([("", text)])
            document = next((each for each in read if each.kind == "Maintenance" and each.name == name), None)
            # Work without a last day reaches as far as today's documents speak of, or its later times would seem to be new.
            found = {} if document is None else resolve_maintenance(Register([document]), [document, *self._today])
            self._known[key] = found.get(name)
        return self._known[key]


CHECK = Check(
    id="late-maintenance",
    title="Maintenance is written down before it begins",
    reason="A window that is added after an outage turns downtime into planned work. The date in git tells, whatever the document says.",
    fix="Commit windows before the work. Afterwards, say when the customers were told and where that is recorded (`announced`, "
        "`reference`), or write an Adjustment with who agreed to it.",
    find=find,
)
