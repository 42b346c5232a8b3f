"""VictoriaMetrics answers the same calls, a little differently; vmalert reads the compiled rules."""

from __future__ import annotations

import asyncio
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from slo_gen.cli.asking import read_facts
from slo_gen.cli.compiling import compiled_files
from slo_gen.demo.servers import Server, find_program
from slo_gen.outputs.files import write
from slo_gen.prometheus import Prometheus, QueryError
from slo_gen.spec.model import Catalogue


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
    write(compiled_files(catalogue, "victoriametrics"), tmp_path)
    done = subprocess.run(
        [find_program("vmalert"), "-dryRun", f"-rule={tmp_path}/rules/*.yml"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
