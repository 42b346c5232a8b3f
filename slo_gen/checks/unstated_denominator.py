"""A share of time is a share of which time?"""

from __future__ import annotations

from collections.abc import Iterator

from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.checks.stated import must_be_stated, nor_others, of_time, silent_targets
from slo_gen.spec.model import ALWAYS

__all__ = ["CHECK"]

_TAKEN = {
    "calendar": "all time of the period was taken, and what is excluded counts as good",
    "scheduled": "the agreed hours without what is excluded were taken",
    "deployed": "the time in which it was deployed was taken",
}


# An allowance excludes planned work whether a target lists it or not.
def find(subject: Subject) -> Iterator[Finding]:
    for agreement in must_be_stated(subject):
        open_ones = [
            (target, path) for target, path in silent_targets(subject, agreement, "over")
            if of_time(target) and (target.exclude or target.hours != ALWAYS or agreement.allowance is not None)
        ]
        for target, path in open_ones[:1]:
            more = nor_others(len(open_ones) - 1)
            yield Finding(
                CHECK.id, "warning", agreement, path,
                f"{target.name} does not say of which time its figure is a share{more}; {_TAKEN[target.measure.over]}",
                "write `over: scheduled` in `measure` if excluded time makes the period shorter, `over: calendar` if it does not",
            )


CHECK = Check(
    id="unstated-denominator",
    title="What a figure is a share of is written down",
    reason="43 minutes down in a month with 240 minutes of planned work are 99.900463 % of the month, and 99.899907 % of what is left "
           "without the planned work: met by the one reading, missed by the other.",
    fix="Write `over` in `measure`, as the contract has it. Where nothing is excluded and no hours are agreed, it makes no difference.",
    find=find,
)
