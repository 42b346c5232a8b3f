"""``slo-gen push grafana`` against a server that answers as Grafana does: what is sent, what is left alone, what is told."""

from __future__ import annotations

from pathlib import Path

import pytest
from grafana_server import Asked, Dashboard, Folder, Told
from push_scene import ADMIN, Scene, page, scene

__all__ = ["scene"]


# --- what goes where ---------------------------------------------------------------------------------------------
def test_each_customers_page_goes_into_their_organisation_and_ours_into_ours(scene: Scene) -> None:
    result = scene.push()
    assert result.exit_code == 0, result.output
    assert [list(scene.stored(number)) for number in (1, 2, 3)] == [["sre"], ["acme"], ["globex"]]
    assert scene.folders(2) == {scene.folder("acme"): Folder("Acme Ltd")}
    assert scene.stored(2)["acme"].folder == scene.folder("acme")
    assert scene.stored(2)["acme"].newest["tags"] == ["sla", "slo-gen:slm"]
    assert result.stdout.splitlines() == [
        "organisation 1 (the provider): folder 'sre' made",
        "organisation 1 (the provider): dashboard 'Budgets' created",
        "organisation 2 (acme): folder 'Acme Ltd' made",
        "organisation 2 (acme): dashboard 'Service levels of Acme' created",
        "organisation 3 (globex): folder 'Globex' made",
        "organisation 3 (globex): dashboard 'Service levels of Globex' created",
        "6 changes made in 3 organisations, 0 dashboards up to date",
    ]


def test_what_is_as_it_should_be_is_not_sent_again(scene: Scene) -> None:
    scene.push()
    result = scene.push()
    assert (result.exit_code, scene.sent()) == (0, [])
    assert result.output == "0 changes made in 3 organisations, 3 dashboards up to date\n"


def test_what_a_newer_grafana_adds_by_itself_is_no_change(scene: Scene) -> None:
    scene.push()
    scene.grafana.normalise = lambda dashboard: {
        **dashboard, "schemaVersion": 42, "liveNow": False,
        "panels": [
            {**panel, "pluginVersion": "13.0", "fieldConfig": {"defaults": {"thresholds": {"steps": [{"color": "red"}]}}, "overrides": []}}
            for panel in reversed(dashboard["panels"])
        ],
    }  # fmt: skip
    assert scene.push().exit_code == 0
    assert scene.sent() == []


def test_what_a_newer_grafana_leaves_out_is_no_change_either(scene: Scene) -> None:
    scene.pages["acme"]["acme"]["panels"][0]["transparent"] = False
    scene.compile()
    scene.push()
    scene.grafana.normalise = lambda dashboard: {
        **dashboard, "panels": [{key: value for key, value in panel.items() if key != "transparent"} for panel in dashboard["panels"]],
    }  # fmt: skip
    assert scene.push().output == "0 changes made in 3 organisations, 3 dashboards up to date\n"
    scene.pages["acme"]["acme"]["description"] = "new"
    scene.compile()
    assert scene.push().output.endswith("1 change made in 3 organisations, 2 dashboards up to date\n")
    assert scene.push().output == "0 changes made in 3 organisations, 3 dashboards up to date\n"
    scene.grafana.organisations[2].edit("acme", "eve")
    assert scene.push().exit_code == 1, "that somebody has saved it is seen all the same"


def test_a_change_is_saved_on_top_of_the_version_that_was_read(scene: Scene) -> None:
    scene.push()
    scene.pages["acme"]["acme"]["panels"][0]["options"]["textMode"] = "name"
    scene.compile()
    result = scene.push()
    assert result.exit_code == 0, result.output
    (sent,) = scene.grafana.sent()
    assert (sent.organisation, sent.body["overwrite"], sent.body["dashboard"]["version"]) == (2, False, 1)
    assert len(scene.stored(2)["acme"].versions) == 2
    assert result.output.endswith("1 change made in 3 organisations, 2 dashboards up to date\n")


