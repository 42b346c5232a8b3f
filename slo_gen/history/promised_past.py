"""What a target of a proposed agreement would have come to in past periods. Pure.

The agreement is taken as if it had been in force all the time: its term is what is being thought about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from slo_gen.contract.facts import Slots
from slo_gen.contract.outcome import Verdict
from slo_gen.contract.target_period import target_period
from slo_gen.history.attained import attained_text
from slo_gen.history.backtest import Past
from slo_gen.spec.model import Agreement, AgreementTarget, Catalogue
from slo_gen.timekeeping.periods import Period
from slo_gen.timekeeping.spans import Spans

__all__ = ["PeriodPast", "TargetPast", "target_past"]


@dataclass(frozen=True, slots=True)
class PeriodPast:
    """One past period: ``attained`` for readers, ``measured`` is the share of it that there are facts about."""

    period: Period
    verdict: Verdict
    attained: str
    measured: Fraction


@dataclass(frozen=True, slots=True)
class TargetPast:
    """A target over all periods that were looked at, in their order."""

    agreement: Agreement
    target: AgreementTarget
    periods: tuple[PeriodPast, ...]
    past: Past

    def named(self, verdict: Verdict) -> list[str]:
        """The periods of that verdict, by their names."""
        return [each.period.name for each in self.periods if each.verdict == verdict]


def target_past(
    catalogue: Catalogue, agreement: Agreement, target: AgreementTarget, periods: Sequence[Period], past: Past, around: int,
    held: Mapping[str, Spans],
) -> TargetPast:  # fmt: skip
    """Judges each period for itself. ``around``: seconds beyond its edges in which runs are followed; ``held`` as for a closing."""
    timeless = replace(agreement, starts=None, ends=None)
    found = []
    for period in periods:
        slots = _cut(past.slots, period.start - around, period.end + around)
        judged = target_period(catalogue, timeless, target, period, slots, found=held)
        attained = attained_text(judged)
        found.append(PeriodPast(period, judged.outcome.verdict, attained, past.measured(period.start, period.end)))
    return TargetPast(agreement, target, tuple(found), past)


def _cut(slots: Slots, start: int, end: int) -> Slots:
    """The slots that reach into a range."""
    first = max((start - slots.start) // slots.seconds, 0)
    last = max(-((slots.start - end) // slots.seconds), first)
    return replace(
        slots, start=slots.start + first * slots.seconds, total=slots.total[first:last], bad=slots.bad[first:last],
        unseen=slots.unseen[first:last],
    )  # fmt: skip
