"""The folder of closings: whole files, errors that name them, runs that go on."""

from __future__ import annotations

from pathlib import Path

import pytest
from closings import closing, slots

from slo_gen.cli.closing_files import ClosingFiles, Unfinished, UnreadableClosingError
from slo_gen.history.closing_file import facts_text


@pytest.fixture
def files(tmp_path: Path) -> ClosingFiles:
    found = ClosingFiles(tmp_path / "closings")
    reference, text = facts_text("requests", {"region": "eu"}, slots())
    assert found.write(closing(), {reference.file: text})
    return found


def test_what_was_written_is_read_with_its_facts(files: ClosingFiles) -> None:
    found = files.read("2026-10", "acme-checkout")
    assert found == closing()
    assert files.facts(closing(), closing().current.judged.targets[0]) == slots()
    assert files.read("2026-09", "acme-checkout") is None


def test_the_same_again_writes_nothing(files: ClosingFiles) -> None:
    file = files.path("2026-10", "acme-checkout")
    before = file.stat().st_mtime_ns, file.stat().st_ino
    assert not files.write(closing(), {})
    assert (file.stat().st_mtime_ns, file.stat().st_ino) == before
    assert sorted(path.name for path in files.folder.rglob("*") if path.is_file() and path.name.startswith(".")) == []


def test_a_broken_file_is_named_with_its_key(files: ClosingFiles) -> None:
    file = files.path("2026-10", "acme-checkout")
    file.write_text(file.read_text().replace('"provisional"', '"open"', 1))
    with pytest.raises(UnreadableClosingError) as caught:
        files.read("2026-10", "acme-checkout")
    assert str(caught.value) == f"{file} is no closing of this version of slo-gen: Invalid enum value 'open' - at `$.state`"


def test_a_file_of_another_period_was_moved(files: ClosingFiles) -> None:
    moved = files.path("2026-09", "acme-checkout")
    moved.parent.mkdir()
    files.path("2026-10", "acme-checkout").rename(moved)
    with pytest.raises(UnreadableClosingError, match="is the closing of acme-checkout for 2026-10; was it moved"):
        files.read("2026-09", "acme-checkout")


def test_facts_that_are_gone_or_changed_are_told(files: ClosingFiles) -> None:
    target = closing().current.judged.targets[0]
    file = files.folder / "2026-10" / target.facts.file
    text = file.read_text()
    file.write_text(text.replace("100", "101"))
    with pytest.raises(UnreadableClosingError, match=r"facts/requests-.*json was changed after the period was closed"):
        files.facts(closing(), target)
    file.unlink()
    with pytest.raises(UnreadableClosingError, match="is missing; acme-checkout was closed with it"):
        files.facts(closing(), target)


def test_a_run_goes_on_only_when_it_is_the_same(tmp_path: Path) -> None:
    run = Unfinished.of(tmp_path, ["url", "2026-10 a"])
    run.add("2026-10", "a")
    assert Unfinished.of(tmp_path, ["url", "2026-10 a"]).has("2026-10", "a")
    assert not Unfinished.of(tmp_path, ["url", "2026-10 a"]).has("2026-10", "b")
    assert not Unfinished.of(tmp_path, ["url", "2026-11 a"]).has("2026-10", "a")
    run.finish()
    assert not Unfinished.of(tmp_path, ["url", "2026-10 a"]).has("2026-10", "a")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"key": 1}', "[" * 100_000])
def test_a_broken_note_of_a_run_is_taken_for_none(tmp_path: Path, content: str) -> None:
    (tmp_path / ".unfinished.json").write_text(content)
    assert Unfinished.of(tmp_path, ["url"]).done == []