def test_everything_into_one_organisation_only_when_asked(scene: Scene) -> None:
    assert scene.push("--single-organisation").exit_code == 0
    assert sorted(scene.stored(1)) == ["acme", "globex", "sre"]
    assert not scene.stored(2)


def test_ours_go_into_the_organisation_that_is_named(scene: Scene) -> None:
    scene.grafana.organisations[4] = type(scene.grafana.organisations[1])("Second")
    scene.grafana.users["admin"][1][4] = "Editor"
    assert scene.push("--org-id", "4").exit_code == 0
    assert (list(scene.stored(4)), list(scene.stored(1))) == (["sre"], [])


def test_a_folder_that_was_nested_or_renamed_is_found_by_its_uid(scene: Scene) -> None:
    scene.push()
    scene.folders(2)["above"] = Folder("Above")
    scene.folders(2)[scene.folder("acme")].parent = "above"
    scene.folders(2)[scene.folder("acme")].title = "Acme"
    result = scene.push()
    assert [(method, path) for _, method, path in scene.sent()] == [("PUT", f"/api/folders/{scene.folder('acme')}")]
    assert scene.folders(2)[scene.folder("acme")] == Folder("Acme Ltd", 2, "above")
    assert "folder 'Acme Ltd' renamed" in result.output


def test_a_server_without_nested_folders_and_with_the_old_history_will_do(scene: Scene) -> None:
    scene.grafana.nested, scene.grafana.bare_history = False, True
    scene.push()
    scene.pages["acme"]["acme"]["description"] = "new"
    scene.compile()
    assert scene.push().exit_code == 0
    assert scene.stored(2)["acme"].newest["description"] == "new"


def test_a_page_that_was_moved_is_put_back(scene: Scene) -> None:
    scene.push()
    scene.stored(2)["acme"].folder = ""
    result = scene.push("--dry-run")
    assert "it moves into its folder" in result.output
    assert scene.push().exit_code == 0
    assert scene.stored(2)["acme"].folder == scene.folder("acme")


# --- dry run -----------------------------------------------------------------------------------------------------
def test_a_dry_run_sends_nothing_and_shows_each_place(scene: Scene) -> None:
    scene.push()
    acme = scene.pages["acme"]["acme"]
    acme["panels"][0] |= {"options": {"textMode": "name"}, "description": "one\ntwo"}
    acme["panels"].append({"id": 9, "title": "Trend", "type": "timeseries"})
    scene.pages["globex"] = {"globex-2": page("globex-2", "Another")}
    scene.compile()
    scene.grafana.organisations[2].edit("acme", "admin", "pushed by slo-gen: slm 0123456789abcdef", panels=[
        *scene.stored(2)["acme"].newest["panels"], {"id": 8, "title": "Old"},
    ])
    result = scene.push("--dry-run", "--prune")
    assert (result.exit_code, scene.sent()) == (0, [])
    assert result.output.splitlines() == [
        "organisation 2 (acme):",
        "  dashboard 'Service levels of Acme' (acme) is to be updated",
        '    panel "Old" goes',
        '    panel "Verdict":',
        "      description",
        "        - nothing",
        '        + "one\\ntwo"',
        "      options.textMode",
        '        - "value"',
        '        + "name"',
        '    panel "Trend" is new',
        "organisation 3 (globex):",
        "  dashboard 'Another' (globex-2) is to be created",
        "  dashboard 'Service levels of Globex' (globex) is to be deleted",
        "    slo-gen pushed it, nobody has saved it since, and it is not compiled any more",
        "3 changes to be made in 3 organisations, 1 dashboard up to date",
    ]


def test_a_dry_run_on_an_empty_server_shows_what_is_made(scene: Scene) -> None:
    result = scene.push("--dry-run")
    assert (result.exit_code, scene.sent()) == (0, [])
    assert result.output.endswith("6 changes to be made in 3 organisations, 0 dashboards up to date\n")


