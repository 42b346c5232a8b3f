"""What facts came to under an agreement in short: what was promised, attained and left, one line each. Pure."""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from slo_gen.cli.evaluating import Observed
from slo_gen.cli.evaluation_remarks import remarks
from slo_gen.contract.facts import Results
from slo_gen.contract.low_counts import allowed_misses, one_miss, wilson
from slo_gen.contract.outcome import Outcome
from slo_gen.contract.rounding import fraction_text, number_text, percent, seconds_text
from slo_gen.contract.target_period import TargetPeriod
from slo_gen.history.attained import level_text

__all__ = ["amount", "between", "shown", "sidelights", "summed_up", "unknown_text", "verdict_words"]

_FEW: Final = 100

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
    if not (isinstance(seen.facts, Results) and judged.measurement.reduce in ("max", "count", "percentile")):
        rows.append(("counted", _counted(outcome)))
    if outcome.real != outcome.counted:
        left_out = outcome.real - outcome.counted
        rows.append(("not counted", f"{amount(left_out, outcome)} of {amount(outcome.real, outcome)} that were bad"))
    rows += [(f"excluded: {reason}", _excluded(seconds, seen)) for reason, seconds in outcome.excluded.items()]
    if outcome.unknown:
        rows.append(("unknown", unknown_text(judged, seen)))
    if judged.silent:
        rows.append(("without events", seconds_text(judged.silent)))
    rows += sidelights(judged, seen)
    width = max(len(name) for name, _ in rows)
    title = f"{judged.agreement.name}/{judged.target.name} in {judged.period.name}"
    return [title, *(f"  {name:<{width}}  {text}" for name, text in rows)]


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
    if outcome.verdict not in ("met", "missed") or outcome.figure is None or outcome.lower != outcome.upper:
        return text
    distance = abs(outcome.figure - judged.bound.value)
    if not distance:
        return f"{text}, exactly at the bound"
    if judged.bound.unit == "%":
        return f"{text} by {percent(distance, places=4).removesuffix('%')} percentage points"
    return f"{text} by {seconds_text(distance) if judged.bound.unit == 's' else number_text(distance)}"


def verdict_words(judged: TargetPeriod) -> str:
    """The verdict, and what it rests on where there is no figure."""
    if judged.outcome.verdict == "not_measured" and not judged.window.deployed & judged.window.period:
        return "not measured: the agreement is not in force"
    return _VERDICTS[judged.outcome.verdict]


def unknown_text(judged: TargetPeriod, seen: Observed) -> str:
    """How much nobody knows: results that are not decided, otherwise time."""
    unknown = judged.outcome.unknown
    if isinstance(seen.facts, Results):
        return f"{unknown} {'result' if unknown == 1 else 'results'}"
    return seconds_text(unknown)


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


def _excluded(seconds: int, seen: Observed) -> str:
    return f"{seconds} results" if isinstance(seen.facts, Results) else seconds_text(seconds)


def _budget(judged: TargetPeriod) -> list[tuple[str, str]]:
    spent = judged.budget
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
    allowed = allowed_misses(judged.bound, number)
    return [
        ("few results", f"with {number} results the true share lies between {percent(low)} and {percent(high)} (95% confidence)"),
        ("one miss", f"moves the figure by {percent(one_miss(number))}; {max(allowed, 0)} may be missed"),
    ]
