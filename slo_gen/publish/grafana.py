"""Bringing compiled dashboards into Grafana: look, plan, then send what differs.

Everything is read before anything is sent, in all organisations, so that what stands in the way is known first. Deletions come last.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from slo_gen.fetch import AddressError, Limits, NoAnswerError, RequestError, TooLargeError, TooSlowError
from slo_gen.publish.compiled import Page
from slo_gen.publish.difference import covers
from slo_gen.publish.grafana_api import Grafana, GrafanaError, Hit, Saved, Stored, UnreachableError
from slo_gen.publish.organisations import Destination
from slo_gen.publish.planning import Change, Found, Plan, as_sent, is_ours, plan, tag_of

__all__ = ["LIMITS", "Refused", "Seen", "Sent", "look", "send"]

LIMITS: Final = Limits(seconds=30.0, body=16 * 1024 * 1024)
_AT_ONCE: Final = 8
_HOPELESS: Final = (AddressError, NoAnswerError, TooSlowError, UnreachableError)


@dataclass(frozen=True, slots=True)
class Seen:
    """An organisation that was looked at: its name and number in Grafana, what is there, and what is to be done."""

    destination: Destination
    number: int
    name: str
    found: Found
    plan: Plan


@dataclass(frozen=True, slots=True)
class Refused:
    """An organisation that could not be looked at, and why."""

    destination: Destination
    why: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A change that was made, or what kept it from being made."""

    seen: Seen
    change: Change
    failed: str = ""


async def look(
    url: str, destinations: Sequence[Destination], owner: str, *, overwrite: bool = False, prune: bool = False,
    limits: Limits = LIMITS, step: Callable[[], None] = lambda: None,
) -> list[Seen | Refused]:
    """What is in each organisation and what is to be done there, in the order of ``destinations``. Sends nothing.

    Raises RequestError where the server cannot be asked at all.
    """
    places: dict[int, Seen | Refused] = {}

    async def one(index: int) -> None:
        try:
            places[index] = await _look(url, destinations[index], owner, overwrite, prune, limits)
        except RequestError as error:
            if not index and isinstance(error, _HOPELESS):
                raise
            places[index] = Refused(destinations[index], str(error))
        step()

    if destinations:
        await one(0)                    # where nobody answers, a hundred more questions would only wait
    waiting = list(range(1, len(destinations)))

    async def worker() -> None:
        while waiting:
            await one(waiting.pop(0))

    await asyncio.gather(*(worker() for _ in range(min(_AT_ONCE, len(waiting)))))
    found = [places[index] for index in range(len(destinations))]
    return _without_doubles(found)


def _without_doubles(found: list[Seen | Refused]) -> list[Seen | Refused]:
    """Refuses a customer whose organisation turns out to be another's: the provider's has no number until it is asked."""
    seen: dict[int, Destination] = {}
    checked: list[Seen | Refused] = []
    used = {each.number for each in found if isinstance(each, Seen) and each.destination.pages}
    for each in found:
        if isinstance(each, Seen) and not each.destination.pages and each.number in used:
            continue                    # nothing goes there; it was only looked at for what is no longer compiled
        if isinstance(each, Seen) and each.number in seen:
            why = f"its organisation {each.number} is also that of {seen[each.number].whose}; each would see what is the other's"
            checked.append(Refused(each.destination, why))
            continue
        if isinstance(each, Seen):
            seen[each.number] = each.destination
        checked.append(each)
    return checked


async def _look(url: str, destination: Destination, owner: str, overwrite: bool, prune: bool, limits: Limits) -> Seen:
    async with Grafana(url, destination.credentials, limits) as grafana:
        here = await grafana.organisation()
        if destination.number and here.number != destination.number:
            raise GrafanaError(
                f"the login acts in organisation {here.number} ({here.name}) and not in {destination.number}. A token belongs to one "
                "organisation: give this one a token of its own, or a user name and password; or a proxy drops X-Grafana-Org-Id."
            )
        folders = {uid: await grafana.folder(uid) for uid in dict.fromkeys(page.folder.uid for page in destination.pages)}
        dashboards: dict[str, Stored | None] = {}
        histories: dict[str, Saved | None] = {}
        for page in destination.pages:
            there = dashboards[page.uid] = await grafana.dashboard(page.uid)
            if there is not None and _differs(there, page, owner):
                histories[page.uid] = await grafana.last_saved(page.uid)
        tagged = await grafana.tagged(tag_of(owner))
        for hit in _unwanted(tagged, destination.pages):
            there = dashboards[hit.uid] = await grafana.dashboard(hit.uid)
            if there is not None:
                histories[hit.uid] = await grafana.last_saved(hit.uid)
        lacking = [uid for uid in _sources(destination.pages) if await grafana.has_source(uid) is False]
    found = Found(folders, dashboards, histories, tagged, tuple(lacking))
    return Seen(destination, here.number, here.name, found, plan(destination.pages, found, owner, overwrite=overwrite, prune=prune))


def _differs(there: Stored, page: Page, owner: str) -> bool:
    return there.dashboard is None or there.folder != page.folder.uid or not covers(there.dashboard, as_sent(page, owner))


def _unwanted(tagged: Sequence[Hit], pages: Sequence[Page]) -> list[Hit]:
    uids = {page.uid for page in pages}
    return [hit for hit in tagged if hit.uid not in uids]


def _sources(pages: Sequence[Page]) -> list[str]:
    """The data sources that the pages name, without variables and what Grafana itself brings."""
    return sorted({uid for page in pages for uid in _source_uids(page.dashboard) if uid and not uid.startswith(("$", "-", "grafana"))})


def _source_uids(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        source = value.get("datasource")
        if isinstance(source, dict) and isinstance(source.get("uid"), str):
            yield source["uid"]
        for each in value.values():
            yield from _source_uids(each)
    elif isinstance(value, list):
        for each in value:
            yield from _source_uids(each)


async def send(url: str, places: Sequence[Seen], owner: str, told: Callable[[Sent], None], *, limits: Limits = LIMITS) -> bool:
    """Make the planned changes one after the other, deletions last, and tell of each. Stops at the first that fails: False."""
    for seen, changes in (*((seen, seen.plan.changes) for seen in places), *((seen, seen.plan.deletions) for seen in places)):
        if not changes:
            continue
        change = changes[0]
        try:
            async with Grafana(url, seen.destination.credentials, limits) as grafana:
                for change in changes:
                    await _make(grafana, change, owner)
                    told(Sent(seen, change))
        except RequestError as error:
            unknown = " Whether it was made is not known." if isinstance(error, (NoAnswerError, TooSlowError, TooLargeError)) else ""
            told(Sent(seen, change, f"{error}{unknown}"))
            return False
    return True


async def _make(grafana: Grafana, change: Change, owner: str) -> None:
    match change.kind:
        case "make folder":
            await grafana.make_folder(change.uid, change.title)
        case "rename folder":
            await grafana.rename_folder(change.uid, change.title, change.version)
        case "create" | "update":
            await grafana.save(change.body or {}, change.folder, change.message)
        case "delete":
            await _delete(grafana, change, owner)


async def _delete(grafana: Grafana, change: Change, owner: str) -> None:
    """Grafana deletes whatever version there is, so that it is asked once more who saved it last."""
    saved = await grafana.last_saved(change.uid)
    if not is_ours(saved, owner):
        raise GrafanaError("somebody saved it in this moment; it was left")
    await grafana.delete(change.uid)
