"""``slo-gen list``: every document and what it promises, one line each."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import click

from slo_gen.cli.loading import read_specs, refuse_errors, specs_argument
from slo_gen.rules.promql import duration
from slo_gen.spec.documents import KINDS
from slo_gen.spec.files import Loaded
from slo_gen.spec.model import Catalogue

__all__ = ["command"]


@click.command("list", short_help="List documents: what they are and what they promise.")
@specs_argument
@click.option("--kind", type=click.Choice(list(KINDS), case_sensitive=False), help="Only documents of this kind.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(specs: tuple[Path, ...], kind: str | None, as_json: bool) -> None:
    """List documents: what they are, what they promise, where they stand."""
    read = read_specs(specs)
    if not read.loaded.documents:
        refuse_errors(read)      # there is nothing to show beside them
    rows = [row for row in _rows(read.loaded, read.catalogue) if kind is None or row["kind"] == KINDS[kind].__name__]
    if as_json:
        click.echo(json.dumps(rows, indent=2, ensure_ascii=False))
    else:
        _print(rows)
    errors = sum(problem.severity == "error" for problem in read.problems)
    if errors:
        click.echo(f"slo-gen: {errors} error{'s' * (errors != 1)} not shown; see slo-gen check", err=True)
        raise click.exceptions.Exit(1)


def _rows(loaded: Loaded, catalogue: Catalogue) -> list[dict[str, Any]]:
    order = list(dict.fromkeys(struct.__name__ for struct in KINDS.values()))
    documents = sorted(loaded.documents, key=lambda document: (order.index(document.kind), document.name))
    return [
        {
            "kind": document.kind,
            "name": document.name,
            "title": document.value.metadata.title or document.name,
            "says": _says(document.kind, document.name, catalogue),
            "file": document.file,
            "line": document.position()[0],
        }
        for document in documents
    ]


def _says(kind: str, name: str, catalogue: Catalogue) -> str:
    """The gist of a document; empty where the name says it all."""
    if kind == "SLO" and name in catalogue.slos:
        slo = catalogue.slos[name]
        return f"{slo.objective_text} of {slo.indicator} in {duration(slo.window)}"
    if kind == "Indicator" and name in catalogue.indicators:
        indicator = catalogue.indicators[name]
        counting = f", counting {indicator.counting}" if indicator.is_counted else ""
        return f"{type(indicator.measure).__name__.lower()} of {indicator.service}{counting}"
    if kind in ("SLA", "OLA", "UC") and name in catalogue.agreements:
        agreement = catalogue.agreements[name]
        promised = len(agreement.targets) + len(agreement.ticket_targets) + len(agreement.other_targets)
        return f"{agreement.party.kind} {agreement.party.name}, {agreement.service}, {agreement.state}, {_targets(promised)}"
    if kind == "Service" and name in catalogue.services:
        service = catalogue.services[name]
        return ", ".join(filter(None, (service.owner, f"{service.criticality} criticality" if service.criticality else "")))
    return ""


def _targets(number: int) -> str:
    return f"{number} target{'s' * (number != 1)}"


def _print(rows: list[dict[str, Any]]) -> None:
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console()
    if not sys.stdout.isatty():
        console.width = 240
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column in ("KIND", "NAME", "TITLE", "SAYS", "WHERE"):
        table.add_column(column, no_wrap=column in ("KIND", "NAME"))
    for row in rows:
        title = "" if row["title"] == row["name"] else row["title"]
        table.add_row(*(Text(text) for text in (row["kind"], row["name"], title, row["says"], f"{row['file']}:{row['line']}")))
    console.print(table)
