"""What a check is, and what a check may know about the running system."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from slo_gen.spec.convert import Document
from slo_gen.spec.model import Catalogue, Indicator, Slo
from slo_gen.spec.problems import Problem, Severity
from slo_gen.spec.source import Path

if TYPE_CHECKING:
    from slo_gen.prometheus import Sample

__all__ = ["Check", "Facts", "Finding", "nothing_asked"]

@dataclass(frozen=True, slots=True)
class Facts:
    """What a Prometheus said. ``answers`` holds the result of every expression that a check asked for.

    ``retention`` is in seconds, None where the server keeps data by size alone or does not tell.
    """

    answers: Mapping[str, tuple[Sample, ...]] = field(default_factory=dict)
    retention: int | None = None


def nothing_asked(catalogue: Catalogue) -> Iterable[str]:
    """The questions of a check that needs no Prometheus."""
    return ()


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at, in every document of a catalogue.

    ``find`` yields what is wrong; its second argument is None when no Prometheus was named. ``questions`` are the PromQL
    expressions whose instant values ``find`` needs. ``reason`` tells why it matters, ``fix`` what helps; both
    are shown by ``slo-gen explain`` and stand on the check's page, ``docs/checks/<id>.md``.
    """

    id: str
    title: str
    reason: str
    fix: str
    find: Callable[[Catalogue, Facts | None], Iterable[Finding]]
    questions: Callable[[Catalogue], Iterable[str]] = nothing_asked

    @property
    def page(self) -> str:
        """Path of the documentation page, below the root of the project."""
        return f"docs/checks/{self.id}.md"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check has found, about one document. ``path`` leads to the value in it that is meant, as the user wrote it."""

    check: str
    severity: Severity
    about: Indicator | Slo
    path: Path
    message: str
    hint: str

    def problem(self, documents: Mapping[tuple[str, str], Document]) -> Problem:
        """The problem at the value's own place. ``documents`` by kind and name; without the document, at its origin."""
        kind = "SLO" if isinstance(self.about, Slo) else "Indicator"
        document = documents.get((kind, self.about.name))
        if document is not None:
            return document.problem(self.path, self.message, self.hint, check=self.check, severity=self.severity)
        origin = self.about.origin
        return Problem(self.severity, origin.file, origin.line, origin.column, self.message, self.hint, self.check)
