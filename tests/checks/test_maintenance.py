"""The checks on planned work: overlaps, and work that was written down too late."""

from __future__ import annotations

import pytest

from slo_gen.checks import check_catalogue, moments, unexplained
from slo_gen.spec.convert import Document, read_documents
from slo_gen.spec.model import Catalogue
from slo_gen.spec.resolve import resolve
from slo_gen.timekeeping.zones import read_instant, zone

SERVICES = """\
kind: Service
metadata: {name: shop}
---
kind: Service
metadata: {name: mail}
---
kind: Customer
metadata: {name: acme}
---
kind: Customer
metadata: {name: bolt}
---
"""
NOW = read_instant("2026-11-01T00:00Z", zone("UTC"))


def work(name: str, windows: str, more: str = "", services: str = "shop") -> str:
    return f"kind: Maintenance\nmetadata: {{name: {name}}}\nspec:\n  services: [{services}]\n  {windows}\n{more}"


def catalogue_of(*documents: str) -> tuple[Catalogue, list[Document]]:
    read, problems = read_documents([("specs.yaml", SERVICES + "---\n".join(documents))])
    catalogue, unresolved = resolve(read)
    assert [*problems, *unresolved] == []
    return catalogue, read


def found(check: str, *documents: str, recorded: dict[tuple[str, int], str] | None = None) -> list[tuple[int, int, str, str]]:
    problems = check_catalogue(*catalogue_of(*documents), now=NOW, recorded=recorded)
    return [(each.line, each.column, each.message, each.hint) for each in problems if each.check == check]


def test_two_windows_that_overlap() -> None:
    first = work("a", "windows: [{from: 2026-10-03T01:00, to: 2026-10-03T03:00}]")
    second = work(
        "b", "windows:\n    - {from: 2026-09-01T01:00, to: 2026-09-01T02:00}\n    - {from: 2026-10-03T02:00, to: 2026-10-03T04:00}"
    )
    told = (
        25, 14, "overlaps the work of a from 2026-10-03T02:00:00Z to 2026-10-03T03:00:00Z; this time is excluded once",
        "join the two, or move one, so that each minute has one reason",
    )
    assert found("overlapping-maintenance", first, second) == [told]
    assert found("overlapping-maintenance", first, second.replace("T02:00, to: 2026-10-03T04", "T03:00, to: 2026-10-03T04")) == []
    assert found("overlapping-maintenance", first, second.replace("[shop]", "[mail]")) == []
    assert found("overlapping-maintenance", first, f"{second}  state: cancelled\n") == []
    for_one, for_other = f"{first}  customers: [acme]\n", f"{second}  customers: [bolt]\n"
    assert found("overlapping-maintenance", for_one, for_other) == []
    assert [each[2] for each in found("overlapping-maintenance", for_one, second)] == [told[2]]


def test_windows_of_one_document_that_overlap() -> None:
    windows = "windows: [{from: 2026-10-03T01:00, to: 2026-10-03T05:00}, {from: 2026-10-03T02:00, to: 2026-10-03T03:00}]"
    assert [each[2] for each in found("overlapping-maintenance", work("a", windows))] == [
        "overlaps an earlier window of this document from 2026-10-03T02:00:00Z to 2026-10-03T03:00:00Z; this time is excluded once",
    ]


def test_a_long_window_overlaps_all_that_begin_in_it() -> None:
    short = "{from: 2026-10-03T02:00, to: 2026-10-03T03:00}, {from: 2026-10-03T04:00, to: 2026-10-03T06:00}"
    windows = f"windows: [{{from: 2026-10-03T01:00, to: 2026-10-03T05:00}}, {short}, {{from: 2026-10-03T06:00, to: 2026-10-03T07:00}}]"
    assert [each[2] for each in found("overlapping-maintenance", work("a", windows))] == [
        "overlaps an earlier window of this document from 2026-10-03T02:00:00Z to 2026-10-03T03:00:00Z; this time is excluded once",
        "overlaps an earlier window of this document from 2026-10-03T04:00:00Z to 2026-10-03T05:00:00Z; this time is excluded once",
    ]


def test_work_that_comes_again_overlaps_many_times() -> None:
    nightly = work("nightly", "recurring: {every: day, at: 02:00-03:00, from: 2026-10-01, until: 2026-10-31}")
    long = work("week", "windows: [{from: 2026-10-05T00:00, to: 2026-10-08T00:00}]")
    assert [each[2] for each in found("overlapping-maintenance", nightly, long)] == [
        "overlaps the work of nightly from 2026-10-05T02:00:00Z to 2026-10-05T03:00:00Z, and 2 more times; this time is excluded once",
    ]


