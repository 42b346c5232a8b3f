"""Selectors must be PromQL that slo-gen can put ranges and matchers into."""

from __future__ import annotations

from collections.abc import Iterator

from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.checks.measured import expressions, path_of, syntax_error

__all__ = ["CHECK"]


def find(subject: Subject) -> Iterator[Finding]:
    for indicator in subject.catalogue.indicators.values():
        for role, text in expressions(indicator):
            error = syntax_error(indicator, text)
            if error is not None:
                told = f"{role} of indicator {indicator.name}: {error.message}"
                yield Finding(CHECK.id, "error", indicator, path_of(indicator, role), told, error.hint)


CHECK = Check(
    id="selector-syntax",
    title="Selectors and expressions are PromQL",
    reason="Ranges, offsets and matchers are put into the parsed selector. What cannot be parsed cannot be measured.",
    fix='Write a plain selector such as http_requests_total{job="shop"}, without function, range or offset.',
    find=find,
)
