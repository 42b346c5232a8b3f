"""What somebody has to do by a day: claims against suppliers, agreements that end, reviews and improvements.

Days come from the documents as they were when the dashboards were compiled, the nearest first.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from sla_dashboards.wording import table
from slo_gen import names
from slo_gen.rules.info import IN_FORCE
from slo_gen.rules.promql import label_list
from slo_gen.spec.model import Catalogue
from slo_gen.spec.records import Meeting

__all__ = ["claim_deadlines", "ending", "improvements", "reviews"]

_CLAIM: Final = label_list((names.AGREEMENT, names.TARGET, names.PARTY, names.PERIOD, names.STAGE))
_AHEAD: Final = frozenset({"planned", "pack_sent"})
_OVER: Final = frozenset({"verified", "rejected", "cancelled"})


def claim_deadlines() -> str:
    """Seconds until each claim must have been made or announced."""
    return f"max by ({_CLAIM}) ({names.CLAIM_DEADLINE}) - time() > 0"


def ending(catalogue: Catalogue) -> str:
    """A table in Markdown of the agreements in force that have a last day."""
    rows = sorted(
        (each.ends.isoformat(), each.title or each.name, each.kind, each.party.name)
        for each in catalogue.agreements.values() if each.state == IN_FORCE and each.ends is not None
    )  # fmt: skip
    return table(("Last day", "Agreement", "Kind", "With"), rows, "No agreement in force has a last day.")


def reviews(catalogue: Catalogue) -> str:
    """A table in Markdown of the reviews to come: those that are planned, and the next of those that were held."""
    return table(("Day", "With", "State"), sorted(_reviews(catalogue.records.meetings)), "No review is planned.")


def _reviews(meetings: tuple[Meeting, ...]) -> Iterator[tuple[str, str, str]]:
    for meeting in meetings:
        if meeting.state in _AHEAD:
            yield meeting.planned, meeting.party, meeting.state.replace("_", " ")
        elif meeting.next and not any(other.party == meeting.party and other.planned > meeting.planned for other in meetings):
            yield meeting.next, meeting.party, "agreed, not planned yet"


def improvements(catalogue: Catalogue) -> str:
    """A table in Markdown of the improvements that are not finished, those without a day last."""
    rows = sorted(
        ((each.due or "none", each.title, each.service, f"{each.baseline} to {each.target}", each.state.replace("_", " "))
         for each in catalogue.records.improvements.values() if each.state not in _OVER),
        key=lambda row: (row[0] == "none", row),
    )  # fmt: skip
    return table(("Due", "Improvement", "Service", "From and to", "State"), rows, "No improvement is open.")
