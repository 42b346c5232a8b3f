"""The list of commands is read in a terminal of eighty columns: each says what it is for, and none breaks off."""

from __future__ import annotations

from collections.abc import Iterator

import click
import pytest
import sla_exporter.cli
from click.testing import CliRunner

from slo_gen.cli import main


def groups(command: click.Command, *name: str) -> Iterator[tuple[click.Command, tuple[str, ...]]]:
    if isinstance(command, click.Group):
        yield command, name
        context = click.Context(command)
        for each in command.list_commands(context):
            found = command.get_command(context, each)
            assert found is not None
            yield from groups(found, *name, each)


@pytest.mark.parametrize(("program", "name"), [
    (program, name) for program in (main, sla_exporter.cli.main) for _, name in groups(program)
])
def test_no_summary_breaks_off(program: click.Command, name: tuple[str, ...]) -> None:
    shown = CliRunner(env={"COLUMNS": "80"}).invoke(program, [*name, "--help"], terminal_width=80)
    assert shown.exit_code == 0
    commands = shown.output.partition("Commands:")[2]
    assert commands
    assert "..." not in commands
