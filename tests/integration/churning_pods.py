"""Fake pods under churn that remember the truth and what every scrape was shown.

All pods live behind one loopback port, told apart by their metrics path. Some are killed and replaced, restarted in
place, given another pod or instance label while they run, slow to answer, or left out of scrapes; some do not tell
their start time. Prometheus finds them through files.
"""

from __future__ import annotations

import contextlib
import heapq
import itertools
import json
import math
import random
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

JOBS = ("stable", "killed", "restarted", "relabelled_pod", "relabelled_instance", "slow", "gaps", "nameless")
TICK = 0.05
DAY = 86_400

Process = tuple[int, int]
"""A pod and how often it was restarted."""


@dataclass(frozen=True, slots=True)
class Sight:
    """What one scrape was shown: events of a process since it began, or since it was made if it was made old."""

    at: float
    job: str
    process: Process
    total: int
    bad: int


@dataclass(frozen=True, slots=True)
class Ending:
    """The end of a process: when it was scraped for the last time, when it ended, and what it counted in between."""

    job: str
    process: Process
    seen: float
    at: float
    unseen: int


@dataclass
class Pod:
    job: str
    number: int
    rate: float
    error_share: float
    start: float
    nameless: bool = False
    delay: float = 0.0
    base: tuple[int, int] = (0, 0)
    instance: str = ""
    name: str = ""
    restarts: int = 0
    ok: int = 0
    bad: int = 0
    alive: bool = True
    failing: bool = False
    listed: bool = False
    burst_until: float = 0.0

    @property
    def process(self) -> Process:
        return self.number, self.restarts

    def count(self, seconds: float, now: float, dice: random.Random) -> None:
        """Serve what comes in within ``seconds``; during a burst most of it fails."""
        share = 0.7 if now < self.burst_until else self.error_share
        for _ in range(_poisson(self.rate * seconds, dice)):
            if dice.random() < share:
                self.bad += 1
            else:
                self.ok += 1

    def exposition(self) -> str:
        """No series of errors before the first one, as client libraries do."""
        ok, bad = self.base[0] + self.ok, self.base[1] + self.bad
        lines = [f'http_requests_total{{code="200"}} {ok}']
        if bad:
            lines.append(f'http_requests_total{{code="500"}} {bad}')
        if not self.nameless:
            lines.append(f"process_start_time_seconds {self.start:.2f}")
        return "\n".join(["# TYPE http_requests_total counter", *lines, ""])


def _poisson(mean: float, dice: random.Random) -> int:
    limit, product, count = math.exp(-mean), dice.random(), 0
    while product > limit:
        product *= dice.random()
        count += 1
    return count


