"""Maintenance that was written down, or moved, after the work began excludes time that nobody was told about."""

from __future__ import annotations

from collections.abc import Iterator

from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.checks.planned import window_path, written_spans
from slo_gen.spec import documents
from slo_gen.spec.convert import Document, read_documents
from slo_gen.spec.model import Maintenance, PlannedWork
from slo_gen.timekeeping.spans import Span
from slo_gen.timekeeping.zones import write_instant

__all__ = ["CHECK", "moments"]


def moments(subject: Subject) -> Iterator[tuple[str, int]]:
    """The file and the start of each piece of work that has begun: what did the file say by then?"""
    return ((document.file, span[0]) for _, document, span in _begun(subject))


def find(subject: Subject) -> Iterator[Finding]:
    for maintenance, document, span in _begun(subject):
        text = subject.recorded.get((document.file, span[0]))
        if text is None or _knew(text, document, span):
            continue
        moved = _value(_named(text, document.name)) is not None
        yield Finding(
            CHECK.id, "warning", maintenance, window_path(subject.written, maintenance, span),
            f"this work began at {write_instant(span[0])}, and by then the repository "
            f"{'had other windows' if moved else 'had nothing'} of {maintenance.name}",
            "say when customers were told (`announced`) and where that is recorded (`reference`), or write an Adjustment that is agreed",
        )


def _begun(subject: Subject) -> Iterator[tuple[Maintenance, Document, Span]]:
    """Work that has begun by now; of work that comes again, its first time."""
    if subject.now is None:
        return
    for maintenance in subject.catalogue.maintenance.values():
        document = subject.written.get("Maintenance", maintenance.name)
        value = _value(document)
        if document is None or value is None or maintenance.cancelled:
            continue
        for work in maintenance.windows if value.spec.windows else maintenance.windows[:1]:
            if work.planned[0] <= subject.now and not _is_on_record(work, value):
                yield maintenance, document, work.planned


def _is_on_record(work: PlannedWork, value: documents.Maintenance) -> bool:
    """Whether a record elsewhere can prove that it was announced in time."""
    return work.announced is not None and work.announced < work.planned[0] and bool(work.reference or value.spec.change)


def _knew(text: str, document: Document, span: Span) -> bool:
    """Whether a file said of the same work, in any way, that it would begin then."""
    earlier, now = _value(_named(text, document.name)), _value(document)
    if earlier is None or now is None:
        return False
    if now.spec.recurring:
        return True
    return span in written_spans(earlier) or bool(earlier.spec.recurring)


def _named(text: str, name: str) -> Document | None:
    found, _ = read_documents([("", text)])
    return next((document for document in found if document.kind == "Maintenance" and document.name == name), None)


def _value(document: Document | None) -> documents.Maintenance | None:
    value = None if document is None else document.value
    return value if isinstance(value, documents.Maintenance) else None


CHECK = Check(
    id="late-maintenance",
    title="Maintenance is written down before it begins",
    reason="A window that is added after an outage turns downtime into planned work. The date in git tells, whatever the document says.",
    fix="Commit windows before the work. Afterwards, say when the customers were told and where that is recorded (`announced`, "
        "`reference`), or write an Adjustment with who agreed to it.",
    find=find,
)
