"""What somebody has to do by a day: claims against suppliers, and agreements that end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sla_dashboards.modern import markdown
from slo_gen import names
from slo_gen.rules.info import IN_FORCE
from slo_gen.rules.promql import label_list
from slo_gen.spec.model import Catalogue

__all__ = ["claim_deadlines", "ending"]

_CLAIM: Final = label_list((names.AGREEMENT, names.TARGET, names.PARTY, names.PERIOD, names.STAGE))


def claim_deadlines() -> str:
    """Seconds until each claim must have been made or announced."""
    return f"max by ({_CLAIM}) ({names.CLAIM_DEADLINE}) - time() > 0"


def ending(catalogue: Catalogue) -> str:
    """A table in Markdown of the agreements in force that have a last day, the nearest first."""
    rows = sorted(_rows(catalogue))
    if not rows:
        return "No agreement in force has a last day.\n"
    lines = [f"| {day} | {' | '.join(map(markdown, cells))} |" for day, *cells in rows]
    return "\n".join(("| Last day | Agreement | Kind | With |", "|---|---|---|---|", *lines)) + "\n"


def _rows(catalogue: Catalogue) -> Iterator[tuple[str, str, str, str]]:
    for agreement in catalogue.agreements.values():
        if agreement.state == IN_FORCE and agreement.ends is not None:
            yield agreement.ends.isoformat(), agreement.title or agreement.name, agreement.kind, agreement.party.name
