"""How the exporter itself is: each source, the ledger, the configuration; and the families that say so."""

from __future__ import annotations

import logging
import platform
from collections import Counter
from dataclasses import dataclass, field

from sla_exporter.exposition import Family, Sample, labels
from sla_exporter.ledger.database import CorruptError, LedgerError
from slo_gen import __version__, names

__all__ = ["Health", "SourceHealth"]

_LOG = logging.getLogger("sla_exporter")

REASONS = ("unreachable", "timeout", "auth", "forbidden", "rate_limited", "server", "not_json", "schema", "too_large", "query", "internal")
"""Every reason for which nothing was read from a source."""

REJECTIONS = ("no_ticket", "no_time", "no_history", "unknown_event", "unknown_meaning", "too_long")
"""Every reason for which a source that comes with the exporter leaves a row out. Those of plugins come when they are told."""


@dataclass(slots=True)
class SourceHealth:
    """One source. Instants are seconds since 1970; 0 stands for never."""

    up: bool = False
    succeeded_at: int = 0
    watermark: int = 0
    seconds: float = 0.0
    errors: Counter[str] = field(default_factory=Counter)
    rejected: Counter[str] = field(default_factory=Counter)
    experimental: bool = False
    skipped: int = 0


@dataclass(slots=True)
class Health:
    """What the exporter knows of itself. Numbers are replaced whole, so that a scrape never sees half of one."""

    sources: dict[str, SourceHealth] = field(default_factory=dict)
    ledger_writable: bool = True
    writer: bool = False
    reloaded: bool = True
    reloaded_at: int = 0
    ready: bool = False
    _damaged: bool = False

    def ledger_failed(self, error: LedgerError) -> None:
        """The ledger could not be written or read; told once, until it can be again. One that is damaged never is."""
        if self.ledger_writable or (isinstance(error, CorruptError) and not self._damaged):
            _LOG.error("%s", error)
        self._damaged = self._damaged or isinstance(error, CorruptError)
        self.ledger_writable = False

    def ledger_works(self) -> None:
        """The ledger was written."""
        if self._damaged:
            return
        if not self.ledger_writable:
            _LOG.info("the ledger can be written again")
        self.ledger_writable = True

    def families(self) -> list[Family]:
        """Families about the exporter itself."""
        each = sorted(self.sources.items())
        of = {name: labels({names.SOURCE: name}) for name, _ in each}
        errors = [
            Sample(labels({names.SOURCE: name, names.REASON: reason}), source.errors[reason]) for name, source in each for reason in REASONS
        ]
        rejected = [
            Sample(labels({names.SOURCE: name, names.REASON: reason}), number)
            for name, source in each for reason, number in sorted({**dict.fromkeys(REJECTIONS, 0), **source.rejected}.items())
        ]  # fmt: skip
        build = labels({"version": __version__, "python": platform.python_version()})
        return [
            Family(names.SOURCE_UP, "gauge", "1 where the last reading of a source went well.",
                   [Sample(of[name], int(source.up)) for name, source in each]),
            Family(names.SOURCE_LAST_SUCCESS, "gauge", "When a reading of a source went well last.",
                   [Sample(of[name], source.succeeded_at) for name, source in each if source.succeeded_at]),
            Family(names.SOURCE_WATERMARK, "gauge", "Up to this instant, by its own clock, all of a source is known.",
                   [Sample(of[name], source.watermark) for name, source in each if source.watermark]),
            Family(names.SOURCE_POLL_DURATION, "gauge", "How long the last reading of a source took.",
                   [Sample(of[name], round(source.seconds, 3)) for name, source in each]),
            Family(names.SOURCE_ERRORS, "counter", "Readings of a source that failed, by why.", errors),
            Family(names.SOURCE_REJECTED, "counter", "Rows of a source that could not be read, by why.", rejected),
            Family(names.SOURCE_SKIPPED, "counter", "Looks of a probe that were left out, since those before them took too long.",
                   [Sample(of[name], source.skipped) for name, source in each]),
            Family(names.LEDGER_WRITABLE, "gauge", "1 while the ledger can be written.", [Sample("", int(self.ledger_writable))]),
            Family(names.LEDGER_WRITER, "gauge", "1 on the replica that writes the ledger.", [Sample("", int(self.writer))]),
            Family(names.EXPORTER_INFO, "info", "The exporter itself.", [Sample(build, 1)]),
            Family(names.EXPORTER_RELOADED, "gauge", "1 where the last reading of the configuration went well.",
                   [Sample("", int(self.reloaded))]),
            Family(names.EXPORTER_RELOADED_AT, "gauge", "When the configuration was read last and was good.",
                   [Sample("", self.reloaded_at)]),
        ]  # fmt: skip
