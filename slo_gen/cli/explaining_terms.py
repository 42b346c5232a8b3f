"""How a target is measured and what a miss of it costs, in words for ``slo-gen explain``: the terms of a contract, read back. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from slo_gen.checks.credited import given
from slo_gen.cli.evaluation_words import EMPTY_WORDS, OF_RUNS_WORDS, OVER_WORDS, run_words
from slo_gen.contract.caps import cap_words
from slo_gen.contract.credits import FEE_WORDS
from slo_gen.contract.measurement import Down, Measurement
from slo_gen.contract.methods import measurement
from slo_gen.contract.money import amount_text
from slo_gen.contract.rounding import number_words, part_words, seconds_text
from slo_gen.spec.model import Agreement, AgreementTarget, Indicator
from slo_gen.spec.terms import Allowance, CreditTerms, Deadline, Tier

__all__ = ["claim_lines", "credit_lines", "measured_lines"]

_UNKNOWN: Final = {
    "bounds": "is unknown: the lowest and the highest figure that are possible are told", "good": "is good", "bad": "is bad",
    "excluded": "is left out",
}  # fmt: skip
_AFTER: Final = {
    "incident_start": "the beginning of the outage", "incident_end": "the end of the outage", "period_end": "the end of the period",
    "billing_cycle_end": "the end of the billing cycle of the outage", "report": "the report is due",
}  # fmt: skip


def measured_lines(agreement: Agreement, target: AgreementTarget, indicator: Indicator) -> Iterator[str]:
    """How facts become the figure: what is down, what of it counts, what it is a share of, what is left out."""
    how = measurement(target)
    sentences = [*_scored(how, counted=indicator.is_counted)]
    if how.reduce in OF_RUNS_WORDS:
        sentences.append(OF_RUNS_WORDS[how.reduce])
    elif target.unit == "%" and (how.over != "events" or indicator.is_counted):
        sentences.append(OVER_WORDS[how.over])
    sentences.append(f"Time without data {_UNKNOWN[how.unknown]}.")
    yield from (f"  {sentence[0].lower()}{sentence[1:].removesuffix('.')}" for sentence in sentences)
    reasons = [each.reason for each in target.exclude]
    if agreement.allowance is not None:              # excludes planned work, whether the target lists maintenance or not
        reasons = [*(reason for reason in reasons if reason != "maintenance"), _allowed(agreement.allowance)]
    yield f"  excluded: {', '.join(reasons) or 'nothing'}"


def _allowed(allowance: Allowance) -> str:
    notice = f" that was announced {allowance.notice} before" if allowance.notice else ""
    hours = f" in the hours of {allowance.hours}" if allowance.hours else ""
    return f"up to {seconds_text(allowance.planned)} per {allowance.per} of planned work{notice}{hours}"


def _scored(how: Measurement, *, counted: bool) -> Iterator[str]:
    without = f"; one without events is {EMPTY_WORDS[how.empty]}" if counted else ""
    if not isinstance(how.score, Down):
        of = "events" if counted else "minutes"
        if how.slot is not None:
            yield f"The mean of the shares of bad {of} of all intervals of {seconds_text(how.slot)}{without}."
        else:
            yield f"The share of {of} that are good."
        return
    words = "more than" if how.score.strict else "at least"
    beyond = f"{words} {number_words(how.score.threshold * 100)}% of" if how.score.threshold else "any of"
    what = f"{beyond} its events are bad" if counted else f"{beyond} it was down"
    least = f" and it has at least {how.score.minimum_events} events" if how.score.minimum_events else ""
    yield f"An interval of {seconds_text(how.slot or 0)} is down when {what}{least}{without}."
    if how.score.weighted:
        yield "Down time counts as much as the share that is hit."
    if how.runs is not None:
        yield from run_words(how.runs)


def credit_lines(agreement: Agreement) -> list[str]:
    """The scale of credits, its caps, and when nothing is paid; none where no credits are agreed."""
    terms = agreement.credits
    if terms is None:
        return []
    about = f" for {', '.join(terms.targets)}" if terms.targets else ""
    return [f"Credits{about}", *(f"  {line}" for line in (*_earned(terms), *_bounded(terms)))]


def _earned(terms: CreditTerms) -> Iterator[str]:
    fee = FEE_WORDS[terms.of]
    for tier in terms.tiers:
        yield f"{_range(tier)}: {_given(tier, fee)}"
    if terms.multiplier is not None:
        often = "" if terms.multiplier == 1 else f"{number_words(terms.multiplier)} times "
        beyond = " beyond what may be" if terms.excess_only else ""
        yield f"{often}the fee for the time of the downtime{beyond}"
    if terms.at_risk is not None:
        yield f"{number_words(terms.at_risk * 100)}% of {fee} at risk, of which each target has its weight"
    for each in terms.repeat:
        yield f"{each.misses} misses within {each.within} periods: {number_words(each.times)} times as much"
    if terms.double_recovery:
        yield "one outage may earn credits from several targets"


def _range(tier: Tier) -> str:
    return tier.when.as_end if tier.until is None else f"{tier.when.as_end} and {tier.until.as_end}"


def _given(tier: Tier, fee: str) -> str:
    words = given(tier) + (f" of {fee}" if tier.credit is not None else "")
    if tier.days is not None:
        words = f"{words} free of charge"
    if tier.each is None:
        return words
    step = _step(tier, tier.each)
    return f"{words} for each step of {step} that has begun" if tier.started else f"{words}, and once more for each full {step}"


def _step(tier: Tier, step: Fraction) -> str:
    match tier.when.unit:
        case "%":
            return f"{number_words(step * 100)} percentage {'point' if step == Fraction(1, 100) else 'points'}"
        case "s":
            return seconds_text(step)
    return number_words(step)


def _bounded(terms: CreditTerms) -> Iterator[str]:
    if terms.cap is None:
        yield "without a cap"
    else:
        yield f"no more than {cap_words(terms.cap)} {'in one period' if terms.cap.of == 'period' else 'for each interruption'}"
    if terms.annual_cap is not None:
        yield f"no more than {part_words(terms.annual_cap)} of the year's fee in one year"
    if terms.minimum is not None:
        least = amount_text(terms.minimum.amount, terms.minimum.currency)
        yield f"only more than {least} is paid" if terms.minimum_strict else f"less than {least} is not paid"
    if terms.earn_back is not None:
        back = terms.earn_back
        level = back.objective.text if back.objective is not None else "the objective"
        yield f"{number_words(back.share * 100)}% are won back when the next {back.periods} periods hold {level}"
    yield "only when it is claimed" if terms.on_claim else "without a claim"


def claim_lines(agreement: Agreement) -> list[str]:
    """By when an outage must be told and a credit claimed, and with what."""
    terms = agreement.claim
    if terms is None:
        return []
    lines = [f"  {what} {_deadline(each)}" for what, each in (("tell", terms.notify), ("claim", terms.submit)) if each is not None]
    if terms.evidence:
        lines.append(f"  with: {', '.join(word.replace('_', ' ') for word in terms.evidence)}")
    return ["Claims", *lines] if lines else []


def _deadline(deadline: Deadline) -> str:
    return f"within {deadline.within} after {_AFTER[deadline.after]}"
