"""What facts came to under an agreement in short: what was promised, attained and left, one line each. Pure."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from slo_gen.cli.evaluating import Observed
from slo_gen.cli.evaluation_remarks import allowance, by_few, few, remarks, takes_unknown
from slo_gen.contract.facts import Results
from slo_gen.contract.low_counts import allowed_misses, one_miss, wilson
from slo_gen.contract.outcome import Outcome
from slo_gen.contract.rounding import fraction_text, number_text, percent, seconds_text
from slo_gen.contract.target_period import TargetPeriod
from slo_gen.history.attained import level_text
from slo_gen.spec.ticket_terms import LowVolume

__all__ = [
    "amount", "between", "excluded_text", "few_words", "is_number", "shown", "sidelights", "summed_up", "undecided", "unknown_text",
    "verdict_words",
]  # fmt: skip

_FEW: Final = 100
_LEAST: Final = "0.000000000001"
"""The smallest number that is shown."""

_VERDICTS: Final = {
    "met": "met", "missed": "missed", "unclear": "unclear: what is unknown decides", "not_measured": "not measured: nothing was seen",
}  # fmt: skip


def summed_up(judged: TargetPeriod, seen: Observed) -> list[str]:
    """What was promised, attained and left, one line each."""
    outcome = judged.outcome
    rows = [
        ("promised", judged.bound.text),
        ("attained", _attained(judged)),
        ("verdict", _verdict(judged)),
    ]
    if not is_number(judged, seen):
        rows += [("counted", _counted(outcome)), *_not_counted(judged)]
    rows += [(f"excluded: {reason}", excluded_text(seconds, seen)) for reason, seconds in outcome.excluded.items()]
    if outcome.unknown:
        rows.append(("unknown", unknown_text(judged, seen) + (f", {taken}" if (taken := _taken(judged, seen)) else "")))
    if judged.silent:
        rows.append(("without events", seconds_text(judged.silent)))
    rows += sidelights(judged, seen)
    width = max(len(name) for name, _ in rows)
    title = f"{judged.agreement.name}/{judged.target.name} in {judged.period.name}"
    return [title, *(f"  {name:<{width}}  {text}" for name, text in rows)]


def is_number(judged: TargetPeriod, seen: Observed) -> bool:
    """Whether the figure is how many results there are, or how long they took, so that no part of them is bad."""
    return isinstance(seen.facts, Results) and judged.measurement.reduce in ("max", "count", "percentile")


def _not_counted(judged: TargetPeriod) -> list[tuple[str, str]]:
    outcome = judged.outcome
    if outcome.real == outcome.counted:
        return []
    if takes_unknown(judged):
        return [("was bad", f"{amount(outcome.real, outcome)}, as far as it was seen")]
    return [("not counted", f"{amount(outcome.real - outcome.counted, outcome)} of {amount(outcome.real, outcome)} that were bad")]


def _attained(judged: TargetPeriod) -> str:
    outcome, bound = judged.outcome, judged.bound
    if outcome.figure is None:
        return "nothing can be said" if outcome.lower is None else between(judged)
    text = shown(judged, outcome.figure)
    exact = fraction_text(outcome.figure) if bound.unit == "%" else ""
    text += f" (exactly {exact})" if "/" in exact else ""
    return text if outcome.lower == outcome.upper else f"{text}, {between(judged)}"


def shown(judged: TargetPeriod, figure: Fraction) -> str:
    """A figure in the unit of what was promised, a time as people write it."""
    exact = seconds_text(figure) if judged.bound.unit == "s" else ""
    return exact if exact and not exact.startswith("about") else level_text(judged, figure)


def between(judged: TargetPeriod) -> str:
    """The bounds of the figure over everything that is unknown."""
    outcome = judged.outcome
    low, high = (shown(judged, each) if each is not None else "any length" for each in (outcome.lower, outcome.upper))
    return f"between {low} and {high}"


def _verdict(judged: TargetPeriod) -> str:
    outcome = judged.outcome
    text = verdict_words(judged)
    if (terms := by_few(judged)) is not None:
        return f"{text}: {few_words(terms)}"
    if outcome.verdict not in ("met", "missed") or outcome.figure is None or outcome.lower != outcome.upper:
        return text
    distance = abs(outcome.figure - judged.bound.value)
    if not distance:
        return f"{text}, exactly at the bound"
    if judged.bound.unit == "%":
        points = percent(distance, places=4).removesuffix("%")
        return f"{text} by {points if points != '>0' else f'less than {_LEAST}'} percentage points"
    return f"{text} by {seconds_text(distance) if judged.bound.unit == 's' else number_text(distance)}"


def verdict_words(judged: TargetPeriod) -> str:
    """The verdict, and what it rests on where there is no figure."""
    if judged.outcome.verdict == "not_measured" and not judged.window.deployed & judged.window.period:
        return "not measured: the agreement is not in force"
    return _VERDICTS[judged.outcome.verdict]


def unknown_text(judged: TargetPeriod, seen: Observed) -> str:
    """How much nobody knows: results that are not decided, otherwise time."""
    unknown = judged.outcome.unknown
    return _results(unknown) if isinstance(seen.facts, Results) else seconds_text(unknown)


def _results(number: Fraction | int) -> str:
    return f"{number} {'result' if number == 1 else 'results'}"


_TAKEN: Final = {"good": "taken for good", "bad": "taken for bad", "excluded": "left out"}


def _taken(judged: TargetPeriod, seen: Observed) -> str:
    """What the agreement makes of time that nobody saw, "" where it may have been either."""
    return "" if isinstance(seen.facts, Results) else _TAKEN.get(judged.measurement.unknown, "")


def undecided(judged: TargetPeriod, seen: Observed) -> str:
    """What nobody knows, in a sentence."""
    text = unknown_text(judged, seen)
    if isinstance(seen.facts, Results):
        return f"{text} {'is' if judged.outcome.unknown == 1 else 'are'} not decided."
    taken = _taken(judged, seen)
    return f"About {text} nothing is known" + (f"; it is {taken}." if taken else ".")


def few_words(terms: LowVolume) -> str:
    """How many of few results may be missed."""
    return f"{terms.allow_misses} of fewer than {terms.below} results may be missed"


def sidelights(judged: TargetPeriod, seen: Observed) -> list[tuple[str, str]]:
    """What stands beside the verdict, each with its name."""
    if judged.outcome.verdict == "not_measured":
        return []
    return _budget(judged) + _few(judged, seen) + remarks(judged, seen.facts)


def _counted(outcome: Outcome) -> str:
    return f"{amount(outcome.counted, outcome)} bad of {amount(outcome.of, outcome)}"


def amount(value: Fraction, outcome: Outcome) -> str:
    """So many events, or so much time."""
    if outcome.unit == "seconds":
        return seconds_text(value)
    return f"{number_text(value)} {'event' if value == 1 else 'events'}"


def excluded_text(number: int, seen: Observed) -> str:
    """So many results, or so much time."""
    return _results(number) if isinstance(seen.facts, Results) else seconds_text(number)


def _budget(judged: TargetPeriod) -> list[tuple[str, str]]:
    spent = allowance(judged)
    if spent is None or judged.measurement.reduce in ("max", "count", "percentile"):
        return []
    left = f"{amount(spent.left, judged.outcome)} left" if spent.left >= 0 else f"exceeded by {amount(-spent.left, judged.outcome)}"
    less = "less than " if spent.strict else ""
    return [("may be bad", f"{less}{amount(spent.allowed, judged.outcome)}, {left}")]


def _few(judged: TargetPeriod, seen: Observed) -> list[tuple[str, str]]:
    """What few results prove, beside the verdict."""
    outcome = judged.outcome
    number = int(outcome.of)
    if not isinstance(seen.facts, Results) or judged.bound.unit != "%" or not 0 < number < _FEW:
        return []
    low, high = wilson(number - int(outcome.counted), number)
    terms = few(judged)
    allowed = max(allowed_misses(judged.bound, number), 0 if terms is None else terms.allow_misses)
    return [
        ("few results", f"with {_results(number)} the true share lies between {percent(low)} and {percent(high)} (95% confidence)"),
        ("one miss", f"moves the figure by {percent(one_miss(number))}; {allowed} may be missed"),
    ]
