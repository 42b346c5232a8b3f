"""What a reader of probes is: something that says of subjects, as its system calls them, whether they are up at the moment.

A reader is one module with one class and one test module. It knows nothing of intervals, agreements or clocks. What its system
does not say is unknown, and so is everything while the system itself does not answer: that is never a reason for down.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample as Line

from sla_exporter.probes.states import State
from sla_exporter.sources.source import SourceError

__all__ = ["UNSEEN", "ProbeReader", "Seen", "lines"]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a system says of one subject.

    ``at``: when it was looked at by the system's own record, in milliseconds since 1970; None for just now. ``certificate_ends``:
    when the first certificate of its chain ends, in seconds since 1970; None where nothing says so.
    """

    state: State
    at: int | None = None
    certificate_ends: int | None = None


UNSEEN = Seen("unknown")


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
