"""An interval without a single request is up, down, or nothing."""

from __future__ import annotations

from collections.abc import Iterator

from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.checks.stated import must_be_stated, nor_others, silent_targets
from slo_gen.spec.model import AgreementTarget

__all__ = ["CHECK"]


def find(subject: Subject) -> Iterator[Finding]:
    for agreement in must_be_stated(subject):
        silent = silent_targets(subject, agreement, "empty")
        open_ones = [(target, path) for target, path in silent if _has_empty_intervals(subject, target)]
        for target, path in open_ones[:1]:
            yield Finding(
                CHECK.id, "warning", agreement, path,
                f"{target.name} does not say what an interval without events is{nor_others(len(open_ones) - 1)}; it was taken as unknown",
                "write `empty: good`, as most clouds do, or `bad` or `excluded` in `measure`",
            )


def _has_empty_intervals(subject: Subject, target: AgreementTarget) -> bool:
    """Whether it looks at intervals of events that are counted; a state is observed with or without traffic."""
    indicator = subject.catalogue.indicators.get(target.indicator)
    return target.measure.method != "event_ratio" and indicator is not None and indicator.is_counted


CHECK = Check(
    id="unstated-empty",
    title="What an interval without events is, is written down",
    reason="At night there may be no request for minutes. A contract that counts intervals must say whether such a minute was up; "
           "taken as unknown it is a reason to doubt the figure, taken as good it hides that nobody could get in.",
    fix="Write `empty` in `measure`, as the contract has it.",
    find=find,
)
