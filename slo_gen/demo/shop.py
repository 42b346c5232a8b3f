"""A small web shop that serves itself: instrumented components with traffic and small faults of their own.

What each component exposes is what ``specs/`` is written against:

=============  ======================================================================================
job            metrics
=============  ======================================================================================
storefront     http_requests_total{code, region}, http_request_duration_seconds{region} (classic)
checkout       http_requests_total{code, region}, http_request_duration_seconds{region} (classic)
search         search_requests_total{code}, search_duration_seconds (native histogram)
orders         order_queue_oldest_seconds{queue}, orders_processed_total{result}
mail           mail_bounce_ratio
probes         probe_success{provider, location}, probe_duration_seconds{provider, location}
=============  ======================================================================================

Every target also has ``process_start_time_seconds``. Storefront and checkout run in two regions, one target each; the
payment provider is probed from three locations.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter as Tally
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest

from slo_gen.demo import exposition
from slo_gen.demo.listening import LoopbackServer

__all__ = ["Fault", "ScrapeTarget", "Shop"]

LATENCY_BUCKETS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
PROBE_LOCATIONS = ("frankfurt", "newyork", "singapore")
REGIONS = ("eu", "us")
TICK = 0.25                     # seconds between two bursts of traffic
RESTART_EVERY = 90.0            # seconds; one storefront is deployed anew, so that counters begin at 0 again


@dataclass(frozen=True, slots=True)
class Fault:
    """How a component behaves: share of requests that fail, share that is slow."""

    errors: float = 0.0
    slow: float = 0.0


USUAL: Mapping[str, Fault] = {
    "storefront": Fault(errors=0.0002, slow=0.002),
    "checkout": Fault(errors=0.0002, slow=0.002),
    "search": Fault(errors=0.0001, slow=0.004),
    "orders": Fault(errors=0.0),
    "mail": Fault(errors=0.004),
    "probes": Fault(errors=0.003),
}
"""Behaviour when nothing is broken: below every objective of the example catalogue."""


@dataclass(frozen=True, slots=True)
class ScrapeTarget:
    """One address to scrape, and the job it belongs to."""

    job: str
    address: str
    labels: Mapping[str, str]


class _Component(Protocol):
    def serve(self, fault: Fault, seconds: float, dice: random.Random) -> None: ...

    def exposed(self, accept: str) -> tuple[str, bytes] | None: ...


class Shop:
    """All components, listening on loopback. Use as ``with Shop() as shop``; leaving stops traffic and servers."""

    def __init__(self, seed: int = 1, clock: Callable[[], float] = time.time) -> None:
        self._dice = random.Random(seed)
        self._clock = clock
        self._faults = dict(USUAL)
        self._servers: list[_Target] = []
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._traffic = threading.Thread(target=self._run, name="shop-traffic", daemon=True)

    def __enter__(self) -> Shop:
        disable_created_metrics()  # type: ignore[no-untyped-call]
        for region in REGIONS:
            self._add("storefront", {}, self._website(region, 60.0))
            self._add("checkout", {}, self._website(region, 20.0))
        self._add("search", {}, lambda: _Search(30.0, self._clock()))
        self._add("orders", {}, lambda: _Orders(5.0, self._clock()))
        self._add("mail", {}, lambda: _Mail(self._clock()))
        for location in PROBE_LOCATIONS:
            self._add("probes", {"location": location}, lambda: _Probe("payments", self._clock()))
        self._traffic.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        if self._traffic.is_alive():
            self._traffic.join(timeout=5)
        for server in self._servers:
            server.close()
        self._servers.clear()

    @property
    def components(self) -> tuple[str, ...]:
        return tuple(USUAL)

    def targets(self) -> tuple[ScrapeTarget, ...]:
        """Where everything can be scraped."""
        return tuple(ScrapeTarget(server.job, server.address, server.labels) for server in self._servers)

    def fail(self, component: str, fault: Fault) -> None:
        """Make a component behave like ``fault`` from now on. KeyError for an unknown component."""
        with self._lock:
            if component not in self._faults:
                raise KeyError(component)
            self._faults[component] = fault

    def mend(self, component: str) -> None:
        """Back to its usual behaviour."""
        self.fail(component, USUAL[component])

    def step(self, seconds: float) -> None:
        """Let ``seconds`` of traffic pass through every component at once."""
        with self._lock:
            faults = dict(self._faults)
        for server in self._servers:
            server.component.serve(faults[server.job], seconds, self._dice)

    def restart(self, job: str) -> None:
        """Replace one process of ``job``: its counters begin at 0, and its start time is now."""
        next(server for server in self._servers if server.job == job).renew()

    def _website(self, region: str, rate: float) -> Callable[[], _Component]:
        return lambda: _Website(region, rate, self._clock())

    def _add(self, job: str, labels: Mapping[str, str], create: Callable[[], _Component]) -> None:
        self._servers.append(_Target(job, labels, create))

    def _run(self) -> None:
        before = deployed = time.monotonic()
        while not self._stop.wait(TICK):
            now = time.monotonic()
            self.step(now - before)
            before = now
            if now - deployed > RESTART_EVERY:
                self.restart("storefront")
                deployed = now


class _Target:
    """A component behind its ``/metrics`` address; the process inside can be replaced, the address stays."""

    def __init__(self, job: str, labels: Mapping[str, str], create: Callable[[], _Component]) -> None:
        self.job = job
        self.labels = labels
        self._create = create
        self.component = create()
        target = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                found = target.component.exposed(self.headers.get("Accept", "")) if self.path == "/metrics" else None
                if found is None:
                    self.send_error(404 if self.path != "/metrics" else 406)
                    return
                media_type, body = found
                self.send_response(200)
                self.send_header("Content-Type", media_type)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *args: object) -> None:
                """Scrapes are not worth a line each."""

        self._server = LoopbackServer(Handler, f"shop-{job}")
        self.address = f"127.0.0.1:{self._server.port}"

    def renew(self) -> None:
        self.component = self._create()

    def close(self) -> None:
        self._server.close()


class _Scraped:
    """What most components share: a registry of their own in the text format, with the start time of the process."""

    def __init__(self, started: float) -> None:
        self.registry = CollectorRegistry()
        Gauge("process_start_time_seconds", "Start of this process, seconds since 1970.", registry=self.registry).set(started)

    def exposed(self, accept: str) -> tuple[str, bytes]:
        return "text/plain; version=0.0.4; charset=utf-8", generate_latest(self.registry)


class _Website(_Scraped):
    def __init__(self, region: str, rate: float, started: float) -> None:
        super().__init__(started)
        self._rate, self._region = rate, region
        self._requests = Counter("http_requests", "Requests answered.", ["code", "region"], registry=self.registry)
        self._durations = Histogram(
            "http_request_duration_seconds", "Time to answer.", ["region"], buckets=LATENCY_BUCKETS, registry=self.registry
        )

    def serve(self, fault: Fault, seconds: float, dice: random.Random) -> None:
        for _ in range(_arrivals(self._rate * seconds, dice)):
            self._requests.labels("503" if dice.random() < fault.errors else "200", self._region).inc()
            self._durations.labels(self._region).observe(_duration(fault, dice))


class _Search:
    """Exposes a native histogram, which only the protobuf format can carry."""

    def __init__(self, rate: float, started: float) -> None:
        self._rate, self._started = rate, started
        self._codes: Tally[str] = Tally({"200": 0})
        self._durations = exposition.NativeHistogram()
        self._lock = threading.Lock()

    def serve(self, fault: Fault, seconds: float, dice: random.Random) -> None:
        with self._lock:
            for _ in range(_arrivals(self._rate * seconds, dice)):
                self._codes["503" if dice.random() < fault.errors else "200"] += 1
                self._durations.observe(_duration(fault, dice))

    def exposed(self, accept: str) -> tuple[str, bytes] | None:
        if "application/vnd.google.protobuf" not in accept:
            return None
        with self._lock:
            return exposition.CONTENT_TYPE, b"".join((
                exposition.encode_gauge("process_start_time_seconds", [({}, self._started)]),
                exposition.encode_counter("search_requests_total", [({"code": code}, count) for code, count in self._codes.items()]),
                exposition.encode_native("search_duration_seconds", [({}, self._durations)]),
            ))


class _Orders(_Scraped):
    """A queue: while it works, orders wait a few seconds; when workers fail, the oldest order grows old."""

    def __init__(self, rate: float, started: float) -> None:
        super().__init__(started)
        self._rate, self._waiting = rate, 0.0
        self._oldest = Gauge("order_queue_oldest_seconds", "Age of the oldest waiting order.", ["queue"], registry=self.registry)
        self._processed = Counter("orders_processed", "Orders taken off the queue.", ["result"], registry=self.registry)

    def serve(self, fault: Fault, seconds: float, dice: random.Random) -> None:
        working = dice.random() >= fault.errors
        self._waiting = dice.uniform(0.0, 8.0) if working else self._waiting + 4 * seconds
        self._oldest.labels("fulfilment").set(self._waiting)
        if working:
            self._processed.labels("done").inc(_arrivals(self._rate * seconds, dice))


class _Mail(_Scraped):
    """Publishes a ratio that somebody else has computed already."""

    def __init__(self, started: float) -> None:
        super().__init__(started)
        self._bounces = Gauge("mail_bounce_ratio", "Share of sent mails that came back.", registry=self.registry)

    def serve(self, fault: Fault, seconds: float, dice: random.Random) -> None:
        self._bounces.set(min(1.0, fault.errors * dice.uniform(0.5, 1.5)))


class _Probe(_Scraped):
    """One location that looks at the payment provider; its own network fails now and then."""

    def __init__(self, provider: str, started: float) -> None:
        super().__init__(started)
        self._provider = provider
        self._success = Gauge("probe_success", "1 when the provider answered.", ["provider"], registry=self.registry)
        self._duration = Gauge("probe_duration_seconds", "Time the probe took.", ["provider"], registry=self.registry)

    def serve(self, fault: Fault, seconds: float, dice: random.Random) -> None:
        self._success.labels(self._provider).set(0 if dice.random() < fault.errors else 1)
        self._duration.labels(self._provider).set(dice.uniform(0.02, 0.09))


def _arrivals(expected: float, dice: random.Random) -> int:
    """A whole number of events whose mean is ``expected``."""
    return int(expected) + (dice.random() < expected - int(expected))


def _duration(fault: Fault, dice: random.Random) -> float:
    if dice.random() < fault.slow:
        return dice.uniform(0.6, 4.0)
    return min(0.19, dice.lognormvariate(-3.2, 0.4))
