"""``slo-gen schema``: the JSON Schema that editors complete and explain with."""

from __future__ import annotations

import click

__all__ = ["command"]


@click.command("schema", short_help="Print the JSON Schema of all kinds of documents.")
def command() -> None:
    """Print the JSON Schema of all kinds of documents.

    Save it and name it in the first line of a document:

    \b
      slo-gen schema > slm.schema.json
      # yaml-language-server: $schema=slm.schema.json
    """
    from slo_gen.spec.schema import schema_json

    click.echo(schema_json(), nl=False)
