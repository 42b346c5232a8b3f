"""A target that was never met, or always by far, says something else than what is going on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.checks.recorded_periods import Recorded, judged_by_events, period_questions, recorded_periods, share
from slo_gen.spec.model import Agreement, AgreementTarget

__all__ = ["CHECK"]

_FEW: Final = 3
"""Periods that must have been recorded before a target is called out of reach."""

_MANY: Final = 6
"""Periods that must have been met by far before a target is called idle."""

_BY_FAR: Final = 100


def find(subject: Subject) -> Iterator[Finding]:
    for agreement, target in judged_by_events(subject):
        recorded = recorded_periods(subject, agreement, target)
        yield from _never(agreement, target, recorded)
        yield from _by_far(agreement, target, recorded)


def _never(agreement: Agreement, target: AgreementTarget, recorded: Sequence[Recorded]) -> Iterator[Finding]:
    missed = [each.period.name for each in recorded if not target.bound.holds(share(target, each.bad))]
    if len(recorded) >= _FEW and 4 * len(missed) >= 3 * len(recorded):
        yield Finding(
            CHECK.id, "warning", agreement, ("spec", "targets", target.name, "objective"),
            f"{target.name} would have been missed in {len(missed)} of the last {len(recorded)} periods that were recorded, "
            f"lately in {missed[-1]}",
            f"look at them with `slo-gen backtest --from {recorded[0].period.name}`; promise what the service has shown, or mend it first",
        )


def _by_far(agreement: Agreement, target: AgreementTarget, recorded: Sequence[Recorded]) -> Iterator[Finding]:
    budget = 1 - target.objective if target.direction == "at least" else target.objective
    if len(recorded) >= _MANY and budget > 0 and all(each.bad * _BY_FAR <= budget for each in recorded):
        worst = max(each.bad for each in recorded)
        what = f"never with more than a {_BY_FAR}th of its budget used" if worst else "with not one bad event"
        yield Finding(
            CHECK.id, "warning", agreement, ("spec", "targets", target.name, "objective"),
            f"{target.name} was met in all of the last {len(recorded)} periods that were recorded, {what}",
            "make sure that the indicator can see a failure at all; then a tighter objective promises more, at no cost",
        )


CHECK = Check(
    id="always-or-never-met",
    title="A target can be met, and can be missed",
    reason="A target that is missed month after month is an invoice, not a promise; one that was always met by a factor of a hundred "
           "warns of nothing, and may be measured where no failure can be seen.",
    fix="Compare the objective with what was recorded: `slo-gen backtest` shows each period.",
    find=find,
    questions=period_questions,
    heavy=True,
)
