"""The daemon: sources are read, time passes, metrics are served, until it is asked to end.

SIGTERM and SIGINT end it: reading stops, what is being written is written, the server closes. SIGHUP reads the configuration
again; one that is wrong leaves the old one in force and says so.
"""

from __future__ import annotations

import asyncio
import gc
import logging
import resource
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from sla_exporter.bookkeeper import Bookkeeper
from sla_exporter.config import Configuration, ConfigurationError, described, open_ledger, read_configuration
from sla_exporter.exposition import render
from sla_exporter.gate import Gate
from sla_exporter.health import Health, SourceHealth
from sla_exporter.ledger.database import LedgerError
from sla_exporter.ledger.ledger import Ledger
from sla_exporter.negotiation import Form
from sla_exporter.probes.registry import kind_of
from sla_exporter.probes.run_clock import RunClock
from sla_exporter.probes.watching import ProbeWatching
from sla_exporter.reading import SourceReading
from sla_exporter.server import Address, MetricsServer
from slo_gen.spec.secrets import hidden

__all__ = ["Daemon", "Options"]

_LOG = logging.getLogger("sla_exporter")
_TICK: Final = 1.0
_PROBES_AT_ONCE: Final = 1000
_LONGEST_RELOAD: Final = 60.0
"""Seconds that a client who asked for a reload is kept waiting."""

_TO_WRITE: Final = 5.0
"""Seconds that what is being written is given when the exporter is asked to end; after them it is undone."""
_TO_ANSWER: Final = 2.0
"""Seconds that scrapes which are being answered are given then, and sources to close their connections."""
_TURN: Final = 0.001
"""Seconds after which a thread that computes lets another one go on."""
_CLOCK_STEP: Final = 5_000
"""Milliseconds by which the clock of the machine may drift from what went by."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says."""

    file: Path
    addresses: Sequence[Address]
    path: str = "/metrics"
    web_file: Path | None = None
    lifecycle: bool = False
    most_scrapes: int = 40


def wall_clock() -> int:
    """The present instant."""
    return int(time.time())


def milliseconds() -> int:
    """The present instant to the millisecond."""
    return time.time_ns() // 1_000_000