# --- what others did ---------------------------------------------------------------------------------------------
def changed(scene: Scene) -> None:
    """A push, an edit of acme's page by somebody, and new pages of both customers."""
    scene.push()
    scene.grafana.organisations[2].edit("acme", "eve", "nicer", title="Mine now")
    scene.pages["acme"]["acme"]["description"] = scene.pages["globex"]["globex"]["description"] = "new"
    scene.compile()


def test_what_somebody_edited_is_not_replaced_and_nothing_else_is_sent(scene: Scene) -> None:
    changed(scene)
    result = scene.push()
    assert (result.exit_code, scene.sent()) == (1, [])
    assert result.output == (
        "organisation 2 (acme): dashboard 'Service levels of Acme' (acme) it was saved in Grafana by eve as version 2 (nicer), and not by "
        "slo-gen; take the change over into the documents, or replace it with --overwrite (--dry-run shows what)\n"
        "slo-gen: 1 dashboard in the way; nothing was sent\n"
    ).replace("(acme) it was", "(acme): it was")


def test_a_dry_run_shows_what_somebodys_edit_would_lose(scene: Scene) -> None:
    changed(scene)
    result = scene.push("--dry-run")
    assert (result.exit_code, scene.sent()) == (1, [])
    assert result.stdout.splitlines() == [
        "organisation 2 (acme):",
        "  dashboard 'Service levels of Acme' (acme) is in the way; with --overwrite",
        "    description",
        "      - nothing",
        '      + "new"',
        "    title",
        '      - "Mine now"',
        '      + "Service levels of Acme"',
        "organisation 3 (globex):",
        "  dashboard 'Service levels of Globex' (globex) is to be updated",
        "    description",
        "      - nothing",
        '      + "new"',
    ]


def test_overwrite_replaces_what_was_read_and_nothing_newer(scene: Scene) -> None:
    changed(scene)
    result = scene.push("--overwrite")
    assert result.exit_code == 0, result.output
    assert scene.stored(2)["acme"].newest["title"] == "Service levels of Acme"
    assert [each.body["overwrite"] for each in scene.grafana.sent()] == [False, False]


def test_an_edit_in_the_moment_of_pushing_is_told_and_kept(scene: Scene) -> None:
    changed(scene)

    def fault(asked: Asked) -> Told | None:
        if asked.method == "POST" and asked.organisation == 2:
            scene.grafana.organisations[2].edit("acme", "mallory")
        return None

    scene.grafana.fault = fault
    result = scene.push("--overwrite")
    assert result.exit_code == 1
    assert "dashboard 'Service levels of Acme' (acme): somebody saved it in Grafana in this moment" in result.output
    assert "0 of 2 changes were made, then it stopped; run this again" in result.output
    assert scene.stored(2)["acme"].versions[-1][1] == "mallory"


def test_an_edit_that_came_to_the_same_is_no_conflict(scene: Scene) -> None:
    scene.push()
    scene.grafana.organisations[2].edit("acme", "eve", "same again")
    assert (scene.push().exit_code, scene.sent()) == (0, [])


def test_a_page_that_was_saved_in_the_newer_form_is_somebodys_edit(scene: Scene) -> None:
    scene.push()
    scene.grafana.organisations[2].edit("acme", "eve")
    scene.stored(2)["acme"].form = "v2beta1"
    assert "it was saved in Grafana by eve as version 2" in scene.push().output
    assert scene.push("--overwrite").exit_code == 0
    assert len(scene.stored(2)["acme"].versions) == 3


def test_a_provisioned_page_is_told_and_overwrite_does_not_help(scene: Scene) -> None:
    scene.push()
    scene.stored(2)["acme"].provisioned = True
    scene.pages["acme"]["acme"]["description"] = "new"
    scene.compile()
    for options in ((), ("--overwrite",)):
        result = scene.push(*options)
        assert (result.exit_code, scene.sent()) == (1, [])
        assert "(acme): it comes from a provisioning file, and Grafana changes such a one only by that file" in result.output


