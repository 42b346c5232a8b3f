"""What facts came to under an agreement, the whole way to the figure in words. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from fractions import Fraction
from typing import Final

from slo_gen.cli.evaluating import Observed
from slo_gen.cli.evaluation_remarks import by_few, takes_unknown
from slo_gen.cli.evaluation_text import (
    amount,
    between,
    excluded_text,
    few_words,
    is_number,
    shown,
    sidelights,
    undecided,
    verdict_words,
)
from slo_gen.contract.comparing import is_floor
from slo_gen.contract.exclusions import NotExcluded, Why
from slo_gen.contract.facts import Downtime, Results
from slo_gen.contract.measurement import Down, Measurement, Runs
from slo_gen.contract.outcome import Interruption
from slo_gen.contract.rounding import fraction_text, number_text, seconds_text
from slo_gen.contract.target_period import Promise, TargetPeriod
from slo_gen.spec.model import ALWAYS, AgreementTarget
from slo_gen.spec.resolve.bounds import words_and_figure
from slo_gen.timekeeping.periods import Period
from slo_gen.timekeeping.zones import local, local_date, zone

__all__ = ["EMPTY_WORDS", "OF_RUNS_WORDS", "OVER_WORDS", "explained", "run_words"]

_SHOWN: Final = 20

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


def explained(judged: TargetPeriod, seen: Observed) -> list[str]:
    """The way to the figure, step by step."""
    steps = [
        ("The period", _period(judged)),
        ("The promise", _promise(judged)),
        ("How it is measured", _measured(judged, seen)),
        ("What counts", _counting(judged, seen)),
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
    """The days of a period on which a zone's clocks change, and by how many seconds.

    A change at its very start makes it longer or shorter; one at its end does so to the next.
    """
    where = zone(timezone)
    day, last = period.start - 1, period.end - 1
    while day < last:
        following = min(day + 86_400, last)
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
        yield f"An interval without events is {EMPTY_WORDS[how.empty]}."
    else:
        yield f"The figure is the share of events that were {'good' if is_floor(judged.bound) else 'bad'}."
        if isinstance(seen.facts, Downtime):
            yield "The facts tell down time and no events: every second is taken as one event."
    if how.weights:
        yield "Some hours weigh more: " + ", ".join(f"{name} {weight} times" for name, weight in how.weights) + "."
    if how.reduce in OF_RUNS_WORDS:
        yield OF_RUNS_WORDS[how.reduce]
    elif judged.bound.unit == "%":
        yield "The whole is the time that counts." if how.over == "events" and isinstance(seen.facts, Downtime) else OVER_WORDS[how.over]


def _of_results(how: Measurement) -> str:
    match how.reduce:
        case "count":
            return "how many there are"
        case "max":
            return "the longest time that one of them took"
        case "percentile":
            return f"the time that {number_text((how.percent or 1) * 100)}% of them did not exceed"
    return "the share of those that were met"


OF_RUNS_WORDS: Final = {
    "max": "The figure is the longest time without a break, with what of it lies beyond the edges of the period.",
    "count": "The figure is how often it was down for a time that lies in the period, in whole or in part.",
}
EMPTY_WORDS: Final = {"good": "good", "bad": "bad", "excluded": "left out", "unknown": "unknown"}
OVER_WORDS: Final = {
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
    elif isinstance(seen.facts, Downtime):
        yield f"An interval of {seconds_text(how.slot or 0)} is down as a whole when {beyond} it was."
    else:
        least = f" and it has at least {score.minimum_events} events" if score.minimum_events else ""
        length = f"An interval of {seconds_text(how.slot)}" if how.slot else "The period"
        yield f"{length} is down when {beyond} its events are bad{least}; one without events is {EMPTY_WORDS[how.empty]}."
    if score.weighted:
        yield "Down time counts as much as the share that is hit."
    if how.runs is not None:
        yield from run_words(how.runs)


def run_words(rule: Runs) -> Iterator[str]:
    """Which runs of down time count."""
    yield f"Only down time of {'more than' if rule.strict else 'at least'} {seconds_text(rule.shortest)} without a break counts."
    if rule.whole:
        yield f"What is beyond whole multiples of {seconds_text(rule.shortest)} does not count."


def _counting(judged: TargetPeriod, seen: Observed) -> Iterator[str]:
    target, window = judged.target, judged.window
    in_force = window.deployed & window.period
    if not in_force:
        yield "The agreement is not in force in this period."
    elif in_force != window.period:
        yield f"The agreement is in force from {_span(judged, *in_force.items[0])} of the period."
    if isinstance(target, AgreementTarget):
        yield "It is owed at all hours." if target.hours == ALWAYS else f"It is owed in the hours of the calendar {target.hours}."
        agreed = (window.agreed & window.period).seconds
        if agreed != in_force.seconds:
            yield f"These are {seconds_text(agreed)} of the period."
    if not judged.outcome.excluded:
        yield "Nothing is excluded."
    if isinstance(seen.facts, Results):
        yield from (f"Excluded for {reason}: {excluded_text(number, seen)}." for reason, number in judged.outcome.excluded.items())
    for reason, spans in judged.exclusions.by_reason:
        inside = (spans & window.agreed).clip(window.start, window.end)
        if inside:
            yield f"Excluded for {reason}: {seconds_text(inside.seconds)}."
            yield from (f"  {_span(judged, start, end)}" for start, end in inside.items[:_SHOWN])
            if len(inside.items) > _SHOWN:
                yield f"  and {len(inside.items) - _SHOWN} more"
    for cause in _other_causes(target, seen):
        yield f"Not excluded: outages of the cause {cause}; the target does not exclude it."
    for each in judged.exclusions.not_excluded[:_SHOWN]:
        yield f"Not excluded: {_refused(judged, each)}"
    if len(judged.exclusions.not_excluded) > _SHOWN:
        yield f"  and {len(judged.exclusions.not_excluded) - _SHOWN} more"


def _other_causes(target: Promise, seen: Observed) -> list[str]:
    """Causes that the facts name, and for which nothing is excluded."""
    if not isinstance(seen.facts, Downtime) or not isinstance(target, AgreementTarget):
        return []
    return sorted({outage.cause for outage in seen.facts.outages} - {each.reason for each in target.exclude} - {""})


def _refused(judged: TargetPeriod, each: NotExcluded) -> str:
    source = f"{each.source}, " if each.source else ""
    text = f"{each.reason}, {source}{_span(judged, each.start, each.end)}: {_WHY[each.why]}"
    if each.why == "announced_late" and each.announced is not None and each.in_time is not None:
        text += f" ({_when(judged, each.announced)}; it had to be by {_when(judged, each.in_time)})"
    return text + "."


def _seen(judged: TargetPeriod, seen: Observed) -> Iterator[str]:
    outcome = judged.outcome
    runs = outcome.interruptions
    if is_number(judged, seen):
        yield f"There {'was' if (number := outcome.of + outcome.unknown) == 1 else 'were'} {excluded_text(int(number), seen)}."
    elif isinstance(seen.facts, Results) or not runs:
        yield f"{amount(outcome.real, outcome)} bad{_of_which(judged)}." if outcome.real else f"Nothing was bad{_of_which(judged)}."
    else:
        unseen = ", or not seen and taken for down," if takes_unknown(judged) and judged.measurement.unknown == "bad" else ""
        yield f"It was down{unseen} {'once' if len(runs) == 1 else f'{len(runs)} times'}:"
        for run in runs[:_SHOWN]:
            yield f"  {_span(judged, run.start, run.end)}{_counts(judged, run)}"
        if len(runs) > _SHOWN:
            yield f"  and {len(runs) - _SHOWN} more"
        if outcome.real != outcome.counted:
            so_far = ", as far as it was seen" if takes_unknown(judged) else ""
            yield f"In all {amount(outcome.real, outcome)} were bad{so_far}; {amount(outcome.counted, outcome)} count."
    if outcome.unknown:
        yield undecided(judged, seen)
        if outcome.unit == "events" and not isinstance(seen.facts, Results) and judged.measurement.unknown != "excluded":
            least = "at most " if judged.measurement.unknown == "bounds" else ""
            yield f"It is reckoned with {least}as many events as the busiest slot had."
    if judged.silent:
        yield f"In {seconds_text(judged.silent)} there were no events, so that nobody knows how it was."


def _of_which(judged: TargetPeriod) -> str:
    """What of the bad counts, where that is something else."""
    outcome = judged.outcome
    if outcome.real == outcome.counted:
        return ""
    count = f"{amount(outcome.counted, outcome)} {'counts' if outcome.unit == 'events' and outcome.counted == 1 else 'count'}"
    return f", as far as it was seen; {count}" if takes_unknown(judged) else f", of which {count}"


def _counts(judged: TargetPeriod, run: Interruption) -> str:
    """What of a run counts, where that is not all of it. The longest run and the number of runs take each as a whole."""
    if not run.counted:
        return ", which does not count"
    if run.counted == run.end - run.start or judged.measurement.reduce in OF_RUNS_WORDS:
        return ""
    return f", of which {seconds_text(run.counted)} count"


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
        yield f"{'1 - ' if is_floor(bound) else ''}{sum_of} = {shown(judged, outcome.figure)}{told}."
        if outcome.unit == "seconds":
            yield f"That is {seconds_text(outcome.counted)} of {seconds_text(outcome.of)}."
    elif outcome.figure is not None:
        yield f"{shown(judged, outcome.figure)}."
    if outcome.lower != outcome.upper:
        yield f"With all that is unknown good, and with all of it bad, it lies {between(judged)}."


def _conclusion(judged: TargetPeriod, seen: Observed) -> Iterator[str]:
    outcome, bound = judged.outcome, judged.bound
    figure = outcome.figure if outcome.lower == outcome.upper else None
    promised = words_and_figure(bound.text)[1]
    if (terms := by_few(judged)) is not None:
        below = f"{shown(judged, figure)} is less than {promised}, but " if figure is not None else ""
        yield f"{below}{few_words(terms)}: met."
    elif figure is not None and outcome.verdict in ("met", "missed"):
        relation = "is exactly" if figure == bound.value else "is more than" if figure > bound.value else "is less than"
        yield f"{shown(judged, figure)} {relation} {promised}, and {bound.text} was promised: {outcome.verdict}."
    else:
        yield f"{verdict_words(judged).capitalize()}."
    for name, text in sidelights(judged, seen):
        yield f"{name.capitalize()}: {text}."


def _when(judged: TargetPeriod, instant: int) -> str:
    shown = local(instant, zone(judged.agreement.period.timezone))
    return shown.strftime("%Y-%m-%d %H:%M:%S %Z" if shown.second else "%Y-%m-%d %H:%M %Z")


def _span(judged: TargetPeriod, start: int, end: int) -> str:
    return f"{_when(judged, start)} to {_when(judged, end)}, {seconds_text(end - start)}"
