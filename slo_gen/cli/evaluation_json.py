"""What facts came to under an agreement, as JSON. Exact numbers are text like ``4453/4458``, instants are in UTC."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from slo_gen.cli.evaluating import Skipped
from slo_gen.contract.outcome import Outcome
from slo_gen.contract.rounding import figure_text
from slo_gen.contract.target_period import TargetPeriod
from slo_gen.spec.model import Agreement
from slo_gen.spec.terms import Bound
from slo_gen.timekeeping.periods import Period
from slo_gen.timekeeping.zones import write_instant

__all__ = ["as_document"]

_LONGEST: Final = 200


def as_document(agreement: Agreement, period: Period, found: Sequence[TargetPeriod], skipped: Skipped | None) -> dict[str, Any]:
    """The whole answer."""
    return {
        "agreement": agreement.name,
        "period": {
            "name": period.name, "timezone": agreement.period.timezone, "start": write_instant(period.start),
            "end": write_instant(period.end), "seconds": period.seconds,
        },
        "targets": [_target(each) for each in found],
        "not_evaluated": [] if skipped is None else [{"target": name, "reason": skipped.reason} for name in skipped.targets],
    }  # fmt: skip


def _target(judged: TargetPeriod) -> dict[str, Any]:
    outcome, bound = judged.outcome, judged.bound
    spent = judged.budget
    return {
        "target": judged.target.name,
        "verdict": outcome.verdict,
        "promised": {"text": bound.text, "op": bound.op, "value": _exact(bound.value), "unit": bound.unit},
        "attained": None if outcome.figure is None else figure_text(outcome.figure, bound),
        "attained_exact": _exact(outcome.figure),
        "lower": _bound(outcome.lower, bound), "upper": _bound(outcome.upper, bound),
        "margin": _exact(None if outcome.figure is None else outcome.figure - bound.value),
        "unit": outcome.unit,
        "counted": _exact(outcome.counted), "real": _exact(outcome.real), "uncounted": _exact(outcome.real - outcome.counted),
        "of": _exact(outcome.of), "unknown": _exact(outcome.unknown), "excluded": dict(outcome.excluded),
        "not_excluded": [
            {
                "reason": each.reason, "why": each.why, "source": each.source, "start": write_instant(each.start),
                "end": write_instant(each.end), "announced": _instant(each.announced), "in_time": _instant(each.in_time),
            }
            for each in judged.exclusions.not_excluded
        ],
        "budget": None if spent is None else {"allowed": _exact(spent.allowed), "used": _exact(spent.used), "left": _exact(spent.left)},
        "interruptions": _interruptions(outcome),
    }  # fmt: skip


def _interruptions(outcome: Outcome) -> list[dict[str, Any]]:
    return [
        {"start": write_instant(run.start), "end": write_instant(run.end), "counted": _exact(run.counted)} for run in outcome.interruptions
    ]


def _bound(value: Fraction | None, bound: Bound) -> dict[str, Any] | None:
    return None if value is None else {"text": figure_text(value, bound), "exact": _exact(value)}


def _exact(value: Fraction | None) -> str | None:
    """The number itself; a fraction that nobody could read is cut off to its first digits."""
    if value is None:
        return None
    text = str(value)
    return text if len(text) <= _LONGEST else f"about {float(value):.15g}"


def _instant(value: int | None) -> str | None:
    return None if value is None else write_instant(value)
