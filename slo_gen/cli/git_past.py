"""What files said at earlier times, from the git repository that they are in.

Everything here is best effort: without git, outside a repository, or before its first commit, nothing is known, and
nothing is said. A shallow clone knows what came after the commit at which it was cut off.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Final

__all__ = ["texts_at", "texts_elsewhere"]

_TIMEOUT: Final = 30.0


@dataclass(frozen=True, slots=True)
class _Revision:
    """One commit that changed a file: when, and how the file was called in it, from the root of the repository."""

    commit: str
    time: int
    path: str


def texts_at(wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """The text of each file at each instant (seconds since 1970); "" where it was not there yet. What is not known is left out."""
    found: dict[tuple[str, int], str] = {}
    text = cache(_text)                       # work that comes again is asked about many times, and was changed a few times
    for file, asked in groupby(sorted(set(wanted)), key=lambda each: each[0]):
        since = _since(Path(file).parent) if Path(file).is_file() else None
        if since is None:
            continue
        revisions = _revisions(Path(file))
        for _, instant in asked:
            if instant >= since:
                revision = next((each for each in revisions if each.time <= instant), None)
                found[file, instant] = "" if revision is None else text(Path(file), revision)
    return found


def texts_elsewhere(wanted: Iterable[tuple[str, int, str]]) -> dict[tuple[str, int, str], str]:
    """For a file, an instant and the name of a document: the text of the files of the same repository that named it then.

    Documents are moved from file to file; by the name they are found where they were.
    """
    found = {}
    naming, revisions, blob = cache(_naming), cache(_revisions_of), cache(_blob)      # one document is asked about many times
    for file, instant, name in sorted(set(wanted)):
        folder = Path(file).parent
        texts = []
        for path in naming(folder, name):
            revision = next((each for each in revisions(folder, path) if each.time <= instant), None)
            text = "" if revision is None else blob(folder, revision)
            if re.search(_name_pattern(name), text, re.MULTILINE):
                texts.append(text)
        if texts:
            found[file, instant, name] = "\n---\n".join(texts)
    return found


def _name_pattern(name: str) -> str:
    """How a document says its name, for git and for Python alike; names have no characters but letters, digits, ``-_.``."""
    return "name: *[\"']?" + name.replace(".", "[.]") + "([\"' ,}]|$)"


def _naming(folder: Path, name: str) -> tuple[str, ...]:
    """The YAML files that a line with the name was ever added to, or taken from."""
    listed = _git(folder, "log", "--no-renames", f"-G{_name_pattern(name)}", "--name-only", "-z", "--format=", "--", ":/*.yaml", ":/*.yml")
    return tuple(dict.fromkeys(path for path in (listed or "").replace("\n", "\x00").split("\x00") if path))


def _revisions_of(folder: Path, path: str) -> tuple[_Revision, ...]:
    """The commits that changed the file at a path from the root of the repository, the newest first."""
    listed = _git(folder, "log", "--no-renames", "--format=%H %ct", "--", f":/{path}")
    return tuple(_Revision(line.split()[0], int(line.split()[1]), path) for line in (listed or "").splitlines())


def _since(folder: Path) -> int | None:
    """From when on the repository around a folder knows everything; None where there is no repository."""
    roots = _git(folder, "log", "--max-parents=0", "--format=%ct", "HEAD")
    times = [int(line) for line in (roots or "").split()]
    if not times:
        return None
    return min(times) if _git(folder, "rev-parse", "--is-shallow-repository") == "false\n" else max(times)


def _revisions(file: Path) -> tuple[_Revision, ...]:
    """The commits that changed a file, also under its earlier names, the newest first."""
    listed = _git(file.parent, "log", "--follow", "--name-only", "-z", "--format=%x01%H %ct", "--", file.name)
    found = []
    for block in (listed or "").split("\x01")[1:]:
        head, _, names = block.partition("\x00")
        commit, time = head.split()
        found.append(_Revision(commit, int(time), names.strip("\x00\n").partition("\x00")[0]))
    return tuple(found)


def _text(file: Path, revision: _Revision) -> str:
    """A file as a commit left it; "" where it took it away."""
    return _blob(file.parent, revision)


def _blob(folder: Path, revision: _Revision) -> str:
    return _git(folder, "cat-file", "blob", f"{revision.commit}:{revision.path}") or ""


def _git(folder: Path, *arguments: str) -> str | None:
    """What git prints; None when it fails, or is not there."""
    environment = {**os.environ, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
    command = ["git", "--no-pager", "-C", str(folder), "-c", "core.quotePath=false", "-c", "log.showSignature=false", *arguments]
    try:
        done = subprocess.run(command, capture_output=True, env=environment, timeout=_TIMEOUT, check=False, stdin=subprocess.DEVNULL)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else None
