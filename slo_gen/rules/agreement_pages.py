"""Where alerts about agreements lead: an address with the agreement's names filled in when the alert fires."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Final
from urllib.parse import quote_plus

from slo_gen import names
from slo_gen.rules.rule import AlertRule, Rule
from slo_gen.rules.templates import literal

__all__ = ["NOBODY", "filled_address", "leading_to"]

NOBODY: Final = "$__all"
"""What stands for a customer that an alert does not have, since it is about a team or a supplier: Grafana takes it for all of them."""

_LABELS: Final = {"agreement": names.AGREEMENT, "target": names.TARGET, "customer": names.CUSTOMER, "service": names.SERVICE}
_PLACE: Final = re.compile(r"\$\{(" + "|".join(_LABELS) + r")\}")
_ABOUT_AGREEMENTS: Final = frozenset({
    names.PERIOD_AT_RISK, names.PERIOD_BREACHED, names.CREDIT_STEP, names.CLAIM_DEADLINE_NEAR, names.TICKET_DEADLINE_NEAR,
    names.TICKET_OVERDUE,
})  # fmt: skip


def leading_to(rules: Iterable[Rule], pattern: str) -> Iterator[Rule]:
    """The rules; alerts about agreements with the address ``pattern`` as ``dashboard_url``, unless that is ""."""
    for rule in rules:
        if pattern and isinstance(rule, AlertRule) and rule.alert in _ABOUT_AGREEMENTS:
            yield replace(rule, annotations={**rule.annotations, "dashboard_url": _template(pattern)})
        else:
            yield rule


def filled_address(pattern: str, labels: Mapping[str, str]) -> Mapping[str, str]:
    """The annotation of an alert with these labels; empty where there is no address."""
    if not pattern:
        return {}
    return {"dashboard_url": _PLACE.sub(lambda match: quote_plus(labels.get(_LABELS[match[1]], "")) or NOBODY, pattern)}


def _template(pattern: str) -> str:
    parts = _PLACE.split(pattern)
    return "".join(literal(part) if place % 2 == 0 else _label(_LABELS[part]) for place, part in enumerate(parts))


def _label(label: str) -> str:
    return f"{{{{ with $labels.{label} }}}}{{{{ . | urlquery }}}}{{{{ else }}}}{NOBODY}{{{{ end }}}}"