def test_a_page_of_another_catalogue_is_left(scene: Scene) -> None:
    scene.push()
    scene.pages["acme"]["acme"]["description"] = "new"
    scene.compile(owner="other")
    result = scene.push()
    assert (result.exit_code, scene.sent()) == (1, [])
    assert "(acme): it belongs to the catalogue 'slm' (compile --prefix)" in result.output


@pytest.mark.parametrize(
    ("status", "told"),
    [("name-exists", "another dashboard of this title is in the folder, which may be somebody else's and is left"),
     ("plugin-dashboard", "it belongs to a plugin of Grafana, which would write it again; remove it there first")],
)  # fmt: skip
def test_conflicts_that_only_saving_shows_are_explained(scene: Scene, status: str, told: str) -> None:
    if status == "name-exists":
        scene.grafana.unique_titles = True
        scene.folders(2)[scene.folder("acme")] = Folder("Acme Ltd")
        scene.stored(2)["theirs"] = Dashboard(scene.folder("acme"), [(page("theirs", "Service levels of Acme"), "eve", "")])
    else:
        scene.grafana.organisations[2].plugins.add("acme")
    result = scene.push("--overwrite")
    assert result.exit_code == 1
    assert told in result.output
    assert "changes were made, then it stopped; run this again" in result.output
    assert "acme" not in scene.stored(2)


def test_a_folder_of_the_same_title_is_explained(scene: Scene) -> None:
    scene.folders(2)["theirs"] = Folder("Acme Ltd")
    result = scene.push()
    assert result.exit_code == 1
    assert "folder 'Acme Ltd'" in result.output
    assert "is there already under another uid" in result.output
    assert "2 of 6 changes were made" in result.output
    del scene.folders(2)["theirs"]
    assert scene.push().exit_code == 0
    assert len(scene.sent()) == 4, "what was made is not made again"


def test_another_push_may_make_the_folder_first(scene: Scene) -> None:
    def fault(asked: Asked) -> Told | None:
        if asked.method == "POST" and asked.path == "/api/folders":
            scene.grafana.organisations[asked.organisation].folders.setdefault(asked.body["uid"], Folder(asked.body["title"]))
        return None

    scene.grafana.fault = fault
    assert scene.push().exit_code == 0
    assert list(scene.stored(2)) == ["acme"]


# --- what is no longer compiled -----------------------------------------------------------------------------------
def without_globex(scene: Scene) -> None:
    scene.push()
    scene.pages["globex"] = {}
    scene.compile()


def test_what_is_no_longer_compiled_is_told_and_deleted_only_when_asked(scene: Scene) -> None:
    without_globex(scene)
    result = scene.push()
    assert (result.exit_code, scene.sent()) == (0, [])
    assert result.stderr == (
        "organisation 3 (SLM_CUSTOMER_GLOBEX): dashboard 'Service levels of Globex' (globex): "
        "it is not compiled any more; --prune deletes it\n"
    )
    result = scene.push("--prune")
    assert (result.exit_code, scene.sent()) == (0, [(3, "DELETE", "/api/dashboards/uid/globex")])
    assert not scene.stored(3)


def test_pruning_leaves_what_is_somebody_elses(scene: Scene) -> None:
    scene.push()
    ours, message = scene.stored(3)["globex"].newest, "pushed by slo-gen: slm 0123456789abcdef"
    kept = {
        "copy": Dashboard("", [({**ours, "uid": "copy"}, "eve", "")]),
        "edited": Dashboard("", [({**ours, "uid": "edited"}, "admin", message), (ours, "eve", "")]),
        "from-file": Dashboard("", [({**ours, "uid": "from-file"}, "admin", message)], provisioned=True),
        "both": Dashboard("", [({**ours, "tags": ["slo-gen:slm", "slo-gen:other"]}, "admin", message)]),
        "untagged": Dashboard("", [({**ours, "tags": []}, "admin", message)]),
    }
    scene.stored(3).update(kept)
    gone = {f"gone-{number}": Dashboard("", [({**ours, "uid": f"gone-{number}"}, "admin", message)]) for number in range(7)}
    scene.stored(3).update(gone)
    scene.grafana.most_hits = 2                     # so that there are pages
    result = scene.push("--prune", "--overwrite")
    assert result.exit_code == 0, result.output
    assert sorted(path.rpartition("/")[2] for _, _, path in scene.sent()) == sorted(gone)
    assert set(scene.stored(3)) == {"globex", *kept}
    for uid in ("copy", "edited", "from-file", "both"):
        assert f"({uid}): it is " in result.output


