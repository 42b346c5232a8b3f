"""The command ``slo-gen``. Each command is one thin module over a function that can be used from Python.

Commands are imported when they are run, so that ``slo-gen check`` in an editor or a commit hook starts at once.
"""

from __future__ import annotations

import errno
import importlib
import os
import sys
from typing import Any, Final

import click

from slo_gen import __version__

__all__ = ["COMMANDS", "main"]

COMMANDS = {
    "init": "slo_gen.cli.init",
    "new": "slo_gen.cli.new",
    "check": "slo_gen.cli.check",
    "compile": "slo_gen.cli.compile",
    "test": "slo_gen.cli.test",
    "push": "slo_gen.cli.push",
    "list": "slo_gen.cli.list",
    "explain": "slo_gen.cli.explain",
    "status": "slo_gen.cli.status",
    "preview": "slo_gen.cli.preview",
    "close": "slo_gen.cli.close",
    "backtest": "slo_gen.cli.backtest",
    "evaluate": "slo_gen.cli.evaluate",
    "calendar": "slo_gen.cli.calendar",
    "schema": "slo_gen.cli.schema",
    "demo": "slo_gen.demo.command",
}
"""Command -> module that holds it as ``command``, in the order of the help."""

_NO_ROOM: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)

EPILOG = """\
Exit status: 0 clean, 1 errors found, 2 wrong use.

Shell completion: eval "$(_SLO_GEN_COMPLETE=bash_source slo-gen)", or zsh_source, fish_source.
"""


class Commands(click.Group):
    """Finds commands by name and imports them then."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS]          # the command `list` is a module of this package, and would be called instead

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = importlib.import_module(COMMANDS[cmd_name]).command
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OSError as error:
            if error.errno not in _NO_ROOM or error.filename is not None:
                raise
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())     # or Python tries once more when it ends
            click.echo(f"slo-gen: the output could not be written: {error.strerror}", err=True)
            raise click.exceptions.Exit(1) from None

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            from slo_gen.spec.nearest import did_you_mean

            hint = did_you_mean(args[0], COMMANDS)
            raise click.UsageError(f"There is no command {args[0]!r}; {hint}", ctx)
        return super().resolve_command(ctx, args)


@click.command(cls=Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(__version__, prog_name="slo-gen", message="%(prog)s %(version)s")
def main() -> None:
    """Service level management as code: documents in, Prometheus rules and verdicts out."""