class Daemon:
    """One run. Raises LedgerError, WebConfigurationError and OSError when it cannot begin."""

    def __init__(self, configuration: Configuration, options: Options, now: Callable[[], int] = wall_clock) -> None:
        self._options = options
        self._now = now
        self._configuration = configuration
        self.health: Final = Health(reloaded_at=now())
        self._gate = Gate(options.web_file)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._asked: list[Future[str]] = []
        self._reload_wanted = asyncio.Event()
        self._woken = asyncio.Event()
        self._clock = RunClock(_CLOCK_STEP)
        self._database = open_ledger(configuration)
        ledger = Ledger(self._database)
        spec = configuration.spec
        self.keeper: Final = Bookkeeper(
            ledger, configuration.catalogue, configuration.source_names, self.health, now(), nearest=spec.nearest,
            series_limit=spec.series_limit,
        )  # fmt: skip
        self.health.writer = self._database.may_write()
        for name in configuration.source_names:
            self.health.sources[name] = SourceHealth()          # there from the first scrape on
        try:
            self.servers = self._listening()
        except BaseException:
            self._database.close()
            raise

    def _listening(self) -> list[MetricsServer]:
        options, servers = self._options, list[MetricsServer]()
        try:
            for address in options.addresses:
                reload = self._reload_for_client if options.lifecycle else None
                servers.append(MetricsServer(
                    address, self._metrics, self._is_ready, options.path, gate=self._gate, reload=reload, most=options.most_scrapes
                ))  # fmt: skip
        except BaseException:
            for server in servers:
                server.server_close()
            raise
        return servers

    def run(self) -> None:
        """Until a signal ends it."""
        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))      # each request of a probe is an open file
        for server in self.servers:
            threading.Thread(target=server.serve_forever, name="web", daemon=True, kwargs={"poll_interval": 0.2}).start()
            host, port = server.server_address[:2]
            shown = host.decode() if isinstance(host, bytes | bytearray) else host
            scheme = "https" if self._gate.current()[1] is not None else "http"
            _LOG.info("listening on %s://%s:%s%s", scheme, f"[{shown}]" if ":" in shown else shown or "*", port, self._options.path)
        # A scrape, which waits for somebody at each of its steps, is not to wait long for what computes, nor for a search through
        # all that was loaded at the beginning and stays.
        sys.setswitchinterval(_TURN)
        gc.collect()
        gc.freeze()
        # Not asyncio.run, which would wait for every thread, also for one that is never answered.
        loop = asyncio.new_event_loop()
        try:
            loop.run_until_complete(self._live())
        finally:
            for server in self.servers:
                server.shutdown()
            for server in self.servers:
                server.finish(_TO_ANSWER)
                server.server_close()
            self.keeper.end(_TO_ANSWER)
            loop.close()
            _LOG.info("ended")

    async def _live(self) -> None:
        loop, ended, woken, reload = asyncio.get_running_loop(), asyncio.Event(), self._woken, self._reload_wanted
        self._loop = loop

        def end() -> None:
            if not ended.is_set():
                loop.call_later(_TO_WRITE, self._database.abandon)
            ended.set()
            woken.set()

        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, end)
        loop.add_signal_handler(signal.SIGHUP, self._want_reload)
        self.health.ready = True
        reading = self._readings(loop)
        try:
            while not ended.is_set():
                await asyncio.to_thread(self._tick)
                if reload.is_set():
                    reload.clear()
                    asked, self._asked = self._asked, []
                    wrong = await asyncio.to_thread(self._reload)
                    if not wrong:
                        await _stopped(reading)
                        reading = self._readings(loop)
                    for each in asked:
                        each.set_result(wrong)
                with suppress(TimeoutError):
                    await asyncio.wait_for(woken.wait(), _TICK)
                if not ended.is_set():
                    woken.clear()
        finally:
            await _stopped(reading)

    def _want_reload(self, asked: Future[str] | None = None) -> None:
        """In the loop's thread: have the configuration read again, and tell ``asked`` what came of it."""
        if asked is not None:
            self._asked.append(asked)
        self._reload_wanted.set()
        self._woken.set()

    def _reload_for_client(self) -> str:
        """In a thread of the server: read the configuration again; what is wrong with it, "" for nothing."""
        asked: Future[str] = Future()
        if self._loop is None:
            return "the exporter is only beginning"
        try:
            self._loop.call_soon_threadsafe(self._want_reload, asked)
            return asked.result(timeout=_LONGEST_RELOAD)
        except (RuntimeError, TimeoutError):
            return "the exporter ends, or is busy; see its log"

    def _readings(self, loop: asyncio.AbstractEventLoop) -> list[asyncio.Task[None]]:
        spec = self._configuration.spec
        known = {*self._configuration.source_names, *(probe.name for probe in spec.probes)}
        for gone in set(self.health.sources) - known:
            self.health.sources.pop(gone)
        found = []
        for source in spec.sources:
            _LOG.info("reading source %s every %s", described(source), source.every)
            one = SourceReading(source, self._configuration.folder, self.keeper, self.health, self._now)
            found.append(loop.create_task(one.run(), name=source.name))
        turns = asyncio.Semaphore(_PROBES_AT_ONCE)
        for probe in spec.probes:
            _LOG.info("asking probe %s every %s", f"{probe.name} ({kind_of(probe)})", probe.every)
            watching = ProbeWatching(probe, self._configuration.folder, self.keeper.states, self.health, milliseconds, turns)
            found.append(loop.create_task(watching.run(), name=probe.name))
        return found

    def _tick(self) -> None:
        """A second has passed. What could not be written is tried again here, so that it is known when it can."""
        now = self._now()
        if self._clock.place(now * 1000, int(time.monotonic() * 1000)).lost:
            _LOG.warning("the clock of this machine was set; it is %s now", datetime.fromtimestamp(now, UTC).isoformat())
        try:
            self.health.writer = self.keeper.tick(now)
            if self.health.writer and not self.health.ledger_writable:
                self.keeper.try_to_write()
        except LedgerError as error:
            self.health.ledger_failed(error)
        else:
            self.health.ledger_works()

    def _reload(self) -> str:
        """Read the configuration again; what is wrong with it, "" for nothing."""
        try:
            configuration = read_configuration(self._options.file)
        except ConfigurationError as error:
            return self._kept(f"the configuration has {error}, the former one stays in force; see sla-exporter check")
        try:
            self.keeper.replace(configuration.catalogue, configuration.source_names, self._now())
        except LedgerError as error:
            return self._kept(f"the configuration was not taken: {error}")
        self._configuration = configuration
        self.health.reloaded, self.health.reloaded_at = True, self._now()
        _LOG.info("the configuration was read again")
        return ""

    def _kept(self, why: str) -> str:
        self.health.reloaded = False
        _LOG.error("%s", why)
        return hidden(why)

    def _is_ready(self) -> bool:
        return self.health.ready and self.health.ledger_writable

    def _metrics(self, form: Form) -> bytes:
        own = [*self.health.families(), self.keeper.dropped_family()]
        end = b"# EOF\n" if form.openmetrics else b""
        page = self.keeper.served(self._now(), openmetrics=form.openmetrics)
        return page + b"".join(render(family, openmetrics=form.openmetrics) for family in own) + end


async def _stopped(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    if tasks:
        await asyncio.wait(tasks, timeout=_TO_ANSWER)
