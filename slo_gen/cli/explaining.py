"""What a document promises, in words: the lines that ``slo-gen explain`` prints. Pure; a catalogue in, text out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction

from slo_gen.cli.explaining_notifications import told_of_agreement, told_of_slo
from slo_gen.cli.explaining_remedies import remedies
from slo_gen.cli.explaining_terms import measured_lines
from slo_gen.contract.methods import measurement
from slo_gen.contract.rounding import percent
from slo_gen.contract.ticket_promises import promised_of_tickets
from slo_gen.rules.accounts import accounts
from slo_gen.rules.calendar_tables import Horizon
from slo_gen.rules.claim_rules import claims_not_live
from slo_gen.rules.info import IN_FORCE, promises
from slo_gen.rules.promql import duration, number
from slo_gen.rules.thresholds import can_fire, pages, threshold
from slo_gen.spec.convert import Document
from slo_gen.spec.model import (
    ALWAYS,
    Agreement,
    AgreementTarget,
    BurnWindow,
    Catalogue,
    Evaluation,
    Events,
    Indicator,
    Latency,
    Origin,
    OtherTarget,
    Probe,
    Ratio,
    Slo,
    Threshold,
    TicketTarget,
    Watch,
)
from slo_gen.spec.schema import fields
from slo_gen.timekeeping.periods import Periods, RollingDays

__all__ = ["explain_agreement", "explain_defaults", "explain_indicator", "explain_slo"]

_PERIOD_DAYS = {"week": 7, "month": 30, "quarter": 91, "half_year": 182, "year": 365}
_SOME_HOURS = 100
"""How many agreed hours a month has depends on the month; what may fail is told of so many."""
_FIGURES = {"count": " outages", "max": " for the longest outage"}


def explain_slo(catalogue: Catalogue, slo: Slo) -> list[str]:
    """An SLO: what is aimed at, the budget, what would alert and when, how it is counted, what rests on it."""
    indicator = catalogue.indicators[slo.indicator]
    budget = 1 - slo.objective
    lines = [
        f"SLO {_titled(slo.name, slo.title)}, {_where(slo.origin)}",
        f"  {slo.objective_text} of {_counted(indicator)} of {slo.service} are to be good in any {duration(slo.window)}.",
        "",
        "Error budget",
        f"  {percent(budget)} may be bad: {_span(budget * slo.window)} of complete outage in {duration(slo.window)} under steady load"
        + (f", {_events(budget)} of 1,000,000 events." if indicator.is_counted else "."),
        "",
        "Alerts",
        *_alerts(slo, indicator, catalogue.evaluation),
        "",
        *told_of_slo(catalogue, slo),
        *_measured(catalogue, indicator),
        "",
        "Rests on it",
        *_resting(catalogue, slo),
    ]
    if indicator.by:
        lines.insert(2, f"  Each combination of {', '.join(indicator.by)} is judged by itself.")
    return lines


def explain_indicator(catalogue: Catalogue, indicator: Indicator) -> list[str]:
    """An indicator: what it reads, how it is counted and how exact that is, who uses it."""
    slos = sorted(slo.name for slo in catalogue.slos.values() if slo.indicator == indicator.name)
    users = sorted(f"{promise.agreement.name}/{promise.target.name}" for promise in promises(catalogue).get(indicator.name, ()))
    return [
        f"Indicator {_titled(indicator.name, indicator.title)} of service {indicator.service}, {_where(indicator.origin)}",
        "",
        *_measured(catalogue, indicator),
        "",
        "Used by",
        f"  SLOs: {', '.join(slos) or 'none, so nothing alerts on it'}",
        f"  agreements in force: {_several(users) or 'none'}",
    ]


def explain_agreement(catalogue: Catalogue, agreement: Agreement, target: str | None, horizon: Horizon) -> list[str]:
    """An agreement, or one of its targets: who promises what to whom, how much may fail, what backs it, what guards it.

    ``horizon``: how far the tables of rules that are made now reach.
    """
    alone = replace(catalogue, agreements={agreement.name: agreement})
    absent, unclaimed = accounts(alone, horizon)[1], claims_not_live(alone)
    template = f", from template {agreement.template}" if agreement.template else ""
    state = agreement.state if agreement.state == IN_FORCE else f"{agreement.state}, so it is not judged"
    lines = [
        f"{agreement.kind} {_titled(agreement.name, agreement.title)}, {_where(agreement.origin)}",
        f"  with {agreement.party.kind} {agreement.party.name} about service {agreement.service}{template}",
        f"  state: {state}",
        f"  judged {_each(agreement.period)}, in the time zone {agreement.period.timezone}",
    ]
    for promise in agreement.targets:
        if target in (None, promise.name):
            lines += ["", *_target(catalogue, agreement, promise)]
            if (agreement.name, promise.name) in absent:
                lines.append(f"  not live: {absent[agreement.name, promise.name].reason}")
            if (agreement.name, promise.name) in unclaimed:
                lines.append(f"  no alert before it must be claimed: {unclaimed[agreement.name, promise.name]}")
    for ticket in agreement.ticket_targets:
        if target in (None, ticket.name):
            lines += ["", *_ticket_target(agreement, ticket)]
    live = {ticket.name for ticket in promised_of_tickets(agreement)}
    for other in agreement.other_targets:
        if target in (None, other.name):
            lines += ["", *_other_target(agreement, other, live=other.name in live)]
    lines += ["", *remedies(agreement, target), *told_of_agreement(catalogue, agreement)]
    lines += ["An agreement never pages by itself; the SLOs on its indicators do, before the contract is broken."]
    return lines


def explain_defaults(document: Document) -> list[str]:
    """Every key that the document leaves out and that then has a value of its own."""
    lines = [
        f"  {field.path}: {field.default}"
        for field in fields(document.kind)
        if field.default not in ("", "{}", "[]") and "[]" not in field.path and "<key>" not in field.path
        and field.path != "apiVersion" and _is_open(document, field.path)
    ]
    return ["Left out, so by default", *lines] if lines else []


def _is_open(document: Document, path: str) -> bool:
    """Whether the key was not written, though the section that holds it was."""
    *section, _ = steps = path.split(".")
    return not document.written(steps) and (len(section) == 1 or isinstance(_written_at(document, section), dict))


def _written_at(document: Document, path: list[str]) -> object:
    value: object = document.positions.value
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


# --- alerts ------------------------------------------------------------------------------------------------------


def _alerts(slo: Slo, indicator: Indicator, evaluation: Evaluation) -> Iterator[str]:
    if not slo.alerts:
        yield "  none: alerting is switched off"
        return
    for pair in slo.alerts:
        windows = f"{duration(pair.long)} and {duration(pair.short)}"
        if not can_fire(slo, pair):
            yield f"  never   over {windows}: it would take more than 100% of bad events; the rule is left out"
            continue
        yield (
            f"  {pair.severity:<7} when more than {percent(threshold(slo, pair))} was bad over {windows}: "
            f"{percent(pair.budget_share, places=0)} of the budget spent, burn rate {_factor(pair, slo)}; "
            f"a complete outage fires it after {_span(_outage(slo, pair))}"
        )
    if slo.minimum_bad > 0:
        unit = "bad events" if indicator.is_counted else "bad minutes"
        yield f"  nothing while the long window holds fewer than {number(slo.minimum_bad)} {unit}"
    delay = evaluation.settling + evaluation.interval
    why = f"scrapes settle for {evaluation.settling}s, and they run every {evaluation.interval}s"
    yield f"  the rules see all that up to {_span(Fraction(delay))} late: {why}"
    yield f"  told to {f'team {slo.team}' if slo.team else 'nobody in particular: the service has no owner'}"


def _outage(slo: Slo, pair: BurnWindow) -> Fraction:
    """Seconds of complete outage under steady load until both windows are above the threshold; the evaluation comes on top."""
    return threshold(slo, pair) * pair.long + pair.hold


def _factor(pair: BurnWindow, slo: Slo) -> str:
    return number(round(pair.factor(slo.window), 2))


# --- how it is measured ------------------------------------------------------------------------------------------


def _measured(catalogue: Catalogue, indicator: Indicator) -> Iterator[str]:
    yield "Measured"
    match indicator.measure:
        case Events(total, bad, good):
            yield f"  all events: {total}"
            yield f"  bad events: {bad}" if bad is not None else f"  good events: {good}"
        case Latency(histogram, limit, native):
            kind = "native histogram, interpolated within its bucket" if native else "classic histogram, exact at a bucket boundary"
            yield f"  slower than {number(limit)} in {histogram} ({kind})"
        case Threshold(value, op, limit):
            yield f"  the share of each minute in which {value} {op} {number(limit)}"
        case Probe(watch=Watch() as watch):
            yield from _watched(watch)
        case Probe(series, location, quorum):
            needed = "more than half of the locations" if quorum is None else f"{quorum} location{'s' * (quorum != 1)} or more"
            yield f"  down while {needed} (label {location}) see it down in {series}"
        case Ratio(error):
            yield f"  {error}; every minute weighs the same"
    if indicator.is_counted:
        yield f"  counting: {indicator.counting}"
        yield from _exactness(catalogue, indicator)
    if indicator.watch is not None:
        yield f"  asked by the `probes` of sla-exporter; silence is told after {_silence(catalogue, indicator)}"
        return
    yield (
        f"  scraped every {duration(indicator.scrape_interval)}; silence is told after {_silence(catalogue, indicator)}; "
        f"targets are told apart by {', '.join(indicator.target_labels)}"
    )


def _watched(watch: Watch) -> Iterator[str]:
    needed = "more than half of the locations" if watch.quorum is None else f"{watch.quorum} location{'s' * (watch.quorum != 1)} or more"
    least = f"; unknown while fewer than {watch.known} know" if watch.known > 1 else ""
    yield f"  down while {needed} see it down, as the exporter records it to the second{least}"
    if watch.failures > 1:
        since = "first" if watch.back_dated else "last"
        yield f"  a location sees it down after {watch.failures} failures in a row, since the {since} of them"


def _silence(catalogue: Catalogue, indicator: Indicator) -> str:
    blinds_a_page = any(pages(slo) for slo in catalogue.slos.values() if slo.indicator == indicator.name)
    return f"{duration(indicator.expected_silence)} by a {'page' if blinds_a_page else 'ticket'}"


def _exactness(catalogue: Catalogue, indicator: Indicator) -> Iterator[str]:
    yield "    every event that a scrape saw counts once, through restarts, kills, new labels and scrape gaps of up to"
    yield f"    {duration(indicator.bridge)}; what a process counted after its last scrape nobody can have seen"
    if indicator.counting == "exact":
        yield "    that unseen part is estimated and recorded, and makes a verdict unclear where it would decide it"
    else:
        interval = duration(catalogue.evaluation.interval)
        yield f"    a process that began before it was watched counts from the next mark on: up to {interval} of it is not counted,"
        yield "    and the unseen part is not recorded; `counting: exact` does both, at a higher cost"


def _counted(indicator: Indicator) -> str:
    return f"the events of {indicator.name}" if indicator.is_counted else f"the minutes of {indicator.name}"


# --- periods -----------------------------------------------------------------------------------------------------


def _word(period: Periods | RollingDays) -> str:
    if isinstance(period, RollingDays):
        return "period"
    return "half-year" if period.length == "half_year" else period.length


def _per(period: Periods | RollingDays) -> str:
    return f"in any {period.days} days" if isinstance(period, RollingDays) else f"per {_word(period)}"


def _each(period: Periods | RollingDays) -> str:
    if isinstance(period, RollingDays):
        return f"over the last {period.days} days at the end of each day"
    month, day = period.starts
    if period.length == "month" and day != 1:
        return f"per month from day {day} on"
    if period.length not in ("week", "month") and (month, day) != (1, 1):
        return f"per {_word(period)} of years that begin on {month:02}-{day:02}"
    return f"per {_word(period)}"


def _days(period: Periods | RollingDays) -> int | None:
    return period.days if isinstance(period, RollingDays) else _PERIOD_DAYS.get(period.length)


def _level(level: Fraction, unit: str) -> str:
    return percent(level) if unit == "%" else _span(level) if unit == "s" else number(level)


# --- agreements --------------------------------------------------------------------------------------------------


def _target(catalogue: Catalogue, agreement: Agreement, target: AgreementTarget) -> Iterator[str]:
    yield f"Target {target.name}, {_where(target.origin)}"
    promised = f"{target.bound.text}{_FIGURES.get(target.measure.reduce or '', '')}"
    yield f"  {promised} {_per(agreement.period)}, measured by indicator {target.indicator}"
    if target.hours != ALWAYS:
        yield f"  owed in the hours of the calendar {target.hours}"
    days = _days(agreement.period)
    if days is not None and target.direction == "at least" and target.unit == "%":
        of_hours = target.hours != ALWAYS and measurement(target).over in ("scheduled", "events")
        seconds, whole = (_SOME_HOURS * 3600, f"{_SOME_HOURS} of these hours") if of_hours else (
            days * 86400, f"a {_word(agreement.period)} of {days} days")  # fmt: skip
        less = "less than " if target.strict else ""
        yield f"  in {whole} that allows {less}{_span((1 - target.objective) * seconds)} of complete outage"
    yield from measured_lines(agreement, target, catalogue.indicators[target.indicator])
    if target.where:
        yield f"  of the groups with {', '.join(f'{label}={value}' for label, value in sorted(target.where.items()))} only"
    if target.expected is not None:
        yield f"  expected beyond the minimum: {_level(target.expected, target.unit)}"
    yield f"  backed by: {', '.join(agreement.backed_by.get(target.name, ())) or 'nothing'}"
    guards = [slo for slo in catalogue.slos.values() if slo.indicator == target.indicator]
    if not guards:
        yield "  guarded by no SLO: nobody is told before it is broken"
    for slo in guards if target.unit == "%" else ():
        tight = "tighter than" if slo.objective > target.objective else "which is not tighter than"
        yield f"  guarded by SLO {slo.name} ({slo.objective_text} in {duration(slo.window)}), {tight} the promise"


def _ticket_target(agreement: Agreement, target: TicketTarget) -> Iterator[str]:
    yield f"Target {target.name}, {_where(target.origin)}"
    within = f"{target.clock} within {target.within} of {target.hours} hours"
    yield f"  {target.share_text} of the {target.priority} tickets {_per(agreement.period)}: {within}"
    yield f"  backed by: {', '.join(agreement.backed_by.get(target.name, ())) or 'nothing'}"


def _other_target(agreement: Agreement, target: OtherTarget, *, live: bool) -> Iterator[str]:
    yield f"Target {target.name}, {_where(target.origin)}"
    of = " ".join(filter(None, (target.priority, target.of)))
    what = {
        "count": f"number of {of}", "longest": f"the longest {of}", "satisfaction": f"satisfaction ({of})",
        "fact": f"{of}, as it is recorded",
        "percentile": f"the {percent(target.percent, places=0) if target.percent is not None else ''} percentile of {of}",
    }[target.about]  # fmt: skip
    hours = f" in {target.hours} hours" if target.within else ""
    each = f"in each {target.per}" if target.per else _per(agreement.period)
    yield f"  {what}: {target.objective_text}{hours}, {each}"
    if not live:
        yield "  not live: nothing that the exporter counts decides it; `slo-gen evaluate` judges what you know of it"
    yield f"  backed by: {', '.join(agreement.backed_by.get(target.name, ())) or 'nothing'}"


def _resting(catalogue: Catalogue, slo: Slo) -> Iterator[str]:
    promised = promises(catalogue).get(slo.indicator, ())
    if not promised:
        yield "  no agreement in force"
    by_terms: dict[tuple[str, Fraction], list[str]] = {}
    for promise in promised:
        level = (promise.target.bound.text, promise.target.objective)
        by_terms.setdefault(level, []).append(f"{promise.agreement.name}/{promise.target.name}")
    for (terms, objective), names in sorted(by_terms.items()):
        warning = "" if slo.objective > objective else "; the SLO is not tighter than this"
        yield f"  {terms}: {_several(sorted(names))}{warning}"


# --- words -------------------------------------------------------------------------------------------------------


def _titled(name: str, title: str) -> str:
    return name if title in ("", name) else f"{name} ({title})"


def _where(origin: Origin) -> str:
    return f"{origin.file}:{origin.line}"


def _several(names: list[str], shown: int = 5) -> str:
    rest = f" and {len(names) - shown} more" if len(names) > shown else ""
    return ", ".join(names[:shown]) + rest


def _events(share: Fraction) -> str:
    """Of a million."""
    count = share * 1_000_000
    return f"{count.numerator:,}" if count.denominator == 1 else f"{float(count):,.2f}"


def _span(seconds: Fraction) -> str:
    """A length of time to the second, or to the millisecond below one; never rounded to nothing."""
    if seconds <= 0:
        return "0s"
    rounded = Fraction(round(seconds)) if seconds >= 1 else Fraction(max(round(seconds * 1000), 1), 1000)
    return duration(rounded)
