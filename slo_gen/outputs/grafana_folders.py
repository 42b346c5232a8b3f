"""What Grafana's folders are called, and who looks into which: the page that ``slo-gen push grafana`` goes by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from sla_dashboards import Audience, DashboardFile

from slo_gen.spec.model import Catalogue

__all__ = ["DASHBOARDS", "FOLDERS", "Folder", "Folders", "render_folders"]

DASHBOARDS: Final = "dashboards/"
FOLDERS: Final = "grafana/folders.json"
_TITLES: Final[Mapping[Audience, str]] = {
    "customer": "Service levels of customers", "sre": "Service levels for SREs", "service level manager": "Service level management",
    "executive": "Service levels at a glance",
}  # fmt: skip
"""What the folders of the provider are called."""


class Folder(msgspec.Struct, frozen=True):
    """A folder in Grafana. ``customer`` is the one whose organisation it belongs to, "" for the provider's own."""

    uid: str
    title: str
    customer: str = ""


class Folders(msgspec.Struct, frozen=True):
    """``folders``: name of a folder of files to the one in Grafana. ``owner`` tells one catalogue from others in a server."""

    owner: str
    folders: dict[str, Folder]


def render_folders(pages: Iterable[DashboardFile], catalogue: Catalogue, owner: str) -> dict[str, str]:
    """Relative path to text; nothing where there is no dashboard."""
    folders: dict[str, Folder] = {}
    for page in pages:
        title = _TITLES[page.audience] if page.customer is None else catalogue.customers[page.customer].title or page.customer
        folders.setdefault(page.folder, Folder(page.folder, title, page.customer or ""))
    if not folders:
        return {}
    return {FOLDERS: msgspec.json.format(msgspec.json.encode(Folders(owner, dict(sorted(folders.items())))), indent=1).decode() + "\n"}
