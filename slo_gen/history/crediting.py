"""What is owed for a closed period: the credit with its steps, after what earlier closings say of misses and of the year."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from slo_gen.contract.credits import Credit, Given, credit, reading
from slo_gen.contract.fees import Fees, fee_of
from slo_gen.contract.money import amount_text
from slo_gen.contract.rounding import number_text
from slo_gen.contract.target_period import Promise, term
from slo_gen.contract.ticket_promises import promised_of_tickets
from slo_gen.history.closing_file import ClosedTarget, Closing
from slo_gen.spec.model import Agreement
from slo_gen.spec.terms import Money
from slo_gen.timekeeping.periods import Period, Periods, twelve_months_before
from slo_gen.timekeeping.zones import write_instant

__all__ = ["credit_of", "earlier_periods", "owed_text", "possible_credit", "unknown_credits"]


def credit_of(
    agreement: Agreement, period: Period, targets: Sequence[ClosedTarget], earlier: Sequence[Closing], affected: Money | None = None,
    *, worst: bool = False,
) -> Credit | None:  # fmt: skip
    """The credit of a period, None where the agreement gives none. A miss that is no breach earns nothing.

    ``earlier`` are the closings before it, in their order; ``affected`` is what was paid for what was affected. It is what is owed
    for certain, or with ``worst`` what would be if all that is unknown was bad. Raises FeeError when it depends on a fee that
    nobody named.
    """
    if agreement.credits is None:
        return None
    known: dict[str, Promise] = {target.name: target for target in promised_of_tickets(agreement)}
    known |= {target.name: target for target in agreement.other_targets if target.bound is not None}
    known |= {target.name: target for target in agreement.targets}
    readings = [
        reading(
            known[closed.target], closed.outcome, worst=worst and _counts(known[closed.target], closed),
            excused=closed.verdict == "missed" and not closed.breach,
        )
        for closed in targets
    ]  # fmt: skip
    counted = [closing.current.judged.credit for closing in earlier if _shares_a_cap(agreement, period, closing.start, closing.end)]
    paid = [given.paid for given in counted if given is not None]
    before = Given(
        misses={name: [_missed(closing, name) for closing in earlier] for name in known},
        credited=sum((amount for amount in paid if amount is not None), Fraction(0)),
    )
    fee = agreement.fee or fee_of(agreement.period, affected)
    return credit(agreement.credits, readings, Fees(fee, agreement.period, period, affected), before)


def unknown_credits(agreement: Agreement, period: Period, earlier: Sequence[Closing]) -> str:
    """A sentence where the cap of a year looks back at periods that nobody has closed, else nothing."""
    if agreement.credits is None or agreement.credits.annual_cap is None:
        return ""
    known_from = earlier[0].start if earlier else period.start
    of_year = agreement.credits.annual_cap_per == "year"
    since = _year_of(agreement, period).start if of_year else twelve_months_before(agreement.period, period.end)
    if max(since, term(agreement).items[0][0]) >= known_from:
        return ""
    before = f"{'year' if of_year else 'twelve months'} before {write_instant(known_from)}"
    return f"credits of the {before} are not known: nobody closed those periods, and the cap may be used up"


def earlier_periods(agreement: Agreement, period: Period) -> Iterator[Period]:
    """The periods before this one that decide with it, the latest first: by their misses, or by their credits under a cap."""
    needed = _looked_back(agreement)
    is_capped = agreement.credits is not None and agreement.credits.annual_cap is not None
    before = agreement.period.previous(period)
    while needed > 0 or (is_capped and _shares_a_cap(agreement, period, before.start, before.end)):
        yield before
        needed, before = needed - 1, agreement.period.previous(before)


def _shares_a_cap(agreement: Agreement, period: Period, start: int, end: int) -> bool:
    """Whether what was credited for the time ``[start, end)`` counts to the cap that bounds the credits of a period."""
    if agreement.credits is not None and agreement.credits.annual_cap_per == "12mo":
        return end > twelve_months_before(agreement.period, period.end)
    return start >= _year_of(agreement, period).start


def _looked_back(agreement: Agreement) -> int:
    """How many earlier periods decide with this one what a miss means: for breaches, repeats, credits won back, rights to end it."""
    allowed = [target.misses.of for target in agreement.targets] + [target.misses.of for target in agreement.ticket_targets]
    allowed += [target.misses.of for target in agreement.other_targets]
    repeated = [repeat.within for repeat in agreement.credits.repeat] if agreement.credits is not None else []
    ending = [terms.of for terms in agreement.termination]
    won = [agreement.credits.earn_back.periods + 1] if agreement.credits is not None and agreement.credits.earn_back is not None else []
    return max([*allowed, *repeated, *ending, *won], default=1) - 1


def _year_of(agreement: Agreement, period: Period) -> Period:
    """The (fiscal) year of the agreement in which a period begins."""
    periods = agreement.period
    starts = periods.starts if isinstance(periods, Periods) and periods.length != "week" else (1, 1)
    return Periods("year", periods.timezone, starts).of(period.start)


def owed_text(owed: Credit | None) -> str:
    """A credit in a few words: ``184.00 EUR``, ``10% of the fee``, ``3 days``."""
    if owed is None:
        return "none"
    if owed.days:
        return f"{number_text(owed.days)} days"
    if owed.paid is not None:
        return amount_text(owed.paid, owed.currency)
    return "an amount that is not known" if owed.share is None else f"{number_text(owed.share * 100)}% of the fee"


def possible_credit(certain: Credit | None, at_most: Credit | None) -> str:
    """A sentence where what is unknown decides about the credit, else nothing."""
    if owed_text(certain) == owed_text(at_most):
        return ""
    return f"credit: {owed_text(certain)} for certain, or up to {owed_text(at_most)} if all that is unknown was bad"


def _counts(target: Promise, closed: ClosedTarget) -> bool:
    """Whether a miss would be a breach for certain, if what is unknown made it one."""
    return closed.verdict != "unclear" or not target.misses.allowed


def _missed(closing: Closing, target: str) -> bool:
    return any(closed.target == target and closed.breach for closed in closing.current.judged.targets)
