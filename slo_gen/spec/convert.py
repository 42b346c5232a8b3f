"""Documents of one or many files, converted into the structs of their kinds.

The fast way is msgspec alone. Only a document that it refuses is looked at again with the JSON Schema, which finds
all of its errors; the libraries for that are loaded when the first such document is met.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from slo_gen.spec.documents import KINDS, Envelope
from slo_gen.spec.problems import Problem, Severity
from slo_gen.spec.source import Path, Positions, Source, Span
from slo_gen.spec.yaml_reader import RawDocument, read_yaml
from slo_gen.spec.yaml_text import read_text

__all__ = ["Document", "read_documents"]


@dataclass(frozen=True, slots=True)
class Document:
    """One document, and where each of its fields was written.

    Paths are made of the keys as they are written in YAML (``from``, not ``from_``) and of positions in lists:
    ``("spec", "targets", 0, "objective")``. A path that was not written (a default) stands for the innermost
    written mapping or list around it.
    """

    kind: str
    value: Envelope
    positions: Positions

    @property
    def name(self) -> str:
        """``metadata.name``."""
        return self.value.metadata.name

    @property
    def file(self) -> str:
        """The file in which the document stands."""
        return self.positions.source.file

    def position(self, path: Path = (), *, key: bool = False) -> tuple[int, int]:
        """Line and column of the value at ``path``, or of its key; both count from 1."""
        span = self._span(path, key)
        return span.line, span.column

    def written(self, path: Path) -> bool:
        """Whether the document says something at ``path``, as against a default."""
        return self.positions.has(path)

    def problem(
        self, path: Path, message: str, hint: str = "", *, check: str = "", severity: Severity = "error", key: bool = False
    ) -> Problem:
        """A problem at the value at ``path``, or at its key."""
        span = self._span(path, key)
        return Problem(severity, self.file, span.line, span.column, message, hint, check, span.length)

    def _span(self, path: Path, key: bool) -> Span:
        return self.positions.key_span(path) if key else self.positions.value_span(path)


def read_documents(
    sources: Iterable[tuple[str, str | bytes]], kinds: Mapping[str, type[Envelope]] = KINDS
) -> tuple[list[Document], list[Problem]]:
    """Read and convert all documents of all ``(file name, text)``, in the order given.

    Returns the documents that are right and every problem of those that are not, in the order of file and line.
    Never raises for anything that a file can hold.
    """
    documents: list[Document] = []
    refused: list[_Refused] = []
    problems: list[Problem] = []
    for file, data in sources:
        source, unreadable = read_text(file, data)
        problems.extend(unreadable)
        if source is not None:
            _read_source(source, kinds, documents, refused, problems)
    if refused:                                      # last, because hints name documents of any file
        known = frozenset(_reference(document) for document in documents)
        problems.extend(problem for each in refused for problem in _explained(each, kinds, known))
    return documents, sorted(problems)


@dataclass(frozen=True, slots=True)
class _Refused:
    """A document that could not be converted, and what msgspec says of it."""

    raw: RawDocument
    error: msgspec.ValidationError | None


def _read_source(
    source: Source, kinds: Mapping[str, type[Envelope]], documents: list[Document], refused: list[_Refused], problems: list[Problem]
) -> None:
    raw_documents, unreadable = read_yaml(source)
    problems.extend(unreadable)
    for raw in raw_documents:
        converted = _converted(raw, kinds)
        if isinstance(converted, Document):
            documents.append(converted)
        else:
            refused.append(converted)


def _converted(raw: RawDocument, kinds: Mapping[str, type[Envelope]]) -> Document | _Refused:
    """The document in the struct of its kind."""
    kind = raw.value.get("kind")
    struct = kinds.get(kind) if isinstance(kind, str) else None
    if struct is None:
        return _Refused(raw, None)
    try:
        value = msgspec.convert(raw.value, struct)
    except msgspec.ValidationError as error:
        return _Refused(raw, error)
    return Document(value.__class__.__name__, value, raw.positions)


def _reference(document: Document) -> str:
    """How others refer to it where they may refer to several kinds: ``customer/acme``."""
    return f"{document.kind.lower()}/{document.name}"


def _explained(refused: _Refused, kinds: Mapping[str, type[Envelope]], known: frozenset[str]) -> list[Problem]:
    """All of its problems (at least one)."""
    from slo_gen.spec.schema_errors import schema_problems  # brings jsonschema, which good documents do not need

    return schema_problems(refused.raw, kinds, known) or [_conversion_problem(refused.raw, refused.error)]


def _conversion_problem(raw: RawDocument, error: Any) -> Problem:
    """What msgspec says, for a document that the schema would let pass."""
    message, _, path = str(error).partition(" - at `$")
    span = raw.positions.value_span(_path(path.removesuffix("`")))
    return Problem("error", raw.positions.source.file, span.line, span.column, message, length=span.length)


def _path(text: str) -> list[str | int]:
    """msgspec's ``.spec.targets[0].name`` as a path. It names no keys of free mappings (``[...]``), and ends there."""
    path: list[str | int] = []
    for step in text.replace("[", ".[").split(".")[1:]:
        if not step.startswith("["):
            path.append(step)
        elif step[1:-1].isdecimal():
            path.append(int(step[1:-1]))
        else:
            break
    return path
