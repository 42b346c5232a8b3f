"""What is planned for any state of an organisation: nothing of somebody else's is touched, and afterwards there is nothing to do."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from slo_gen.outputs.grafana_folders import Folder
from slo_gen.publish.compiled import Json, Page
from slo_gen.publish.grafana_api import Hit, Saved, Stored, StoredFolder
from slo_gen.publish.planning import Found, Plan, as_sent, message_of, plan

FOLDER = Folder("pages", "Pages")
UIDS = ("one", "two", "three")
OURS, THEIRS = "slm", "other"


def page(uid: str, title: str) -> Page:
    return Page(FOLDER, uid, title, {"uid": uid, "title": title, "tags": ["sla"], "panels": []})


pages = st.lists(st.builds(page, st.sampled_from(UIDS), st.sampled_from(["A", "B"])), unique_by=lambda each: each.uid, max_size=3)


@st.composite
def states(draw: st.DrawFn) -> Found:
    """Any state: dashboards of ours, of another catalogue, of people; edited, copied, moved, provisioned, in the newer form."""
    dashboards: dict[str, Stored | None] = {}
    histories: dict[str, Saved | None] = {}
    tagged = []
    for uid in UIDS:
        if not draw(st.booleans()):
            continue
        owner = draw(st.sampled_from([OURS, OURS, OURS, THEIRS, ""]))
        content: Json = page(uid, draw(st.sampled_from(["A", "B", "edited"]))).dashboard
        content = as_sent(Page(FOLDER, uid, "", content), owner) if owner else content
        folder = draw(st.sampled_from(["pages", "pages", ""]))
        shown = draw(st.booleans()) or draw(st.booleans())
        dashboards[uid] = Stored(uid, content if shown else None, 3, folder, draw(st.sampled_from([False, False, True])) and shown)
        by_us = Saved(3, message_of(OURS, content), "push")
        histories[uid] = draw(st.sampled_from([by_us, by_us, Saved(3, "", "eve"), Saved(3, message_of(THEIRS, content), "push"), None]))
        if owner == OURS:
            tagged.append(Hit(uid, str(content["title"])))
    folders = {"pages": draw(st.sampled_from([None, StoredFolder("pages", "Pages", 1), StoredFolder("pages", "Old", 1)]))}
    return Found(folders, dashboards, histories, tuple(tagged))


def ours(found: Found, uid: str) -> bool:
    """Whether slo-gen was the last to save it for this catalogue, and it can be changed."""
    there, saved = found.dashboards[uid], found.histories.get(uid)
    assert there is not None
    return not there.provisioned and saved is not None and saved.message.startswith(f"pushed by slo-gen: {OURS} ")


def after(found: Found, done: Plan) -> Found:
    """The organisation when all of a plan was made."""
    folders, dashboards, histories = dict(found.folders), dict(found.dashboards), dict(found.histories)
    for change in (*done.changes, *done.deletions):
        if change.kind in ("make folder", "rename folder"):
            folders[change.uid] = StoredFolder(change.uid, change.title, 1)
        elif change.kind == "delete":
            del dashboards[change.uid]
        else:
            assert change.body is not None
            assert change.kind == ("update" if dashboards.get(change.uid) else "create")
            dashboards[change.uid] = Stored(change.uid, change.body, 4, change.folder)
            histories[change.uid] = Saved(4, change.message, "push")
    tagged = tuple(hit for hit in found.tagged if hit.uid in dashboards)
    return replace(found, folders=folders, dashboards=dashboards, histories=histories, tagged=tagged)


@given(pages, states(), st.booleans(), st.booleans())
def test_nothing_of_somebody_elses_is_touched(wanted: list[Page], found: Found, overwrite: bool, prune: bool) -> None:
    done = plan(wanted, found, OURS, overwrite=overwrite, prune=prune)
    for change in done.changes:
        if change.kind == "update":
            there = found.dashboards[change.uid]
            assert there is not None
            assert not there.provisioned
            assert overwrite or ours(found, change.uid)
            assert change.version == there.version
    for change in done.deletions:
        assert prune
        assert ours(found, change.uid)
        assert change.uid not in {each.uid for each in wanted}
        assert change.uid in {hit.uid for hit in found.tagged}


@given(pages, states(), st.booleans(), st.booleans())
def test_every_page_is_accounted_for_and_afterwards_there_is_nothing_to_do(
    wanted: list[Page], found: Found, overwrite: bool, prune: bool
) -> None:
    done = plan(wanted, found, OURS, overwrite=overwrite, prune=prune)
    saved = [change.uid for change in done.changes if change.kind in ("create", "update")]
    grave = [trouble.uid for trouble in done.troubles if trouble.grave]
    assert len(saved) + len(grave) + done.unchanged == len(wanted)
    again = plan(wanted, after(found, done), OURS, overwrite=overwrite, prune=prune)
    assert (again.changes, again.deletions) == ((), ())
    assert [trouble.uid for trouble in again.troubles if trouble.grave] == grave
