"""Counting on a live Prometheus: pods come, go, restart and change their labels, and Prometheus itself is restarted.

What scrapes were shown is the measure: no expression can know more. Time runs four times faster than in production:
an interval of 15 s, scrapes every 3 s, and series that linger for 75 s after a Prometheus that was away.
``CHURN_SECONDS`` makes the churn longer, ``CHURN_SEED`` another one.
"""

from __future__ import annotations

import contextlib
import json
import math
import os
import time
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest
from catalogues import catalogue, indicator
from churning_pods import JOBS, Ending, Fleet, churning_pods

from slo_gen import names
from slo_gen.demo.servers import Server
from slo_gen.outputs.yaml_text import render_groups
from slo_gen.rules.counting import counting_groups
from slo_gen.spec.model import Evaluation, Events, Indicator

pytestmark = pytest.mark.integration

INTERVAL, SCRAPE, SETTLING, LOOK_BACK = 15, 3, 7, 75
CHURN_SECONDS = float(os.environ.get("CHURN_SECONDS", "115"))
CHURN_SEED = int(os.environ.get("CHURN_SEED", "11"))
WARM_UP, COOL_DOWN = 52, 75
"""Seconds until every target is known, and until what lingered after the last restart is gone and accounted for."""

ON_ITS_WAY = 0.5
"""A scrape is stamped when it begins, and this much later at most it has reached the pod."""

IN_FLIGHT = 2.0
"""A scrape this short before Prometheus was stopped may have been lost with it."""

BAD_FORM = Events("http_requests_total", bad='http_requests_total{code=~"5.."}')
GOOD_FORM = Events("http_requests_total", good='http_requests_total{code!~"5.."}')


def counted(name: str, measure: Events, counting: str, bridge: int) -> Indicator:
    """Another bridge makes another group, and so another phase of evaluation."""
    return indicator(
        name, measure=measure, counting=counting, bridge=bridge, by=("job",), target_labels=("job", "instance", "pod"),
        scrape_interval=SCRAPE,
    )


INDICATORS = (
    counted("exact", BAD_FORM, "exact", 300), counted("exact-other-phase", GOOD_FORM, "exact", 299),
    counted("light", BAD_FORM, "light", 300), counted("light-other-phase", BAD_FORM, "light", 299),
)
EXACT = tuple(each.name for each in INDICATORS if each.counting == "exact")


# --- a Prometheus that is restarted --------------------------------------------------------------------------------


@dataclass
class Restarted:
    """Prometheus on one folder; ``away`` are the spans between a stop and the next start."""

    folder: Path
    away: list[tuple[float, float]] = field(default_factory=list)

    @contextlib.contextmanager
    def running(self) -> Iterator[Server]:
        def arguments(port: int) -> list[str]:
            return [
                f"--config.file={self.folder / 'prometheus.yml'}", f"--storage.tsdb.path={self.folder / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}", f"--query.lookback-delta={LOOK_BACK}s",
            ]

        with Server("prometheus", arguments, "/-/ready", self.folder / "log") as server:
            if self.away:
                self.away[-1] = (self.away[-1][0], time.time())
            yield server
            self.away.append((time.time(), math.inf))

    def in_flight(self, at: float) -> bool:
        return any(stop - IN_FLIGHT <= at <= stop for stop, _ in self.away)

    def blind(self, ended: Ending) -> bool:
        """Whether a process was scraped for the last time because Prometheus was away, or had not found it again."""
        return any(stop - 2 * SCRAPE <= ended.at <= back + 2 * SCRAPE or ended.seen <= stop <= ended.at for stop, back in self.away)


def configured(folder: Path, pods: Path) -> Restarted:
    groups = counting_groups(catalogue(INDICATORS, evaluation=Evaluation(interval=INTERVAL, settling=SETTLING)))
    assert len(groups) == len(INDICATORS)
    (folder / "rules.yml").write_text(render_groups(groups))
    (folder / "prometheus.yml").write_text(json.dumps({
        "global": {"scrape_interval": f"{SCRAPE}s", "scrape_timeout": "2s"},
        "rule_files": [str(folder / "rules.yml")],
        "scrape_configs": [{"job_name": job, "file_sd_configs": [{"files": [str(pods / f"{job}.json")]}]} for job in JOBS],
    }))
    return Restarted(folder)


def sleep_until(instant: float) -> None:
    time.sleep(max(0.0, instant - time.time()))


@dataclass(frozen=True, slots=True)
class Run:
    """What was recorded, by indicator, metric and job: mark to value. Compared from mark ``first`` to mark ``last``."""

    fleet: Fleet
    prometheus: Restarted
    records: dict[tuple[str, str, str], dict[int, float]]
    first: int
    last: int

    def recorded(self, of: str, metric: str, job: str, until: int | None = None) -> float:
        end = self.last if until is None else until
        return sum(value for mark, value in self.records.get((of, metric, job), {}).items() if self.first < mark <= end)

    def marks(self) -> range:
        return range(self.first + INTERVAL, self.last + 1, INTERVAL)


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """Warm-up, churn over a SIGTERM and a kill -9, and a while for the last relabelled process to settle."""
    folder = tmp_path_factory.mktemp("churn")
    with churning_pods(folder / "pods", seed=CHURN_SEED) as fleet:
        prometheus = configured(folder, folder / "pods")
        with prometheus.running():
            time.sleep(WARM_UP)
            first = int(time.time() - SETTLING - INTERVAL) // INTERVAL * INTERVAL
            begun = time.time()
            fleet.unrest(until=begun + CHURN_SECONDS)
            sleep_until(begun + CHURN_SECONDS * 0.1)
        time.sleep(8)
        with prometheus.running() as server:
            sleep_until(begun + CHURN_SECONDS * 0.4)
            server.kill()
        time.sleep(8)
        with prometheus.running() as server:
            sleep_until(begun + CHURN_SECONDS + COOL_DOWN)
            records = read(server)
        last = min(max(marks) for marks in records.values())
        yield Run(fleet, prometheus, records, first, last)


