"""What rules cost a Prometheus: ours, light and exact, beside those of Sloth and Pyrra, on one server in one run.

    .venv/bin/python benchmarks/rule_cost.py            # 500 indicators of 4 series, and one of 200; about ten minutes
    .venv/bin/python benchmarks/rule_cost.py --quick    # 50 indicators instead of 500; about three

Every set watches the same counters through the same windows (5m 30m 1h 2h 6h 1d 3d 30d). A server of its own is given
days of raw samples and a month of what the rules read back of their own. Then the sets take turns, several times; in
its turn a set runs alone, each group of it once or more, whatever its own interval. Printed is, for each set, the
median duration of every group, summed: once as it is, and once per minute of operation, where a group that is meant to
run every five minutes counts a fifth and one that is meant to run twice a minute counts double. Beside them stands what
the server's process spent of the processors while all rules of the set ran once.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import httpx
from peer_rules import Objective, pyrra, read_back, sloth
from synthetic import AGE, DAY, HOUR, METRIC, MONTH, Curve, Fleet, Job, Track, write_openmetrics

from slo_gen.demo.servers import Server, find_program
from slo_gen.outputs.yaml_text import render_groups
from slo_gen.rules.compile import compile_rules
from slo_gen.rules.rule import RuleGroup
from slo_gen.spec.files import load
from slo_gen.spec.resolve import resolve

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
sys.path.insert(0, str(Path(__file__).parent.parent / "tests" / "integration"))
from backfilled_prometheus import Prometheus, Series
from raw_selectors import raw_selectors

RAW: Final = frozenset({METRIC, "up", "process_start_time_seconds"})
ONE_BLOCK: Final = "40000h"
EVALUATIONS: Final = "prometheus_rule_evaluations_total"
SLICE: Final = 1200
SERIES_AT_ONCE: Final = 1000
SETS: Final = ("light", "exact", "sloth", "pyrra")
GOALS: Final = {"fleet": {"light": Fraction(1, 3), "exact": Fraction(2, 3)}, "wide": {"light": Fraction(1, 5), "exact": Fraction(1, 2)}}
"""What a set may cost as a share of Sloth's."""


@dataclass(frozen=True, slots=True)
class Case:
    """``indicators`` indicators, each of a job with ``instances`` instances of two series.

    In each of its ``turns`` the groups of a set run every ``pace`` seconds.
    """

    name: str
    indicators: int
    instances: int
    scrape: int
    days: int
    pace: int
    turns: int
    sets: Callable[[Case], dict[str, tuple[RuleGroup, ...]]] = field(default_factory=lambda: rule_sets)
    tracks: Callable[[Case, Fleet, dict[str, tuple[RuleGroup, ...]]], list[Track]] = field(default_factory=lambda: tracks)

    def job_names(self) -> list[str]:
        return [f"service-{number}" for number in range(self.indicators)]

    def jobs(self) -> Iterator[Job]:
        for job in self.job_names():
            yield Job(job, tuple(f"10.0.{number >> 8}.{number & 255}:8080" for number in range(self.instances)))

    def title(self) -> str:
        return f"{self.indicators} indicators of {self.instances * 2} series, scraped every {self.scrape} s"


# --- rule sets ---------------------------------------------------------------------------------------------------


def selectors(job: str) -> tuple[str, str]:
    """Bad and all events of a job."""
    return f'{METRIC}{{job="{job}",code=~"5.."}}', f'{METRIC}{{job="{job}"}}'


def documents(case: Case, counting: str) -> Iterator[str]:
    """The case as slo-gen's own documents."""
    yield "kind: Team\nmetadata: {name: team}\n"
    yield "kind: Service\nmetadata: {name: shop, title: Shop}\nspec: {owner: team/team}\n"
    for job in case.job_names():
        bad, total = selectors(job)
        name = f"{counting}-{job}"
        yield (
            f"kind: Indicator\nmetadata: {{name: {name}, title: Requests}}\n"
            f"spec:\n  service: shop\n  counting: {counting}\n  scrape_interval: {case.scrape}s\n"
            f"  events: {{bad: '{bad}', total: '{total}'}}\n"
        )
        yield f"kind: SLO\nmetadata: {{name: {name}}}\nspec: {{indicator: {name}, objective: 99.9%, window: 30d}}\n"


