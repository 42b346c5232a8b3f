"""``slo-gen status``: the verdicts of this moment, from a running Prometheus: SLOs, agreements, and targets on tickets."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import click

from slo_gen.cli.asking import answered, ask_with_alerts
from slo_gen.cli.loading import fail, load_catalogue, specs_argument
from slo_gen.cli.options import prometheus_option
from slo_gen.fetch import RequestError
from slo_gen.history import agreement_status, ticket_status
from slo_gen.history.agreement_status import AgreementRow, is_in_danger
from slo_gen.history.status import Row, is_alarming, questions, rows
from slo_gen.history.ticket_status import TicketRow
from slo_gen.spec.model import Catalogue

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

__all__ = ["Standing", "command", "read_standing"]

Part = Literal["all", "agreements", "tickets"]

FEW = 20
"""So many targets of agreements are shown whatever they have come to; of more only those that somebody should look at."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where everything stands that was promised."""

    slos: tuple[Row, ...]
    agreements: tuple[AgreementRow, ...]
    tickets: tuple[TicketRow, ...]


@click.command("status", short_help="Show where SLOs, agreements and tickets stand now.")
@specs_argument
@prometheus_option("Address of the Prometheus that evaluates the rules.", required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON: the SLOs, or what --agreements or --tickets chooses.")
@click.option("--agreements", "agreements_only", is_flag=True, help="Only what agreements promise on indicators, and all of it.")
@click.option("--tickets", "tickets_only", is_flag=True, help="Only what is promised on tickets.")
@click.option("--watch", "seconds", type=click.FloatRange(min=1), metavar="SECONDS", help="Show again every so many seconds, until Ctrl-C.")
@click.option(
    "--exit-code", is_flag=True,
    help="End with 1 when an SLO is missed, unclear or without data, or an alert fires; with --agreements, when a target is breached, at "
         "risk or without data; with --tickets, when too many were missed.",
)  # fmt: skip
def command(
    specs: tuple[Path, ...], url: str, as_json: bool, agreements_only: bool, tickets_only: bool, seconds: float | None, exit_code: bool
) -> None:
    """Show what each SLO has attained in its window, its error budget, and which alerts fire; what the targets of agreements
    have come to in their present periods; and where promises on tickets stand.

    The verdict on an SLO is met or missed; unclear where events that nobody can have seen would decide; no events where nothing
    happened; no data where nothing was measured. Agreements and tickets are told of the present period so far: breached is
    what nothing can bring back, at risk what may still be kept or lost.

    Exit status: 0 shown, 1 errors found (see also --exit-code), 2 wrong use.
    """
    if agreements_only and tickets_only:
        raise click.UsageError("--agreements and --tickets exclude each other; without both everything is shown")
    part: Part = "agreements" if agreements_only else "tickets" if tickets_only else "all"
    catalogue = load_catalogue(specs)
    if not catalogue.slos and not agreement_status.questions(catalogue) and not ticket_status.questions(catalogue):
        fail("there is no SLO in these documents, and no agreement in force with a target on an indicator or on tickets")
    if seconds is not None:
        _watch(catalogue, url, seconds, as_json, part)
        return
    found = answered(read_standing(catalogue, url))
    _show(found, as_json, part)
    if part == "all":
        _explain_silence(found, url)
    if exit_code and _is_alarming(found, part):
        raise click.exceptions.Exit(1)


async def read_standing(catalogue: Catalogue, url: str) -> Standing:
    """Ask a Prometheus for the present verdicts, and where agreements and promises on tickets stand. Raises RequestError."""
    asked = [*questions(catalogue), *agreement_status.questions(catalogue), *ticket_status.questions(catalogue)]
    answers, alerts = await ask_with_alerts(url, asked)
    return Standing(
        rows(catalogue, answers, alerts),
        agreement_status.rows(catalogue, answers, alerts, int(time.time())),
        ticket_status.rows(catalogue, answers),
    )


def _is_alarming(found: Standing, part: Part) -> bool:
    match part:
        case "agreements":
            return any(map(is_in_danger, found.agreements))
        case "tickets":
            return any(row.verdict == "missed" for row in found.tickets)
    return any(map(is_alarming, found.slos))


def _explain_silence(found: Standing, url: str) -> None:
    """Why there is nothing to see, where that has a usual reason."""
    silent = all(row.verdict == "no data" and row.burn is None for row in found.slos)
    if silent and all(row.verdict == "no data" for row in found.agreements) and (found.slos or found.agreements):
        click.echo(f"slo-gen: {url} holds no recorded series of these documents; are the compiled rules loaded there?", err=True)
    elif any(row.verdict == "no data" and row.burn is not None for row in found.slos):
        click.echo("slo-gen: windows of a day or more are summed every five minutes; the first sum comes within ten", err=True)


def _documents(found: Standing, part: Part) -> list[dict[str, Any]]:
    from slo_gen.cli.agreement_status_table import agreement_documents
    from slo_gen.cli.status_table import as_documents
    from slo_gen.cli.ticket_status_table import ticket_documents

    match part:
        case "agreements":
            return agreement_documents(found.agreements)
        case "tickets":
            return ticket_documents(found.tickets)
    return as_documents(found.slos)


def _tables(found: Standing, part: Part) -> list[RenderableType]:
    """What is to be seen: SLOs, agreements, and tickets where an exporter tells of any."""
    from rich.text import Text

    from slo_gen.cli.agreement_status_table import agreement_table
    from slo_gen.cli.status_table import status_table
    from slo_gen.cli.ticket_status_table import ticket_table

    tables: list[RenderableType] = []
    if found.slos and part == "all":
        tables.append(status_table(found.slos))
    shown = _worth_showing(found.agreements) if part == "all" else found.agreements
    if shown and part != "tickets":
        tables.append(agreement_table(shown))
    if len(shown) < len(found.agreements) and part == "all":
        hidden = len(found.agreements) - len(shown)
        tables.append(Text(f"{hidden} {'other ' if shown else ''}targets of agreements are met so far; --agreements shows them"))
    known = [row for row in found.tickets if row.verdict != "no data"]
    if known and part != "agreements":
        tables.append(ticket_table(known))
    return tables


def _worth_showing(found: Sequence[AgreementRow]) -> Sequence[AgreementRow]:
    return found if len(found) <= FEW else [row for row in found if row.verdict != "met" or row.alerts]


def _show(found: Standing, as_json: bool, part: Part) -> None:
    if as_json:
        click.echo(json.dumps(_documents(found, part), indent=2, ensure_ascii=False))
        return
    from rich.console import Console

    console = Console()
    if not sys.stdout.isatty():
        console.width = 200      # a file or a pipe has no edge to fold at
    for table in _tables(found, part):
        console.print(table)
    without = sum(row.verdict == "no data" for row in found.tickets)
    if without and part != "agreements":
        told = f"{without} targets on tickets have no data"
        click.echo(f"slo-gen: {told}; does this Prometheus scrape the sla-exporter and load its rules?", err=True)
    if part == "agreements" and not found.agreements:
        click.echo("slo-gen: no agreement in force promises anything of an indicator", err=True)


def _watch(catalogue: Catalogue, url: str, seconds: float, as_json: bool, part: Part) -> None:
    """Show until Ctrl-C. A Prometheus that does not answer now and then is told, and asked again."""
    from rich.console import Console

    console = Console()
    try:
        if sys.stdout.isatty() and not as_json:
            _watch_live(catalogue, url, seconds, console, part)
        while True:
            try:
                _show(asyncio.run(read_standing(catalogue, url)), as_json, part)
            except RequestError as error:
                click.echo(f"slo-gen: {error}", err=True)
            time.sleep(seconds)
    except KeyboardInterrupt:
        return


def _watch_live(catalogue: Catalogue, url: str, seconds: float, console: Console, part: Part) -> None:
    from rich.console import Group
    from rich.live import Live
    from rich.text import Text

    with Live(console=console, screen=False, auto_refresh=False) as live:
        while True:
            try:
                found = asyncio.run(read_standing(catalogue, url))
                told = Text(time.strftime("as of %H:%M:%S, Ctrl-C to end"), style="dim")
                live.update(Group(*_tables(found, part), told), refresh=True)
            except RequestError as error:
                live.update(Text(str(error), style="red"), refresh=True)
            time.sleep(seconds)
