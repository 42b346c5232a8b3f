"""What a supplier promises stands in a text of the supplier's, which changes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime

from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.spec import documents
from slo_gen.timekeeping.durations import add_duration
from slo_gen.timekeeping.zones import at, zone

__all__ = ["CHECK"]

_USUAL = "12mo"


def find(subject: Subject) -> Iterator[Finding]:
    longest = _longest(subject)
    for agreement in subject.catalogue.agreements.values():
        if agreement.kind != "UC" or agreement.state == "ended":
            continue
        source = agreement.source
        if source is None:
            yield Finding(
                CHECK.id, "warning", agreement, ("metadata", "name"),
                "nobody can tell where the text of this contract stands, nor when it was last compared with it",
                "write `source: {url: ..., version: ..., verified_on: 2026-01-31}`",
            )
        elif source.verified_on is not None and subject.now is not None and _is_over(source.verified_on, longest, subject.now):
            today = datetime.fromtimestamp(subject.now, UTC).date()
            yield Finding(
                CHECK.id, "warning", agreement, ("spec", "source", "verified_on"),
                f"this was compared with the supplier's text {(today - source.verified_on).days} days ago, and is to be every {longest}",
                "read the text again, correct what has changed, and write today's date",
            )


def _longest(subject: Subject) -> str:
    """How old the comparison may be: as long as agreements go without a review."""
    for document in subject.written.each("Policy"):
        if isinstance(document.value, documents.Policy) and document.value.spec.process.review_every:
            return document.value.spec.process.review_every
    return _USUAL


def _is_over(day: date, span: str, now: int) -> bool:
    return add_duration(at(day, 0, zone("UTC")), span, "UTC") <= now


CHECK = Check(
    id="source-verified",
    title="A supplier's contract says where its text stands, and when that was read",
    reason="The same contract of the same cloud has had different figures from one year to the next. A credit that is claimed by last "
           "year's text is lost, and so is one that nobody knows of.",
    fix="Write `source` with address, version and the day on which somebody compared the text, and compare it once a year.",
    find=find,
)
