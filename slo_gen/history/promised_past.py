"""What a target of a proposed agreement would have come to in past periods. Pure.

The agreement is taken as if it had been in force all the time: its term is what is being thought about.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from slo_gen.contract.outcome import Verdict
from slo_gen.contract.target_period import target_period
from slo_gen.history.attained import attained_text
from slo_gen.history.backtest import Past
from slo_gen.history.facts import Source
from slo_gen.history.misses import is_breach
from slo_gen.spec.model import Agreement, AgreementTarget, Catalogue
from slo_gen.timekeeping.periods import Period
from slo_gen.timekeeping.spans import Spans

__all__ = ["PeriodPast", "TargetPast", "target_past"]


@dataclass(frozen=True, slots=True)
class PeriodPast:
    """One past period: ``attained`` for readers, ``measured`` is the share of it that there are facts about.

    ``breach``: whether a miss is one, after the misses of the periods before that were looked at.
    """

    period: Period
    verdict: Verdict
    breach: bool
    attained: str
    measured: Fraction
    past: Past


@dataclass(frozen=True, slots=True)
class TargetPast:
    """A target over all periods that were looked at, in their order."""

    agreement: Agreement
    target: AgreementTarget
    periods: tuple[PeriodPast, ...]

    @property
    def computed(self) -> Spans:
        """When facts were computed from raw series, and not recorded."""
        return Spans.of(span for each in self.periods for span in each.past.computed)

    @property
    def sources(self) -> tuple[Source, ...]:
        """All that have records in the periods; ``read`` where one of the periods was judged by them."""
        records: dict[tuple[tuple[str, str], ...], int] = {}
        for each in self.periods:
            for source in each.past.sources:
                records[source.labels] = records.get(source.labels, 0) + source.records
        read = {source.labels for each in self.periods for source in each.past.sources if source.read}
        order = sorted(records, key=lambda labels: (-records[labels], labels))
        return tuple(Source(labels, records[labels], labels in read) for labels in order)


def target_past(
    catalogue: Catalogue, agreement: Agreement, target: AgreementTarget, periods: Sequence[tuple[Period, Past]], held: Mapping[str, Spans],
) -> TargetPast:  # fmt: skip
    """Judges each period by its own facts; ``held`` as for a closing."""
    timeless = replace(agreement, starts=None, ends=None)
    found: list[PeriodPast] = []
    for period, past in periods:
        judged = target_period(catalogue, timeless, target, period, past.slots, found=held)
        missed = [*(each.verdict == "missed" for each in found), judged.outcome.verdict == "missed"]
        found.append(PeriodPast(
            period, judged.outcome.verdict, is_breach(target.misses, missed), attained_text(judged),
            past.measured(period.start, period.end), past,
        ))  # fmt: skip
    return TargetPast(agreement, target, tuple(found))
