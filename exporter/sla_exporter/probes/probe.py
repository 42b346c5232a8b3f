"""What a reader of probes is: something that says of subjects, as its system calls them, whether they are up at the moment.

A reader is one module with one class and one test module. It knows nothing of intervals, agreements or clocks. What its system
does not say is unknown, and so is everything while the system itself does not answer: that is never a reason for down.

Plugins name their class in the entry point group ``sla_exporter.probes``.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar, Final, Protocol, runtime_checkable

from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample as Line

from sla_exporter.probes.reasons import Reason
from sla_exporter.probes.states import Sample, State
from sla_exporter.sources.source import SourceError
from slo_gen.fetch import Credentials, Fetcher, Limits
from slo_gen.spec.documents.probes import ProbeSource

__all__ = ["UNSEEN", "Answer", "HistoryReader", "ProbeReader", "ProbeSettings", "Seen", "lines", "one_by_one", "opened"]


@dataclass(frozen=True, slots=True)
class Seen:
    """What a system says of one subject.

    ``at``: when it was looked at by the system's own record, in milliseconds since 1970; None for just now. ``since``: up to ``at`` it
    was so at least from this instant on, in the same unit; None where the system does not tell. ``certificate_ends``: when the first
    certificate of its chain ends, in seconds since 1970; None where nothing says so. ``reason`` is why it is not up, where that is
    known, and ``detail`` the same as a sentence for a log, without secrets.
    """

    state: State
    at: int | None = None
    since: int | None = None
    certificate_ends: int | None = None
    reason: Reason | None = None
    detail: str = field(default="", compare=False)


UNSEEN = Seen("unknown", reason="missing")

Answer = Seen | SourceError
"""What came of one subject. An error is nothing that was seen: what was known holds a while longer."""


@dataclass(frozen=True, slots=True)
class ProbeSettings:
    """What every reader is given: its document and its secret.

    ``holds``: milliseconds for which a state holds that no other follows. ``seconds``: how long a request may take. ``at_once``: how
    many requests may be under way. ``now``: the clock, in milliseconds since 1970.
    """

    document: ProbeSource
    credentials: Credentials
    holds: int
    seconds: float
    at_once: int
    now: Callable[[], int]

    @property
    def limits(self) -> Limits:
        """What the requests of a reader keep to."""
        return Limits(self.seconds, body=16 * 1024 * 1024)


class ProbeReader(Protocol):
    """A system that knows of states. Made with ``ProbeSettings`` alone; nothing is asked of it before ``look``."""

    experimental: ClassVar[bool]
    """Whether it was never checked with a real server or with answers recorded from one."""

    async def look(self, subjects: Sequence[str]) -> Mapping[str, Answer]:
        """Every subject and what the system says of it: ``UNSEEN`` where that is nothing, an error where only this one failed.

        Raises SourceError where the system does not answer at all.
        """

    async def close(self) -> None:
        """Let go of connections."""


@runtime_checkable
class HistoryReader(Protocol):
    """A reader whose system keeps what it saw, so that time in which nobody asked is filled in."""

    async def history(self, subject: str, start: int, end: int) -> Sequence[Sample]:
        """All that was seen of a subject in ``(start, end]``, in order; milliseconds since 1970. Raises SourceError."""


_USUAL: Final = 50
_CHECKED: Final = 0.25
"""So many requests are under way at first; so many seconds later it is seen whether they end."""


async def one_by_one(subjects: Sequence[str], look_at: Callable[[str], Awaitable[Seen]], at_once: int) -> dict[str, Answer]:
    """Each subject by a question of its own, at most ``at_once`` of them at a time. One that fails fails alone.

    More than are usual are asked at a time only while hardly any are answered: a machine that is busy itself is not made busier.
    """
    turn, ended = asyncio.Semaphore(min(at_once, _USUAL)), 0

    async def answered(subject: str) -> Answer:
        nonlocal ended
        async with turn:
            try:
                return await look_at(subject)
            except SourceError as error:
                return error
            finally:
                ended += 1

    async def widen() -> None:
        turns, before = min(at_once, _USUAL), 0
        while turns < at_once:
            await asyncio.sleep(_CHECKED)
            more = min(at_once - turns, at_once // 8 + 1) if ended - before < turns // 8 else 0
            for _ in range(more):
                turn.release()
            turns, before = turns + more, ended

    widening = asyncio.create_task(widen())
    try:
        found = await asyncio.gather(*map(answered, subjects))
    finally:
        widening.cancel()
    return dict(zip(subjects, found, strict=True))


async def opened(fetcher: Fetcher | None, url: str, settings: ProbeSettings) -> Fetcher:
    """A fetcher that is open: the one that there is, or a new one. Raises AddressError."""
    return fetcher if fetcher is not None else await _fetcher(url, settings).__aenter__()


def _fetcher(url: str, settings: ProbeSettings) -> Fetcher:
    return Fetcher(url, settings.credentials, settings.limits, settings.document.authorities_file or "")


def lines(body: bytes, what: str) -> Iterable[Line]:
    """The samples of metrics in Prometheus' text format. Raises SourceError where it is something else."""
    try:
        return [line for family in text_string_to_metric_families(body.decode()) for line in family.samples]
    except (ValueError, IndexError, KeyError):
        raise SourceError("schema", f"{what} answered with text that is no metrics") from None
