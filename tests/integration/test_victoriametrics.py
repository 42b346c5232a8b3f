"""VictoriaMetrics answers the same calls, a little differently; vmalert reads the compiled rules."""

from __future__ import annotations

import asyncio
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from slo_gen import names
from slo_gen.cli.asking import read_facts
from slo_gen.cli.compiling import compiled_files
from slo_gen.demo.servers import Server, find_program
from slo_gen.outputs.files import write
from slo_gen.outputs.targets import render_rules
from slo_gen.prometheus import Prometheus, QueryError
from slo_gen.rules.counting import counting_groups
from slo_gen.spec.model import Catalogue, Evaluation, Events


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    directory = tmp_path_factory.mktemp("vm")
    with Server(
        "victoria-metrics",
        lambda port: [f"-storageDataPath={directory / 'data'}", f"-httpListenAddr=127.0.0.1:{port}", "-search.latencyOffset=0s",
                      "-selfScrapeInterval=0"],
        "/health", directory / "log",
    ) as running:
        before = int(time.time() - 10) * 1000      # it answers for whole seconds, and this one is not over yet
        samples = f'up{{job="shop",instance="a"}} 1 {before}\nup{{job="shop",instance="b"}} 0 {before}\n'
        urllib.request.urlopen(running.url + "/api/v1/import/prometheus", data=samples.encode(), timeout=10).close()
        urllib.request.urlopen(running.url + "/internal/force_flush", timeout=10).close()
        yield running


def test_the_client_reads_its_answers(server: Server) -> None:
    async def ask() -> None:
        async with Prometheus(server.url) as prometheus:
            assert sorted(sample.value for sample in await prometheus.query('up{job="shop"}')) == [0, 1]
            assert await prometheus.query("nothing_like_this") == ()
            assert await prometheus.label_values("instance", ["up"]) == ("a", "b")
            assert {"job", "instance"} <= set(await prometheus.label_names(["up"]))
            with pytest.raises(QueryError):
                await prometheus.query("rate(")

    asyncio.run(ask())


def test_what_it_does_not_tell_stays_unknown(server: Server) -> None:
    facts = asyncio.run(read_facts(server.url, ['count(up{job="shop"})']))
    assert facts.retention is None
    assert [sample.value for sample in facts.answers['count(up{job="shop"})']] == [2]


def test_vmalert_reads_the_compiled_rules(catalogue: Catalogue, tmp_path: Path) -> None:
    known = {name: indicator for name, indicator in catalogue.indicators.items() if name != "search-latency"}
    slos = {name: slo for name, slo in catalogue.slos.items() if slo.indicator in known}
    write(compiled_files(replace(catalogue, indicators=known, slos=slos), "victoriametrics"), tmp_path)
    done = subprocess.run(
        [find_program("vmalert"), "-dryRun", f"-rule={tmp_path}/rules/*.yml"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr


def counters(start: int) -> tuple[str, dict[str, int]]:
    """Two pods scraped every 15 s for 30 minutes: a restart, a gap, errors born late; and what they counted."""
    lines: list[str] = []
    counted = {"total": 0, "bad": 0}

    def sample(pod: str, code: str, value: int, at: int) -> None:
        lines.append(f'http_requests_total{{job="shop",instance="{pod}",code="{code}"}} {value} {at * 1000}')

    for step in range(120):
        at = start + 15 * step
        restarted = step >= 61
        good = 30 * (step - 61) + 7 if restarted else 1000 + 30 * step
        sample("a", "200", good, at)
        if not 40 <= step < 52:                      # three minutes without a scrape
            sample("b", "200", 500 + 10 * step, at)
        if step >= 20:
            sample("b", "500", step - 19, at)        # the first error makes the series
    counted["bad"] = 100
    counted["total"] = 30 * 60 + 30 * 58 + 7 + 10 * 119 + counted["bad"]
    return "\n".join(lines) + "\n", counted


def test_its_own_increase_counts_every_event(server: Server, catalogue: Catalogue, tmp_path: Path) -> None:
    start = int(time.time()) // 60 * 60 - 3600
    text, counted = counters(start)
    urllib.request.urlopen(server.url + "/api/v1/import/prometheus", data=text.encode(), timeout=10).close()
    urllib.request.urlopen(server.url + "/internal/force_flush", timeout=10).close()
    events = Events('http_requests_total{job="shop"}', 'http_requests_total{job="shop",code="500"}')
    indicator = replace(catalogue.indicators["checkout-requests"], name="shop", measure=events, by=())
    only = replace(catalogue, indicators={"shop": indicator}, slos={}, agreements={}, evaluation=Evaluation())
    groups = counting_groups(only, ledger=False)
    write(render_rules("victoriametrics", groups), tmp_path)

    def instant(seconds: int) -> str:
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))

    subprocess.run(
        [find_program("vmalert"), f"-rule={tmp_path}/rules/*.yml", f"-datasource.url={server.url}", f"-remoteWrite.url={server.url}",
         f"-replay.timeFrom={instant(start - 60)}", f"-replay.timeTo={instant(start + 2100)}", "-replay.rulesDelay=0s",
         "-replay.disableProgressBar", "-datasource.queryStep=1m"],
        capture_output=True, text=True, timeout=60, check=True,
    )
    urllib.request.urlopen(server.url + "/internal/force_flush", timeout=10).close()

    async def recorded(metric: str) -> float:
        async with Prometheus(server.url) as prometheus:
            (sample,) = await prometheus.query(f'sum_over_time({metric}{{indicator="shop"}}[1h])', at=start + 2400)
            return sample.value

    assert asyncio.run(recorded(names.BAD)) == counted["bad"]
    assert asyncio.run(recorded(names.TOTAL)) == counted["total"]
