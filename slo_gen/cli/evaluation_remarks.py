"""What stands beside the verdict of a target: what may be bad, what was and does not count, the level that was expected, whether a miss
is a breach, how a running period ends. Pure."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from slo_gen.contract.budget import Budget, Projection, project
from slo_gen.contract.comparing import figure_at, is_floor, verdict_of
from slo_gen.contract.facts import Facts, Slots
from slo_gen.contract.outcome import Verdict
from slo_gen.contract.rounding import seconds_text
from slo_gen.contract.target_period import TargetPeriod
from slo_gen.history.attained import level_text
from slo_gen.history.misses import is_breach
from slo_gen.spec.model import OtherTarget, TicketTarget
from slo_gen.spec.terms import Bound
from slo_gen.spec.ticket_terms import LowVolume
from slo_gen.timekeeping.zones import local, zone

__all__ = ["allowance", "by_few", "excused", "expected", "few", "foreseen", "remarks", "takes_unknown", "uncounted"]


def takes_unknown(judged: TargetPeriod) -> bool:
    """Whether something is unknown and the agreement takes it for good, or for bad: then nobody saw all of what counts."""
    return judged.measurement.unknown in ("good", "bad") and bool(judged.outcome.unknown)


def uncounted(judged: TargetPeriod) -> Fraction | None:
    """What was bad and does not count; None where what counts is not only what was seen, so that the two cannot be compared."""
    return None if takes_unknown(judged) else judged.outcome.real - judged.outcome.counted


def few(judged: TargetPeriod) -> LowVolume | None:
    """How many may be missed of tickets that are few, where these are."""
    tickets, outcome = judged.agreement.tickets, judged.outcome
    if tickets is None or tickets.low_volume is None or not isinstance(judged.target, TicketTarget):
        return None
    return tickets.low_volume if outcome.of + outcome.unknown < tickets.low_volume.below else None


def by_few(judged: TargetPeriod) -> LowVolume | None:
    """The same where it is met for that reason only, whatever share was."""
    worst = figure_at(judged.bound, judged.outcome, worst=True)
    return few(judged) if judged.outcome.verdict == "met" and worst is not None and not judged.bound.holds(worst) else None


def allowance(judged: TargetPeriod) -> Budget | None:
    """What may be bad, and what is left of it; None where nothing was measured."""
    spent, terms = judged.budget, few(judged)
    return spent if spent is None or terms is None else replace(spent, allowed=max(spent.allowed, Fraction(terms.allow_misses)))


def expected(judged: TargetPeriod) -> tuple[Bound, Verdict] | None:
    """The level that is expected above the one that is owed, and whether it was reached; None where there is none."""
    target, outcome = judged.target, judged.outcome
    if isinstance(target, OtherTarget) or target.expected is None:
        return None
    bound = replace(judged.bound, value=target.expected)
    bound = replace(bound, text=f"{'at least' if is_floor(bound) else 'at most'} {_level(bound)}")
    best, worst = (outcome.upper, outcome.lower) if is_floor(bound) else (outcome.lower, outcome.upper)
    return bound, verdict_of(bound, best, worst, measured=outcome.verdict != "not_measured")


def _level(bound: Bound) -> str:
    """A level as people write it; what was written in a document has an end."""
    if bound.unit == "s":
        return seconds_text(bound.value)
    exact = bound.value * 100
    return f"{(Decimal(exact.numerator) / Decimal(exact.denominator)).normalize():f}%"


def excused(judged: TargetPeriod) -> bool:
    """Whether a miss in this period alone would be no breach: in the grace, or while the agreement allows so many of them."""
    return judged.in_grace or not is_breach(judged.target.misses, [True])


def foreseen(judged: TargetPeriod, facts: Facts) -> Projection | None:
    """How a period ends of which the facts know the beginning only; None where they reach its end, or count events."""
    window, outcome, spent = judged.window, judged.outcome, judged.budget
    if not isinstance(facts, Slots) or not window.start < facts.end < window.end or spent is None or outcome.unit == "events":
        return None
    if judged.measurement.unknown != "bounds" or judged.measurement.reduce not in ("sum", "mean"):
        return None
    counting = window.counting & window.period
    elapsed = counting.clip(window.start, facts.end).seconds
    rest = counting.seconds - elapsed
    return project(
        judged.bound, spent, unknown=outcome.unknown - rest + judged.silent, elapsed=Fraction(elapsed), rest=Fraction(rest), of=judged.whole
    )  # fmt: skip


def remarks(judged: TargetPeriod, facts: Facts) -> list[tuple[str, str]]:
    """Each with its name."""
    rows = []
    level = expected(judged)
    if level is not None:
        rows.append(("expected", f"{level[0].text}: {level[1]}"))
    if judged.outcome.verdict in ("missed", "unclear"):
        rows += _no_breach(judged)
    ending = foreseen(judged, facts)
    if ending is not None and isinstance(facts, Slots):
        until = local(facts.end, zone(judged.agreement.period.timezone)).strftime("%Y-%m-%d %H:%M %Z")
        rows.append(("so far", f"the facts end on {until}; {_ending(judged, ending)}"))
    return rows


def _no_breach(judged: TargetPeriod) -> list[tuple[str, str]]:
    target = judged.target
    if judged.in_grace:
        return [("no breach", f"the agreement began on {judged.agreement.starts}, and misses in the first {target.grace} are none")]
    if not excused(judged):
        return []
    terms = target.misses
    row = "in a row " if terms.contiguous else ""
    return [("no breach", f"{terms.allowed} {row}of {terms.of} periods may be missed; `slo-gen close` knows the earlier ones")]


def _ending(judged: TargetPeriod, ending: Projection) -> str:
    match judged.outcome.verdict:
        case "met":
            return "met whatever comes"
        case "missed":
            return "missed whatever comes"
    if ending.expected is None or ending.figure is None:
        return "nothing can be foreseen"
    at_end = f" and {level_text(judged, ending.figure)}" if judged.bound.unit == "%" else ""
    end = f"{seconds_text(ending.expected)} bad{at_end}"
    return f"at the present rate it ends with {end}, which would be {'missed' if ending.at_risk else 'met'}"
