"""When a default is not good enough, and must be written down; the ground of the checks on what is unstated.

A short SLA is to stay short. What the contract says in so many words matters once money hangs on it, or where the Policy
asks for more process than ``light``.
"""

from __future__ import annotations

from collections.abc import Iterator

from slo_gen.checks.check import Subject
from slo_gen.spec import documents
from slo_gen.spec.model import Agreement, AgreementTarget
from slo_gen.spec.source import Path

__all__ = ["must_be_stated", "nor_others", "of_time", "silent_targets"]


def must_be_stated(subject: Subject) -> Iterator[Agreement]:
    """The agreements whose defaults are asked about: known by their documents, not ended, with money or under a stricter Policy."""
    policy = next((document.value for document in subject.written.each("Policy")), None)
    is_strict = isinstance(policy, documents.Policy) and policy.spec.preset != "light"
    for agreement in subject.catalogue.agreements.values():
        weighs = is_strict or agreement.credits is not None or bool(agreement.termination)
        if weighs and agreement.state != "ended" and subject.written.knows(agreement):
            yield agreement


def silent_targets(subject: Subject, agreement: Agreement, key: str) -> Iterator[tuple[AgreementTarget, Path]]:
    """The targets on indicators whose ``measure`` does not say ``key``, and where it would stand."""
    for target in agreement.targets:
        path = ("spec", "targets", target.name, "measure", key)
        if not subject.written.says(agreement, path):
            yield target, path


def of_time(target: AgreementTarget) -> bool:
    """Whether the figure of a target is a share of time, and not of events."""
    return target.measure.method != "event_ratio" and target.unit == "%"


def nor_others(number: int) -> str:
    """The words for so many more targets of the agreement that do not say it either."""
    return "" if not number else " (nor does another one)" if number == 1 else f" (nor do {number} others)"
