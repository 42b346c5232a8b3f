"""The daemon: sources are read, time passes, metrics are served, until it is asked to end.

SIGTERM and SIGINT end it: reading stops, what is being written is written, the server closes. SIGHUP reads the configuration
again; one that is wrong leaves the old one in force and says so.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sla_exporter.bookkeeper import Bookkeeper
from sla_exporter.config import Configuration, ConfigurationError, described, open_ledger, read_configuration
from sla_exporter.exposition import render
from sla_exporter.health import Health
from sla_exporter.ledger.database import LedgerError
from sla_exporter.ledger.ledger import Ledger
from sla_exporter.negotiation import Form
from sla_exporter.reading import SourceReading
from sla_exporter.server import Address, MetricsServer

__all__ = ["Daemon", "Options"]

_LOG = logging.getLogger("sla_exporter")
_TICK: Final = 1.0


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says."""

    file: Path
    addresses: Sequence[Address]
    path: str = "/metrics"


def wall_clock() -> int:
    """The present instant."""
    return int(time.time())


class Daemon:
    """One run. Raises LedgerError and OSError when it cannot begin."""

    def __init__(self, configuration: Configuration, options: Options, now: Callable[[], int] = wall_clock) -> None:
        self._options = options
        self._now = now
        self._configuration = configuration
        self.health: Final = Health(reloaded_at=now())
        self._database = open_ledger(configuration)
        ledger = Ledger(self._database)
        spec = configuration.spec
        self.keeper: Final = Bookkeeper(
            ledger, configuration.catalogue, configuration.source_names, self.health, now(), nearest=spec.nearest,
            series_limit=spec.series_limit,
        )  # fmt: skip
        self.health.writer = self._database.may_write()
        self.servers = [MetricsServer(address, self._metrics, lambda: self._is_ready(), options.path) for address in options.addresses]

    def run(self) -> None:
        """Until a signal ends it."""
        for server in self.servers:
            threading.Thread(target=server.serve_forever, name="web", daemon=True, kwargs={"poll_interval": 0.2}).start()
            host, port = server.server_address[:2]
            shown = host.decode() if isinstance(host, bytes | bytearray) else host
            _LOG.info("listening on http://%s:%s%s", f"[{shown}]" if ":" in shown else shown or "*", port, self._options.path)
        try:
            asyncio.run(self._live())
        finally:
            for server in self.servers:
                server.shutdown()
                server.server_close()
            self._database.close()
            _LOG.info("ended")

    async def _live(self) -> None:
        loop, ended, reload = asyncio.get_running_loop(), asyncio.Event(), asyncio.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, ended.set)
        loop.add_signal_handler(signal.SIGHUP, reload.set)
        self.health.ready = True
        reading = self._readings(loop)
        try:
            while not ended.is_set():
                await asyncio.to_thread(self._tick)
                if reload.is_set():
                    reload.clear()
                    if await asyncio.to_thread(self._reload):
                        await _stopped(reading)
                        reading = self._readings(loop)
                with suppress(TimeoutError):
                    await asyncio.wait_for(ended.wait(), _TICK)
        finally:
            await _stopped(reading)

    def _readings(self, loop: asyncio.AbstractEventLoop) -> list[asyncio.Task[None]]:
        known = set(self._configuration.source_names)
        for gone in set(self.health.sources) - known:
            self.health.sources.pop(gone)
        found = []
        for source in self._configuration.spec.sources:
            _LOG.info("reading source %s every %s", described(source), source.every)
            one = SourceReading(source, self._configuration.folder, self.keeper, self.health, self._now)
            found.append(loop.create_task(one.run(), name=source.name))
        return found

    def _tick(self) -> None:
        """A second has passed. What could not be written is tried again here, so that it is known when it can."""
        try:
            self.health.writer = self.keeper.tick(self._now())
            if self.health.writer and not self.health.ledger_writable:
                self.keeper.try_to_write()
                _LOG.info("the ledger can be written again")
        except LedgerError as error:
            if self.health.ledger_writable:
                _LOG.error("%s", error)
            self.health.ledger_writable = False
        else:
            self.health.ledger_writable = True

    def _reload(self) -> bool:
        try:
            configuration = read_configuration(self._options.file)
        except ConfigurationError as error:
            self.health.reloaded = False
            _LOG.error("the configuration has %s, the former one stays in force; see sla-exporter check", error)
            return False
        try:
            self.keeper.replace(configuration.catalogue, configuration.source_names, self._now())
        except LedgerError as error:
            self.health.reloaded = False
            _LOG.error("the configuration was not taken: %s", error)
            return False
        self._configuration = configuration
        self.health.reloaded, self.health.reloaded_at = True, self._now()
        _LOG.info("the configuration was read again")
        return True

    def _is_ready(self) -> bool:
        return self.health.ready and self.health.ledger_writable

    def _metrics(self, form: Form) -> bytes:
        own = [*self.health.families(), self.keeper.dropped_family()]
        end = b"# EOF\n" if form.openmetrics else b""
        page = self.keeper.page(self._now(), openmetrics=form.openmetrics)
        return page + b"".join(render(family, openmetrics=form.openmetrics) for family in own) + end


async def _stopped(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
