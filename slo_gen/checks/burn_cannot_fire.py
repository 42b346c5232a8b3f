"""A burn alert whose threshold is at or above an error share of 100 % can never fire."""

from __future__ import annotations

from collections.abc import Iterator

from slo_gen.checks.check import Check, Finding, Subject
from slo_gen.rules.promql import duration
from slo_gen.rules.thresholds import can_fire

__all__ = ["CHECK"]


def find(subject: Subject) -> Iterator[Finding]:
    for slo in subject.catalogue.slos.values():
        silent = [pair for pair in slo.alerts if not can_fire(slo, pair)]
        if not silent:
            continue
        windows = ", ".join(f"{duration(pair.long)}/{duration(pair.short)}" for pair in silent)
        rest = "the other window pairs still alert" if len(silent) < len(slo.alerts) else "so this SLO has no burn alert at all"
        yield Finding(
            CHECK.id, "warning", slo, ("spec", "objective"),
            f"with an objective of {slo.objective_text}, the burn alert over {windows} cannot fire: it needs more than 100 % of bad events",
            f"{rest}; raise the objective, or give alerts with a smaller share of the budget",
        )


CHECK = Check(
    id="burn-cannot-fire",
    title="Every burn alert can fire",
    reason="A pair fires when the error ratio is above its burn rate times the error budget. For a low objective this exceeds "
           "100 %, which no ratio reaches: the alert looks configured and is silent.",
    fix="Nothing, if the remaining pairs are enough. Otherwise a smaller budget share for the pair, or a tighter objective.",
    find=find,
)
