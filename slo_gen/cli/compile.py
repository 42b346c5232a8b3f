"""``slo-gen compile``: documents in, the files of one target out."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import click

from slo_gen.cli.loading import Specs, colour_wanted, fail, read_specs, specs_argument
from slo_gen.cli.meaning import problems_of_meaning
from slo_gen.cli.options import prometheus_option
from slo_gen.cli.output_options import output_options, output_settings
from slo_gen.outputs.alertmanager_files import FORMS, Form
from slo_gen.outputs.errors import OutputError
from slo_gen.outputs.files import Difference, Written, difference, write, written_for
from slo_gen.outputs.isolation import PROXIES, Isolation, Proxy
from slo_gen.outputs.targets import TARGETS, Target
from slo_gen.spec.problems import has_errors, render_text, summary

__all__ = ["command"]

_TOLD: Final = 10
"""Targets without live figures that are named."""


@click.command("compile", short_help="Compile documents into rules, Alertmanager, and dashboards.")
@specs_argument
@click.option("--out", required=True, metavar="DIR", type=click.Path(path_type=Path, file_okay=False, allow_dash=True),
              help="Folder to write to; `-` prints.")
@click.option("--target", type=click.Choice(TARGETS), default="prometheus", show_default=True, help="Whom the files are for.")
@click.option("--check", "only_check", is_flag=True, help="Write nothing; end with 1 when the folder is not what would be written.")
@click.option("--alertmanager", "form", type=click.Choice((*FORMS, "none")),
              help="What to write for Alertmanager: a fragment to merge into your file, a whole file, an AlertmanagerConfig resource. "
              "[default: operator with that target, else fragment]")
@click.option("--dashboards/--no-dashboards", default=True, show_default=True, help="Write dashboards for Grafana too.")
@click.option("--public-dashboards", "public", is_flag=True,
              help="Write a second dashboard of each customer that can be shared with everybody: without people and money.")
@click.option("--as-of", type=click.DateTime(["%Y-%m-%d"]), metavar="DATE",
              help="Make the tables of calendars and periods for this year and the next. "
              "[default: today; with --check the year that DIR was made for]")
@click.option("--isolation", "proxy", type=click.Choice(PROXIES),
              help="Write what keeps customers apart in Grafana: configuration of this proxy, data sources, providers of dashboards.")
@click.option("--metrics-url", metavar="URL", default="http://victoriametrics:8428", show_default=True,
              help="With --isolation: where the proxy finds the metrics.")
@click.option("--proxy-url", metavar="URL", default="http://vmauth:8427", show_default=True,
              help="With --isolation: where Grafana finds the proxy.")
@output_options
@prometheus_option("Compare the documents with a running Prometheus first.")
def command(
    specs: tuple[Path, ...], out: Path, target: Target, only_check: bool, form: str | None, dashboards: bool, public: bool,
    as_of: datetime | None, proxy: Proxy | None, metrics_url: str, proxy_url: str, url: str | None,
    prefix: str, namespace: str | None, labels: tuple[str, ...], rules_per_group: int, groups_per_tenant: int,
) -> None:
    """Compile documents into recording and alert rules, configuration of Alertmanager, and dashboards.

    Writes one file after the other, each whole; removes what an earlier run wrote and is no longer wanted.

    Exit status: 0 written, 1 errors found, 2 wrong use.
    """
    if only_check and str(out) == "-":
        raise click.UsageError("--check compares a folder; name it with --out.")
    settings = output_settings(prefix, namespace, labels, rules_per_group, groups_per_tenant)
    read = read_specs(specs)
    _refuse_problems(read, url)
    from slo_gen.cli.compiling import Notifying, compiled_files, compiled_text, not_live
    from slo_gen.rules.calendar_tables import Horizon
    from slo_gen.rules.claim_rules import claims_not_live

    chosen = _form(form, target)
    try:
        year = as_of.year if as_of else (written_for(out) if only_check else None) or datetime.now(UTC).year
        horizon = Horizon.around(date(year, 1, 1))
        notifying = Notifying(chosen, (year, year + 1)) if chosen is not None else None
        isolation = Isolation(proxy, metrics_url, proxy_url) if proxy is not None else None
        if str(out) == "-":
            click.echo(compiled_text(read.catalogue, target, settings, horizon), nl=False)
        else:
            absent = not_live(read.catalogue, target, horizon)
            files = compiled_files(read.catalogue, target, settings, notifying, horizon, dashboards, isolation, public, absent)
            if only_check:
                _report_difference(difference(files, out), out)
            else:
                _report_written(write(files, out, year), out)
                _report_not_live(absent)
                _report_unclaimed(claims_not_live(read.catalogue) if target != "victoriametrics" else {})
    except OutputError as error:
        fail(str(error))


def _form(written: str | None, target: Target) -> Form | None:
    """The form that was asked for, or that suits the target; None for none."""
    if written is None:
        return "operator" if target == "operator" else "fragment"
    return next((form for form in FORMS if form == written), None)


def _refuse_problems(read: Specs, url: str | None) -> None:
    """Show every problem; with an error among them nothing is compiled."""
    problems = sorted((*read.problems, *problems_of_meaning(read, url)))
    if problems:
        click.echo(render_text(problems, read.sources, colour=colour_wanted(sys.stderr)), err=True)
    if has_errors(problems):
        fail(f"{summary(problems)}; nothing was written")


def _report_difference(found: Difference, out: Path) -> None:
    for word, paths in (("missing", found.missing), ("differs", found.changed), ("no longer wanted", found.orphaned)):
        for path in paths:
            click.echo(f"{out / path}: {word}")
    if found:
        fail(f"{out} is not what the documents say; run slo-gen compile without --check")


def _report_not_live(absent: Mapping[str, str]) -> None:
    if not absent:
        return
    click.echo(f"slo-gen: {len(absent)} target{'s' * (len(absent) != 1)} without live figures, judged when the period is closed:", err=True)
    for target, reason in list(absent.items())[:_TOLD]:
        click.echo(f"  {target}: {reason}", err=True)
    if len(absent) > _TOLD:
        click.echo(f"  and {len(absent) - _TOLD} more; slo-gen explain NAME says why", err=True)


def _report_unclaimed(unclaimed: Mapping[tuple[str, str], str]) -> None:
    for (agreement, target), reason in sorted(unclaimed.items())[:_TOLD]:
        click.echo(f"slo-gen: no alert before {agreement}/{target} must be claimed: {reason}", err=True)


def _report_written(written: Written, out: Path) -> None:
    for path in written.kept:
        click.echo(f"slo-gen: {out / path} is no longer wanted, but was edited since; it was left", err=True)
    count = len(written.changed) + len(written.unchanged)
    click.echo(f"{count} file{'s' * (count != 1)} in {out}: {len(written.changed)} changed, {len(written.removed)} removed")
