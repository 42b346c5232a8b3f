"""The options of ``slo-gen compile`` that say what the outputs are called and how large they may be."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from slo_gen.outputs.targets import OutputSettings

__all__ = ["output_options", "output_settings"]


def output_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """The options that say what the outputs are called and how large they may be; ``output_settings`` reads them."""
    defaults = OutputSettings()
    for option in reversed((
        click.option("--prefix", default=defaults.prefix, show_default=True, metavar="NAME",
                     help="Beginning of the names of all groups, files and resources: one for each catalogue in a server."),
        click.option("--namespace", metavar="NAME", help=f"Namespace of operator resources [{defaults.operator_namespace}] "
                     f"or of Mimir's rules [{defaults.mimir_namespace}]."),
        click.option("--label", "labels", multiple=True, metavar="KEY=VALUE",
                     help="Label of every operator resource, for the ruleSelector [release=prometheus]. Repeat it for more."),
        click.option("--rules-per-group", type=click.IntRange(min=15), default=defaults.mimir_rules_per_group, show_default=True,
                     help="Mimir's ruler_max_rules_per_rule_group."),
        click.option("--groups-per-tenant", type=click.IntRange(min=1), default=defaults.mimir_groups_per_tenant, show_default=True,
                     help="Mimir's ruler_max_rule_groups_per_tenant."),
    )):
        command = option(command)
    return command


def output_settings(
    prefix: str, namespace: str | None, labels: tuple[str, ...], rules_per_group: int, groups_per_tenant: int
) -> OutputSettings:
    """What the options of ``output_options`` say. Raises a usage error for a label that is no KEY=VALUE."""
    defaults = OutputSettings()
    chosen: dict[str, str] = {}
    for label in labels:
        key, found, value = label.partition("=")
        if not found or not key:
            raise click.BadParameter(f"{label!r} is not KEY=VALUE", param_hint="--label")
        chosen[key] = value
    return OutputSettings(
        prefix=prefix,
        operator_namespace=namespace or defaults.operator_namespace,
        operator_labels=chosen or defaults.operator_labels,
        mimir_namespace=namespace or defaults.mimir_namespace,
        mimir_rules_per_group=rules_per_group,
        mimir_groups_per_tenant=groups_per_tenant,
    )
