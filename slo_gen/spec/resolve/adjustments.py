"""What the parties agreed not to count: spans and tickets."""

from __future__ import annotations

from collections.abc import Mapping

from slo_gen.spec import model
from slo_gen.spec.convert import Document
from slo_gen.spec.documents import Adjustment
from slo_gen.spec.nearest import did_you_mean
from slo_gen.spec.resolve.register import Register, origin
from slo_gen.timekeeping.spans import Span
from slo_gen.timekeeping.zones import TimeError, read_instant, zone

__all__ = ["resolve_adjustments"]


def resolve_adjustments(register: Register, agreements: Mapping[str, model.Agreement]) -> tuple[model.Adjustment, ...]:
    """All adjustments of known agreements, by name. Times without an offset are those of the agreement's zone."""
    found = []
    for document, adjustment in sorted(register.each(Adjustment), key=lambda each: each[0].name):
        spec = adjustment.spec
        agreement = agreements.get(spec.agreement)
        if agreement is None:
            continue                                # a problem already: it refers to nothing
        found.append(model.Adjustment(
            name=document.name, agreement=agreement.name, targets=spec.targets, ticket=spec.ticket or "",
            span=_span(register, document, adjustment, agreement.period.timezone), reason=spec.reason,
            origin=origin(document, ("metadata", "name")),
        ))
        _check_targets(register, document, agreement, spec.targets)
    return tuple(found)


def _span(register: Register, document: Document, adjustment: Adjustment, timezone: str) -> Span | None:
    """The span that does not count; what is wrong with it becomes a problem, and None."""
    written = adjustment.spec.span
    if not written:
        return None
    start, end = (_instant(register, document, key, text, timezone) for key, text in (("from", written.from_), ("to", written.to)))
    if start is None or end is None:
        return None
    if start >= end:
        message, hint = "the span does not end after its start", f"it starts at {written.from_}"
        register.problems.append(document.problem(("spec", "span", "to"), message, hint, check="span"))
        return None
    return start, end


def _instant(register: Register, document: Document, key: str, text: str, timezone: str) -> int | None:
    try:
        return read_instant(text, zone(timezone))
    except TimeError as error:
        register.problems.append(document.problem(("spec", "span", key), f"{error}", "check the year", check="date"))
        return None


def _check_targets(register: Register, document: Document, agreement: model.Agreement, targets: tuple[str, ...]) -> None:
    known = [each.name for each in agreement.targets] + [each.name for each in agreement.ticket_targets]
    known += [each.name for each in agreement.other_targets]
    for place, name in enumerate(targets):
        if name not in known:
            message, hint = f"{agreement.kind} {agreement.name} has no target {name}", did_you_mean(name, known)
            register.problems.append(document.problem(("spec", "targets", place), message, hint, check="unknown-target"))
