"""``slo-gen check``: everything that is wrong with the documents, in one run."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import click

from slo_gen import __version__
from slo_gen.cli.loading import Specs, colour_wanted, read_specs, specs_argument
from slo_gen.cli.meaning import problems_of_meaning
from slo_gen.cli.options import prometheus_option
from slo_gen.spec.problems import Problem, has_errors, render_github, render_json, render_sarif, render_text, summary

__all__ = ["command"]


@click.command("check", short_help="Check documents and show every problem with its line.")
@specs_argument
@click.option("--format", "form", type=click.Choice(["text", "json", "sarif", "github"]), default="text", help="How problems are written.")
@prometheus_option("Compare selectors, bucket boundaries, retention and objectives with what a running Prometheus has.")
@click.option("--strict", is_flag=True, help="Warnings count as errors for the exit status.")
def command(specs: tuple[Path, ...], form: str, url: str | None, strict: bool) -> None:
    """Check documents and show every problem with its line.

    SPECS are files and folders of YAML documents, `-` is standard input, the folder specs/ the default.

    Exit status: 0 no errors, 1 errors found, 2 wrong use.
    """
    read = read_specs(specs)
    problems = sorted((*read.problems, *problems_of_meaning(read, url, now=int(time.time()))))
    click.echo(_written(problems, read, form), nl=False)
    if has_errors(problems) or (strict and problems):
        raise click.exceptions.Exit(1)


def _written(problems: list[Problem], read: Specs, form: str) -> str:
    match form:
        case "json":
            return render_json(problems)
        case "sarif":
            return render_sarif(problems, version=__version__)
        case "github":
            return render_github(problems)
    text = render_text(problems, read.sources, colour=colour_wanted(sys.stdout))
    return f"{text}\n{_closing(problems, read)}\n" if text else f"{_closing(problems, read)}\n"


def _closing(problems: list[Problem], read: Specs) -> str:
    catalogue = read.catalogue
    counted = (
        f"{len(read.sources)} file{'s' * (len(read.sources) != 1)}, {len(catalogue.slos)} SLO{'s' * (len(catalogue.slos) != 1)}, "
        f"{len(catalogue.agreements)} agreement{'s' * (len(catalogue.agreements) != 1)}"
    )
    return f"{summary(problems)} ({counted})"
