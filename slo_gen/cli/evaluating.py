"""From the options of ``slo-gen evaluate`` to judged targets: reads the facts, and says what is wrong with what was written."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

import click

from slo_gen.cli.loading import colour_wanted, fail
from slo_gen.contract.facts import Downtime, Facts, Outage, Results
from slo_gen.contract.methods import of_results
from slo_gen.contract.target_period import Promise, TargetPeriod, adjusted_time, target_period, ticket_period
from slo_gen.history.sample_facts import facts_of, read_length, read_time
from slo_gen.history.sample_rows import read_rows
from slo_gen.spec.model import Agreement, AgreementTarget, Catalogue, OtherTarget
from slo_gen.spec.nearest import did_you_mean, nearest
from slo_gen.spec.problems import render_text
from slo_gen.timekeeping.periods import Period, Periods
from slo_gen.timekeeping.spans import Span, Spans
from slo_gen.timekeeping.zones import TimeError, zone

__all__ = [
    "Observed", "Skipped", "agreement_named", "judged", "misspelt_causes", "observed", "period_named", "relieved", "spans_of_reasons",
    "targets_named",
]  # fmt: skip

_MOST_PROBLEMS: Final = 20
_LONGEST: Final = 3653 * 86_400


@dataclass(frozen=True, slots=True)
class Observed:
    """The facts, and whether they were given as down time on the command line."""

    facts: Facts
    spans: bool


@dataclass(frozen=True, slots=True)
class Skipped:
    """Targets that are not judged, and why."""

    targets: tuple[str, ...]
    reason: str


def agreement_named(catalogue: Catalogue, name: str) -> Agreement:
    """The agreement of that name; ends the run when there is none."""
    if name not in catalogue.agreements:
        fail(f"there is no agreement {name!r}; {did_you_mean(name, catalogue.agreements) or 'there is none in these documents'}")
    return catalogue.agreements[name]


def period_named(agreement: Agreement, name: str) -> Period:
    """The period of that name; ends the run when the agreement has none."""
    try:
        return agreement.period.named(name)
    except TimeError as error:
        fail(f"--period: {error}; {agreement.name} is judged over periods of that kind")


# --- facts -----------------------------------------------------------------------------------------------------------
def relieved(catalogue: Catalogue, agreement: Agreement, targets: Sequence[Promise]) -> frozenset[str]:
    """Tickets that the parties agreed not to count, for all of these targets."""
    return frozenset(
        each.ticket for each in catalogue.adjustments
        if each.ticket and all(each.relieves(agreement.name, target.name) for target in targets if not isinstance(target, AgreementTarget))
    )  # fmt: skip


def observed(
    agreement: Agreement, period: Period, samples: Path | None, down: Sequence[str], slot: str | None, without: frozenset[str] = frozenset()
) -> Observed:
    """The facts of ``--samples`` or ``--down``, ``without`` some tickets; ends the run when something is wrong with them."""
    if samples is None and not down:
        raise click.UsageError("Say what was observed: --samples FILE, or --down START/LENGTH once or more.")
    if samples is not None and down:
        raise click.UsageError("--samples and --down both say what was observed; give one of the two.")
    where = agreement.period.timezone
    if samples is None:
        told = [(_outage(text, where), text) for text in down]
        for outage, text in told:
            if outage.end <= period.start or outage.start >= period.end:
                click.echo(f"slo-gen: --down {text}: it lies outside of {period.name}, and counts for nothing", err=True)
        outages = tuple(sorted((outage for outage, _ in told), key=lambda outage: (outage.start, outage.end)))
        first = min(period.start, *(outage.start for outage in outages))
        last = max(period.end, *(outage.end for outage in outages))
        return Observed(Downtime(first, last, outages), spans=True)
    try:
        length = read_length(slot) if slot else None
    except TimeError as error:
        fail(f"--slot: {error}")
    if length == 0:
        fail("--slot: a slot lasts at least 1s")
    text = _text(samples)                        # once: standard input and pipes have nothing to say a second time
    rows = read_rows(text, str(samples))
    facts = facts_of(rows, zone(where), period.start, period.end, length, without)
    if facts is None:
        problems = sorted(rows.problems)
        click.echo(render_text(problems[:_MOST_PROBLEMS], {rows.file: text}, colour=colour_wanted(sys.stderr)), err=True)
        more = f", of which {_MOST_PROBLEMS} are shown" if len(problems) > _MOST_PROBLEMS else ""
        fail(f"{len(problems)} {'error' if len(problems) == 1 else 'errors'} in {samples}{more}")
    if isinstance(facts, Downtime):
        if facts.outages and all(outage.end <= period.start or outage.start >= period.end for outage in facts.outages):
            click.echo(f"slo-gen: {samples}: none of its outages lies in {period.name}; all of that was up", err=True)
        return Observed(facts, spans=True)
    return Observed(facts, spans=False)


def _text(samples: Path) -> str:
    try:
        data = sys.stdin.buffer.read() if str(samples) == "-" else samples.read_bytes()
    except OSError as error:
        fail(f"{samples} cannot be read: {error.strerror}")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        fail(f"{samples}: line {line} is no UTF-8 text")


def _outage(text: str, where: str) -> Outage:
    """``2026-03-29T01:30/50m``, and after more slashes its cause and the share of users that it hits."""
    start, rest = _start(text, where, "--down", "2026-03-29T01:30/50m")
    length, *more = rest.split("/")
    end = _end(start, length, where, "--down", text)
    cause, hit = "", Fraction(1)
    for part in more:
        if part.endswith("%"):
            hit = _share(part, text)
        else:
            cause = part
    return Outage(start, end, hit, cause)


def _share(part: str, text: str) -> Fraction:
    try:
        share = Fraction(part.removesuffix("%")) / 100
    except (ValueError, ZeroDivisionError):
        share = Fraction(0)
    if not 0 < share <= 1:
        fail(f"--down {text}: {part} is no share of the users; write it like 30%")
    return share


def _start(text: str, where: str, option: str, example: str) -> tuple[int, str]:
    begun, slash, rest = text.partition("/")
    if not slash:
        fail(f"{option} {text}: the length is missing; write it like {example}")
    try:
        return read_time(begun, zone(where)), rest
    except TimeError as error:
        fail(f"{option} {text}: {error}")


def _end(start: int, length: str, where: str, option: str, text: str) -> int:
    if re.fullmatch(r"[0-9]{1,6}(\.[0-9]+)?", length) and length != "0":
        fail(f"{option} {text}: {length} has no unit; write it like {length}m")
    try:
        end = start + read_length(length)
    except TimeError as wrong_length:
        try:
            end = read_time(length, zone(where))
        except TimeError:
            fail(f"{option} {text}: {wrong_length}")
    if end <= start:
        fail(f"{option} {text}: it does not end after its start")
    if end - start > _LONGEST:
        fail(f"{option} {text}: it lasts for more than ten years; look at the year that is written")
    return end


def spans_of_reasons(agreement: Agreement, targets: Iterable[Promise], texts: Sequence[str]) -> dict[str, Spans]:
    """``--when REASON=START/LENGTH``: what was excluded for causes and conditions, by their reason."""
    known = {each.reason for target in targets if isinstance(target, AgreementTarget) for each in target.exclude}
    found: dict[str, list[Span]] = {}
    for text in texts:
        reason, equals, span = text.partition("=")
        if not equals:
            fail(f"--when {text}: the reason is missing; write it like customer=2026-03-29T01:30/50m")
        if reason not in known:
            hint = did_you_mean(reason, sorted(known)) if known else "its targets exclude nothing"
            fail(f"--when {text}: {agreement.name} excludes nothing for {reason!r}; {hint}")
        start, rest = _start(span, agreement.period.timezone, "--when", "customer=2026-03-29T01:30/50m")
        found.setdefault(reason, []).append((start, _end(start, rest, agreement.period.timezone, "--when", text)))
    return {reason: Spans.of(spans) for reason, spans in found.items()}


def misspelt_causes(agreement: Agreement, targets: Iterable[Promise], facts: Facts) -> list[str]:
    """Sentences about causes of outages that are almost one that a target excludes. Any other cause is the writer's own word."""
    if not isinstance(facts, Downtime):
        return []
    known = {each.reason for target in targets if isinstance(target, AgreementTarget) for each in target.exclude}
    causes = sorted({outage.cause for outage in facts.outages if outage.cause} - known)
    meant = {cause: nearest(cause, known) for cause in causes}
    return [
        f"outages of the cause {cause!r} count, as {agreement.name} excludes nothing for it; did you mean `{name}`?"
        for cause, name in meant.items() if name is not None
    ]  # fmt: skip


