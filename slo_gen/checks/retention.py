"""A window longer than what Prometheus keeps is measured on a part of itself."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.checks.longest_period import longest_period
from slo_gen.rules.promql import duration
from slo_gen.rules.windows import DAY
from slo_gen.timekeeping.periods import RollingDays

__all__ = ["CHECK"]

_UNTIL_CLOSED: Final = DAY
"""A period is closed after its end, at the earliest on the day after it."""


def find(subject: Subject) -> Iterator[Finding]:
    kept = None if subject.facts is None else subject.facts.retention
    if kept is None:
        return
    for slo in subject.catalogue.slos.values():
        if slo.window > kept:
            yield Finding(
                CHECK.id, "warning", slo, ("spec", "window"),
                f"the window of {duration(slo.window)} is longer than the {duration(kept)} that Prometheus keeps",
                f"set --storage.tsdb.retention.time to {duration(slo.window + DAY)} or more, or use a shorter window",
            )
    for agreement in subject.catalogue.agreements.values():
        longest = longest_period(agreement.period)
        if agreement.state != "ended" and agreement.targets and kept < longest + _UNTIL_CLOSED:
            period = agreement.period
            what = "the periods" if isinstance(period, RollingDays) else f"a {period.length.replace('_', '-')}"
            many = isinstance(period, RollingDays)
            seen = f"longer than the {duration(kept)}" if longest > kept else f"hardly shorter than the {duration(kept)}"
            yield Finding(
                CHECK.id, "warning", agreement, ("spec", "period"),
                f"{what} of up to {duration(longest)} {'are' if many else 'is'} {seen} that Prometheus keeps, "
                f"so {'their' if many else 'its'} beginning is gone when {'they are' if many else 'it is'} closed",
                f"set --storage.tsdb.retention.time to {duration(longest + 7 * DAY)} or more",
            )


CHECK = Check(
    id="retention",
    title="Prometheus keeps data for whole windows and periods",
    reason="Prometheus keeps 15 days unless told otherwise. A window of 30 days would then be computed from 15, without a sign of it.",
    fix="Raise --storage.tsdb.retention.time above the longest window and period.",
    find=find,
)