@dataclass
class Fleet:
    """The pods, their churn while ``restless``, and the record of both."""

    folder: Path
    port: int
    dice: random.Random
    sights: list[Sight] = field(default_factory=list)
    ended: dict[Process, tuple[str, float, int]] = field(default_factory=dict)   # job, when, all events
    _pods: dict[int, Pod] = field(default_factory=dict)
    _plan: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    _order: Iterator[int] = field(default_factory=itertools.count)
    _lock: threading.RLock = field(default_factory=threading.RLock)

    # --- truth -----------------------------------------------------------------------------------------------

    def visible(self, until: float, uncertain: Callable[[float], bool] = lambda _: False) -> dict[str, tuple[int, int]]:
        """Total and bad events by job that scrapes saw up to an instant, without those that are ``uncertain``."""
        best: dict[tuple[str, Process], tuple[int, int]] = {}
        with self._lock:
            for sight in self.sights:
                if sight.at <= until and not uncertain(sight.at):
                    key = (sight.job, sight.process)
                    best[key] = max(best.get(key, (0, 0)), (sight.total, sight.bad))
        sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        for (job, _), (total, bad) in best.items():
            sums[job][0] += total
            sums[job][1] += bad
        return {job: (total, bad) for job, (total, bad) in sums.items()}

    def endings(self, since: float, until: float) -> list[Ending]:
        """The processes that ended, but for those that were never scraped."""
        with self._lock:
            last: dict[Process, Sight] = {}
            for sight in self.sights:
                if sight.process not in last or sight.at >= last[sight.process].at:
                    last[sight.process] = sight
            return [
                Ending(job, process, last[process].at, at, events - last[process].total)
                for process, (job, at, events) in self.ended.items() if process in last and since < at <= until
            ]  # fmt: skip

    # --- life ------------------------------------------------------------------------------------------------

    def begin(self) -> None:
        """The pods that are there from the beginning."""
        now = time.time()
        for rate in (20, 15):
            self._born("stable", rate)
            self._born("slow", rate, delay=1.0)
            self._born("gaps", rate)
            self._born("relabelled_pod", rate, start=now - 3 * DAY, base=(1_000_000, 20_000))
            self._born("relabelled_instance", rate, start=now - 3 * DAY, base=(1_000_000, 20_000))
        for rate in (3, 12, 30):
            self._born("killed", rate)
            self._born("nameless", rate, nameless=True)
            self._born("restarted", rate)
        self._list()

    def unrest(self, until: float) -> None:
        """Begin to do to the pods what their jobs are named after, and stop at ``until``."""
        acts: dict[str, tuple[Callable[[Pod], None], float, float]] = {
            "killed": (self._kill, 8, 45), "nameless": (self._kill, 8, 45), "restarted": (self._restart, 6, 60),
            "relabelled_pod": (self._rename_pod, 10, 45), "relabelled_instance": (self._rename_instance, 10, 45),
            "gaps": (self._gap, 5, 30),
        }

        def again(pod: Pod) -> None:
            act, soonest, latest = acts[pod.job]
            at = time.time() + self.dice.uniform(soonest, latest)
            if at < until:
                self._at(at, lambda: act(pod))

        with self._lock:
            self._again = again
            for pod in self._pods.values():
                if pod.job in acts:
                    again(pod)

    def live(self, stopping: threading.Event) -> None:
        """Let time pass."""
        before = time.time()
        while not stopping.wait(TICK):
            with self._lock:
                now = time.time()
                for pod in self._pods.values():
                    if pod.alive:
                        pod.count(now - before, now, self.dice)
                before = now
                while self._plan and self._plan[0][0] <= now:
                    heapq.heappop(self._plan)[2]()

    def _at(self, when: float, act: Callable[[], None]) -> None:
        heapq.heappush(self._plan, (when, next(self._order), act))

    def _after(self, soonest: float, latest: float, act: Callable[[], None]) -> None:
        self._at(time.time() + self.dice.uniform(soonest, latest), act)

    def _born(
        self, job: str, rate: float, *, start: float | None = None, base: tuple[int, int] = (0, 0), nameless: bool = False,
        delay: float = 0.0,
    ) -> Pod:
        number = next(self._order)
        pod = Pod(job, number, rate, 0.03, time.time() if start is None else start, nameless, delay, base, f"i-{number}", f"pod-{number}")
        pod.listed = True
        self._pods[number] = pod
        return pod

    def _end(self, pod: Pod) -> None:
        self.ended[pod.process] = (pod.job, time.time(), pod.ok + pod.bad)

    # --- churn -----------------------------------------------------------------------------------------------

    def _kill(self, pod: Pod) -> None:
        """A crash with errors before it. Prometheus first misses the pod, or is first told that it is gone."""
        pod.burst_until = time.time() + 2

        def die() -> None:
            pod.alive = False
            self._end(pod)

        def leave() -> None:
            pod.listed = False
            self._list()

        told_first = self.dice.random() < 0.5
        self._after(*((2, 3) if told_first else (1, 2)), die)
        self._after(*((1, 2) if told_first else (2, 6)), leave)

        def replace() -> None:
            new = self._born(pod.job, self.dice.choice([3, 12, 30]), nameless=pod.nameless)
            self._list()
            self._again(new)

        self._after(3, 8, replace)

    def _restart(self, pod: Pod) -> None:
        self._end(pod)
        pod.restarts += 1
        pod.ok = pod.bad = 0
        pod.start = time.time()
        self._again(pod)

    def _rename_pod(self, pod: Pod) -> None:
        pod.name = f"pod-{pod.number}-{next(self._order)}"
        self._list()
        self._again(pod)

    def _rename_instance(self, pod: Pod) -> None:
        pod.instance = f"i-{pod.number}-{next(self._order)}"
        self._list()
        self._again(pod)

    def _gap(self, pod: Pod) -> None:
        pod.failing = True

        def heal() -> None:
            pod.failing = False
            self._again(pod)

        self._after(2, 25, heal)

    def _list(self) -> None:
        """Tell Prometheus where the pods are."""
        with self._lock:
            for job in JOBS:
                targets = [
                    {
                        "targets": [f"127.0.0.1:{self.port}"],
                        "labels": {"__metrics_path__": f"/{pod.number}", "instance": pod.instance, "pod": pod.name},
                    }
                    for pod in self._pods.values() if pod.job == job and pod.listed
                ]
                new = self.folder / f"{job}.new"
                new.write_text(json.dumps(targets))
                new.rename(self.folder / f"{job}.json")

    # --- scrapes ---------------------------------------------------------------------------------------------

    def scraped(self, number: int) -> str | None:
        """What a scrape that arrives now is shown; None if nobody answers."""
        at = time.time()
        pod = self._pods.get(number)
        if pod is None or not pod.alive or pod.failing:
            return None
        if pod.delay:
            time.sleep(pod.delay)
        with self._lock:
            if not pod.alive:
                return None
            self.sights.append(Sight(at, pod.job, pod.process, pod.ok + pod.bad, pod.bad))
            return pod.exposition()


@contextlib.contextmanager
def churning_pods(folder: Path, seed: int) -> Iterator[Fleet]:
    """The fleet at rest, serving; its target files are in ``folder``."""
    folder.mkdir()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = fleet.scraped(int(self.path[1:]))
            if body is None:
                self.close_connection = True
                return
            content = body.encode()
            with contextlib.suppress(ConnectionError):      # Prometheus was stopped while it waited
                self.send_response(200)
                self.send_header("Content-Type", "text/plain; version=0.0.4")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Scrapes are remembered by the fleet."""

    class PodServer(ThreadingHTTPServer):
        daemon_threads = True
        request_queue_size = 64

    with PodServer(("127.0.0.1", 0), Handler) as server:
        fleet = Fleet(folder, server.server_address[1], random.Random(seed))
        stopping = threading.Event()
        threads = [
            threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.1}),
            threading.Thread(target=fleet.live, args=(stopping,)),
        ]
        fleet.begin()
        for thread in threads:
            thread.start()
        try:
            yield fleet
        finally:
            stopping.set()
            server.shutdown()
            for thread in threads:
                thread.join()
