"""What is to be done in one organisation, from what was compiled and what is there. Pure.

Ours is what carries the catalogue's tag and was last saved by slo-gen, as its own history says. A copy that somebody made keeps the
tag but not the history; a dashboard that somebody edited has a newer entry in it. Neither is changed or deleted unasked.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from slo_gen.publish.compiled import Json, Page
from slo_gen.publish.difference import changes, covers
from slo_gen.publish.grafana_api import Hit, Saved, Stored, StoredFolder

__all__ = ["Change", "Found", "Plan", "Trouble", "as_sent", "is_ours", "plan", "tag_of"]

_TAG: Final = "slo-gen:"
_MESSAGE: Final = "pushed by slo-gen: "


@dataclass(frozen=True, slots=True)
class Found:
    """What is in an organisation: folders and dashboards by uid, None where there is none; the history of those that differ or are no
    longer wanted; ``tagged`` are all dashboards of this catalogue's tag; ``lacking``: the data sources that are known to lack."""

    folders: Mapping[str, StoredFolder | None]
    dashboards: Mapping[str, Stored | None]
    histories: Mapping[str, Saved | None] = field(default_factory=dict)
    tagged: tuple[Hit, ...] = ()
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Change:
    """One request that changes something. ``about`` are lines for the reader; of a dashboard, ``body`` is what is saved, and
    ``message`` what its history says of that."""

    kind: Literal["make folder", "rename folder", "create", "update", "delete"]
    uid: str
    title: str
    folder: str = ""
    version: int = 0
    body: Json | None = None
    message: str = ""
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Trouble:
    """A dashboard that is left as it is, and why. ``grave``: nothing is to be sent because of it. ``about``: what it would lose."""

    title: str
    uid: str
    why: str
    grave: bool = True
    about: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """``changes`` in their order, deletions apart; ``unchanged`` is a number of dashboards."""

    changes: tuple[Change, ...]
    deletions: tuple[Change, ...]
    troubles: tuple[Trouble, ...]
    unchanged: int


def tag_of(owner: str) -> str:
    """The tag of all dashboards of a catalogue."""
    return f"{_TAG}{owner}"


def message_of(owner: str, body: Json) -> str:
    """What slo-gen writes into the history of a dashboard when it saves ``body``."""
    return f"{_MESSAGE}{owner} {hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()[:16]}"


def is_ours(saved: Saved | None, owner: str) -> bool:
    """Whether slo-gen saved it last, for this catalogue."""
    return saved is not None and saved.message.rpartition(" ")[0] == f"{_MESSAGE}{owner}"


def plan(pages: Iterable[Page], found: Found, owner: str, *, overwrite: bool = False, prune: bool = False) -> Plan:
    """What makes the organisation hold these pages."""
    wanted = tuple(pages)
    made: list[Change] = list(_folders(wanted, found))
    troubles: list[Trouble] = []
    unchanged = 0
    for page in wanted:
        done = _dashboard(page, found, owner, overwrite)
        if isinstance(done, Trouble):
            troubles.append(done)
        elif done is None:
            unchanged += 1
        else:
            made.append(done)
    deletions: list[Change] = []
    uids = {page.uid for page in wanted}
    for hit in found.tagged:
        if hit.uid not in uids:
            gone = _orphan(hit, found, owner, prune)
            if isinstance(gone, Change):
                deletions.append(gone)
            elif gone is not None:
                troubles.append(gone)
    return Plan(tuple(made), tuple(deletions), tuple(troubles), unchanged)


def as_sent(page: Page, owner: str) -> Json:
    """The dashboard with the tag by which it is found again."""
    tags = page.dashboard.get("tags")
    return {**page.dashboard, "tags": [*(tags if isinstance(tags, list) else []), tag_of(owner)]}


def _folders(pages: Iterable[Page], found: Found) -> Iterable[Change]:
    for folder in {page.folder.uid: page.folder for page in pages}.values():
        there = found.folders.get(folder.uid)
        if there is None:
            yield Change("make folder", folder.uid, folder.title)
        elif there.title != folder.title:
            yield Change("rename folder", folder.uid, folder.title, version=there.version, about=(f"it is called {there.title!r} now",))


def _dashboard(page: Page, found: Found, owner: str, overwrite: bool) -> Change | Trouble | None:
    """What is to be done for one page; None where it is as it should be."""
    body = as_sent(page, owner)
    message = message_of(owner, body)
    there = found.dashboards.get(page.uid)
    if there is None:
        return Change("create", page.uid, page.title, page.folder.uid, body={**body, "id": None}, message=message)
    moves = there.folder != page.folder.uid and there.dashboard is not None
    saved = found.histories.get(page.uid)
    # Some releases rewrite what they are given; what was pushed last is what is wanted, whatever became of it.
    as_wanted = (there.dashboard is not None and covers(there.dashboard, body)) or (saved is not None and saved.message == message)
    if as_wanted and not moves:
        return None
    if there.provisioned:
        why = "it comes from a provisioning file, and Grafana changes such a one only by that file; remove its provider, or push no more"
        return Trouble(page.title, page.uid, why)
    about = (*(("it moves into its folder",) if moves else ()), *_changes(there, body))
    if not overwrite and (foreign := _not_ours(there, saved, owner)):
        why = f"{foreign}; take the change over into the documents, or replace it with --overwrite (--dry-run shows what)"
        return Trouble(page.title, page.uid, why, about=about)
    body |= {"id": None, "version": there.version}
    return Change("update", page.uid, page.title, page.folder.uid, there.version, body, message, about)


def _changes(there: Stored, body: Json) -> Iterable[str]:
    return ("the whole of it is replaced",) if there.dashboard is None else changes(there.dashboard, body)


def _orphan(hit: Hit, found: Found, owner: str, prune: bool) -> Change | Trouble | None:
    there = found.dashboards.get(hit.uid)
    if there is None:
        return None
    if there.provisioned:
        return Trouble(hit.title, hit.uid, "it is not compiled any more, but comes from a provisioning file; it was left", grave=False)
    saved = found.histories.get(hit.uid)
    if foreign := _not_ours(there, saved, owner):
        # Not even with --overwrite: what somebody has copied or changed is theirs.
        return Trouble(hit.title, hit.uid, f"it is not compiled any more, but {foreign}; it was left", grave=False)
    if not prune:
        return Trouble(hit.title, hit.uid, "it is not compiled any more; --prune deletes it", grave=False)
    return Change("delete", hit.uid, hit.title, about=("slo-gen pushed it, nobody has saved it since, and it is not compiled any more",))


def _not_ours(there: Stored, saved: Saved | None, owner: str) -> str:
    """Why a dashboard is not as slo-gen left it; "" when it is."""
    if there.dashboard is not None:
        tags = there.dashboard.get("tags")
        named = {each for each in tags if isinstance(each, str)} if isinstance(tags, list) else set()
        others = sorted(each.removeprefix(_TAG) for each in named if each.startswith(_TAG) and each != tag_of(owner))
        if others:
            return f"it belongs to the catalogue {others[0]!r} (compile --prefix)"
    if saved is None:
        return "its history does not tell who saved it last"
    if not is_ours(saved, owner):
        who = f" by {saved.by}" if saved.by else ""
        said = f" ({saved.message})" if saved.message else ""
        return f"it was saved in Grafana{who} as version {saved.version}{said}, and not by slo-gen"
    return ""
