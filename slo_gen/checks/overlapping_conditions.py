"""A condition that excludes time, in force while planned work excludes it already."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.checks.planned import concerned
from slo_gen.rules.promql import PromqlError, duration, parse_expression
from slo_gen.spec.model import Agreement, AgreementTarget, Maintenance
from slo_gen.timekeeping.spans import Span
from slo_gen.timekeeping.zones import write_instant

__all__ = ["CHECK"]

_BACK: Final = 31 * 86_400
_MOST: Final = 5
"""Pieces of work of one document that are looked at, the last ones."""

_MAINTENANCE: Final = "maintenance"


@dataclass(frozen=True, slots=True)
class _Pair:
    """A condition of a target, at a position among its exclusions, and a span of planned work that it excludes as well."""

    agreement: Agreement
    target: AgreementTarget
    position: int
    maintenance: Maintenance
    span: Span

    @property
    def question(self) -> str:
        """In how many minutes of the work the condition had a result."""
        start, end = self.span
        return f"count_over_time(({parse_expression(self.target.exclude[self.position].when)})[{duration(end - start)}:1m] @ {end})"


def questions(subject: Subject) -> Iterator[str]:
    return (pair.question for pair in _pairs(subject))


def find(subject: Subject) -> Iterator[Finding]:
    if subject.facts is None:
        return
    for pair in _pairs(subject):
        minutes = max((sample.value for sample in subject.facts.answers.get(pair.question, ())), default=0)
        if minutes > 0:
            reasons = [each.reason for each in pair.target.exclude]
            condition = reasons[pair.position]
            before = _MAINTENANCE in reasons[: pair.position]
            yield Finding(
                CHECK.id, "warning", pair.agreement, ("spec", "targets", pair.target.name, "exclude", pair.position, "when"),
                f"{condition} held for {minutes:g} minutes of the work of {pair.maintenance.name} on {write_instant(pair.span[0])}; "
                f"the time is excluded once, as {_MAINTENANCE if before else condition}",
                "make the condition false during planned work, if its reason is another one",
            )


def _pairs(subject: Subject) -> Iterator[_Pair]:
    """Conditions beside the planned work of the last month, which is over."""
    if subject.now is None:
        return
    for maintenance in subject.catalogue.maintenance.values():
        spans = [work.planned for work in maintenance.windows if subject.now - _BACK <= work.planned[0] and work.planned[1] <= subject.now]
        if maintenance.cancelled or maintenance.emergency or not spans:
            continue
        for agreement in concerned(subject.catalogue, maintenance):
            for target, position in _conditions(agreement):
                yield from (_Pair(agreement, target, position, maintenance, span) for span in spans[-_MOST:])


def _conditions(agreement: Agreement) -> Iterator[tuple[AgreementTarget, int]]:
    """The conditions of targets that exclude planned work too, by their positions."""
    for target in agreement.targets:
        if agreement.allowance is None and not any(each.reason == _MAINTENANCE for each in target.exclude):
            continue
        for position, exclusion in enumerate(target.exclude):
            if exclusion.when and _is_promql(exclusion.when):
                yield target, position


def _is_promql(text: str) -> bool:
    try:
        parse_expression(text)
    except PromqlError:
        return False
    return True


CHECK = Check(
    id="overlapping-conditions",
    title="No condition excludes what planned work excludes",
    reason="An excluded minute has one reason, the first that the target lists. Where a condition holds during planned work, one of the "
           "two reasons shows less time than whoever looks at it alone would find.",
    fix="Let the condition be false during planned work, or leave out what always goes with the other.",
    find=find,
    questions=questions,
    heavy=True,
)
