"""``slo-gen status``: the verdicts of this moment, from a running Prometheus: SLOs, and targets on tickets."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from slo_gen.cli.asking import answered, ask_with_alerts
from slo_gen.cli.loading import fail, load_catalogue, specs_argument
from slo_gen.cli.options import prometheus_option
from slo_gen.fetch import RequestError
from slo_gen.history import ticket_status
from slo_gen.history.status import Row, is_alarming, questions, rows
from slo_gen.history.ticket_status import TicketRow
from slo_gen.rules.ticket_rules import ticket_promises
from slo_gen.spec.model import Catalogue

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["command", "read_rows", "read_standing"]


@click.command("status")
@specs_argument
@prometheus_option("Address of the Prometheus that evaluates the rules.", required=True)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--tickets", "tickets_only", is_flag=True, help="Only what is promised on tickets; without it --json prints the SLOs alone.")
@click.option("--watch", "seconds", type=click.FloatRange(min=1), metavar="SECONDS", help="Show again every so many seconds, until Ctrl-C.")
@click.option(
    "--exit-code", is_flag=True,
    help="End with 1 when an SLO is missed, unclear or without data, or an alert fires; with --tickets, when too many were missed.",
)
def command(
    specs: tuple[Path, ...], url: str, as_json: bool, tickets_only: bool, seconds: float | None, exit_code: bool
) -> None:
    """Show what each SLO has attained in its window, its error budget, and which alerts fire; and where promises on tickets stand.

    A verdict is met or missed; unclear where events that nobody can have seen would decide; no events where nothing
    happened; no data where nothing was measured. What is promised on tickets is told of the present period so far.

    Exit status: 0 shown, 1 errors found (see also --exit-code), 2 wrong use.
    """
    catalogue = load_catalogue(specs)
    if not catalogue.slos and not ticket_promises(catalogue):
        fail("there is no SLO in these documents, and no promise on tickets that is in force")
    if seconds is not None:
        _watch(catalogue, url, seconds, as_json, tickets_only)
        return
    found, tickets = answered(read_standing(catalogue, url))
    _show(found, tickets, as_json, tickets_only)
    if tickets_only:
        if exit_code and any(row.verdict == "missed" for row in tickets):
            raise click.exceptions.Exit(1)
        return
    if found and all(row.verdict == "no data" and row.burn is None for row in found):
        click.echo(f"slo-gen: {url} holds no recorded series of these documents; are the compiled rules loaded there?", err=True)
    elif any(row.verdict == "no data" and row.burn is not None for row in found):
        click.echo("slo-gen: windows of a day or more are summed every five minutes; the first sum comes within ten", err=True)
    if exit_code and any(map(is_alarming, found)):
        raise click.exceptions.Exit(1)


async def read_rows(catalogue: Catalogue, url: str) -> tuple[Row, ...]:
    """Ask a Prometheus for the present verdicts. Raises RequestError."""
    return (await read_standing(catalogue, url))[0]


async def read_standing(catalogue: Catalogue, url: str) -> tuple[tuple[Row, ...], tuple[TicketRow, ...]]:
    """Ask a Prometheus for the present verdicts, and where promises on tickets stand. Raises RequestError."""
    answers, alerts = await ask_with_alerts(url, [*questions(catalogue), *ticket_status.questions(catalogue)])
    return rows(catalogue, answers, alerts), ticket_status.rows(catalogue, answers)


def _show(found: Sequence[Row], tickets: Sequence[TicketRow], as_json: bool, tickets_only: bool) -> None:
    if as_json:
        from slo_gen.cli.status_table import as_documents
        from slo_gen.cli.ticket_status_table import ticket_documents

        documents = ticket_documents(tickets) if tickets_only else as_documents(found)
        click.echo(json.dumps(documents, indent=2, ensure_ascii=False))
        return
    from rich.console import Console

    from slo_gen.cli.status_table import status_table

    console = Console()
    if not sys.stdout.isatty():
        console.width = 200      # a file or a pipe has no edge to fold at
    if found and not tickets_only:
        console.print(status_table(found))
    _print_tickets(console, tickets)


def _print_tickets(console: Console, tickets: Sequence[TicketRow]) -> None:
    """The table of tickets, where an exporter tells of any; else one line that says that none does."""
    from slo_gen.cli.ticket_status_table import ticket_table

    known = [row for row in tickets if row.verdict != "no data"]
    if known:
        console.print(ticket_table(known))
    if len(known) < len(tickets):
        without = f"{len(tickets) - len(known)} targets on tickets have no data"
        click.echo(f"slo-gen: {without}; does this Prometheus scrape the sla-exporter and load its rules?", err=True)


def _watch(catalogue: Catalogue, url: str, seconds: float, as_json: bool, tickets_only: bool) -> None:
    """Show until Ctrl-C. A Prometheus that does not answer now and then is told, and asked again."""
    from rich.console import Console

    console = Console()
    try:
        if sys.stdout.isatty() and not as_json:
            _watch_live(catalogue, url, seconds, console, tickets_only)
        while True:
            try:
                _show(*asyncio.run(read_standing(catalogue, url)), as_json, tickets_only)
            except RequestError as error:
                click.echo(f"slo-gen: {error}", err=True)
            time.sleep(seconds)
    except KeyboardInterrupt:
        return


def _watch_live(catalogue: Catalogue, url: str, seconds: float, console: Console, tickets_only: bool) -> None:
    from rich.console import Group
    from rich.live import Live
    from rich.text import Text

    from slo_gen.cli.status_table import status_table
    from slo_gen.cli.ticket_status_table import ticket_table

    with Live(console=console, screen=False, auto_refresh=False) as live:
        while True:
            try:
                found, tickets = asyncio.run(read_standing(catalogue, url))
                told = Text(time.strftime("as of %H:%M:%S, Ctrl-C to end"), style="dim")
                known = [row for row in tickets if row.verdict != "no data"]
                slos = () if tickets_only else (status_table(found),)
                live.update(Group(*slos, *([ticket_table(known)] if known else []), told), refresh=True)
            except RequestError as error:
                live.update(Text(str(error), style="red"), refresh=True)
            time.sleep(seconds)
