"""Targets on states in a period that is closed: judged by what the exporter's ledger says of each indicator, as they were live."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from slo_gen.contract.outcome import Outcome
from slo_gen.contract.target_period import adjusted_time, target_period
from slo_gen.history.attained import attained_text
from slo_gen.history.closing_file import ClosedTarget, Closing, NotJudged, ReadSource, states_text
from slo_gen.history.state_ledger import StateLedger
from slo_gen.spec.model import Agreement, AgreementTarget, Catalogue
from slo_gen.timekeeping.periods import Period

__all__ = ["JudgedStates", "judged_states"]

NOT_GIVEN: Final = "no states were given; --states takes what `sla-exporter ledger export --what indicators` writes"
AROUND: Final = 86_400
"""Seconds beyond the edges of a period that are looked at, for runs of down time that reach over them."""


@dataclass(slots=True)
class JudgedStates:
    """The targets on states, those that could not be judged with the reason why not, and the files of facts by their paths."""

    targets: list[ClosedTarget] = field(default_factory=list)
    not_judged: list[NotJudged] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=dict)


def judged_states(
    catalogue: Catalogue, agreement: Agreement, period: Period, ledger: StateLedger | None, former: Closing | None,
    is_breach: Callable[[AgreementTarget, Outcome], bool], *, whole: bool = True,
) -> JudgedStates:  # fmt: skip
    """Judges them over the period, or as far as the ledger has come where it is not ``whole``.

    Without a ledger, what the ``former`` closing of the period says of them stands.
    """
    found = JudgedStates()
    for target in agreement.targets:
        if not catalogue.states_decide(target):
            continue
        before = next(_closed_before(former, target.name), None)
        if ledger is None and before is not None:
            found.targets.append(before)
            continue
        end = period.end if whole or ledger is None else min(period.end, ledger.as_of.get(target.indicator, period.start))
        why = NOT_GIVEN if ledger is None else ledger.behind(target.indicator, end)
        if ledger is None or why or end <= period.start:
            found.not_judged.append(NotJudged(target=target.name, reason=why or f"nothing of the period is known of {target.indicator}"))
            continue
        found.targets.append(_judged(catalogue, agreement, target, Period(period.start, end, period.name), ledger, found.files, is_breach))
    return found


def _closed_before(former: Closing | None, name: str) -> Iterator[ClosedTarget]:
    if former is not None:
        yield from (each for each in former.current.judged.targets if each.target == name)


def _judged(
    catalogue: Catalogue, agreement: Agreement, target: AgreementTarget, period: Period, ledger: StateLedger, files: dict[str, str],
    is_breach: Callable[[AgreementTarget, Outcome], bool],
) -> ClosedTarget:  # fmt: skip
    until = max(period.end, min(period.end + AROUND, ledger.as_of[target.indicator]))
    facts = ledger.facts(target.indicator, period.start - AROUND, until)
    judged = target_period(catalogue, agreement, target, period, facts, adjusted=adjusted_time(catalogue, agreement, target))
    outcome = judged.outcome
    reference, text = states_text(target.indicator, facts)
    files[reference.file] = text
    unknown = facts.unknown.clip(period.start, period.end).seconds
    return ClosedTarget(
        target=target.name, indicator=target.indicator, where={}, objective=target.bound.text,
        verdict=outcome.verdict, breach=is_breach(target, outcome), attained=attained_text(judged),
        completeness=1 - Fraction(unknown, period.seconds), outcome=outcome, measure=target.measure, bound=judged.bound,
        window=judged.window, not_excluded=judged.exclusions.not_excluded, facts=reference, queries=(),
        sources=(ReadSource(labels={"ledger": "states"}, records=len(ledger.held.get(target.indicator, ())), read=True),),
    )  # fmt: skip
