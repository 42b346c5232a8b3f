"""Spans that end after they begin."""

from __future__ import annotations

from collections.abc import Iterator

from slo_gen.spec.convert import Document
from slo_gen.spec.documents import Adjustment
from slo_gen.spec.resolve.references import Steps
from slo_gen.spec.resolve.register import Register

__all__ = ["check_times"]


def check_times(register: Register) -> None:
    """Note a problem for each span that does not end after its start."""
    for document, path, start, end in _spans(register):
        # Text compares like time as long as both have the same form; different offsets are left to the calendar.
        if len(start) == len(end) and start[16:] == end[16:] and end <= start:
            register.problems.append(document.problem(path, "the span does not end after its start", f"it starts at {start}", check="span"))


def _spans(register: Register) -> Iterator[tuple[Document, Steps, str, str]]:
    for document, adjustment in register.each(Adjustment):
        if adjustment.spec.span:
            yield document, ("spec", "span", "to"), adjustment.spec.span.from_, adjustment.spec.span.to