def test_what_is_edited_in_the_moment_of_pruning_is_left(scene: Scene) -> None:
    without_globex(scene)
    looked: list[str] = []

    def fault(asked: Asked) -> Told | None:
        if asked.path.endswith("/globex/versions"):
            looked.append(asked.path)
            if len(looked) == 2:
                scene.grafana.organisations[3].edit("globex")
        return None

    scene.grafana.fault = fault
    result = scene.push("--prune")
    assert result.exit_code == 1
    assert "somebody saved it in this moment; it was left" in result.output
    assert "globex" in scene.stored(3)


def test_deletions_come_after_everything_else(scene: Scene) -> None:
    without_globex(scene)
    scene.pages["acme"]["acme"]["description"] = scene.pages[""]["sre"]["description"] = "new"
    scene.compile()
    scene.push("--prune")
    assert [method for _, method, _ in scene.sent()] == ["POST", "POST", "DELETE"]


# --- where it goes wrong ------------------------------------------------------------------------------------------
def test_a_missing_data_source_is_told(scene: Scene) -> None:
    scene.pages["acme"]["acme"]["panels"][0]["datasource"] = {"type": "prometheus", "uid": "slm-acme"}
    scene.pages[""]["sre"]["panels"][0]["datasource"] = {"type": "prometheus", "uid": "${datasource}"}
    scene.compile()
    result = scene.push()
    assert result.exit_code == 0
    assert result.stderr == "organisation 2 (acme): there is no data source slm-acme; dashboards that ask it show errors until it is made\n"
    scene.grafana.organisations[2].sources.add("slm-acme")
    assert scene.push().stderr == ""


@pytest.mark.parametrize(
    ("told", "words"),
    [
        (Told(200, b"<html><form action='/login'>", "text/html"), "is it a login page of something in front?"),
        (Told(302, b"", location="https://sso.example/login"), "sends the request on to https://sso.example/login"),
        (Told(401, {"message": "Expired API key"}), "does not accept the login (401): Expired API key"),
        (Told(403, {"message": "Needed: orgs:read"}), "may not tell in which organisation this login is (403): Needed: orgs:read"),
        (Told(404, {"message": "Not found"}), "belongs to the address, as in https://example.com/grafana"),
        (Told(404, b"<html>", "text/html"), "belongs to the address, as in https://example.com/grafana"),
        (Told(422, {"message": "bad \x1b[31m thing"}), "(422): bad \N{REPLACEMENT CHARACTER}[31m thing"),
        (Told(429), "asks to be asked less often (429)"),
        (Told(503, b"upstream down", "text/plain"), "cannot answer now (503): upstream down"),
        (Told(200, [1, 2]), "does not answer as Grafana does"),
        (Told(200, {"id": "one"}), "does not answer as Grafana does: 'id' is no whole number"),
        (Told(200, b"[" * 100_000, "application/json"), "does not answer as Grafana does"),
        (Told(200, {"id": 1}, after=5.0), "did not answer /api/org within 0.3 seconds"),
    ],
)
def test_answers_that_are_none_are_explained_and_nothing_is_sent(scene: Scene, told: Told, words: str) -> None:
    scene.grafana.fault = lambda asked: told if asked.path == "/api/org" else None
    result = scene.push("--timeout", "0.3")
    assert (result.exit_code, scene.sent()) == (1, [])
    assert words in result.stderr
    assert len(result.stderr.splitlines()) <= 3
    assert not result.stdout


