"""Which periods of which agreements are closed when somebody closes a month: those in force, as soon as they are over."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from slo_gen.contract.target_period import term
from slo_gen.history.facts import settled
from slo_gen.history.named_periods import periods_ending_in
from slo_gen.rules.info import IN_FORCE
from slo_gen.spec.model import Agreement, Evaluation
from slo_gen.timekeeping.periods import Period

__all__ = ["Closable", "closable", "term"]

_OVER: Final = frozenset({"ended", "terminated"})


@dataclass(frozen=True, slots=True)
class Closable:
    """A period of an agreement that was in force in it. ``ready``: from when on all of its facts are recorded."""

    agreement: Agreement
    period: Period
    ready: int


def closable(agreements: Iterable[Agreement], named: str, evaluation: Evaluation) -> Iterator[Closable]:
    """What closing the period of that name means, in the order of the agreements. Raises TimeError for a name that is none.

    An agreement is in force while it is active, and one that has ended was, up to its last day.
    """
    for agreement in agreements:
        for period in periods_ending_in(agreement.period, named):
            if _judged(agreement) and term(agreement).clip(period.start, period.end):
                yield Closable(agreement, period, settled(period.end, evaluation))


def _judged(agreement: Agreement) -> bool:
    return agreement.state == IN_FORCE or (agreement.state in _OVER and agreement.ends is not None)
