"""Problems that only follow from a document that could not be read.

When a Service has an error of its own, everything that names it would be reported as naming nothing. Those reports
are left out: the reader mends the first error, and sees in the next run whether anything is left.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from slo_gen.spec.convert import Document
from slo_gen.spec.problems import Problem, split_lines

__all__ = ["unread_words", "without_consequences"]

_WORD = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?")
_UNKNOWN = "unknown-"


def unread_words(sources: Mapping[str, str], documents: Iterable[Document], problems: Iterable[Problem]) -> frozenset[str]:
    """Every word of the documents that were refused: the names that may be defined there."""
    broken = {problem.file for problem in problems if problem.severity == "error"} & set(sources)
    if not broken:
        return frozenset()
    spans: dict[str, list[tuple[int, int]]] = {file: [] for file in broken}
    for document in documents:
        if document.file in broken:
            spans[document.file].append((document.positions.starts[0], document.positions.ends[-1]))
    words: set[str] = set()
    for file in broken:
        words.update(_WORD.findall(_outside(sources[file], spans[file])))
    return frozenset(words)


def without_consequences(problems: Iterable[Problem], unread: frozenset[str], sources: Mapping[str, str]) -> list[Problem]:
    """The problems without those about an unknown name that a refused document may define."""
    lines: dict[str, list[str]] = {}
    told = []
    for problem in problems:
        if unread and problem.check.startswith(_UNKNOWN) and problem.file in sources:
            if problem.file not in lines:
                lines[problem.file] = split_lines(sources[problem.file])
            line = lines[problem.file][problem.line - 1] if problem.line <= len(lines[problem.file]) else ""
            named = line[problem.column - 1 : problem.column - 1 + problem.length]
            if not unread.isdisjoint(_WORD.findall(named)):
                continue
        told.append(problem)
    return told


def _outside(text: str, spans: Iterable[tuple[int, int]]) -> str:
    """The text without what stands in the spans."""
    parts = []
    begin = 0
    for start, end in sorted(spans):
        parts.append(text[begin:start])
        begin = end
    return " ".join([*parts, text[begin:]])
