"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

__all__ = ["ENVIRONMENT", "prometheus_option"]

ENVIRONMENT = "SLO_GEN_PROMETHEUS"
"""Beginning of the environment variables with the address of, and the credentials for, the user's Prometheus."""


def prometheus_option(
    purpose: str, *, required: bool = False, from_environment: bool = False
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """The option ``--prometheus URL``, passed on as ``url``.

    Only a command whose purpose is to ask takes the address from the environment; the others ask nobody unless told to.
    """
    usual = required or from_environment
    return click.option(
        "--prometheus", "url", metavar="URL", envvar=f"{ENVIRONMENT}_URL" if usual else None, required=required, show_envvar=usual,
        help=f"{purpose} Credentials come from the environment: {ENVIRONMENT}_USERNAME with _PASSWORD or _PASSWORD_FILE, "
             "or _TOKEN or _TOKEN_FILE; _TENANT for Mimir.",
    )
