"""What a closed period means together with those before it: credits that are won back, and rights to end the agreement."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from slo_gen.contract.claims import PeriodResult, may_terminate
from slo_gen.contract.comparing import figure_at
from slo_gen.contract.credits import earned_back
from slo_gen.contract.money import amount_text, rounded
from slo_gen.history.closing_file import ClosedTarget, Closing, WonBack
from slo_gen.spec.model import Agreement
from slo_gen.spec.terms import Termination

__all__ = ["right_text", "right_words", "rights_to_end", "won_back", "won_back_text"]


def won_back(agreement: Agreement, targets: Sequence[ClosedTarget], earlier: Sequence[Closing]) -> WonBack | None:
    """What this period wins back of the credit of an earlier one; None where it completes nothing.

    ``earlier`` are the closings before it without a gap. All targets whose breach that credit was for must have held their level in every
    period since.
    """
    terms = agreement.credits.earn_back if agreement.credits is not None else None
    if terms is None or len(earlier) < terms.periods:
        return None
    credited = earlier[-terms.periods]
    credit = credited.current.judged.credit
    since = [*(closing.current.judged.targets for closing in earlier[len(earlier) - terms.periods + 1 :]), targets]
    named = agreement.credits.targets if agreement.credits is not None else ()
    broken = [each for each in credited.current.judged.targets if each.breach and (not named or each.target in named)]
    if credit is None or not credit.paid or not broken:
        return None
    amounts = [earned_back(terms, each.bound, credit.paid, [_figure(period, each.target) for period in since]) for each in broken]
    amount = min((each for each in amounts if each is not None), default=Fraction(0))
    if len(amounts) < len(broken) or not amount:
        return None
    return WonBack(period=credited.period, amount=rounded(amount, credit.currency), currency=credit.currency)


def _figure(targets: Sequence[ClosedTarget], name: str) -> Fraction | None:
    """The figure of a target in a period: at its worst, where something of it is unknown."""
    return next((figure_at(each.bound, each.outcome, worst=True) for each in targets if each.target == name), None)


def rights_to_end(agreement: Agreement, targets: Sequence[ClosedTarget], earlier: Sequence[Closing]) -> Iterator[str]:
    """Every right to end the agreement that this period completes, in words."""
    periods = [_results(closing.current.judged.targets) for closing in earlier]
    for terms in agreement.termination:
        if may_terminate(terms, [*periods, _results(targets)]):
            yield right_text(terms)


def _results(targets: Sequence[ClosedTarget]) -> list[PeriodResult]:
    return [PeriodResult(each.target, each.breach, figure_at(each.bound, each.outcome, worst=False)) for each in targets]


def right_text(terms: Termination) -> str:
    """In words, once it is reached."""
    return f"it may be ended now: {right_words(terms)}"


def right_words(terms: Termination) -> str:
    """What gives the right: ``3 breached periods in a row``."""
    of = f" of {', '.join(terms.targets)}" if terms.targets else ""
    if terms.breaches == 1:
        beyond = f", {terms.beyond.as_end}" if terms.beyond is not None else ""
        return f"a breach{of}{beyond}"
    beyond = f", each {terms.beyond.as_end}" if terms.beyond is not None else ""
    among = "in a row" if terms.contiguous else f"among the last {terms.of} periods"
    return f"{terms.breaches} breached periods{of} {among}{beyond}"


def won_back_text(found: WonBack) -> str:
    """In words."""
    return f"{amount_text(found.amount, found.currency)} of the credit of {found.period} are won back"
