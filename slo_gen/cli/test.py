"""``slo-gen test``: what was compiled, and the tests beside it, through the tools of Prometheus and Alertmanager themselves."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from slo_gen.cli.amtool import RouteTest, configuration_files, route_tests
from slo_gen.cli.amtool import failures as route_failures
from slo_gen.cli.loading import fail
from slo_gen.cli.progress import progress
from slo_gen.cli.testing_dashboards import customer_dashboards, dashboard_faults
from slo_gen.outputs.alertmanager_files import TESTED_ROUTES
from slo_gen.outputs.shown_to import SHOWN_TO

__all__ = ["command"]

AT_ONCE = 200
"""Files per run of promtool: starting it costs more than checking a file."""


@click.command("test", short_help="Check what was compiled with promtool and amtool.")
@click.argument("directory", metavar="DIR", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--promtool", default="promtool", metavar="PROGRAM", help="Which promtool to run; that of your Prometheus knows best.")
@click.option("--amtool", default="amtool", metavar="PROGRAM", help="Which amtool to run; that of your Alertmanager knows best.")
def command(directory: Path, promtool: str, amtool: str) -> None:
    """Check what `slo-gen compile --out DIR` wrote: promtool reads every rule, and runs the unit tests that every alert
    came with; amtool reads the configuration of Alertmanager, and says whom each alert reaches.
    Every customer who is to be shown dashboards must have them; every query of theirs must be pinned to that customer, and
    nothing on them may name another one, a team of ours or a supplier.

    Exit status: 0 all passed, 1 something failed, 2 wrong use.
    """
    program = shutil.which(promtool)
    if program is None:
        fail(f"{promtool} is not installed; it comes with Prometheus (on Debian: apt-get install prometheus)")
    rules, tests = rule_files(directory), sorted(directory.glob("tests/*.test.yml"))
    if not rules:
        fail(f"{directory} holds no compiled rules; name the folder that slo-gen compile --out wrote")
    alertmanager = _alertmanager(amtool) if configuration_files(directory) else None
    _report("promtool", [
        *_run([program, "check", "rules"], rules, "checking rules"),
        *_run([program, "test", "rules"], tests, "running unit tests"),
    ])
    routes = []
    if alertmanager is not None:
        routes = _route_tests(directory)
        _report("amtool", list(route_failures(alertmanager, directory, routes)))
    shown = _dashboards(directory)
    told = f", {_count(routes, 'route')} tested" if alertmanager is not None else ""
    click.echo(f"{_count(rules, 'rule file')} checked, {_count(tests, 'unit test file')} passed{told}{shown}")


def _dashboards(directory: Path) -> str:
    """What is told of the dashboards of customers, once nothing is wrong with them."""
    try:
        dashboards = customer_dashboards(directory)
        faults = list(dashboard_faults(directory))
    except (OSError, ValueError):
        fail(f"{directory / SHOWN_TO} is missing or damaged; run slo-gen compile again")
    for each in faults:
        click.echo(each, err=True)
    if faults:
        fail("dashboards of customers are missing, or tell what they must not; see above")
    return f", {_count(dashboards, 'customer dashboard')} read" if dashboards else ""


def _alertmanager(amtool: str) -> str:
    program = shutil.which(amtool)
    if program is None:
        fail(f"{amtool} is not installed; it comes with Alertmanager (on Debian: apt-get install prometheus-alertmanager)")
    return program


def _route_tests(directory: Path) -> list[RouteTest]:
    try:
        return route_tests(directory)
    except (OSError, ValueError, LookupError, TypeError):
        fail(f"{directory / TESTED_ROUTES} is missing or damaged; run slo-gen compile again")


def _report(tool: str, failures: Sequence[str]) -> None:
    for failure in failures:
        click.echo(failure, err=True)
    if failures:
        fail(f"{tool} found errors; its words are above")


def rule_files(directory: Path) -> list[Path]:
    """The plain rule files: those of the target, or the copies beside the tests where the target wraps its rules."""
    return sorted(directory.glob("tests/rules/*.yml")) or sorted(directory.glob("rules/*.yml"))


def _run(command: Sequence[str], files: Sequence[Path], what: str) -> Iterator[str]:
    """Yields the output of every run that failed."""
    batches = [files[first:first + AT_ONCE] for first in range(0, len(files), AT_ONCE)]
    with progress(what, len(batches)) as step:
        for batch in batches:
            done = subprocess.run(
                [*command, *map(str, batch)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                encoding="utf-8", errors="replace", check=False,
            )
            if done.returncode:
                yield done.stdout.strip() or f"{command[0]} ended with status {done.returncode}"
            step()


def _count(things: Sequence[object], noun: str) -> str:
    return f"{len(things)} {noun}{'s' * (len(things) != 1)}"