def ours(case: Case, counting: str) -> tuple[RuleGroup, ...]:
    """What slo-gen compiles for the case."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "all.yaml").write_text("---\n".join(documents(case, counting)))
        catalogue, problems = resolve(load([Path(folder)]).documents)
    if problems:
        raise SystemExit(f"the documents of the benchmark are wrong: {problems[0]}")
    return compile_rules(catalogue)


def objectives(case: Case) -> list[Objective]:
    return [Objective(job, *selectors(job), Fraction("0.999")) for job in case.job_names()]


def rule_sets(case: Case) -> dict[str, tuple[RuleGroup, ...]]:
    """All sets, by name."""
    watched = objectives(case)
    return {
        "light": ours(case, "light"),
        "exact": ours(case, "exact"),
        "sloth": tuple(group for objective in watched for group in sloth(objective)),
        "pyrra": tuple(group for objective in watched for group in pyrra(objective)),
    }


# --- data --------------------------------------------------------------------------------------------------------


def tracks(case: Case, fleet: Fleet, sets: dict[str, tuple[RuleGroup, ...]]) -> list[Track]:
    """All series: the scraped ones, and what each set reads back."""
    found = list(fleet.raw())
    for counting in ("light", "exact"):
        found += fleet.recorded(sets[counting], {f"{counting}-{job}": job for job in case.job_names()})
    found += [Track(labels, _sloth_ratio, 60, MONTH) for labels in read_back(objectives(case))]
    return found


def _sloth_ratio(at: int) -> float:
    return (at // 60 * 2_654_435_761 >> 12) % 97 / 97_000


def make_block(folder: Path, case: Case, start: int, end: int, now: int) -> int:
    """Load ``[start, end)`` as one block; the number of samples."""
    fleet = Fleet(case.jobs(), now - AGE, case.scrape, case.days)
    text = folder / f"{start}.om"
    written = write_openmetrics(text, case.tracks(case, fleet, case.sets(case)), start, end, now)
    promtool = [find_program("promtool"), "tsdb", "create-blocks-from", "openmetrics", f"--max-block-duration={ONE_BLOCK}"]
    subprocess.run([*promtool, text, folder / "data"], check=True, stdout=subprocess.DEVNULL)
    text.unlink()
    return written


def load_blocks(folder: Path, case: Case, now: int, head: int) -> int:
    """A month up to ``head``: first what only records reach back to, then the days of raw samples as well."""
    border = now - case.days * DAY
    with ProcessPoolExecutor(2) as pool:
        parts = [pool.submit(make_block, folder, case, start, end, now) for start, end in ((now - MONTH - HOUR, border), (border, head))]
        return sum(part.result() for part in parts)


def fill_head(server: Prometheus, case: Case, started: int, head: int, until: int) -> None:
    """The last hour, and of the scraped series also the time in which the rules will run.

    In the order of time: Prometheus refuses what is an hour older than its newest sample.
    """
    now = int(time.time())
    everything = case.tracks(case, Fleet(case.jobs(), started, case.scrape, case.days), case.sets(case))
    scraped = [track for track in everything if track.labels["__name__"] in RAW]
    for start in range(head, now, SLICE):
        send(server, everything, start, min(start + SLICE, now), now)
    send(server, scraped, now, until, now)


def send(server: Prometheus, found: Iterable[Track], start: int, end: int, now: int) -> None:
    """Write the samples in ``[start, end)``."""
    values: dict[tuple[Curve, range], list[tuple[float, float]]] = {}
    series: list[Series] = []
    for track in found:
        kept = track.value, track.instants(start, end, now)
        if kept not in values:
            values[kept] = [(float(at), float(track.value(at))) for at in kept[1]]
        series.append((track.labels, values[kept]))
    for first in range(0, len(series), SERIES_AT_ONCE):
        server.write(series[first : first + SERIES_AT_ONCE])


# --- the run -----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Durations:
    """Seconds that each evaluation of each group took, by rule file and group; processor seconds per rule, by set."""

    found: defaultdict[tuple[str, str], dict[float, float]] = field(default_factory=lambda: defaultdict(dict))
    processor: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def read(self, metrics: str) -> None:
        """Add what the server says about the last evaluation of every group."""
        last = {group: value for group, value in _per_group(metrics, "last_evaluation_timestamp_seconds") if value > 0}
        for group, value in _per_group(metrics, "last_duration_seconds"):
            if group in last:
                self.found[group][last[group]] = value

    def turn(self, name: str, before: str, after: str) -> None:
        """Add what the server says about a turn, from its metrics at the end of it and of the one before."""
        self.read(after)
        seconds, rules = (_sum(after, metric) - _sum(before, metric) for metric in ("process_cpu_seconds_total", EVALUATIONS))
        self.processor[name].append(seconds / rules)

    def median(self, file: str, group: str) -> float | None:
        """None for a group that has not run."""
        seen = self.found.get((file, group))
        return statistics.median(seen.values()) if seen else None


def _sum(metrics: str, name: str) -> float:
    return sum(float(value) for value in re.findall(rf"^{name}(?:{{[^}}]*}})? (\S+)$", metrics, re.MULTILINE))


def _per_group(metrics: str, name: str) -> Iterator[tuple[tuple[str, str], float]]:
    for file, group, value in re.findall(rf'^prometheus_rule_group_{name}{{rule_group="([^;]*);([^"]*)"}} (\S+)$', metrics, re.MULTILINE):
        yield (Path(file).stem, group), float(value)


@contextlib.contextmanager
def prometheus(folder: Path) -> Iterator[Server]:
    """A server on the loaded blocks that knows no rule yet."""
    configuration = folder / "prometheus.yml"
    configuration.write_text(json.dumps({"global": {"evaluation_interval": "60s"}, "rule_files": [str(folder / "rules" / "*.yml")]}))
    (folder / "rules").mkdir()

    def arguments(port: int) -> list[str]:
        return [
            f"--config.file={configuration}", f"--storage.tsdb.path={folder / 'data'}", "--storage.tsdb.retention.time=400d",
            f"--web.listen-address=127.0.0.1:{port}", "--web.enable-remote-write-receiver", "--web.enable-lifecycle",
        ]

    with Server("prometheus", arguments, "/-/ready", folder / "log") as server:
        yield server


def run(case: Case, folder: Path) -> None:
    """Load, let the sets take their turns, print."""
    sets, durations, last = measured(case, folder)
    for line in report(case, sets, durations):
        print(line)
    for name in ("light", "exact"):
        print(dearest(name, last[name], {group.name: group.interval for group in sets[name]}))


def measured(case: Case, folder: Path) -> tuple[dict[str, tuple[RuleGroup, ...]], Durations, dict[str, list[dict[str, Any]]]]:
    """Load, and let the sets take their turns: the sets, how long they took, and what the server says of their last groups."""
    folder.mkdir()
    now = int(time.time())
    head = now - HOUR
    samples = load_blocks(folder, case, now, head)
    sets = case.sets(case)
    turn_seconds = case.pace * 1.25 + 1
    until = int(time.time() + turn_seconds * len(sets) * case.turns + 600)
    with prometheus(folder) as server, httpx.Client(base_url=server.url, trust_env=False, timeout=60) as client:
        fill_head(Prometheus(client), case, now - AGE, head, until)
        print(f"{case.title()}: {samples / 1e6:.0f} million samples, loaded in {time.time() - now:.0f} s", flush=True)
        durations = Durations()
        last: dict[str, list[dict[str, Any]]] = {}
        for name in tuple(sets) * case.turns:
            paced = [replace(group, interval=case.pace) for group in sets[name]]
            for old in (folder / "rules").iterdir():
                old.unlink()
            (folder / "rules" / f"{name}.yml").write_text(render_groups(paced))
            client.post("/-/reload").raise_for_status()
            before = client.get("/metrics").text
            time.sleep(turn_seconds)
            durations.turn(name, before, client.get("/metrics").text)
            last[name] = client.get("/api/v1/rules").json()["data"]["groups"]
            check(last[name])
        new = client.get("/api/v1/query", params={"query": "count(slm:process:new1m)"}).json()["data"]["result"]
    if new:
        raise SystemExit("the ledger took processes for new ones: its history does not fit the rules")
    return sets, durations, last


def check(groups: list[dict[str, Any]]) -> None:
    """What did not work must not be measured."""
    failed = [rule for group in groups for rule in group["rules"] if rule["health"] == "err"]
    if failed:
        raise SystemExit(f"{len(failed)} rules failed, among them {failed[0]['name']}: {failed[0]['lastError']}")


# --- the report --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds of one evaluation of everything, and of a minute of operation; how many groups have not run."""

    once: float
    per_minute: float
    processor: float
    missing: int


