"""What facts came to under an agreement, as text: a short summary, and the whole way to the figure in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Final

from slo_gen.cli.evaluating import Observed
from slo_gen.contract.comparing import is_floor
from slo_gen.contract.exclusions import NotExcluded, Why
from slo_gen.contract.facts import Downtime, Results
from slo_gen.contract.low_counts import allowed_misses, one_miss, wilson
from slo_gen.contract.measurement import Down, Measurement, Runs
from slo_gen.contract.outcome import Outcome
from slo_gen.contract.rounding import figure_text, fraction_text, number_text, percent, seconds_text
from slo_gen.contract.target_period import TargetPeriod
from slo_gen.spec.model import ALWAYS, AgreementTarget
from slo_gen.spec.terms import Bound
from slo_gen.timekeeping.periods import Period
from slo_gen.timekeeping.zones import local, local_date, zone

__all__ = ["explained", "summed_up"]

_FEW: Final = 100
_SHOWN: Final = 20

_VERDICTS: Final = {
    "met": "met", "missed": "missed", "unclear": "unclear: what is unknown decides", "not_measured": "not measured: nothing was seen",
}  # fmt: skip

_WHY: Final[dict[Why, str]] = {
    "not_agreed": "the target does not exclude it",
    "cancelled": "it was cancelled",
    "not_announced": "it was not announced",
    "announced_late": "it was announced too late",
    "overrun": "it lies beyond what was planned",
    "not_worked": "the work was not going on then",
    "outside_hours": "it lies outside the hours for planned work",
    "used_up": "what may be excluded was used up",
}


# --- in short --------------------------------------------------------------------------------------------------------
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
        rows.append(("not counted", f"{_amount(left_out, outcome)} of {_amount(outcome.real, outcome)} that were bad"))
    rows += [(f"excluded: {reason}", _excluded(seconds, seen)) for reason, seconds in outcome.excluded.items()]
    if outcome.unknown:
        rows.append(("unknown", _unknown(outcome, seen)))
    if outcome.verdict != "not_measured":
        rows += _budget(judged) + _few(judged, seen)
    width = max(len(name) for name, _ in rows)
    title = f"{judged.agreement.name}/{judged.target.name} in {judged.period.name}"
    return [title, *(f"  {name:<{width}}  {text}" for name, text in rows)]


def _attained(judged: TargetPeriod) -> str:
    outcome, bound = judged.outcome, judged.bound
    if outcome.figure is None:
        return "nothing can be said" if outcome.lower is None else _between(judged)
    text = _shown(outcome.figure, bound)
    exact = fraction_text(outcome.figure) if bound.unit == "%" else ""
    text += f" (exactly {exact})" if "/" in exact else ""
    return text if outcome.lower == outcome.upper else f"{text}, {_between(judged)}"


def _shown(figure: Fraction, bound: Bound) -> str:
    """A figure in the unit of what was promised, a time as people write it."""
    exact = seconds_text(figure) if bound.unit == "s" else ""
    return exact if exact and not exact.startswith("about") else figure_text(figure, bound)


def _between(judged: TargetPeriod) -> str:
    outcome = judged.outcome
    low, high = (_shown(each, judged.bound) if each is not None else "any length" for each in (outcome.lower, outcome.upper))
    return f"between {low} and {high}"


def _verdict(judged: TargetPeriod) -> str:
    outcome = judged.outcome
    text = _VERDICTS[outcome.verdict]
    if outcome.verdict not in ("met", "missed") or outcome.figure is None or outcome.lower != outcome.upper:
        return text
    distance = abs(outcome.figure - judged.bound.value)
    if not distance:
        return f"{text}, exactly at the bound"
    if judged.bound.unit == "%":
        return f"{text} by {percent(distance, places=4).removesuffix('%')} percentage points"
    return f"{text} by {seconds_text(distance) if judged.bound.unit == 's' else number_text(distance)}"


def _counted(outcome: Outcome) -> str:
    return f"{_amount(outcome.counted, outcome)} bad of {_amount(outcome.of, outcome)}"


def _amount(value: Fraction, outcome: Outcome) -> str:
    if outcome.unit == "seconds":
        return seconds_text(value)
    return f"{number_text(value)} {'event' if value == 1 else 'events'}"


def _unknown(outcome: Outcome, seen: Observed) -> str:
    """Results that are not decided yet, else the time without facts: how much happened in it nobody knows."""
    if isinstance(seen.facts, Results):
        return f"{number_text(outcome.unknown)} result{'s' * (outcome.unknown != 1)}"
    return seconds_text(outcome.unknown)


def _excluded(seconds: int, seen: Observed) -> str:
    return f"{seconds} results" if isinstance(seen.facts, Results) else seconds_text(seconds)


def _budget(judged: TargetPeriod) -> list[tuple[str, str]]:
    spent = judged.budget
    if spent is None or judged.measurement.reduce in ("max", "count", "percentile"):
        return []
    left = f"{_amount(spent.left, judged.outcome)} left" if spent.left >= 0 else f"exceeded by {_amount(-spent.left, judged.outcome)}"
    return [("may be bad", f"{_amount(spent.allowed, judged.outcome)}, {left}")]


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


# --- in words --------------------------------------------------------------------------------------------------------
def explained(judged: TargetPeriod, seen: Observed) -> list[str]:
    """The way to the figure, step by step."""
    steps = [
        ("The period", _period(judged)),
        ("The promise", _promise(judged)),
        ("How it is measured", _measured(judged, seen)),
        ("What counts", _counting(judged)),
        ("What was seen", _seen(judged, seen)),
        ("The figure", _figure(judged)),
        ("The verdict", _conclusion(judged, seen)),
    ]
    lines = [f"{judged.agreement.name}/{judged.target.name} in {judged.period.name}"]
    for number, (title, words) in enumerate(steps, start=1):
        lines += ["", f"{number}. {title}", *(f"   {line}" for line in words)]
    return lines


def _period(judged: TargetPeriod) -> Iterator[str]:
    period, name = judged.period, judged.agreement.period.timezone
    yield f"{period.name} in {name}: from {_when(judged, period.start)} to {_when(judged, period.end)}, which is not part of it."
    yield f"It lasts {seconds_text(period.seconds)}, that is {number_text(Fraction(period.seconds, 60))} minutes."
    for day, change in clock_changes(period, name):
        yield f"On {day} clocks were set {'forward' if change > 0 else 'back'} by {seconds_text(abs(change))}."


def clock_changes(period: Period, timezone: str) -> Iterator[tuple[str, int]]:
    """The days of a period on which a zone's clocks change, and by how many seconds."""
    where = zone(timezone)
    day = period.start
    while day < period.end:
        following = min(day + 86_400, period.end)
        before, after = (local(instant, where).utcoffset() or timedelta() for instant in (day, following))
        if before != after:
            yield f"{_change_day(day, following, timezone)}", round((after - before).total_seconds())
        day = following


