"""A real nginx that is stopped and started, a real blackbox_exporter that looks at it, and downtime as it was caused."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from running_exporter import free_port
from sla_exporter.probes.blackbox import BlackboxReader
from sla_exporter.probes.probe import ProbeSettings, Seen
from sla_exporter.probes.states import HOLDS, Sample, held

from slo_gen.fetch import Credentials
from slo_gen.spec.documents.probes import ProbeSource

EVERY = 1_000
STARTING = 300
"""Milliseconds that nginx may take to start or to end, which the test cannot see."""
CAUSED = (("up", 2.3), ("down", 3.4), ("up", 1.6), ("down", 1.7), ("up", 1.8), ("down", 2.2), ("up", 2.0))
"""States and how long they are held, in seconds; the shorter ones flap."""


@contextmanager
def running(*command: str) -> Iterator[None]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)


def settings_of_nginx(folder: Path, port: int) -> str:
    file = folder / "nginx.conf"
    file.write_text(
        f"daemon off; master_process off; pid {folder}/pid; error_log {folder}/error.log;\nevents {{}}\n"
        f"http {{ access_log off; server {{ listen 127.0.0.1:{port}; return 200 'ok'; }} }}\n"
    )
    return str(file)


async def cause(command: tuple[str, ...]) -> list[tuple[int, int]]:
    """Start and stop nginx; when it was down."""
    down: list[tuple[int, int]] = []
    for state, seconds in CAUSED:
        if state == "up":
            with running(*command):
                if down:
                    down[-1] = (down[-1][0], clock())
                await asyncio.sleep(seconds)
        if state == "up":
            down.append((clock(), 0))
        else:
            await asyncio.sleep(seconds)
    return down[:-1]


async def probe(url: str, target: str, samples: list[Sample]) -> None:
    document = {"name": "web", "blackbox": {"url": url}, "subjects": [{"subject": target, "indicator": "nginx"}]}
    reader = BlackboxReader(ProbeSettings(msgspec.convert(document, ProbeSource), Credentials(), HOLDS * EVERY, 5.0, 1, clock))
    start = time.monotonic()
    for number in range(1, 1_000):
        at = clock()
        seen = (await reader.look([target]))[target]
        assert isinstance(seen, Seen)
        samples.append(Sample(at, seen.state))
        await asyncio.sleep(max(0.0, start + number * EVERY / 1000 - time.monotonic()))


def clock() -> int:
    return time.time_ns() // 1_000_000


async def story(url: str, target: str, command: tuple[str, ...]) -> tuple[list[tuple[int, int]], list[Sample]]:
    samples: list[Sample] = []
    probing = asyncio.create_task(probe(url, target, samples))
    caused = await cause(command)
    assert not probing.done()
    probing.cancel()
    return caused, samples


@pytest.mark.integration
def test_downtime_is_what_was_caused_within_one_interval(tmp_path: Path) -> None:
    port, own = free_port(), free_port()
    modules = tmp_path / "blackbox.yml"
    modules.write_text("modules: {http_2xx: {prober: http, timeout: 800ms, http: {preferred_ip_protocol: ip4}}}\n")
    command = ("nginx", "-p", str(tmp_path), "-c", settings_of_nginx(tmp_path, port))
    with running("prometheus-blackbox-exporter", f"--config.file={modules}", f"--web.listen-address=127.0.0.1:{own}"):
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline and not _answers(own):
            time.sleep(0.05)
        caused, samples = asyncio.run(story(f"http://127.0.0.1:{own}", f"http://127.0.0.1:{port}/", command))
    seen = held(samples, samples[0].at, samples[-1].at, HOLDS * EVERY)
    found = [each for each in seen if each.state == "down" and each.start >= caused[0][0] - STARTING]
    assert len(found) == len(caused)
    for each, (start, end) in zip(found, caused, strict=True):
        assert -STARTING <= each.start - start <= EVERY + STARTING
        assert -STARTING <= each.end - end <= EVERY + STARTING


def _answers(port: int) -> bool:
    import httpx

    try:
        return httpx.get(f"http://127.0.0.1:{port}/-/healthy").status_code == 200
    except httpx.HTTPError:
        return False
