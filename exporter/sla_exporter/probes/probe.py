"""What a reader of probes is: something that says of subjects, as its system calls them, whether they are up at the moment.

A reader is one module with one class and one test module. It knows nothing of intervals, agreements or clocks. What its system
does not say is unknown, and so is everything while the system itself does not answer: that is never a reason for down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, Protocol

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample as Line

from sla_exporter.probes.states import State
from sla_exporter.sources.source import SourceError

__all__ = ["REASONS", "UNSEEN", "ProbeReader", "Reason", "Seen", "lines"]

Reason = Literal[
    "name", "unreachable", "refused", "timeout", "closed", "tls", "protocol", "too_large", "status", "text",
    "forbidden", "resolver", "network", "resources", "stalled", "address", "missing", "shape", "value",
]  # fmt: skip
"""Why something is not up; a label."""

REASONS: Final[Mapping[Reason, str]] = {
    "name": "its name does not exist",
    "unreachable": "the network says that it is not there",
    "refused": "it refuses connections",
    "timeout": "it did not answer in time",
    "closed": "it broke off",
    "tls": "it is not who it should be, or speaks no TLS that will do",
    "protocol": "what it answers is no HTTP",
    "too_large": "its answer is longer than the bound",
    "status": "its status is not the expected one",
    "text": "its answer lacks a text, or has one that it must not have",
    "forbidden": "its address is one that is not asked unless the configuration allows it",
    "resolver": "the name server does not answer",
    "network": "this machine has no way to it",
    "resources": "this machine ran out of files, memory or ports",
    "stalled": "this exporter itself stood still",
    "address": "what is to be looked at cannot be read",
    "missing": "the system says nothing of it",
    "shape": "what the system says of it is something else than expected",
    "value": "its value is none of those that mean up",
}
"""Reasons in words. The first ten are the subject's own, and mean down; the others but the last are nobody's, and mean unknown."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What a system says of one subject.

    ``at``: when it was looked at by the system's own record, in milliseconds since 1970; None for just now. ``certificate_ends``:
    when the first certificate of its chain ends, in seconds since 1970; None where nothing says so. ``reason`` is why it is not
    up, where that is known, and ``detail`` the same as a sentence for a log, without secrets.
    """

    state: State
    at: int | None = None
    certificate_ends: int | None = None
    reason: Reason | None = None
    detail: str = field(default="", compare=False)


UNSEEN = Seen("unknown", reason="missing")


class ProbeReader(Protocol):
    """A system that knows of states. Nothing is asked of it before ``look``."""

    async def look(self, subjects: Sequence[str]) -> Mapping[str, Seen]:
        """Every subject and what the system says of it, ``UNSEEN`` where that is nothing. Raises SourceError where it does not answer."""


def lines(body: bytes, what: str) -> Iterable[Line]:
    """The samples of metrics in Prometheus' text format. Raises SourceError where it is something else."""
    try:
        return [line for family in text_string_to_metric_families(body.decode()) for line in family.samples]
    except (ValueError, IndexError, KeyError):
        raise SourceError("schema", f"{what} answered with text that is no metrics") from None
