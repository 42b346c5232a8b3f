"""``slo-gen init``: a first catalogue to change, with the schema that makes editors helpful."""

from __future__ import annotations

from pathlib import Path

import click

from slo_gen.cli.loading import fail
from slo_gen.cli.writing import write_file

__all__ = ["STARTER", "command"]

SCHEMA_FILE = "slm.schema.json"
_EDITOR_LINE = f"# yaml-language-server: $schema={SCHEMA_FILE}\n"

STARTER = {
    "policy.yaml": """\
kind: Policy
metadata: {name: policy}
spec:
  provider: Our Company            # on reports and agreements
  timezone: UTC
  evaluation: {scrape_interval: 15s}
""",
    "checkout.yaml": """\
# A service, who owns it, what is measured, and what the team aims at.
kind: Team
metadata: {name: shop}
---
kind: Service
metadata: {name: checkout}
spec: {owner: team/shop, criticality: high}
---
kind: Indicator
metadata: {name: checkout-requests}
spec:
  service: checkout
  events:
    total: 'http_requests_total{job="checkout"}'
    bad: 'http_requests_total{job="checkout",code=~"5.."}'
---
kind: SLO
metadata: {name: checkout-availability}
spec: {indicator: checkout-requests, objective: 99.95%, window: 30d}
""",
    "acme.yaml": """\
# A customer, and what was agreed. An agreement never pages by itself; the SLO above does, earlier.
kind: Customer
metadata: {name: acme, title: Acme Ltd}
---
kind: SLA
metadata: {name: acme-checkout}
spec:
  customer: acme
  service: checkout
  state: draft                     # active: from then on it is judged
  targets:
    - {name: availability, indicator: checkout-requests, objective: at least 99.9%}
""",
}
"""Name of a file in ``specs/`` -> its text."""


@click.command("init", short_help="Write a first catalogue into DIR/specs.")
@click.argument("directory", metavar="[DIR]", default=".", type=click.Path(path_type=Path, file_okay=False))
def command(directory: Path) -> None:
    """Write a first catalogue into DIR/specs: a service, an SLO, an SLA, and the schema for your editor.

    Nothing that exists is overwritten.
    """
    from slo_gen.spec.schema import schema_json

    specs = directory / "specs"
    files = {SCHEMA_FILE: schema_json(), **{name: _EDITOR_LINE + text for name, text in STARTER.items()}}
    present = [name for name in files if (specs / name).exists()]
    try:
        for name, text in files.items():
            if name not in present:
                write_file(specs / name, text)
                click.echo(f"wrote {specs / name}")
    except OSError as error:
        fail(f"{error.filename or specs} cannot be written: {(error.strerror or str(error)).lower()}")
    for name in present:
        click.echo(f"left  {specs / name}: it exists already")
    click.echo(f"next: change them, then slo-gen check {specs}")
