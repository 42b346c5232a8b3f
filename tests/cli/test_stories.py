"""Whole stories on one page: the user's files, what was typed, and exactly what was shown.

A story is a text file. ``-- NAME --`` begins a file of the user; after the last one, ``-- session --`` begins what was
typed (``$ slo-gen ...``), each with its output and, where it is not 0, the exit status. ``$ cat FILE`` shows a file.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result

STORIES = sorted((Path(__file__).parent / "stories").glob("*.txt"))
_FILE = re.compile(r"^-- (.+) --\n", re.MULTILINE)


@pytest.mark.parametrize("story", STORIES, ids=lambda path: path.stem)
def test_story(
    story: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, update_golden: bool, run: Callable[..., Result]
) -> None:
    head, *parts = _FILE.split(story.read_text(encoding="utf-8"))
    files = dict(zip(parts[::2], parts[1::2], strict=True))
    session = files.pop("session")
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "SLO_GEN_PROMETHEUS_URL"):
        monkeypatch.delenv(name, raising=False)
    shown = "".join(type_in(line[2:], run) for line in session.splitlines() if line.startswith("$ "))
    if update_golden:
        written = "".join(f"-- {name} --\n{text}" for name, text in files.items())
        story.write_text(f"{head}{written}-- session --\n{shown}", encoding="utf-8")
        session = shown
    assert shown == session


def type_in(line: str, run: Callable[..., Result]) -> str:
    program, *arguments = shlex.split(line)
    if program == "cat":
        return f"$ {line}\n{Path(arguments[0]).read_text(encoding='utf-8')}"
    assert program == "slo-gen"
    result = run(*arguments)
    output = "\n".join(text.rstrip() for text in result.output.splitlines())
    ended = f"[exit status {result.exit_code}]\n" if result.exit_code else ""
    return f"$ {line}\n{output}{chr(10) if output else ''}{ended}"


def test_there_are_stories() -> None:
    assert STORIES
