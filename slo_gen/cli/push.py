"""``slo-gen push``: what was compiled, brought to the servers that show it."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import click

from slo_gen.cli.asking import answered
from slo_gen.cli.loading import colour_wanted, fail
from slo_gen.cli.progress import progress
from slo_gen.fetch import AddressError, Limits
from slo_gen.outputs.errors import OutputError
from slo_gen.publish.compiled import Compiled, read_pages
from slo_gen.publish.grafana import LIMITS, Refused, Seen, Sent, look, send
from slo_gen.publish.organisations import ENVIRONMENT, Destination, destinations
from slo_gen.publish.planning import Change

__all__ = ["command"]

_WORDS: Final = {
    "make folder": ("folder", "to be made", "made"), "rename folder": ("folder", "to be renamed", "renamed"),
    "create": ("dashboard", "to be created", "created"), "update": ("dashboard", "to be updated", "updated"),
    "delete": ("dashboard", "to be deleted", "deleted"),
}  # fmt: skip


@click.group("push", short_help="Bring what was compiled to the servers that show it.")
def command() -> None:
    """Bring what was compiled to the servers that show it."""


@command.command("grafana", short_help="Bring dashboards and folders into a Grafana.")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--url", required=True, metavar="URL", envvar=f"{ENVIRONMENT}_URL", show_envvar=True,
              help="Address of Grafana, with its path where it has one. The login comes from the environment: "
              f"{ENVIRONMENT}_TOKEN or _TOKEN_FILE, or {ENVIRONMENT}_USERNAME with _PASSWORD or _PASSWORD_FILE.")
@click.option("--dry-run", is_flag=True, help="Send nothing; show what would change, place by place.")
@click.option("--overwrite", is_flag=True, help="Replace dashboards of ours that somebody has saved in Grafana since the last push.")
@click.option("--prune", is_flag=True,
              help="Delete dashboards that slo-gen pushed, that nobody has saved since, and that are not compiled any more.")
@click.option("--org-id", "number", type=click.IntRange(min=1), metavar="NUMBER", default=None,
              help="Organisation of the dashboards that are not a customer's.  [default: the one that the login is in]")
@click.option("--single-organisation", "single", is_flag=True,
              help="Put the dashboards of customers there too: whoever may look there sees all customers.")
@click.option("--timeout", "seconds", type=click.FloatRange(min=0.1), default=LIMITS.seconds, show_default=True, metavar="SECONDS",
              help="Longest wait for one answer.")
def grafana(
    directory: Path, url: str, dry_run: bool, overwrite: bool, prune: bool, number: int | None, single: bool, seconds: float
) -> None:
    """Bring the dashboards in DIR, which `slo-gen compile --out DIR` wrote, into Grafana over its API.

    Each customer's go into the customer's own organisation, whose number the environment names as the provisioning files do,
    for example SLM_CUSTOMER_ACME_ORG_ID. All is read first; where something is in the way nothing is sent. What is as it
    should be is not sent again.

    Exit status: 0 Grafana holds what was compiled (with --dry-run: it was shown), 1 errors found, 2 wrong use.
    """
    try:
        compiled = read_pages(directory)
        places = destinations(compiled, os.environ, number or 0, single=single)
    except OutputError as error:
        fail(str(error))
    except AddressError as error:
        raise click.UsageError(str(error)) from None
    limits = Limits(seconds, LIMITS.body)
    seen = _look(compiled, places, url, overwrite, prune, limits)
    for place in seen:
        _show_troubles(place)
    if dry_run:
        for place in seen:
            _show_plan(place)
    if grave := sum(trouble.grave for place in seen for trouble in place.plan.troubles):
        fail(f"{_count(grave, 'dashboard')} in the way; nothing was sent")
    if dry_run:
        click.echo(_summary(seen, sum(len(list(_changes(place))) for place in seen), "to be made"))
        return
    _send(compiled, seen, url, limits)


def _look(
    compiled: Compiled, places: Sequence[Destination], url: str, overwrite: bool, prune: bool, limits: Limits
) -> list[Seen]:
    """All organisations; where one that gets dashboards cannot be looked at the run ends, after each reason was told once."""
    with progress("looking", len(places)) as step:
        found = answered(look(url, places, compiled.owner, overwrite=overwrite, prune=prune, limits=limits, step=step))
    reasons: dict[str, list[str]] = {}
    for each in found:
        if isinstance(each, Refused):
            reasons.setdefault(each.why, []).append(each.destination.whose)
    for why, whose in reasons.items():
        click.echo(f"{', '.join(whose)}: {why}", err=True)
    if any(isinstance(each, Refused) and each.destination.pages for each in found):
        fail("not every organisation could be looked at; nothing was sent")
    if reasons:
        click.echo("slo-gen: no dashboards go there; whether any of before are left is not known", err=True)
    return [each for each in found if isinstance(each, Seen)]


def _show_troubles(place: Seen) -> None:
    for trouble in place.plan.troubles:
        click.echo(f"{_where(place)}: dashboard {trouble.title!r} ({trouble.uid}): {trouble.why}", err=True)
    for uid in place.found.lacking:
        click.echo(f"{_where(place)}: there is no data source {uid}; dashboards that ask it show errors until it is made", err=True)


def _show_plan(place: Seen) -> None:
    replaced = [trouble for trouble in place.plan.troubles if trouble.about]
    if not any(_changes(place)) and not replaced:
        return
    click.echo(f"{_where(place)}:")
    for change in _changes(place):
        noun, word, _ = _WORDS[change.kind]
        click.echo(f"  {noun} {change.title!r} ({change.uid}) is {word}")
        _show_lines(change.about)
    for trouble in replaced:
        click.echo(f"  dashboard {trouble.title!r} ({trouble.uid}) is in the way; with --overwrite")
        _show_lines(trouble.about)


def _show_lines(lines: Sequence[str]) -> None:
    for line in lines:
        click.echo(f"    {_coloured(line)}")


def _coloured(line: str) -> str:
    colour = {"-": "red", "+": "green"}.get(line.lstrip()[:1])
    return click.style(line, fg=colour) if colour and colour_wanted(sys.stdout) else line


def _send(compiled: Compiled, seen: Sequence[Seen], url: str, limits: Limits) -> None:
    planned = sum(len(list(_changes(place))) for place in seen)
    made: list[Sent] = []

    def told(sent: Sent) -> None:
        noun, _, done = _WORDS[sent.change.kind]
        if sent.failed:
            click.echo(f"{_where(sent.seen)}: {noun} {sent.change.title!r} ({sent.change.uid}): {sent.failed}", err=True)
            return
        made.append(sent)
        click.echo(f"{_where(sent.seen)}: {noun} {sent.change.title!r} {done}")

    if not answered(send(url, seen, compiled.owner, told, limits=limits)):
        fail(f"{len(made)} of {planned} changes were made, then it stopped; run this again, which goes on from there")
    click.echo(_summary(seen, len(made), "made"))


def _changes(place: Seen) -> Iterator[Change]:
    yield from place.plan.changes
    yield from place.plan.deletions


def _summary(seen: Sequence[Seen], number: int, word: str) -> str:
    unchanged = sum(place.plan.unchanged for place in seen)
    return f"{_count(number, 'change')} {word} in {_count(len(seen), 'organisation')}, {_count(unchanged, 'dashboard')} up to date"


def _where(place: Seen) -> str:
    return f"organisation {place.number} ({place.destination.whose})"


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'s' * (number != 1)}"
