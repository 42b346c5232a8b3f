"""``slo-gen backtest``: what proposed promises would have meant over recorded history."""

from __future__ import annotations

import contextlib
import hashlib
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from slo_gen.cli.asking import answered, open_prometheus
from slo_gen.cli.loading import fail, load_catalogue, specs_argument
from slo_gen.cli.options import prometheus_option
from slo_gen.fetch import RequestError

if TYPE_CHECKING:
    from slo_gen.cli.backtesting import History
    from slo_gen.history.backtest import SloPast
    from slo_gen.history.promised_past import TargetPast
    from slo_gen.prometheus import Prometheus
    from slo_gen.spec.model import Agreement, Catalogue, Slo
    from slo_gen.timekeeping.calendars import Calendar
    from slo_gen.timekeeping.periods import Period, Periods, RollingDays
    from slo_gen.timekeeping.spans import Span

__all__ = ["command"]


@click.command("backtest", short_help="Try documents on the past: what would have been missed and paged.")
@specs_argument
@prometheus_option("Address of the Prometheus that has the history.", required=True)
@click.option("--from", "first", metavar="PERIOD", help="First period, such as 2025-12. Default: the third month before this one.")
@click.option("--to", "last", metavar="PERIOD", help="Last period. Default: the month before this one.")
@click.option("--slo", "slos", multiple=True, metavar="NAME", help="Only this SLO; can be given several times.")
@click.option("--agreement", "agreements", multiple=True, metavar="NAME", help="Only this agreement; can be given several times.")
@click.option("--night", default="22:00-06:00", show_default=True, metavar="HOURS", help="When a page wakes somebody.")
@click.option("--hours", "calendar", metavar="CALENDAR", help="Calendar of the hours in which people are at work; the rest is night.")
@click.option("--timezone", metavar="ZONE", help="Zone of nights and periods. Default: that of the agreements on the indicator, else UTC.")
@click.option("--cache", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Where answers are kept, so that an interrupted run goes on. Default: slo-gen/ in your cache folder.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    specs: tuple[Path, ...], url: str, first: str | None, last: str | None, slos: tuple[str, ...], agreements: tuple[str, ...], night: str,
    calendar: str | None, timezone: str | None, cache: Path | None, as_json: bool,
) -> None:
    """Try documents on the past: which periods each agreement would have missed, and how often each SLO would have paged.

    Agreements are judged by their own periods, whatever their state and term. Facts are those that were recorded. Before
    the first record they are computed from the raw series, which for counted events is an estimate, and said so. Burn
    alerts are replayed interval by interval.

    Exit status: 0 shown, 1 errors found, 2 wrong use.
    """
    from slo_gen.cli.backtest_table import as_document, print_tables

    catalogue = load_catalogue(specs)
    frame = _Frame(catalogue, first, last, night, calendar, timezone, int(time.time()))
    chosen = _chosen(catalogue, slos, agreements)
    for slo in chosen.slos:
        frame.of(slo)               # says what is wrong with the options before anything is read
    for agreement in chosen.agreements:
        frame.periods_of(agreement)
    promised, alerted = answered(_read(frame, chosen, url, cache))
    if as_json:
        click.echo(json.dumps(as_document(promised, alerted), indent=2, ensure_ascii=False))
    else:
        print_tables(promised, alerted, catalogue, url)


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What is tried: everything, or what was named."""

    slos: list[Slo]
    agreements: list[Agreement]


def _chosen(catalogue: Catalogue, slos: tuple[str, ...], agreements: tuple[str, ...]) -> _Chosen:
    from slo_gen.spec.nearest import did_you_mean

    for word, named, known in (("SLO", slos, catalogue.slos), ("agreement", agreements, catalogue.agreements)):
        for name in named:
            if name not in known:
                fail(f"there is no {word} {name!r}; {did_you_mean(name, known) or 'there is none in these documents'}")
    everything = not slos and not agreements
    chosen = _Chosen(
        [slo for slo in catalogue.slos.values() if everything or slo.name in slos],
        [agreement for agreement in catalogue.agreements.values() if everything or agreement.name in agreements],
    )
    if not chosen.slos and not chosen.agreements:
        fail("there is no SLO and no agreement in these documents")
    return chosen


async def _read(frame: _Frame, chosen: _Chosen, url: str, cache: Path | None) -> tuple[list[TargetPast], list[SloPast]]:
    from slo_gen.cli.answer_cache import AnswerCache, usual_folder
    from slo_gen.cli.backtesting import History
    from slo_gen.cli.progress import progress

    async with open_prometheus(url) as prometheus:
        kept = AnswerCache(cache or usual_folder() / "backtest", f"{prometheus.identity} {await _configuration(prometheus)}")
        history = History(prometheus, kept, progress)
        try:
            promised = [past for agreement in chosen.agreements for past in await _promised(frame, agreement, history)]
            return promised, [past for slo in chosen.slos for past in await _past(frame, slo, history)]
        except OSError as error:
            fail(f"{error.filename or kept.folder} cannot be written: {error.strerror}; name another folder with --cache")


async def _configuration(prometheus: Prometheus) -> str:
    """What tells servers apart that have the same address one after the other, as behind a forwarded port; "" where none says it."""
    with contextlib.suppress(RequestError):
        return hashlib.sha256((await prometheus.configuration()).encode()).hexdigest()
    return ""


async def _promised(frame: _Frame, agreement: Agreement, history: History) -> list[TargetPast]:
    from slo_gen.history.facts import Wanted
    from slo_gen.history.judging import reach
    from slo_gen.history.promised_past import target_past

    catalogue, periods = frame.catalogue, frame.periods_of(agreement)
    if not periods:
        return []
    found = []
    for target in agreement.targets:
        around = reach(target)
        until = min(periods[-1].end + around, max(frame.until, periods[-1].end))
        indicator = catalogue.indicators[target.indicator]
        wanted = Wanted.over(indicator, catalogue.evaluation, periods[0].start - around, until, target.where)
        parts = [
            (
                Wanted.over(indicator, catalogue.evaluation, each.start - around, min(each.end + around, until), target.where),
                (each.start, each.end),
            )
            for each in periods
        ]  # fmt: skip
        pasts, held = await history.parts(wanted, parts), await history.held(target, wanted)
        found.append(target_past(catalogue, agreement, target, list(zip(periods, pasts, strict=True)), held))
    return found


async def _past(frame: _Frame, slo: Slo, history: History) -> list[SloPast]:
    from slo_gen.history.backtest import lead_in, slo_past
    from slo_gen.history.facts import Wanted

    catalogue = frame.catalogue
    indicator = catalogue.indicators[slo.indicator]
    start, end = frame.of(slo)
    night = frame.night_of(slo).spans(start, end)
    wanted = Wanted.over(indicator, catalogue.evaluation, start - lead_in(slo), end)
    groups = await history.by_group(wanted) or {(): await history.whole(wanted)}
    return [
        slo_past(slo, dict(zip(indicator.by, group, strict=False)), past, catalogue.evaluation, start, end, night)
        for group, past in groups.items()
    ]


@dataclass(frozen=True, slots=True)
class _Frame:
    """Which time is looked at, and what of it is night, by the options."""

    catalogue: Catalogue
    first: str | None
    last: str | None
    night: str
    calendar: str | None
    timezone: str | None
    now: int

    @property
    def until(self) -> int:
        """Up to when everything is recorded."""
        evaluation = self.catalogue.evaluation
        return self.now - evaluation.settling - 2 * evaluation.interval

    def periods_of(self, agreement: Agreement) -> tuple[Period, ...]:
        """The periods of an agreement in the range that are over. Raises a usage error for names that are none."""
        from slo_gen.history.named_periods import periods_within
        from slo_gen.timekeeping.periods import Periods
        from slo_gen.timekeeping.zones import TimeError

        months = Periods("month", agreement.period.timezone)
        usual_last = months.previous(months.of(self.now))
        usual_first = months.previous(months.previous(usual_last))
        try:
            self._in_order(agreement.period, self.first or usual_first.name, self.last or usual_last.name)
            found = periods_within(agreement.period, self.first or usual_first.name, self.last or usual_last.name)
        except TimeError as error:
            raise click.UsageError(f"{error}.") from None
        return tuple(period for period in found if period.end <= self.until)

    def _in_order(self, periods: Periods | RollingDays, first: str, last: str) -> None:
        """Raises a usage error for a range that goes backwards, and TimeError for names that are none."""
        from slo_gen.history.named_periods import named_span

        if named_span(periods, first).start >= named_span(periods, last).end:
            raise click.UsageError(f"{last} is over before {first} begins.")

    def of(self, slo: Slo) -> Span:
        """The range for an SLO, as far as it is over. Raises a usage error for options that make no sense."""
        from slo_gen.history.named_periods import named_span
        from slo_gen.timekeeping.zones import TimeError

        periods = self._months(slo)
        usual_last = periods.previous(periods.of(self.now))
        usual_first = periods.previous(periods.previous(usual_last))
        try:
            self.night_of(slo)
            self._in_order(periods, self.first or usual_first.name, self.last or usual_last.name)
            start = named_span(periods, self.first).start if self.first else usual_first.start
            end = named_span(periods, self.last).end if self.last else usual_last.end
        except TimeError as error:
            raise click.UsageError(f"{error}.") from None
        end = min(end, self.until)
        if start >= end:
            raise click.UsageError(f"Nothing of {self.first or usual_first.name} to {self.last or usual_last.name} is over yet.")
        return start, end

    def night_of(self, slo: Slo) -> Calendar:
        """When a page of an SLO wakes somebody. Raises TimeError, or a usage error for a calendar that is not there."""
        from slo_gen.spec.nearest import did_you_mean
        from slo_gen.timekeeping.calendars import Always, Difference, Weekly, week

        if self.calendar is None:
            return Weekly(self._zone(slo), week({"mon-sun": [self.night]}))
        calendars: Mapping[str, Calendar] = self.catalogue.calendars
        if self.calendar not in calendars:
            hint = did_you_mean(self.calendar, calendars) or "write a document of kind Calendar with this name"
            raise click.UsageError(f"There is no calendar {self.calendar!r}; {hint}.")
        return Difference(Always(), (calendars[self.calendar],))

    def _months(self, slo: Slo) -> Periods:
        from slo_gen.timekeeping.periods import Periods
        from slo_gen.timekeeping.zones import TimeError, zone

        try:
            zone(self._zone(slo))
        except TimeError as error:
            raise click.UsageError(f"{error}.") from None
        return Periods("month", self._zone(slo))

    def _zone(self, slo: Slo) -> str:
        if self.timezone is not None:
            return self.timezone
        for agreement in self.catalogue.agreements.values():
            if any(target.indicator == slo.indicator for target in agreement.targets):
                return agreement.period.timezone
        return "UTC"
