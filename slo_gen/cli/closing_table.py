"""Closed periods as a table for people and as documents for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import click
from rich import box
from rich.table import Table
from rich.text import Text

from slo_gen.cli.closing_run import Closed
from slo_gen.cli.verdict_columns import add_verdict_columns, console_for_tables
from slo_gen.contract.credits import Credit
from slo_gen.contract.money import amount_text
from slo_gen.contract.rounding import percent
from slo_gen.history.closing_file import ClosedTarget, Closing
from slo_gen.history.later_periods import won_back_text
from slo_gen.timekeeping.zones import local, zone

__all__ = ["as_documents", "print_closed"]

_STYLES = {"met": "green", "missed": "bold red", "unclear": "yellow", "not_measured": "yellow"}


def print_closed(found: Iterable[Closed], *, indicative: bool) -> None:
    """One line for each target, what each run did below, and which facts were read where there was a choice."""
    found = list(found)
    console = console_for_tables()
    closings = [each.closing for each in found if each.closing is not None]
    if closings:
        console.print(_table(closings, indicative=indicative))
    for each in found:
        if each.closing is not None:
            click.echo(f"{each.agreement} {each.period}: {each.did}{_until(each.closing) if not indicative else ''}")
    for line in dict.fromkeys(note for each in found if each.closing is not None for note in (*each.remarks, *_notes(each.closing))):
        click.echo(line)


def as_documents(found: Iterable[Closed]) -> list[dict[str, Any]]:
    """What ``slo-gen close --json`` prints; the files of closings say more."""
    return [
        {
            "agreement": each.agreement,
            "period": each.period,
            "did": each.did,
            "problem": each.problem,
            "remarks": list(each.remarks),
            "state": None if each.closing is None else each.closing.state,
            "revision": None if each.closing is None else each.closing.current.number,
            "won_back": None if each.closing is None else _won_back(each.closing),
            "may_be_ended": [] if each.closing is None else list(each.closing.current.judged.may_be_ended),
            "credit": None if each.closing is None else _credit(each.closing.current.judged.credit),
            "targets": [] if each.closing is None else [_target(target) for target in each.closing.current.judged.targets],
        }
        for each in found
    ]


def _table(closings: Iterable[Closing], *, indicative: bool) -> Table:
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    add_verdict_columns(table)
    table.add_column("STATE", no_wrap=True)
    for closing in closings:
        state = "indicative" if indicative else closing.state
        for target in closing.current.judged.targets:
            cells = (
                f"{closing.agreement}/{target.target}", closing.period, _verdict(target), target.objective, target.attained,
                percent(target.completeness, places=1), state,
            )
            styles = ("", "", _STYLES.get(target.verdict, ""), "", "", "", "")
            table.add_row(*(Text(cell, style=style) for cell, style in zip(cells, styles, strict=True)))
    return table


def _verdict(target: ClosedTarget) -> str:
    word = target.verdict.replace("_", " ")
    return f"{word}, allowed" if target.verdict == "missed" and not target.breach else word


def _until(closing: Closing) -> str:
    if closing.state != "provisional" or closing.objections_until is None:
        return f" ({closing.state}, revision {closing.current.number})"
    until = local(closing.objections_until, zone(closing.timezone))
    return f" ({closing.state} until {until:%Y-%m-%d %H:%M %Z})"


def _notes(closing: Closing) -> Iterator[str]:
    judged = closing.current.judged
    for target in judged.targets:
        if len(target.sources) > 1:
            read = next(source for source in target.sources if source.read)
            others = ", ".join(f"{_labelled(each.labels)} ({each.records:,})" for each in target.sources if not each.read)
            yield f"{target.indicator}: read from {_labelled(read.labels)} ({read.records:,} records); also there: {others}"
    if judged.credit is not None:
        paid = None if judged.credit.paid is None else amount_text(judged.credit.paid, judged.credit.currency)
        yield from (f"{closing.agreement}: credit: {line.words}" for line in judged.credit.lines if line.words != paid)
        if paid is not None:
            yield f"{closing.agreement}: credit of {paid}"
        elif judged.credit.amount is None:
            yield f"{closing.agreement}: credit: no fee is known; close it again with --agreement and --fee, which says what was paid"
    if judged.won_back is not None:
        yield f"{closing.agreement}: {won_back_text(judged.won_back)}"
    yield from (f"{closing.agreement}: {right}" for right in judged.may_be_ended)
    yield from (f"{closing.agreement}: {note}" for note in judged.notes)
    for left in judged.not_judged:
        yield f"{closing.agreement}/{left.target}: not judged: {left.reason}"


def _labelled(labels: Any) -> str:
    return "{" + ", ".join(f'{label}="{value}"' for label, value in sorted(labels.items())) + "}"


def _credit(credit: Credit | None) -> dict[str, Any] | None:
    if credit is None:
        return None
    paid = None if credit.paid is None else amount_text(credit.paid, credit.currency)
    return {"paid": paid, "share": None if credit.share is None else float(credit.share), "days": float(credit.days)}


def _won_back(closing: Closing) -> dict[str, Any] | None:
    won = closing.current.judged.won_back
    return None if won is None else {"period": won.period, "amount": amount_text(won.amount, won.currency)}


def _target(target: ClosedTarget) -> dict[str, Any]:
    return {
        "target": target.target,
        "indicator": target.indicator,
        "verdict": target.verdict,
        "breach": target.breach,
        "objective": target.objective,
        "attained": target.attained,
        "completeness": float(target.completeness),
        "sources": [{"labels": dict(source.labels), "records": source.records, "read": source.read} for source in target.sources],
    }
