"""The dashboards of a compiled folder, as they were reviewed."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import msgspec

from slo_gen.outputs.errors import OutputError
from slo_gen.outputs.files import read_compiled
from slo_gen.outputs.grafana_folders import DASHBOARDS, FOLDERS, Folder, Folders

__all__ = ["Compiled", "Json", "Page", "read_pages"]

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """A dashboard and the folder that it belongs to."""

    folder: Folder
    uid: str
    title: str
    dashboard: Json


@dataclass(frozen=True, slots=True)
class Compiled:
    """The dashboards of one catalogue, in the order of their files. ``owner`` is what compile's ``--prefix`` was."""

    owner: str
    pages: tuple[Page, ...]


def read_pages(directory: Path) -> Compiled:
    """What ``slo-gen compile --out`` wrote there. Raises OutputError, also for files that were edited since."""
    try:
        texts = read_compiled(directory, (DASHBOARDS, FOLDERS))
    except OSError as error:
        raise OutputError(f"cannot read {error.filename or directory}: {error.strerror}", "check the path and its permissions") from None
    if FOLDERS not in texts:
        raise OutputError(f"{directory} holds no dashboards", "compile without --no-dashboards, with an agreement that is in force")
    try:
        listed = msgspec.json.decode(texts.pop(FOLDERS), type=Folders)
        return Compiled(listed.owner, tuple(_page(listed.folders[PurePosixPath(path).parent.name], text) for path, text in texts.items()))
    except (ValueError, LookupError, TypeError):
        raise OutputError(f"the dashboards in {directory} are damaged", "run slo-gen compile again") from None


def _page(folder: Folder, text: str) -> Page:
    dashboard = json.loads(text)
    return Page(folder, str(dashboard["uid"]), str(dashboard["title"]), dashboard)
