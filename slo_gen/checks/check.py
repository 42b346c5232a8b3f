"""What a check is, and what a check may know about the running system."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from slo_gen.checks.written import About, Written
from slo_gen.spec.convert import Document
from slo_gen.spec.model import Catalogue
from slo_gen.spec.problems import Problem, Severity
from slo_gen.spec.source import Path

if TYPE_CHECKING:
    from slo_gen.prometheus import Sample

__all__ = ["Check", "Facts", "Finding", "Subject", "nothing_asked"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a Prometheus said. ``answers`` holds the result of every expression that a check asked for.

    ``retention`` is in seconds, None where the server keeps data by size alone or does not tell. ``max_samples`` is the most that a
    query may read, None where the server does not tell.
    """

    answers: Mapping[str, tuple[Sample, ...]] = field(default_factory=dict)
    retention: int | None = None
    max_samples: int | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What is looked at: the catalogue, the documents behind it, and what else is known.

    ``facts`` is None when no Prometheus was named. ``now`` is in seconds since 1970; None where the result must not depend on the
    day, as in compiling: checks that compare with it are silent then. ``recorded`` is what files said at earlier instants, as far as
    that is known; "" where a file was not there.
    """

    catalogue: Catalogue
    written: Written = field(default_factory=Written)
    facts: Facts | None = None
    now: int | None = None
    recorded: Mapping[tuple[str, int], str] = field(default_factory=dict)


def nothing_asked(subject: Subject) -> Iterable[str]:
    """The questions of a check that needs no Prometheus."""
    return ()


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that is looked at, in every document of a catalogue.

    ``find`` yields what is wrong. ``questions`` are the PromQL expressions whose instant values ``find`` needs. ``reason`` tells
    why it matters, ``fix`` what helps; both stand on the check's page, ``docs/checks/<id>.md``. ``heavy``: its questions read much
    of the past, and a server may refuse them; then there is no answer, and the check is silent.
    """

    id: str
    title: str
    reason: str
    fix: str
    find: Callable[[Subject], Iterable[Finding]]
    questions: Callable[[Subject], Iterable[str]] = nothing_asked
    heavy: bool = False

    @property
    def page(self) -> str:
        """Path of the documentation page, below the root of the project."""
        return f"docs/checks/{self.id}.md"


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check has found, about one document. ``path`` leads to the value in it that is meant (``Written`` says how)."""

    check: str
    severity: Severity
    about: About
    path: Path
    message: str
    hint: str

    def problem(self, written: Written) -> Problem:
        """The problem at the value's own place; at the origin of what it is about where its document is not known."""
        place = written.place(self.about, self.path)
        if place is not None:
            return place.document.problem(place.path, self.message, self.hint, check=self.check, severity=self.severity)
        assert not isinstance(self.about, Document), "a document knows its own places"
        origin = self.about.origin
        return Problem(self.severity, origin.file, origin.line, origin.column, self.message, self.hint, self.check)
