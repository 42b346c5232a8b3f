"""``slo-gen explain``: what is promised, in words."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from slo_gen.cli.explaining import explain_agreement, explain_defaults, explain_indicator, explain_slo
from slo_gen.cli.loading import Specs, fail, read_specs, refuse_errors, specs_argument
from slo_gen.rules.calendar_tables import Horizon
from slo_gen.spec.model import Catalogue
from slo_gen.spec.nearest import did_you_mean

__all__ = ["command"]

_KINDS = ("SLO", "Indicator", "SLA", "OLA", "UC")


@click.command("explain", short_help="Explain an SLO, indicator or agreement: what it means.")
@click.argument("name", metavar="NAME[/TARGET]")
@specs_argument
@click.option("--kind", type=click.Choice(_KINDS, case_sensitive=False), help="Which one, where several kinds share the name.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON: one text for each document.")
def command(name: str, specs: tuple[Path, ...], kind: str | None, as_json: bool) -> None:
    """Explain an SLO, an indicator, or an agreement and its targets: the budget, what would alert, every default."""
    read = read_specs(specs)
    refuse_errors(read)          # what names something that is not there has no meaning to explain
    document, _, target = name.partition("/")
    explained = {
        found: _explain(read, found, document, target or None) for found in _kinds_of(read, document) if kind is None or found == kind
    }
    if not explained:
        known = _all_names(read.catalogue)
        hint = did_you_mean(document, known) or "there is none in these documents"
        fail(f"there is no {kind or 'SLO, indicator or agreement'} {document!r}; {hint}")
    if as_json:
        click.echo(json.dumps([{"kind": found, "name": document, "text": lines} for found, lines in explained.items()], indent=2))
    else:
        click.echo("\n\n".join("\n".join(lines) for lines in explained.values()))


def _kinds_of(read: Specs, name: str) -> list[str]:
    catalogue = read.catalogue
    found = [kind for kind, names in (("SLO", catalogue.slos), ("Indicator", catalogue.indicators)) if name in names]
    return [*found, *([catalogue.agreements[name].kind] if name in catalogue.agreements else [])]


def _explain(read: Specs, kind: str, name: str, target: str | None) -> list[str]:
    catalogue = read.catalogue
    if kind == "SLO":
        lines = explain_slo(catalogue, catalogue.slos[name])
    elif kind == "Indicator":
        lines = explain_indicator(catalogue, catalogue.indicators[name])
    else:
        agreement = catalogue.agreements[name]
        targets = [each.name for each in agreement.targets] + [each.name for each in agreement.ticket_targets]
        targets += [each.name for each in agreement.other_targets]
        if target is not None and target not in targets:
            fail(f"{kind} {name} has no target {target!r}; {did_you_mean(target, targets) or 'it has none'}")
        lines = explain_agreement(catalogue, agreement, target, Horizon.around(datetime.now(UTC).date()))
    document = next((document for document in read.loaded.documents if (document.kind, document.name) == (kind, name)), None)
    defaults = explain_defaults(document) if document is not None else []
    return [*lines, "", *defaults] if defaults else lines


def _all_names(catalogue: Catalogue) -> list[str]:
    return [*catalogue.slos, *catalogue.indicators, *catalogue.agreements]
