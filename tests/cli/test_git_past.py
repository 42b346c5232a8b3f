"""What git knows of the past of a file, and that nothing goes wrong where it knows nothing."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from slo_gen.cli import main
from slo_gen.cli.git_past import texts_at, texts_elsewhere

DAY = 86_400
FIRST = 1_760_000_000


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "house"
    (folder / "specs").mkdir(parents=True)
    git(folder, "init", "-q", "-b", "main")
    commit(folder, FIRST, {"README.md": "hello\n"})
    commit(folder, FIRST + DAY, {"specs/work.yaml": "one\n" + "same\n" * 20})
    commit(folder, FIRST + 2 * DAY, {"specs/work.yaml": "two\n" + "same\n" * 20})
    git(folder, "mv", "specs/work.yaml", "specs/müh sal.yaml")
    commit(folder, FIRST + 3 * DAY, {})
    commit(folder, FIRST + 4 * DAY, {"specs/müh sal.yaml": "three\n" + "same\n" * 20})
    return folder


def git(folder: Path, *arguments: str, time: int = FIRST) -> None:
    date = f"{time} +0000"
    who = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example", "GIT_COMMITTER_NAME": "a", "GIT_COMMITTER_EMAIL": "a@example"}
    environment = {**os.environ, **who, "GIT_AUTHOR_DATE": date, "GIT_COMMITTER_DATE": date, "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", *arguments], cwd=folder, env=environment, check=True, capture_output=True)


def commit(folder: Path, time: int, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "change", time=time)


def first_lines(file: Path, *instants: int) -> list[str | None]:
    known = texts_at((str(file), instant) for instant in instants)
    return [text if text is None else text.partition("\n")[0] for text in (known.get((str(file), instant)) for instant in instants)]


def test_the_file_as_it_stood_at_each_instant(repository: Path) -> None:
    asked = (FIRST - 1, FIRST, FIRST + DAY - 1, FIRST + DAY, FIRST + 3 * DAY - 1, FIRST + 3 * DAY, FIRST + 4 * DAY, FIRST + 9 * DAY)
    assert first_lines(repository / "specs/müh sal.yaml", *asked) == [None, "", "", "one", "two", "two", "three", "three"]


def test_a_shallow_clone_knows_what_came_later(repository: Path) -> None:
    git(repository, "clone", "-q", "--depth", "2", f"file://{repository}", "../shallow")
    file = repository.parent / "shallow/specs/müh sal.yaml"
    assert first_lines(file, FIRST + 2 * DAY, FIRST + 3 * DAY, FIRST + 4 * DAY) == [None, "two", "three"]


def test_nothing_is_known_without_a_repository_a_file_or_git(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "alone.yaml").write_text("kind: SLO\n", encoding="utf-8")
    assert first_lines(tmp_path / "alone.yaml", FIRST) == [None]
    assert first_lines(repository / "specs/none.yaml", FIRST) == [None]
    assert first_lines(Path("-"), FIRST) == [None]
    (repository / "specs/new.yaml").write_text("kind: SLO\n", encoding="utf-8")
    assert first_lines(repository / "specs/new.yaml", FIRST + 9 * DAY) == [""]       # never committed
    monkeypatch.setenv("PATH", str(tmp_path))
    copied = tmp_path / "copy"
    repository.rename(copied)
    assert first_lines(copied / "specs/müh sal.yaml", FIRST + DAY) == [None]


def test_check_tells_of_work_that_was_written_down_late(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    service, maintenance = "kind: Service\nmetadata: {name: shop}\n", "kind: Maintenance\nmetadata: {name: upgrade}\n"
    document = f"{service}---\n{maintenance}spec: {{services: [shop], windows: [W]}}\n"
    window = "{from: 2025-10-12T01:00Z, to: 2025-10-12T02:00Z}"
    commit(repository, FIRST + 5 * DAY, {"specs/shop.yaml": document.replace("W]", f"{window}]")})
    monkeypatch.chdir(repository)
    said = CliRunner().invoke(main, ["check", "specs/shop.yaml", "--format", "github"])
    assert said.exit_code == 0
    assert said.output == (
        "::warning file=specs/shop.yaml,line=6,col=43,endColumn=60,title=slo-gen late-maintenance::this work began at "
        "2025-10-12T01:00:00Z, and by then the repository had nothing of upgrade%0Asay when customers were told (`announced`) and where "
        "that is recorded (`reference`), or write an Adjustment that is agreed\n"
    )
    early = window.replace("2025-10-12", "2025-12-12")
    commit(repository, FIRST + 6 * DAY, {"specs/shop.yaml": document.replace("W]", f"{early}]")})
    assert CliRunner().invoke(main, ["check", "specs/shop.yaml", "--format", "github"]).output == ""


MAINTENANCE = """\
kind: Maintenance
metadata: {name: NAME}
spec: {services: [shop], windows: [{from: 2025-10-13T01:00Z, to: 2025-10-13T02:00Z}]}
"""


def test_a_document_is_found_in_the_file_that_it_was_in(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work of October that was moved into the file of its year in November."""
    service = "kind: Service\nmetadata: {name: shop}\n"
    upgrade, other = MAINTENANCE.replace("NAME", "up.grade"), MAINTENANCE.replace("NAME", "up-grade").replace("10-13", "12-13")
    commit(repository, FIRST + 2 * DAY, {"specs/shop.yaml": service, "specs/upgrade.yaml": upgrade, "specs/other.yaml": other})
    (repository / "specs/upgrade.yaml").unlink()
    commit(repository, FIRST + 30 * DAY, {"specs/2025.yaml": f"{other.replace('up-grade', 'later')}---\n{upgrade}"})
    file, begin = str(repository / "specs/2025.yaml"), 1_760_317_200
    assert texts_elsewhere([(file, begin, "up.grade"), (file, begin, "never"), (file, FIRST + DAY, "up.grade")]) == {
        (file, begin, "up.grade"): upgrade,
    }
    monkeypatch.chdir(repository)
    told = CliRunner().invoke(main, ["check", "specs/shop.yaml", "specs/2025.yaml", "--format", "github"])
    assert (told.exit_code, "late-maintenance" in told.output) == (0, False)
    commit(repository, FIRST + 31 * DAY, {"specs/2025.yaml": upgrade.replace("T02:00Z", "T05:00Z")})
    told = CliRunner().invoke(main, ["check", "specs/shop.yaml", "specs/2025.yaml", "--format", "github"])
    assert "by then the repository had other windows of up.grade" in told.output