@pytest.mark.parametrize("good", range(6))
def test_every_change_may_fail_and_the_next_push_goes_on_from_there(scene: Scene, good: int) -> None:
    scene.grafana.fault = lambda asked: Told(500, {"message": "out of order"}) if len(scene.sent()) > good else None
    result = scene.push()
    assert result.exit_code == 1
    assert "cannot answer now (500): out of order" in result.stderr
    assert result.stderr.endswith(f"slo-gen: {good} of 6 changes were made, then it stopped; run this again, which goes on from there\n")
    assert len(result.stdout.splitlines()) == good
    scene.grafana.fault = lambda asked: None
    assert scene.push().exit_code == 0
    assert len(scene.sent()) == 6 - good
    assert [list(scene.stored(number)) for number in (1, 2, 3)] == [["sre"], ["acme"], ["globex"]]


def test_a_time_out_while_saving_says_that_nobody_knows(scene: Scene) -> None:
    scene.grafana.fault = lambda asked: Told(200, after=5.0) if asked.path == "/api/dashboards/db" else None
    result = scene.push("--timeout", "0.3")
    assert result.exit_code == 1
    assert "Whether it was made is not known" in result.output
    assert "1 of 6 changes were made, then it stopped" in result.output


def test_a_login_that_may_only_look(scene: Scene) -> None:
    scene.grafana.users["admin"][1][2] = "Viewer"
    result = scene.push()
    assert result.exit_code == 1
    assert "organisation 2 (acme): folder 'Acme Ltd'" in result.output
    assert "may not make folder 'Acme Ltd' (403)" in result.output
    assert "2 of 6 changes were made" in result.output


def test_a_login_that_is_no_member_stops_all_and_is_told_once(scene: Scene) -> None:
    del scene.grafana.users["admin"][1][3]
    result = scene.push()
    assert (result.exit_code, scene.sent()) == (1, [])
    assert "globex: this login may not tell in which organisation this login is (403)" in result.output
    assert "not every organisation could be looked at; nothing was sent" in result.output


def test_an_organisation_that_gets_nothing_holds_up_nobody(scene: Scene) -> None:
    without_globex(scene)
    scene.pages["acme"]["acme"]["description"] = "new"
    scene.compile()
    del scene.grafana.users["admin"][1][3]
    result = scene.push()
    assert (result.exit_code, len(scene.sent())) == (0, 1)
    why, told = result.stderr.splitlines()
    assert why.startswith("SLM_CUSTOMER_GLOBEX: this login may not tell in which organisation this login is (403)")
    assert told == "slo-gen: no dashboards go there; whether any of before are left is not known"


def test_a_proxy_that_drops_the_organisation_is_found_before_anything_is_sent(scene: Scene) -> None:
    scene.grafana.drops_header = True
    result = scene.push()
    assert (result.exit_code, scene.sent()) == (1, [])
    assert "the login acts in organisation 1 (Main Org.) and not in 2" in result.output