BEGAN = read_instant("2026-10-03T01:00Z", zone("UTC"))
WINDOW = work("upgrade", "windows: [{from: 2026-10-03T03:00, to: 2026-10-03T05:00}]", "  timezone: Europe/Berlin\n")
HINT = "say when customers were told (`announced`) and where that is recorded (`reference`), or write an Adjustment that is agreed"


def late(document: str, then: str | None) -> list[str]:
    return [each[2] for each in found("late-maintenance", document, recorded={} if then is None else {("specs.yaml", BEGAN): then})]


def test_work_that_was_written_down_after_it_began() -> None:
    assert moments(*catalogue_of(WINDOW), now=NOW) == [("specs.yaml", BEGAN)]
    assert moments(*catalogue_of(WINDOW), now=BEGAN) == [("specs.yaml", BEGAN)]
    assert moments(*catalogue_of(WINDOW), now=BEGAN - 1) == []
    assert found("late-maintenance", WINDOW, recorded={("specs.yaml", BEGAN): ""}) == [(
        17, 20, "this work began at 2026-10-03T01:00:00Z, and by then the repository had nothing of upgrade", HINT,
    )]
    assert late(WINDOW, None) == []
    assert late(WINDOW, WINDOW) == []
    assert late(WINDOW, work("another", "windows: [{from: 2026-10-03T03:00, to: 2026-10-03T05:00}]"))
    assert late(WINDOW, "kind: [broken") == ["this work began at 2026-10-03T01:00:00Z, and by then the repository had nothing of upgrade"]


@pytest.mark.parametrize(("then", "is_late"), [
    ("{from: 2026-10-03T03:00, to: 2026-10-03T04:59}", True),
    ("{from: 2026-10-03T03:01, to: 2026-10-03T05:00}", True),
    ("{from: 2026-10-03T01:00Z, to: 2026-10-03T03:00Z}", False),         # the same instants in other words
    ("{from: 2026-10-03T03:00, to: 2026-10-03T06:00}", False),           # made shorter: less is excluded
    ("{from: 2026-10-03T02:00, to: 2026-10-03T05:00}", False),
    ("{from: 2026-10-02T03:00, to: 2026-10-02T05:00}, {from: 2026-10-03T03:00, to: 2026-10-03T05:00}", False),
    ("{from: 2026-10-03T03:00, to: 2026-10-03T05:00, reference: CHG-1}", False),
])
def test_work_that_was_moved_after_it_began(then: str, is_late: bool) -> None:
    moved = "this work began at 2026-10-03T01:00:00Z, and by then the repository had other windows of upgrade"
    earlier = work("upgrade", f"windows: [{then}]", "  timezone: Europe/Berlin\n")
    assert late(WINDOW, earlier) == ([moved] if is_late else [])


def test_work_that_is_on_record_elsewhere() -> None:
    told = WINDOW.replace("T05:00}", "T05:00, announced: 2026-10-01T09:00, reference: CHG-1}")
    assert late(told, "") == []
    assert late(told.replace(", reference: CHG-1", ""), "") != []
    assert late(told.replace(", reference: CHG-1", "") + "  change: CHG-1\n", "") == []
    assert late(told.replace("2026-10-01T09:00", "2026-10-03T03:00"), "") != []
    assert late(f"{WINDOW}  state: cancelled\n", "") == []


def night(day: int) -> tuple[str, int]:
    return "specs.yaml", BEGAN + (day - 3) * 86_400


def each_night(document: str, *then: tuple[int, str]) -> list[str]:
    """What is said of nights from 3 to 6 October, by the text that the file had from some of these days on; "" before the first."""
    said = {night(day): next((text for since, text in reversed(then) if since <= day), "") for day in range(3, 7)}
    return [each[2] for each in found("late-maintenance", document, recorded=said)]


