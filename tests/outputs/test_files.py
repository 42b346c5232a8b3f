"""An output folder is never half written, and what somebody else put there stays."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest

from slo_gen.outputs import files as module
from slo_gen.outputs.errors import OutputError
from slo_gen.outputs.files import MANIFEST, Difference, Written, difference, write


def names_in(out: Path) -> set[str]:
    return {str(path.relative_to(out)) for path in out.rglob("*") if path.is_file()}


def test_files_are_written_and_orphans_removed(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert write({"rules/a.yml": "a", "rules/b.yml": "b", "c/d/e.yml": "e"}, out).changed == ("c/d/e.yml", "rules/a.yml", "rules/b.yml")
    assert names_in(out) == {"rules/a.yml", "rules/b.yml", "c/d/e.yml", MANIFEST}
    assert write({"rules/a.yml": "A", "rules/b.yml": "b"}, out) == Written(("rules/a.yml",), ("rules/b.yml",), ("c/d/e.yml",), ())
    assert names_in(out) == {"rules/a.yml", "rules/b.yml", MANIFEST}
    assert not (out / "c").exists()
    assert (out / "rules/a.yml").read_text() == "A"


def test_a_file_that_is_right_is_not_touched(tmp_path: Path) -> None:
    write({"a.yml": "a"}, tmp_path)
    os.utime(tmp_path / "a.yml", (1, 1))
    os.utime(tmp_path / MANIFEST, (1, 1))
    assert write({"a.yml": "a"}, tmp_path) == Written((), ("a.yml",), (), ())
    assert (tmp_path / "a.yml").stat().st_mtime == 1
    assert (tmp_path / MANIFEST).stat().st_mtime == 1


def test_a_file_of_somebody_else_is_neither_overwritten_nor_removed(tmp_path: Path) -> None:
    (tmp_path / "mine.yml").write_text("mine")
    (tmp_path / "other.yml").write_text("other")
    with pytest.raises(OutputError, match=r"mine\.yml is in the way, and slo-gen did not write it; move it away"):
        write({"mine.yml": "theirs", "new.yml": "new"}, tmp_path)
    assert names_in(tmp_path) == {"mine.yml", "other.yml"}
    write({"new.yml": "new"}, tmp_path)
    write({}, tmp_path)
    assert names_in(tmp_path) == {"mine.yml", "other.yml", MANIFEST}


def test_an_orphan_that_was_edited_is_kept_and_reported(tmp_path: Path) -> None:
    write({"a.yml": "a"}, tmp_path)
    (tmp_path / "a.yml").write_text("edited")
    assert write({}, tmp_path) == Written((), (), (), ("a.yml",))
    assert (tmp_path / "a.yml").read_text() == "edited"


def test_an_edited_file_that_is_still_wanted_is_written_again(tmp_path: Path) -> None:
    write({"a.yml": "a"}, tmp_path)
    (tmp_path / "a.yml").write_text("edited")
    assert difference({"a.yml": "a"}, tmp_path).changed == ("a.yml",)
    assert write({"a.yml": "a"}, tmp_path).changed == ("a.yml",)


def test_a_comparison_writes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert difference({"a.yml": "a"}, out) == Difference(("a.yml",), (), ())
    assert not out.exists()
    write({"a.yml": "a", "b.yml": "b"}, out)
    before = names_in(out)
    assert difference({"a.yml": "A", "c.yml": "c"}, out) == Difference(("c.yml",), ("a.yml",), ("b.yml",))
    assert not difference({"a.yml": "a", "b.yml": "b"}, out)
    assert names_in(out) == before


@pytest.mark.parametrize("stop_at", range(6))
def test_a_run_that_dies_anywhere_is_finished_by_the_next_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stop_at: int) -> None:
    write({"a.yml": "a", "old.yml": "old"}, tmp_path)
    wanted = {"a.yml": "A", "b.yml": "b", "c.yml": "c"}
    replaced = 0
    real = module._replace

    class Killed(BaseException):
        pass

    def dying(path: Path, content: bytes) -> None:
        nonlocal replaced
        if replaced == stop_at:
            path.with_name(f".{path.name}.slo-gen-tmp").write_bytes(content[:1])
            raise Killed
        replaced += 1
        real(path, content)

    monkeypatch.setattr(module, "_replace", dying)
    try:
        write(wanted, tmp_path)
    except Killed:
        seen = {name: (tmp_path / name).read_text() for name in names_in(tmp_path) if not name.startswith(".")}
        assert all(text in ("a", "A", "old", "b", "c") for text in seen.values())
    monkeypatch.setattr(module, "_replace", real)
    write(dict(wanted, **{"c.yml": "changed meanwhile"}), tmp_path)
    assert names_in(tmp_path) == {"a.yml", "b.yml", "c.yml", MANIFEST}
    assert (tmp_path / "c.yml").read_text() == "changed meanwhile"


def test_two_runs_do_not_write_at_once(tmp_path: Path) -> None:
    descriptor = os.open(tmp_path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        with pytest.raises(OutputError, match="another slo-gen is writing"):
            write({"a.yml": "a"}, tmp_path)
    finally:
        os.close(descriptor)
    write({"a.yml": "a"}, tmp_path)


def test_faults_of_the_file_system_are_sentences(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot write"):
        write({"a.yml": "a"}, tmp_path / "file")
    with pytest.raises(OutputError, match=r"cannot write .*file"):
        write({"file/a.yml": "a"}, tmp_path)


@pytest.mark.parametrize("content", ["", "[]", '{"files": {"a": 1}}', '{"files": {"../../etc/passwd": "x"}}', '{"files": 3}'])
def test_a_damaged_manifest_deletes_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / MANIFEST).write_text(content)
    with pytest.raises(OutputError, match="is damaged"):
        write({"a.yml": "a"}, tmp_path)


@pytest.mark.parametrize("path", ["/etc/passwd", "../a", "a/../../b", "a//b", "", ".", MANIFEST])
def test_a_place_outside_the_folder_is_a_fault(tmp_path: Path, path: str) -> None:
    with pytest.raises(ValueError, match="is no place inside"):
        write({path: "a"}, tmp_path)
