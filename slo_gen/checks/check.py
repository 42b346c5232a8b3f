"""What a check is, and what a check may know about the running system."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from slo_gen.spec.model import Catalogue, Indicator, Slo
from slo_gen.spec.problems import Problem, Severity

if TYPE_CHECKING:
    from slo_gen.prometheus import Sample

__all__ = ["Check", "Facts", "finding", "nothing_asked"]

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

    ``find`` gives problems; its second argument is None when no Prometheus was named. ``questions`` are the PromQL
    expressions whose instant values ``find`` needs. ``reason`` tells why it matters, ``fix`` what helps; both
    are shown by ``slo-gen explain`` and stand on the check's page, ``docs/checks/<id>.md``.
    """

    id: str
    title: str
    reason: str
    fix: str
    find: Callable[[Catalogue, Facts | None], Iterable[Problem]]
    questions: Callable[[Catalogue], Iterable[str]] = nothing_asked

    @property
    def page(self) -> str:
        """Path of the documentation page, below the root of the project."""
        return f"docs/checks/{self.id}.md"


def finding(check: str, severity: Severity, about: Indicator | Slo, message: str, hint: str) -> Problem:
    """A problem at the name of the document that it is about."""
    origin = about.origin
    return Problem(severity, origin.file, origin.line, origin.column, message, hint, check, len(about.name))
