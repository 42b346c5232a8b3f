"""Months that begin at midnight begin somewhere."""

from __future__ import annotations

from collections.abc import Iterator

from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.checks.stated import must_be_stated
from slo_gen.spec.model import Agreement

__all__ = ["CHECK"]


def find(subject: Subject) -> Iterator[Finding]:
    for agreement in must_be_stated(subject):
        if not _is_stated(subject, agreement):
            places = "at the customer or in the Policy" if agreement.party.kind == "customer" else "in the Policy"
            yield Finding(
                CHECK.id, "warning", agreement, ("spec", "period", "timezone"),
                "no document says in which time zone the periods begin; UTC was taken",
                f"write `period: {{timezone: Europe/Berlin}}`, or `timezone` {places}; UTC too, if it is meant",
            )


def _is_stated(subject: Subject, agreement: Agreement) -> bool:
    if subject.written.says(agreement, ("spec", "period", "timezone")):
        return True
    party = subject.written.get("Customer", agreement.party.name) if agreement.party.kind == "customer" else None
    return any(document.written(("spec", "timezone")) for document in (party, *subject.written.each("Policy")) if document is not None)


CHECK = Check(
    id="unstated-zone",
    title="The time zone of the periods is written down",
    reason="An outage on the evening of the last day is in one month in Berlin and in the next one in Tokyo, and the month with the change "
           "to summer time is an hour shorter. A contract that names no zone leaves both open.",
    fix="Name the zone in the agreement, at the customer, or in the Policy for all of them.",
    find=find,
)
