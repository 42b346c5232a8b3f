"""``slo-gen new``: ask for what a document needs, and write it."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from slo_gen.cli.loading import colour_wanted, fail, kind_named
from slo_gen.cli.new_document import AssignmentError, asked_fields, assemble, choices
from slo_gen.spec.convert import read_documents
from slo_gen.spec.documents import KINDS
from slo_gen.spec.problems import render_text
from slo_gen.spec.schema import Field
from slo_gen.spec.yaml_writer import document_text

__all__ = ["command"]


class Kind(click.ParamType[str]):
    """A kind of document, whatever the case of its letters."""

    name = "kind"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from slo_gen.spec.nearest import did_you_mean

        return kind_named(value) or self.fail(f"there is no kind {value!r}; {did_you_mean(value, KINDS, most_listed=30)}", param, ctx)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[click.shell_completion.CompletionItem]:
        return [click.shell_completion.CompletionItem(kind) for kind in KINDS if kind.lower().startswith(incomplete.lower())]


@click.command("new", short_help="Write a document of KIND, asking for what it needs.")
@click.argument("kind", type=Kind())
@click.argument("name", required=False)
@click.option(
    "--set", "assignments", multiple=True, metavar="PATH=VALUE",
    help="A key and its value, e.g. spec.objective=99.9%; lists and sections as YAML in one line.",
)
@click.option(
    "--file", "file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True), metavar="FILE",
    help="Where to write; added at the end when the file exists. `-` prints. Default: specs/KIND-NAME.yaml, or KIND-NAME.yaml in a "
         "folder that has documents itself.",
)
def command(kind: str, name: str | None, assignments: tuple[str, ...], file: Path | None) -> None:
    """Write a document of KIND, asking for what it needs.

    Without a terminal nothing is asked: give everything with --set.

    \b
      slo-gen new slo checkout-availability --set spec.indicator=checkout-requests --set spec.objective=99.95%
      slo-gen new uc cloud --set spec.supplier=bigcloud --set spec.service=database \\
        --set 'spec.targets=[{name: availability, indicator: cloud-probe, objective: at least 99.9%}]'

    Exit status: 0 written, 1 the document would have errors, 2 wrong use.
    """
    answers = _assigned(name, assignments)
    try:
        if sys.stdin.isatty():
            answers = _ask(kind, answers)
        document = assemble(kind, answers)
    except AssignmentError as error:
        raise click.UsageError(str(error)) from None
    text = document_text(document)
    _refuse_errors(kind, text)
    named = answers.get("metadata.name", "")
    target = file or _usual_file(kind, named)
    if str(target) == "-":
        click.echo(text, nl=False)
        return
    _write(target, text, may_exist=file is not None)
    click.echo(f"{kind} {named} written to {target}")
    if missing := _promises_nothing(kind, document):
        click.echo(missing)


def _promises_nothing(kind: str, document: Mapping[str, Any]) -> str:
    """What to write next into an agreement that has no promise yet."""
    promises = {"targets", "tickets", "extends"}
    if kind not in ("SLA", "OLA", "UC", "UPC") or promises & document["spec"].keys():
        return ""
    return "next: say what it promises, like `targets: [{name: availability, indicator: NAME, objective: at least 99.9%}]` in its spec"


def _assigned(name: str | None, assignments: tuple[str, ...]) -> dict[str, str]:
    answers = {} if name is None else {"metadata.name": name}
    for assignment in assignments:
        path, equals, value = assignment.partition("=")
        if not equals or not path:
            raise click.UsageError(f"--set {assignment} is no PATH=VALUE, such as spec.objective=99.9%.")
        answers[path] = value
    return answers


def _ask(kind: str, answers: dict[str, str]) -> dict[str, str]:
    """Ask for what is missing. Answers that were given already are not asked for."""
    chosen = [_choose(group, answers) for group in choices(kind)]
    for field in asked_fields(kind, chosen):
        if field.path not in answers:
            answer = _ask_field(field)
            if answer:
                answers[field.path] = answer
    return answers


def _choose(group: tuple[str, ...], answers: dict[str, str]) -> str:
    given = [key for key in group if any(path.startswith(f"spec.{key}") for path in answers)]
    if given:
        return given[0]
    choice: str = click.prompt("One of", type=click.Choice(group), default=group[0])
    return choice


def _ask_field(field: Field) -> str:
    click.secho(f"\n{field.description}", dim=True)
    example = f", e.g. {field.examples[0]}" if field.examples else ""
    default = field.default if not field.required else None
    shown = field.path.removeprefix("spec.")
    answer: str = click.prompt(f"{shown} ({field.type}{example})", default=default if default is not None else None, type=str)
    return answer if answer != default else ""


def _refuse_errors(kind: str, text: str) -> None:
    _, problems = read_documents([(f"new {kind}", text)])
    if problems:
        click.echo(render_text(problems, {f"new {kind}": text}, colour=colour_wanted(sys.stderr)), err=True)
        fail("nothing was written")


def _usual_file(kind: str, name: str) -> Path:
    """In specs/, where the other commands look; beside the documents of a folder that has some and no specs/."""
    folder = Path("specs")
    if not folder.is_dir() and (any(Path().glob("*.yaml")) or any(Path().glob("*.yml"))):
        folder = Path()
    return folder / f"{kind.lower()}-{name}.yaml"


def _write(file: Path, text: str, may_exist: bool) -> None:
    from slo_gen.cli.writing import write_file

    try:
        before = file.read_text(encoding="utf-8") if file.exists() else ""
        if before and not may_exist:
            fail(f"{file} exists already; name another --file, or the same one to add to it")
        joint = "" if not before else "---\n" if before.endswith("\n") else "\n---\n"
        write_file(file, before + joint + text)
    except (OSError, UnicodeError) as error:
        fail(f"{file} cannot be written: {error.strerror if isinstance(error, OSError) else 'it is not UTF-8 text'}")