def _change_day(first: int, last: int, timezone: str) -> str:
    where = zone(timezone)
    old = local(first, where).utcoffset()
    while last - first > 1:
        middle = (first + last) // 2
        first, last = (middle, last) if local(middle, where).utcoffset() == old else (first, middle)
    return local_date(last, where).isoformat()


def _promise(judged: TargetPeriod) -> Iterator[str]:
    agreement = judged.agreement
    yield f"{agreement.name} ({agreement.kind} with {agreement.party.kind} {agreement.party.name}) promises {judged.bound.text}."
    if agreement.source is not None and (agreement.source.url or agreement.source.file):
        version = f", version {agreement.source.version}" if agreement.source.version else ""
        verified = f", read on {agreement.source.verified_on}" if agreement.source.verified_on else ""
        yield f"Its text: {agreement.source.url or agreement.source.file}{version}{verified}."


def _measured(judged: TargetPeriod, seen: Observed) -> Iterator[str]:
    how = judged.measurement
    if isinstance(seen.facts, Results):
        yield f"Each result counts in the period in which it is. The figure is {_of_results(how)}."
        return
    if isinstance(how.score, Down):
        yield from _down_words(how, how.score, seen)
    elif how.slot is not None:
        yield f"Of every interval of {seconds_text(how.slot)} the share of bad events is taken, and the mean of these shares."
        yield f"An interval without events is {_EMPTY[how.empty]}."
    else:
        yield "The figure is the share of events that were good."
        if isinstance(seen.facts, Downtime):
            yield "The facts tell down time and no events: every second is taken as one event."
    if how.weights:
        yield "Some hours weigh more: " + ", ".join(f"{name} {weight} times" for name, weight in how.weights) + "."
    yield _OVER[how.over] if not (how.over == "events" and isinstance(seen.facts, Downtime)) else _OVER["calendar"]


