"""From the paths on the command line to a resolved catalogue, or to the problems that stand in its way."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import click

from slo_gen.spec.documents import KINDS
from slo_gen.spec.files import Loaded, load
from slo_gen.spec.model import Catalogue
from slo_gen.spec.problems import Problem, has_errors, render_text, summary
from slo_gen.spec.resolve import resolve

__all__ = [
    "Specs", "colour_wanted", "fail", "load_catalogue", "load_specs", "read_specs", "refuse_errors", "specs_argument", "specs_or_folder",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Specs:
    """What was read. ``catalogue`` holds what could be resolved, even when there are errors elsewhere."""

    loaded: Loaded
    catalogue: Catalogue
    problems: tuple[Problem, ...]

    @property
    def sources(self) -> Mapping[str, str]:
        """The text of every file, for showing problems."""
        return self.loaded.sources


def specs_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """The argument SPECS: files and folders of documents, by default the folder ``specs``, ``-`` for standard input."""
    return click.argument(
        "specs", nargs=-1, type=click.Path(path_type=Path, allow_dash=True), metavar="[SPECS]...", callback=_or_folder
    )(command)


def _or_folder(context: click.Context, parameter: click.Parameter, specs: tuple[Path, ...]) -> tuple[Path, ...]:
    return specs_or_folder(specs, context)


def specs_or_folder(specs: tuple[Path, ...], context: click.Context | None = None) -> tuple[Path, ...]:
    """The files and folders that were named, else the folder ``specs``. Raises a usage error when there is none."""
    if specs:
        return specs
    if Path("specs").is_dir():
        return (Path("specs"),)
    raise click.UsageError("Name the files or folders of your documents. There is no folder specs/ here.", context)


def read_specs(paths: Sequence[Path]) -> Specs:
    """Read and resolve; never raises for anything a document holds."""
    loaded = load(paths)
    catalogue, problems = resolve(loaded.documents)
    return Specs(loaded, catalogue, tuple(loaded.with_unresolved(problems)))


def load_catalogue(paths: Sequence[Path]) -> Catalogue:
    """The catalogue, for commands that need all of it: with any error the problems are shown and the run ends with 1."""
    return load_specs(paths).catalogue


def load_specs(paths: Sequence[Path]) -> Specs:
    """The documents and the catalogue, for commands that need all of them; an error ends the run as in ``load_catalogue``."""
    specs = read_specs(paths)
    refuse_errors(specs)
    return specs


def refuse_errors(specs: Specs) -> None:
    """Where there is an error in the documents, the run ends with 1 and all of them."""
    if has_errors(specs.problems):
        errors = [problem for problem in specs.problems if problem.severity == "error"]
        click.echo(render_text(errors, specs.sources, colour=colour_wanted(sys.stderr)), err=True)
        fail(f"{summary(errors)}; `slo-gen check` shows warnings too")


def colour_wanted(stream: Any) -> bool:
    """Whether to colour text for ``stream``: a terminal, and the reader has not set NO_COLOR."""
    return not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb" and bool(stream.isatty())


def fail(message: str) -> NoReturn:
    """End the run with status 1 and one sentence."""
    click.echo(f"slo-gen: {message}", err=True)
    raise click.exceptions.Exit(1)


def kind_named(text: str) -> str | None:
    """The kind that the user means, whatever the case of its letters."""
    return next((kind for kind in KINDS if kind.lower() == text.lower()), None)
