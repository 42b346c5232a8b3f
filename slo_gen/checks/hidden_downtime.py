"""A rule that counts long outages alone lets a service be down most of the time."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.rules.promql import duration
from slo_gen.spec.model import ALWAYS, Agreement, AgreementTarget
from slo_gen.spec.terms import MeasureTerms

__all__ = ["CHECK"]


def find(subject: Subject) -> Iterator[Finding]:
    for agreement in subject.catalogue.agreements.values():
        if agreement.kind == "UC" or agreement.state == "ended":
            continue                             # what a supplier promises is the supplier's wording
        for target in agreement.targets:
            down = _longest_uncounted(target.measure)
            if down >= target.measure.interval and not _is_covered(agreement, target):
                hidden = Fraction(down, down + target.measure.interval)
                key = "longer_than" if target.measure.longer_than is not None else "at_least"
                yield Finding(
                    CHECK.id, "warning", agreement, ("spec", "targets", target.name, "measure", key),
                    f"outages of {duration(down)} do not count: with one after the other {target.name} can be down "
                    f"{int(hidden * 100)} % of the time and stand at 100%",
                    "figures show what was really down beside what counts; a second target on all of it, or on the number of outages, "
                    "keeps it in sight",
                )


def _longest_uncounted(measure: MeasureTerms) -> int:
    """The longest run of down intervals, in seconds, that does not count."""
    if measure.longer_than is not None:
        return measure.longer_than // measure.interval * measure.interval
    if measure.at_least is not None:
        return (measure.at_least - 1) // measure.interval * measure.interval
    return 0


def _is_covered(agreement: Agreement, target: AgreementTarget) -> bool:
    """Whether another target of the agreement sees what this one leaves out."""
    return any(
        other.indicator == target.indicator and other.measure.reduce != "max" and _longest_uncounted(other.measure) < other.measure.interval
        and other.where.items() <= target.where.items() and other.hours in (target.hours, ALWAYS)
        for other in agreement.targets
        if other.name != target.name
    )


CHECK = Check(
    id="hidden-downtime",
    title="Short outages are in sight",
    reason="Five outages of nine minutes are 45 minutes down; where only runs of ten minutes count they are none. A service that flaps "
           "for a month can so stand at 100 %.",
    fix="Count every minute, or add a target that does: on the same indicator without a shortest run, or on the number of outages.",
    find=find,
)
