"""What facts came to under an agreement, as JSON. Exact numbers are text like ``4453/4458``, instants are in UTC."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from slo_gen.cli.evaluating import Observed, Skipped
from slo_gen.cli.evaluation_remarks import allowance, excused, expected, few, foreseen, uncounted
from slo_gen.contract.facts import Facts, Results, Slots
from slo_gen.contract.outcome import Outcome
from slo_gen.contract.rounding import exact_text
from slo_gen.contract.target_period import TargetPeriod
from slo_gen.history.attained import level_text
from slo_gen.spec.model import Agreement
from slo_gen.spec.terms import Bound
from slo_gen.timekeeping.periods import Period
from slo_gen.timekeeping.zones import write_instant

__all__ = ["as_document"]

_CERTAINTY: Final = {"met": "certainly_met", "missed": "certainly_lost", "unclear": "open", "not_measured": "open"}


def as_document(
    agreement: Agreement, period: Period, found: Sequence[TargetPeriod], skipped: Skipped | None, seen: Observed
) -> dict[str, Any]:
    """The whole answer."""
    return {
        "agreement": agreement.name,
        "period": {
            "name": period.name, "timezone": agreement.period.timezone, "start": write_instant(period.start),
            "end": write_instant(period.end), "seconds": period.seconds,
        },
        "targets": [_target(each, seen.facts) for each in found],
        "not_evaluated": [] if skipped is None else [{"target": name, "reason": skipped.reason} for name in skipped.targets],
    }  # fmt: skip


def _target(judged: TargetPeriod, facts: Facts) -> dict[str, Any]:
    outcome, bound = judged.outcome, judged.bound
    spent, terms = allowance(judged), few(judged)
    return {
        "target": judged.target.name,
        "verdict": outcome.verdict,
        "promised": _promise(bound),
        "expected": _expected(judged),
        "breach": outcome.verdict == "missed" and not excused(judged),
        "attained": None if outcome.figure is None else level_text(judged, outcome.figure),
        "attained_exact": _exact(outcome.figure),
        "lower": _bound(judged, outcome.lower), "upper": _bound(judged, outcome.upper),
        "margin": _exact(None if outcome.figure is None else outcome.figure - bound.value),
        "unit": outcome.unit,
        "counted": _exact(outcome.counted), "real": _exact(outcome.real), "uncounted": _exact(uncounted(judged)),
        "of": _exact(outcome.of),
        "unknown": _exact(outcome.unknown), "unknown_unit": "results" if isinstance(facts, Results) else "seconds",
        "without_events": _exact(judged.silent), "excluded": dict(outcome.excluded),
        "not_excluded": [
            {
                "reason": each.reason, "why": each.why, "source": each.source, "start": write_instant(each.start),
                "end": write_instant(each.end), "announced": _instant(each.announced), "in_time": _instant(each.in_time),
            }
            for each in judged.exclusions.not_excluded
        ],
        "budget": None if spent is None else {"allowed": _exact(spent.allowed), "used": _exact(spent.used), "left": _exact(spent.left)},
        "low_volume": None if terms is None else {"below": terms.below, "allow_misses": terms.allow_misses},
        "projection": _projection(judged, facts),
        "interruptions": _interruptions(outcome),
    }  # fmt: skip


def _promise(bound: Bound) -> dict[str, Any]:
    return {"text": bound.text, "op": bound.op, "value": _exact(bound.value), "unit": bound.unit}


def _expected(judged: TargetPeriod) -> dict[str, Any] | None:
    level = expected(judged)
    return None if level is None else {**_promise(level[0]), "verdict": level[1]}


def _projection(judged: TargetPeriod, facts: Facts) -> dict[str, Any] | None:
    ending = foreseen(judged, facts)
    if ending is None or not isinstance(facts, Slots):
        return None
    return {
        "until": write_instant(facts.end), "certainty": _CERTAINTY[judged.outcome.verdict], "burn": _exact(ending.burn),
        "expected": _exact(ending.expected), "figure": _exact(ending.figure), "at_risk": ending.at_risk,
    }  # fmt: skip


def _interruptions(outcome: Outcome) -> list[dict[str, Any]]:
    return [
        {"start": write_instant(run.start), "end": write_instant(run.end), "counted": _exact(run.counted)} for run in outcome.interruptions
    ]


def _bound(judged: TargetPeriod, value: Fraction | None) -> dict[str, Any] | None:
    return None if value is None else {"text": level_text(judged, value), "exact": _exact(value)}


def _exact(value: Fraction | None) -> str | None:
    return None if value is None else exact_text(value)


def _instant(value: int | None) -> str | None:
    return None if value is None else write_instant(value)
