"""``slo-gen close``: judge the periods that are over, exactly, and keep what was found."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

import click

from slo_gen.cli.loading import fail, load_catalogue, specs_argument
from slo_gen.cli.options import prometheus_option

if TYPE_CHECKING:
    from slo_gen.cli.closing_run import Mode
    from slo_gen.history.closable import Closable
    from slo_gen.spec.model import Catalogue

T = TypeVar("T")
__all__ = ["command"]

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells have it."""


@click.command("close", short_help="Close a period: judge every agreement, and keep the result.")
@specs_argument
@click.option("--period", "named", required=True, metavar="PERIOD", help="What to close: 2026-10, 2026-Q4, 2026-W07, ...")
@click.option("--agreement", "agreements", multiple=True, metavar="NAME", help="Only this agreement; can be given several times.")
@prometheus_option("Address of the Prometheus that has recorded the period.", from_environment=True)
@click.option("--tickets", "export", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), metavar="FILE",
              help="Results of tickets, as `sla-exporter ledger export` writes them; - reads standard input.")
@click.option("--states", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), metavar="FILE",
              help="States of indicators that the exporter watches, as `sla-exporter ledger export --what indicators` writes them.")
@click.option("--fee", metavar="AMOUNT",
              help="What was paid in the period for what was affected, as '1840.00 EUR'; with one --agreement.")
@click.option("--dir", "folder", type=click.Path(path_type=Path, file_okay=False), default=Path("closings"), show_default=True,
              metavar="DIR", help="Folder of the closings; keep it in your repository.")
@click.option("--records", type=click.Path(path_type=Path, file_okay=False), metavar="DIR",
              help="Folder for the Breach document of a missed target. Default: records/ in the folder of SPECS.")
