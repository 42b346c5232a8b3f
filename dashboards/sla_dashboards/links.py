"""The ways between the provider's pages: from the summary down to what pages somebody, and back."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from sla_dashboards.identity import EXECUTIVE, MANAGER, SRE, address
from sla_dashboards.modern import DashboardLink, DataLink

__all__ = ["link", "links_from"]

_PAGES: Final = {
    EXECUTIVE: ("Summary", "Whether promises are kept, on one screen"),
    MANAGER: ("Service levels", "All agreements: met, at risk, breached"),
    SRE: ("Error budgets", "All SLOs, and how fast their budgets go"),
}


def links_from(here: str, existing: Collection[str]) -> tuple[DashboardLink, ...]:
    """Links to the other pages of those that exist."""
    return tuple(
        DashboardLink(title, address(page), tooltip, keep_time=here != EXECUTIVE != page)
        for page, (title, tooltip) in _PAGES.items() if page != here and page in existing
    )  # fmt: skip


def link(page: str, existing: Collection[str], **chosen: str) -> tuple[DataLink, ...]:
    """From a figure to a page, with what is to be chosen on it; nothing where it does not exist."""
    return (DataLink(_PAGES[page][0], address(page, **chosen)),) if page in existing else ()
