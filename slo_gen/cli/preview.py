"""``slo-gen preview``: the dashboards of an output folder as pages that can be looked at without Grafana."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path

import click

from slo_gen.cli.loading import fail
from slo_gen.cli.options import prometheus_option

__all__ = ["command"]


@click.command("preview", short_help="Draw compiled dashboards as pages, without a Grafana.")
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path, file_okay=False, exists=True))
@prometheus_option("Address of the Prometheus that holds the figures.", required=True)
@click.option("--out", metavar="PREVIEW_DIR", type=click.Path(path_type=Path, file_okay=False), default=Path("preview"),
              show_default=True, help="Folder to write the pages to.")
@click.option("--at", "instant", metavar="INSTANT",
              help="Draw as of this time: 2026-11-25T12:00:00Z, a date (its beginning in UTC), seconds since 1970. [default: now]")
@click.option("--customer", metavar="NAME", help="Only the dashboards of this customer.")
def command(folder: Path, url: str, out: Path, instant: str | None, customer: str | None) -> None:
    """Draw every dashboard of DIR, as slo-gen compile wrote it, as a page that shows what Grafana would.

    The pages ask nobody: the queries are put to Prometheus now, and the answers are drawn with the units, thresholds, words
    and colours of the dashboards. What cannot be drawn ends the run with its name; nothing is left out.

    Exit status: 0 written, 1 something cannot be drawn or asked, 2 wrong use.
    """
    from slo_gen.cli.asking import answered
    from slo_gen.cli.previewing import asked, drawn, found_dashboards
    from slo_gen.outputs.errors import OutputError
    from slo_gen.outputs.files import difference, write
    from slo_gen.preview.errors import PreviewError

    now = time.time() if instant is None else _instant(instant)
    try:
        # What an earlier run wrote and this one does not is removed: that must be pages, and not the output of compile.
        foreign = [path for path in difference({}, out).orphaned if not path.endswith(".html")]
        if foreign:
            raise click.UsageError(f"{out} holds {foreign[0]}, which slo-gen compile wrote; choose another folder with --out.")
        dashboards = found_dashboards(folder, customer)
        plans, answers = answered(asked(url, dashboards, now))
        written = write(drawn(plans, answers), out)
    except (PreviewError, OutputError) as error:
        fail(str(error))
    count = len(plans)
    click.echo(f"{count} dashboard{'s' * (count != 1)} drawn, {len(written.changed)} files changed: {out / 'index.html'}")


def _instant(text: str) -> float:
    """Seconds since 1970. Raises a usage error."""
    if text.isdecimal():
        return float(text)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise click.BadParameter(
            f"{text!r} is no instant; write 2026-11-25T12:00:00Z, a date, or seconds since 1970.", param_hint="--at"
        ) from None
    if at.tzinfo is None:
        if at.time() != datetime.min.time() or len(text) > len("2026-11-25"):
            raise click.BadParameter(f"{text!r} has no zone; write {text}Z for UTC, or {text}+01:00.", param_hint="--at")
        at = at.replace(tzinfo=UTC)
    return at.timestamp()