# --- targets -----------------------------------------------------------------------------------------------------------
def targets_named(agreement: Agreement, name: str | None) -> list[Promise]:
    """The target of that name, or all that facts can be given for; ends the run when there is none."""
    known: dict[str, Promise] = {}
    known.update((each.name, each) for each in agreement.targets)
    known.update((each.name, each) for each in agreement.ticket_targets)
    known.update((each.name, each) for each in agreement.other_targets if _is_told_by_results(agreement, each))
    if name is None:
        if not known:
            fail(f"{agreement.name} has no target that facts can be given for")
        return list(known.values())
    if name in known:
        return [known[name]]
    if any(each.name == name for each in agreement.other_targets):
        fail(f"{agreement.name}/{name} rests on no indicator, and not on single tickets of one of its periods; no samples tell it")
    fail(f"{agreement.name} has no target {name!r}; {did_you_mean(name, known) or 'it has none'}")


def _is_told_by_results(agreement: Agreement, target: OtherTarget) -> bool:
    """Whether single results tell it, over the agreement's own periods."""
    periods = agreement.period
    return of_results(target) is not None and (not target.per or (isinstance(periods, Periods) and target.per == periods.length))


def judged(
    catalogue: Catalogue, agreement: Agreement, targets: Sequence[Promise], period: Period, seen: Observed,
    reasons: dict[str, Spans],
) -> tuple[list[TargetPeriod], Skipped | None]:  # fmt: skip
    """What the facts make of the targets that they are about. Ends the run where that is none of them."""
    results = isinstance(seen.facts, Results)
    fitting = [each for each in targets if isinstance(each, AgreementTarget) != results]
    others = tuple(each.name for each in targets if each not in fitting)
    why = "the facts are results of tickets" if results else "what is told of tickets are rows of time,met"
    if not fitting:
        names = ", ".join(each.name for each in targets)
        what = "results of tickets" if results else "no results of tickets"
        fail(f"the facts are {what}, and {names} {'is' if len(targets) == 1 else 'are'} {'not about' if results else 'about'} tickets")
    sources = {each.indicator if isinstance(each, AgreementTarget) else each.name for each in fitting}
    if len(sources) > 1 and not seen.spans:
        fail(f"the facts are about one of {', '.join(each.name for each in fitting)}; say which with --target")
    found = [
        target_period(
            catalogue, agreement, each, period, seen.facts, found=reasons, adjusted=adjusted_time(catalogue, agreement, each)
        )
        if isinstance(each, AgreementTarget)
        else ticket_period(agreement, each, period, seen.facts)
        for each in fitting
    ]
    return found, Skipped(others, why) if others else None