def read(server: Server) -> dict[tuple[str, str, str], dict[int, float]]:
    found: defaultdict[tuple[str, str, str], dict[int, float]] = defaultdict(dict)
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        groups = client.get("/api/v1/rules").json()["data"]["groups"]
        assert [rule for group in groups for rule in group["rules"] if rule.get("lastError")] == []
        for metric in (names.TOTAL, names.BAD, names.UNSEEN):
            answer = client.get("/api/v1/query", params={"query": f"{metric}[1d]"}).json()
            for series in answer["data"]["result"]:
                labels = series["metric"]
                for at, value in series["values"]:
                    mark = int(at - SETTLING) // INTERVAL * INTERVAL
                    marks = found[labels["indicator"], metric, labels["job"]]
                    assert mark not in marks, "two evaluations of one mark"
                    marks[mark] = float(value)
    return dict(found)


# --- what must hold ------------------------------------------------------------------------------------------------


def between(run: Run, until: int, uncertain: bool) -> dict[str, tuple[int, int]]:
    """The most visible events from the first mark on, or the fewest if ``uncertain``.

    Scrapes that may have been lost with Prometheus are left out then; one that reached a pod close to a mark may belong
    to either side of it.
    """
    skip = run.prometheus.in_flight if uncertain else lambda _: False
    late, early = (ON_ITS_WAY, 0.0) if uncertain else (0.0, ON_ITS_WAY)
    before, after = run.fleet.visible(run.first + late), run.fleet.visible(until + early, skip)
    return {job: (after[job][0] - before[job][0], after[job][1] - before[job][1]) for job in JOBS}


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize("of", EXACT)
def test_exact_records_what_scrapes_saw(run: Run, of: str, job: str) -> None:
    least, most = between(run, run.last, uncertain=True)[job], between(run, run.last, uncertain=False)[job]
    assert least[0] > 500
    for number, metric in enumerate((names.TOTAL, names.BAD)):
        recorded = run.recorded(of, metric, job)
        assert least[number] * 0.999 <= recorded <= most[number] * 1.001, (recorded, least, most)


@pytest.mark.parametrize("job", JOBS)
@pytest.mark.parametrize("of", [each.name for each in INDICATORS])
def test_no_interval_invents_events(run: Run, of: str, job: str) -> None:
    """Up to no mark are more events recorded than scrapes had seen by then."""
    slack = between(run, run.last, uncertain=False)[job][0] * 0.001
    for mark in run.marks():
        seen = between(run, mark, uncertain=False)[job]
        assert run.recorded(of, names.TOTAL, job, mark) <= seen[0] + slack, mark - run.first
        assert run.recorded(of, names.BAD, job, mark) <= seen[1] + slack, mark - run.first


def test_light_loses_little(run: Run) -> None:
    seen = between(run, run.last, uncertain=False)
    for of in ("light", "light-other-phase"):
        for number, metric in enumerate((names.TOTAL, names.BAD)):
            visible = sum(seen[job][number] for job in JOBS)
            recorded = sum(run.recorded(of, metric, job) for job in JOBS)
            assert visible * 0.98 <= recorded <= visible * 1.001, (of, metric, recorded, visible)


@pytest.mark.parametrize("job", ["killed", "restarted", "nameless"])
def test_unseen_covers_what_no_scrape_saw(run: Run, job: str) -> None:
    ended = [each for each in run.fleet.endings(run.first, run.last) if each.job == job and not run.prometheus.blind(each)]
    unseen = sum(each.unseen for each in ended)
    assert unseen > 20
    for of in EXACT:
        told = f"away {run.prometheus.away}; ended {ended}; {run.records[of, names.UNSEEN, job]}"
        assert run.recorded(of, names.UNSEEN, job) >= unseen, told


def test_stable_targets_have_nothing_unseen(run: Run) -> None:
    for of in EXACT:
        assert run.recorded(of, names.UNSEEN, "stable") == 0


@pytest.mark.parametrize("of", [each.name for each in INDICATORS])
def test_no_interval_is_missing_while_prometheus_runs(run: Run, of: str) -> None:
    """The evaluation of a mark comes at most ``SETTLING`` and an interval after it."""
    missed = [
        mark for mark in run.marks()
        if mark not in run.records[of, names.TOTAL, "stable"]
        and not any(stop - SETTLING - INTERVAL <= mark <= back + INTERVAL for stop, back in run.prometheus.away)
    ]
    assert missed == []