def _of_results(how: Measurement) -> str:
    match how.reduce:
        case "count":
            return "how many there are"
        case "max":
            return "the longest time that one of them took"
        case "percentile":
            return f"the time that {number_text((how.percent or 1) * 100)}% of them did not exceed"
    return "the share of those that were met"


_EMPTY: Final = {"good": "good", "bad": "bad", "excluded": "left out", "unknown": "unknown"}
_OVER: Final = {
    "calendar": "The whole is all time of the period; excluded time is part of it, and good.",
    "scheduled": "The whole is the agreed hours of the period without what is excluded.",
    "deployed": "The whole is the time of the period in which the agreement was in force; excluded time is part of it, and good.",
    "events": "The whole is the events of the time that counts.",
}


def _down_words(how: Measurement, score: Down, seen: Observed) -> Iterator[str]:
    words = "more than" if score.strict else "at least"
    beyond = f"{words} {number_text(score.threshold * 100)}% of" if score.threshold else "any of"
    if isinstance(seen.facts, Downtime) and not score.by_interval:
        yield f"It is down while {beyond} its users are hit. Down time is exact to the second."
    else:
        least = f" and it has at least {score.minimum_events} events" if score.minimum_events else ""
        length = f"An interval of {seconds_text(how.slot)}" if how.slot else "The period"
        yield f"{length} is down when {beyond} its events are bad{least}; one without events is {_EMPTY[how.empty]}."
    if score.weighted:
        yield "Down time counts as much as the share that is hit."
    if how.runs is not None:
        yield from _run_words(how.runs)


def _run_words(rule: Runs) -> Iterator[str]:
    yield f"Only down time of {'more than' if rule.strict else 'at least'} {seconds_text(rule.shortest)} without a break counts."
    if rule.whole:
        yield f"What is beyond whole multiples of {seconds_text(rule.shortest)} does not count."


def _counting(judged: TargetPeriod) -> Iterator[str]:
    target, window = judged.target, judged.window
    if isinstance(target, AgreementTarget):
        yield "It is owed at all hours." if target.hours == ALWAYS else f"It is owed in the hours of the calendar {target.hours}."
    agreed = window.agreed.clip(window.start, window.end).seconds
    if agreed != judged.period.seconds:
        yield f"These are {seconds_text(agreed)} of the period."
    if not judged.outcome.excluded:
        yield "Nothing is excluded."
    for reason, spans in judged.exclusions.by_reason:
        inside = (spans & window.agreed).clip(window.start, window.end)
        if inside:
            yield f"Excluded for {reason}: {seconds_text(inside.seconds)}."
            yield from (f"  {_span(judged, start, end)}" for start, end in inside.items[:_SHOWN])
            if len(inside.items) > _SHOWN:
                yield f"  and {len(inside.items) - _SHOWN} more"
    for each in judged.exclusions.not_excluded[:_SHOWN]:
        yield f"Not excluded: {_refused(judged, each)}"
    if len(judged.exclusions.not_excluded) > _SHOWN:
        yield f"  and {len(judged.exclusions.not_excluded) - _SHOWN} more"


