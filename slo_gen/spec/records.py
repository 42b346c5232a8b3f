"""What was written down while agreements ran: breaches, surveys, reviews, improvements, and who is to be reached. Part of the model.

Days and figures are told as they were written, "" where nobody did.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from slo_gen.spec.terms import Money

__all__ = ["NO_RECORDS", "Breach", "Contact", "Improvement", "Meeting", "Records", "Survey"]


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody to be reached; ``purposes`` say what about."""

    name: str
    role: str
    email: str
    phone: str
    purposes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Breach:
    """A target of an agreement that was missed in a period, or in several in a row: ``2026-10``, ``30d-2026-10-05 to 30d-2026-10-09``."""

    name: str
    agreement: str
    target: str
    period: str
    cause: str
    severity: str
    state: str
    attained: str
    credit: Money | None                  # what was given back
    improvement: str                      # name of the one that came of it, or ""


@dataclass(frozen=True, slots=True)
class Survey:
    """How satisfied the ``answers`` people were who answered, of ``scale`` at most; ``asked`` is None where nobody counted."""

    customer: str
    service: str
    received: str
    period: str
    answers: int
    sum: Fraction
    scale: int
    asked: int | None


@dataclass(frozen=True, slots=True)
class Meeting:
    """A review with a party: ``customer/acme``."""

    name: str
    party: str
    state: str
    planned: str
    held: str
    next: str
    improvements: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Improvement:
    """What is to become better. ``came_of`` names a document: ``breach/acme-2026-10``."""

    name: str
    title: str
    service: str
    customer: str                         # "": for all
    came_of: str
    figure: str
    baseline: str
    target: str
    result: str
    due: str
    state: str


@dataclass(frozen=True, slots=True)
class Records:
    """All of them. Contacts are those of the parties: ``customer/acme``, ``team/shop``."""

    breaches: tuple[Breach, ...] = ()
    surveys: tuple[Survey, ...] = ()
    meetings: tuple[Meeting, ...] = ()
    improvements: Mapping[str, Improvement] = field(default_factory=dict)
    contacts: Mapping[str, tuple[Contact, ...]] = field(default_factory=dict)
    managers: Mapping[str, str] = field(default_factory=dict)      # customer -> team/..., who looks after them


NO_RECORDS: Final = Records()
