"""Blocks of ``console`` in the manual are run, in the order of the page, and must print what the page says.

Each page has an empty folder of its own. ``pytest --update-golden`` writes what is printed into the page.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from manual import PAGES, ROOT, blocks, text_of

RUN = [page for page in PAGES if any(block.language == "console" for block in blocks(page))]


def shell(command: str, folder: Path) -> str:
    """What a command prints, results and messages together. Commands may end with 1, but not with wrong use."""
    programs = Path(sys.executable).parent
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=folder,
        env={"PATH": f"{programs}:{os.environ['PATH']}", "HOME": str(folder), "LC_ALL": "C.UTF-8", "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert done.returncode in (0, 1), f"{command}\n{done.stdout}"
    return done.stdout


def test_there_are_pages_that_are_run() -> None:
    assert {"README.md", "docs/getting-started.md"} <= set(RUN)


@pytest.mark.parametrize("page", RUN)
def test_what_the_page_shows_is_printed(page: str, tmp_path: Path, update_golden: bool) -> None:
    text, written = text_of(page), []
    position = 0
    for block in blocks(page):
        written.append(text[position : block.start])
        position = block.end
        if block.language != "console":
            if block.language == "yaml" and block.note.startswith("specs/"):
                (tmp_path / block.note).parent.mkdir(parents=True, exist_ok=True)
                (tmp_path / block.note).write_text(block.text, encoding="utf-8")
            written.append(block.text)
            continue
        commands = [line.removeprefix("$ ") for line in block.text.splitlines() if line.startswith("$ ")]
        assert commands
        written.append("".join(f"$ {command}\n{shell(command, tmp_path)}" for command in commands))
    printed = "".join(written) + text[position:]
    if update_golden and printed != text:
        (ROOT / page).write_text(printed, encoding="utf-8")
        text = printed
    assert printed == text