@click.option("--running", is_flag=True, help="Show indicative figures of periods that are not over; writes nothing.")
@click.option("--final", is_flag=True, help="Make figures final that are provisional or disputed; reads nothing.")
@click.option("--dispute", metavar="REASON", help="Note that the other side does not accept the figures; reads nothing.")
@click.option("--revise", metavar="REASON", help="Make a new revision of final figures.")
@click.option("--agreed-by", default="", metavar="WHO", help="Who on the other side accepted the figures, or their change.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def command(
    specs: tuple[Path, ...], named: str, agreements: tuple[str, ...], url: str | None, export: Path | None, states: Path | None,
    fee: str | None, folder: Path, records: Path | None, running: bool, final: bool, dispute: str | None, revise: str | None,
    agreed_by: str, as_json: bool,
) -> None:
    """Close a period: evaluate every agreement in force exactly, and write a file for each.

    Figures are provisional until the time for objections is over, then final. Closing again changes provisional figures
    when the facts have changed, and says what; final ones change only by --revise.

    \b
      slo-gen close --period 2026-10 --prometheus http://localhost:9090
      sla-exporter ledger export | slo-gen close --period 2026-10 --prometheus http://localhost:9090 --tickets -
      slo-gen close --period 2026-10 --agreement acme-checkout --dispute "ten of these minutes were a test"
      slo-gen close --period 2026-10 --agreement acme-checkout --revise "test taken out" --agreed-by "A. Buyer"

    Exit status: 0 closed, 1 an agreement could not be closed, 2 wrong use, 130 interrupted.
    """
    from slo_gen.cli.closing_files import ClosingFiles
    from slo_gen.cli.closing_run import ClosingRun
    from slo_gen.cli.closing_table import as_documents, print_closed
    from slo_gen.cli.fee_option import paid
    from slo_gen.history.state_ledger import read_state_ledger
    from slo_gen.history.ticket_ledger import read_ticket_ledger

    # What is blank says nothing, and stands in the file for years.
    dispute, revise = (None if each is None else each.strip() for each in (dispute, revise))
    agreed_by = agreed_by.strip()
    mode = _mode(running, final, dispute, revise, agreed_by, url or export or states, agreements)
    catalogue = load_catalogue(specs)
    chosen = _chosen(catalogue, named, agreements)
    if fee is not None and (len(agreements) != 1 or mode in ("final", "dispute")):
        raise click.UsageError("--fee goes with one --agreement that is judged.")
    affected = paid(catalogue.agreements[agreements[0]], fee) if fee is not None else None
    if url is None and mode not in ("final", "dispute") and _asks_prometheus(catalogue, chosen):
        raise click.UsageError("Missing option '--prometheus' (env var: 'SLO_GEN_PROMETHEUS_URL'); there are targets on indicators.")
    files, stubs = ClosingFiles(folder), records or _usual_records(specs, folder)
    run = ClosingRun(catalogue, files, stubs, mode, url, int(time.time()), reason=dispute or revise or "", by=agreed_by,
                     tickets=_read(export, read_ticket_ledger), states=_read(states, read_state_ledger), affected=affected)  # fmt: skip
    try:
        found = run.all(chosen)
    except KeyboardInterrupt:
        click.echo("slo-gen: interrupted; what was written is whole, and the same command goes on from there", err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None
    if as_json:
        click.echo(json.dumps(as_documents(found), indent=2, ensure_ascii=False))
    else:
        print_closed(found, indicative=mode == "running")
    for problem in (each.problem for each in found if each.problem):
        click.echo(f"slo-gen: {problem}", err=True)
    if any(each.problem for each in found):
        raise click.exceptions.Exit(1)


def _mode(
    running: bool, final: bool, dispute: str | None, revise: str | None, agreed_by: str, facts: str | Path | None,
    agreements: tuple[str, ...],
) -> Mode:  # fmt: skip
    options: tuple[tuple[Mode, bool], ...] = (
        ("running", running), ("final", final), ("dispute", dispute is not None), ("revise", revise is not None),
    )  # fmt: skip
    asked = [option for option, given in options if given]
    if len(asked) > 1:
        raise click.UsageError("Only one of --running, --final, --dispute and --revise can be done at a time.")
    mode: Mode = asked[0] if asked else "close"
    if mode in ("dispute", "revise"):
        if not (dispute or revise):
            raise click.UsageError(f"--{mode} needs a reason.")
        if not agreements:
            raise click.UsageError(f"Name the agreement with --agreement; --{mode} is about figures of one.")
    if mode == "revise" and not agreed_by:
        raise click.UsageError("Final figures change only with the agreement of the other side: say who with --agreed-by.")
    if agreed_by and mode not in ("final", "revise"):
        raise click.UsageError("--agreed-by goes with --final or --revise.")
    if facts is None and mode not in ("final", "dispute"):
        raise click.UsageError("Missing option '--prometheus' (env var: 'SLO_GEN_PROMETHEUS_URL').")
    return mode


def _asks_prometheus(catalogue: Catalogue, chosen: list[Closable]) -> bool:
    """Whether any target is judged by what Prometheus has recorded."""
    return any(not catalogue.states_decide(target) for each in chosen for target in each.agreement.targets)


def _read(export: Path | None, read: Callable[[bytes], T]) -> T | None:
    from slo_gen.history.ticket_ledger import LedgerFileError

    if export is None:
        return None
    try:
        return read(sys.stdin.buffer.read() if str(export) == "-" else export.read_bytes())
    except OSError as error:
        fail(f"{export} cannot be read: {error.strerror}")
    except LedgerFileError as error:
        fail(f"{'standard input' if str(export) == '-' else export}: {error}")


def _chosen(catalogue: Catalogue, named: str, agreements: tuple[str, ...]) -> list[Closable]:
    from slo_gen.history.closable import closable
    from slo_gen.spec.nearest import did_you_mean
    from slo_gen.timekeeping.zones import TimeError

    for name in agreements:
        if name not in catalogue.agreements:
            fail(f"there is no agreement {name!r}; {did_you_mean(name, catalogue.agreements) or 'there is none in these documents'}")
    wanted = [agreement for agreement in catalogue.agreements.values() if not agreements or agreement.name in agreements]
    try:
        found = list(closable(wanted, named, catalogue.evaluation))
    except TimeError as error:
        raise click.UsageError(f"{error}.") from None
    if not found:
        fail(f"no agreement in force has a period that ends in {named}")
    return found


def _usual_records(specs: tuple[Path, ...], folder: Path) -> Path:
    """Beside the documents, so that they are read with them; beside the closings where the documents are single files."""
    return next((path / "records" for path in specs if path.is_dir()), folder)
