"""What the documents behind a catalogue say themselves, and where: an agreement's own document, or the template behind it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from slo_gen.spec.convert import Document
from slo_gen.spec.documents import Template
from slo_gen.spec.documents.agreement import AgreementBody
from slo_gen.spec.model import Agreement, Indicator, Maintenance, Slo
from slo_gen.spec.source import Path

__all__ = ["About", "Place", "Written"]

About = Indicator | Slo | Agreement | Maintenance | Document
"""What a check can find something about; a document itself where the catalogue does not keep its origin, as of a calendar."""

_TARGETS = ("spec", "targets")


@dataclass(frozen=True, slots=True)
class Place:
    """A value in a document; ``path`` as the user wrote it."""

    document: Document
    path: Path


class Written:
    """The documents of a catalogue, by what they became.

    Paths are those of a document, with one difference: an agreement's target is named, ``("spec", "targets", "availability")``,
    because its position is another one in every document that it may stand in.
    """

    def __init__(self, documents: Iterable[Document] = ()) -> None:
        self._documents: dict[tuple[str, str], Document] = {}
        for document in documents:
            name = document.name
            if isinstance(document.value, Template):
                name = f"{name}@{document.value.metadata.version}"
            self._documents.setdefault((document.kind, name), document)

    def get(self, kind: str, name: str) -> Document | None:
        """The document of that kind and name; of a template, the name is like ``gold@3``."""
        return self._documents.get((kind, name))

    def all(self) -> Iterator[Document]:
        """All documents that are known."""
        return iter(self._documents.values())

    def each(self, kind: str) -> Iterator[Document]:
        """All documents of a kind, sorted by name."""
        return (document for (found, _), document in sorted(self._documents.items(), key=lambda each: each[0]) if found == kind)

    def place(self, about: About, path: Path) -> Place | None:
        """Where the value at ``path`` stands, or would stand; None where the document is not known."""
        if not isinstance(about, Agreement):
            document = about if isinstance(about, Document) else self._of(about)
            return None if document is None else Place(document, path)
        own = self._documents.get((about.kind, about.name))
        template = self._documents.get(("Template", about.template))
        for document in (own, template):
            found = None if document is None else _in_agreement(document, path)
            if found is not None:
                return found
        return None if own is None else Place(own, ("metadata", "name"))

    def says(self, about: About, path: Path) -> bool:
        """Whether a document says something at ``path``, as against a default."""
        place = self.place(about, path)
        return place is not None and tuple(place.path) != ("metadata", "name") and place.document.written(place.path)

    def text(self, about: About, path: Path) -> str:
        """The text at ``path`` as it was written; "" where nothing was, or no text."""
        place = self.place(about, path)
        if place is None or not place.document.written(place.path):
            return ""
        value = place.document.positions.value
        for step in place.path:
            value = value[step]
        return value if isinstance(value, str) else ""

    def knows(self, about: Indicator | Slo | Agreement | Maintenance) -> bool:
        """Whether the documents behind it are known, so that silence of theirs means something."""
        return self._of(about) is not None

    def _of(self, about: Indicator | Slo | Agreement | Maintenance) -> Document | None:
        kind = about.kind if isinstance(about, Agreement) else "SLO" if isinstance(about, Slo) else type(about).__name__
        return self._documents.get((kind, about.name))


def _in_agreement(document: Document, path: Path) -> Place | None:
    """The place in a template or an agreement; None when it says nothing in that section, or about that target."""
    if tuple(path[:2]) != _TARGETS or len(path) == 2:
        return Place(document, path) if document.written(path[:2]) else None
    body = getattr(document.value, "spec", None)
    targets = body.targets if isinstance(body, AgreementBody) else ()
    for position, target in enumerate(targets or ()):
        if target.name == path[2]:
            return Place(document, (*_TARGETS, position, *path[3:]))
    return None