def cost(name: str, groups: Sequence[RuleGroup], durations: Durations) -> Cost:
    once = per_minute = 0.0
    missing = 0
    for group in groups:
        median = durations.median(name, group.name)
        if median is None:
            missing += 1
            continue
        once += median
        per_minute += median * 60 / group.interval
    rules = sum(len(group.rules) for group in groups)
    return Cost(once, per_minute, statistics.median(durations.processor[name]) * rules, missing)


def report(case: Case, sets: dict[str, tuple[RuleGroup, ...]], durations: Durations) -> Iterator[str]:
    """A table of all sets, and whether the goals are met."""
    costs = {name: cost(name, groups, durations) for name, groups in sets.items()}
    yield f"{'':8}{'rules':>7}{'raw selectors':>15}{'all once':>11}{'processor':>11}{'a minute':>11}{'of Sloth':>10}{'of Pyrra':>10}"
    for name in SETS:
        rules = sum(len(group.rules) for group in sets[name])
        own = costs[name]
        yield (
            f"{name:8}{rules:7}{raw_selectors(sets[name]):15}{own.once:9.3f} s{own.processor:9.3f} s{own.per_minute:9.3f} s"
            f"{own.per_minute / costs['sloth'].per_minute:10.2f}{own.per_minute / costs['pyrra'].per_minute:10.2f}"
            + (f"   ({own.missing} of {len(sets[name])} groups did not run)" if own.missing else "")
        )
    for name, goal in GOALS[case.name].items():
        own, theirs = costs[name], costs["sloth"]
        once, processor, minute = own.once / theirs.once, own.processor / theirs.processor, own.per_minute / theirs.per_minute
        verdict = "met" if max(once, processor, minute) <= goal else "MISSED"
        yield f"{name}: {once:.2f} of Sloth's once, {processor:.2f} of its processor time, {minute:.2f} a minute; goal {goal}: {verdict}"


