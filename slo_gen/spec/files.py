"""The user's files: which of them hold documents, and their text. This is the edge to the file system."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from slo_gen.spec.consequences import unread_words, without_consequences
from slo_gen.spec.convert import Document, read_documents
from slo_gen.spec.problems import Problem
from slo_gen.spec.yaml_text import MAX_FILE_BYTES, shown_text

__all__ = ["APART", "STDIN", "Loaded", "load"]

STDIN = "<stdin>"
"""Name of the file that ``-`` stands for."""

_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True, slots=True)
class Loaded:
    """Everything that was read: the documents that are right, all problems, and the texts for showing them.

    ``unread`` holds the words of the documents that were refused.
    """

    documents: list[Document]
    problems: list[Problem]
    sources: dict[str, str] = field(repr=False)
    unread: frozenset[str] = field(default=frozenset(), repr=False)

    def with_unresolved(self, problems: Iterable[Problem]) -> list[Problem]:
        """All problems, with those that were found between the documents and are no consequence of a refused one."""
        return sorted((*self.problems, *without_consequences(problems, self.unread, self.sources)))


APART = ".apart"
"""A file that makes its folder a catalogue of its own, which those around it leave out."""


def load(paths: Sequence[Path], stdin: BinaryIO | None = None) -> Loaded:
    """Read documents from files and folders. ``-`` is standard input.

    Folders are walked for ``*.yaml`` and ``*.yml`` in the order of their names; names that start with a dot are left
    out, and so are folders that hold a file ``.apart``, unless they are named themselves.
    A file that is named twice is read once. What is missing, unreadable or holds nothing becomes a problem.
    """
    texts: dict[str, bytes] = {}
    problems: list[Problem] = []
    for path in paths:
        if str(path) == "-":
            texts[STDIN] = (stdin or sys.stdin.buffer).read(MAX_FILE_BYTES + 1)
        else:
            _read_path(path, texts, problems)
    documents, found = read_documents(texts.items())
    problems.extend(found)
    problems.extend(_empty(texts, documents, problems))
    sources = {file: shown_text(data) for file, data in texts.items()}
    return Loaded(documents, sorted(problems), sources, unread_words(sources, documents, problems))


def _read_path(path: Path, texts: dict[str, bytes], problems: list[Problem]) -> None:
    if path.is_dir():
        found = False
        for file in _walk(path, problems):
            found = True
            _read_file(file, texts, problems)
        if not found:
            problems.append(_file_problem(path, "the folder holds no *.yaml or *.yml file", "name the folder of your documents"))
    else:
        _read_file(path, texts, problems)


def _walk(folder: Path, problems: list[Problem]) -> Iterator[Path]:
    """The files of a folder and the folders in it, sorted; links to folders are not followed."""
    try:
        entries = sorted(folder.iterdir(), key=lambda entry: entry.name)
    except OSError as error:
        problems.append(_file_problem(folder, f"cannot read the folder: {_reason(error)}"))
        return
    for entry in entries:
        if entry.name.startswith("."):
            continue
        if entry.is_dir():
            if not entry.is_symlink() and not (entry / APART).exists():
                yield from _walk(entry, problems)
        elif entry.suffix in _SUFFIXES and (entry.is_file() or not entry.exists()):
            yield entry  # a link that leads nowhere is reported as missing; pipes and sockets are passed over


def _read_file(path: Path, texts: dict[str, bytes], problems: list[Problem]) -> None:
    if str(path) in texts:
        return
    try:
        with path.open("rb") as stream:
            texts[str(path)] = stream.read(MAX_FILE_BYTES + 1)
    except FileNotFoundError:
        problems.append(_file_problem(path, "there is no such file or folder", "check the path; it is relative to the current folder"))
    except OSError as error:
        problems.append(_file_problem(path, f"cannot read the file: {_reason(error)}"))


def _empty(texts: dict[str, bytes], documents: list[Document], problems: list[Problem]) -> list[Problem]:
    """Files that hold nothing, and are not reported for anything else."""
    known = {document.file for document in documents} | {problem.file for problem in problems}
    return [
        Problem("warning", file, 1, 1, "the file holds no document", "write one, or remove the file") for file in texts if file not in known
    ]


def _file_problem(path: Path, message: str, hint: str = "") -> Problem:
    return Problem("error", str(path), 1, 1, message, hint)


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