def _refused(judged: TargetPeriod, each: NotExcluded) -> str:
    source = f"{each.source}, " if each.source else ""
    text = f"{each.reason}, {source}{_span(judged, each.start, each.end)}: {_WHY[each.why]}"
    if each.why == "announced_late" and each.announced is not None and each.in_time is not None:
        text += f" ({_when(judged, each.announced)}; it had to be by {_when(judged, each.in_time)})"
    return text + "."


def _seen(judged: TargetPeriod, seen: Observed) -> Iterator[str]:
    outcome = judged.outcome
    runs = outcome.interruptions
    if isinstance(seen.facts, Results) or not runs:
        counts = f", of which {_amount(outcome.counted, outcome)} count" if outcome.real != outcome.counted else ""
        yield f"{_amount(outcome.real, outcome)} bad{counts}." if outcome.real else "Nothing was bad."
    else:
        yield f"It was down {'once' if len(runs) == 1 else f'{len(runs)} times'}:"
        for run in runs[:_SHOWN]:
            counts = "" if run.counted == run.end - run.start else f", of which {seconds_text(run.counted)} count"
            yield f"  {_span(judged, run.start, run.end)}{counts}"
        if len(runs) > _SHOWN:
            yield f"  and {len(runs) - _SHOWN} more"
        if outcome.real != outcome.counted:
            yield f"In all {_amount(outcome.real, outcome)} were bad; {_amount(outcome.counted, outcome)} count."
    if outcome.unknown:
        yield f"About {_unknown(outcome, seen)} nothing is known."


def _figure(judged: TargetPeriod) -> Iterator[str]:
    outcome, bound = judged.outcome, judged.bound
    if outcome.verdict == "not_measured":
        yield "Nothing was seen in the time that counts, so there is no figure."
        return
    unit = "" if outcome.unit == "events" else " s"
    if outcome.figure is not None and bound.unit == "%":
        sum_of = f"{number_text(outcome.counted)}{unit} / {number_text(outcome.of)}{unit}"
        exact = fraction_text(outcome.figure)
        told = f", exactly {exact}" if "/" in exact else ""
        yield f"{'1 - ' if is_floor(bound) else ''}{sum_of} = {_shown(outcome.figure, bound)}{told}."
        if outcome.unit == "seconds":
            yield f"That is {seconds_text(outcome.counted)} of {seconds_text(outcome.of)}."
    elif outcome.figure is not None:
        yield f"{_shown(outcome.figure, bound)}."
    if outcome.lower != outcome.upper:
        yield f"With all that is unknown good, and with all of it bad, it lies {_between(judged)}."


def _conclusion(judged: TargetPeriod, seen: Observed) -> Iterator[str]:
    outcome, bound = judged.outcome, judged.bound
    figure = outcome.figure if outcome.lower == outcome.upper else None
    if figure is not None and outcome.verdict in ("met", "missed"):
        relation = "is exactly" if figure == bound.value else "is more than" if figure > bound.value else "is less than"
        promised = bound.text.removeprefix("at least ").removeprefix("at most ")
        yield f"{_shown(figure, bound)} {relation} {promised}, and {bound.text} was promised: {outcome.verdict}."
    else:
        yield f"{_VERDICTS[outcome.verdict].capitalize()}."
    if outcome.verdict != "not_measured":
        for name, text in (*_budget(judged), *_few(judged, seen)):
            yield f"{name.capitalize()}: {text}."


def _when(judged: TargetPeriod, instant: int) -> str:
    shown = local(instant, zone(judged.agreement.period.timezone))
    return shown.strftime("%Y-%m-%d %H:%M:%S %Z" if shown.second else "%Y-%m-%d %H:%M %Z")


def _span(judged: TargetPeriod, start: int, end: int) -> str:
    return f"{_when(judged, start)} to {_when(judged, end)}, {seconds_text(end - start)}"
