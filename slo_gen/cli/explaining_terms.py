"""How a target is measured, defaults included, in words for ``slo-gen explain``. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from slo_gen.cli.evaluation_words import EMPTY_WORDS, OF_RUNS_WORDS, OVER_WORDS, run_words
from slo_gen.contract.measurement import Down, Measurement
from slo_gen.contract.methods import measurement
from slo_gen.contract.rounding import number_words, seconds_text
from slo_gen.spec.model import Agreement, AgreementTarget, Indicator
from slo_gen.spec.terms import Allowance

__all__ = ["measured_lines"]

_UNKNOWN: Final = {
    "bounds": "is unknown: the lowest and the highest figure that are possible are told", "good": "is good", "bad": "is bad",
    "excluded": "is left out",
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