def test_each_time_of_work_that_comes_again_is_looked_at() -> None:
    nightly = work("nightly", "recurring: {every: day, at: 01:00-03:00, from: 2026-10-03, until: 2026-10-06}")
    assert moments(*catalogue_of(nightly), now=NOW) == [night(3), night(4), night(5), night(6)]
    assert moments(*catalogue_of(nightly), now=night(5)[1] - 1) == [night(3), night(4)]
    start, by_then = "this work began at 2026-10-0", ", and by then the repository had "
    assert each_night(nightly) == [f"{start}3T01:00:00Z (and 3 more times){by_then}nothing of nightly"]
    assert each_night(nightly, (3, nightly)) == []
    assert each_night(nightly, (4, nightly)) == [f"{start}3T01:00:00Z{by_then}nothing of nightly"]
    assert each_night(nightly, (3, nightly.replace("01:00-03:00", "01:00-04:00"))) == []
    # It was to end on the fourth; the nights after that were added on the sixth.
    short = nightly.replace("until: 2026-10-06", "until: 2026-10-04")
    assert each_night(nightly, (3, short), (6, nightly)) == [f"{start}5T01:00:00Z{by_then}other windows of nightly"]
    # It was cancelled for two nights, and is not any more.
    assert each_night(nightly, (3, nightly), (4, f"{nightly}  state: cancelled\n"), (6, nightly)) == [
        f"{start}4T01:00:00Z (and 1 more time){by_then}nightly as cancelled",
    ]
    one = WINDOW.replace("upgrade", "nightly")                                                    # it was a single night then
    assert each_night(nightly, (3, one)) == [f"{start}4T01:00:00Z (and 2 more times){by_then}other windows of nightly"]
    for other in ("01:00-02:00", "02:00-03:00"):
        assert each_night(nightly, (3, nightly.replace("01:00-03:00", other)), (4, nightly)) == [
            f"{start}3T01:00:00Z{by_then}other windows of nightly",
        ]


def test_work_without_a_last_day_was_planned_for_later_years_too() -> None:
    """By itself the document reaches to the end of 2025; another one speaks of 2026, and so it does for that year."""
    weekly = work("weekly", "recurring: {every: week, on: [sat], at: 01:00-03:00, from: 2024-10-05}")
    once = work("once", "windows: [{from: 2026-10-04T10:00, to: 2026-10-04T11:00}]")
    recorded = dict.fromkeys(moments(*catalogue_of(weekly, once), now=NOW), f"{weekly}---\n{once}")
    assert night(3) in recorded
    assert found("late-maintenance", weekly, once, recorded=recorded) == []
    assert found("late-maintenance", weekly, once, recorded=dict.fromkeys(recorded, weekly)) == [(
        23, 20, "this work began at 2026-10-04T10:00:00Z, and by then the repository had nothing of once", HINT,
    )]


@pytest.mark.parametrize(("more_then", "more_now", "said"), [
    ("  state: cancelled\n", "", "had upgrade as cancelled"),
    ("  customers: [bolt]\n", "", "had upgrade for fewer services or customers"),
    ("  customers: [bolt]\n", "  customers: [acme, bolt]\n", "had upgrade for fewer services or customers"),
    ("  customers: [acme, bolt]\n", "  customers: [acme]\n", ""),
    ("", "  customers: [acme]\n", ""),
    ("  state: done\n", "", ""),
])
def test_work_that_excludes_more_than_it_did_when_it_began(more_then: str, more_now: str, said: str) -> None:
    begin = "this work began at 2026-10-03T01:00:00Z, and by then the repository "
    assert late(WINDOW + more_now, WINDOW + more_then) == ([begin + said] if said else [])


def test_work_on_more_services_than_there_were() -> None:
    of_two = WINDOW.replace("services: [shop]", "services: [shop, mail]")
    assert late(of_two, of_two) == late(WINDOW, of_two) == []
    assert late(of_two, WINDOW) == [
        "this work began at 2026-10-03T01:00:00Z, and by then the repository had upgrade for fewer services or customers",
    ]


def test_emergency_work_is_announced_by_nobody_and_is_on_record() -> None:
    emergency = f"{WINDOW}  type: emergency\n"
    assert found("late-maintenance", emergency, recorded={("specs.yaml", BEGAN): ""}) == [(
        17, 20, "this work began at 2026-10-03T01:00:00Z, and by then the repository had nothing of upgrade",
        "say where it is recorded (`reference`), or write an Adjustment that is agreed",
    )]
    assert late(f"{emergency}  change: CHG-1\n", "") == []
    assert late(emergency.replace("T05:00}", "T05:00, reference: CHG-1}"), "") == []


def test_what_other_files_should_be_asked_about() -> None:
    subject = catalogue_of(WINDOW)
    key = ("specs.yaml", BEGAN)
    assert unexplained(*subject, now=NOW, recorded={key: ""}) == [("specs.yaml", BEGAN, "upgrade")]
    assert unexplained(*subject, now=NOW, recorded={key: WINDOW.replace("upgrade", "another")}) == [("specs.yaml", BEGAN, "upgrade")]
    assert unexplained(*subject, now=NOW, recorded={key: WINDOW}) == unexplained(*subject, now=NOW, recorded={}) == []