def dearest(name: str, groups: list[dict[str, Any]], intervals: dict[str, int]) -> str:
    """Which of our rules take the time, by what they record."""
    spent: defaultdict[str, float] = defaultdict(float)
    for group in groups:
        for rule in group["rules"]:
            spent[rule["name"]] += rule["evaluationTime"] * 60 / intervals[group["name"]]
    top = sorted(spent.items(), key=lambda item: -item[1])[:16]
    return f"{name}, ms a minute: " + ", ".join(f"{rule} {seconds * 1000:.1f}" for rule, seconds in top)


def main() -> None:
    """Both cases, or one of them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="50 indicators instead of 500, for a first look")
    parser.add_argument("--case", choices=(*GOALS, "both"), default="both")
    parser.add_argument("--scrape", type=int, default=15, help="seconds between two scrapes (15)")
    parser.add_argument("--days", type=int, default=3, help="days of raw samples (3)")
    wanted = parser.parse_args()
    indicators, pace, turns, wide_turns = (50, 10, 2, 3) if wanted.quick else (500, 60, 1, 5)
    cases = [
        Case("fleet", indicators, 2, wanted.scrape, wanted.days, pace, turns),
        Case("wide", 1, 100, wanted.scrape, wanted.days, pace=5, turns=wide_turns),
    ]
    with tempfile.TemporaryDirectory(prefix="rule-cost-") as folder:
        for case in cases:
            if wanted.case in (case.name, "both"):
                run(case, Path(folder) / case.name)
                print()


if __name__ == "__main__":
    main()
