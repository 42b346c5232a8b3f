"""An amendment that stands inside an agreement changes no figure."""

from __future__ import annotations

from collections.abc import Iterator

from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.spec import documents
from slo_gen.spec.convert import Document

__all__ = ["CHECK"]


def find(subject: Subject) -> Iterator[Finding]:
    for kind in ("SLA", "OLA", "UC"):
        for document in subject.written.each(kind):
            value = document.value
            if not isinstance(value, documents.SLA | documents.OLA | documents.UC) or value.spec.state == "ended":
                continue
            for place, amendment in enumerate(value.spec.amendments):
                if amendment.targets or amendment.tickets or amendment.credits:
                    yield _finding(document, place, amendment.from_)


def _finding(document: Document, place: int, since: str) -> Finding:
    return Finding(
        CHECK.id, "warning", document, ("spec", "amendments", place, "from"),
        f"the terms of this amendment are kept and shown to nobody: every figure follows the agreement itself, also from {since} on",
        "end this agreement on the day before, and write the amended one as an agreement that begins on that day",
    )


CHECK = Check(
    id="amendments-apart",
    title="Amended terms stand in an agreement of their own",
    reason="Rules, closings and credits follow the targets of an agreement. What an amendment in it changes is not among them, so a "
           "figure would be judged by the former promise.",
    fix="End the agreement on the last day of the former terms, and write the new ones as an agreement that begins on the next.",
    find=find,
)
