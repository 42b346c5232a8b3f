"""What a backtest found, as tables and sentences for people and as a document for programs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

import click
from rich import box
from rich.table import Table
from rich.text import Text

from slo_gen.cli.backtest_notes import notes
from slo_gen.cli.verdict_columns import add_verdict_columns, console_for_tables
from slo_gen.contract.rounding import percent
from slo_gen.history.backtest import SloPast
from slo_gen.history.facts import Source
from slo_gen.history.period_words import in_words
from slo_gen.history.promised_past import PeriodPast, TargetPast
from slo_gen.rules.promql import duration
from slo_gen.spec.model import Catalogue
from slo_gen.timekeeping.spans import Span
from slo_gen.timekeeping.zones import write_instant

__all__ = ["as_document", "print_tables"]


def print_tables(promised: Sequence[TargetPast], slos: Sequence[SloPast], catalogue: Catalogue, url: str) -> None:
    """Tables, a sentence for each target and SLO, and which facts they rest on."""
    console = console_for_tables()
    if promised:
        console.print(_promised_table(promised))
    for target in promised:
        click.echo(f"{target.agreement.name}/{target.target.name}: {_of_periods(target)}")
    if slos:
        console.print(_slo_table(slos))
    for past in slos:
        click.echo(f"{_named(past)}: {_sentence(past)}")
    for line in notes(promised, slos, catalogue, url):
        click.echo(line)


def as_document(promised: Iterable[TargetPast], slos: Iterable[SloPast]) -> dict[str, Any]:
    """What ``slo-gen backtest --json`` prints; instants as ``2026-03-29T07:00:00Z``."""
    return {"targets": [_target_document(past) for past in promised], "slos": [_slo_document(past) for past in slos]}


def _promised_table(promised: Iterable[TargetPast]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    add_verdict_columns(table)
    for past in promised:
        name, objective = f"{past.agreement.name}/{past.target.name}", past.target.bound.text
        for each in past.periods:
            cells = (
                name, each.period.name, _cell(each), objective, each.attained, percent(each.measured, places=1),
            )  # fmt: skip
            table.add_row(*map(Text, cells))
    return table


def _cell(each: PeriodPast) -> str:
    word = each.verdict.replace("_", " ")
    return f"{word}, allowed" if each.verdict == "missed" and not each.breach else word


def _of_periods(past: TargetPast) -> str:
    if not past.periods:
        return "no period is over"
    met = sum(each.verdict == "met" for each in past.periods)
    if met == len(past.periods):
        return f"met in {in_words([past.periods[0].period.name])}" if met == 1 else f"met in all {met} periods"
    told = [
        f"{word} in {in_words(found)}"
        for word in _ORDER if (found := [each.period.name for each in past.periods if _verdict(each) == word])
    ]  # fmt: skip
    return f"{'; '.join(told)}; met in {met} of {len(past.periods)}"


_ORDER: Final = ("breached", "missed, as is allowed,", "unclear", "not measured")


def _verdict(each: PeriodPast) -> str:
    if each.verdict == "missed":
        return "breached" if each.breach else "missed, as is allowed,"
    return each.verdict.replace("_", " ")


def _target_document(past: TargetPast) -> dict[str, Any]:
    return {
        "agreement": past.agreement.name,
        "target": past.target.name,
        "indicator": past.target.indicator,
        "objective": past.target.bound.text,
        "periods": [
            {
                "period": each.period.name, "start": write_instant(each.period.start), "end": write_instant(each.period.end),
                "verdict": each.verdict, "breach": each.breach, "attained": each.attained, "measured": float(each.measured),
                "source": next((dict(source.labels) for source in each.past.sources if source.read), None),
            }
            for each in past.periods
        ],
        "sources": _sources(past.sources),
        "computed": [_span(span) for span in past.computed],
    }  # fmt: skip


def _sources(sources: Iterable[Source]) -> list[dict[str, Any]]:
    return [{"labels": dict(source.labels), "records": source.records, "read": source.read} for source in sources]


def _slo_table(slos: Iterable[SloPast]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    table.add_column("SLO", overflow="fold")
    for column in ("MEASURED", "PAGES", "AT NIGHT", "TICKETS"):
        table.add_column(column, justify="right", no_wrap=True)
    table.add_column("ALERTS", overflow="fold")
    for past in slos:
        alerts = ", ".join(f"{duration(pair.long)}/{duration(pair.short)} {count}" for pair, count in past.by_pair if count)
        cells = (
            _named(past), percent(past.measured, places=1), str(len(past.pages)), str(past.at_night), str(len(past.tickets)), alerts or "-",
        )
        table.add_row(*map(Text, cells))
    return table


def _named(past: SloPast) -> str:
    group = ",".join(f"{label}={value}" for label, value in past.group.items())
    return f"{past.slo.name}{{{group}}}" if group else past.slo.name


def _sentence(past: SloPast) -> str:
    if not past.measured:
        return "nothing was measured"
    if not past.slo.alerts:
        return "does not alert"
    pages, tickets = _number(len(past.pages), "page"), _number(len(past.tickets), "ticket")
    return f"{pages}, {past.at_night} at night, {tickets}" if past.pages else f"no page, {tickets}"


def _slo_document(past: SloPast) -> dict[str, Any]:
    return {
        "slo": past.slo.name,
        "indicator": past.slo.indicator,
        "group": dict(past.group),
        "measured": float(past.measured),
        "pages": [_span(page) for page in past.pages],
        "pages_at_night": past.at_night,
        "tickets": [_span(ticket) for ticket in past.tickets],
        "alerts": [
            {"severity": pair.severity, "long_window": duration(pair.long), "short_window": duration(pair.short), "fired": count}
            for pair, count in past.by_pair
        ],
        "sources": _sources(past.past.sources),
        "computed": [_span(span) for span in past.past.computed],
    }


def _span(span: Span) -> dict[str, str]:
    return {"start": write_instant(span[0]), "end": write_instant(span[1])}


def _number(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"