def test_an_organisation_that_is_ours_is_no_customers(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLM_CUSTOMER_ACME_ORG_ID", "1")
    result = scene.push()
    assert (result.exit_code, scene.sent()) == (1, [])
    assert "acme: its organisation 1 is also that of the provider; each would see what is the other's" in result.output


def test_a_login_in_the_address_is_refused_and_not_repeated(scene: Scene) -> None:
    result = scene.push(url=f"http://admin:{ADMIN}@127.0.0.1:1")
    assert (result.exit_code, scene.grafana.asked) == (2, [])
    assert "The address holds a user name or password" in " ".join(result.output.split())


def test_nobody_listens(scene: Scene) -> None:
    result = scene.push(url="http://127.0.0.1:1")
    assert result.exit_code == 1
    assert "http://127.0.0.1:1 could not be reached" in result.stderr


def test_a_path_below_which_grafana_is_served(scene: Scene) -> None:
    scene.grafana.prefix = "/grafana"
    assert "belongs to the address" in scene.push().output
    assert scene.push(url=scene.grafana.url + "/grafana/").exit_code == 0


# --- the login -----------------------------------------------------------------------------------------------------
def test_tokens_from_files_one_for_each_organisation(scene: Scene, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv("SLO_GEN_GRAFANA_USERNAME")
    monkeypatch.delenv("SLO_GEN_GRAFANA_PASSWORD")
    for number, variable in ((1, "SLO_GEN_GRAFANA"), (2, "SLM_CUSTOMER_ACME_GRAFANA"), (3, "SLM_CUSTOMER_GLOBEX_GRAFANA")):
        (tmp_path / f"{number}").write_text(f"{ADMIN}-{number}\n")
        scene.grafana.tokens[f"{ADMIN}-{number}"] = (number, "Editor")
        monkeypatch.setenv(f"{variable}_TOKEN_FILE", str(tmp_path / f"{number}"))
    assert scene.push().exit_code == 0
    assert list(scene.stored(3)) == ["globex"]
    monkeypatch.delenv("SLM_CUSTOMER_GLOBEX_GRAFANA_TOKEN_FILE")
    result = scene.push()
    assert (result.exit_code, scene.sent()) == (1, [])
    assert "does not accept the login (401): invalid API key" in result.output


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"SLO_GEN_GRAFANA_USERNAME": None}, "There is no login for the provider, acme, globex: set SLO_GEN_GRAFANA_TOKEN or _TOKEN_FILE"),
        ({"SLO_GEN_GRAFANA_TOKEN": "x"}, "Both SLO_GEN_GRAFANA_TOKEN and SLO_GEN_GRAFANA_USERNAME are set"),
        ({"SLM_CUSTOMER_ACME_ORG_ID": None}, "set SLM_CUSTOMER_ACME_ORG_ID to their numbers"),
        ({"SLM_CUSTOMER_ACME_ORG_ID": "Acme"}, "SLM_CUSTOMER_ACME_ORG_ID is 'Acme', which is not the number of an organisation"),
        ({"SLM_CUSTOMER_ACME_ORG_ID": "3"}, "acme and globex have the same organisation, 3"),
    ],
)
def test_what_the_environment_lacks(
    scene: Scene, monkeypatch: pytest.MonkeyPatch, changed: dict[str, str | None], words: str
) -> None:
    for name, value in changed.items():
        monkeypatch.setenv(name, value) if value else monkeypatch.delenv(name)
    result = scene.push()
    assert (result.exit_code, scene.grafana.asked) == (2, [])
    assert words in " ".join(result.output.split())


def test_another_name_of_the_same_customer_is_no_conflict(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLM_CUSTOMER_ACME_BEFORE_ORG_ID", "2")
    assert scene.push().exit_code == 0


# --- the folder ----------------------------------------------------------------------------------------------------
def test_a_file_that_was_edited_since_is_not_sent(scene: Scene) -> None:
    path = scene.out / "dashboards/customer-acme/acme.json"
    path.write_text(path.read_text().replace("Verdict", "Verdikt"))
    result = scene.push()
    assert (result.exit_code, scene.grafana.asked) == (1, [])
    assert result.output == f"slo-gen: {path} is not as slo-gen wrote it; run slo-gen compile again\n"


def test_folders_that_are_not_compiled_or_hold_no_dashboard(scene: Scene, tmp_path: Path) -> None:
    scene.out = tmp_path / "other"
    scene.out.mkdir()
    assert scene.push().output == f"slo-gen: {scene.out} was not written by slo-gen; name the folder that slo-gen compile --out wrote\n"
    scene.pages = {}
    scene.compile()
    result = scene.push()
    assert (result.exit_code, scene.grafana.asked) == (1, [])
    assert "holds no dashboards" in result.output
