"""What Grafana's folders are called, and who looks into which: what ``slo-gen push grafana`` goes by, and Grafana's own provider file.

The provider files of customers, which name their organisations, are written with what keeps customers apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec
from sla_dashboards import Audience, DashboardFile

from slo_gen.outputs.targets import HEADER
from slo_gen.outputs.yaml_text import yaml_string
from slo_gen.spec.model import Catalogue

__all__ = ["DASHBOARDS", "FOLDERS", "PROVIDER", "Folder", "Folders", "render_folders"]

DASHBOARDS: Final = "dashboards/"
FOLDERS: Final = "grafana/folders.json"
PROVIDER: Final = "grafana/provisioning/dashboards/provider.yaml"
_PLACE: Final = "/etc/slo-gen/dashboards"
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
    """Relative path to text; nothing where there is no dashboard, and no provider file where all of them are of customers."""
    folders: dict[str, Folder] = {}
    for page in pages:
        title = _TITLES[page.audience] if page.customer is None else catalogue.customers[page.customer].title or page.customer
        folders.setdefault(page.folder, Folder(page.folder, title, page.customer or ""))
    if not folders:
        return {}
    ours = [folder for _, folder in sorted(folders.items()) if not folder.customer]
    listed = msgspec.json.encode(Folders(owner, dict(sorted(folders.items()))))
    files = {FOLDERS: msgspec.json.format(listed, indent=1).decode() + "\n"}
    if ours:
        files[PROVIDER] = f"{HEADER}apiVersion: 1\nproviders:\n" + "".join(_provider(folder, owner) for folder in ours)
    return files


def _provider(folder: Folder, owner: str) -> str:
    return (
        f"  - name: {yaml_string(f'{owner}-{folder.uid}')}\n"
        f"    folder: {yaml_string(folder.title)}\n    folderUid: {yaml_string(folder.uid)}\n"
        "    type: \"file\"\n    disableDeletion: false\n    allowUiUpdates: false\n    updateIntervalSeconds: 60\n"
        f"    options:\n      path: {yaml_string(f'{_PLACE}/{folder.uid}')}\n"
    )
